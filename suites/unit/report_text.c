/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report for people: what it must tell of each kind of finding, and its shape. */
#include "reporting.h"

#include "kselftest_harness.h"

FIXTURE(text)
{
	struct report report;
	char *out;
};

FIXTURE_SETUP(text)
{
	static const char *stale[] = {"known.json: entry 3: CAP-UNIQ passes on 1b36:0010"};

	self->report = report_of(some_findings, SOME);
	self->report.nstale = 1;
	self->report.stale = stale;
	self->out = written(&self->report, "text");
}

FIXTURE_TEARDOWN(text)
{
	free(self->out);
	report_done(&self->report);
}

#define EXPECT_TELLS(what) EXPECT_NE(NULL, strstr(self->out, what)) TH_LOG("missing: %s", what)

TEST_F(text, counts_verdicts_by_rule)
{
	EXPECT_TELLS("\n  CAP-TS-RO                MUST    fail 1   pass 1\n");
	EXPECT_TELLS("\n  TBL-MASK-DEF             MUST    known 1   not-run 1\n");
	EXPECT_TELLS("\n  RST-FLR-SUPP             MUST    skip 2\n");
}

TEST_F(text, groups_rules)
{
	EXPECT_TELLS("\nMSI-X capability\n  CAP-TS-RO");
	EXPECT_TELLS("\nMSI-X Table\n  TBL-MASK-DEF");
	EXPECT_TELLS("\nReset\n  RST-FLR-SUPP");
}

TEST_F(text, spells_failures_out)
{
	EXPECT_TELLS("\n  fail CAP-TS-RO  MUST  0000:01:00.2\n");
	EXPECT_TELLS("\n    clause     PCIe 6.0, 7.7.2.2\n");
	EXPECT_TELLS("\n    expected   Table Size 5\n");
	EXPECT_TELLS("\n    seen       Table Size 2043 ?[31m<&\"\n");
	EXPECT_TELLS("\n    evidence   lines 120, 140; 2 of 5 times; first in config, scenario\n"
		     "               \"function.write_message_control\"\n");
}

TEST_F(text, gives_the_command_without_where_it_wrote)
{
	EXPECT_TELLS("\n    again      build/vfwalk run --sim 'vfs=4 x' --suite config\n");
}

TEST_F(text, wraps_a_command_so_that_it_can_be_pasted)
{
	const char *sim = "vfs=4,max=65,pool=200,cpus=4,bar=32,layout=two,model=M-IMM";
	char *out;

	json_object_set_new((json_t *)self->report.header, "command",
			    json_pack("[s,s,s,s,s,s]", "build/vfwalk", "run", "--sim", sim,
				      "--profile", "standard"));
	out = written(&self->report, "text");
	EXPECT_NE(NULL,
		  strstr(out, "model=M-IMM \\\n               --profile standard --suite config\n"))
	{
		TH_LOG("%s", out);
	}
	free(out);
}

TEST_F(text, marks_what_a_baseline_excuses_of_a_failure)
{
	struct finding finding = some_findings[1];
	struct report report;
	char *out;

	finding.seen = (char *)"Table Size 9";
	finding.also[finding.nalso++] = (char *)"Table Size 7";
	finding.known[1] = "known, F-03";
	report = report_of(&finding, 1);
	out = written(&report, "text");
	EXPECT_NE(NULL, strstr(out, "\n    seen       Table Size 9\n"
				    "    also seen  Table Size 7 (known, F-03)\n"));
	free(out);
	report_done(&report);
}

/* The guest in which it failed is gone. */
TEST_F(text, gives_the_lab_to_run_again)
{
	char *out;

	json_object_set_new((json_t *)self->report.header, "lab", json_string("nvme-intel"));
	out = written(&self->report, "text");
	EXPECT_NE(NULL, strstr(out, "    again      make run LAB=nvme-intel PROFILE=quick\n"));
	free(out);
}

TEST_F(text, is_loud_about_known_failures)
{
	EXPECT_TELLS("\nKNOWN FAILURES");
	EXPECT_TELLS("\n    known      QEMU starts unmasked (F-01)\n");
}

TEST_F(text, tells_stale_entries)
{
	EXPECT_TELLS("\n  known.json: entry 3: CAP-UNIQ passes on 1b36:0010\n");
}

TEST_F(text, sums_skips_up_by_reason)
{
	EXPECT_TELLS("\nSkipped\n  the VF has no FLR capability\n      RST-FLR-SUPP\n");
}

TEST_F(text, lists_what_was_not_run)
{
	struct finding finding = {.rule = &rule_stale, .verdict = VERDICT_NOT_RUN};
	struct report report = report_of(&finding, 1);
	char *out = written(&report, "text");

	EXPECT_NE(NULL, strstr(out, "\nNot run\n  TBL-STALE\n"));
	free(out);
	report_done(&report);
}

TEST_F(text, lists_a_rule_under_skipped_or_not_run_never_both)
{
	struct finding findings[] = {
		{.rule = &rule_flr, .verdict = VERDICT_SKIP, .reason = (char *)"no FLR"},
		{.rule = &rule_flr, .verdict = VERDICT_NOT_RUN},
	};
	struct report report = report_of(findings, 2);
	char *out = written(&report, "text");

	EXPECT_NE(NULL, strstr(out, "\nSkipped\n  no FLR\n      RST-FLR-SUPP\n"));
	EXPECT_FALSE(!!strstr(out, "\nNot run\n"));
	free(out);
	findings[1].exercised = 1;
	findings[1].verdict = VERDICT_PASS;
	out = written(&report, "text");
	EXPECT_FALSE(!!strstr(out, "\nSkipped\n"));
	free(out);
	report_done(&report);
}

/* The table counts the functions on which it was not. */
TEST_F(text, does_not_list_what_some_function_exercised)
{
	EXPECT_EQ(NULL, strstr(self->out, "\nNot run\n"));
}

TEST_F(text, ends_with_the_sum)
{
	const char *end =
		"\n1 fail, 1 known, 1 warn, 1 pass, 2 skip, 1 not-run\n"
		"not run: 1 verdict of rules that profile quick exercised on other functions\n"
		"failed (exit 1)\n";
	size_t len = strlen(self->out), tail = strlen(end);

	ASSERT_LT(tail, len);
	EXPECT_STREQ(end, self->out + len - tail);
}

TEST_F(text, has_no_escapes_unless_asked)
{
	char *color;

	EXPECT_EQ(NULL, strchr(self->out, '\033'));
	self->report.color = true;
	color = written(&self->report, "text");
	EXPECT_NE(NULL, strstr(color, "\033[1;31mfail 1\033[0m"));
	free(color);
}

/* Bytes are columns: nothing here is beyond ASCII. */
static size_t widest(const char *text)
{
	size_t max = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		max = len > max ? len : max;
		text += len + (text[len] == '\n');
	}
	return max;
}

TEST_F(text, keeps_within_100_columns)
{
	struct finding finding = some_findings[1];
	struct report report;
	char seen[700], *out;

	EXPECT_GE(100, widest(self->out));
	memset(seen, 'f', sizeof(seen) - 1);
	seen[sizeof(seen) - 1] = '\0';
	memcpy(seen + 300, " in words", 9);
	finding.seen = seen;
	report = report_of(&finding, 1);
	report.broken = seen;
	out = written(&report, "text");
	EXPECT_GE(100, widest(out));
	free(out);
	report_done(&report);
}

TEST_F(text, tells_some_functions_of_many)
{
	struct finding findings[12];
	struct report report;
	char *out;

	for (size_t i = 0; i < 12; i++) {
		findings[i] = some_findings[1];
		snprintf(findings[i].fn, sizeof(findings[i].fn), "0000:01:01.%zu", i);
	}
	report = report_of(findings, 12);
	out = written(&report, "text");
	EXPECT_NE(NULL, strstr(out, "    also       0000:01:01.4, line 120: Table Size 2043"));
	EXPECT_EQ(NULL, strstr(out, "0000:01:01.5"));
	EXPECT_NE(NULL, strstr(out, "and 7 functions more"));
	free(out);
	report_done(&report);
}

TEST_F(text, says_that_a_run_is_broken)
{
	char *out;

	self->report.broken = "the record is cut off in line 17";
	report_sum_up(&self->report, false);
	out = written(&self->report, "text");
	EXPECT_NE(NULL, strstr(out, "\nBROKEN   the record is cut off in line 17\n"));
	EXPECT_NE(NULL, strstr(out, "(exit 2)\n"));
	free(out);
}

TEST_F(text, names_required_rules_that_were_not_run)
{
	struct finding finding = {.rule = &rule_mask, .verdict = VERDICT_NOT_RUN};
	struct report report = report_of(&finding, 1);
	char *out;

	report_sum_up(&report, true);
	out = written(&report, "text");
	EXPECT_NE(NULL, strstr(out, "required, and not run: TBL-MASK-DEF\n"));
	free(out);
	report_done(&report);
}

TEST_HARNESS_MAIN
