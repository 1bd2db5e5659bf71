/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only shows where a driver ends: at what the kernel calls. */
#include <stdio.h>
#include <string.h>

#include "paths.h"

/* Does somebody call it who is not in sight: the kernel, through a structure, or another module? */
static bool is_root(const struct module *m, const struct func *func)
{
	return is_in_slot(m, func) || !func->ncallers;
}

/* Does @func free the vectors, where the guards are as @outcome leaves them? */
static bool frees_after(const struct func *func, const struct outcome *outcome)
{
	struct state state = {0};

	for (unsigned i = 0; i < outcome->nleft; i++)
		known_set(&state, outcome->left[i].key, outcome->left[i].mask, KIND_PLAIN, 0);
	for (unsigned i = 0; func && func->summary && i < func->summary->count; i++) {
		const struct outcome *end = &func->summary->outcome[i];

		if (end->entered_held && !end->held && outcome_fits(&state, end))
			return true;
	}
	return false;
}

/* Does a remove free them? Then what fails in open leaves them to it. What fails later
 * leaves them to stop, or to remove. */
static bool remove_frees(const struct module *m, const struct outcome *outcome)
{
	for (const struct slot *slot = m->lexed.slots; slot; slot = slot->next)
		if (!strcmp(slot->field, "remove") &&
		    frees_after(func_find(m, slot->value, slot->text), outcome))
			return true;
	return false;
}

/* Fields whose functions run when probe is long done: what they leave is left to remove. */
static bool is_later(const char *field)
{
	static const char *const parts[] = {"set",     "resume", "thaw",   "restore",
					    "change",  "ioctl",  "config", "suspend",
					    "recover", "write",  "store",  "fini"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(field, parts[i]))
			return true;
	return !strncmp(field, "ndo_", 4) && strcmp(field, "ndo_open");
}

/* Has the structure a function that undoes all, which its owner calls on failure, too? */
static bool fini_frees(const struct module *m, const struct slot *of, const struct outcome *outcome)
{
	for (const struct slot *slot = m->lexed.slots; slot; slot = slot->next)
		if (slot->variable == of->variable && slot->text == of->text &&
		    strstr(slot->field, "fini") &&
		    frees_after(func_find(m, slot->value, slot->text), outcome))
			return true;
	return false;
}

/* May its callers, which are not in sight, be relied on to free what it leaves with an error? */
static bool is_left_to_others(const struct module *m, const struct func *func,
			      const struct outcome *outcome)
{
	bool is_there = false;

	if (is_slot(m, NULL, "probe", func))
		return false;
	if (func->is_pointed)
		return true; /* they are in sight */
	for (const struct slot *slot = m->lexed.slots; slot; slot = slot->next) {
		if (slot->value != func->name)
			continue;
		if (!is_later(slot->field) && !fini_frees(m, slot, outcome) && *slot->field)
			return remove_frees(m, outcome);
		is_there = true;
	}
	return is_there || func->is_static || is_later(func->name);
}

/* Does devres free what , a probe or another root, allocates? A module may hold several drivers. */
static bool is_managed(const struct module *m, const struct func *func)
{
	const struct func *in;

	if (!m->is_managed || m->options->keep_managed)
		return false;
	return !is_slot(m, "pci_driver", "probe", func) || reaches(func, API_MANAGE, 6, &in);
}

static void check_leak(struct module *m, const struct func *func, const struct outcome *outcome)
{
	if (!outcome->leak_func || outcome->entered_held || is_managed(m, func))
		return;
	if (is_left_to_others(m, func, outcome))
		return;
	found_add(m, "SRC-FREE-MISSING", outcome->leak_func, outcome->leak_at, outcome->leak_steps,
		  outcome->leak_func == func ? "returns an error and leaves vectors allocated"
					     : format(&m->mem,
						      "returns an error and leaves vectors "
						      "allocated, and no caller up to "
						      "%s() frees them",
						      func->name));
}

/* The probe of the driver whose remove is @func, or NULL. */
static const struct func *probe_of(const struct module *m, const struct func *func)
{
	for (const struct slot *slot = m->lexed.slots; slot; slot = slot->next) {
		if (strcmp(slot->type, "pci_driver") || strcmp(slot->field, "remove") ||
		    slot->value != func->name)
			continue;
		for (const struct slot *other = m->lexed.slots; other; other = other->next)
			if (other->variable == slot->variable && other->text == slot->text &&
			    !strcmp(other->field, "probe"))
				return func_find(m, other->value, other->text);
	}
	if (!func->is_static && !func->ncallers && strstr(func->name, "remove")) {
		const char *at = strstr(func->name, "remove");
		char name[128];

		snprintf(name, sizeof(name), "%.*sprobe%s", (int)(at - func->name), func->name,
			 at + strlen("remove"));
		return func_find(m, name, func->text);
	}
	return NULL;
}

static bool leaves_held(const struct func *probe)
{
	for (unsigned i = 0; probe->summary && i < probe->summary->count; i++) {
		const struct outcome *outcome = &probe->summary->outcome[i];

		if (!outcome->entered_held && outcome->held && (outcome->mask & ZERO))
			return true;
	}
	return false;
}

static void check_remove(struct module *m, const struct func *func)
{
	const struct func *probe = probe_of(m, func);
	struct state unknown = {0};

	if (!probe || !leaves_held(probe) || is_managed(m, probe))
		return;
	for (unsigned i = 0; i < func->summary->count; i++) {
		const struct outcome *outcome = &func->summary->outcome[i];

		if (outcome->entered_held && outcome->held &&
		    !(outcome->nneed && outcome_is_spared(func->summary, outcome, &unknown)))
			found_add(m, "SRC-FREE-REMOVE", func, func->at, outcome->steps,
				  "there is a path on which vectors stay allocated");
	}
}

static void note_fatal(struct module *m, const struct func *func, const struct outcome *outcome)
{
	struct site *site = outcome->failed ? &m->site[outcome->failed - 1] : NULL;

	if (!site)
		return;
	if (is_error(func, outcome->mask) && !func->is_pointed && is_root(m, func))
		site->is_fatal = true;
}

void rules_of_roots(struct module *m)
{
	for (const struct func *func = m->lexed.funcs; func; func = func->next) {
		if (!func->summary)
			continue;
		for (unsigned i = 0; i < func->summary->count; i++) {
			const struct outcome *outcome = &func->summary->outcome[i];

			note_fatal(m, func, outcome);
			if (is_root(m, func))
				check_leak(m, func, outcome);
		}
		check_remove(m, func);
	}
}
