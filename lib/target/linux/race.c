/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races: two files written at the same time, by a process each. A write that never returns cannot
 * be killed, as it waits in the kernel; so it is left behind, and whoever comes after it is told
 * to ask first whether the PF still answers.
 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux.h"

/* Clearing VF Enable takes a second (PCIe 6.0, 9.3.3.3.1), and a VF's driver its time. */
#define RACE_MS   20000
#define ANSWER_MS 5000

/* Exit statuses are bytes, and errnos of sysfs fit. */
static pid_t start_write(struct bdf fn, const char *attr, const char *value)
{
	char path[PATH_MAX];
	pid_t pid = fork();

	if (!pid) {
		ssize_t ret = linux_write_text(linux_path(path, fn, attr), value);

		_exit(ret < 0 ? (int)-ret : 0);
	}
	return pid;
}

/* What the process ended with; -ETIMEDOUT, and it is left, where it does not end. */
static int end_of(pid_t pid, struct linux_wait *wait)
{
	int status;

	if (pid < 0)
		return -EAGAIN;
	while (waitpid(pid, &status, WNOHANG) == 0)
		if (!linux_wait(wait)) {
			kill(pid, SIGKILL);
			return -ETIMEDOUT;
		}
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

int linux_race(struct target *t, struct target_race *race)
{
	struct linux_wait wait;
	bool hung = false;
	pid_t pid[2];

	if (linux_vfs_open(t))
		return -EBUSY;
	for (int i = 0; i < 2; i++)
		pid[i] = start_write(race->side[i].fn, race->side[i].attr, race->side[i].value);
	linux_wait_begin(&wait, RACE_MS);
	for (int i = 0; i < 2; i++) {
		race->side[i].res = end_of(pid[i], &wait);
		hung |= race->side[i].res == -ETIMEDOUT;
	}
	linux_outdate(linux_of(t));
	return hung ? -ETIMEDOUT : 0;
}

int linux_answers(struct target *t)
{
	struct linux_wait wait;
	unsigned long count;
	pid_t pid = fork();

	if (!pid)
		_exit(linux_read_number(linux_pf(t), "sriov_numvfs", &count) ? 1 : 0);
	linux_wait_begin(&wait, ANSWER_MS);
	return end_of(pid, &wait) == -ETIMEDOUT ? -ETIMEDOUT : 0;
}
