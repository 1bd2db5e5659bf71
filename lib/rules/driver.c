/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of how many vectors a driver gets: from the Table Size of its time. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"

/* --- vectors after a rebind --- */

#define REBIND_DRIVERS 4

struct rebind {
	char bound[REBIND_DRIVERS]
		  [32]; /* drivers that took it before, as many as there is room for */
	bool unbound;   /* then none had it any more */
	bool resized;   /* ... and it was resized */
	bool due;       /* ... and bound: how many vectors? */
	bool counted;
	size_t files;
};

static bool took_it_before(const struct rebind *rebind, const char *driver)
{
	for (size_t i = 0; i < REBIND_DRIVERS; i++)
		if (!strcmp(rebind->bound[i], driver))
			return true;
	return false;
}

static void note_taken(struct rebind *rebind, const char *driver)
{
	for (size_t i = 0; !took_it_before(rebind, driver) && i < REBIND_DRIVERS; i++) {
		if (rebind->bound[i][0])
			continue;
		snprintf(rebind->bound[i], sizeof(rebind->bound[i]), "%s", driver);
		return;
	}
}

/*
 * The fewest vectors that the driver must have. nvme takes one for the admin queue and one for
 * each I/O queue (nvme_setup_irqs()), as many queues as CPUs unless it is given fewer.
 */
static unsigned fewest_vectors(const struct world *w, const struct world_fn *fn)
{
	unsigned cpus = machine_cpus(w), least;

	if (!is_driver(fn, "nvme") || fn->sec_vq < 2 || !cpus)
		return 1;
	least = 1 + (cpus < (unsigned)fn->sec_vq - 1 ? cpus : (unsigned)fn->sec_vq - 1);
	return least < fn->msix.size ? least : fn->msix.size;
}

static void rebind_done(struct judging *jg, struct rebind *rebind, const struct event *event,
			const struct world_fn *fn)
{
	bool ok = !event_res(event), offline = fn->online_known && !fn->online;
	const char *driver = event_str(event, "driver");

	if (event->act == ACT_UNBIND) {
		if (ok) {
			rebind->unbound = true;
			rebind->resized = rebind->due = rebind->counted = false;
		}
		return;
	}
	if (event->act == ACT_RESIZE) {
		rebind->resized = rebind->resized || (ok && !fn->driver[0]);
		return;
	}
	if (!driver)
		return;
	if (rebind->unbound && rebind->resized) {
		if (!ok && took_it_before(rebind, driver) && !offline)
			broke(jg, fn, "binds, as it did before the resize", "%s from %s",
			      res_name(event_res(event)), driver);
		rebind->due = ok && !is_driver(fn, "vfio-pci") && !is_driver(fn, "vfwalk_probe");
		rebind->counted = false;
	}
	if (ok)
		note_taken(rebind, driver);
	rebind->unbound = rebind->resized = false;
}

static void judge_rebind(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct rebind *rebind = scratch(jg, fn, sizeof(*rebind));
	char expected[WORDS];
	unsigned fewest;

	if (event->kind == EV_DONE) {
		rebind_done(jg, rebind, event, fn);
		return;
	}
	if (event->obs == OBS_IRQS && rebind->due) {
		rebind->files = files_of(event);
		rebind->counted = true;
	}
	if (!rebind->due || !rebind->counted || !size_stands(fn))
		return;
	fewest = fewest_vectors(w, fn);
	snprintf(expected, sizeof(expected), "%u to %u vectors for %s", fewest, fn->msix.size,
		 fn->driver);
	verdict(jg, fn, rebind->files >= fewest && rebind->files <= fn->msix.size, expected,
		"%zu, with Table Size %u", rebind->files, fn->msix.size);
	rebind->due = false;
}

/* --- a table that grew under a driver --- */

struct hwsize {
	unsigned first; /* Table Size when vectors were first allocated on this binding */
	unsigned long line;
	unsigned count; /* of GET_IRQ_INFO, since it was opened; 0 unknown */
};

/* Kernels before 6.2 have one MSI domain for all devices, and no size in it. */
static bool has_hwsize(const struct world *w)
{
	return !w->kernel || w->kernel >= KERNEL(6, 2);
}

static void hwsize_absent(struct judging *jg, const struct world *w)
{
	for (size_t i = 0; i < w->nfn && !has_hwsize(w); i++)
		inapplicable(jg, w->fn[i],
			     "this kernel has no MSI domain of its own for each device");
}

/* All the vectors of a table that has grown under the driver. */
static void hwsize_grown(struct judging *jg, const struct hwsize *hwsize, const struct event *event,
			 const struct world_fn *fn, unsigned size, bool all)
{
	char expected[WORDS];

	snprintf(expected, sizeof(expected), "all %u vectors", size);
	verdict(jg, fn, all, expected, "%s (returned %lld), after %s was bound at Table Size %u",
		res_name(event_res(event)), (long long)event_int(event, "ret", 0), fn->driver,
		hwsize->first);
}

static void hwsize_vfio(struct judging *jg, struct hwsize *hwsize, const struct event *event,
			const struct world_fn *fn, unsigned size)
{
	long long start = event_int(event, "start", 0), count = event_int(event, "count", 0);
	bool all = !event_res(event) && !event_int(event, "ret", 0);

	if (!count)
		return;
	if (hwsize->first && size > hwsize->first && !start && count == size) {
		hwsize_grown(jg, hwsize, event, fn, size, all);
	} else if (!hwsize->first && all) {
		hwsize->first = size;
		hwsize->line = event->line;
	}
}

static void hwsize_alloc(struct judging *jg, struct hwsize *hwsize, const struct event *event,
			 const struct world_fn *fn, unsigned size)
{
	struct asked asked;

	if (!asked_of(event, fn, &asked) || !asks_plainly(&asked))
		return;
	if (hwsize->first && size > hwsize->first && asked.min <= size && asked.max >= size) {
		hwsize_grown(jg, hwsize, event, fn, size, !asked.res && asked.ret == size);
	} else if (!hwsize->first && !asked.res) {
		hwsize->first = size;
		hwsize->line = event->line;
	}
}

/* A table that shrank has no vectors where it had some, whatever the domain remembers. */
static void hwsize_alloc_at(struct judging *jg, const struct hwsize *hwsize,
			    const struct event *event, const struct world_fn *fn, unsigned size)
{
	long long index = event_int(event, "index", 0);
	int res = event_res(event);

	if (res == -ENOTSUPP || res == -EOPNOTSUPP || res == -EBADF || !fn->had_allocated)
		return;
	if (size < hwsize->first && index >= size && index < hwsize->first)
		verdict(jg, fn, res == -ERANGE, "ERANGE",
			"%s, for vector %lld of %u, after %s was bound at Table Size %u",
			res_name(res), index, size, fn->driver, hwsize->first);
}

static void judge_hwsize(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct hwsize *hwsize;
	unsigned size;

	if (event->kind == EV_END) {
		hwsize_absent(jg, w);
		return;
	}
	hwsize = scratch(jg, fn, sizeof(*hwsize));
	size = size_stands(fn) ? fn->msix.size : hwsize->count;
	if (event->kind == EV_OBS) {
		hwsize->count = (unsigned)event_int(event, "msix", 0);
		return;
	}
	if (event->act == ACT_BIND || event->act == ACT_UNBIND || begun_since(fn, hwsize->line))
		hwsize->first = 0;
	if (event->act != ACT_VFIO_IRQS && event->act != ACT_ALLOC && event->act != ACT_ALLOC_AT)
		hwsize->count = 0;
	else if (!size || !has_hwsize(w))
		return;
	else if (event->act == ACT_VFIO_IRQS)
		hwsize_vfio(jg, hwsize, event, fn, size);
	else if (event->act == ACT_ALLOC)
		hwsize_alloc(jg, hwsize, event, fn, size);
	else
		hwsize_alloc_at(jg, hwsize, event, fn, size);
}

const struct rule driver_rules[] = {
	{
		.info = {"DRV-REBIND", SEV_MUST,
			 "A driver bound after a resize gets its vectors out of the new Table "
			 "Size.",
			 "Linux drivers/pci/msi/msi.c:pci_msix_vec_count; "
			 "drivers/nvme/host/pci.c:nvme_setup_irqs",
			 "unbind, resize, bind, then looks at msi_irqs and Table Size"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_LINUX | NEED_DRIVER,
		.on_done = ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND) | ON_ACT(ACT_RESIZE),
		.on_obs = ON_OBS(OBS_IRQS) | ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_rebind,
	},
	{
		.info = {"DRV-HWSIZE-STALE", SEV_SHOULD,
			 "A Table Size that changed under a driver can be used up to its end, and "
			 "no further.",
			 "Linux kernel/irq/msi.c:msi_create_device_irq_domain (hwsize, since 6.2)",
			 "vectors enabled in VFIO or by the probe driver, a resize without "
			 "unbinding, all enabled, or one behind the end asked for"},
		.needs = NEED_VF | NEED_MSIX | NEED_RANGE | NEED_LINUX | NEED_VFIO | NEED_HELD |
			 NEED_SHOWS | NEED_NOT_VFE,
		.on_done = ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND) | ON_ACT(ACT_VFIO_OPEN) |
			   ON_ACT(ACT_VFIO_CLOSE) | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VFIO_IRQS) |
			   ON_ACT(ACT_ALLOC) | ON_ACT(ACT_ALLOC_AT),
		.on_obs = ON_OBS(OBS_VFIO),
		.on_kind = ON_KIND(EV_END),
		.judge = judge_hwsize,
	},
};

const size_t driver_rules_count = sizeof(driver_rules) / sizeof(driver_rules[0]);
