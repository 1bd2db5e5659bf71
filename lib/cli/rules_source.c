/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules on sources among the others: in lists, and one by one. */
#include <string.h>

#include <vfwalk/source.h>

#include "report/page.h"

#include "cli.h"

#define GROUP "SRC"

bool source_is_named(const char *word)
{
	return !strcmp(word, GROUP) || source_rule_find(word);
}

static bool is_chosen(const struct words *words, const struct source_rule *rule)
{
	bool any = false;

	for (size_t i = 0; words && i < words->count; i++) {
		any = true;
		if (!strcmp(words->word[i], GROUP) || !strcmp(words->word[i], rule->id))
			return true;
	}
	return !any;
}

void source_rules_table(const struct words *words)
{
	size_t count;
	const struct source_rule *rule = source_rules(&count);

	for (size_t i = 0; i < count; i++)
		if (is_chosen(words, &rule[i]))
			printf("%-22s %-7s %s%s%s\n", rule[i].id, severity_name(rule[i].severity),
			       rule[i].title, rule[i].left_out ? " LEFT OUT: " : "",
			       rule[i].left_out ? rule[i].left_out : "");
}

void source_rules_markdown(const struct words *words)
{
	size_t count;
	const struct source_rule *rule = source_rules(&count);

	puts("\n## Sources of drivers\n\n| Rule | Severity | Level | What must hold | Clause | "
	     "Left "
	     "out |\n|---|---|---|---|---|---|");
	for (size_t i = 0; i < count; i++)
		if (is_chosen(words, &rule[i]))
			printf("| %s | %s | %s | %s | %s | %s |\n", rule[i].id,
			       severity_name(rule[i].severity), level_name(rule[i].level),
			       rule[i].title, rule[i].clause,
			       rule[i].left_out ? rule[i].left_out : "");
}

void source_rules_json(const struct words *words, json_t *list)
{
	size_t count;
	const struct source_rule *rule = source_rules(&count);

	for (size_t i = 0; i < count; i++)
		if (is_chosen(words, &rule[i]))
			json_array_append_new(list,
					      json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s?}", "id",
							rule[i].id, "kind", "source", "severity",
							severity_name(rule[i].severity), "level",
							level_name(rule[i].level), "title",
							rule[i].title, "clause", rule[i].clause,
							"left_out", rule[i].left_out));
}

bool source_rule_explain(const char *id)
{
	const struct page page = {.out = stdout, .color = wants_color()};
	const struct source_rule *rule = source_rule_find(id);

	if (!rule)
		return false;
	styled(&page, BOLD, "%s", rule->id);
	printf("  %s  Sources of drivers\n  ", severity_name(rule->severity));
	put_wrapped(stdout, 2, rule->title);
	putchar('\n');
	put_field(&page, "clause", rule->clause);
	put_field(&page, "why", rule->why);
	put_field(&page, "fix", rule->fix);
	put_field(&page, "needs", "the sources of a driver: `vfwalk scan PATH`");
	put_field(&page, "why not", rule->left_out);
	if (!rule->left_out)
		put_fieldf(&page, "told as", "%s%s", level_name(rule->level),
			   rule->worse_in_vf ? "; in the driver of a VF warning" : "");
	return true;
}
