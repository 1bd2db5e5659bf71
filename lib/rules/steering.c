/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of Steering Tags in the MSI-X Table: the upper half of each entry's Vector Control. */
#include <linux/pci_regs.h>
#include <stdio.h>

#include "look.h"

#define TEXT 96

#define ST_LOWER 0x00ff0000u
#define ST_UPPER 0xff000000u

/* TPH Requester Capability bit 8 (7.9.13.2); <linux/pci_regs.h> of our time has no name for it. */
#define PCI_TPH_CAP_EXT 0x100

/* The bits of Vector Control that hold a Steering Tag here; 0 without. */
static uint32_t steering_bits(struct judging *jg, const struct world_fn *fn)
{
	int pos = cfg_find_ext_cap(&fn->cfg, PCI_EXT_CAP_ID_TPH, 0);
	uint32_t cap = pos > 0 ? cfg_u32(&fn->cfg, (unsigned)pos + PCI_TPH_CAP) : 0;

	if ((cap & PCI_TPH_CAP_LOC_MASK) == PCI_TPH_LOC_MSIX)
		return ST_LOWER | (cap & PCI_TPH_CAP_EXT ? ST_UPPER : 0);
	inapplicable(jg, fn, "the function keeps no Steering Tags in its MSI-X Table");
	return 0;
}

static void judge_default(struct judging *jg, const struct world_fn *fn, uint32_t bits)
{
	struct msix_entry entry;

	for (unsigned k = 0; k < fn->table_size && table_entry(&fn->table, k, &entry); k++)
		if (entry.ctrl & bits) {
			broke(jg, fn, "no Steering Tag after reset", "T[%u] Vector Control %08Xh",
			      k, entry.ctrl);
			return;
		}
	held(jg, fn);
}

/* Only a tag that is not 0 shows that there is anything to keep it. */
static void judge_kept(struct judging *jg, const struct world_fn *fn, uint32_t bits)
{
	struct msix_entry entry;
	char expected[TEXT];
	bool wrote = false;
	uint32_t want;

	for (unsigned k = 0; k < fn->table_size && table_entry(&fn->table, k, &entry); k++) {
		if (!written(fn, k, DW_CTRL, &want))
			continue;
		wrote |= want & bits;
		if (!((want ^ entry.ctrl) & bits))
			continue;
		snprintf(expected, sizeof(expected), "T[%u] of %u Steering Tag %04Xh, as written",
			 k, fn->table_size, (want & bits) >> 16);
		broke(jg, fn, expected, "%04Xh", (entry.ctrl & bits) >> 16);
		return;
	}
	if (wrote)
		held(jg, fn);
}

static void judge_steering(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	uint32_t bits;

	(void)w;
	if (!shows_table(fn, event) || !is_quiet(fn) || !answers(&fn->table))
		return;
	bits = steering_bits(jg, fn);
	if (bits && is_fresh(fn, fn->table_prev.line))
		judge_default(jg, fn, bits);
	if (bits && acts_before(fn, LOOK_TABLE) & ON_ACT(ACT_TABLE_WRITE))
		judge_kept(jg, fn, bits);
}

const struct rule steering_rules[] = {
	{
		.info = {"CAP-TPH-ST", SEV_SHOULD,
			 "Where Steering Tags are in the MSI-X Table, every entry has one, 0 at "
			 "first.",
			 "PCIe 6.0, 7.7.2.8 and 6.17.3",
			 "a TPH Requester capability that says so, tags written, and looks at the "
			 "table before and after"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_steering,
	},
};

const size_t steering_rules_count = sizeof(steering_rules) / sizeof(steering_rules[0]);
