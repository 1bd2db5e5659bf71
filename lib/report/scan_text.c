/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings in sources as compilers tell them, each with the path that leads there. */
#include "page.h"
#include "scan.h"

/* A path may hold anything but what would look like another line. */
static void put_path(FILE *out, const char *path)
{
	for (; *path; path++) {
		if ((unsigned char)*path < ' ')
			fprintf(out, "\\x%02x", (unsigned char)*path);
		else
			putc(*path, out);
	}
}

static void put_steps(const struct page *page, const struct source_finding *finding)
{
	for (size_t i = 0; i < finding->nstep; i++) {
		const struct source_step *step = &finding->step[i];

		put_path(page->out, step->path);
		fprintf(page->out, ":%u:%u: ", step->line, step->column);
		styled(page, DIM, "path");
		fprintf(page->out, ": %s\n", step->text);
	}
}

static void put_finding(const struct page *page, const struct source_finding *finding)
{
	static const enum style styles[] = {RED, YELLOW, PLAIN};

	put_path(page->out, finding->path);
	fprintf(page->out, ":%u:%u: ", finding->line, finding->column);
	styled(page, styles[finding->level], "%s", level_name(finding->level));
	fprintf(page->out, ": in %s(): %s [%s]\n", finding->function, finding->message,
		finding->rule->id);
	if (is_excused(finding))
		fprintf(page->out, "    excused: %s\n",
			finding->ignored ? finding->ignored : finding->known);
	put_steps(page, finding);
}

static void put_why(const struct page *page, const struct source_rule *rule)
{
	putc('\n', page->out);
	styled(page, BOLD, "%s", rule->id);
	fprintf(page->out, "  %s\n  ", severity_name(rule->severity));
	put_wrapped(page->out, 2, rule->title);
	putc('\n', page->out);
	put_field(page, "clause", rule->clause);
	put_field(page, "why", rule->why);
	put_field(page, "fix", rule->fix);
}

static void put_explanations(const struct page *page, const struct source_scan *scan)
{
	size_t count;
	const struct source_rule *rules = source_rules(&count);

	for (size_t r = 0; r < count; r++)
		for (size_t i = 0; i < scan->count; i++)
			if (scan->finding[i].rule == &rules[r]) {
				put_why(page, &rules[r]);
				break;
			}
}

static void put_sum(FILE *out, const struct scan_report *report)
{
	const struct source_scan *scan = report->scan;
	const struct source_stats *stats = &scan->stats;
	size_t excused = 0;

	for (size_t i = 0; i < scan->count; i++)
		excused += is_excused(&scan->finding[i]);
	fprintf(out,
		"%zu errors, %zu warnings, %zu notes, %zu excused; %zu files in %zu modules, %zu "
		"files without a word about vectors (exit %d)\n",
		scan_count(scan, LEVEL_ERROR), scan_count(scan, LEVEL_WARNING),
		scan_count(scan, LEVEL_NOTE), excused, stats->files, stats->modules, stats->skipped,
		report->exit);
	if (stats->lost_calls || stats->cut)
		fprintf(out,
			"not looked at: %zu of %zu calls, which stand in what did not parse; paths "
			"of "
			"%zu functions that have too many\n",
			stats->lost_calls, stats->calls, stats->cut);
}

int scan_text(const struct scan_report *report, FILE *out)
{
	const struct page page = {.out = out, .color = report->color};

	for (size_t i = 0; i < report->scan->count; i++)
		if (report->all || !is_excused(&report->scan->finding[i]))
			put_finding(&page, &report->scan->finding[i]);
	if (report->explain)
		put_explanations(&page, report->scan);
	if (report->explain && report->scan->count)
		putc('\n', out);
	put_sum(out, report);
	return 0;
}
