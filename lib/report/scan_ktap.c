/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings in sources as KTAP version 1: a test for each rule, and where there are findings a
 * subtest with a result for each. What is excused is `ok ... # XFAIL`, a note a diagnostic.
 */
#include "escape.h"
#include "scan.h"

/* A path, in which a # must not begin a directive. */
static void put_path(FILE *out, const char *path)
{
	for (; *path; path++) {
		if (*path == '#')
			putc('\\', out);
		putc((unsigned char)*path < ' ' || *path == 0x7f ? ' ' : *path, out);
	}
}

static void put_result(FILE *out, const struct source_finding *f, size_t number)
{
	bool bad = !is_excused(f) && f->level != LEVEL_NOTE;

	fprintf(out, "  # %s: in %s(): ", level_name(f->level), f->function);
	put_one_line(out, f->message);
	for (size_t i = 0; i < f->nstep; i++) {
		fprintf(out, "\n  # path: %u:%u ", f->step[i].line, f->step[i].column);
		put_one_line(out, f->step[i].text);
	}
	fprintf(out, "\n  %s %zu ", bad ? "not ok" : "ok", number);
	put_path(out, f->path);
	fprintf(out, ":%u:%u", f->line, f->column);
	if (is_excused(f)) {
		fputs(" # XFAIL known: ", out);
		put_one_line(out, f->ignored ? f->ignored : f->known);
	}
	putc('\n', out);
}

static void put_subtest(FILE *out, const struct source_scan *scan, const struct source_rule *rule,
			const struct scan_sum *sum)
{
	size_t number = 0;

	fprintf(out, "  KTAP version 1\n  # Subtest: %s\n  # %s: %s\n  1..%zu\n", rule->id,
		severity_name(rule->severity), rule->title, sum->findings);
	for (size_t i = 0; i < scan->count; i++)
		if (scan->finding[i].rule == rule)
			put_result(out, &scan->finding[i], ++number);
}

static void put_rule(FILE *out, const struct source_scan *scan, const struct source_rule *rule,
		     size_t number)
{
	struct scan_sum sum = scan_sum(scan, rule);

	if (sum.findings)
		put_subtest(out, scan, rule, &sum);
	fprintf(out, "%s %zu %s", sum.bad ? "not ok" : "ok", number, rule->id);
	if (sum.idle) {
		fputs(" # SKIP ", out);
		put_one_line(out, sum.idle);
	} else if (sum.excused && !sum.bad) {
		fputs(" # XFAIL known", out);
	}
	putc('\n', out);
}

int scan_ktap(const struct scan_report *report, FILE *out)
{
	const struct source_scan *scan = report->scan;
	size_t count;
	const struct source_rule *rules = source_rules(&count);

	fprintf(out, "KTAP version 1\n1..%zu\n", count);
	for (size_t i = 0; i < count; i++)
		put_rule(out, scan, &rules[i], i + 1);
	for (size_t i = 0; i < scan->ncomplaint; i++) {
		fputs(i ? "# " : "Bail out! ", out);
		put_one_line(out, scan->complaint[i].path);
		fputs(": ", out);
		put_one_line(out, scan->complaint[i].what);
		putc('\n', out);
	}
	return scan_flush(out);
}
