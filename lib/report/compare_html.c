/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs side by side in one HTML file that needs no other. How it looks is in
 * reports/templates/compare.html.
 */
#include <errno.h>
#include <string.h>

#include <vfwalk/html.h>
#include <vfwalk/version.h>

#include "common.h"
#include "side.h"

static void put_intro(FILE *out, const struct comparison *comparison)
{
	fprintf(out,
		"<header><h1>%zu runs side by side</h1>vfwalk %s: %zu rules, <b>%zu</b> of which "
		"runs differ in\n<p>Each column is a run, each row a rule; a cell holds the "
		"verdicts "
		"of all functions. Rows in which runs differ are marked.</p>\n"
		"<label><input type=\"checkbox\" id=\"only\"> only where they "
		"differ</label></header>\n",
		comparison->count, VFWALK_VERSION, comparison_told(comparison),
		comparison_different(comparison));
}

static void put_line(FILE *out, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	fprintf(out, "<small>%s", label);
	html_text(out, text);
	fputs("</small>", out);
}

static void put_head(FILE *out, const struct compare_run *run)
{
	char exits[64];

	fputs("<th", out);
	html_attribute(out, "title", run->record);
	fputs("><b>", out);
	html_text(out, run->lab);
	fputs("</b>", out);
	put_line(out, "", run->shape);
	put_line(out, "Linux ", run->kernel);
	put_line(out, "QEMU ", run->qemu);
	put_line(out, "", run->made);
	snprintf(exits, sizeof(exits), "%s, exit %d", run->profile, run->exit);
	put_line(out, "profile ", exits);
	if (run->broken) {
		fputs("<small class=\"broken\"", out);
		html_attribute(out, "title", run->broken);
		fputs(">broken</small>", out);
	}
	if (run->link) {
		fputs("<a", out);
		html_attribute(out, "href", run->link);
		fputs(">report</a>", out);
	}
	fputs("</th>", out);
}

static void put_heads(FILE *out, const struct comparison *comparison)
{
	fputs("<thead><tr><th class=\"corner\">rule</th>", out);
	for (size_t i = 0; i < comparison->count; i++)
		put_head(out, &comparison->run[i]);
	fputs("</tr></thead>\n", out);
}

/* --- rows --- */

static void put_group(FILE *out, const struct comparison *comparison, size_t rule)
{
	fputs("<tr class=\"group\"><th>", out);
	html_text(out, rule_group(rules_get(rule)));
	fprintf(out, "</th><td colspan=\"%zu\"></td></tr>\n", comparison->count);
}

/* How many functions, and what the gravest finding says. */
static void put_cell(FILE *out, const struct compare_cell *cell)
{
	char text[128], counts[256];
	size_t used = 0;

	cell_text(cell, text, sizeof(text));
	for (size_t i = 0; i < VERDICT_COUNT && used < sizeof(counts); i++)
		if (cell->by_verdict[verdicts_by_weight[i]])
			used += (size_t)snprintf(counts + used, sizeof(counts) - used, "%s%s %lu",
						 used ? ", " : "",
						 verdict_name(verdicts_by_weight[i]),
						 cell->by_verdict[verdicts_by_weight[i]]);
	fprintf(out, "<td class=\"%s\" data-t=\"%s%s", verdict_name(cell_worst(cell)), counts,
		cell->said ? "; " : "");
	if (cell->said)
		html_text(out, cell->fn);
	fputs(cell->said && *cell->fn ? ": " : "", out);
	html_text(out, cell->said);
	fputs("\">", out);
	html_text(out, text);
	fputs("</td>", out);
}

static void put_row(FILE *out, const struct comparison *comparison, size_t rule)
{
	const struct rule_info *info = rules_get(rule);

	fprintf(out, "<tr%s><th data-t=\"",
		comparison_differs(comparison, rule) ? " class=\"differs\"" : "");
	html_text(out, info->title);
	fputs(" [", out);
	html_text(out, info->clause);
	fputs("]\"><span>", out);
	html_text(out, info->id);
	fprintf(out, "</span><small>%s</small></th>", severity_name(info->severity));
	for (size_t i = 0; i < comparison->count; i++)
		put_cell(out, &comparison->run[i].cell[rule]);
	fputs("</tr>\n", out);
}

static void put_body(FILE *out, const void *ctx)
{
	const struct comparison *comparison = ctx;

	put_intro(out, comparison);
	fputs("<main><table>\n", out);
	put_heads(out, comparison);
	fputs("<tbody>\n", out);
	for (size_t r = 0; r < rules_count(); r++) {
		if (!comparison_tells(comparison, r))
			continue;
		if (comparison_begins_group(comparison, r))
			put_group(out, comparison, r);
		put_row(out, comparison, r);
	}
	fputs("</tbody>\n</table>\n", out);
	attacks_html(comparison, out);
	fputs("</main>\n", out);
}

int compare_html(const struct comparison *comparison, FILE *out)
{
	int err = html_page(out, comparison->templates, "compare.html", put_body, comparison);

	return err ? err : report_flush(out);
}
