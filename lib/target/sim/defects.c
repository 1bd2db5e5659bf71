/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The deliberate faults by name. What each does is where the model asks for it.
 */
#include <errno.h>
#include <string.h>

#include <vfwalk/sim.h>

#include "model.h"

static const struct sim_defect defects[SIM_DEFECT_COUNT] = {
#define DEFECT(id, name, rule, options, follows, what, bug) \
	[DEFECT_##id] = {name, rule, options, follows, what, bug},
#include "defects/all.def"
#undef DEFECT
};

void sim_print_defects(FILE *out)
{
	for (size_t i = 0; i < SIM_DEFECT_COUNT; i++) {
		const struct sim_defect *d = &defects[i];

		fprintf(out, "%-22s %-22s %s%s%s%s\n", d->name, d->rule, d->what,
			d->options ? " (with " : "", d->options ?: "", d->options ? ")" : "");
	}
}

const struct sim_defect *sim_defects(size_t *count)
{
	*count = SIM_DEFECT_COUNT;
	return defects;
}

int sim_defect_find(const char *name)
{
	for (int i = 0; i < SIM_DEFECT_COUNT; i++)
		if (!strcmp(defects[i].name, name))
			return i;
	return -ENOENT;
}
