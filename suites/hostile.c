/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A user of VFIO who writes what he likes into the MSI-X Table of his VF: addresses that are not
 * his, handles of other functions, formats from before interrupt remapping. Whatever he writes, no
 * message may arrive where it has no right to, and nobody else may notice.
 *
 * Before each shot the same entry is fired as it was: an absence proves something only when the
 * same way has just delivered.
 */
#include <kselftest_harness.h>

#include "suite.h"

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
	bool resized; /* the attacker, and somebody else works meanwhile */
};

FIXTURE_VARIANT_ADD(attack, as_it_is){
	.name = "as it is",
	.resized = false,
};

FIXTURE_VARIANT_ADD(attack, resized){
	.name = "resized",
	.resized = true,
};

static void load_begin(struct bdf vf)
{
	walk_bind(w, vf, native_driver(vf));
	walk_look_driver(w, vf);
	walk_load_start(w, vf, 8);
}

FIXTURE_SETUP(attack)
{
	unsigned size;

	ASSERT_EQ(0, suite_begin(_metadata->name, variant->name));
	self->vf = walk_vf(w, 0);
	self->victims = walk_sibling(w, self->vf, &self->victim);
	self->bystanders = variant->resized && walk_equipped_vfs(w) > 1 && carries_data(self->vf);
	/* Of two VFs the other is a victim in one variant, and works in the other. */
	self->victims &= !self->bystanders || walk_equipped_vfs(w) > 2;
	if (self->bystanders)
		self->bystander = walk_vf(w, walk_equipped_vfs(w) > 2 ? 2 : 1);
	size = variant->resized && can_resize() ? another_size(self->vf) : 0;
	if (size)
		resize_and_look(self->vf, size);
	/* Before the attacker takes what vectors the machine has. */
	if (self->bystanders && walk_has_engine(w, self->vf))
		load_begin(self->bystander);
	self->res = walk_has_engine(w, self->vf) ? vf_arm(self->vf) : -EOPNOTSUPP;
	/* Somebody to be attacked, where there is another VF that can be put to work. */
	self->victims = !self->res && self->victims && !vf_arm(self->victim);
	/* Vector 0 is the engine's own: its commands are answered on it. */
	self->entry = walk_enabled(w, self->vf) > 1 ? 1 : 0;
	walk_look_isolation(w, self->vf);
	walk_look_config(w, self->vf);
	walk_look_table(w, self->vf);
}

FIXTURE_TEARDOWN(attack)
{
	EXPECT_EQ(0, suite_end());
}

static void shoot(struct bdf vf, enum shot_kind kind, unsigned entry, struct bdf victim)
{
	struct bdf target = kind == SHOT_PF_HANDLE ? walk_pf(w) : victim;

	walk_shot(w, vf, SHOT_CONTROL, entry, vf, 0);
	walk_shot(w, vf, kind, kind == SHOT_BEYOND_SIZE ? walk_size(w, vf) : entry, target, 0);
}

/* In this order: what might bring the machine down, if it got through, comes last. */
TEST_F(attack, arrives_nowhere_it_must_not)
{
	REQUIRE(walk_has_engine(w, self->vf), "nothing here can fire this VF's vectors");
	REQUIRE(!self->res, "the VF's vectors cannot be fired: %s", strerror(-self->res));
	for (enum shot_kind kind = SHOT_CONTROL + 1; kind < SHOT_COUNT; kind++)
		if (kind != SHOT_SIBLING_HANDLE || self->victims)
			shoot(self->vf, kind, self->entry, self->victim);
	/* What is blocked once must be blocked again. */
	shoot(self->vf, SHOT_DMA_UNMAPPED, self->entry, self->victim);
	shoot(self->vf, SHOT_ABSENT_HANDLE, self->entry, self->victim);
	/* The entry was put back: it must still work. */
	walk_shot(w, self->vf, SHOT_CONTROL, self->entry, self->vf, 0);
	walk_look_table(w, self->vf);
	if (self->bystanders)
		walk_load_stop(w, self->bystander);
	walk_look_all(w);
}

SUITE_MAIN("hostile")
