/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is somebody using a function? Its block devices may be mounted, swapped on or held by another
 * (md, dm), its network interface up, its VFIO group open in another process.
 *
 * With native multipath a namespace's disk does not stand below the function but below the NVMe
 * subsystem: nvme0c1n1 below controller 1 is a path of the disk nvme0n1.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linux.h"

#define DISK_LEN 32

/* Does a line of the file name @disk by its path or, where @dev is given, by its number? */
static bool file_mentions(const char *path, const char *disk, const char *dev)
{
	char *line = NULL, name[DISK_LEN + 8], number[40];
	size_t size = 0;
	bool found = false;
	FILE *f = fopen(path, "re");

	if (!f)
		return false;
	snprintf(name, sizeof(name), "/dev/%s", disk);
	snprintf(number, sizeof(number), " %s ", dev ? dev : "");
	while (!found && getline(&line, &size, f) > 0) {
		const char *at = strstr(line, name);

		found = (dev && strstr(line, number)) ||
			(at && strchr(" \t\n", at[strlen(name)]) && (at == line || at[-1] == ' '));
	}
	free(line);
	fclose(f);
	return found;
}

static bool has_holders(const char *disk)
{
	char path[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *d;

	snprintf(path, sizeof(path), "/sys/class/block/%s/holders", disk);
	d = opendir(path);
	while (d && (entry = readdir(d)))
		found |= entry->d_name[0] != '.';
	if (d)
		closedir(d);
	return found;
}

/* One block device: a disk or a partition. */
static bool disk_used(const char *disk, char *why, size_t size)
{
	char path[PATH_MAX], dev[32];
	const char *how = NULL;

	snprintf(path, sizeof(path), "/sys/class/block/%s/dev", disk);
	if (linux_read_text(path, dev, sizeof(dev)) <= 0)
		return false;
	if (file_mentions("/proc/self/mountinfo", disk, dev))
		how = "mounted";
	else if (file_mentions("/proc/swaps", disk, NULL))
		how = "used for swap";
	else if (has_holders(disk))
		how = "held by another block device";
	if (how)
		snprintf(why, size, "/dev/%s is %s", disk, how);
	return how;
}

/* The disk that @name is a path of, in place: nvme0c1n1 becomes nvme0n1. */
static void to_head(char name[static DISK_LEN])
{
	unsigned subsystem, controller, ns;

	if (sscanf(name, "nvme%uc%un%u", &subsystem, &controller, &ns) == 3)
		snprintf(name, DISK_LEN, "nvme%un%u", subsystem, ns);
}

/* Does the class link of a block device lead through directory @dir? */
static bool below(const char *name, const char *dir)
{
	char link[PATH_MAX], to[PATH_MAX], part[NAME_MAX + 3];
	ssize_t len;

	snprintf(link, sizeof(link), "/sys/class/block/%s", name);
	len = readlink(link, to, sizeof(to) - 1);
	if (len < 0)
		return false;
	to[len] = '\0';
	snprintf(part, sizeof(part), "/%s/", dir);
	return strstr(to, part);
}

/* @disk itself and its partitions. */
static bool whole_disk_used(struct dirent **entry, int n, const char *disk, char *why, size_t size)
{
	if (disk_used(disk, why, size))
		return true;
	for (int i = 0; i < n; i++)
		if (below(entry[i]->d_name, disk) && disk_used(entry[i]->d_name, why, size))
			return true;
	return false;
}

static bool blocks_used(struct bdf fn, char *why, size_t size)
{
	char address[BDF_LEN], disk[DISK_LEN];
	struct dirent **entry;
	int n = scandir("/sys/class/block", &entry, NULL, alphasort);
	bool used = false;

	bdf_format(fn, address);
	for (int i = 0; i < n && !used; i++) {
		if (strlen(entry[i]->d_name) >= sizeof(disk) || !below(entry[i]->d_name, address))
			continue;
		strcpy(disk, entry[i]->d_name);
		to_head(disk);
		used = whole_disk_used(entry, n, disk, why, size);
	}
	for (int i = 0; i < n; i++)
		free(entry[i]);
	if (n >= 0)
		free(entry);
	return used;
}

static bool net_used(struct bdf fn, char *why, size_t size)
{
	char path[PATH_MAX], attr[NAME_MAX + 16];
	DIR *d = opendir(linux_path(path, fn, "net"));
	struct dirent *entry;
	unsigned long flags;
	bool used = false;

	while (d && !used && (entry = readdir(d))) {
		snprintf(attr, sizeof(attr), "net/%s/flags", entry->d_name);
		/* IFF_UP */
		if (entry->d_name[0] == '.' || linux_read_number(fn, attr, &flags) || !(flags & 1))
			continue;
		used = true;
		snprintf(why, size, "network interface %s is up", entry->d_name);
	}
	if (d)
		closedir(d);
	return used;
}

/* Opening a group succeeds only while nobody else has it open. */
static bool vfio_used(struct target *t, struct bdf fn, char *why, size_t size)
{
	char driver[TARGET_NAME_LEN], domain[32], path[64];
	int group, fd;

	if (linux_vfio_find(linux_of(t), fn) || linux_driver(t, fn, driver) ||
	    strcmp(driver, "vfio-pci"))
		return false;
	group = linux_iommu_group(t, fn, domain, sizeof(domain));
	if (group < 0)
		return false;
	snprintf(path, sizeof(path), "/dev/vfio/%d", group);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		close(fd);
		return false;
	}
	if (errno != EBUSY)
		return false;
	snprintf(why, size, "another process has VFIO group %d open", group);
	return true;
}

int linux_in_use(struct target *t, struct bdf fn, char *why, size_t size)
{
	if (blocks_used(fn, why, size) || net_used(fn, why, size) || vfio_used(t, fn, why, size))
		return -EBUSY;
	return 0;
}
