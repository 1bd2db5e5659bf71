/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the writers share. Findings come in the order of the catalogue: those of a rule are a span.
 */
#ifndef VFWALK_REPORT_COMMON_H
#define VFWALK_REPORT_COMMON_H

#include <vfwalk/report.h>

#include "escape.h"

int report_text(const struct report *report, FILE *out);
int report_ktap(const struct report *report, FILE *out);
int report_json(const struct report *report, FILE *out);
int report_junit(const struct report *report, FILE *out);
int report_html(const struct report *report, FILE *out);

/* In the order in which they matter to a reader. */
extern const enum verdict verdicts_by_weight[VERDICT_COUNT];

/* How many findings from @at on are about one rule. */
size_t span_length(const struct report *report, size_t at);
/* How many of the @count findings from @at on have @verdict. */
size_t span_count(const struct report *report, size_t at, size_t count, enum verdict verdict);
/* The rule of that span is required, applies, and was not exercised on any function. */
bool span_missing(const struct report *report, size_t at, size_t count);

/* The record is of a dump, or of functions that were only read: nothing was done to any. */
bool is_picture(const struct report *report);
/* That span is about what is done to a function, and so of no function of a picture. */
bool span_out_of_picture(const struct report *report, size_t at);

/* The function, or "run" for the run as a whole. */
const char *finding_where(const struct finding *finding);
/* 0, or the errno of the first write to @out that failed, negative. */
int report_flush(FILE *out);

/* A string of the header, or of the object @inside it (which may be NULL); "" without one. */
const char *header_str(const struct report *report, const char *inside, const char *key);

/*
 * A command line for the shell that shows @finding again, as far as the record tells how it was
 * made; NULL out of memory. The caller frees it.
 */
char *command_again(const struct report *report, const struct finding *finding);

#endif
