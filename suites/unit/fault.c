/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IOMMU faults in the kernel's log: lines as 6.1 prints them, as later kernels do, and lines that
 * only look like it.
 */
#include <errno.h>

#include <vfwalk/target.h>

#include "kselftest_harness.h"

TEST(fault_reads_blocked_dma)
{
	struct iommu_fault fault;

	ASSERT_EQ(0, iommu_fault_parse("DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault "
				       "addr 0x12345000 [fault reason 0x05] PTE Write access is "
				       "not set",
				       &fault));
	EXPECT_FALSE(fault.interrupt);
	EXPECT_TRUE(fault.write);
	EXPECT_EQ(0x0101, bdf_requester_id(fault.source));
	EXPECT_EQ(0x12345000, fault.addr);
	EXPECT_EQ(-1, fault.index);
	EXPECT_EQ(5, fault.reason);

	ASSERT_EQ(0, iommu_fault_parse("DMAR: [DMA Read PASID 0x1] Request device [02:1f.7] fault "
				       "addr 0xffffffff12345000 [fault reason 0x06] PTE Read "
				       "access is not set",
				       &fault));
	EXPECT_FALSE(fault.write);
	EXPECT_EQ(0x02ff, bdf_requester_id(fault.source));
	EXPECT_EQ(0xffffffff12345000, fault.addr);
}

TEST(fault_reads_blocked_interrupt)
{
	struct iommu_fault fault;

	ASSERT_EQ(0, iommu_fault_parse("DMAR: [INTR-REMAP] Request device [01:00.1] fault index "
				       "0xffff [fault reason 0x21] The index value is greater "
				       "than the size",
				       &fault));
	EXPECT_TRUE(fault.interrupt);
	EXPECT_EQ(0xffff, fault.index);
	EXPECT_EQ(0x21, fault.reason);
	EXPECT_EQ(0x0101, bdf_requester_id(fault.source));
}

TEST(fault_reads_a_source_with_its_domain)
{
	struct iommu_fault fault;

	ASSERT_EQ(0, iommu_fault_parse("DMAR: [INTR-REMAP] Request device [10de:01:00.1] fault "
				       "index 0x7 [fault reason 0x26] Blocked",
				       &fault));
	EXPECT_EQ(0x10de, fault.source.domain);
	EXPECT_EQ(0x0101, bdf_requester_id(fault.source));
	EXPECT_EQ(7, fault.index);
}

TEST(fault_reads_amd_events)
{
	struct iommu_fault fault;

	ASSERT_EQ(0, iommu_fault_parse("nvme 0000:01:00.1: AMD-Vi: Event logged [IO_PAGE_FAULT "
				       "domain=0x000c address=0x1000 flags=0x0020]",
				       &fault));
	EXPECT_FALSE(fault.interrupt);
	EXPECT_TRUE(fault.write);
	EXPECT_EQ(0x0101, bdf_requester_id(fault.source));
	EXPECT_EQ(0x1000, fault.addr);

	ASSERT_EQ(0, iommu_fault_parse("AMD-Vi: Event logged [IO_PAGE_FAULT device=0000:01:00.2 "
				       "domain=0x0000 address=0xfee00000 flags=0x0008]",
				       &fault));
	EXPECT_TRUE(fault.interrupt);
	EXPECT_FALSE(fault.write);
	EXPECT_EQ(0x0102, bdf_requester_id(fault.source));
	EXPECT_EQ(-1, fault.index);
}

TEST(fault_refuses_other_lines)
{
	static const char *const other[] = {
		"",
		"DMAR: DRHD: handling fault status reg 2",
		"DMAR: [DMA Write NO_PASID] Request device [01:00] fault addr 0x1000 [fault reason "
		"0x05]",
		"DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault addr",
		"DMAR: [INTR-REMAP] Request device [01:00.1] fault addr 0x1000 [fault reason 0x26]",
		"nvme 0000:01:00.1: enabling device (0000 -> 0002)",
		"AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000c address=0x1000 flags=0x0020]",
		"AMD-Vi: Event logged [ILLEGAL_DEV_TABLE_ENTRY device=0000:01:00.1 pasid=0x00000 "
		"address=0xfffffffdf8000000 flags=0x0a00]",
	};
	struct iommu_fault fault;

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		EXPECT_EQ(-ENOMSG, iommu_fault_parse(other[i], &fault))
		{
			TH_LOG("\"%s\" was taken", other[i]);
		}
	}
}

TEST_HARNESS_MAIN
