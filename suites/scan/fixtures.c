// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Drivers of our own: each NAME.expected tells every finding that scan must have in NAME.c, or in
 * the directory NAME, and no other may be there. One line of TAP each.
 */
#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "scan.h"

/* Does one of "12,15" or "a.c:12,b.c:15" name the place of the finding? */
static bool place_fits(const char *places, const struct finding *f)
{
	while (*places && *places != ' ') {
		size_t n = strcspn(places, ", ");
		const char *colon = memchr(places, ':', n);
		size_t name = colon ? (size_t)(colon - places) : 0;
		const char *base = strrchr(f->at.file, '/');
		long line = strtol(colon ? colon + 1 : places, NULL, 10);

		base = base ? base + 1 : f->at.file;
		if (line == f->at.line &&
		    (!colon || (strlen(base) == name && !strncmp(base, places, name))))
			return true;
		places += n + (places[n] == ',');
	}
	return false;
}

static bool same(const struct finding *f, const struct finding *g)
{
	return !strcmp(f->rule, g->rule) && !strcmp(f->at.file, g->at.file) &&
	       f->at.line == g->at.line;
}

/*
 * Strikes the findings that the line wants off the list, one at each of its places; false when
 * there is none.
 */
static bool strike(const char *line, const struct findings *found, bool *struck)
{
	const char *rule = strchr(line, ' ');
	bool any = false;
	size_t i, k;

	for (i = 0; rule && i < found->count; i++) {
		const struct finding *f = &found->item[i];

		if (struck[i] || strcmp(f->rule, rule + 1) || !place_fits(line, f))
			continue;
		for (k = 0; k < i; k++)
			if (struck[k] && same(f, &found->item[k]))
				break;
		struck[i] = k == i;
		any = true;
	}
	return any;
}

/* Prints what is wrong as TAP's comments; the number of complaints. */
static int compare(char *expected, const struct findings *found, bool good)
{
	bool *struck = calloc(found->count + 1, sizeof(*struck));
	int wrong = 0;
	char *line;
	size_t i;

	while (struck && (line = strsep(&expected, "\n"))) {
		bool may = line[0] == '?';

		if (line[0] && !strike(line + may, found, struck) && !may) {
			printf("# missing: %s\n", line);
			wrong++;
		}
	}
	for (i = 0; struck && i < found->count; i++) {
		const struct finding *f = &found->item[i];
		bool grave = good && !strcmp(f->level, "error");

		if (struck[i] && !grave)
			continue;
		printf("# %s: %s:%ld %s (%s)\n", grave ? "an error in a good driver" : "unexpected",
		       f->at.file, f->at.line, f->rule, f->level);
		wrong++;
	}
	free(struck);
	return wrong;
}

static int check(const char *expectation)
{
	char *expected = file_read(expectation, NULL);
	size_t n = strlen(expectation) - strlen(".expected");
	struct findings found;
	struct stat st;
	char path[4096];
	int wrong = 1;

	snprintf(path, sizeof(path), "%.*s", (int)n, expectation);
	if (stat(path, &st))
		snprintf(path, sizeof(path), "%.*s.c", (int)n, expectation);
	if (expected && !scan_run((const char *const[]){path, NULL}, &found)) {
		wrong = compare(expected, &found,
				n > 5 && !strncmp(expectation + n - 5, "-good", 5));
		scan_free(&found);
	}
	free(expected);
	return wrong;
}

int fixtures_main(const char *dir)
{
	char pattern[4096];
	int failed = 0;
	glob_t files;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/*.expected", dir);
	if (glob(pattern, 0, NULL, &files)) {
		fprintf(stderr, "scan: %s: no expectations there\n", dir);
		return 2;
	}
	printf("TAP version 13\n1..%zu\n", files.gl_pathc);
	for (i = 0; i < files.gl_pathc; i++) {
		const char *name = strrchr(files.gl_pathv[i], '/') + 1;
		bool ok = !check(files.gl_pathv[i]);

		printf("%sok %zu %.*s\n", ok ? "" : "not ", i + 1, (int)strcspn(name, "."), name);
		failed += !ok;
	}
	globfree(&files);
	return failed ? 1 : 0;
}
