/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sim target: a model of an SR-IOV device, of the kernel that drives it and of the IOMMU
 * behind it, in the process. Without defects it does what the specifications say.
 *
 * Its options (target_options.sim) are separated by commas; the table in lib/target/sim/options.c
 * has them, and sim_print_options() tells them.
 */
#ifndef VFWALK_SIM_H
#define VFWALK_SIM_H

#include <stddef.h>
#include <stdio.h>

/* A deliberate fault of the model. */
struct sim_defect {
	const char *name;    /* for defect=NAME */
	const char *rule;    /* the rule that must find it */
	const char *options; /* further options without which it has no effect, or NULL */
	const char *follows; /* rules that fail in consequence, separated by blanks, or NULL */
	const char *what;    /* what goes wrong, in one line */
	const char *bug;     /* a real bug that it stands for, or NULL */
};

/* All defects, in the order of the catalogue of rules. */
const struct sim_defect *sim_defects(size_t *count);

/* What can be said to the model, one option after another with its values and its preset. */
void sim_print_options(FILE *out);
/* The defects, each in a line: its name, the rule that finds it, and what goes wrong. */
void sim_print_defects(FILE *out);

#endif
