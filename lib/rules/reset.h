/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the judges of resets share. */
#ifndef VFWALK_RESET_H
#define VFWALK_RESET_H

#include <string.h>

#include "look.h"

/* Room for what a judge expects, in words. */
#define TEXT 96

/* Acts that leave registers of the capability, the table and the PBA alone. */
#define ACTS_HARMLESS \
	(ON_ACT(ACT_FIRE) | ON_ACT(ACT_LOAD_START) | ON_ACT(ACT_LOAD_STOP) | ON_ACT(ACT_AUTOPROBE))

static inline bool method_is(const struct event *event, const char *name)
{
	const char *method = event_str(event, "method");

	return method && !strcmp(method, name);
}

/*
 * A reset of one function that was carried out. D3hot and back need not be one, and CC.EN is the
 * controller's.
 */
static inline bool did_reset(const struct event *event)
{
	return event->kind == EV_DONE && event->act == ACT_RESET && !event_res(event) &&
	       !method_is(event, "vfe") && !method_is(event, "d3") && !method_is(event, "cc");
}

static inline bool fresh_by(const struct world_fn *fn, enum fresh fresh, unsigned long prev_line)
{
	return fn->track.fresh == fresh && is_fresh(fn, prev_line);
}

#endif
