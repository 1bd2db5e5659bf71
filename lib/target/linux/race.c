/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races: two writers at the same time, a process each. One that never returns cannot be killed, as
 * it waits in the kernel; so it is left behind, and whoever comes after it is told to ask first
 * whether the PF still answers.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux.h"

/* Clearing VF Enable takes a second (PCIe 6.0, 9.3.3.3.1), and a VF's driver its time. */
#define RACE_MS   20000
#define ANSWER_MS 5000
/* An FLR takes a tenth of a second (PCIe 6.0, 6.6.2), and the kernel as long again. */
#define SCRIBBLE_MS 5000

/* What the two processes share. */
struct meeting {
	atomic_uint ready;
	struct {
		_Atomic int64_t begin_us, end_us;
		atomic_uint writes;
	} side[2];
};

/* Both are at the start: neither is still being forked. */
static void wait_for_both(struct meeting *meeting)
{
	atomic_fetch_add(&meeting->ready, 1);
	while (atomic_load(&meeting->ready) < 2)
		;
}

static void wait_us(int64_t us)
{
	uint64_t until = linux_now_us() + (uint64_t)(us > 0 ? us : 0);

	while (linux_now_us() < until)
		;
}

/* The mask first, as a hostile user would not have to: so each message is whole when it is live. */
static int write_entry(struct target *t, const struct race_side *side)
{
	uint8_t bytes[MSIX_ENTRY_SIZE];
	int err = linux_mmio_write(t, side->fn, side->bar, side->off + PCI_MSIX_ENTRY_VECTOR_CTRL,
				   4, MSIX_ENTRY_MASKED);

	msix_entry_encode(&side->forged, bytes);
	for (unsigned off = 0; !err && off < MSIX_ENTRY_SIZE; off += 4) {
		uint32_t value;

		memcpy(&value, bytes + off, sizeof(value));
		err = linux_mmio_write(t, side->fn, side->bar, side->off + off, 4, value);
	}
	return err;
}

/* Until the other has returned, and once more. */
static int scribble(struct target *t, const struct race_side *side, struct meeting *meeting, int i)
{
	uint64_t until = linux_now_us() + SCRIBBLE_MS * 1000;
	bool over = false;
	int err = 0;

	while (!err && !over) {
		over = atomic_load(&meeting->side[1 - i].end_us) >= 0 || linux_now_us() > until;
		err = write_entry(t, side);
		atomic_fetch_add(&meeting->side[i].writes, 1);
	}
	return -err;
}

static int deed(struct target *t, const struct race_side *side, int fd)
{
	uint64_t us;
	int got;

	if (!side->attr)
		return -linux_resize(t, side->fn, side->want, &got, &us);
	return pwrite(fd, side->value, strlen(side->value), 0) < 0 ? errno : 0;
}

/* On a CPU of its own, where there are two: else one would wait for the other to be scheduled. */
static void spread(int i)
{
	cpu_set_t allowed, one;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return;
	CPU_ZERO(&one);
	for (int cpu = 0, nth = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed) || nth++ != i)
			continue;
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
	}
}

/* The file is opened first, so that no time is lost after the start. */
static int take_part(struct target *t, const struct target_race *race, int i,
		     struct meeting *meeting)
{
	const struct race_side *side = &race->side[i];
	char path[PATH_MAX];
	int err = 0, fd = -1;

	if (side->attr)
		fd = open(linux_path(path, side->fn, side->attr), O_WRONLY | O_CLOEXEC);
	if (side->attr && fd < 0)
		err = errno;
	/* ... and the BAR mapped. */
	if (side->table)
		err = -write_entry(t, side);
	spread(i);
	wait_for_both(meeting);
	wait_us(i ? race->offset_us : -race->offset_us);
	if (err)
		return err;
	meeting->side[i].begin_us = (int64_t)linux_now_us();
	err = side->table ? scribble(t, side, meeting, i) : deed(t, side, fd);
	meeting->side[i].end_us = (int64_t)linux_now_us();
	return err;
}

/* Exit statuses are bytes, and errnos of sysfs fit. */
static pid_t start_side(struct target *t, const struct target_race *race, int i,
			struct meeting *meeting)
{
	pid_t pid = fork();

	if (!pid)
		_exit(take_part(t, race, i, meeting));
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
	struct meeting *meeting;
	struct linux_wait wait;
	bool hung = false;
	pid_t pid[2];

	/* Removing what this process has open would wait for itself; a reset does not. */
	if (!race->side[0].table && !race->side[1].table && linux_vfs_open(t))
		return -EBUSY;
	meeting = mmap(NULL, sizeof(*meeting), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (meeting == MAP_FAILED)
		return -errno;
	for (int i = 0; i < 2; i++) {
		meeting->side[i].begin_us = meeting->side[i].end_us = -1;
		pid[i] = start_side(t, race, i, meeting);
	}
	linux_wait_begin(&wait, RACE_MS);
	for (int i = 0; i < 2; i++) {
		struct race_side *side = &race->side[i];

		side->res = end_of(pid[i], &wait);
		side->begin_us = meeting->side[i].begin_us;
		side->end_us = meeting->side[i].end_us;
		side->writes = meeting->side[i].writes;
		hung |= side->res == -ETIMEDOUT;
	}
	munmap(meeting, sizeof(*meeting));
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
