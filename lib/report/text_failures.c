/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The failures of the report for people, spelled out. */
#include <stdlib.h>
#include <string.h>

#include "page.h"

#define MAX_MORE 4 /* further functions of a failure that are told one by one */

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
	styled(page, style_of(finding->verdict), "%s %s", verdict_name(finding->verdict),
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

void put_failures(const struct page *page, enum verdict verdict, const char *title)
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

bool report_failure(const struct report *report, const struct rule_info *rule, FILE *out)
{
	const struct page page = {.out = out, .color = report->color, .report = report};
	size_t count;

	for (size_t at = 0; at < report->count; at += count) {
		count = span_length(report, at);
		if (report->finding[at].rule != rule)
			continue;
		for (size_t i = at; i < at + count; i++)
			if (report->finding[i].failed) {
				put_failure(&page, &report->finding[i], at + count);
				return true;
			}
	}
	return false;
}
