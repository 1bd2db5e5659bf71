/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of resets: Function Level Reset by hand ("flr", which shows what the device did), through
 * the kernel ("sysfs", "vfio", which save state before and restore it after), and VF Enable.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>

#include "look.h"

#define TEXT 96

/* FLR is to be complete after 100 ms (6.6.2); then the function may ask for a second's patience. */
#define FLR_LIMIT_US (100000 + 1000000)

/* Acts that leave registers of the capability, the table and the PBA alone. */
#define ACTS_HARMLESS \
	(ON_ACT(ACT_FIRE) | ON_ACT(ACT_LOAD_START) | ON_ACT(ACT_LOAD_STOP) | ON_ACT(ACT_AUTOPROBE))

static bool method_is(const struct event *event, const char *name)
{
	const char *method = event_str(event, "method");

	return method && !strcmp(method, name);
}

/* A reset of one function that was carried out. */
static bool did_reset(const struct event *event)
{
	return event->kind == EV_DONE && event->act == ACT_RESET && !event_res(event) &&
	       !method_is(event, "vfe");
}

static bool fresh_by(const struct world_fn *fn, enum fresh fresh, unsigned long prev_line)
{
	return fn->track.fresh == fresh && is_fresh(fn, prev_line);
}

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

/* --- what a VF's reset must leave alone --- */

/* Kept with the PF: the last reset of one of its VFs, and its SR-IOV capability before. */
struct bystanders {
	unsigned long reset_line;
	char reset_fn[16];
	struct sriov sriov;
	unsigned long sriov_line; /* 0: not known */
};

static bool sriov_equal(const struct sriov *a, const struct sriov *b)
{
	return a->ctrl == b->ctrl && a->num_vfs == b->num_vfs && a->page_size == b->page_size &&
	       !memcmp(a->bar, b->bar, sizeof(a->bar));
}

static const char *sriov_text(const struct sriov *sriov, char text[static TEXT])
{
	snprintf(text, TEXT, "SR-IOV Control %04Xh, NumVFs %u, VF BARs %Xh %Xh %Xh %Xh %Xh %Xh",
		 sriov->ctrl, sriov->num_vfs, sriov->bar[0], sriov->bar[1], sriov->bar[2],
		 sriov->bar[3], sriov->bar[4], sriov->bar[5]);
	return text;
}

static void look_at_sriov(struct judging *jg, struct bystanders *by, const struct event *event,
			  const struct world_fn *pf)
{
	char expected[TEXT], seen[TEXT];
	struct sriov sriov;

	if (cfg_sriov(&pf->cfg, &sriov))
		return;
	if (by->sriov_line && by->reset_line > by->sriov_line)
		verdict(jg, pf, sriov_equal(&sriov, &by->sriov), sriov_text(&by->sriov, expected),
			"after FLR of %s: %s", by->reset_fn, sriov_text(&sriov, seen));
	by->sriov = sriov;
	by->sriov_line = event->line;
}

/* Was @fn looked at before and after the reset of another, with nothing done to it? */
static bool straddles(const struct bystanders *by, const struct world_fn *fn, enum look look,
		      unsigned long prev_line)
{
	return by->reset_line && prev_line && prev_line < by->reset_line &&
	       strcmp(by->reset_fn, fn->name) && !(acts_before(fn, look) & ~ACTS_HARMLESS) &&
	       !begun_since(fn, prev_line);
}

static void look_at_flags(struct judging *jg, const struct bystanders *by,
			  const struct world_fn *fn)
{
	char expected[TEXT];

	if (!straddles(by, fn, LOOK_MSIX, fn->msix_prev_line))
		return;
	snprintf(expected, sizeof(expected), "Message Control %04Xh as before FLR of %s",
		 fn->msix_prev.flags, by->reset_fn);
	verdict(jg, fn, fn->msix.flags == fn->msix_prev.flags, expected, "Message Control %04Xh",
		fn->msix.flags);
}

/* Messages of vectors in use may be moved to another CPU at any time; Mask bits stay. */
static void look_at_entries(struct judging *jg, const struct bystanders *by,
			    const struct world_fn *fn)
{
	struct msix_entry now, before;
	char expected[TEXT];

	if (!straddles(by, fn, LOOK_TABLE, fn->table_prev.line) || !is_quiet(fn))
		return;
	snprintf(expected, sizeof(expected), "a table as before FLR of %s", by->reset_fn);
	for (unsigned k = 0; k < fn->table_size && k < fn->table_prev_size; k++) {
		if (!table_entry(&fn->table, k, &now) || !table_entry(&fn->table_prev, k, &before))
			break;
		if ((now.ctrl ^ before.ctrl) & MSIX_ENTRY_MASKED ||
		    (!fn->vfio_enabled && !same_message(&now, &before))) {
			broke(jg, fn, expected,
			      "T[%u]: %llXh %Xh, Vector Control %Xh became %llXh %Xh, %Xh", k,
			      (unsigned long long)before.msg.addr, before.msg.data, before.ctrl,
			      (unsigned long long)now.msg.addr, now.msg.data, now.ctrl);
			return;
		}
	}
	held(jg, fn);
}

/* A sibling that no longer answers, although VF Enable says that it is there. */
static bool vanished(const struct bystanders *by, const struct world_fn *fn)
{
	return fn->gone && fn->vf >= 0 && by->reset_line > fn->msix_line && fn->msix_line &&
	       strcmp(by->reset_fn, fn->name) && fn->vf < fn->pf->track.numvfs &&
	       !(fn->track.since[LOOK_MSIX] & ~ACTS_HARMLESS);
}

static void judge_bystanders(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct bystanders *by;

	if (!fn)
		return;
	by = scratch(jg, fn->pf, sizeof(*by));
	if (event->kind == EV_DONE) {
		if (did_reset(event) && fn->vf >= 0) {
			by->reset_line = event->line;
			strcpy(by->reset_fn, fn->name);
			if (!has_sibling(w, fn))
				inapplicable(jg, fn, "there is no other VF to reset");
		} else if (fn->vf < 0 || event->act == ACT_RESET) {
			by->sriov_line = 0; /* something else may have written it */
		}
		return;
	}
	if (event->kind == EV_FUNCTION && fn->vf >= 0 && !fn->has_flr) {
		inapplicable(jg, fn, "the VFs have no FLR (Device Capabilities bit 28)");
		inapplicable(jg, fn->pf, "the VFs have no FLR (Device Capabilities bit 28)");
	}
	if (vanished(by, fn))
		broke(jg, fn, "a VF that answers as before another's FLR",
		      "all ones after FLR of %s", by->reset_fn);
	if (fn->vf < 0 && !fn->gone && (event->kind == EV_FUNCTION || event->obs == OBS_CONFIG))
		look_at_sriov(jg, by, event, fn);
	if (shows_msix(fn, event))
		look_at_flags(jg, by, fn);
	else if (shows_table(fn, event))
		look_at_entries(jg, by, fn);
}

/* --- what the kernel puts back --- */

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

/* --- VF Enable --- */

static void judge_vfe_table(struct judging *jg, const struct world_fn *fn)
{
	struct msix_entry now, before;
	int k = first_unmasked(&fn->table, 0, fn->table_size);

	if (k >= 0) {
		broke(jg, fn, "nothing of the VF that was there before VF Enable was cleared",
		      "T[%d] is not masked", k);
		return;
	}
	for (unsigned i = 0; i < fn->table_size && i < fn->table_prev_size; i++) {
		if (!table_entry(&fn->table, i, &now) || !table_entry(&fn->table_prev, i, &before))
			break;
		if (is_message(&before) && same_message(&now, &before)) {
			broke(jg, fn,
			      "nothing of the VF that was there before VF Enable was cleared",
			      "T[%u] still holds %llXh %Xh", i, (unsigned long long)now.msg.addr,
			      now.msg.data);
			return;
		}
	}
	held(jg, fn);
}

/* An undefined default (7.7.2.5) does not excuse an address that survives: 9.2.2.3 forbids it. */
static void judge_vfe_state(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	int k;

	(void)w;
	if (shows_msix(fn, event) && fresh_by(fn, FRESH_VFE, fn->msix_prev_line)) {
		verdict(jg, fn, !fn->msix.enable && !fn->msix.maskall,
			"nothing of the VF that was there before VF Enable was cleared",
			"Message Control %04Xh", fn->msix.flags);
	} else if (shows_table(fn, event) && fresh_by(fn, FRESH_VFE, fn->table_prev.line)) {
		if (answers(&fn->table))
			judge_vfe_table(jg, fn);
	} else if (shows_pba(fn, event) && fresh_by(fn, FRESH_VFE, fn->pba_prev.line)) {
		k = first_pending(&fn->pba, 0, (unsigned)event_int(event, "size", 0));
		verdict(jg, fn, k < 0,
			"nothing of the VF that was there before VF Enable was cleared",
			"PB[%d] is set", k);
	}
}

static void judge_vfe_gone(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	(void)w;
	(void)event;
	if (fn && fn->pf->track.numvfs >= 0 && fn->vf >= fn->pf->track.numvfs)
		verdict(jg, fn, fn->gone, "all ones while VF Enable is 0",
			"config space that answers");
}

/* Acts that may assign vectors to a function, or leave it open how many it has. */
#define ACTS_ON_ASSIGNMENT \
	(ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VIRT_MGMT) | ON_ACT(ACT_ATTR_WRITE) | ON_ACT(ACT_NONE))

static void judge_vfe_size(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	char expected[TEXT];

	(void)w;
	if (!shows_msix(fn, event) || !fn->msix_prev_line || !begun_since(fn, fn->msix_prev_line) ||
	    acts_before(fn, LOOK_MSIX) & ACTS_ON_ASSIGNMENT)
		return;
	snprintf(expected, sizeof(expected), "Table Size %u as before VF Enable was cleared",
		 fn->msix_prev.size);
	verdict(jg, fn, fn->msix.size == fn->msix_prev.size, expected,
		"Message Control %04Xh: Table Size %u", fn->msix.flags, fn->msix.size);
}

static void note_assigned(struct judging *jg, const struct world *w, const struct event *event)
{
	const json_t *list = json_object_get(event->body, "assigned");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);
		const struct world_fn *fn =
			world_find(w, json_string_value(json_object_get(entry, "fn")));
		unsigned *assigned;

		if (!fn || fn->vf < 0)
			continue;
		assigned = scratch(jg, fn, sizeof(*assigned));
		*assigned = (unsigned)json_integer_value(json_object_get(entry, "size"));
	}
}

static void judge_vfe_pool(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	unsigned *assigned;
	char expected[TEXT];

	if (event->obs == OBS_POOL)
		note_assigned(jg, w, event);
	if (!fn || fn->vf < 0)
		return;
	assigned = scratch(jg, fn, sizeof(*assigned));
	if (event->kind == EV_CLAIM)
		*assigned = (unsigned)event_int(event, "size", 0);
	if (event->kind == EV_DONE && !event_res(event))
		*assigned = (unsigned)(fn->got > 0 ? fn->got : fn->want > 0 ? fn->want : 0);
	if (!shows_msix(fn, event))
		return;
	if (acts_before(fn, LOOK_MSIX) & ACTS_ON_ASSIGNMENT & ~ON_ACT(ACT_RESIZE))
		*assigned = 0;
	if (!begun_since(fn, fn->msix_prev_line) || !*assigned)
		return;
	snprintf(expected, sizeof(expected), "the %u vectors that were assigned", *assigned);
	verdict(jg, fn, fn->msix.size == *assigned, expected,
		"Table Size %u: the assignment is lost when VF Enable is cleared", fn->msix.size);
	*assigned = 0;
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
		.needs = NEED_VF | NEED_MSIX | NEED_FLR | NEED_LINUX,
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
	{
		.info = {"RST-FLR-NOPF", SEV_MUST,
			 "FLR of a VF leaves the PF's SR-IOV capability and the other VFs alone.",
			 "PCIe 6.0, 9.2.2.2",
			 "a reset of one VF, and looks at the PF and the others before and after"},
		.needs = NEED_LINUX,
		.on_done = ON_ACT(ACT_RESET) | ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_CFG_WRITE) |
			   ON_ACT(ACT_ATTR_WRITE) | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_TABLE),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_bystanders,
	},
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
		.info = {"RST-VFE-STATE", SEV_MUST,
			 "Nothing of a VF's registers survives VF Enable cleared and set.",
			 "PCIe 6.0, 9.2.2.3",
			 "looks at capability, table and PBA right after VF Enable, with no driver "
			 "bound"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX,
		.on_obs =
			ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_TABLE) | ON_OBS(OBS_PBA),
		.judge = judge_vfe_state,
	},
	{
		.info = {"RST-VFE-GONE", SEV_MUST,
			 "Without VF Enable a VF's config space does not answer.",
			 "PCIe 6.0, 9.2.2.3 and 9.3.3.3.1",
			 "a look at a VF after NumVFs was set to 0"},
		.needs = NEED_VF | NEED_LINUX,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_vfe_gone,
	},
	{
		.info = {"RST-VFE-TS", SEV_INFO,
			 "Table Size is the same after VF Enable was cleared and set.",
			 "PCIe 6.0, 9.2.3, which allows another one",
			 "looks at the capability before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_vfe_size,
	},
	{
		.info = {"RST-NUMVFS-POOL", SEV_INFO,
			 "An assignment survives sriov_numvfs set to 0 and back.",
			 "PCIe 6.0, 9.2.3, which allows both",
			 "a VF with vectors assigned, then NumVFs 0 and back, and a look"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_RESIZE | NEED_NOT_VFE,
		.on_done = ON_ACT(ACT_RESIZE),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_POOL),
		.on_kind = ON_KIND(EV_CLAIM),
		.judge = judge_vfe_pool,
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

const size_t reset_rules_count = sizeof(reset_rules) / sizeof(reset_rules[0]);
