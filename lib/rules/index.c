/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions by their name: open addressing, the next slot on a collision. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "world.h"

#define ROOM_MIN 16

/* FNV-1a. */
static size_t hash(const char *name)
{
	uint64_t h = 0xcbf29ce484222325ull;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 0x100000001b3ull;
	return (size_t)(h ^ h >> 32);
}

/* The slot that has @name, or the free one where it would stand. */
static size_t find_slot(const struct fn_index *index, const char *name)
{
	size_t at = hash(name) & (index->room - 1);

	while (index->slot[at] && strcmp(index->slot[at]->name, name))
		at = (at + 1) & (index->room - 1);
	return at;
}

static bool grow(struct fn_index *index)
{
	struct fn_index grown = {.room = index->room ? 2 * index->room : ROOM_MIN,
				 .used = index->used};

	grown.slot = calloc(grown.room, sizeof(struct world_fn *));
	if (!grown.slot)
		return false;
	for (size_t i = 0; i < index->room; i++)
		if (index->slot[i])
			grown.slot[find_slot(&grown, index->slot[i]->name)] = index->slot[i];
	free(index->slot);
	*index = grown;
	return true;
}

bool index_add(struct fn_index *index, struct world_fn *fn)
{
	if (2 * (index->used + 1) > index->room && !grow(index))
		return false;
	index->slot[find_slot(index, fn->name)] = fn;
	index->used++;
	return true;
}

struct world_fn *index_find(const struct fn_index *index, const char *name)
{
	return index->room && name ? index->slot[find_slot(index, name)] : NULL;
}
