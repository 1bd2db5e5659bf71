/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The catalogue: every group's rows, one after the other. */
#include <assert.h>
#include <string.h>

#include "catalogue.h"

static const struct {
	const struct rule *rules;
	const size_t *count;
} groups[] = {
#define GROUP(name) {name##_rules, &name##_rules_count},
#include "groups.def"
#undef GROUP
};

#define RULES_MAX 512

/* Every row by its number: it is asked for with every event. */
static const struct rule *row[RULES_MAX];
static size_t rows;

static void __attribute__((constructor)) number_rows(void)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		for (size_t k = 0; k < *groups[i].count; k++) {
			assert(rows < RULES_MAX);
			row[rows++] = &groups[i].rules[k];
		}
}

size_t rules_count(void)
{
	return rows;
}

const struct rule *catalogue_get(size_t index)
{
	return index < rows ? row[index] : NULL;
}

const struct rule_info *rules_get(size_t index)
{
	const struct rule *rule = catalogue_get(index);

	return rule ? &rule->info : NULL;
}

const struct rule_info *rules_find(const char *id)
{
	for (size_t i = 0; i < rules_count(); i++)
		if (!strcmp(rules_get(i)->id, id))
			return rules_get(i);
	return NULL;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"MUST", "SHOULD", "INFO"};

	return names[severity];
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[VERDICT_COUNT] = {
		[VERDICT_PASS] = "pass",       [VERDICT_FAIL] = "fail",     [VERDICT_WARN] = "warn",
		[VERDICT_NOTE] = "note",       [VERDICT_BROKEN] = "broken", [VERDICT_SKIP] = "skip",
		[VERDICT_NOT_RUN] = "not-run", [VERDICT_KNOWN] = "known",
	};

	return names[verdict];
}

const char *rule_group(const struct rule_info *rule)
{
	static const struct {
		const char *prefix, *title;
	} titles[] = {
		{"CAP-", "MSI-X capability"},
		{"TBL-", "MSI-X Table"},
		{"PBA-", "Pending Bit Array"},
		{"SYS-", "sysfs"},
		{"POOL-", "Pool of vectors"},
		{"RST-", "Reset"},
		{"WIT-", "Witnesses"},
		{"DRV-", "Drivers and interrupts"},
		{"VFIO-", "VFIO"},
		{"IOM-", "IOMMU and isolation"},
		{"NVM-", "NVMe Virtualization Management"},
	};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (!strncmp(rule->id, titles[i].prefix, strlen(titles[i].prefix)))
			return titles[i].title;
	return "Other";
}

bool rule_is_in(const struct rule_info *rule, const char *group)
{
	size_t len = strlen(group);

	return len && !strncmp(rule->id, group, len) && rule->id[len] == '-';
}
