/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the judges of table writes share. */
#ifndef VFWALK_STORAGE_H
#define VFWALK_STORAGE_H

#include "look.h"

uint32_t entry_dword(const struct msix_entry *entry, unsigned d);
/* Are @a and @b the same in field @d, as far as it must hold what is written? */
bool same_field(unsigned d, uint32_t a, uint32_t b);
/* True where @event shows a table that was written to since the look before. */
bool shows_writes(const struct world_fn *fn, const struct event *event);
/* True where something was written, @width bytes at a time (0: any), and stands there. */
bool stands(const struct world_fn *fn, unsigned width);
/* Held, or broken, by whether what was written @width bytes at a time (0: any) stands there. */
void judge_stored(struct judging *jg, struct world_fn *fn, unsigned width);

#endif
