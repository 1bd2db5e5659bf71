/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deliberate faults of the model, one table: defects/, a file for each group of rules. A row is
 *
 *	DEFECT(ID, name, rule, options, follows, what, bug)
 *
 * with the identifier that the model asks for at the place where the fault is, the name for
 * defect=NAME, the rule that must find it, further options without which it has no effect, other
 * rules that must or may fail with it because they follow from it (separated by blanks), what goes
 * wrong, and a real bug that it stands for. Where there is nothing to say stands NULL.
 */
#ifndef VFWALK_SIM_DEFECTS_H
#define VFWALK_SIM_DEFECTS_H

enum sim_defect_id {
#define DEFECT(id, name, rule, options, follows, what, bug) DEFECT_##id,
#include "defects/all.def"
#undef DEFECT
	SIM_DEFECT_COUNT
};

/* The defect of that name, or -ENOENT. */
int sim_defect_find(const char *name);

#endif
