/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules on a PF driver's two callbacks: how many vectors a VF has, and how many there are. What
 * becomes of the callback's arguments is followed into the functions that it hands them to.
 */
#include <string.h>

#include "state.h"

#define SET   "sriov_set_msix_vec_count"
#define GET   "sriov_get_vf_total_msix"
#define DEPTH 3 /* of calls that are followed */

/* --- the pair --- */

static bool has_slot(const struct module *m, const struct slot *like, const char *field)
{
	for (const struct slot *slot = m->lexed.slots; slot; slot = slot->next)
		if (slot->text == like->text && slot->variable == like->variable &&
		    !strcmp(slot->field, field))
			return true;
	return false;
}

static void check_pair(struct module *m, const struct slot *slot)
{
	bool is_set = !strcmp(slot->field, SET), is_get = !strcmp(slot->field, GET);
	struct func *func;

	if ((!is_set && !is_get) || strcmp(slot->type, "pci_driver"))
		return;
	if (has_slot(m, slot, is_set ? GET : SET))
		return;
	func = mem_get(&m->mem, sizeof(*func)); /* stands for the structure */
	func->text = slot->text;
	func->name = slot->variable;
	found_add(m, "SRC-SRIOV-PAIR", func, slot->at, NULL,
		  is_set ? "there is no ." GET " beside it" : "there is no ." SET " beside it");
}

/* --- what becomes of the arguments --- */

/* One callback, followed. */
struct following {
	struct module *m;
	const struct func *callback;
	bool tells_zero, finds_vf;    /* 0 is told from others and not refused; the VF by its ID */
	const struct func *zero_func; /* where it is refused */
	uint32_t zero_at;
	const struct func *devfn_func;
	uint32_t devfn_at;
};

static void report(struct following *f, const char *rule, const struct func *func, uint32_t at,
		   const char *message)
{
	found_add(f->m, rule, func, at, NULL, message);
}

/* The first thing that happens from @node on, over what does nothing. */
static const struct node *first_of(const struct node *node)
{
	while (node && node->kind == ND_NOP)
		node = node->next;
	return node;
}

/* Does that way lead straight out with nothing done: 0, or an error? */
static bool does_nothing(const struct module *m, const struct node *node)
{
	struct state none = {0};
	struct value value;

	node = first_of(node);
	if (!node || node->kind != ND_RETURN)
		return false;
	value = value_of(m, &none, node->value);
	return !(value.mask & POS);
}

/* Is  the count, or a copy of it? */
static bool is_count(const struct func *func, atom path, atom count)
{
	if (path == count)
		return true;
	for (unsigned i = 0; i < func->flow->nnode; i++) {
		const struct node *node = func->flow->node[i];

		if (node->kind == ND_SET && node->dst == path && node->value &&
		    node->value->path == count)
			return true;
	}
	return false;
}

static void check_zero(struct following *f, const struct func *func, const struct node *node,
		       atom count)
{
	const struct expr *path;
	bool yes[2], no[2];
	unsigned op;
	long with;

	path = compared(f->m, node->value, &op, &with);
	if (!path || !is_count(func, path->path, count))
		return;
	holds_for(ZERO, op, with, &yes[0], &no[0]);
	holds_for(POS, op, with, &yes[1], &no[1]);
	if ((yes[1] && no[1]) || yes[0] == yes[1])
		return; /* 0 goes where others go */
	if (!does_nothing(f->m, yes[0] ? node->next : node->other))
		f->tells_zero = true;
	f->zero_func = func;
	f->zero_at = node->at;
}

static bool is_calculated(const struct expr *expr, atom count)
{
	return expr && expr->kind == EX_BINARY &&
	       (expr->op == OP('+', 0) || expr->op == OP('*', 0) || expr->op == OP('<', '<')) &&
	       (mentions(expr->a, count) || mentions(expr->b, count));
}

static void check_exact(struct following *f, const struct func *func, const struct node *node,
			atom count)
{
	static const char message[] = "another number than the one that was given is programmed";
	const struct expr *arg;

	if (node->kind == ND_SET && is_calculated(node->value, count))
		report(f, "SRC-SRIOV-EXACT", func, node->at, message);
	if (node->kind == ND_SET && node->dst == count && node->op && (node->op & 0xff) != '-')
		report(f, "SRC-SRIOV-EXACT", func, node->at, message);
	for (arg = node->kind == ND_CALL ? node->args : NULL; arg; arg = arg->next)
		if (is_calculated(arg, count) ||
		    (arg->path == count &&
		     (strstr(node->callee, "round") || !strncmp(node->callee, "clamp", 5) ||
		      !strncmp(node->callee, "min", 3) || !strncmp(node->callee, "max", 3))))
			report(f, "SRC-SRIOV-EXACT", func, node->at, message);
}

static bool is_narrow(const char *type)
{
	return !strcmp(type, "u8") || !strcmp(type, "u16") || !strcmp(type, "s8") ||
	       !strcmp(type, "s16") || !strcmp(type, "__le16") || !strcmp(type, "char") ||
	       !strcmp(type, "short") || !strcmp(type, "uint8_t") || !strcmp(type, "uint16_t");
}

/* Was @count compared with a bound before node @id? */
static bool is_bounded(const struct flow *flow, unsigned id, atom count)
{
	for (unsigned i = 0; i < id; i++) {
		const struct node *node = flow->node[i];

		if (node->kind == ND_BRANCH && node->value->kind == EX_BINARY &&
		    mentions(node->value, count) &&
		    (node->value->op == OP('>', 0) || node->value->op == OP('>', '=') ||
		     node->value->op == OP('<', '=') ||
		     (node->value->op == OP('<', 0) && node->value->b->path != NULL &&
		      strcmp(node->value->b->path, "0"))))
			return true;
	}
	return false;
}

static void check_narrow(struct following *f, const struct func *func, const struct node *node,
			 atom count)
{
	if (node->kind != ND_SET || !node->value || node->value->path != count)
		return;
	for (const struct local *local = func->flow->locals; local; local = local->next)
		if (local->name == node->dst && is_narrow(local->type) &&
		    !is_bounded(func->flow, node->id, count))
			report(f, "SRC-SRIOV-NARROW", func, node->at,
			       format(&f->m->mem, "%s becomes %s, and was not compared before",
				      count, local->type));
}

/* Calls that take what the core holds, or what it forbids here. */
static void check_lock(struct following *f, const struct func *func, const struct node *node)
{
	static const char *const calls[] = {"device_lock",        "device_lock_interruptible",
					    "pci_dev_lock",       "pci_disable_sriov",
					    "pci_enable_sriov",   "device_release_driver",
					    "device_attach",      "device_reprobe",
					    "pci_reset_function", "pci_cfg_access_lock_never"};

	for (size_t i = 0; node->kind == ND_CALL && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (!strcmp(node->callee, calls[i]))
			report(f, "SRC-SRIOV-LOCK", func, node->at,
			       format(&f->m->mem,
				      "%s() where the core holds the locks of PF and VF",
				      node->callee));
}

static bool mentions_devfn(const struct expr *expr, atom vf)
{
	for (; expr; expr = expr->next) {
		if (expr->kind == EX_PATH && expr->root == vf && !strcmp(expr->last, "devfn"))
			return true;
		if (mentions_devfn(expr->a, vf) || mentions_devfn(expr->b, vf))
			return true;
	}
	return false;
}

static void check_vf(struct following *f, const struct func *func, const struct node *node, atom vf)
{
	if (node->kind == ND_CALL && (!strcmp(node->callee, "pci_iov_vf_id") ||
				      !strcmp(node->callee, "pci_get_domain_bus_and_slot")))
		f->finds_vf = true;
	if (f->devfn_func || (!mentions_devfn(node->value, vf) && !mentions_devfn(node->args, vf)))
		return;
	f->devfn_func = func;
	f->devfn_at = node->at;
}

static void follow(struct following *f, const struct func *func, atom vf, atom count, int depth);

/* Goes on where @count or @vf are handed over. */
static void follow_call(struct following *f, const struct func *func, const struct node *node,
			atom vf, atom count, int depth)
{
	const struct func *callee = func_find(f->m, node->callee, func->text);
	atom its_vf = NULL, its_count = NULL;
	const struct expr *arg = node->args;

	if (!callee || !callee->flow || !depth)
		return;
	for (unsigned i = 0; arg && i < callee->nparam; i++, arg = arg->next) {
		if (vf && arg->path == vf)
			its_vf = callee->param[i].name;
		if (!count || arg->path != count)
			continue;
		its_count = callee->param[i].name;
		if (is_narrow(callee->param[i].type) && !is_bounded(func->flow, node->id, count))
			report(f, "SRC-SRIOV-NARROW", func, node->at,
			       format(&f->m->mem, "%s becomes %s, and was not compared before",
				      count, callee->param[i].type));
	}
	follow(f, callee, its_vf, its_count, depth - 1);
}

static void follow(struct following *f, const struct func *func, atom vf, atom count, int depth)
{
	for (unsigned i = 0; i < func->flow->nnode; i++) {
		const struct node *node = func->flow->node[i];

		check_lock(f, func, node);
		if (vf)
			check_vf(f, func, node, vf);
		if (count) {
			if (node->kind == ND_BRANCH)
				check_zero(f, func, node, count);
			check_exact(f, func, node, count);
			check_narrow(f, func, node, count);
		}
		if (node->kind == ND_CALL)
			follow_call(f, func, node, vf, count, depth);
	}
}

static void check_return(struct following *f, const struct func *func, atom count)
{
	for (unsigned i = 0; i < func->flow->nnode; i++) {
		const struct node *node = func->flow->node[i];

		if (node->kind == ND_RETURN && node->value &&
		    (node->value->path == count ||
		     (node->value->kind == EX_NUMBER && node->value->number > 0)))
			report(f, "SRC-SRIOV-RET", func, node->at,
			       "returns a positive number for success");
	}
}

static void check_set(struct module *m, const struct func *func)
{
	struct following f = {.m = m, .callback = func};
	atom vf, count;

	if (func->nparam != 2 || !func->flow)
		return;
	vf = func->param[0].name;
	count = func->param[1].name;
	follow(&f, func, vf, count, DEPTH);
	check_return(&f, func, count);
	if (!f.tells_zero)
		report(&f, "SRC-SRIOV-ZERO", f.zero_func ? f.zero_func : func,
		       f.zero_func ? f.zero_at : func->at,
		       format(&m->mem,
			      "0, which means the default, is refused, ignored or taken for "
			      "a size: nothing is done where %s is 0",
			      count));
	if (f.devfn_func && !f.finds_vf)
		report(&f, "SRC-SRIOV-VFID", f.devfn_func, f.devfn_at,
		       "the VF is looked up by devfn, which VFs on other buses have, too");
}

void rules_of_callbacks(struct module *m)
{
	for (const struct slot *slot = m->lexed.slots; slot; slot = slot->next) {
		const struct func *func;

		check_pair(m, slot);
		if (strcmp(slot->field, SET))
			continue;
		func = func_find(m, slot->value, slot->text);
		if (func)
			check_set(m, func);
	}
}
