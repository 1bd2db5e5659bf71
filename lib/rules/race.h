/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two writers at the same time, as the judges of races see them. */
#ifndef VFWALK_RACE_H
#define VFWALK_RACE_H

#include "attempt.h"

enum deed {
	DEED_OTHER,
	DEED_COUNT,  /* gives a VF a number of vectors */
	DEED_BIND,   /* gives it to a driver */
	DEED_UNBIND, /* takes it from its driver */
	DEED_RESET,
	DEED_REMOVE, /* may remove VFs: NumVFs, or the PF's driver */
	DEED_TABLE   /* writes an entry of its table, over and over */
};

struct racer {
	enum deed deed;
	struct world_fn *fn;
	const char *what; /* the file, or the backend */
	bool sysfs;       /* of DEED_COUNT: through sriov_vf_msix_count */
	long long want;
	int res;
	long long begin, end; /* negative: never */
};

struct race {
	struct racer side[2];
	bool met; /* they overlapped in time: only then there was a race */
};

/* True where @event ended a race; @race is told as the record has it. */
bool ended_race(const struct world *w, const struct event *event, struct race *race);
/* The driver that the VF has after @side, a bind or an unbind, succeeded: "" for none. */
void race_driver(const struct racer *side, char *driver, size_t size);
/* The side that does @deed, and in *@other what the other one is; NULL where there is none. */
const struct racer *race_find(const struct race *race, enum deed deed, const struct racer **other);

#endif
