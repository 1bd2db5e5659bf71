/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of handlers: which vectors take one, and for what it runs. The probe driver requests them,
 * and the kernel raises interrupts itself: nothing that drives the device has it meanwhile.
 */
#include <string.h>

#include "alloc.h"

struct handlers {
	uint64_t held[MSIX_MAX_SIZE / 64]; /* vectors that were allocated */
	uint64_t on[MSIX_MAX_SIZE / 64];   /* ... and have a handler */
	bool any;
	bool control;                /* since the last look one was raised */
	uint64_t due[MSIX_MAX_SIZE]; /* what each must have counted */
};

static bool is_set(const uint64_t *bits, int64_t k)
{
	return k >= 0 && k < MSIX_MAX_SIZE && bits[k / 64] >> k % 64 & 1;
}

static void set(uint64_t *bits, int64_t k, bool on)
{
	if (k < 0 || k >= MSIX_MAX_SIZE)
		return;
	bits[k / 64] &= ~(1ull << k % 64);
	bits[k / 64] |= (uint64_t)on << k % 64;
}

/* Who frees vectors, or goes, frees their handlers first. */
static void follow_vectors(struct handlers *handlers, const struct event *event)
{
	if (event_res(event) && event->act != ACT_BIND && event->act != ACT_UNBIND)
		return;
	if (event->act == ACT_ALLOC_AT) {
		set(handlers->held, event_int(event, "index", -1), true);
		return;
	}
	memset(handlers, 0, sizeof(*handlers));
	for (int64_t k = 0; event->act == ACT_ALLOC && k < event_int(event, "ret", 0); k++)
		set(handlers->held, k, handlers->any = true);
}

static void follow(struct handlers *handlers, const struct event *event)
{
	int64_t index = event_int(event, "index", -1);
	bool known = index >= 0 && index < MSIX_MAX_SIZE;

	if (event->act != ACT_REQUEST && event->act != ACT_RELEASE && event->act != ACT_INJECT) {
		follow_vectors(handlers, event);
	} else if (!event_res(event) && known && event->act == ACT_INJECT) {
		handlers->due[index]++;
		handlers->control = true;
	} else if (!event_res(event) && known) {
		set(handlers->on, index, event->act == ACT_REQUEST);
		handlers->due[index] = 0;
	}
}

static void judge_request(struct judging *jg, const struct event *event,
			  const struct handlers *handlers, const struct world_fn *fn)
{
	int64_t index = event_int(event, "index", -1);
	bool held = is_set(handlers->held, index);
	int res = event_res(event);

	/* Without MSI-X there is the INTx of vector 0, and what has a handler is the driver's. */
	if (res == -EOPNOTSUPP || res == -EBADF || !handlers->any || is_set(handlers->on, index))
		return;
	/* x86 gives a vector of a CPU only when a handler comes (kernel/irq/manage.c). */
	if (held && res == -ENOSPC)
		inapplicable(jg, fn, "the CPUs had no vector left (ENOSPC)");
	else
		verdict(jg, fn, held ? !res : res == -EINVAL, held ? "ok" : "EINVAL",
			"%s, for vector %lld, which was %s", res_name(res), (long long)index,
			held ? "allocated" : "not allocated");
}

static void judge_handler(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct handlers *handlers = scratch(jg, fn, sizeof(*handlers));

	(void)w;
	if (event->act == ACT_REQUEST)
		judge_request(jg, event, handlers, fn);
	follow(handlers, event);
}

/* --- what runs --- */

/* The first that counted something else than it must, or -1; what it did counts from now on. */
static long first_wrong(struct handlers *handlers, const json_t *counts)
{
	long wrong = -1;

	for (size_t k = 0; k < json_array_size(counts) && k < MSIX_MAX_SIZE; k++) {
		uint64_t count = (uint64_t)json_integer_value(json_array_get(counts, k));

		if (!is_set(handlers->on, (int64_t)k) || count == handlers->due[k])
			continue;
		if (wrong < 0)
			wrong = (long)k;
	}
	return wrong;
}

static void take_counts(struct handlers *handlers, const json_t *counts)
{
	for (size_t k = 0; k < json_array_size(counts) && k < MSIX_MAX_SIZE; k++)
		handlers->due[k] = (uint64_t)json_integer_value(json_array_get(counts, k));
	handlers->control = false;
}

/* That none has run shows something only where another has. */
static void judge_count(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct handlers *handlers = scratch(jg, fn, sizeof(*handlers));
	const json_t *counts = json_object_get(event->body, "counts");
	long wrong;

	(void)w;
	if (event->kind == EV_DONE) {
		if (event->act == ACT_INJECT && event_res(event))
			inapplicable(jg, fn, "the kernel raises no interrupts itself (%s)",
				     res_name(event_res(event)));
		follow(handlers, event);
		return;
	}
	wrong = first_wrong(handlers, counts);
	if (wrong >= 0)
		broke(jg, fn, "one run of a handler for each interrupt of its vector",
		      "%lld, of %llu, for vector %ld",
		      (long long)json_integer_value(json_array_get(counts, (size_t)wrong)),
		      (unsigned long long)handlers->due[wrong], wrong);
	else if (handlers->control)
		held(jg, fn);
	take_counts(handlers, counts);
}

#define ON_VECTORS                                                                        \
	(ON_ACT(ACT_ALLOC) | ON_ACT(ACT_ALLOC_AT) | ON_ACT(ACT_FREE) | ON_ACT(ACT_BIND) | \
	 ON_ACT(ACT_UNBIND) | ON_ACT(ACT_REQUEST) | ON_ACT(ACT_RELEASE) | ON_ACT(ACT_INJECT))

const struct rule handler_rules[] = {
	{
		.info = {"DRV-HANDLER", SEV_MUST,
			 "Every vector that a driver was given takes a handler, and no other "
			 "does.",
			 "Linux kernel/irq/manage.c:request_threaded_irq; "
			 "drivers/pci/msi/api.c:pci_irq_vector",
			 "the probe driver requests an interrupt of what it was given, or behind "
			 "it"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE,
		.on_done = ON_VECTORS,
		.judge = judge_handler,
	},
	{
		.info = {.id = "DRV-COUNT",
			 .severity = SEV_MUST,
			 .title = "A handler runs once for each interrupt of its own vector, and "
				  "for no other.",
			 .clause = "Linux kernel/irq/resend.c:irq_inject_interrupt; "
				   "kernel/irq/handle.c:__handle_irq_event_percpu",
			 .needs = "the kernel raises the interrupt of a vector that has a "
				  "handler, and a look at what handlers have counted",
			 .remark = "The interrupt comes from the kernel, not from the device: who "
				   "has the probe driver has none that drives its queues. What the "
				   "device sends is judged under VFIO and under its own driver."},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE,
		.on_done = ON_VECTORS,
		.on_obs = ON_OBS(OBS_COUNTS),
		.judge = judge_count,
	},
};

const size_t handler_rules_count = sizeof(handler_rules) / sizeof(handler_rules[0]);
