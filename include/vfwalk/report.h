/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports: findings in, one file or stream out. Nothing is decided here. */
#ifndef VFWALK_REPORT_H
#define VFWALK_REPORT_H

#include <stdio.h>

#include <vfwalk/rules.h>

#define VFWALK_VERSION "0.1.0"

/* Everything a writer may tell, already decided. */
struct report {
	const char *record; /* path of the evidence, for "seen in" and the command to reproduce */
	const json_t *header;
	const char *broken; /* or NULL */
	size_t count;
	const struct finding *finding;
	unsigned long summary[VERDICT_COUNT]; /* findings by verdict */
	size_t nstale;
	const char **stale; /* baseline entries that pass now, a line each */
	int exit;
	bool color; /* text only */
};

struct report_format {
	const char *name;   /* "text" */
	const char *suffix; /* "txt" */
	int (*write)(const struct report *report, FILE *out);
};

/* The format of that name, or NULL; and all of them, ended by one without a name. */
const struct report_format *report_find(const char *name);
extern const struct report_format report_formats[];

/* Counts @report's findings into its summary and sets its exit status (DESIGN: Verdicts). */
void report_sum_up(struct report *report, bool require_all);

/* --- baselines --- */

struct baseline;

/* Reads a baseline file into @baseline (which may be NULL: a new one). On failure returns NULL
 * with one line in @why. Several files add up. */
struct baseline *baseline_load(struct baseline *baseline, const char *path, char *why, size_t size);
void baseline_free(struct baseline *baseline);
/* The reason that excuses @finding on @device ("1b36:0010") under @header, or NULL. */
const char *baseline_reason(struct baseline *baseline, const struct finding *finding,
			    const char *device, bool vf, const json_t *header);
/* Lines for the entries whose rule was judged on their device and did not fail. */
size_t baseline_stale(struct baseline *baseline, const struct finding *finding, size_t count,
		      const char ***lines);

#endif
