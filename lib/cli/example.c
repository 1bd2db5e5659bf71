/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A violation made for the purpose: this program itself, on the model device with a defect. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

static void __attribute__((noreturn)) become(const char *dir, const struct sim_defect *defect)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char sim[256];

	snprintf(sim, sizeof(sim), "%s%sdefect=%s", defect->options ? defect->options : "",
		 defect->options ? "," : "", defect->name);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execl("/proc/self/exe", program_invocation_name, "run", "--target", "sim", "--sim", sim,
	      "--no-baseline", "--out", dir, (char *)NULL);
	_exit(EXIT_BROKEN);
}

/* Its status says what the judge thought of it, which is no matter here. */
static bool walk_defect(const char *dir, const struct sim_defect *defect)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (!pid)
		become(dir, defect);
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return pid > 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static bool show(struct judge *judge, const char *path, const struct rule_info *rule)
{
	struct report report = {.record = path, .color = wants_color()};
	struct finding *finding;

	if (access(path, R_OK) || record_feed(judge, path))
		return false;
	report.header = judge_header(judge);
	report.count = judge_findings(judge, &finding);
	report.finding = finding;
	return report_failure(&report, rule, stdout);
}

const char *example_show(const struct rule_info *rule, const struct sim_defect *defect)
{
	char dir[] = "/tmp/vfwalk-example-XXXXXX", path[PATH_MAX];
	struct judge *judge;
	bool shown = false;

	if (!suites_are_there())
		return "the suite programs, which walk the model device, are not beside this one: "
		       "build "
		       "them with `make`, or name their directory in VFWALK_SUITES";
	judge = judge_new();
	if (!judge || !mkdtemp(dir)) {
		judge_free(judge);
		return "there is no room in /tmp for a walk";
	}
	if (walk_defect(dir, defect) && !join_path(path, dir, "evidence.jsonl"))
		shown = show(judge, path, rule);
	judge_free(judge);
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return shown ? NULL : "a walk of the model device with that defect did not show it";
}
