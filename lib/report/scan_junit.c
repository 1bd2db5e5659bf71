/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings in sources as JUnit XML: a suite for each rule, a case for each finding. */
#include "escape.h"
#include "scan.h"

static void put_steps(FILE *out, const struct source_finding *f)
{
	for (size_t i = 0; i < f->nstep; i++) {
		put_xml(out, f->step[i].path);
		fprintf(out, ":%u:%u: ", f->step[i].line, f->step[i].column);
		put_xml(out, f->step[i].text);
		putc('\n', out);
	}
}

static void put_finding(FILE *out, const struct source_finding *f)
{
	bool excused = is_excused(f);
	const char *element = excused                  ? "skipped"
			      : f->level == LEVEL_NOTE ? "system-out"
						       : "failure";

	fprintf(out, "      <%s", element);
	if (excused)
		put_attr(out, "message", f->ignored ? f->ignored : f->known);
	else if (f->level != LEVEL_NOTE) {
		put_attr(out, "message", f->message);
		put_attr(out, "type", level_name(f->level));
	}
	fprintf(out, ">in %s(): ", f->function);
	put_xml(out, f->message);
	putc('\n', out);
	put_steps(out, f);
	fprintf(out, "</%s>\n", element);
}

static void put_case(FILE *out, const struct source_finding *f)
{
	char line[32];

	snprintf(line, sizeof(line), ":%u:%u", f->line, f->column);
	fputs("    <testcase", out);
	put_attr(out, "classname", f->rule->id);
	fputs(" name=\"", out);
	put_xml(out, f->path);
	fprintf(out, "%s\">\n", line);
	put_finding(out, f);
	fputs("    </testcase>\n", out);
}

/* A rule that nothing breaks is a case of its own: it was looked for. */
static void put_silence(FILE *out, const struct source_rule *rule, const struct scan_sum *sum)
{
	fputs("    <testcase", out);
	put_attr(out, "classname", rule->id);
	fputs(" name=\"all that was read\">\n", out);
	if (sum->idle) {
		fputs("      <skipped", out);
		put_attr(out, "message", sum->idle);
		fputs("/>\n", out);
	}
	fputs("    </testcase>\n", out);
}

static void put_suite(FILE *out, const struct source_scan *scan, const struct source_rule *rule)
{
	struct scan_sum sum = scan_sum(scan, rule);

	fputs("  <testsuite", out);
	put_attr(out, "name", rule->id);
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
		sum.findings ? sum.findings : 1, sum.bad, sum.idle ? 1 : sum.excused);
	for (size_t i = 0; i < scan->count; i++)
		if (scan->finding[i].rule == rule)
			put_case(out, &scan->finding[i]);
	if (!sum.findings)
		put_silence(out, rule, &sum);
	fputs("  </testsuite>\n", out);
}

/* What could not be read is an error of its own, so that nobody takes the rest for the whole. */
static void put_complaints(FILE *out, const struct source_scan *scan)
{
	fprintf(out,
		"  <testsuite name=\"scan\" tests=\"%zu\" failures=\"0\" errors=\"%zu\" "
		"skipped=\"0\">\n",
		scan->ncomplaint, scan->ncomplaint);
	for (size_t i = 0; i < scan->ncomplaint; i++) {
		fputs("    <testcase classname=\"scan\"", out);
		put_attr(out, "name", scan->complaint[i].path);
		fputs(">\n      <error", out);
		put_attr(out, "message", scan->complaint[i].what);
		fputs("/>\n    </testcase>\n", out);
	}
	fputs("  </testsuite>\n", out);
}

int scan_junit(const struct scan_report *report, FILE *out)
{
	size_t count;
	const struct source_rule *rules = source_rules(&count);

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"vfwalk scan\">\n",
	      out);
	if (report->scan->ncomplaint)
		put_complaints(out, report->scan);
	for (size_t i = 0; i < count; i++)
		put_suite(out, report->scan, &rules[i]);
	fputs("</testsuites>\n", out);
	return scan_flush(out);
}
