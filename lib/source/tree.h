/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From tree-sitter's tree of a function to its graph. */
#ifndef VFWALK_SOURCE_TREE_H
#define VFWALK_SOURCE_TREE_H

#include <tree_sitter/api.h>

#include "build.h"

/* What a node of the tree is, whatever number the grammar gives it. */
enum sym {
	SYM_NONE, /* any other: what is in it is looked at, in order */
#define SYM(name) SYM_##name,
#include "tree_syms.def"
#undef SYM
	SYM_COUNT
};

struct parser {
	TSParser *ts;
	const TSLanguage *language;
	uint8_t *sym; /* by the grammar's number */
	TSFieldId condition, consequence, alternative, body, initializer, update, value, label,
		argument, arguments, function, left, right, operator, declarator, type, index,
		field;
};

struct lowering {
	struct builder b;
	const struct parser *parser;
	const char *byte; /* of the file */
	uint32_t base;    /* where the parsed slice starts in it */
	struct node *exit;
};

enum sym tree_sym(const struct lowering *l, TSNode node);
uint32_t tree_at(const struct lowering *l, TSNode node);
/* The text of a node without spaces, as a word. */
atom tree_text(struct lowering *l, TSNode node);

/* --- tree_expr.c --- */

/* Calls and assigns what @node does, and returns what is left of it: NULL for a null node. */
struct expr *lower_expr(struct lowering *l, TSNode node);
/* Branches on @node. */
void lower_condition(struct lowering *l, TSNode node, struct node *yes, struct node *no);

/* --- tree.c --- */

void lower_statement(struct lowering *l, TSNode node);

#endif
