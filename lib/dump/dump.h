/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of this room share. */
#ifndef VFWALK_DUMP_ROOM_H
#define VFWALK_DUMP_ROOM_H

#include <vfwalk/dump.h>

struct dump *dump_new(void);
/* Appends a function, empty but for its address; NULL out of memory. */
struct dump_fn *dump_add(struct dump *dump, struct bdf bdf, unsigned long line);
/* Notes what is wrong at @line, with @fn or, where that is NULL, with none. */
void dump_wrong(struct dump *dump, unsigned long line, const struct dump_fn *fn, const char *fmt,
		...) __attribute__((format(printf, 4, 5)));
/* Makes @fn->len bytes the first @len of @byte; false out of memory. */
bool dump_extend(struct dump_fn *fn, const uint8_t *byte, size_t len);

/* Finds out who is a VF of whom, and what is known of BARs: once all functions are there. */
int dump_relate(struct dump *dump);

/* --- line.c: one line of lspci's output --- */

/* Bytes of a line; lspci prints no more. */
#define LINE_BYTES 16

enum line_kind {
	LINE_OTHER,    /* text: what the registers mean, or what somebody else printed */
	LINE_EMPTY,    /* ends a function */
	LINE_FUNCTION, /* an address, and what is there */
	LINE_BYTES_AT, /* an offset and bytes */
	LINE_REGION,   /* a BAR of the function, with its size */
};

struct line {
	enum line_kind kind;
	struct bdf bdf;
	unsigned off, count;
	uint8_t byte[LINE_BYTES];
	unsigned region;
	struct bar bar;
	char wrong[96]; /* why it is not what it looks like, or "" */
};

/* Takes @text apart, which has no newline any more. */
void line_parse(const char *text, struct line *line);

#endif
