/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One file of C, made fit for parsing without moving a byte. */
#ifndef VFWALK_SOURCE_TEXT_H
#define VFWALK_SOURCE_TEXT_H

#include <stdbool.h>

#include "mem.h"

/* A comment "vfwalk: ignore RULE[,RULE...] reason". */
struct ignored {
	struct ignored *next;
	unsigned line;
	const char *words; /* what stands behind "ignore" */
};

/* `#define NAME value`, of one word or expression. */
struct defined {
	struct defined *next;
	atom name;
	const char *value;
};

/* `#include "name"`. */
struct included {
	struct included *next;
	const char *name;
};

struct text {
	const char *path; /* as it was named */
	char *byte;       /* the shadow: comments, directives and annotations are spaces */
	size_t len;
	size_t nline;
	uint32_t *line;     /* where each starts */
	bool has_else;      /* there is a branch that was left out */
	unsigned lost_line; /* of a brace that never closes, or 0 */
	struct ignored *ignored;
	struct defined *defined;
	struct included *included;
};

/* Which branch of an #if is kept. */
enum branch { BRANCH_FIRST, BRANCH_LAST };

/*
 * Makes the shadow of @byte, @len bytes and a NUL that belong to @mem and are changed in place.
 */
struct text *text_new(struct mem *mem, const char *path, char *byte, size_t len,
		      enum branch branch);
/* Line and column, from 1, of a place. */
unsigned text_line(const struct text *text, uint32_t at);
unsigned text_column(const struct text *text, uint32_t at);

#endif
