/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of the report for people: styles, and paragraphs of at most 100 columns. */
#ifndef VFWALK_REPORT_PAGE_H
#define VFWALK_REPORT_PAGE_H

#include "common.h"

#define WIDTH 100

enum style { PLAIN, BOLD, DIM, RED, GREEN, YELLOW, MAGENTA };

struct page {
	FILE *out;
	bool color;
	const struct report *report;
};

enum style style_of(enum verdict verdict);

void styled(const struct page *page, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A line that begins a part, after a blank one. */
void put_title(const struct page *page, const char *title);
/* @text, wrapped; its first line starts where the cursor is: in column @indent, like the rest. */
void put_wrapped(FILE *out, size_t indent, const char *text);
void put_indented(const struct page *page, size_t indent, const char *text);
/* A paragraph with a label at its left; nothing where there is no text. */
void put_field(const struct page *page, const char *label, const char *text);
void put_fieldf(const struct page *page, const char *label, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A command line, wrapped so that the shell takes it as one: never between quotes. */
void put_shell(const struct page *page, const char *label, const char *command);

/* --- text_failures.c --- */

/* Every rule that has @verdict somewhere, with the first such finding spelled out. */
void put_failures(const struct page *page, enum verdict verdict, const char *title);

/* --- text_attacks.c --- */

/* Nothing where no message was shot and nobody knows why. */
void put_attacks(const struct page *page);

/* --- text_idle.c --- */

void put_skipped(const struct page *page);
void put_not_run(const struct page *page);
/* How many verdicts are not-run, and for no reason but that the rule was exercised elsewhere. */
void put_spared(const struct page *page);

#endif
