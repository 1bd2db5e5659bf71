/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of what the MSI-X Table makes of writes: an entry holds what is written to it, no other
 * entry and no other function's shows it, and the width of the access is of no matter. Writes of
 * less than a DWORD must do no harm.
 */
#include <stdio.h>
#include <string.h>

#include "look.h"

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

const struct rule access_rules[] = {
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
};

const size_t access_rules_count = sizeof(access_rules) / sizeof(access_rules[0]);
