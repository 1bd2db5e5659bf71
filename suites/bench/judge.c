/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What judging costs: for each record or dump runs `vfwalk judge` or `vfwalk lint` on it and prints
 * its lines, the milliseconds and the peak resident KiB of that process.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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

static long count_lines(const char *path)
{
	FILE *in = fopen(path, "re");
	long lines = 0;
	int c;

	if (!in)
		err(2, "%s", path);
	while ((c = getc(in)) != EOF)
		lines += c == '\n';
	fclose(in);
	return lines;
}

static void measure(const char *command, const char *vfwalk, const char *record)
{
	struct rusage usage;
	double begin = now_ms();
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execl(vfwalk, vfwalk, command, record, (char *)NULL);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &usage) < 0)
		err(2, "wait4");
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 127)
		errx(2, "%s %s %s: did not run", vfwalk, command, record);
	printf("%ld %.0f %ld\n", count_lines(record), now_ms() - begin, usage.ru_maxrss);
}

int main(int argc, char **argv)
{
	if (argc < 4)
		errx(2, "usage: judge judge|lint VFWALK RECORD...");
	for (int i = 3; i < argc; i++)
		measure(argv[1], argv[2], argv[i]);
	return 0;
}
