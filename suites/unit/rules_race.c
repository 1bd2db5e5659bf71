/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of two writers at once: kept, broken, and not exercised by those that did not meet. */
#include "kselftest_harness.h"
#include "story.h"

#define SYSFS(rule, fn, ...) STORY("M-IMM", "sysfs", rule, fn, __VA_ARGS__)
#define NVME(rule, fn, ...)  STORY("M-RST", "nvme", rule, fn, __VA_ARGS__)

/* What a side does, how it ends, and when: BUSY and AFTER are told against EARLY. */
#define EARLY ",'begin_us':100,'end_us':300}"
#define BUSY  ",'begin_us':200,'end_us':900}"
#define AFTER ",'begin_us':300,'end_us':900}"
#define NEVER ",'begin_us':200,'end_us':-1}"
#define GONE  ",'begin_us':-1,'end_us':-1}"

#define COUNT(fn, value, res) \
	"{'fn':'" fn "','attr':'sriov_vf_msix_count','value':'" value "','res':'" res "'"
#define FILE_OF(fn, attr, value, res) \
	"{'fn':'" fn "','attr':'" attr "','value':'" value "','res':'" res "'"
#define TO_SIZE(fn, want, res) "{'fn':'" fn "','backend':'nvme','want':" want ",'res':'" res "'"
#define TO_BIND(res)           FILE_OF(VF0, "subsystem/drivers/vfio-pci/bind", VF0, res)
#define TO_UNBIND(res)         FILE_OF(VF0, "driver/unbind", VF0, res)
#define TO_RESET(res)          FILE_OF(VF0, "reset", "1", res)
#define TO_NONE(res)           FILE_OF(PF, "sriov_numvfs", "0", res)

#define RACE_AS(res, fn, first, second) \
	DONE("race", fn, "'offset_us':0,'res':'" res "','sides':[" first "," second "]")
#define RACE(first, second) RACE_AS("ok", VF0, first, second)
#define HUNG(first, second) RACE_AS("ETIMEDOUT", VF0, first, second)

#define POOL(total, a, b)                                                                        \
	SEEN("pool", PF,                                                                         \
	     "'total':" total ",'free':-1,'assigned':[{'fn':'" VF0 "','size':" a "},{'fn':'" VF1 \
	     "','size':" b "}]")

TEST(removal)
{
	EXPECT_EQ(VERDICT_PASS,
		  SYSFS("SYS-ENODEV-RACE", PF,
			RACE_AS("ok", PF, TO_NONE("ok") EARLY, COUNT(VF1, "2", "ok") BUSY)));
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-ENODEV-RACE", PF,
				     RACE_AS("ok", PF, FILE_OF(PF, "driver/unbind", PF, "ok") EARLY,
					     COUNT(VF1, "2", "EOPNOTSUPP") BUSY)));
	EXPECT_EQ(VERDICT_WARN, SYSFS("SYS-ENODEV-RACE", PF,
				      RACE_AS("ETIMEDOUT", PF, TO_NONE("ETIMEDOUT") NEVER,
					      COUNT(VF1, "2", "ETIMEDOUT") NEVER)));
	EXPECT_EQ(VERDICT_WARN, SYSFS("SYS-ENODEV-RACE", PF,
				      RACE_AS("ETIMEDOUT", PF, TO_NONE("ok") EARLY,
					      COUNT(VF1, "2", "ETIMEDOUT") NEVER)));
}

TEST(removal_that_met_nobody)
{
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-ENODEV-RACE", PF,
			RACE_AS("ok", PF, TO_NONE("ok") EARLY, COUNT(VF1, "2", "ok") AFTER)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-ENODEV-RACE", PF,
			RACE_AS("ok", PF, TO_NONE("ok") EARLY, COUNT(VF1, "2", "ENOENT") GONE)));
	/* kernfs has let go of the file: nobody waited for a lock. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-ENODEV-RACE", PF,
			RACE_AS("ok", PF, TO_NONE("ok") EARLY, COUNT(VF1, "2", "ENODEV") BUSY)));
	/* Nobody is removed. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-ENODEV-RACE", PF,
			HUNG(COUNT(VF0, "3", "ETIMEDOUT") NEVER, TO_BIND("ETIMEDOUT") NEVER)));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-ENODEV-RACE", PF, NUMVFS("0")));
}

/* Records of earlier versions have no times. */
TEST(removal_without_times)
{
	EXPECT_EQ(VERDICT_PASS,
		  SYSFS("SYS-ENODEV-RACE", PF,
			RACE_AS("ok", PF, TO_NONE("ok") "}", COUNT(VF1, "2", "EBUSY") "}")));
	EXPECT_EQ(VERDICT_WARN, SYSFS("SYS-ENODEV-RACE", PF,
				      RACE_AS("ETIMEDOUT", PF, TO_NONE("ETIMEDOUT") "}",
					      COUNT(VF1, "2", "ETIMEDOUT") "}")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-ENODEV-RACE", PF,
			RACE_AS("ok", PF, TO_NONE("ok") "}", COUNT(VF1, "2", "ENOENT") "}")));
}

TEST(vfs_that_come_back_after_a_removal_are_new)
{
	EXPECT_EQ(VERDICT_NOT_RUN,
		  NVME("SYS-SIBLING", VF1, LOOK_AT(VF1, SIZE_5),
		       RESIZE(VF0, "nvme", "3", "ok", "3"),
		       RACE_AS("ok", PF, TO_NONE("ok") EARLY, COUNT(VF1, "2", "ok") BUSY),
		       NUMVFS("2"), LOOK_AT(VF1, SIZE_3)));
}

TEST(both_return)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-RACE-RETURN", VF0,
				      RACE(COUNT(VF0, "3", "ok") EARLY, TO_RESET("ok") BUSY)));
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-RACE-RETURN", VF0,
				     RACE(TO_BIND("ok") EARLY, TO_SIZE(VF0, "3", "EIO") BUSY)));
	EXPECT_EQ(VERDICT_FAIL,
		  SYSFS("SYS-RACE-RETURN", VF0,
			HUNG(COUNT(VF0, "3", "ok") EARLY, TO_BIND("ETIMEDOUT") NEVER)));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-RACE-RETURN", VF0,
					 RACE(COUNT(VF0, "3", "ok") EARLY, TO_BIND("ok") AFTER)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-RACE-RETURN", VF0,
			HUNG(COUNT(VF0, "3", "ETIMEDOUT") NEVER, TO_NONE("ETIMEDOUT") NEVER)));
}

TEST(errnos_that_an_order_explains)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-RACE-ERRNO", VF0,
				      RACE(COUNT(VF0, "3", "EBUSY") EARLY, TO_BIND("ok") BUSY)));
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-RACE-ERRNO", VF0,
				      RACE(COUNT(VF0, "3", "ok") EARLY, TO_UNBIND("ok") BUSY)));
	EXPECT_EQ(VERDICT_PASS,
		  SYSFS("SYS-RACE-ERRNO", VF0,
			RACE(TO_NONE("ok") EARLY, COUNT(VF0, "3", "EOPNOTSUPP") BUSY)));
	EXPECT_EQ(VERDICT_PASS,
		  SYSFS("SYS-RACE-ERRNO", VF0,
			RACE(COUNT(VF0, "3", "ok") EARLY, COUNT(VF0, "4", "ok") BUSY)));
}

TEST(errnos_that_none_explains)
{
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-RACE-ERRNO", VF0,
				      RACE(COUNT(VF0, "3", "EAGAIN") EARLY, TO_BIND("ok") BUSY)));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-RACE-ERRNO", VF0,
				      RACE(COUNT(VF0, "3", "EBUSY") EARLY, TO_RESET("ok") BUSY)));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-RACE-ERRNO", VF0,
				      RACE(COUNT(VF0, "3", "ok") EARLY, TO_RESET("EAGAIN") BUSY)));
	EXPECT_EQ(VERDICT_FAIL,
		  SYSFS("SYS-RACE-ERRNO", VF0,
			RACE(COUNT(VF0, "3", "ok") EARLY, COUNT(VF0, "4", "EBUSY") BUSY)));
	/* They did not meet; what a command of the device says is not the kernel's. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-RACE-ERRNO", VF0,
			RACE(COUNT(VF0, "3", "EAGAIN") EARLY, TO_BIND("ok") AFTER)));
	EXPECT_EQ(VERDICT_SKIP, NVME("SYS-RACE-ERRNO", VF0,
				     RACE(TO_SIZE(VF0, "3", "EIO") EARLY, TO_BIND("ok") BUSY)));
}

#define RESIZED(res) RACE(COUNT(VF0, "3", res) EARLY, TO_RESET("ok") BUSY)

TEST(size_that_is_left)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-RACE-SIZE", VF0, RESIZED("ok"), LOOK_AT(VF0, SIZE_3)));
	EXPECT_EQ(VERDICT_PASS,
		  SYSFS("SYS-RACE-SIZE", VF0, RESIZED("EBUSY"), LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-RACE-SIZE", VF0, RESIZED("ok"), LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_FAIL,
		  SYSFS("SYS-RACE-SIZE", VF0, RESIZED("EBUSY"), LOOK_AT(VF0, SIZE_3)));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-RACE-SIZE", VF0, RESIZED("ok"), LOOK_AT(VF0, SIZE_1)));
	/* A VF that nobody wrote to. */
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-RACE-SIZE", VF1, RESIZED("ok"), LOOK_AT(VF1, SIZE_5)));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-RACE-SIZE", VF1, RESIZED("ok"), LOOK_AT(VF1, SIZE_3)));
	/* Another act is to blame, or nobody knows what it was. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-RACE-SIZE", VF0, RESIZED("ok"), RESIZE(VF0, "sysfs", "1", "ok", "1"),
			LOOK_AT(VF0, SIZE_1)));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-RACE-SIZE", VF0, RESIZED("ok"), RESIZED("EBUSY"),
					 LOOK_AT(VF0, SIZE_3)));
}

TEST(size_of_either)
{
	static const char two[] = RACE(COUNT(VF0, "3", "ok") EARLY, COUNT(VF0, "1", "ok") BUSY);

	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-RACE-SIZE", VF0, two, LOOK_AT(VF0, SIZE_3)));
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-RACE-SIZE", VF0, two, LOOK_AT(VF0, SIZE_1)));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-RACE-SIZE", VF0, two, LOOK_AT(VF0, SIZE_5)));
}

TEST(size_that_waits_for_a_reset)
{
	static const char resized[] = RACE(TO_SIZE(VF0, "3", "ok") EARLY, TO_RESET("ok") BUSY);

	EXPECT_EQ(VERDICT_PASS, NVME("SYS-RACE-SIZE", VF0, resized, LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-RACE-SIZE", VF0, resized, LOOK_AT(VF0, SIZE_5),
				     RESET(VF0, "flr"), LOOK_AT(VF0, SIZE_3)));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-RACE-SIZE", VF0, resized, LOOK_AT(VF0, SIZE_5),
				     RESET(VF0, "flr"), LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_SKIP,
		  STORY("M-VFE", "nvme", "SYS-RACE-SIZE", VF0, resized, LOOK_AT(VF0, SIZE_5)));
}

TEST(owner_that_is_left)
{
	static const char bound[] = RACE(COUNT(VF0, "3", "ok") EARLY, TO_BIND("ok") BUSY);
	static const char taken[] = RACE(COUNT(VF0, "3", "ok") EARLY, TO_UNBIND("ok") BUSY);
	static const char refused[] = RACE(COUNT(VF0, "3", "ok") EARLY, TO_BIND("EINVAL") BUSY);

	EXPECT_EQ(VERDICT_PASS,
		  SYSFS("SYS-RACE-BOUND", VF0, bound, LOOK_DRIVER(VF0, "'vfio-pci'")));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-RACE-BOUND", VF0, bound, LOOK_DRIVER(VF0, "null")));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-RACE-BOUND", VF0, bound, LOOK_DRIVER(VF0, "'vfio'")));
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-RACE-BOUND", VF0, taken, LOOK_DRIVER(VF0, "null")));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-RACE-BOUND", VF0, taken, LOOK_DRIVER(VF0, "'nvme'")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-RACE-BOUND", VF0, refused, LOOK_DRIVER(VF0, "null")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-RACE-BOUND", VF0, bound, UNBIND(VF0), LOOK_DRIVER(VF0, "null")));
}

/* Who has it is not known until somebody looks. */
TEST(owner_before_the_look)
{
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-BUSY", VF0, BIND(VF0, "nvme"),
					 RACE(COUNT(VF0, "3", "EBUSY") EARLY, TO_UNBIND("ok") BUSY),
					 WRITE_COUNT(VF0, "3", "ok")));
}

#define RIVALS(a, b) RACE(COUNT(VF0, "7", a) EARLY, COUNT(VF1, "7", b) BUSY)

TEST(last_vectors)
{
	EXPECT_EQ(VERDICT_PASS,
		  SYSFS("POOL-RACE", PF, POOL("12", "5", "5"), RIVALS("ok", "ENOSPC")));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("POOL-RACE", PF, POOL("12", "5", "5"), RIVALS("ok", "ok")));
	/* The device may have its reasons. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("POOL-RACE", PF, POOL("12", "5", "5"), RIVALS("EIO", "EIO")));
	/* There is enough for both; not for either; nobody knows. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("POOL-RACE", PF, POOL("14", "5", "5"), RIVALS("ok", "ok")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("POOL-RACE", PF, POOL("11", "5", "5"), RIVALS("ok", "ENOSPC")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("POOL-RACE", PF, RIVALS("ok", "ok")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("POOL-RACE", PF, POOL("12", "5", "5"),
					 RESIZE(VF0, "sysfs", "1", "ok", "1"), RIVALS("ok", "ok")));
}

TEST_HARNESS_MAIN
