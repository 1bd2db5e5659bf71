/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A user of VFIO who writes what he likes into the MSI-X Table of his VF: addresses that are not
 * his, handles of other functions, formats from before interrupt remapping. Whatever he writes, no
 * message may arrive where it has no right to, and nobody else may notice: from every VF, at
 * several sizes, before and after a resize, a reset and another driver.
 *
 * Before each shot the same entry is fired as it was: an absence proves something only when the
 * same way has just delivered.
 */
#include <kselftest_harness.h>

#include "suite.h"

/* What the attacker has behind it. */
enum past {
	PAST_NOTHING,
	PAST_OTHER_SIZE,
	PAST_LEAST,
	PAST_MIDDLE,
	PAST_MOST,
	PAST_FLR,
	PAST_REBIND
};

FIXTURE(attack)
{
	struct bdf vf, victim, bystander;
	bool victims, bystanders;
	unsigned entry;
	int res; /* of arming the attacker */
};

FIXTURE_VARIANT(attack)
{
	const char *name;
	enum past past;
	bool watched; /* somebody else works meanwhile */
};

FIXTURE_VARIANT_ADD(attack, as_it_is){
	.name = "as it is",
	.past = PAST_NOTHING,
};

FIXTURE_VARIANT_ADD(attack, resized){
	.name = "resized",
	.past = PAST_OTHER_SIZE,
	.watched = true,
};

FIXTURE_VARIANT_ADD(attack, smallest){
	.name = "of the least size",
	.past = PAST_LEAST,
};

FIXTURE_VARIANT_ADD(attack, middling){
	.name = "of a middling size",
	.past = PAST_MIDDLE,
};

FIXTURE_VARIANT_ADD(attack, largest){
	.name = "of the largest size",
	.past = PAST_MOST,
};

FIXTURE_VARIANT_ADD(attack, reset){
	.name = "after FLR",
	.past = PAST_FLR,
};

FIXTURE_VARIANT_ADD(attack, rebound){
	.name = "bound again",
	.past = PAST_REBIND,
};

FIXTURE_SETUP(attack)
{
}

FIXTURE_TEARDOWN(attack)
{
}

/* The VFs that attack: all in the first variant; later ones take one in turn, in cert all again. */
static bool attacks(enum past past, unsigned index)
{
	bool all = past == PAST_NOTHING || walk_options(w)->profile >= PROFILE_CERT;

	return all || index == (past - 1) % walk_vfs(w);
}

static void load_begin(struct bdf vf)
{
	walk_bind(w, vf, native_driver(vf));
	walk_look_driver(w, vf);
	walk_load_start(w, vf, 8);
}

static unsigned size_of_past(struct bdf vf, enum past past)
{
	unsigned least = walk_caps(w)->min ? walk_caps(w)->min : 1, most = walk_size_max(w, vf);

	switch (past) {
	case PAST_OTHER_SIZE:
		return another_size(vf);
	case PAST_LEAST:
		return least;
	case PAST_MIDDLE:
		return (least + most) / 2;
	case PAST_MOST:
		return most;
	default:
		return 0;
	}
}

/* Opened, fired once, and given to the kernel's driver, before it comes back. */
static void rebind(struct bdf vf)
{
	if (vf_arm(vf) || !native_driver(vf))
		return;
	walk_shot(w, vf, SHOT_CONTROL, 0, vf, 0);
	walk_engine_stop(w, vf);
	walk_vfio_close(w, vf);
	walk_bind(w, vf, native_driver(vf));
	walk_look_driver(w, vf);
}

static void live_through(struct bdf vf, enum past past)
{
	unsigned size = can_resize() ? size_of_past(vf, past) : 0;

	if (size && size != walk_size(w, vf))
		resize_and_look(vf, size);
	if (past == PAST_FLR)
		walk_reset(w, vf, RESET_FLR);
	if (past == PAST_REBIND)
		rebind(vf);
}

static void shoot(struct bdf vf, enum shot_kind kind, unsigned entry, struct bdf victim)
{
	struct bdf target = kind == SHOT_PF_HANDLE ? walk_pf(w) : victim;

	walk_shot(w, vf, SHOT_CONTROL, entry, vf, 0);
	walk_shot(w, vf, kind, kind == SHOT_BEYOND_SIZE ? walk_size(w, vf) : entry, target, 0);
}

/* The attacker, a victim and, where @watched, a third that works. */
static void prepare(FIXTURE_DATA(attack) * self, unsigned index, enum past past, bool watched)
{
	bool engine;

	self->vf = walk_vf(w, index);
	engine = walk_has_engine(w, self->vf);
	self->victims = walk_sibling(w, self->vf, &self->victim);
	self->bystanders = watched && walk_equipped_vfs(w) > 1 && carries_data(self->vf);
	/* Of two VFs the other is a victim in one variant, and works in the other. */
	self->victims &= !self->bystanders || walk_equipped_vfs(w) > 2;
	if (self->bystanders)
		self->bystander = walk_vf(w, walk_equipped_vfs(w) > 2 ? 2 : 1 - index);
	live_through(self->vf, past);
	/* Before the attacker takes what vectors the machine has. */
	if (self->bystanders && engine)
		load_begin(self->bystander);
	self->res = engine ? vf_arm(self->vf) : -EOPNOTSUPP;
	/* Somebody to be attacked, where there is another VF that can be put to work. */
	self->victims = !self->res && self->victims && !vf_arm(self->victim);
	/* Vector 0 is the engine's own: its commands are answered on it. */
	self->entry = walk_enabled(w, self->vf) > 1 ? 1 : 0;
	walk_look_isolation(w, self->vf);
	walk_look_config(w, self->vf);
	walk_look_table(w, self->vf);
}

/* In this order: what might bring the machine down, if it got through, comes last. */
static void attack(FIXTURE_DATA(attack) * self, enum past past)
{
	for (enum shot_kind kind = SHOT_CONTROL + 1; kind < SHOT_ONES; kind++)
		if (kind != SHOT_SIBLING_HANDLE || self->victims)
			shoot(self->vf, kind, self->entry, self->victim);
	/* What is blocked once must be blocked again. */
	if (past == PAST_NOTHING) {
		shoot(self->vf, SHOT_DMA_UNMAPPED, self->entry, self->victim);
		shoot(self->vf, SHOT_ABSENT_HANDLE, self->entry, self->victim);
	}
	/* The entry was put back: it must still work. */
	walk_shot(w, self->vf, SHOT_CONTROL, self->entry, self->vf, 0);
	walk_look_table(w, self->vf);
	if (self->bystanders)
		walk_load_stop(w, self->bystander);
	walk_look_all(w);
}

TEST_F_TIMEOUT(attack, arrives_nowhere_it_must_not, 3600)
{
	bool ran = false;

	for (unsigned i = 0; i < walk_vfs(w); i++) {
		char name[64];

		if (!attacks(variant->past, i))
			continue;
		snprintf(name, sizeof(name), "%s, VF %u,", variant->name, i);
		ASSERT_EQ(0, suite_begin(_metadata->name, name));
		prepare(self, i, variant->past, variant->watched);
		if (self->res)
			walk_skip(w, walk_has_engine(w, self->vf)
					     ? suite_reason("the VF's vectors cannot be fired: %s",
							    strerror(-self->res))
					     : "nothing here can fire this VF's vectors");
		else
			attack(self, variant->past);
		ran |= !self->res;
		EXPECT_EQ(0, suite_end());
	}
	if (!ran)
		SKIP(return, "no VF's vectors can be fired");
}

SUITE_MAIN("hostile")
