/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running one suite program with a deadline. A test runs in a process group of its own
 * (kselftest_harness.h), so this program becomes the reaper of whatever a suite leaves behind, and
 * ends it.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define GRACE_S 3 /* from a polite signal to SIGKILL, and for strays to be gone */

/* --- signals --- */

static sigset_t unblocked; /* the mask that suites start with */

static sigset_t stopping_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return set;
}

static sigset_t handled_signals(void)
{
	sigset_t set = stopping_signals();

	sigaddset(&set, SIGCHLD);
	return set;
}

void suites_block_signals(void)
{
	sigset_t set = handled_signals();

	sigprocmask(SIG_BLOCK, &set, &unblocked);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

int signal_pending(void)
{
	const struct timespec now = {0};
	sigset_t set = stopping_signals();
	int signo = sigtimedwait(&set, NULL, &now);

	return signo > 0 ? signo : 0;
}

/* --- one suite --- */

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int file_path(const struct suite_run *run, const char *suffix, char path[static PATH_MAX])
{
	char name[NAME_MAX + 1];

	snprintf(name, sizeof(name), "%s.%s", run->name, suffix);
	return join_path(path, run->out, name);
}

/* One of its files in the directory for reports: a descriptor, or a negative errno after a line. */
static int open_file(const struct suite_run *run, const char *suffix)
{
	char path[PATH_MAX];
	int err = file_path(run, suffix, path);
	int fd = err ? -1 : open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0) {
		err = err ? err : -errno;
		warnx("%s: %s", path, strerror(-err));
		return err;
	}
	return fd;
}

/* Where its TAP and its complaints go; both stderr where there is no directory for them. */
static int open_files(const struct suite_run *run, int *tap, int *log)
{
	*tap = *log = STDERR_FILENO;
	if (!run->out)
		return 0;
	*tap = open_file(run, "tap");
	if (*tap < 0)
		return *tap;
	*log = open_file(run, "err");
	if (*log < 0)
		close(*tap);
	return *log < 0 ? *log : 0;
}

/* A suite without complaints leaves no file of them. */
static void close_files(const struct suite_run *run, int tap, int log)
{
	char path[PATH_MAX];
	struct stat st;

	if (tap == STDERR_FILENO)
		return;
	if (!fstat(log, &st) && !st.st_size && !file_path(run, "err", path))
		unlink(path);
	close(tap);
	close(log);
}

/* What a suite that did not get through said last: the reason is there. */
static void show_last_words(int log)
{
	char text[1024];
	off_t end = lseek(log, 0, SEEK_END);
	off_t start = end > (off_t)sizeof(text) ? end - (off_t)sizeof(text) : 0;
	ssize_t len = pread(log, text, sizeof(text), start);
	const char *from = text;

	if (len <= 0)
		return;
	if (start)
		from = memchr(text, '\n', (size_t)len);
	if (from)
		fwrite(from, 1, (size_t)(text + len - from), stderr);
}

static void __attribute__((noreturn))
become(const struct suite_run *run, int tap, int log, pid_t parent)
{
	char path[PATH_MAX];

	setpgid(0, 0);
	/* If this program is killed, its suites must not go on alone. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_BROKEN);
	sigprocmask(SIG_SETMASK, &unblocked, NULL);
	dup2(tap, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	if (!join_path(path, run->dir, run->name))
		execl(path, run->name, (char *)NULL);
	warn("%s", path);
	_exit(EXIT_BROKEN);
}

/* Takes all children that have ended. True when @pid was one of them. */
static bool reap(struct suite_run *run, pid_t pid)
{
	bool ended = false;
	int status;
	pid_t child;

	while ((child = waitpid(-1, &status, WNOHANG)) > 0) {
		if (child != pid)
			continue;
		ended = true;
		run->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		run->signo = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	}
	return ended;
}

/* Waits for a signal until @deadline; returns it, or 0 when the time is over. */
static int wait_signal(const sigset_t *set, double deadline)
{
	while (1) {
		double left = deadline - now_s();
		struct timespec ts = {.tv_sec = left > 0 ? (time_t)left : 0};
		int signo;

		if (left > 0)
			ts.tv_nsec = (long)((left - (double)ts.tv_sec) * 1e9);
		signo = sigtimedwait(set, NULL, &ts);
		if (signo > 0)
			return signo;
		if (errno != EINTR)
			return 0;
	}
}

/* Ends the suite by force: politely first. */
static void stop(struct suite_run *run, pid_t pid)
{
	const int signals[] = {SIGTERM, SIGKILL};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		double deadline = now_s() + GRACE_S;

		kill(-pid, signals[i]);
		do {
			if (reap(run, pid))
				return;
		} while (wait_signal(&set, deadline));
	}
	warnx("suite %s cannot be killed: process %d hangs in the kernel", run->name, (int)pid);
}

static void wait_for(struct suite_run *run, pid_t pid)
{
	double deadline = now_s() + run->deadline_s;
	sigset_t set = handled_signals();

	while (!reap(run, pid)) {
		int signo = wait_signal(&set, deadline);

		if (signo == SIGCHLD)
			continue;
		run->interrupted = signo;
		run->timeout = !signo;
		stop(run, pid);
		return;
	}
}

/* The parent of @pid, or -1. */
static pid_t parent_of(pid_t pid)
{
	char path[64], text[512], *after;
	size_t len;
	int parent = -1;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	in = fopen(path, "re");
	if (!in)
		return -1;
	len = fread(text, 1, sizeof(text) - 1, in);
	fclose(in);
	text[len] = '\0';
	after = strrchr(text, ')'); /* the name before it may hold anything */
	if (!after || sscanf(after + 1, " %*c %d", &parent) != 1)
		return -1;
	return (pid_t)parent;
}

/* Kills every child of this process; returns how many there were. */
static unsigned kill_children(void)
{
	DIR *proc = opendir("/proc");
	unsigned killed = 0;
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		pid_t pid = (pid_t)atoi(entry->d_name);

		if (pid > 0 && parent_of(pid) == getpid()) {
			kill(pid, SIGKILL);
			killed++;
		}
	}
	if (proc)
		closedir(proc);
	return killed;
}

/* What the suite left behind became our child when it ended; its children follow in turn. */
static void kill_strays(const struct suite_run *run)
{
	struct suite_run none = {0};
	double deadline = now_s() + GRACE_S;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	do {
		reap(&none, -1);
		if (!kill_children())
			return;
	} while (wait_signal(&set, deadline));
	warnx("suite %s left processes that cannot be killed", run->name);
}

int suite_run(struct suite_run *run)
{
	pid_t parent = getpid(), pid;
	int tap, log, err = open_files(run, &tap, &log);

	if (err)
		return err;
	pid = fork();
	if (!pid)
		become(run, tap, log, parent);
	if (pid > 0) {
		setpgid(pid, pid); /* whoever comes first */
		run->status = -1;
		wait_for(run, pid);
		kill_strays(run);
		if (log != STDERR_FILENO && (run->status < 0 || run->status == EXIT_BROKEN))
			show_last_words(log);
	} else {
		err = -errno;
		warn("suite %s", run->name);
	}
	close_files(run, tap, log);
	return err;
}
