/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the eventfds of functions that are open in VFIO have counted, since it was last told. */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/* As long as an interrupt may take that the device has certainly sent. */
#define ARRIVE_US 500000

static void gather(struct walk *w, struct walk_fn *f)
{
	static uint64_t count[MSIX_MAX_SIZE];
	int n = OP(w, vfio_events, f->bdf, count, MSIX_MAX_SIZE);

	for (int i = 0; f->events && i < n && i < MSIX_MAX_SIZE; i++)
		f->events[i] += count[i];
}

void events_gather(struct walk *w)
{
	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i].vfio_open)
			gather(w, &w->fn[i]);
}

/*
 * An interrupt that was sent may still wait for its CPU to run: an emulated one can be out of work
 * for longer than any window. Where this process has run since, nothing is pending any more.
 */
static void pass_every_cpu(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	cpu_set_t all, one;

	if (sched_getaffinity(0, sizeof(all), &all))
		return;
	for (int cpu = 0; cpu < cpus && cpu < CPU_SETSIZE; cpu++) {
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
	}
	sched_setaffinity(0, sizeof(all), &all);
}

uint64_t events_wait(struct walk *w, struct walk_fn *f, int vector)
{
	bool aimed = vector >= 0 && vector < MSIX_MAX_SIZE && f->events;
	struct wait wait, again;

	wait_begin(&wait, aimed ? ARRIVE_US : w->window_us);
	do {
		events_gather(w);
	} while (!(aimed && f->events[vector]) && wait_more(&wait));
	/* Exactly one is what is asked for: leave a second one time to show itself. */
	wait_begin(&again, w->window_us / 8);
	while (aimed && f->events[vector] && wait_more(&again))
		;
	pass_every_cpu();
	events_gather(w);
	return wait_us(&wait);
}

json_t *events_take(struct walk_fn *f)
{
	json_t *counts = json_array();

	for (unsigned i = 0; f->events && i < f->enabled; i++)
		json_array_append_new(counts, json_integer((json_int_t)f->events[i]));
	if (f->events)
		memset(f->events, 0, MSIX_MAX_SIZE * sizeof(*f->events));
	return counts;
}

void events_drain(struct walk *w, struct walk_fn *f)
{
	gather(w, f);
	if (f->events)
		memset(f->events, 0, MSIX_MAX_SIZE * sizeof(*f->events));
}
