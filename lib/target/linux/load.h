/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A load: fio on one function's disk. Private to load*.c.
 *
 *	load_disk.c	what there is to load: disk, queues, the function's range
 *	load_fio.c	fio as a child process: its arguments, its end, its result
 *	load.c		the operations of the target
 */
#ifndef VFWALK_TARGET_LINUX_LOAD_H
#define VFWALK_TARGET_LINUX_LOAD_H

#include "linux.h"

#define LOAD_BLOCK    4096u
#define LOAD_NAME_LEN 64

struct linux_load {
	struct linux_load *next;
	struct bdf fn;
	bool write;
	unsigned depth; /* requests in flight, over all jobs */

	char ctrl[LOAD_NAME_LEN], disk[LOAD_NAME_LEN]; /* "nvme1", "nvme1n1" */
	unsigned queues;                               /* I/O queues of the driver */
	unsigned jobs;                                 /* one for each that a CPU submits to */
	int *cpu;                                      /* of each job */
	uint64_t offset, job_size;
	uint64_t before; /* requests that the disk had completed when fio started */

	pid_t pid;    /* 0: none, or reaped */
	int out, err; /* what fio prints: memory files */
};

/* --- load_disk.c --- */

/* Waits for the function's disk and fills in what is known of it. -EOPNOTSUPP, with one line on
 * stderr, where there is none to use. */
int load_find_disk(struct target *t, struct linux_load *load);
/* Reads and writes that the disk has completed. */
uint64_t load_count(const struct linux_load *load);

/* --- load_fio.c --- */

bool load_has_fio(void);
int load_spawn(struct linux_load *load);
/* True when fio has ended; it is then reaped. */
bool load_ended(struct linux_load *load);
/* False where it did not end in time. */
bool load_wait_end(struct linux_load *load, unsigned ms);
/* Reads the result of a job that has ended. -EPROTO where fio printed none. */
int load_collect(struct linux_load *load, struct load_result *result);

#endif
