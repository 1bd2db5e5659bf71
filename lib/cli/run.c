/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `vfwalk run`: opens the walk, finds out the resize backend and model, lets the suite programs
 * continue the record one after another, puts devices back, and judges the record like
 * `vfwalk judge` does.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <vfwalk/sim.h>
#include <vfwalk/walk.h>

#include "cli.h"

struct run_args {
	struct walk_options walk;
	struct words suite_names;
	struct judging_options judging;
};

enum { KEY_SIM = 256, KEY_PF, KEY_VF, KEY_CLAIM, KEY_SCRATCH, KEY_LAB, KEY_RECORD, KEY_SEED };

static const struct argp_option options[] = {
	{"target", 't', "TARGET", 0, "linux (this machine, the default) or sim (a model device)",
	 0},
	{"sim", KEY_SIM, "OPTS", 0,
	 "the model device: model=M-IMM,vfs=4,...; help prints all options, defects its faults", 0},
	{"pf", KEY_PF, "BDF", 0, "the PF whose VFs to walk; else the first that can resize", 0},
	{"vf", KEY_VF, "BDF", 0, "act on this VF only", 0},
	{"profile", 'p', "PROFILE", 0, "quick, standard (the default), cert or soak", 0},
	{"suite", 's', "NAME", 0, "run this suite only; may be given more than once", 0},
	{"seed", KEY_SEED, "N", 0, "of the hostile suite's random messages; else 1", 0},
	{"claim", KEY_CLAIM, NULL, 0, "allow to act on the PF and its VFs, and put them back", 1},
	{"scratch", KEY_SCRATCH, NULL, 0, "allow to write over what is on their media", 1},
	{"lab", KEY_LAB, "NAME", 0, "the lab this runs in: told in the record", 1},
	{"out", 'o', "DIR", 0, "reports go there; else to " REPORTS_DIR "/<time>-<target>", 2},
	{"record", KEY_RECORD, "PATH", 0,
	 "the record goes there; a port or pipe is not judged here", 2},
	{"format", 'f', "FORMAT", 0, "what to print: text, ktap, json, junit or html", 2},
	OPTION_BASELINE,
	OPTION_NO_BASELINE,
	OPTION_REQUIRE,
	ARGS_COMMON};

static error_t check_bdf(const char *option, const char *text)
{
	struct bdf bdf;

	if (!bdf_parse(text, &bdf))
		return 0;
	warnx("--%s \"%s\" is no address: give one like 0000:01:00.0, as `vfwalk list` shows",
	      option, text);
	return EINVAL;
}

static error_t parse_target(struct walk_options *walk, const char *name)
{
	walk->target = name;
	if (target_find(name))
		return 0;
	warnx("unknown target \"%s\": use linux or sim", name);
	return EINVAL;
}

static error_t parse_profile(struct walk_options *walk, const char *name)
{
	int profile = profile_parse(name);

	if (profile < 0) {
		warnx("unknown profile \"%s\": use quick, standard, cert or soak", name);
		return EINVAL;
	}
	walk->profile = (enum profile)profile;
	return 0;
}

static error_t parse_seed(struct walk_options *walk, const char *text)
{
	int err = seed_parse(text, &walk->seed);

	if (err)
		warnx("--seed \"%s\" is none: give a number from 0 to 4294967295", text);
	return err ? EINVAL : 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run_args *args = state->input;
	struct walk_options *walk = &args->walk;

	switch (key) {
	case 't':
		return parse_target(walk, arg);
	case 'p':
		return parse_profile(walk, arg);
	case 's':
		return words_add(&args->suite_names, arg) ? 0 : ENOMEM;
	case KEY_SIM:
		walk->on.sim = arg;
		return 0;
	case KEY_SEED:
		return parse_seed(walk, arg);
	case KEY_PF:
		walk->on.pf = arg;
		return check_bdf("pf", arg);
	case KEY_VF:
		walk->vf = arg;
		return check_bdf("vf", arg);
	case KEY_CLAIM:
		walk->on.claim = true;
		return 0;
	case KEY_SCRATCH:
		walk->on.scratch = true;
		return 0;
	case KEY_LAB:
		walk->lab = arg;
		return 0;
	case KEY_RECORD:
		walk->record = arg;
		return 0;
	default:
		return judging_option(&args->judging, key, arg);
	}
}

static const struct argp argp = {
	options,
	parse,
	"",
	"Walks VFs through resizing and everything around it, and judges what was seen."
	"\vNothing is done to a function of this machine without --claim.",
	NULL,
	NULL,
	NULL};

/* --- what suites are told --- */

static void set_or_unset(const char *name, const char *value)
{
	if (value && *value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

/* The files that excuse failures, for suites that count their own. */
static void set_baselines(const struct judging_options *judging, const char *lab)
{
	char path[PATH_MAX];
	char *text = NULL;
	size_t size;
	FILE *out;

	if (judging->no_baseline || (!judging->baselines.count && baseline_of_lab(lab, path))) {
		unsetenv("VFWALK_BASELINE");
		return;
	}
	out = open_memstream(&text, &size);
	if (!out)
		return;
	for (size_t i = 0; i < judging->baselines.count; i++)
		fprintf(out, "%s%s", i ? ":" : "", judging->baselines.word[i]);
	if (!judging->baselines.count)
		fputs(path, out);
	if (!fclose(out))
		setenv("VFWALK_BASELINE", text, 1);
	free(text);
}

static void set_environment(const struct run_args *args, struct walk *w)
{
	const struct walk_options *walk = &args->walk;
	int fd = walk_record_fd(w);
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	fcntl(fd, F_SETFD, 0); /* suites inherit it */
	set_or_unset("VFWALK_RECORD_FD", number);
	unsetenv("VFWALK_RECORD");
	set_or_unset("VFWALK_TARGET", walk->target);
	set_or_unset("VFWALK_SIM", walk->on.sim);
	set_or_unset("VFWALK_PF", walk->on.pf);
	set_or_unset("VFWALK_VF", walk->vf);
	snprintf(number, sizeof(number), "%u", walk->seed);
	set_or_unset("VFWALK_SEED", number);
	set_or_unset("VFWALK_PROFILE", profile_name(walk->profile));
	set_or_unset("VFWALK_LAB", walk->lab);
	set_or_unset("VFWALK_CLAIM", walk->on.claim ? "1" : NULL);
	set_or_unset("VFWALK_SCRATCH", walk->on.scratch ? "1" : NULL);
	set_or_unset("VFWALK_MODEL", walk_model(w));
	set_or_unset("VFWALK_BACKEND", resize_backend_name(walk_caps(w)->backend));
	snprintf(number, sizeof(number), "%u", walk_caps(w)->max);
	set_or_unset("VFWALK_MAX", walk_caps(w)->max_open ? NULL : number);
	set_baselines(&args->judging, walk->lab);
}

/* --- progress --- */

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void show_start(const char *name, size_t index, size_t count)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K[%zu/%zu] %s ...", index + 1, count, name);
}

static void show_nothing(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

/* How many scenarios there were, and how many of them saw failures, by the TAP of the suite. */
static bool count_scenarios(const struct suite_run *run, unsigned *failed, unsigned *all)
{
	char path[PATH_MAX], name[NAME_MAX + 1], text[512];
	FILE *in;

	*failed = *all = 0;
	snprintf(name, sizeof(name), "%s.tap", run->name);
	in = run->out && !join_path(path, run->out, name) ? fopen(path, "re") : NULL;
	if (!in)
		return false;
	while (fgets(text, sizeof(text), in)) {
		*failed += !strncmp(text, "not ok ", 7);
		*all += !strncmp(text, "not ok ", 7) || !strncmp(text, "ok ", 3);
	}
	fclose(in);
	return *failed;
}

/* A suite counts every failure; whether one is excused or not is for the judge. */
static void show_done(const struct suite_run *run)
{
	unsigned failed, all;

	if (!run->status)
		fputs("done\n", stderr);
	else if (count_scenarios(run, &failed, &all))
		fprintf(stderr, "done; %u of %u scenarios saw failures, judged below\n", failed,
			all);
	else
		fputs("done; it saw failures, judged below\n", stderr);
}

static void show_end(const struct suite_run *run, double seconds)
{
	show_nothing();
	fprintf(stderr, "%-10s %6.1f s  ", run->name, seconds);
	if (run->interrupted)
		fprintf(stderr, "interrupted: %s\n", strsignal(run->interrupted));
	else if (run->timeout)
		fprintf(stderr, "hung: stopped after %u s\n", run->deadline_s);
	else if (run->signo)
		fprintf(stderr, "died: %s\n", strsignal(run->signo));
	else if (run->status == EXIT_NOTHING)
		fputs("nothing to run\n", stderr);
	else if (run->status == EXIT_BROKEN)
		fputs("could not be set up\n", stderr);
	else
		show_done(run);
}

/* --- the run --- */

/* After which a suite counts as hung; the slowest guest stays far below. */
static unsigned deadline_s(enum profile profile)
{
	static const unsigned by_profile[] = {[PROFILE_QUICK] = 120,
					      [PROFILE_STANDARD] = 600,
					      [PROFILE_CERT] = 3600,
					      [PROFILE_SOAK] = 12 * 3600};
	const char *set = getenv("VFWALK_DEADLINE"); /* seconds; for tests, and for slow guests */
	unsigned long value = set ? strtoul(set, NULL, 10) : 0;

	return value > 0 && value < 1000000 ? (unsigned)value : by_profile[profile];
}

static void abort_for_signal(struct walk *w, int signo)
{
	char why[64];

	snprintf(why, sizeof(why), "stopped by signal %d (%s)", signo, strsignal(signo));
	walk_abort(w, why);
}

/* A suite that did not get to its end has not put back what it changed. */
static void clean_up(struct walk *w, const struct suite_run *run, const struct places *places)
{
	int err;

	if (run->status >= 0 && !run->timeout && !run->interrupted && !walk_lost(w))
		return;
	if (places->stream) {
		warnx("suite %s did not get to its end: the record cannot be read back here, so "
		      "nothing of it is undone",
		      run->name);
		return;
	}
	err = walk_restore(walk_target(w), places->record);
	if (err)
		warnx("after suite %s: not everything could be put back: %s", run->name,
		      strerror(-err));
}

/* Runs all of them; false when one did not get to its end, or the run was stopped. */
static bool run_suites(struct walk *w, const struct run_args *args, const struct suites *suites,
		       const struct places *places)
{
	bool good = true;

	for (size_t i = 0; i < suites->count; i++) {
		struct suite_run run = {.dir = suites->dir,
					.name = suites->name[i],
					.out = places->out[0] ? places->out : NULL,
					.deadline_s = deadline_s(args->walk.profile)};
		double start = now_s();
		int signo = signal_pending();

		if (signo) {
			abort_for_signal(w, signo);
			return false;
		}
		show_start(run.name, i, suites->count);
		if (suite_run(&run)) {
			walk_abort(w, "a suite could not be started");
			return false;
		}
		if (run.interrupted) { /* it did not end by itself: the record tells of the run */
			show_end(&run, now_s() - start);
			abort_for_signal(w, run.interrupted);
			clean_up(w, &run, places);
			return false;
		}
		show_nothing();
		if (walk_suite(w, run.name, run.status, run.signo, run.timeout)) {
			/* It has said why. Without a record nothing is to be done any more. */
			clean_up(w, &run, places);
			return false;
		}
		show_end(&run, now_s() - start);
		good &= run.status >= 0 && run.status != EXIT_BROKEN;
		clean_up(w, &run, places);
	}
	return good;
}

/* Probing comes first: the suites are told what it found. */
static bool walk_it(struct walk *w, const struct run_args *args, const struct suites *suites,
		    const struct places *places)
{
	int err = walk_probe(w), signo = signal_pending();

	if (signo) {
		abort_for_signal(w, signo);
		return false;
	}
	if (err) {
		char why[128];

		snprintf(why, sizeof(why), "probing for the resize model failed: %s",
			 strerror(-err));
		warnx("%s", why);
		walk_abort(w, why);
		return false;
	}
	set_environment(args, w);
	return run_suites(w, args, suites, places);
}

static int run(struct run_args *args, const struct suites *suites)
{
	struct places places;
	char why[512];
	struct walk *w;
	int status = EXIT_BROKEN, lost;
	bool good;

	if (find_places(args->walk.target, args->judging.out, args->walk.record, &places))
		return EXIT_BROKEN;
	args->walk.record = places.record;
	suites_block_signals();
	w = walk_open(&args->walk, why, sizeof(why), &status);
	if (!w) {
		if (why[0])
			warnx("%s", why);
		drop_places(&places);
		return status;
	}
	good = walk_it(w, args, suites, &places);
	lost = walk_lost(w);
	walk_close(w);
	if (places.stream || lost)
		return good ? 0 : EXIT_BROKEN;

	args->judging.out = places.out;
	return judge_record(places.record, &args->judging);
}

/* What can be refused before anything is touched. */
static bool check(const struct run_args *args)
{
	struct baseline *baseline;

	if (args->walk.on.sim && strcmp(args->walk.target, "sim")) {
		warnx("--sim describes a model device: give --target sim with it");
		return false;
	}
	if (baselines_load(&args->judging, args->walk.lab, &baseline))
		return false;
	baseline_free(baseline);
	return true;
}

/* Was only asked what the model device can be? */
static bool tell_of_sim(const char *sim)
{
	if (sim && !strcmp(sim, "help"))
		sim_print_options(stdout);
	else if (sim && !strcmp(sim, "defects"))
		sim_print_defects(stdout);
	else
		return false;
	return true;
}

/* The words as they were typed, for the header; ended by NULL. */
static char **command_words(int argc, char **argv)
{
	char **words = calloc((size_t)argc + 2, sizeof(*words));

	if (!words)
		return NULL;
	words[0] = program_invocation_name;
	words[1] = (char *)"run";
	for (int i = 1; i < argc; i++)
		words[i + 1] = argv[i];
	return words;
}

int cmd_run(int argc, char **argv)
{
	struct run_args args = {
		.walk = {.target = "linux",
			 .profile = PROFILE_STANDARD,
			 .seed = SEED_PRESET,
			 .record_fd = -1},
		.judging.format = report_find("text"),
	};
	struct suites suites = {0};
	int status;

	args.walk.command = command_words(argc, argv);
	if (args_parse(&argp, argc, argv, &args, &status)) {
		bool told = tell_of_sim(args.walk.on.sim);

		status = told ? 0 : EXIT_BROKEN;
		if (!told && check(&args) && !suites_find(&args.suite_names, &suites))
			status = run(&args, &suites);
	}
	suites_free(&suites);
	words_free(&args.suite_names);
	judging_options_free(&args.judging);
	free(args.walk.command);
	return status;
}
