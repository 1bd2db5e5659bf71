/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the judges of allocations ask of one. */
#ifndef VFWALK_RULES_ALLOC_H
#define VFWALK_RULES_ALLOC_H

#include <errno.h>

#include "size.h"

/* The kernel's PCI_IRQ_*, as the record has them. */
enum { TRY_INTX = 1, TRY_MSI = 2, TRY_MSIX = 4, TRY_AFFINITY = 8 };

/* An allocation by the probe driver, and what came of it. */
struct asked {
	int64_t min, max, flags, reserved; /* vectors that are not spread */
	int res;
	int64_t ret;
	bool fresh;    /* nothing was allocated before */
	int64_t clamp; /* of max, what Table Size has; 0 where Table Size is not known */
};

/* Takes @event apart; false for one that never reached the kernel's call. */
static inline bool asked_of(const struct event *event, const struct world_fn *fn,
			    struct asked *asked)
{
	int64_t size = size_stands(fn) ? fn->msix.size : 0;

	if (event->kind != EV_DONE || event->act != ACT_ALLOC)
		return false;
	*asked = (struct asked){
		.min = event_int(event, "min", 0),
		.max = event_int(event, "max", 0),
		.flags = event_int(event, "flags", 0),
		.reserved = event_int(event, "pre", 0) + event_int(event, "post", 0),
		.res = event_res(event),
		.ret = event_int(event, "ret", 0),
		.fresh = !fn->had_allocated,
	};
	asked->clamp = asked->max < size ? asked->max : size;
	/* There is no probe driver, or it does not have the function. */
	return asked->res != -EOPNOTSUPP && asked->res != -EBADF;
}

/* MSI-X and nothing else, a range that is one, nothing allocated, and Table Size known. */
static inline bool asks_plainly(const struct asked *asked)
{
	return asked->flags == TRY_MSIX && asked->fresh && asked->clamp > 0 &&
	       asked->min <= asked->max;
}

/*
 * The most vectors that the function was ever given in this scenario: as many the machine has.
 * Other scenarios may have left it with fewer.
 */
struct most {
	unsigned long line;
	int64_t count;
};

static inline int64_t most_in(const struct most *most, const struct world *w)
{
	return most->line > w->begin_line ? most->count : 0;
}

static inline void most_see(struct most *most, const struct world *w, const struct event *event,
			    int64_t count)
{
	if (count > most_in(most, w))
		*most = (struct most){.line = event->line, .count = count};
}

#endif
