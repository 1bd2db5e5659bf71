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

FIXTURE(shot)
{
	struct bdf vf, victim;
	bool victims;
	unsigned entry;
	int res; /* of arming the VF */
};

#define SHOTS 6

FIXTURE_VARIANT(shot)
{
	const char *name;
	enum shot_kind kind[SHOTS]; /* SHOT_CONTROL ends the list */
};

FIXTURE_VARIANT_ADD(shot, memory){
	.name = "memory",
	.kind = {SHOT_DMA_UNMAPPED, SHOT_DMA_CANARY, SHOT_BEYOND_SIZE},
};

FIXTURE_VARIANT_ADD(shot, handles){
	.name = "handles",
	.kind = {SHOT_OWN_HANDLE, SHOT_SIBLING_HANDLE, SHOT_PF_HANDLE, SHOT_ABSENT_HANDLE,
		 SHOT_BEYOND_HANDLE, SHOT_RESERVED_DATA},
};

FIXTURE_VARIANT_ADD(shot, formats){
	.name = "formats",
	.kind = {SHOT_COMPAT_FIXED, SHOT_COMPAT_NMI},
};

/* An attacker and, where there is another VF, somebody to be attacked. */
static int arm_both(struct bdf vf, bool victims, struct bdf victim)
{
	int res = vf_arm(vf);

	if (!res && victims)
		res = vf_arm(victim);
	return res;
}

FIXTURE_SETUP(shot)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, variant->name));
	self->vf = walk_vf(w, 0);
	/* Only a sibling's handle takes one that is at work. */
	self->victims =
		variant->kind[0] == SHOT_OWN_HANDLE && walk_sibling(w, self->vf, &self->victim);
	/* Vector 0 is the engine's own: its commands are answered on it. */
	self->entry = walk_size(w, self->vf) > 1 ? 1 : 0;
	if (walk_has_engine(w, self->vf))
		self->res = arm_both(self->vf, self->victims, self->victim);
	walk_look_isolation(w, self->vf);
	walk_look_table(w, self->vf);
}

FIXTURE_TEARDOWN(shot)
{
	EXPECT_EQ(0, suite_end());
}

#define REQUIRE_ARMED()                                                                            \
	do {                                                                                       \
		REQUIRE(walk_has_engine(w, self->vf), "nothing here can fire this VF's vectors");  \
		REQUIRE(!self->res, "the VFs' vectors cannot be fired: %s", strerror(-self->res)); \
	} while (0)

static void shoot(struct bdf vf, enum shot_kind kind, unsigned entry, struct bdf victim)
{
	struct bdf target = kind == SHOT_PF_HANDLE ? walk_pf(w) : victim;

	walk_shot(w, vf, SHOT_CONTROL, entry, vf, 0);
	walk_shot(w, vf, kind, kind == SHOT_BEYOND_SIZE ? walk_size(w, vf) : entry, target, 0);
}

TEST_F(shot, arrives_nowhere_it_must_not)
{
	REQUIRE_ARMED();
	for (unsigned i = 0; i < SHOTS && variant->kind[i] != SHOT_CONTROL; i++) {
		if (variant->kind[i] != SHOT_SIBLING_HANDLE || self->victims)
			shoot(self->vf, variant->kind[i], self->entry, self->victim);
	}
	/* The entry was put back: it must still work. */
	walk_shot(w, self->vf, SHOT_CONTROL, self->entry, self->vf, 0);
	walk_look_table(w, self->vf);
}

/* --- all of them, by a VF that was resized, while a third one carries data --- */

FIXTURE(barrage)
{
	struct bdf vf, victim, bystander;
	int res;
};

FIXTURE_SETUP(barrage)
{
	unsigned size;

	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
	if (walk_all_vfs(w) < 3)
		return;
	self->victim = walk_vf(w, 1);
	self->bystander = walk_vf(w, 2);
	size = can_resize() ? another_size(self->vf) : 0;
	if (size)
		resize_and_look(self->vf, size);
	if (walk_has_engine(w, self->vf))
		self->res = arm_both(self->vf, true, self->victim);
	walk_look_isolation(w, self->vf);
}

FIXTURE_TEARDOWN(barrage)
{
	EXPECT_EQ(0, suite_end());
}

TEST_F(barrage, spares_a_bystander)
{
	unsigned entry = walk_size(w, self->vf) > 1 ? 1 : 0;
	const char *driver = native_driver(walk_vf(w, 0));

	REQUIRE(walk_all_vfs(w) >= 3,
		"it takes three VFs: one attacks, one is aimed at, one works");
	REQUIRE_ARMED();
	if (driver && !walk_bind(w, self->bystander, driver)) {
		walk_look_driver(w, self->bystander);
		walk_load_start(w, self->bystander, 8);
	}
	for (enum shot_kind kind = SHOT_CONTROL + 1; kind < SHOT_COUNT; kind++)
		shoot(self->vf, kind, entry, self->victim);
	if (driver)
		walk_load_stop(w, self->bystander);
	walk_look_irqs(w, self->bystander);
	walk_look_all(w);
}

SUITE_MAIN("hostile")
