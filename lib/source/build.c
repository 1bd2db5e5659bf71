/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Putting a graph together. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "build.h"

struct node *node_new(struct builder *b, enum node_kind kind, uint32_t at)
{
	struct node *node = mem_get(b->mem, sizeof(*node));
	struct flow *flow = b->flow;

	if (flow->nnode == b->room) {
		unsigned room = b->room ? b->room * 2 : 64;
		struct node **grown = mem_get(b->mem, room * sizeof(struct node *));

		if (flow->nnode)
			memcpy(grown, flow->node, flow->nnode * sizeof(struct node *));
		flow->node = grown;
		b->room = room;
	}
	node->kind = kind;
	node->at = at;
	node->id = flow->nnode;
	flow->node[flow->nnode++] = node;
	return node;
}

struct node *emit(struct builder *b, enum node_kind kind, uint32_t at)
{
	struct node *node = node_new(b, kind, at);

	jump(b, node);
	return node;
}

void jump(struct builder *b, struct node *node)
{
	if (b->tail)
		b->tail->next = node;
	b->tail = node;
}

struct node *label_find(struct builder *b, atom name)
{
	struct label *label;

	for (label = b->labels; label; label = label->next)
		if (label->name == name)
			return label->node;
	label = mem_get(b->mem, sizeof(*label));
	*label = (struct label){b->labels, name, node_new(b, ND_NOP, 0)};
	b->labels = label;
	return label->node;
}

atom temp_name(struct builder *b)
{
	char name[16];

	snprintf(name, sizeof(name), "#%u", b->temps++);
	return mem_word(b->mem, name);
}

struct expr *expr_new(struct builder *b, enum expr_kind kind, uint32_t at)
{
	struct expr *expr = mem_get(b->mem, sizeof(*expr));

	expr->kind = kind;
	expr->at = at;
	return expr;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '#';
}

struct expr *expr_path(struct builder *b, atom path, uint32_t at)
{
	struct expr *expr = expr_new(b, EX_PATH, at);
	size_t from = 0, to, end = strlen(path);

	while (path[from] && !is_word(path[from]))
		from++;
	for (to = from; is_word(path[to]);)
		to++;
	expr->path = path;
	expr->root = mem_atom(b->mem, path + from, to - from);
	for (int depth = 0; end && (!is_word(path[end - 1]) || depth); end--)
		depth += path[end - 1] == ']' ? 1 : path[end - 1] == '[' ? -1 : 0;
	for (from = end; from && is_word(path[from - 1]);)
		from--;
	expr->last = mem_atom(b->mem, path + from, end - from);
	return expr;
}

struct node *emit_branch(struct builder *b, struct expr *value, struct node *yes, struct node *no)
{
	struct node *node = emit(b, ND_BRANCH, value->at);

	node->value = value;
	node->next = yes;
	node->other = no;
	b->tail = NULL;
	return node;
}
