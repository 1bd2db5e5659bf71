/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changing the Table Size of VFs without a driver: to every kind of size, up to the end of the
 * pool and beyond, through the backend's own flow and with commands that it must refuse. After
 * each step everybody's capability is looked at, and the VF's table, PBA and the pool.
 */
#include <kselftest_harness.h>
#include <linux/pci_regs.h>

#include "suite.h"

/* --- one step from the default size --- */

enum step { STEP_GROW, STEP_SHRINK, STEP_SAME, STEP_LEAST, STEP_MOST, STEP_TOO_MANY, STEP_ENABLED };

FIXTURE(step)
{
	struct bdf vf;
};

FIXTURE_VARIANT(step)
{
	const char *name;
	enum step step;
};

FIXTURE_VARIANT_ADD(step, grow){
	.name = "grow",
	.step = STEP_GROW,
};

FIXTURE_VARIANT_ADD(step, shrink){
	.name = "shrink",
	.step = STEP_SHRINK,
};

FIXTURE_VARIANT_ADD(step, same){
	.name = "same",
	.step = STEP_SAME,
};

FIXTURE_VARIANT_ADD(step, least){
	.name = "least",
	.step = STEP_LEAST,
};

FIXTURE_VARIANT_ADD(step, most){
	.name = "most",
	.step = STEP_MOST,
};

FIXTURE_VARIANT_ADD(step, too_many){
	.name = "too many",
	.step = STEP_TOO_MANY,
};

FIXTURE_VARIANT_ADD(step, while_enabled){
	.name = "while enabled",
	.step = STEP_ENABLED,
};

FIXTURE_SETUP(step)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, variant->name));
}

FIXTURE_TEARDOWN(step)
{
	EXPECT_EQ(0, suite_end());
}

static unsigned step_size(struct bdf vf, enum step step)
{
	const struct resize_caps *caps = walk_caps(w);
	unsigned now = walk_size(w, vf), unit = caps->granularity ? caps->granularity : 1;

	switch (step) {
	case STEP_GROW:
		return now + unit;
	case STEP_SHRINK:
		return now > unit + caps->min ? now - unit : caps->min;
	case STEP_LEAST:
		return caps->min;
	case STEP_MOST:
		return walk_size_max(w, vf);
	case STEP_TOO_MANY:
		return caps->max + 1;
	case STEP_ENABLED:
		return another_size(vf);
	default:
		return now;
	}
}

/* Enabled and masked as a whole: a driver that has taken its vectors, and no message from it. */
static void enable_masked(struct bdf vf)
{
	const struct msix *msix = walk_msix(w, vf);

	walk_cfg_write(w, vf, msix->pos + PCI_MSIX_FLAGS, 2,
		       msix->flags | PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	walk_look_msix(w, vf);
}

TEST_F(step, shows_in_table_size)
{
	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	for_each_vf (self->vf) {
		unsigned want = step_size(self->vf, variant->step);

		table_fill(self->vf, 4, 3);
		walk_look_table(w, self->vf);
		if (variant->step == STEP_ENABLED)
			enable_masked(self->vf);
		resize_and_look(self->vf, want);
	}
}

/* --- sizes and the pool --- */

FIXTURE(pool)
{
	struct bdf vf, sibling;
};

FIXTURE_SETUP(pool)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
}

FIXTURE_TEARDOWN(pool)
{
	EXPECT_EQ(0, suite_end());
}

TEST_F(pool, gives_every_size_once)
{
	unsigned size[MSIX_MAX_SIZE];
	size_t count;

	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	count = walk_sizes(w, walk_size_max(w, self->vf), size, MSIX_MAX_SIZE);
	walk_look_msix(w, walk_pf(w));
	for (size_t i = 0; i < count; i++) {
		resize_and_look(self->vf, size[i]);
		/* It has a size of its own. */
		walk_look_msix(w, walk_pf(w));
	}
}

/* The first VF that is refused what one VF may have, from a pool that is not empty yet. */
static bool exhaust(struct bdf *refused)
{
	for (unsigned i = 0; i < walk_equipped_vfs(w); i++) {
		*refused = walk_vf(w, i);
		walk_look_pool(w);
		if (walk_resize(w, *refused, walk_caps(w)->max))
			return true;
	}
	return false;
}

TEST_F(pool, is_exhausted_and_freed)
{
	unsigned most = walk_caps(w)->max, i;

	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	REQUIRE(exhaust(&self->vf), "the pool has enough for every VF's largest size");
	walk_look_pool(w);
	/* Others give back what they need not have, until the same can be had. */
	for (i = 0; i < walk_equipped_vfs(w) && walk_size_max(w, self->vf) < most; i++)
		if (!bdf_equal(self->vf, walk_vf(w, i)))
			walk_resize(w, walk_vf(w, i), walk_caps(w)->min);
	walk_look_pool(w);
	walk_resize(w, self->vf, most);
	walk_look_pool(w);
}

/* All VFs down to the least, then one after the other up to what is left: all that there is. */
static void take_all(void)
{
	for (unsigned i = 0; i < walk_equipped_vfs(w); i++)
		walk_resize(w, walk_vf(w, i), walk_caps(w)->min);
	for (unsigned i = 0; i < walk_equipped_vfs(w); i++) {
		unsigned most = walk_size_max(w, walk_vf(w, i));

		if (most <= walk_caps(w)->min)
			break;
		walk_resize(w, walk_vf(w, i), most);
	}
}

TEST_F(pool, leaks_nothing_in_resizes)
{
	unsigned most;

	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	walk_look_pool(w);
	take_all();
	most = walk_size(w, self->vf);
	walk_look_pool(w);
	for (unsigned i = 0; i < walk_cycles(w); i++) {
		walk_resize(w, self->vf, most);
		walk_resize(w, self->vf, walk_caps(w)->min);
		walk_look_pool(w);
	}
	/* What could be had at first must still be there. */
	take_all();
	walk_look_pool(w);
}

TEST_F(pool, leaks_nothing_in_vf_enable)
{
	unsigned vfs = walk_all_vfs(w);

	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	/* Each time takes a second; suite config does it once. */
	REQUIRE(walk_options(w)->profile >= PROFILE_CERT,
		"profile cert enables VFs more than once");
	walk_autoprobe(w, false);
	for (unsigned i = 0; i < walk_cycles(w); i++) {
		walk_numvfs(w, 0);
		walk_numvfs(w, vfs);
		walk_look_all(w);
		walk_look_pool(w);
	}
}

/* What one VF loses must not show in the next that grows, nor in its own when it grows again. */
TEST_F(pool, hands_out_no_old_entries)
{
	unsigned least = walk_caps(w)->min, most;

	bool sibling = walk_sibling(w, self->vf, &self->sibling);

	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	/* Whoever has all that it can have could not grow. */
	if (sibling)
		resize_and_look(self->sibling, least);
	most = walk_size_max(w, self->vf);
	REQUIRE(most > least, "there is only one size");
	resize_and_look(self->vf, most);
	table_fill(self->vf, 4, 9);
	walk_look_table(w, self->vf);
	resize_and_look(self->vf, least);
	if (sibling) {
		walk_look_table(w, self->sibling);
		resize_and_look(self->sibling, walk_size_max(w, self->sibling));
		resize_and_look(self->sibling, least);
	}
	resize_and_look(self->vf, most);
}

/* --- Virtualization Management, sent as no resize would --- */

#define VIRT_OFFLINE 7
#define VIRT_ASSIGN  8
#define VIRT_ONLINE  9
#define VIRT_VQ      0
#define VIRT_VI      1

FIXTURE(command)
{
	struct bdf vf;
	int cntlid;
};

FIXTURE_SETUP(command)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
	self->cntlid = walk_cntlid(w, self->vf);
	walk_look_primary(w);
	walk_look_secondary(w);
}

FIXTURE_TEARDOWN(command)
{
	EXPECT_EQ(0, suite_end());
}

static int command(unsigned cntlid, unsigned action, unsigned resource, unsigned nr)
{
	struct nvme_virt_mgmt cmd = {.action = (uint8_t)action,
				     .resource = (uint8_t)resource,
				     .cntlid = (uint16_t)cntlid,
				     .nr = (uint16_t)nr};
	int res = walk_virt_mgmt(w, &cmd);

	walk_look_secondary(w);
	walk_look_primary(w);
	walk_look_all(w);
	return res;
}

#define REQUIRE_COMMANDS() \
	REQUIRE(can_virt_mgmt() && self->cntlid >= 0, "no Virtualization Management")

TEST_F(command, names_a_controller)
{
	/* FFF0h to FFFFh are reserved and never a secondary controller's. */
	const unsigned nobody = 0xfff0;

	REQUIRE_COMMANDS();
	command(nobody, VIRT_OFFLINE, 0, 0);
	command(nobody, VIRT_ASSIGN, VIRT_VI, 1);
	command(nobody, VIRT_ONLINE, 0, 0);
	command(nobody, 1, VIRT_VI, 1); /* Primary Controller Flexible Allocation */
}

TEST_F(command, has_a_known_action_and_resource)
{
	REQUIRE_COMMANDS();
	command((unsigned)self->cntlid, VIRT_OFFLINE, 0, 0);
	command((unsigned)self->cntlid, 5, VIRT_VI, 1);
	command((unsigned)self->cntlid, 15, VIRT_VI, 1);
	command((unsigned)self->cntlid, VIRT_ASSIGN, 2, 1);
	command((unsigned)self->cntlid, VIRT_ASSIGN, 7, 1);
}

TEST_F(command, assigns_only_offline)
{
	unsigned cntlid = (unsigned)self->cntlid;

	REQUIRE_COMMANDS();
	command(cntlid, VIRT_ASSIGN, VIRT_VI, walk_size(w, self->vf));
	command(cntlid, VIRT_ASSIGN, VIRT_VQ, 2);
	command(cntlid, VIRT_ONLINE, 0, 0); /* already is */
	command(cntlid, VIRT_OFFLINE, 0, 0);
	command(cntlid, VIRT_OFFLINE, 0, 0); /* already is */
}

TEST_F(command, shows_nothing_before_online)
{
	unsigned cntlid = (unsigned)self->cntlid, size = another_size(self->vf);

	REQUIRE_COMMANDS();
	REQUIRE(size, "there is only one size");
	command(cntlid, VIRT_OFFLINE, 0, 0);
	command(cntlid, VIRT_ASSIGN, VIRT_VQ, 2);
	command(cntlid, VIRT_ASSIGN, VIRT_VI, size);
	command(cntlid, VIRT_ASSIGN, VIRT_VI, 1);
	command(cntlid, VIRT_ASSIGN, VIRT_VI, size);
	command(cntlid, VIRT_ONLINE, 0, 0);
	walk_look_table(w, self->vf);
	walk_look_pba(w, self->vf, -1);
}

TEST_F(command, needs_enough_to_go_online)
{
	unsigned cntlid = (unsigned)self->cntlid;

	REQUIRE_COMMANDS();
	command(cntlid, VIRT_OFFLINE, 0, 0);
	command(cntlid, VIRT_ONLINE, 0, 0);
	command(cntlid, VIRT_ASSIGN, VIRT_VI, 1);
	command(cntlid, VIRT_ONLINE, 0, 0);
	command(cntlid, VIRT_ASSIGN, VIRT_VQ, 1);
	command(cntlid, VIRT_ONLINE, 0, 0);
}

TEST_F(command, stays_within_the_maximum)
{
	unsigned cntlid = (unsigned)self->cntlid;

	REQUIRE_COMMANDS();
	command(cntlid, VIRT_OFFLINE, 0, 0);
	command(cntlid, VIRT_ASSIGN, VIRT_VI, walk_caps(w)->max + 1);
	command(cntlid, VIRT_ASSIGN, VIRT_VI, 0xffff);
	command(cntlid, VIRT_ASSIGN, VIRT_VQ, 0xffff);
}

/* What is preferred is no limit: a number between two of the granularity. */
TEST_F(command, takes_what_is_not_of_the_granularity)
{
	unsigned cntlid = (unsigned)self->cntlid;

	REQUIRE_COMMANDS();
	REQUIRE(walk_caps(w)->granularity > 1, "the granularity is 1: every number is of it");
	command(cntlid, VIRT_OFFLINE, 0, 0);
	command(cntlid, VIRT_ASSIGN, VIRT_VI, walk_caps(w)->granularity + 1);
	command(cntlid, VIRT_ASSIGN, VIRT_VQ, walk_caps(w)->granularity + 1);
}

TEST_F(command, stays_within_the_pool)
{
	unsigned cntlid = (unsigned)self->cntlid, most = walk_caps(w)->max;

	REQUIRE_COMMANDS();
	/* Only when the others have taken enough is there less left than one VF may have. */
	for (unsigned i = 1; i < walk_equipped_vfs(w) && walk_size_max(w, self->vf) >= most; i++)
		walk_resize(w, walk_vf(w, i), walk_size_max(w, walk_vf(w, i)));
	REQUIRE(walk_size_max(w, self->vf) < most,
		"the pool has enough for every VF's largest size");
	command(cntlid, VIRT_OFFLINE, 0, 0);
	/* A refusal must leave what it has. */
	command(cntlid, VIRT_ASSIGN, VIRT_VI, walk_caps(w)->min);
	command(cntlid, VIRT_ASSIGN, VIRT_VI, walk_size_max(w, self->vf) + 1);
	command(cntlid, VIRT_ASSIGN, VIRT_VI, walk_size_max(w, self->vf));
}

SUITE_MAIN("resize")
