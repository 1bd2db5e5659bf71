/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a record to reports: the one way that `run`, `judge` and `report` share, so that their
 * verdicts cannot differ.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* --- options --- */

const struct report_format *format_find(const char *name)
{
	const struct report_format *format = report_find(name);

	if (!format)
		warnx("unknown format \"%s\": use text, ktap, json, junit or html", name);
	return format;
}

static error_t add_required(struct judging_options *options, char *list)
{
	char *rest = list, *id;

	while ((id = strsep(&rest, ","))) {
		if (!rules_find(id)) {
			warnx("unknown rule \"%s\": `vfwalk rules` lists them", id);
			return EINVAL;
		}
		if (!words_add(&options->required, id))
			return ENOMEM;
	}
	return 0;
}

error_t judging_option(struct judging_options *options, int key, char *arg)
{
	switch (key) {
	case 'b':
		return words_add(&options->baselines, arg) ? 0 : ENOMEM;
	case 'n':
		options->no_baseline = true;
		return 0;
	case 'R':
		return add_required(options, arg);
	case 'o':
		options->out = arg;
		return 0;
	case 'f':
		options->format = format_find(arg);
		return options->format ? 0 : EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void judging_options_free(struct judging_options *options)
{
	words_free(&options->baselines);
	words_free(&options->required);
}

/* --- reading --- */

int record_feed(struct judge *judge, const char *path)
{
	struct ev_reader *reader = ev_open(path);
	struct event event;
	int more;

	if (!reader) {
		int err = errno;

		warnx("%s: %s: give the evidence.jsonl of a run", path, strerror(err));
		return -err;
	}
	while ((more = ev_next(reader, &event)) > 0)
		judge_event(judge, &event);
	if (more < 0)
		warnx("%s: %s", path, ev_reader_error(reader));
	else
		judge_finish(judge, ev_reader_cut(reader));
	ev_reader_close(reader);
	return more;
}

/* --- writing --- */

/* What to do about it, for the end of a line. */
static const char *way_out(int err)
{
	return err == -ENOSPC || err == -EDQUOT ? ": free some, or give --out" : "";
}

static int write_file(const struct report *report, const char *dir,
		      const struct report_format *format)
{
	char path[PATH_MAX], name[32];
	FILE *out;
	int err;

	snprintf(name, sizeof(name), "report.%s", format->suffix);
	err = join_path(path, dir, name);
	out = err ? NULL : fopen(path, "we");
	if (!out) {
		err = err ? err : -errno;
		warnx("%s/%s: %s%s", dir, name, strerror(-err), way_out(err));
		return err;
	}
	err = format->write(report, out);
	if (fclose(out) && !err)
		err = -errno;
	if (err) {
		warnx("%s: %s: the report is not complete%s", path, strerror(-err), way_out(err));
		unlink(path);
	}
	return err;
}

static int write_files(const struct report *report, const char *dir)
{
	static const char *const formats[] = {"text", "ktap", "json"};
	int err = make_dirs(dir);

	if (err) {
		warnx("%s: %s: give another directory with --out", dir, strerror(-err));
		return err;
	}
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]) && !err; i++)
		err = write_file(report, dir, report_find(formats[i]));
	return err;
}

bool wants_color(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && strcmp(term, "dumb");
}

/* Writes what was asked for, or hands it on. Returns the exit status. */
static int deliver(struct report *report, const struct judging_options *options)
{
	static char templates[PATH_MAX];
	int err = templates_dir(templates);

	if (options->take)
		return options->take(options->take_ctx, report) ? EXIT_BROKEN : report->exit;
	if (options->out && write_files(report, options->out))
		return EXIT_BROKEN;
	report->color = wants_color();
	report->templates = templates;
	if (!err && options->format)
		err = options->format->write(report, stdout);
	/* Of stdout main() says what is wrong. */
	if (err && !ferror(stdout) && !strcmp(options->format->name, "html"))
		warnx("%s: %s", templates, strerror(-err));
	if (err)
		return EXIT_BROKEN;
	return report->exit;
}

/* --- judging --- */

/* Turns failures that @baseline excuses into known ones; it owns their reasons. */
static void excuse(struct judge *judge, struct finding *finding, size_t count,
		   struct baseline *baseline)
{
	for (size_t i = 0; i < count; i++) {
		const char *device = judge_device(judge, finding[i].fn);
		bool vf = judge_is_vf(judge, finding[i].fn);
		const char *reason =
			baseline_reason(baseline, &finding[i], device, vf, judge_header(judge));

		baseline_mark(baseline, &finding[i], device, vf, judge_header(judge));
		if (!reason)
			continue;
		finding[i].verdict = VERDICT_KNOWN;
		finding[i].reason = (char *)reason;
	}
}

static const char *header_text(const struct judge *judge, const char *key)
{
	return json_string_value(json_object_get(judge_header(judge), key));
}

static int report_on(struct judge *judge, const char *path, const char *broken,
		     struct baseline *baseline, const struct judging_options *options)
{
	const char *profile = header_text(judge, "profile");
	const struct rule_info **required =
		calloc(options->required.count + 1, sizeof(const struct rule_info *));
	struct report report = {.record = path,
				.header = judge_header(judge),
				.witness = judge_witness(judge),
				.brief = options->brief};
	struct finding *finding;
	int status;

	if (!required) {
		warnx("out of memory");
		return EXIT_BROKEN;
	}
	for (size_t i = 0; i < options->required.count; i++)
		required[i] = rules_find(options->required.word[i]);
	report.nrequired = options->required.count;
	report.required = required;
	report.broken = broken ? broken : judge_broken(judge);
	report.count = judge_findings(judge, &finding);
	report.finding = finding;
	report.nattack = judge_attacks(judge, &report.attack);
	excuse(judge, finding, report.count, baseline);
	report.nstale = baseline_stale(baseline, &report.stale);
	report_sum_up(&report, profile && !strcmp(profile, "cert"));
	status = deliver(&report, options);
	free(required);
	return status;
}

int judge_report(struct judge *judge, const char *path, const char *broken,
		 const struct judging_options *options)
{
	struct baseline *baseline = NULL;
	int status = EXIT_BROKEN;

	if (!baselines_load(options, header_text(judge, "lab"), &baseline))
		status = report_on(judge, path, broken, baseline, options);
	baseline_free(baseline);
	return status;
}

int judge_record(const char *path, const struct judging_options *options)
{
	struct judge *judge = judge_new();
	int status = EXIT_BROKEN;

	if (!judge)
		warnx("out of memory");
	else if (!record_feed(judge, path))
		status = judge_report(judge, path, NULL, options);
	judge_free(judge);
	return status;
}

int worse_status(int a, int b)
{
	static const int order[] = {
		[0] = 0, [EXIT_FAILED] = 2, [EXIT_BROKEN] = 3, [EXIT_NOTHING] = 1};

	return order[a] >= order[b] ? a : b;
}
