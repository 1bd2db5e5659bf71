/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which baselines count: those that were named, and the lab's own. */
#include <err.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

int baseline_of_lab(const char *lab, char path[static PATH_MAX])
{
	char dir[PATH_MAX], name[NAME_MAX + 1];
	int err;

	/* The name comes from a record, which may come from anywhere. */
	if (!lab || !*lab || strchr(lab, '/') || strlen(lab) > NAME_MAX - strlen(".json"))
		return -ENOENT;
	err = program_dir(dir);
	if (err)
		return err;
	snprintf(name, sizeof(name), "%s.json", lab);
	/* The program stands in build/, beside fixtures/. */
	if (snprintf(path, PATH_MAX, "%s/../fixtures/baselines/%s", dir, name) >= PATH_MAX)
		return -ENAMETOOLONG;
	return access(path, F_OK) ? -ENOENT : 0;
}

static int add(struct baseline **baseline, const char *path)
{
	char why[512];
	struct baseline *grown = baseline_load(*baseline, path, why, sizeof(why));

	if (!grown) {
		warnx("%s", why);
		baseline_free(*baseline);
		*baseline = NULL;
		return -EINVAL;
	}
	*baseline = grown;
	return 0;
}

int baselines_load(const struct judging_options *options, const char *lab,
		   struct baseline **baseline)
{
	char path[PATH_MAX];
	int err = 0;

	*baseline = NULL;
	if (options->no_baseline)
		return 0;
	for (size_t i = 0; i < options->baselines.count && !err; i++)
		err = add(baseline, options->baselines.word[i]);
	if (!options->baselines.count && !baseline_of_lab(lab, path))
		err = add(baseline, path);
	return err;
}
