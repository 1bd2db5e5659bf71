/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions by their name. A record names one in nearly every line, and thousands in some: each is
 * to be found at once.
 */
#ifndef VFWALK_INDEX_H
#define VFWALK_INDEX_H

#include <stdbool.h>
#include <stddef.h>

struct world_fn;

struct fn_index {
	size_t room, used; /* room is 0 or a power of two, more than half of it free */
	struct world_fn **slot;
};

/* False without memory. */
bool index_add(struct fn_index *index, struct world_fn *fn);
struct world_fn *index_find(const struct fn_index *index, const char *name);

#endif
