/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ends of a function: what its callers will see of it. */
#include <string.h>

#include "paths.h"

bool is_error(const struct func *func, uint8_t mask)
{
	if (func->is_void)
		return false;
	if (func->is_pointer)
		return !(mask & POS);
	return !(mask & ZERO) && (mask & NEG);
}

static bool same_asked(const struct asked *a, unsigned na, const struct asked *b, unsigned nb)
{
	if (na != nb)
		return false;
	for (unsigned i = 0; i < na; i++)
		if (a[i].key != b[i].key || a[i].mask != b[i].mask || a[i].number != b[i].number)
			return false;
	return true;
}

/* What is known of guards at the end, and what had to be so for it to come to this. */
static void take_guards(struct outcome *outcome, const struct state *s)
{
	memcpy(outcome->need, s->need, sizeof(outcome->need));
	outcome->nneed = s->nneed;
	for (unsigned i = 0; i < s->nknown && outcome->nleft < ASKED; i++) {
		const struct known *known = &s->known[i];

		if (*known->key == '.')
			outcome->left[outcome->nleft++] = (struct asked){
				known->key, known->mask, known->is_number, known->number};
	}
}

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->entered_held == b->entered_held && a->mask == b->mask && a->kind == b->kind &&
	       a->held == b->held && a->detached == b->detached && a->requested == b->requested &&
	       a->tried == b->tried && a->site == b->site && a->name == b->name &&
	       a->is_number == b->is_number && a->number == b->number && a->failed == b->failed &&
	       a->held_site == b->held_site && a->untested == b->untested &&
	       a->leak_at == b->leak_at && same_asked(a->need, a->nneed, b->need, b->nneed) &&
	       same_asked(a->left, a->nleft, b->left, b->nleft);
}

static void add_outcome(struct walk *w, const struct outcome *outcome, const struct state *s)
{
	struct summary *summary = w->func->summary;
	struct outcome *slot;

	for (unsigned i = 0; i < summary->count; i++)
		if (same(&summary->outcome[i], outcome))
			return;
	if (summary->count == OUTCOMES)
		return;
	slot = &summary->outcome[summary->count++];
	*slot = *outcome;
	slot->steps = walk_keep(w->m, s->steps);
	if (slot->leak_func == w->func && !slot->leak_steps)
		slot->leak_steps = slot->steps;
}

void effect_end(struct walk *w, const struct node *node, struct state *s, struct value value)
{
	struct outcome outcome = {.entered_held = w->entered_held,
				  .mask = w->func->is_void ? ANY : value.mask,
				  .kind = value.kind == KIND_GRANT ? value.kind : KIND_PLAIN,
				  .untested = value.kind == KIND_GRANT && value.untested,
				  .held = s->held,
				  .freed = s->freed,
				  .tried = s->tried,
				  .detached = s->detached,
				  .requested = s->requested,
				  .site = value.kind == KIND_GRANT ? value.site : 0,
				  .held_site = s->held ? s->held_site : 0,
				  .failed = s->failed,
				  .is_number = value.is_number,
				  .number = value.number,
				  .name = value.name};

	if (w->func->is_pointer && value.mask & POS && node->value && node->value->kind == EX_PATH)
		outcome.mask = POS; /* errors are said: ERR_PTR(), NULL */
	for (unsigned i = 0; i < s->nknown; i++)
		check_lost(w, s, &s->known[i]);
	for (unsigned i = 0; i < s->nknown; i++)
		if (s->known[i].kind == KIND_REF && !is_field(s->known[i].key))
			walk_report(w, "SRC-SRIOV-REF", node->at, s,
				    "a reference that was taken is not dropped on this path");
	/* a VF has no other interrupts: who goes on without goes on to nothing */
	if (s->failed && w->func->is_void && w->m->is_vf &&
	    w->m->site[s->failed - 1].func == w->func)
		w->m->site[s->failed - 1].is_fatal = true;
	if (!is_error(w->func, outcome.mask))
		outcome.failed = 0;
	if (s->held && is_error(w->func, outcome.mask)) {
		outcome.leak_func = w->func;
		outcome.leak_at = node->at;
		if (s->left) {
			outcome.leak_func = s->left->leak_func;
			outcome.leak_at = s->left->leak_at;
			outcome.leak_steps = s->left->leak_steps;
		}
	}
	take_guards(&outcome, s);
	add_outcome(w, &outcome, s);
}
