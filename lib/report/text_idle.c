/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the report for people says of rules that were not judged, and why. */
#include <stdlib.h>
#include <string.h>

#include "page.h"

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

void put_skipped(const struct page *page)
{
	const struct report *report = page->report;
	struct reasons told = {0};
	bool titled = false;

	for (size_t i = 0; i < report->count; i++) {
		const char *reason = skip_reason(&report->finding[i]);
		char *rules;

		if (report->finding[i].verdict != VERDICT_SKIP || !is_new_reason(&told, reason) ||
		    (span_out_of_picture(report, i) && report->finding[i].rule->unobservable))
			continue;
		rules = idle_rules(report, reason);
		if (rules) {
			if (!titled)
				put_title(page, "Skipped");
			titled = true;
			put_indented(page, 2, reason);
			if (!span_out_of_picture(report, i))
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

void put_not_run(const struct page *page)
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

void put_spared(const struct page *page)
{
	const char *profile = header_str(page->report, NULL, "profile");
	size_t spared = count_spared(page->report);

	if (spared && !is_picture(page->report))
		fprintf(page->out,
			"not run: %zu verdict%s of rules that profile %s exercised on other "
			"functions\n",
			spared, spared == 1 ? "" : "s", *profile ? profile : "?");
}
