/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JUnit XML, as continuous integration reads it: a suite for each rule, a case for each function.
 */
#include "common.h"

static void put_failure(FILE *out, const struct finding *finding)
{
	fputs("      <failure", out);
	put_attr(out, "message", finding->seen);
	put_attr(out, "type", verdict_name(finding->verdict));
	fputs(">expected: ", out);
	put_xml(out, finding->expected);
	fputs("; seen: ", out);
	put_xml(out, finding->seen);
	for (size_t i = 0; i < finding->nline; i++)
		fprintf(out, "%s%lu", i ? ", " : "; lines ", finding->line[i]);
	fputs("</failure>\n", out);
}

static void put_reason(FILE *out, const char *element, const char *prefix,
		       const struct finding *finding)
{
	fprintf(out, "      <%s message=\"%s", element, prefix);
	put_xml(out, finding->reason);
	fputs("\"/>\n", out);
}

static void put_remark(FILE *out, const struct finding *finding)
{
	fprintf(out, "      <system-out>%s: expected ", verdict_name(finding->verdict));
	put_xml(out, finding->expected);
	fputs("; seen ", out);
	put_xml(out, finding->seen);
	fputs("</system-out>\n", out);
}

static void put_case(FILE *out, const struct finding *finding, bool missing)
{
	fputs("    <testcase", out);
	put_attr(out, "classname", finding->rule->id);
	put_attr(out, "name", finding_where(finding));
	fputs(">\n", out);
	switch (finding->verdict) {
	case VERDICT_FAIL:
		put_failure(out, finding);
		break;
	case VERDICT_BROKEN:
		put_reason(out, "error", "", finding);
		break;
	case VERDICT_KNOWN:
		put_reason(out, "skipped", "known: ", finding);
		break;
	case VERDICT_SKIP:
		put_reason(out, "skipped", "", finding);
		break;
	case VERDICT_NOT_RUN:
		fputs(missing ? "      <failure message=\"required, and not run\"/>\n"
			      : "      <skipped message=\"not run\"/>\n",
		      out);
		break;
	case VERDICT_WARN:
	case VERDICT_NOTE:
		put_remark(out, finding);
		break;
	default:
		break;
	}
	fputs("    </testcase>\n", out);
}

static void put_suite(FILE *out, const struct report *report, size_t at, size_t count)
{
	bool missing = span_missing(report, at, count);
	size_t not_run = span_count(report, at, count, VERDICT_NOT_RUN);
	size_t failures = span_count(report, at, count, VERDICT_FAIL) + (missing ? not_run : 0);
	size_t skipped = span_count(report, at, count, VERDICT_SKIP) +
			 span_count(report, at, count, VERDICT_KNOWN) + (missing ? 0 : not_run);

	fputs("  <testsuite", out);
	put_attr(out, "name", report->finding[at].rule->id);
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n", count,
		failures, span_count(report, at, count, VERDICT_BROKEN), skipped);
	for (size_t i = at; i < at + count; i++)
		put_case(out, &report->finding[i], missing);
	fputs("  </testsuite>\n", out);
}

/* A run that broke is an error of its own, so that nobody takes the rest for the whole. */
static void put_broken(FILE *out, const char *why)
{
	fputs("  <testsuite name=\"run\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
	      "    <testcase classname=\"run\" name=\"run\">\n      <error",
	      out);
	put_attr(out, "message", why);
	fputs("/>\n    </testcase>\n  </testsuite>\n", out);
}

int report_junit(const struct report *report, FILE *out)
{
	size_t count;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"vfwalk\">\n", out);
	if (report->broken)
		put_broken(out, report->broken);
	for (size_t at = 0; at < report->count; at += count) {
		count = span_length(report, at);
		put_suite(out, report, at, count);
	}
	fputs("</testsuites>\n", out);
	return report_flush(out);
}
