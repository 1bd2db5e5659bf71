/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The catalogue as the judge walks it. */
#ifndef VFWALK_CATALOGUE_H
#define VFWALK_CATALOGUE_H

#include "rule.h"

/* Row @index of the catalogue, or NULL behind its end; rules_count() rows. */
const struct rule *catalogue_get(size_t index);

/* Why @rule cannot apply to @fn in this run, or NULL where it can. */
const char *needs_unmet(const struct rule *rule, const struct world *w, const struct world_fn *fn);

#define REASON_GONE "the function does not answer: its config space reads all ones"

/* Of a rule that no picture can exercise. */
#define REASON_STILL "judges what is done to a function, and here nothing was: `vfwalk run` does"

/* ... in hindsight: what the run has found out counts, too. */
const char *needs_missed(const struct rule *rule, const struct world *w, const struct world_fn *fn);

#endif
