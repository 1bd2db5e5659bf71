/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements: tree-sitter's tree of a function's body becomes its graph. */
#ifdef WITH_TREE_SITTER
#include <stdlib.h>
#include <string.h>

#include "tree.h"

static TSNode field(TSNode node, TSFieldId id)
{
	return ts_node_child_by_field_id(node, id);
}

enum sym tree_sym(const struct lowering *l, TSNode node)
{
	TSSymbol symbol;

	if (ts_node_is_null(node))
		return SYM_NONE;
	symbol = ts_node_symbol(node);
	return symbol == (TSSymbol)-1 ? SYM_ERROR : (enum sym)l->parser->sym[symbol];
}

uint32_t tree_at(const struct lowering *l, TSNode node)
{
	return l->base + ts_node_start_byte(node);
}

atom tree_text(struct lowering *l, TSNode node)
{
	uint32_t from = tree_at(l, node), to = l->base + ts_node_end_byte(node);
	char text[256];
	size_t len = 0;

	for (; from < to && len < sizeof(text); from++)
		if (!strchr(" \t\n\r", l->byte[from]))
			text[len++] = l->byte[from];
	return mem_atom(l->b.mem, text, len);
}

/* --- declarations --- */

static void add_local(struct lowering *l, TSNode declaration, TSNode declarator)
{
	struct local *local = mem_get(l->b.mem, sizeof(*local));

	local->type = tree_text(l, field(declaration, l->parser->type));
	while (tree_sym(l, declarator) != SYM_identifier && !ts_node_is_null(declarator)) {
		local->is_pointer |= l->byte[tree_at(l, declarator)] == '*';
		declarator = field(declarator, l->parser->declarator);
	}
	if (ts_node_is_null(declarator))
		return;
	local->name = tree_text(l, declarator);
	local->is_unsigned = !local->is_pointer && is_unsigned(local->type);
	local->next = l->b.flow->locals;
	l->b.flow->locals = local;
}

static void lower_declaration(struct lowering *l, TSNode node)
{
	uint32_t count = ts_node_named_child_count(node);

	for (uint32_t i = 0; i < count; i++) {
		TSNode child = ts_node_named_child(node, i), name, value;
		struct expr *init;
		struct node *set;

		if (ts_node_eq(child, field(node, l->parser->type)))
			continue;
		add_local(l, node, child);
		if (tree_sym(l, child) != SYM_init_declarator)
			continue;
		name = field(child, l->parser->declarator);
		while (tree_sym(l, name) != SYM_identifier && !ts_node_is_null(name))
			name = field(name, l->parser->declarator);
		value = field(child, l->parser->value);
		init = lower_expr(l, value);
		if (ts_node_is_null(name))
			continue;
		set = emit(&l->b, ND_SET, tree_at(l, child));
		set->dst = tree_text(l, name);
		set->value = init;
	}
}

/* --- branches --- */

/* Marks the branches made since @from as those of an `if` that skips @inside..@inside_end. */
static void mark_skip(struct lowering *l, unsigned from, unsigned inside, unsigned inside_end,
		      struct node *skip, bool is_loop)
{
	for (unsigned i = from; i < inside; i++) {
		struct node *node = l->b.flow->node[i];

		if (node->kind != ND_BRANCH)
			continue;
		node->skip = skip;
		node->inside = inside;
		node->inside_end = inside_end;
		node->is_loop = is_loop;
	}
}

static void lower_if(struct lowering *l, TSNode node)
{
	const struct parser *p = l->parser;
	TSNode otherwise = field(node, p->alternative);
	struct node *yes = node_new(&l->b, ND_NOP, tree_at(l, node));
	struct node *no = node_new(&l->b, ND_NOP, tree_at(l, node)), *end;
	unsigned from = l->b.flow->nnode, inside;

	lower_condition(l, field(node, p->condition), yes, no);
	inside = l->b.flow->nnode;
	l->b.tail = yes;
	lower_statement(l, field(node, p->consequence));
	if (ts_node_is_null(otherwise)) {
		if (l->b.tail) /* it goes on behind */
			mark_skip(l, from, inside, l->b.flow->nnode, no, false);
		jump(&l->b, no);
		return;
	}
	end = node_new(&l->b, ND_NOP, tree_at(l, node));
	jump(&l->b, end);
	l->b.tail = no;
	lower_statement(l, otherwise);
	jump(&l->b, end);
}

/* --- loops --- */

struct around {
	struct node *stop, *again;
};

static struct around enter(struct builder *b, struct node *stop, struct node *again)
{
	struct around around = {b->stop, b->again};

	b->stop = stop;
	if (again)
		b->again = again;
	return around;
}

static void leave(struct builder *b, struct around around)
{
	b->stop = around.stop;
	b->again = around.again;
}

static void lower_while(struct lowering *l, TSNode node)
{
	struct node *head = emit(&l->b, ND_NOP, tree_at(l, node));
	struct node *body = node_new(&l->b, ND_NOP, head->at);
	struct node *stop = node_new(&l->b, ND_NOP, head->at);
	struct around around = enter(&l->b, stop, head);
	unsigned from, inside;

	from = l->b.flow->nnode;
	lower_condition(l, field(node, l->parser->condition), body, stop);
	inside = l->b.flow->nnode;
	l->b.tail = body;
	lower_statement(l, field(node, l->parser->body));
	jump(&l->b, head);
	mark_skip(l, from, inside, l->b.flow->nnode, stop, true);
	l->b.tail = stop;
	leave(&l->b, around);
}

static void lower_do(struct lowering *l, TSNode node)
{
	struct node *head = emit(&l->b, ND_NOP, tree_at(l, node));
	struct node *test = node_new(&l->b, ND_NOP, head->at);
	struct node *stop = node_new(&l->b, ND_NOP, head->at);
	struct around around = enter(&l->b, stop, test);

	lower_statement(l, field(node, l->parser->body));
	jump(&l->b, test);
	lower_condition(l, field(node, l->parser->condition), head, stop);
	l->b.tail = stop;
	leave(&l->b, around);
}

static void lower_for(struct lowering *l, TSNode node)
{
	const struct parser *p = l->parser;
	TSNode initializer = field(node, p->initializer), condition = field(node, p->condition);
	struct node *head, *body, *update, *stop;
	struct around around;
	unsigned from, inside;

	if (tree_sym(l, initializer) == SYM_declaration)
		lower_declaration(l, initializer);
	else
		lower_expr(l, initializer);
	head = emit(&l->b, ND_NOP, tree_at(l, node));
	body = node_new(&l->b, ND_NOP, head->at);
	update = node_new(&l->b, ND_NOP, head->at);
	stop = node_new(&l->b, ND_NOP, head->at);
	around = enter(&l->b, stop, update);
	from = l->b.flow->nnode;
	lower_condition(l, condition, body, stop);
	inside = l->b.flow->nnode;
	l->b.tail = body;
	lower_statement(l, field(node, p->body));
	mark_skip(l, from, inside, l->b.flow->nnode, stop, true);
	jump(&l->b, update);
	lower_expr(l, field(node, p->update));
	jump(&l->b, head);
	l->b.tail = stop;
	leave(&l->b, around);
}

/* --- switch --- */

/* A comparison with each case, in their order; and then the default. */
static void dispatch(struct lowering *l, struct expr *value, struct node *stop)
{
	struct node *otherwise = stop, *next;
	struct expr *test;

	for (struct arm *arm = l->b.arms; arm; arm = arm->next) {
		if (!arm->value) {
			otherwise = arm->node;
			continue;
		}
		test = expr_new(&l->b, EX_BINARY, arm->value->at);
		test->op = OP('=', '=');
		test->a = value;
		test->b = arm->value;
		next = node_new(&l->b, ND_NOP, arm->value->at);
		emit_branch(&l->b, test, arm->node, next);
		l->b.tail = next;
	}
	jump(&l->b, otherwise);
}

static void lower_switch(struct lowering *l, TSNode node)
{
	struct expr *value = lower_expr(l, field(node, l->parser->condition));
	struct node *head = emit(&l->b, ND_NOP, tree_at(l, node));
	struct node *stop = node_new(&l->b, ND_NOP, head->at);
	struct around around = enter(&l->b, stop, NULL);
	struct arm *arms = l->b.arms;

	l->b.arms = NULL;
	l->b.tail = NULL;
	lower_statement(l, field(node, l->parser->body));
	jump(&l->b, stop);
	l->b.tail = head;
	if (value)
		dispatch(l, value, stop);
	l->b.tail = stop;
	l->b.arms = arms;
	leave(&l->b, around);
}

static void lower_case(struct lowering *l, TSNode node)
{
	TSNode value = field(node, l->parser->value);
	struct arm *arm = mem_get(l->b.mem, sizeof(*arm)), **end = &l->b.arms;
	struct node *fell = l->b.tail;
	uint32_t count = ts_node_named_child_count(node);

	arm->node = node_new(&l->b, ND_NOP, tree_at(l, node));
	l->b.tail = NULL;
	arm->value = lower_expr(l, value);
	l->b.tail = fell;
	jump(&l->b, arm->node);
	while (*end)
		end = &(*end)->next;
	*end = arm;
	for (uint32_t i = 0; i < count; i++) {
		TSNode child = ts_node_named_child(node, i);

		if (ts_node_is_null(value) || !ts_node_eq(child, value))
			lower_statement(l, child);
	}
}

/* --- statements --- */

static void lower_return(struct lowering *l, TSNode node)
{
	struct expr *value = NULL;
	struct node *ret;

	if (ts_node_named_child_count(node))
		value = lower_expr(l, ts_node_named_child(node, 0));
	ret = emit(&l->b, ND_RETURN, tree_at(l, node));
	ret->value = value;
	l->b.tail = NULL;
}

static void lower_all(struct lowering *l, TSNode node)
{
	uint32_t count = ts_node_named_child_count(node);

	for (uint32_t i = 0; i < count; i++)
		lower_statement(l, ts_node_named_child(node, i));
}

static void lower_label(struct lowering *l, TSNode node)
{
	jump(&l->b, label_find(&l->b, tree_text(l, field(node, l->parser->label))));
	for (uint32_t i = 1; i < ts_node_named_child_count(node); i++)
		lower_statement(l, ts_node_named_child(node, i));
}

static void go(struct lowering *l, struct node *to)
{
	if (to)
		jump(&l->b, to);
	l->b.tail = NULL;
}

void lower_statement(struct lowering *l, TSNode node)
{
	if (ts_node_is_null(node))
		return;
	switch (tree_sym(l, node)) {
	case SYM_if_statement:
		return lower_if(l, node);
	case SYM_while_statement:
		return lower_while(l, node);
	case SYM_do_statement:
		return lower_do(l, node);
	case SYM_for_statement:
		return lower_for(l, node);
	case SYM_switch_statement:
		return lower_switch(l, node);
	case SYM_case_statement:
		return lower_case(l, node);
	case SYM_return_statement:
		return lower_return(l, node);
	case SYM_goto_statement:
		return go(l, label_find(&l->b, tree_text(l, field(node, l->parser->label))));
	case SYM_labeled_statement:
		return lower_label(l, node);
	case SYM_break_statement:
		return go(l, l->b.stop);
	case SYM_continue_statement:
		return go(l, l->b.again);
	case SYM_declaration:
		return lower_declaration(l, node);
	case SYM_compound_statement:
	case SYM_else_clause:
	case SYM_expression_statement:
	case SYM_attributed_statement:
	case SYM_ERROR:
		return lower_all(l, node);
	default:
		lower_expr(l, node);
	}
}

/* --- a function --- */

/* Calls of the API that stand in what did not parse: they are not looked at. */
static void count_lost(struct lowering *l, TSNode node)
{
	uint32_t count = ts_node_child_count(node);

	if (!ts_node_has_error(node))
		return;
	if (tree_sym(l, node) == SYM_ERROR) {
		for (struct called *called = l->b.flow->func->calls; called; called = called->next)
			if (called->at >= tree_at(l, node) &&
			    called->at < l->base + ts_node_end_byte(node) && api_find(called->name))
				l->b.flow->lost_calls++;
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		count_lost(l, ts_node_child(node, i));
}

static TSNode body_of(const struct lowering *l, TSNode root)
{
	for (uint32_t i = 0; i < ts_node_named_child_count(root); i++) {
		TSNode body = field(ts_node_named_child(root, i), l->parser->body);

		if (!ts_node_is_null(body))
			return body;
	}
	return root;
}

struct flow *flow_new(struct parser *parser, struct mem *mem, struct func *func)
{
	static const char head[] = "v f()"; /* before the brace, for the time being */
	const uint32_t size = sizeof(head) - 1;
	char *slice = func->text->byte + func->open - size, saved[sizeof(head)];
	struct flow *flow = mem_get(mem, sizeof(*flow));
	struct lowering l = {.b = {.mem = mem, .flow = flow},
			     .parser = parser,
			     .byte = func->text->byte,
			     .base = func->open - size};
	TSTree *tree;
	TSNode root;

	memcpy(saved, slice, size);
	memcpy(slice, head, size);
	tree = ts_parser_parse_string(parser->ts, NULL, slice, func->close + 1 - l.base);
	memcpy(slice, saved, size);
	if (!tree)
		return NULL;
	root = ts_tree_root_node(tree);
	flow->func = func;
	flow->has_error = ts_node_has_error(root);
	flow->start = emit(&l.b, ND_NOP, func->open);
	count_lost(&l, root);
	lower_statement(&l, body_of(&l, root));
	if (l.b.tail)
		emit(&l.b, ND_RETURN, func->close);
	ts_tree_delete(tree);
	return flow;
}
#endif
