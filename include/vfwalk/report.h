/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports: findings in, one file or stream out. Nothing is decided here. */
#ifndef VFWALK_REPORT_H
#define VFWALK_REPORT_H

#include <stdio.h>

#include <vfwalk/rules.h>

/* Everything a writer may tell, already decided. */
struct report {
	const char *record; /* path of the evidence, for "seen in" and the command to reproduce */
	const json_t *header;
	const char *broken; /* or NULL */
	size_t count;
	const struct finding *finding;
	unsigned long summary[VERDICT_COUNT]; /* findings by verdict */
	size_t nattack;                       /* the attack matrix, as judge_attacks() has it */
	const struct attack *attack;
	size_t nstale;
	const char **stale; /* baseline entries that pass now, a line each */
	bool require_all;   /* a rule that applies and was never exercised fails the run */
	size_t nrequired;   /* ... and these do, whatever the profile */
	const struct rule_info **required;
	const char *witness; /* who else told of the run, as judge_witness() has it */
	int exit;
	bool color;            /* text only */
	const char *templates; /* HTML only: the directory of reports/templates */
	bool brief;            /* text only: one of many, of which only what failed is told */
};

struct report_format {
	const char *name;   /* "text" */
	const char *suffix; /* "txt" */
	int (*write)(const struct report *report, FILE *out);
};

/* The format of that name, or NULL; and all of them, ended by one without a name. */
const struct report_format *report_find(const char *name);
extern const struct report_format report_formats[];

/*
 * Counts @report's findings into its summary and sets its exit status: 2 where the run is broken,
 * 1 for a failure that nothing excuses or a required rule that was not run, 4 where nothing ran at
 * all, else 0. @require_all: as --profile cert has it, every rule is required.
 */
void report_sum_up(struct report *report, bool require_all);

/* What the text report spells out of @rule: its first failure. False where it did not fail. */
bool report_failure(const struct report *report, const struct rule_info *rule, FILE *out);

/* --- baselines --- */

struct baseline;

/*
 * Reads a baseline file (reports/schemas/baseline.md) into @baseline, which may be NULL: a new one.
 * Several files add up. On failure returns NULL with one line in @why, and @baseline is as it was.
 */
struct baseline *baseline_load(struct baseline *baseline, const char *path, char *why, size_t size);
void baseline_free(struct baseline *baseline);
/*
 * The reason that excuses @finding on @device ("1b36:0010") under @header, or NULL: it did not
 * fail, or nothing excuses it. Ask about every finding, so that stale entries are noticed.
 */
const char *baseline_reason(struct baseline *baseline, const struct finding *finding,
			    const char *device, bool vf, const json_t *header);
/*
 * Marks in @finding which of its ways to fail are excused, and puts those that are not first: what
 * is told of a failure is what is new. The marks belong to @baseline.
 */
void baseline_mark(struct baseline *baseline, struct finding *finding, const char *device, bool vf,
		   const json_t *header);
/*
 * Lines for the entries that baseline_reason() was asked about, and whose rule never failed: they
 * belong to @baseline, as @lines does.
 */
size_t baseline_stale(struct baseline *baseline, const char ***lines);

#endif
