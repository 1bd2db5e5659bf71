/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modules: what a Makefile links together; where there is no Makefile, a directory. Of a file that
 * is in no list the file alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kbuild.h"
#include "load.h"

#define PARENTS 3 /* how far above a file its Makefile may be */

/* The directory of @path, or "."; to be freed. */
static char *dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
}

static int read_makefiles(struct kbuild *kbuild, const char *path)
{
	char *dir = dir_of(path);
	int err = dir ? 0 : -ENOMEM;

	for (int i = 0; !err && i < PARENTS; i++) {
		char *slash;

		err = kbuild_read(kbuild, dir);
		slash = strrchr(dir, '/');
		if (!slash || slash == dir)
			break;
		*slash = '\0';
	}
	free(dir);
	return err;
}

/* The name of the module of each file; to be freed. */
static char *module_of(const struct kbuild *kbuild, const char *path, bool alone)
{
	const char *module = alone ? NULL : kbuild_module(kbuild, path);
	char *dir;

	if (module)
		return strdup(module);
	dir = alone ? NULL : dir_of(path);
	if (dir && !kbuild_has(kbuild, dir))
		return dir;
	free(dir);
	return strdup(path);
}

struct named {
	char *module;
	struct file file;
};

static int by_module(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->module, y->module);

	if (!order)
		order = strcmp(x->file.path, y->file.path);
	return order ? order : y->file.is_told - x->file.is_told;
}

static int grow(struct named **named, size_t *room, size_t count)
{
	struct named *grown;

	if (count < *room)
		return 0;
	*room = *room ? *room * 2 : 256;
	grown = realloc(*named, *room * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	*named = grown;
	return 0;
}

static bool is_wanted(const struct named *named, size_t count, const char *module)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(named[mid].module, module);

		if (!order)
			return true;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

/* Adds what is linked with those that are there, and was not named. */
static int add_linked(const struct kbuild *kbuild, struct named **named, size_t *room,
		      size_t *count)
{
	size_t before = *count;

	for (size_t i = 0; i < kbuild->count; i++) {
		const struct linked *linked = &kbuild->linked[i];

		if (!is_wanted(*named, before, linked->module) || access(linked->path, R_OK))
			continue;
		if (grow(named, room, *count))
			return -ENOMEM;
		(*named)[(*count)++] =
			(struct named){strdup(linked->module), {.path = strdup(linked->path)}};
	}
	return 0;
}

/* Numbers modules; a file that is there twice stays once. */
static int number(struct file_list *list, struct named *named, size_t count, size_t *modules)
{
	struct file *grown = realloc(list->file, (count + 1) * sizeof(*grown));
	size_t kept = 0;

	if (!grown)
		return -ENOMEM;
	list->file = grown;
	list->room = count + 1;
	*modules = 0;
	for (size_t i = 0; i < count; i++) {
		bool is_new = !i || strcmp(named[i].module, named[i - 1].module);

		if (!is_new && !strcmp(named[i].file.path, list->file[kept - 1].path)) {
			free(named[i].file.path);
			continue;
		}
		*modules += is_new;
		list->file[kept] = named[i].file;
		list->file[kept++].module = *modules - 1;
	}
	list->count = kept;
	return 0;
}

int files_group(struct file_list *list, size_t *modules, bool alone)
{
	struct kbuild kbuild = {0};
	struct named *named = NULL;
	size_t room = 0, count = 0;
	int err = 0;

	for (size_t i = 0; !err && !alone && i < list->count; i++)
		err = read_makefiles(&kbuild, list->file[i].path);
	kbuild_sort(&kbuild);
	for (size_t i = 0; !err && i < list->count; i++) {
		err = grow(&named, &room, count);
		if (err)
			break;
		named[count].file = list->file[i];
		named[count].module = module_of(&kbuild, list->file[i].path, alone);
		err = named[count++].module ? 0 : -ENOMEM;
	}
	if (!err && count) {
		qsort(named, count, sizeof(*named), by_module);
		err = alone ? 0 : add_linked(&kbuild, &named, &room, &count);
		qsort(named, count, sizeof(*named), by_module);
	}
	if (!err)
		err = number(list, named, count, modules);
	for (size_t i = 0; i < count; i++)
		free(named[i].module);
	free(named);
	kbuild_free(&kbuild);
	return err;
}
