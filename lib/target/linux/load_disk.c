/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What there is to load on a function that is bound to nvme: its disk, the queues that the driver
 * made and a CPU that submits to each, and a range of the disk that no other function uses.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

#define LOAD_DISK_MS  5000 /* namespaces appear some time after bind returns */
#define LOAD_JOB_SIZE (128u * 1024)
#define LOAD_SECTOR   512u /* of sysfs' size, whatever the device's */

/* Copies the name of the first entry of directory @path that @match takes. */
static int load_find_entry(const char *path, bool (*match)(const char *name),
			   char name[static LOAD_NAME_LEN])
{
	struct dirent *entry;
	int err = -ENOENT;
	DIR *dir = opendir(path);

	if (!dir)
		return -errno;
	while (err && (entry = readdir(dir))) {
		if (!match(entry->d_name) || strlen(entry->d_name) >= LOAD_NAME_LEN)
			continue;
		strcpy(name, entry->d_name);
		err = 0;
	}
	closedir(dir);
	return err;
}

static bool load_is_ctrl(const char *name)
{
	int len = 0;

	return sscanf(name, "nvme%*u%n", &len) == 0 && len && !name[len];
}

static bool load_is_disk(const char *name)
{
	int len = 0;

	return sscanf(name, "nvme%*un%*u%n", &len) == 0 && len && !name[len];
}

/* One path of a multipath disk: hidden, it cannot be opened. */
static bool load_is_path(const char *name)
{
	int len = 0;

	return sscanf(name, "nvme%*uc%*un%*u%n", &len) == 0 && len && !name[len];
}

static int load_find_names(struct linux_load *load)
{
	char path[PATH_MAX], hidden[LOAD_NAME_LEN];
	int err;

	err = load_find_entry(linux_path(path, load->fn, "nvme"), load_is_ctrl, load->ctrl);
	if (err)
		return err;
	snprintf(path, sizeof(path), "/sys/class/nvme/%s", load->ctrl);
	err = load_find_entry(path, load_is_disk, load->disk);
	if (err && !load_find_entry(path, load_is_path, hidden))
		return -EMLINK;
	if (err)
		return err;
	/* Its directory comes first, then its queues, then its node in /dev. */
	snprintf(path, sizeof(path), "/sys/block/%s/mq/0/cpu_list", load->disk);
	if (access(path, R_OK))
		return -ENOENT;
	snprintf(path, sizeof(path), "/dev/%s", load->disk);
	return access(path, R_OK) ? -ENOENT : 0;
}

/* Which path a multipath disk takes cannot be chosen: a load there proves nothing about @fn. */
static int load_wait_names(struct linux_load *load)
{
	struct linux_wait wait;
	char name[BDF_LEN];
	int err;

	linux_wait_begin(&wait, LOAD_DISK_MS);
	while ((err = load_find_names(load)) == -ENOENT && linux_wait(&wait))
		;
	if (!err)
		return 0;
	bdf_format(load->fn, name);
	if (err == -EMLINK)
		warnx("%s: no load over NVMe multipath: load nvme_core with multipath=0", name);
	else
		warnx("%s: no load: %s", name,
		      load->ctrl[0] ? "its controller has no namespace"
				    : "it is not bound to nvme");
	return -EOPNOTSUPP;
}

static int load_read(const struct linux_load *load, const char *attr, char *buf, size_t size)
{
	char path[PATH_MAX];
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/block/%s/%s", load->disk, attr);
	len = linux_read_text(path, buf, size);
	return len < 0 ? len : 0;
}

/* Fields 1 and 5 of the kernel's Documentation/block/stat.rst. */
uint64_t load_count(const struct linux_load *load)
{
	unsigned long long reads = 0, writes = 0;
	char text[512];

	if (load_read(load, "stat", text, sizeof(text)))
		return 0;
	sscanf(text, "%llu %*u %*u %*u %llu", &reads, &writes);
	return reads + writes;
}

/* The first CPU of a list "0, 2, 5" that this process may run on; -1 if there is none. */
static int load_first_cpu(const char *list)
{
	cpu_set_t allowed;
	char *end;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return -1;
	for (; *list; list = *end ? end + 1 : end) {
		long cpu = strtol(list, &end, 10);

		if (end == list)
			return -1;
		if (cpu >= 0 && cpu < CPU_SETSIZE && CPU_ISSET(cpu, &allowed))
			return cpu;
	}
	return -1;
}

/* A queue without a CPU of ours (there are more queues than CPUs) cannot be loaded. */
static int load_find_queues(struct linux_load *load)
{
	char path[PATH_MAX], text[4096];

	snprintf(path, sizeof(path), "/sys/class/nvme/%s/queue_count", load->ctrl);
	if (linux_read_text(path, text, sizeof(text)) > 0 && strtoul(text, NULL, 10) > 0)
		load->queues = strtoul(text, NULL, 10) - 1; /* the admin queue is counted too */

	for (unsigned i = 0;; i++) {
		char attr[32];
		int *more, cpu;

		snprintf(attr, sizeof(attr), "mq/%u/cpu_list", i);
		if (load_read(load, attr, text, sizeof(text)))
			break;
		cpu = load_first_cpu(text);
		if (cpu < 0)
			continue;
		more = realloc(load->cpu, (load->jobs + 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		load->cpu = more;
		load->cpu[load->jobs++] = cpu;
	}
	if (load->jobs)
		return 0;
	warnx("/dev/%s: no load: no CPU submits to its queues", load->disk);
	return -EOPNOTSUPP;
}

/* The function's number among those that may share a namespace: 0 for the PF. */
static unsigned load_number(struct target *t, struct bdf fn)
{
	int count = linux_numvfs(t);
	struct bdf vf;

	for (int i = 0; i < count; i++)
		if (!linux_vf(t, i, &vf) && bdf_equal(vf, fn))
			return i + 1;
	return 0;
}

/* Cuts the disk into one range a function, and the function's into one a job. */
static int load_find_range(struct target *t, struct linux_load *load)
{
	int numvfs = linux_numvfs(t);
	uint64_t range;
	char text[32];

	if (load_read(load, "size", text, sizeof(text)))
		return -ENODEV;
	range = strtoull(text, NULL, 10) * LOAD_SECTOR / (1u + (numvfs > 0 ? numvfs : 0));
	range -= range % LOAD_BLOCK;
	load->offset = load_number(t, load->fn) * range;
	load->job_size = range / load->jobs;
	if (load->job_size > LOAD_JOB_SIZE)
		load->job_size = LOAD_JOB_SIZE;
	load->job_size -= load->job_size % LOAD_BLOCK;
	if (load->job_size)
		return 0;
	warnx("/dev/%s: no load: too small for a range for every function", load->disk);
	return -EOPNOTSUPP;
}

int load_find_disk(struct target *t, struct linux_load *load)
{
	int err = load_wait_names(load);

	if (!err)
		err = load_find_queues(load);
	return err ? err : load_find_range(t, load);
}

int linux_queues(struct target *t, struct bdf fn)
{
	char path[PATH_MAX], name[LOAD_NAME_LEN], text[32];

	(void)t;
	if (load_find_entry(linux_path(path, fn, "nvme"), load_is_ctrl, name))
		return -EOPNOTSUPP;
	snprintf(path, sizeof(path), "/sys/class/nvme/%s/queue_count", name);
	if (linux_read_text(path, text, sizeof(text)) <= 0)
		return -EOPNOTSUPP;
	return (int)strtoul(text, NULL, 10);
}
