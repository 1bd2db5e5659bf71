/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the writers of findings in sources share. */
#include <errno.h>
#include <string.h>

#include "scan.h"

const struct scan_format *scan_format_find(const char *name)
{
	static const struct scan_format formats[] = {{"text", scan_text},
						     {"ktap", scan_ktap},
						     {"json", scan_json},
						     {"junit", scan_junit},
						     {"sarif", scan_sarif}};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

bool is_excused(const struct source_finding *finding)
{
	return finding->ignored || finding->known;
}

size_t scan_count(const struct source_scan *scan, enum source_level level)
{
	size_t count = 0;

	for (size_t i = 0; i < scan->count; i++)
		count += scan->finding[i].level == level && !is_excused(&scan->finding[i]);
	return count;
}

struct scan_sum scan_sum(const struct source_scan *scan, const struct source_rule *rule)
{
	struct scan_sum sum = {.idle = rule->left_out};

	for (size_t i = 0; i < scan->count; i++) {
		const struct source_finding *f = &scan->finding[i];

		if (f->rule != rule)
			continue;
		sum.findings++;
		sum.excused += is_excused(f);
		sum.bad += !is_excused(f) && f->level != LEVEL_NOTE;
	}
	if (!sum.idle && !scan->stats.files)
		sum.idle = "no file has to do with vectors";
	return sum;
}

int scan_flush(FILE *out)
{
	return fflush(out) || ferror(out) ? -EIO : 0;
}
