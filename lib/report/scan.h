/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings in sources: in the compilers' format, as JSON, as SARIF. */
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

/*
 * Marks what the baseline at @path excuses; its reasons live in @keep, a JSON array, until that is
 * dropped. Returns 0, or -EINVAL after one line.
 */
int scan_baseline_apply(struct source_scan *scan, const char *path, json_t *keep);

int scan_text(const struct scan_report *report, FILE *out);
int scan_json(const struct scan_report *report, FILE *out);
int scan_sarif(const struct scan_report *report, FILE *out);

#endif
