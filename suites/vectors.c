/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Vectors at work: with the VF open in VFIO and an engine that can raise any of its events, each
 * vector fires once, waits behind its mask as one pending bit and fires when it goes, and is dead
 * once it lies beyond the table.
 *
 * Nothing that does not come proves anything, unless the same vector has delivered before.
 */
#include <errno.h>
#include <kselftest_harness.h>

#include "suite.h"

FIXTURE(vector)
{
	struct bdf vf;
	unsigned size, enabled, count, pick[MSIX_MAX_SIZE];
	int res; /* of arming it */
};

/* A VF whose share of a tight pool is the least it can have would have nothing to lose. */
static void grow_from_least(struct bdf vf)
{
	unsigned size = walk_size(w, vf);

	if (can_resize() && size <= walk_caps(w)->min && another_size(vf) > size)
		resize_and_look(vf, another_size(vf));
}

FIXTURE_SETUP(vector)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
	grow_from_least(self->vf);
	if (walk_has_engine(w, self->vf))
		self->res = vf_arm(self->vf);
	self->size = walk_size(w, self->vf);
	self->enabled = walk_enabled(w, self->vf);
	self->count = (unsigned)walk_vectors(w, self->enabled, self->pick, MSIX_MAX_SIZE);
	walk_look_msix(w, self->vf);
	walk_look_table(w, self->vf);
	walk_look_pba(w, self->vf, -1);
}

FIXTURE_TEARDOWN(vector)
{
	EXPECT_EQ(0, suite_end());
}

#define REQUIRE_ARMED()                                                                            \
	do {                                                                                       \
		REQUIRE(walk_has_engine(w, self->vf), "nothing here can fire this VF's vectors");  \
		REQUIRE(!self->res, "the VF's vectors cannot be fired: %s", strerror(-self->res)); \
	} while (0)

/* The positive control: with no mask in the way each vector delivers, and once. */
static void fire_once(struct bdf vf, unsigned k)
{
	walk_fire(w, vf, k);
	walk_look_events(w, vf, (int)k);
}

static void wait_behind_mask(struct bdf vf, unsigned k)
{
	walk_table_mask(w, vf, k, true);
	walk_fire(w, vf, k);
	walk_look_events(w, vf, -1);
	walk_look_pba(w, vf, (int)k);
	walk_table_mask(w, vf, k, false);
	walk_look_events(w, vf, (int)k);
	walk_look_pba(w, vf, -1);
}

static void wait_behind_function_mask(struct bdf vf, unsigned last)
{
	walk_function_mask(w, vf, true);
	walk_fire(w, vf, 0);
	if (last)
		walk_fire(w, vf, last);
	walk_look_events(w, vf, -1);
	walk_look_pba(w, vf, (int)last);
	walk_function_mask(w, vf, false);
	walk_look_events(w, vf, (int)last);
	walk_look_pba(w, vf, -1);
}

TEST_F(vector, waits_behind_masks)
{
	REQUIRE_ARMED();
	walk_look_events(w, self->vf, -1);
	for (unsigned i = 0; i < self->count; i++)
		fire_once(self->vf, self->pick[i]);
	/* Nothing else may have told of these events: Interrupt Status stands there. */
	walk_look_config(w, self->vf);
	for (unsigned i = 0; i < self->count; i++)
		wait_behind_mask(self->vf, self->pick[i]);
	wait_behind_function_mask(self->vf, self->enabled - 1);
}

/* As the controller is reset, and as queues ask for vectors that the table has not. */
TEST_F(vector, is_within_the_table)
{
	int res;

	REQUIRE_ARMED();
	res = walk_queue_bind(w, self->vf, self->size);
	REQUIRE(res != -EOPNOTSUPP, "the events of this VF are not bound to vectors by queues");
	walk_queue_bind(w, self->vf, MSIX_MAX_SIZE - 1);
	walk_queue_bind(w, self->vf, UINT16_MAX);
	walk_queue_bind(w, self->vf, self->enabled - 1);
	fire_once(self->vf, self->enabled - 1);
	walk_cc_enable(w, self->vf, false);
	walk_look_msix(w, self->vf);
	walk_look_csts(w, self->vf);
	walk_cc_enable(w, self->vf, true);
	walk_look_msix(w, self->vf);
	walk_look_csts(w, self->vf);
	fire_once(self->vf, 0);
}

static void shrink_under(struct bdf vf, unsigned last)
{
	walk_queue_bind(w, vf, last);
	fire_once(vf, last);
	walk_resize(w, vf, last);
	walk_look_table(w, vf);
	walk_look_pba(w, vf, -1);
	walk_fire(w, vf, last);
	walk_look_events(w, vf, -1);
}

static void take_offline(struct bdf vf)
{
	struct nvme_virt_mgmt cmd = {.action = 7, .cntlid = (uint16_t)walk_cntlid(w, vf)};

	walk_virt_mgmt(w, &cmd);
	walk_look_secondary(w);
	walk_look_csts(w, vf);
	walk_cc_enable(w, vf, true);
	walk_look_csts(w, vf);
	walk_fire(w, vf, 0);
	walk_look_events(w, vf, -1);
}

/* Nobody unbinds a VF for Virtualization Management: its user may still kick a queue. */
TEST_F(vector, dies_with_its_resources)
{
	REQUIRE_ARMED();
	REQUIRE(can_virt_mgmt(), "no way to resize a VF that somebody has");
	if (self->size > walk_caps(w)->min && self->enabled == self->size)
		shrink_under(self->vf, self->size - 1);
	take_offline(self->vf);
}

/* --- the PF, in the hands of the same user --- */

FIXTURE(pf_vector)
{
	struct bdf pf;
	unsigned enabled, count, pick[MSIX_MAX_SIZE];
	int res; /* of arming it */
};

/* Nobody opens a PF while it has VFs. */
FIXTURE_SETUP(pf_vector)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->pf = walk_pf(w);
	if (!walk_has_engine(w, self->pf))
		return;
	walk_autoprobe(w, false);
	self->res = walk_numvfs(w, 0);
	if (!self->res)
		self->res = walk_unbind(w, self->pf);
	if (!self->res)
		self->res = vf_arm(self->pf);
	self->enabled = walk_enabled(w, self->pf);
	self->count = (unsigned)walk_vectors(w, self->enabled, self->pick, MSIX_MAX_SIZE);
	walk_look_msix(w, self->pf);
	walk_look_table(w, self->pf);
	walk_look_pba(w, self->pf, -1);
}

FIXTURE_TEARDOWN(pf_vector)
{
	EXPECT_EQ(0, suite_end());
}

TEST_F(pf_vector, waits_behind_masks)
{
	REQUIRE(walk_has_engine(w, self->pf), "nothing here can fire the PF's vectors");
	REQUIRE(!self->res, "the PF's vectors cannot be fired: %s", strerror(-self->res));
	walk_look_events(w, self->pf, -1);
	for (unsigned i = 0; i < self->count; i++)
		fire_once(self->pf, self->pick[i]);
	for (unsigned i = 0; i < self->count; i++)
		wait_behind_mask(self->pf, self->pick[i]);
	wait_behind_function_mask(self->pf, self->enabled - 1);
}

SUITE_MAIN("vectors")
