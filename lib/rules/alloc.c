/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of pci_alloc_irq_vectors(), as a driver meets it: how many vectors it is given for what it
 * asks, and which error it is told. The probe driver asks.
 */
#include <linux/pci_regs.h>
#include <stdio.h>

#include <vfwalk/pci.h>

#include "alloc.h"

/* The kernel has no MSI domain for the function, or none that adds vectors one by one. */
static bool is_unsupported(struct judging *jg, const struct world_fn *fn, int res)
{
	if (res == -ENOTSUPP)
		inapplicable(jg, fn, "no MSI domain here supports it (ENOTSUPP)");
	return res == -ENOTSUPP;
}

/* --- the number --- */

static void judge_veccount(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	const json_t *count = json_object_get(event->body, "vec_count");
	const char *error = json_string_value(count);
	char expected[WORDS];

	(void)w;
	if (event_res(event))
		return;
	if (!fn->has_msix && fn->cfg.len) {
		verdict(jg, fn, error && res_parse(error) == -EINVAL,
			"EINVAL, of a function without MSI-X", "%s", error ? error : "a number");
		return;
	}
	if (!size_stands(fn))
		return;
	snprintf(expected, sizeof(expected), "%u, as Message Control reads", fn->msix.size);
	if (error)
		broke(jg, fn, expected, "%s", error);
	else
		verdict(jg, fn, json_integer_value(count) == fn->msix.size, expected, "%lld",
			(long long)json_integer_value(count));
}

/* Fewer than there could be are right where the machine has no more: where it ever gave more, it
 * has them. */
static void judge_clamp(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct most *most = scratch(jg, fn, sizeof(*most));
	char expected[WORDS];
	struct asked asked;

	if (!asked_of(event, fn, &asked) || !asks_plainly(&asked) || asked.min > asked.clamp ||
	    is_unsupported(jg, fn, asked.res))
		return;
	snprintf(expected, sizeof(expected), "%lld vectors, with Table Size %u",
		 (long long)asked.clamp, fn->msix.size);
	if (!asked.res && asked.ret >= asked.clamp) {
		verdict(jg, fn, asked.ret == asked.clamp, expected, "%lld, of %lld to %lld",
			(long long)asked.ret, (long long)asked.min, (long long)asked.max);
	} else if (most_in(most, w) >= asked.clamp) {
		broke(jg, fn, expected, "%lld (%s), of %lld to %lld, though %lld were given before",
		      (long long)asked.ret, res_name(asked.res), (long long)asked.min,
		      (long long)asked.max, (long long)most->count);
	} else if (asked.res && asked.res != -ENOSPC && asked.res != -ERANGE) {
		/* A domain that does not follow Table Size answers ERANGE: DRV-HWSIZE-STALE. */
		broke(jg, fn, expected, "%s, for %lld to %lld", res_name(asked.res),
		      (long long)asked.min, (long long)asked.max);
	} else {
		inapplicable(jg, fn, "the machine had only %lld interrupts left",
			     (long long)(asked.res ? 0 : asked.ret));
	}
	most_see(most, w, event, asked.res ? 0 : asked.ret);
}

/* --- errors --- */

static void judge_min(struct judging *jg, const struct world *w, const struct event *event,
		      struct world_fn *fn)
{
	struct asked asked;

	(void)w;
	if (!asked_of(event, fn, &asked) || !asks_plainly(&asked) || asked.min <= fn->msix.size ||
	    is_unsupported(jg, fn, asked.res))
		return;
	verdict(jg, fn, asked.res == -ENOSPC, "ENOSPC",
		"%s (%lld vectors), for at least %lld of %u", res_name(asked.res),
		(long long)asked.ret, (long long)asked.min, fn->msix.size);
}

static bool has_msi(const struct world_fn *fn)
{
	return cfg_find_cap(&fn->cfg, PCI_CAP_ID_MSI, 0) > 0;
}

/* Each type that is tried replaces the error of the one before; INTx has none of its own. */
static void judge_masked(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct asked asked;

	(void)w;
	if (!asked_of(event, fn, &asked) || !asked.fresh || !asked.clamp ||
	    (asked.flags & ~TRY_INTX) != (TRY_MSIX | TRY_MSI) || asked.min <= fn->msix.size ||
	    asked.min > asked.max || asked.min < 2 || fn->cfg.len < CFG_SPACE_SIZE ||
	    is_unsupported(jg, fn, asked.res))
		return;
	if (has_msi(fn))
		inapplicable(jg, fn, "the function has MSI, too");
	else
		verdict(jg, fn, asked.res == -EINVAL, "EINVAL, of MSI, which was tried last",
			"%s, for at least %lld of %u", res_name(asked.res), (long long)asked.min,
			fn->msix.size);
}

/*
 * In the order in which they are found out. A minimum of 0 is no error where MSI-X is asked for: it
 * is the maximum that must not be 0 (pci_msi_supported()).
 */
static int range_error(const struct asked *asked)
{
	if (asked->max < asked->min)
		return -ERANGE;
	return !asked->fresh || !asked->max ? -EINVAL : 0;
}

/* What pci_msix_alloc_irq_at() must say of @index, 0 where it may be given. */
static int index_error(const struct world_fn *fn, int64_t index)
{
	if (!fn->had_allocated)
		return -ENOTSUPP;
	if (index >= fn->msix.size)
		return -ERANGE;
	return index < fn->had_allocated ? -EBUSY : 0;
}

struct range {
	unsigned size;   /* Table Size when vectors were first allocated on this binding */
	bool one_by_one; /* a vector was added since the last allocation */
};

static void judge_index(struct judging *jg, const struct event *event, const struct range *range,
			const struct world_fn *fn)
{
	int64_t index = event_int(event, "index", -1);
	int error, res = event_res(event);

	/* What a domain makes of a Table Size that has changed is DRV-HWSIZE-STALE. */
	if (res == -EOPNOTSUPP || res == -EBADF || !size_stands(fn) ||
	    (range->size && range->size != fn->msix.size) || range->one_by_one)
		return;
	if (fn->had_allocated && is_unsupported(jg, fn, res))
		return;
	error = index_error(fn, index);
	if (error)
		verdict(jg, fn, res == error, res_name(error),
			"%s, for vector %lld of %u with %u allocated", res_name(res),
			(long long)index, fn->msix.size, fn->had_allocated);
}

static void judge_range(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct range *range = scratch(jg, fn, sizeof(*range));
	struct asked asked;
	int error;

	(void)w;
	if (event->act == ACT_ALLOC_AT) {
		judge_index(jg, event, range, fn);
		range->one_by_one = range->one_by_one || !event_res(event);
		return;
	}
	if (event->act != ACT_ALLOC) {
		*range = (struct range){.size = event->act == ACT_FREE ? range->size : 0};
		return;
	}
	if (!asked_of(event, fn, &asked) || asked.flags != TRY_MSIX)
		return;
	if (!asked.res && !range->size && size_stands(fn))
		range->size = fn->msix.size;
	error = range_error(&asked);
	/* Without a domain ENOTSUPP comes before what is found out later. */
	if (!error || (error == -EINVAL && is_unsupported(jg, fn, asked.res)))
		return;
	verdict(jg, fn, asked.res == error, res_name(error), "%s, for %lld to %lld%s",
		res_name(asked.res), (long long)asked.min, (long long)asked.max,
		asked.fresh ? "" : " with some allocated already");
}

const struct rule alloc_rules[] = {
	{
		.info = {"DRV-VECCOUNT", SEV_MUST,
			 "pci_msix_vec_count() is the Table Size that reads now, and EINVAL "
			 "without "
			 "MSI-X.",
			 "Linux drivers/pci/msi/api.c:pci_msix_vec_count",
			 "the probe driver bound, and looks at the capability and at what it is "
			 "told"},
		.needs = NEED_VF | NEED_LINUX | NEED_PROBE,
		.on_obs = ON_OBS(OBS_PROBE),
		.judge = judge_veccount,
	},
	{
		.info = {"DRV-ALLOC-CLAMP", SEV_MUST,
			 "A driver that asks for MSI-X vectors is given its maximum, or all of "
			 "Table Size.",
			 "Linux drivers/pci/msi/msi.c:__pci_enable_msix_range",
			 "the probe driver allocates MSI-X only, with a minimum that there is"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE,
		.on_done = ON_ACT(ACT_ALLOC),
		.judge = judge_clamp,
	},
	{
		.info = {"DRV-ALLOC-MIN", SEV_MUST,
			 "A minimum above Table Size is refused with ENOSPC.",
			 "Linux drivers/pci/msi/msi.c:__pci_enable_msix_range",
			 "the probe driver allocates MSI-X only, with such a minimum"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE,
		.on_done = ON_ACT(ACT_ALLOC),
		.judge = judge_min,
	},
	{
		.info = {"DRV-ALLOC-MASKED-ERR", SEV_INFO,
			 "Where several types may be tried, the error is that of the last: EINVAL "
			 "without MSI, not ENOSPC.",
			 "Linux drivers/pci/msi/api.c:pci_alloc_irq_vectors_affinity",
			 "the probe driver allocates MSI-X or MSI, with a minimum above Table "
			 "Size"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE,
		.on_done = ON_ACT(ACT_ALLOC),
		.judge = judge_masked,
	},
	{
		.info = {.id = "DRV-ALLOC-RANGE",
			 .severity = SEV_MUST,
			 .title = "Requests that make no sense get the error that says why.",
			 .clause = "Linux drivers/pci/msi/msi.c:__pci_enable_msix_range; "
				   "drivers/pci/msi/api.c:pci_msix_alloc_irq_at",
			 .needs =
				 "the probe driver asks for a maximum below the minimum, for none, "
				 "for vectors that it has or that the table has not",
			 .remark = "A minimum of 0 is an error for MSI only: for MSI-X the kernel "
				   "looks at the maximum. What becomes of a table that cannot be "
				   "mapped (ENOMEM), of a failing MSI domain (ENODEV) and of a "
				   "function that sleeps (EINVAL) no walk can bring about."},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE,
		.on_done = ON_ACT(ACT_ALLOC) | ON_ACT(ACT_ALLOC_AT) | ON_ACT(ACT_FREE) |
			   ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND),
		.judge = judge_range,
	},
};

const size_t alloc_rules_count = sizeof(alloc_rules) / sizeof(alloc_rules[0]);
