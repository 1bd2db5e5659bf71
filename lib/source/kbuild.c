/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makefiles of the kernel's build: `NAME-y`, `NAME-objs`, `NAME-$(CONFIG_X)`. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kbuild.h"

static int add(struct kbuild *kbuild, const char *dir, const char *module, size_t module_len,
	       const char *object, size_t len)
{
	struct linked *linked;

	if (kbuild->count == kbuild->room) {
		size_t room = kbuild->room ? kbuild->room * 2 : 256;
		struct linked *grown = realloc(kbuild->linked, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		kbuild->linked = grown;
		kbuild->room = room;
	}
	linked = &kbuild->linked[kbuild->count];
	*linked = (struct linked){0};
	if (asprintf(&linked->path, "%s/%.*s.c", dir, (int)len - 2, object) < 0)
		return -ENOMEM;
	if (asprintf(&linked->module, "%s/%.*s", dir, (int)module_len, module) < 0) {
		free(linked->path);
		return -ENOMEM;
	}
	kbuild->count++;
	return 0;
}

/* How much of @name is the module's, or 0: it names no module. */
static size_t module_name(const char *name, size_t len)
{
	static const char *const none[] = {"obj",    "lib",       "ccflags", "asflags", "subdir",
					   "always", "hostprogs", "targets", "extra",   "ldflags",
					   "clean",  "CFLAGS",    "header",  "generic", "drm"};
	size_t end = len;

	while (end && name[end - 1] != '-')
		end--;
	if (end < 2)
		return 0;
	if (strncmp(name + end, "y", len - end) && strncmp(name + end, "objs", len - end) &&
	    name[end] != '$' && strncmp(name + end, "m", len - end))
		return 0;
	end--;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (strlen(none[i]) == end && !strncmp(none[i], name, end) &&
		    strcmp(none[i], "drm"))
			return 0;
	return memchr(name, '$', end) || memchr(name, '/', end) ? 0 : end;
}

static int read_line(struct kbuild *kbuild, const char *dir, char *line)
{
	char *equal = strchr(line, '='), *save, *word;
	size_t len, module;
	int err = 0;

	line[strcspn(line, "#\n")] = '\0';
	if (!equal || !*equal)
		return 0;
	line += strspn(line, " \t");
	len = (size_t)(equal - line);
	while (len && strchr(" \t:+?", line[len - 1]))
		len--;
	module = module_name(line, len);
	if (!module)
		return 0;
	for (word = strtok_r(equal + 1, " \t\r", &save); word && !err;
	     word = strtok_r(NULL, " \t\r", &save)) {
		size_t size = strlen(word);

		if (size > 2 && !strcmp(word + size - 2, ".o") && !strchr(word, '$'))
			err = add(kbuild, dir, line, module, word, size);
	}
	return err;
}

/* A line with those that a backslash joins to it; NULL at the end of @in. */
static char *whole_line(FILE *in, char **line, size_t *size)
{
	ssize_t len = getline(line, size, in);
	char *more = NULL;
	size_t more_size = 0;

	while (len >= 2 && len < 65536 && (*line)[len - 1] == '\n' && (*line)[len - 2] == '\\') {
		ssize_t got = getline(&more, &more_size, in);
		char *grown;

		if (got <= 0)
			break;
		grown = realloc(*line, (size_t)(len + got + 1));
		if (!grown)
			break;
		*line = grown;
		*size = (size_t)(len + got + 1);
		grown[len - 2] = grown[len - 1] = ' ';
		memcpy(grown + len, more, (size_t)got + 1);
		len += got;
	}
	free(more);
	return len > 0 ? *line : NULL;
}

static int read_file(struct kbuild *kbuild, const char *dir, const char *name, bool *has)
{
	char *path = NULL, *line = NULL;
	size_t size = 0;
	FILE *in;
	int err = 0;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	in = fopen(path, "re");
	free(path);
	if (!in)
		return 0;
	*has = true;
	while (!err && whole_line(in, &line, &size))
		err = read_line(kbuild, dir, line);
	free(line);
	fclose(in);
	return err;
}

static size_t dir_index(const struct kbuild *kbuild, const char *dir)
{
	for (size_t i = kbuild->ndir; i; i--) /* what was read last is asked for most */
		if (!strcmp(kbuild->dir[i - 1], dir))
			return i - 1;
	return kbuild->ndir;
}

int kbuild_read(struct kbuild *kbuild, const char *dir)
{
	bool has = false;
	int err;

	if (dir_index(kbuild, dir) < kbuild->ndir)
		return 0;
	if (kbuild->ndir == kbuild->dir_room) {
		size_t room = kbuild->dir_room ? kbuild->dir_room * 2 : 64;
		char **dirs = realloc(kbuild->dir, room * sizeof(*dirs));
		bool *hass;

		if (!dirs)
			return -ENOMEM;
		kbuild->dir = dirs;
		hass = realloc(kbuild->has, room * sizeof(*hass));
		if (!hass)
			return -ENOMEM;
		kbuild->has = hass;
		kbuild->dir_room = room;
	}
	err = read_file(kbuild, dir, "Makefile", &has);
	if (!err)
		err = read_file(kbuild, dir, "Kbuild", &has);
	kbuild->dir[kbuild->ndir] = strdup(dir);
	if (!kbuild->dir[kbuild->ndir])
		return -ENOMEM;
	kbuild->has[kbuild->ndir++] = has;
	return err;
}

bool kbuild_has(const struct kbuild *kbuild, const char *dir)
{
	size_t index = dir_index(kbuild, dir);

	return index < kbuild->ndir && kbuild->has[index];
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct linked *)a)->path, ((const struct linked *)b)->path);
}

void kbuild_sort(struct kbuild *kbuild)
{
	if (kbuild->count)
		qsort(kbuild->linked, kbuild->count, sizeof(*kbuild->linked), by_path);
}

const char *kbuild_module(const struct kbuild *kbuild, const char *path)
{
	const struct linked key = {.path = (char *)path};
	const struct linked *found = NULL;

	if (kbuild->count)
		found = bsearch(&key, kbuild->linked, kbuild->count, sizeof(key), by_path);
	return found ? found->module : NULL;
}

void kbuild_free(struct kbuild *kbuild)
{
	for (size_t i = 0; i < kbuild->count; i++) {
		free(kbuild->linked[i].path);
		free(kbuild->linked[i].module);
	}
	for (size_t i = 0; i < kbuild->ndir; i++)
		free(kbuild->dir[i]);
	free(kbuild->linked);
	free(kbuild->dir);
	free(kbuild->has);
}
