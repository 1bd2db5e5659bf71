/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report for people: a table of verdicts by rule, then every failure spelled out, then what a
 * baseline excuses, what was skipped and why, and what was not run. At most 100 columns.
 */
#include <stdlib.h>
#include <string.h>

#include <vfwalk/version.h>

#include "page.h"

/* --- head --- */

static void put_machine(const struct page *page)
{
	const struct report *report = page->report;
	const json_t *machine = json_object_get(report->header, "machine");
	const json_t *iommu = json_object_get(report->header, "iommu");
	const char *qemu = header_str(report, "machine", "qemu");
	const char *kind = header_str(report, "iommu", "kind");

	put_fieldf(page, "machine", "Linux %s %s, %lld CPUs%s%s",
		   header_str(report, "machine", "kernel"), header_str(report, "machine", "arch"),
		   (long long)json_integer_value(json_object_get(machine, "cpus")),
		   *qemu ? ", QEMU " : "", qemu);
	if (!strcmp(kind, "none"))
		put_field(page, "IOMMU", "none");
	else if (*kind)
		put_fieldf(page, "IOMMU", "%s: interrupts %s, DMA %s", kind,
			   json_is_true(json_object_get(iommu, "remapping")) ? "remapped"
									     : "not remapped",
			   json_is_true(json_object_get(iommu, "translation")) ? "translated"
									       : "not translated");
}

static void put_witness(const struct page *page)
{
	const char *by = page->report->witness;

	if (by && !strcmp(by, "qemu"))
		put_field(page, "witness", "QEMU, of IOMMU and device");
	else if (by)
		put_field(page, "witness", "none but the model itself");
}

static void put_head(const struct page *page)
{
	const struct report *report = page->report;
	const char *lab = header_str(report, NULL, "lab"), *sim = header_str(report, NULL, "sim");

	styled(page, BOLD, "vfwalk %s", VFWALK_VERSION);
	putc('\n', page->out);
	put_field(page, "record", report->record);
	put_field(page, "made", header_str(report, NULL, "time"));
	if (is_picture(report)) {
		put_field(page, "holds", header_str(report, NULL, "holds"));
		return;
	}
	put_fieldf(page, "target", "%s%s%s%s%s, profile %s", header_str(report, NULL, "target"),
		   *sim ? " " : "", sim, *lab ? ", lab " : "", lab,
		   header_str(report, NULL, "profile"));
	put_machine(page);
	put_witness(page);
}

/* --- table --- */

static void put_row(const struct page *page, size_t at, size_t count)
{
	const struct rule_info *rule = page->report->finding[at].rule;
	bool first = true;

	fprintf(page->out, "  %-24s %-8s", rule->id, severity_name(rule->severity));
	for (size_t i = 0; i < VERDICT_COUNT; i++) {
		size_t number = span_count(page->report, at, count, verdicts_by_weight[i]);

		if (!number)
			continue;
		fputs(first ? "" : "   ", page->out);
		first = false;
		styled(page, style_of(verdicts_by_weight[i]), "%s %zu",
		       verdict_name(verdicts_by_weight[i]), number);
	}
	if (span_missing(page->report, at, count))
		styled(page, RED, "   REQUIRED");
	putc('\n', page->out);
}

static void put_table(const struct page *page)
{
	const struct report *report = page->report;
	const char *group = "";
	size_t count;

	for (size_t at = 0; at < report->count; at += count) {
		const char *its = rule_group(report->finding[at].rule);

		count = span_length(report, at);
		if (span_out_of_picture(report, at))
			continue;
		if (strcmp(group, its))
			put_title(page, its);
		group = its;
		put_row(page, at, count);
	}
}

static void put_stale(const struct page *page)
{
	const struct report *report = page->report;

	if (!report->nstale)
		return;
	put_title(page, "Stale in the baseline: these pass now");
	for (size_t i = 0; i < report->nstale; i++)
		put_indented(page, 2, report->stale[i]);
}

/* --- foot --- */

static const char *outcome(const struct report *report)
{
	switch (report->exit) {
	case 0:
		return report->summary[VERDICT_KNOWN] ? "passed, but for known failures" : "passed";
	case 1:
		return report->summary[VERDICT_FAIL] ? "failed" : "failed: required rules not run";
	case 2:
		return "broken: no verdict on the device as a whole";
	default:
		return "nothing ran";
	}
}

static void put_foot(const struct page *page)
{
	const struct report *report = page->report;
	bool first = true;

	putc('\n', page->out);
	if (report->broken) {
		styled(page, RED, "BROKEN");
		fputs("   ", page->out);
		put_wrapped(page->out, 9, report->broken);
	}
	for (size_t i = 0; i < VERDICT_COUNT; i++) {
		enum verdict verdict = verdicts_by_weight[i];

		if (!report->summary[verdict])
			continue;
		fputs(first ? "" : ", ", page->out);
		first = false;
		styled(page, style_of(verdict), "%lu %s", report->summary[verdict],
		       verdict_name(verdict));
	}
	fputs(first ? "" : "\n", page->out);
	put_spared(page);
	styled(page, report->exit == 0 ? GREEN : RED, "%s (exit %d)", outcome(report),
	       report->exit);
	putc('\n', page->out);
}

static void put_all_failures(const struct page *page)
{
	put_failures(page, VERDICT_BROKEN, "Broken");
	put_failures(page, VERDICT_FAIL, "Failures");
	put_failures(page, VERDICT_KNOWN, "KNOWN FAILURES, excused by a baseline");
	put_failures(page, VERDICT_WARN, "Warnings");
	put_failures(page, VERDICT_NOTE, "Notes");
	put_stale(page);
}

static const char *outcome_word(const struct report *report)
{
	switch (report->exit) {
	case 0:
		return "passed";
	case 1:
		return "failed";
	case 2:
		return "broken";
	default:
		return "nothing";
	}
}

/* One of many: what went well takes one line. */
static void put_brief(const struct page *page)
{
	const struct report *report = page->report;
	char *text;

	styled(page, report->exit == 0 ? GREEN : RED, "%-8s", outcome_word(report));
	if (asprintf(&text, "%s: %s; %lu pass, %lu skip", report->record,
		     header_str(report, NULL, "holds"), report->summary[VERDICT_PASS],
		     report->summary[VERDICT_SKIP]) < 0)
		return;
	put_wrapped(page->out, 8, text);
	free(text);
	if (report->exit == 0 && !report->summary[VERDICT_WARN] && !report->summary[VERDICT_NOTE])
		return;
	put_all_failures(page);
	if (report->nrequired)
		put_not_run(page);
	put_foot(page);
	putc('\n', page->out);
}

int report_text(const struct report *report, FILE *out)
{
	const struct page page = {.out = out, .color = report->color, .report = report};

	if (report->brief) {
		put_brief(&page);
		return report_flush(out);
	}
	put_head(&page);
	put_table(&page);
	put_attacks(&page);
	put_all_failures(&page);
	put_skipped(&page);
	put_not_run(&page);
	put_foot(&page);
	return report_flush(out);
}
