/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was done to a function between two looks at it, and what state the last of it must have
 * left. Judges of registers need this to tell a device's doing from somebody else's.
 */
#ifndef VFWALK_TRACK_H
#define VFWALK_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vfwalk/evidence.h>

struct world;
struct world_fn;

enum look { LOOK_MSIX, LOOK_TABLE, LOOK_PBA, LOOK_COUNT };

/* What put a function's registers to their defaults, with nothing done to it since. */
enum fresh { FRESH_NOT, FRESH_FLR, FRESH_VFE };

struct track {
	/*
	 * Acts between the last two looks, as bits 1 << enum act, whether they succeeded or not:
	 * on the function, and those on its PF that reach its VFs. In since[], those after the
	 * last look. Bit ACT_NONE stands for what is not known: a write that failed, perhaps half
	 * way, one of less than a DWORD, or another scenario that has begun.
	 */
	unsigned long long acts[LOOK_COUNT], since[LOOK_COUNT];

	enum fresh fresh;
	unsigned long fresh_line;
	/* The last reset of any kind that was carried out on it, and how. */
	unsigned long reset_line;
	/* When VF Enable last brought this VF into being; 0: before the run. */
	unsigned long vfe_line;

	/* A PF's: NumVFs while VF Enable is set, and sriov_drivers_autoprobe; -1 unknown. */
	int numvfs, autoprobe;

	/* Software wrote the PBA, which leaves its content undefined until a reset. */
	bool pba_written;

	/*
	 * What table-write put into the table since something else could have changed it:
	 * @wrote_len DWORDs, and for each the width of the write, 0 where there was none.
	 */
	size_t wrote_len;
	uint32_t *wrote;
	uint8_t *wrote_width;
	unsigned long wrote_line; /* of the last write; 0 never */
};

void track_init(struct world_fn *fn);
void track_free(struct track *track);
/* Follows @event, which the world has absorbed. */
void track_follow(struct world *w, struct world_fn *fn, const struct event *event);

#endif
