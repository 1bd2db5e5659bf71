/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What calls, assignments and returns do to what is known, and what is wrong with them. */
#include <stdio.h>
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

/* A finding outlives the walk: its path is copied. */
static const struct step *keep(struct module *m, const struct step *steps)
{
	const struct step *first = NULL;
	struct step *last = NULL;
	unsigned count = 0;

	for (; steps && count < 40; steps = steps->prev, count++) {
		struct step *copy = mem_get(&m->mem, sizeof(*copy));

		*copy = (struct step){NULL, steps->func, steps->at, mem_word(&m->mem, steps->note)};
		if (last)
			last->prev = copy;
		else
			first = copy;
		last = copy;
	}
	return first;
}

static void report(struct walk *w, const char *rule, uint32_t at, const struct state *s,
		   const char *message)
{
	found_add(w->m, rule, w->func, at, keep(w->m, s->steps), message);
}

/* Does it only print? Then it may be given any number. */
static bool is_printing(const char *name)
{
	static const char *const parts[] = {"printk", "_err",  "_warn", "_info", "_dbg",  "_notice",
					    "pr_",    "log",   "LOG",   "debug", "DEBUG", "print",
					    "ERR",    "_crit", "trace", "msg",   "DBG",   "WARN"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(name, parts[i]))
			return true;
	return false;
}

/* --- reading --- */

static void read_one(struct walk *w, struct state *s, const struct expr *expr)
{
	struct known *known = known_find(s, expr->path);

	(void)w;
	if (!known)
		return;
	if (known->kind == KIND_GRANT || known->kind == KIND_COUNT)
		known->untested = false;
	if (*expr->path == '#')
		known_drop(s, expr->path); /* names of ours are read once */
}

void effect_read(struct walk *w, struct state *s, const struct expr *expr)
{
	if (!expr)
		return;
	if (expr->kind == EX_PATH)
		read_one(w, s, expr);
	effect_read(w, s, expr->a);
	effect_read(w, s, expr->b);
	if (expr->kind == EX_OTHER)
		for (const struct expr *e = expr->a ? expr->a->next : NULL; e; e = e->next)
			effect_read(w, s, e);
}

/* The granted count in @expr is put to use: more than its sign is. */
static void use_grants(struct walk *w, struct state *s, const struct expr *expr)
{
	struct known *known;

	if (!expr)
		return;
	if (expr->kind == EX_PATH && (known = known_find(s, expr->path)) &&
	    known->kind == KIND_GRANT && known->site)
		w->m->site[known->site - 1].is_used = true;
	use_grants(w, s, expr->a);
	use_grants(w, s, expr->b);
	if (expr->kind == EX_OTHER)
		for (const struct expr *e = expr->a ? expr->a->next : NULL; e; e = e->next)
			use_grants(w, s, e);
}

/* --- allocation --- */

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
	site->is_exact = (site->least && site->most && site->least->path &&
			  site->least->path == site->most->path) ||
			 (site->least_n > 0 && site->least_n == site->most_n) ||
			 node->api->least == node->api->most;
	site->is_fixed = site->is_exact && node->api->least >= 0 && site->most_n != 1 &&
			 node->api->ret != RET_SHORT;
	return (uint16_t)m->nsite;
}

static void do_alloc(struct walk *w, const struct node *node, struct state *s)
{
	uint16_t site = site_of(w, node);
	const struct site *its = site ? &w->m->site[site - 1] : NULL;
	bool counts = node->api->ret == RET_COUNT;
	struct state failed = *s;
	struct known *known;

	s->failed = s->denied = failed.failed = failed.denied = 0;
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
	s->held = true;
	s->freed = false;
	s->held_site = site;
	s->left = NULL;
	s->open = its && !its->is_exact && counts ? site : 0;
	walk_step(w, s, node->at, format(&w->scratch, "%s() succeeds", node->callee));
	walk_push(w, node->next, s);
}

static void do_free(struct walk *w, const struct node *node, struct state *s)
{
	if (s->requested && s->held)
		report(w, "SRC-FREE-ORDER", node->at, s,
		       "vectors are freed while a handler is attached to one");
	s->freed = s->held;
	s->held = false;
	s->open = s->held_site = 0;
	s->left = NULL;
	walk_step(w, s, node->at, "vectors are freed");
	walk_push(w, node->next, s);
}

/* --- handlers, vectors, counts --- */

static void read_args(struct walk *w, struct state *s, const struct node *node)
{
	for (const struct expr *arg = node->args; arg; arg = arg->next)
		effect_read(w, s, arg);
}

static void do_request(struct walk *w, const struct node *node, struct state *s)
{
	const struct expr *irq = node->args;
	struct state failed = *s;
	struct value value;

	for (int i = 0; irq && i < node->api->most; i++)
		irq = irq->next;
	value = node->api->most >= 0 ? value_of(w->m, s, irq) : (struct value){0};
	if (value.kind == KIND_VECTOR && (value.mask & NEG))
		report(w, "SRC-IRQVEC-NEG", node->at, s,
		       "what pci_irq_vector() returned becomes an interrupt number untested: it "
		       "may "
		       "be a negative errno");
	read_args(w, s, node);
	read_args(w, &failed, node);
	known_set(&failed, node->dst, NEG, KIND_PLAIN, 0);
	walk_step(w, &failed, node->at, format(&w->scratch, "%s() fails", node->callee));
	walk_push(w, node->next, &failed);
	known_set(s, node->dst, ZERO, KIND_PLAIN, 0);
	if (!(node->api->flags & API_MANAGED))
		s->requested = true;
	walk_push(w, node->next, s);
}

static void do_unrequest(struct walk *w, const struct node *node, struct state *s)
{
	if (s->freed && !(node->api->flags & API_MANAGED))
		report(w, "SRC-FREE-ORDER", node->at, s,
		       "a handler is detached after the vectors were freed");
	s->requested = false;
	walk_push(w, node->next, s);
}

static void do_api(struct walk *w, const struct node *node, struct state *s)
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
		known_set(s, node->dst, NEG | POS, KIND_VECTOR, 0)->untested = true;
		break;
	case API_COUNT:
		known_set(s, node->dst, NEG | POS, KIND_COUNT, 0)->untested = true;
		break;
	default:
		break;
	}
	walk_push(w, node->next, s);
}

/* --- calls --- */

/* What a callee may do to what is passed by address is unknown. */
static void kill_addressed(struct state *s, const struct expr *args)
{
	for (; args; args = args->next)
		if (args->kind == EX_UNARY && args->op == OP('&', 0) && args->a->kind == EX_PATH)
			known_kill(s, args->a->path);
}

static void apply(struct walk *w, const struct node *node, const struct state *before,
		  const struct outcome *outcome)
{
	struct state s = *before;
	struct known *known;

	if (outcome->mask != ANY || outcome->kind != KIND_PLAIN) {
		known = known_set(&s, node->dst, outcome->mask, outcome->kind, outcome->site);
		known->untested = outcome->untested;
	}
	s.freed = outcome->freed || (before->held && !outcome->held);
	s.held = outcome->held;
	s.requested |= outcome->requested;
	s.left = outcome->held && outcome->leak_func ? outcome : NULL;
	if (outcome->held_site)
		s.held_site = outcome->held_site;
	if (outcome->held_site || outcome->failed)
		s.failed = s.denied = 0; /* something was tried */
	if (outcome->failed)
		s.failed = outcome->failed;
	walk_step(w, &s, node->at,
		  format(&w->scratch, "%s() %s", node->callee,
			 outcome->mask == NEG    ? "fails"
			 : outcome->mask == ZERO ? "returns 0"
						 : "returns"));
	walk_push(w, node->next, &s);
}

/*
 * A guarded free is a free: where a function ends alike with the vectors it was given freed, this
 * end is left out.
 */
static bool is_spared(const struct summary *summary, const struct outcome *outcome)
{
	if (!outcome->entered_held || !outcome->held || outcome->held_site)
		return false;
	for (unsigned i = 0; i < summary->count; i++)
		if (summary->outcome[i].entered_held && !summary->outcome[i].held &&
		    (summary->outcome[i].mask & outcome->mask))
			return true;
	return false;
}

static bool do_summary(struct walk *w, const struct node *node, const struct state *s)
{
	const struct func *callee = func_find(w->m, node->callee, w->func->text);
	bool any = false;

	if (!callee || !callee->summary || !callee->summary->count)
		return false;
	for (unsigned i = 0; i < callee->summary->count; i++) {
		const struct outcome *outcome = &callee->summary->outcome[i];

		if (outcome->entered_held != s->held || is_spared(callee->summary, outcome))
			continue;
		any = true;
		apply(w, node, s, outcome);
	}
	return any;
}

/* Functions of the kernel that hand on what they are given. */
static void hand_on(struct walk *w, const struct node *node, struct state *s)
{
	const struct expr *arg = node->args;
	struct value value;

	if (!strcmp(node->callee, "ERR_PTR")) {
		known_set(s, node->dst, NEG, KIND_PLAIN, 0);
		return;
	}
	if (!strcmp(node->callee, "dev_err_probe"))
		arg = arg ? arg->next : NULL;
	else if (strcmp(node->callee, "PTR_ERR") && strcmp(node->callee, "pcibios_err_to_errno"))
		return;
	value = value_of(w->m, s, arg);
	if (value.mask != ANY)
		known_set(s, node->dst, value.mask, value.kind, value.site);
}

/* Counts that nobody tested for being errors go into arithmetic or a size. */
static void check_count(struct walk *w, const struct node *node, const struct state *s,
			const struct expr *expr)
{
	struct state copy = *s;

	for (; expr; expr = expr->next) {
		struct value value = value_of(w->m, &copy, expr);

		if (value.kind == KIND_COUNT && value.untested && (value.mask & NEG))
			report(w, "SRC-CNT-NEG", node->at, s,
			       "what pci_msix_vec_count() returned is calculated with untested: it "
			       "may be a negative errno");
	}
}

static bool is_sizing(const char *callee)
{
	return strstr(callee, "alloc") || !strncmp(callee, "min", 3) ||
	       !strncmp(callee, "max", 3) || !strncmp(callee, "clamp", 5);
}

void effect_call(struct walk *w, const struct node *node, struct state *s)
{
	if (!is_printing(node->callee)) {
		for (const struct expr *arg = node->args; arg; arg = arg->next)
			use_grants(w, s, arg);
		if (is_sizing(node->callee) && !node->api)
			check_count(w, node, s, node->args);
	}
	kill_addressed(s, node->args);
	hand_on(w, node, s);
	if (!node->api || node->api->kind != API_REQUEST)
		read_args(w, s, node);
	if (node->api) {
		do_api(w, node, s);
		return;
	}
	if (!do_summary(w, node, s))
		walk_push(w, node->next, s);
}

/* --- assignments --- */

static bool is_field(const char *path)
{
	return strstr(path, "->") || strchr(path, '.') || *path == '*';
}

static const struct local *local_find(const struct flow *flow, atom name)
{
	for (const struct local *local = flow->locals; local; local = local->next)
		if (local->name == name)
			return local;
	return NULL;
}

static void check_narrow(struct walk *w, const struct node *node, const struct state *s)
{
	const struct local *local = local_find(w->func->flow, node->dst);

	if (local && local->is_unsigned)
		report(w, "SRC-ALLOC-NARROW", node->at, s,
		       format(&w->m->mem,
			      "the result is kept in %s, which is %s: a negative errno is lost",
			      local->name, local->type));
}

/* The count that was asked for is kept as if it had been granted. */
static void check_requested(struct walk *w, const struct node *node, const struct state *s)
{
	const struct site *site = s->open ? &w->m->site[s->open - 1] : NULL;

	if (site && site->most && site->most->kind == EX_PATH && is_field(node->dst) &&
	    node->dst != site->most->path && mentions(node->value, site->most->path))
		report(w, "SRC-ALLOC-PARTIAL", node->at, s,
		       format(&w->m->mem, "%s is what was asked for: fewer may have been granted",
			      site->most->path));
	site = s->denied ? &w->m->site[s->denied - 1] : NULL;
	if (site && site->most && site->most->kind == EX_PATH && is_field(node->dst) &&
	    node->dst != site->most->path && mentions(node->value, site->most->path))
		report(w, "SRC-ALLOC-INVERTED", site->node->at, s,
		       format(&w->m->mem,
			      "%s is kept as the count where the allocation failed: the test is "
			      "the wrong way round",
			      site->most->path));
}

/* A result that is overwritten was never looked at. */
static void check_lost(struct walk *w, const struct state *s, const struct known *known)
{
	const struct site *site;

	if (!known || known->kind != KIND_GRANT || !known->untested || !known->site ||
	    is_field(known->key))
		return;
	site = &w->m->site[known->site - 1];
	if (site->func == w->func)
		report(w, "SRC-ALLOC-UNCHECKED", site->node->at, s,
		       format(&w->m->mem, "the result of %s() is not looked at",
			      site->node->callee));
}

void effect_set(struct walk *w, const struct node *node, struct state *s)
{
	struct value value = value_of(w->m, s, node->op ? NULL : node->value);
	struct known *known;

	check_requested(w, node, s);
	check_lost(w, s, known_find(s, node->dst));
	if (node->value && node->value->kind != EX_PATH) {
		use_grants(w, s, node->value);
		if (node->value->kind == EX_BINARY)
			check_count(w, node, s, node->value->a);
	} else if (node->value && *node->value->path != '#') {
		use_grants(w, s, node->value);
	}
	if (value.kind == KIND_GRANT && is_field(node->dst) && value.site)
		w->m->site[value.site - 1].is_used = true;
	if (value.kind == KIND_GRANT || value.kind == KIND_VECTOR)
		check_narrow(w, node, s);
	if (s->open && w->m->site[s->open - 1].most &&
	    w->m->site[s->open - 1].most->path == node->dst)
		s->open = 0; /* asked for and granted are one now */
	effect_read(w, s, node->value);
	known_kill(s, node->dst);
	if (value.mask == ANY && value.kind == KIND_PLAIN)
		return;
	known = known_set(s, node->dst, value.mask, value.kind, value.site);
	known->untested = value.untested;
}

/* --- branches --- */

/* 0 is told from all others, though it is never returned: success is taken for failure. */
static void check_inverted(struct walk *w, const struct node *node, const struct state *s)
{
	struct state copy = *s;
	const struct expr *path;
	const struct site *site;
	struct value value;
	unsigned op;
	long with;
	bool yes[3], no[3];

	path = compared(w->m, node->value, &op, &with);
	if (!path)
		return;
	value = value_of(w->m, &copy, path);
	if (value.kind != KIND_GRANT || !value.untested || !value.site)
		return;
	site = &w->m->site[value.site - 1];
	if (site->api->ret != RET_COUNT)
		return;
	holds_for(NEG, op, with, &yes[0], &no[0]);
	holds_for(ZERO, op, with, &yes[1], &no[1]);
	holds_for(POS, op, with, &yes[2], &no[2]);
	if (yes[0] == yes[2] && no[0] == no[2] && yes[1] == no[0] && yes[1] != no[1])
		report(w, "SRC-ALLOC-INVERTED", node->at, s,
		       format(&w->m->mem,
			      "%s() returns the count it granted, never 0: this test does not tell "
			      "success from failure",
			      site->node->callee));
}

/* A comparison with what was asked for settles how many there are. */
static void close_open(struct walk *w, const struct node *node, struct state *s)
{
	const struct site *site = &w->m->site[s->open - 1];
	struct value a, b;

	if (node->value->kind != EX_BINARY || !site->most || site->most->kind != EX_PATH)
		return;
	if (!mentions(node->value, site->most->path))
		return;
	a = value_of(w->m, s, node->value->a);
	b = value_of(w->m, s, node->value->b);
	if (a.kind == KIND_GRANT || b.kind == KIND_GRANT) {
		s->open = 0;
	} else if (node->value->op == OP('<', 0) && node->value->b->kind == EX_PATH &&
		   node->value->b->path == site->most->path && node->value->a->kind == EX_PATH) {
		report(w, "SRC-ALLOC-PARTIAL", node->at, s,
		       format(&w->m->mem,
			      "this loop runs to %s, which was asked for: fewer may have been "
			      "granted",
			      site->most->path));
		s->open = 0;
	}
}

void effect_branch(struct walk *w, const struct node *node, struct state *s)
{
	unsigned op;
	long with;

	check_inverted(w, node, s);
	if (!compared(w->m, node->value, &op, &with))
		use_grants(w, s, node->value);
	else if (with > 1)
		use_grants(w, s, node->value);
	if (s->open)
		close_open(w, node, s);
}

/* --- the end of a function --- */

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->entered_held == b->entered_held && a->mask == b->mask && a->kind == b->kind &&
	       a->held == b->held && a->requested == b->requested && a->site == b->site &&
	       a->failed == b->failed && a->held_site == b->held_site &&
	       a->untested == b->untested && a->leak_at == b->leak_at;
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
	slot->steps = keep(w->m, s->steps);
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
				  .requested = s->requested,
				  .site = value.kind == KIND_GRANT ? value.site : 0,
				  .held_site = s->held ? s->held_site : 0,
				  .failed = s->failed};

	for (unsigned i = 0; i < s->nknown; i++)
		check_lost(w, s, &s->known[i]);
	if (!is_error(w->func, outcome.mask))
		outcome.failed = w->func->is_void ? s->failed : 0;
	if (s->held && is_error(w->func, outcome.mask)) {
		outcome.leak_func = w->func;
		outcome.leak_at = node->at;
		if (s->left) {
			outcome.leak_func = s->left->leak_func;
			outcome.leak_at = s->left->leak_at;
			outcome.leak_steps = s->left->leak_steps;
		}
	}
	add_outcome(w, &outcome, s);
}
