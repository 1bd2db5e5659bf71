/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "attacks.h"
#include "catalogue.h"

static const char *const states[ATTACK_STATES] = {
	[ATTACK_ARMED] = "",
	[ATTACK_GONE] = "driver gone",
	[ATTACK_RESET] = "reset meanwhile",
};

static enum attack_state state_of(const struct shot *shot)
{
	if (shot->by_pending && shot->after_reset)
		return ATTACK_RESET;
	return shot->by_pending && !shot->from->driver[0] ? ATTACK_GONE : ATTACK_ARMED;
}

/* --- counting --- */

/* Those that are no attack arrive at the function itself, or in its memory. */
static bool is_by_right(const struct shot *shot, const char *canary)
{
	struct arrival arrival;

	if (shot->kind == KIND_DMA_CANARY)
		return canary && !strcmp(canary, "written");
	return (shot->kind == KIND_OWN_HANDLE || (shot->own_table && is_kind(shot, BORROWED)) ||
		shot->messages) &&
	       came_to(shot, shot->from, &arrival);
}

static bool is_delivered(const struct world *w, const struct shot *shot, unsigned noise,
			 const char *canary)
{
	struct arrival arrival;
	long long here;

	if (arrived(w, shot, noise, &arrival))
		return true;
	if (shot->kind == KIND_DMA_UNMAPPED)
		return canary && !strcmp(canary, "written");
	if (!shot->messages)
		return false;
	here = sum_of(json_object_get(json_object_get(shot->watch, "events"), shot->from->name));
	return here > (long long)messages_own(w, shot);
}

/* The device had nothing to send: it refused the vector, or no event was pending. */
static bool is_unsent(const struct world *w, const struct shot *shot)
{
	if (shot->kind == KIND_BEYOND_SIZE)
		return json_integer_value(json_object_get(w->shot, "status")) != 0;
	return shot->by_pending && !shot->sent;
}

static unsigned long *counter_of(struct attack *attack, const struct world *w,
				 const struct shot *shot, unsigned noise, const char *canary)
{
	if (is_delivered(w, shot, noise, canary))
		return &attack->delivered;
	if (is_by_right(shot, canary))
		return &attack->by_right;
	if (was_reported(shot))
		return &attack->reported;
	if (is_unsent(w, shot))
		return &attack->unsent;
	return shot->control ? &attack->silent : &attack->unproven;
}

void attacks_follow(struct attacks *attacks, const struct world *w, const struct event *event,
		    const struct world_fn *fn)
{
	struct attack *attack;
	struct shot shot;

	if (!sees_shot(w, event, fn, &shot) && !sees_burst(w, event, fn, &shot))
		return;
	if (shot.kind == KIND_CONTROL && state_of(&shot) == ATTACK_ARMED) {
		attacks->noise |= strays(&shot);
		return;
	}
	attack = &attacks->row[shot.kind][state_of(&shot)];
	attack->shots++;
	attack->messages += messages_count(&shot);
	++*counter_of(attack, w, &shot, attacks->noise, event_str(event, "canary"));
}

/* --- what was not tried --- */

static const char *rule_of(enum kind kind, enum attack_state state)
{
	if (state != ATTACK_ARMED)
		return state == ATTACK_GONE ? "IOM-GONE" : "IOM-RESET";
	switch (kind) {
	case KIND_DMA_UNMAPPED:
	case KIND_DMA_CANARY:
	case KIND_RANDOM_DMA:
		return "IOM-ROGUE-DMA";
	case KIND_OWN_HANDLE:
		return "IOM-OWN-INDEX";
	case KIND_RANDOM_HANDLE:
	case KIND_RANDOM_COMPAT:
		return "IOM-RANDOM";
	default:
		return "IOM-NODELIVER";
	}
}

static const struct world_fn *first_vf(const struct world *w)
{
	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i]->vf >= 0)
			return w->fn[i];
	return NULL;
}

/* Messages that another maker's IOMMU does not tell from those that were tried. */
static bool has_format(const struct world *w, enum kind kind)
{
	bool intel = !strcmp(w->iommu.kind, "intel"), amd = !strcmp(w->iommu.kind, "amd");

	switch (kind) {
	case KIND_RESERVED_DATA:
	case KIND_RANDOM_COMPAT:
		return intel;
	case KIND_BEYOND_HANDLE:
		return !amd;
	case KIND_COMPAT_FIXED:
	case KIND_COMPAT_NMI:
		return intel || amd;
	default:
		return true;
	}
}

static const char *why_not(const struct world *w, enum kind kind, enum attack_state state)
{
	const struct world_fn *vf = first_vf(w);
	const char *unmet = NULL;

	for (size_t r = 0; vf && !unmet && r < rules_count(); r++)
		if (!strcmp(rules_get(r)->id, rule_of(kind, state)))
			unmet = needs_missed(catalogue_get(r), w, vf);
	if (!vf)
		return "no VF is there";
	if (!unmet && !has_format(w, kind))
		return "the IOMMU has no such format";
	return unmet;
}

/* Beyond the plain one a state has rows only for what was tried in it, or one that says why not. */
static bool is_told(const struct attack *attack, enum kind kind, enum attack_state state)
{
	return attack->shots || (state == ATTACK_ARMED && kind != KIND_CONTROL) ||
	       (state != ATTACK_ARMED && kind == KIND_SIBLING_HANDLE);
}

size_t attacks_sum(struct attacks *attacks, const struct world *w)
{
	size_t count = 0;

	for (int s = 0; s < ATTACK_STATES; s++)
		for (int k = KIND_CONTROL; k < KIND_COUNT; k++) {
			struct attack attack = attacks->row[k][s];

			if (!is_told(&attack, (enum kind)k, (enum attack_state)s))
				continue;
			attack.message = kind_name((enum kind)k);
			attack.of = states[s];
			attack.why = attack.shots ? NULL
						  : why_not(w, (enum kind)k, (enum attack_state)s);
			attacks->out[count++] = attack;
		}
	return count;
}

const char *attack_outcome(const struct attack *attack)
{
	if (attack->delivered)
		return "delivered";
	if (attack->reported)
		return "blocked, reported";
	if (attack->silent)
		return "blocked, silent";
	if (attack->by_right)
		return "by right";
	if (attack->unsent)
		return "not sent";
	return attack->shots ? "unproven" : "not tried";
}
