/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Laying runs side by side: what each said of a rule, and in which rules they differ. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "side.h"

#define BIT(verdict) (1u << (verdict))
#define UNJUDGED     (BIT(VERDICT_SKIP) | BIT(VERDICT_NOT_RUN))

static const struct compare_format formats[] = {
	{"text", compare_text},
	{"markdown", compare_markdown},
	{"html", compare_html},
};

const struct compare_format *compare_find(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

/* --- cells --- */

unsigned cell_verdicts(const struct compare_cell *cell)
{
	unsigned mask = 0;

	for (int v = 0; v < VERDICT_COUNT; v++)
		if (cell->by_verdict[v])
			mask |= BIT(v);
	if (mask & ~UNJUDGED)
		return mask & ~UNJUDGED;
	return mask & BIT(VERDICT_NOT_RUN) ? BIT(VERDICT_NOT_RUN) : mask;
}

enum verdict cell_worst(const struct compare_cell *cell)
{
	unsigned mask = cell_verdicts(cell);

	for (size_t i = 0; i < VERDICT_COUNT; i++)
		if (mask & BIT(verdicts_by_weight[i]))
			return verdicts_by_weight[i];
	return VERDICT_NOT_RUN;
}

size_t cell_text(const struct compare_cell *cell, char *text, size_t size)
{
	unsigned mask = cell_verdicts(cell);
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < VERDICT_COUNT && used < size; i++)
		if (mask & BIT(verdicts_by_weight[i]))
			used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "",
						 verdict_name(verdicts_by_weight[i]));
	return used;
}

/* The verdicts of functions that were judged. */
static unsigned judged(const struct compare_cell *cell)
{
	return cell_verdicts(cell) & ~UNJUDGED;
}

bool comparison_differs(const struct comparison *comparison, size_t rule)
{
	for (size_t i = 1; i < comparison->count; i++)
		if (judged(&comparison->run[i].cell[rule]) !=
		    judged(&comparison->run[0].cell[rule]))
			return true;
	return false;
}

bool comparison_tells(const struct comparison *comparison, size_t rule)
{
	if (comparison->chosen && !comparison->chosen[rule])
		return false;
	return !comparison->different_only || comparison_differs(comparison, rule);
}

bool comparison_begins_group(const struct comparison *comparison, size_t rule)
{
	const char *group = rule_group(rules_get(rule));

	while (rule-- && !strcmp(rule_group(rules_get(rule)), group))
		if (comparison_tells(comparison, rule))
			return false;
	return true;
}

size_t comparison_told(const struct comparison *comparison)
{
	size_t told = 0;

	for (size_t r = 0; r < rules_count(); r++)
		told += comparison_tells(comparison, r);
	return told;
}

size_t comparison_different(const struct comparison *comparison)
{
	size_t different = 0;

	for (size_t r = 0; r < rules_count(); r++)
		different += comparison_tells(comparison, r) && comparison_differs(comparison, r);
	return different;
}

void run_machine(const struct compare_run *run, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s%s", *run->kernel ? "Linux " : "", run->kernel,
		 *run->qemu ? ", QEMU " : "", run->qemu);
}

/* --- adding a run --- */

static unsigned weight(enum verdict verdict)
{
	unsigned place = 0;

	while (verdicts_by_weight[place] != verdict)
		place++;
	return VERDICT_COUNT - place;
}

/* What a reader asks of a finding: what was seen, or why it was not judged. */
static const char *said_of(const struct finding *finding)
{
	return finding->failed && finding->seen ? finding->seen : finding->reason;
}

static int take_finding(struct compare_cell *cell, const struct finding *finding)
{
	const char *said = said_of(finding);
	char *copy;

	/* Until it is counted, cell_worst() is of those before. */
	if (cell_verdicts(cell) && weight(finding->verdict) <= weight(cell_worst(cell))) {
		cell->by_verdict[finding->verdict]++;
		return 0;
	}
	cell->by_verdict[finding->verdict]++;
	copy = said ? strdup(said) : NULL;
	if (said && !copy)
		return -ENOMEM;
	free(cell->said);
	cell->said = copy;
	snprintf(cell->fn, sizeof(cell->fn), "%s", finding->fn);
	return 0;
}

static int take_findings(struct compare_run *run, const struct report *report)
{
	size_t rule = 0;
	int err = 0;

	for (size_t i = 0; i < report->count && !err; i++) {
		while (rules_get(rule) != report->finding[i].rule)
			rule++;
		err = take_finding(&run->cell[rule], &report->finding[i]);
	}
	return err;
}

static void run_free(struct compare_run *run)
{
	for (size_t r = 0; run->cell && r < rules_count(); r++)
		free(run->cell[r].said);
	free(run->cell);
	free(run->iommu);
	free(run->attack);
	free(run->record);
	free(run->link);
	free(run->lab);
	free(run->shape);
	free(run->kernel);
	free(run->qemu);
	free(run->profile);
	free(run->made);
	free(run->broken);
}

/* A copy in @to of @text, which may be NULL; false out of memory. */
static bool keep(char **to, const char *text)
{
	*to = text ? strdup(text) : NULL;
	return *to || !text;
}

/* Their words outlive the judge: none is made for one run. */
static bool keep_attacks(struct compare_run *run, const struct report *report)
{
	size_t size = report->nattack * sizeof(*run->attack);

	run->attack = malloc(size ? size : 1);
	if (!run->attack)
		return false;
	if (size)
		memcpy(run->attack, report->attack, size);
	run->nattack = report->nattack;
	return true;
}

static int run_fill(struct compare_run *run, const struct report *report, const char *link)
{
	const char *lab = header_str(report, NULL, "lab"), *sim = header_str(report, NULL, "sim");

	run->exit = report->exit;
	memcpy(run->summary, report->summary, sizeof(run->summary));
	run->cell = calloc(rules_count(), sizeof(*run->cell));
	if (!run->cell || !keep(&run->record, report->record) || !keep(&run->link, link) ||
	    !keep(&run->lab, *lab ? lab : header_str(report, NULL, "target")) ||
	    !keep(&run->shape, *sim ? sim : NULL) ||
	    !keep(&run->kernel, header_str(report, "machine", "kernel")) ||
	    !keep(&run->qemu, header_str(report, "machine", "qemu")) ||
	    !keep(&run->profile, header_str(report, NULL, "profile")) ||
	    !keep(&run->made, header_str(report, NULL, "time")) ||
	    !keep(&run->broken, report->broken) ||
	    !keep(&run->iommu, header_str(report, "iommu", "kind")) || !keep_attacks(run, report))
		return -ENOMEM;
	return take_findings(run, report);
}

int comparison_add(struct comparison *comparison, const struct report *report, const char *link)
{
	struct compare_run *grown =
		realloc(comparison->run, (comparison->count + 1) * sizeof(*comparison->run));
	struct compare_run *run;
	int err;

	if (!grown)
		return -ENOMEM;
	comparison->run = grown;
	run = &grown[comparison->count];
	*run = (struct compare_run){0};
	err = run_fill(run, report, link);
	if (err)
		run_free(run);
	else
		comparison->count++;
	return err;
}

void comparison_free(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++)
		run_free(&comparison->run[i]);
	free(comparison->run);
	comparison->run = NULL;
	comparison->count = 0;
}
