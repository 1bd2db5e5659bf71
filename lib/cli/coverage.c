/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What records say of each rule: where it was exercised, and with which verdicts. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static char *header_text(const struct judge *judge, const char *key)
{
	const char *text = json_string_value(json_object_get(judge_header(judge), key));

	return text ? strdup(text) : NULL;
}

static bool copy_scenarios(const struct judge *judge, size_t rule, struct covered_rule *covered)
{
	char *const *scenarios;
	size_t count = judge_tried(judge, rule, &scenarios);

	covered->scenario = calloc(count + 1, sizeof(*covered->scenario));
	if (!covered->scenario)
		return false;
	for (size_t i = 0; i < count; i++)
		covered->scenario[covered->count++] = strdup(scenarios[i]);
	return true;
}

/* A failure that the lab's own baseline excuses is known, as in a report. */
static enum verdict verdict_of(struct judge *judge, struct baseline *baseline,
			       const struct finding *finding)
{
	return baseline_reason(baseline, finding, judge_device(judge, finding->fn),
			       judge_is_vf(judge, finding->fn), judge_header(judge))
		       ? VERDICT_KNOWN
		       : finding->verdict;
}

static bool take(struct judge *judge, struct covered *run)
{
	const struct judging_options none = {0};
	struct baseline *baseline = NULL;
	struct finding *finding;
	size_t count = judge_findings(judge, &finding), rule = 0;

	run->target = header_text(judge, "target");
	run->profile = header_text(judge, "profile");
	run->lab = header_text(judge, "lab");
	run->rule = calloc(rules_count(), sizeof(*run->rule));
	if (!run->rule || baselines_load(&none, run->lab, &baseline))
		return false;
	for (size_t i = 0; i < count; i++) {
		while (rules_get(rule) != finding[i].rule)
			rule++;
		run->rule[rule].by_verdict[verdict_of(judge, baseline, &finding[i])]++;
	}
	baseline_free(baseline);
	for (rule = 0; rule < rules_count(); rule++)
		if (!copy_scenarios(judge, rule, &run->rule[rule]))
			return false;
	return true;
}

int coverage_add(struct coverage *coverage, const char *path)
{
	struct covered *grown =
		realloc(coverage->run, (coverage->count + 1) * sizeof(*coverage->run));
	struct judge *judge = judge_new();
	int status = EXIT_BROKEN;

	if (grown)
		coverage->run = grown;
	if (!grown || !judge) {
		warnx("out of memory");
	} else if (!record_feed(judge, path)) {
		struct covered *run = &grown[coverage->count++];

		*run = (struct covered){.path = path};
		status = take(judge, run) ? 0 : EXIT_BROKEN;
	}
	judge_free(judge);
	return status;
}

static void run_free(struct covered *run)
{
	for (size_t r = 0; run->rule && r < rules_count(); r++) {
		for (size_t i = 0; i < run->rule[r].count; i++)
			free(run->rule[r].scenario[i]);
		free(run->rule[r].scenario);
	}
	free(run->rule);
	free(run->target);
	free(run->profile);
	free(run->lab);
}

void coverage_free(struct coverage *coverage)
{
	for (size_t i = 0; i < coverage->count; i++)
		run_free(&coverage->run[i]);
	free(coverage->run);
}

bool is_covered(const struct coverage *coverage, size_t rule)
{
	for (size_t i = 0; i < coverage->count; i++)
		if (coverage->run[i].rule[rule].count)
			return true;
	return false;
}
