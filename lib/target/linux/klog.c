/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's log, read record by record from /dev/kmsg: "6,339,5140900,-;message", then lines
 * that begin with a blank and hold a dictionary (Documentation/ABI/testing/dev-kmsg).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "linux.h"

/* A record is at most this long (PRINTK_MESSAGE_MAX in 6.x, CONSOLE_EXT_LOG_MAX before). */
#define RECORD_MAX 8192

int linux_klog_open(struct linux_target *l)
{
	l->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (l->kmsg < 0)
		return -errno;
	/* Only what is logged from now on is of interest. */
	lseek(l->kmsg, 0, SEEK_END);
	return 0;
}

static void deliver(char *record, target_klog_fn *line, void *ctx)
{
	char *message = strchr(record, ';');

	if (!message)
		return;
	message++;
	message[strcspn(message, "\n")] = '\0';
	line(ctx, message);
}

static int read_new(int fd, target_klog_fn *line, void *ctx)
{
	char record[RECORD_MAX + 1];

	for (;;) {
		ssize_t len = read(fd, record, RECORD_MAX);

		if (len > 0) {
			record[len] = '\0';
			deliver(record, line, ctx);
		} else if (!len || errno == EAGAIN) {
			return 0;
		} else if (errno != EPIPE && errno != EINTR) {
			/* EPIPE: records were overwritten, the next read goes on behind them. */
			return -errno;
		}
	}
}

int linux_klog(struct target *t, target_klog_fn *line, void *ctx)
{
	struct linux_target *l = linux_of(t);

	return l->kmsg < 0 ? -EOPNOTSUPP : read_new(l->kmsg, line, ctx);
}

int linux_klog_all(target_klog_fn *line, void *ctx)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	int ret = read_new(fd, line, ctx);

	close(fd);
	return ret;
}

int linux_taint(struct target *t, uint64_t *flags)
{
	FILE *file = fopen("/proc/sys/kernel/tainted", "re");
	unsigned long long value;
	int ret;

	(void)t;
	if (!file)
		return -errno;
	ret = fscanf(file, "%llu", &value) == 1 ? 0 : -EBADMSG;
	fclose(file);
	if (!ret)
		*flags = value;
	return ret;
}
