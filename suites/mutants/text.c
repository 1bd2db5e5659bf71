/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mutants.txt: what was walked, defect by defect, and the matrix itself. */
#include <errno.h>
#include <string.h>

#include <vfwalk/version.h>

#include "mutants.h"

#define WIDTH       100
#define NAME_WIDTH  28
#define LIST_INDENT 18

static const char mark_letter[MARK_COUNT] = {
	[MARK_IDLE] = ' ',  [MARK_HELD] = '.',  [MARK_CAUGHT] = '#', [MARK_FOLLOWS] = '+',
	[MARK_SHAPE] = 'o', [MARK_EXTRA] = '!', [MARK_STALE] = '?',  [MARK_MISSED] = 'X',
};

/* "LABEL A B C" on lines of their own for the rules that have @mark in @run, if there are any. */
static void put_marked(FILE *out, const struct matrix *m, const struct run *run, enum mark mark,
		       const char *label)
{
	size_t column = LIST_INDENT;

	if (!matrix_count(run, m->nrules, mark))
		return;
	fprintf(out, "      %-12s", label);
	for (size_t r = 0; r < m->nrules; r++) {
		size_t len = strlen(rules_get(r)->id) + 1;

		if (matrix_mark(run, r) != mark)
			continue;
		if (column + len > WIDTH)
			fprintf(out, "\n%*s", LIST_INDENT, "");
		column = (column + len > WIDTH ? LIST_INDENT : column) + len;
		fprintf(out, " %s", rules_get(r)->id);
	}
	putc('\n', out);
}

/* What failed besides; what fails without the defect, too, is told there. */
static void put_also(FILE *out, const struct matrix *m, const struct run *run)
{
	put_marked(out, m, run, MARK_FOLLOWS, "follows");
	if (!run->defect)
		put_marked(out, m, run, MARK_SHAPE, "raises");
	put_marked(out, m, run, MARK_EXTRA, "UNEXPLAINED");
	put_marked(out, m, run, MARK_STALE, "STALE");
	if (!run->judged)
		fprintf(out, "      NOT JUDGED   exit %d: %s\n", run->status,
			run->broken ? run->broken : "");
	else if (run->broken)
		fprintf(out, "      broken       %s\n", run->broken);
}

static void put_clean(FILE *out, const struct matrix *m)
{
	fprintf(out, "\nWithout a defect (%zu)\n", m->nclean);
	for (size_t i = 0; i < m->nclean; i++) {
		const struct run *run = &m->run[i];

		fprintf(out, "  %-38s holds %3zu  %s\n",
			*run->options ? run->options : "no options",
			matrix_count(run, m->nrules, MARK_HELD), run->what);
		put_also(out, m, run);
	}
}

static void put_defects(FILE *out, const struct matrix *m)
{
	const char *rule = "";

	fprintf(out, "\nDefects (%zu)\n", m->count - m->nclean);
	for (size_t i = m->nclean; i < m->count; i++) {
		const struct run *run = &m->run[i];
		bool caught = matrix_count(run, m->nrules, MARK_CAUGHT);

		fprintf(out, "  %-24s %-*s %s\n",
			strcmp(rule, run->defect->rule) ? run->defect->rule : "", NAME_WIDTH,
			run->defect->name, caught ? "caught" : "MISSED");
		put_also(out, m, run);
		rule = run->defect->rule;
	}
}

static void put_rules(FILE *out, const struct matrix *m)
{
	bool any = false;

	for (size_t r = 0; r < m->nrules; r++) {
		const struct rule_info *rule = rules_get(r);

		if (!rule->unobservable)
			continue;
		if (!any)
			fputs("\nRules that nobody can see broken\n", out);
		any = true;
		fprintf(out, "  %-24s %s\n", rule->id, rule->unobservable);
	}
	fputs("\nWhat clean devices have noted of them\n", out);
	for (size_t i = 0; i < remarks_count; i++)
		fprintf(out, "  %-24s %s\n", remarks[i].rule, remarks[i].why);
}

/* --- the matrix --- */

/* A column between groups of rules. */
static bool begins_group(size_t rule)
{
	return rule && strcmp(rule_group(rules_get(rule)), rule_group(rules_get(rule - 1)));
}

/* IDs stand upright, one letter a line, their ends above the columns. */
static void put_heads(FILE *out, const struct matrix *m)
{
	size_t tall = 0;

	for (size_t r = 0; r < m->nrules; r++)
		if (strlen(rules_get(r)->id) > tall)
			tall = strlen(rules_get(r)->id);
	for (size_t line = 0; line < tall; line++) {
		fprintf(out, "%*s", NAME_WIDTH + 1, "");
		for (size_t r = 0; r < m->nrules; r++) {
			const char *id = rules_get(r)->id;
			size_t skip = tall - strlen(id);

			if (begins_group(r))
				putc(' ', out);
			putc(line < skip ? ' ' : id[line - skip], out);
		}
		putc('\n', out);
	}
}

static void put_line(FILE *out, const struct matrix *m, const struct run *run)
{
	const char *name = run->defect ? run->defect->name : run->options;

	fprintf(out, "%-*.*s ", NAME_WIDTH, NAME_WIDTH, *name ? name : "no options");
	for (size_t r = 0; r < m->nrules; r++) {
		if (begins_group(r))
			putc(' ', out);
		putc(mark_letter[matrix_mark(run, r)], out);
	}
	putc('\n', out);
}

static void put_matrix(FILE *out, const struct matrix *m)
{
	fputs("\nThe matrix: # caught, + follows, . holds, o the shape's own, ! unexplained, "
	      "? listed and does not fail, X missed, blank not exercised\n\n",
	      out);
	put_heads(out, m);
	for (size_t i = 0; i < m->count; i++) {
		if (i == 0 || i == m->nclean)
			putc('\n', out);
		put_line(out, m, &m->run[i]);
	}
}

static void put_sum(FILE *out, const struct matrix *m)
{
	size_t caught = 0, unobservable = 0, follows = 0, extra = 0;

	for (size_t i = m->nclean; i < m->count; i++) {
		caught += matrix_count(&m->run[i], m->nrules, MARK_CAUGHT);
		follows += matrix_count(&m->run[i], m->nrules, MARK_FOLLOWS);
		extra += matrix_count(&m->run[i], m->nrules, MARK_EXTRA);
	}
	for (size_t r = 0; r < m->nrules; r++)
		unobservable += rules_get(r)->unobservable != NULL;
	fprintf(out,
		"vfwalk %s: the kill matrix, profile %s on the model device\n"
		"%zu rules (%zu of them unobservable), %zu defects, %zu clean runs\n"
		"%zu defects caught by the rule that names them, %zu failures that follow, %zu "
		"unexplained\n",
		VFWALK_VERSION, MUTANTS_PROFILE, m->nrules, unobservable, m->count - m->nclean,
		m->nclean, caught, follows, extra);
}

int matrix_text(const struct matrix *m, FILE *out)
{
	put_sum(out, m);
	put_clean(out, m);
	put_defects(out, m);
	put_rules(out, m);
	put_matrix(out, m);
	return ferror(out) ? -EIO : 0;
}
