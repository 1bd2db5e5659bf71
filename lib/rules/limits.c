/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of what limits an allocation besides Table Size: the interrupts that the machine has left,
 * its CPUs, the tables of its interrupt remapping.
 */
#include <stdio.h>
#include <string.h>

#include "alloc.h"

/* --- a machine that runs out midway --- */

struct partial {
	struct most most;
	int64_t had;        /* what was given for want of more, 0 before that */
	unsigned long line; /* ... when */
	bool failed;        /* the last act was an allocation that ran out */
};

/* Once the machine has run out, the number that worked is what there is. */
static int64_t partial_had(const struct partial *partial, const struct world *w)
{
	return partial->line > w->begin_line ? partial->had : 0;
}

static void partial_given(struct judging *jg, struct partial *partial, const struct world *w,
			  const struct event *event, const struct world_fn *fn,
			  const struct asked *asked)
{
	int64_t had = partial_had(partial, w);
	char expected[WORDS];

	if (asked->ret < asked->min) {
		snprintf(expected, sizeof(expected), "ENOSPC, or at least %lld vectors",
			 (long long)asked->min);
		broke(jg, fn, expected, "%lld", (long long)asked->ret);
	} else if (had && asked->clamp >= had) {
		snprintf(expected, sizeof(expected), "%lld vectors, as before", (long long)had);
		verdict(jg, fn, asked->ret >= had, expected, "%lld, for %lld to %lld",
			(long long)asked->ret, (long long)asked->min, (long long)asked->max);
	}
	if (asked->ret < asked->clamp) {
		partial->had = asked->ret;
		partial->line = event->line;
	}
	most_see(&partial->most, w, event, asked->ret);
}

/* No more than there are, and not all that were asked for: none. */
static void partial_refused(struct judging *jg, struct partial *partial, const struct world *w,
			    const struct world_fn *fn, const struct asked *asked)
{
	int64_t had = partial_had(partial, w), most = most_in(&partial->most, w);
	char expected[WORDS];

	if (asked->res == -ENOSPC && asked->min <= most) {
		snprintf(expected, sizeof(expected), "at least %lld vectors, as before",
			 (long long)most);
		broke(jg, fn, expected, "ENOSPC, for %lld to %lld", (long long)asked->min,
		      (long long)asked->max);
	} else if (had && asked->min > had) {
		verdict(jg, fn, asked->res == -ENOSPC, "ENOSPC",
			"%s, for %lld to %lld where %lld were to be had", res_name(asked->res),
			(long long)asked->min, (long long)asked->max, (long long)had);
		partial->failed = true;
	}
}

static void judge_partial(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct partial *partial;
	struct asked asked;

	if (event->kind == EV_END) {
		for (size_t i = 0; i < w->nfn; i++)
			inapplicable(jg, w->fn[i], "the machine never ran out of interrupts");
		return;
	}
	partial = scratch(jg, fn, sizeof(*partial));
	if (event->kind == EV_OBS) {
		if (!shows_msix(fn, event))
			return;
		if (partial->failed &&
		    !(acts_before(fn, LOOK_MSIX) & ~(ON_ACT(ACT_ALLOC) | ON_ACT(ACT_FREE))))
			verdict(jg, fn, !fn->msix.enable && !fn->msix.maskall,
				"MSI-X Enable and Function Mask clear, where nothing was given",
				"Message Control %04Xh", fn->msix.flags);
		partial->failed = false;
		return;
	}
	partial->failed = false;
	if (!asked_of(event, fn, &asked) || !asks_plainly(&asked) || asked.min > asked.clamp ||
	    asked.res == -ENOTSUPP)
		return;
	if (asked.res)
		partial_refused(jg, partial, w, fn, &asked);
	else
		partial_given(jg, partial, w, event, fn, &asked);
}

/* --- CPUs --- */

static int64_t possible_cpus(const struct world *w)
{
	const json_t *machine = json_object_get(w->header, "machine");

	return json_integer_value(json_object_get(machine, "possible_cpus"));
}

/* irq_calc_affinity_vectors(), of what Table Size leaves; 0 is ENOSPC. */
static int64_t spread_over(int64_t cpus, const struct asked *asked)
{
	int64_t room = asked->clamp - asked->reserved, count;

	if (asked->reserved > asked->min)
		return 0;
	count = asked->reserved + (cpus < room ? cpus : room);
	return count < asked->min ? 0 : count;
}

static void judge_affinity(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct most *most = scratch(jg, fn, sizeof(*most));
	int64_t cpus = possible_cpus(w), wanted;
	char expected[WORDS];
	struct asked asked;

	if (!asked_of(event, fn, &asked) || !asked.fresh || !asked.clamp || asked.min > asked.clamp)
		return;
	if (asked.flags == (TRY_MSIX | TRY_AFFINITY) && cpus && asked.res != -ENOTSUPP) {
		wanted = spread_over(cpus, &asked);
		snprintf(expected, sizeof(expected),
			 wanted ? "%lld vectors, for %lld CPUs" : "ENOSPC", (long long)wanted,
			 (long long)cpus);
		/* Where fewer came, the machine may have had no more. */
		if (wanted && asked.ret < wanted && most_in(most, w) < wanted)
			inapplicable(jg, fn, "the machine had only %lld interrupts left",
				     (long long)(asked.res ? 0 : asked.ret));
		else
			verdict(jg, fn,
				wanted ? !asked.res && asked.ret == wanted : asked.res == -ENOSPC,
				expected, "%s (%lld vectors), for %lld to %lld, %lld not spread",
				res_name(asked.res), (long long)asked.ret, (long long)asked.min,
				(long long)asked.max, (long long)asked.reserved);
	}
	most_see(most, w, event, asked.res ? 0 : asked.ret);
}

const struct rule limit_rules[] = {
	{
		.info = {.id = "DRV-ALLOC-PARTIAL",
			 .severity = SEV_MUST,
			 .title = "Where interrupts run out midway, a driver is given those that "
				  "there "
				  "are, or none if they are too few.",
			 .clause = "Linux kernel/irq/msi.c:msi_handle_pci_fail; "
				   "drivers/pci/msi/msi.c:__pci_enable_msix_range",
			 .needs = "the probe driver allocates more than the machine has, and more "
				  "of "
				  "that as its minimum; a look at the capability after it was "
				  "refused"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE,
		.on_done = ON_ACT(ACT_ALLOC) | ON_ACT(ACT_FREE) | ON_ACT(ACT_BIND) |
			   ON_ACT(ACT_UNBIND),
		.on_obs = ON_OBS(OBS_MSIX),
		.on_kind = ON_KIND(EV_END),
		.judge = judge_partial,
	},
	{
		.info = {"DRV-AFF-CLAMP", SEV_INFO,
			 "Vectors that are spread are no more than CPUs; others come on top, and "
			 "must fit the minimum.",
			 "Linux kernel/irq/affinity.c:irq_calc_affinity_vectors",
			 "the probe driver allocates MSI-X with PCI_IRQ_AFFINITY"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE,
		.on_done = ON_ACT(ACT_ALLOC),
		.judge = judge_affinity,
	},
};

const size_t limit_rules_count = sizeof(limit_rules) / sizeof(limit_rules[0]);
