/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of what the MSI-X Table makes of writes: an entry holds what is written to it, and no other
 * entry and no other function's shows it.
 */
#include <stdio.h>
#include <string.h>

#include "storage.h"

#define TEXT 128

/* What of an entry must hold what is written (7.7.2.5 to 7.7.2.8). */
static const struct {
	const char *name;
	uint32_t keeps; /* the rest is reserved: read-only or read-write, as the device likes */
} fields[DWORDS] = {
	[DW_ADDR] = {"Message Address", 0xfffffffc},
	[DW_UPPER] = {"Message Upper Address", UINT32_MAX},
	[DW_DATA] = {"Message Data", UINT32_MAX},
	[DW_CTRL] = {"Vector Control", MSIX_ENTRY_MASKED},
};

uint32_t entry_dword(const struct msix_entry *entry, unsigned d)
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

bool same_field(unsigned d, uint32_t a, uint32_t b)
{
	return !((a ^ b) & fields[d].keeps);
}

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
			if (same_field(d, want, got))
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

bool shows_writes(const struct world_fn *fn, const struct event *event)
{
	return shows_table(fn, event) && is_quiet(fn) &&
	       acts_before(fn, LOOK_TABLE) & ON_ACT(ACT_TABLE_WRITE);
}

bool stands(const struct world_fn *fn, unsigned width)
{
	struct field field;
	unsigned count;

	return !differs(fn, width, &field, &count) && count;
}

void judge_stored(struct judging *jg, struct world_fn *fn, unsigned width)
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
			if (same_field(d, want, got))
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

/* Where what was written through a VF's own slice of the BAR was found, if anywhere. */
struct slice {
	unsigned long line; /* of the look through the same slice */
	bool kept, lost;
};

static void see_own_slice(struct slice *own, const struct world_fn *fn, const struct event *event)
{
	struct field field;
	unsigned count;

	own->line = event->line;
	own->lost = differs(fn, 0, &field, &count);
	own->kept = !own->lost && count;
}

/*  table, that others wrote to theirs before; what is in both is TBL-ALIAS-VF's. */
static void judge_others(struct judging *jg, const struct world *w, const struct world_fn *fn)
{
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *writer = w->fn[i];
		const struct slice *theirs;
		struct field field;
		unsigned known;
		int from;

		if (writer == fn || writer->pf != fn->pf || writer->vf < 0 ||
		    writer->track.wrote_line < fn->table_prev.line || !has_written(writer))
			continue;
		theirs = scratch(jg, writer, sizeof(*theirs));
		if (theirs->line < writer->track.wrote_line)
			continue;
		from = alias_of(fn, writer, &field, &known);
		if (from >= 0 && theirs->lost)
			broke(jg, writer,
			      "what is written through its slice of the BAR, in its table",
			      "T[%d] as written shows in T[%u] of %s", from, field.k, fn->name);
		else if (from < 0 && known && theirs->kept)
			held(jg, writer);
	}
}

static void judge_slice(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	if (!shows_table(fn, event) || fn->vf < 0)
		return;
	if (shows_writes(fn, event))
		see_own_slice(scratch(jg, fn, sizeof(struct slice)), fn, event);
	if (fn->table_prev.line)
		judge_others(jg, w, fn);
}

/* --- the rows --- */

const struct rule storage_rules[] = {
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
};

const size_t storage_rules_count = sizeof(storage_rules) / sizeof(storage_rules[0]);

const struct rule slice_rules[] = {
	{
		.info = {"CAP-VF-BIR", SEV_MUST,
			 "A VF's table is in its own slice of the VF BAR, and in no other.",
			 "PCIe 6.0, 7.7.2.3 and 9.3.3.14",
			 "a table written through a VF's slice, and looks at it and at another "
			 "VF's"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX | NEED_SIBLING,
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_slice,
	},
};

const size_t slice_rules_count = sizeof(slice_rules) / sizeof(slice_rules[0]);
