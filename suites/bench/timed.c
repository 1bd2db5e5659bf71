/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timed COMMAND...: what a command costs: milliseconds of wall time, of CPU time, and its peak
 * resident KiB. Its output goes nowhere; its exit status is its own affair, unless it did not run.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static double ms(struct timeval tv)
{
	return (double)tv.tv_sec * 1e3 + (double)tv.tv_usec / 1e3;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	double begin = now_ms();
	int status;
	pid_t pid;

	if (argc < 2)
		errx(2, "usage: timed COMMAND...");
	pid = fork();
	if (pid < 0)
		err(2, "fork");
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &usage) < 0)
		err(2, "wait4");
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 127)
		errx(2, "%s: did not run", argv[1]);
	printf("%.0f %.0f %ld\n", now_ms() - begin, ms(usage.ru_utime) + ms(usage.ru_stime),
	       usage.ru_maxrss);
	return 0;
}
