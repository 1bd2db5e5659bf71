/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resizing the sim device's VFs: three models, two backends, one pool. */
#include "kselftest_harness.h"

#include "sim.h"

#define ONLINE  9
#define ASSIGN  8
#define OFFLINE 7

FIXTURE(model)
{
	struct target t;
};

FIXTURE_VARIANT(model)
{
	const char *options;
	unsigned set, reset, cycle; /* Table Size after each, for 8 */
};

FIXTURE_VARIANT_ADD(model, nvme_rst){
	.options = "model=M-RST",
	.set = 8,
	.reset = 8,
	.cycle = 5,
};

FIXTURE_VARIANT_ADD(model, nvme_imm){
	.options = "model=M-IMM",
	.set = 8,
	.reset = 8,
	.cycle = 5,
};

FIXTURE_VARIANT_ADD(model, nvme_vfe){
	.options = "model=M-VFE",
	.set = 5,
	.reset = 5,
	.cycle = 8,
};

FIXTURE_VARIANT_ADD(model, sysfs_rst){
	.options = "model=M-RST,backend=sysfs",
	.set = 5,
	.reset = 8,
	.cycle = 5,
};

FIXTURE_VARIANT_ADD(model, sysfs_imm){
	.options = "model=M-IMM,backend=sysfs",
	.set = 8,
	.reset = 8,
	.cycle = 5,
};

FIXTURE_VARIANT_ADD(model, sysfs_vfe){
	.options = "model=M-VFE,backend=sysfs",
	.set = 5,
	.reset = 5,
	.cycle = 8,
};

FIXTURE_SETUP(model)
{
	ASSERT_EQ(0, sim_start(&self->t, variant->options));
}

FIXTURE_TEARDOWN(model)
{
	OP(&self->t, close);
}

TEST_F(model, size_shows_when_it_should)
{
	int got;

	ASSERT_EQ(0, sim_resized(&self->t, SIM_VF(1), 8, &got));
	EXPECT_EQ(8, got);
	EXPECT_EQ(variant->set, sim_table_size(&self->t, SIM_VF(1)));
	ASSERT_EQ(0, sim_do_reset(&self->t, SIM_VF(1), RESET_FLR));
	EXPECT_EQ(variant->reset, sim_table_size(&self->t, SIM_VF(1)));
	ASSERT_EQ(0, sim_do_reset(&self->t, SIM_VF(1), RESET_VFE));
	EXPECT_EQ(variant->cycle, sim_table_size(&self->t, SIM_VF(1)));
	EXPECT_EQ(5, sim_table_size(&self->t, SIM_VF(0)));
}

TEST_F(model, pool_ends)
{
	int got;

	/* 25 vectors, four VFs with five: one can have four more, the next one more only. */
	ASSERT_EQ(0, sim_resized(&self->t, SIM_VF(0), 9, &got));
	EXPECT_EQ(-ENOSPC, sim_resized(&self->t, SIM_VF(1), 9, &got));
	EXPECT_EQ(5, got);
	EXPECT_EQ(5, OP(&self->t, size, SIM_VF(1)));
	EXPECT_EQ(0, sim_resized(&self->t, SIM_VF(1), 6, &got));
	EXPECT_EQ(-ENOSPC, sim_resized(&self->t, SIM_VF(2), 6, &got));
	EXPECT_EQ(0, sim_resized(&self->t, SIM_VF(0), 1, &got));
	EXPECT_EQ(0, sim_resized(&self->t, SIM_VF(2), 9, &got));
}

TEST_F(model, more_than_the_maximum_is_refused)
{
	int got;

	EXPECT_EQ(-EOVERFLOW, sim_resized(&self->t, SIM_VF(0), 10, &got));
	EXPECT_EQ(5, got);
	EXPECT_EQ(5, sim_table_size(&self->t, SIM_VF(0)));
}

TEST_F(model, pool_does_not_leak)
{
	int got;

	for (int i = 0; i < 50; i++) {
		ASSERT_EQ(0, sim_resized(&self->t, SIM_VF(0), 2, &got));
		ASSERT_EQ(0, sim_resized(&self->t, SIM_VF(0), 9, &got));
	}
	ASSERT_EQ(0, sim_resized(&self->t, SIM_VF(0), 5, &got));
	EXPECT_EQ(0, sim_resized(&self->t, SIM_VF(1), 9, &got));
}

static int virt(struct target *t, unsigned action, unsigned resource, unsigned cntlid, unsigned nr)
{
	struct nvme_virt_mgmt cmd = {(uint8_t)action, (uint8_t)resource, (uint16_t)cntlid,
				     (uint16_t)nr};
	uint32_t dw0;

	return OP(t, nvme_virt_mgmt, &cmd, &dw0);
}

TEST(virtualization_management_statuses)
{
	struct nvme_secondary list[4];
	struct target t;

	ASSERT_EQ(0, sim_start(&t, NULL));
	EXPECT_EQ(0x11f, virt(&t, OFFLINE, 0, 99, 0));
	EXPECT_EQ(0x11f, virt(&t, ASSIGN, 1, 0, 1));
	EXPECT_EQ(0x002, virt(&t, 3, 0, 1, 0));
	EXPECT_EQ(0x120, virt(&t, ASSIGN, 1, 1, 3));
	EXPECT_EQ(0, virt(&t, ONLINE, 0, 1, 0));
	EXPECT_EQ(0, virt(&t, OFFLINE, 0, 1, 0));
	EXPECT_EQ(0, virt(&t, OFFLINE, 0, 1, 0));
	EXPECT_EQ(0x120, virt(&t, ONLINE, 0, 1, 0));
	EXPECT_EQ(0x122, virt(&t, ASSIGN, 5, 1, 1));
	EXPECT_EQ(0x121, virt(&t, ASSIGN, 1, 1, 10));
	EXPECT_EQ(0, virt(&t, ASSIGN, 1, 1, 3));
	EXPECT_EQ(0x120, virt(&t, ONLINE, 0, 1, 0));
	EXPECT_EQ(0, virt(&t, ASSIGN, 0, 1, 2));
	EXPECT_EQ(5, sim_table_size(&t, SIM_VF(0)));
	EXPECT_EQ(0, virt(&t, ONLINE, 0, 1, 0));
	EXPECT_EQ(3, sim_table_size(&t, SIM_VF(0)));
	ASSERT_EQ(4, OP(&t, nvme_secondary, list, 4));
	EXPECT_TRUE(list[0].online);
	EXPECT_EQ(3, list[0].vi);
	EXPECT_EQ(2, list[0].vq);
	OP(&t, close);
}

TEST(offline_controller_shows_it)
{
	uint32_t csts, cc;
	struct target t;

	ASSERT_EQ(0, sim_start(&t, NULL));
	ASSERT_EQ(0, virt(&t, OFFLINE, 0, 1, 0));
	ASSERT_EQ(0, OP(&t, engine_csts, SIM_VF(0), &csts, &cc));
	EXPECT_EQ(2, csts);
	EXPECT_EQ(-ENODEV, OP(&t, bind, SIM_VF(0), "nvme"));
	OP(&t, close);
}

TEST(sysfs_checks_in_linux_order)
{
	const char *attr = "sriov_vf_msix_count";
	struct target t;

	ASSERT_EQ(0, sim_start(&t, "backend=sysfs"));
	EXPECT_EQ(-EINVAL, OP(&t, attr_write, SIM_VF(0), attr, "abc"));
	EXPECT_EQ(-EINVAL, OP(&t, attr_write, SIM_VF(0), attr, "1x"));
	EXPECT_EQ(-EINVAL, OP(&t, attr_write, SIM_VF(0), attr, "-1"));
	EXPECT_EQ(-EINVAL, OP(&t, attr_write, SIM_VF(0), attr, "99999999999"));
	EXPECT_EQ(2, OP(&t, attr_write, SIM_VF(0), attr, "3\n"));
	EXPECT_EQ(3, OP(&t, attr_write, SIM_VF(0), attr, "0x4"));
	EXPECT_EQ(4, OP(&t, size, SIM_VF(0)));
	EXPECT_EQ(1, OP(&t, attr_write, SIM_VF(0), attr, "0"));
	EXPECT_EQ(5, OP(&t, size, SIM_VF(0)));
	ASSERT_EQ(0, OP(&t, bind, SIM_VF(0), "vfio-pci"));
	EXPECT_EQ(-EBUSY, OP(&t, attr_write, SIM_VF(0), attr, "4"));
	EXPECT_EQ(-EINVAL, OP(&t, attr_write, SIM_VF(0), attr, "-4"));
	EXPECT_EQ(0200, OP(&t, attr_mode, SIM_VF(0), attr));
	EXPECT_EQ(-ENOENT, OP(&t, attr_mode, SIM_PF, attr));
	OP(&t, close);
}

TEST(sysfs_without_a_callback)
{
	char text[16];
	struct target t;

	ASSERT_EQ(0, sim_start(&t, NULL));
	EXPECT_EQ(-EOPNOTSUPP, OP(&t, attr_write, SIM_VF(0), "sriov_vf_msix_count", "4"));
	ASSERT_EQ(1, OP(&t, attr_read, SIM_PF, "sriov_vf_total_msix", text, sizeof(text)));
	EXPECT_STREQ("0", text);
	OP(&t, close);
}

TEST(numvfs_errors)
{
	struct target t;

	ASSERT_EQ(0, sim_start(&t, NULL));
	EXPECT_EQ(-EINVAL, OP(&t, attr_write, SIM_PF, "sriov_numvfs", "two"));
	EXPECT_EQ(-ERANGE, OP(&t, attr_write, SIM_PF, "sriov_numvfs", "5"));
	EXPECT_EQ(-EBUSY, OP(&t, attr_write, SIM_PF, "sriov_numvfs", "2"));
	EXPECT_EQ(1, OP(&t, attr_write, SIM_PF, "sriov_numvfs", "4"));
	ASSERT_EQ(0, OP(&t, unbind, SIM_PF));
	EXPECT_EQ(-ENOENT, OP(&t, attr_write, SIM_PF, "sriov_numvfs", "0"));
	OP(&t, close);
}

TEST_HARNESS_MAIN
