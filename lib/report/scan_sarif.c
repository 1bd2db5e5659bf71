/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings in sources as SARIF 2.1.0 (OASIS), for code hosts and editors; the path that leads to
 * a finding is a codeFlow, what excuses it a suppression.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <vfwalk/version.h>

#include "scan.h"

/* A path as a relative URI (3.4.3), or as file: where it is absolute. */
static json_t *uri(const char *path)
{
	char *text = malloc(3 * strlen(path) + 8), *at = text;
	json_t *value;

	if (!text)
		return json_null();
	if (*path == '/')
		at = stpcpy(at, "file://");
	for (; *path; path++) {
		if (isalnum((unsigned char)*path) || strchr("/-._~+,=@", *path))
			*at++ = *path;
		else
			at += sprintf(at, "%%%02X", (unsigned char)*path);
	}
	*at = '\0';
	value = json_string(text);
	free(text);
	return value;
}

static json_t *location(const char *path, unsigned line, unsigned column, const char *text)
{
	json_t *place = json_pack("{s:{s:{s:o},s:{s:i,s:i}}}", "physicalLocation",
				  "artifactLocation", "uri", uri(path), "region", "startLine",
				  (int)line, "startColumn", (int)column);

	if (text)
		json_object_set_new(place, "message", json_pack("{s:s}", "text", text));
	return place;
}

static json_t *flows(const struct source_finding *f)
{
	json_t *places = json_array();

	for (size_t i = 0; i < f->nstep; i++)
		json_array_append_new(places,
				      json_pack("{s:o}", "location",
						location(f->step[i].path, f->step[i].line,
							 f->step[i].column, f->step[i].text)));
	return json_pack("[{s:[{s:o}]}]", "threadFlows", "locations", places);
}

static json_t *result(const struct source_finding *f, size_t index)
{
	json_t *result =
		json_pack("{s:s,s:I,s:s,s:{s:s},s:[o]}", "ruleId", f->rule->id, "ruleIndex",
			  (json_int_t)index, "level", level_name(f->level), "message", "text",
			  f->message, "locations", location(f->path, f->line, f->column, NULL));

	if (f->nstep)
		json_object_set_new(result, "codeFlows", flows(f));
	if (is_excused(f))
		json_object_set_new(result, "suppressions",
				    json_pack("[{s:s,s:s}]", "kind",
					      f->ignored ? "inSource" : "external", "justification",
					      f->ignored ? f->ignored : f->known));
	return result;
}

static json_t *rules(void)
{
	size_t count;
	const struct source_rule *rule = source_rules(&count);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		if (!rule[i].left_out)
			json_array_append_new(list,
					      json_pack("{s:s,s:{s:s},s:{s:s},s:{s:s},s:{s:s}}",
							"id", rule[i].id, "shortDescription",
							"text", rule[i].title, "fullDescription",
							"text", rule[i].why, "help", "text",
							rule[i].fix, "defaultConfiguration",
							"level", level_name(rule[i].level)));
	return list;
}

/* Of those that are implemented, which come first in the table. */
static size_t index_of(const struct source_rule *rule)
{
	size_t count;

	return (size_t)(rule - source_rules(&count));
}

static json_t *notifications(const struct source_scan *scan)
{
	json_t *list = json_array();

	for (size_t i = 0; i < scan->ncomplaint; i++)
		json_array_append_new(list,
				      json_pack("{s:s,s:{s:s},s:[{s:{s:{s:o}}}]}", "level", "error",
						"message", "text", scan->complaint[i].what,
						"locations", "physicalLocation", "artifactLocation",
						"uri", uri(scan->complaint[i].path)));
	return list;
}

int scan_sarif(const struct scan_report *report, FILE *out)
{
	const struct source_scan *scan = report->scan;
	json_t *results = json_array(), *all;
	int err;

	for (size_t i = 0; i < scan->count; i++)
		json_array_append_new(results,
				      result(&scan->finding[i], index_of(scan->finding[i].rule)));
	all = json_pack("{s:s,s:s,s:[{s:{s:{s:s,s:s,s:o}},s:[{s:b,s:i,s:o}],s:s,s:o}]}", "$schema",
			"https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs",
			"tool", "driver", "name", "vfwalk", "version", VFWALK_VERSION, "rules",
			rules(), "invocations", "executionSuccessful", scan->ncomplaint == 0,
			"exitCode", report->exit, "toolExecutionNotifications", notifications(scan),
			"columnKind", "utf16CodeUnits", "results", results);
	if (!all)
		return -ENOMEM;
	err = json_dumpf(all, out, JSON_INDENT(1)) ? -EIO : 0;
	putc('\n', out);
	json_decref(all);
	return err;
}
