/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `vfwalk rules` and `vfwalk explain`: the catalogue. */
#include <err.h>
#include <stdio.h>

#include "cli.h"

static const struct argp_option options[] = {ARGS_COMMON};

static error_t parse_none(int key, char *arg, struct argp_state *state)
{
	(void)state;
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	warnx("unexpected word \"%s\": `vfwalk explain %s` is about one rule", arg, arg);
	return EINVAL;
}

int cmd_rules(int argc, char **argv)
{
	static const struct argp argp = {options, parse_none, "",  "Lists the catalogue of rules.",
					 NULL,    NULL,       NULL};
	int status;

	if (!args_parse(&argp, argc, argv, NULL, &status))
		return status;
	for (size_t i = 0; i < rules_count(); i++) {
		const struct rule_info *rule = rules_get(i);

		printf("%-22s %-7s %s\n", rule->id, severity_name(rule->severity), rule->title);
	}
	return 0;
}

static error_t parse_rule(int key, char *arg, struct argp_state *state)
{
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (!rules_find(arg)) {
		warnx("unknown rule \"%s\": `vfwalk rules` lists them", arg);
		return EINVAL;
	}
	return words_add(state->input, arg) ? 0 : ENOMEM;
}

static void explain(const struct rule_info *rule)
{
	printf("%s  %s\n  %s\n\n  clause  %s\n  needs   %s\n", rule->id,
	       severity_name(rule->severity), rule->title, rule->clause, rule->needs);
	if (rule->unobservable)
		printf("  unseen  %s\n", rule->unobservable);
	if (rule->remark)
		printf("  remark  %s\n", rule->remark);
}

int cmd_explain(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		parse_rule,
		"RULE...",
		"Tells of a rule what must hold, where that is written, and "
		"what a run must see to judge it.",
		NULL,
		NULL,
		NULL};
	struct words rules = {0};
	int status;

	if (!args_parse(&argp, argc, argv, &rules, &status)) {
		words_free(&rules);
		return status;
	}
	if (!rules.count)
		warnx("no rule: `vfwalk rules` lists them");
	for (size_t i = 0; i < rules.count; i++) {
		if (i)
			putchar('\n');
		explain(rules_find(rules.word[i]));
	}
	status = rules.count ? 0 : EXIT_BROKEN;
	words_free(&rules);
	return status;
}
