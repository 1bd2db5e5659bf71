/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of what MSI-X Table entries hold before software has touched them: masked after a reset and
 * where a resize adds them, and with nothing that another VF left. What software writes into them
 * is storage.c's.
 */
#include <linux/pci_regs.h>

#include "look.h"

/* --- defaults --- */

static void judge_masked_default(struct judging *jg, const struct world *w,
				 const struct event *event, struct world_fn *fn)
{
	int k;

	(void)w;
	if (!shows_table(fn, event) || !is_fresh(fn, fn->table_prev.line) || !answers(&fn->table))
		return;
	k = first_unmasked(&fn->table, 0, fn->table_size);
	verdict(jg, fn, k < 0, "every entry masked after reset", "T[%d] of %u is not masked", k,
		fn->table_size);
}

/* True for a look at a table as a reset has left it, by somebody who answers. */
static bool shows_default(const struct world_fn *fn, const struct event *event)
{
	return shows_table(fn, event) && is_fresh(fn, fn->table_prev.line) && answers(&fn->table);
}

static void judge_low_bits(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct msix_entry entry;

	(void)w;
	if (!shows_default(fn, event))
		return;
	for (unsigned k = 0; k < fn->table_size && table_entry(&fn->table, k, &entry); k++)
		if (entry.msg.addr & 3) {
			broke(jg, fn, "Message Address bits 1:0 read 00b after reset",
			      "T[%u] Message Address %08Xh", k, (uint32_t)entry.msg.addr);
			return;
		}
	held(jg, fn);
}

/* Steering Tags, where an entry has one, are a rule of their own (CAP-TPH-ST). */
static void judge_reserved_control(struct judging *jg, const struct world *w,
				   const struct event *event, struct world_fn *fn)
{
	bool tph = fn && cfg_find_ext_cap(&fn->cfg, PCI_EXT_CAP_ID_TPH, 0) > 0;
	uint32_t reserved = tph ? 0x0000fffe : 0xfffffffe;
	struct msix_entry entry;

	(void)w;
	if (!shows_default(fn, event))
		return;
	for (unsigned k = 0; k < fn->table_size && table_entry(&fn->table, k, &entry); k++)
		if (entry.ctrl & reserved) {
			broke(jg, fn, "reserved bits of Vector Control read 0 after reset",
			      "T[%u] Vector Control %08Xh", k, entry.ctrl);
			return;
		}
	held(jg, fn);
}

/*
 * What the fields hold is left open; only that it is not what they held before can be told. After
 * VF Enable that is more than worth to know: RST-VFE-STATE has it.
 */
static void judge_forgotten(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	struct msix_entry now, before;
	bool had = false;

	(void)w;
	if (!shows_default(fn, event) || fn->track.fresh != FRESH_FLR || !fn->table_prev.line)
		return;
	for (unsigned k = 0; k < fn->table_size && table_entry(&fn->table, k, &now) &&
			     table_entry(&fn->table_prev, k, &before);
	     k++) {
		if (!is_message(&before))
			continue;
		had = true;
		if (same_message(&now, &before)) {
			broke(jg, fn, "entries that do not show what they held before the reset",
			      "T[%u] %016llXh, %08Xh, as before", k,
			      (unsigned long long)now.msg.addr, now.msg.data);
			return;
		}
	}
	if (had)
		held(jg, fn);
}

/* Entries that a grow has brought inside the table, as long as no software has touched them. */
struct grown {
	unsigned long begin_line; /* of the scenario */
	unsigned from, to;
};

static void note_growth(struct grown *grown, const struct world_fn *fn)
{
	unsigned before = fn->msix_prev.size, now = fn->msix.size;

	if (!fn->msix_prev_line || begun_since(fn, fn->msix_prev_line) ||
	    acts_before(fn, LOOK_MSIX) & ON_ACT(ACT_NONE)) {
		grown->to = 0;
	} else if (now > before) {
		if (!grown->to || before < grown->from)
			grown->from = before;
		grown->to = now;
	} else if (now < grown->to) {
		grown->to = now > grown->from ? now : 0;
	}
}

static void judge_masked_new(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct grown *grown;
	int k;

	if (!fn)
		return;
	grown = scratch(jg, fn, sizeof(*grown));
	if (event->kind == EV_DONE || grown->begin_line != w->begin_line)
		grown->to = 0;
	grown->begin_line = w->begin_line;
	if (shows_msix(fn, event))
		note_growth(grown, fn);
	if (!shows_table(fn, event) || !grown->to || grown->to > fn->table_size || !is_quiet(fn) ||
	    !answers(&fn->table))
		return;
	k = first_unmasked(&fn->table, grown->from, grown->to);
	verdict(jg, fn, k < 0, "entries that a resize adds masked", "T[%d] of %u is not masked", k,
		fn->table_size);
	grown->to = 0;
}

/* --- entries that change hands --- */

#define KEPT_ENTRIES 64

/*
 * What we wrote into the last entries of a VF's table, which are the first that it loses. Messages
 * that a kernel wrote are not of interest: it may give the same one to somebody else.
 */
struct possession {
	unsigned long begin_line; /* of the scenario */
	struct {
		bool valid;
		unsigned k;
		struct msix_entry entry;
	} own[KEPT_ENTRIES]; /* entry k in slot k mod KEPT_ENTRIES */

	unsigned lost_from; /* those from here on were lost */
	unsigned long lost_line;
	unsigned grown_from; /* entries from here on are new */
	unsigned long grown_line;
};

/* Entries that are written to no longer hold what they did. */
static void forget_possession(struct possession *p, const struct event *event)
{
	uint64_t from = (uint64_t)event_int(event, "first", 0);
	uint64_t to = from + event_hex_len(event, "bytes");

	for (unsigned i = 0; i < KEPT_ENTRIES; i++)
		if ((p->own[i].k + 1ull) * MSIX_ENTRY_SIZE > from &&
		    (uint64_t)p->own[i].k * MSIX_ENTRY_SIZE < to)
			p->own[i].valid = false;
}

static void note_possession(struct possession *p, const struct world_fn *fn)
{
	struct msix_entry entry;
	uint32_t value;

	for (unsigned k = 0; k < fn->table_size && table_entry(&fn->table, k, &entry); k++) {
		unsigned slot = k % KEPT_ENTRIES;

		if (written(fn, k, DW_ADDR, &value) && written(fn, k, DW_DATA, &value) &&
		    is_message(&entry)) {
			p->own[slot].valid = true;
			p->own[slot].k = k;
			p->own[slot].entry = entry;
		} else if (p->own[slot].k == k && !same_message(&p->own[slot].entry, &entry)) {
			p->own[slot].valid = false;
		}
	}
}

static void note_size(struct possession *p, const struct world_fn *fn)
{
	unsigned before = fn->msix_prev.size, now = fn->msix.size;

	if (!fn->msix_prev_line || now == before || acts_before(fn, LOOK_MSIX) & ON_ACT(ACT_NONE))
		return;
	if (now < before) {
		p->lost_from = now;
		p->lost_line = fn->msix_line;
		return;
	}
	p->grown_from = before;
	p->grown_line = fn->msix_line;
	if (p->lost_from < now)
		p->lost_from = now; /* the rest is its own again */
}

static bool owns(const struct possession *p, const struct msix_entry *entry, unsigned from,
		 unsigned *k)
{
	for (unsigned i = 0; i < KEPT_ENTRIES; i++)
		if (p->own[i].valid && p->own[i].k >= from &&
		    same_message(&p->own[i].entry, entry)) {
			*k = p->own[i].k;
			return true;
		}
	return false;
}

/* An entry that is new to @fn and shows what another had lost before it came; or -1. */
static int shows_lost(const struct world_fn *fn, const struct possession *mine,
		      const struct possession *theirs, unsigned *lost)
{
	struct msix_entry entry;
	unsigned own;

	for (unsigned k = mine->grown_from;
	     k < fn->table_size && table_entry(&fn->table, k, &entry); k++)
		if (is_message(&entry) && owns(theirs, &entry, theirs->lost_from, lost) &&
		    !owns(mine, &entry, 0, &own))
			return (int)k;
	return -1;
}

static bool has_lost(const struct possession *p)
{
	for (unsigned i = 0; i < KEPT_ENTRIES && p->lost_line; i++)
		if (p->own[i].valid && p->own[i].k >= p->lost_from)
			return true;
	return false;
}

static void judge_new_entries(struct judging *jg, const struct world *w, struct world_fn *fn,
			      const struct possession *mine)
{
	bool exercised = false;
	unsigned lost;
	int k;

	for (size_t i = 0; i < w->nfn; i++) {
		const struct possession *theirs;

		if (w->fn[i] == fn || w->fn[i]->pf != fn->pf || w->fn[i]->vf < 0)
			continue;
		theirs = scratch(jg, w->fn[i], sizeof(*theirs));
		if (theirs->begin_line != w->begin_line || !has_lost(theirs) ||
		    theirs->lost_line > mine->grown_line)
			continue;
		exercised = true;
		k = shows_lost(fn, mine, theirs, &lost);
		if (k < 0)
			continue;
		broke(jg, fn, "nothing in new entries that another VF left in its own",
		      "T[%d] shows what %s had in T[%u] before it shrank", k, w->fn[i]->name, lost);
		return;
	}
	if (exercised)
		held(jg, fn);
}

static void judge_stale(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct possession *mine;

	if (!fn)
		return;
	mine = scratch(jg, fn, sizeof(*mine));
	if (mine->begin_line != w->begin_line)
		*mine = (struct possession){.begin_line = w->begin_line};
	if (event->kind == EV_DONE)
		forget_possession(mine, event);
	if (shows_msix(fn, event))
		note_size(mine, fn);
	if (!shows_table(fn, event) || !is_quiet(fn))
		return;
	if (!has_sibling(w, fn))
		inapplicable(jg, fn, "there is no other VF");
	if (mine->grown_line > fn->table_prev.line && fn->table_size > mine->grown_from)
		judge_new_entries(jg, w, fn, mine);
	note_possession(mine, fn);
}

/* --- the rows --- */

const struct rule table_rules[] = {
	{
		.info = {"TBL-MASK-DEF", SEV_MUST, "After a reset every entry is masked.",
			 "PCIe 6.0, 7.7.2.8",
			 "a look at the table right after FLR by hand or VF Enable, with no driver "
			 "bound"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_masked_default,
	},
	{
		.info = {"TBL-ADDR-LOW", SEV_INFO,
			 "After a reset Message Address bits 1:0 read 00b.", "PCIe 6.0, 7.7.2.5",
			 "a look at the table right after FLR by hand or VF Enable, with no driver "
			 "bound",
			 .remark = "Whether they keep what is written is left open, so that only "
				   "the default can be judged."},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_low_bits,
	},
	{
		.info = {"TBL-ADDR-RESET", SEV_INFO,
			 "After FLR no entry shows the message that it held before.",
			 "PCIe 6.0, 7.7.2.5 to 7.7.2.7, which leave the default undefined",
			 "messages in the table, FLR by hand, and a look with no driver bound",
			 .remark = "Any value is allowed, the old one too; a message that outlives "
				   "a reset is worth to know for whoever gets the function next."},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_forgotten,
	},
	{
		.info = {"TBL-RSVD", SEV_INFO,
			 "After a reset the reserved bits of Vector Control read 0.",
			 "PCIe 6.0, 7.7.2.8",
			 "a look at the table right after FLR by hand or VF Enable, with no driver "
			 "bound",
			 .remark = "Whether they keep what is written is left open, so that only "
				   "the default can be judged."},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_reserved_control,
	},
	{
		.info = {"TBL-MASK-NEW", SEV_MUST,
			 "Entries that a resize adds are masked before software touches them.",
			 "PCIe 6.0, 7.7.2.8 (derived)",
			 "a resize to a larger size, and a look at the table after it"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_RANGE | NEED_NOT_VFE | NEED_SHOWS,
		.on_done = ON_ACT(ACT_TABLE_WRITE) | ON_ACT(ACT_TABLE_MASK) | ON_ACT(ACT_BIND) |
			   ON_ACT(ACT_VFIO_IRQS) | ON_ACT(ACT_SHOT) | ON_ACT(ACT_VFIO_REGION_WRITE),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_TABLE),
		.judge = judge_masked_new,
	},
	{
		.info = {"TBL-STALE", SEV_MUST,
			 "What a VF leaves in entries that it loses shows in no other VF.",
			 "PCIe 6.0, 9.2.2.3 (derived)",
			 "a pattern in the last entries of a VF's table, a shrink of that VF, a "
			 "grow of another, and a look at the other's table"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_RANGE | NEED_SHOWS | NEED_SIBLING,
		.on_done = ON_ACT(ACT_TABLE_WRITE),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_TABLE),
		.judge = judge_stale,
	},
};

const size_t table_rules_count = sizeof(table_rules) / sizeof(table_rules[0]);
