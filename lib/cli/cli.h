/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the subcommands share. Each is one file with one function, which gets its own words, argv[0]
 * being "vfwalk run", and returns the exit status.
 */
#ifndef VFWALK_CLI_H
#define VFWALK_CLI_H

#include <argp.h>
#include <limits.h>
#include <stdbool.h>

#include <vfwalk/report.h>
#include <vfwalk/sim.h>

/* Exit statuses, as the README has them. */
#define EXIT_FAILED  1
#define EXIT_BROKEN  2 /* and usage errors */
#define EXIT_NOTHING 4

int cmd_run(int argc, char **argv);
int cmd_judge(int argc, char **argv);
int cmd_lint(int argc, char **argv);
int cmd_scan(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_restore(int argc, char **argv);
int cmd_witness(int argc, char **argv);

/* --- args.c --- */

/* Ends the options of every command. */
/* clang-format off */
#define ARGS_COMMON \
	{"help", 'h', NULL, 0, "print this help", -1}, \
	{"version", 'V', NULL, 0, "print the version", -1}, \
	{0},
/* clang-format on */

/*
 * Parses @argv by @argp, whose options end with ARGS_COMMON. A parser that refuses a word says why
 * in one line and returns EINVAL. Returns true to go on; else the command is to return @status.
 */
bool args_parse(const struct argp *argp, int argc, char **argv, void *input, int *status);

/* A list of words that an option was given, once or more. */
struct words {
	size_t count;
	const char **word;
};

/* Adds @word, which is borrowed; false out of memory. */
bool words_add(struct words *words, const char *word);
void words_free(struct words *words);

/* --- judging.c: from a record to reports --- */

/* How a record is judged and what is made of it. */
struct judging_options {
	const char *out;                    /* directory for report.*, or NULL */
	const struct report_format *format; /* on stdout; NULL: nothing */
	struct words baselines;             /* paths */
	bool no_baseline;
	struct words required; /* IDs of rules */
	bool brief;            /* as one of many: what failed, and the rest counted */
	/* Takes the report instead of writing it, and returns 0 or a negative errno; or NULL. */
	int (*take)(void *ctx, const struct report *report);
	void *take_ctx;
};

/* Options of every command that judges. */
/* clang-format off */
#define OPTION_BASELINE \
	{"baseline", 'b', "FILE", 0, "known failures; may be given more than once", 0}
#define OPTION_NO_BASELINE \
	{"no-baseline", 'n', NULL, 0, "excuse nothing, whatever is known", 0}
#define OPTION_REQUIRE \
	{"require", 'R', "RULE,...", 0, "fail where one of these was not exercised", 0}
/* clang-format on */

/* Takes one of these, 'o' (out) or 'f' (format); else returns ARGP_ERR_UNKNOWN. */
error_t judging_option(struct judging_options *options, int key, char *arg);
void judging_options_free(struct judging_options *options);

/*
 * Judges the record at @path: streams it through the judge, applies the baselines, writes the
 * reports. Returns the exit status; where it is a matter of usage, says why in one line.
 */
int judge_record(const char *path, const struct judging_options *options);
/*
 * The same for a judge that has seen all:  is why there can be no verdict on the whole, or
 * NULL.
 */
int judge_report(struct judge *judge, const char *path, const char *broken,
		 const struct judging_options *options);
/* The worse of two exit statuses: 2, then 1, then 4, then 0. */
int worse_status(int a, int b);

/* Is stdout a terminal that shows colours, and may they be used? */
bool wants_color(void);
/* Streams the record at @path through @judge. Returns 0, or a negative errno after one line. */
int record_feed(struct judge *judge, const char *path);

/* The format of that name, or NULL after one line that names those there are. */
const struct report_format *format_find(const char *name);

/* --- suites.c: the suite programs --- */

/* In the order in which they run. */
struct suites {
	char dir[PATH_MAX];
	size_t count;
	char **name;
};

/*
 * Finds the suite programs beside this program, or in $VFWALK_SUITES: all, or those @wanted.
 * Returns 0, or -EINVAL after one line.
 */
int suites_find(const struct words *wanted, struct suites *suites);
void suites_free(struct suites *suites);
/* Is there any, to be found without a word? */
bool suites_are_there(void);

/* --- suite.c: running one of them --- */

/* What a suite program is given, and what became of it. */
struct suite_run {
	const char *dir, *name;
	const char *out;     /* directory for its TAP and its stderr, or NULL: stderr */
	unsigned deadline_s; /* after which it counts as hung */
	/* result: */
	int status; /* -1 where it died of a signal */
	int signo;
	bool timeout;
	int interrupted; /* the signal that told this program to stop, or 0 */
};

/*
 * Blocks the signals that a run handles; to be called before the first suite. From then on they
 * are seen by suite_run() and signal_pending() only.
 */
void suites_block_signals(void);
/* The signal that asked to stop, taken off the queue, or 0. */
int signal_pending(void);
/* Runs a suite program to its end, by force if need be, and leaves no process of it behind. */
int suite_run(struct suite_run *run);

/* --- coverage.c: what records say of each rule --- */

struct coverage {
	size_t count;
	struct covered {
		const char *path;
		char *target, *profile, *lab; /* lab may be NULL */
		struct covered_rule {
			unsigned long by_verdict[VERDICT_COUNT];
			size_t count;
			char **scenario; /* that exercised it */
		} * rule;                /* one for each of the catalogue */
	} * run;
};

/* Judges the record at @path and adds what it says. Returns 0, or an exit status after one line. */
int coverage_add(struct coverage *coverage, const char *path);
void coverage_free(struct coverage *coverage);
/* Was rule @rule of the catalogue exercised in any of them? */
bool is_covered(const struct coverage *coverage, size_t rule);

/* --- rules.c --- */

/* Chooses the rules that @word names, a rule or a group; false where it names none. */
bool rules_choose(const char *word, bool *chosen);

/* --- rules_write.c: the catalogue in three formats --- */

/* What is told, of which rules. */
struct rules_list {
	bool with_sources;           /* rules on sources, too */
	const struct words *sources; /* which; NULL: all */
	const bool *chosen;          /* one for each rule of the catalogue */
	bool with_coverage;
	struct coverage coverage;
};

void rules_table(const struct rules_list *list);
void rules_markdown(const struct rules_list *list);
void rules_json(const struct rules_list *list);
/* Does a defect of the model device name that rule? The first, from *@at on, which is moved behind
 * it. */
const struct sim_defect *defect_of(const struct rule_info *rule, size_t *at);
/* Can it be broken, and does no defect? */
bool is_unkilled(const struct rule_info *rule);

/* --- rules_source.c: rules on sources, which no run judges --- */

/* Does @word name one of them, or all? */
bool source_is_named(const char *word);
/* Those that @words name; all, where there are none. */
void source_rules_table(const struct words *words);
void source_rules_markdown(const struct words *words);
void source_rules_json(const struct words *words, json_t *list);
/* All there is to tell of one; false where there is none of that ID. */
bool source_rule_explain(const char *id);

/* --- example.c --- */

/*
 * Shows on stdout what the text report says of @rule, of a run on the model device with @defect.
 * Returns NULL, or why there is nothing to be seen, in words.
 */
const char *example_show(const struct rule_info *rule, const struct sim_defect *defect);

/* --- places.c: where a run writes --- */

struct places {
	bool stream;        /* the record cannot be read back: it is judged elsewhere */
	char out[PATH_MAX]; /* of reports; empty: none are written */
	char record[PATH_MAX];
};

/*
 * Finds and makes the places: @out and @record are what was asked for, or NULL. Returns 0, or a
 * negative errno after one line.
 */
int find_places(const char *target, const char *out, const char *record, struct places *places);
/* What a run that never started leaves behind is nothing. */
void drop_places(const struct places *places);

/* --- restore.c --- */

/* The record is of a run on this machine that did not end: what it claimed is still claimed. */
bool restore_is_due(const char *record);

/* --- paths.c --- */

#define REPORTS_DIR "reports/out"

/* The directory of this program, without a slash at its end. */
int program_dir(char dir[static PATH_MAX]);
/* The directory of templates of HTML. */
int templates_dir(char dir[static PATH_MAX]);
/* Makes @path and what leads to it. Returns 0 or a negative errno. */
int make_dirs(const char *path);
/* "DIR/NAME" in @path; -ENAMETOOLONG. */
int join_path(char path[static PATH_MAX], const char *dir, const char *name);

/* --- baselines.c --- */

/*
 * The baselines that count for a run in @lab (or NULL): those named, else the lab's own in
 * fixtures/baselines/. Returns 0 with @baseline (NULL: none), or -EINVAL after one line.
 */
int baselines_load(const struct judging_options *options, const char *lab,
		   struct baseline **baseline);
/* Path of the baseline of @lab, or -ENOENT. */
int baseline_of_lab(const char *lab, char path[static PATH_MAX]);

#endif
