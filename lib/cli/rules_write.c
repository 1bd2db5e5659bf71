/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The catalogue as a table for people, as Markdown and as JSON. */
#include <stdlib.h>
#include <string.h>

#include <vfwalk/version.h>

#include "report/page.h"

#include "cli.h"

#define INDENT 4

const struct sim_defect *defect_of(const struct rule_info *rule, size_t *at)
{
	size_t count;
	const struct sim_defect *defects = sim_defects(&count);

	while (*at < count) {
		const struct sim_defect *defect = &defects[(*at)++];

		if (!strcmp(defect->rule, rule->id))
			return defect;
	}
	return NULL;
}

bool is_unkilled(const struct rule_info *rule)
{
	size_t at = 0;

	return !rule->unobservable && !defect_of(rule, &at);
}

/* "a, b, c": the defects that the rule catches; to be freed. */
static char *defect_names(const struct rule_info *rule)
{
	const struct sim_defect *defect;
	char *text = NULL;
	size_t size, at = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	while ((defect = defect_of(rule, &at)))
		fprintf(out, "%s%s", ftell(out) > 0 ? ", " : "", defect->name);
	return fclose(out) ? NULL : text;
}

/* "pass 3, skip 1" */
static void put_verdicts(FILE *out, const struct covered_rule *rule)
{
	const char *comma = "";

	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (!rule->by_verdict[v])
			continue;
		fprintf(out, "%s%s %lu", comma, verdict_name((enum verdict)v), rule->by_verdict[v]);
		comma = ", ";
	}
}

/* "linux, lab nvme-intel, profile quick: pass 3, skip 1; in config: ...; resize: ..." */
static char *run_words(const struct covered *run, size_t rule)
{
	const struct covered_rule *covered = &run->rule[rule];
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "%s%s%s, profile %s: ", run->target ? run->target : "?",
		run->lab ? ", lab " : "", run->lab ? run->lab : "",
		run->profile ? run->profile : "?");
	put_verdicts(out, covered);
	for (size_t i = 0; i < covered->count; i++)
		fprintf(out, "; %s", covered->scenario[i]);
	return fclose(out) ? NULL : text;
}

/* --- table --- */

static void table_row(const struct rule_info *rule)
{
	printf("%-22s %-7s %s\n", rule->id, severity_name(rule->severity), rule->title);
}

static void put_line(const char *label, const char *text)
{
	printf("%*s%-11s", INDENT, "", label);
	put_wrapped(stdout, INDENT + 11, text ? text : "?");
}

static void table_coverage(const struct rules_list *list, size_t rule)
{
	const struct rule_info *info = rules_get(rule);
	char *names = defect_names(info);

	table_row(info);
	if (info->unobservable)
		put_line("unseen", info->unobservable);
	else
		put_line("needs", info->needs);
	if (names && *names)
		put_line("catches", names);
	else if (!info->unobservable)
		put_line("catches", "NOTHING: no defect of the model device breaks it");
	free(names);
	for (size_t i = 0; i < list->coverage.count; i++) {
		char *words = run_words(&list->coverage.run[i], rule);

		put_line("exercised", words);
		free(words);
	}
}

/* What has been told, in numbers; and which rules no record exercised. */
static void table_sum(const struct rules_list *list)
{
	size_t all = 0, unobservable = 0, unkilled = 0, covered = 0, never = 0;

	for (size_t r = 0; r < rules_count(); r++) {
		if (!list->chosen[r])
			continue;
		all++;
		unobservable += rules_get(r)->unobservable != NULL;
		unkilled += is_unkilled(rules_get(r));
		covered += is_covered(&list->coverage, r);
	}
	printf("\n%zu rules: %zu catch a defect of the model device, %zu are unobservable, %zu "
	       "catch none\n",
	       all, all - unobservable - unkilled, unobservable, unkilled);
	if (!list->coverage.count)
		return;
	printf("%zu of them were exercised in what was given\n", covered);
	for (size_t r = 0; r < rules_count(); r++)
		if (list->chosen[r] && !is_covered(&list->coverage, r) &&
		    !rules_get(r)->unobservable)
			printf("%s %s", never++ ? "" : "not exercised:", rules_get(r)->id);
	if (never)
		putchar('\n');
}

void rules_table(const struct rules_list *list)
{
	for (size_t r = 0; r < rules_count(); r++) {
		if (list->chosen[r] && list->with_coverage)
			table_coverage(list, r);
		else if (list->chosen[r])
			table_row(rules_get(r));
	}
	if (list->with_sources)
		source_rules_table(list->sources);
	if (list->with_coverage)
		table_sum(list);
}

/* --- Markdown --- */

/* A cell: a bar would end it. */
static void put_markdown(const char *text)
{
	for (; text && *text; text++) {
		if (*text == '|' || *text == '<' || *text == '*' || *text == '_')
			putchar('\\');
		putchar(*text);
	}
}

static void markdown_row(const struct rules_list *list, size_t rule)
{
	const struct rule_info *info = rules_get(rule);
	char *names = defect_names(info);

	printf("| %s | %s | ", info->id, severity_name(info->severity));
	put_markdown(info->title);
	fputs(" | ", stdout);
	put_markdown(info->clause);
	fputs(" | ", stdout);
	put_markdown(info->unobservable ? "unobservable: " : info->needs);
	put_markdown(info->unobservable);
	fputs(" | ", stdout);
	put_markdown(names);
	free(names);
	for (size_t i = 0; i < list->coverage.count; i++) {
		char *words = run_words(&list->coverage.run[i], rule);

		fputs(" | ", stdout);
		put_markdown(words);
		free(words);
	}
	puts(" |");
}

void rules_markdown(const struct rules_list *list)
{
	const char *group = "";

	for (size_t r = 0; r < rules_count(); r++) {
		const char *its = rule_group(rules_get(r));

		if (!list->chosen[r])
			continue;
		if (strcmp(group, its)) {
			printf("%s## %s\n\n| Rule | Severity | What must hold | Clause | Needs | "
			       "Catches |",
			       *group ? "\n" : "", its);
			for (size_t i = 0; i < list->coverage.count; i++)
				printf(" In %s |", list->coverage.run[i].path);
			printf("\n|---|---|---|---|---|---|");
			for (size_t i = 0; i < list->coverage.count; i++)
				fputs("---|", stdout);
			putchar('\n');
		}
		group = its;
		markdown_row(list, r);
	}
	if (list->with_sources)
		source_rules_markdown(list->sources);
}

/* --- JSON --- */

static json_t *string_or_null(const char *text)
{
	json_t *value = text ? json_string(text) : NULL;

	return value ? value : json_null();
}

static json_t *json_defects(const struct rule_info *rule)
{
	const struct sim_defect *defect;
	json_t *list = json_array();
	size_t at = 0;

	while ((defect = defect_of(rule, &at)))
		json_array_append_new(list, json_pack("{s:s,s:s,s:o,s:o}", "name", defect->name,
						      "what", defect->what, "options",
						      string_or_null(defect->options), "bug",
						      string_or_null(defect->bug)));
	return list;
}

static json_t *json_limits(const struct rule_info *rule)
{
	json_t *list = json_array();
	const char *limit;

	for (size_t i = 0; (limit = rule_limit(rule, i)); i++)
		json_array_append_new(list, json_string(limit));
	return list;
}

static json_t *json_run(const struct covered *run, size_t rule)
{
	const struct covered_rule *covered = &run->rule[rule];
	json_t *verdicts = json_object(), *scenarios = json_array();

	for (int v = 0; v < VERDICT_COUNT; v++)
		if (covered->by_verdict[v])
			json_object_set_new(verdicts, verdict_name((enum verdict)v),
					    json_integer((json_int_t)covered->by_verdict[v]));
	for (size_t i = 0; i < covered->count; i++)
		json_array_append_new(scenarios, string_or_null(covered->scenario[i]));
	return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o}", "record", run->path, "target",
			 string_or_null(run->target), "lab", string_or_null(run->lab), "profile",
			 string_or_null(run->profile), "verdicts", verdicts, "scenarios",
			 scenarios);
}

static json_t *json_rule(const struct rules_list *list, size_t rule)
{
	const struct rule_info *info = rules_get(rule);
	const struct rule_advice *advice = rule_advice(info->id);
	json_t *runs = json_array();

	for (size_t i = 0; i < list->coverage.count; i++)
		json_array_append_new(runs, json_run(&list->coverage.run[i], rule));
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "rule", info->id,
			 "group", rule_group(info), "severity", severity_name(info->severity),
			 "title", info->title, "clause", info->clause, "needs", info->needs,
			 "skipped_where", json_limits(info), "unobservable",
			 string_or_null(info->unobservable), "remark", string_or_null(info->remark),
			 "why", string_or_null(advice ? advice->why : NULL), "engineer",
			 string_or_null(advice ? advice->engineer : NULL), "operator",
			 string_or_null(advice ? advice->operator: NULL), "defects",
			 json_defects(info), "runs", runs);
}

void rules_json(const struct rules_list *list)
{
	json_t *rules = json_array(), *root;

	for (size_t r = 0; r < rules_count(); r++)
		if (list->chosen[r])
			json_array_append_new(rules, json_rule(list, r));
	if (list->with_sources)
		source_rules_json(list->sources, rules);
	root = json_pack("{s:s,s:o}", "vfwalk", VFWALK_VERSION, "rules", rules);
	json_dumpf(root, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(root);
}
