/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the width of an access to the MSI-X Table: DWORDs and QWORDs work, and what is less than
 * that must do no harm.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>

#include "storage.h"

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
/* --- writes whose result is undefined --- */

/*
 * What they do is left open, so nothing is asked of what table and PBA hold: they must do no harm,
 * neither to the function nor to anybody else.
 */
struct undefined {
	unsigned long begin_line; /* of the scenario */
	unsigned long line;       /* of the last one in it, 0 for none */
	bool sound;               /* aligned writes worked before it */
};

static struct undefined *undefined_of(struct judging *jg, const struct world *w,
				      const struct world_fn *fn)
{
	struct undefined *undefined = scratch(jg, fn, sizeof(*undefined));

	if (undefined->begin_line != w->begin_line)
		*undefined = (struct undefined){.begin_line = w->begin_line};
	return undefined;
}

/* After any other act than writes the function is not what an undefined one has left. */
static void note_write(struct judging *jg, const struct world *w, const struct event *event,
		       const struct world_fn *fn, bool undefined)
{
	bool write = event->act == ACT_TABLE_WRITE || event->act == ACT_PBA_WRITE;

	if (undefined)
		undefined_of(jg, w, fn)->line = event->line;
	for (size_t i = 0; i < w->nfn && !write; i++)
		if (w->fn[i] == fn || (fn->vf < 0 && w->fn[i]->pf == fn))
			undefined_of(jg, w, w->fn[i])->line = 0;
}

/* One that the device refused, of which some machines tell, was made all the same. */
static bool is_small(const struct event *event)
{
	int res = event_res(event);

	return (event->act == ACT_TABLE_WRITE || event->act == ACT_PBA_WRITE) &&
	       (!res || res == -EIO) && event_int(event, "width", 4) < 4;
}

/* The first entry that is not what the look before it saw, or -1. */
static int changed_entry(const struct world_fn *fn)
{
	struct msix_entry before, now;

	for (unsigned k = 0; k < fn->table_size && table_entry(&fn->table, k, &now) &&
			     table_entry(&fn->table_prev, k, &before);
	     k++)
		for (unsigned d = 0; d < DWORDS; d++)
			if (!same_field(d, entry_dword(&before, d), entry_dword(&now, d)))
				return (int)k;
	return -1;
}

/* A table that nobody touched, while no write to another function had a defined result. */
static void judge_bystanders(struct judging *jg, const struct world *w, const struct world_fn *fn)
{
	unsigned long since = fn->table_prev.line;

	if (!since || acts_before(fn, LOOK_TABLE) || !is_quiet(fn))
		return;
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *writer = w->fn[i];
		unsigned long line = undefined_of(jg, w, writer)->line;
		int k;

		if (writer == fn || writer->pf != fn->pf || line < since ||
		    (writer->track.wrote_line > since && writer->track.wrote_line != line))
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
			if (undefined_of(jg, w, w->fn[k])->line)
				broke(jg, w->fn[k], "a kernel that is not disturbed", "%s", text);
	}
}

static void judge_small(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	unsigned long line = fn ? undefined_of(jg, w, fn)->line : 0;

	if (event->obs == OBS_KLOG) {
		judge_splats(jg, w, event);
	} else if (event->kind == EV_DONE) {
		note_write(jg, w, event, fn, is_small(event));
	} else if (event->obs == OBS_TABLE) {
		if (shows_table(fn, event))
			judge_bystanders(jg, w, fn);
		if (!line && shows_writes(fn, event))
			undefined_of(jg, w, fn)->sound = stands(fn, 4);
		/* What never worked is not the small write's doing. */
		if (line && fn->track.wrote_line > line && shows_writes(fn, event) &&
		    undefined_of(jg, w, fn)->sound)
			judge_stored(jg, fn, 4);
	} else if (line) {
		verdict(jg, fn, !fn->gone, "a function that answers", "all ones");
	}
}

/*
 * True for a write to address or data of an entry that the last look at the table saw unmasked, and
 * that nobody has masked since.
 */
static bool updates_unmasked(const struct world_fn *fn, const struct event *event)
{
	uint64_t first = (uint64_t)event_int(event, "first", 0);
	uint64_t end = first + event_hex_len(event, "bytes");
	struct msix_entry entry;

	if (event->act != ACT_TABLE_WRITE || event_res(event) || event_int(event, "width", 4) < 4 ||
	    fn->msix.maskall || fn->track.since[LOOK_TABLE] != ON_ACT(ACT_TABLE_WRITE))
		return false;
	for (unsigned k = (unsigned)(first / MSIX_ENTRY_SIZE);
	     k < fn->table_size && table_entry(&fn->table, k, &entry); k++) {
		uint64_t from = (uint64_t)k * MSIX_ENTRY_SIZE;

		if (from >= end)
			break;
		if (!(entry.ctrl & MSIX_ENTRY_MASKED) && first < from + PCI_MSIX_ENTRY_VECTOR_CTRL)
			return true;
	}
	return false;
}

static void judge_update(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	if (event->obs == OBS_KLOG)
		judge_splats(jg, w, event);
	else if (!fn)
		return;
	else if (event->kind == EV_DONE)
		note_write(jg, w, event, fn, updates_unmasked(fn, event));
	else if (shows_table(fn, event))
		judge_bystanders(jg, w, fn);
	else if (event->obs != OBS_TABLE && undefined_of(jg, w, fn)->line)
		verdict(jg, fn, !fn->gone, "a function that answers", "all ones");
}

/* --- the rows --- */

/* Writes, and what ends the state that they have left. */
#define ACTS_ON_UNDEFINED                                                                    \
	(ON_ACT(ACT_TABLE_WRITE) | ON_ACT(ACT_PBA_WRITE) | ON_ACT(ACT_NUMVFS) |              \
	 ON_ACT(ACT_RESET) | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VIRT_MGMT) | ON_ACT(ACT_BIND) | \
	 ON_ACT(ACT_VFIO_OPEN))

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
			 "aligned writes that work, writes of less than a DWORD between looks at "
			 "another function's table, then aligned ones and a look at this "
			 "function's"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_done = ACTS_ON_UNDEFINED,
		.on_obs = ON_OBS(OBS_TABLE) | ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) |
			  ON_OBS(OBS_KLOG),
		.judge = judge_small,
	},
	{
		.info = {"TBL-UPDATE-UNMASKED", SEV_INFO,
			 "Changing an entry that is not masked does no harm.",
			 "PCIe 6.0, 6.1.4.2, which leaves open what it does",
			 "address and data of an entry written that a look saw unmasked, and looks "
			 "at the function and at another's table",
			 .remark = "Software must mask an entry before it changes it; what comes "
				   "of it otherwise is left open, so that nothing is asked of the "
				   "entry itself."},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_done = ACTS_ON_UNDEFINED,
		.on_obs = ON_OBS(OBS_TABLE) | ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) |
			  ON_OBS(OBS_KLOG),
		.judge = judge_update,
	},
};

const size_t access_rules_count = sizeof(access_rules) / sizeof(access_rules[0]);
