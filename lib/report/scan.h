/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings in sources: in the compilers' format, as KTAP, JUnit, JSON and SARIF. */
#ifndef VFWALK_REPORT_SCAN_H
#define VFWALK_REPORT_SCAN_H

#include <stdio.h>

#include <jansson.h>

#include <vfwalk/source.h>

struct scan_report {
	const struct source_scan *scan;
	bool explain; /* text only: why and what to do, once for each rule */
	bool color;   /* text only */
	bool all;     /* what is ignored or known, too */
	int exit;
};

struct scan_format {
	const char *name;
	int (*write)(const struct scan_report *report, FILE *out);
};

/* The format of that name, or NULL. */
const struct scan_format *scan_format_find(const char *name);

/* Is a finding excused, by a comment or a baseline? */
bool is_excused(const struct source_finding *finding);
/* Findings of a level that nothing excuses. */
size_t scan_count(const struct source_scan *scan, enum source_level level);

/* What there is of one rule. */
struct scan_sum {
	size_t findings, bad, excused; /* bad: of those that are no notes, and not excused */
	const char *idle;              /* why nobody could break it here, or NULL */
};

struct scan_sum scan_sum(const struct source_scan *scan, const struct source_rule *rule);
/* 0, or -EIO where a write to @out failed. */
int scan_flush(FILE *out);

/*
 * Marks what the baseline at @path excuses; its reasons live in @keep, a JSON array, until that is
 * dropped. Returns 0, or -EINVAL after one line.
 */
int scan_baseline_apply(struct source_scan *scan, const char *path, json_t *keep);

int scan_text(const struct scan_report *report, FILE *out);
int scan_json(const struct scan_report *report, FILE *out);
int scan_ktap(const struct scan_report *report, FILE *out);
int scan_junit(const struct scan_report *report, FILE *out);
int scan_sarif(const struct scan_report *report, FILE *out);

#endif
