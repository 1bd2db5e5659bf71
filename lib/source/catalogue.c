/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules on sources, as a table. */
#include <string.h>

#include <vfwalk/source.h>

static const struct source_rule rules[] = {
#define RULE(id, level, worse_in_vf, group, severity, title, clause, why, fix) \
	{id, LEVEL_##level, worse_in_vf, group, SEV_##severity, title, clause, why, fix, NULL},
#define LEFT_OUT(id, severity, title, clause, reason) \
	{id, LEVEL_NOTE, false, "", SEV_##severity, title, clause, NULL, NULL, reason},
#include "rules.def"
#undef RULE
#undef LEFT_OUT
};

const struct source_rule *source_rules(size_t *count)
{
	*count = sizeof(rules) / sizeof(rules[0]);
	return rules;
}

const struct source_rule *source_rule_find(const char *id)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (!strcmp(rules[i].id, id))
			return &rules[i];
	return NULL;
}

const char *level_name(enum source_level level)
{
	static const char *const names[] = {"error", "warning", "note"};

	return names[level];
}
