// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the scanner and reads its JSON. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "scan.h"

const char *scan_program(void)
{
	const char *program = getenv("VFWALK");

	return program ? program : "build/vfwalk";
}

static char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return strdup(text ? text : "");
}

static struct place place_of(const json_t *object)
{
	return (struct place){.file = text_of(object, "path"),
			      .line = (long)json_integer_value(json_object_get(object, "line"))};
}

static void finding_of(const json_t *object, struct finding *f)
{
	const json_t *path = json_object_get(object, "steps");
	size_t i;

	*f = (struct finding){.rule = text_of(object, "rule"),
			      .level = text_of(object, "level"),
			      .function = text_of(object, "function"),
			      .at = place_of(object),
			      .steps = json_array_size(path)};
	f->path = calloc(f->steps + 1, sizeof(*f->path));
	for (i = 0; f->path && i < f->steps; i++) {
		f->path[i] = place_of(json_array_get(path, i));
		/* A step without a file is in the finding's own. */
		if (!f->path[i].file[0]) {
			free(f->path[i].file);
			f->path[i].file = strdup(f->at.file);
		}
	}
}

static int parse(FILE *in, struct findings *findings)
{
	json_error_t error;
	json_t *root = json_loadf(in, 0, &error);
	const json_t *list = json_object_get(root, "findings");
	size_t i;

	if (!json_is_array(list)) {
		fprintf(stderr, "scan: no findings in the JSON of `%s scan`: %s\n", scan_program(),
			root ? "no key \"findings\"" : error.text);
		json_decref(root);
		return -1;
	}
	findings->count = json_array_size(list);
	findings->item = calloc(findings->count + 1, sizeof(*findings->item));
	for (i = 0; findings->item && i < findings->count; i++)
		finding_of(json_array_get(list, i), &findings->item[i]);
	json_decref(root);
	return findings->item ? 0 : -1;
}

static pid_t start(const char *const *paths, int out)
{
	const char **argv;
	size_t n = 0;
	pid_t child;

	while (paths[n])
		n++;
	argv = calloc(n + 5, sizeof(*argv));
	if (!argv)
		return -1;
	argv[0] = scan_program();
	argv[1] = "scan";
	argv[2] = "-f";
	argv[3] = "json";
	memcpy(argv + 4, paths, n * sizeof(*argv));
	child = fork();
	if (child == 0) {
		dup2(out, STDOUT_FILENO);
		execv(argv[0], (char *const *)argv);
		fprintf(stderr, "scan: %s: %s\n", argv[0], strerror(errno));
		_exit(2);
	}
	free(argv);
	return child;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int scan_run(const char *const *paths, struct findings *findings)
{
	/* A file, not a pipe: the time is the scanner's, not that of reading its JSON. */
	FILE *out = tmpfile();
	int status, ret;
	pid_t child;

	*findings = (struct findings){0};
	if (!out) {
		fprintf(stderr, "scan: no temporary file: %s\n", strerror(errno));
		return -1;
	}
	findings->seconds = now();
	child = start(paths, fileno(out));
	if (child < 0 || waitpid(child, &status, 0) != child) {
		fprintf(stderr, "scan: %s: %s\n", scan_program(), strerror(errno));
		fclose(out);
		return -1;
	}
	findings->seconds = now() - findings->seconds;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 2) {
		fprintf(stderr, "scan: `%s scan` did not come to its end on %s\n", scan_program(),
			paths[0]);
		fclose(out);
		return -1;
	}
	rewind(out);
	ret = parse(out, findings);
	fclose(out);
	return ret;
}

void scan_free(struct findings *findings)
{
	size_t i, k;

	for (i = 0; i < findings->count; i++) {
		struct finding *f = &findings->item[i];

		for (k = 0; k < f->steps; k++)
			free(f->path[k].file);
		free(f->path);
		free(f->rule);
		free(f->level);
		free(f->function);
		free(f->at.file);
	}
	free(findings->item);
	*findings = (struct findings){0};
}

static bool ends_with(const char *path, const char *file)
{
	size_t n = strlen(path), m = strlen(file);

	return n >= m && !strcmp(path + n - m, file) && (n == m || path[n - m - 1] == '/');
}

bool finding_touches(const struct finding *f, const char *file)
{
	size_t i;

	if (ends_with(f->at.file, file))
		return true;
	for (i = 0; i < f->steps; i++)
		if (ends_with(f->path[i].file, file))
			return true;
	return false;
}
