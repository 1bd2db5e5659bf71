/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `vfwalk witness`: the record of a guest, joined with what its QEMU traced meanwhile. */
#include <err.h>
#include <errno.h>
#include <string.h>

#include <vfwalk/witness.h>

#include "cli.h"

struct witness_args {
	const char *events;
	const char *file[2]; /* record, trace */
	unsigned nfile;
	bool list;
};

static const struct argp_option options[] = {
	{"events", 'e', "FILE", 0, "the names that QEMU was given: -trace events=FILE", 0},
	{"list", 'l', NULL, 0, "print the names of the trace events that are read", 0},
	ARGS_COMMON};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct witness_args *args = state->input;

	switch (key) {
	case 'e':
		args->events = arg;
		return 0;
	case 'l':
		args->list = true;
		return 0;
	case ARGP_KEY_ARG:
		if (args->nfile == 2) {
			warnx("one record and one trace: \"%s\" is the third", arg);
			return EINVAL;
		}
		args->file[args->nfile++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"RUN.jsonl TRACE -e FILE",
	"Prints the record of a run in a guest with what QEMU traced of IOMMU and device between "
	"its "
	"lines, for the rules WIT-*.\vQEMU is to write TRACE with its log backend, and the record "
	"is to "
	"leave the guest by the first port of a virtio-serial device with ioeventfd=off: "
	"fixtures/lab/boot.sh does it.",
	NULL,
	NULL,
	NULL};

static int list(void)
{
	const char *name;

	for (size_t i = 0; (name = witness_trace_event(i)); i++)
		puts(name);
	return 0;
}

static int join(const struct witness_args *args)
{
	const char *path[] = {args->file[0], args->file[1], args->events};
	FILE *in[3] = {NULL};
	char why[160];
	int res = 0;

	for (unsigned i = 0; i < 3 && !res; i++) {
		in[i] = fopen(path[i], "re");
		if (!in[i]) {
			warn("%s", path[i]);
			res = -EIO;
		}
	}
	if (!res) {
		res = witness_join(in[0], in[1], in[2], stdout, why);
		if (res)
			warnx("%s and %s: %s", path[0], path[1],
			      res == -EBADMSG ? why : strerror(-res));
	}
	for (unsigned i = 0; i < 3; i++)
		if (in[i])
			fclose(in[i]);
	return res ? EXIT_BROKEN : 0;
}

int cmd_witness(int argc, char **argv)
{
	struct witness_args args = {0};
	int status;

	if (!args_parse(&argp, argc, argv, &args, &status))
		return status;
	if (args.list)
		return list();
	if (args.nfile == 2 && args.events)
		return join(&args);
	warnx("give a record, the trace, and --events with the list that QEMU was given");
	return EXIT_BROKEN;
}
