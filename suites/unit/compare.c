/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs side by side: what stands in a cell, and when two cells differ. */
#include <vfwalk/compare.h>

#include "reporting.h"

#include "kselftest_harness.h"

/* A comparison of runs, each of which says this of two functions of the catalogue's first rule. */
static void add(struct comparison *comparison, enum verdict a, enum verdict b)
{
	struct finding findings[] = {
		{.rule = rules_get(0), .fn = "0000:01:00.1", .verdict = a, .seen = (char *)"one"},
		{.rule = rules_get(0), .fn = "0000:01:00.2", .verdict = b, .seen = (char *)"two"},
	};
	struct report report;

	for (int i = 0; i < 2; i++) {
		findings[i].failed = findings[i].verdict == VERDICT_FAIL;
		findings[i].exercised = findings[i].verdict != VERDICT_SKIP &&
					findings[i].verdict != VERDICT_NOT_RUN;
	}
	report = report_of(findings, 2);
	if (comparison_add(comparison, &report, NULL))
		err(2, "comparison_add");
	report_done(&report);
}

static bool differ(enum verdict a, enum verdict b, enum verdict c, enum verdict d)
{
	struct comparison comparison = {0};
	bool differs;

	add(&comparison, a, b);
	add(&comparison, c, d);
	differs = comparison_differs(&comparison, 0);
	comparison_free(&comparison);
	return differs;
}

TEST(runs_differ_in_verdicts)
{
	EXPECT_TRUE(differ(VERDICT_PASS, VERDICT_PASS, VERDICT_PASS, VERDICT_FAIL));
	EXPECT_TRUE(differ(VERDICT_FAIL, VERDICT_FAIL, VERDICT_KNOWN, VERDICT_KNOWN));
	EXPECT_FALSE(differ(VERDICT_FAIL, VERDICT_PASS, VERDICT_PASS, VERDICT_FAIL));
}

TEST(what_was_not_judged_everywhere_is_no_difference)
{
	EXPECT_FALSE(differ(VERDICT_PASS, VERDICT_NOT_RUN, VERDICT_PASS, VERDICT_PASS));
	EXPECT_FALSE(differ(VERDICT_PASS, VERDICT_SKIP, VERDICT_NOT_RUN, VERDICT_PASS));
}

TEST(a_rule_judged_in_one_run_only_is_one)
{
	EXPECT_TRUE(differ(VERDICT_PASS, VERDICT_PASS, VERDICT_SKIP, VERDICT_SKIP));
	EXPECT_FALSE(differ(VERDICT_NOT_RUN, VERDICT_NOT_RUN, VERDICT_SKIP, VERDICT_SKIP));
}

TEST(the_gravest_is_told)
{
	struct comparison comparison = {0};

	add(&comparison, VERDICT_PASS, VERDICT_FAIL);
	add(&comparison, VERDICT_FAIL, VERDICT_PASS);
	add(&comparison, VERDICT_FAIL, VERDICT_FAIL);
	EXPECT_STREQ("0000:01:00.2", comparison.run[0].cell[0].fn);
	EXPECT_STREQ("two", comparison.run[0].cell[0].said);
	EXPECT_STREQ("one", comparison.run[1].cell[0].said);
	EXPECT_STREQ("one", comparison.run[2].cell[0].said);
	comparison_free(&comparison);
}

TEST_HARNESS_MAIN
