/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be said of places where vectors are allocated. */
#include <stdio.h>
#include <string.h>

#include "paths.h"

/* What was asked for, as it stands in the source. */
static const char *words(struct module *m, const struct expr *expr, long number)
{
	if (expr && expr->path && *expr->path == '#')
		return "a computed number of";
	if (expr && expr->path) /* a guard goes by its field */
		return expr->path + (*expr->path == '.');
	return number >= 0 ? format(&m->mem, "%ld", number) : "?";
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), size = strlen(end);

	return len >= size && !strcmp(text + len - size, end);
}

static void check_fixed(struct module *m, const struct site *site)
{
	if (site->is_fixed && site->is_fatal && !site->has_fallback)
		found_add(m, "SRC-ALLOC-FIXED", site->func, site->node->at, NULL,
			  format(&m->mem,
				 "exactly %s vectors or none at all: nothing else is tried",
				 words(m, site->most, site->most_n)));
}

static const struct expr *argument(const struct node *node, int index)
{
	const struct expr *arg = node->args;

	for (; arg && index; index--)
		arg = arg->next;
	return arg;
}

/*
 * A vector of this module that is only there where more than the least count was granted: a
 * constant index beyond it, or one that is computed.
 */
static const struct node *beyond(const struct module *m, const struct site *site, bool computed,
				 const struct func **in)
{
	for (const struct func *func = m->lexed.funcs; func; func = func->next)
		for (unsigned i = 0; func->flow && i < func->flow->nnode; i++) {
			const struct node *node = func->flow->node[i];
			const struct expr *index;
			long number;

			if (node->kind != ND_CALL || !node->api || node->api->kind != API_VECTOR)
				continue;
			index = argument(node, 1);
			number = number_of(m, index);
			*in = func;
			if (number < 0 ? computed : site->least_n > 0 && number >= site->least_n)
				return node;
		}
	return NULL;
}

/* Only the sign of the result is looked at, though vectors beyond the first are used. */
static void check_discarded(struct module *m, const struct site *site)
{
	const struct func *in;
	const struct node *node;

	if (site->is_exact || site->is_used || site->api->ret != RET_COUNT ||
	    (site->api->flags & API_MANAGED))
		return;
	/* up to a computed least count computed indexes may well be right */
	if (site->most_n == 1 || site->least_n < 0)
		return;
	node = beyond(m, site, true, &in);
	if (!node)
		return;
	found_add(m, "SRC-ALLOC-PARTIAL", site->func, site->node->at, NULL,
		  format(&m->mem,
			 "%s to %s vectors may be granted, and nobody keeps how many: vectors are "
			 "used "
			 "by computed index in %s()",
			 words(m, site->least, site->least_n), words(m, site->most, site->most_n),
			 in->name));
}

static size_t allocations(const struct module *m)
{
	size_t count = 0;

	for (size_t i = 0; i < m->nsite; i++)
		count += m->site[i].api->least >= 0;
	return count;
}

/* Is the granted count compared with something but 0 in ? */
static bool is_guarded(const struct module *m, const struct site *site, const struct func *func,
		       long index)
{
	const struct node *set = site->node->next;
	struct expr *dst;
	unsigned op;
	long with;

	if (!set || set->kind != ND_SET || !mentions(set->value, site->node->dst))
		set = NULL;
	for (unsigned i = 0; i < func->flow->nnode; i++) {
		const struct node *node = func->flow->node[i];

		if (node->kind != ND_BRANCH || node->value->kind != EX_BINARY)
			continue;
		if (compared(m, node->value, &op, &with)) {
			if (with == index || with == index + 1)
				return true; /* by whatever name the count goes there */
			if (with <= 0)
				continue;
		}
		dst = node->value->a->kind == EX_PATH ? node->value->a : node->value->b;
		if (set && dst->kind == EX_PATH && ends_with(set->dst, dst->last))
			return true;
	}
	return false;
}

static void check_range(struct module *m, const struct site *site)
{
	const struct func *in;
	const struct node *node;

	if (allocations(m) != 1)
		return;
	node = beyond(m, site, false, &in);
	if (node && !is_guarded(m, site, in, number_of(m, argument(node, 1))))
		found_add(m, "SRC-IRQVEC-RANGE", in, node->at, NULL,
			  format(&m->mem,
				 "vector %ld is there only where more than %ld were granted",
				 number_of(m, argument(node, 1)), site->least_n));
}

static void check_legacy(struct module *m, const struct func *func, const struct node *node)
{
	if (node->api->flags & API_LEGACY)
		found_add(m, "SRC-LEGACY-CALL", func, node->at, NULL,
			  format(&m->mem, "%s() is a legacy call", node->callee));
}

void rules_of_sites(struct module *m)
{
	for (size_t i = 0; i < m->nsite; i++) {
		const struct site *site = &m->site[i];

		check_fixed(m, site);
		check_discarded(m, site);
		check_loops(m, site);
		check_range(m, site);
		if (!site->least_n && site->api->least >= 0)
			found_add(m, "SRC-ALLOC-MINZERO", site->func, site->node->at, NULL,
				  "a least count of 0 is refused, always");
	}
	for (const struct func *func = m->lexed.funcs; func; func = func->next)
		for (unsigned i = 0; func->flow && i < func->flow->nnode; i++)
			if (func->flow->node[i]->kind == ND_CALL && func->flow->node[i]->api &&
			    func->flow->node[i]->api->kind == API_ALLOC)
				check_legacy(m, func, func->flow->node[i]);
}
