/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of sysfs, and waiting. An attribute is read and written with one system call and nothing
 * is buffered, so that the kernel sees exactly the text that was asked for.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "linux.h"

#define WAIT_FIRST_US 50
#define WAIT_LAST_US  10000

char *linux_path(char path[static PATH_MAX], struct bdf fn, const char *attr)
{
	char text[BDF_LEN];

	snprintf(path, PATH_MAX, "/sys/bus/pci/devices/%s%s%s", bdf_format(fn, text),
		 attr ? "/" : "", attr ? attr : "");
	return path;
}

bool linux_present(struct bdf fn)
{
	char path[PATH_MAX];

	return !access(linux_path(path, fn, NULL), F_OK);
}

ssize_t linux_read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	ssize_t len = read(fd, buf, size - 1);
	int error = errno;

	close(fd);
	if (len < 0)
		return -error;
	if (len && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return len;
}

ssize_t linux_write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	ssize_t len = write(fd, text, strlen(text));
	int error = errno;

	close(fd);
	return len < 0 ? -error : len;
}

int linux_read_number(struct bdf fn, const char *attr, unsigned long *value)
{
	char path[PATH_MAX], text[64], *end;
	ssize_t len = linux_read_text(linux_path(path, fn, attr), text, sizeof(text));

	if (len < 0)
		return len;
	errno = 0;
	*value = strtoul(text, &end, 0);
	return end == text || *end || errno ? -EINVAL : 0;
}

ssize_t linux_read_link(struct bdf fn, const char *attr, char *buf, size_t size)
{
	char path[PATH_MAX], to[PATH_MAX];
	ssize_t len = readlink(linux_path(path, fn, attr), to, sizeof(to) - 1);

	if (len < 0)
		return -errno;
	to[len] = '\0';
	const char *name = basename(to);

	if (strlen(name) >= size)
		return -ENAMETOOLONG;
	strcpy(buf, name);
	return strlen(name);
}

int linux_child(struct bdf fn, const char *dir, char *name, size_t size)
{
	char path[PATH_MAX];
	DIR *d = opendir(linux_path(path, fn, dir));
	struct dirent *entry;
	int ret = -ENOENT;

	if (!d)
		return -errno;
	while (ret == -ENOENT && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		ret = strlen(entry->d_name) < size ? 0 : -ENAMETOOLONG;
		if (!ret)
			strcpy(name, entry->d_name);
	}
	closedir(d);
	return ret;
}

int linux_class(struct bdf fn, uint32_t *class)
{
	unsigned long value;
	int ret = linux_read_number(fn, "class", &value);

	if (!ret)
		*class = value;
	return ret;
}

int linux_attr_mode(struct target *t, struct bdf fn, const char *attr)
{
	char path[PATH_MAX];
	struct stat st;

	(void)t;
	if (stat(linux_path(path, fn, attr), &st))
		return -errno;
	return st.st_mode & 07777;
}

ssize_t linux_attr_read(struct target *t, struct bdf fn, const char *attr, char *buf, size_t size)
{
	char path[PATH_MAX];

	(void)t;
	return linux_read_text(linux_path(path, fn, attr), buf, size);
}

ssize_t linux_attr_write(struct target *t, struct bdf fn, const char *attr, const char *text)
{
	struct linux_target *l = linux_of(t);
	char path[PATH_MAX];
	ssize_t ret;

	if (!strcmp(attr, "sriov_numvfs") && linux_vfs_open(t))
		return -EBUSY;
	ret = linux_write_text(linux_path(path, fn, attr), text);
	/* Any attribute may have moved functions or BARs: sriov_numvfs, reset, remove. */
	linux_outdate(l);
	return ret;
}

uint64_t linux_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

void linux_wait_begin(struct linux_wait *wait, unsigned ms)
{
	wait->deadline_us = linux_now_us() + ms * 1000ull;
	wait->pause_us = WAIT_FIRST_US;
}

bool linux_wait(struct linux_wait *wait)
{
	if (linux_now_us() >= wait->deadline_us)
		return false;
	usleep(wait->pause_us);
	wait->pause_us *= 2;
	if (wait->pause_us > WAIT_LAST_US)
		wait->pause_us = WAIT_LAST_US;
	return true;
}
