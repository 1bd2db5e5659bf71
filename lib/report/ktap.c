/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KTAP version 1 (Documentation/dev-tools/ktap.rst): a subtest for each rule, with a result for
 * each function. A known failure is `ok ... # XFAIL`, as kselftest.h prints it: its parsers and
 * those of TAP both let it pass, and still show it. Warnings and notes are diagnostics.
 */
#include "common.h"

static void put_detail(FILE *out, const char *label, const char *text)
{
	if (!text)
		return;
	fprintf(out, "  # %s: ", label);
	put_one_line(out, text);
	putc('\n', out);
}

static void put_failure(FILE *out, const struct finding *finding)
{
	fprintf(out, "  # %s %s, %lu of %lu times:", verdict_name(finding->verdict),
		finding_where(finding), finding->failed, finding->exercised);
	for (size_t i = 0; i < finding->nline; i++)
		fprintf(out, " line %lu", finding->line[i]);
	putc('\n', out);
	put_detail(out, "expected", finding->expected);
	put_detail(out, "seen", finding->seen);
}

static bool is_bad(enum verdict verdict)
{
	return verdict == VERDICT_FAIL || verdict == VERDICT_BROKEN;
}

static void put_directive(FILE *out, const struct finding *finding, bool missing)
{
	switch (finding->verdict) {
	case VERDICT_KNOWN:
		fputs(" # XFAIL known: ", out);
		break;
	case VERDICT_SKIP:
		fputs(" # SKIP ", out);
		break;
	case VERDICT_NOT_RUN:
		if (!missing)
			fputs(" # SKIP not run", out);
		return;
	default:
		return;
	}
	put_one_line(out, finding->reason ? finding->reason : "no reason given");
}

static void put_finding(FILE *out, const struct finding *finding, size_t number, bool missing)
{
	bool bad = is_bad(finding->verdict) || (missing && finding->verdict == VERDICT_NOT_RUN);

	if (finding->failed)
		put_failure(out, finding);
	if (bad && !finding->failed)
		put_detail(out, finding_where(finding),
			   finding->reason ? finding->reason : "required, and not run");
	fprintf(out, "  %s %zu %s", bad ? "not ok" : "ok", number, finding_where(finding));
	put_directive(out, finding, missing);
	putc('\n', out);
}

/* The result of a rule as a whole. */
static void put_rule(FILE *out, const struct report *report, size_t at, size_t count, size_t number,
		     bool missing)
{
	size_t bad = span_count(report, at, count, VERDICT_FAIL) +
		     span_count(report, at, count, VERDICT_BROKEN);
	size_t idle = span_count(report, at, count, VERDICT_SKIP) +
		      span_count(report, at, count, VERDICT_NOT_RUN);
	const struct finding *finding = &report->finding[at];

	fprintf(out, "%s %zu %s", bad || missing ? "not ok" : "ok", number, finding->rule->id);
	if (span_count(report, at, count, VERDICT_KNOWN))
		fputs(" # XFAIL known", out);
	else if (idle == count && !missing)
		put_directive(out, finding, missing);
	putc('\n', out);
}

static void put_span(FILE *out, const struct report *report, size_t at, size_t count, size_t number)
{
	bool missing = span_missing(report, at, count);

	fprintf(out, "  KTAP version 1\n  # Subtest: %s\n", report->finding[at].rule->id);
	put_detail(out, severity_name(report->finding[at].rule->severity),
		   report->finding[at].rule->title);
	fprintf(out, "  1..%zu\n", count);
	for (size_t i = 0; i < count; i++)
		put_finding(out, &report->finding[at + i], i + 1, missing);
	put_rule(out, report, at, count, number, missing);
}

static size_t spans(const struct report *report)
{
	size_t found = 0;

	for (size_t at = 0; at < report->count; at += span_length(report, at))
		found++;
	return found;
}

int report_ktap(const struct report *report, FILE *out)
{
	size_t count, number = 0;

	fprintf(out, "KTAP version 1\n1..%zu\n", spans(report));
	for (size_t at = 0; at < report->count; at += count) {
		count = span_length(report, at);
		put_span(out, report, at, count, ++number);
	}
	for (size_t i = 0; i < report->nstale; i++) {
		fputs("# stale: ", out);
		put_one_line(out, report->stale[i]);
		putc('\n', out);
	}
	if (report->broken) {
		fputs("Bail out! ", out);
		put_one_line(out, report->broken);
		putc('\n', out);
	}
	return report_flush(out);
}
