/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `vfwalk explain`: all there is to tell of a rule, with a violation as the tool prints it. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/source.h>

#include "report/page.h"

#include "cli.h"

struct explain_args {
	struct words rules;
	bool no_example;
};

static const struct argp_option options[] = {
	{"no-example", 'n', NULL, 0, "do not walk the model device to show a violation", 0},
	ARGS_COMMON};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct explain_args *args = state->input;

	if (key == 'n') {
		args->no_example = true;
		return 0;
	}
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (!rules_find(arg) && !source_rule_find(arg)) {
		warnx("unknown rule \"%s\": `vfwalk rules` lists them", arg);
		return EINVAL;
	}
	return words_add(&args->rules, arg) ? 0 : ENOMEM;
}

static const struct argp argp = {
	options,
	parse,
	"RULE...",
	"Tells of a rule what must hold and where that is written, why, what to do about it, what "
	"a "
	"run must see to judge it, and which defects of the model device it catches."
	"\vThe violation at the end is made for the purpose: the model device is walked with such "
	"a defect, which takes a second.",
	NULL,
	NULL,
	NULL};

static void put_limits(const struct page *page, const struct rule_info *rule)
{
	const char *limit;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	for (size_t i = 0; (limit = rule_limit(rule, i)); i++)
		fprintf(out, "%s%s", i ? "; " : "", limit);
	if (!fclose(out))
		put_field(page, "skipped", text);
	free(text);
}

static void put_defects(const struct page *page, const struct rule_info *rule)
{
	const struct sim_defect *defect;
	size_t at = 0;
	bool any = false;

	while ((defect = defect_of(rule, &at))) {
		put_fieldf(page, any ? "" : "catches", "%s: %s%s%s%s", defect->name, defect->what,
			   defect->bug ? " (" : "", defect->bug ? defect->bug : "",
			   defect->bug ? ")" : "");
		any = true;
	}
	if (!any && !rule->unobservable)
		put_field(page, "catches",
			  "no defect of the model device: it was not shown to fail");
}

static void put_rule(const struct page *page, const struct rule_info *rule)
{
	const struct rule_advice *advice = rule_advice(rule->id);

	styled(page, BOLD, "%s", rule->id);
	printf("  %s  %s\n  ", severity_name(rule->severity), rule_group(rule));
	put_wrapped(stdout, 2, rule->title);
	putchar('\n');
	put_field(page, "clause", rule->clause);
	if (advice) {
		put_field(page, "why", advice->why);
		put_field(page, "engineer", advice->engineer);
		put_field(page, "operator", advice->operator);
	}
	put_field(page, "needs", rule->needs);
	put_limits(page, rule);
	put_field(page, "unseen", rule->unobservable);
	put_field(page, "remark", rule->remark);
	put_defects(page, rule);
}

static void put_example(const struct page *page, const struct rule_info *rule)
{
	size_t at = 0;
	const struct sim_defect *defect = defect_of(rule, &at);
	const char *why;

	if (!defect)
		return;
	printf("\n  A violation, as a report tells it:\n");
	why = example_show(rule, defect);
	if (why)
		put_field(page, "not shown", why);
}

int cmd_explain(int argc, char **argv)
{
	const struct page page = {.out = stdout, .color = wants_color()};
	struct explain_args args = {0};
	int status;

	if (!args_parse(&argp, argc, argv, &args, &status)) {
		words_free(&args.rules);
		return status;
	}
	if (!args.rules.count)
		warnx("no rule: `vfwalk rules` lists them");
	for (size_t i = 0; i < args.rules.count; i++) {
		const struct rule_info *rule = rules_find(args.rules.word[i]);

		if (i)
			putchar('\n');
		if (!rule) {
			source_rule_explain(args.rules.word[i]);
			continue;
		}
		put_rule(&page, rule);
		if (!args.no_example)
			put_example(&page, rule);
	}
	status = args.rules.count ? 0 : EXIT_BROKEN;
	words_free(&args.rules);
	return status;
}
