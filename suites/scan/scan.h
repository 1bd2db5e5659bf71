/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `vfwalk scan` says of sources, and what was expected of it: drivers of our own (fixtures.c),
 * labels of drivers read by hand (score.c), and edits that break drivers (mutants.c). The files
 * that hold the expectations are described in reports/schemas/labels.md.
 */
#ifndef VFWALK_SUITES_SCAN_H
#define VFWALK_SUITES_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* Where a finding is, or a step of the path that leads to it. */
struct place {
	char *file;
	long line;
};

struct finding {
	char *rule;
	char *level; /* error, warning, note */
	char *function;
	struct place at;
	struct place *path;
	size_t steps;
};

struct findings {
	struct finding *item;
	size_t count;
	double seconds; /* wall time of the scan */
};

/*
 * Runs `vfwalk scan -f json` on paths (ends with NULL). Its exit status is not looked at but for 2,
 * a scan that could not be done. 0, or -1 with a message.
 */
int scan_run(const char *const *paths, struct findings *findings);
void scan_free(struct findings *findings);

/* The program that scans: VFWALK of the environment, or the one of the build directory. */
const char *scan_program(void);

/* True when the finding, or a step of its path, is in a file whose name ends so, from a slash on.
 */
bool finding_touches(const struct finding *f, const char *file);

/* A file of lines with tab-separated fields; blank lines, lines of # and the title line are left
 * out. */
#define TABLE_FIELDS 5

struct table {
	char *(*row)[TABLE_FIELDS];
	size_t rows;
	char *text;
};

/* Reads it; each line must have that many fields. 0, or -1 with a message. */
int table_read(const char *path, size_t fields, struct table *table);
void table_free(struct table *table);

/* The whole file, with a NUL behind it; NULL with a message. */
char *file_read(const char *path, size_t *size);

/* Replaces a file, or creates it. 0, or -1 with a message. */
int file_write(const char *path, const char *text, size_t size);

/* The subcommands; each returns an exit status. */
int fixtures_main(const char *dir);
/* @newer_dir: a tree of a kernel that has the drivers of labels-newer.tsv, or NULL. */
int score_main(const char *linux_dir, const char *newer_dir, bool held_out);
int mutants_main(const char *linux_dir, const char *work, bool all);

#endif
