/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a report adds up to: the counts, and the exit status of every mixture of verdicts. */
#include "reporting.h"

#include "kselftest_harness.h"

static int exit_of(enum verdict a, enum verdict b, bool require_all)
{
	struct finding findings[] = {
		{.rule = &rule_ro, .verdict = a},
		{.rule = &rule_mask, .verdict = b},
	};
	struct report report = {.count = 2, .finding = findings};

	for (int i = 0; i < 2; i++)
		findings[i].exercised = findings[i].verdict != VERDICT_SKIP &&
					findings[i].verdict != VERDICT_NOT_RUN;
	report_sum_up(&report, require_all);
	return report.exit;
}

TEST(passes)
{
	EXPECT_EQ(0, exit_of(VERDICT_PASS, VERDICT_PASS, false));
	EXPECT_EQ(0, exit_of(VERDICT_PASS, VERDICT_SKIP, false));
	EXPECT_EQ(0, exit_of(VERDICT_PASS, VERDICT_NOT_RUN, false));
	EXPECT_EQ(0, exit_of(VERDICT_WARN, VERDICT_NOTE, false));
}

TEST(known_failure_passes)
{
	EXPECT_EQ(0, exit_of(VERDICT_PASS, VERDICT_KNOWN, false));
}

TEST(failure_fails)
{
	EXPECT_EQ(1, exit_of(VERDICT_PASS, VERDICT_FAIL, false));
	EXPECT_EQ(1, exit_of(VERDICT_KNOWN, VERDICT_FAIL, false));
}

TEST(broken_outweighs_failure)
{
	EXPECT_EQ(2, exit_of(VERDICT_BROKEN, VERDICT_FAIL, false));
}

TEST(broken_run_outweighs_failure)
{
	struct finding finding = {.rule = &rule_ro, .verdict = VERDICT_FAIL, .exercised = 1};
	struct report report = {.count = 1, .finding = &finding, .broken = "cut off"};

	report_sum_up(&report, false);
	EXPECT_EQ(2, report.exit);
}

TEST(nothing_ran)
{
	EXPECT_EQ(4, exit_of(VERDICT_SKIP, VERDICT_SKIP, false));
	EXPECT_EQ(4, exit_of(VERDICT_SKIP, VERDICT_NOT_RUN, false));
}

TEST(required_rule_not_run)
{
	EXPECT_EQ(1, exit_of(VERDICT_PASS, VERDICT_NOT_RUN, true));
	EXPECT_EQ(0, exit_of(VERDICT_PASS, VERDICT_SKIP, true));
}

TEST(only_the_required_rule_matters)
{
	const struct rule_info *required[] = {&rule_mask};
	struct finding findings[] = {
		{.rule = &rule_ro, .verdict = VERDICT_NOT_RUN},
		{.rule = &rule_mask, .verdict = VERDICT_PASS, .exercised = 1},
	};
	struct report report = {
		.count = 2, .finding = findings, .nrequired = 1, .required = required};

	report_sum_up(&report, false);
	EXPECT_EQ(0, report.exit);
	required[0] = &rule_ro;
	report_sum_up(&report, false);
	EXPECT_EQ(1, report.exit);
}

/* A profile acts on some VFs only: the others need not have exercised the rule as well. */
TEST(one_function_is_enough_for_a_required_rule)
{
	struct finding findings[] = {
		{.rule = &rule_ro, .verdict = VERDICT_PASS, .exercised = 1},
		{.rule = &rule_ro, .verdict = VERDICT_NOT_RUN},
	};
	struct report report = {.count = 2, .finding = findings};

	report_sum_up(&report, true);
	EXPECT_EQ(0, report.exit);
}

/* Where it was tried it did not apply: trying it again on another VF would tell no more. */
TEST(rule_that_does_not_apply_is_not_required)
{
	struct finding findings[] = {
		{.rule = &rule_mask, .verdict = VERDICT_PASS, .exercised = 1},
		{.rule = &rule_ro, .verdict = VERDICT_SKIP},
		{.rule = &rule_ro, .verdict = VERDICT_NOT_RUN},
	};
	struct report report = {.count = 3, .finding = findings};

	report_sum_up(&report, true);
	EXPECT_EQ(0, report.exit);
}

TEST(counts)
{
	struct report report = report_of(some_findings, SOME);

	EXPECT_EQ(1, report.summary[VERDICT_PASS]);
	EXPECT_EQ(1, report.summary[VERDICT_FAIL]);
	EXPECT_EQ(1, report.summary[VERDICT_KNOWN]);
	EXPECT_EQ(1, report.summary[VERDICT_WARN]);
	EXPECT_EQ(2, report.summary[VERDICT_SKIP]);
	EXPECT_EQ(1, report.summary[VERDICT_NOT_RUN]);
	EXPECT_EQ(1, report.exit);
	report_done(&report);
}

TEST(formats)
{
	EXPECT_STREQ("txt", report_find("text")->suffix);
	EXPECT_STREQ("ktap", report_find("ktap")->suffix);
	EXPECT_STREQ("json", report_find("json")->suffix);
	EXPECT_NE(NULL, report_find("junit"));
	EXPECT_EQ(NULL, report_find("html4"));
}

TEST_HARNESS_MAIN
