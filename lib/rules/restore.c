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

/* --- more entries in use than there still are --- */

struct shrunk {
	bool armed; /* the kernel has restored a VF with more vectors allocated than it has entries
		     */
};

/* Entries behind the table that the restore may have reached: none may hold something else now. */
static void compare_behind(struct judging *jg, const struct world_fn *fn)
{
	struct msix_entry now, before;
	bool any = false;

	for (unsigned k = fn->table_size; k < fn->vfio_enabled; k++) {
		if (!table_entry(&fn->table, k, &now) || !table_entry(&fn->table_prev, k, &before))
			break;
		/* What was in use before the table shrank, and still stands there, would look the
		 * same. */
		any |= before.ctrl & MSIX_ENTRY_MASKED || !is_message(&before);
		if (now.ctrl == before.ctrl && same_message(&now, &before))
			continue;
		broke(jg, fn, "nothing written behind the table",
		      "entry %u of a table of %u: %llXh %Xh, Vector Control %Xh became %llXh %Xh, "
		      "%Xh",
		      k, fn->table_size, (unsigned long long)before.msg.addr, before.msg.data,
		      before.ctrl, (unsigned long long)now.msg.addr, now.msg.data, now.ctrl);
		return;
	}
	if (any)
		held(jg, fn);
}

/*
 * Only where something was restored at all: an entry in use in front of the end. A device that
 * drops what is written behind its table keeps this rule, whatever the kernel tried.
 */
static void judge_shrunk(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	const unsigned long long alone = ~(ACTS_HARMLESS | ON_ACT(ACT_RESET));
	struct shrunk *shrunk = scratch(jg, fn, sizeof(*shrunk));
	bool armed = shrunk->armed;

	(void)w;
	if (event->kind == EV_DONE) {
		shrunk->armed = did_reset(event) && !method_is(event, "flr") &&
				!strcmp(fn->driver, "vfio-pci") && fn->vfio_enabled > fn->msix.size;
		return;
	}
	if (!shows_table(fn, event))
		return;
	shrunk->armed = false;
	if (armed && fn->table_prev.line && fn->table_size == fn->table_prev_size &&
	    !(acts_before(fn, LOOK_TABLE) & alone) &&
	    first_unmasked(&fn->table, 0, fn->table_size) >= 0)
		compare_behind(jg, fn);
}

const struct rule restore_rules[] = {
	{
		.info = {"RST-FLR-PROGRAM", SEV_SHOULD,
			 "Entries in use are the same before and after a reset by the kernel.",
			 "Linux drivers/pci/msi/msi.c:__pci_restore_msix_state",
			 "a reset through sysfs or VFIO of a VF with entries unmasked, and looks "
			 "at "
			 "the table before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_FLR | NEED_LINUX | NEED_TAKER,
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
	{
		.info = {"RST-RESTORE-SHRUNK", SEV_MUST,
			 "A reset by the kernel writes nothing behind a table that has shrunk.",
			 "derived from PCIe 6.0, 7.7.2; Linux "
			 "drivers/pci/msi/msi.c:__pci_restore_msix_state",
			 "a VF resized to fewer vectors than VFIO has enabled, a reset through "
			 "VFIO, and looks at the table before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_FLR | NEED_LINUX | NEED_VFIO | NEED_RANGE |
			 NEED_HELD | NEED_NOT_VFE,
		.on_done = ON_ACT(ACT_RESET),
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_shrunk,
	},
	{
		.info = {.id = "RST-MEM-DECODE",
			 .severity = SEV_SHOULD,
			 .title = "A reset by the kernel restores a PF's entries in use, which "
				  "takes memory decode.",
			 .clause = "Linux drivers/pci/pci.c:pci_restore_state, "
				   "drivers/pci/msi/msi.c:__pci_restore_msix_state",
			 .needs = "a reset through sysfs of a PF with a driver and entries "
				  "unmasked, and looks at the table before and after",
			 .remark = "VFs have no Memory Space Enable of their own, and the PF's VF "
				   "MSE outlives their resets: only a PF's reset takes memory "
				   "decode away."},
		.needs = NEED_PF | NEED_MSIX | NEED_FLR | NEED_LINUX,
		.on_done = ON_ACT(ACT_RESET),
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_programmed,
	},
};

const size_t restore_rules_count = sizeof(restore_rules) / sizeof(restore_rules[0]);
