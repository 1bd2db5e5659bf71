/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a driver is granted of its own wish: computed from the machine and Table Size, and compared
 * with what the kernel gave; by the probe driver in the driver's place, and by nvme itself.
 */
#include <stdio.h>
#include <string.h>

#include "alloc.h"

static const struct wish wishes[] = {
#define WISH(driver, minimum, per_cpu, base, whole, possible, flags, pre, source) \
	{driver, minimum, per_cpu, base, whole, possible, flags, pre, source},
#include "wishes.def"
#undef WISH
};

const struct wish *wish_get(size_t index)
{
	return index < sizeof(wishes) / sizeof(wishes[0]) ? &wishes[index] : NULL;
}

static const struct wish *find(const char *driver)
{
	for (size_t i = 0; driver && i < sizeof(wishes) / sizeof(wishes[0]); i++)
		if (!strcmp(wishes[i].driver, driver))
			return &wishes[i];
	return NULL;
}

unsigned wish_vectors(const struct wish *wish, unsigned cpus, unsigned queues)
{
	unsigned want = wish->per_cpu * cpus;

	if (wish->whole)
		want += wish->base;
	if (queues && want > queues)
		want = queues;
	return wish->whole ? want : want + wish->base;
}

static unsigned cpus_of(const struct world *w, const struct wish *wish)
{
	const json_t *machine = json_object_get(w->header, "machine");
	json_int_t possible = json_integer_value(json_object_get(machine, "possible_cpus"));

	return wish->possible && possible ? (unsigned)possible : machine_cpus(w);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* --- the probe driver in its place --- */

static void judge_wish(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct most *most = scratch(jg, fn, sizeof(*most));
	const struct wish *wish = find(event_str(event, "wish"));
	unsigned queues = (unsigned)event_int(event, "queues", 0), want, grant;
	char expected[WORDS];
	struct asked asked;

	if (!asked_of(event, fn, &asked) || !asked.fresh || !asked.clamp || !machine_cpus(w) ||
	    asked.res == -ENOTSUPP)
		return;
	if (!wish) {
		most_see(most, w, event, asked.res ? 0 : asked.ret);
		return;
	}
	want = wish_vectors(wish, cpus_of(w, wish), queues);
	/* Another wish than the driver's says nothing of what it would be granted. */
	if (asked.max != want || asked.min != wish->min)
		return;
	grant = least(want, fn->msix.size);
	if (grant < wish->min) {
		verdict(jg, fn, asked.res == -ENOSPC, "ENOSPC",
			"%s (%lld vectors), for %s, which needs %u of %u", res_name(asked.res),
			(long long)asked.ret, wish->driver, wish->min, fn->msix.size);
		return;
	}
	snprintf(expected, sizeof(expected), "%u vectors for %s, which wants %u of %u", grant,
		 wish->driver, want, fn->msix.size);
	if ((asked.res ? asked.res == -ENOSPC : asked.ret < grant) && most_in(most, w) < grant)
		inapplicable(jg, fn, "the machine had only %lld interrupts left",
			     (long long)(asked.res ? 0 : asked.ret));
	else
		verdict(jg, fn, !asked.res && asked.ret == grant, expected, "%lld (%s)",
			(long long)asked.ret, res_name(asked.res));
	most_see(most, w, event, asked.res ? 0 : asked.ret);
}

/* --- nvme itself --- */

struct queues {
	size_t files;
	int64_t queues; /* the admin queue is one of them */
	bool counted, told, bound;
};

static void queues_see(struct queues *queues, const struct event *event, const struct world_fn *fn)
{
	if (event->kind == EV_DONE) {
		*queues = (struct queues){.bound = event->act == ACT_BIND && !event_res(event) &&
						   is_driver(fn, "nvme")};
	} else if (event->obs == OBS_IRQS) {
		queues->files = files_of(event);
		queues->counted = true;
	} else if (event->obs == OBS_DRIVER) {
		queues->queues = event_int(event, "queues", 0);
		queues->told = queues->queues > 0;
	}
}

/*
 * nvme asks for one vector for the admin queue and one for each I/O queue; of what it is given, all
 * but the first serve an I/O queue each. With one there is one I/O queue, which shares it.
 */
static void judge_queues(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct queues *queues = scratch(jg, fn, sizeof(*queues));
	unsigned cpus = cpus_of(w, find("nvme")), most, grant;
	char expected[WORDS];
	bool known;

	queues_see(queues, event, fn);
	if (!queues->bound || !queues->counted || !queues->told || !size_stands(fn) || !cpus)
		return;
	known = fn->sec_vq >= 2;
	most = least(wish_vectors(find("nvme"), cpus, known ? (unsigned)fn->sec_vq - 1 : 0),
		     fn->msix.size);
	grant = queues->queues > 2 ? (unsigned)queues->queues : fn->msix.size > 1 ? 2 : 1;
	snprintf(expected, sizeof(expected), "%s%u vectors, one for each of its queues",
		 known ? "" : "at most ", most);
	verdict(jg, fn, queues->files == grant && (known ? grant == most : grant <= most), expected,
		"%zu vectors and %lld queues, of Table Size %u on %u CPUs", queues->files,
		(long long)queues->queues, fn->msix.size, cpus);
	queues->bound = false;
}

const struct rule wish_rules[] = {
	{
		.info = {.id = "DRV-WISH",
			 .severity = SEV_MUST,
			 .title = "A driver is granted what it wishes for, or all of Table Size "
				  "where that is less.",
			 .clause = "Linux drivers/pci/msi/api.c:pci_alloc_irq_vectors_affinity; "
				   "drivers/net/ethernet/mellanox/mlx5/core/"
				   "pci_irq.c:mlx5_irq_table_create; "
				   "drivers/net/ethernet/intel/iavf/"
				   "iavf_main.c:iavf_set_interrupt_capability; "
				   "drivers/nvme/host/pci.c:nvme_setup_irqs",
			 .needs = "the probe driver asks for what mlx5_core, iavf or nvme would",
			 .remark =
				 "From 6.4 on mlx5_core asks for one vector where the kernel adds "
				 "vectors one by one, and for the rest as it goes."},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE,
		.on_done = ON_ACT(ACT_ALLOC),
		.judge = judge_wish,
	},
	{
		.info = {"DRV-QUEUES", SEV_MUST,
			 "nvme has a vector for each of its queues, as many as CPUs, its "
			 "controller's queues and Table Size allow.",
			 "Linux drivers/nvme/host/pci.c:nvme_setup_irqs; "
			 "drivers/nvme/host/pci.c:nvme_setup_io_queues",
			 "nvme bound, and looks at its queues, at msi_irqs and at Table Size"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_DRIVER,
		.on_done = ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND) | ON_ACT(ACT_RESET) |
			   ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VIRT_MGMT),
		.on_obs = ON_OBS(OBS_IRQS) | ON_OBS(OBS_DRIVER) | ON_OBS(OBS_MSIX) |
			  ON_OBS(OBS_CONFIG),
		.judge = judge_queues,
	},
};

const size_t wish_rules_count = sizeof(wish_rules) / sizeof(wish_rules[0]);
