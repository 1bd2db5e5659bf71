/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The catalogue: every group's rows, one after the other. */
#include <string.h>

#include "catalogue.h"

static const struct {
	const struct rule *rules;
	const size_t *count;
} groups[] = {
	{cap_rules, &cap_rules_count},
	{table_size_rules, &table_size_rules_count},
	{place_rules, &place_rules_count},
	{vf_rules, &vf_rules_count},
	{isolation_rules, &isolation_rules_count},
	{steering_rules, &steering_rules_count},
	{table_rules, &table_rules_count},
	{storage_rules, &storage_rules_count},
	{fire_rules, &fire_rules_count},
	{access_rules, &access_rules_count},
	{pba_rules, &pba_rules_count},
	{sysfs_rules, &sysfs_rules_count},
	{assign_rules, &assign_rules_count},
	{numvfs_rules, &numvfs_rules_count},
	{race_rules, &race_rules_count},
	{pool_rules, &pool_rules_count},
	{layout_rules, &layout_rules_count},
	{reset_rules, &reset_rules_count},
	{bystander_rules, &bystander_rules_count},
	{restore_rules, &restore_rules_count},
	{vfe_rules, &vfe_rules_count},
	{pf_reset_rules, &pf_reset_rules_count},
	{power_rules, &power_rules_count},
	{driver_rules, &driver_rules_count},
	{alloc_rules, &alloc_rules_count},
	{wish_rules, &wish_rules_count},
	{limit_rules, &limit_rules_count},
	{number_rules, &number_rules_count},
	{remap_room_rules, &remap_room_rules_count},
	{interrupt_rules, &interrupt_rules_count},
	{handler_rules, &handler_rules_count},
	{witness_rules, &witness_rules_count},
	{program_rules, &program_rules_count},
	{load_rules, &load_rules_count},
	{vfio_rules, &vfio_rules_count},
	{set_irqs_rules, &set_irqs_rules_count},
	{window_rules, &window_rules_count},
	{guest_rules, &guest_rules_count},
	{iommu_rules, &iommu_rules_count},
	{nvme_rules, &nvme_rules_count},
	{primary_rules, &primary_rules_count},
	{secondary_rules, &secondary_rules_count},
	{controller_rules, &controller_rules_count},
};

size_t rules_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		count += *groups[i].count;
	return count;
}

const struct rule *catalogue_get(size_t index)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (index < *groups[i].count)
			return &groups[i].rules[index];
		index -= *groups[i].count;
	}
	return NULL;
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
		{"CAP-", "MSI-X capability"},       {"TBL-", "MSI-X Table"},
		{"PBA-", "Pending Bit Array"},      {"SYS-", "sysfs"},
		{"POOL-", "Pool of vectors"},       {"RST-", "Reset"},
		{"DRV-", "Drivers and interrupts"}, {"VFIO-", "VFIO"},
		{"IOM-", "IOMMU and isolation"},    {"NVM-", "NVMe Virtualization Management"},
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
