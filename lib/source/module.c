/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A module: which of its functions matter, and in which order they are walked. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

const char *format(struct mem *mem, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return mem_word(mem, text);
}

void found_add(struct module *m, const char *rule, const struct func *func, uint32_t at,
	       const struct step *steps, const char *message)
{
	struct found *found;

	for (found = m->found; found; found = found->next)
		if (!strcmp(found->rule, rule) && found->func->text == func->text &&
		    found->at == at)
			return;
	found = mem_get(&m->mem, sizeof(*found));
	*found = (struct found){m->found, rule, func, at, message, steps};
	m->found = found;
}

/* --- functions by name --- */

static int by_name(const void *a, const void *b)
{
	const struct func *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

struct func *func_find(const struct module *m, const char *name, const struct text *near)
{
	size_t low = 0, high = m->nfunc;
	struct func *first = NULL;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(m->by_name[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < m->nfunc && !strcmp(m->by_name[low]->name, name); low++) {
		if (m->by_name[low]->text == near)
			return m->by_name[low];
		if (!first && !m->by_name[low]->is_static)
			first = m->by_name[low];
	}
	return first;
}

static void index_functions(struct module *m)
{
	size_t at = 0;

	m->nfunc = m->lexed.nfuncs;
	m->by_name = mem_get(&m->mem, (m->nfunc + 1) * sizeof(struct func *));
	for (struct func *func = m->lexed.funcs; func; func = func->next)
		m->by_name[at++] = func;
	qsort(m->by_name, m->nfunc, sizeof(struct func *), by_name);
	for (struct func *func = m->lexed.funcs; func; func = func->next)
		for (struct called *called = func->calls; called; called = called->next) {
			called->callee = func_find(m, called->name, func->text);
			if (called->callee)
				called->callee->ncallers++;
		}
}

/* --- initialisers --- */

bool is_slot(const struct module *m, const char *type, const char *field, const struct func *func)
{
	for (const struct slot *slot = m->lexed.slots; slot; slot = slot->next)
		if ((!type || !strcmp(slot->type, type)) && !strcmp(slot->field, field) &&
		    slot->value == func->name)
			return true;
	return false;
}

bool is_in_slot(const struct module *m, const struct func *func)
{
	for (const struct slot *slot = m->lexed.slots; slot; slot = slot->next)
		if (slot->value == func->name)
			return true;
	return false;
}

/* --- which functions matter --- */

static void count_calls(struct module *m, struct func *func)
{
	for (struct called *called = func->calls; called; called = called->next) {
		const struct api *api = api_find(called->name);

		if (!api)
			continue;
		m->stats.calls++;
		m->is_managed |= api->kind == API_MANAGE;
		func->matters |= api->kind != API_GET && api->kind != API_PUT;
	}
}

/* What a callback calls belongs to it, three calls deep. */
static void mark_callees(struct func *func, int depth)
{
	func->matters = true;
	for (struct called *called = func->calls; called && depth; called = called->next)
		if (called->callee)
			mark_callees(called->callee, depth - 1);
}

static void mark(struct module *m)
{
	bool more = true;

	for (struct func *func = m->lexed.funcs; func; func = func->next) {
		count_calls(m, func);
		func->is_callback = is_slot(m, "pci_driver", "sriov_set_msix_vec_count", func);
		if (func->is_callback)
			mark_callees(func, 3);
	}
	while (more) { /* whoever calls one that matters does, too */
		more = false;
		for (struct func *func = m->lexed.funcs; func; func = func->next)
			for (struct called *c = func->calls; c && !func->matters; c = c->next)
				if (c->callee && c->callee->matters)
					more = func->matters = true;
	}
}

/* --- walking --- */

static void parse_all(struct module *m)
{
	for (struct func *func = m->lexed.funcs; func; func = func->next) {
		if (!func->matters)
			continue;
		func->flow = flow_new(m->parser, &m->mem, func);
		m->stats.parsed++;
		if (!func->flow)
			continue;
		m->stats.errors += func->flow->has_error;
		m->stats.lost_calls += func->flow->lost_calls;
	}
}

static void walk_below(struct module *m, struct func *func)
{
	if (func->in_progress || func->summary || !func->flow)
		return;
	func->in_progress = true;
	for (struct called *called = func->calls; called; called = called->next)
		if (called->callee)
			walk_below(m, called->callee);
	walk_function(m, func);
	func->in_progress = false;
}

static bool is_of_vf(const struct module *m)
{
	for (size_t i = 0; i < m->ntext; i++) {
		const char *base = strrchr(m->text[i]->path, '/');
		const char *found = strstr(base ? base : m->text[i]->path, "vf");

		if (found && strncmp(found, "vfio", 4))
			return true;
	}
	return false;
}

void module_analyse(struct module *m)
{
	for (size_t i = 0; i < m->ntext; i++)
		lex_text(&m->mem, m->text[i], &m->lexed);
	m->stats.functions += m->lexed.nfuncs;
	m->is_vf = is_of_vf(m);
	index_functions(m);
	pointers_find(m);
	mark(m);
	parse_all(m);
	constants_load(m);
	guards_find(m);
	/* what frees is known before others hand it over, to be called later */
	for (struct func *func = m->lexed.funcs; func; func = func->next)
		for (struct called *called = func->calls; called; called = called->next) {
			const struct api *api = api_find(called->name);

			if (api && api->kind == API_FREE)
				walk_below(m, func);
		}
	for (struct func *func = m->lexed.funcs; func; func = func->next)
		walk_below(m, func);
	rules_of_roots(m);
	rules_of_sites(m);
	rules_of_calls(m);
	rules_of_handlers(m);
	rules_of_callbacks(m);
}
