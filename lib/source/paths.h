/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A walk over the paths of one function, breadth first. */
#ifndef VFWALK_SOURCE_PATHS_H
#define VFWALK_SOURCE_PATHS_H

#include "state.h"

/* One to go on with. */
struct todo {
	const struct node *node;
	struct state state;
};

struct walk {
	struct module *m;
	struct func *func;
	bool entered_held;
	bool is_remove;        /* of a driver: what it is given is what probe left */
	bool *watched;         /* by node: is its condition worth remembering? */
	struct mem scratch;    /* of steps */
	struct last_use *uses; /* of keys; paths.c */
	size_t count, at, room;
	struct todo *todo;
	size_t slots, seen;
	uint64_t *slot;
	bool cut;
};

/* Goes on at @node with a copy of @s. */
void walk_push(struct walk *w, const struct node *node, const struct state *from);
/* Notes that a path came by. */
void walk_step(struct walk *w, struct state *s, uint32_t at, const char *note);

/* --- effects.c --- */

/* What a call does: goes on behind it, in as many ways as it can end. */
void effect_call(struct walk *w, const struct node *node, struct state *s);
void effect_set(struct walk *w, const struct node *node, struct state *s);
/* A branch is about to be taken on @node's value. */
void effect_branch(struct walk *w, const struct node *node, struct state *s);
/* The function ends, returning @value. */
void effect_end(struct walk *w, const struct node *node, struct state *s, struct value value);
/* What @expr reads has been looked at. */
void effect_read(struct walk *w, struct state *s, const struct expr *expr);

/* A finding at  on the path that led to . */
void walk_report(struct walk *w, const char *rule, uint32_t at, const struct state *s,
		 const char *message);
/* A path that outlives the walk. */
const struct step *walk_keep(struct module *m, const struct step *steps);
/* ... what each argument of a call reads. */
void effect_read_args(struct walk *w, struct state *s, const struct node *node);
/* The granted counts in @expr are put to use: more than their signs are. */
void effect_use(struct walk *w, struct state *s, const struct expr *expr);
/* Counts in @expr that nobody tested for being errors go into arithmetic or a size. */
void check_count(struct walk *w, const struct node *node, const struct state *s,
		 const struct expr *expr);

/* Does that function only print? Does it allocate by a number, or limit one? */
bool is_printing(const char *callee);
bool is_sizing(const char *callee);

/* --- handlers.c --- */

void handler_attached(struct walk *w, const struct node *node, struct state *s);
/* Was what @node detaches attached on this path? */
void check_detached(struct walk *w, const struct node *node, const struct state *s);
/* The callee of @node detaches a handler, whatever way it takes: was there one? */
void check_detached_below(struct walk *w, const struct node *node, const struct state *s);

/* --- loops.c --- */

/* Are loops over the vectors of @site bounded by what was granted? */
void check_loops(struct module *m, const struct site *site);

/* --- effects_call.c --- */

/* Goes on behind a call of a function of the module; false: it is none, or none that matters. */
bool effect_summary(struct walk *w, const struct node *node, struct state *s);
/* Can it come to that end, as far as @s knows the guards? */
bool outcome_fits(struct state *s, const struct outcome *outcome);
/* Is an end with vectors to be left out for one that frees them? */
bool outcome_is_spared(const struct summary *summary, const struct outcome *outcome,
		       struct state *s);

/* --- effects_api.c --- */

void effect_api(struct walk *w, const struct node *node, struct state *s);

/* --- effects_set.c --- */

/* @known is about to be forgotten: was it ever looked at? */
void check_lost(struct walk *w, const struct state *s, const struct known *known);
/* Is it more than a variable of the function? */
bool is_field(const char *path);

/* --- effects_end.c --- */

/* Is that a failure, as @func returns one? */
bool is_error(const struct func *func, uint8_t mask);

#endif
