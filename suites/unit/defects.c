/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules are shown to fail: each deliberate defect of the model device, in a run of its own of
 * the whole program, must be found by the rule that it breaks, and a run without it must not. Each
 * rule of the catalogue that can be observed must have such a defect.
 *
 * The runs are independent, so several go on at a time.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vfwalk/rules.h>
#include <vfwalk/sim.h>

#include "kselftest.h"

#define DEADLINE "20" /* seconds, for a suite */

/* One run of vfwalk. */
struct job {
	const struct sim_defect *defect; /* NULL: the model device as it should be */
	const char *options;             /* what else it is made of, or NULL */
	char dir[PATH_MAX];
	pid_t pid;
	int status;
	json_t *report; /* NULL: there is none */
};

static char program[2 * PATH_MAX], top[PATH_MAX - 32];

/* --- running --- */

static void find_program(void)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len < 0)
		err(KSFT_FAIL, "/proc/self/exe");
	self[len] = '\0';
	/* This program stands in build/unit/. */
	snprintf(program, sizeof(program), "%s/../vfwalk", dirname(self));
	if (access(program, X_OK))
		err(KSFT_FAIL, "%s", program);
}

static void redirect(const char *dir, const char *name, int to)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || dup2(fd, to) < 0)
		_exit(127);
}

static void __attribute__((noreturn)) become(const struct job *job)
{
	char sim[512];

	snprintf(sim, sizeof(sim), "%s%s%s%s", job->options ? job->options : "",
		 job->options && job->defect ? "," : "", job->defect ? "defect=" : "",
		 job->defect ? job->defect->name : "");
	redirect(job->dir, "stdout", STDOUT_FILENO);
	redirect(job->dir, "stderr", STDERR_FILENO);
	setenv("VFWALK_DEADLINE", DEADLINE, 1);
	execl(program, "vfwalk", "run", "--target", "sim", "--sim", sim, "--out", job->dir,
	      "--profile", "quick", "--no-baseline", (char *)NULL);
	_exit(127);
}

static void start(struct job *job, size_t number)
{
	snprintf(job->dir, sizeof(job->dir), "%s/%zu", top, number);
	if (mkdir(job->dir, 0755))
		err(KSFT_FAIL, "%s", job->dir);
	job->pid = fork();
	if (job->pid < 0)
		err(KSFT_FAIL, "fork");
	if (!job->pid)
		become(job);
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

static void finish(struct job *jobs, size_t count, pid_t pid, int status)
{
	char path[PATH_MAX + 16];

	for (size_t i = 0; i < count; i++) {
		if (jobs[i].pid != pid)
			continue;
		jobs[i].pid = 0; /* the number may come again */
		jobs[i].status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		snprintf(path, sizeof(path), "%s/report.json", jobs[i].dir);
		jobs[i].report = json_load_file(path, 0, NULL);
		remove_all(jobs[i].dir);
	}
}

static void run_all(struct job *jobs, size_t count)
{
	/* Most of a run is waiting for what must not come. */
	size_t most = 2 * (size_t)sysconf(_SC_NPROCESSORS_ONLN);
	size_t started = 0, running = 0;

	while (started < count || running) {
		int status;
		pid_t pid;

		if (started < count && running < most) {
			start(&jobs[started], started);
			started++;
			running++;
			continue;
		}
		pid = wait(&status);
		if (pid < 0)
			err(KSFT_FAIL, "wait");
		finish(jobs, count, pid, status);
		running--;
	}
}

/* --- looking --- */

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* A MUST, SHOULD or INFO that did not hold. */
static bool is_broken(const json_t *verdict)
{
	const char *text = text_of(verdict, "verdict");

	return !strcmp(text, "fail") || !strcmp(text, "warn") || !strcmp(text, "note");
}

/* The first verdict on @rule (NULL: on any) that did not hold, or NULL. */
static const json_t *find_broken(const struct job *job, const char *rule)
{
	const json_t *verdicts = json_object_get(job->report, "verdicts");

	for (size_t i = 0; i < json_array_size(verdicts); i++) {
		const json_t *verdict = json_array_get(verdicts, i);

		if (is_broken(verdict) && (!rule || !strcmp(text_of(verdict, "rule"), rule)))
			return verdict;
	}
	return NULL;
}

/* Every rule that did not hold, in one line: a row of the kill matrix. */
static void print_broken(const struct job *job)
{
	const json_t *verdicts = json_object_get(job->report, "verdicts");
	const char *last = "";
	char line[1024] = "";
	size_t used = 0;

	for (size_t i = 0; i < json_array_size(verdicts); i++) {
		const json_t *verdict = json_array_get(verdicts, i);
		const char *rule = text_of(verdict, "rule");

		if (!is_broken(verdict) || !strcmp(rule, last))
			continue;
		last = rule;
		if (used < sizeof(line))
			used += (size_t)snprintf(line + used, sizeof(line) - used, " %s", rule);
	}
	ksft_print_msg("found by:%s\n", line[0] ? line : " nothing");
}

/*
 * A device that is broken enough cannot be put back, which breaks the run and is fair; a suite
 * that dies or hangs over it is not.
 */
static bool has_ended_well(const struct job *job)
{
	const char *why = text_of(job->report, "broken");

	if (*why || !job->report)
		ksft_print_msg("exit %d, %s\n", job->status, *why ? why : "no report.json");
	return job->report && !strstr(why, " died of ") && !strstr(why, " hung ");
}

/* The run without a defect, of the same model device. */
static const struct job *clean_of(const struct job *jobs, const struct job *job)
{
	while (jobs->defect || !same(jobs->options, job->options))
		jobs++;
	return jobs;
}

/* Found with the defect, and not without it: else it is not the defect that was found. */
static void check_defect(const struct job *jobs, const struct job *job)
{
	const struct sim_defect *defect = job->defect;
	bool without = find_broken(clean_of(jobs, job), defect->rule);

	print_broken(job);
	if (without)
		ksft_print_msg("%s is found without the defect, too\n", defect->rule);
	ksft_test_result(has_ended_well(job) && find_broken(job, defect->rule) && !without,
			 "%s breaks %s: %s\n", defect->name, defect->rule, defect->what);
}

/* What some models do by right may be a warning or a note; no MUST is broken by any. */
static void check_clean(const struct job *job)
{
	print_broken(job);
	ksft_test_result(has_ended_well(job) && job->status == 0,
			 "no defect, options \"%s\": every MUST holds\n",
			 job->options ? job->options : "");
}

static void check_catalogue(const struct sim_defect *defects, size_t count)
{
	bool all = true;

	for (size_t r = 0; r < rules_count(); r++) {
		bool found = rules_get(r)->unobservable;

		for (size_t i = 0; i < count && !found; i++)
			found = !strcmp(defects[i].rule, rules_get(r)->id);
		if (!found)
			ksft_print_msg("no defect breaks %s\n", rules_get(r)->id);
		all &= found;
	}
	ksft_test_result(all, "every rule has a defect that breaks it\n");
}

/* --- all of it --- */

/* A job for each defect, and one without any for each set of options; their number. */
static size_t make_jobs(const struct sim_defect *defects, size_t count, struct job *jobs)
{
	size_t njobs = 0;

	jobs[njobs++] = (struct job){0};
	for (size_t i = 0; i < count; i++) {
		bool have = false;

		for (size_t k = 0; k < njobs && !have; k++)
			have = !jobs[k].defect && same(jobs[k].options, defects[i].options);
		if (!have)
			jobs[njobs++] = (struct job){.options = defects[i].options};
		jobs[njobs++] = (struct job){.defect = &defects[i], .options = defects[i].options};
	}
	return njobs;
}

int main(void)
{
	size_t count, njobs;
	const struct sim_defect *defects = sim_defects(&count);
	struct job *jobs = calloc(2 * count + 1, sizeof(*jobs));
	const char *tmp = getenv("TMPDIR");

	find_program();
	snprintf(top, sizeof(top), "%s/vfwalk-defects-XXXXXX", tmp ? tmp : "/tmp");
	if (!jobs || !mkdtemp(top))
		err(KSFT_FAIL, "%s", top);
	njobs = make_jobs(defects, count, jobs);

	ksft_print_header();
	ksft_set_plan((unsigned)njobs + 1);
	run_all(jobs, njobs);
	for (size_t i = 0; i < njobs; i++) {
		if (jobs[i].defect)
			check_defect(jobs, &jobs[i]);
		else
			check_clean(&jobs[i]);
	}
	for (size_t i = 0; i < njobs; i++)
		json_decref(jobs[i].report);
	check_catalogue(defects, count);
	remove_all(top);
	free(jobs);
	ksft_finished();
}
