/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sim's other IOMMUs, with a remapping table for each function: AMD's, which reports requests
 * that it blocks, and an SMMU with an ITS, which does not; and what each kernel logs.
 */
#include "kselftest_harness.h"

#include "sim.h"

#define VF      SIM_VF(0)
#define SIBLING SIM_VF(1)

FIXTURE(own)
{
	struct target t;
};

FIXTURE_VARIANT(own)
{
	const char *options;
	bool amd;
};

FIXTURE_VARIANT_ADD(own, amd){.options = "iommu=amd", .amd = true};
FIXTURE_VARIANT_ADD(own, amd_7){.options = "iommu=amd,kernel=7.2", .amd = true};
FIXTURE_VARIANT_ADD(own, smmu){.options = "iommu=smmu"};
FIXTURE_VARIANT_ADD(own, smmu_6_12){.options = "iommu=smmu,kernel=6.12"};
FIXTURE_VARIANT_ADD(own, smmu_7){.options = "iommu=smmu,kernel=7.2"};

FIXTURE_SETUP(own)
{
	ASSERT_EQ(0, sim_start(&self->t, variant->options));
	ASSERT_EQ(0, sim_armed(&self->t, VF));
	ASSERT_EQ(0, sim_armed(&self->t, SIBLING));
	sim_faults(&self->t);
}

FIXTURE_TEARDOWN(own)
{
	OP(&self->t, close);
}

static void shoot(struct target *t, struct msi_msg msg)
{
	sim_entry_write(t, VF, 1, (struct msix_entry){msg, 0});
	OP(t, engine_fire, VF, 1);
}

/* The message of VF's entry 1, with other data. */
static struct msi_msg with_data(struct target *t, uint32_t data)
{
	struct msi_msg msg = sim_entry(t, VF, 1).msg;

	msg.data = data;
	return msg;
}

TEST_F(own, handles_are_of_the_function)
{
	struct msi_msg msg = sim_entry(&self->t, VF, 2).msg;

	EXPECT_EQ(2, msg.data);
	EXPECT_EQ(2, sim_entry(&self->t, SIBLING, 2).msg.data);
	EXPECT_EQ(variant->amd ? 0xfee00000 : 0x8000040, msg.addr);
	shoot(&self->t, msg);
	EXPECT_EQ(1, sim_events(&self->t, VF, 2));
	/* Another's is one of its own. */
	shoot(&self->t, sim_entry(&self->t, SIBLING, 3).msg);
	EXPECT_EQ(1, sim_events(&self->t, VF, 3));
	EXPECT_EQ(0, sim_events(&self->t, SIBLING, 3));
	EXPECT_EQ(0, sim_faults(&self->t).count);
}

TEST_F(own, absent_handle)
{
	static const uint32_t absent[] = {5, 0x1ff, 0xff00, UINT32_MAX};
	uint64_t before = sim_interrupt_sum(&self->t);

	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		struct sim_faults faults;

		shoot(&self->t, with_data(&self->t, absent[i]));
		faults = sim_faults(&self->t);
		EXPECT_EQ(variant->amd ? 1 : 0, faults.count);
		if (!variant->amd)
			continue;
		EXPECT_TRUE(faults.last.interrupt);
		EXPECT_TRUE(bdf_equal(VF, faults.last.source));
	}
	EXPECT_EQ(before, sim_interrupt_sum(&self->t));
}

TEST_F(own, dma_needs_a_mapping)
{
	struct sim_faults faults;
	uint64_t iova;

	ASSERT_EQ(0, OP(&self->t, canary, VF, &iova));
	shoot(&self->t, (struct msi_msg){0x12345000, 1});
	faults = sim_faults(&self->t);
	EXPECT_EQ(1, faults.count);
	EXPECT_FALSE(faults.last.interrupt);
	EXPECT_TRUE(faults.last.write);
	EXPECT_TRUE(bdf_equal(VF, faults.last.source));
	EXPECT_EQ(0x12345000, faults.last.addr);
	EXPECT_EQ(0, OP(&self->t, canary_written, VF));
	shoot(&self->t, (struct msi_msg){iova, 1});
	EXPECT_EQ(1, OP(&self->t, canary_written, VF));
}

TEST_F(own, nmi_is_blocked)
{
	uint64_t before = sim_interrupt_sum(&self->t);

	shoot(&self->t, with_data(&self->t, 0x400));
	EXPECT_EQ(variant->amd ? 1 : 0, sim_faults(&self->t).count);
	EXPECT_EQ(before, sim_interrupt_sum(&self->t));
}

/* --- Intel, with other options --- */

static void begin(struct target *t, const char *options)
{
	if (sim_start(t, options) || sim_armed(t, VF))
		ksft_exit_fail_msg("%s\n", options);
	sim_faults(t);
}

TEST(a_small_table)
{
	struct sim_faults faults;
	struct target t;

	begin(&t, "irt=256");
	shoot(&t, vtd_remappable_msg(0xff, true, 0));
	EXPECT_EQ(0x22, sim_faults(&t).last.reason);
	shoot(&t, vtd_remappable_msg(0x100, true, 0));
	faults = sim_faults(&t);
	EXPECT_EQ(0x21, faults.last.reason);
	EXPECT_EQ(0x100, faults.last.index);
	OP(&t, close);
}

TEST(compatibility_format_passes)
{
	struct target t;
	uint64_t before;

	begin(&t, "cfi=on");
	before = sim_interrupt_sum(&t);
	shoot(&t, vtd_compatibility_msg(0, 0, 4));
	EXPECT_EQ(before + 1, sim_interrupt_sum(&t));
	EXPECT_EQ(0, sim_faults(&t).count);
	OP(&t, close);
}

TEST(the_log_has_a_limit)
{
	struct target t;

	begin(&t, "loglimit=3");
	for (unsigned i = 0; i < 5; i++)
		shoot(&t, vtd_compatibility_msg(0, 0, 4));
	EXPECT_EQ(3, sim_faults(&t).count);
	OP(&t, close);
}

static void keep_dmar(void *ctx, const char *line)
{
	if (strstr(line, "fault reason"))
		snprintf(ctx, 128, "%s", line);
}

TEST(the_domain_is_printed_since_7)
{
	char line[128] = "";
	struct target t;

	begin(&t, "kernel=7.2");
	shoot(&t, vtd_compatibility_msg(0, 0, 4));
	OP(&t, klog, keep_dmar, line);
	EXPECT_NE(NULL, strstr(line, " Request device [0000:01:00.1] "));
	OP(&t, close);
	begin(&t, "kernel=6.12");
	shoot(&t, vtd_compatibility_msg(0, 0, 4));
	OP(&t, klog, keep_dmar, line);
	EXPECT_NE(NULL, strstr(line, " Request device [01:00.1] "));
	OP(&t, close);
}

TEST(options_that_do_not_fit)
{
	struct target t;

	EXPECT_NE(0, sim_start(&t, "iommu=smmu,remap=off"));
	EXPECT_NE(0, sim_start(&t, "iommu=amd,irt=4096"));
	EXPECT_NE(0, sim_start(&t, "irt=1"));
	EXPECT_NE(0, sim_start(&t, "iommu=riscv"));
}

TEST_HARNESS_MAIN
