// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Edits that break drivers of Linux 6.1. A driver's directory is copied, scanned as it is, and once
 * more for each edit; the edit is found when the rule that its row names has more to say than
 * before.
 */
#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "scan.h"

enum { FILE_NAME, RULE, FROM, TO, REASON };

/* One directory of drivers, copied; and what scan says of it unedited. */
struct module {
	char dir[2048];
	char copy[4096];
	struct findings clean;
};

/* \n, \t and \\ in place. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (*text != '\\')
			*to++ = *text;
		else if (*++text == 'n')
			*to++ = '\n';
		else if (*text == 't')
			*to++ = '\t';
		else
			*to++ = *text;
	*to = '\0';
}

static int make_dirs(char *path)
{
	char *slash;

	for (slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			goto fail;
		*slash = '/';
	}
	if (!mkdir(path, 0777) || errno == EEXIST)
		return 0;
fail:
	fprintf(stderr, "scan: %s: %s\n", path, strerror(errno));
	return -1;
}

static int copy_file(const char *from, const char *dir)
{
	const char *name = strrchr(from, '/') + 1;
	char to[8192];
	size_t size;
	char *text = file_read(from, &size);
	int ret;

	if (!text)
		return -1;
	snprintf(to, sizeof(to), "%s/%s", dir, name);
	ret = file_write(to, text, size);
	free(text);
	return ret;
}

static int copy_dir(const char *from, const char *to)
{
	static const char *const what[] = {"*.c", "*.h", "Makefile"};
	int ret = 0;
	size_t i, k;

	for (i = 0; i < sizeof(what) / sizeof(what[0]); i++) {
		char pattern[8192];
		glob_t files;

		snprintf(pattern, sizeof(pattern), "%s/%s", from, what[i]);
		if (glob(pattern, 0, NULL, &files))
			continue;
		for (k = 0; k < files.gl_pathc; k++)
			ret |= copy_file(files.gl_pathv[k], to);
		globfree(&files);
	}
	return ret;
}

static int module_open(struct module *m, const char *linux_dir, const char *work, const char *file)
{
	char from[6144], name[2048];

	snprintf(name, sizeof(name), "%s", file);
	if (!strcmp(m->dir, dirname(name)))
		return 0;
	scan_free(&m->clean);
	snprintf(m->dir, sizeof(m->dir), "%.2047s", name);
	snprintf(m->copy, sizeof(m->copy), "%.1024s/%s", work, m->dir);
	snprintf(from, sizeof(from), "%.4000s/%s", linux_dir, m->dir);
	if (make_dirs(m->copy) || copy_dir(from, m->copy))
		return -1;
	return scan_run((const char *const[]){m->copy, NULL}, &m->clean);
}

static size_t count(const struct findings *found, const char *rule, const char *function)
{
	size_t i, n = 0;

	for (i = 0; i < found->count; i++)
		n += !strcmp(found->item[i].rule, rule) &&
		     (!function || !strcmp(found->item[i].function, function));
	return n;
}

/* More findings of the rule, in all or in some function: an edit may move one as well as add one.
 */
static bool more(const struct findings *clean, const struct findings *edited, const char *rule)
{
	size_t i;

	if (count(edited, rule, NULL) > count(clean, rule, NULL))
		return true;
	for (i = 0; i < edited->count; i++) {
		const struct finding *f = &edited->item[i];

		if (!strcmp(f->rule, rule) &&
		    count(edited, rule, f->function) > count(clean, rule, f->function))
			return true;
	}
	return false;
}

/* The text with the edit in it; NULL, with a message, where it does not fit exactly once. */
static char *edit(const char *text, char *const *row, size_t *size)
{
	const char *at = strstr(text, row[FROM]);
	size_t cut = strlen(row[FROM]), put = strlen(row[TO]), before;
	char *edited;

	if (!at || strstr(at + 1, row[FROM])) {
		fprintf(stderr, "scan: %s: an edit for %s fits %s\n", row[FILE_NAME], row[RULE],
			at ? "more than once" : "nowhere");
		return NULL;
	}
	before = (size_t)(at - text);
	*size = strlen(text) - cut + put;
	edited = malloc(*size + 1);
	if (!edited)
		return NULL;
	memcpy(edited, text, before);
	memcpy(edited + before, row[TO], put);
	strcpy(edited + before + put, at + cut);
	return edited;
}

/* 1 found, 0 not found, -1 not done. */
static int try_one(struct module *m, const char *linux_dir, const char *work, char *const *row)
{
	const char *base = strrchr(row[FILE_NAME], '/') + 1;
	size_t size, edited_size = 0;
	char *text, *edited = NULL;
	struct findings found;
	char path[8192];
	int ret = -1;

	if (module_open(m, linux_dir, work, row[FILE_NAME]))
		return -1;
	snprintf(path, sizeof(path), "%s/%s", m->copy, base);
	text = file_read(path, &size);
	if (text)
		edited = edit(text, row, &edited_size);
	if (edited && !file_write(path, edited, edited_size)) {
		if (!scan_run((const char *const[]){m->copy, NULL}, &found)) {
			ret = more(&m->clean, &found, row[RULE]);
			scan_free(&found);
		}
		if (file_write(path, text, size))
			ret = -1;
	}
	free(edited);
	free(text);
	return ret;
}

static int by_file(const void *a, const void *b)
{
	char *const *f = a, *const *g = b;

	return strcmp(f[FILE_NAME], g[FILE_NAME]);
}

int mutants_main(const char *linux_dir, const char *work, bool all)
{
	struct module module = {0};
	size_t i, found = 0, broken = 0;
	struct table table;

	if (table_read("fixtures/drivers/mutants.tsv", 5, &table))
		return 2;
	qsort(table.row, table.rows, sizeof(*table.row), by_file);
	for (i = 0; i < table.rows; i++) {
		char **row = table.row[i];
		int ret;

		unescape(row[FROM]);
		unescape(row[TO]);
		ret = try_one(&module, linux_dir, work, row);
		found += ret > 0;
		broken += ret < 0;
		if (ret <= 0 || all)
			printf("  %s %-20s %s: %s\n",
			       ret < 0 ? "BROKEN"
			       : ret   ? "found "
				       : "missed",
			       row[RULE], row[FILE_NAME], row[REASON]);
	}
	printf("mutants: %zu of %zu found\n", found, table.rows);
	scan_free(&module.clean);
	table_free(&table);
	return broken ? 2 : found == i ? 0 : 1;
}
