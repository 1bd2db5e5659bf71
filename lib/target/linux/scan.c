/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scan that follows a bind of nvme: once the controller is live the kernel looks for its
 * namespaces and reads the partition table of each, some time after the bind has returned. A
 * resize or reset in the middle of it swallows a read, which then times out only after seconds.
 *
 * Nothing in sysfs says that the scan has ended. What shows is that the disks are there, that they
 * were read, and that nothing has moved for a while.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "linux.h"

#define SCAN_MS       2000
#define SCAN_BEGIN_MS 100 /* a disk that was not read by then will not be */
#define SCAN_QUIET_US 8000

struct activity {
	unsigned disks;
	unsigned long long done, inflight;
};

/* Adds one disk: fields 1, 5 and 9 of the kernel's Documentation/block/stat.rst. */
static void add_disk(const char *dir, const char *name, struct activity *a)
{
	unsigned long long reads, writes, inflight;
	char path[PATH_MAX], text[512];

	if (snprintf(path, sizeof(path), "%s/%s/stat", dir, name) >= (int)sizeof(path) ||
	    linux_read_text(path, text, sizeof(text)) < 0 ||
	    sscanf(text, "%llu %*u %*u %*u %llu %*u %*u %*u %llu", &reads, &writes, &inflight) != 3)
		return;
	a->disks++;
	a->done += reads + writes;
	a->inflight += inflight;
}

/* All disks of the controller below @fn. */
static struct activity look(struct bdf fn)
{
	char path[PATH_MAX], ctrl[32];
	struct activity a = {0};
	struct dirent *entry;
	DIR *dir;

	if (linux_child(fn, "nvme", ctrl, sizeof(ctrl)))
		return a;
	linux_path(path, fn, "nvme/");
	strncat(path, ctrl, sizeof(path) - strlen(path) - 1);
	dir = opendir(path);
	if (!dir)
		return a;
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, "nvme", 4))
			add_disk(path, entry->d_name, &a);
	closedir(dir);
	return a;
}

void linux_wait_scanned(struct bdf fn)
{
	uint64_t begin = linux_now_us(), quiet = begin;
	struct activity was = {0};
	struct linux_wait wait;

	linux_wait_begin(&wait, SCAN_MS);
	do {
		struct activity now = look(fn);
		uint64_t us = linux_now_us();

		if (now.inflight || now.done != was.done || now.disks != was.disks)
			quiet = us;
		if (now.done ? us - quiet >= SCAN_QUIET_US
			     : !now.inflight && us - begin >= SCAN_BEGIN_MS * 1000)
			return;
		was = now;
	} while (linux_wait(&wait));
}
