/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Branches: do they test what they should? */
#include <string.h>

#include "paths.h"

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
		walk_report(w,
			    site->api->flags & API_LEGACY ? "SRC-LEGACY-RANGE"
							  : "SRC-ALLOC-INVERTED",
			    node->at, s,
			    format(&w->m->mem,
				   "%s() returns the count it granted, never 0: this test does not "
				   "tell "
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
		walk_report(w, "SRC-ALLOC-PARTIAL", node->at, s,
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
		effect_use(w, s, node->value);
	else if (with > 1)
		effect_use(w, s, node->value);
	if (s->open)
		close_open(w, node, s);
}
