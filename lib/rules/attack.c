/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of attacks that are more than one message of a function that somebody drives: many at
 * random, those of a function whose driver is gone, those that a reset cut short.
 */
#include <stdio.h>
#include <string.h>

#include "iommu.h"
#include "look.h"
#include "race.h"
#include "reset.h"
#include "shot.h"

/* Of a table that is compared with itself. */
#define RACED_ENTRIES 64

/* --- at random --- */

struct random {   /* on the function */
	bool due; /* the last burst was quiet, and counts if the control after it is delivered */
};

/* A write above or below the interrupt range that the log calls an interrupt. */
static bool taken_for_request(const struct shot *shot)
{
	for (size_t i = 0; i < faults_count(shot); i++)
		if (shot->kind == KIND_RANDOM_DMA && fault_get(shot, i).interrupt)
			return true;
	return false;
}

/* Its own vectors: no more interrupts than messages that name them. */
static bool came_home(const struct world *w, const struct shot *shot, struct arrival *arrival)
{
	const json_t *events = json_object_get(shot->watch, "events");
	long long here = sum_of(json_object_get(events, shot->from->name));
	size_t own = messages_own(w, shot);

	if (here <= (long long)own)
		return false;
	snprintf(arrival->where, sizeof(arrival->where),
		 "%lld at vectors of its own, which %zu of the messages name", here, own);
	return true;
}

static void judge_burst(struct judging *jg, const struct world *w, const struct shot *shot,
			struct random *random, unsigned noise)
{
	long long seed = json_integer_value(json_object_get(w->shot, "seed"));
	long long first = json_integer_value(json_object_get(w->shot, "first"));
	long long fired = json_integer_value(json_object_get(w->shot, "fired"));
	struct arrival arrival = {""};

	if (!arrived(w, shot, noise, &arrival))
		came_home(w, shot, &arrival);
	if (!arrival.where[0] && taken_for_request(shot))
		snprintf(arrival.where, sizeof(arrival.where), "taken for an interrupt request");
	if (arrival.where[0])
		broke(jg, shot->from, "nothing but at its own vectors what names them",
		      "%s: %s (seed %lld, messages %lld to %lld)", shot->name, arrival.where, seed,
		      first, first + (long long)messages_count(shot) - 1);
	random->due = !arrival.where[0] && shot->ready && fired == (long long)messages_count(shot);
}

static void judge_random(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct random *random;
	struct shot shot;
	unsigned noise;

	if (event->kind == EV_BEGIN) {
		for (size_t i = 0; i < w->nfn; i++)
			if (w->fn[i]->vf >= 0 && is_armed(w->fn[i]))
				((struct random *)scratch(jg, w->fn[i], sizeof(*random)))->due =
					false;
		return;
	}
	if (!fn)
		return;
	random = scratch(jg, fn, sizeof(*random));
	if (sees_burst(w, event, fn, &shot)) {
		noise = noise_of(jg, &shot);
		judge_burst(jg, w, &shot, random, noise);
	} else if (sees_shot(w, event, fn, &shot) && shot.kind == KIND_CONTROL) {
		noise_of(jg, &shot);
		/* What has gone deaf in between proves nothing. */
		if (random->due && shot.control)
			held(jg, fn);
		random->due = false;
	}
}

/* --- the driver gone, a reset in between --- */

static void judge_gone(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct arrival arrival;
	struct shot shot;
	unsigned noise;

	if (!sees_shot(w, event, fn, &shot))
		return;
	noise = noise_of(jg, &shot);
	if (!shot.by_pending || fn->driver[0])
		return;
	if (arrived(w, &shot, noise, &arrival) || came_to(&shot, fn, &arrival))
		broke(jg, fn, "nothing anywhere", "%s: %s", shot.name, arrival.where);
	else if (shot.sent || w->control_line)
		held(jg, fn);
}

static void judge_cut_short(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	struct arrival arrival;
	struct shot shot;
	unsigned noise;

	if (!sees_shot(w, event, fn, &shot))
		return;
	noise = noise_of(jg, &shot);
	if (!shot.by_pending || !shot.after_reset)
		return;
	if (arrived(w, &shot, noise, &arrival) || came_to(&shot, fn, &arrival))
		broke(jg, fn, "nothing anywhere", "%s: %s", shot.name, arrival.where);
	else if (was_reported(&shot))
		broke(jg, fn, "nothing to send", "%s: blocked, and reported", shot.name);
	else if (shot.sent)
		broke(jg, fn, "nothing to send",
		      "%s: what was pending before the reset was sent after it", shot.name);
	else
		held(jg, fn);
}

/* --- the kernel writes, too --- */

struct raced {          /* on the function */
	bool met;       /* somebody wrote its table while the kernel reset it */
	bool restored;  /* ... and the kernel has since, with nobody else at it */
	unsigned count; /* vectors that it had when its table was last seen before */
	struct msix_entry entry[RACED_ENTRIES];
};

static void keep_table(struct raced *raced, const struct world_fn *fn)
{
	raced->count = 0;
	while (raced->count < fn->allocated && raced->count < RACED_ENTRIES &&
	       table_entry(&fn->table, raced->count, &raced->entry[raced->count]))
		raced->count++;
}

static void judge_put_back(struct judging *jg, const struct raced *raced, const struct world_fn *fn)
{
	struct msix_entry now;

	for (unsigned k = 0; k < raced->count && table_entry(&fn->table, k, &now); k++) {
		const struct msix_entry *was = &raced->entry[k];

		if (same_message(&now, was) && !((now.ctrl ^ was->ctrl) & MSIX_ENTRY_MASKED))
			continue;
		broke(jg, fn, "entries as the kernel had written them before",
		      "T[%u]: %llXh %Xh, Vector Control %Xh", k, (unsigned long long)now.msg.addr,
		      now.msg.data, now.ctrl);
		return;
	}
	held(jg, fn);
}

static void follow_race(struct raced *raced, const struct world *w, const struct event *event)
{
	const struct racer *table, *with;
	struct race race;

	if (event->act == ACT_RESET) {
		raced->restored = raced->met && !event_res(event);
		return;
	}
	if (event->act != ACT_RACE) {
		raced->met = raced->restored = false;
		raced->count = 0;
		return;
	}
	if (!ended_race(w, event, &race))
		return;
	table = race_find(&race, DEED_TABLE, &with);
	raced->met = table && race.met && !table->res && !with->res && with->deed == DEED_RESET;
	raced->restored = false;
}

/* What arrived at others while it went on. */
static void judge_others(struct judging *jg, const struct world *w, const struct event *event,
			 const struct world_fn *fn)
{
	const struct shot none = {.from = fn, .watch = event->body};
	struct arrival arrival;

	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i] != fn && w->fn[i]->vf >= 0 && came_to(&none, w->fn[i], &arrival))
			broke(jg, fn, "nothing at any other VF", "%s", arrival.where);
}

static void judge_race_table(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct raced *raced = fn ? scratch(jg, fn, sizeof(*raced)) : NULL;

	if (!raced)
		return;
	if (event->kind == EV_DONE) {
		follow_race(raced, w, event);
	} else if (event->obs == OBS_WATCH) {
		if (raced->met && !w->shot_watched)
			judge_others(jg, w, event, fn);
	} else if (raced->restored) {
		if (raced->count)
			judge_put_back(jg, raced, fn);
		raced->met = raced->restored = false;
	} else if (!raced->met) {
		keep_table(raced, fn);
	}
}

/* --- rows --- */

#define NEED_ATTACK (NEED_VF | NEED_MSIX | NEED_ENGINE | NEED_VFIO)
#define ON_WATCH    ON_OBS(OBS_WATCH)

const struct rule attack_rules[] = {
	{
		.info = {"IOM-RANDOM", SEV_MUST,
			 "Random messages arrive nowhere but at the function's own vectors, and "
			 "only those that name them.",
			 "VT-d 4.1, 5.1.4 and 3.14; AMD IOMMU, 2.2.5.1; GICv3, 5.2",
			 "bursts of random messages, between controls that are delivered",
			 .remark = "One watch for a burst: what arrived is of one of its messages. "
				   "The same seed sends the same messages (--seed)."},
		.needs = NEED_ATTACK | NEED_REMAP,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_BEGIN),
		.judge = judge_random,
	},
	{
		.info = {"IOM-GONE", SEV_MUST,
			 "What a function sends whose driver is gone arrives nowhere.",
			 "VT-d 4.1, 5.1.4; Linux kernel/irq/msi.c:msi_domain_free_irqs (whose "
			 "entries go with the driver)",
			 "a control delivered, the driver gone, and a vector unmasked that has an "
			 "event pending"},
		.needs = NEED_ATTACK | NEED_REMAP,
		.on_obs = ON_WATCH,
		.judge = judge_gone,
	},
	{
		.info = {"IOM-RESET", SEV_MUST,
			 "A function that is reset in mid-attack sends nothing of what it was "
			 "about to.",
			 "PCIe 6.0, 6.6.2 and 7.7.2 (Pending bits are 0 after a reset)",
			 "a control delivered by a pending event, then another event pending, a "
			 "reset, and the vector unmasked"},
		.needs = NEED_ATTACK | NEED_FLR,
		.on_obs = ON_WATCH,
		.judge = judge_cut_short,
	},
	{
		.info = {"IOM-RACE", SEV_MUST,
			 "Whoever writes a table while the kernel does: what the kernel puts back "
			 "at "
			 "its next reset stands, and no other VF hears of it.",
			 "Linux drivers/pci/msi/msi.c:__pci_restore_msix_state",
			 "vectors of the probe driver, a reset by the kernel that met writes of "
			 "the "
			 "table, another one that did not, and looks at the table before and "
			 "after"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE | NEED_REMAP | NEED_FLR,
		.on_done = ON_ACT(ACT_RACE) | ON_ACT(ACT_RESET) | ON_ACT(ACT_ALLOC) |
			   ON_ACT(ACT_FREE) | ON_ACT(ACT_UNBIND) | ON_ACT(ACT_BIND),
		.on_obs = ON_OBS(OBS_TABLE) | ON_OBS(OBS_WATCH),
		.judge = judge_race_table,
	},
};

const size_t attack_rules_count = sizeof(attack_rules) / sizeof(attack_rules[0]);
