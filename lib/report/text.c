/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report for people: a table of verdicts by rule, then every failure spelled out, then what a
 * baseline excuses, what was skipped and why, and what was not run. At most 100 columns.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/version.h>

#include "common.h"

#define WIDTH    100
#define HANG     15 /* where the text of a labelled paragraph starts */
#define MAX_MORE 4  /* further functions of a failure that are told one by one */

enum style { PLAIN, BOLD, DIM, RED, GREEN, YELLOW, MAGENTA };

static const char *const escapes[] = {
	[PLAIN] = "",         [BOLD] = "\033[1m",    [DIM] = "\033[2m",      [RED] = "\033[1;31m",
	[GREEN] = "\033[32m", [YELLOW] = "\033[33m", [MAGENTA] = "\033[35m",
};

static const enum style verdict_style[VERDICT_COUNT] = {
	[VERDICT_PASS] = GREEN,  [VERDICT_FAIL] = RED,      [VERDICT_WARN] = YELLOW,
	[VERDICT_NOTE] = YELLOW, [VERDICT_BROKEN] = RED,    [VERDICT_SKIP] = DIM,
	[VERDICT_NOT_RUN] = DIM, [VERDICT_KNOWN] = MAGENTA,
};

/* In the order in which they matter to a reader. */
static const enum verdict by_weight[] = {
	VERDICT_BROKEN, VERDICT_FAIL, VERDICT_KNOWN, VERDICT_WARN,
	VERDICT_NOTE,   VERDICT_PASS, VERDICT_SKIP,  VERDICT_NOT_RUN,
};

#define WEIGHTS (sizeof(by_weight) / sizeof(by_weight[0]))

struct page {
	FILE *out;
	bool color;
	const struct report *report;
};

static void styled(const struct page *page, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void styled(const struct page *page, enum style style, const char *fmt, ...)
{
	bool escape = page->color && style != PLAIN;
	va_list ap;

	if (escape)
		fputs(escapes[style], page->out);
	va_start(ap, fmt);
	vfprintf(page->out, fmt, ap);
	va_end(ap);
	if (escape)
		fputs("\033[0m", page->out);
}

/* --- paragraphs --- */

/* @text as it may be shown: evidence can come from anywhere, and must not drive the terminal. */
static void put_clean(FILE *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		putc((unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i], out);
}

/* How much of @text fits into @room columns: up to a space, or hard where there is none. */
static size_t fitting(const char *text, size_t room)
{
	size_t len = strcspn(text, "\n");

	if (len <= room)
		return len;
	for (size_t cut = room; cut > 0; cut--)
		if (text[cut] == ' ')
			return cut;
	return room;
}

/* @text, wrapped; its first line starts where the cursor is: in column @indent, like the rest. */
static void put_wrapped(FILE *out, size_t indent, const char *text)
{
	while (1) {
		size_t len = fitting(text, WIDTH - indent);

		put_clean(out, text, len);
		putc('\n', out);
		text += len + strspn(text + len, " \n");
		if (!*text)
			return;
		fprintf(out, "%*s", (int)indent, "");
	}
}

static void put_label(const struct page *page, const char *label)
{
	fputs("    ", page->out);
	styled(page, DIM, "%-*s", HANG - 4, label);
}

static void put_field(const struct page *page, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	put_label(page, label);
	put_wrapped(page->out, HANG, text);
}

static void put_fieldf(const struct page *page, const char *label, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void put_fieldf(const struct page *page, const char *label, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	put_field(page, label, text);
	free(text);
}

/* A command line, wrapped so that the shell takes it as one: never between quotes. */
static void put_shell(const struct page *page, const char *label, const char *command)
{
	size_t room = WIDTH - HANG - strlen(" \\");

	if (!command || !*command)
		return;
	put_label(page, label);
	while (strlen(command) > room && !strchr(command, '\'')) {
		size_t len = fitting(command, room);

		if (command[len] != ' ')
			break;
		put_clean(page->out, command, len);
		fprintf(page->out, " \\\n%*s", HANG, "");
		command += len + 1;
	}
	put_clean(page->out, command, strlen(command));
	putc('\n', page->out);
}

static void put_title(const struct page *page, const char *title)
{
	putc('\n', page->out);
	styled(page, BOLD, "%s", title);
	putc('\n', page->out);
}

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

static void put_head(const struct page *page)
{
	const struct report *report = page->report;
	const char *lab = header_str(report, NULL, "lab"), *sim = header_str(report, NULL, "sim");

	styled(page, BOLD, "vfwalk %s", VFWALK_VERSION);
	putc('\n', page->out);
	put_field(page, "record", report->record);
	put_field(page, "made", header_str(report, NULL, "time"));
	put_fieldf(page, "target", "%s%s%s%s%s, profile %s", header_str(report, NULL, "target"),
		   *sim ? " " : "", sim, *lab ? ", lab " : "", lab,
		   header_str(report, NULL, "profile"));
	put_machine(page);
}

/* --- table --- */

static void put_row(const struct page *page, size_t at, size_t count)
{
	const struct rule_info *rule = page->report->finding[at].rule;
	bool first = true;

	fprintf(page->out, "  %-24s %-8s", rule->id, severity_name(rule->severity));
	for (size_t i = 0; i < WEIGHTS; i++) {
		size_t number = span_count(page->report, at, count, by_weight[i]);

		if (!number)
			continue;
		fputs(first ? "" : "   ", page->out);
		first = false;
		styled(page, verdict_style[by_weight[i]], "%s %zu", verdict_name(by_weight[i]),
		       number);
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
		if (strcmp(group, its))
			put_title(page, its);
		group = its;
		put_row(page, at, count);
	}
}

/* --- failures --- */

static char *lines_text(const struct finding *finding)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fputs(finding->nline == 1 ? "line" : "lines", out);
	for (size_t i = 0; i < finding->nline; i++)
		fprintf(out, "%s%lu", i ? ", " : " ", finding->line[i]);
	if (finding->failed > finding->nline)
		fputs(" ...", out);
	fprintf(out, "; %lu of %lu times", finding->failed, finding->exercised);
	if (finding->scenario && *finding->scenario)
		fprintf(out, "; first in %s, scenario \"%s\"",
			finding->suite ? finding->suite : "?", finding->scenario);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* The other functions of the same verdict: what is like the first is not told again. */
static void put_others(const struct page *page, const struct finding *first, size_t at, size_t end)
{
	size_t told = 0, more = 0;

	for (size_t i = at; i < end; i++) {
		const struct finding *finding = &page->report->finding[i];

		if (finding->verdict != first->verdict)
			continue;
		if (told == MAX_MORE) {
			more++;
			continue;
		}
		told++;
		put_fieldf(page, "also", "%s, line %lu: %s", finding_where(finding),
			   finding->nline ? finding->line[0] : 0,
			   finding->seen ? finding->seen : "");
	}
	if (more)
		put_fieldf(page, "", "and %zu functions more", more);
}

/* What was seen, marked where a baseline excuses it and not the failure as a whole. */
static void put_way(const struct page *page, const char *label, const struct finding *finding,
		    size_t way)
{
	const char *seen = way ? finding->also[way - 1] : finding->seen;
	const char *mark = finding->verdict == VERDICT_KNOWN ? NULL : finding->known[way];

	if (mark && seen)
		put_fieldf(page, label, "%s (%s)", seen, mark);
	else
		put_field(page, label, seen);
}

static void put_ways(const struct page *page, const struct finding *finding)
{
	put_way(page, "seen", finding, 0);
	for (size_t i = 1; i <= finding->nalso; i++)
		put_way(page, "also seen", finding, i);
	if (finding->more)
		put_field(page, "also seen", "others, which were not kept");
}

static void put_failure(const struct page *page, const struct finding *finding, size_t end)
{
	const struct report *report = page->report;
	char *lines = lines_text(finding), *again = command_again(report, finding);

	putc('\n', page->out);
	fputs("  ", page->out);
	styled(page, verdict_style[finding->verdict], "%s %s", verdict_name(finding->verdict),
	       finding->rule->id);
	fprintf(page->out, "  %s  %s\n", severity_name(finding->rule->severity),
		finding_where(finding));
	if (finding->verdict == VERDICT_KNOWN)
		put_field(page, "known", finding->reason);
	put_field(page, "rule", finding->rule->title);
	put_field(page, "clause", finding->rule->clause);
	put_field(page, "expected", finding->expected);
	put_ways(page, finding);
	if (finding->verdict == VERDICT_BROKEN)
		put_field(page, "reason", finding->reason);
	put_field(page, "evidence", lines);
	put_others(page, finding, (size_t)(finding - report->finding) + 1, end);
	put_shell(page, "again", again);
	free(lines);
	free(again);
}

/* Every rule that has @verdict somewhere, with the first such finding spelled out. */
static void put_failures(const struct page *page, enum verdict verdict, const char *title)
{
	const struct report *report = page->report;
	size_t count;

	if (!report->summary[verdict])
		return;
	put_title(page, title);
	for (size_t at = 0; at < report->count; at += count) {
		count = span_length(report, at);
		for (size_t i = at; i < at + count; i++) {
			if (report->finding[i].verdict != verdict)
				continue;
			put_failure(page, &report->finding[i], at + count);
			break;
		}
	}
}

/* --- what was not judged --- */

static const char *skip_reason(const struct finding *finding)
{
	return finding->reason ? finding->reason : "no reason given";
}

static bool skipped_for(const struct finding *finding, const char *reason)
{
	return finding->verdict == VERDICT_SKIP && !strcmp(skip_reason(finding), reason);
}

/*
 * No function of that span was exercised, and some was skipped for @reason; without one: none was
 * skipped either.
 */
static bool span_idle(const struct report *report, size_t at, size_t count, const char *reason)
{
	bool idle = false;

	for (size_t i = at; i < at + count; i++) {
		const struct finding *finding = &report->finding[i];

		if (finding->exercised || (!reason && finding->verdict == VERDICT_SKIP))
			return false;
		idle |= reason ? skipped_for(finding, reason) : finding->verdict == VERDICT_NOT_RUN;
	}
	return idle;
}

/* The rules of which span_idle() is true, as one paragraph; NULL where there are none. */
static char *idle_rules(const struct report *report, const char *reason)
{
	char *text = NULL;
	size_t size, count;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t at = 0; at < report->count; at += count) {
		count = span_length(report, at);
		if (span_idle(report, at, count, reason))
			fprintf(out, "%s%s", ftell(out) > 0 ? " " : "",
				report->finding[at].rule->id);
	}
	if (fclose(out) || !*text) {
		free(text);
		return NULL;
	}
	return text;
}

/* Reasons that were told, of which there are few, however many findings have them. */
struct reasons {
	const char **text;
	size_t count;
};

/* True once for each. */
static bool is_new_reason(struct reasons *told, const char *reason)
{
	const char **grown;

	for (size_t i = told->count; i-- > 0;)
		if (told->text[i] == reason || !strcmp(told->text[i], reason))
			return false;
	grown = realloc(told->text, (told->count + 1) * sizeof(*grown));
	if (!grown)
		return true;
	told->text = grown;
	grown[told->count++] = reason;
	return true;
}

static void put_indented(const struct page *page, size_t indent, const char *text)
{
	fprintf(page->out, "%*s", (int)indent, "");
	put_wrapped(page->out, indent, text);
}

static void put_skipped(const struct page *page)
{
	const struct report *report = page->report;
	struct reasons told = {0};
	bool titled = false;

	for (size_t i = 0; i < report->count; i++) {
		const char *reason = skip_reason(&report->finding[i]);
		char *rules;

		if (report->finding[i].verdict != VERDICT_SKIP || !is_new_reason(&told, reason))
			continue;
		rules = idle_rules(report, reason);
		if (rules) {
			if (!titled)
				put_title(page, "Skipped");
			titled = true;
			put_indented(page, 2, reason);
			put_indented(page, 6, rules);
		}
		free(rules);
	}
	free(told.text);
}

/* What kept a rule from being run, where an act that it needs failed; NULL where it is not told. */
static const char *span_reason(const struct report *report, size_t at, size_t count)
{
	for (size_t i = at; i < at + count; i++)
		if (report->finding[i].verdict == VERDICT_NOT_RUN && report->finding[i].reason)
			return report->finding[i].reason;
	return NULL;
}

static void put_idle_reasons(const struct page *page)
{
	const struct report *report = page->report;
	size_t count;

	for (size_t at = 0; at < report->count; at += count) {
		const char *reason;

		count = span_length(report, at);
		reason = span_idle(report, at, count, NULL) ? span_reason(report, at, count) : NULL;
		if (reason)
			fprintf(page->out, "  %s: %s\n", report->finding[at].rule->id, reason);
	}
}

static void put_missing(const struct page *page)
{
	const struct report *report = page->report;
	size_t count;

	for (size_t at = 0; at < report->count; at += count) {
		count = span_length(report, at);
		if (!span_missing(report, at, count))
			continue;
		fputs("  ", page->out);
		styled(page, RED, "required, and not run: %s", report->finding[at].rule->id);
		putc('\n', page->out);
	}
}

static bool any_missing(const struct report *report)
{
	size_t count;

	for (size_t at = 0; at < report->count; at += count) {
		count = span_length(report, at);
		if (span_missing(report, at, count))
			return true;
	}
	return false;
}

static void put_not_run(const struct page *page)
{
	char *rules = idle_rules(page->report, NULL);

	if (!rules && !any_missing(page->report))
		return;
	put_title(page, "Not run");
	put_missing(page);
	if (rules)
		put_indented(page, 2, rules);
	put_idle_reasons(page);
	free(rules);
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

/* How many verdicts are not-run, and for no reason but that the rule was exercised elsewhere. */
static size_t count_spared(const struct report *report)
{
	size_t spared = 0, count;

	for (size_t at = 0; at < report->count; at += count) {
		bool exercised = false;
		size_t idle = 0;

		count = span_length(report, at);
		for (size_t i = at; i < at + count; i++) {
			const struct finding *finding = &report->finding[i];

			exercised |= finding->exercised > 0;
			idle += finding->verdict == VERDICT_NOT_RUN && !finding->reason;
		}
		spared += exercised ? idle : 0;
	}
	return spared;
}

static void put_spared(const struct page *page)
{
	const char *profile = header_str(page->report, NULL, "profile");
	size_t spared = count_spared(page->report);

	if (spared)
		fprintf(page->out,
			"not run: %zu verdict%s of rules that profile %s exercised on other "
			"functions\n",
			spared, spared == 1 ? "" : "s", *profile ? profile : "?");
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
	for (size_t i = 0; i < WEIGHTS; i++) {
		enum verdict verdict = by_weight[i];

		if (!report->summary[verdict])
			continue;
		fputs(first ? "" : ", ", page->out);
		first = false;
		styled(page, verdict_style[verdict], "%lu %s", report->summary[verdict],
		       verdict_name(verdict));
	}
	fputs(first ? "" : "\n", page->out);
	put_spared(page);
	styled(page, report->exit == 0 ? GREEN : RED, "%s (exit %d)", outcome(report),
	       report->exit);
	putc('\n', page->out);
}

int report_text(const struct report *report, FILE *out)
{
	const struct page page = {.out = out, .color = report->color, .report = report};

	put_head(&page);
	put_table(&page);
	put_failures(&page, VERDICT_BROKEN, "Broken");
	put_failures(&page, VERDICT_FAIL, "Failures");
	put_failures(&page, VERDICT_KNOWN, "KNOWN FAILURES, excused by a baseline");
	put_failures(&page, VERDICT_WARN, "Warnings");
	put_failures(&page, VERDICT_NOTE, "Notes");
	put_stale(&page);
	put_skipped(&page);
	put_not_run(&page);
	put_foot(&page);
	return report_flush(out);
}
