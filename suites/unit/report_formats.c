/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reports for programs: KTAP to the letter, JSON by its keys, JUnit by what it must escape. */
#include <vfwalk/version.h>

#include "reporting.h"

#include "kselftest_harness.h"

TEST(ktap)
{
	struct report report = report_of(some_findings, SOME);
	char *out = written(&report, "ktap");

	EXPECT_STREQ("KTAP version 1\n"
		     "1..4\n"
		     "  KTAP version 1\n"
		     "  # Subtest: CAP-TS-RO\n"
		     "  # MUST: A write to Message Control never changes Table Size\n"
		     "  1..2\n"
		     "  ok 1 0000:01:00.1\n"
		     "  # fail 0000:01:00.2, 2 of 5 times: line 120 line 140\n"
		     "  # expected: Table Size 5\n"
		     "  # seen: Table Size 2043  [31m<&\"\n"
		     "  not ok 2 0000:01:00.2\n"
		     "not ok 1 CAP-TS-RO\n"
		     "  KTAP version 1\n"
		     "  # Subtest: TBL-MASK-DEF\n"
		     "  # MUST: After a reset every vector is masked\n"
		     "  1..2\n"
		     "  # known 0000:01:00.1, 1 of 1 times: line 77\n"
		     "  # expected: Vector Control 1\n"
		     "  # seen: Vector Control 0\n"
		     "  ok 1 0000:01:00.1 # XFAIL known: QEMU starts unmasked (F-01)\n"
		     "  ok 2 0000:01:00.2 # SKIP not run\n"
		     "ok 2 TBL-MASK-DEF # XFAIL known\n"
		     "  KTAP version 1\n"
		     "  # Subtest: TBL-STALE\n"
		     "  # SHOULD: A revoked entry does not come back\n"
		     "  1..1\n"
		     "  # warn 0000:01:00.1, 1 of 1 times: line 90\n"
		     "  # expected: a masked entry\n"
		     "  # seen: the old message\n"
		     "  ok 1 0000:01:00.1\n"
		     "ok 3 TBL-STALE\n"
		     "  KTAP version 1\n"
		     "  # Subtest: RST-FLR-SUPP\n"
		     "  # MUST: A VF can do FLR\n"
		     "  1..2\n"
		     "  ok 1 0000:01:00.1 # SKIP the VF has no FLR capability\n"
		     "  ok 2 0000:01:00.2 # SKIP the VF has no FLR capability\n"
		     "ok 4 RST-FLR-SUPP # SKIP the VF has no FLR capability\n",
		     out);
	free(out);
	report_done(&report);
}

TEST(ktap_bails_out_of_a_broken_run)
{
	struct report report = report_of(some_findings, 1);
	char *out;

	report.broken = "the guest\ndied";
	out = written(&report, "ktap");
	EXPECT_NE(NULL, strstr(out, "\nBail out! the guest died\n"));
	free(out);
	report_done(&report);
}

TEST(ktap_fails_a_required_rule)
{
	struct finding finding = {.rule = &rule_mask, .verdict = VERDICT_NOT_RUN};
	struct report report = report_of(&finding, 1);
	char *out;

	report_sum_up(&report, true);
	out = written(&report, "ktap");
	EXPECT_NE(NULL, strstr(out, "\n  not ok 1 run\nnot ok 1 TBL-MASK-DEF\n"));
	free(out);
	report_done(&report);
}

static json_t *json_of(const struct report *report)
{
	char *out = written(report, "json");
	json_t *root = json_loads(out, JSON_REJECT_DUPLICATES, NULL);

	free(out);
	return root;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static long long number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

TEST(json_object_as_a_whole)
{
	struct report report = report_of(some_findings, SOME);
	json_t *root = json_of(&report), *summary = json_object_get(root, "summary");

	ASSERT_NE(NULL, root);
	EXPECT_STREQ(VFWALK_VERSION, text_of(root, "vfwalk"));
	EXPECT_STREQ("sim", text_of(root, "target"));
	EXPECT_TRUE(json_is_null(json_object_get(root, "lab")));
	EXPECT_STREQ("quick", text_of(root, "profile"));
	EXPECT_EQ(1, number_of(root, "exit"));
	EXPECT_STREQ("6.1.0",
		     text_of(json_object_get(json_object_get(root, "environment"), "machine"),
			     "kernel"));
	EXPECT_EQ(VERDICT_COUNT, json_object_size(summary));
	EXPECT_EQ(1, number_of(summary, "fail"));
	EXPECT_EQ(2, number_of(summary, "skip"));
	EXPECT_EQ(1, number_of(summary, "not-run"));
	EXPECT_EQ(SOME, json_array_size(json_object_get(root, "verdicts")));
	json_decref(root);
	report_done(&report);
}

TEST(json_verdict)
{
	struct report report = report_of(some_findings, SOME);
	json_t *root = json_of(&report);
	json_t *one = json_array_get(json_object_get(root, "verdicts"), 1);
	json_t *lines = json_object_get(one, "evidence");

	EXPECT_STREQ("CAP-TS-RO", text_of(one, "rule"));
	EXPECT_STREQ("MUST", text_of(one, "severity"));
	EXPECT_STREQ("fail", text_of(one, "verdict"));
	EXPECT_STREQ("0000:01:00.2", text_of(one, "function"));
	EXPECT_EQ(5, number_of(one, "exercised"));
	EXPECT_EQ(2, number_of(one, "failed"));
	EXPECT_STREQ("Table Size 5", text_of(one, "expected"));
	EXPECT_STREQ("Table Size 2043 \033[31m<&\"", text_of(one, "seen"));
	EXPECT_STREQ("PCIe 6.0, 7.7.2.2", text_of(one, "clause"));
	EXPECT_STREQ("build/vfwalk run --sim 'vfs=4 x' --suite config", text_of(one, "reproduce"));
	ASSERT_EQ(2, json_array_size(lines));
	EXPECT_EQ(140, json_integer_value(json_array_get(lines, 1)));
	json_decref(root);
	report_done(&report);
}

TEST(json_survives_what_is_not_utf8)
{
	struct finding finding = some_findings[1];
	struct report report;
	json_t *root;

	finding.seen = (char *)"\xff\xfe";
	report = report_of(&finding, 1);
	root = json_of(&report);
	EXPECT_TRUE(json_is_null(
		json_object_get(json_array_get(json_object_get(root, "verdicts"), 0), "seen")));
	json_decref(root);
	report_done(&report);
}

TEST(junit)
{
	struct report report = report_of(some_findings, SOME);
	char *out = written(&report, "junit");

	EXPECT_NE(NULL, strstr(out, "<testsuite name=\"CAP-TS-RO\" tests=\"2\" failures=\"1\" "
				    "errors=\"0\" skipped=\"0\">"));
	EXPECT_NE(NULL, strstr(out, "message=\"Table Size 2043  [31m&lt;&amp;&quot;\""));
	EXPECT_NE(NULL, strstr(out, "<skipped message=\"known: QEMU starts unmasked (F-01)\"/>"));
	EXPECT_NE(NULL, strstr(out, "<skipped message=\"not run\"/>"));
	EXPECT_NE(NULL, strstr(out, "</testsuites>\n"));
	free(out);
	report_done(&report);
}

TEST(html_is_a_page_of_its_own)
{
	const struct attack attack = {.message = "absent-handle",
				      .of = "",
				      .shots = 2,
				      .messages = 2,
				      .delivered = 1,
				      .silent = 1};
	struct report report = report_of(some_findings, SOME);
	char *out;

	report.nattack = 1;
	report.attack = &attack;
	out = written(&report, "html");
	EXPECT_EQ(0, strncmp(out, "<!DOCTYPE html>\n", 16));
	EXPECT_NE(NULL,
		  strstr(out,
			 "<td class=\"fail\">delivered</td><td>2 shots: 1 delivered, 1 silent<"));
	EXPECT_NE(NULL, strstr(out, "What did not hold"));
	EXPECT_EQ(NULL, strstr(out, "<!-- "));
	free(out);
	report_done(&report);
}

TEST(full_disk_is_told)
{
	struct report report = report_of(some_findings, SOME);

	for (const struct report_format *format = report_formats; format->name; format++) {
		FILE *full = fopen("/dev/full", "w");

		ASSERT_NE(NULL, full);
		EXPECT_EQ(-ENOSPC, format->write(&report, full)) TH_LOG("%s", format->name);
		fclose(full);
	}
	report_done(&report);
}

TEST_HARNESS_MAIN
