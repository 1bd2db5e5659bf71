/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the writers of comparisons share. */
#ifndef VFWALK_REPORT_SIDE_H
#define VFWALK_REPORT_SIDE_H

#include <vfwalk/compare.h>

struct page;

int compare_text(const struct comparison *comparison, FILE *out);
int compare_markdown(const struct comparison *comparison, FILE *out);
int compare_html(const struct comparison *comparison, FILE *out);

/*
 * The verdicts that stand in a cell, as a mask of 1 << enum verdict: those of functions that were
 * judged, else why none was.
 */
unsigned cell_verdicts(const struct compare_cell *cell);
/* The gravest of them. */
enum verdict cell_worst(const struct compare_cell *cell);
/* Their names, the gravest first, one blank between them. Returns the length. */
size_t cell_text(const struct compare_cell *cell, char *text, size_t size);
/* Does a group begin with this rule, among those that are told? */
bool comparison_begins_group(const struct comparison *comparison, size_t rule);
size_t comparison_told(const struct comparison *comparison);
size_t comparison_different(const struct comparison *comparison);
/* What became of ->message, of ->of, in that run; NULL where the run does not say. */
const struct attack *run_attack(const struct compare_run *run, const struct attack *row);
/* Rows of the attack matrices of all runs, each message once; their number. To be freed. */
size_t comparison_attacks(const struct comparison *comparison, const struct attack ***rows);

/* --- compare_attacks.c --- */

/* Message by run; nothing where no run shot any. */
void attacks_text(const struct comparison *comparison, const struct page *page);
void attacks_html(const struct comparison *comparison, FILE *out);
void attacks_markdown(const struct comparison *comparison, FILE *out);

/* "Linux 6.1.0, QEMU 7.2.22", as far as the record says. */
void run_machine(const struct compare_run *run, char *text, size_t size);

#endif
