/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `vfwalk compare`: the records of several runs, judged afresh and laid side by side. */
#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vfwalk/compare.h>

#include "cli.h"

enum { KEY_RULES = 256 };

struct compare_args {
	struct judging_options judging;
	const struct compare_format *format;
	const char *out;     /* file, or NULL: stdout */
	char base[PATH_MAX]; /* what links are relative to */
	bool *chosen;
	struct words records;
	struct comparison comparison;
};

static const struct argp_option options[] = {
	{"format", 'f', "FORMAT", 0, "text (the default), markdown or html", 0},
	{"out", 'o', "FILE", 0, "write there, not to stdout; links are relative to it", 0},
	{"rules", KEY_RULES, "RULE|GROUP,...", 0, "tell of these only", 0},
	{"different", 'd', NULL, 0, "tell of rules only in which runs differ", 0},
	OPTION_BASELINE,
	OPTION_NO_BASELINE,
	ARGS_COMMON};

static error_t choose(struct compare_args *args, char *list)
{
	char *rest = list, *word;

	if (!args->chosen)
		args->chosen = calloc(rules_count(), sizeof(*args->chosen));
	if (!args->chosen)
		return ENOMEM;
	while ((word = strsep(&rest, ",")))
		if (!rules_choose(word, args->chosen)) {
			warnx("unknown rule or group \"%s\": `vfwalk rules` lists them", word);
			return EINVAL;
		}
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct compare_args *args = state->input;

	switch (key) {
	case 'f':
		args->format = compare_find(arg);
		if (args->format)
			return 0;
		warnx("unknown format \"%s\": use text, markdown or html", arg);
		return EINVAL;
	case 'o':
		args->out = arg;
		return 0;
	case 'd':
		args->comparison.different_only = true;
		return 0;
	case KEY_RULES:
		return choose(args, arg);
	case ARGP_KEY_ARG:
		return words_add(&args->records, arg) ? 0 : ENOMEM;
	default:
		return judging_option(&args->judging, key, arg);
	}
}

static const struct argp argp = {
	options,
	parse,
	"RUN.jsonl...",
	"Judges the records of several runs and shows rule by rule where they differ."
	"\vEach record is judged with the baseline of its lab. The exit status is the worst: 2, "
	"then 1, then 4, then 0.",
	NULL,
	NULL,
	NULL};

/* --- links --- */

/* @path, which is absolute, as seen from directory @base, which is so, too. */
static char *relative(const char *base, const char *path)
{
	size_t same = 0, ups = 0;
	char *text = NULL;
	size_t size;
	FILE *out;

	for (size_t i = 0; base[i] == path[i] && path[i]; i++)
		if (path[i] == '/')
			same = i + 1;
	/* "/a/b" and "/a/b/c": all of the base is common, though it has no slash at its end. */
	if (!strncmp(base, path, strlen(base)) && path[strlen(base)] == '/')
		same = strlen(base) + 1;
	for (const char *at = base + (same > strlen(base) ? strlen(base) : same); *at; at++)
		ups += *at == '/' || !at[1];
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	while (ups--)
		fputs("../", out);
	fputs(path + same, out);
	fclose(out);
	return text;
}

/* Where the report of the run with @record can be read, or NULL; to be freed. */
static char *link_of(const struct compare_args *args, const char *record)
{
	static const char *const names[] = {"report.html", "report.txt"};
	char resolved[PATH_MAX], path[PATH_MAX];

	if (!realpath(record, resolved))
		return NULL;
	dirname(resolved);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!join_path(path, resolved, names[i]) && !access(path, R_OK))
			return relative(args->base, path);
	return NULL;
}

static int find_base(struct compare_args *args)
{
	char dir[PATH_MAX];
	int err = 0;

	if (snprintf(dir, sizeof(dir), "%s", args->out ? args->out : "./-") >= (int)sizeof(dir))
		err = ENAMETOOLONG;
	else if (!realpath(dirname(dir), args->base))
		err = errno;
	if (err)
		warnx("%s: %s: give another file with --out", args->out ? args->out : ".",
		      strerror(err));
	return -err;
}

/* --- runs --- */

static int take(void *ctx, const struct report *report)
{
	struct compare_args *args = ctx;
	char *link = link_of(args, report->record);
	int err = comparison_add(&args->comparison, report, link);

	free(link);
	if (err)
		warnx("%s: %s", report->record, strerror(-err));
	return err;
}

/* A file that is not complete is none; what is no file stays. */
static void drop(const char *path)
{
	struct stat st;

	if (!lstat(path, &st) && S_ISREG(st.st_mode))
		unlink(path);
}

static int put_out(struct compare_args *args)
{
	char templates[PATH_MAX];
	FILE *out = args->out ? fopen(args->out, "we") : stdout;
	int err = out ? templates_dir(templates) : -errno;

	args->comparison.chosen = args->chosen;
	args->comparison.templates = templates;
	args->comparison.color = !args->out && wants_color();
	if (!err)
		err = args->format->write(&args->comparison, out);
	if (args->out && out && fclose(out) && !err)
		err = -errno;
	if (!err)
		return 0;
	if (args->out && out)
		drop(args->out);
	if (args->out)
		warnx("%s: %s: give another file with --out", args->out, strerror(-err));
	else if (!ferror(stdout)) /* of which main() tells */
		warnx("reports/templates: %s", strerror(-err));
	return err;
}

static int compare_all(struct compare_args *args)
{
	int status = 0;

	if (!args->records.count) {
		warnx("no record: give the evidence.jsonl of each run");
		return EXIT_BROKEN;
	}
	if (find_base(args))
		return EXIT_BROKEN;
	args->judging.take = take;
	args->judging.take_ctx = args;
	for (size_t i = 0; i < args->records.count; i++)
		status = worse_status(status, judge_record(args->records.word[i], &args->judging));
	if (args->comparison.count < args->records.count)
		return EXIT_BROKEN;
	return put_out(args) ? EXIT_BROKEN : status;
}

int cmd_compare(int argc, char **argv)
{
	struct compare_args args = {.format = compare_find("text")};
	int status;

	if (args_parse(&argp, argc, argv, &args, &status))
		status = compare_all(&args);
	words_free(&args.records);
	judging_options_free(&args.judging);
	comparison_free(&args.comparison);
	free(args.chosen);
	return status;
}
