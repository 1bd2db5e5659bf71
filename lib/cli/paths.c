/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths of directories: this program's, and those for reports. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

int program_dir(char dir[static PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", dir, PATH_MAX - 1);

	if (len < 0)
		return -errno;
	dir[len] = '\0';
	dirname(dir);
	return 0;
}

int join_path(char path[static PATH_MAX], const char *dir, const char *name)
{
	return snprintf(path, PATH_MAX, "%s/%s", dir, name) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int templates_dir(char dir[static PATH_MAX])
{
	char self[PATH_MAX];
	int err = program_dir(self);

	/* The program stands in build/, beside reports/. */
	return err ? err : join_path(dir, self, "../reports/templates");
}

static int make_dir(const char *path)
{
	struct stat st;

	if (!mkdir(path, 0755))
		return 0;
	if (errno != EEXIST)
		return -errno;
	return !stat(path, &st) && S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int make_dirs(const char *path)
{
	char part[PATH_MAX];
	int err = 0;

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part))
		return -ENAMETOOLONG;
	for (char *slash = strchr(part + 1, '/'); slash && !err; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		err = make_dir(part);
		*slash = '/';
	}
	return err ? err : make_dir(part);
}
