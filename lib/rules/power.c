/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rule of power management: D3hot and back. */
#include <linux/pci_regs.h>
#include <stdio.h>

#include "reset.h"

/* Is what stood in the registers before D3hot there again (No_Soft_Reset), or their defaults? */
static bool keeps(const struct world_fn *fn)
{
	int pos = cfg_find_cap(&fn->cfg, PCI_CAP_ID_PM, 0);

	return pos > 0 &&
	       cfg_u16(&fn->cfg, (unsigned)pos + PCI_PM_CTRL) & PCI_PM_CTRL_NO_SOFT_RESET;
}

static void judge_flags(struct judging *jg, const struct world_fn *fn)
{
	unsigned flags = fn->msix_prev.flags;
	char expected[TEXT];

	if (!keeps(fn))
		flags &= ~(unsigned)(PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	snprintf(expected, sizeof(expected), "Message Control %04Xh after D3hot, No_Soft_Reset %d",
		 flags, keeps(fn));
	verdict(jg, fn, fn->msix.flags == flags, expected, "Message Control %04Xh", fn->msix.flags);
}

static void judge_entries(struct judging *jg, const struct world_fn *fn)
{
	struct msix_entry now, before;
	int k = first_unmasked(&fn->table, 0, fn->table_size);

	if (!keeps(fn)) {
		verdict(jg, fn, k < 0, "every entry masked after D3hot, No_Soft_Reset 0",
			"T[%d] is not masked", k);
		return;
	}
	for (unsigned i = 0; i < fn->table_size && i < fn->table_prev_size; i++) {
		if (!table_entry(&fn->table, i, &now) || !table_entry(&fn->table_prev, i, &before))
			break;
		if (!((now.ctrl ^ before.ctrl) & MSIX_ENTRY_MASKED) && same_message(&now, &before))
			continue;
		broke(jg, fn, "the table as before D3hot, No_Soft_Reset 1",
		      "T[%u]: %llXh %Xh, Vector Control %Xh became %llXh %Xh, %Xh", i,
		      (unsigned long long)before.msg.addr, before.msg.data, before.ctrl,
		      (unsigned long long)now.msg.addr, now.msg.data, now.ctrl);
		return;
	}
	held(jg, fn);
}

/* The first look of its kind after D3hot, with nothing else done since the one before. */
struct slept {
	bool msix, table;
};

static void judge_d3(struct judging *jg, const struct world *w, const struct event *event,
		     struct world_fn *fn)
{
	const unsigned long long alone = ~(ACTS_HARMLESS | ON_ACT(ACT_RESET));
	struct slept *slept = scratch(jg, fn, sizeof(*slept));

	(void)w;
	if (event->kind == EV_FUNCTION && cfg_find_cap(&fn->cfg, PCI_CAP_ID_PM, 0) <= 0)
		inapplicable(jg, fn, "the function has no Power Management capability");
	if (event->kind == EV_DONE) {
		bool d3 = !event_res(event) && method_is(event, "d3") && !fn->driver[0];

		*slept = (struct slept){.msix = d3, .table = d3};
		return;
	}
	if (shows_msix(fn, event) && slept->msix) {
		slept->msix = false;
		if (fn->msix_prev_line && !(acts_before(fn, LOOK_MSIX) & alone))
			judge_flags(jg, fn);
	}
	if (shows_table(fn, event) && slept->table) {
		slept->table = false;
		if (answers(&fn->table) && fn->table_prev.line &&
		    !(acts_before(fn, LOOK_TABLE) & alone))
			judge_entries(jg, fn);
	}
}

const struct rule power_rules[] = {
	{
		.info = {"RST-D3", SEV_SHOULD,
			 "D3hot and back keeps MSI-X where No_Soft_Reset is 1, and resets it else.",
			 "PCIe 6.0, 5.3.1.4.1 and 7.5.2.2; Linux "
			 "drivers/pci/pci.c:pci_power_up",
			 "a VF without a driver put to D3hot and to D0 by PMCSR, and looks before "
			 "and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX,
		.on_done = ON_ACT(ACT_RESET),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_TABLE),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_d3,
	},
};

const size_t power_rules_count = sizeof(power_rules) / sizeof(power_rules[0]);
