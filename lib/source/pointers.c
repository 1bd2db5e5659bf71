/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls through pointers: `dev->ops->init(dev)` may be a call of each function that an initialiser
 * of the module gives to a field of that name. Where there are many, nothing is known.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"

struct slots {
	size_t count;
	const struct slot **slot; /* by field */
};

static int by_field(const void *a, const void *b)
{
	const struct slot *const *x = a, *const *y = b;

	if ((*x)->field == (*y)->field)
		return 0;
	return (uintptr_t)(*x)->field < (uintptr_t)(*y)->field ? -1 : 1;
}

static struct slots sort_slots(struct module *m)
{
	struct slots slots = {0};

	for (const struct slot *slot = m->lexed.slots; slot; slot = slot->next)
		slots.count++;
	slots.slot = mem_get(&m->mem, (slots.count + 1) * sizeof(struct slot *));
	slots.count = 0;
	for (const struct slot *slot = m->lexed.slots; slot; slot = slot->next)
		slots.slot[slots.count++] = slot;
	qsort(slots.slot, slots.count, sizeof(struct slot *), by_field);
	return slots;
}

static size_t first_of(const struct slots *slots, atom field)
{
	size_t low = 0, high = slots->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if ((uintptr_t)slots->slot[mid]->field < (uintptr_t)field)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct targets {
	unsigned count; /* TARGETS + 1: too many */
	struct func *func[TARGETS];
};

static void add_target(const struct module *m, struct targets *targets, const struct slot *slot)
{
	struct func *func = func_find(m, slot->value, slot->text);

	for (unsigned i = 0; i < targets->count && i < TARGETS; i++)
		if (targets->func[i] == func)
			return;
	if (!func || targets->count > TARGETS)
		return;
	if (targets->count < TARGETS)
		targets->func[targets->count] = func;
	targets->count++;
}

/* By the field's name; or, of a table without names, by the table's. */
static void find_targets(const struct module *m, const struct slots *slots,
			 const struct called *called, struct targets *targets)
{
	for (size_t i = first_of(slots, called->name);
	     i < slots->count && slots->slot[i]->field == called->name; i++)
		add_target(m, targets, slots->slot[i]);
	if (targets->count || !called->table)
		return;
	for (const struct slot *slot = m->lexed.slots; slot; slot = slot->next)
		if (slot->variable == called->table && !*slot->field)
			add_target(m, targets, slot);
}

static void add_called(struct module *m, struct func *func, const struct called *from,
		       const struct targets *targets)
{
	for (unsigned i = 0; i < targets->count; i++) {
		struct called *called = mem_get(&m->mem, sizeof(*called));

		*called = (struct called){.next = func->calls,
					  .name = targets->func[i]->name,
					  .callee = targets->func[i],
					  .at = from->at,
					  .field = from->name};
		targets->func[i]->is_pointed = true;
		func->calls = called;
	}
}

void pointers_find(struct module *m)
{
	struct slots slots = sort_slots(m);

	for (struct func *func = m->lexed.funcs; func; func = func->next)
		for (struct called *called = func->calls; called; called = called->next) {
			struct targets targets = {0};

			if (called->callee || called->field || api_find(called->name))
				continue;
			find_targets(m, &slots, called, &targets);
			if (targets.count <= TARGETS)
				add_called(m, func, called, &targets);
		}
}

unsigned pointers_of(struct module *m, const struct func *func, const char *callee,
		     const struct func *target[TARGETS])
{
	size_t end = strlen(callee), from;
	unsigned count = 0;
	atom field;

	while (end && callee[end - 1] == ')')
		end--;
	for (from = end;
	     from && (isalnum((unsigned char)callee[from - 1]) || callee[from - 1] == '_');)
		from--;
	if (!from)
		return 0;
	field = mem_atom(&m->mem, callee + from, end - from);
	for (const struct called *called = func->calls; called && count < TARGETS;
	     called = called->next) {
		bool is_there = called->field != field;

		for (unsigned i = 0; i < count; i++)
			is_there |= target[i] == called->callee;
		if (!is_there)
			target[count++] = called->callee;
	}
	return count;
}
