/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `vfwalk lint`: config space as it is, in dumps by lspci or in this machine, before the judge of
 * all records. Nothing is done to any function.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vfwalk/dump.h>

#include "cli.h"

#define GIVE ": give the output of `lspci -xxxx`, or an address like 0000:01:00.0"

struct lint_args {
	struct judging_options judging;
	struct words dumps;
	size_t nlive;
	struct bdf *live;
};

static const struct argp_option options[] = {
	{"out", 'o', "DIR", 0, "write report.txt, report.ktap and report.json there", 0},
	{"format", 'f', "FORMAT", 0, "what to print: text, ktap, json, junit or html", 0},
	OPTION_BASELINE,
	OPTION_NO_BASELINE,
	OPTION_REQUIRE,
	ARGS_COMMON};

/* An address is a function of this machine, unless there is a file of that name. */
static error_t take_word(struct lint_args *args, const char *word)
{
	struct bdf bdf, *grown;

	if (bdf_parse(word, &bdf) || !access(word, F_OK))
		return words_add(&args->dumps, word) ? 0 : ENOMEM;
	grown = realloc(args->live, (args->nlive + 1) * sizeof(*grown));
	if (!grown)
		return ENOMEM;
	args->live = grown;
	args->live[args->nlive++] = bdf;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct lint_args *args = state->input;

	if (key == ARGP_KEY_ARG)
		return take_word(args, arg);
	return judging_option(&args->judging, key, arg);
}

static const struct argp argp = {
	options,
	parse,
	"DUMP... | ADDRESS...",
	"Judges config space as it is, without doing anything to it: of dumps, which are the "
	"output of `lspci -xxxx` (- is standard input), or of functions of this machine."
	"\vMake a dump as root: others see 64 bytes. `lspci -D -vvxxxx` also tells the sizes of "
	"BARs, without which nobody knows whether table and PBA are inside. With a VF its PF is "
	"read and judged, too. Each dump is judged by itself; of several, what failed is told in "
	"full and the rest counted.\n\n"
	"Exit status: 0 passed, 1 failed, 2 not all of it could be read, 4 nothing to judge; of "
	"several the worst: 2, then 1, then 4.",
	NULL,
	NULL,
	NULL};

/* --- one picture --- */

/* What could not be read, a line each; and those that do not answer, which is nobody's fault. */
static void tell_faults(const struct dump *dump, const char *name, bool live)
{
	static const uint8_t ones[12] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	char at[32], fn[BDF_LEN];

	for (size_t i = 0; i < dump->nfault; i++) {
		const struct dump_fault *fault = &dump->fault[i];

		snprintf(at, sizeof(at), "line %lu: ", fault->line);
		warnx("%s: %s%s%s%s", name, live || !fault->line ? "" : at, fault->fn,
		      *fault->fn ? ": " : "", fault->what);
	}
	for (size_t i = 0; i < dump->count; i++) {
		const struct dump_fn *f = dump->fn[i];

		snprintf(at, sizeof(at), "line %lu: ", f->line);
		if (f->len >= 64 && !memcmp(f->byte, ones, sizeof(ones)))
			warnx("%s: %s%s: reads all ones, so it does not answer: not judged", name,
			      live ? "" : at, bdf_format(f->bdf, fn));
	}
}

static bool holds_any(const struct dump *dump)
{
	for (size_t i = 0; i < dump->count; i++)
		if (dump->fn[i]->len)
			return true;
	return false;
}

/* How to see it again. */
static json_t *command_of(const struct dump *dump, const char *name, bool live)
{
	json_t *command = json_pack("[s,s]", "vfwalk", "lint");
	char fn[BDF_LEN];

	if (!live)
		json_array_append_new(command, json_string(name));
	for (size_t i = 0; live && i < dump->count; i++)
		json_array_append_new(command, json_string(bdf_format(dump->fn[i]->bdf, fn)));
	return command;
}

static void take_event(void *ctx, const struct event *event)
{
	judge_event(ctx, event);
}

static int judge_picture(const struct dump *dump, const char *name, bool live,
			 const struct judging_options *how)
{
	struct judge *judge = judge_new();
	char broken[96];
	int status = EXIT_BROKEN;

	snprintf(broken, sizeof(broken), "%zu place%s of it could not be read, as told on stderr",
		 dump->nfault, dump->nfault == 1 ? "" : "s");
	if (!judge || dump_tell(dump, live ? "live" : "dump", command_of(dump, name, live),
				take_event, judge)) {
		warnx("%s: out of memory", name);
	} else {
		judge_finish(judge, false);
		status = judge_report(judge, name, dump->nfault ? broken : NULL, how);
	}
	judge_free(judge);
	return status;
}

static int lint(const struct dump *dump, const char *name, bool live,
		const struct judging_options *how)
{
	tell_faults(dump, name, live);
	if (!holds_any(dump))
		return EXIT_BROKEN;
	return judge_picture(dump, name, live, how);
}

static int lint_dump(const char *path, const struct judging_options *how)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *in = is_stdin ? stdin : fopen(path, "re");
	struct dump *dump = in ? dump_read(in) : NULL;
	int status = EXIT_BROKEN;

	if (dump)
		status = lint(dump, path, false, how);
	else
		warnx("%s: %s" GIVE, path, strerror(errno));
	dump_free(dump);
	if (in && !is_stdin)
		fclose(in);
	return status;
}

static int lint_live(const struct lint_args *args, const struct judging_options *how)
{
	char why[128];
	struct dump *dump = dump_live(args->live, args->nlive, why, sizeof(why));
	int status = EXIT_BROKEN;

	if (dump)
		status = lint(dump, "this machine", true, how);
	else
		warnx("%s", why);
	dump_free(dump);
	return status;
}

/* --- all of them --- */

struct tally {
	size_t count[EXIT_NOTHING + 1]; /* by status */
	int status;
};

static void add(struct tally *tally, int status)
{
	tally->count[status]++;
	tally->status = worse_status(tally->status, status);
}

static void put_tally(const struct tally *tally, size_t pictures)
{
	printf("%zu pictures: %zu passed, %zu failed, %zu broken, %zu with nothing to judge (exit "
	       "%d)\n",
	       pictures, tally->count[0], tally->count[EXIT_FAILED], tally->count[EXIT_BROKEN],
	       tally->count[EXIT_NOTHING], tally->status);
	puts("`vfwalk lint` of one tells which rules could not be judged, and why");
}

static int lint_all(struct lint_args *args)
{
	size_t pictures = args->dumps.count + (args->nlive > 0);
	const struct report_format *format = args->judging.format;
	struct tally tally = {0};

	if (!pictures) {
		warnx("nothing to judge" GIVE);
		return EXIT_BROKEN;
	}
	if (args->judging.out && pictures > 1) {
		warnx("--out takes the reports of one dump: judge them one by one");
		return EXIT_BROKEN;
	}
	if (pictures > 1 && (!strcmp(format->name, "ktap") || !strcmp(format->name, "junit") ||
			     !strcmp(format->name, "html"))) {
		warnx("-f %s is one document for one dump: judge them one by one", format->name);
		return EXIT_BROKEN;
	}
	args->judging.brief = pictures > 1;
	for (size_t i = 0; i < args->dumps.count; i++)
		add(&tally, lint_dump(args->dumps.word[i], &args->judging));
	if (args->nlive)
		add(&tally, lint_live(args, &args->judging));
	if (pictures > 1 && !strcmp(format->name, "text"))
		put_tally(&tally, pictures);
	return tally.status;
}

int cmd_lint(int argc, char **argv)
{
	struct lint_args args = {.judging.format = report_find("text")};
	int status;

	if (args_parse(&argp, argc, argv, &args, &status))
		status = lint_all(&args);
	words_free(&args.dumps);
	free(args.live);
	judging_options_free(&args.judging);
	return status;
}
