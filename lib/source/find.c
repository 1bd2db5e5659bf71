/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of C below what was named. */
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

void complain(struct source_scan *scan, const char *path, const char *what)
{
	struct source_complaint *grown =
		realloc(scan->complaint, (scan->ncomplaint + 1) * sizeof(*grown));

	if (!grown)
		return;
	scan->complaint = grown;
	grown[scan->ncomplaint++] = (struct source_complaint){strdup(path), strdup(what)};
}

static int add(struct file_list *list, const char *path, bool told, bool loud)
{
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 256;
		struct file *grown = realloc(list->file, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		list->file = grown;
		list->room = room;
	}
	list->file[list->count] =
		(struct file){.path = strdup(path), .is_told = told, .is_loud = loud};
	return list->file[list->count++].path ? 0 : -ENOMEM;
}

static bool is_c(const char *name)
{
	size_t len = strlen(name);

	return len > 2 && !strcmp(name + len - 2, ".c");
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int take_entry(struct file_list *list, const FTSENT *entry, size_t *found)
{
	switch (entry->fts_info) {
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		complain(list->scan, entry->fts_path, strerror(entry->fts_errno));
		return 0;
	case FTS_DC:
		complain(list->scan, entry->fts_path, "is inside itself");
		return 0;
	case FTS_F:
		if (entry->fts_level && !is_c(entry->fts_name))
			return 0;
		(*found)++;
		return add(list, entry->fts_path, true, !entry->fts_level);
	case FTS_DEFAULT:
		if (!entry->fts_level)
			complain(list->scan, entry->fts_path, "is no file and no directory");
		return 0;
	default:
		return 0;
	}
}

int files_find(struct file_list *list, const char *path, bool alone)
{
	char *const paths[] = {(char *)path, NULL};
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	size_t found = 0, complaints = list->scan->ncomplaint;
	FTSENT *entry;
	int err = 0;

	(void)alone;
	if (!fts)
		return -ENOMEM;
	while (!err && (entry = fts_read(fts)))
		err = take_entry(list, entry, &found);
	fts_close(fts);
	if (!err && !found && complaints == list->scan->ncomplaint)
		complain(list->scan, path, "no file of C in it");
	return err;
}

void files_free(struct file_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->file[i].path);
	free(list->file);
}
