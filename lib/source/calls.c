/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on which functions call which, whatever path leads there. */
#include <string.h>

#include "state.h"

static const struct node *call_of(const struct func *func, unsigned i)
{
	const struct node *node = func->flow->node[i];

	return node->kind == ND_CALL && node->api ? node : NULL;
}

/* Is @func given to a function that attaches handlers, anywhere in the module? */
static bool is_handler(const struct module *m, const struct func *func)
{
	for (const struct func *in = m->lexed.funcs; in; in = in->next)
		for (unsigned i = 0; in->flow && i < in->flow->nnode; i++) {
			const struct node *node = call_of(in, i);
			const struct expr *arg;

			if (!node || node->api->kind != API_REQUEST)
				continue;
			/* of two, the second is a thread, which may sleep */
			for (arg = node->args; arg; arg = arg->next)
				if (arg->kind == EX_PATH && arg->path == func->name)
					return true;
				else if (arg->kind == EX_PATH && func_find(m, arg->path, in->text))
					break;
		}
	return false;
}

static void check_atomic(struct module *m, const struct func *func)
{
	for (unsigned i = 0; i < func->flow->nnode; i++) {
		const struct node *node = call_of(func, i);

		if (node && node->api->kind == API_VECTOR && is_handler(m, func))
			found_add(m, "SRC-IRQVEC-ATOMIC", func, node->at, NULL,
				  "an interrupt handler asks for the number of a vector, which "
				  "takes a "
				  "mutex");
	}
}

static bool calls_kind(const struct module *m, enum api_kind kind)
{
	for (const struct func *func = m->lexed.funcs; func; func = func->next)
		for (unsigned i = 0; func->flow && i < func->flow->nnode; i++)
			if (call_of(func, i) && call_of(func, i)->api->kind == kind)
				return true;
	return false;
}

static void check_dynamic(struct module *m, const struct func *func)
{
	for (unsigned i = 0; i < func->flow->nnode; i++) {
		const struct node *node = call_of(func, i);

		if (node && node->api->kind == API_DYNAMIC && !calls_kind(m, API_CAN_DYNAMIC))
			found_add(m, "SRC-DYN-PAIR", func, node->at, NULL,
				  "nobody asks pci_msix_can_alloc_dyn()");
	}
}

/* With devres a free in remove is one too many. */
static void check_managed(struct module *m, const struct func *func)
{
	if (!m->is_managed || !is_slot(m, "pci_driver", "remove", func))
		return;
	for (unsigned i = 0; i < func->flow->nnode; i++) {
		const struct node *node = call_of(func, i);

		if (node && node->api->kind == API_FREE)
			found_add(m, "SRC-FREE-MANAGED", func, node->at, NULL,
				  "pcim_enable_device() frees the vectors: this does it once more");
	}
}

/* Is @name called anywhere in the module? */
static bool is_called(const struct module *m, const char *name)
{
	for (const struct func *func = m->lexed.funcs; func; func = func->next)
		for (const struct called *called = func->calls; called; called = called->next)
			if (!strcmp(called->name, name))
				return true;
	return false;
}

static bool requests_managed(const struct module *m)
{
	for (const struct func *func = m->lexed.funcs; func; func = func->next)
		for (unsigned i = 0; func->flow && i < func->flow->nnode; i++) {
			const struct node *node = call_of(func, i);

			if (node && node->api->kind == API_REQUEST &&
			    (node->api->flags & API_MANAGED))
				return true;
		}
	return false;
}

/* devres detaches handlers after remove: vectors freed in remove still have theirs. */
static void check_mixed(struct module *m, const struct func *func)
{
	if (m->is_managed || !is_slot(m, "pci_driver", "remove", func))
		return;
	for (unsigned i = 0; i < func->flow->nnode; i++) {
		const struct node *node = call_of(func, i);

		if (node && node->api->kind == API_FREE && requests_managed(m) &&
		    !is_called(m, "devm_free_irq") && !is_called(m, "free_irq"))
			found_add(m, "SRC-FREE-ORDER", func, node->at, NULL,
				  "vectors are freed here, and devres detaches their handlers only "
				  "afterwards");
	}
}

/* --- counts that are kept across a reset --- */

/* Does @func, or what it calls, call something of that kind? */
const struct node *reaches(const struct func *func, enum api_kind kind, int depth,
			   const struct func **in)
{
	const struct node *node;

	for (unsigned i = 0; func->flow && i < func->flow->nnode; i++) {
		node = call_of(func, i);
		if (node && node->api->kind == kind) {
			*in = func;
			return node;
		}
	}
	for (const struct called *called = func->calls; called && depth; called = called->next) {
		node = called->callee ? reaches(called->callee, kind, depth - 1, in) : NULL;
		if (node)
			return node;
	}
	return NULL;
}

static bool is_recovery(const struct module *m, const struct func *func)
{
	return is_slot(m, "pci_error_handlers", "reset_done", func) ||
	       is_slot(m, "pci_error_handlers", "slot_reset", func) ||
	       is_slot(m, "pci_error_handlers", "resume", func) ||
	       is_slot(m, "pci_driver", "resume", func);
}

/* Is the field that @expr ends with set from pci_msix_vec_count() somewhere? */
static bool is_counted(const struct module *m, const struct expr *expr)
{
	if (!expr || expr->kind != EX_PATH || expr->last == expr->path)
		return false;
	for (const struct func *func = m->lexed.funcs; func; func = func->next)
		for (unsigned i = 0; func->flow && i < func->flow->nnode; i++) {
			const struct node *node = call_of(func, i);
			const struct node *set = node ? node->next : NULL;
			size_t len, last = strlen(expr->last);

			if (!node || node->api->kind != API_COUNT || !set || set->kind != ND_SET ||
			    !mentions(set->value, node->dst))
				continue;
			len = strlen(set->dst);
			if (len > last && !strcmp(set->dst + len - last, expr->last))
				return true;
		}
	return false;
}

static void check_cached(struct module *m, const struct func *func)
{
	const struct func *in = NULL, *other;
	const struct node *alloc;

	if (!is_recovery(m, func))
		return;
	alloc = reaches(func, API_ALLOC, 4, &in);
	if (!alloc || reaches(func, API_COUNT, 4, &other))
		return;
	for (size_t i = 0; i < m->nsite; i++)
		if (m->site[i].node == alloc && is_counted(m, m->site[i].most))
			found_add(
				m, "SRC-CNT-CACHED", in, alloc->at, NULL,
				format(&m->mem,
				       "%s() comes here after a reset, with the count of probe: %s",
				       func->name, m->site[i].most->path));
}

void rules_of_calls(struct module *m)
{
	for (const struct func *func = m->lexed.funcs; func; func = func->next) {
		if (!func->flow)
			continue;
		check_atomic(m, func);
		check_dynamic(m, func);
		check_managed(m, func);
		check_mixed(m, func);
		check_cached(m, func);
	}
}
