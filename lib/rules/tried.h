/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a rule was exercised: the scenarios, in the order of the record. */
#ifndef VFWALK_TRIED_H
#define VFWALK_TRIED_H

#include "world.h"

#define TRIED_MAX 48

struct tried {
	unsigned long last; /* where the last of them began, plus one; 0: none yet */
	size_t count;
	char *scenario[TRIED_MAX]; /* "suite: scenario" */
};

/* The rule was exercised where @w is now. What does not fit, or has no memory, is not kept. */
void tried_note(struct tried *tried, const struct world *w);
void tried_free(struct tried *tried);

#endif
