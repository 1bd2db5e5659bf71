/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel that the sim models: its drivers, its interrupts, its VFIO, its jobs. */
#include "kselftest_harness.h"

#include <linux/pci_regs.h>
#include <linux/vfio.h>

#include "sim.h"

#define VF SIM_VF(0)

FIXTURE(sim)
{
	struct target t;
};

FIXTURE_SETUP(sim)
{
	ASSERT_EQ(0, sim_start(&self->t, NULL));
}

FIXTURE_TEARDOWN(sim)
{
	OP(&self->t, close);
}

static unsigned rows_of(struct target *t, struct bdf fn)
{
	struct irq_table table;
	unsigned count = 0;

	if (OP(t, interrupts, &table))
		return 0;
	for (size_t i = 0; i < table.len; i++)
		count += table.row[i].vector >= 0 && bdf_equal(table.row[i].fn, fn);
	irq_table_free(&table);
	return count;
}

TEST_F(sim, nvme_takes_a_vector_a_cpu_and_one)
{
	int irq[8];

	ASSERT_EQ(0, OP(&self->t, bind, VF, "nvme"));
	EXPECT_EQ(3, OP(&self->t, msi_irqs, VF, irq, 8));
	EXPECT_EQ(3, rows_of(&self->t, VF));
	EXPECT_TRUE(sim_msix(&self->t, VF).enable);
	EXPECT_FALSE(sim_msix(&self->t, VF).maskall);
	for (unsigned k = 0; k < 5; k++)
		EXPECT_EQ(k >= 3, sim_entry(&self->t, VF, k).ctrl);
	ASSERT_EQ(0, OP(&self->t, unbind, VF));
	EXPECT_EQ(0, OP(&self->t, msi_irqs, VF, irq, 8));
	EXPECT_EQ(0, rows_of(&self->t, VF));
	EXPECT_FALSE(sim_msix(&self->t, VF).enable);
}

TEST_F(sim, bind_errors)
{
	EXPECT_EQ(-ENOENT, OP(&self->t, bind, VF, "e1000e"));
	EXPECT_EQ(-ENODEV, OP(&self->t, unbind, VF));
	ASSERT_EQ(0, OP(&self->t, bind, VF, "nvme"));
	EXPECT_EQ(-EBUSY, OP(&self->t, bind, VF, "vfio-pci"));
	EXPECT_EQ(-ENODEV, OP(&self->t, vfio_open, VF));
}

TEST_F(sim, load_spreads_over_vectors)
{
	struct load_result result;
	struct irq_table table;

	ASSERT_EQ(0, OP(&self->t, bind, VF, "nvme"));
	ASSERT_EQ(0, OP(&self->t, load_start, VF, true, 8));
	EXPECT_EQ(-EBUSY, OP(&self->t, load_start, VF, true, 8));
	ASSERT_EQ(0, OP(&self->t, load_stop, VF, &result));
	EXPECT_EQ(2, result.queues);
	EXPECT_LT(0, result.write_bytes);
	EXPECT_EQ(0, result.io_errors + result.verify_errors);
	ASSERT_EQ(0, OP(&self->t, interrupts, &table));
	for (size_t i = 0; i < table.len; i++) {
		const struct irq_row *row = &table.row[i];

		if (row->vector > 0 && bdf_equal(row->fn, VF))
			EXPECT_LT(0, row->cpu[0] + row->cpu[1]);
	}
	irq_table_free(&table);
}

TEST_F(sim, load_survives_a_reset_behind_the_driver)
{
	struct load_result result;

	ASSERT_EQ(0, OP(&self->t, bind, VF, "nvme"));
	ASSERT_EQ(0, OP(&self->t, load_start, VF, false, 8));
	ASSERT_EQ(0, sim_do_reset(&self->t, VF, RESET_FLR));
	ASSERT_EQ(0, OP(&self->t, load_stop, VF, &result));
	EXPECT_EQ(0, result.io_errors);
	EXPECT_EQ(0, result.write_bytes);
}

TEST_F(sim, vfio_tells_what_there_is)
{
	struct vfio_info info;
	bool table = false;

	ASSERT_EQ(0, OP(&self->t, bind, VF, "vfio-pci"));
	EXPECT_EQ(-EBADF, OP(&self->t, vfio_info, VF, &info));
	ASSERT_EQ(0, OP(&self->t, vfio_open, VF));
	ASSERT_EQ(0, OP(&self->t, vfio_info, VF, &info));
	EXPECT_EQ(5, info.msix);
	EXPECT_EQ(0, info.intx);
	EXPECT_EQ(VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE, info.msix_flags);
	for (size_t i = 0; i < info.nregion; i++)
		table |= info.region[i].msix_mappable;
	EXPECT_TRUE(table);
	EXPECT_EQ(-EBUSY, OP(&self->t, unbind, VF));
	EXPECT_EQ(-EBUSY, OP(&self->t, set_numvfs, 0));
}

TEST_F(sim, vfio_set_irqs_ranges)
{
	ASSERT_EQ(0, OP(&self->t, bind, VF, "vfio-pci"));
	ASSERT_EQ(0, OP(&self->t, vfio_open, VF));
	EXPECT_EQ(-EINVAL, OP(&self->t, vfio_irqs, VF, 0, 6));
	EXPECT_EQ(-EINVAL, OP(&self->t, vfio_irqs, VF, 5, 1));
	EXPECT_EQ(-EINVAL, OP(&self->t, vfio_irqs, VF, 0xfffffffe, 4));
	EXPECT_EQ(0, OP(&self->t, vfio_irqs, VF, 0, 2));
	EXPECT_EQ(-EINVAL, OP(&self->t, vfio_irqs, VF, 2, 2));
	EXPECT_EQ(0, OP(&self->t, vfio_irqs, VF, 0, 0));
	EXPECT_EQ(0, OP(&self->t, vfio_irqs, VF, 0, 5));
	EXPECT_TRUE(sim_msix(&self->t, VF).enable);
}

TEST_F(sim, vfio_window_hides_the_table)
{
	uint8_t bytes[32], ones[32];
	struct msix m;

	ASSERT_EQ(0, sim_armed(&self->t, VF));
	m = sim_msix(&self->t, VF);
	memset(ones, 0xff, sizeof(ones));
	/* The last entry, and what is behind the table. */
	ASSERT_EQ(32, OP(&self->t, vfio_read, VF, m.table_bir, m.table_off + 64, bytes, 32));
	EXPECT_EQ(0, memcmp(bytes, ones, 16));
	EXPECT_NE(0, memcmp(bytes + 16, ones, 16));
	memset(bytes, 0, sizeof(bytes));
	ASSERT_EQ(16, OP(&self->t, vfio_write, VF, m.table_bir, m.table_off, bytes, 16));
	EXPECT_NE(0, sim_entry(&self->t, VF, 0).msg.addr);
}

TEST_F(sim, vfio_drops_writes_to_message_control)
{
	uint16_t flags = 0x3fff;
	struct msix m;

	ASSERT_EQ(0, sim_armed(&self->t, VF));
	m = sim_msix(&self->t, VF);
	OP(&self->t, vfio_write, VF, VFIO_PCI_CONFIG_REGION_INDEX, m.pos + 2, &flags, 2);
	EXPECT_EQ(m.flags, sim_msix(&self->t, VF).flags);
	OP(&self->t, vfio_read, VF, VFIO_PCI_CONFIG_REGION_INDEX, m.pos + 2, &flags, 2);
	EXPECT_EQ(m.flags, flags);
}

TEST_F(sim, vfio_sees_the_new_size_after_reopening)
{
	struct vfio_info info;
	int got;

	ASSERT_EQ(0, sim_armed(&self->t, VF));
	ASSERT_EQ(0, OP(&self->t, vfio_close, VF));
	ASSERT_EQ(0, sim_resized(&self->t, VF, 8, &got));
	ASSERT_EQ(0, OP(&self->t, vfio_open, VF));
	ASSERT_EQ(0, OP(&self->t, vfio_info, VF, &info));
	EXPECT_EQ(8, info.msix);
	EXPECT_EQ(0, OP(&self->t, vfio_irqs, VF, 0, 8));
	EXPECT_EQ(8, rows_of(&self->t, VF));
}

TEST(vfio_on_a_later_kernel_adds_vectors)
{
	struct target t;

	ASSERT_EQ(0, sim_start(&t, "kernel=6.12"));
	ASSERT_EQ(0, OP(&t, bind, VF, "vfio-pci"));
	ASSERT_EQ(0, OP(&t, vfio_open, VF));
	EXPECT_EQ(0, OP(&t, vfio_irqs, VF, 0, 2));
	EXPECT_EQ(0, OP(&t, vfio_irqs, VF, 2, 3));
	EXPECT_EQ(5, rows_of(&t, VF));
	OP(&t, close);
}

TEST(vfio_tells_how_many_it_could_have)
{
	struct target t;

	/* The PF's nvme has three. */
	ASSERT_EQ(0, sim_start(&t, "irqs=7"));
	ASSERT_EQ(0, OP(&t, bind, VF, "vfio-pci"));
	ASSERT_EQ(0, OP(&t, vfio_open, VF));
	EXPECT_EQ(4, OP(&t, vfio_irqs, VF, 0, 5));
	EXPECT_FALSE(sim_msix(&t, VF).enable);
	EXPECT_EQ(0, rows_of(&t, VF));
	OP(&t, close);
}

TEST(autoprobe_binds_new_vfs)
{
	char driver[TARGET_NAME_LEN];
	struct target t;

	ASSERT_EQ(0, sim_start(&t, NULL));
	ASSERT_EQ(0, OP(&t, set_autoprobe, true));
	OP(&t, driver, VF, driver);
	EXPECT_STREQ("", driver);
	ASSERT_EQ(0, sim_do_reset(&t, SIM_PF, RESET_VFE));
	OP(&t, driver, VF, driver);
	EXPECT_STREQ("nvme", driver);
	OP(&t, close);
}

TEST_HARNESS_MAIN
