/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which suite programs there are, and in which order they run. */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* The order of a walk: from what disturbs least to what disturbs most. Others follow by name. */
static const char *const order[] = {"config", "resize", "sysfs",   "bind",    "driver", "flr", "pf",
				    "vfio",   "guest",  "vectors", "hostile", "rogue",  "race"};

static size_t rank(const char *name)
{
	size_t i = 0;

	while (i < sizeof(order) / sizeof(order[0]) && strcmp(order[i], name))
		i++;
	return i;
}

static int by_rank(const struct dirent **a, const struct dirent **b)
{
	size_t ra = rank((*a)->d_name), rb = rank((*b)->d_name);

	return ra != rb ? (ra < rb ? -1 : 1) : strcmp((*a)->d_name, (*b)->d_name);
}

/* Programs have plain names; what make left beside them (config.d) is none. */
static int is_suite(const struct dirent *entry)
{
	return isalpha((unsigned char)entry->d_name[0]) && !strchr(entry->d_name, '.');
}

static int find_dir(char dir[static PATH_MAX])
{
	const char *set = getenv("VFWALK_SUITES");
	char program[PATH_MAX];
	int err;

	if (set && *set)
		return snprintf(dir, PATH_MAX, "%s", set) < PATH_MAX ? 0 : -ENAMETOOLONG;
	err = program_dir(program);
	return err ? err : join_path(dir, program, "suites");
}

static int read_dir(struct suites *suites)
{
	struct dirent **entries;
	int count = scandir(suites->dir, &entries, is_suite, by_rank);

	if (count < 0)
		return -errno;
	suites->name = calloc((size_t)count + 1, sizeof(*suites->name));
	for (int i = 0; i < count; i++) {
		if (suites->name)
			suites->name[suites->count++] = strdup(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return suites->name ? 0 : -ENOMEM;
}

static bool is_among(const struct words *words, const char *name)
{
	for (size_t i = 0; i < words->count; i++)
		if (!strcmp(words->word[i], name))
			return true;
	return false;
}

static int refuse_unknown(const struct suites *suites, const struct words *wanted)
{
	for (size_t i = 0; i < wanted->count; i++) {
		char names[256] = "";
		size_t used = 0;
		bool known = false;

		for (size_t k = 0; k < suites->count; k++) {
			known |= !strcmp(suites->name[k], wanted->word[i]);
			if (used < sizeof(names))
				used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
							 k ? ", " : "", suites->name[k]);
		}
		if (!known) {
			warnx("unknown suite \"%s\": use one of %s", wanted->word[i], names);
			return -EINVAL;
		}
	}
	return 0;
}

static void keep_wanted(struct suites *suites, const struct words *wanted)
{
	size_t kept = 0;

	for (size_t i = 0; i < suites->count; i++) {
		if (is_among(wanted, suites->name[i]))
			suites->name[kept++] = suites->name[i];
		else
			free(suites->name[i]);
	}
	suites->count = kept;
}

int suites_find(const struct words *wanted, struct suites *suites)
{
	int err;

	*suites = (struct suites){0};
	err = find_dir(suites->dir);
	if (!err)
		err = read_dir(suites);
	if (err || !suites->count) {
		warnx("%s: %s: build the suites with `make`, or name their directory in "
		      "VFWALK_SUITES",
		      suites->dir, err ? strerror(-err) : "no suite program there");
		return -EINVAL;
	}
	if (!wanted->count)
		return 0;
	err = refuse_unknown(suites, wanted);
	if (!err)
		keep_wanted(suites, wanted);
	return err;
}

void suites_free(struct suites *suites)
{
	for (size_t i = 0; i < suites->count; i++)
		free(suites->name[i]);
	free(suites->name);
	*suites = (struct suites){0};
}

bool suites_are_there(void)
{
	struct suites suites = {0};
	bool there = !find_dir(suites.dir) && !read_dir(&suites) && suites.count;

	suites_free(&suites);
	return there;
}
