/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a call of one of the module's own functions does: in as many ways as that function ends. */
#include <stdio.h>
#include <string.h>

#include "paths.h"

static bool is_mentioned(const struct flow *flow, atom path)
{
	for (unsigned i = 0; i < flow->nnode; i++)
		if (mentions(flow->node[i]->value, path) || mentions(flow->node[i]->args, path))
			return true;
	return false;
}

/* --- guards --- */

bool outcome_fits(struct state *s, const struct outcome *outcome)
{
	for (unsigned i = 0; i < outcome->nneed; i++) {
		const struct known *known = known_find(s, outcome->need[i].key);

		if (known && !(known->mask & outcome->need[i].mask))
			return false;
	}
	return true;
}

/*
 * A guarded free is a free: where a function ends alike with the vectors it was given freed, this
 * end is left out. Not where what is known of the guards forbids the other.
 */
bool outcome_is_spared(const struct summary *summary, const struct outcome *outcome,
		       struct state *s)
{
	if (!outcome->entered_held || !outcome->held || outcome->held_site)
		return false;
	for (unsigned i = 0; i < summary->count; i++)
		if (summary->outcome[i].entered_held && !summary->outcome[i].held &&
		    (summary->outcome[i].mask & outcome->mask) &&
		    outcome_fits(s, &summary->outcome[i]))
			return true;
	return false;
}

static void apply_guards(struct state *s, const struct outcome *outcome)
{
	for (unsigned i = 0; i < outcome->nneed; i++) {
		const struct asked *need = &outcome->need[i];

		if (known_find(s, need->key))
			continue;
		need_add(s, need->key, need->mask);
		known_set(s, need->key, need->mask, KIND_PLAIN, 0);
	}
	for (unsigned i = 0; i < outcome->nleft; i++) {
		const struct asked *left = &outcome->left[i];
		struct known *known = known_set(s, left->key, left->mask, KIND_PLAIN, 0);

		known->is_number = left->is_number;
		known->number = left->number;
	}
}

/* --- one end --- */

static void apply_failure(struct walk *w, const struct node *node, struct state *s,
			  const struct outcome *outcome)
{
	if (outcome->tried) {
		if (s->failed)
			w->m->site[s->failed - 1].has_fallback = true;
		s->tried = true;
		s->denied = 0;
		s->failed = outcome->failed;
	}
	if (outcome->failed && !is_mentioned(w->func->flow, node->dst))
		w->m->site[outcome->failed - 1].is_fatal = true; /* nobody asks */
}

static void apply(struct walk *w, const struct node *node, const struct state *before,
		  const struct outcome *outcome)
{
	struct state s = *before;
	struct known *known;

	if (outcome->mask != ANY || outcome->kind != KIND_PLAIN || outcome->name) {
		known = known_set(&s, node->dst, outcome->mask, outcome->kind, outcome->site);
		known->untested = outcome->untested;
		known->name = outcome->name;
		known->is_number = outcome->is_number;
		known->number = outcome->number;
	}
	s.freed = outcome->freed || (before->held && !outcome->held);
	s.held = outcome->held;
	s.requested |= outcome->requested;
	if (!outcome->held || outcome->leak_func)
		s.left = outcome->held ? outcome : NULL;
	if (outcome->held_site)
		s.held_site = outcome->held_site;
	apply_guards(&s, outcome);
	apply_failure(w, node, &s, outcome);
	walk_step(w, &s, node->at,
		  format(&w->scratch, "%s() %s", node->callee,
			 outcome->mask == NEG    ? "fails"
			 : outcome->mask == ZERO ? "returns 0"
						 : "returns"));
	walk_push(w, node->next, &s);
}

static bool apply_all(struct walk *w, const struct node *node, struct state *s,
		      const struct func *callee)
{
	bool any = false, detaches = true;

	if (!callee || !callee->summary)
		return false;
	for (unsigned i = 0; i < callee->summary->count; i++) {
		const struct outcome *outcome = &callee->summary->outcome[i];

		if (outcome->entered_held != s->held || !outcome_fits(s, outcome))
			continue;
		detaches &= outcome->detached;
		if (outcome_is_spared(callee->summary, outcome, s))
			continue;
		any = true;
		apply(w, node, s, outcome);
	}
	if (any && detaches)
		check_detached_below(w, node, s);
	return any;
}

bool effect_summary(struct walk *w, const struct node *node, struct state *s)
{
	const struct func *callee = func_find(w->m, node->callee, w->func->text);
	const struct func *target[TARGETS];
	unsigned count, done = 0;

	if (callee)
		return apply_all(w, node, s, callee);
	count = pointers_of(w->m, w->func, node->callee, target);
	for (unsigned i = 0; i < count; i++)
		done += apply_all(w, node, s, target[i]);
	if (done && done < count)
		walk_push(w, node->next, s); /* some do nothing with vectors */
	return done;
}
