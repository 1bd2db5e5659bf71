/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `vfwalk report`: the verdicts on one record, in a format of choice. */
#include <err.h>

#include "cli.h"

struct report_args {
	struct judging_options judging;
	const char *record;
};

static const struct argp_option options[] = {
	{"format", 'f', "FORMAT", 0, "text, ktap, json, junit or html", 0},
	OPTION_BASELINE,
	OPTION_NO_BASELINE,
	OPTION_REQUIRE,
	ARGS_COMMON};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct report_args *args = state->input;

	if (key != ARGP_KEY_ARG)
		return judging_option(&args->judging, key, arg);
	if (args->record) {
		warnx("one record at a time: \"%s\" is the second", arg);
		return EINVAL;
	}
	args->record = arg;
	return 0;
}

static const struct argp argp = {
	options,
	parse,
	"RUN.jsonl -f FORMAT",
	"Prints the verdicts on the record of a run. The exit status is the "
	"one that `vfwalk judge` gives.",
	NULL,
	NULL,
	NULL};

int cmd_report(int argc, char **argv)
{
	struct report_args args = {.judging.format = report_find("text")};
	int status;

	if (args_parse(&argp, argc, argv, &args, &status)) {
		status = EXIT_BROKEN;
		if (args.record)
			status = judge_record(args.record, &args.judging);
		else
			warnx("no record: give the evidence.jsonl of a run");
	}
	judging_options_free(&args.judging);
	return status;
}
