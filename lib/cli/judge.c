/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `vfwalk judge`: the verdicts on records, again and offline. */
#include <err.h>

#include "cli.h"

struct judge_args {
	struct judging_options judging;
	struct words records;
};

static const struct argp_option options[] = {
	{"out", 'o', "DIR", 0, "write report.txt, report.ktap and report.json there", 0},
	{"format", 'f', "FORMAT", 0, "what to print: text, ktap, json, junit or html", 0},
	OPTION_BASELINE,
	OPTION_NO_BASELINE,
	OPTION_REQUIRE,
	ARGS_COMMON};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct judge_args *args = state->input;

	if (key == ARGP_KEY_ARG)
		return words_add(&args->records, arg) ? 0 : ENOMEM;
	return judging_option(&args->judging, key, arg);
}

static const struct argp argp = {
	options,
	parse,
	"RUN.jsonl...",
	"Judges the records of runs again: the same verdicts as the runs gave."
	"\vWith several records, the exit status is the worst: 2, then 1, then 4, then 0.",
	NULL,
	NULL,
	NULL};

static int judge_all(const struct judge_args *args)
{
	int status = 0;

	if (!args->records.count) {
		warnx("no record: give the evidence.jsonl of a run");
		return EXIT_BROKEN;
	}
	if (args->judging.out && args->records.count > 1) {
		warnx("--out takes the reports of one record: judge them one by one");
		return EXIT_BROKEN;
	}
	for (size_t i = 0; i < args->records.count; i++)
		status = worse_status(status, judge_record(args->records.word[i], &args->judging));
	return status;
}

int cmd_judge(int argc, char **argv)
{
	struct judge_args args = {.judging.format = report_find("text")};
	int status;

	if (args_parse(&argp, argc, argv, &args, &status))
		status = judge_all(&args);
	words_free(&args.records);
	judging_options_free(&args.judging);
	return status;
}
