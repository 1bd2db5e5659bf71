/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which handler is detached: one that was attached, by the same interrupt and the same cookie? */
#include <ctype.h>
#include <string.h>

#include "paths.h"

/* Where a function takes the interrupt and the cookie, by its arguments. */
static void places(const struct api *api, int *irq, int *cookie)
{
	bool managed = api->flags & API_MANAGED;

	*irq = managed || !strncmp(api->name, "pci_", 4);
	if (api->kind == API_UNREQUEST)
		*cookie = *irq + 1;
	else if (!strncmp(api->name, "pci_", 4))
		*cookie = 4;
	else
		*cookie = (strstr(api->name, "threaded") ? 5 : 4) + managed;
}

static const struct expr *argument(const struct node *node, int index)
{
	const struct expr *arg = node->args;

	for (; arg && index; index--)
		arg = arg->next;
	return arg;
}

static const struct node *set_before(const struct flow *flow, unsigned id, atom path)
{
	while (id--)
		if ((flow->node[id]->kind == ND_SET || flow->node[id]->kind == ND_CALL) &&
		    flow->node[id]->dst == path)
			return flow->node[id];
	return NULL;
}

/* One word for an interrupt: a place, or the constant index of a vector; NULL: it is computed. */
static atom irq_word(const struct flow *flow, unsigned id, const struct expr *irq)
{
	const struct node *set;

	if (!irq || irq->kind != EX_PATH)
		return NULL;
	set = set_before(flow, id, irq->path);
	if (set && set->kind == ND_SET && set->value && set->value->kind == EX_PATH &&
	    *set->value->path == '#')
		set = set_before(flow, set->id, set->value->path);
	if (set && set->kind == ND_CALL)
		return set->api && set->api->kind == API_VECTOR && argument(set, 1)
			       ? argument(set, 1)->path
			       : NULL;
	return set ? NULL : irq->path;
}

/* Has it an element by a variable in it, or is it a variable? Then it may be another each time. */
static bool is_variable(const char *word)
{
	const char *open = strchr(word, '[');

	if (open)
		return !isdigit((unsigned char)open[1]) && !isupper((unsigned char)open[1]);
	return !isdigit((unsigned char)*word) && !isupper((unsigned char)*word) &&
	       !strpbrk(word, ".>");
}

static bool is_in_loop(const struct flow *flow, const struct node *node)
{
	for (unsigned i = 0; i < node->id; i++)
		if (flow->node[i]->is_loop && node->id >= flow->node[i]->inside &&
		    node->id < flow->node[i]->inside_end)
			return true;
	return false;
}

static atom irq_of(const struct flow *flow, const struct node *node)
{
	int irq, cookie;
	atom word;

	if (is_in_loop(flow, node))
		return NULL; /* one of many */
	places(node->api, &irq, &cookie);
	word = irq_word(flow, node->id, argument(node, irq));
	return word && !is_variable(word) ? word : NULL;
}

static atom cookie_of(const struct node *node)
{
	int irq, cookie;

	places(node->api, &irq, &cookie);
	return argument(node, cookie) ? argument(node, cookie)->path : NULL;
}

/* --- along a path --- */

static const struct node *request(const struct flow *flow, unsigned i)
{
	const struct node *node = flow->node[i];

	return node->kind == ND_CALL && node->api && node->api->kind == API_REQUEST ? node : NULL;
}

/* A bit for each call that attaches a handler, the last for all that are too many. */
static uint32_t bit_of(const struct flow *flow, const struct node *node)
{
	unsigned bit = 0;

	for (unsigned i = 0; i < node->id; i++)
		bit += request(flow, i) != NULL;
	return 1u << (bit < 31 ? bit : 31);
}

void handler_attached(struct walk *w, const struct node *node, struct state *s)
{
	s->attached |= bit_of(w->func->flow, node);
}

/* Is that more than the result of what was done before? */
static bool asks_more(const struct expr *condition)
{
	if (condition->kind == EX_BINARY)
		return asks_more(condition->a) || asks_more(condition->b);
	return condition->kind == EX_PATH ? strpbrk(condition->path, ".>#") != NULL
					  : condition->kind != EX_NUMBER;
}

/* Is it done on a condition only, whose meaning is not known? */
static bool is_conditional(const struct flow *flow, const struct node *node)
{
	for (unsigned i = 0; i < node->id; i++)
		if (flow->node[i]->skip && asks_more(flow->node[i]->value) &&
		    node->id >= flow->node[i]->inside && node->id < flow->node[i]->inside_end)
			return true;
	return false;
}

void check_detached(struct walk *w, const struct node *node, const struct state *s)
{
	const struct flow *flow = w->func->flow;
	atom irq = irq_of(flow, node), cookie = cookie_of(node);
	uint32_t same = 0;
	bool after = false;

	if (is_conditional(flow, node))
		return;
	/* what comes before all that attach is for handlers of before */
	for (unsigned i = 0; irq && i < flow->nnode; i++) {
		const struct node *other = request(flow, i);

		if (!other || irq_of(flow, other) != irq || cookie_of(other) != cookie)
			continue;
		same |= bit_of(flow, other);
		after |= i < node->id;
	}
	if (same && after && !(same & s->attached) && !w->entered_held)
		walk_report(w, "SRC-FREE-ROLLBACK", node->at, s,
			    "a handler is detached that was not attached on this path");
}

void check_detached_below(struct walk *w, const struct node *node, const struct state *s)
{
	bool attaches = false;

	for (unsigned i = 0; i < node->id; i++)
		attaches |= request(w->func->flow, i) != NULL;
	if (attaches && !s->attached && !s->requested && !w->entered_held)
		walk_report(w, "SRC-FREE-ROLLBACK", node->at, s,
			    format(&w->m->mem,
				   "%s() detaches a handler, and none was attached on this path",
				   node->callee));
}

/* --- whatever the path --- */

/* What a cookie points to, where that is known: "&hdev->event_queue"; or NULL. */
static atom object_of(const struct flow *flow, const struct node *node)
{
	const struct expr *arg;
	const struct node *set;
	int irq, cookie;

	places(node->api, &irq, &cookie);
	arg = argument(node, cookie);
	set = arg && arg->kind == EX_PATH ? set_before(flow, node->id, arg->path) : NULL;
	if (set && set->kind == ND_SET)
		arg = set->value;
	return arg && arg->kind == EX_UNARY && arg->op == OP('&', 0) && arg->a->kind == EX_PATH &&
			       is_field(arg->a->path)
		       ? arg->a->last
		       : NULL;
}

/* Attached with one cookie, detached with another: the handler stays. */
static void check_cookie(struct module *m, const struct func *func, const struct node *node)
{
	const struct flow *flow = func->flow;
	atom irq = irq_of(flow, node), object = object_of(flow, node), wrong = NULL;

	for (unsigned i = 0; irq && object && i < flow->nnode; i++) {
		const struct node *other = request(flow, i);

		if (!other || irq_of(flow, other) != irq)
			continue;
		wrong = object_of(flow, other);
		if (!wrong || wrong == object)
			return;
	}
	if (wrong)
		found_add(m, "SRC-FREE-ROLLBACK", func, node->at, NULL,
			  format(&m->mem,
				 "the handler was attached with %s, and is detached with %s: it "
				 "stays",
				 wrong, object));
}

void rules_of_handlers(struct module *m)
{
	for (const struct func *func = m->lexed.funcs; func; func = func->next)
		for (unsigned i = 0; func->flow && i < func->flow->nnode; i++) {
			const struct node *node = func->flow->node[i];

			if (node->kind == ND_CALL && node->api && node->api->kind == API_UNREQUEST)
				check_cookie(m, func, node);
		}
}
