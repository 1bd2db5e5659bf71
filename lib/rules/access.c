/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the width of an access to the MSI-X Table: DWORDs and QWORDs work, and what is less than
 * that must do no harm.
 */
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
			if (!same_field(d, entry_dword(&before, d), entry_dword(&now, d)))
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
