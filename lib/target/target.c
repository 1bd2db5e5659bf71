/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the targets have in common: finding one by its name, and the names of what they do.
 */
#include <stdlib.h>
#include <string.h>

#include <vfwalk/target.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct target_ops *const targets[] = {&target_linux_ops, &target_sim_ops};

const struct target_ops *target_find(const char *name)
{
	for (size_t n = 0; n < ARRAY_SIZE(targets); n++)
		if (!strcmp(targets[n]->name, name))
			return targets[n];
	return NULL;
}

void irq_table_free(struct irq_table *table)
{
	for (size_t n = 0; n < table->len; n++)
		free(table->row[n].cpu);
	free(table->row);
	*table = (struct irq_table){0};
}

const char *reset_method_name(enum reset_method method)
{
	switch (method) {
	case RESET_FLR:
		return "flr";
	case RESET_SYSFS:
		return "sysfs";
	case RESET_VFIO:
		return "vfio";
	case RESET_VFE:
		return "vfe";
	case RESET_BUS:
		return "bus";
	case RESET_D3:
		return "d3";
	case RESET_CC:
		return "cc";
	}
	return "unknown";
}

const char *resize_backend_name(enum resize_backend backend)
{
	switch (backend) {
	case BACKEND_NONE:
		return "none";
	case BACKEND_NVME:
		return "nvme";
	case BACKEND_SYSFS:
		return "sysfs";
	}
	return "unknown";
}
