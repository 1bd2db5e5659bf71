/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Putting a graph together, node by node: what lowers a tree is written with it. */
#ifndef VFWALK_SOURCE_BUILD_H
#define VFWALK_SOURCE_BUILD_H

#include "flow.h"

struct label {
	struct label *next;
	atom name;
	struct node *node;
};

/* A `case` of the switch being built; its value, or NULL for `default`. */
struct arm {
	struct arm *next;
	struct expr *value;
	struct node *node;
};

struct builder {
	struct mem *mem;
	struct flow *flow;
	struct node *tail;         /* what the next node follows */
	struct node *stop, *again; /* where `break` and `continue` go */
	struct label *labels;
	struct arm *arms;
	unsigned room, temps;
};

struct node *node_new(struct builder *b, enum node_kind kind, uint32_t at);
/* ... and lets it follow the last one. */
struct node *emit(struct builder *b, enum node_kind kind, uint32_t at);
/* Goes on at @node, which exists already. */
void jump(struct builder *b, struct node *node);
struct node *label_find(struct builder *b, atom name);
atom temp_name(struct builder *b);
struct expr *expr_new(struct builder *b, enum expr_kind kind, uint32_t at);
struct expr *expr_path(struct builder *b, atom path, uint32_t at);
/* A branch on @value from the last node; nothing follows by itself. */
struct node *emit_branch(struct builder *b, struct expr *value, struct node *yes, struct node *no);

#endif
