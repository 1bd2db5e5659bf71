/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of what the kernel shows of a driver's interrupts: files, rows, CPUs, and its log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "size.h"

static size_t rows_of(const struct event *event)
{
	return json_array_size(json_object_get(event->body, "rows"));
}

/* --- what the kernel shows of vectors --- */

struct had {
	bool some; /* there were some once: the look can see them */
};

/* Vectors are allocated by the Table Size of then, which a resize behind the driver's back changes.
 */
static bool size_counts(const struct world_fn *fn)
{
	return size_stands(fn) && !fn->resized_held;
}

/* From 6.5 on vfio-pci allocates vectors behind the first block one by one. */
static bool is_block(const struct world *w)
{
	return !w->kernel || w->kernel < KERNEL(6, 5);
}

static void judge_vfio_files(struct judging *jg, const struct world *w, struct world_fn *fn,
			     struct had *had, size_t files)
{
	size_t enabled = fn->vfio_open ? fn->vfio_enabled : 0;
	char expected[WORDS];

	if (fn->in_guest || (!files && !enabled && !had->some))
		return;
	had->some = had->some || files;
	snprintf(expected, sizeof(expected), "%zu files in msi_irqs, as enabled through VFIO",
		 enabled);
	verdict(jg, fn, files == enabled || (!is_block(w) && files && files < enabled), expected,
		"%zu", files);
}

/* Without a driver there must be none: which says something only if there were some before. */
static void judge_files(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct had *had = scratch(jg, fn, sizeof(*had));
	size_t files = files_of(event);
	char expected[WORDS];

	if (!fn->driver[0]) {
		if (had->some || files)
			verdict(jg, fn, !files, "no files in msi_irqs without a driver", "%zu",
				files);
	} else if (is_driver(fn, "vfio-pci")) {
		judge_vfio_files(jg, w, fn, had, files);
	} else if (is_driver(fn, "vfwalk_probe") && (files || fn->allocated || had->some)) {
		had->some = had->some || files;
		snprintf(expected, sizeof(expected), "%u files in msi_irqs, as were allocated",
			 fn->allocated);
		verdict(jg, fn, files == fn->allocated, expected, "%zu", files);
	} else if (files) {
		had->some = true;
		if (!size_counts(fn))
			return;
		snprintf(expected, sizeof(expected), "at most %u files in msi_irqs, the Table Size",
			 fn->msix.size);
		verdict(jg, fn, files <= fn->msix.size, expected, "%zu", files);
	}
}

static void judge_rows(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct had *had = scratch(jg, fn, sizeof(*had));
	size_t rows = rows_of(event);
	char expected[WORDS];

	(void)w;
	if (!fn->driver[0]) {
		if (had->some || rows)
			verdict(jg, fn, !rows, "no rows without a driver", "%zu", rows);
		return;
	}
	had->some = had->some || rows;
	if (!rows || !size_counts(fn))
		return;
	snprintf(expected, sizeof(expected), "at most %u rows, the Table Size", fn->msix.size);
	verdict(jg, fn, rows <= fn->msix.size, expected, "%zu", rows);
}

/* The first CPU of a list like "0-1,3" that is not below @cpus, or -1; -2 if it is no list. */
static long cpu_beyond(const char *list, unsigned cpus)
{
	while (*list) {
		char *end;
		unsigned long first = strtoul(list, &end, 10), last = first;

		if (end == list)
			return -2;
		if (*end == '-') {
			list = end + 1;
			last = strtoul(list, &end, 10);
			if (end == list)
				return -2;
		}
		if (last >= cpus)
			return (long)last;
		list = *end == ',' ? end + 1 : end;
		if (*end && *end != ',' && *end != '\n')
			return -2;
		if (*end == '\n')
			break;
	}
	return -1;
}

static void judge_affinity(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	const json_t *rows = json_object_get(event->body, "rows");
	unsigned cpus = machine_cpus(w);

	for (size_t i = 0; cpus && i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *list = json_string_value(json_object_get(row, "affinity"));
		char expected[WORDS];

		if (!list || !*list)
			continue;
		snprintf(expected, sizeof(expected), "CPUs below %u", cpus);
		verdict(jg, fn, cpu_beyond(list, cpus) == -1, expected,
			"interrupt %lld is for CPUs %s",
			(long long)json_integer_value(json_object_get(row, "irq")), list);
	}
}

/* --- what the kernel's log says of interrupts --- */

struct log {
	unsigned long acts, looks;
	bool ever; /* a line was ever seen: the log can be read */
	bool shots, resets;
};

static const struct world_fn *first_pf(const struct world *w)
{
	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i]->vf < 0)
			return w->fn[i];
	return NULL;
}

/* "nobody cared": kernel/irq/spurious.c; "completion polled": drivers/nvme/host/pci.c. */
static bool tells_trouble(const struct log *notes, const char *line)
{
	if (strstr(line, "nobody cared"))
		return true;
	/* What a shot or a reset of ours brought about is not the kernel's doing. */
	if (!notes->resets && strstr(line, "timeout, completion polled"))
		return true;
	return !notes->shots && strstr(line, "No irq handler for ");
}

static void log_frame(struct judging *jg, struct log *notes, const struct event *event,
		      const struct world_fn *pf)
{
	if (event->kind == EV_BEGIN) {
		notes->shots = notes->resets = false;
	} else if (event->kind == EV_END && notes->acts && notes->looks && notes->ever) {
		held(jg, pf);
		notes->acts = notes->looks = 0;
	} else if (event->kind == EV_RUN_END && notes->acts && !notes->ever) {
		inapplicable(jg, pf, "not one line of the kernel's log was seen in this run");
	}
}

static void judge_log(struct judging *jg, const struct world *w, const struct event *event,
		      struct world_fn *fn)
{
	const char *key = event->obs == OBS_WATCH ? "klog" : "lines";
	const json_t *lines = json_object_get(event->body, key);
	const struct world_fn *pf = first_pf(w);
	struct log *notes = pf ? scratch(jg, pf, sizeof(*notes)) : NULL;

	(void)fn;
	if (!notes)
		return;
	if (event->kind == EV_DONE) {
		notes->shots = notes->shots || event->act == ACT_SHOT;
		notes->resets = notes->resets || event->act == ACT_RESET;
		notes->acts += event->act != ACT_SHOT;
		return;
	}
	if (event->kind != EV_OBS) {
		log_frame(jg, notes, event, pf);
		return;
	}
	notes->looks++;
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));

		notes->ever = true;
		if (line && tells_trouble(notes, line))
			broke(jg, pf, "no interrupt lost, and none that nobody wants", "%s", line);
	}
}

const struct rule interrupt_rules[] = {
	{
		.info = {"DRV-MSI-IRQS", SEV_MUST,
			 "msi_irqs has one file for each allocated vector, and none once the "
			 "driver "
			 "is gone.",
			 "Linux kernel/irq/msi.c:msi_sysfs_populate_desc",
			 "looks at msi_irqs with a driver and after it"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_TAKER,
		.on_obs = ON_OBS(OBS_IRQS),
		.judge = judge_files,
	},
	{
		.info = {"DRV-PROC-INT", SEV_SHOULD,
			 "/proc/interrupts has no more rows of a function than its Table Size, and "
			 "none once the driver is gone.",
			 "Linux kernel/irq/proc.c:show_interrupts",
			 "looks at /proc/interrupts with a driver and after it"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_TAKER,
		.on_obs = ON_OBS(OBS_IRQS),
		.judge = judge_rows,
	},
	{
		.info = {"DRV-NOSPUR", SEV_MUST,
			 "Resizing, binding and unbinding lose no interrupt and leave none that "
			 "nobody wants.",
			 "derived from Linux kernel/irq/spurious.c:__report_bad_irq; "
			 "drivers/nvme/host/pci.c:nvme_timeout",
			 "such acts, and looks at a kernel's log that says something at all"},
		.needs = NEED_PF | NEED_LINUX | HEARS_ALL,
		.on_done = ON_ACT(ACT_RESIZE) | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND) |
			   ON_ACT(ACT_RESET) | ON_ACT(ACT_SHOT),
		.on_obs = ON_OBS(OBS_KLOG) | ON_OBS(OBS_WATCH),
		.on_kind = ON_KIND(EV_BEGIN) | ON_KIND(EV_END) | ON_KIND(EV_RUN_END),
		.judge = judge_log,
	},
	{
		.info = {"DRV-AFFINITY", SEV_SHOULD, "Every interrupt is for CPUs that are there.",
			 "Linux kernel/irq/manage.c:irq_do_set_affinity",
			 "a look at the interrupts of a bound function"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_TAKER,
		.on_obs = ON_OBS(OBS_IRQS),
		.judge = judge_affinity,
	},
};

const size_t interrupt_rules_count = sizeof(interrupt_rules) / sizeof(interrupt_rules[0]);
