/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guards: fields and bits that functions ask before they free vectors. They have one name in the
 * whole module, so that what a path knows of them holds in the functions that it calls:
 * ".installed",
 * ".flags&USING_MSIX". A guard that is only ever set behind an allocation is a mark: where there
 * are no vectors it is not set.
 */
#include <ctype.h>
#include <string.h>

#include "module.h"

/* A call of the kernel's that reads or sets a bit or a number. */
enum wrapped { WRAP_NONE, WRAP_TEST, WRAP_SET, WRAP_CLEAR, WRAP_READ, WRAP_WRITE };

static enum wrapped wrapped(const struct node *node)
{
	static const struct {
		const char *name;
		enum wrapped kind;
	} calls[] = {{"test_bit", WRAP_TEST},     {"set_bit", WRAP_SET},
		     {"__set_bit", WRAP_SET},     {"clear_bit", WRAP_CLEAR},
		     {"__clear_bit", WRAP_CLEAR}, {"atomic_read", WRAP_READ},
		     {"atomic_set", WRAP_WRITE}};

	for (size_t i = 0; node->kind == ND_CALL && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (!strcmp(node->callee, calls[i].name))
			return calls[i].kind;
	return WRAP_NONE;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* "installed" of "adev->irq.installed"; NULL where it is no field. */
static atom field_of(struct mem *mem, const char *path)
{
	size_t end = strlen(path), from = end;

	while (from && is_word(path[from - 1]))
		from--;
	if (from == end || !from || (path[from - 1] != '.' && path[from - 1] != '>'))
		return NULL;
	return mem_atom(mem, path + from, end - from);
}

static atom key_of_field(struct module *m, const char *path)
{
	atom field = field_of(&m->mem, path);

	return field ? format(&m->mem, ".%s", field) : NULL;
}

static atom key_of_bit(struct module *m, const char *path, const struct expr *bit)
{
	atom field = field_of(&m->mem, path);

	if (!field || !bit || !bit->path || bit->kind == EX_BINARY || !isupper(*bit->path))
		return NULL;
	return format(&m->mem, ".%s&%s", field, bit->path);
}

/* The place whose address @arg is. */
static const struct expr *pointed(const struct expr *arg)
{
	return arg && arg->kind == EX_UNARY && arg->op == OP('&', 0) && arg->a->kind == EX_PATH
		       ? arg->a
		       : NULL;
}

static atom key_of_call(struct module *m, const struct node *node)
{
	enum wrapped kind = wrapped(node);
	const struct expr *place;

	if (kind == WRAP_NONE || !node->args)
		return NULL;
	if (kind == WRAP_READ || kind == WRAP_WRITE) {
		place = pointed(node->args);
		return place ? key_of_field(m, place->path) : NULL;
	}
	place = pointed(node->args->next);
	return place ? key_of_bit(m, place->path, node->args) : NULL;
}

/* The call before @id that left its result in @name. */
static const struct node *call_before(const struct flow *flow, unsigned id, atom name)
{
	while (id--)
		if (flow->node[id]->kind == ND_CALL && flow->node[id]->dst == name)
			return flow->node[id];
	return NULL;
}

/* What @expr, in a condition of node @id, is called in the whole module; NULL: it is no guard. */
static atom key_of(struct module *m, const struct flow *flow, unsigned id, const struct expr *expr)
{
	const struct node *call;

	if (expr->kind == EX_BINARY && expr->op == OP('&', 0) && expr->a->kind == EX_PATH)
		return key_of_bit(m, expr->a->path, expr->b);
	if (expr->kind != EX_PATH)
		return NULL;
	if (*expr->path != '#')
		return key_of_field(m, expr->path);
	call = call_before(flow, id, expr->path);
	return call ? key_of_call(m, call) : NULL;
}

static struct guard *find(struct module *m, atom key)
{
	for (unsigned i = 0; key && i < m->nguard; i++)
		if (m->guard[i].key == key)
			return &m->guard[i];
	return NULL;
}

/* --- which there are --- */

static void collect(struct module *m, const struct flow *flow, unsigned id, const struct expr *expr)
{
	atom key;

	if (!expr)
		return;
	key = key_of(m, flow, id, expr);
	if (key) {
		if (!find(m, key) && m->nguard < GUARDS)
			m->guard[m->nguard++] = (struct guard){.key = key};
	} else if (expr->kind == EX_BINARY || expr->kind == EX_UNARY) {
		collect(m, flow, id, expr->a);
		collect(m, flow, id, expr->b);
	}
}

static bool calls_kind(const struct func *func, enum api_kind kind)
{
	for (unsigned i = 0; func && func->flow && i < func->flow->nnode; i++) {
		const struct node *node = func->flow->node[i];

		if (node->kind == ND_CALL && node->api && node->api->kind == kind)
			return true;
	}
	return false;
}

static bool frees(const struct module *m, const struct func *func, const struct node *node)
{
	if (node->kind != ND_CALL)
		return false;
	if (node->api)
		return node->api->kind == API_FREE;
	return calls_kind(func_find(m, node->callee, func->text), API_FREE);
}

/* A condition that what it encloses, or what comes behind it, frees. */
static bool is_asked(const struct module *m, const struct func *func, const struct node *branch)
{
	const struct flow *flow = func->flow;
	unsigned end = branch->skip ? branch->inside_end : 0;

	if (!branch->skip && calls_kind(func, API_FREE) && !calls_kind(func, API_ALLOC))
		end = flow->nnode;
	for (unsigned i = branch->id; i < end; i++)
		if (frees(m, func, flow->node[i]))
			return true;
	return false;
}

/* --- which of them are marks --- */

/* The first node of @func by which there may be vectors; none: behind the last. */
static unsigned first_alloc(const struct module *m, const struct func *func)
{
	const struct flow *flow = func->flow;
	unsigned at = 0;

	for (; at < flow->nnode; at++) {
		const struct node *node = flow->node[at];
		const struct func *callee;

		if (node->kind != ND_CALL)
			continue;
		if (node->api && node->api->kind == API_ALLOC)
			break;
		callee = node->api ? NULL : func_find(m, node->callee, func->text);
		if (callee && callee->allocates)
			break;
	}
	return at;
}

static void find_allocators(struct module *m)
{
	bool more = true;

	while (more) {
		more = false;
		for (struct func *func = m->lexed.funcs; func; func = func->next)
			if (func->flow && !func->allocates &&
			    first_alloc(m, func) < func->flow->nnode)
				more = func->allocates = true;
	}
}

/* Could that leave something else than 0? */
static bool sets(const struct node *node)
{
	if (node->op)
		return true;
	return !node->value || node->value->kind != EX_NUMBER || node->value->number;
}

static void judge_sets(struct module *m, const struct func *func)
{
	unsigned alloc = first_alloc(m, func);

	for (unsigned i = 0; i < func->flow->nnode; i++) {
		const struct node *node = func->flow->node[i];
		struct guard *guard = node->kind == ND_SET ? find(m, node->dst) : NULL;

		if (!guard || !sets(node))
			continue;
		guard->is_set = true;
		guard->is_set_before |= i < alloc;
	}
}

/* --- one name for each --- */

static void rename_expr(struct module *m, const struct flow *flow, unsigned id, struct expr *expr)
{
	for (; expr; expr = expr->next) {
		atom key = key_of(m, flow, id, expr);

		if (find(m, key)) {
			expr->kind = EX_PATH;
			expr->path = key;
			expr->a = expr->b = NULL;
			continue;
		}
		if (expr->a)
			rename_expr(m, flow, id, expr->a);
		if (expr->b)
			rename_expr(m, flow, id, expr->b);
	}
}

/* `x |= BIT`, `x &= ~BIT`: sets the bit's guard to 1 or 0. */
static void rename_bits(struct module *m, struct node *node)
{
	bool is_clear = node->op == OP('&', '=') && node->value->kind == EX_UNARY &&
			node->value->op == OP('~', 0);
	struct expr *bit = is_clear ? node->value->a : node->value;
	atom key;

	if (!is_clear && node->op != OP('|', '='))
		return;
	key = key_of_bit(m, node->dst, bit);
	if (!find(m, key))
		return;
	bit->kind = EX_NUMBER;
	bit->number = !is_clear;
	node->value = bit;
	node->dst = key;
	node->op = 0;
}

static void rename_call(struct module *m, struct node *node)
{
	enum wrapped kind = wrapped(node);
	atom key = key_of_call(m, node);

	if (!find(m, key) || kind == WRAP_TEST || kind == WRAP_READ)
		return;
	node->kind = ND_SET;
	node->dst = key;
	node->value = kind == WRAP_WRITE ? node->args->next : node->args;
	node->op = 0;
	node->args = NULL;
	if (kind == WRAP_WRITE || !node->value)
		return;
	node->value->kind = EX_NUMBER;
	node->value->number = kind == WRAP_SET;
	node->value->next = NULL;
}

static void rename_in(struct module *m, struct flow *flow)
{
	for (unsigned i = 0; i < flow->nnode; i++) {
		struct node *node = flow->node[i];

		if (node->kind == ND_SET && node->value)
			rename_bits(m, node);
		if (node->kind == ND_SET && find(m, key_of_field(m, node->dst)))
			node->dst = key_of_field(m, node->dst);
	}
	for (unsigned i = flow->nnode; i--;) {
		if (flow->node[i]->value)
			rename_expr(m, flow, i, flow->node[i]->value);
		if (flow->node[i]->args && wrapped(flow->node[i]) == WRAP_NONE)
			rename_expr(m, flow, i, flow->node[i]->args);
	}
	for (unsigned i = 0; i < flow->nnode; i++)
		rename_call(m, flow->node[i]);
}

void guards_find(struct module *m)
{
	for (const struct func *func = m->lexed.funcs; func; func = func->next)
		for (unsigned i = 0; func->flow && i < func->flow->nnode; i++)
			if (func->flow->node[i]->kind == ND_BRANCH &&
			    is_asked(m, func, func->flow->node[i]))
				collect(m, func->flow, i, func->flow->node[i]->value);
	if (!m->nguard)
		return;
	for (const struct func *func = m->lexed.funcs; func; func = func->next)
		if (func->flow)
			rename_in(m, func->flow);
	find_allocators(m);
	for (const struct func *func = m->lexed.funcs; func; func = func->next)
		if (func->flow)
			judge_sets(m, func);
	for (unsigned i = 0; i < m->nguard; i++)
		m->guard[i].is_mark = m->guard[i].is_set && !m->guard[i].is_set_before;
}
