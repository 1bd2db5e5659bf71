/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs side by side for people: who they are, the table, and, rule by rule, what was seen where
 * they differ. Columns are headed by a number, since labs, kernels and QEMUs together are too wide.
 */
#include <string.h>

#include "page.h"
#include "side.h"

#define RULE_COLUMNS 36 /* mark, ID, severity */

struct side {
	struct page page;
	const struct comparison *comparison;
	size_t width; /* of a column */
};

static void put_runs(const struct side *side)
{
	for (size_t i = 0; i < side->comparison->count; i++) {
		const struct compare_run *run = &side->comparison->run[i];
		char number[24], machine[128];

		snprintf(number, sizeof(number), "[%zu]", i + 1);
		run_machine(run, machine, sizeof(machine));
		put_fieldf(&side->page, number, "%s%s%s, profile %s, exit %d%s%s", run->lab,
			   run->shape ? " " : "", run->shape ? run->shape : "", run->profile,
			   run->exit, *machine ? "\n" : "", machine);
		put_fieldf(&side->page, "", "%s", run->record);
		if (run->broken)
			put_fieldf(&side->page, "", "broken: %s", run->broken);
	}
}

static size_t widest_cell(const struct comparison *comparison)
{
	size_t widest = 0;

	for (size_t r = 0; r < rules_count(); r++)
		for (size_t i = 0; i < comparison->count && comparison_tells(comparison, r); i++) {
			char text[128];
			size_t width = cell_text(&comparison->run[i].cell[r], text, sizeof(text));

			widest = width > widest ? width : widest;
		}
	return widest;
}

/* --- the table --- */

/* The name of a lab under its number, where it fits. */
static void put_heads(const struct side *side)
{
	fprintf(side->page.out, "\n%*s", RULE_COLUMNS, "");
	for (size_t i = 0; i < side->comparison->count; i++)
		fprintf(side->page.out, "[%zu]%*s", i + 1, (int)side->width - 3 - (i >= 9), "");
	putc('\n', side->page.out);
}

static void put_row(const struct side *side, size_t rule)
{
	const struct rule_info *info = rules_get(rule);
	const struct comparison *comparison = side->comparison;

	fprintf(side->page.out, "%c %-24s %-9s", comparison_differs(comparison, rule) ? '*' : ' ',
		info->id, severity_name(info->severity));
	for (size_t i = 0; i < comparison->count; i++) {
		const struct compare_cell *cell = &comparison->run[i].cell[rule];
		bool last = i + 1 == comparison->count;
		char text[128];
		size_t len = cell_text(cell, text, sizeof(text));

		styled(&side->page, style_of(cell_worst(cell)), "%s", text);
		fprintf(side->page.out, "%*s", last ? 0 : (int)(side->width - len), "");
	}
	putc('\n', side->page.out);
}

static void put_table(const struct side *side)
{
	for (size_t r = 0; r < rules_count(); r++) {
		if (!comparison_tells(side->comparison, r))
			continue;
		if (comparison_begins_group(side->comparison, r))
			put_title(&side->page, rule_group(rules_get(r)));
		put_row(side, r);
	}
}

/* --- differences --- */

static bool says_the_same(const struct compare_cell *a, const struct compare_cell *b)
{
	return cell_verdicts(a) == cell_verdicts(b) && !a->said == !b->said &&
	       (!a->said || !strcmp(a->said, b->said));
}

/* What run @i says, and which others say the same; nothing where one before it does. */
static void put_cell_said(const struct side *side, size_t i, size_t rule)
{
	const struct compare_run *run = side->comparison->run;
	const struct compare_cell *cell = &run[i].cell[rule];
	char number[24], text[128], others[256] = "";
	size_t used = 0;

	for (size_t k = 0; k < i; k++)
		if (says_the_same(&run[k].cell[rule], cell))
			return;
	for (size_t k = i + 1; k < side->comparison->count; k++)
		if (says_the_same(&run[k].cell[rule], cell) && used < sizeof(others))
			used += (size_t)snprintf(others + used, sizeof(others) - used, " [%zu]",
						 k + 1);
	snprintf(number, sizeof(number), "[%zu]", i + 1);
	cell_text(cell, text, sizeof(text));
	put_fieldf(&side->page, number, "%s%s%s%s%s%s%s%s", text,
		   cell->said && *cell->fn ? ", " : "", cell->said ? cell->fn : "",
		   cell->said ? ": " : "", cell->said ? cell->said : "", *others ? " (also" : "",
		   others, *others ? ")" : "");
}

static void put_differences(const struct side *side)
{
	const struct comparison *comparison = side->comparison;

	if (comparison_different(comparison))
		put_title(&side->page, "Where they differ");
	for (size_t r = 0; r < rules_count(); r++) {
		const struct rule_info *info = rules_get(r);
		char text[512];

		if (!comparison_tells(comparison, r) || !comparison_differs(comparison, r))
			continue;
		snprintf(text, sizeof(text), "%s (%s): %s", info->id, severity_name(info->severity),
			 info->title);
		put_indented(&side->page, 2, text);
		for (size_t i = 0; i < comparison->count; i++)
			put_cell_said(side, i, r);
	}
}

int compare_text(const struct comparison *comparison, FILE *out)
{
	const struct side side = {
		.page = {.out = out, .color = comparison->color},
		.comparison = comparison,
		.width = widest_cell(comparison) + 2 > 6 ? widest_cell(comparison) + 2 : 6,
	};

	put_runs(&side);
	put_heads(&side);
	put_table(&side);
	attacks_text(comparison, &side.page);
	put_differences(&side);
	fprintf(out, "\n%zu rules, %zu of them marked *: runs differ\n",
		comparison_told(comparison), comparison_different(comparison));
	return report_flush(out);
}
