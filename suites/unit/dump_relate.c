/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is a VF of whom in a dump, what is known of its BARs, and how a picture is judged. */
#include "kselftest_harness.h"

#include "dumping.h"
#include "judging.h"

/* A dump of functions, one after the other. */
struct text {
	char *text;
	size_t size;
	FILE *out;
};

static void begin(struct text *t)
{
	t->out = open_memstream(&t->text, &t->size);
	if (!t->out)
		err(2, "open_memstream");
}

static void add(struct text *t, const char *head, struct cfg cfg, size_t len)
{
	char *one = dump_text(head, cfg.byte, len);

	fputs(one, t->out);
	free(one);
}

static struct dump *end(struct text *t)
{
	struct dump *dump;

	fclose(t->out);
	dump = dump_of(t->text);
	free(t->text);
	return dump;
}

/* A PF of two VFs at 01:00.1 and 01:00.2, as fake_cfg() has it. */
static struct dump *family(void)
{
	struct text t;

	begin(&t);
	add(&t, "01:00.0 PF", fake_cfg(-1, 33), 4096);
	add(&t, "01:00.1 VF", fake_cfg(0, 5), 256);
	add(&t, "01:00.2 VF", fake_cfg(0, 5), 256);
	return end(&t);
}

TEST(vfs_by_offset_and_stride)
{
	struct dump *dump = family();

	ASSERT_EQ(3, dump->count);
	EXPECT_TRUE(dump->fn[0]->has_sriov);
	EXPECT_EQ(2, dump->fn[0]->enabled_vfs);
	EXPECT_EQ(DUMP_NO_VF, dump->fn[0]->vf);
	EXPECT_EQ(0, dump->fn[1]->vf);
	EXPECT_EQ(1, dump->fn[2]->vf);
	EXPECT_EQ(dump->fn[0], dump->fn[2]->pf);
	dump_free(dump);
}

TEST(vfs_before_their_pf)
{
	struct text t;
	struct dump *dump;

	begin(&t);
	add(&t, "01:00.2 VF", fake_cfg(0, 5), 256);
	add(&t, "01:00.0 PF", fake_cfg(-1, 33), 4096);
	dump = end(&t);
	EXPECT_EQ(1, dump->fn[0]->vf);
	EXPECT_EQ(dump->fn[1], dump->fn[0]->pf);
	dump_free(dump);
}

/* First VF Offset 180h and VF Stride 100h: each VF is on a bus of its own, and not alone there. */
TEST(vfs_on_other_buses)
{
	struct cfg pf = fake_cfg(-1, 33);
	struct text t;
	struct dump *dump;

	fake_put(&pf, FAKE_SRIOV + 0x14, 2, 0x180);
	fake_put(&pf, FAKE_SRIOV + 0x16, 2, 0x100);
	begin(&t);
	add(&t, "01:00.0 PF", pf, 4096);
	add(&t, "02:10.0 VF", fake_cfg(0, 5), 256);
	add(&t, "02:10.1 none", fake_cfg(-1, 5), 256);
	add(&t, "03:10.0 VF", fake_cfg(0, 5), 256);
	add(&t, "03:10.1 none", fake_cfg(-1, 5), 256);
	dump = end(&t);
	EXPECT_EQ(0, dump->fn[1]->vf);
	EXPECT_EQ(DUMP_NO_VF, dump->fn[2]->vf);
	EXPECT_EQ(1, dump->fn[3]->vf);
	EXPECT_EQ(DUMP_NO_VF, dump->fn[4]->vf);
	dump_free(dump);
}

TEST(other_domains_are_others)
{
	struct text t;
	struct dump *dump;

	begin(&t);
	add(&t, "0000:01:00.0 PF", fake_cfg(-1, 33), 4096);
	add(&t, "10000:01:00.1 VF", fake_cfg(0, 5), 256);
	dump = end(&t);
	EXPECT_EQ(0x10000, dump->fn[1]->bdf.domain);
	EXPECT_EQ(0, dump->fn[1]->vf); /* by its IDs */
	EXPECT_EQ(NULL, dump->fn[1]->pf);
	dump_free(dump);
}

TEST(no_vf_enable_no_vfs)
{
	struct cfg pf = fake_cfg(-1, 33);
	struct text t;
	struct dump *dump;

	fake_put(&pf, FAKE_SRIOV + 0x08, 2, 0);
	begin(&t);
	add(&t, "01:00.0 PF", pf, 4096);
	add(&t, "01:00.1 other", fake_cfg(-1, 5), 256);
	dump = end(&t);
	EXPECT_EQ(DUMP_NO_VF, dump->fn[1]->vf);
	EXPECT_EQ(0, dump->fn[0]->enabled_vfs);
	dump_free(dump);
}

TEST(bars_of_vfs_are_those_of_the_sriov_capability)
{
	struct dump *dump = family();

	EXPECT_EQ(BAR_MEM64, dump->fn[1]->bar[0].type);
	EXPECT_EQ(BAR_UPPER, dump->fn[1]->bar[1].type);
	EXPECT_EQ(BAR_UNKNOWN, dump->fn[1]->bar[2].type);
	EXPECT_EQ(0, dump->fn[1]->bar[0].size);
	dump_free(dump);
}

/* A hostile PF: VFs without end, all at one place, or at its own. */
TEST(offset_and_stride_of_zero)
{
	struct cfg pf = fake_cfg(-1, 33);
	struct text t;
	struct dump *dump;

	fake_put(&pf, FAKE_SRIOV + 0x10, 2, 0xffff);
	fake_put(&pf, FAKE_SRIOV + 0x16, 2, 0);
	begin(&t);
	add(&t, "01:00.0 PF", pf, 4096);
	add(&t, "01:00.1 VF", fake_cfg(0, 5), 256);
	dump = end(&t);
	EXPECT_EQ(0, dump->fn[1]->vf);
	dump_free(dump);

	fake_put(&pf, FAKE_SRIOV + 0x14, 2, 0);
	begin(&t);
	add(&t, "01:00.0 PF", pf, 4096);
	add(&t, "01:00.1 VF", fake_cfg(0, 5), 256);
	dump = end(&t);
	EXPECT_EQ(NULL, dump->fn[1]->pf);
	dump_free(dump);
}

TEST(summary_counts)
{
	struct text t;
	struct dump *dump;
	char text[160];

	begin(&t);
	add(&t, "01:00.0 PF", fake_cfg(-1, 33), 4096);
	add(&t, "01:00.2 VF", fake_cfg(0, 5), 256);
	add(&t, "05:00.1 VF", fake_cfg(0, 5), 64);
	add(&t, "06:00.0 other", fake_cfg(-1, 5), 256);
	dump = end(&t);
	dump_summary(dump, text, sizeof(text));
	EXPECT_STREQ(
		"1 PF with 1 of 2 enabled VFs, 1 VF without its PF, 1 other function; 1 with fewer "
		"than 256 bytes",
		text);
	dump_free(dump);
}

/* --- judging --- */

static const char *reason_of(struct judge *judge, const char *rule, const char *fn)
{
	const struct finding *finding = dump_finding(judge, rule, fn);

	if (!finding || finding->verdict != VERDICT_SKIP)
		return finding ? verdict_name(finding->verdict) : "no finding";
	return finding->reason;
}

/* What is about deeds is told once for the dump, not for each function, and is no pass. */
TEST(rules_on_deeds_are_told_once)
{
	struct dump *dump = family();
	struct judge *judge = dump_judge(dump);

	EXPECT_EQ(NULL, dump_finding(judge, "CAP-TS-RO", VF0));
	EXPECT_STREQ("judges what is done to a function, and here nothing was: `vfwalk run` does",
		     reason_of(judge, "CAP-TS-RO", ""));
	EXPECT_EQ(NULL, dump_finding(judge, "SYS-IDEMP", VF0));
	EXPECT_EQ(VERDICT_PASS, dump_finding(judge, "CAP-UNIQ", VF0)->verdict);
	judge_free(judge);
	dump_free(dump);
}

TEST(sizes_that_are_not_there_are_a_reason)
{
	struct dump *dump = family();
	struct judge *judge = dump_judge(dump);

	EXPECT_STREQ("the record has no size of BAR 0 (in a dump: `lspci -vvxxxx`)",
		     reason_of(judge, "CAP-TBL-FIT", VF0));
	EXPECT_STREQ("pass", reason_of(judge, "CAP-OVERLAP", VF0));
	judge_free(judge);
	dump_free(dump);
}

TEST(too_little_is_a_reason)
{
	struct text t;
	struct dump *dump;
	struct judge *judge;

	begin(&t);
	add(&t, "01:00.1 VF", fake_cfg(0, 5), 64);
	dump = end(&t);
	judge = dump_judge(dump);
	EXPECT_STREQ("too little of its config space is known to find its capabilities",
		     reason_of(judge, "CAP-RSVD", VF0));
	EXPECT_STREQ("pass", reason_of(judge, "CAP-VF-NOINTX", VF0));
	judge_free(judge);
	dump_free(dump);
}

TEST(a_loop_before_the_capability_is_a_reason)
{
	struct cfg vf = fake_cfg(0, 5);
	struct text t;
	struct dump *dump;
	struct judge *judge;

	fake_put(&vf, 0x34, 1, FAKE_PCIE);
	fake_put(&vf, FAKE_PCIE + 1, 1, FAKE_PCIE);
	begin(&t);
	add(&t, "01:00.1 VF", vf, 256);
	dump = end(&t);
	judge = dump_judge(dump);
	EXPECT_STREQ("its list of capabilities has a loop or leaves config space",
		     reason_of(judge, "CAP-RSVD", VF0));
	EXPECT_STREQ("fail", reason_of(judge, "CAP-UNIQ", VF0));
	judge_free(judge);
	dump_free(dump);
}

TEST(all_ones_is_a_reason)
{
	struct cfg ones;
	struct text t;
	struct dump *dump;
	struct judge *judge;

	memset(ones.byte, 0xff, sizeof(ones.byte));
	begin(&t);
	add(&t, "01:00.0 PF", fake_cfg(-1, 33), 4096);
	add(&t, "01:00.1 VF", ones, 256);
	dump = end(&t);
	judge = dump_judge(dump);
	EXPECT_STREQ("the function does not answer: its config space reads all ones",
		     reason_of(judge, "CAP-UNIQ", VF0));
	EXPECT_STREQ("the function does not answer: its config space reads all ones",
		     reason_of(judge, "CAP-VF-NOINTX", VF0));
	judge_free(judge);
	dump_free(dump);
}

/* The second look at a function counts as much as the first, and tells its own line. */
TEST(a_second_picture_is_judged_too)
{
	struct cfg bad = fake_cfg(0, 5);
	struct text t;
	struct dump *dump;
	struct judge *judge;
	const struct finding *finding;

	fake_put(&bad, FAKE_MSIX + 2, 2, 0x2004);
	begin(&t);
	add(&t, "01:00.1 VF", fake_cfg(0, 5), 256);
	add(&t, "01:00.1 VF", bad, 256);
	dump = end(&t);
	judge = dump_judge(dump);
	finding = dump_finding(judge, "CAP-RSVD", VF0);
	ASSERT_NE(NULL, finding);
	EXPECT_EQ(VERDICT_FAIL, finding->verdict);
	EXPECT_EQ(2, finding->exercised);
	EXPECT_EQ(1, finding->failed);
	EXPECT_EQ(19, finding->line[0]);
	judge_free(judge);
	dump_free(dump);
}

TEST_HARNESS_MAIN
