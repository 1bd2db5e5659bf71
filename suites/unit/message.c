/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forged interrupt requests: what is written for each IOMMU, and where there is nothing to write.
 */
#include <errno.h>

#include "walk/message.h"

#include "kselftest_harness.h"

static int forge(const char *iommu, enum shot_kind kind, struct msi_msg own, struct msi_msg victim,
		 struct msi_msg *msg)
{
	struct forging forging = {.own = own, .victim = victim, .enabled = 5};

	return message_forge(iommu, kind, &forging, msg);
}

TEST(intel_names_an_entry_of_one_table)
{
	struct msi_msg own = vtd_remappable_msg(0x30, true, 0);
	struct msi_msg victim = vtd_remappable_msg(0x42, true, 0), msg;
	uint16_t handle, subhandle;
	bool shv;

	ASSERT_EQ(0, forge("intel", SHOT_SIBLING_HANDLE, own, victim, &msg));
	EXPECT_EQ(victim.addr, msg.addr);
	EXPECT_EQ(victim.data, msg.data);
	ASSERT_EQ(0, forge("intel", SHOT_BEYOND_HANDLE, own, victim, &msg));
	ASSERT_EQ(0, vtd_msg_handle(msg, &handle, &shv, &subhandle));
	EXPECT_LT(0xffff, handle + subhandle);
	ASSERT_EQ(0, forge("intel", SHOT_RESERVED_DATA, own, victim, &msg));
	EXPECT_NE(0, msg.data >> 16);
	/* A message in no remappable format: nothing is known of the table. */
	EXPECT_EQ(-EOPNOTSUPP,
		  forge("intel", SHOT_PF_HANDLE, own, vtd_compatibility_msg(0, 0x40, 0), &msg));
	EXPECT_EQ(-EOPNOTSUPP, forge("intel", SHOT_ABSENT_HANDLE, vtd_compatibility_msg(0, 0x40, 0),
				     victim, &msg));
}

TEST(amd_has_an_index_in_data)
{
	struct msi_msg own = {0xfee00000, 1}, victim = {0xfee00000, 3}, msg;

	ASSERT_EQ(0, forge("amd", SHOT_SIBLING_HANDLE, own, victim, &msg));
	EXPECT_EQ(0xfee00000, msg.addr);
	EXPECT_EQ(3, msg.data);
	ASSERT_EQ(0, forge("amd", SHOT_ABSENT_HANDLE, own, victim, &msg));
	/* Of a delivery mode that is remapped, fixed or arbitrated. */
	EXPECT_GT(2, msg.data >> 8 & 7);
	EXPECT_GT(512, msg.data);
	ASSERT_EQ(0, forge("amd", SHOT_COMPAT_NMI, own, victim, &msg));
	EXPECT_EQ(4, msg.data >> 8 & 7);
	EXPECT_EQ(-EOPNOTSUPP, forge("amd", SHOT_BEYOND_HANDLE, own, victim, &msg));
	EXPECT_EQ(-EOPNOTSUPP, forge("amd", SHOT_RESERVED_DATA, own, victim, &msg));
	/* One that is no interrupt: nobody knows what it would do. */
	EXPECT_EQ(-EOPNOTSUPP,
		  forge("amd", SHOT_ABSENT_HANDLE, (struct msi_msg){0x1000, 1}, victim, &msg));
}

TEST(amd_names_no_vector_of_its_own)
{
	struct forging forging = {.own = {0xfee00000, 1}, .enabled = 512};
	struct msi_msg msg;

	EXPECT_EQ(-EOPNOTSUPP, message_forge("amd", SHOT_ABSENT_HANDLE, &forging, &msg));
	EXPECT_EQ(-EOPNOTSUPP, message_forge("amd", SHOT_COMPAT_FIXED, &forging, &msg));
	forging.enabled = 0xe9;
	EXPECT_EQ(0, message_forge("amd", SHOT_COMPAT_FIXED, &forging, &msg));
}

TEST(its_has_its_own_doorbell)
{
	struct msi_msg own = {0x8000040, 1}, victim = {0xfff00040, 3}, msg;

	ASSERT_EQ(0, forge("smmu", SHOT_PF_HANDLE, own, victim, &msg));
	EXPECT_EQ(own.addr, msg.addr);
	EXPECT_EQ(3, msg.data);
	ASSERT_EQ(0, forge("smmu", SHOT_ABSENT_HANDLE, own, victim, &msg));
	EXPECT_EQ(own.addr, msg.addr);
	EXPECT_LT(5, msg.data);
	EXPECT_EQ(-EOPNOTSUPP, forge("smmu", SHOT_COMPAT_NMI, own, victim, &msg));
	EXPECT_EQ(-EOPNOTSUPP, forge("none", SHOT_ABSENT_HANDLE, own, victim, &msg));
}

TEST_HARNESS_MAIN
