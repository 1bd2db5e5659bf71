/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running vfwalk, many at a time: most of a run is waiting for what must not come. What its report
 * says of each rule is kept, the rest is removed.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mutants.h"

#define STATUS_BROKEN 2
#define DEADLINE      "60" /* seconds, for a suite: far beyond what it takes, with others beside it */

static char top[PATH_MAX - 32];

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void program_path(char path[static PATH_MAX], const char *name)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len < 0)
		err(STATUS_BROKEN, "/proc/self/exe");
	self[len] = '\0';
	if (snprintf(path, PATH_MAX, "%s/%s", dirname(self), name) >= PATH_MAX)
		errx(STATUS_BROKEN, "%s: the path is too long", self);
}

size_t run_most(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return 16 * (size_t)(cpus > 0 ? cpus : 1);
}

const char *run_sim(const struct run *run)
{
	static char sim[512];

	snprintf(sim, sizeof(sim), "%s%s%s%s", run->options,
		 *run->options && run->defect ? "," : "", run->defect ? "defect=" : "",
		 run->defect ? run->defect->name : "");
	return sim;
}

/* --- one run --- */

static void redirect(const char *dir, const char *name, int to)
{
	char path[PATH_MAX + 16];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || dup2(fd, to) < 0)
		_exit(127);
}

static void __attribute__((noreturn)) become(const struct run *run, const char *program)
{
	redirect(run->dir, "stdout", STDOUT_FILENO);
	redirect(run->dir, "stderr", STDERR_FILENO);
	setenv("VFWALK_DEADLINE", DEADLINE, 1);
	execl(program, "vfwalk", "run", "--target", "sim", "--sim", run_sim(run), "--out", run->dir,
	      "--profile", MUTANTS_PROFILE, "--no-baseline", (char *)NULL);
	_exit(127);
}

static void start(struct run *run, size_t number, const char *program)
{
	snprintf(run->dir, sizeof(run->dir), "%s/%zu", top, number);
	if (mkdir(run->dir, 0755))
		err(STATUS_BROKEN, "%s", run->dir);
	run->begun = now_s();
	fflush(NULL);
	run->pid = fork();
	if (run->pid < 0)
		err(STATUS_BROKEN, "fork");
	if (!run->pid)
		become(run, program);
}

/* --- its report --- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static enum verdict parse_verdict(const char *name)
{
	for (int v = 0; v < VERDICT_COUNT; v++)
		if (!strcmp(verdict_name((enum verdict)v), name))
			return (enum verdict)v;
	return VERDICT_BROKEN;
}

static unsigned weight(enum verdict verdict)
{
	static const unsigned weights[VERDICT_COUNT] = {
		[VERDICT_SKIP] = 1, [VERDICT_PASS] = 2, [VERDICT_KNOWN] = 3,  [VERDICT_NOTE] = 4,
		[VERDICT_WARN] = 5, [VERDICT_FAIL] = 6, [VERDICT_BROKEN] = 7,
	};

	return weights[verdict];
}

static void take_verdict(struct run *run, size_t rule, const json_t *body)
{
	enum verdict verdict = parse_verdict(text_of(body, "verdict"));
	struct cell *cell = &run->cell[rule];

	if (weight(verdict) > weight(cell->verdict))
		cell->verdict = verdict;
	if (!is_failure(verdict))
		return;
	if (!cell->functions++) {
		cell->fn = strdup(text_of(body, "function"));
		cell->seen = strdup(text_of(body, "seen"));
	}
}

/* Verdicts come in the order of the catalogue, several for a rule. */
static void take_report(struct run *run, const json_t *report)
{
	const json_t *verdicts = json_object_get(report, "verdicts");
	const char *broken = text_of(report, "broken");
	size_t rule = 0;

	for (size_t i = 0; i < json_array_size(verdicts); i++) {
		const json_t *body = json_array_get(verdicts, i);
		const char *id = text_of(body, "rule");

		while (rule < rules_count() && strcmp(rules_get(rule)->id, id))
			rule++;
		if (rule == rules_count())
			return; /* not ours: vfwalk is not of this build */
		take_verdict(run, rule, body);
	}
	run->broken = *broken ? strdup(broken) : NULL;
	run->judged = true;
}

/* The last line that it said on stderr: why it left no report. */
static char *last_words(const struct run *run)
{
	char path[PATH_MAX + 16], line[512], *words = NULL;
	FILE *in;

	snprintf(path, sizeof(path), "%s/stderr", run->dir);
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		free(words);
		words = strdup(line);
	}
	if (in)
		fclose(in);
	return words;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void remove_all(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void finish(struct run *run, int status)
{
	char path[PATH_MAX + 16];
	json_t *report;

	run->pid = 0; /* the number may come again */
	run->seconds = now_s() - run->begun;
	run->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	snprintf(path, sizeof(path), "%s/report.json", run->dir);
	report = json_load_file(path, 0, NULL);
	if (report)
		take_report(run, report);
	if (!run->judged)
		run->broken = last_words(run);
	json_decref(report);
	remove_all(run->dir);
}

/* --- all of them --- */

static void show_progress(size_t done, size_t count)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (done < count)
		fprintf(stderr, "\r\033[K[%zu/%zu]", done, count);
	else
		fputs("\r\033[K", stderr);
}

/* Waits for one run to end. */
static void reap(struct run *run, size_t count)
{
	int status;
	pid_t pid = wait(&status);

	if (pid < 0)
		err(STATUS_BROKEN, "wait");
	for (size_t i = 0; i < count; i++)
		if (run[i].pid == pid)
			finish(&run[i], status);
}

/* Runs that wait half a minute for what never comes: begun last, they alone would be waited for. */
static bool is_slow(const struct run *run)
{
	static const char *const slow[] = {"handler-of-next", "mask-left"};

	for (size_t i = 0; run->defect && i < sizeof(slow) / sizeof(slow[0]); i++)
		if (!strcmp(run->defect->name, slow[i]))
			return true;
	return false;
}

/* The order to begin them in: the slow ones, then as they come. */
static size_t *begin_order(const struct run *run, size_t count)
{
	size_t *order = calloc(count, sizeof(*order)), n = 0;

	if (!order)
		err(STATUS_BROKEN, "the order of %zu runs", count);
	for (int slow = 1; slow >= 0; slow--)
		for (size_t i = 0; i < count; i++)
			if (is_slow(&run[i]) == slow)
				order[n++] = i;
	return order;
}

void run_all(struct run *run, size_t count, size_t most)
{
	const char *tmp = getenv("TMPDIR");
	char program[PATH_MAX];
	size_t *order = begin_order(run, count);
	size_t started = 0, done = 0;

	program_path(program, "vfwalk");
	if (access(program, X_OK))
		err(STATUS_BROKEN, "%s", program);
	snprintf(top, sizeof(top), "%s/vfwalk-mutants-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(top))
		err(STATUS_BROKEN, "%s", top);
	while (done < count) {
		if (started < count && started - done < most) {
			start(&run[order[started]], started, program);
			started++;
			continue;
		}
		reap(run, count);
		show_progress(++done, count);
	}
	free(order);
	remove_all(top);
}
