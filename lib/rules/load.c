/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of I/O: that it works over the vectors a driver has, and spreads over all of them. */
#include <errno.h>

#include "size.h"

struct load {
	bool running, disturbed; /* ... by an act that may well fail I/O */
	bool resized;            /* with success, before it started */
	long long depth;
};

#define ON_LOAD                                                                                    \
	(ON_ACT(ACT_LOAD_START) | ON_ACT(ACT_LOAD_STOP) | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_RESET) | \
	 ON_ACT(ACT_UNBIND) | ON_ACT(ACT_BIND) | ON_ACT(ACT_VIRT_MGMT))

/* True where @event ended a load that nothing interfered with. */
static bool ended_load(struct load *load, const struct event *event)
{
	bool ended = load->running && !load->disturbed;

	switch (event->act) {
	case ACT_LOAD_START:
		load->running = !event_res(event);
		load->disturbed = false;
		load->depth = event_int(event, "depth", 0);
		return false;
	case ACT_LOAD_STOP:
		load->running = false;
		return ended;
	case ACT_RESIZE:
		load->resized = load->resized || !event_res(event);
		/* fall through */
	default:
		load->disturbed = true;
		return false;
	}
}

/* A job is told of by IOM-BYSTANDER while somebody else attacks. */
static void note_attack(struct judging *jg, const struct world *w)
{
	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i]->loaded)
			((struct load *)scratch(jg, w->fn[i], sizeof(struct load)))->disturbed =
				true;
}

static void judge_load(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	long long io = event_int(event, "io_errors", 0), bad = event_int(event, "verify_errors", 0);
	struct load *load;
	long long bytes = event_int(event, "read_bytes", 0) + event_int(event, "write_bytes", 0);
	int res;

	if (event->act == ACT_SHOT) {
		note_attack(jg, w);
		return;
	}
	load = scratch(jg, fn, sizeof(*load));
	if (!ended_load(load, event) || !load->resized)
		return;
	res = event_res(event);
	/* A job that could not be run at all says nothing of the VF; one that hangs does. */
	if (res == -ETIMEDOUT) {
		broke(jg, fn, "a job that ends when it is told to",
		      "it hung, and had to be killed");
		return;
	}
	if (res && !io && !bad)
		return;
	verdict(jg, fn, !res && !io && !bad && bytes > 0, "I/O without errors",
		"%lld I/O errors, %lld verify errors, %lld bytes moved", io, bad, bytes);
}

/* nvme_create_queue(): queue N has vector N, unless there is only one for all. */
static void judge_spread(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct load *load = scratch(jg, fn, sizeof(*load));
	const json_t *vectors = json_object_get(event->body, "vectors");
	size_t count = json_array_size(vectors);
	long long queues = event_int(event, "queues", 0);

	(void)w;
	if (!ended_load(load, event) || event_res(event) || queues <= 0 || !count)
		return;
	if (!is_driver(fn, "nvme")) {
		inapplicable(jg, fn, "which vector serves which queue of %s is not known",
			     fn->driver);
		return;
	}
	if (load->depth < queues || (count > 1 && queues > (long long)count - 1))
		return;
	for (size_t k = count > 1; k < count && k <= (size_t)queues; k++)
		if (json_integer_value(json_array_get(vectors, k)) <= 0) {
			broke(jg, fn, "interrupts on the vector of every I/O queue",
			      "none on vector %zu, of %lld I/O queues", k, queues);
			return;
		}
	held(jg, fn);
}

const struct rule load_rules[] = {
	{
		.info = {"DRV-LOAD", SEV_MUST,
			 "I/O over a resized VF ends without I/O errors and reads back what was "
			 "written.",
			 "derived from PCIe 6.0, 6.1.4 and Linux drivers/nvme/host/pci.c:nvme_irq",
			 "a resize, and after it a verifying job that nothing interferes with"},
		.needs = NEED_VF | NEED_RESIZE | NEED_LINUX | NEED_DRIVER,
		.on_done = ON_LOAD | ON_ACT(ACT_SHOT),
		.judge = judge_load,
	},
	{
		.info = {"DRV-SPREAD", SEV_SHOULD,
			 "A job over all queues brings interrupts on the vector of each of them.",
			 "Linux drivers/nvme/host/pci.c:nvme_create_queue",
			 "a job on nvme at least as deep as there are I/O queues"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_DRIVER,
		.on_done = ON_LOAD,
		.judge = judge_spread,
	},
};

const size_t load_rules_count = sizeof(load_rules) / sizeof(load_rules[0]);
