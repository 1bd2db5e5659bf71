/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.json, for other programs: one object with one verdict for each rule and function
 * (reports/schemas/report.md). Keys are only ever added.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/version.h>

#include "common.h"

/* A string, or null: absent, or not UTF-8 and so nothing that JSON could hold. */
static json_t *string_or_null(const char *text)
{
	json_t *value = text ? json_string(text) : NULL;

	return value ? value : json_null();
}

static json_t *of_header(const struct report *report, const char *key)
{
	json_t *value = json_object_get(report->header, key);

	return value ? json_incref(value) : json_null();
}

static json_t *environment(const struct report *report)
{
	static const char *const keys[] = {"vfwalk",  "time",  "command", "sim", "claim",
					   "machine", "iommu", "holds",   "seed"};
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_object_set_new(object, keys[i], of_header(report, keys[i]));
	return object;
}

static json_t *summary(const struct report *report)
{
	json_t *object = json_object();

	for (int v = 0; v < VERDICT_COUNT; v++)
		json_object_set_new(object, verdict_name((enum verdict)v),
				    json_integer((json_int_t)report->summary[v]));
	return object;
}

static json_t *lines_of(const struct finding *finding)
{
	json_t *lines = json_array();

	for (size_t i = 0; i < finding->nline; i++)
		json_array_append_new(lines, json_integer((json_int_t)finding->line[i]));
	return lines;
}

static json_t *also_of(const struct finding *finding)
{
	json_t *also = json_array();

	for (size_t i = 0; i < finding->nalso; i++)
		json_array_append_new(also, string_or_null(finding->also[i]));
	return also;
}

static json_t *one_verdict(const struct report *report, const struct finding *finding)
{
	char *again = finding->failed ? command_again(report, finding) : NULL;
	json_t *object = json_pack(
		"{s:s, s:s, s:s, s:I, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s}",
		"rule", finding->rule->id, "severity", severity_name(finding->rule->severity),
		"verdict", verdict_name(finding->verdict), "exercised",
		(json_int_t)finding->exercised, "failed", (json_int_t)finding->failed, "function",
		finding->fn, "expected", string_or_null(finding->expected), "seen",
		string_or_null(finding->seen), "also_seen", also_of(finding), "reason",
		string_or_null(finding->reason), "evidence", lines_of(finding), "suite",
		string_or_null(finding->suite), "scenario", string_or_null(finding->scenario),
		"reproduce", string_or_null(again), "clause", finding->rule->clause, "title",
		finding->rule->title);

	free(again);
	return object;
}

/*
 * The verdicts come last and one by one: a tree of all of them would take more memory than the
 * judging, where there are thousands of functions.
 */
static void put_verdicts(const struct report *report, FILE *out)
{
	fputs(",\n \"verdicts\": [", out);
	for (size_t i = 0; i < report->count; i++) {
		json_t *verdict = one_verdict(report, &report->finding[i]);

		fputs(i ? ",\n" : "\n", out);
		json_dumpf(verdict, out, JSON_INDENT(1));
		json_decref(verdict);
	}
	fputs("]\n}\n", out);
}

static json_t *attacks(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nattack; i++) {
		const struct attack *a = &report->attack[i];

		json_array_append_new(
			list,
			json_pack("{s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o}", "message",
				  a->message, "of", a->of, "outcome", attack_outcome(a), "shots",
				  (json_int_t)a->shots, "messages", (json_int_t)a->messages,
				  "delivered", (json_int_t)a->delivered, "by_right",
				  (json_int_t)a->by_right, "reported", (json_int_t)a->reported,
				  "silent", (json_int_t)a->silent, "not_sent",
				  (json_int_t)a->unsent, "unproven", (json_int_t)a->unproven,
				  "reason", string_or_null(a->why)));
	}
	return list;
}

static json_t *missing(const struct report *report)
{
	json_t *list = json_array();
	size_t count;

	for (size_t at = 0; at < report->count; at += count) {
		count = span_length(report, at);
		if (span_missing(report, at, count))
			json_array_append_new(list, json_string(report->finding[at].rule->id));
	}
	return list;
}

static json_t *stale(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nstale; i++)
		json_array_append_new(list, string_or_null(report->stale[i]));
	return list;
}

/* The object without its verdicts, open at its end. */
static int put_head(json_t *root, FILE *out)
{
	char *text = json_dumps(root, JSON_INDENT(1));

	json_decref(root);
	if (!text)
		return -ENOMEM;
	fwrite(text, 1, strlen(text) - strlen("\n}"), out);
	free(text);
	return 0;
}

int report_json(const struct report *report, FILE *out)
{
	int err;
	json_t *root = json_pack(
		"{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:o, s:o}", "vfwalk",
		VFWALK_VERSION, "target", of_header(report, "target"), "lab",
		of_header(report, "lab"), "profile", of_header(report, "profile"), "environment",
		environment(report), "witness", string_or_null(report->witness), "summary",
		summary(report), "exit", report->exit, "broken", string_or_null(report->broken),
		"missing", missing(report), "stale", stale(report), "attacks", attacks(report));

	if (!root)
		return -ENOMEM;
	err = put_head(root, out);
	if (err)
		return err;
	put_verdicts(report, out);
	return report_flush(out);
}
