/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `make mutants`: the rules are shown to fail. The whole program is run on the model device, once
 * for each defect and clean in every shape; what each rule said of each is held against the table
 * of defects, and written as a matrix.
 *
 *	mutants [-j N] [-o DIR] [DEFECT|RULE|GROUP...]
 *
 * With words only these defects are walked, and a matrix is written only where -o says so.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mutants.h"

#define REPORTS_DIR   "reports/out"
#define STATUS_BROKEN 2

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int write_file(const struct matrix *m, const char *dir, const char *name,
		      int (*writer)(const struct matrix *m, FILE *out))
{
	char path[PATH_MAX];
	FILE *out;
	int res;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "we");
	if (!out) {
		warn("%s", path);
		return -errno;
	}
	res = writer(m, out);
	if (fclose(out) && !res)
		res = -errno;
	if (res)
		warnx("%s: %s", path, strerror(-res));
	else
		fprintf(stderr, "%s\n", path);
	return res;
}

static int write_files(const struct matrix *m, const char *dir)
{
	int res;

	if (mkdir(dir, 0755) && errno != EEXIST) {
		warn("%s: give another directory with -o", dir);
		return -errno;
	}
	res = write_file(m, dir, "mutants.txt", matrix_text);
	return res ? res : write_file(m, dir, "mutants.html", matrix_html);
}

static size_t parse_most(const char *text)
{
	char *end;
	unsigned long most = strtoul(text, &end, 10);

	if (*end || most < 1 || most > 1024)
		errx(STATUS_BROKEN, "-j %s: give a number of runs from 1 to 1024", text);
	return most;
}

int main(int argc, char **argv)
{
	const char *out = NULL;
	size_t most = run_most();
	struct matrix m;
	int option, status;
	double start;

	while ((option = getopt(argc, argv, "j:o:")) != -1) {
		if (option == 'j')
			most = parse_most(optarg);
		else if (option == 'o')
			out = optarg;
		else
			errx(STATUS_BROKEN,
			     "usage: mutants [-j N] [-o DIR] [DEFECT|RULE|GROUP...]");
	}
	if (!matrix_make(&m, (const char *const *)argv + optind, (size_t)(argc - optind)))
		return STATUS_BROKEN;
	if (!out && m.whole)
		out = REPORTS_DIR;
	start = now_s();
	run_all(m.run, m.count, most);
	m.seconds = now_s() - start;
	status = check_all(&m);
	if (out && write_files(&m, out))
		status = STATUS_BROKEN;
	matrix_free(&m);
	return status;
}
