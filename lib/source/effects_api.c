/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's own functions do to what is known: allocate, free, attach, detach. */
#include <string.h>

#include "paths.h"

/* The number that  was set to a few lines before, or -1. */
static long number_before(const struct walk *w, const struct node *node, atom path)
{
	for (unsigned i = node->id; path && i; i--) {
		const struct node *before = w->func->flow->node[i - 1];

		if (before->kind != ND_SET && before->kind != ND_CALL)
			break;
		if (before->kind == ND_SET && before->dst == path)
			return before->op || !before->value || before->value->kind != EX_NUMBER
				       ? -1
				       : before->value->number;
	}
	return -1;
}

static uint16_t site_of(struct walk *w, const struct node *node)
{
	struct module *m = w->m;
	struct site *site;
	const struct expr *arg = node->args;

	for (size_t i = 0; i < m->nsite; i++)
		if (m->site[i].node == node)
			return (uint16_t)(i + 1);
	if (m->nsite == SITES)
		return 0;
	site = &m->site[m->nsite++];
	*site = (struct site){
		.func = w->func, .node = node, .api = node->api, .least_n = -1, .most_n = -1};
	for (int i = 0; arg; i++, arg = arg->next) {
		if (i == node->api->least)
			site->least = arg;
		if (i == node->api->most)
			site->most = arg;
	}
	if (node->api->least < 0)
		site->least_n = site->most_n = 1;
	else if (site->least)
		site->least_n = number_of(m, site->least);
	if (site->most)
		site->most_n = number_of(m, site->most);
	if (site->least && site->least_n < 0)
		site->least_n = number_before(w, node, site->least->path);
	if (site->most && site->most_n < 0)
		site->most_n = number_before(w, node, site->most->path);
	site->is_exact = (site->least && site->most && site->least->path &&
			  site->least->path == site->most->path) ||
			 (site->least_n > 0 && site->least_n == site->most_n) ||
			 node->api->least == node->api->most;
	site->is_fixed = site->is_exact && node->api->least >= 0 && site->most_n != 1 &&
			 node->api->ret != RET_SHORT;
	return (uint16_t)m->nsite;
}

/* An interrupt of the old kind alone is there without: nothing has to be freed. */
static bool is_intx(const struct node *node)
{
	const struct expr *flags = node->args;

	for (int i = 0; flags && i < 3; i++)
		flags = flags->next;
	return !(node->api->flags & API_LEGACY) && flags && flags->kind == EX_PATH &&
	       (!strcmp(flags->path, "PCI_IRQ_INTX") || !strcmp(flags->path, "PCI_IRQ_LEGACY"));
}

static void do_alloc(struct walk *w, const struct node *node, struct state *s)
{
	uint16_t site = site_of(w, node);
	const struct site *its = site ? &w->m->site[site - 1] : NULL;
	bool counts = node->api->ret == RET_COUNT;
	struct state failed = *s;
	struct known *known;

	if (s->failed)
		w->m->site[s->failed - 1].has_fallback = true;
	if (site && (s->failed || s->denied))
		w->m->site[site - 1].has_fallback = true; /* it is one itself */
	s->failed = s->denied = failed.failed = failed.denied = 0;
	s->tried = failed.tried = true;
	known = known_set(&failed, node->dst, node->api->ret == RET_SHORT ? NEG | POS : NEG,
			  KIND_GRANT, site);
	known->untested = true;
	if (its && its->is_fixed)
		failed.failed = site;
	if (its && !its->is_exact && counts)
		failed.denied = site;
	walk_step(w, &failed, node->at, format(&w->scratch, "%s() fails", node->callee));
	walk_push(w, node->next, &failed);

	known = known_set(s, node->dst, counts ? POS : ZERO, KIND_GRANT, site);
	known->untested = true;
	if (!is_intx(node)) {
		s->held = true;
		s->freed = false;
		s->held_site = site;
	}
	s->left = NULL;
	s->open = its && !its->is_exact && counts ? site : 0;
	walk_step(w, s, node->at, format(&w->scratch, "%s() succeeds", node->callee));
	walk_push(w, node->next, s);
}

static void do_free(struct walk *w, const struct node *node, struct state *s)
{
	if (s->requested && s->held)
		walk_report(w, "SRC-FREE-ORDER", node->at, s,
			    "vectors are freed while a handler is attached to one");
	s->freed = s->held;
	s->held = false;
	s->open = s->held_site = 0;
	s->left = NULL;
	walk_step(w, s, node->at, "vectors are freed");
	walk_push(w, node->next, s);
}

/* --- handlers, vectors, counts --- */

/* A number for a constant index of a vector, from 1; 0: it is computed. */
static uint16_t index_of(struct walk *w, const struct node *node)
{
	const struct expr *index = node->args ? node->args->next : NULL;

	if (!index || !index->path || (number_of(w->m, index) < 0 && *index->path >= 'a'))
		return 0;
	for (uint16_t i = 0; i < INDEXES; i++) {
		if (!w->m->index[i])
			w->m->index[i] = index->path;
		if (w->m->index[i] == index->path)
			return (uint16_t)(i + 1);
	}
	return 0;
}

/* What is known of a vector in one number: which call it is from, and its index. */
static uint16_t vector_site(struct walk *w, const struct node *node)
{
	return (uint16_t)((node->id < 8192 ? node->id * 8 : 0) + index_of(w, node));
}

/* Where the number came from; else where it is used. */
static uint32_t vector_at(const struct walk *w, struct value value, const struct node *use)
{
	return value.site / 8 ? w->func->flow->node[value.site / 8]->at : use->at;
}

/* Handlers of computed indexes share a bit. */
static uint8_t request_bit(struct value value)
{
	return (uint8_t)(1u << (value.kind == KIND_VECTOR ? value.site % 8 : 0));
}

static void do_request(struct walk *w, const struct node *node, struct state *s)
{
	const struct expr *irq = node->args;
	struct state failed = *s;
	struct value value;

	for (int i = 0; irq && i < node->api->most; i++)
		irq = irq->next;
	if (s->failed)
		w->m->site[s->failed - 1].has_fallback = true;
	value = node->api->most >= 0 ? value_of(w->m, s, irq) : (struct value){0};
	if (value.kind == KIND_VECTOR && (value.mask & NEG) && irq->kind == EX_PATH &&
	    *irq->path != '#')
		walk_report(
			w, "SRC-IRQVEC-NEG", vector_at(w, value, node), s,
			"what pci_irq_vector() returned is kept and becomes an interrupt number "
			"untested: it may be a negative errno");
	effect_read_args(w, s, node);
	effect_read_args(w, &failed, node);
	known_set(&failed, node->dst, NEG, KIND_PLAIN, 0);
	/* an interrupt of another kind was tried: that is an answer, too */
	failed.failed = failed.denied = 0;
	walk_step(w, &failed, node->at, format(&w->scratch, "%s() fails", node->callee));
	walk_push(w, node->next, &failed);
	known_set(s, node->dst, ZERO, KIND_PLAIN, 0);
	handler_attached(w, node, s);
	if (!(node->api->flags & API_MANAGED))
		s->requested |= request_bit(value);
	s->failed = s->denied = 0;
	walk_push(w, node->next, s);
}

static void do_unrequest(struct walk *w, const struct node *node, struct state *s)
{
	const struct expr *irq = node->args;
	struct value value;

	for (int i = 0; irq && i < node->api->most; i++)
		irq = irq->next;
	if (s->freed && !(node->api->flags & API_MANAGED))
		walk_report(w, "SRC-FREE-ORDER", node->at, s,
			    "a handler is detached after the vectors were freed");
	check_detached(w, node, s);
	s->detached |= !s->attached;
	value = value_of(w->m, s, irq);
	if (value.kind == KIND_VECTOR && value.site % 8)
		s->requested &= (uint8_t)~request_bit(value);
	else
		s->requested = 0;
	effect_read_args(w, s, node);
	walk_push(w, node->next, s);
}

void effect_api(struct walk *w, const struct node *node, struct state *s)
{
	switch (node->api->kind) {
	case API_ALLOC:
		do_alloc(w, node, s);
		return;
	case API_FREE:
		do_free(w, node, s);
		return;
	case API_REQUEST:
		do_request(w, node, s);
		return;
	case API_UNREQUEST:
		do_unrequest(w, node, s);
		return;
	case API_VECTOR:
		known_set(s, node->dst, NEG | POS, KIND_VECTOR, vector_site(w, node))->untested =
			true;
		break;
	case API_COUNT:
		known_set(s, node->dst, NEG | POS, KIND_COUNT, 0)->untested = true;
		break;
	default:
		break;
	}
	walk_push(w, node->next, s);
}
