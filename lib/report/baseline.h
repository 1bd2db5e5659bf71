/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A baseline as it is held: what reading (baseline_read.c) and matching (baseline.c) share. */
#ifndef VFWALK_REPORT_BASELINE_H
#define VFWALK_REPORT_BASELINE_H

#include <vfwalk/report.h>

enum function_kind { FUNCTION_ANY, FUNCTION_PF, FUNCTION_VF };

struct entry {
	char *file;
	size_t number; /* in its file, from 1 */
	json_t *body;  /* owns the strings below */
	const char *rule, *device, *seen, *qemu, *kernel, *reason, *finding, *link, *reproduce;
	enum function_kind function;
	bool judged, failed; /* as far as baseline_reason() was asked */
	char *proof;         /* where a reader finds more */
	char *excuse;        /* reason and proof, as a report shows them */
	char *mark;          /* beside what was seen: "known, F-03" */
};

struct baseline {
	size_t count;
	struct entry *entry;
	const char **lines; /* handed out by baseline_stale() */
	size_t nlines;
	size_t njoined;
	char **joined; /* reasons of several entries in one, handed out by baseline_reason() */
};

static inline const char *text_of(const json_t *body, const char *key)
{
	return json_string_value(json_object_get(body, key));
}

/* The lines that baseline_stale() handed out last. */
void baseline_lines_free(struct baseline *baseline);

#endif
