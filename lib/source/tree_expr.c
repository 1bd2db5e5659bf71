/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions: what they call and assign becomes nodes, what is left has no side effects. */
#ifdef WITH_TREE_SITTER
#include <stdlib.h>
#include <string.h>

#include "tree.h"

static TSNode field(TSNode node, TSFieldId id)
{
	return ts_node_child_by_field_id(node, id);
}

static struct expr *number(struct lowering *l, TSNode node, long value)
{
	struct expr *expr = expr_new(&l->b, EX_NUMBER, tree_at(l, node));

	expr->number = value;
	expr->path = tree_text(l, node);
	return expr;
}

static unsigned operator_of(struct lowering *l, TSNode node)
{
	TSNode op = field(node, l->parser->operator);
	const char *text;

	if (ts_node_is_null(op))
		return 0;
	text = l->byte + tree_at(l, op);
	switch (ts_node_end_byte(op) - ts_node_start_byte(op)) {
	case 1:
		return OP(text[0], 0);
	case 2:
		return OP(text[0], text[1]);
	default: /* <<= and >>= */
		return OP('<', '<');
	}
}

/* All that is in @node, one after the other. */
static struct expr *lower_children(struct lowering *l, TSNode node)
{
	struct expr *first = NULL, **end = &first;
	uint32_t count = ts_node_named_child_count(node);

	for (uint32_t i = 0; i < count; i++) {
		struct expr *child = lower_expr(l, ts_node_named_child(node, i));

		if (!child)
			continue;
		if (child->next) { /* belongs to another list already */
			struct expr *copy = expr_new(&l->b, child->kind, child->at);

			*copy = *child;
			copy->next = NULL;
			child = copy;
		}
		*end = child;
		end = &child->next;
	}
	return first;
}

static struct expr *other(struct lowering *l, TSNode node)
{
	struct expr *expr = expr_new(&l->b, EX_OTHER, tree_at(l, node));

	expr->a = lower_children(l, node);
	return expr;
}

/* Text of what is called or of a place in memory, with a name for every call inside. */
static struct expr *lower_path(struct lowering *l, TSNode node)
{
	TSNode argument = field(node, l->parser->argument);
	TSNode index = field(node, l->parser->index);
	struct expr *expr, *inner = NULL;

	if (!ts_node_is_null(argument))
		inner = lower_expr(l, argument);
	expr = expr_path(&l->b, tree_text(l, node), tree_at(l, node));
	if (!ts_node_is_null(index))
		expr->a = lower_expr(l, index);
	if (inner && inner->kind != EX_PATH)
		expr->b = inner;
	return expr;
}

/* Pointers that are errors count as negative, as the numbers in them are. */
static bool is_error_test(struct lowering *l, TSNode function, unsigned *op)
{
	atom name = tree_text(l, function);

	*op = strcmp(name, "IS_ERR") ? OP('<', '=') : OP('<', 0);
	return !strcmp(name, "IS_ERR") || !strcmp(name, "IS_ERR_OR_NULL");
}

static struct expr *test_error(struct lowering *l, TSNode node, struct expr *pointer, unsigned op)
{
	struct expr *expr = expr_new(&l->b, EX_BINARY, tree_at(l, node));

	expr->op = op;
	expr->a = pointer;
	expr->b = number(l, node, 0);
	expr->path = tree_text(l, node);
	return expr;
}

static struct expr *lower_call(struct lowering *l, TSNode node)
{
	unsigned test;
	TSNode function = field(node, l->parser->function);
	struct expr *args = lower_children(l, field(node, l->parser->arguments));
	struct node *call;

	if (args && !args->next && is_error_test(l, function, &test))
		return test_error(l, node, args, test);
	if (tree_sym(l, function) != SYM_identifier)
		lower_expr(l, function);
	call = emit(&l->b, ND_CALL, tree_at(l, node));
	call->callee = tree_text(l, function);
	call->api = api_find(call->callee);
	call->args = args;
	call->dst = temp_name(&l->b);
	return expr_path(&l->b, call->dst, call->at);
}

/* Sets @dst, which is the text of a place. */
static struct node *set(struct lowering *l, TSNode at, atom dst, unsigned op, struct expr *value)
{
	struct node *node = emit(&l->b, ND_SET, tree_at(l, at));

	node->dst = dst;
	node->op = op;
	node->value = value;
	return node;
}

static struct expr *lower_assignment(struct lowering *l, TSNode node)
{
	TSNode left = field(node, l->parser->left);
	struct expr *to, *value = lower_expr(l, field(node, l->parser->right));
	unsigned op = operator_of(l, node);

	to = lower_expr(l, left);
	if (to && to->kind == EX_PATH)
		set(l, node, to->path, op == OP('=', 0) ? 0 : op, value);
	return to;
}

static struct expr *lower_update(struct lowering *l, TSNode node)
{
	struct expr *to = lower_expr(l, field(node, l->parser->argument));

	if (to && to->kind == EX_PATH)
		set(l, node, to->path, operator_of(l, node), NULL);
	return to;
}

/* A condition whose value is wanted: 1 or 0 in a name of its own; and `a ? b : c`. */
static struct expr *lower_choice(struct lowering *l, TSNode node, TSNode condition, TSNode a,
				 TSNode b)
{
	struct node *yes = node_new(&l->b, ND_NOP, tree_at(l, node));
	struct node *no = node_new(&l->b, ND_NOP, tree_at(l, node)), *end;
	struct expr *value;
	atom name = temp_name(&l->b);

	lower_condition(l, condition, yes, no);
	l->b.tail = yes;
	value = ts_node_is_null(a) ? number(l, node, 1) : lower_expr(l, a);
	set(l, node, name, 0, value);
	end = emit(&l->b, ND_NOP, tree_at(l, node));
	l->b.tail = no;
	value = ts_node_is_null(b) ? number(l, node, 0) : lower_expr(l, b);
	set(l, node, name, 0, value);
	jump(&l->b, end);
	return expr_path(&l->b, name, tree_at(l, node));
}

static bool is_logic(unsigned op)
{
	return op == OP('&', '&') || op == OP('|', '|');
}

static struct expr *lower_binary(struct lowering *l, TSNode node)
{
	struct expr *expr;
	TSNode none = {0};
	unsigned op = operator_of(l, node);

	if (is_logic(op))
		return lower_choice(l, node, node, none, none);
	expr = expr_new(&l->b, EX_BINARY, tree_at(l, node));
	expr->op = op;
	expr->a = lower_expr(l, field(node, l->parser->left));
	expr->b = lower_expr(l, field(node, l->parser->right));
	expr->path = tree_text(l, node);
	return expr->a && expr->b ? expr : other(l, node);
}

static struct expr *lower_unary(struct lowering *l, TSNode node)
{
	struct expr *expr = expr_new(&l->b, EX_UNARY, tree_at(l, node));

	expr->op = operator_of(l, node);
	expr->a = lower_expr(l, field(node, l->parser->argument));
	expr->path = tree_text(l, node);
	if (expr->a && expr->a->kind == EX_NUMBER && expr->op == OP('-', 0))
		return number(l, node, -expr->a->number);
	return expr->a ? expr : other(l, node);
}

static struct expr *lower_pointer(struct lowering *l, TSNode node)
{
	/* &x is no x: whoever is given it may change it */
	if (l->byte[tree_at(l, node)] == '&')
		return lower_unary(l, node);
	return lower_path(l, node);
}

static struct expr *lower_parens(struct lowering *l, TSNode node)
{
	struct expr *last = NULL;
	uint32_t count = ts_node_named_child_count(node);

	for (uint32_t i = 0; i < count; i++) {
		TSNode child = ts_node_named_child(node, i);

		if (tree_sym(l, child) == SYM_compound_statement) {
			lower_statement(l, child);
			last = other(l, node);
		} else {
			last = lower_expr(l, child);
		}
	}
	return last;
}

static struct expr *lower_comma(struct lowering *l, TSNode node)
{
	lower_expr(l, field(node, l->parser->left));
	return lower_expr(l, field(node, l->parser->right));
}

static long char_value(const char *text)
{
	return text[1] == '\\' ? 1 : text[1];
}

struct expr *lower_expr(struct lowering *l, TSNode node)
{
	const struct parser *p = l->parser;

	if (ts_node_is_null(node))
		return NULL;
	switch (tree_sym(l, node)) {
	case SYM_number_literal:
		return number(l, node, strtol(l->byte + tree_at(l, node), NULL, 0));
	case SYM_char_literal:
		return number(l, node, char_value(l->byte + tree_at(l, node)));
	case SYM_true:
		return number(l, node, 1);
	case SYM_false:
	case SYM_null:
		return number(l, node, 0);
	case SYM_identifier:
		if (!strncmp(l->byte + tree_at(l, node), "NULL", 4) &&
		    ts_node_end_byte(node) - ts_node_start_byte(node) == 4)
			return number(l, node, 0);
		return expr_path(&l->b, tree_text(l, node), tree_at(l, node));
	case SYM_field_expression:
	case SYM_subscript_expression:
		return lower_path(l, node);
	case SYM_pointer_expression:
		return lower_pointer(l, node);
	case SYM_call_expression:
		return lower_call(l, node);
	case SYM_assignment_expression:
		return lower_assignment(l, node);
	case SYM_update_expression:
		return lower_update(l, node);
	case SYM_binary_expression:
		return lower_binary(l, node);
	case SYM_unary_expression:
		return lower_unary(l, node);
	case SYM_cast_expression:
		return lower_expr(l, field(node, p->value));
	case SYM_conditional_expression:
		return lower_choice(l, node, field(node, p->condition), field(node, p->consequence),
				    field(node, p->alternative));
	case SYM_parenthesized_expression:
		return lower_parens(l, node);
	case SYM_comma_expression:
		return lower_comma(l, node);
	case SYM_string_literal:
	case SYM_concatenated_string:
		return expr_new(&l->b, EX_STRING, tree_at(l, node));
	case SYM_sizeof_expression:
	case SYM_offsetof_expression:
	case SYM_type_descriptor:
		return expr_new(&l->b, EX_OTHER, tree_at(l, node));
	default:
		return other(l, node);
	}
}

static TSNode unwrap(const struct lowering *l, TSNode node)
{
	while (tree_sym(l, node) == SYM_parenthesized_expression &&
	       ts_node_named_child_count(node) == 1 &&
	       tree_sym(l, ts_node_named_child(node, 0)) != SYM_compound_statement)
		node = ts_node_named_child(node, 0);
	return node;
}

void lower_condition(struct lowering *l, TSNode node, struct node *yes, struct node *no)
{
	const struct parser *p = l->parser;
	struct node *between;
	struct expr *value;
	unsigned op;

	node = unwrap(l, node);
	op = ts_node_is_null(node) ? 0 : operator_of(l, node);
	if (!ts_node_is_null(node) && tree_sym(l, node) == SYM_binary_expression && is_logic(op)) {
		between = node_new(&l->b, ND_NOP, tree_at(l, node));
		if (op == OP('&', '&'))
			lower_condition(l, field(node, p->left), between, no);
		else
			lower_condition(l, field(node, p->left), yes, between);
		l->b.tail = between;
		lower_condition(l, field(node, p->right), yes, no);
		return;
	}
	if (!ts_node_is_null(node) && tree_sym(l, node) == SYM_unary_expression &&
	    op == OP('!', 0)) {
		lower_condition(l, field(node, p->argument), no, yes);
		return;
	}
	value = lower_expr(l, node);
	if (value)
		emit_branch(&l->b, value, yes, no);
	else
		jump(&l->b, yes); /* for (;;) */
}
#endif
