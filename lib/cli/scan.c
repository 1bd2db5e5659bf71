/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `vfwalk scan`: sources of drivers, read and judged; nothing is built or run. */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/scan.h"

#include "cli.h"

enum { KEY_EXPLAIN = 256, KEY_ALONE, KEY_UNMANAGED, KEY_ALL };

struct scan_args {
	struct words paths, baselines;
	struct source_options options;
	const struct scan_format *format;
	bool explain, all;
};

static const struct argp_option options[] = {
	{"format", 'f', "FORMAT", 0, "what to print: text, ktap, json, junit or sarif", 0},
	OPTION_BASELINE,
	{"jobs", 'j', "N", 0, "so many modules at a time; as many as there are CPUs", 0},
	{"explain", KEY_EXPLAIN, NULL, 0, "tell why, and what to do, for each rule that was broken",
	 0},
	{"all", 'a', NULL, 0, "print what is excused, too", 0},
	{"alone", KEY_ALONE, NULL, 0, "take each file by itself, not what it is linked with", 0},
	{"unmanaged", KEY_UNMANAGED, NULL, 0,
	 "as if pcim_enable_device() did not free vectors, which may come", 0},
	ARGS_COMMON};

static error_t parse_jobs(struct scan_args *args, const char *arg)
{
	char *end;
	unsigned long jobs = strtoul(arg, &end, 10);

	if (end == arg || *end || !jobs || jobs > 64) {
		warnx("--jobs %s: give a number from 1 to 64", arg);
		return EINVAL;
	}
	args->options.jobs = (unsigned)jobs;
	return 0;
}

static error_t parse_format(struct scan_args *args, const char *arg)
{
	args->format = scan_format_find(arg);
	if (args->format)
		return 0;
	warnx("unknown format \"%s\": use text, ktap, json, junit or sarif", arg);
	return EINVAL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct scan_args *args = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		return words_add(&args->paths, arg) ? 0 : ENOMEM;
	case 'b':
		return words_add(&args->baselines, arg) ? 0 : ENOMEM;
	case 'f':
		return parse_format(args, arg);
	case 'j':
		return parse_jobs(args, arg);
	case 'a':
		args->all = true;
		return 0;
	case KEY_EXPLAIN:
		args->explain = true;
		return 0;
	case KEY_ALONE:
		args->options.alone = true;
		return 0;
	case KEY_UNMANAGED:
		args->options.keep_managed = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"PATH...",
	"Reads C sources of Linux drivers, files or directories, and tells where they break the "
	"contract of interrupt vectors: results unchecked, counts that were not granted, vectors "
	"left behind. What a Makefile links together is looked at together."
	"\vA comment `vfwalk: ignore RULE reason` on a line or above it excuses what is found "
	"there.\n\n"
	"Exit status: 0 nothing found but notes, 1 errors or warnings, 2 something could not be "
	"read, 4 no file that has to do with vectors.",
	NULL,
	NULL,
	NULL};

static void show_progress(void *ctx, size_t done, size_t all)
{
	(void)ctx;
	if (done == all)
		fprintf(stderr, "\r\033[K");
	else if (done % 16 == 0)
		fprintf(stderr, "\r%zu of %zu modules\033[K", done, all);
}

static int status_of(const struct source_scan *scan)
{
	if (scan->ncomplaint)
		return EXIT_BROKEN;
	if (scan_count(scan, LEVEL_ERROR) + scan_count(scan, LEVEL_WARNING))
		return EXIT_FAILED;
	return scan->stats.files ? 0 : EXIT_NOTHING;
}

static int scan_paths(struct scan_args *args)
{
	struct scan_report report = {
		.explain = args->explain, .all = args->all, .color = wants_color()};
	json_t *baselines = json_array();
	struct source_scan *scan;
	int status;

	if (!args->paths.count) {
		warnx("nothing to scan: give files or directories of C");
		return EXIT_BROKEN;
	}
	if (source_missing()) {
		warnx("%s", source_missing());
		return EXIT_BROKEN;
	}
	if (isatty(STDERR_FILENO))
		args->options.progress = show_progress;
	scan = source_scan(args->paths.word, args->paths.count, &args->options);
	if (!scan) {
		json_decref(baselines);
		warnx("out of memory");
		return EXIT_BROKEN;
	}
	for (size_t i = 0; i < scan->ncomplaint; i++)
		warnx("%s: %s", scan->complaint[i].path, scan->complaint[i].what);
	for (size_t i = 0; i < args->baselines.count; i++)
		if (scan_baseline_apply(scan, args->baselines.word[i], baselines)) {
			source_scan_free(scan);
			json_decref(baselines);
			return EXIT_BROKEN;
		}
	report.scan = scan;
	report.exit = status = status_of(scan);
	if (args->format->write(&report, stdout))
		status = EXIT_BROKEN;
	source_scan_free(scan);
	json_decref(baselines);
	return status;
}

int cmd_scan(int argc, char **argv)
{
	struct scan_args args = {.format = scan_format_find("text")};
	int status;

	if (args_parse(&argp, argc, argv, &args, &status))
		status = scan_paths(&args);
	words_free(&args.paths);
	words_free(&args.baselines);
	return status;
}
