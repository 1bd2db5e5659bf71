/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of the kernel's resizing interface and of the pool: kept, broken, and the traps. */
#include "kselftest_harness.h"
#include "story.h"

#define SYSFS(rule, fn, ...) STORY("M-IMM", "sysfs", rule, fn, __VA_ARGS__)
#define NVME(rule, fn, ...)  STORY("M-RST", "nvme", rule, fn, __VA_ARGS__)

#define COUNT "sriov_vf_msix_count"

#define READ_COUNT(res, value) \
	SEEN("attr", VF0, "'attr':'" COUNT "','mode':'0200','res':'" res "','value':'" value "'")
#define GONE(fn) SEEN("msix", fn, "'pos':64,'bytes':'ffffffffffffffffffffffff','res':'ENODEV'")

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
		WRITE_COUNT(VF0, "6", "ok"),     WRITE_COUNT(VF0, "0x5\\n", "ok"),
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
	EXPECT_EQ(VERDICT_NOT_RUN,
		  NVME("SYS-PARSE", VF0, UNBIND(PF), GONE(VF0), WRITE_COUNT(VF0, "2x", "ENOENT")));
	EXPECT_EQ(VERDICT_FAIL,
		  NVME("SYS-PARSE", VF0, UNBIND(PF), WRITE_COUNT(VF0, "2x", "ENOENT")));
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-PARSE", VF0, UNBIND(PF), GONE(VF0), LOOK_AT(VF0, SIZE_5),
				     WRITE_COUNT(VF0, "2x", "EINVAL")));
}

TEST(negative_counts)
{
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-NEG", VF0, WRITE_COUNT(VF0, "-1", "EINVAL")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-NEG", VF0, WRITE_COUNT(VF0, "-1", "EOPNOTSUPP")));
	EXPECT_EQ(VERDICT_NOT_RUN, NVME("SYS-NEG", VF0, WRITE_COUNT(VF0, "1", "EINVAL")));
	/* A VF that its PF's driver has taken along has no file, and no function that could refuse.
	 */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  NVME("SYS-NEG", VF0, UNBIND(PF), GONE(VF0), WRITE_COUNT(VF0, "-1", "ENOENT")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-NEG", VF0, UNBIND(PF), WRITE_COUNT(VF0, "-1", "ENOENT")));
}

TEST(driver_without_callback)
{
	EXPECT_EQ(VERDICT_PASS,
		  NVME("SYS-NOCB", PF, LOOK_TOTAL("0"), WRITE_COUNT(VF0, "3", "EOPNOTSUPP")));
	/* Before anybody asks whether the VF is bound. */
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-NOCB", PF, LOOK_TOTAL("0"), BIND(VF0, "nvme"),
				     WRITE_COUNT(VF0, "3", "EBUSY")));
	/* Without a driver of the PF that is SYS-NOPF's. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  NVME("SYS-NOCB", PF, UNBIND(PF), WRITE_COUNT(VF0, "3", "ENODEV")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  NVME("SYS-NOCB", PF, LOOK_TOTAL("0"), WRITE_COUNT(VF0, "x", "EINVAL")));
	EXPECT_EQ(VERDICT_SKIP,
		  SYSFS("SYS-NOCB", PF, LOOK_TOTAL("25"), WRITE_COUNT(VF0, "3", "ok")));
}

TEST(pf_without_driver)
{
	EXPECT_EQ(VERDICT_PASS,
		  NVME("SYS-NOPF", PF, UNBIND(PF), WRITE_COUNT(VF0, "3", "EOPNOTSUPP")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-NOPF", PF, UNBIND(PF), WRITE_COUNT(VF0, "3", "ENODEV")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  NVME("SYS-NOPF", PF, UNBIND(PF), WRITE_COUNT(VF0, "-3", "EINVAL")));
	EXPECT_EQ(VERDICT_NOT_RUN, NVME("SYS-NOPF", PF, WRITE_COUNT(VF0, "3", "ENODEV")));
	/* A VF that its PF's driver has taken along has no file to write to. */
	EXPECT_EQ(VERDICT_SKIP,
		  NVME("SYS-NOPF", PF, UNBIND(PF), GONE(VF0), WRITE_COUNT(VF0, "3", "ENOENT")));
}

TEST(file_that_is_written_only)
{
	EXPECT_EQ(VERDICT_PASS, NVME("SYS-RD-WO", VF0, READ_COUNT("EACCES", "")));
	EXPECT_EQ(VERDICT_NOTE, NVME("SYS-RD-WO", VF0, READ_COUNT("ok", "5")));
	EXPECT_EQ(VERDICT_NOT_RUN, NVME("SYS-RD-WO", VF0, LOOK_ATTR(VF0, COUNT, "null", "")));
}

TEST(bytes_taken)
{
#define TOOK(ret) DONE("attr-write", VF0, "'attr':'" COUNT "','value':'5\\n','res':'ok','ret':" ret)
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-OK-COUNT", VF0, TOOK("2")));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-OK-COUNT", VF0, TOOK("1")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-OK-COUNT", VF0, WRITE_COUNT(VF0, "55", "EBUSY")));
}

TEST(total_that_stays)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-TOTAL-CONST", PF, LOOK_TOTAL("25"),
				      WRITE_COUNT(VF0, "3", "ok"), LOOK_TOTAL("25")));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-TOTAL-CONST", PF, LOOK_TOTAL("25"),
				      RESIZE(VF0, "sysfs", "3", "ok", "3"), LOOK_TOTAL("22")));
	EXPECT_EQ(VERDICT_FAIL,
		  SYSFS("SYS-TOTAL-CONST", PF, LOOK_TOTAL("25"), NUMVFS("0"), LOOK_TOTAL("24")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-TOTAL-CONST", PF, LOOK_TOTAL("25"), LOOK_TOTAL("25")));
	/* Another driver may share out another number. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS("SYS-TOTAL-CONST", PF, LOOK_TOTAL("25"), WRITE_COUNT(VF0, "3", "ok"),
			UNBIND(PF), BIND(PF, "other"), LOOK_TOTAL("20")));
}

TEST(total_that_can_be)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-TOTAL-U32", PF, LOOK_TOTAL("25")));
	EXPECT_EQ(VERDICT_WARN, SYSFS("SYS-TOTAL-U32", PF, LOOK_TOTAL("4294967274")));
	EXPECT_EQ(VERDICT_SKIP, SYSFS("SYS-TOTAL-U32", PF, LOOK_TOTAL("0")));
}

TEST(errors_of_known_drivers)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-DRVERR-MLX5", VF0, LOOK_DRIVER(PF, "'mlx5_core'"),
				      WRITE_COUNT(VF0, "2049", "EOVERFLOW")));
	EXPECT_EQ(VERDICT_NOTE, SYSFS("SYS-DRVERR-MLX5", VF0, LOOK_DRIVER(PF, "'mlx5_core'"),
				      WRITE_COUNT(VF0, "2049", "EINVAL")));
	EXPECT_EQ(VERDICT_NOTE, SYSFS("SYS-DRVERR-MLX5", VF0, LOOK_DRIVER(PF, "'mlx5_core'"),
				      WRITE_COUNT(VF0, "9", "ENOSPC")));
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-DRVERR-ICE", VF0, LOOK_DRIVER(PF, "'ice'"),
				      WRITE_COUNT(VF0, "9", "ENOSPC")));
	EXPECT_EQ(VERDICT_NOTE, SYSFS("SYS-DRVERR-ICE", VF0, LOOK_DRIVER(PF, "'ice'"),
				      WRITE_COUNT(VF0, "9", "EOVERFLOW")));
	/* Other drivers have other errors, and EBUSY is the kernel's own. */
	EXPECT_EQ(VERDICT_SKIP, SYSFS("SYS-DRVERR-MLX5", VF0, WRITE_COUNT(VF0, "2049", "EINVAL")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-DRVERR-ICE", VF0, LOOK_DRIVER(PF, "'ice'"),
					 BIND(VF0, "iavf"), WRITE_COUNT(VF0, "9", "EBUSY")));
}

TEST(spellings)
{
	EXPECT_EQ(VERDICT_PASS, SYSFS("SYS-PARSE", VF0, WRITE_COUNT(VF0, "5", "ok"),
				      WRITE_COUNT(VF0, "0x5", "ok")));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("SYS-PARSE", VF0, WRITE_COUNT(VF0, "5", "ok"),
				      WRITE_COUNT(VF0, "0x5", "EINVAL")));
	EXPECT_EQ(VERDICT_FAIL, NVME("SYS-PARSE", VF0, WRITE_COUNT(VF0, "5", "EOPNOTSUPP"),
				     WRITE_COUNT(VF0, "5\\n", "EINVAL")));
	/* Another number, and one that something came in between. */
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-PARSE", VF0, WRITE_COUNT(VF0, "6", "ok"),
					 WRITE_COUNT(VF0, "0x5", "ENOSPC")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-PARSE", VF0, WRITE_COUNT(VF0, "5", "ok"),
					 BIND(VF0, "nvme"), WRITE_COUNT(VF0, "0x5", "EBUSY")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("SYS-PARSE", VF0, WRITE_COUNT(VF0, "5", "ok"), UNBIND(PF),
					 WRITE_COUNT(VF0, "0x5", "EOPNOTSUPP")));
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
	EXPECT_EQ(VERDICT_NOT_RUN, NVME("POOL-NOLEAK", PF, POOL("-1", "5", "5")));
	/* Where nobody tells what is free, what VFs once had together must be there again. */
	EXPECT_EQ(VERDICT_PASS, SYSFS("POOL-NOLEAK", PF, POOL("-1", "5", "5"),
				      RESIZE(VF0, "sysfs", "8", "ok", "8"), LOOK_AT(VF0, SIZE_8),
				      RESIZE(VF0, "sysfs", "1", "ok", "1"), LOOK_AT(VF0, SIZE_1),
				      RESIZE(VF0, "sysfs", "8", "ok", "8")));
	EXPECT_EQ(VERDICT_FAIL, SYSFS("POOL-NOLEAK", PF, POOL("-1", "5", "5"),
				      RESIZE(VF0, "sysfs", "8", "ok", "8"), LOOK_AT(VF0, SIZE_8),
				      RESIZE(VF0, "sysfs", "1", "ok", "1"), LOOK_AT(VF0, SIZE_1),
				      RESIZE(VF0, "sysfs", "8", "ENOSPC", "1")));
	/* More than ever was had says nothing, and so does another reason. */
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS("POOL-NOLEAK", PF, POOL("-1", "5", "5"),
					 RESIZE(VF0, "sysfs", "8", "ok", "8"), LOOK_AT(VF0, SIZE_8),
					 RESIZE(VF0, "sysfs", "9", "ENOSPC", "8"),
					 RESIZE(VF0, "sysfs", "8", "EBUSY", "8")));
	/* With other VFs listed there is nothing to compare. */
	EXPECT_EQ(VERDICT_NOT_RUN, NVME("POOL-NOLEAK", PF, POOL("15", "5", "5"), NUMVFS("0"),
					SEEN("pool", PF, "'total':25,'free':20,'assigned':[]")));
}

TEST_HARNESS_MAIN
