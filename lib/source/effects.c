/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What calls, assignments and returns do to what is known, and what is wrong with them. */
#include <stdio.h>
#include <string.h>

#include "paths.h"

/* A finding outlives the walk: its path is copied. */
const struct step *walk_keep(struct module *m, const struct step *steps)
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

void walk_report(struct walk *w, const char *rule, uint32_t at, const struct state *s,
		 const char *message)
{
	found_add(w->m, rule, w->func, at, walk_keep(w->m, s->steps), message);
}

/* Does it only print? Then it may be given any number. */
bool is_printing(const char *name)
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

void effect_read_args(struct walk *w, struct state *s, const struct node *node)
{
	for (const struct expr *arg = node->args; arg; arg = arg->next)
		effect_read(w, s, arg);
}

/* The granted count in @expr is put to use: more than its sign is. */
void effect_use(struct walk *w, struct state *s, const struct expr *expr)
{
	struct known *known;

	if (!expr)
		return;
	if (expr->kind == EX_PATH && (known = known_find(s, expr->path)) &&
	    known->kind == KIND_GRANT && known->site)
		w->m->site[known->site - 1].is_used = true;
	effect_use(w, s, expr->a);
	effect_use(w, s, expr->b);
	if (expr->kind == EX_OTHER)
		for (const struct expr *e = expr->a ? expr->a->next : NULL; e; e = e->next)
			effect_use(w, s, e);
}

/* --- calls --- */

/* What a callee may do to what is passed by address is unknown. */
static void kill_addressed(struct state *s, const struct expr *args)
{
	for (; args; args = args->next)
		if (args->kind == EX_UNARY && args->op == OP('&', 0) && args->a->kind == EX_PATH)
			known_kill(s, args->a->path);
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
void check_count(struct walk *w, const struct node *node, const struct state *s,
		 const struct expr *expr)
{
	struct state copy = *s;

	for (; expr; expr = expr->next) {
		struct value value = value_of(w->m, &copy, expr);

		if (expr->kind == EX_BINARY)
			check_count(w, node, s, expr->a);
		if (value.kind == KIND_COUNT && value.untested && (value.mask & NEG))
			walk_report(w, "SRC-CNT-NEG", node->at, s,
				    "what pci_msix_vec_count() returned is calculated with "
				    "untested: it "
				    "may be a negative errno");
	}
}

bool is_sizing(const char *callee)
{
	return strstr(callee, "alloc") || !strncmp(callee, "min", 3) ||
	       !strncmp(callee, "max", 3) || !strncmp(callee, "clamp", 5);
}

static bool ends_alike(const char *name, const char *part)
{
	const char *at = strstr(name, part);

	return at && (!at[strlen(part)] || at[strlen(part)] == '_');
}

/*
 * References, in the callback that sets the vectors of a VF: x_get_vf() and the like take one,
 * x_put_vf() drops it.
 */
static bool do_reference(struct walk *w, const struct node *node, struct state *s)
{
	bool gets =
		(node->api && node->api->kind == API_GET) || ends_alike(node->callee, "_get_vf");
	bool puts =
		(node->api && node->api->kind == API_PUT) || ends_alike(node->callee, "_put_vf");
	struct state none = *s;

	if (!gets && !puts)
		return false;
	if (puts) {
		for (unsigned i = 0; i < s->nknown;)
			if (s->known[i].kind == KIND_REF)
				known_drop(s, s->known[i].key);
			else
				i++;
		walk_push(w, node->next, s);
		return true;
	}
	known_set(&none, node->dst, ZERO, KIND_PLAIN, 0);
	walk_push(w, node->next, &none);
	known_set(s, node->dst, POS, KIND_REF, 0);
	walk_step(w, s, node->at, format(&w->scratch, "%s() takes a reference", node->callee));
	walk_push(w, node->next, s);
	return true;
}

/* Is a function that frees vectors handed over, to be called when the driver leaves? */
static bool adds_free(const struct walk *w, const struct node *node)
{
	for (const struct expr *arg = node->args; arg; arg = arg->next) {
		const struct func *func =
			arg->kind == EX_PATH ? func_find(w->m, arg->path, w->func->text) : NULL;

		for (unsigned i = 0; func && func->summary && i < func->summary->count; i++)
			if (func->summary->outcome[i].entered_held &&
			    !func->summary->outcome[i].held)
				return true;
	}
	return false;
}

void effect_call(struct walk *w, const struct node *node, struct state *s)
{
	if (!is_printing(node->callee)) {
		for (const struct expr *arg = node->args; arg; arg = arg->next)
			effect_use(w, s, arg);
		if (is_sizing(node->callee) && !node->api)
			check_count(w, node, s, node->args);
	}
	kill_addressed(s, node->args);
	if (!strncmp(node->callee, "devm_add_action", 15) && adds_free(w, node))
		s->held = false; /* devres has them now */
	hand_on(w, node, s);
	if (!node->api || (node->api->kind != API_REQUEST && node->api->kind != API_UNREQUEST))
		effect_read_args(w, s, node);
	if (node->api && node->api->kind != API_GET && node->api->kind != API_PUT) {
		effect_api(w, node, s);
		return;
	}
	if (w->func->is_callback && do_reference(w, node, s))
		return;
	if (!effect_summary(w, node, s))
		walk_push(w, node->next, s);
}
