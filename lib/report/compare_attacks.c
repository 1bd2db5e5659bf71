/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attack matrices of several runs as one: messages down, IOMMUs across. */
#include <stdlib.h>
#include <string.h>

#include <vfwalk/html.h>

#include "attacks.h"
#include "page.h"
#include "side.h"

#define NAME_COLUMNS 34
#define CELL_COLUMNS 11

static bool is_same(const struct attack *a, const struct attack *b)
{
	return !strcmp(a->message, b->message) && !strcmp(a->of, b->of);
}

const struct attack *run_attack(const struct compare_run *run, const struct attack *row)
{
	for (size_t i = 0; i < run->nattack; i++)
		if (is_same(&run->attack[i], row))
			return &run->attack[i];
	return NULL;
}

/* Rows that are not in any run before @run. */
static bool is_new(const struct comparison *comparison, size_t run, const struct attack *row)
{
	for (size_t i = 0; i < run; i++)
		if (run_attack(&comparison->run[i], row))
			return false;
	return true;
}

size_t comparison_attacks(const struct comparison *comparison, const struct attack ***rows)
{
	size_t room = 0, count = 0;
	bool told = false;

	for (size_t i = 0; i < comparison->count; i++)
		room += comparison->run[i].nattack;
	*rows = calloc(room + 1, sizeof(**rows));
	for (size_t i = 0; *rows && i < comparison->count; i++) {
		const struct compare_run *run = &comparison->run[i];

		told |= attacks_told(run->attack, run->nattack);
		for (size_t k = 0; k < run->nattack; k++)
			if (is_new(comparison, i, &run->attack[k]))
				(*rows)[count++] = &run->attack[k];
	}
	return told ? count : 0;
}

/* One word of attack_outcome(), for a column. */
static const char *short_outcome(const struct attack *attack)
{
	const char *outcome = attack ? attack_outcome(attack) : "not tried";

	if (!strncmp(outcome, "blocked, ", 9))
		return outcome + 9;
	return strcmp(outcome, "not tried") ? outcome : "-";
}

/* --- text --- */

static void put_text_row(const struct comparison *comparison, const struct page *page,
			 const struct attack *row)
{
	char name[64];

	attack_name(row, name, sizeof(name));
	fprintf(page->out, "  %-*s", NAME_COLUMNS, name);
	for (size_t i = 0; i < comparison->count; i++) {
		const struct attack *attack = run_attack(&comparison->run[i], row);

		styled(page, attack ? style_of(attack_verdict(attack)) : PLAIN, "%s",
		       short_outcome(attack));
		if (i + 1 < comparison->count)
			fprintf(page->out, "%*s", CELL_COLUMNS - (int)strlen(short_outcome(attack)),
				"");
	}
	putc('\n', page->out);
}

void attacks_text(const struct comparison *comparison, const struct page *page)
{
	const struct attack **rows;
	size_t count = comparison_attacks(comparison, &rows);

	if (count) {
		put_title(page,
			  "Attacks: what became of each message (blocked: reported or silent)");
		fprintf(page->out, "%*s", NAME_COLUMNS + 2, "");
		for (size_t i = 0; i < comparison->count; i++)
			fprintf(page->out, "[%zu]%*s", i + 1, CELL_COLUMNS - 3 - (i >= 9), "");
		fprintf(page->out, "\n  %-*s", NAME_COLUMNS, "IOMMU");
		for (size_t i = 0; i < comparison->count; i++)
			fprintf(page->out, "%-*s", CELL_COLUMNS, comparison->run[i].iommu);
		putc('\n', page->out);
	}
	for (size_t i = 0; i < count; i++)
		put_text_row(comparison, page, rows[i]);
	free(rows);
}

/* --- HTML --- */

static void put_html_cell(FILE *out, const struct attack *attack)
{
	char counts[256] = "";

	if (attack)
		attack_counts(attack, counts, sizeof(counts));
	fprintf(out, "<td class=\"%s\"",
		attack ? verdict_name(attack_verdict(attack)) : verdict_name(VERDICT_NOT_RUN));
	html_attribute(out, "title", counts);
	putc('>', out);
	html_text(out, attack ? attack_outcome(attack) : "");
	fputs("</td>", out);
}

static void put_html_head(const struct comparison *comparison, FILE *out)
{
	fputs("<thead><tr><th class=\"corner\">message</th>", out);
	for (size_t i = 0; i < comparison->count; i++) {
		fputs("<th><b>", out);
		html_text(out, comparison->run[i].lab);
		fputs("</b><small>IOMMU ", out);
		html_text(out, comparison->run[i].iommu);
		fputs("</small></th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
}

void attacks_html(const struct comparison *comparison, FILE *out)
{
	const struct attack **rows;
	size_t count = comparison_attacks(comparison, &rows);

	if (count) {
		fputs("<section id=\"attacks\"><h2>Attacks: what became of each "
		      "message</h2>\n<table>\n",
		      out);
		put_html_head(comparison, out);
	}
	for (size_t i = 0; i < count; i++) {
		char name[64];

		attack_name(rows[i], name, sizeof(name));
		fputs("<tr><th><span>", out);
		html_text(out, name);
		fputs("</span></th>", out);
		for (size_t k = 0; k < comparison->count; k++)
			put_html_cell(out, run_attack(&comparison->run[k], rows[i]));
		fputs("</tr>\n", out);
	}
	if (count)
		fputs("</tbody>\n</table></section>\n", out);
	free(rows);
}

/* --- Markdown --- */

void attacks_markdown(const struct comparison *comparison, FILE *out)
{
	const struct attack **rows;
	size_t count = comparison_attacks(comparison, &rows);

	if (count) {
		fputs("\n| message", out);
		for (size_t i = 0; i < comparison->count; i++)
			fprintf(out, " | IOMMU %s", comparison->run[i].iommu);
		fputs(" |\n|---", out);
		for (size_t i = 0; i < comparison->count; i++)
			fputs("|---", out);
		fputs("|\n", out);
	}
	for (size_t i = 0; i < count; i++) {
		char name[64];

		attack_name(rows[i], name, sizeof(name));
		fprintf(out, "| %s", name);
		for (size_t k = 0; k < comparison->count; k++) {
			const struct attack *attack = run_attack(&comparison->run[k], rows[i]);

			fprintf(out, " | %s", attack ? attack_outcome(attack) : "");
		}
		fputs(" |\n", out);
	}
	free(rows);
}
