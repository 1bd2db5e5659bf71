/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on a PF driver's two callbacks: how many vectors a VF has, and how many there are. */
#include <string.h>

#include "module.h"

#define SET "sriov_set_msix_vec_count"
#define GET "sriov_get_vf_total_msix"

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

void rules_of_callbacks(struct module *m)
{
	for (const struct slot *slot = m->lexed.slots; slot; slot = slot->next)
		check_pair(m, slot);
}
