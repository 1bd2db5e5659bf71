/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the MSI-X capability by itself: that there is one, its control bits and what Function
 * Mask leaves alone. Table Size is table_size.c's, the place of table and PBA is place.c's.
 */
#include <errno.h>
#include <linux/pci_regs.h>

#include "look.h"

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
	if (!first)
		inapplicable(jg, fn, "the function has no MSI-X capability");
	else if (second == -ELOOP)
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
};

const size_t cap_rules_count = sizeof(cap_rules) / sizeof(cap_rules[0]);
