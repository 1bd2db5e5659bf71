/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of defaults: what 0 restores, what new VFs have, whose file it was, a PF's reload. */
#include "kselftest_harness.h"
#include "story.h"

#define SYSFS(rule, fn, ...) STORY("M-IMM", "sysfs", rule, fn, __VA_ARGS__)

#define COUNT_IS(n, size) WRITE_COUNT(VF0, n, "ok"), LOOK_AT(VF0, size)
/* VF Enable cleared and set, and the size that this gives to a VF that had 6. */
#define BORN(size) WRITE_COUNT(VF0, "6", "ok"), NUMVFS("0"), NUMVFS("2"), LOOK_AT(VF0, size)

TEST(zero_after_vf_enable)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-ZERO", VF0, BORN(SIZE_5), COUNT_IS("3", SIZE_3),
				      COUNT_IS("0", SIZE_5)));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-ZERO", VF0, BORN(SIZE_5), COUNT_IS("3", SIZE_3),
				      COUNT_IS("0", SIZE_1)));
	/* What outlives VF Enable may be no default. */
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-ZERO", VF0, BORN(SIZE_6), COUNT_IS("0", SIZE_5)));
}

TEST(zero_twice)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-ZERO", VF0, COUNT_IS("3", SIZE_3), COUNT_IS("0", SIZE_5),
				      COUNT_IS("8", SIZE_8), COUNT_IS("0", SIZE_5)));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-ZERO", VF0, COUNT_IS("3", SIZE_3), COUNT_IS("0", SIZE_3),
				      COUNT_IS("8", SIZE_8), COUNT_IS("0", SIZE_8)));
	/* Once tells nothing, and not before it is due. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-ZERO", VF0, COUNT_IS("3", SIZE_3), COUNT_IS("0", SIZE_5)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  STORY("M-RST", "sysfs", "SYS-ZERO", VF0, COUNT_IS("3", SIZE_5),
			COUNT_IS("0", SIZE_5), COUNT_IS("8", SIZE_5), COUNT_IS("0", SIZE_8)));
}

TEST(zero_refused)
{
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-ZERO", VF0, UNBIND(VF0), COUNT_IS("3", SIZE_3),
				      WRITE_COUNT(VF0, "0", "EINVAL")));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-ZERO", VF0, UNBIND(VF0), BORN(SIZE_5), UNBIND(VF0),
				      COUNT_IS("8", SIZE_8), WRITE_COUNT(VF0, "0", "ENOSPC")));
	/* The default may be more than is free. */
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-ZERO", VF0, UNBIND(VF0), BORN(SIZE_5), UNBIND(VF0),
					 COUNT_IS("3", SIZE_3), WRITE_COUNT(VF0, "0", "ENOSPC")));
}

/* --- VFs on two buses --- */

#define TWIN "0000:02:00.1"

static enum verdict twin_verdict(const char *fn, const char *const *lines)
{
	struct cfg vf = fake_cfg(2, 5);
	enum verdict verdict;
	struct record r;

	record_typical(&r, "M-IMM", "sysfs");
	record_function(&r, TWIN, 2, &vf, FAKE_BAR);
	record_tell_all(&r, lines);
	verdict = record_verdict(&r, "SYS-RIGHT-VF", fn);
	record_close(&r);
	return verdict;
}

#define TWINS(fn, ...) twin_verdict(fn, (const char *const[]){__VA_ARGS__, NULL})

TEST(vf_on_another_bus)
{
	EXPECT_EQ(VERDICT_PASS, TWINS(TWIN, LOOK_AT(VF0, SIZE_5), LOOK_AT(TWIN, SIZE_5),
				      RESIZE(TWIN, "sysfs", "6", "ok", "6"), LOOK_AT(VF0, SIZE_5),
				      LOOK_AT(TWIN, SIZE_6)));
	EXPECT_EQ(VERDICT_FAIL, TWINS(TWIN, LOOK_AT(VF0, SIZE_5), LOOK_AT(TWIN, SIZE_5),
				      RESIZE(TWIN, "sysfs", "6", "ok", "6"), LOOK_AT(VF0, SIZE_6),
				      LOOK_AT(TWIN, SIZE_5)));
	/* Nobody changed, or it had the size already: whose file it was does not show. */
	EXPECT_EQ(VERDICT_NOT_RUN, TWINS(TWIN, LOOK_AT(VF0, SIZE_5), LOOK_AT(TWIN, SIZE_5),
					 RESIZE(TWIN, "sysfs", "6", "ok", "6"),
					 LOOK_AT(VF0, SIZE_5), LOOK_AT(TWIN, SIZE_5)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TWINS(TWIN, LOOK_AT(TWIN, SIZE_5), RESIZE(TWIN, "sysfs", "5", "ok", "5"),
			LOOK_AT(TWIN, SIZE_5)));
	EXPECT_EQ(VERDICT_SKIP, TWINS(VF1, LOOK_AT(VF1, SIZE_5),
				      RESIZE(VF1, "sysfs", "6", "ok", "6"), LOOK_AT(VF1, SIZE_6)));
	EXPECT_EQ(VERDICT_SKIP, SYSFS("SYS-RIGHT-VF", VF0, LOOK_AT(VF0, SIZE_5),
				      RESIZE(VF0, "sysfs", "6", "ok", "6"), LOOK_AT(VF0, SIZE_6)));
}

/* --- what new VFs have --- */

#define POOL(total, a, b)                                                                        \
	SEEN("pool", PF,                                                                         \
	     "'total':" total ",'free':-1,'assigned':[{'fn':'" VF0 "','size':" a "},{'fn':'" VF1 \
	     "','size':" b "}]")
#define NEW_VFS NUMVFS("0"), NUMVFS("2")

TEST(defaults_within_the_pool)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("POOL-DEFAULT-SUM", PF, NEW_VFS, POOL("25", "12", "13")));
	EXPECT_EQ(VERDICT_WARN, SYSFS("POOL-DEFAULT-SUM", PF, NEW_VFS, POOL("25", "13", "13")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("POOL-DEFAULT-SUM", PF, POOL("25", "13", "13")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("POOL-DEFAULT-SUM", PF, NEW_VFS, RESIZE(VF0, "sysfs", "13", "ok", "13"),
			POOL("25", "13", "13")));
	/* Each has the least that it can have. */
	EXPECT_EQ(VERDICT_SKIP, SYSFS("POOL-DEFAULT-SUM", PF, NEW_VFS, POOL("1", "1", "1")));
}

TEST(defaults_that_leave_something)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("POOL-SHRINK-FIRST", PF, NEW_VFS, POOL("25", "12", "12")));
	EXPECT_EQ(VERDICT_NOTE, SYSFS("POOL-SHRINK-FIRST", PF, NEW_VFS, POOL("25", "12", "13")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("POOL-SHRINK-FIRST", PF, NEW_VFS, POOL("25", "13", "13")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("POOL-SHRINK-FIRST", PF, POOL("25", "12", "13")));
}

#define KLOG(line)    "{'ev':'obs','obs':'klog','lines':['" line "']}"
#define FAILED        KLOG("mlx5_core " PF ": failed to set MSI-X vector counts VF 0, err -22")
#define LOOK_NONE(fn) SEEN("msix", fn, "'pos':64,'bytes':'ffffffffffffffffffffffff','res':'ENODEV'")

TEST(vf_that_could_not_be_set_up)
{
	EXPECT_EQ(VERDICT_WARN, SYSFS("POOL-PARTIAL-ENABLE", VF0, NEW_VFS, FAILED,
				      LOOK_AT(VF1, SIZE_5), LOOK_AT(VF0, SIZE_1)));
	EXPECT_EQ(VERDICT_PASS, SYSFS("POOL-PARTIAL-ENABLE", VF0, NEW_VFS, FAILED,
				      LOOK_AT(VF1, SIZE_5), LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_PASS, SYSFS("POOL-PARTIAL-ENABLE", VF0, NEW_VFS, FAILED, LOOK_NONE(VF0)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("POOL-PARTIAL-ENABLE", VF1, NEW_VFS, FAILED, LOOK_AT(VF1, SIZE_5)));
	/* An old failure, and none at all. */
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("POOL-PARTIAL-ENABLE", VF0, FAILED, NEW_VFS,
					 LOOK_AT(VF1, SIZE_5), LOOK_AT(VF0, SIZE_1)));
	EXPECT_EQ(VERDICT_SKIP,
		  SYSFS("POOL-PARTIAL-ENABLE", VF0, UNBIND(VF0), LOOK_AT(VF0, SIZE_1)));
}

#define RELOAD UNBIND(PF), BIND(PF, "mlx5_core")

TEST(pf_reloaded)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("POOL-PF-RELOAD", VF0, COUNT_IS("8", SIZE_8), RELOAD,
				      LOOK_AT(VF0, SIZE_8)));
	EXPECT_EQ(VERDICT_NOTE, SYSFS("POOL-PF-RELOAD", VF0, COUNT_IS("8", SIZE_8), RELOAD,
				      LOOK_AT(VF0, SIZE_5)));
	/* Nothing was assigned; other things happened, too; the driver is not back. */
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("POOL-PF-RELOAD", VF0, RELOAD, LOOK_AT(VF0, SIZE_3)));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("POOL-PF-RELOAD", VF0, COUNT_IS("8", SIZE_8), RELOAD,
					 NUMVFS("0"), NUMVFS("2"), LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("POOL-PF-RELOAD", VF0, COUNT_IS("8", SIZE_8), UNBIND(PF),
					 LOOK_AT(VF0, SIZE_5)));
	/* VFs that went along cannot show it. */
	EXPECT_EQ(VERDICT_SKIP,
		  SYSFS("POOL-PF-RELOAD", VF0, COUNT_IS("8", SIZE_8), UNBIND(PF), LOOK_NONE(VF0)));
}

TEST_HARNESS_MAIN
