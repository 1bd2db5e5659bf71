/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of what takes VF Enable along: FLR of the PF and a reset of the bus that it is on, both by
 * hand, looked at before anybody puts config space back.
 */
#include <linux/pci_regs.h>

#include "reset.h"

/* Kept with the PF. */
struct wiped {
	bool enabled; /* VF Enable was set when it was last looked at */
	bool due;     /* it was reset, and config space is as the reset left it */
	bool left;    /* ... and nobody has touched MSI-X since */
};

/* Acts on a PF after which its MSI-X registers are not what the reset left. */
#define TOUCHES_MSIX                                                                \
	(ON_ACT(ACT_CFG_WRITE) | ON_ACT(ACT_TABLE_WRITE) | ON_ACT(ACT_TABLE_MASK) | \
	 ON_ACT(ACT_FUNCTION_MASK) | ON_ACT(ACT_PBA_WRITE) | ON_ACT(ACT_BIND) |     \
	 ON_ACT(ACT_UNBIND))
#define ENDS_WIPED (ON_ACT(ACT_RESET) | ON_ACT(ACT_CFG_RESTORE) | ON_ACT(ACT_NUMVFS))

static void follow_wiped(struct wiped *wiped, const struct event *event, const struct world_fn *fn,
			 const char *method)
{
	if (fn->vf >= 0)
		return;
	if (ON_ACT(event->act) & TOUCHES_MSIX)
		wiped->left = false;
	if (!(ON_ACT(event->act) & ENDS_WIPED))
		return;
	wiped->due = event->act == ACT_RESET && !event_res(event) && method_is(event, method);
	/* Putting config space back leaves MSI-X alone. */
	if (event->act != ACT_CFG_RESTORE)
		wiped->left = wiped->due && !fn->driver[0];
}

/* VF Enable of a PF that had it set, and whether VFs that were there still answer. */
static void judge_enable(struct judging *jg, struct wiped *wiped, const struct event *event,
			 const struct world_fn *fn, const char *expected)
{
	struct sriov sriov;

	if (fn->vf >= 0) {
		if (wiped->due && wiped->enabled && fn->msix_line)
			verdict(jg, fn, fn->gone, "all ones, as VF Enable is clear",
				"config space that answers");
		return;
	}
	if (!shows_config(fn, event) || cfg_sriov(&fn->cfg, &sriov))
		return;
	if (wiped->due && wiped->enabled)
		verdict(jg, fn, !(sriov.ctrl & PCI_SRIOV_CTRL_VFE), expected,
			"SR-IOV Control %04Xh", sriov.ctrl);
	else if (!wiped->due)
		wiped->enabled = sriov.ctrl & PCI_SRIOV_CTRL_VFE;
}

static void judge_pf_flr(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct wiped *wiped = scratch(jg, fn->pf, sizeof(*wiped));

	(void)w;
	if (event->kind == EV_FUNCTION && !fn->pf->has_flr)
		inapplicable(jg, fn, "the PF has no FLR (Device Capabilities bit 28)");
	if (event->kind == EV_DONE)
		follow_wiped(wiped, event, fn, "flr");
	else
		judge_enable(jg, wiped, event, fn, "VF Enable 0 after FLR of the PF");
}

static void judge_bus_msix(struct judging *jg, const struct event *event, const struct world_fn *fn)
{
	int k;

	if (shows_msix(fn, event)) {
		verdict(jg, fn, !fn->msix.enable && !fn->msix.maskall,
			"MSI-X Enable 0, Function Mask 0 after a reset of the bus",
			"Message Control %04Xh", fn->msix.flags);
	} else if (shows_table(fn, event) && answers(&fn->table)) {
		k = first_unmasked(&fn->table, 0, fn->table_size);
		verdict(jg, fn, k < 0, "every entry masked after a reset of the bus",
			"T[%d] is not masked", k);
	} else if (shows_pba(fn, event)) {
		k = first_pending(&fn->pba, 0, (unsigned)event_int(event, "size", 0));
		verdict(jg, fn, k < 0, "no Pending bit set after a reset of the bus",
			"PB[%d] is set", k);
	}
}

static void judge_bus(struct judging *jg, const struct world *w, const struct event *event,
		      struct world_fn *fn)
{
	struct wiped *wiped = scratch(jg, fn->pf, sizeof(*wiped));

	(void)w;
	if (event->kind == EV_DONE) {
		if (event->act == ACT_RESET && method_is(event, "bus") && event_res(event))
			inapplicable(jg, fn, "the bus cannot be reset (%s)",
				     res_name(event_res(event)));
		follow_wiped(wiped, event, fn, "bus");
		return;
	}
	judge_enable(jg, wiped, event, fn, "VF Enable 0 after a reset of the bus");
	if (fn->vf < 0 && wiped->left)
		judge_bus_msix(jg, event, fn);
}

const struct rule pf_reset_rules[] = {
	{
		.info = {.id = "RST-PF-FLR",
			 .severity = SEV_MUST,
			 .title = "FLR of the PF clears VF Enable: its VFs are gone.",
			 .clause = "PCIe 6.0, 9.2.2.3 and 9.3.3.3.1",
			 .needs = "VF Enable set, FLR of the PF by hand without its driver, and "
				  "looks at PF and VFs before anything is put back",
			 .remark = "What Table Size VFs have once VF Enable is set again is "
				   "RST-VFE-TS and RST-NUMVFS-POOL: no clause says."},
		.needs = NEED_LINUX,
		.on_done = ENDS_WIPED | TOUCHES_MSIX,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_pf_flr,
	},
	{
		.info = {"RST-BUSRESET", SEV_SHOULD,
			 "A reset of the bus resets the PF: VF Enable, MSI-X, masks and all.",
			 "PCIe 6.0, 6.6.1 and 7.7.2; Linux "
			 "drivers/pci/pci.c:pci_reset_secondary_bus",
			 "Secondary Bus Reset in the bridge above the PF, without its driver, and "
			 "looks at PF and VFs"},
		.needs = NEED_PF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_done = ENDS_WIPED | TOUCHES_MSIX,
		.on_obs =
			ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_TABLE) | ON_OBS(OBS_PBA),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_bus,
	},
};

const size_t pf_reset_rules_count = sizeof(pf_reset_rules) / sizeof(pf_reset_rules[0]);
