/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of Table Size after an attempt to assign: of the VF, and of everybody else. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attempt.h"

struct assigned {
	unsigned long line; /* of the last assignment that went through this file */
	long long want;
};

/* Probing found no moment at which the number shows: some other number may have shown instead. */
static void judge_steps(struct judging *jg, const struct world *w, const struct event *event)
{
	const json_t *steps = json_object_get(event->body, "steps");
	const struct assigned *last = NULL;
	const struct world_fn *vf = NULL;
	bool reset = false;
	char expected[WORDS], seen[WORDS] = "";
	size_t used = 0;

	for (size_t i = 0; i < w->nfn; i++) {
		const struct assigned *assigned = scratch(jg, w->fn[i], sizeof(*assigned));

		if (assigned->line && (!last || assigned->line > last->line)) {
			last = assigned;
			vf = w->fn[i];
		}
	}
	if (w->model != MODEL_NONE || !last || !json_array_size(steps))
		return;
	for (size_t i = 0; i < json_array_size(steps) && used < sizeof(seen); i++) {
		const json_t *step = json_array_get(steps, i);
		const char *after = json_string_value(json_object_get(step, "after"));
		json_int_t size = json_integer_value(json_object_get(step, "size"));

		if (size == last->want)
			return;
		reset |= after && !strcmp(after, "flr");
		used += (size_t)snprintf(seen + used, sizeof(seen) - used, "%s%lld after %s",
					 i ? ", " : "Table Size ", (long long)size,
					 after ? after : "?");
	}
	/* It may wait for a reset that nobody here can give it. */
	if (!reset && !vf->has_flr) {
		for (size_t i = 0; i < w->nfn; i++)
			inapplicable(jg, w->fn[i],
				     "the new size shows at no step, and a reset "
				     "cannot be tried without FLR");
		return;
	}
	snprintf(expected, sizeof(expected), "Table Size %lld, as written", last->want);
	broke(jg, vf, expected, "%s", seen);
}

static void judge_size_equal(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct assigned *assigned;
	char expected[WORDS];
	struct attempt attempt;

	if (event->kind == EV_OBS && event->obs == OBS_MODEL) {
		judge_steps(jg, w, event);
		return;
	}
	assigned = scratch(jg, fn, sizeof(*assigned));
	if (ended_attempt(event, &attempt)) {
		if (attempt.res || fn->vf < 0)
			return;
		assigned->line = attempt.sysfs && attempt.want > 0 ? event->line : 0;
		assigned->want = attempt.want;
		return;
	}
	if (!shows_msix(fn, event) || fn->vf < 0 || !assigned->line || fn->resize_res ||
	    fn->want <= 0 || fn->resize_pending || w->model == MODEL_UNKNOWN ||
	    w->model == MODEL_NONE)
		return;
	/* Whether an assignment outlives VF Enable is up to the device, but in M-VFE. */
	if (begun_since(fn, assigned->line) != (w->model == MODEL_VFE))
		return;
	snprintf(expected, sizeof(expected), "Table Size %d, as written", fn->want);
	verdict(jg, fn, fn->msix.size == (unsigned)fn->want, expected, "Table Size %u",
		fn->msix.size);
}

struct same {
	long long now; /* what is assigned, 0 unknown */
	unsigned long line;
	bool repeated; /* with success */
};

static void judge_idempotent(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct same *same = scratch(jg, fn, sizeof(*same));
	struct attempt attempt;

	(void)w;
	/* A driver without the callback assigns nothing, and has no value to repeat. */
	if (ended_attempt(event, &attempt) && attempt.res == -EOPNOTSUPP)
		return;
	if (ended_attempt(event, &attempt) && attempt.number == NUMBER) {
		bool others = fn->track.since[LOOK_MSIX] & MOVES_SIZE & ~ON_ATTEMPT;

		same->repeated = same->now && attempt.want == same->now && !fn->driver[0] &&
				 !others && !begun_since(fn, same->line);
		if (same->repeated)
			verdict(jg, fn, !attempt.res, "success", "%s, assigning %lld again",
				res_name(attempt.res), attempt.want);
		same->repeated = same->repeated && !attempt.res;
		if (!attempt.res) {
			same->now = attempt.want;
			same->line = event->line;
		}
		return;
	}
	if (!shows_msix(fn, event))
		return;
	if (same->repeated && size_left_alone(fn, ON_ATTEMPT))
		verdict(jg, fn, fn->msix.size == fn->msix_prev.size, "the same Table Size",
			"%u before, %u after", fn->msix_prev.size, fn->msix.size);
	same->repeated = false;
	if (!fn->resize_pending) {
		same->now = fn->msix.size;
		same->line = event->line;
	}
}

/* What was tried on a VF or on a sibling since the last look at its Table Size. */
struct tried {
	bool failed, done;
	char sibling[16]; /* the one that something was tried on */
};

static void note_siblings(struct judging *jg, const struct world *w, const struct world_fn *fn)
{
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *other = w->fn[i];
		struct tried *tried;

		if (other == fn || other->pf != fn->pf || other->vf < 0)
			continue;
		tried = scratch(jg, other, sizeof(*tried));
		strcpy(tried->sibling, fn->name);
	}
}

/*
 * The nvme backend resizes by several commands, the first of which takes the VF offline: what an
 * attempt that fails leaves of the VF itself is then the doing of whoever sent them.
 */
static void judge_atomic(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct tried *tried = scratch(jg, fn, sizeof(*tried));
	struct attempt attempt;

	if (ended_attempt(event, &attempt)) {
		if (!attempt.res || !attempt.sysfs)
			tried->done = true;
		else
			tried->failed = true;
		if (attempt.res)
			note_siblings(jg, w, fn);
		return;
	}
	if (!shows_msix(fn, event))
		return;
	if (tried->failed && !tried->done && size_left_alone(fn, ON_ATTEMPT))
		verdict(jg, fn, fn->msix.size == fn->msix_prev.size, "Table Size as before",
			"%u before the write that failed, %u after", fn->msix_prev.size,
			fn->msix.size);
	else if (tried->sibling[0] && size_left_alone(fn, 0))
		verdict(jg, fn, fn->msix.size == fn->msix_prev.size, "Table Size as before",
			"%u before an attempt on %s that failed, %u after", fn->msix_prev.size,
			tried->sibling, fn->msix.size);
	*tried = (struct tried){0};
}

static void judge_sibling(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct tried *tried = scratch(jg, fn, sizeof(*tried));
	struct attempt attempt;

	if (ended_attempt(event, &attempt)) {
		note_siblings(jg, w, fn);
		return;
	}
	if (!shows_msix(fn, event))
		return;
	if (tried->sibling[0] && size_left_alone(fn, 0))
		verdict(jg, fn, fn->msix.size == fn->msix_prev.size, "Table Size as before",
			"%u before %s was resized, %u after", fn->msix_prev.size, tried->sibling,
			fn->msix.size);
	tried->sibling[0] = '\0';
}

const struct rule assign_rules[] = {
	{
		.info = {"SYS-TS-EQ", SEV_MUST,
			 "The number written is the Table Size that the VF then has.",
			 "Linux Documentation/ABI/testing/sysfs-bus-pci (sriov_vf_msix_count)",
			 "a count written with success, and a look when its size is due"},
		.needs = NEED_VF | NEED_MSIX | NEED_SYSFS | HEARS_ALL | NEED_RANGE,
		.on_done = ON_ATTEMPT,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_MODEL),
		.judge = judge_size_equal,
	},
	{
		.info = {"SYS-IDEMP", SEV_SHOULD,
			 "Assigning what is assigned already succeeds and changes nothing.",
			 "Linux Documentation/ABI/testing/sysfs-bus-pci (sriov_vf_msix_count)",
			 "an unbound VF resized to its own size, and looks before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE,
		.on_done = ON_ATTEMPT,
		SEES_MSIX,
		.judge = judge_idempotent,
	},
	{
		.info = {"SYS-FAIL-ATOMIC", SEV_MUST,
			 "An attempt that fails changes no Table Size, of the VF or of a sibling.",
			 "derived from Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "an attempt that fails, and looks before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX,
		.on_done = ON_ATTEMPT,
		SEES_MSIX,
		.judge = judge_atomic,
	},
	{
		.info = {"SYS-SIBLING", SEV_MUST,
			 "Resizing one VF changes the Table Size of no other.",
			 "derived from Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "a resize of one VF, and looks at another before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_SIBLING,
		.on_done = ON_ATTEMPT,
		SEES_MSIX,
		.judge = judge_sibling,
	},
};

const size_t assign_rules_count = sizeof(assign_rules) / sizeof(assign_rules[0]);
