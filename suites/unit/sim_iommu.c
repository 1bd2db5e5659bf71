/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forged messages against the sim's IOMMU: nothing arrives, and the log says why. */
#include "kselftest_harness.h"

#include "sim.h"

#define VF      SIM_VF(0)
#define SIBLING SIM_VF(1)

FIXTURE(shot)
{
	struct target t;
};

FIXTURE_SETUP(shot)
{
	ASSERT_EQ(0, sim_start(&self->t, NULL));
	ASSERT_EQ(0, sim_armed(&self->t, VF));
	ASSERT_EQ(0, sim_armed(&self->t, SIBLING));
	sim_faults(&self->t);
}

FIXTURE_TEARDOWN(shot)
{
	OP(&self->t, close);
}

static void shoot(struct target *t, struct msi_msg msg)
{
	sim_entry_write(t, VF, 1, (struct msix_entry){msg, 0});
	OP(t, engine_fire, VF, 1);
}

/* Shoots, and expects it to be blocked for that reason, and no interrupt anywhere. */
#define EXPECT_BLOCKED(msg, why)                                \
	do {                                                    \
		uint64_t before = sim_interrupt_sum(&self->t);  \
		struct sim_faults faults;                       \
		shoot(&self->t, msg);                           \
		faults = sim_faults(&self->t);                  \
		EXPECT_EQ(1, faults.count);                     \
		EXPECT_TRUE(faults.last.interrupt);             \
		EXPECT_EQ(why, faults.last.reason);             \
		EXPECT_TRUE(bdf_equal(VF, faults.last.source)); \
		EXPECT_EQ(before, sim_interrupt_sum(&self->t)); \
	} while (0)

TEST_F(shot, good_message_arrives)
{
	shoot(&self->t, sim_entry(&self->t, VF, 1).msg);
	EXPECT_EQ(1, sim_events(&self->t, VF, 1));
	EXPECT_EQ(0, sim_faults(&self->t).count);
}

TEST_F(shot, own_handle_arrives)
{
	shoot(&self->t, sim_entry(&self->t, VF, 2).msg);
	EXPECT_EQ(1, sim_events(&self->t, VF, 2));
}

TEST_F(shot, sibling_handle_is_verified)
{
	EXPECT_BLOCKED(sim_entry(&self->t, SIBLING, 1).msg, 0x26);
	EXPECT_EQ(0, sim_events(&self->t, SIBLING, 1));
}

TEST_F(shot, pf_handle_is_verified)
{
	EXPECT_BLOCKED(sim_entry(&self->t, SIM_PF, 0).msg, 0x26);
}

TEST_F(shot, absent_handle)
{
	EXPECT_BLOCKED(vtd_remappable_msg(0x4000, true, 0), 0x22);
}

TEST_F(shot, index_beyond_the_table)
{
	EXPECT_BLOCKED(vtd_remappable_msg(0xffff, true, 1), 0x21);
}

TEST_F(shot, reserved_data)
{
	struct msi_msg msg = sim_entry(&self->t, VF, 1).msg;

	msg.data |= 0x10000;
	EXPECT_BLOCKED(msg, 0x20);
}

TEST_F(shot, compatibility_format)
{
	EXPECT_BLOCKED(vtd_compatibility_msg(0, 0x40, 0), 0x25);
	EXPECT_BLOCKED(vtd_compatibility_msg(0, 0, 4), 0x25);
}

TEST_F(shot, dma_needs_a_mapping)
{
	struct sim_faults faults;
	uint64_t iova;

	ASSERT_EQ(0, OP(&self->t, canary, VF, &iova));
	shoot(&self->t, (struct msi_msg){0x12345000, 1});
	faults = sim_faults(&self->t);
	EXPECT_EQ(1, faults.count);
	EXPECT_FALSE(faults.last.interrupt);
	EXPECT_TRUE(faults.last.write);
	EXPECT_EQ(0x12345000, faults.last.addr);
	EXPECT_EQ(0, OP(&self->t, canary_written, VF));
	shoot(&self->t, (struct msi_msg){iova, 1});
	EXPECT_EQ(1, OP(&self->t, canary_written, VF));
	EXPECT_EQ(0, OP(&self->t, canary_written, VF));
	EXPECT_EQ(0, sim_faults(&self->t).count);
}

TEST(without_remapping_messages_are_plain)
{
	struct msi_msg msg;
	struct target t;

	ASSERT_EQ(0, sim_start(&t, "remap=off"));
	ASSERT_EQ(0, OP(&t, bind, VF, "vfio-pci"));
	EXPECT_EQ(-EPERM, OP(&t, vfio_open, VF));
	msg = sim_entry(&t, SIM_PF, 0).msg;
	EXPECT_EQ(0xfee00000, msg.addr);
	EXPECT_NE(0, msg.data & 0xff);
	OP(&t, close);
}

TEST_HARNESS_MAIN
