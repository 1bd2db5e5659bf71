/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the MSI-X Table and the Pending Bit Array: their defaults, what is stored in them, and
 * what masking does to the messages of vectors that are fired.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vector.h"

#define TEXT 128

/* DWORDs of an entry, and what of each must hold what is written (7.7.2.5 to 7.7.2.8). */
enum { DW_ADDR, DW_UPPER, DW_DATA, DW_CTRL, DWORDS };

static const struct {
	const char *name;
	uint32_t keeps; /* the rest is reserved: read-only or read-write, as the device likes */
} fields[DWORDS] = {
	[DW_ADDR] = {"Message Address", 0xfffffffc},
	[DW_UPPER] = {"Message Upper Address", UINT32_MAX},
	[DW_DATA] = {"Message Data", UINT32_MAX},
	[DW_CTRL] = {"Vector Control", MSIX_ENTRY_MASKED},
};

/* How long a look must have waited before what is not there counts as missing. */
#define MISSING_US 100000

static uint32_t entry_dword(const struct msix_entry *entry, unsigned d)
{
	switch (d) {
	case DW_ADDR:
		return (uint32_t)entry->msg.addr;
	case DW_UPPER:
		return (uint32_t)(entry->msg.addr >> 32);
	case DW_DATA:
		return entry->msg.data;
	default:
		return entry->ctrl;
	}
}

/* What table-write put there last, where nothing came after it. */
static bool written(const struct world_fn *fn, unsigned k, unsigned d, uint32_t *value)
{
	size_t i = (size_t)k * DWORDS + d;

	if (i >= fn->track.wrote_len || !fn->track.wrote_width[i])
		return false;
	*value = fn->track.wrote[i];
	return true;
}

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

static void judge_pba_size(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	unsigned size = (unsigned)event_int(event, "size", 0);
	int k;

	(void)w;
	/* A look that ends before the last QWORD does says nothing of its reserved bits. */
	if (!shows_pba(fn, event) || fn->track.pba_written || fn->pba.len < msix_pba_bytes(size))
		return;
	k = first_pending(&fn->pba, size, (unsigned)fn->pba.len * 8);
	verdict(jg, fn, k < 0, "Pending bits behind the last vector read 0",
		"PB[%d] is set with %u vectors", k, size);
}

static void judge_pba_default(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	unsigned size = (unsigned)event_int(event, "size", 0);
	int k;

	(void)w;
	if (!shows_pba(fn, event) || !is_fresh(fn, fn->pba_prev.line))
		return;
	k = first_pending(&fn->pba, 0, size);
	verdict(jg, fn, k < 0, "no Pending bit set after reset", "PB[%d] is set", k);
}

static void judge_pba_shrunk(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	unsigned size = (unsigned)event_int(event, "size", 0);
	int k;

	(void)w;
	if (!shows_pba(fn, event) || fn->track.pba_written || size >= fn->largest)
		return;
	k = first_pending(&fn->pba, size, (unsigned)fn->pba.len * 8);
	verdict(jg, fn, k < 0, "no Pending bit of a vector that a shrink has taken",
		"PB[%d] is set, the table shrank from %u to %u", k, fn->largest, size);
}

static void judge_pba_written(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	(void)w;
	if (!shows_pba(fn, event) || acts_before(fn, LOOK_PBA) != ON_ACT(ACT_PBA_WRITE) ||
	    !fn->pba_prev.line || fn->pba.len != fn->pba_prev.len)
		return;
	for (size_t i = 0; i < fn->pba.len; i++)
		if (fn->pba.byte[i] != fn->pba_prev.byte[i]) {
			broke(jg, fn, "Pending bits that software cannot write",
			      "PB[%zu] to PB[%zu] read %02Xh, and %02Xh before the write", 8 * i,
			      8 * i + 7, fn->pba.byte[i], fn->pba_prev.byte[i]);
			return;
		}
	held(jg, fn);
}

/* --- storage --- */

struct field {
	unsigned k, d;
	uint32_t want, got;
};

/* Changing an entry that is not masked has no defined result (7.7.2.5 to 7.7.2.7). */
static bool was_masked(const struct world_fn *fn, unsigned k)
{
	struct msix_entry before;

	return fn->msix.maskall || !table_entry(&fn->table_prev, k, &before) ||
	       before.ctrl & MSIX_ENTRY_MASKED;
}

/* Compares @fn's table to what was written; true and the first difference in @field. */
static bool differs(const struct world_fn *fn, unsigned width, struct field *field, unsigned *count)
{
	struct msix_entry entry;

	*count = 0;
	for (unsigned k = 0; k < fn->table_size && table_entry(&fn->table, k, &entry); k++) {
		for (unsigned d = 0; d < DWORDS; d++) {
			size_t i = (size_t)k * DWORDS + d;
			uint32_t want, got = entry_dword(&entry, d);

			if (!written(fn, k, d, &want) || !was_masked(fn, k) ||
			    (width && fn->track.wrote_width[i] != width))
				continue;
			++*count;
			if (!((want ^ got) & fields[d].keeps))
				continue;
			*field = (struct field){k, d, want, got};
			return true;
		}
	}
	return false;
}

static bool has_written(const struct world_fn *fn)
{
	for (size_t i = 0; i < fn->track.wrote_len; i++)
		if (fn->track.wrote_width[i])
			return true;
	return false;
}

static bool shows_writes(const struct world_fn *fn, const struct event *event)
{
	return shows_table(fn, event) && is_quiet(fn) &&
	       acts_before(fn, LOOK_TABLE) & ON_ACT(ACT_TABLE_WRITE);
}

static void judge_stored(struct judging *jg, struct world_fn *fn, unsigned width)
{
	struct field field;
	char expected[TEXT];
	unsigned count;

	if (differs(fn, width, &field, &count)) {
		snprintf(expected, sizeof(expected), "T[%u] %s %08Xh, as written", field.k,
			 fields[field.d].name, field.want);
		broke(jg, fn, expected, "%08Xh", field.got);
	} else if (count) {
		held(jg, fn);
	}
}

static void judge_storage(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	(void)w;
	if (shows_writes(fn, event))
		judge_stored(jg, fn, 0);
}

static void judge_dword(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	(void)w;
	if (shows_writes(fn, event))
		judge_stored(jg, fn, 4);
}

static void judge_qword(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	(void)w;
	if (shows_writes(fn, event))
		judge_stored(jg, fn, 8);
}

/* The entry of @fn, but @except, into whose field @d @value was written; -1 where there is none. */
static int written_to(const struct world_fn *fn, unsigned d, uint32_t value, unsigned except)
{
	uint32_t other;

	/* These come about by themselves. */
	if (!value || value == UINT32_MAX)
		return -1;
	for (unsigned k = 0; (size_t)k * DWORDS < fn->track.wrote_len; k++)
		if (k != except && written(fn, k, d, &other) && other == value)
			return (int)k;
	return -1;
}

/* What field @d of entry @k must read where nobody but table-write touched the table. */
static bool known_value(const struct world_fn *fn, unsigned k, unsigned d, uint32_t *value)
{
	struct msix_entry before;

	if (written(fn, k, d, value))
		return true;
	if (acts_before(fn, LOOK_TABLE) & ~ON_ACT(ACT_TABLE_WRITE) & ~ON_ACT(ACT_FUNCTION_MASK) ||
	    !fn->table_prev.line || k >= fn->table_prev_size ||
	    begun_since(fn, fn->table_prev.line) || !table_entry(&fn->table_prev, k, &before))
		return false;
	*value = entry_dword(&before, d);
	return true;
}

/*
 * A field that reads what @writer wrote into another entry, or into another function, or -1.
 * @known counts the fields that could tell.
 */
static int alias_of(const struct world_fn *fn, const struct world_fn *writer, struct field *field,
		    unsigned *known)
{
	struct msix_entry entry;

	*known = 0;

	for (unsigned k = 0; k < fn->table_size && table_entry(&fn->table, k, &entry); k++)
		for (unsigned d = 0; d < DW_CTRL; d++) {
			uint32_t got = entry_dword(&entry, d), want;
			unsigned except = writer == fn ? k : MSIX_MAX_SIZE;
			int from;

			if (!known_value(fn, k, d, &want))
				continue;
			++*known;
			if (!((want ^ got) & fields[d].keeps))
				continue;
			from = written_to(writer, d, got, except);
			if (from < 0 || (writer != fn && written_to(fn, d, got, k) >= 0))
				continue;
			*field = (struct field){k, d, want, got};
			return from;
		}
	return -1;
}

static void judge_alias(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	char expected[TEXT];
	struct field field;
	unsigned known;
	uint32_t value;
	int from;

	(void)w;
	if (!shows_writes(fn, event) || fn->table_size < 2)
		return;
	from = alias_of(fn, fn, &field, &known);
	if (from >= 0) {
		snprintf(expected, sizeof(expected), "T[%u] %s %08Xh", field.k,
			 fields[field.d].name, field.want);
		broke(jg, fn, expected, "%08Xh, which was written to T[%d]", field.got, from);
		return;
	}
	for (unsigned k = 0; k < fn->table_size; k++)
		if (written(fn, k, DW_DATA, &value)) {
			held(jg, fn);
			return;
		}
}

static void judge_alias_vf(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	bool exercised = false;
	char expected[TEXT];
	struct field field;
	unsigned known;
	int from;

	if (!shows_table(fn, event))
		return;
	if (!has_sibling(w, fn))
		inapplicable(jg, fn, "there is no other VF");
	if (!fn->table_prev.line)
		return;
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *writer = w->fn[i];

		if (writer == fn || writer->pf != fn->pf ||
		    writer->track.wrote_line < fn->table_prev.line || !has_written(writer))
			continue;
		from = alias_of(fn, writer, &field, &known);
		exercised |= known;
		if (from < 0)
			continue;
		snprintf(expected, sizeof(expected), "T[%u] %s %08Xh", field.k,
			 fields[field.d].name, field.want);
		broke(jg, fn, expected, "%08Xh, which was written to T[%d] of %s", field.got, from,
		      writer->name);
		return;
	}
	if (exercised)
		held(jg, fn);
}

/* --- accesses of other sizes --- */

/*
 * What they do is undefined, so nothing is asked of what table and PBA hold: they must do no harm,
 * neither to the function nor to anybody else.
 */
struct small_write {
	unsigned long begin_line; /* of the scenario */
	unsigned long line;       /* of the last one in it, 0 for none */
};

static struct small_write *small_write_of(struct judging *jg, const struct world *w,
					  const struct world_fn *fn)
{
	struct small_write *small = scratch(jg, fn, sizeof(*small));

	if (small->begin_line != w->begin_line)
		*small = (struct small_write){.begin_line = w->begin_line};
	return small;
}

/* After any other act than writes the function is not what the small write has left. */
static void note_small_write(struct judging *jg, const struct world *w, const struct event *event,
			     const struct world_fn *fn)
{
	bool write = event->act == ACT_TABLE_WRITE || event->act == ACT_PBA_WRITE;

	if (write && !event_res(event) && event_int(event, "width", 4) < 4)
		small_write_of(jg, w, fn)->line = event->line;
	for (size_t i = 0; i < w->nfn && !write; i++)
		if (w->fn[i] == fn || (fn->vf < 0 && w->fn[i]->pf == fn))
			small_write_of(jg, w, w->fn[i])->line = 0;
}

/* The first entry that is not what the look before it saw, or -1. */
static int changed_entry(const struct world_fn *fn)
{
	struct msix_entry before, now;

	for (unsigned k = 0; k < fn->table_size && table_entry(&fn->table, k, &now) &&
			     table_entry(&fn->table_prev, k, &before);
	     k++)
		for (unsigned d = 0; d < DWORDS; d++)
			if ((entry_dword(&before, d) ^ entry_dword(&now, d)) & fields[d].keeps)
				return (int)k;
	return -1;
}

/* A table that nobody touched, while another function was written to by small accesses only. */
static void judge_bystanders(struct judging *jg, const struct world *w, const struct world_fn *fn)
{
	unsigned long since = fn->table_prev.line;

	if (!since || acts_before(fn, LOOK_TABLE) || !is_quiet(fn))
		return;
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *writer = w->fn[i];
		int k;

		if (writer == fn || writer->pf != fn->pf || writer->track.wrote_line > since ||
		    small_write_of(jg, w, writer)->line < since)
			continue;
		k = changed_entry(fn);
		verdict(jg, writer, k < 0, "nothing changed in another function's table",
			"T[%d] of %s changed", k, fn->name);
	}
}

/* Headings of what the kernel prints when it has found itself at fault. */
static bool is_splat(const char *line)
{
	return strstr(line, "BUG: ") || strstr(line, "Oops: ") || strstr(line, "WARNING: CPU") ||
	       strstr(line, "general protection fault") || strstr(line, "Kernel panic");
}

static void judge_splats(struct judging *jg, const struct world *w, const struct event *event)
{
	const json_t *lines = json_object_get(event->body, "lines");
	const json_t *line;
	size_t i;

	json_array_foreach (lines, i, line) {
		const char *text = json_string_value(line);

		for (size_t k = 0; text && is_splat(text) && k < w->nfn; k++)
			if (small_write_of(jg, w, w->fn[k])->line)
				broke(jg, w->fn[k], "a kernel that is not disturbed", "%s", text);
	}
}

static void judge_small(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	unsigned long line = fn ? small_write_of(jg, w, fn)->line : 0;

	if (event->obs == OBS_KLOG) {
		judge_splats(jg, w, event);
	} else if (event->kind == EV_DONE) {
		note_small_write(jg, w, event, fn);
	} else if (event->obs == OBS_TABLE) {
		if (shows_table(fn, event))
			judge_bystanders(jg, w, fn);
		if (line && fn->track.wrote_line > line && shows_writes(fn, event))
			judge_stored(jg, fn, 4);
	} else if (line) {
		verdict(jg, fn, !fn->gone, "a function that answers", "all ones");
	}
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

/* --- vectors at work --- */

static struct vectors *vectors_of(struct judging *jg, const struct world *w,
				  const struct event *event, const struct world_fn *fn)
{
	struct vectors *v = scratch(jg, fn, sizeof(*v));

	vectors_begin(v, w);
	if (event->kind == EV_DONE)
		vectors_act(v, event);
	return v;
}

static void judge_masked_silent(struct judging *jg, const struct world *w,
				const struct event *event, struct world_fn *fn)
{
	unsigned count = event_counts(event);
	struct vectors *v;

	if (!fn)
		return;
	v = vectors_of(jg, w, event, fn);
	for (unsigned k = 0; event->obs == OBS_EVENTS && k < count; k++) {
		if (!bit_of(&v->blocked, k) || bit_of(&v->open, k) || bit_of(&v->due, k) ||
		    bit_of(&v->due_fm, k))
			continue;
		/* One that came needs no control; one that did not come does. */
		if (event_count(event, k))
			broke(jg, fn, "no message of a masked vector",
			      "%lld of vector %u, masked by %s", (long long)event_count(event, k),
			      k, v->fm ? "Function Mask" : "its entry");
		else if (bit_of(&v->delivered, k))
			held(jg, fn);
	}
	if (event->kind == EV_OBS)
		vectors_look(v, event, fn);
}

static void judge_pending_set(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	bool waited = event_int(event, "waited_us", 0) >= MISSING_US;
	struct vectors *v;

	if (!fn)
		return;
	v = vectors_of(jg, w, event, fn);
	for (unsigned k = 0; shows_pba(fn, event) && k < fn->pba.len * 8; k++) {
		bool set = pba_bit(&fn->pba, k);

		if (!bit_of(&v->delivered, k))
			continue;
		if (bit_of(&v->pending, k) && (set || waited))
			verdict(jg, fn, set, "a Pending bit for the event of a masked vector",
				"PB[%u] is 0", k);
		else if (bit_of(&v->sent, k))
			verdict(jg, fn, !set, "a Pending bit cleared once its message was sent",
				"PB[%u] is 1", k);
	}
	if (event->kind == EV_OBS)
		vectors_look(v, event, fn);
}

/* One message, neither lost nor doubled, on the event that the entry's message leads to. */
static void judge_due(struct judging *jg, const struct event *event, const struct world_fn *fn,
		      const struct vectors *v, const struct bits *due, const char *expected)
{
	bool waited = event_int(event, "waited_us", 0) >= MISSING_US;
	unsigned count = event_counts(event);

	for (unsigned k = 0; k < count; k++) {
		int64_t came = event_count(event, k);

		if (bit_of(due, k) && bit_of(&v->delivered, k) && !bit_of(&v->open, k) &&
		    (came || waited))
			verdict(jg, fn, came == 1, expected, "%lld of vector %u", (long long)came,
				k);
	}
}

static void judge_unmasked(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct vectors *v;

	if (!fn)
		return;
	v = vectors_of(jg, w, event, fn);
	if (event->obs == OBS_EVENTS)
		judge_due(jg, event, fn, v, &v->due,
			  "one message when a pending entry is unmasked");
	if (event->kind == EV_OBS)
		vectors_look(v, event, fn);
}

static void judge_function_unmasked(struct judging *jg, const struct world *w,
				    const struct event *event, struct world_fn *fn)
{
	struct vectors *v;

	if (!fn)
		return;
	v = vectors_of(jg, w, event, fn);
	if (event->obs == OBS_EVENTS)
		judge_due(jg, event, fn, v, &v->due_fm,
			  "one message of each pending vector when Function Mask is cleared");
	if (event->kind == EV_OBS)
		vectors_look(v, event, fn);
}

/* A set bit other than @k's. Vector 0 also serves the commands of the engine, masked or not. */
static int stray_bit(const struct world_fn *fn, const struct vectors *v, unsigned k)
{
	for (unsigned i = bit_of(&v->masked, 0) ? 1 : 0; i < fn->msix.size; i++)
		if (i != k && pba_bit(&fn->pba, i))
			return (int)i;
	return -1;
}

/*
 * With one vector fired behind the mask of its own entry, its bit is the only one that may be set;
 * a PBA with none at all is TBL-PEND-SET's.
 */
static void judge_pba_index(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	unsigned fired = 0, k = 0;
	struct vectors *v;
	char expected[TEXT];
	int other;

	if (!fn)
		return;
	v = vectors_of(jg, w, event, fn);
	if (shows_pba(fn, event) && !v->fm && !fn->msix.maskall) {
		for (unsigned i = 0; i < fn->msix.size; i++)
			if (bit_of(&v->pending, i)) {
				fired++;
				k = i;
			}
		other = stray_bit(fn, v, k);
		snprintf(expected, sizeof(expected), "PB[%u], bit %u of QWORD %u, for vector %u", k,
			 k % 64, k / 64, k);
		if (fired == 1 && other >= 0)
			broke(jg, fn, expected, "PB[%d] is set", other);
		else if (fired == 1 && pba_bit(&fn->pba, k))
			held(jg, fn);
	}
	if (event->kind == EV_OBS)
		vectors_look(v, event, fn);
}

/* --- entries beyond the table --- */

static bool any_count(const json_t *counts, size_t *k)
{
	for (*k = 0; *k < json_array_size(counts); ++*k)
		if (json_integer_value(json_array_get(counts, *k)) > 0)
			return true;
	return false;
}

static bool fault_of(const json_t *faults, const char *fn)
{
	size_t i;
	json_t *fault;

	json_array_foreach (faults, i, fault) {
		const char *source = json_string_value(json_object_get(fault, "source"));

		if (source && !strcmp(source, fn))
			return true;
	}
	return false;
}

/* Is there an entry behind the table at all, before the PBA or the BAR's end follows? */
static void see_room_beyond(struct judging *jg, const struct world_fn *fn)
{
	const struct msix *m = &fn->msix;
	uint64_t end = m->table_off + (m->size + 1ull) * MSIX_ENTRY_SIZE;

	if (m->table_bir < PCI_BARS && fn->bar[m->table_bir].size &&
	    end > fn->bar[m->table_bir].size)
		inapplicable(jg, fn, "the table ends where its BAR does");
	else if (m->pba_bir == m->table_bir && m->pba_off >= m->table_off && end > m->pba_off)
		inapplicable(jg, fn, "the PBA follows the last entry at once");
}

static void judge_beyond(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	const char *kind = json_string_value(json_object_get(w->shot, "kind"));
	const char *canary = event_str(event, "canary");
	const json_t *events = json_object_get(event->body, "events");
	int entry = (int)json_integer_value(json_object_get(w->shot, "entry"));
	size_t k;

	if (shows_msix(fn, event))
		see_room_beyond(jg, fn);
	if (!fn || event->obs != OBS_WATCH || !w->shot_open || !kind || strcmp(kind, "beyond-size"))
		return;
	if (any_count(json_object_get(events, fn->name), &k))
		broke(jg, fn, "nothing sent by an entry beyond Table Size",
		      "a message on vector %zu, from T[%d] of %u", k, entry, fn->msix.size);
	else if (fault_of(json_object_get(event->body, "faults"), fn->name))
		broke(jg, fn, "nothing sent by an entry beyond Table Size",
		      "a message from T[%d] of %u, which the IOMMU blocked", entry, fn->msix.size);
	else if (canary && !strcmp(canary, "written"))
		broke(jg, fn, "nothing sent by an entry beyond Table Size",
		      "a write to memory from T[%d] of %u", entry, fn->msix.size);
	else if (!strcmp(w->control_fn, fn->name) && w->control_line > w->begin_line)
		held(jg, fn);
}

struct killing {
	unsigned long begin_line;
	struct bits fired, delivered; /* while inside the table */
	struct bits kicked;           /* fired again, once outside */
};

/* A fire that was sent to the device, whether or not it could still complete. */
static bool was_kicked(const struct event *event)
{
	int res = event_res(event);

	return !res || res == -ETIMEDOUT;
}

static void kick(struct killing *killing, const struct event *event, const struct world_fn *fn)
{
	unsigned k = (unsigned)event_int(event, "vector", MSIX_MAX_SIZE);

	if (!fn->msix_line || fn->track.since[LOOK_MSIX] & ACTS_ON_SIZE || !was_kicked(event))
		return;
	if (k < fn->msix.size)
		bit_set(&killing->fired, k, true);
	else if (bit_of(&killing->delivered, k))
		bit_set(&killing->kicked, k, true);
}

static void judge_killed(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	unsigned count = event_counts(event);
	struct killing *killing;
	char expected[TEXT];

	if (!fn)
		return;
	killing = scratch(jg, fn, sizeof(*killing));
	if (killing->begin_line != w->begin_line)
		*killing = (struct killing){.begin_line = w->begin_line};
	if (event->kind == EV_DONE)
		kick(killing, event, fn);
	if (event->kind != EV_OBS)
		return;
	for (unsigned k = 0; event->obs == OBS_EVENTS && k < count; k++) {
		int64_t came = event_count(event, k);

		if (came > 0 && bit_of(&killing->fired, k))
			bit_set(&killing->delivered, k, true);
		if (!bit_of(&killing->kicked, k) || bit_of(&killing->fired, k))
			continue;
		snprintf(expected, sizeof(expected), "nothing of vector %u with Table Size %u", k,
			 fn->msix.size);
		verdict(jg, fn, !came, expected, "%lld of its old messages", (long long)came);
	}
	memset(&killing->fired, 0, sizeof(killing->fired));
	memset(&killing->kicked, 0, sizeof(killing->kicked));
}

/* --- the rows --- */

/* An engine needs VFIO. */
#define VECTORS_NEED (NEED_VF | NEED_MSIX | NEED_ENGINE | NEED_LINUX | NEED_VFIO)

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
	{
		.info = {"TBL-RW", SEV_MUST,
			 "Address, data and Mask bit of a masked entry hold what is written.",
			 "PCIe 6.0, 7.7.2.5 to 7.7.2.8", "table writes and a look after them"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_storage,
	},
	{
		.info = {"TBL-ALIAS", SEV_MUST, "A write to one entry changes no other.",
			 "PCIe 6.0, 7.7.2",
			 "table writes, a different value in each entry, and a look after them"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX | NEED_TWO,
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_alias,
	},
	{
		.info = {"TBL-ALIAS-VF", SEV_MUST,
			 "A write to one function's table changes no other function's.",
			 "PCIe 6.0, 7.7.2.3 and 9.3.3.14",
			 "looks at a table before and after writes to another function's"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_alias_vf,
	},
	{
		.info = {"TBL-BEYOND", SEV_SHOULD,
			 "What is written behind the last entry is never sent.",
			 "linux-pci, January 2021, \"dynamically assign size of VF MSI-X table\" "
			 "(no clause of PCIe)",
			 "a control that is delivered, then a shot from an entry beyond the table"},
		.needs = VECTORS_NEED,
		.on_obs = ON_OBS(OBS_WATCH) | ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_beyond,
	},
	{
		.info = {"TBL-SHRINK-KILL", SEV_MUST,
			 "After a shrink, an event of a vector that is gone sends nothing.",
			 "PCIe 6.0, 7.7.2 (derived: entries are numbered 0 to N-1)",
			 "a vector that delivers, a shrink that takes it, and its event again"},
		/* Through sysfs nobody resizes a VF that somebody has (SYS-BUSY). */
		.needs = VECTORS_NEED | NEED_RESIZE | NEED_RANGE | NEED_HELD | NEED_SHOWS |
			 NEED_NOT_VFE,
		.on_done = ON_ACT(ACT_FIRE),
		.on_obs = ON_OBS(OBS_EVENTS) | ON_OBS(OBS_WATCH),
		.judge = judge_killed,
	},
	{
		.info = {"TBL-MASKED-NOFIRE", SEV_MUST,
			 "A vector that is masked, by its entry or by Function Mask, sends "
			 "nothing.",
			 "PCIe 6.0, 6.1.4.5, 7.7.2.2 and 7.7.2.8",
			 "a vector that delivers, then its mask, its event and a look"},
		.needs = VECTORS_NEED,
		.on_done = ACTS_ON_VECTORS,
		.on_obs = LOOKS_AT_VECTORS,
		.judge = judge_masked_silent,
	},
	{
		.info = {"TBL-PEND-SET", SEV_MUST,
			 "The event of a masked vector sets its Pending bit until it is sent.",
			 "PCIe 6.0, 6.1.4.5",
			 "a vector that delivers, then its mask, its event and looks at the PBA"},
		.needs = VECTORS_NEED,
		.on_done = ACTS_ON_VECTORS,
		.on_obs = LOOKS_AT_VECTORS,
		.judge = judge_pending_set,
	},
	{
		.info = {"TBL-UNMASK-FIRE", SEV_MUST,
			 "Unmasking an entry whose Pending bit is set sends one message.",
			 "PCIe 6.0, 6.1.4.5",
			 "a vector that delivers, its mask, its event, the Pending bit seen, the "
			 "mask cleared"},
		.needs = VECTORS_NEED,
		.on_done = ACTS_ON_VECTORS,
		.on_obs = LOOKS_AT_VECTORS,
		.judge = judge_unmasked,
	},
	{
		.info = {"TBL-FM-PEND", SEV_MUST,
			 "Clearing Function Mask sends one message of each pending vector.",
			 "PCIe 6.0, 6.1.4.5",
			 "vectors that deliver, Function Mask, their events, Pending bits seen, "
			 "Function Mask cleared"},
		.needs = VECTORS_NEED,
		.on_done = ACTS_ON_VECTORS,
		.on_obs = LOOKS_AT_VECTORS,
		.judge = judge_function_unmasked,
	},
	{
		.info = {"TBL-ACC-DW", SEV_MUST, "Aligned DWORD writes to the table work.",
			 "PCIe 6.0, 7.7.2", "table writes by DWORDs and a look after them"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_dword,
	},
	{
		.info = {"TBL-ACC-QW", SEV_MUST, "Aligned QWORD writes to the table work.",
			 "PCIe 6.0, 7.7.2", "table writes by QWORDs and a look after them"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_qword,
	},
	{
		.info = {"TBL-ACC-OTHER", SEV_INFO,
			 "Writes of 1 or 2 bytes to table and PBA do no harm.",
			 "PCIe 6.0, 7.7.2, which leaves open what they do",
			 "writes of less than a DWORD between looks at another function's table, "
			 "then aligned ones and a look at this function's"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_done = ON_ACT(ACT_TABLE_WRITE) | ON_ACT(ACT_PBA_WRITE) | ON_ACT(ACT_NUMVFS) |
			   ON_ACT(ACT_RESET) | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VIRT_MGMT) |
			   ON_ACT(ACT_BIND) | ON_ACT(ACT_VFIO_OPEN),
		.on_obs = ON_OBS(OBS_TABLE) | ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) |
			  ON_OBS(OBS_KLOG),
		.judge = judge_small,
	},
	{
		.info = {"PBA-SIZE", SEV_MUST, "Pending bits of no vector read 0.",
			 "PCIe 6.0, 7.7.2.9", "a look at the PBA"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_PBA),
		.judge = judge_pba_size,
	},
	{
		.info = {"PBA-DEF", SEV_MUST, "After a reset no Pending bit is set.",
			 "PCIe 6.0, 7.7.2.9",
			 "a look at the PBA right after FLR by hand or VF Enable, with no driver "
			 "bound"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_PBA),
		.judge = judge_pba_default,
	},
	{
		.info = {"PBA-WRITE", SEV_INFO, "Software cannot write Pending bits.",
			 "PCIe 6.0, 7.7.2.9, which allows both",
			 "a write to the PBA, and looks before and after"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_PBA),
		.judge = judge_pba_written,
	},
	{
		.info = {"PBA-SHRINK", SEV_MUST,
			 "After a shrink no Pending bit of a vector that is gone is set.",
			 "PCIe 6.0, 7.7.2.9 (derived)",
			 "a resize to a smaller size, and a look at the PBA"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_RANGE | NEED_SHOWS,
		.on_obs = ON_OBS(OBS_PBA),
		.judge = judge_pba_shrunk,
	},
	{
		.info = {"PBA-IDX", SEV_MUST,
			 "The Pending bit of vector k is bit k mod 64 of QWORD k div 64.",
			 "PCIe 6.0, 7.7.2",
			 "one vector fired behind the mask of its entry, and a look at the PBA"},
		.needs = VECTORS_NEED,
		.on_done = ACTS_ON_VECTORS,
		.on_obs = LOOKS_AT_VECTORS,
		.judge = judge_pba_index,
	},
};

const size_t table_rules_count = sizeof(table_rules) / sizeof(table_rules[0]);
