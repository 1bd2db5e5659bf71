/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of Function Level Reset: by hand ("flr"), which shows what the device did, and what any
 * reset does to Table Size.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>

#include "reset.h"

/* FLR is to be complete after 100 ms (6.6.2); then the function may ask for a second's patience. */
#define FLR_LIMIT_US (100000 + 1000000)

/* --- what FLR does --- */

static void judge_flr_supported(struct judging *jg, const struct world *w,
				const struct event *event, struct world_fn *fn)
{
	int pos;

	(void)w;
	if (!shows_config(fn, event)) {
		if (fn && !fn->gone)
			inapplicable(jg, fn, "only %zu bytes of config space are known",
				     fn->cfg.len);
		return;
	}
	pos = cfg_find_cap(&fn->cfg, PCI_CAP_ID_EXP, 0);
	if (pos > 0)
		verdict(jg, fn, fn->has_flr, "Device Capabilities bit 28 set",
			"Device Capabilities %08Xh",
			cfg_u32(&fn->cfg, (unsigned)pos + PCI_EXP_DEVCAP));
	else
		broke(jg, fn, "Device Capabilities bit 28 set", "no PCI Express capability");
}

static void judge_flr_enable(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	(void)w;
	if (shows_msix(fn, event) && fresh_by(fn, FRESH_FLR, fn->msix_prev_line))
		verdict(jg, fn, !fn->msix.enable && !fn->msix.maskall,
			"MSI-X Enable 0, Function Mask 0 after FLR", "Message Control %04Xh",
			fn->msix.flags);
}

static void judge_flr_masks(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	int k;

	(void)w;
	if (!shows_table(fn, event) || !fresh_by(fn, FRESH_FLR, fn->table_prev.line) ||
	    !answers(&fn->table))
		return;
	k = first_unmasked(&fn->table, 0, fn->table_size);
	verdict(jg, fn, k < 0, "every entry masked after FLR", "T[%d] is not masked", k);
}

static void judge_flr_pending(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	int k;

	(void)w;
	if (!shows_pba(fn, event) || !fresh_by(fn, FRESH_FLR, fn->pba_prev.line))
		return;
	k = first_pending(&fn->pba, 0, (unsigned)event_int(event, "size", 0));
	verdict(jg, fn, k < 0, "no Pending bit set after FLR", "PB[%d] is set", k);
}

/*
 * The time that the kernel's ways take is mostly a driver's, so only FLR by hand is timed. A busy
 * host makes it longer, too: the limit is where software may give a device up.
 */
static void judge_flr_time(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	int64_t us = event_int(event, "us", -1);
	int res = event_res(event);

	(void)w;
	if (!fn || !method_is(event, "flr"))
		return;
	if (res == -ETIMEDOUT)
		broke(jg, fn, "config space that answers 100 ms after FLR, or asks for 1 s more",
		      "no answer after %lld ms", (long long)us / 1000);
	else if (!res && us >= 0)
		verdict(jg, fn, us <= FLR_LIMIT_US,
			"config space that answers 100 ms after FLR, or asks for 1 s more",
			"an answer after %lld ms", (long long)us / 1000);
}

/* --- Table Size across a reset --- */

/* Were there other acts that may have moved it, since the last look and apart from resets? */
static bool size_touched(unsigned long long acts)
{
	return acts & ACTS_ON_SIZE & ~ON_ACT(ACT_RESET);
}

static void judge_size_same(struct judging *jg, const struct world_fn *fn)
{
	char expected[TEXT];

	snprintf(expected, sizeof(expected), "Table Size %u as before the reset",
		 fn->msix_prev.size);
	verdict(jg, fn, fn->msix.size == fn->msix_prev.size, expected,
		"Message Control %04Xh: Table Size %u", fn->msix.flags, fn->msix.size);
}

struct keeping {
	bool pending; /* something was assigned that a reset may latch */
	bool armed;   /* a reset was done with nothing pending */
	bool unseen;  /* a reset was done that may have latched something nobody looked at */
};

static void judge_size_kept(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	struct keeping *keeping;
	unsigned long long acts;

	if (!fn)
		return;
	keeping = scratch(jg, fn, sizeof(*keeping));
	if (did_reset(event)) {
		keeping->armed = !keeping->pending && !keeping->unseen && fn->msix_line &&
				 w->model != MODEL_UNKNOWN &&
				 !size_touched(fn->track.since[LOOK_MSIX]);
		keeping->unseen |= !keeping->armed;
	}
	if (!shows_msix(fn, event))
		return;
	acts = acts_before(fn, LOOK_MSIX);
	if (keeping->armed && !size_touched(acts) && !begun_since(fn, fn->msix_prev_line))
		judge_size_same(jg, fn);
	/* A raw assignment is not followed further: it may or may not be online. */
	keeping->pending = fn->resize_pending || acts & ON_ACT(ACT_VIRT_MGMT) ||
			   (keeping->pending && !(acts & (ON_ACT(ACT_RESET) | ON_ACT(ACT_RESIZE))));
	keeping->armed = keeping->unseen = false;
}

struct latching {
	unsigned want; /* assigned and seen not to show yet */
	bool armed;
};

static void judge_size_latched(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn)
{
	struct latching *latching;
	char expected[TEXT];

	(void)w;
	if (!fn)
		return;
	latching = scratch(jg, fn, sizeof(*latching));
	if (did_reset(event))
		latching->armed = latching->want && !size_touched(fn->track.since[LOOK_MSIX]);
	if (!shows_msix(fn, event))
		return;
	if (latching->armed) {
		snprintf(expected, sizeof(expected), "Table Size %u, as assigned", latching->want);
		verdict(jg, fn, fn->msix.size == latching->want, expected,
			"Message Control %04Xh: Table Size %u after the reset", fn->msix.flags,
			fn->msix.size);
	}
	latching->armed = false;
	latching->want = 0;
	if (fn->resize_pending && (fn->got > 0 || fn->want > 0))
		latching->want = (unsigned)(fn->got > 0 ? fn->got : fn->want);
}

/*
 * Linux keeps the number of entries that it knew when the driver came, and writes that many back
 * after a reset (__pci_restore_msix_state()).
 */
static void judge_size_bound(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	bool *armed;

	(void)w;
	if (!fn)
		return;
	armed = scratch(jg, fn, sizeof(*armed));
	if (did_reset(event))
		*armed = fn->driver[0] && strcmp(fn->driver, "?");
	if (!shows_msix(fn, event) || !*armed)
		return;
	*armed = false;
	if (fn->msix_prev_line && !size_touched(acts_before(fn, LOOK_MSIX)) &&
	    !begun_since(fn, fn->msix_prev_line))
		judge_size_same(jg, fn);
}

/* --- the rows --- */

const struct rule reset_rules[] = {
	{
		.info = {"RST-FLR-SUPP", SEV_MUST, "A VF supports Function Level Reset.",
			 "PCIe 6.0, 9.2.2.2 and 7.5.3.3",
			 "a look at 256 bytes of the VF's config space"},
		.needs = NEED_VF,
		SEES_CONFIG,
		.judge = judge_flr_supported,
	},
	{
		.info = {"RST-FLR-EN", SEV_MUST, "FLR clears MSI-X Enable and Function Mask.",
			 "PCIe 6.0, 6.6.2 and 7.7.2.2",
			 "FLR by hand, with no driver or vfio-pci, and a look right after it"},
		.needs = NEED_VF | NEED_MSIX | NEED_FLR | NEED_LINUX,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_flr_enable,
	},
	{
		.info = {"RST-FLR-MASK", SEV_MUST, "FLR masks every entry.",
			 "PCIe 6.0, 6.6.2 and 7.7.2.8",
			 "FLR by hand, with no driver or vfio-pci, and a look at the table"},
		.needs = NEED_VF | NEED_MSIX | NEED_FLR | NEED_LINUX,
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_flr_masks,
	},
	{
		.info = {"RST-FLR-PBA", SEV_MUST, "FLR clears every Pending bit.",
			 "PCIe 6.0, 6.6.2 and 7.7.2.9",
			 "FLR by hand, with no driver or vfio-pci, and a look at the PBA"},
		.needs = NEED_VF | NEED_MSIX | NEED_FLR | NEED_LINUX,
		.on_obs = ON_OBS(OBS_PBA),
		.judge = judge_flr_pending,
	},
	{
		.info = {"RST-FLR-TS-KEEP", SEV_SHOULD,
			 "A reset with no new size assigned leaves Table Size as it is.",
			 "PCIe 6.0, 7.7.2.2; Linux drivers/pci/msi/msi.c:__pci_restore_msix_state",
			 "a reset of any kind of one function, and looks before and after"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_FLR | NEED_LINUX,
		.on_done = ON_ACT(ACT_RESET),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_size_kept,
	},
	{
		.info = {"RST-FLR-LATCH", SEV_INFO,
			 "In model M-RST an assigned size shows after the next reset.",
			 "Linux Documentation/ABI/testing/sysfs-bus-pci:sriov_vf_msix_count",
			 "a resize through sysfs, a reset, and looks at each step"},
		.needs = NEED_VF | NEED_MSIX | NEED_MODEL_RST | NEED_SYSFS,
		.on_done = ON_ACT(ACT_RESET),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_size_latched,
	},
	{
		.info = {"RST-FLR-BOUND", SEV_MUST,
			 "A reset does not change Table Size while a driver is bound.",
			 "Linux drivers/pci/msi/msi.c:__pci_restore_msix_state",
			 "a reset of a VF with a driver bound, and looks before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_FLR | NEED_LINUX | NEED_TAKER,
		.on_done = ON_ACT(ACT_RESET),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_size_bound,
	},
	{
		.info = {"RST-FLR-TIME", SEV_MUST,
			 "Config space answers 100 ms after FLR, or 1 s later if it asks for that.",
			 "PCIe 6.0, 6.6.2 and 6.6.1; Linux drivers/pci/pci.c:pcie_flr",
			 "FLR by hand"},
		.needs = NEED_VF | HEARS_ALL | NEED_FLR | NEED_LINUX,
		.on_done = ON_ACT(ACT_RESET),
		.judge = judge_flr_time,
	},
};

const size_t reset_rules_count = sizeof(reset_rules) / sizeof(reset_rules[0]);
