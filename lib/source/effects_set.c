/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Assignments: what is kept where, and whether it is what it is taken for. */
#include <string.h>

#include "paths.h"

bool is_field(const char *path)
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

static void check_narrow_field(struct walk *w, const struct node *node, const struct state *s)
{
	const char *name = node->dst + strlen(node->dst);

	while (name > node->dst && name[-1] != '>' && name[-1] != '.')
		name--;
	for (const struct field *field = w->m->lexed.fields; field; field = field->next)
		if (!strcmp(field->name, name)) {
			walk_report(
				w, "SRC-ALLOC-NARROW", node->at, s,
				format(&w->m->mem,
				       "the result is kept in %s, which is %s: a negative errno is "
				       "lost",
				       node->dst, field->type));
			return;
		}
}

static void check_narrow(struct walk *w, const struct node *node, const struct state *s)
{
	const struct local *local = local_find(w->func->flow, node->dst);

	if (is_field(node->dst))
		check_narrow_field(w, node, s);
	if (local && local->is_unsigned)
		walk_report(
			w, "SRC-ALLOC-NARROW", node->at, s,
			format(&w->m->mem,
			       "the result is kept in %s, which is %s: a negative errno is lost",
			       local->name, local->type));
}

static bool keeps_requested(const struct site *site, const struct node *node)
{
	return site && site->most && site->most->kind == EX_PATH && is_field(node->dst) &&
	       node->dst != site->most->path && mentions(node->value, site->most->path);
}

/* The count that was asked for is kept as if it had been granted. */
static void check_requested(struct walk *w, const struct node *node, const struct state *s)
{
	const struct site *site = s->open ? &w->m->site[s->open - 1] : NULL;
	struct node *marked;

	marked = w->func->flow->node[node->id];
	marked->after_grant |= s->open != 0 || s->held_site != 0;
	if (keeps_requested(site, node))
		walk_report(w, "SRC-ALLOC-PARTIAL", node->at, s,
			    format(&w->m->mem,
				   "%s is what was asked for: fewer may have been granted",
				   site->most->path));
	site = s->denied ? &w->m->site[s->denied - 1] : NULL;
	if (!keeps_requested(site, node) || marked->after_failure)
		return;
	marked->after_failure = walk_keep(w->m, s->steps);
	marked->failed_at = site->node->at;
}

/* A result that is overwritten was never looked at. */
void check_lost(struct walk *w, const struct state *s, const struct known *known)
{
	const struct site *site;

	if (!known || known->kind != KIND_GRANT || !known->untested || !known->site ||
	    is_field(known->key))
		return;
	site = &w->m->site[known->site - 1];
	if (site->func == w->func && !(site->api->flags & API_OPTIONAL))
		walk_report(w, "SRC-ALLOC-UNCHECKED", site->node->at, s,
			    format(&w->m->mem, "the result of %s() is not looked at",
				   site->node->callee));
}

/* Another result takes the place of the failed one: the driver goes on without vectors. */
static void forget_failure(struct state *s, const struct node *node, const struct value *value)
{
	const struct known *known = known_find(s, node->dst);

	if (value->kind == KIND_GRANT && value->site == s->failed)
		return; /* it was handed on */
	if (s->failed && known && known->kind == KIND_GRANT && known->site == s->failed &&
	    node->value && node->value->kind == EX_PATH && *node->value->path == '#')
		s->failed = 0;
}

void effect_set(struct walk *w, const struct node *node, struct state *s)
{
	struct value value = value_of(w->m, s, node->op ? NULL : node->value);
	bool is_fresh = node->value && node->value->kind == EX_PATH && *node->value->path == '#';
	struct known *known;

	check_requested(w, node, s);
	check_lost(w, s, known_find(s, node->dst));
	forget_failure(s, node, &value);
	if (node->value && node->value->kind != EX_PATH) {
		effect_use(w, s, node->value);
		if (node->value->kind == EX_BINARY)
			check_count(w, node, s, node->value->a);
	} else if (node->value && *node->value->path != '#') {
		effect_use(w, s, node->value);
	}
	if (value.kind == KIND_GRANT && is_field(node->dst) && value.site)
		w->m->site[value.site - 1].is_used = true;
	if (is_fresh && value.kind == KIND_GRANT)
		check_narrow(w, node, s);
	if (s->open && w->m->site[s->open - 1].most &&
	    w->m->site[s->open - 1].most->path == node->dst)
		s->open = 0; /* asked for and granted are one now */
	if (s->denied && w->m->site[s->denied - 1].most &&
	    w->m->site[s->denied - 1].most->path == node->dst)
		s->denied = 0;
	effect_read(w, s, node->value);
	known_kill(s, node->dst);
	if (value.mask == ANY && value.kind == KIND_PLAIN && !value.name && *node->dst != '.')
		return;
	known = known_copy(s, node->dst, &value);
	known->untested = value.untested && is_fresh; /* a copy leaves the test to the first */
}
