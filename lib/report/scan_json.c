/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings in sources as JSON: keys are only ever added. */
#include <errno.h>

#include <jansson.h>

#include <vfwalk/version.h>

#include "scan.h"

static json_t *string(const char *text)
{
	json_t *value = text ? json_string(text) : json_null();

	/* a path need not be UTF-8: then by its bytes, as Latin-1 has them */
	return value ? value : json_string("?");
}

static json_t *json_steps(const struct source_finding *finding)
{
	json_t *list = json_array();

	for (size_t i = 0; i < finding->nstep; i++)
		json_array_append_new(list, json_pack("{s:o,s:i,s:i,s:o}", "path",
						      string(finding->step[i].path), "line",
						      (int)finding->step[i].line, "column",
						      (int)finding->step[i].column, "text",
						      string(finding->step[i].text)));
	return list;
}

static json_t *json_finding(const struct source_finding *f)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:o,s:i,s:i,s:o,s:o,s:s,s:o,s:o,s:o}", "rule",
			 f->rule->id, "group", f->rule->group, "level", level_name(f->level),
			 "severity", severity_name(f->rule->severity), "path", string(f->path),
			 "line", (int)f->line, "column", (int)f->column, "function",
			 string(f->function), "message", string(f->message), "clause",
			 f->rule->clause, "steps", json_steps(f), "ignored", string(f->ignored),
			 "known", string(f->known));
}

static json_t *json_stats(const struct source_scan *scan)
{
	const struct source_stats *s = &scan->stats;

	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "files", (json_int_t)s->files,
			 "modules", (json_int_t)s->modules, "skipped", (json_int_t)s->skipped,
			 "functions", (json_int_t)s->functions, "parsed", (json_int_t)s->parsed,
			 "parse_errors", (json_int_t)s->errors, "calls", (json_int_t)s->calls,
			 "lost_calls", (json_int_t)s->lost_calls, "cut", (json_int_t)s->cut);
}

int scan_json(const struct scan_report *report, FILE *out)
{
	const struct source_scan *scan = report->scan;
	json_t *findings = json_array(), *complaints = json_array(), *all;
	int err;

	for (size_t i = 0; i < scan->count; i++)
		json_array_append_new(findings, json_finding(&scan->finding[i]));
	for (size_t i = 0; i < scan->ncomplaint; i++)
		json_array_append_new(complaints, json_pack("{s:o,s:o}", "path",
							    string(scan->complaint[i].path), "what",
							    string(scan->complaint[i].what)));
	all = json_pack("{s:s,s:o,s:o,s:o,s:i}", "vfwalk", VFWALK_VERSION, "stats",
			json_stats(scan), "findings", findings, "complaints", complaints, "exit",
			report->exit);
	if (!all)
		return -ENOMEM;
	err = json_dumpf(all, out, JSON_INDENT(1)) ? -EIO : 0;
	putc('\n', out);
	json_decref(all);
	return err;
}
