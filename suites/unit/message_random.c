/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random messages: the same from the same seed, of every sort, and none that ends a machine. */
#include <errno.h>
#include <string.h>

#include "walk/message.h"

#include "kselftest_harness.h"

#define MANY 4000

static const struct msi_msg amd_own = {0xfee00000, 1}, its_own = {0x8000040, 3};

TEST(the_same_seed_rolls_the_same)
{
	struct msi_msg a, b, other;
	unsigned same = 0;

	for (unsigned n = 0; n < MANY; n++) {
		ASSERT_EQ(0, message_random("intel", SHOT_RANDOM_HANDLE, 7, n, amd_own, &a));
		ASSERT_EQ(0, message_random("intel", SHOT_RANDOM_HANDLE, 7, n, its_own, &b));
		ASSERT_EQ(0, message_random("intel", SHOT_RANDOM_HANDLE, 8, n, amd_own, &other));
		ASSERT_EQ(a.addr, b.addr);
		ASSERT_EQ(a.data, b.data);
		same += a.addr == other.addr && a.data == other.data;
		ASSERT_EQ(message_random_kind("intel", 7, n), message_random_kind("intel", 7, n));
	}
	EXPECT_GT(MANY / 20, same);
}

TEST(intel_handles_are_of_every_sort)
{
	unsigned low = 0, near = 0, shv = 0, sub = 0, reserved = 0;

	for (unsigned n = 0; n < MANY; n++) {
		uint16_t handle, subhandle;
		struct msi_msg msg;
		bool valid;

		ASSERT_EQ(0, message_random("intel", SHOT_RANDOM_HANDLE, 1, n, amd_own, &msg));
		ASSERT_TRUE(msi_addr_is_x86(msg.addr));
		ASSERT_EQ(0, vtd_msg_handle(msg, &handle, &valid, &subhandle));
		low += handle < 128;
		near += handle >= 128 && __builtin_popcount(handle >> 7) == 1;
		shv += valid;
		sub += valid && subhandle;
		reserved += valid && msg.data >> 16;
	}
	EXPECT_LT(MANY / 10, low);
	EXPECT_LT(MANY / 10, near);
	EXPECT_LT(MANY / 4, shv);
	EXPECT_LT(MANY / 20, sub);
	EXPECT_LT(MANY / 20, reserved);
}

/* What passes where the IOMMU does not look is to find no handler, and no part of the kernel. */
TEST(compatibility_format_is_survived)
{
	bool vectors[256] = {false};

	for (unsigned n = 0; n < MANY; n++) {
		uint16_t handle, subhandle;
		struct msi_msg msg;
		bool valid;

		ASSERT_EQ(0, message_random("intel", SHOT_RANDOM_COMPAT, 1, n, amd_own, &msg));
		ASSERT_EQ(-EINVAL, vtd_msg_handle(msg, &handle, &valid, &subhandle));
		ASSERT_EQ(0, msg.data >> 8 & 7);
		ASSERT_LE(0xd0, msg.data & 0xff);
		ASSERT_GE(0xe9, msg.data & 0xff);
		vectors[msg.data & 0xff] = true;
	}
	for (unsigned v = 0xd0; v <= 0xe9; v++)
		EXPECT_TRUE(vectors[v]);
}

TEST(amd_indexes_have_a_mode_that_is_remapped)
{
	for (unsigned n = 0; n < MANY; n++) {
		struct msi_msg msg;

		ASSERT_EQ(0, message_random("amd", SHOT_RANDOM_HANDLE, 1, n, amd_own, &msg));
		ASSERT_EQ(amd_own.addr, msg.addr);
		ASSERT_GE(1, msg.data >> 8 & 7);
		ASSERT_EQ(-EOPNOTSUPP,
			  message_random("amd", SHOT_RANDOM_COMPAT, 1, n, amd_own, &msg));
		ASSERT_NE(SHOT_RANDOM_COMPAT, message_random_kind("amd", 1, n));
	}
}

TEST(its_events_go_to_the_doorbell)
{
	struct msi_msg msg;

	for (unsigned n = 0; n < MANY; n++) {
		ASSERT_EQ(0, message_random("smmu", SHOT_RANDOM_HANDLE, 1, n, its_own, &msg));
		ASSERT_EQ(its_own.addr, msg.addr);
	}
}

/* Nothing that the function has mapped, and nothing that is an interrupt. */
TEST(memory_is_nobodys)
{
	unsigned below = 0, above = 0, upper = 0;

	for (unsigned n = 0; n < MANY; n++) {
		struct msi_msg msg;

		ASSERT_EQ(0, message_random("intel", SHOT_RANDOM_DMA, 1, n, amd_own, &msg));
		ASSERT_FALSE(msi_addr_is_x86(msg.addr));
		ASSERT_EQ(0, msg.addr & 3);
		ASSERT_LE(0xfed00000, msg.addr);
		ASSERT_GT(1ull << 39, msg.addr);
		below += msg.addr >> 20 == 0xfed;
		above += msg.addr >> 20 == 0xfef;
		upper += msg.addr >> 32 && (uint32_t)msg.addr >> 20 == 0xfee;
	}
	EXPECT_LT(MANY / 10, below);
	EXPECT_LT(MANY / 10, above);
	EXPECT_LT(MANY / 10, upper);
}

TEST(other_iommus_have_none)
{
	struct msi_msg msg;

	EXPECT_EQ(-EOPNOTSUPP, message_random("none", SHOT_RANDOM_HANDLE, 1, 0, amd_own, &msg));
	EXPECT_EQ(-EOPNOTSUPP, message_random("virtio", SHOT_RANDOM_DMA, 1, 0, amd_own, &msg));
}

TEST_HARNESS_MAIN
