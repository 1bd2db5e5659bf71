/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the sim device's vectors fire, wait while masked, and come out of a reset. */
#include "kselftest_harness.h"

#include <linux/pci_regs.h>

#include "sim.h"

#define VF SIM_VF(0)

FIXTURE(armed)
{
	struct target t;
};

FIXTURE_SETUP(armed)
{
	ASSERT_EQ(0, sim_start(&self->t, NULL));
	ASSERT_EQ(0, sim_armed(&self->t, VF));
}

FIXTURE_TEARDOWN(armed)
{
	OP(&self->t, close);
}

static void write_control(struct target *t, uint16_t set, uint16_t clear)
{
	struct msix m = sim_msix(t, VF);

	OP(t, cfg_write, VF, m.pos + PCI_MSIX_FLAGS, 2, (m.flags & ~(unsigned)clear) | set);
}

TEST_F(armed, each_vector_fires_once)
{
	uint64_t count[9];

	for (unsigned k = 0; k < 5; k++) {
		ASSERT_EQ(0, OP(&self->t, engine_fire, VF, k));
		ASSERT_EQ(5, OP(&self->t, vfio_events, VF, count, 9));
		for (unsigned i = 0; i < 5; i++)
			EXPECT_EQ(i == k, count[i]);
	}
}

TEST_F(armed, masked_vector_waits)
{
	sim_mask(&self->t, VF, 2, true);
	ASSERT_EQ(0, OP(&self->t, engine_fire, VF, 2));
	EXPECT_EQ(0, sim_events(&self->t, VF, 2));
	EXPECT_EQ(1 << 2, sim_pending(&self->t, VF, 0));
	sim_mask(&self->t, VF, 2, false);
	EXPECT_EQ(1, sim_events(&self->t, VF, 2));
	EXPECT_EQ(0, sim_pending(&self->t, VF, 0));
}

TEST_F(armed, function_mask_holds_all)
{
	uint64_t count[9];

	write_control(&self->t, PCI_MSIX_FLAGS_MASKALL, 0);
	for (unsigned k = 0; k < 5; k++)
		ASSERT_EQ(0, OP(&self->t, engine_fire, VF, k));
	EXPECT_EQ(0, sim_events(&self->t, VF, 4));
	EXPECT_EQ(0x1f, sim_pending(&self->t, VF, 0));
	write_control(&self->t, 0, PCI_MSIX_FLAGS_MASKALL);
	ASSERT_EQ(5, OP(&self->t, vfio_events, VF, count, 9));
	for (unsigned k = 0; k < 5; k++)
		EXPECT_EQ(1, count[k]);
}

TEST_F(armed, pending_bits_are_read_only)
{
	struct msix m = sim_msix(&self->t, VF);

	OP(&self->t, mmio_write, VF, m.pba_bir, m.pba_off, 8, UINT64_MAX);
	EXPECT_EQ(0, sim_pending(&self->t, VF, 0));
}

TEST_F(armed, current_message_is_sent)
{
	struct msix_entry entry = sim_entry(&self->t, VF, 3);

	sim_mask(&self->t, VF, 3, true);
	ASSERT_EQ(0, OP(&self->t, engine_fire, VF, 3));
	/* While it is pending the entry is given the message of vector 4. */
	entry.msg = sim_entry(&self->t, VF, 4).msg;
	sim_entry_write(&self->t, VF, 3, entry);
	EXPECT_EQ(1, sim_events(&self->t, VF, 4));
	EXPECT_EQ(0, sim_events(&self->t, VF, 3));
}

TEST_F(armed, queue_beyond_the_table_is_refused)
{
	EXPECT_EQ(0x108, OP(&self->t, engine_queue, VF, 5));
	EXPECT_EQ(-ERANGE, OP(&self->t, engine_fire, VF, 5));
}

TEST_F(armed, shrink_takes_the_vector_away)
{
	int got;

	ASSERT_EQ(0, sim_resized(&self->t, VF, 3, &got));
	EXPECT_EQ(-ETIMEDOUT, OP(&self->t, engine_fire, VF, 4));
	EXPECT_EQ(0, sim_events(&self->t, VF, 4));
	EXPECT_FALSE(sim_msix(&self->t, VF).enable);
	EXPECT_EQ(0, sim_entry(&self->t, VF, 4).msg.addr);
}

TEST_F(armed, flr_clears_all_of_it)
{
	sim_mask(&self->t, VF, 1, true);
	ASSERT_EQ(0, OP(&self->t, engine_fire, VF, 1));
	ASSERT_EQ(0, sim_do_reset(&self->t, VF, RESET_FLR));
	EXPECT_FALSE(sim_msix(&self->t, VF).enable);
	EXPECT_EQ(5, sim_table_size(&self->t, VF));
	EXPECT_EQ(0, sim_pending(&self->t, VF, 0));
	for (unsigned k = 0; k < 5; k++)
		EXPECT_EQ(1, sim_entry(&self->t, VF, k).ctrl);
	EXPECT_EQ(-ETIMEDOUT, OP(&self->t, engine_fire, VF, 1));
}

TEST_F(armed, kernel_restores_around_its_reset)
{
	struct msix_entry before = sim_entry(&self->t, VF, 4), after;

	ASSERT_EQ(0, sim_do_reset(&self->t, VF, RESET_SYSFS));
	after = sim_entry(&self->t, VF, 4);
	EXPECT_EQ(before.msg.addr, after.msg.addr);
	EXPECT_EQ(before.ctrl, after.ctrl);
	EXPECT_TRUE(sim_msix(&self->t, VF).enable);
	ASSERT_EQ(0, OP(&self->t, engine_cc_enable, VF, true));
	sim_events(&self->t, VF, 4);
	ASSERT_EQ(0, OP(&self->t, engine_fire, VF, 4));
	EXPECT_EQ(1, sim_events(&self->t, VF, 4));
}

TEST(many_pending_bits)
{
	static const unsigned vectors[] = {0, 1, 31, 32, 63, 64, 99};
	struct target t;

	ASSERT_EQ(0, sim_start(&t, "max=100,size=100"));
	ASSERT_EQ(0, sim_armed(&t, VF));
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		unsigned k = vectors[i];

		sim_mask(&t, VF, k, true);
		ASSERT_EQ(0, OP(&t, engine_fire, VF, k));
		EXPECT_EQ(1ull << (k % 64), sim_pending(&t, VF, k / 64));
		EXPECT_EQ(0, sim_pending(&t, VF, 1 - k / 64));
		sim_mask(&t, VF, k, false);
	}
	OP(&t, close);
}

/* A table that fills its last page must not hide the PBA behind it. */
TEST(pending_bits_of_the_largest_table)
{
	struct target t;

	ASSERT_EQ(0, sim_start(&t, "max=2048,pool=9000,size=600"));
	ASSERT_EQ(0, sim_armed(&t, VF));
	sim_mask(&t, VF, 33, true);
	ASSERT_EQ(0, OP(&t, engine_fire, VF, 33));
	EXPECT_EQ(1ull << 33, sim_pending(&t, VF, 0));
	EXPECT_EQ(0, sim_pending(&t, VF, 1));
	OP(&t, close);
}

/* --- an adapter with causes in a register --- */

static uint64_t events_of(struct target *t, struct bdf vf)
{
	uint64_t count[MSIX_MAX_SIZE], sum = 0;
	int n = OP(t, vfio_events, vf, count, MSIX_MAX_SIZE);

	for (int i = 0; i < n; i++)
		sum += count[i];
	return sum;
}

TEST(causes_fire_what_they_name)
{
	struct target t;

	ASSERT_EQ(0, sim_start(&t, "class=network,engine=igb"));
	ASSERT_EQ(0, OP(&t, bind, VF, "vfio-pci"));
	ASSERT_EQ(0, OP(&t, vfio_open, VF));
	ASSERT_EQ(5, sim_table_size(&t, VF));
	ASSERT_EQ(0, OP(&t, vfio_irqs, VF, 0, 5));
	ASSERT_EQ(0, OP(&t, engine_start, VF));
	EXPECT_EQ(0, events_of(&t, VF)); /* nothing is sent to get ready */
	for (unsigned k = 0; k < 5; k++) {
		ASSERT_EQ(0, OP(&t, engine_fire, VF, k));
		EXPECT_EQ(1, sim_events(&t, VF, k));
	}
	/* Behind the table there is a cause, and nothing that it could send. */
	EXPECT_EQ(0, OP(&t, engine_fire, VF, 5));
	EXPECT_EQ(0, events_of(&t, VF));
	OP(&t, close);
}

TEST(causes_have_no_queues)
{
	uint32_t csts, cc;
	struct target t;

	ASSERT_EQ(0, sim_start(&t, "class=network,engine=igb"));
	ASSERT_EQ(0, sim_armed(&t, VF));
	EXPECT_EQ(-EOPNOTSUPP, OP(&t, engine_queue, VF, 1));
	EXPECT_EQ(-EOPNOTSUPP, OP(&t, engine_cc_enable, VF, false));
	EXPECT_EQ(-EOPNOTSUPP, OP(&t, engine_csts, VF, &csts, &cc));
	OP(&t, close);
}

TEST(causes_are_disabled_by_a_reset)
{
	struct target t;

	ASSERT_EQ(0, sim_start(&t, "class=network,engine=igb"));
	ASSERT_EQ(0, sim_armed(&t, VF));
	ASSERT_EQ(0, sim_do_reset(&t, VF, RESET_VFIO));
	EXPECT_EQ(0, OP(&t, engine_fire, VF, 1));
	EXPECT_EQ(0, events_of(&t, VF));
	ASSERT_EQ(0, OP(&t, engine_stop, VF));
	ASSERT_EQ(0, OP(&t, engine_start, VF));
	EXPECT_EQ(0, OP(&t, engine_fire, VF, 1));
	EXPECT_EQ(1, sim_events(&t, VF, 1));
	OP(&t, close);
}

TEST_HARNESS_MAIN
