/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of SET_IRQS: which vectors it enables, and which it refuses. */
#include <errno.h>
#include <linux/vfio.h>
#include <stdio.h>

#include "vfio.h"

struct irqs {
	unsigned count;   /* of GET_IRQ_INFO, while it is true; 0 none */
	unsigned enabled; /* before the act now judged */
	int asked;        /* vectors that the last block asked for, while nothing else was done */
	long long ret;
	bool noresize_known, noresize;
};

/* The number of vectors that the VF has now, 0 where that is not known. */
static unsigned irqs_size(const struct irqs *irqs, const struct world_fn *fn)
{
	return size_stands(fn) ? fn->msix.size : irqs->count;
}

/* Keeps count and enabled; true where @event is a SET_IRQS with vectors. */
static bool sets_irqs(struct irqs *irqs, const struct event *event)
{
	if (event->kind == EV_OBS && event->obs == OBS_VFIO) {
		irqs->count = (unsigned)event_int(event, "msix", 0);
		irqs->noresize = event_int(event, "msix_flags", 0) & VFIO_IRQ_INFO_NORESIZE;
		irqs->noresize_known = true;
		return false;
	}
	if (event->kind != EV_DONE)
		return false;
	if (event->act == ACT_VFIO_IRQS)
		return event_int(event, "count", 0) > 0;
	if (event->act == ACT_RESIZE) {
		irqs->count = 0;
		irqs->asked = 0;
		return false;
	}
	*irqs = (struct irqs){0};
	return false;
}

static void judge_range(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct irqs *irqs = scratch(jg, fn, sizeof(*irqs));
	long long start = event_int(event, "start", 0), count = event_int(event, "count", 0);
	unsigned size;

	(void)w;
	if (!sets_irqs(irqs, event))
		return;
	size = irqs_size(irqs, fn);
	/* start and count are 32 bits wide there; their sum must not wrap into the range. */
	if (size && start + count > size)
		verdict(jg, fn, event_res(event) == -EINVAL, "EINVAL",
			"%s, for vectors %lld to %lld of %u", res_name(event_res(event)), start,
			start + count - 1, size);
}

/* Success means all of them; a positive return means none of them, and how many can be had. */
static void judge_partial(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct irqs *irqs = scratch(jg, fn, sizeof(*irqs));
	bool sets = sets_irqs(irqs, event);
	long long end = event_int(event, "start", 0) + event_int(event, "count", 0);
	char expected[WORDS];
	size_t files;

	(void)w;
	if (event->kind == EV_DONE && event->act == ACT_VFIO_IRQS) {
		bool first = sets && !irqs->enabled && !event_res(event);

		irqs->asked = first ? (int)end : 0;
		irqs->ret = event_int(event, "ret", 0);
		irqs->enabled = fn->vfio_enabled;
		if (first && irqs->ret >= end)
			broke(jg, fn, "0, or fewer than were asked for", "%lld of %lld", irqs->ret,
			      end);
		return;
	}
	if (event->kind != EV_OBS || event->obs != OBS_IRQS || !irqs->asked)
		return;
	files = json_array_size(json_object_get(event->body, "msi_irqs"));
	snprintf(expected, sizeof(expected), "%d vectors, having returned %lld",
		 irqs->ret > 0 ? 0 : irqs->asked, irqs->ret);
	verdict(jg, fn, files == (irqs->ret > 0 ? 0 : (size_t)irqs->asked), expected, "%zu", files);
	irqs->asked = 0;
}

static void judge_noresize(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	int64_t flags = event_int(event, "msix_flags", 0);

	if (w->kernel >= KERNEL(6, 5))
		inapplicable(jg, fn, "this kernel may add vectors to a set that is enabled");
	else if (event->kind == EV_OBS)
		verdict(jg, fn, flags & VFIO_IRQ_INFO_NORESIZE, "NORESIZE (8h) set", "flags %llXh",
			(unsigned long long)flags);
}

static void judge_dynamic(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct irqs *irqs = scratch(jg, fn, sizeof(*irqs));
	long long start = event_int(event, "start", 0), count = event_int(event, "count", 0);
	bool sets = sets_irqs(irqs, event);
	unsigned before = irqs->enabled, size = irqs_size(irqs, fn);

	if (w->kernel && w->kernel < KERNEL(6, 5)) {
		inapplicable(jg, fn, "this kernel adds no vectors to a set that is enabled");
		return;
	}
	if (irqs->noresize_known && irqs->noresize)
		inapplicable(jg, fn, "the set of vectors cannot be resized (NORESIZE)");
	if (event->kind != EV_DONE || event->act != ACT_VFIO_IRQS)
		return;
	irqs->enabled = fn->vfio_enabled;
	if (sets && before && irqs->noresize_known && !irqs->noresize && start >= before && size &&
	    start + count <= size)
		verdict(jg, fn, !event_res(event) && !event_int(event, "ret", 0), "success",
			"%s, for vector %lld with %u enabled", res_name(event_res(event)), start,
			before);
}

struct reopen {
	bool closed, resized, again;
	unsigned had; /* vectors that were enabled when it was last open */
	struct irqs irqs;
};

/* To bind vfio-pci again, or nobody: the kernel's file resizes no VF that vfio-pci has. */
static bool is_between(const struct event *event, const struct world_fn *fn)
{
	return !event_res(event) &&
	       (event->act == ACT_UNBIND || (event->act == ACT_BIND && is_driver(fn, "vfio-pci")));
}

/*
 * A positive return is the number that could be had. As many as before is the old size; any other
 * is what the machine has left.
 */
static void reopen_returned(struct judging *jg, const struct reopen *reopen,
			    const struct event *event, const struct world_fn *fn, unsigned size)
{
	long long ret = event_int(event, "ret", 0);
	int res = event_res(event);
	char expected[WORDS];

	snprintf(expected, sizeof(expected), "all %u vectors", size);
	if (res)
		broke(jg, fn, expected, "%s", res_name(res));
	else if (ret > 0 && reopen->had && ret != reopen->had)
		inapplicable(jg, fn, "the machine had only %lld interrupts left", ret);
	else
		verdict(jg, fn, !ret, expected, "%lld can be had, and %u were enabled before", ret,
			reopen->had);
}

static void judge_reopen(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct reopen *reopen = scratch(jg, fn, sizeof(*reopen));
	bool sets = sets_irqs(&reopen->irqs, event), ok = event_res(event) == 0;
	unsigned size = irqs_size(&reopen->irqs, fn);

	(void)w;
	if (event->kind != EV_DONE || is_between(event, fn))
		return;
	switch (event->act) {
	case ACT_VFIO_CLOSE:
		*reopen = (struct reopen){.closed = ok, .had = reopen->had};
		return;
	case ACT_RESIZE:
		reopen->resized = reopen->resized || (reopen->closed && ok);
		return;
	case ACT_VFIO_OPEN:
		*reopen = (struct reopen){.again = ok && reopen->resized, .had = reopen->had};
		return;
	case ACT_VFIO_IRQS:
		break;
	default:
		*reopen = (struct reopen){0};
		return;
	}
	if (!sets)
		return;
	if (reopen->again && size && !event_int(event, "start", 0) &&
	    event_int(event, "count", 0) == size) {
		reopen_returned(jg, reopen, event, fn, size);
		reopen->again = false;
	}
	if (ok && !event_int(event, "ret", 0))
		reopen->had = fn->vfio_enabled;
}

const struct rule set_irqs_rules[] = {
	{
		.info = {"VFIO-SETIRQS-RANGE", SEV_MUST,
			 "SET_IRQS beyond the count is refused with EINVAL, however start and "
			 "count "
			 "add up.",
			 "Linux drivers/vfio/vfio_main.c:vfio_set_irqs_validate_and_prepare",
			 "SET_IRQS for vectors beyond the count"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_done = ON_OPENING | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VFIO_IRQS),
		.on_obs = ON_OBS(OBS_VFIO),
		.judge = judge_range,
	},
	{
		.info = {"VFIO-SETIRQS-PARTIAL", SEV_MUST,
			 "SET_IRQS enables all vectors asked for, or none and returns how many can "
			 "be had.",
			 "Linux drivers/vfio/pci/vfio_pci_intrs.c:vfio_msi_enable",
			 "SET_IRQS with none enabled, then a look at msi_irqs"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_done = ON_OPENING | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VFIO_IRQS),
		.on_obs = ON_OBS(OBS_VFIO) | ON_OBS(OBS_IRQS),
		.judge = judge_partial,
	},
	{
		.info = {"VFIO-NORESIZE", SEV_MUST,
			 "MSI-X is reported as NORESIZE where vectors cannot be added later.",
			 "Linux drivers/vfio/pci/vfio_pci_core.c:vfio_pci_ioctl_get_irq_info",
			 "a look at VFIO, on a kernel before 6.5"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_obs = ON_OBS(OBS_VFIO),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_noresize,
	},
	{
		.info = {"VFIO-REOPEN", SEV_SHOULD,
			 "Closed, resized and opened again, a VF can use all of its vectors.",
			 "linux-pci, January 2021; Linux drivers/vfio/pci/vfio_pci_intrs.c:"
			 "vfio_msi_enable",
			 "close, resize, open, then SET_IRQS for all vectors"},
		.needs = NEED_VF | NEED_MSIX | NEED_RANGE | NEED_LINUX | NEED_VFIO | NEED_SHOWS |
			 NEED_NOT_VFE,
		.on_done = ON_OPENING | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VFIO_IRQS),
		.on_obs = ON_OBS(OBS_VFIO),
		.judge = judge_reopen,
	},
	{
		.info = {"VFIO-DYN", SEV_SHOULD,
			 "Without NORESIZE a vector outside the first set can be enabled later.",
			 "Linux drivers/vfio/pci/vfio_pci_intrs.c:vfio_msi_alloc_irq (since 6.5)",
			 "SET_IRQS behind the vectors that are enabled, NORESIZE clear"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_done = ON_OPENING | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VFIO_IRQS),
		.on_obs = ON_OBS(OBS_VFIO),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_dynamic,
	},
};

const size_t set_irqs_rules_count = sizeof(set_irqs_rules) / sizeof(set_irqs_rules[0]);
