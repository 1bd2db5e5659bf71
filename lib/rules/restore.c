/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of what the kernel puts back: its own resets ("sysfs", "vfio") save state before and
 * restore it after.
 */
#include "reset.h"

struct restoring {
	bool through_kernel, by_hand;
};

/* Drivers that free and allocate their vectors around a reset: new messages are their own doing. */
static bool sets_up_again(const struct world_fn *fn)
{
	return !strcmp(fn->driver, "nvme"); /* nvme_reset_prepare(), nvme_reset_done() */
}

/* Only entries in use are restored: the rest of the table is the device's to reset. */
static void compare_programmed(struct judging *jg, const struct world_fn *fn)
{
	struct msix_entry now, before;
	bool any = false;

	for (unsigned k = 0; k < fn->table_size && k < fn->table_prev_size; k++) {
		if (!table_entry(&fn->table, k, &now) || !table_entry(&fn->table_prev, k, &before))
			break;
		if (before.ctrl & MSIX_ENTRY_MASKED)
			continue;
		any = true;
		if (!(now.ctrl & MSIX_ENTRY_MASKED) && same_message(&now, &before))
			continue;
		if (!sets_up_again(fn))
			broke(jg, fn, "entries in use as before the reset",
			      "T[%u]: %llXh %Xh, Vector Control %Xh became %llXh %Xh, %Xh", k,
			      (unsigned long long)before.msg.addr, before.msg.data, before.ctrl,
			      (unsigned long long)now.msg.addr, now.msg.data, now.ctrl);
		return;
	}
	if (any)
		held(jg, fn);
}

static void judge_programmed(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct restoring *restoring, was;
	unsigned long long others;

	(void)w;
	if (!fn)
		return;
	restoring = scratch(jg, fn, sizeof(*restoring));
	if (did_reset(event))
		*(method_is(event, "flr") ? &restoring->by_hand : &restoring->through_kernel) =
			true;
	if (!shows_table(fn, event))
		return;
	was = *restoring;
	*restoring = (struct restoring){0};
	others = acts_before(fn, LOOK_TABLE) & ~ACTS_HARMLESS & ~ON_ACT(ACT_RESET);
	if (was.through_kernel && !was.by_hand && !others && fn->table_prev.line &&
	    !begun_since(fn, fn->table_prev.line) && fn->driver[0] && strcmp(fn->driver, "?"))
		compare_programmed(jg, fn);
}

/*
 * pci_msix_clear_and_set_ctrl() sets Function Mask while the table is set up and clears it after,
 * whether that succeeds or not.
 */
static void judge_maskall(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	const unsigned long long enables = ON_ACT(ACT_BIND) | ON_ACT(ACT_VFIO_IRQS);
	/* ... and what resets the function: its state is then not the kernel's doing. */
	const unsigned long long others = ON_ACT(ACT_FUNCTION_MASK) | ON_ACT(ACT_CFG_WRITE) |
					  ON_ACT(ACT_RESET) | ON_ACT(ACT_RESIZE) |
					  ON_ACT(ACT_VIRT_MGMT) | ON_ACT(ACT_NUMVFS) |
					  ON_ACT(ACT_VFIO_CLOSE) | ON_ACT(ACT_NONE);
	unsigned long long acts;

	(void)w;
	if (!shows_msix(fn, event) || !fn->msix_prev_line)
		return;
	acts = acts_before(fn, LOOK_MSIX);
	if (acts & enables && !(acts & others) && !fn->msix_prev.maskall)
		verdict(jg, fn, !fn->msix.maskall, "Function Mask 0 once vectors were enabled",
			"Message Control %04Xh", fn->msix.flags);
}

const struct rule restore_rules[] = {
	{
		.info = {"RST-FLR-PROGRAM", SEV_SHOULD,
			 "Entries in use are the same before and after a reset by the kernel.",
			 "Linux drivers/pci/msi/msi.c:__pci_restore_msix_state",
			 "a reset through sysfs or VFIO of a VF with entries unmasked, and looks "
			 "at "
			 "the table before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_FLR | NEED_LINUX,
		.on_done = ON_ACT(ACT_RESET),
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_programmed,
	},
	{
		.info = {"RST-MASKALL-CLEAR", SEV_MUST,
			 "Function Mask is 0 after vectors were enabled, or failed to be.",
			 "Linux drivers/pci/msi/msi.c:msix_capability_init",
			 "a driver bound or VFIO interrupts set, and a look after it"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_maskall,
	},
};

const size_t restore_rules_count = sizeof(restore_rules) / sizeof(restore_rules[0]);
