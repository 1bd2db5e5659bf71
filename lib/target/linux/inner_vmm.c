/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU as a child process: the program, its arguments, its end, and what it complained of.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inner.h"

/* inner_image.S: the end of the firmware; what lies before it is empty. */
extern const uint8_t inner_image[];
extern const uint32_t inner_image_len;

#define KILL_MS 2000 /* from SIGKILL: one that waits for the device is not freed by it */

/* A name without a slash is looked for where the shell would. */
static bool find_program(const char *name, char path[static PATH_MAX])
{
	const char *dir = strchr(name, '/') ? "" : getenv("PATH");

	if (dir && !*dir) {
		snprintf(path, PATH_MAX, "%s", name);
		return !access(path, X_OK);
	}
	while (dir && *dir) {
		size_t len = strcspn(dir, ":");

		snprintf(path, PATH_MAX, "%.*s/%s", (int)len, dir, name);
		if (!access(path, X_OK))
			return true;
		dir += len + (dir[len] == ':');
	}
	return false;
}

bool inner_vmm_find(char path[static PATH_MAX])
{
	const char *name = getenv("VFWALK_VMM");

	if (!inner_image_len)
		return false;
	return find_program(name && *name ? name : "qemu-system-x86_64", path);
}

/* The firmware as a file, which QEMU reads by its name below /proc. */
static int make_firmware(void)
{
	int fd = memfd_create("inner", 0);

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, INNER_FIRMWARE) ||
	    pwrite(fd, inner_image, inner_image_len, INNER_FIRMWARE - inner_image_len) !=
		    (ssize_t)inner_image_len) {
		close(fd);
		return -EIO;
	}
	return fd;
}

static void __attribute__((noreturn))
exec_vmm(const struct linux_inner *inner, const char *path, int firmware, int line, pid_t parent)
{
	char bios[64], device[64 + BDF_LEN], name[BDF_LEN], leave[64];

	snprintf(bios, sizeof(bios), "/proc/self/fd/%d", firmware);
	snprintf(device, sizeof(device), "vfio-pci,host=%s,addr=%#x,rombar=0",
		 bdf_format(inner->fn, name), INNER_SLOT);
	snprintf(leave, sizeof(leave), "isa-debug-exit,iobase=%#x,iosize=1", INNER_EXIT_PORT);
	/* It must not outlive a run that dies. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	dup2(line, STDIN_FILENO);
	dup2(line, STDOUT_FILENO);
	dup2(inner->err, STDERR_FILENO);
	execl(path, path, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
	      "-machine", "q35,accel=tcg", "-global", "apic-common.vapic=off", "-m", "16", "-bios",
	      bios, "-serial", "stdio", "-device", leave, "-device", device, NULL);
	_exit(127);
}

int inner_vmm_spawn(struct linux_inner *inner, const char *path)
{
	int firmware = make_firmware(), line[2], err = 0;
	pid_t parent = getpid();

	if (firmware < 0)
		return firmware;
	inner->err = memfd_create("inner-err", MFD_CLOEXEC);
	if (inner->err < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line)) {
		err = -errno;
		close(firmware);
		return err;
	}
	inner->line = line[0];
	inner->pid = fork();
	if (!inner->pid)
		exec_vmm(inner, path, firmware, line[1], parent);
	if (inner->pid < 0) {
		err = -errno;
		inner->pid = 0;
	}
	close(firmware);
	close(line[1]);
	return err;
}

bool inner_vmm_ended(struct linux_inner *inner)
{
	if (inner->pid && waitpid(inner->pid, &inner->status, WNOHANG) == inner->pid)
		inner->pid = 0;
	return !inner->pid;
}

static bool wait_end(struct linux_inner *inner, unsigned ms)
{
	struct linux_wait wait;

	for (linux_wait_begin(&wait, ms); !inner_vmm_ended(inner);)
		if (!linux_wait(&wait))
			return false;
	return true;
}

bool inner_vmm_end(struct linux_inner *inner, unsigned ms)
{
	if (wait_end(inner, ms))
		return true;
	kill(inner->pid, SIGKILL);
	wait_end(inner, KILL_MS);
	return false;
}

/* "qemu-system-x86_64: -device vfio-pci,host=...: vfio 0000:01:00.1: <why>": the last part. */
static const char *without_names(const struct linux_inner *inner, const char *line)
{
	char name[BDF_LEN + 2];
	const char *at;

	bdf_format(inner->fn, name);
	strcat(name, ": ");
	at = strstr(line, name);
	if (at)
		return at + strlen(name);
	at = strstr(line, ": ");
	return at ? at + 2 : line;
}

void inner_vmm_words(const struct linux_inner *inner, char *why, size_t size)
{
	char text[2048];
	ssize_t len = pread(inner->err, text, sizeof(text) - 1, 0);
	char *line = text, *save = NULL, *last = NULL;

	text[len > 0 ? len : 0] = '\0';
	/* The first that is about the function; else its last word. */
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		last = line;
		if (strstr(line, "vfio"))
			break;
	}
	snprintf(why, size, "%s", last ? without_names(inner, last) : "");
}
