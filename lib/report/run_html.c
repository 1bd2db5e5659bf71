/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run in one HTML file that needs no other: verdicts by rule, what became of each message that
 * was shot, and every failure spelled out. How it looks is in reports/templates/run.html.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/html.h>
#include <vfwalk/version.h>

#include "attacks.h"

static void put_word(FILE *out, const char *before, const char *text)
{
	if (!*text)
		return;
	fputs(before, out);
	html_text(out, text);
}

static void put_intro(const struct report *report, FILE *out)
{
	const char *lab = header_str(report, NULL, "lab"), *sim = header_str(report, NULL, "sim");

	fputs("<header><h1>", out);
	html_text(out, *lab ? lab : header_str(report, NULL, "target"));
	put_word(out, " ", sim);
	fprintf(out, "</h1>vfwalk %s", VFWALK_VERSION);
	put_word(out, ", profile ", header_str(report, NULL, "profile"));
	put_word(out, ", made ", header_str(report, NULL, "time"));
	put_word(out, ", Linux ", header_str(report, "machine", "kernel"));
	put_word(out, ", QEMU ", header_str(report, "machine", "qemu"));
	put_word(out, ", IOMMU ", header_str(report, "iommu", "kind"));
	fprintf(out, ", exit %d", report->exit);
	put_word(out, "<p><b>broken</b>: ", report->broken ? report->broken : "");
	fputs("</header>\n", out);
}

/* --- rules --- */

static enum verdict worst_of(const struct report *report, size_t at, size_t count)
{
	for (size_t i = 0; i < VERDICT_COUNT; i++)
		if (span_count(report, at, count, verdicts_by_weight[i]))
			return verdicts_by_weight[i];
	return VERDICT_NOT_RUN;
}

static void put_rule(const struct report *report, size_t at, size_t count, FILE *out)
{
	const struct rule_info *rule = report->finding[at].rule;

	fputs("<tr><th", out);
	html_attribute(out, "title", rule->title);
	fputs("><span>", out);
	html_text(out, rule->id);
	fprintf(out, "</span><small>%s</small></th><td class=\"%s\">",
		severity_name(rule->severity), verdict_name(worst_of(report, at, count)));
	for (size_t i = 0; i < VERDICT_COUNT; i++) {
		size_t number = span_count(report, at, count, verdicts_by_weight[i]);

		if (number)
			fprintf(out, "%s %zu ", verdict_name(verdicts_by_weight[i]), number);
	}
	fputs("</td></tr>\n", out);
}

static void put_rules(const struct report *report, FILE *out)
{
	const char *group = "";
	size_t count;

	fputs("<table><tbody>\n", out);
	for (size_t at = 0; at < report->count; at += count) {
		const char *its = rule_group(report->finding[at].rule);

		count = span_length(report, at);
		if (strcmp(group, its)) {
			fputs("<tr class=\"group\"><th>", out);
			html_text(out, its);
			fputs("</th><td></td></tr>\n", out);
		}
		group = its;
		put_rule(report, at, count, out);
	}
	fputs("</tbody></table>\n", out);
}

/* --- attacks --- */

static void put_attacks(const struct report *report, FILE *out)
{
	if (!attacks_told(report->attack, report->nattack))
		return;
	fputs("<section id=\"attacks\"><h2>Attacks: what became of each message</h2>\n"
	      "<table><tbody>\n",
	      out);
	for (size_t i = 0; i < report->nattack; i++) {
		const struct attack *attack = &report->attack[i];
		char name[64], counts[256];

		attack_name(attack, name, sizeof(name));
		attack_counts(attack, counts, sizeof(counts));
		fputs("<tr><th><span>", out);
		html_text(out, name);
		fprintf(out, "</span></th><td class=\"%s\">%s</td><td>",
			verdict_name(attack_verdict(attack)), attack_outcome(attack));
		html_text(out, counts);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table></section>\n", out);
}

/* --- failures, in the words of the report for people --- */

static void put_failure(const struct report *report, const struct rule_info *rule, FILE *out)
{
	char *text = NULL, *line, *rest;
	size_t size;
	FILE *told = open_memstream(&text, &size);
	bool failed;

	if (!told)
		return;
	failed = report_failure(report, rule, told);
	if (!fclose(told) && failed) {
		fputs("<pre>", out);
		for (rest = text; (line = strsep(&rest, "\n"));) {
			html_text(out, line);
			putc('\n', out);
		}
		fputs("</pre>\n", out);
	}
	free(text);
}

static void put_failures(const struct report *report, FILE *out)
{
	size_t count;

	fputs("<section id=\"failures\"><h2>What did not hold</h2>\n", out);
	for (size_t at = 0; at < report->count; at += count) {
		count = span_length(report, at);
		put_failure(report, report->finding[at].rule, out);
	}
	fputs("</section>\n", out);
}

static void put_body(FILE *out, const void *ctx)
{
	const struct report *report = ctx;

	put_intro(report, out);
	fputs("<main>\n", out);
	put_attacks(report, out);
	put_rules(report, out);
	put_failures(report, out);
	fputs("</main>\n", out);
}

int report_html(const struct report *report, FILE *out)
{
	int err = html_page(out, report->templates, "run.html", put_body, report);

	/* A stream that failed says why when it is flushed. */
	return err && err != -EIO ? err : report_flush(out);
}
