/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types of BARs, by name. */
#include <string.h>

#include <vfwalk/pci.h>

static const char *const bar_types[] = {
	[BAR_NONE] = "none",   [BAR_IO] = "io",       [BAR_MEM32] = "mem32",
	[BAR_MEM64] = "mem64", [BAR_UPPER] = "upper", [BAR_UNKNOWN] = "unknown",
};

const char *bar_type_name(enum bar_type type)
{
	return bar_types[type];
}

enum bar_type bar_type_parse(const char *name)
{
	for (size_t i = 0; i < sizeof(bar_types) / sizeof(bar_types[0]); i++)
		if (name && !strcmp(name, bar_types[i]))
			return (enum bar_type)i;
	return BAR_NONE;
}
