/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `vfwalk restore`: puts devices back to what the record of a run says they were, after a crash or
 * a power cut in the middle of it.
 */
#include <err.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <vfwalk/walk.h>

#include "cli.h"

#define RECORDS REPORTS_DIR "/*/evidence.jsonl"

static const struct argp_option options[] = {ARGS_COMMON};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **record = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (*record) {
		warnx("one record at a time: \"%s\" is the second", arg);
		return EINVAL;
	}
	*record = arg;
	return 0;
}

static const struct argp argp = {options,
				 parse,
				 "[RUN.jsonl]",
				 "Puts every function back to what it was before the run with that "
				 "record; by default the newest in " REPORTS_DIR ".",
				 NULL,
				 NULL,
				 NULL};

/* What of a record says where it was made. */
struct origin {
	bool here;     /* on this machine, by the linux target */
	char why[128]; /* else why not */
	char pf[BDF_LEN];
};

static void read_header(const struct event *event, struct origin *origin)
{
	const char *target = event_str(event, "target"), *lab = event_str(event, "lab");

	if (!target || strcmp(target, "linux"))
		snprintf(origin->why, sizeof(origin->why),
			 "made on a model device: there is nothing to put back");
	else if (lab)
		snprintf(origin->why, sizeof(origin->why),
			 "made in the guest of lab %s, which is gone: there is nothing to put back",
			 lab);
	else
		origin->here = true;
}

/* Reads the record as far as the PF. Returns 0, or -errno after one line. */
static int read_origin(const char *record, struct origin *origin)
{
	struct ev_reader *reader = ev_open(record);
	struct event event;
	int more;

	*origin = (struct origin){0};
	if (!reader) {
		int err = errno;

		warnx("%s: %s: give the evidence.jsonl of a run", record, strerror(err));
		return -err;
	}
	while ((more = ev_next(reader, &event)) > 0 && !origin->pf[0]) {
		if (event.kind == EV_HEADER)
			read_header(&event, origin);
		if (event.kind == EV_FUNCTION && event.fn && event_int(&event, "vf", 0) < 0)
			snprintf(origin->pf, sizeof(origin->pf), "%s", event.fn);
	}
	if (more < 0)
		warnx("%s: %s", record, ev_reader_error(reader));
	ev_reader_close(reader);
	return more < 0 ? more : 0;
}

/* No line for the user: what cannot be read holds nothing to put back. */
bool restore_is_due(const char *record)
{
	struct ev_reader *reader = ev_open(record);
	struct origin origin = {0};
	bool claimed = false, ended = false;
	struct event event;

	if (!reader)
		return false;
	while (ev_next(reader, &event) > 0) {
		if (event.kind == EV_HEADER)
			read_header(&event, &origin);
		claimed |= event.kind == EV_CLAIM;
		ended = event.kind == EV_RUN_END;
	}
	ev_reader_close(reader);
	return origin.here && claimed && !ended;
}

/* The record was made on this machine; says nothing of one that cannot be read. */
static bool is_from_here(const char *record)
{
	struct ev_reader *reader = ev_open(record);
	struct origin origin = {0};
	struct event event;

	if (reader && ev_next(reader, &event) > 0 && event.kind == EV_HEADER)
		read_header(&event, &origin);
	if (reader)
		ev_reader_close(reader);
	return origin.here;
}

/* The newest record here that was made on this machine; "" without one. */
static void find_newest(char path[static PATH_MAX])
{
	struct timespec newest = {0};
	glob_t found;

	path[0] = '\0';
	if (glob(RECORDS, 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct stat st;

		if (stat(found.gl_pathv[i], &st) ||
		    (st.st_mtim.tv_sec < newest.tv_sec ||
		     (st.st_mtim.tv_sec == newest.tv_sec && st.st_mtim.tv_nsec < newest.tv_nsec)))
			continue;
		if (!is_from_here(found.gl_pathv[i]))
			continue;
		newest = st.st_mtim;
		snprintf(path, PATH_MAX, "%s", found.gl_pathv[i]);
	}
	globfree(&found);
}

static int restore(const char *record, const struct origin *origin)
{
	struct target target = {.ops = target_find("linux"),
				.options = {.pf = origin->pf, .claim = true}};
	int err = target.ops->open(&target, &target.options);

	if (err)
		return EXIT_BROKEN; /* the target has said why */
	err = walk_restore(&target, record);
	target.ops->close(&target);
	if (err) {
		warnx("%s: not everything could be put back: %s", record, strerror(-err));
		return EXIT_BROKEN;
	}
	printf("%s: %s and its VFs are as they were before the run\n", record, origin->pf);
	return 0;
}

int cmd_restore(int argc, char **argv)
{
	char newest[PATH_MAX];
	const char *record = NULL;
	struct origin origin;
	int status;

	if (!args_parse(&argp, argc, argv, &record, &status))
		return status;
	if (!record) {
		find_newest(newest);
		record = newest;
	}
	if (!*record) {
		warnx("no record of this machine in " RECORDS ": name the one to go by");
		return EXIT_NOTHING;
	}
	if (read_origin(record, &origin))
		return EXIT_BROKEN;
	if (!origin.here) {
		warnx("%s: %s", record, origin.why);
		return EXIT_NOTHING;
	}
	if (!origin.pf[0]) {
		warnx("%s: ends before anything was done: there is nothing to put back", record);
		return 0;
	}
	return restore(record, &origin);
}
