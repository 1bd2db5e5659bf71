/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of PF drivers before anything was measured: how their VFs are resized, what that
 * needs, and which rules their sources break.
 */
#ifndef VFWALK_PF_DRIVERS_H
#define VFWALK_PF_DRIVERS_H

#include <stdio.h>

#define PF_DRIVER_NEEDS 4
#define PF_DRIVER_KNOWN 8

struct pf_driver {
	const char *name;
	const char *way;                    /* how its VFs are resized */
	const char *needs[PF_DRIVER_NEEDS]; /* up to a NULL */
	const char *read;                   /* the sources that @known was read in, or NULL */
	struct {
		const char *rule, *what;
	} known[PF_DRIVER_KNOWN]; /* up to a NULL */
};

/* NULL for a driver that nothing is known of. */
const struct pf_driver *pf_driver_find(const char *name);
void pf_driver_print(FILE *out, const struct pf_driver *driver);
/* All of them. */
void pf_drivers_print(FILE *out);

#endif
