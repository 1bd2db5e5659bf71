/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths of a function. Two that know the same at the same place are one: what is known is little,
 * so there are few. The shortest path to each place is the one that is told.
 */
#include <stdlib.h>
#include <string.h>

#include "paths.h"

#define VISITS 12000 /* of a function: then its walk is cut */

void walk_step(struct walk *w, struct state *s, uint32_t at, const char *note)
{
	struct step *step = mem_get(&w->scratch, sizeof(*step));

	*step = (struct step){s->steps, w->func, at, note};
	s->steps = step;
}

/* --- places seen --- */

static void *no_memory(struct walk *w)
{
	longjmp(w->m->mem.no_memory, 1);
}

static void grow_slots(struct walk *w)
{
	size_t slots = w->slots ? w->slots * 2 : 512;
	uint64_t *slot = calloc(slots, sizeof(*slot));

	if (!slot)
		no_memory(w);
	for (size_t i = 0; i < w->slots; i++) {
		size_t at = w->slot[i] & (slots - 1);

		if (!w->slot[i])
			continue;
		while (slot[at])
			at = (at + 1) & (slots - 1);
		slot[at] = w->slot[i];
	}
	free(w->slot);
	w->slot = slot;
	w->slots = slots;
}

static bool is_new(struct walk *w, uint64_t hash)
{
	size_t at;

	hash |= 1;
	if (w->seen * 2 >= w->slots)
		grow_slots(w);
	for (at = hash & (w->slots - 1); w->slot[at]; at = (at + 1) & (w->slots - 1))
		if (w->slot[at] == hash)
			return false;
	w->slot[at] = hash;
	w->seen++;
	return true;
}

/* --- what no node asks any more --- */

struct last_use {
	struct last_use *next;
	atom key;
	unsigned node;
};

static bool reads(const struct node *node, atom key)
{
	return (node->value && node->value->path == key) || mentions(node->value, key) ||
	       mentions(node->args, key);
}

static unsigned last_use(struct walk *w, atom key)
{
	const struct flow *flow = w->func->flow;
	struct last_use *use;

	for (use = w->uses; use; use = use->next)
		if (use->key == key)
			return use->node;
	use = mem_get(&w->scratch, sizeof(*use));
	*use = (struct last_use){w->uses, key, flow->nnode};
	while (use->node && !reads(flow->node[use->node - 1], key))
		use->node--;
	w->uses = use;
	return use->node;
}

/* Paths that differ in nothing that is asked again are one. */
static void forget(struct walk *w, const struct node *node, struct state *s)
{
	for (unsigned i = 0; i < s->nknown;) {
		const struct known *known = &s->known[i];

		if (known->kind == KIND_PLAIN && *known->key != '.' &&
		    last_use(w, known->key) <= node->id)
			known_drop(s, known->key);
		else
			i++;
	}
}

void walk_push(struct walk *w, const struct node *node, const struct state *from)
{
	struct state copy, *s = &copy;

	while (node && node->kind == ND_NOP && node->next)
		node = node->next; /* nothing happens here */
	if (!node || w->cut)
		return;
	copy = *from;
	forget(w, node, s);
	if (!is_new(w, state_hash(s, node->id)))
		return;
	if (w->seen > VISITS) {
		w->cut = true;
		return;
	}
	if (w->count == w->room) {
		size_t room = w->room ? w->room * 2 : 64;
		struct todo *grown = realloc(w->todo, room * sizeof(*grown));

		if (!grown)
			no_memory(w);
		w->todo = grown;
		w->room = room;
	}
	w->todo[w->count++] = (struct todo){node, *s};
}

/* --- what is worth remembering --- */

static bool is_watched(const struct flow *flow, const struct node *branch)
{
	atom path = branch->value->kind == EX_PATH ? branch->value->path : NULL;
	atom text = branch->value->path;

	if (branch->value->kind == EX_BINARY)
		path = branch->value->a->kind == EX_PATH   ? branch->value->a->path
		       : branch->value->b->kind == EX_PATH ? branch->value->b->path
							   : NULL;
	for (unsigned i = 0; i < flow->nnode; i++) {
		const struct node *node = flow->node[i];

		if (node == branch || !node->value || node->kind == ND_SET)
			continue;
		if ((text && node->value->path == text) || (path && mentions(node->value, path)))
			return true;
	}
	return false;
}

static void find_watched(struct walk *w)
{
	const struct flow *flow = w->func->flow;

	for (unsigned i = 0; i < flow->nnode; i++)
		if (flow->node[i]->kind == ND_BRANCH)
			w->watched[i] = is_watched(flow, flow->node[i]);
}

/* --- steps --- */

static const char *taken(struct walk *w, const struct node *node, bool yes)
{
	const char *from = w->func->text->byte + node->at;
	const char *end = from;
	char text[64];
	size_t len = 0;
	int depth = 0;

	for (; *end && *end != ';' && *end != '{' && depth >= 0 && len < sizeof(text) - 4; end++) {
		depth += *end == '(' ? 1 : *end == ')' ? -1 : 0;
		if (depth < 0)
			break;
		if (strchr(" \t\n", *end)) {
			if (len && text[len - 1] != ' ')
				text[len++] = ' ';
			continue;
		}
		text[len++] = *end;
	}
	while (len && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
	return format(&w->scratch, "%s: %s", yes ? "taken" : "not taken", text);
}

/* The guard that a condition compares with a number; NULL: none. */
static atom guard_of(const struct module *m, const struct node *branch)
{
	unsigned op;
	long with;
	const struct expr *path = compared(m, branch->value, &op, &with);

	return path && *path->path == '.' ? path->path : NULL;
}

/* What an `if` or a loop over these nodes undoes need not be undone where it is not entered. */
static void skip_inside(const struct walk *w, const struct node *branch, const struct node *to,
			struct state *s)
{
	if (!branch->skip || to != branch->skip || (!s->held && !s->requested && !s->failed))
		return;
	if (w->entered_held && guard_of(w->m, branch))
		return; /* whoever calls knows better */
	for (unsigned i = branch->inside; i < branch->inside_end; i++) {
		const struct node *node = w->func->flow->node[i];
		const struct func *callee;

		if (node->kind != ND_CALL)
			continue;
		if (node->api && node->api->kind == API_FREE)
			s->held = false;
		if (node->api && node->api->kind == API_REQUEST)
			s->failed = 0;
		if (node->api && node->api->kind == API_UNREQUEST)
			s->requested = 0;
		callee = node->api ? NULL : func_find(w->m, node->callee, w->func->text);
		for (unsigned o = 0; callee && callee->summary && o < callee->summary->count; o++)
			if (callee->summary->outcome[o].entered_held &&
			    !callee->summary->outcome[o].held)
				s->held = false;
	}
}

/* --- nodes --- */

/* Goes on at @to, where the condition of @node holds or not. */
static void take_branch(struct walk *w, const struct node *node, struct state *s, bool yes)
{
	const struct node *to = yes ? node->next : node->other;

	walk_step(w, s, node->at, taken(w, node, yes));
	skip_inside(w, node, to, s);
	walk_push(w, to, s);
}

static void note_need(struct state *s, atom guard)
{
	const struct known *known = known_find(s, guard);

	if (known && known->mask != ANY)
		need_add(s, guard, known->mask);
}

/* A driver without data has no vectors: probe never came to an end. */
static bool is_data(const struct walk *w, const struct node *node)
{
	if (!w->is_remove || node->value->kind != EX_PATH)
		return false;
	for (const struct local *local = w->func->flow->locals; local; local = local->next)
		if (local->name == node->value->path)
			return local->is_pointer;
	return false;
}

static void do_branch(struct walk *w, const struct node *node, struct state *s)
{
	struct state yes, no;
	bool can_yes = true, can_no = true, watched = w->watched[node->id];
	atom guard = guard_of(w->m, node);
	bool is_new = guard && !known_find(s, guard);

	effect_branch(w, node, s);
	yes = no = *s;
	decide(w->m, node->value, &yes, &no, &can_yes, &can_no, watched || guard);
	effect_read(w, &yes, node->value);
	effect_read(w, &no, node->value);
	if (can_yes != can_no) {
		walk_push(w, can_yes ? node->next : node->other, can_yes ? &yes : &no);
		return;
	}
	if (is_new) {
		note_need(&yes, guard);
		note_need(&no, guard);
	}
	if (is_data(w, node))
		no.held = false;
	take_branch(w, node, &yes, true);
	take_branch(w, node, &no, false);
}

static void do_node(struct walk *w, const struct node *node, struct state *s)
{
	struct value value;

	switch (node->kind) {
	case ND_CALL:
		effect_call(w, node, s);
		return;
	case ND_SET:
		effect_set(w, node, s);
		walk_push(w, node->next, s);
		return;
	case ND_BRANCH:
		do_branch(w, node, s);
		return;
	case ND_RETURN:
		value = value_of(w->m, s, node->value);
		effect_read(w, s, node->value);
		effect_end(w, node, s, value);
		return;
	default:
		walk_push(w, node->next, s);
	}
}

static void walk_from(struct walk *w, bool held)
{
	struct state start = {.held = held};

	for (unsigned i = 0; i < w->m->nguard && !held; i++)
		if (w->m->guard[i].is_mark)
			known_set(&start, w->m->guard[i].key, ZERO, KIND_PLAIN, 0);

	w->entered_held = held;
	w->count = w->at = w->seen = 0;
	if (w->slots)
		memset(w->slot, 0, w->slots * sizeof(*w->slot));
	walk_push(w, w->func->flow->start, &start);
	while (w->at < w->count) {
		struct todo todo = w->todo[w->at++];

		do_node(w, todo.node, &todo.state);
		if (w->at > 256 && w->at * 2 > w->count) { /* what is done makes room */
			memmove(w->todo, w->todo + w->at, (w->count - w->at) * sizeof(*w->todo));
			w->count -= w->at;
			w->at = 0;
		}
	}
}

/* The count that was asked for is kept where the allocation failed, and only there. */
static void check_inverted_sets(struct walk *w)
{
	for (unsigned i = 0; i < w->func->flow->nnode; i++) {
		const struct node *node = w->func->flow->node[i];

		if (node->after_failure && !node->after_grant)
			found_add(w->m, "SRC-ALLOC-INVERTED", w->func, node->failed_at,
				  node->after_failure,
				  "what was asked for is kept as the count where the allocation "
				  "failed: the test is the wrong way round");
	}
}

void walk_function(struct module *m, struct func *func)
{
	struct walk w = {
		.m = m, .func = func, .is_remove = is_slot(m, "pci_driver", "remove", func)};

	func->summary = mem_get(&m->mem, sizeof(*func->summary));
	w.watched = mem_get(&m->mem, func->flow->nnode);
	if (!setjmp(w.scratch.no_memory)) {
		find_watched(&w);
		walk_from(&w, false);
		walk_from(&w, true);
	} else {
		w.cut = true;
	}
	check_inverted_sets(&w);
	m->stats.cut += w.cut;
	mem_free(&w.scratch);
	free(w.todo);
	free(w.slot);
}
