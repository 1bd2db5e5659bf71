/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of two writers at once, one of whom gives a VF vectors: whichever the kernel lets go first,
 * what comes out is what one order or the other would have left. Only those that were seen to meet
 * count.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "race.h"

/* The VF whose vectors are raced for, or NULL where nobody does. */
static const struct racer *writer_of(const struct race *race, const struct racer **other)
{
	return race_find(race, DEED_COUNT, other);
}

/* --- both come back --- */

static void judge_both_return(struct judging *jg, const struct world_fn *fn,
			      const struct race *race)
{
	for (size_t i = 0; i < 2; i++)
		verdict(jg, fn, race->side[i].res != -ETIMEDOUT, "both writers return",
			"%s never did", race->side[i].what);
}

/* The other may have come first or last: what it was told does not matter, but that it was. */
static void judge_removal(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	const struct racer *other;
	struct race race;

	if (ended_race(w, event, &race) && race.met && race_find(&race, DEED_REMOVE, &other))
		judge_both_return(jg, fn->pf, &race);
}

static void judge_return(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	const struct racer *writer, *other;
	struct race race;

	(void)fn;
	if (!ended_race(w, event, &race) || !race.met)
		return;
	writer = writer_of(&race, &other);
	if (writer && other->deed != DEED_REMOVE)
		judge_both_return(jg, writer->fn, &race);
}

/* --- what they are told --- */

/* Errnos that one order or the other leads to, ended by 0, which success always is. */
static const int *may_fail_with(enum deed other)
{
	static const int bound[] = {-EBUSY, 0}, gone[] = {-ENODEV, -EOPNOTSUPP, 0}, none[] = {0};

	switch (other) {
	case DEED_BIND:
	case DEED_UNBIND:
		return bound;
	case DEED_REMOVE:
		return gone;
	default:
		return none;
	}
}

static void judge_writer(struct judging *jg, const struct racer *writer, const struct racer *other)
{
	const int *errors = may_fail_with(other->deed);
	char expected[WORDS] = "success";
	bool ok = !writer->res;
	size_t used = strlen(expected);

	for (; *errors; errors++) {
		ok |= writer->res == *errors;
		used += (size_t)snprintf(expected + used, sizeof(expected) - used, " or %s",
					 res_name(*errors));
	}
	verdict(jg, writer->fn, ok, expected, "%s, writing %lld while %s was written",
		res_name(writer->res), writer->want, other->what);
}

static void judge_told(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	const struct racer *writer, *other;
	struct race race;

	(void)fn;
	if (!ended_race(w, event, &race) || !race.met)
		return;
	writer = writer_of(&race, &other);
	/* That one of them hung is said elsewhere. What the pool has for both is POOL-RACE's. */
	if (!writer || !writer->sysfs || event_res(event) ||
	    (other->deed == DEED_COUNT && other->fn != writer->fn))
		return;
	judge_writer(jg, writer, other);
	if (other->deed == DEED_COUNT)
		judge_writer(jg, other, writer);
	else
		verdict(jg, writer->fn, !other->res, "success", "%s, writing %s",
			res_name(other->res), other->what);
}

/* --- the size that is left --- */

struct left {
	bool due;       /* a look is to come */
	bool latched;   /* ... and what was assigned has to show in it */
	unsigned sizes; /* that it may show */
	long long size[3];
	bool looked; /* since the race before: what it is now is known */
};

static void add_size(struct left *left, long long size)
{
	left->size[left->sizes++] = size;
}

/* The sizes that @fn may have now: those written with success, or else the one before. */
static void note_left(struct judging *jg, const struct world *w, struct world_fn *fn,
		      const struct race *race)
{
	struct left *left = scratch(jg, fn, sizeof(*left));
	bool known = left->looked && fn->msix_line &&
		     !(fn->track.since[LOOK_MSIX] & MOVES_SIZE & ~ON_ACT(ACT_RACE));

	*left = (struct left){.due = known, .latched = w->model == MODEL_IMM};
	for (size_t i = 0; i < 2; i++) {
		const struct racer *side = &race->side[i];

		if (side->deed == DEED_REMOVE || side->res == -ETIMEDOUT)
			left->due = false;
		/* 0 asks for the default, which is not known. */
		if (side->fn == fn && side->deed == DEED_COUNT && !side->want)
			left->due = false;
		if (side->fn == fn && side->deed == DEED_COUNT && !side->res)
			add_size(left, side->want);
	}
	if (!left->sizes || !left->latched)
		add_size(left, fn->msix.size);
}

static void judge_left_at_look(struct judging *jg, const struct world_fn *fn, struct left *left)
{
	char expected[WORDS] = "Table Size";
	size_t used = strlen(expected);
	bool ok = false;

	for (unsigned i = 0; i < left->sizes; i++) {
		ok |= fn->msix.size == left->size[i];
		used += (size_t)snprintf(expected + used, sizeof(expected) - used, "%s %lld",
					 i ? " or" : "", left->size[i]);
	}
	verdict(jg, fn, ok, expected, "%u", fn->msix.size);
}

/* A reset brings out what was assigned: the size before has to be gone. */
static void latch_left(const struct world *w, struct left *left)
{
	if (w->model != MODEL_RST || left->latched)
		return;
	left->latched = true;
	if (left->sizes > 1)
		left->sizes--;
}

static void judge_left(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct left *left;
	struct race race;

	if (ended_race(w, event, &race)) {
		for (size_t i = 0; i < w->nfn; i++)
			if (w->fn[i]->pf == fn->pf && w->fn[i]->vf >= 0)
				note_left(jg, w, w->fn[i], &race);
		return;
	}
	if (fn->vf < 0)
		return;
	left = scratch(jg, fn, sizeof(*left));
	if (event->kind == EV_DONE && event->act == ACT_RESET && !event_res(event))
		latch_left(w, left);
	if (!shows_msix(fn, event))
		return;
	/* What another act has moved since is not theirs. */
	left->due = left->due && !(acts_before(fn, LOOK_MSIX) & MOVES_SIZE &
				   ~(ON_ACT(ACT_RACE) | ON_ACT(ACT_RESET)));
	if (left->due)
		judge_left_at_look(jg, fn, left);
	left->due = left->due && !left->latched;
	left->looked = true;
}

/* --- who has the VF --- */

struct owner {
	bool due, bound;
	char driver[32];
};

static void note_owner(struct judging *jg, const struct event *event, const struct race *race)
{
	for (size_t i = 0; i < 2; i++) {
		const struct racer *side = &race->side[i];
		struct owner *owner = scratch(jg, side->fn, sizeof(*owner));

		if (side->deed != DEED_BIND && side->deed != DEED_UNBIND)
			continue;
		*owner = (struct owner){.due = race->met && !event_res(event) && !side->res,
					.bound = side->deed == DEED_BIND};
		race_driver(side, owner->driver, sizeof(owner->driver));
	}
}

static void judge_owner(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct owner *owner;
	struct race race;

	if (ended_race(w, event, &race)) {
		note_owner(jg, event, &race);
		return;
	}
	owner = scratch(jg, fn, sizeof(*owner));
	if (event->kind == EV_OBS && owner->due)
		verdict(jg, fn, !strcmp(fn->driver, owner->driver),
			owner->bound ? owner->driver : "no driver", "%s",
			fn->driver[0] ? fn->driver : "no driver");
	owner->due = false;
}

/* --- the last vectors --- */

/* Of a PF: what is free in its pool; of a VF: what it has. */
struct room {
	bool known;
	long long count;
};

static long long size_of(const struct event *event, const struct world_fn *fn)
{
	const json_t *list = json_object_get(event->body, "assigned");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);
		const char *name = json_string_value(json_object_get(entry, "fn"));

		if (name && !strcmp(name, fn->name))
			return json_integer_value(json_object_get(entry, "size"));
	}
	return -1;
}

static void note_room(struct judging *jg, const struct world *w, const struct event *event,
		      const struct world_fn *pf)
{
	long long free = event_int(event, "free", -1);

	if (free < 0)
		free = event_int(event, "total", 0) - pool_assigned(event);
	*(struct room *)scratch(jg, pf, sizeof(struct room)) = (struct room){
		.known = free >= 0 && event_int(event, "total", 0) > 0, .count = free};
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *fn = w->fn[i];
		long long size = fn->pf == pf && fn->vf >= 0 ? size_of(event, fn) : -1;

		if (size >= 0)
			*(struct room *)scratch(jg, fn, sizeof(struct room)) =
				(struct room){.known = free >= 0, .count = size};
	}
}

/* Each alone could be had, both together cannot: true where that is known. */
static bool one_too_many(struct judging *jg, const struct race *race)
{
	const struct racer *a = &race->side[0], *b = &race->side[1];
	const struct room *pool = scratch(jg, a->fn->pf, sizeof(*pool));
	const struct room *of_a = scratch(jg, a->fn, sizeof(*of_a));
	const struct room *of_b = scratch(jg, b->fn, sizeof(*of_b));
	long long more_a = a->want - of_a->count, more_b = b->want - of_b->count;

	return pool->known && of_a->known && of_b->known && more_a > 0 && more_b > 0 &&
	       more_a <= pool->count && more_b <= pool->count && more_a + more_b > pool->count;
}

/* That both are refused may have reasons of the device's own: it proves nothing. */
static void judge_rivals(struct judging *jg, const struct racer *a, const struct racer *b)
{
	if (!a->res || !b->res)
		verdict(jg, a->fn->pf, a->res || b->res, "one of two is refused",
			"%lld for %s and %lld for %s", a->want, a->fn->name, b->want, b->fn->name);
}

static void judge_last(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	const struct racer *a, *b;
	struct race race;
	struct room *pool = scratch(jg, fn->pf, sizeof(*pool));

	if (event->kind == EV_OBS) {
		note_room(jg, w, event, fn->pf);
		return;
	}
	if (ended_race(w, event, &race) && race.met && !event_res(event)) {
		a = writer_of(&race, &b);
		if (a && a->sysfs && b->deed == DEED_COUNT && a->fn != b->fn &&
		    one_too_many(jg, &race))
			judge_rivals(jg, a, b);
	}
	pool->known = false;
}

#define ON_RACE ON_ACT(ACT_RACE)

const struct rule race_rules[] = {
	{
		.info = {"SYS-ENODEV-RACE", SEV_SHOULD,
			 "A count written while VFs are removed returns, and so does their "
			 "removal.",
			 "Linux drivers/pci/iov.c:sriov_numvfs_store, sriov_vf_msix_count_store",
			 "sriov_vf_msix_count written while sriov_numvfs or the PF's driver takes "
			 "VFs away",
			 .remark =
				 "Both have the PF's lock while they remove a VF, which waits for "
				 "the writers of the VF's files (fs/kernfs/dir.c:kernfs_drain); "
				 "one "
				 "of them waits for that lock. Seen to hang on Linux 6.1, 6.12 and "
				 "7.2."},
		.needs = NEED_PF | NEED_LINUX | HEARS_ALL,
		.on_done = ON_RACE,
		.judge = judge_removal,
	},
	{
		.info = {"SYS-RACE-RETURN", SEV_MUST,
			 "A VF is resized while somebody binds, unbinds, resets or resizes it: "
			 "both "
			 "return.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store, "
			 "drivers/base/dd.c:device_driver_attach",
			 "two writers that met, neither of whom removes VFs"},
		.needs = NEED_VF | NEED_LINUX | NEED_RESIZE | NEED_RANGE | HEARS_ALL,
		.on_done = ON_RACE,
		.judge = judge_return,
	},
	{
		.info = {"SYS-RACE-ERRNO", SEV_MUST,
			 "A count that meets another writer is taken, or refused as it would be "
			 "after him: EBUSY once a driver has the VF, ENODEV or EOPNOTSUPP once it "
			 "goes; and he succeeds.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "sriov_vf_msix_count written while somebody else writes, and both met"},
		.needs = NEED_VF | NEED_SYSFS | NEED_RANGE | HEARS_ALL,
		.on_done = ON_RACE,
		.judge = judge_told,
	},
	{
		.info = {"SYS-RACE-SIZE", SEV_MUST,
			 "After two writers have met, a VF has the size of one that succeeded, or "
			 "the one before; a VF that nobody wrote to has what it had.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "a look at Table Size before and after two writers met"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_RANGE | NEED_NOT_VFE | HEARS_ALL,
		.on_done = ON_RACE | ON_ACT(ACT_RESET),
		SEES_MSIX,
		.judge = judge_left,
	},
	{
		.info = {"SYS-RACE-BOUND", SEV_MUST,
			 "After a bind or unbind that met a resize and succeeded, the VF has that "
			 "driver, or none.",
			 "Linux drivers/base/bus.c:bind_store, unbind_store",
			 "a look at the driver after both met"},
		.needs = NEED_VF | NEED_LINUX | NEED_RESIZE | NEED_RANGE | HEARS_ALL,
		.on_done = ON_RACE | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND) | ON_ACT(ACT_NUMVFS),
		.on_obs = ON_OBS(OBS_DRIVER),
		.judge = judge_owner,
	},
	{
		.info = {"POOL-RACE", SEV_MUST,
			 "Of two writers who want the last vectors for two VFs at once, one is "
			 "refused.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store (the PF's lock)",
			 "two counts written at once, each of which the pool has alone, and both "
			 "met"},
		.needs = NEED_PF | NEED_SYSFS | NEED_RANGE | NEED_SIBLING | HEARS_ALL,
		.on_done = ON_RACE | ON_ATTEMPT | ON_ACT(ACT_NUMVFS),
		.on_obs = ON_OBS(OBS_POOL),
		.judge = judge_last,
	},
};

const size_t race_rules_count = sizeof(race_rules) / sizeof(race_rules[0]);
