/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Makefiles say is linked together. */
#ifndef VFWALK_SOURCE_KBUILD_H
#define VFWALK_SOURCE_KBUILD_H

#include <stdbool.h>
#include <stddef.h>

/* `module-y += file.o`, as a path of C. */
struct linked {
	char *path, *module; /* module: a path, too, without a suffix */
};

struct kbuild {
	size_t count, room;
	struct linked *linked; /* by path */
	size_t ndir, dir_room;
	char **dir; /* read already; ... */
	bool *has;  /* ... and whether there was a Makefile */
};

/* Reads the Makefile of @dir, if that was not done. Returns 0 or -ENOMEM. */
int kbuild_read(struct kbuild *kbuild, const char *dir);
/* Is there a Makefile in @dir, which was read? */
bool kbuild_has(const struct kbuild *kbuild, const char *dir);
/* To be called after the last kbuild_read(). */
void kbuild_sort(struct kbuild *kbuild);
/* The module that the file at @path is linked into, or NULL. */
const char *kbuild_module(const struct kbuild *kbuild, const char *path);
void kbuild_free(struct kbuild *kbuild);

#endif
