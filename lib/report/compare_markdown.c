/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs side by side as one table in Markdown, for a document of somebody's own. */
#include <string.h>

#include "common.h"
#include "side.h"

/* Names come from a record: nothing in them is markup. */
static void put_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_[]<>|#", *text))
			putc('\\', out);
		putc((unsigned char)*text < ' ' ? ' ' : *text, out);
	}
}

static void put_head(FILE *out, const struct compare_run *run)
{
	fputs(" | ", out);
	put_text(out, run->lab);
	if (run->shape) {
		putc(' ', out);
		put_text(out, run->shape);
	}
	if (*run->kernel) {
		fputs("<br>Linux ", out);
		put_text(out, run->kernel);
	}
	if (*run->qemu) {
		fputs("<br>QEMU ", out);
		put_text(out, run->qemu);
	}
}

static void put_row(const struct comparison *comparison, size_t rule, FILE *out)
{
	const struct rule_info *info = rules_get(rule);
	const char *mark = comparison_differs(comparison, rule) ? "**" : "";

	fprintf(out, "| %s%s%s | %s", mark, info->id, mark, severity_name(info->severity));
	for (size_t i = 0; i < comparison->count; i++) {
		char text[128];

		cell_text(&comparison->run[i].cell[rule], text, sizeof(text));
		fprintf(out, " | %s", text);
	}
	fputs(" |\n", out);
}

int compare_markdown(const struct comparison *comparison, FILE *out)
{
	fputs("| rule | severity", out);
	for (size_t i = 0; i < comparison->count; i++)
		put_head(out, &comparison->run[i]);
	fputs(" |\n|---|---", out);
	for (size_t i = 0; i < comparison->count; i++)
		fputs("|---", out);
	fputs("|\n", out);
	for (size_t r = 0; r < rules_count(); r++)
		if (comparison_tells(comparison, r))
			put_row(comparison, r, out);
	attacks_markdown(comparison, out);
	return report_flush(out);
}
