/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings that outlive their module. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results.h"

static bool is_told(const struct text *text, const struct file *file, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (file[i].path == text->path)
			return file[i].is_told;
	return false;
}

/* The comment on @line or the one before that names @rule. */
static const char *ignored_by(const struct text *text, unsigned line, const char *rule)
{
	for (const struct ignored *ignored = text->ignored; ignored; ignored = ignored->next) {
		const char *at = strstr(ignored->words, rule);
		char end = at ? at[strlen(rule)] : '\0';

		if (at && !(end >= 'A' && end <= 'Z') && end != '-' &&
		    (ignored->line == line || ignored->line + 1 == line))
			return ignored->words + strspn(ignored->words, " \t");
	}
	return NULL;
}

static void take_steps(struct source_finding *finding, const struct step *steps)
{
	size_t count = 0, at;

	for (const struct step *step = steps; step; step = step->prev)
		count++;
	finding->step = calloc(count + 1, sizeof(*finding->step));
	if (!finding->step)
		return;
	finding->nstep = at = count;
	for (const struct step *step = steps; step; step = step->prev)
		finding->step[--at] = (struct source_step){
			strdup(step->func->text->path), text_line(step->func->text, step->at),
			text_column(step->func->text, step->at), strdup(step->note)};
}

static void take(struct source_scan *scan, const struct module *m, const struct found *found)
{
	const struct text *text = found->func->text;
	struct source_finding *grown = realloc(scan->finding, (scan->count + 1) * sizeof(*grown));
	struct source_finding *finding;
	const char *ignored;

	if (!grown)
		return;
	scan->finding = grown;
	finding = &grown[scan->count++];
	*finding = (struct source_finding){
		.rule = source_rule_find(found->rule),
		.path = strdup(text->path),
		.function = strdup(found->func->name),
		.message = strdup(found->message),
		.line = text_line(text, found->at),
		.column = text_column(text, found->at),
	};
	finding->level = finding->rule->level;
	if (m->is_vf && finding->rule->worse_in_vf)
		finding->level = LEVEL_WARNING;
	ignored = ignored_by(text, finding->line, found->rule);
	finding->ignored = ignored ? strdup(ignored) : NULL;
	take_steps(finding, found->steps);
}

void results_add(struct source_scan *scan, const struct module *m, const struct file *file,
		 size_t count)
{
	for (const struct found *found = m->found; found; found = found->next)
		if (is_told(found->func->text, file, count))
			take(scan, m, found);
}

void complain_lost(struct source_scan *scan, const struct module *m)
{
	char what[96];

	for (size_t i = 0; i < m->ntext; i++) {
		if (!m->text[i]->lost_line)
			continue;
		snprintf(what, sizeof(what),
			 "line %u: a brace that never closes: what follows was not looked at",
			 m->text[i]->lost_line);
		complain(scan, m->text[i]->path, what);
	}
}

static int by_place(const void *a, const void *b)
{
	const struct source_finding *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	if (!order)
		order = x->line < y->line ? -1 : x->line > y->line;
	if (!order)
		order = strcmp(x->rule->id, y->rule->id);
	return order ? order : (x->column > y->column) - (x->column < y->column);
}

static void finding_free(struct source_finding *finding)
{
	for (size_t i = 0; i < finding->nstep; i++) {
		free(finding->step[i].path);
		free(finding->step[i].text);
	}
	free(finding->step);
	free(finding->path);
	free(finding->function);
	free(finding->message);
	free(finding->ignored);
}

void results_sort(struct source_scan *scan)
{
	size_t kept = 0;

	if (!scan->count)
		return;
	qsort(scan->finding, scan->count, sizeof(*scan->finding), by_place);
	for (size_t i = 0; i < scan->count; i++) {
		if (kept && !by_place(&scan->finding[kept - 1], &scan->finding[i]))
			finding_free(&scan->finding[i]);
		else
			scan->finding[kept++] = scan->finding[i];
	}
	scan->count = kept;
}

void source_scan_free(struct source_scan *scan)
{
	for (size_t i = 0; i < scan->count; i++)
		finding_free(&scan->finding[i]);
	for (size_t i = 0; i < scan->ncomplaint; i++) {
		free(scan->complaint[i].path);
		free(scan->complaint[i].what);
	}
	free(scan->finding);
	free(scan->complaint);
	free(scan);
}
