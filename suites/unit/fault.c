/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IOMMU faults in the kernel's log: lines as 6.1 prints them, as later kernels do, and lines that
 * only look like it.
 */
#include <errno.h>
#include <string.h>

#include <vfwalk/target.h>

#include "kselftest_harness.h"

/* What a line says by itself. */
static int read_one(const char *line, struct iommu_fault *fault)
{
	struct iommu_fault_reader reader = {0};

	return iommu_fault_read(&reader, line, fault);
}

TEST(fault_reads_blocked_dma)
{
	struct iommu_fault fault;

	ASSERT_EQ(0, read_one("DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault "
			      "addr 0x12345000 [fault reason 0x05] PTE Write access is not set",
			      &fault));
	EXPECT_FALSE(fault.interrupt);
	EXPECT_TRUE(fault.write);
	EXPECT_EQ(0x0101, bdf_requester_id(fault.source));
	EXPECT_EQ(0x12345000, fault.addr);
	EXPECT_EQ(-1, fault.index);
	EXPECT_EQ(5, fault.reason);

	ASSERT_EQ(0, read_one("DMAR: [DMA Read PASID 0x1] Request device [02:1f.7] fault addr "
			      "0xffffffff12345000 [fault reason 0x06] PTE Read access is not set",
			      &fault));
	EXPECT_FALSE(fault.write);
	EXPECT_EQ(0x02ff, bdf_requester_id(fault.source));
	EXPECT_EQ(0xffffffff12345000, fault.addr);
}

TEST(fault_reads_blocked_interrupt)
{
	struct iommu_fault fault;

	ASSERT_EQ(0, read_one("DMAR: [INTR-REMAP] Request device [01:00.1] fault index 0xffff "
			      "[fault reason 0x21] The index value is greater than the size",
			      &fault));
	EXPECT_TRUE(fault.interrupt);
	EXPECT_EQ(0xffff, fault.index);
	EXPECT_EQ(0x21, fault.reason);
	EXPECT_EQ(0x0101, bdf_requester_id(fault.source));
}

TEST(fault_reads_a_source_with_its_domain)
{
	struct iommu_fault fault;

	ASSERT_EQ(0, read_one("DMAR: [INTR-REMAP] Request device [10de:01:00.1] fault index 0x7 "
			      "[fault reason 0x26] Blocked",
			      &fault));
	EXPECT_EQ(0x10de, fault.source.domain);
	EXPECT_EQ(0x0101, bdf_requester_id(fault.source));
	EXPECT_EQ(7, fault.index);
	ASSERT_EQ(0, read_one("DMAR: [DMA Write NO_PASID] Request device [0000:01:00.1] fault addr "
			      "0x12345000 [fault reason 0x05] PTE Write access is not set",
			      &fault));
	EXPECT_EQ(0x12345000, fault.addr);
}

TEST(fault_reads_amd_events)
{
	struct iommu_fault fault;

	ASSERT_EQ(0, read_one("vfio-pci 0000:01:00.1: AMD-Vi: Event logged [IO_PAGE_FAULT "
			      "domain=0x000c address=0x1000 flags=0x0020]",
			      &fault));
	EXPECT_FALSE(fault.interrupt);
	EXPECT_TRUE(fault.write);
	EXPECT_EQ(0x0101, bdf_requester_id(fault.source));
	EXPECT_EQ(0x1000, fault.addr);

	ASSERT_EQ(0, read_one("AMD-Vi: Event logged [IO_PAGE_FAULT device=0000:01:00.2 "
			      "domain=0x0000 address=0xfee00000 flags=0x0008]",
			      &fault));
	EXPECT_TRUE(fault.interrupt);
	EXPECT_FALSE(fault.write);
	EXPECT_EQ(0x0102, bdf_requester_id(fault.source));
	EXPECT_EQ(-1, fault.index);
	/* A kernel that appends a key. */
	ASSERT_EQ(0, read_one("AMD-Vi: Event logged [IO_PAGE_FAULT device=0000:01:00.2 "
			      "domain=0x0000 address=0xfee00000 flags=0x0028 vflags=0]",
			      &fault));
	EXPECT_TRUE(fault.write);
}

/* All that the lines say, one after the other: how many faults, and the last as it came to be. */
static unsigned read_all(const char *const *lines, struct iommu_fault *last)
{
	struct iommu_fault_reader reader = {0};
	unsigned count = 0;

	for (; *lines; lines++) {
		struct iommu_fault fault;
		int res = iommu_fault_read(&reader, *lines, &fault);

		if (res >= 0)
			*last = fault;
		count += res == 0;
	}
	return count;
}

#define READ_ALL(last, ...) read_all((const char *const[]){__VA_ARGS__, NULL}, last)

#define SMMU "arm-smmu-v3 arm-smmu-v3.0.auto: "
#define RAW(id, sid, second, iova)                                                         \
	SMMU "event " id " received:", SMMU "\t0x0000" sid "00000010", SMMU "\t0x" second, \
		SMMU "\t0x" iova, SMMU "\t0x0000000000000000"
#define A_WRITE "0000020000000000"
#define A_READ  "0000020a00000000"

TEST(fault_reads_smmu_records)
{
	struct iommu_fault fault;

	ASSERT_EQ(1, READ_ALL(&fault, RAW("0x10", "0101", A_WRITE, "0000000012345000")));
	EXPECT_FALSE(fault.interrupt);
	EXPECT_TRUE(fault.write);
	EXPECT_EQ(0x0101, bdf_requester_id(fault.source));
	EXPECT_EQ(0x12345000, fault.addr);
	EXPECT_EQ(0x10, fault.reason);
	EXPECT_EQ(-1, fault.index);
	ASSERT_EQ(1, READ_ALL(&fault, RAW("0x10", "0101", A_READ, "000000009b0cc000")));
	EXPECT_FALSE(fault.write);
	EXPECT_EQ(2, READ_ALL(&fault, RAW("0x10", "0101", A_READ, "000000009b0cc000"),
			      RAW("0x10", "0102", A_READ, "000000009b0cd000")));
	EXPECT_EQ(0x0102, bdf_requester_id(fault.source));
	/* As /dev/kmsg shows a tab. */
	EXPECT_EQ(1, READ_ALL(&fault, SMMU "event 0x10 received:", SMMU "\\x090x0000010100000010",
			      SMMU "\\x090x0000020000000000", SMMU "\\x090x0000000012345000",
			      SMMU "\\x090x0000000000000000"));
	/* Somebody else may talk in between. */
	EXPECT_EQ(1, READ_ALL(&fault, SMMU "event 0x10 received:", SMMU "\t0x0000010100000010",
			      "nvme nvme0: hello", SMMU "\t0x0000020000000000",
			      SMMU "\t0x0000000012345000", SMMU "\t0x0000000000000000"));
}

TEST(fault_reads_smmu_events_decoded)
{
#define DECODED(client, iova)                                                                    \
	SMMU "event: F_TRANSLATION client: " client " sid: 0x101 ssid: 0x0 iova: " iova " ipa: " \
	     "0x0"
#define ACCESS(what) SMMU "unpriv data " what " s1 \"Input address caused fault\" stag: 0x0"
	struct iommu_fault fault;

	/* One event, though both its record and its meaning are printed. */
	ASSERT_EQ(1, READ_ALL(&fault, RAW("0x10", "0101", A_WRITE, "0000000012345000"),
			      DECODED("0003:01:00.1", "0x12345000"), ACCESS("write")));
	EXPECT_EQ(3, fault.source.domain);
	EXPECT_EQ(0x0101, bdf_requester_id(fault.source));
	EXPECT_TRUE(fault.write);
	EXPECT_EQ(0x12345000, fault.addr);
	/* Two, the first of which is a record only. */
	EXPECT_EQ(2, READ_ALL(&fault, RAW("0x10", "0101", A_WRITE, "0000000012345000"),
			      DECODED("0000:01:00.1", "0x99"), ACCESS("write")));
	/* The record is lost. */
	ASSERT_EQ(1, READ_ALL(&fault, DECODED("0000:01:00.1", "0x12345000"), ACCESS("write")));
	EXPECT_TRUE(fault.write);
	ASSERT_EQ(1, READ_ALL(&fault, DECODED("(unassigned sid)", "0x1000"), ACCESS("read")));
	EXPECT_EQ(0x0101, bdf_requester_id(fault.source));
	EXPECT_FALSE(fault.write);
}

TEST(fault_refuses_half_smmu_events)
{
	struct iommu_fault fault;

	/* Cut off, of two units, of two minds, of no transfer. */
	EXPECT_EQ(0, READ_ALL(&fault, SMMU "event 0x10 received:", SMMU "\t0x0000010100000010",
			      SMMU "\t0x0000020000000000"));
	EXPECT_EQ(0, READ_ALL(&fault, SMMU "event 0x10 received:", SMMU "\t0x0000010100000010",
			      SMMU "\t0x00000200000", SMMU "\t0x", SMMU "\t0x0000000000000000"));
	EXPECT_EQ(0, READ_ALL(&fault, SMMU "event 0x10 received:", SMMU "\t0x0000010100000010",
			      SMMU "\t0x0000020000000000",
			      "arm-smmu-v3 arm-smmu-v3.1.auto: \t0x0000000012345000",
			      SMMU "\t0x0000000012345000", SMMU "\t0x0000000000000000"));
	EXPECT_EQ(0, READ_ALL(&fault, RAW("0x11", "0101", A_WRITE, "0000000012345000")));
	EXPECT_EQ(0, READ_ALL(&fault, RAW("0x04", "0101", A_WRITE, "0000000012345000")));
	/* Numbers without an event before them, or after its last. */
	EXPECT_EQ(0, READ_ALL(&fault, SMMU "\t0x0000010100000010", SMMU "\t0x0000020000000000",
			      SMMU "\t0x0000000012345000", SMMU "\t0x0000000000000000"));
	EXPECT_EQ(1, READ_ALL(&fault, RAW("0x10", "0101", A_WRITE, "0000000012345000"),
			      SMMU "\t0x0000000000000000"));
	EXPECT_EQ(0, READ_ALL(&fault, ACCESS("write")));
}

TEST(fault_refuses_other_lines)
{
	static const char *const other[] = {
		"",
		"DMAR: DRHD: handling fault status reg 2",
		"DMAR: [DMA Write NO_PASID] Request device [01:00] fault addr 0x1000 [fault reason "
		"0x05]",
		"DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault addr",
		"DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault addr 0x1000 [fault reas",
		"DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault addr 0x1000 [fault "
		"reason 0x05",
		"DMAR: [DMA Write NO_PASID] Request device [01:00.1",
		"DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault addr 0x-1 [fault reason "
		"0x05]",
		"DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault addr 0x0x10 [fault "
		"reason 0x05]",
		"DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault addr "
		"0x10000000000000000 [fault reason 0x05]",
		"DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault addr 0x1000 [fault "
		"reason 0x105]",
		"DMAR: [INTR-REMAP] Request device [01:00.1] fault addr 0x1000 [fault reason 0x26]",
		"DMAR: [INTR-REMAP] Request device [01:00.1] fault index 0x10000 [fault reason "
		"0x26]",
		"DMAR: [INTR-REMAP] Request device [01:00.1] fault index -1 [fault reason 0x26]",
		/* A report inside of what somebody else says. */
		"nvme nvme0: serial DMAR: [INTR-REMAP] Request device [01:00.1] fault index 0x7 "
		"[fault reason 0x26]",
		"x y z AMD-Vi: Event logged [IO_PAGE_FAULT device=0000:01:00.1 domain=0x0000 "
		"address=0x1000 flags=0x0020]",
		"nvme 0000:01:00.1: enabling device (0000 -> 0002)",
		"AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000c address=0x1000 flags=0x0020]",
		"AMD-Vi: Event logged [IO_PAGE_FAULT device=0000:01:00.1 domain=0x0000 address=0x1",
		"AMD-Vi: Event logged [IO_PAGE_FAULT device=0000:01:00.1 domain=0x0000 "
		"address=0x1000 flags=0x00",
		"AMD-Vi: Event logged [IO_PAGE_FAULT device=",
		"nvme 0000:01:00.1 AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000c "
		"address=0x1000 flags=0x0020]",
		": AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000c address=0x1000 flags=0x0020]",
		"AMD-Vi: Event logged [ILLEGAL_DEV_TABLE_ENTRY device=0000:01:00.1 pasid=0x00000 "
		"address=0xfffffffdf8000000 flags=0x0a00]",
		"arm-smmu-v3 arm-smmu-v3.0.auto: event 0x10 received:",
		"arm-smmu-v3 arm-smmu-v3.0.auto: EVTQ overflow detected -- events lost",
		"arm-smmu-v3 arm-smmu-v3.0.auto: event: F_TRANSLATION client: 0000:01:00.1 sid: 0x",
		"arm-smmu-v3 arm-smmu-v3.0.auto: event: C_BAD_STE client: 0000:01:00.1 sid: 0x101 "
		"ssid: 0x0",
		"arm-smmu-v3 : event: F_TRANSLATION",
		"arm-smmu-v3",
		"arm-smmu-v3 ",
	};
	struct iommu_fault fault;

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		EXPECT_EQ(-ENOMSG, read_one(other[i], &fault))
		{
			TH_LOG("\"%s\" was taken", other[i]);
		}
		EXPECT_EQ(-1, fault.index);
		EXPECT_EQ(0, fault.addr);
	}
}

/* However short a report is cut, nothing is made up, and nothing is read beyond its end. */
TEST(fault_refuses_reports_cut_anywhere)
{
	static const char *const whole[] = {
		"DMAR: [INTR-REMAP] Request device [01:00.1] fault index 0x7 [fault reason 0x26]",
		"vfio-pci 0000:01:00.1: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000c "
		"address=0x1000 flags=0x0020]",
		"arm-smmu-v3 x.auto: event: F_TRANSLATION client: 0000:01:00.1 sid: 0x101 ssid: "
		"0x0 iova: 0x12345000 ipa: ",
	};

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		struct iommu_fault fault;
		size_t len = strlen(whole[i]);

		EXPECT_EQ(0, read_one(whole[i], &fault));
		for (size_t cut = 0; cut < len; cut++) {
			char *line = strndup(whole[i], cut);

			EXPECT_EQ(-ENOMSG, read_one(line, &fault))
			{
				TH_LOG("\"%s\" was taken", line);
			}
			free(line);
		}
	}
}

TEST_HARNESS_MAIN
