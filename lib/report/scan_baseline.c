/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings in sources that are known, each with its reason: reports/schemas/scan-baseline.md. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "scan.h"

/* The path ends with @file: a baseline is used in any checkout. */
static bool is_of_file(const char *path, const char *file)
{
	size_t len = strlen(path), size = strlen(file);

	return len >= size && !strcmp(path + len - size, file) &&
	       (len == size || path[len - size - 1] == '/');
}

static const char *text_of(const json_t *entry, const char *key)
{
	return json_string_value(json_object_get(entry, key));
}

static bool excuses(const json_t *entry, const struct source_finding *finding)
{
	const char *function = text_of(entry, "function"), *seen = text_of(entry, "seen");

	return !strcmp(text_of(entry, "rule"), finding->rule->id) &&
	       is_of_file(finding->path, text_of(entry, "file")) &&
	       (!function || !strcmp(function, finding->function)) &&
	       (!seen || !fnmatch(seen, finding->message, 0));
}

static int check(const json_t *root, const char *path)
{
	json_t *list = json_object_get(root, "entries"), *entry;
	size_t i;

	if (json_integer_value(json_object_get(root, "scan-baseline")) != 1 ||
	    !json_is_array(list)) {
		fprintf(stderr,
			"vfwalk: %s: no scan baseline of version 1 (\"scan-baseline\": 1 and "
			"\"entries\")\n",
			path);
		return -EINVAL;
	}
	json_array_foreach (list, i, entry) {
		if (text_of(entry, "rule") && source_rule_find(text_of(entry, "rule")) &&
		    text_of(entry, "file") && text_of(entry, "reason"))
			continue;
		fprintf(stderr,
			"vfwalk: %s: entry %zu: it needs a rule that there is, a file and a "
			"reason\n",
			path, i + 1);
		return -EINVAL;
	}
	return 0;
}

int scan_baseline_apply(struct source_scan *scan, const char *path, json_t *keep)
{
	json_error_t error;
	json_t *root = json_load_file(path, 0, &error), *entry;
	size_t i;
	int err;

	if (!root) {
		fprintf(stderr, "vfwalk: %s: %s (line %d)\n", path, error.text, error.line);
		return -EINVAL;
	}
	err = check(root, path);
	if (err) {
		json_decref(root);
		return err;
	}
	json_array_foreach (json_object_get(root, "entries"), i, entry) {
		bool any = false;

		for (size_t f = 0; f < scan->count; f++)
			if (excuses(entry, &scan->finding[f])) {
				scan->finding[f].known = text_of(entry, "reason");
				any = true;
			}
		if (!any)
			fprintf(stderr, "vfwalk: %s: entry %zu excuses nothing: %s in %s is gone\n",
				path, i + 1, text_of(entry, "rule"), text_of(entry, "file"));
	}
	json_array_append_new(keep, root);
	return 0;
}
