/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several records side by side: rules down, runs across, what each said of each. */
#ifndef VFWALK_COMPARE_H
#define VFWALK_COMPARE_H

#include <vfwalk/report.h>

/* What a run said of a rule, over all functions. */
struct compare_cell {
	unsigned long by_verdict[VERDICT_COUNT];
	/* Of the finding that weighs most: its function, and what was seen there, or why it was
	 * not judged; or NULL. */
	char fn[16];
	char *said;
};

struct compare_run {
	char *record;                         /* path, as it was given */
	char *link;                           /* where its own report is, or NULL */
	char *lab;                            /* or the target, where there is no lab */
	char *shape;                          /* of the model device, or NULL */
	char *kernel, *qemu, *profile, *made; /* "" where the record does not say */
	char *broken;                         /* or NULL */
	int exit;
	unsigned long summary[VERDICT_COUNT];
	struct compare_cell *cell; /* one for each rule of the catalogue */
	char *iommu;    /* its kind, "none" without one, "" where the record does not say */
	size_t nattack; /* the attack matrix, as judge_attacks() has it */
	struct attack *attack;
};

struct comparison {
	size_t count;
	struct compare_run *run;
	const bool *chosen;    /* which rules of the catalogue are told; NULL: all */
	bool different_only;   /* ... and of these, those of which runs differ */
	bool color;            /* text only */
	const char *templates; /* HTML only: the directory of reports/templates */
};

/* Adds what @report says; @link is where it can be read, or NULL. Returns 0 or -ENOMEM. */
int comparison_add(struct comparison *comparison, const struct report *report, const char *link);
void comparison_free(struct comparison *comparison);
/*
 * Do runs differ in rule @rule of the catalogue? What counts is which verdicts there are, not of
 * how many functions; and whether the rule was judged at all.
 */
bool comparison_differs(const struct comparison *comparison, size_t rule);
/* Is rule @rule told? */
bool comparison_tells(const struct comparison *comparison, size_t rule);

struct compare_format {
	const char *name;
	int (*write)(const struct comparison *comparison, FILE *out);
};

/* The format of that name (text, markdown, html), or NULL. */
const struct compare_format *compare_find(const char *name);

#endif
