/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races: two files written at the same time, by a process each. A write that never returns cannot
 * be killed, as it waits in the kernel; so it is left behind, and whoever comes after it is told
 * to ask first whether the PF still answers.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux.h"

/* Clearing VF Enable takes a second (PCIe 6.0, 9.3.3.3.1), and a VF's driver its time. */
#define RACE_MS   20000
#define ANSWER_MS 5000

/*
 * The file is opened first, so that no time is lost after the start. With @again it is written
 * until the kernel has taken it away: one write alone would mostly come too early or too late.
 */
static int write_at(const char *path, const char *value, bool again, atomic_uint *ready)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = fd < 0 ? errno : 0;

	atomic_fetch_add(ready, 1);
	while (atomic_load(ready) < 2)
		;
	while (fd >= 0 && err != ENODEV) {
		err = pwrite(fd, value, strlen(value), 0) < 0 ? errno : 0;
		if (!again)
			break;
	}
	return err;
}

/* Exit statuses are bytes, and errnos of sysfs fit. */
static pid_t start_write(struct bdf fn, const char *attr, const char *value, bool again,
			 atomic_uint *ready)
{
	char path[PATH_MAX];
	pid_t pid = fork();

	if (!pid)
		_exit(write_at(linux_path(path, fn, attr), value, again, ready));
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
	atomic_uint *ready;
	pid_t pid[2];

	if (linux_vfs_open(t))
		return -EBUSY;
	ready = mmap(NULL, sizeof(*ready), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (ready == MAP_FAILED)
		return -errno;
	for (int i = 0; i < 2; i++)
		pid[i] = start_write(race->side[i].fn, race->side[i].attr, race->side[i].value, i,
				     ready);
	linux_wait_begin(&wait, RACE_MS);
	for (int i = 0; i < 2; i++) {
		race->side[i].res = end_of(pid[i], &wait);
		hung |= race->side[i].res == -ETIMEDOUT;
	}
	munmap(ready, sizeof(*ready));
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
