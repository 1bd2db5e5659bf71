/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the MSI-X capability by itself: that there is one, its control bits and what Function
 * Mask leaves alone. Table Size is table_size.c's, the place of table and PBA is place.c's.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>

#include "look.h"
#include "shot.h"
#include "vector.h"

/* Bits of Message Control that the capability leaves reserved (7.7.2.2). */
#define MSIX_FLAGS_RSVD 0x3800

static void judge_unique(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	int first, second;

	(void)w;
	if (!fn || fn->gone)
		return;
	if (!shows_config(fn, event)) {
		inapplicable(jg, fn, "only %zu bytes of config space are known", fn->cfg.len);
		return;
	}
	first = cfg_find_cap(&fn->cfg, PCI_CAP_ID_MSIX, 0);
	second = first > 0 ? cfg_find_cap(&fn->cfg, PCI_CAP_ID_MSIX, (unsigned)first) : first;
	/* A list that comes back to the one that it has shows no second one, and has no end. */
	if (!first)
		inapplicable(jg, fn, "the function has no MSI-X capability");
	else if (second == -ELOOP || (second > 0 && second == first))
		broke(jg, fn, "a list of capabilities that ends", "the list has a loop");
	else if (second < 0)
		broke(jg, fn, "a list of capabilities between 40h and FFh", "the list leaves it");
	else
		verdict(jg, fn, !second, "one capability 11h", "two, at %02Xh and %02Xh",
			(unsigned)first, (unsigned)second);
}

static void judge_reserved(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	(void)w;
	if (shows_msix(fn, event))
		verdict(jg, fn, !(fn->msix.flags & MSIX_FLAGS_RSVD),
			"Message Control bits 13:11 read 000b", "Message Control %04Xh",
			fn->msix.flags);
}

/*
 * Only right after a reset by hand or VF Enable, and with nobody there who might have written: at
 * any other time the bits may be anybody's. Linux itself clears Enable when it finds a VF
 * (pci_msix_init()), so after VF Enable the Function Mask is the half that tells.
 */
static void judge_enable_default(struct judging *jg, const struct world *w,
				 const struct event *event, struct world_fn *fn)
{
	(void)w;
	if (shows_msix(fn, event) && is_fresh(fn, fn->msix_prev_line))
		verdict(jg, fn, !fn->msix.enable && !fn->msix.maskall,
			"MSI-X Enable 0, Function Mask 0",
			"Message Control %04Xh: MSI-X Enable %d, Function Mask %d", fn->msix.flags,
			fn->msix.enable, fn->msix.maskall);
}

/* --- Function Mask --- */

static void judge_mask_independent(struct judging *jg, const struct world *w,
				   const struct event *event, struct world_fn *fn)
{
	const unsigned long long harmless = ON_ACT(ACT_FUNCTION_MASK) | ON_ACT(ACT_FIRE);
	struct msix_entry now, before;
	bool *toggled, was_toggled;

	(void)w;
	if (!fn)
		return;
	toggled = scratch(jg, fn, sizeof(*toggled));
	if (event->kind == EV_DONE && !event_res(event))
		*toggled = true;
	if (!shows_table(fn, event))
		return;
	was_toggled = *toggled;
	*toggled = false;
	if (!was_toggled || !fn->table_prev.line || acts_before(fn, LOOK_TABLE) & ~harmless ||
	    !is_quiet(fn) || !answers(&fn->table))
		return;
	for (unsigned k = 0; k < fn->table_size && k < fn->table_prev_size; k++) {
		if (!table_entry(&fn->table, k, &now) || !table_entry(&fn->table_prev, k, &before))
			break;
		if ((now.ctrl ^ before.ctrl) & MSIX_ENTRY_MASKED) {
			broke(jg, fn, "every Mask bit as before Function Mask was written",
			      "T[%u] Vector Control %08Xh became %08Xh", k, before.ctrl, now.ctrl);
			return;
		}
	}
	held(jg, fn);
}

/* --- MSI-X alone --- */

/* Acts after which MSI-X Enable may be another, and with it what has been delivered. */
#define ACTS_ON_ENABLE                                                                             \
	(ON_ACT(ACT_VFIO_IRQS) | ON_ACT(ACT_VFIO_CLOSE) | ON_ACT(ACT_RESET) | ON_ACT(ACT_UNBIND) | \
	 ON_ACT(ACT_BIND) | ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VIRT_MGMT))

/* The other ways to interrupt that a function has, as far as they are seen. */
struct others {
	unsigned long begin_line; /* of the scenario */
	bool delivered;           /* a vector, since MSI-X was enabled */
};

static int msi_of(const struct world_fn *fn)
{
	int pos = cfg_find_cap(&fn->cfg, PCI_CAP_ID_MSI, 0);

	return pos > 0 ? pos : 0;
}

static bool msi_enabled(const struct world_fn *fn)
{
	unsigned pos = (unsigned)msi_of(fn);

	return pos && cfg_u16(&fn->cfg, pos + PCI_MSI_FLAGS) & PCI_MSI_FLAGS_ENABLE;
}

static uint64_t msi_address(const struct world_fn *fn)
{
	unsigned pos = (unsigned)msi_of(fn);
	uint64_t addr = cfg_u32(&fn->cfg, pos + PCI_MSI_ADDRESS_LO);

	if (cfg_u16(&fn->cfg, pos + PCI_MSI_FLAGS) & PCI_MSI_FLAGS_64BIT)
		addr |= (uint64_t)cfg_u32(&fn->cfg, pos + PCI_MSI_ADDRESS_HI) << 32;
	return addr;
}

/* INTx: what is pending shows in the Status register, whether or not it can be sent. */
static void judge_intx(struct judging *jg, const struct world_fn *fn)
{
	uint16_t status = cfg_u16(&fn->cfg, PCI_STATUS);

	if (status & PCI_STATUS_INTERRUPT)
		broke(jg, fn, "no INTx while MSI-X Enable is 1",
		      "Status %04Xh: Interrupt Status is set", status);
	else if (cfg_u8(&fn->cfg, PCI_INTERRUPT_PIN) || msi_of(fn))
		held(jg, fn);
	else
		inapplicable(jg, fn, "the function has neither INTx nor MSI");
}

/* MSI: nobody has given it an address that it may write to, so that the IOMMU tells of it. */
static void judge_msi(struct judging *jg, const struct world *w, const struct event *event,
		      const struct world_fn *fn)
{
	struct shot shot;

	if (!sees_shot(w, event, fn, &shot) || shot.kind != KIND_CONTROL || !msi_of(fn) ||
	    !w->iommu.translation)
		return;
	for (size_t i = 0; i < faults_count(&shot); i++) {
		struct fault fault = fault_get(&shot, i);

		if (fault.interrupt || !fault.source || strcmp(fault.source, fn->name) ||
		    !is_page(fault.addr, msi_address(fn)))
			continue;
		broke(jg, fn, "no MSI while MSI-X Enable is 1", "a write to %llXh, its MSI address",
		      (unsigned long long)msi_address(fn));
		return;
	}
	if (shot.control)
		held(jg, fn);
}

static void judge_exclusive(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	struct others *others;

	if (!fn)
		return;
	others = scratch(jg, fn, sizeof(*others));
	if (others->begin_line != w->begin_line || event->kind == EV_DONE)
		*others = (struct others){.begin_line = w->begin_line};
	if (event->kind != EV_OBS || fn->gone || !fn->msix.enable || msi_enabled(fn))
		return;
	if (event->obs == OBS_EVENTS)
		others->delivered |= sum_of(json_object_get(event->body, "counts")) > 0;
	else if (event->obs == OBS_CONFIG && others->delivered)
		judge_intx(jg, fn);
	else if (event->obs == OBS_WATCH)
		judge_msi(jg, w, event, fn);
}

/* --- the rows --- */

const struct rule cap_rules[] = {
	{
		.info = {"CAP-UNIQ", SEV_MUST, "A function has at most one MSI-X capability.",
			 "PCIe 6.0, 7.7.2", "a look at 256 bytes of config space"},
		SEES_CONFIG,
		.judge = judge_unique,
	},
	{
		.info = {"CAP-RSVD", SEV_MUST,
			 "Message Control bits 13:11 read 0, whatever was written to them.",
			 "PCIe 6.0, 7.7.2 and 7.7.2.2", "a look at the MSI-X capability"},
		.needs = NEED_MSIX,
		SEES_MSIX,
		.judge = judge_reserved,
	},
	{
		.info = {"CAP-EN-DEF", SEV_MUST,
			 "MSI-X Enable and Function Mask are 0 after FLR and in a new VF.",
			 "PCIe 6.0, 7.7.2.2",
			 "a look right after FLR by hand or VF Enable, with no driver bound"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		SEES_MSIX,
		.judge = judge_enable_default,
	},
	{
		.info = {"CAP-FM-INDEP", SEV_MUST,
			 "Function Mask leaves the Mask bit of every entry as it is.",
			 "PCIe 6.0, 7.7.2.2",
			 "looks at the table before and after Function Mask is written"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_done = ON_ACT(ACT_FUNCTION_MASK),
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_mask_independent,
	},
	{
		.info = {"CAP-EN-EXCL", SEV_MUST,
			 "With MSI-X Enable set a function uses neither INTx nor MSI.",
			 "PCIe 6.0, 7.7.2.2 and 7.7.1.2",
			 "vectors that are delivered, then a look at config space, or a control "
			 "shot and the faults in its watch"},
		.needs = NEED_VF | VECTORS_NEED,
		.on_done = ACTS_ON_ENABLE,
		.on_obs = ON_OBS(OBS_EVENTS) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_WATCH),
		.judge = judge_exclusive,
	},
};

const size_t cap_rules_count = sizeof(cap_rules) / sizeof(cap_rules[0]);
