/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mutants.html: the matrix in one file that needs no other. How it looks and what the pointer does
 * is in reports/templates/mutants.html; the table goes where that says so.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/html.h>
#include <vfwalk/version.h>

#include "mutants.h"

#define TEMPLATES "../reports/templates" /* from build/ */

static const struct {
	const char *class, *what;
} marks[MARK_COUNT] = {
	[MARK_IDLE] = {"", "not exercised"},
	[MARK_HELD] = {"h", "holds"},
	[MARK_CAUGHT] = {"c", "caught by the rule that names the defect"},
	[MARK_FOLLOWS] = {"f", "follows, as the defect's row says"},
	[MARK_SHAPE] = {"o", "fails without the defect, too"},
	[MARK_EXTRA] = {"x", "unexplained"},
	[MARK_STALE] = {"s", "listed to fail, and does not"},
	[MARK_MISSED] = {"m", "missed"},
};

static bool begins_group(size_t rule)
{
	return !rule || strcmp(rule_group(rules_get(rule)), rule_group(rules_get(rule - 1)));
}

/* --- heads --- */

static void put_intro(FILE *out, const struct matrix *m)
{
	fprintf(out,
		"<header><h1>The kill matrix</h1>vfwalk %s, profile %s on the model device: %zu "
		"rules, %zu defects, %zu clean runs, %.0f s\n"
		"<p>Each row is one run of the whole program: first devices without a defect, then "
		"one for each deliberate defect. Each column is a rule. A rule is worth its "
		"place where it holds on what is sound, catches what it names, and leaves alone "
		"what does not concern it.</p>\n<ul class=\"legend\">",
		VFWALK_VERSION, MUTANTS_PROFILE, m->nrules, m->count - m->nclean, m->nclean,
		m->seconds);
	for (int i = MARK_IDLE; i < MARK_COUNT; i++)
		fprintf(out, "<li><i class=\"%s\"></i>%s</li>", marks[i].class, marks[i].what);
	fputs("</ul></header>\n", out);
}

/* A narrow group is headed by what its IDs begin with. */
static void put_group_head(FILE *out, const struct rule_info *rule, size_t columns)
{
	const char *title = rule_group(rule);

	fprintf(out, "<th colspan=\"%zu\"", columns);
	html_attribute(out, "title", title);
	putc('>', out);
	if (strlen(title) > 2 * columns)
		fprintf(out, "%.*s", (int)strcspn(rule->id, "-"), rule->id);
	else
		html_text(out, title);
	fputs("</th>", out);
}

static void put_groups(FILE *out, const struct matrix *m)
{
	fputs("<tr class=\"groups\"><th class=\"corner\"></th>", out);
	for (size_t r = 0, end; r < m->nrules; r = end) {
		for (end = r + 1; end < m->nrules && !begins_group(end);)
			end++;
		put_group_head(out, rules_get(r), end - r);
	}
	fputs("</tr>\n", out);
}

/* All that is told of a rule, in one sentence after another. */
static char *rule_words(const struct rule_info *rule)
{
	char *text;

	if (asprintf(&text, "%s (%s): %s [%s]%s%s", rule->id, severity_name(rule->severity),
		     rule->title, rule->clause, rule->unobservable ? " Unobservable: " : "",
		     rule->unobservable ? rule->unobservable : "") < 0)
		return NULL;
	return text;
}

static void put_rules(FILE *out, const struct matrix *m)
{
	fputs("<tr class=\"rules\"><th class=\"corner\">defect, and the rule that must catch "
	      "it</th>",
	      out);
	for (size_t r = 0; r < m->nrules; r++) {
		const struct rule_info *rule = rules_get(r);
		char *words = rule_words(rule);

		fprintf(out, "<th class=\"%s%s\"", begins_group(r) ? "first" : "",
			rule->unobservable ? " unseen" : "");
		html_attribute(out, "title", words);
		html_attribute(out, "data-t", words);
		fputs("><span>", out);
		html_text(out, rule->id);
		fputs("</span></th>", out);
		free(words);
	}
	fputs("</tr>\n", out);
}

/* --- rows --- */

static void put_group_row(FILE *out, const struct matrix *m, const char *title)
{
	fputs("<tr class=\"group\"><th>", out);
	html_text(out, title);
	fprintf(out, "</th><td colspan=\"%zu\"></td></tr>\n", m->nrules);
}

static char *run_words(const struct run *run)
{
	const struct sim_defect *defect = run->defect;
	const char *bug = defect && defect->bug ? defect->bug : "";
	char *text;

	if (asprintf(&text, "%s: %s%s%s%s%s%s", defect ? defect->name : "clean", run->what,
		     *bug ? ". Stands for: " : "", bug, *run->options ? " (--sim " : "",
		     run->options, *run->options ? ")" : "") < 0)
		return NULL;
	return text;
}

static void put_row_head(FILE *out, const struct run *run)
{
	char *words = run_words(run);

	fputs("<tr><th", out);
	html_attribute(out, "title", words);
	html_attribute(out, "data-t", words);
	fputs("><span>", out);
	html_text(out, run->defect     ? run->defect->name
		       : *run->options ? run->options
				       : "no options");
	fputs("</span>", out);
	if (run->defect) {
		fputs("<small>", out);
		html_text(out, run->defect->rule);
		fputs("</small>", out);
	}
	fputs("</th>", out);
	free(words);
}

static void put_cell(FILE *out, const struct run *run, size_t rule)
{
	const struct cell *cell = &run->cell[rule];
	enum mark mark = matrix_mark(run, rule);
	bool first = begins_group(rule);

	if (mark == MARK_IDLE && !first) {
		fputs("<td>", out);
		return;
	}
	fprintf(out, "<td class=\"%s%s\"", marks[mark].class, first ? " first" : "");
	if (is_failure(cell->verdict)) {
		fprintf(out, " data-t=\"%s, ", verdict_name(cell->verdict));
		html_text(out, cell->fn);
		fputs(": ", out);
		html_text(out, cell->seen);
		putc('"', out);
	}
	putc('>', out);
}

static void put_row(FILE *out, const struct matrix *m, const struct run *run)
{
	put_row_head(out, run);
	for (size_t r = 0; r < m->nrules; r++)
		put_cell(out, run, r);
	fputs("</tr>\n", out);
}

/* How many defects each rule has caught. */
static void put_sum(FILE *out, const struct matrix *m)
{
	fputs("<tr class=\"sum\"><th data-t=\"how many defects each rule has caught\">defects "
	      "caught</th>",
	      out);
	for (size_t r = 0; r < m->nrules; r++) {
		size_t caught, killers = matrix_killers(m, r, &caught);
		bool bad = !caught && !rules_get(r)->unobservable;

		fprintf(out, "<td class=\"%s%s\"", bad ? "m" : "", begins_group(r) ? " first" : "");
		fprintf(out, " data-t=\"%zu of %zu\">", caught, killers);
		if (caught)
			fprintf(out, "%zu", caught);
	}
	fputs("</tr>\n", out);
}

static const char *group_of(const struct run *run)
{
	const struct rule_info *rule = rules_find(run->defect->rule);

	return rule ? rule_group(rule) : "No such rule";
}

static void put_table(FILE *out, const struct matrix *m)
{
	fputs("<main><table>\n<thead>\n", out);
	put_groups(out, m);
	put_rules(out, m);
	fputs("</thead>\n<tbody>\n", out);
	put_sum(out, m);
	put_group_row(out, m, "Without a defect");
	for (size_t i = 0; i < m->count; i++) {
		const struct run *run = &m->run[i];

		if (i >= m->nclean &&
		    (i == m->nclean || strcmp(group_of(run), group_of(&m->run[i - 1]))))
			put_group_row(out, m, group_of(run));
		put_row(out, m, run);
	}
	fputs("</tbody>\n</table></main>\n", out);
}

/* --- the page --- */

static void put_body(FILE *out, const void *ctx)
{
	put_intro(out, ctx);
	put_table(out, ctx);
}

int matrix_html(const struct matrix *m, FILE *out)
{
	char dir[PATH_MAX];

	program_path(dir, TEMPLATES);
	return html_page(out, dir, "mutants.html", put_body, m);
}
