/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the writers share: the formats there are, the sum of a report, spans of findings. */
#include <errno.h>
#include <string.h>

#include "common.h"

const enum verdict verdicts_by_weight[VERDICT_COUNT] = {
	VERDICT_BROKEN, VERDICT_FAIL, VERDICT_KNOWN, VERDICT_WARN,
	VERDICT_NOTE,   VERDICT_PASS, VERDICT_SKIP,  VERDICT_NOT_RUN,
};

const struct report_format report_formats[] = {
	{"text", "txt", report_text},  {"ktap", "ktap", report_ktap},
	{"json", "json", report_json}, {"junit", "xml", report_junit},
	{"html", "html", report_html}, {0},
};

const struct report_format *report_find(const char *name)
{
	for (const struct report_format *format = report_formats; format->name; format++)
		if (!strcmp(format->name, name))
			return format;
	return NULL;
}

size_t span_length(const struct report *report, size_t at)
{
	size_t end = at;

	while (end < report->count && report->finding[end].rule == report->finding[at].rule)
		end++;
	return end - at;
}

size_t span_count(const struct report *report, size_t at, size_t count, enum verdict verdict)
{
	size_t found = 0;

	for (size_t i = at; i < at + count; i++)
		found += report->finding[i].verdict == verdict;
	return found;
}

static bool required(const struct report *report, const struct rule_info *rule)
{
	for (size_t i = 0; i < report->nrequired; i++)
		if (report->required[i] == rule)
			return true;
	return report->require_all;
}

bool span_missing(const struct report *report, size_t at, size_t count)
{
	for (size_t i = at; i < at + count; i++)
		if (report->finding[i].exercised || report->finding[i].verdict == VERDICT_SKIP)
			return false;
	return required(report, report->finding[at].rule) &&
	       span_count(report, at, count, VERDICT_NOT_RUN);
}

bool is_picture(const struct report *report)
{
	return *header_str(report, NULL, "holds");
}

bool span_out_of_picture(const struct report *report, size_t at)
{
	const struct finding *finding = &report->finding[at];

	return is_picture(report) && !finding->fn[0] && finding->verdict == VERDICT_SKIP;
}

static bool any_missing(const struct report *report)
{
	size_t count;

	for (size_t at = 0; at < report->count; at += count) {
		count = span_length(report, at);
		if (span_missing(report, at, count))
			return true;
	}
	return false;
}

static bool any_exercised(const struct report *report)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->finding[i].exercised)
			return true;
	return false;
}

void report_sum_up(struct report *report, bool require_all)
{
	report->require_all = require_all;
	memset(report->summary, 0, sizeof(report->summary));
	for (size_t i = 0; i < report->count; i++)
		report->summary[report->finding[i].verdict]++;

	if (report->broken || report->summary[VERDICT_BROKEN])
		report->exit = 2;
	else if (report->summary[VERDICT_FAIL])
		report->exit = 1;
	else if (!any_exercised(report))
		report->exit = 4;
	else
		report->exit = any_missing(report) ? 1 : 0;
}

const char *finding_where(const struct finding *finding)
{
	return finding->fn[0] ? finding->fn : "run";
}

int report_flush(FILE *out)
{
	errno = 0;
	if (!fflush(out) && !ferror(out))
		return 0;
	return errno ? -errno : -EIO;
}

const char *header_str(const struct report *report, const char *inside, const char *key)
{
	const json_t *object = report->header;
	const char *text;

	if (inside)
		object = json_object_get(object, inside);
	text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}
