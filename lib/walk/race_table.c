/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hostile user who writes an entry of his table over and over while the kernel writes it, too: a
 * race, of which one side is no file. Everything is watched meanwhile.
 */
#include <linux/pci_regs.h>

#include "shot.h"

static int build(struct walk *w, struct shot *s, bool victims)
{
	s->kind = victims ? SHOT_SIBLING_HANDLE : SHOT_DMA_UNMAPPED;
	return shot_build(w, s);
}

/* Another's vector where it can be named, else memory of nobody. */
static int forge(struct walk *w, struct shot *s, struct bdf victim)
{
	s->kind = SHOT_SIBLING_HANDLE;
	shot_aim(w, s, victim, 0);
	return s->victim != s->f && !build(w, s, true) ? 0 : build(w, s, false);
}

int walk_race_table(struct walk *w, struct bdf fn, unsigned entry, struct bdf victim,
		    const char *attr, const char *value, int64_t offset_us)
{
	struct shot s = {.f = fn_find(w, fn), .entry = entry};
	struct target_race race = {.offset_us = offset_us};
	struct watch watch;
	int res = s.f && s.f->has_msix && entry < s.f->msix.size ? forge(w, &s, victim) : -EINVAL;

	if (!res)
		res = watch_begin(w, s.f, &watch);
	if (res)
		return res;
	race.side[0] = (struct race_side){
		.fn = fn,
		.table = true,
		.bar = s.f->msix.table_bir,
		.off = s.f->msix.table_off + (uint64_t)entry * MSIX_ENTRY_SIZE,
		.forged = s.now,
	};
	race.side[1] = (struct race_side){.fn = fn, .attr = attr, .value = value};
	s.f->table_written = true;
	res = walk_race(w, &race);
	events_gather(w);
	return watch_end(w, s.f, &watch, 0) ? -EIO : res;
}
