/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Table Size over time: what the judges of resizing, drivers and VFIO ask of the looks at it. */
#ifndef VFWALK_SIZE_H
#define VFWALK_SIZE_H

#include "look.h"

/* Room for what a judge expects, in words. */
#define WORDS 128

/* Acts after which another Table Size may show. Binding and unbinding are none of them. */
#define MOVES_SIZE (ACTS_ON_SIZE & ~(ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND)))

/* True where the last look at Table Size is still true. */
static inline bool size_stands(const struct world_fn *fn)
{
	return fn->msix_line && !fn->gone && !(fn->track.since[LOOK_MSIX] & MOVES_SIZE);
}

/* True where nothing between the last two looks may have moved Table Size, but acts in @except. */
static inline bool size_left_alone(const struct world_fn *fn, unsigned long long except)
{
	return fn->msix_prev_line && !(acts_before(fn, LOOK_MSIX) & MOVES_SIZE & ~except);
}

/* True where a driver is known to have the function. */
static inline bool is_bound(const struct world_fn *fn)
{
	return fn->driver[0] && fn->driver[0] != '?';
}

static inline bool is_driver(const struct world_fn *fn, const char *name)
{
	return !__builtin_strcmp(fn->driver, name);
}

/* Files in msi_irqs, of a look at interrupts. */
static inline size_t files_of(const struct event *event)
{
	return json_array_size(json_object_get(event->body, "msi_irqs"));
}

/* CPUs of the machine, 0 where the record does not tell. */
static inline unsigned machine_cpus(const struct world *w)
{
	const json_t *machine = json_object_get(w->header, "machine");

	return (unsigned)json_integer_value(json_object_get(machine, "cpus"));
}

#define KERNEL(major, minor) ((major) << 8 | (minor))

#endif
