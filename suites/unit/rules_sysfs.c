/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of the kernel's resizing interface and of the pool: kept, broken, and the traps. */
#include "kselftest_harness.h"
#include "story.h"

#define SYSFS(rule, fn, ...) STORY("M-IMM", "sysfs", rule, fn, __VA_ARGS__)
#define NVME(rule, fn, ...)  STORY("M-RST", "nvme", rule, fn, __VA_ARGS__)

#define COUNT "sriov_vf_msix_count"

TEST(file_of_a_vf)
{
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-FILE-VF", VF0, LOOK_ATTR(VF0, COUNT, "'0200'", "")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-FILE-VF", VF0, LOOK_ATTR(VF0, COUNT, "'0644'", "")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-FILE-VF", VF0, LOOK_ATTR(VF0, COUNT, "null", "")));
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-FILE-VF", PF, LOOK_ATTR(PF, COUNT, "null", "")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-FILE-VF", PF, LOOK_ATTR(PF, COUNT, "'0200'", "")));
	EXPECT_EQ(VERDICT_NOT_RUN, NVME("SYS-FILE-VF", VF0, LOOK_ATTR(VF0, "other", "null", "")));
}

TEST(file_of_a_pf)
{
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-FILE-PF", PF, LOOK_TOTAL("0")));
	EXPECT_EQ(VERDICT_FAIL,
		  NVME("SYS-FILE-PF", PF, LOOK_ATTR(PF, "sriov_vf_total_msix", "null", "")));
}

TEST(total_without_support)
{
	EXPECT_EQ(VERDICT_PASS,
		  NVME("SYS-TOTAL-0", PF, LOOK_TOTAL("0"), WRITE_COUNT(VF0, "3", "EOPNOTSUPP")));
	EXPECT_EQ(VERDICT_FAIL,
		  NVME("SYS-TOTAL-0", PF, LOOK_TOTAL("25"), WRITE_COUNT(VF0, "3", "EOPNOTSUPP")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-TOTAL-0", PF, UNBIND(PF), LOOK_TOTAL("25")));
	/* A driver that assigns has a total; one that was read before it came is old. */
	EXPECT_EQ(VERDICT_SKIP, SYSFS("SYS-TOTAL-0", PF, LOOK_TOTAL("25")));
	EXPECT_EQ(VERDICT_SKIP, SYSFS("SYS-TOTAL-0", PF, LOOK_TOTAL("25"), BIND(PF, "nvme"),
				      WRITE_COUNT(VF0, "3", "EOPNOTSUPP")));
}

TEST(texts_that_are_no_number)
{
	static const char *const bad[] = {
		WRITE_COUNT(VF0, "abc", "EINVAL"),         WRITE_COUNT(VF0, "1x", "EINVAL"),
		WRITE_COUNT(VF0, " 1", "EINVAL"),          WRITE_COUNT(VF0, "1\\n\\n", "EINVAL"),
		WRITE_COUNT(VF0, "99999999999", "EINVAL"), WRITE_COUNT(VF0, "0x", "EINVAL"),
		WRITE_COUNT(VF0, "08", "EINVAL"),          NULL};
	static const char *const good[] = {
		WRITE_COUNT(VF0, "5", "ok"),     WRITE_COUNT(VF0, "0x5\\n", "ok"),
		WRITE_COUNT(VF0, "+5", "ok"),    WRITE_COUNT(VF0, "010", "ok"),
		WRITE_COUNT(VF0, "", "ok"), /* never gets to the kernel's function */
		WRITE_COUNT(VF0, "-1", "EBUSY"), NULL};

	EXPECT_EQ(VERDICT_PASS, story_verdict("M-IMM", "sysfs", "SYS-PARSE", VF0, bad));
	EXPECT_EQ(VERDICT_NOT_RUN, story_verdict("M-IMM", "sysfs", "SYS-PARSE", VF0, good));
	for (size_t i = 0; bad[i]; i++) {
		const char *story[] = {bad[i], NULL};

		EXPECT_EQ(VERDICT_PASS, story_verdict("M-IMM", "sysfs", "SYS-PARSE", VF0, story));
	}
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-PARSE", VF0, WRITE_COUNT(VF0, "1x", "ok")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-PARSE", VF0, WRITE_COUNT(VF0, "99999999999", "ERANGE")));
}

TEST(negative_counts)
{
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-NEG", VF0, WRITE_COUNT(VF0, "-1", "EINVAL")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-NEG", VF0, WRITE_COUNT(VF0, "-1", "EOPNOTSUPP")));
	EXPECT_EQ(VERDICT_NOT_RUN, NVME("SYS-NEG", VF0, WRITE_COUNT(VF0, "1", "EINVAL")));
}

TEST(driver_without_callback)
{
	EXPECT_EQ(VERDICT_PASS,
		  NVME("SYS-NOCB", PF, LOOK_TOTAL("0"), WRITE_COUNT(VF0, "3", "EOPNOTSUPP")));
	/* Before anybody asks whether the VF is bound. */
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-NOCB", PF, LOOK_TOTAL("0"), BIND(VF0, "nvme"),
				     WRITE_COUNT(VF0, "3", "EBUSY")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-NOCB", PF, UNBIND(PF), WRITE_COUNT(VF0, "3", "ENODEV")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  NVME("SYS-NOCB", PF, LOOK_TOTAL("0"), WRITE_COUNT(VF0, "x", "EINVAL")));
	EXPECT_EQ(VERDICT_SKIP,
		  SYSFS("SYS-NOCB", PF, LOOK_TOTAL("25"), WRITE_COUNT(VF0, "3", "ok")));
}

TEST(bound_vf)
{
	EXPECT_EQ(VERDICT_PASS,
		  SYSFS("SYS-BUSY", VF0, BIND(VF0, "nvme"), WRITE_COUNT(VF0, "3", "EBUSY")));
	EXPECT_EQ(VERDICT_FAIL,
		  SYSFS("SYS-BUSY", VF0, BIND(VF0, "nvme"), RESIZE(VF0, "sysfs", "3", "ok", "3")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-BUSY", VF0, RESIZE(VF0, "sysfs", "3", "ok", "3")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-BUSY", VF0, BIND(VF0, "nvme"), WRITE_COUNT(VF0, "x", "EINVAL")));
	EXPECT_EQ(VERDICT_SKIP,
		  NVME("SYS-BUSY", VF0, BIND(VF0, "nvme"), WRITE_COUNT(VF0, "3", "EOPNOTSUPP")));
}

TEST(size_written)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-TS-EQ", VF0, RESIZE(VF0, "sysfs", "3", "ok", "3"),
				      LOOK_AT(VF0, SIZE_3)));
	EXPECT_EQ(VERDICT_FAIL,
		  SYSFS("SYS-TS-EQ", VF0, WRITE_COUNT(VF0, "5", "ok"), LOOK_AT(VF0, SIZE_6)));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-TS-EQ", VF0, RESIZE(VF0, "sysfs", "3", "EBUSY", "5"),
					 LOOK_AT(VF0, SIZE_5)));
	/* What the default is, the device knows. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-TS-EQ", VF0, WRITE_COUNT(VF0, "0", "ok"), LOOK_AT(VF0, SIZE_5)));
}

TEST(size_written_when_due)
{
	EXPECT_EQ(VERDICT_NOT_RUN,
		  STORY("M-RST", "sysfs", "SYS-TS-EQ", VF0, RESIZE(VF0, "sysfs", "3", "ok", "3"),
			LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_FAIL,
		  STORY("M-RST", "sysfs", "SYS-TS-EQ", VF0, RESIZE(VF0, "sysfs", "3", "ok", "3"),
			RESET(VF0, "flr"), LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_PASS,
		  STORY("M-VFE", "sysfs", "SYS-TS-EQ", VF0, RESIZE(VF0, "sysfs", "3", "ok", "3"),
			NUMVFS("0"), NUMVFS("2"), LOOK_AT(VF0, SIZE_3)));
	/* Whether an assignment outlives VF Enable is open in the other models. */
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-TS-EQ", VF0, RESIZE(VF0, "sysfs", "3", "ok", "3"),
					 NUMVFS("0"), NUMVFS("2"), LOOK_AT(VF0, SIZE_5)));
}

TEST(size_written_that_never_shows)
{
#define MODEL_NONE_AT(size) \
	SEEN("model", PF,   \
	     "'model':'none','steps':[{'after':'set','size':5},{'after':'flr','size':" size "}]")
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-TS-EQ", VF0, RESIZE(VF0, "sysfs", "6", "ok", "6"),
				      MODEL_NONE_AT("7")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-TS-EQ", VF0, RESIZE(VF0, "sysfs", "6", "ok", "6"),
					 MODEL_NONE_AT("6")));
}

TEST(same_size_again)
{
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-IDEMP", VF0, LOOK_AT(VF0, SIZE_5), UNBIND(VF0),
				     RESIZE(VF0, "nvme", "5", "ok", "5"), LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_WARN, SYSFS("SYS-IDEMP", VF0, LOOK_AT(VF0, SIZE_5), UNBIND(VF0),
				      RESIZE(VF0, "sysfs", "5", "EINVAL", "5")));
	EXPECT_EQ(VERDICT_WARN, SYSFS("SYS-IDEMP", VF0, LOOK_AT(VF0, SIZE_5), UNBIND(VF0),
				      RESIZE(VF0, "sysfs", "5", "ok", "5"), LOOK_AT(VF0, SIZE_6)));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-IDEMP", VF0, LOOK_AT(VF0, SIZE_5), UNBIND(VF0),
					 RESIZE(VF0, "sysfs", "6", "ok", "6")));
	/* Somebody else may have assigned since; a driver that cannot assign repeats nothing. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-IDEMP", VF0, LOOK_AT(VF0, SIZE_5), UNBIND(VF0), NUMVFS("0"),
			NUMVFS("2"), RESIZE(VF0, "sysfs", "5", "EINVAL", "5")));
	EXPECT_EQ(VERDICT_NOT_RUN, NVME("SYS-IDEMP", VF0, LOOK_AT(VF0, SIZE_5), UNBIND(VF0),
					WRITE_COUNT(VF0, "5", "EOPNOTSUPP")));
}

TEST(failing_changes_nothing)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-FAIL-ATOMIC", VF0, LOOK_AT(VF0, SIZE_5),
				      WRITE_COUNT(VF0, "x", "EINVAL"), LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_FAIL,
		  SYSFS("SYS-FAIL-ATOMIC", VF0, LOOK_AT(VF0, SIZE_5),
			RESIZE(VF0, "sysfs", "9", "ENOSPC", "5"), LOOK_AT(VF0, SIZE_1)));
	EXPECT_EQ(VERDICT_FAIL,
		  SYSFS("SYS-FAIL-ATOMIC", VF1, LOOK_AT(VF1, SIZE_5),
			RESIZE(VF0, "sysfs", "9", "ENOSPC", "5"), LOOK_AT(VF1, SIZE_3)));
	/* A write that succeeded may have moved it; going offline by hand does, too. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-FAIL-ATOMIC", VF0, LOOK_AT(VF0, SIZE_5),
			WRITE_COUNT(VF0, "x", "EINVAL"), RESIZE(VF0, "sysfs", "3", "ok", "3"),
			LOOK_AT(VF0, SIZE_3)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  NVME("SYS-FAIL-ATOMIC", VF0, LOOK_AT(VF0, SIZE_5),
		       RESIZE(VF0, "nvme", "9", "ENOSPC", "1"), LOOK_AT(VF0, SIZE_1)));
}

TEST(siblings_keep_their_size)
{
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-SIBLING", VF1, LOOK_AT(VF1, SIZE_5),
				     RESIZE(VF0, "nvme", "3", "ok", "3"), LOOK_AT(VF1, SIZE_5)));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-SIBLING", VF1, LOOK_AT(VF1, SIZE_5),
				     RESIZE(VF0, "nvme", "3", "ok", "3"), LOOK_AT(VF1, SIZE_3)));
	EXPECT_EQ(VERDICT_NOT_RUN, NVME("SYS-SIBLING", VF1, LOOK_AT(VF1, SIZE_5),
					RESIZE(VF0, "nvme", "3", "ok", "3"),
					RESIZE(VF1, "nvme", "3", "ok", "3"), LOOK_AT(VF1, SIZE_3)));
	EXPECT_EQ(VERDICT_NOT_RUN, NVME("SYS-SIBLING", VF1, LOOK_AT(VF1, SIZE_5),
					RESIZE(VF0, "nvme", "3", "ok", "3"), NUMVFS("0"),
					NUMVFS("2"), LOOK_AT(VF1, SIZE_3)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  NVME("SYS-SIBLING", VF1, LOOK_AT(VF1, SIZE_5), LOOK_AT(VF1, SIZE_3)));
}

#define AUTOPROBE(value) DONE("autoprobe", PF, "'value':" value "," OK)

TEST(new_vfs_without_autoprobe)
{
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-AUTOPROBE", VF0, AUTOPROBE("false"), NUMVFS("0"),
				     NUMVFS("2"), LOOK_DRIVER(VF0, "null")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-AUTOPROBE", VF0, AUTOPROBE("false"), NUMVFS("0"),
				     NUMVFS("2"), LOOK_DRIVER(VF0, "'nvme'")));
	EXPECT_EQ(VERDICT_NOT_RUN, NVME("SYS-AUTOPROBE", VF0, AUTOPROBE("true"), NUMVFS("0"),
					NUMVFS("2"), LOOK_DRIVER(VF0, "'nvme'")));
	/* Bound by hand; and VFs that were there before. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  NVME("SYS-AUTOPROBE", VF0, AUTOPROBE("false"), NUMVFS("0"), NUMVFS("2"),
		       BIND(VF0, "nvme"), LOOK_DRIVER(VF0, "'nvme'")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  NVME("SYS-AUTOPROBE", VF0, NUMVFS("2"), LOOK_DRIVER(VF0, "'nvme'")));
}

TEST(autoprobe_leaves_drivers)
{
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-AUTOPROBE", VF0, BIND(VF0, "nvme"), AUTOPROBE("false"),
				     LOOK_DRIVER(VF0, "'nvme'")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-AUTOPROBE", VF0, BIND(VF0, "nvme"), AUTOPROBE("false"),
				     LOOK_DRIVER(VF0, "null")));
}

TEST(numvfs_errors)
{
#define WRITE_NUMVFS(value, res) ATTR_WRITE(PF, "sriov_numvfs", value, res)
	static const struct {
		const char *line;
		enum verdict verdict;
	} cases[] = {
		{WRITE_NUMVFS("junk", "EINVAL"), VERDICT_PASS},
		{WRITE_NUMVFS("-1", "EINVAL"), VERDICT_PASS},
		{WRITE_NUMVFS("70000", "EINVAL"), VERDICT_PASS},
		{WRITE_NUMVFS("70000", "ERANGE"), VERDICT_FAIL},
		{WRITE_NUMVFS("3", "ERANGE"), VERDICT_PASS},
		{WRITE_NUMVFS("3", "EBUSY"), VERDICT_FAIL},
		{WRITE_NUMVFS("1", "EBUSY"), VERDICT_PASS},
		{WRITE_NUMVFS("1", "ok"), VERDICT_FAIL},
		{WRITE_NUMVFS("2", "ok"), VERDICT_PASS},
		{WRITE_NUMVFS("2", "EBUSY"), VERDICT_FAIL},
		{WRITE_NUMVFS("0", "ok"), VERDICT_NOT_RUN},
		/* A driver may allow fewer than TotalVFs. */
		{WRITE_NUMVFS("1", "ERANGE"), VERDICT_NOT_RUN},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		EXPECT_EQ(cases[i].verdict, NVME("SYS-NUMVFS-ERR", PF, cases[i].line))
		{
			TH_LOG("%s", cases[i].line);
		}
	}
	EXPECT_EQ(VERDICT_PASS,
		  NVME("SYS-NUMVFS-ERR", PF, UNBIND(PF), WRITE_NUMVFS("1", "ENOENT")));
}

#define POOL(free, a, b)                                                                        \
	SEEN("pool", PF,                                                                        \
	     "'total':25,'free':" free ",'assigned':[{'fn':'" VF0 "','size':" a "},{'fn':'" VF1 \
	     "','size':" b "}]")

TEST(pool_sum)
{
	EXPECT_EQ(VERDICT_PASS, NVME("POOL-SUM", PF, POOL("15", "5", "5")));
	EXPECT_EQ(VERDICT_PASS, NVME("POOL-SUM", PF, POOL("-1", "20", "5")));
	EXPECT_EQ(VERDICT_FAIL, NVME("POOL-SUM", PF, POOL("-1", "20", "6")));
	EXPECT_EQ(VERDICT_FAIL, NVME("POOL-SUM", PF, POOL("16", "5", "5")));
	EXPECT_EQ(VERDICT_SKIP,
		  NVME("POOL-SUM", PF, SEEN("pool", PF, "'total':0,'free':-1,'assigned':[]")));
}

TEST(pool_exhausted)
{
	EXPECT_EQ(VERDICT_PASS, NVME("POOL-EXHAUST", PF, POOL("1", "5", "5"),
				     RESIZE(VF0, "nvme", "7", "ENOSPC", "5")));
	EXPECT_EQ(VERDICT_FAIL, NVME("POOL-EXHAUST", PF, POOL("1", "5", "5"),
				     RESIZE(VF0, "nvme", "7", "ok", "7")));
	/* What it has itself is no more free than its own. */
	EXPECT_EQ(VERDICT_SKIP, NVME("POOL-EXHAUST", PF, POOL("1", "5", "5"),
				     RESIZE(VF0, "nvme", "6", "ok", "6")));
	/* An old look says nothing. */
	EXPECT_EQ(VERDICT_SKIP,
		  NVME("POOL-EXHAUST", PF, POOL("1", "5", "5"), RESIZE(VF1, "nvme", "1", "ok", "1"),
		       RESIZE(VF0, "nvme", "9", "ok", "9")));
	/* Where only the total is told, no more than the rest of it can be free. */
	EXPECT_EQ(VERDICT_FAIL, SYSFS("POOL-EXHAUST", PF, POOL("-1", "12", "12"),
				      RESIZE(VF0, "sysfs", "14", "ok", "14")));
}

static enum verdict exhaust_with(unsigned total)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
	enum verdict verdict;
	struct record r;

	record_open(&r, true);
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_function(&r, VF0, 0, &vf, FAKE_BAR);
	record_function(&r, VF1, 1, &vf, FAKE_BAR);
	record_tell(&r,
		    "{'ev':'obs','obs':'backend','fn':'" PF "','backend':'nvme','why':'',"
		    "'total':%u,'min':1,'max':9,'granularity':1}",
		    total);
	verdict = record_verdict(&r, "POOL-EXHAUST", PF);
	record_close(&r);
	return verdict;
}

/* A pool that has enough for everybody cannot be exhausted; any other can. */
TEST(pool_plenty)
{
	EXPECT_EQ(VERDICT_SKIP, exhaust_with(18));
	EXPECT_EQ(VERDICT_NOT_RUN, exhaust_with(17));
}

TEST(pool_freed)
{
	EXPECT_EQ(VERDICT_PASS,
		  NVME("POOL-EXHAUST", PF, UNBIND(VF0), POOL("1", "5", "5"),
		       RESIZE(VF0, "nvme", "7", "ENOSPC", "5"), RESIZE(VF1, "nvme", "3", "ok", "3"),
		       POOL("3", "5", "3"), RESIZE(VF0, "nvme", "7", "ok", "7")));
	EXPECT_EQ(VERDICT_FAIL,
		  NVME("POOL-EXHAUST", PF, UNBIND(VF0), POOL("1", "5", "5"),
		       RESIZE(VF0, "nvme", "7", "ENOSPC", "5"), RESIZE(VF1, "nvme", "3", "ok", "3"),
		       POOL("3", "5", "3"), RESIZE(VF0, "nvme", "7", "ENOSPC", "5")));
}

TEST(pool_leak)
{
	EXPECT_EQ(VERDICT_PASS, NVME("POOL-NOLEAK", PF, POOL("15", "5", "5"),
				     RESIZE(VF0, "nvme", "3", "ok", "3"), POOL("17", "3", "5")));
	EXPECT_EQ(VERDICT_FAIL, NVME("POOL-NOLEAK", PF, POOL("15", "5", "5"),
				     RESIZE(VF0, "nvme", "3", "ok", "3"), POOL("16", "3", "5")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  NVME("POOL-NOLEAK", PF, POOL("15", "5", "5"), POOL("15", "5", "5")));
	EXPECT_EQ(VERDICT_SKIP, NVME("POOL-NOLEAK", PF, POOL("-1", "5", "5")));
	/* With other VFs listed there is nothing to compare. */
	EXPECT_EQ(VERDICT_NOT_RUN, NVME("POOL-NOLEAK", PF, POOL("15", "5", "5"), NUMVFS("0"),
					SEEN("pool", PF, "'total':25,'free':20,'assigned':[]")));
}

TEST_HARNESS_MAIN
