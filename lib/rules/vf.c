/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of what a VF's config space must, and must not, have because it is a VF. */
#include <linux/pci_regs.h>
#include <string.h>

#include "look.h"

static void judge_no_intx(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	(void)w;
	(void)event;
	if (fn && !fn->gone && fn->cfg.len > PCI_INTERRUPT_PIN)
		verdict(jg, fn, !cfg_u8(&fn->cfg, PCI_INTERRUPT_PIN), "Interrupt Pin 00h",
			"Interrupt Pin %02Xh", cfg_u8(&fn->cfg, PCI_INTERRUPT_PIN));
}

struct command {
	bool written; /* Memory Space Enable was written as 1 */
	bool reads_0; /* ... and read 0 afterwards */
};

/* PCIe 6.0, 7.5.1.1.3, has this bit as "VF ROZ": read-only zero in a VF. */
static void judge_memory_enable(struct judging *jg, const struct world *w,
				const struct event *event, struct world_fn *fn)
{
	struct command *command;

	(void)w;
	if (!fn)
		return;
	command = scratch(jg, fn, sizeof(*command));
	if (event->kind == EV_DONE) {
		if (!event_res(event) && event_int(event, "off", -1) == PCI_COMMAND &&
		    event_int(event, "value", 0) & PCI_COMMAND_MEMORY)
			command->written = true;
		return;
	}
	if (shows_table(fn, event)) {
		if (command->reads_0 && fn->table.len)
			verdict(jg, fn, answers(&fn->table),
				"memory that answers while the VF's Memory Space Enable is 0",
				"the table reads all ones");
		return;
	}
	if (fn->gone || (event->kind == EV_OBS && event->obs != OBS_CONFIG) ||
	    fn->cfg.len < PCI_STATUS)
		return;
	if (cfg_u16(&fn->cfg, PCI_COMMAND) & PCI_COMMAND_MEMORY) {
		broke(jg, fn, "Command bit 1 hardwired to 0", "Command %04Xh",
		      cfg_u16(&fn->cfg, PCI_COMMAND));
		command->reads_0 = false;
	} else if (command->written) {
		held(jg, fn);
		command->reads_0 = true;
	}
	command->written = false;
}

/*
 * The rule speaks of functions with interrupts to give: a VF with neither capability breaks it
 * only where something else shows that it has some.
 */
static void judge_msi_or_msix(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	unsigned pin;

	(void)w;
	if (!shows_config(fn, event))
		return;
	pin = cfg_u8(&fn->cfg, PCI_INTERRUPT_PIN);
	if (cfg_find_cap(&fn->cfg, PCI_CAP_ID_MSI, 0) > 0 ||
	    cfg_find_cap(&fn->cfg, PCI_CAP_ID_MSIX, 0) > 0)
		held(jg, fn);
	else if (pin || (fn->engine[0] && strcmp(fn->engine, "none")) || fn->has_msix)
		broke(jg, fn, "an MSI or MSI-X capability", "neither; Interrupt Pin %02Xh", pin);
	else
		inapplicable(jg, fn, "the VF shows no interrupt of any kind");
}

/* --- the rows --- */

const struct rule vf_rules[] = {
	{
		.info = {"CAP-VF-NOINTX", SEV_MUST, "A VF has no INTx: Interrupt Pin is 0.",
			 "PCIe 6.0, 9.2.1.4 and 7.5.1.1.13", "a look at the VF's config space"},
		.needs = NEED_VF,
		SEES_CONFIG,
		.judge = judge_no_intx,
	},
	{
		.info = {"CAP-VF-CMD-MSE", SEV_MUST,
			 "A VF's Memory Space Enable is hardwired to 0; its memory needs VF MSE "
			 "only.",
			 "PCIe 6.0, 7.5.1.1.3 and 9.3.3.3.4; Linux "
			 "drivers/pci/iov.c:pci_iov_add_virtfn (no_command_memory)",
			 "Command bit 1 of a VF written as 1, a look at its config space and "
			 "table"},
		.needs = NEED_VF,
		.on_done = ON_ACT(ACT_CFG_WRITE),
		.on_obs = ON_OBS(OBS_CONFIG) | ON_OBS(OBS_TABLE),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_memory_enable,
	},
	{
		.info = {"CAP-VF-MSI-OR-MSIX", SEV_SHOULD,
			 "A VF that has interrupts implements MSI, MSI-X or both.",
			 "PCIe 6.0, 9.2.1.4", "a look at 256 bytes of the VF's config space"},
		.needs = NEED_VF,
		SEES_CONFIG,
		.judge = judge_msi_or_msix,
	},
};

const size_t vf_rules_count = sizeof(vf_rules) / sizeof(vf_rules[0]);
