/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function as a graph: calls and assignments one by one, branches on conditions without side
 * effects. What an expression calls is called before, into a name of its own ("#3").
 */
#ifndef VFWALK_SOURCE_FLOW_H
#define VFWALK_SOURCE_FLOW_H

#include "api.h"
#include "lex.h"

/* An operator of one or two characters. */
#define OP(a, b) ((unsigned)(a) | (unsigned)(b) << 8)

enum expr_kind {
	EX_NUMBER,
	EX_PATH, /* a variable, a field of one, an element: by its text without spaces */
	EX_STRING,
	EX_UNARY,  /* op a */
	EX_BINARY, /* a op b */
	EX_OTHER,  /* what is in it, from a on by next */
};

struct expr {
	enum expr_kind kind;
	unsigned op;
	uint32_t at;
	atom path, root, last; /* whole, the variable it starts with, the field it ends with */
	long number;
	struct expr *a, *b;
	struct expr *next; /* of the arguments of a call */
};

enum node_kind { ND_NOP, ND_CALL, ND_SET, ND_BRANCH, ND_RETURN };

struct node {
	enum node_kind kind;
	unsigned id; /* in the order of the source */
	uint32_t at;
	atom dst;    /* CALL, SET */
	unsigned op; /* SET: of `+=`, `++` ... or 0 */
	atom callee; /* CALL: a function's name, or the text of what points to one */
	const struct api *api;
	struct expr *args;  /* CALL */
	struct expr *value; /* SET, BRANCH, RETURN; or NULL */
	/* SET of the count that was asked for: after a grant, after a failure (by that path) */
	bool after_grant;
	const struct step *after_failure;
	uint32_t failed_at;
	struct node *next;  /* BRANCH: where it holds */
	struct node *other; /* BRANCH: where it does not */
	/*
	 * BRANCH of an `if` without `else` that goes on behind: the nodes inside, and where it goes
	 * on.
	 */
	struct node *skip;
	unsigned inside, inside_end;
	bool is_loop; /* ... of a loop, that is */
};

struct local {
	struct local *next;
	atom name, type;
	bool is_pointer, is_unsigned;
};

struct flow {
	struct func *func;
	struct node *start;
	struct node **node; /* all of them, by id */
	unsigned nnode;
	struct local *locals;
	bool has_error;      /* part of it did not parse */
	unsigned lost_calls; /* of the API, in those parts */
};

/* --- tree.c --- */

struct parser;

/* NULL where this program was built without a parser of C, or out of memory. */
struct parser *parser_new(void);
void parser_free(struct parser *parser);
/* Why parser_new() returned NULL, or what its user can do about it. */
const char *parser_missing(void);
/* Parses @func's body; NULL where nothing came out of it. */
struct flow *flow_new(struct parser *parser, struct mem *mem, struct func *func);

#endif
