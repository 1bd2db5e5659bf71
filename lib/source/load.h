/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files, and which of them make a module. */
#ifndef VFWALK_SOURCE_LOAD_H
#define VFWALK_SOURCE_LOAD_H

#include "module.h"

/* A file of C. */
struct file {
	char *path;
	bool is_told;  /* its findings are wanted */
	bool is_loud;  /* it was named: that it cannot be read is told */
	size_t module; /* index, from group_files() on */
	bool matters;  /* vectors are mentioned in it */
};

struct file_list {
	size_t count, room;
	struct file *file;
	struct source_scan *scan; /* for complaints */
};

/* --- find.c --- */

/* Adds the files of C at and below @path. Returns 0 or -ENOMEM. */
int files_find(struct file_list *list, const char *path, bool alone);
void complain(struct source_scan *scan, const char *path, const char *what);
void files_free(struct file_list *list);

/* --- group.c --- */

/* Gives each file its module; files that are linked with them and are not there yet are added. */
int files_group(struct file_list *list, size_t *modules, bool alone);

/* --- module.c --- */

/* Looks at all of @m's texts. */
void module_analyse(struct module *m);

#endif
