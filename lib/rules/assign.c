/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of Table Size after an attempt to assign: of the VF, and of everybody else. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attempt.h"

/* Of a VF; of a PF, the line of the last attempt on any of its VFs. */
struct assigned {
	unsigned long line; /* of the last attempt, if it was an assignment through this file */
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
		const struct assigned *assigned;

		if (w->fn[i]->vf < 0 || !was_assigned(w->fn[i]))
			continue;
		assigned = scratch(jg, w->fn[i], sizeof(*assigned));
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

static void note_assigned(struct judging *jg, const struct event *event, const struct world_fn *fn,
			  const struct attempt *attempt)
{
	struct assigned *assigned = scratch(jg, fn, sizeof(*assigned));
	struct assigned *last = scratch(jg, fn->pf, sizeof(*last));

	last->line = event->line;
	assigned->line = 0;
	if (attempt->res || !attempt->sysfs || attempt->want <= 0)
		return;
	*assigned = (struct assigned){event->line, attempt->want};
}

static void judge_size_equal(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct assigned *assigned, *last;
	char expected[WORDS];
	struct attempt attempt;

	if (event->kind == EV_OBS && event->obs == OBS_MODEL) {
		judge_steps(jg, w, event);
		return;
	}
	if (ended_attempt(event, &attempt)) {
		if (fn->vf >= 0)
			note_assigned(jg, event, fn, &attempt);
		return;
	}
	if (event->kind == EV_DONE) {
		/* A race: what it assigned is SYS-RACE-SIZE's. */
		last = scratch(jg, fn->pf, sizeof(*last));
		last->line = event->line;
		return;
	}
	if (!shows_msix(fn, event) || fn->vf < 0 || !was_assigned(fn))
		return;
	assigned = scratch(jg, fn, sizeof(*assigned));
	last = scratch(jg, fn->pf, sizeof(*last));
	/* What another attempt has moved, or one that failed, is for other rules to say. */
	if (!assigned->line || last->line != assigned->line || fn->want <= 0 ||
	    fn->resize_pending || w->model == MODEL_UNKNOWN || w->model == MODEL_NONE)
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
	bool doubt;    /* an attempt failed since one that did not */
};

static void judge_idempotent(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct same *same = scratch(jg, fn, sizeof(*same));
	struct attempt attempt;

	/* A driver without the callback assigns nothing, and has no value to repeat. */
	if (ended_attempt(event, &attempt) &&
	    (attempt.res == -EOPNOTSUPP || (attempt.sysfs && strcmp(w->backend, "sysfs"))))
		return;
	if (ended_attempt(event, &attempt) && attempt.number == NUMBER) {
		bool others = fn->track.since[LOOK_MSIX] & MOVES_SIZE & ~ON_ATTEMPT;

		same->repeated = same->now && attempt.want == same->now && !fn->driver[0] &&
				 !others && !begun_since(fn, same->line);
		if (same->repeated)
			verdict(jg, fn, !attempt.res, "success", "%s, assigning %lld again",
				res_name(attempt.res), attempt.want);
		same->repeated = same->repeated && !attempt.res;
		same->doubt = attempt.res != 0;
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
	/* What an attempt that failed has moved is assigned by nobody. */
	if (same->doubt && fn->msix.size != fn->msix_prev.size)
		same->now = 0;
	else if (!fn->resize_pending && !(same->doubt && !same->now)) {
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
		if (!attempt.res)
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

/* --- 0, which asks for the default --- */

/* True where the last look told the Table Size that an attempt, which has just ended, found. */
static bool saw_before(const struct world_fn *fn, unsigned long last_attempt)
{
	return fn->msix_line > last_attempt && !fn->gone &&
	       !(fn->track.since[LOOK_MSIX] & MOVES_SIZE & ~ON_ATTEMPT);
}

struct zero {
	unsigned long line; /* of the 0 that was written last and has not been judged */
	unsigned long last; /* of the attempt before */
	long long assigned; /* by the last attempt, -1 unknown */
	unsigned born;      /* Table Size that VF Enable gave it, 0 unknown */
	unsigned given;     /* ... and that a 0 gave it */
	int numvfs;         /* for which these are */
	bool refused;
};

/* Table Size after VF Enable is the default, unless it is what was assigned before. */
static void see_born(struct zero *zero, const struct world_fn *fn, bool news)
{

	if (news && zero->assigned > 0 && zero->assigned != fn->msix.size)
		zero->born = fn->msix.size;
	if (news)
		zero->assigned = -1;
}

static void judge_zero_size(struct judging *jg, const struct world_fn *fn, struct zero *zero)
{
	char expected[WORDS];

	if (zero->born) {
		snprintf(expected, sizeof(expected), "Table Size %u, as after VF Enable",
			 zero->born);
		verdict(jg, fn, fn->msix.size == zero->born, expected, "Table Size %u",
			fn->msix.size);
	} else if (zero->given) {
		snprintf(expected, sizeof(expected), "Table Size %u, as the last 0 gave",
			 zero->given);
		verdict(jg, fn, fn->msix.size == zero->given, expected, "Table Size %u",
			fn->msix.size);
	}
	zero->given = fn->msix.size;
	zero->line = 0;
}

/* A default that is less than what the VF has can always be had. */
static void judge_zero_refused(struct judging *jg, const struct world_fn *fn,
			       const struct zero *zero, int res)
{
	unsigned known = zero->born ? zero->born : zero->given;
	bool had = known && known <= fn->msix.size && saw_before(fn, zero->last);

	/* EINVAL calls 0 no number of vectors, whatever the default is. */
	if ((had || res == -EINVAL) && !fn->driver[0])
		verdict(jg, fn, !res, "success", "%s, writing 0 with Table Size %u", res_name(res),
			fn->msix.size);
}

static void judge_zero(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct zero *zero;
	struct attempt attempt;

	if (event->kind != EV_DONE && !was_assigned(fn))
		return;
	zero = scratch(jg, fn, sizeof(*zero));
	/* A default may depend on how many VFs there are. */
	if (zero->numvfs != fn->pf->track.numvfs && fn->pf->track.numvfs)
		*zero = (struct zero){.assigned = -1, .numvfs = fn->pf->track.numvfs};
	if (ended_attempt(event, &attempt)) {
		if (!attempt.sysfs || attempt.number != NUMBER || attempt.res == -EOPNOTSUPP)
			return;
		if (attempt.res && !attempt.want)
			judge_zero_refused(jg, fn, zero, attempt.res);
		zero->last = event->line;
		if (attempt.res)
			return;
		zero->assigned = attempt.want;
		zero->line = attempt.want ? 0 : event->line;
		return;
	}
	if (!shows_msix(fn, event) || fn->resize_pending || w->model == MODEL_UNKNOWN ||
	    w->model == MODEL_NONE)
		return;
	if (zero->line && begun_since(fn, zero->line) == (w->model == MODEL_VFE))
		judge_zero_size(jg, fn, zero);
	if (w->model != MODEL_VFE)
		see_born(zero, fn, begun_since(fn, fn->msix_prev_line));
}

/* --- the VF whose file was written --- */

/* A VF of the same PF with the same device and function number, on another bus. */
static const struct world_fn *twin_of(const struct world *w, const struct world_fn *fn)
{
	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i]->pf == fn->pf && w->fn[i]->vf >= 0 &&
		    w->fn[i]->bdf.devfn == fn->bdf.devfn && w->fn[i]->bdf.bus != fn->bdf.bus)
			return w->fn[i];
	return NULL;
}

struct aimed {
	unsigned long line; /* of the number that was written; 0: judged */
	unsigned long last; /* of the attempt before */
	unsigned want, before;
};

/* The VF that took the number instead. */
static const struct world_fn *taker_of(const struct world *w, const struct world_fn *fn,
				       const struct aimed *aimed)
{
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *other = w->fn[i];

		if (other != fn && other->pf == fn->pf && other->vf >= 0 && !other->gone &&
		    other->msix_line > aimed->line && other->msix_prev_line &&
		    other->msix.size == aimed->want && other->msix_prev.size != aimed->want)
			return other;
	}
	return NULL;
}

static void judge_aim(struct judging *jg, const struct world *w, struct world_fn *fn,
		      struct aimed *aimed)
{
	const struct world_fn *taker = taker_of(w, fn, aimed);

	if (fn->msix.size == aimed->want)
		held(jg, fn);
	else if (fn->msix.size == aimed->before && taker)
		broke(jg, fn, "this VF changes", "%s has the %u vectors that were written for it",
		      taker->name, aimed->want);
	else
		return;
	aimed->line = 0;
}

static void note_aim(const struct event *event, const struct world_fn *fn,
		     const struct attempt *attempt, struct aimed *aimed)
{
	bool tells = !attempt->res && attempt->sysfs && attempt->want > 0 &&
		     saw_before(fn, aimed->last) && attempt->want != fn->msix.size;

	*aimed = (struct aimed){tells ? event->line : 0, event->line, (unsigned)attempt->want,
				fn->msix.size};
}

static void judge_right_vf(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct aimed *aimed;
	struct attempt attempt;
	bool due;

	if (event->kind != EV_DONE && !was_assigned(fn))
		return;
	aimed = scratch(jg, fn, sizeof(*aimed));
	if (ended_attempt(event, &attempt)) {
		if (!twin_of(w, fn)) {
			inapplicable(jg, fn,
				     "no other bus has a VF with this device and function number");
			return;
		}
		note_aim(event, fn, &attempt, aimed);
		return;
	}
	due = !fn->resize_pending && w->model != MODEL_UNKNOWN && w->model != MODEL_NONE &&
	      begun_since(fn, aimed->line) == (w->model == MODEL_VFE);
	if (shows_msix(fn, event) && aimed->line && due)
		judge_aim(jg, w, fn, aimed);
}

const struct rule assign_rules[] = {
	{
		.info = {"SYS-TS-EQ", SEV_MUST,
			 "The number written is the Table Size that the VF then has.",
			 "Linux Documentation/ABI/testing/sysfs-bus-pci (sriov_vf_msix_count)",
			 "a count written with success, and a look when its size is due"},
		.needs = NEED_VF | NEED_MSIX | NEED_SYSFS | HEARS_ALL | NEED_RANGE,
		.on_done = ON_ATTEMPT | ON_ACT(ACT_RACE),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_MODEL),
		.judge = judge_size_equal,
	},
	{
		.info = {"SYS-ZERO", SEV_MUST,
			 "0 restores the default size, whatever was assigned.",
			 "Linux Documentation/ABI/testing/sysfs-bus-pci (sriov_vf_msix_count)",
			 "0 written with success, looks when that is due, and the size that VF "
			 "Enable or another 0 gave"},
		.needs = NEED_VF | NEED_MSIX | NEED_SYSFS | NEED_RANGE,
		.on_done = ON_ATTEMPT,
		SEES_MSIX,
		.judge = judge_zero,
	},
	{
		.info = {"SYS-RIGHT-VF", SEV_MUST,
			 "The VF whose file was written is the one that changes, whatever bus it "
			 "is on.",
			 "Linux drivers/pci/iov.c:pci_iov_vf_id",
			 "VFs on more than one bus, a count written for one that has a twin on "
			 "another, and looks when it is due"},
		.needs = NEED_VF | NEED_MSIX | NEED_SYSFS | NEED_RANGE | NEED_BUSES,
		.on_done = ON_ATTEMPT,
		SEES_MSIX,
		.judge = judge_right_vf,
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
