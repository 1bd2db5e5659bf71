/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of the pool that the vectors come from. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attempt.h"

static void judge_pool_sum(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	long long total = event_int(event, "total", 0), free_now = event_int(event, "free", -1);
	long long sum = pool_assigned(event);
	char expected[WORDS];

	(void)w;
	if (total <= 0) {
		inapplicable(jg, fn, "the pool's total is not known");
		return;
	}
	snprintf(expected, sizeof(expected), "at most %lld vectors", total);
	verdict(jg, fn, sum + (free_now > 0 ? free_now : 0) <= total, expected,
		"%lld assigned, %lld free", sum, free_now);
}

struct pool {
	bool known;   /* the last look at it is still true */
	bool derived; /* what is free was not told, but cannot be more than this */
	long long free;
};

struct share {
	bool known;
	long long size, refused;
};

static void forget_shares(struct judging *jg, const struct world *w, const struct world_fn *pf)
{
	for (size_t i = 0; i < w->nfn; i++) {
		struct share *share;

		if (w->fn[i]->pf != pf || w->fn[i]->vf < 0)
			continue;
		share = scratch(jg, w->fn[i], sizeof(*share));
		share->known = false;
		share->size = -1;
	}
}

static void see_pool(struct judging *jg, const struct world *w, const struct event *event,
		     const struct world_fn *pf, struct pool *pool)
{
	const json_t *list = json_object_get(event->body, "assigned"), *entry;
	long long total = event_int(event, "total", 0);
	size_t i;

	pool->free = event_int(event, "free", -1);
	pool->derived = pool->free < 0;
	if (pool->derived)
		pool->free = total - pool_assigned(event);
	pool->known = total > 0 || !pool->derived;
	forget_shares(jg, w, pf);
	json_array_foreach (list, i, entry) {
		const struct world_fn *fn =
			world_find(w, json_string_value(json_object_get(entry, "fn")));
		struct share *share;

		if (!fn || fn->pf != pf || fn->vf < 0)
			continue;
		share = scratch(jg, fn, sizeof(*share));
		share->size = json_integer_value(json_object_get(entry, "size"));
		share->known = share->size >= 0;
	}
}

/* What a VF holds returns to the pool when it is given another number. */
static void judge_pool_attempt(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn, const struct pool *pool)
{
	struct share *share = scratch(jg, fn, sizeof(*share));
	long long want = event_int(event, "want", 0), got = event_int(event, "got", -1);
	long long within = pool->free + share->size;
	int res = event_res(event);
	char expected[WORDS];

	if (!share->known)
		return;
	/* Who gives something back is never refused for want of vectors. */
	if (want > within && want > share->size) {
		snprintf(expected, sizeof(expected), "refused: %lld vectors can be had", within);
		verdict(jg, fn->pf, res || (got >= 0 && got <= within), expected,
			"%s asked for %lld, and has %lld", fn->name, want, got);
		if (res && want <= w->size_max)
			share->refused = want;
	} else if (!pool->derived && want <= within && share->refused && want == share->refused &&
		   !fn->driver[0]) {
		snprintf(expected, sizeof(expected), "%lld vectors, which are free again", want);
		verdict(jg, fn->pf, !res && got == want, expected, "%s for %s, which has %lld",
			res_name(res), fn->name, got);
		share->refused = 0;
	}
}

/* Where every VF can have its largest size at once, nothing is refused for want of vectors. */
static void see_plenty(struct judging *jg, const struct world *w, const struct world_fn *pf)
{
	unsigned long vfs = 0;

	for (size_t i = 0; i < w->nfn; i++)
		vfs += w->fn[i]->pf == pf && w->fn[i]->vf >= 0;
	if (w->pool_total >= vfs * w->size_max)
		inapplicable(jg, pf, "a pool of %u has %u, the largest size, for each VF at once",
			     w->pool_total, w->size_max);
}

static void judge_pool_exhaust(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn)
{
	struct pool *pool = scratch(jg, fn->pf, sizeof(*pool));

	if (event->kind == EV_OBS && event->obs == OBS_BACKEND) {
		see_plenty(jg, w, fn->pf);
		return;
	}
	if (event->kind == EV_OBS) {
		see_pool(jg, w, event, fn->pf, pool);
		if (!pool->known)
			inapplicable(jg, fn->pf, "the pool's total is not known");
		return;
	}
	if (pool->known && event->act == ACT_RESIZE && fn->vf >= 0)
		judge_pool_attempt(jg, w, event, fn, pool);
	pool->known = false;
}

struct leak {
	bool known, moved;
	bool untold; /* nobody tells what is free */
	size_t listed;
	long long sum;
	long long most; /* that VFs had at once then */
};

/* What a VF has of the pool, also before it shows. */
static long long share_of(const struct world_fn *fn)
{
	return fn->resize_pending && fn->got > 0 ? fn->got : (long long)fn->msix.size;
}

/* Refused for want of vectors, as far as an errno tells. */
static bool for_want(int res)
{
	return res == -ENOSPC || res == -EINVAL || res == -ENOMEM;
}

/*
 * Where nobody tells what is free, what VFs once had at the same time they can have again: the pool
 * has lost what is then refused.
 */
static void judge_room(struct judging *jg, const struct world *w, const struct event *event,
		       const struct world_fn *vf, struct leak *leak)
{
	long long want = event_int(event, "want", 0), all = want;
	int res = event_res(event);
	char expected[WORDS];

	/* What it has already is not asked of the pool. */
	if (event->act != ACT_RESIZE || want <= 0 || want == share_of(vf))
		return;
	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i]->pf == vf->pf && w->fn[i]->vf >= 0 && w->fn[i] != vf)
			all += share_of(w->fn[i]);
	if (all <= leak->most && want <= vf->largest && (!res || for_want(res))) {
		snprintf(expected, sizeof(expected), "%lld vectors, of %lld that VFs had before",
			 all, leak->most);
		verdict(jg, vf->pf, !res, expected, "%s for the last %lld of them", res_name(res),
			want);
	}
	if (!res && all > leak->most)
		leak->most = all;
}

/* What is free and what is assigned add up to one number, as long as the same VFs are listed. */
static void judge_pool_leak(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	struct leak *leak = scratch(jg, fn->pf, sizeof(*leak));
	size_t listed = json_array_size(json_object_get(event->body, "assigned"));
	long long free_now = event_int(event, "free", -1), sum;
	char expected[WORDS];

	if (event->kind == EV_DONE) {
		leak->moved = true;
		if (leak->untold)
			judge_room(jg, w, event, fn, leak);
		return;
	}
	if (free_now < 0) {
		leak->untold = true;
		return;
	}
	sum = free_now + pool_assigned(event);
	if (!leak->known) {
		*leak = (struct leak){.known = true, .listed = listed, .sum = sum};
	} else if (leak->moved && listed == leak->listed) {
		snprintf(expected, sizeof(expected), "%lld vectors, free or assigned", leak->sum);
		verdict(jg, fn, sum == leak->sum, expected, "%lld: %lld free, %lld assigned", sum,
			free_now, sum - free_now);
		leak->moved = false;
	}
}

const struct rule pool_rules[] = {
	{
		.info = {"POOL-SUM", SEV_MUST, "No more vectors are assigned than the pool has.",
			 "derived from Linux Documentation/ABI/testing/sysfs-bus-pci "
			 "(sriov_vf_total_msix); NVMe 2.1, 8.2.6.1",
			 "a look at the pool"},
		.needs = NEED_PF | NEED_RESIZE,
		.on_obs = ON_OBS(OBS_POOL),
		.judge = judge_pool_sum,
	},
	{
		.info = {"POOL-EXHAUST", SEV_MUST,
			 "More than is free is refused, and can be had once enough was freed.",
			 "derived from Linux Documentation/ABI/testing/sysfs-bus-pci "
			 "(sriov_vf_total_msix); NVMe 2.1, 5.2.6",
			 "a look at the pool, then a resize to more than is free"},
		.needs = NEED_PF | NEED_RESIZE | HEARS_ALL,
		.on_done = MOVES_SIZE,
		.on_obs = ON_OBS(OBS_POOL) | ON_OBS(OBS_BACKEND),
		.judge = judge_pool_exhaust,
	},
	{
		.info = {"POOL-NOLEAK", SEV_MUST,
			 "Vectors free and vectors assigned add up to the same number, always.",
			 "derived from Linux Documentation/ABI/testing/sysfs-bus-pci "
			 "(sriov_vf_total_msix); NVMe 2.1, 8.2.6.1",
			 "looks at the pool with resizes or VF Enable cycles between them; where "
			 "nobody tells "
			 "what is free, resizes to what VFs had before"},
		.needs = NEED_PF | NEED_RESIZE | HEARS_ALL,
		.on_done = ON_ACT(ACT_RESIZE) | ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_VIRT_MGMT),
		.on_obs = ON_OBS(OBS_POOL),
		.judge = judge_pool_leak,
	},

};

const size_t pool_rules_count = sizeof(pool_rules) / sizeof(pool_rules[0]);
