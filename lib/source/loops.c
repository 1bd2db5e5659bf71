/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loops over vectors behind an allocation that may grant fewer than were asked for: are they
 * bounded by what was granted?
 */
#include <string.h>

#include "paths.h"

#define DERIVED 16

/* Places whose values come from the granted count, wherever in the function. */
struct derived {
	unsigned count;
	atom path[DERIVED];
};

static bool is_derived(const struct derived *d, atom path)
{
	for (unsigned i = 0; i < d->count; i++)
		if (d->path[i] == path)
			return true;
	return false;
}

static bool mentions_any(const struct derived *d, const struct expr *expr)
{
	for (unsigned i = 0; expr && i < d->count; i++)
		if (mentions(expr, d->path[i]))
			return true;
	return false;
}

/* Follows assignments from the call on; false where the count is handed to a function that may do
 * anything with it, or there is too much. */
static bool follow(const struct flow *flow, const struct site *site, struct derived *d)
{
	bool more = true;

	*d = (struct derived){1, {site->node->dst}};
	while (more) {
		more = false;
		for (unsigned i = site->node->id + 1; i < flow->nnode; i++) {
			const struct node *node = flow->node[i];
			bool takes = node->kind == ND_SET
					     ? mentions_any(d, node->value)
					     : node->kind == ND_CALL && mentions_any(d, node->args);

			if (!takes || !node->dst || is_derived(d, node->dst))
				continue;
			if (node->kind == ND_CALL && !node->api && !is_printing(node->callee) &&
			    !is_sizing(node->callee))
				return false;
			if (d->count == DERIVED)
				return false;
			d->path[d->count++] = node->dst;
			more = true;
		}
	}
	return true;
}

/* Is fewer than was asked for refused? */
static bool is_refused(const struct flow *flow, const struct site *site, const struct derived *d)
{
	for (unsigned i = site->node->id; i < flow->nnode; i++) {
		const struct expr *value = flow->node[i]->value;

		if (flow->node[i]->kind == ND_BRANCH && value->kind == EX_BINARY &&
		    (value->op == OP('!', '=') || value->op == OP('=', '=')) &&
		    mentions_any(d, value) && mentions(value, site->most->path))
			return true;
	}
	return false;
}

/* Does @expr read the vector of element @index of @entries? */
static bool reads_entry(const struct expr *expr, const char *entries, const char *index)
{
	size_t len = strlen(entries);

	for (; expr; expr = expr->next) {
		if (expr->kind == EX_PATH && !strncmp(expr->path, entries, len) &&
		    expr->path[len] == '[' &&
		    !strncmp(expr->path + len + 1, index, strlen(index)) &&
		    expr->path[len + 1 + strlen(index)] == ']' && !strcmp(expr->last, "vector"))
			return true;
		if (reads_entry(expr->a, entries, index) || reads_entry(expr->b, entries, index))
			return true;
	}
	return false;
}

static bool uses_vector(const struct flow *flow, const struct site *site, const struct node *branch,
			atom index)
{
	const struct expr *entries = site->node->args ? site->node->args->next : NULL;

	for (unsigned i = branch->inside; i < branch->inside_end; i++) {
		const struct node *node = flow->node[i];

		if (node->kind == ND_CALL && node->api && node->api->kind == API_VECTOR &&
		    node->args && node->args->next && node->args->next->path == index)
			return true;
		if ((site->api->flags & API_LEGACY) && entries && entries->kind == EX_PATH &&
		    (reads_entry(node->value, entries->path, index) ||
		     reads_entry(node->args, entries->path, index)))
			return true;
	}
	return false;
}

void check_loops(struct module *m, const struct site *site)
{
	const struct flow *flow = site->func->flow;
	struct derived d;

	if (site->is_exact || site->api->ret != RET_COUNT || !site->most || !site->most->path ||
	    !follow(flow, site, &d) || is_refused(flow, site, &d))
		return;
	for (unsigned i = site->node->id; i < flow->nnode; i++) {
		const struct node *node = flow->node[i];
		const struct expr *bound;

		if (node->kind != ND_BRANCH || !node->skip || node->value->kind != EX_BINARY ||
		    node->value->op != OP('<', 0) || node->value->a->kind != EX_PATH)
			continue;
		bound = node->value->b;
		if (bound->kind != EX_PATH || is_derived(&d, bound->path) ||
		    number_of(m, bound) >= 0 || (site->least && site->least->path == bound->path))
			continue;
		if (uses_vector(flow, site, node, node->value->a->path))
			found_add(m, "SRC-ALLOC-PARTIAL", site->func, node->at, NULL,
				  format(&m->mem,
					 "this loop over vectors runs to %s, whatever was granted",
					 bound->path));
	}
}
