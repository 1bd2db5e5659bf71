/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a run's record and reports go, and that nothing is written over that is still needed. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

/* A record that cannot be read back (a virtio port, a pipe) is judged elsewhere. */
static bool is_stream(const char *record)
{
	struct stat st;

	return record && !stat(record, &st) && !S_ISREG(st.st_mode);
}

static void default_out(char out[static PATH_MAX], const char *target)
{
	char when[32];
	time_t now = time(NULL);
	struct tm tm;

	strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	for (unsigned i = 1; i < 100; i++) {
		if (i == 1)
			snprintf(out, PATH_MAX, REPORTS_DIR "/%s-%s", when, target);
		else
			snprintf(out, PATH_MAX, REPORTS_DIR "/%s-%s-%u", when, target, i);
		if (access(out, F_OK))
			return;
	}
}

int find_places(const char *target, const char *out, const char *record, struct places *places)
{
	int err = 0;

	*places = (struct places){.stream = is_stream(record)};
	if (out)
		err = snprintf(places->out, PATH_MAX, "%s", out) < PATH_MAX ? 0 : -ENAMETOOLONG;
	else if (!places->stream)
		default_out(places->out, target);
	if (!err && places->out[0])
		err = make_dirs(places->out);
	if (err) {
		warnx("%s: %s: give another directory with --out", places->out, strerror(-err));
		return err;
	}
	if (!record)
		err = join_path(places->record, places->out, "evidence.jsonl");
	else if (snprintf(places->record, PATH_MAX, "%s", record) >= PATH_MAX)
		err = -ENAMETOOLONG;
	if (!err && !places->stream && restore_is_due(places->record)) {
		warnx("%s is of a run that did not end: `vfwalk restore %s` first, or write "
		      "elsewhere",
		      places->record, places->record);
		return -EEXIST;
	}
	return err;
}

void drop_places(const struct places *places)
{
	struct stat st;

	if (!stat(places->record, &st) && S_ISREG(st.st_mode) && !st.st_size)
		unlink(places->record);
	if (places->out[0])
		rmdir(places->out); /* only when it is empty */
}
