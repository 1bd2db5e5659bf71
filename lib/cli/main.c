/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfwalk: finds the subcommand and hands it its words. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/version.h>

#include "cli.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *args;
	const char *what;
} commands[] = {
	{"list", cmd_list, "", "PFs and VFs here, and what cannot be tested and why"},
	{"run", cmd_run, "[OPTION...]", "walk VFs, judge what was seen, report"},
	{"judge", cmd_judge, "RUN.jsonl...", "judge the record of a run again"},
	{"lint", cmd_lint, "DUMP... | ADDRESS...",
	 "judge config space as lspci dumps it, or here, read only"},
	{"scan", cmd_scan, "PATH...", "static analysis of the C sources of drivers"},
	{"report", cmd_report, "RUN.jsonl -f FORMAT",
	 "the same, as text, ktap, json, junit or html"},
	{"compare", cmd_compare, "RUN.jsonl...", "several runs side by side: rule by rule"},
	{"witness", cmd_witness, "RUN.jsonl TRACE",
	 "join what QEMU traced to the record of its guest"},
	{"rules", cmd_rules, "[GROUP|RULE...]",
	 "the catalogue of rules, and what shows that they work"},
	{"explain", cmd_explain, "RULE...", "one rule: clause, reason, remedy, a violation"},
	{"restore", cmd_restore, "[RUN.jsonl]", "put devices back after a crash"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int help(void)
{
	puts("Usage: vfwalk COMMAND [OPTION...]\n"
	     "Walks SR-IOV VFs through MSI-X resizing, records what it sees, judges the record.\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  vfwalk %-8s %-20s %s\n", commands[i].name, commands[i].args,
		       commands[i].what);
	puts("\n`vfwalk COMMAND --help` tells more. Results go to stdout, progress to stderr.\n"
	     "Exit status: 0 passed, 1 failed, 2 broken or wrong usage, 4 nothing to run.");
	return 0;
}

static int unknown(const char *word)
{
	char names[256];
	size_t used = 0;

	for (size_t i = 0; i < COMMANDS; i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "",
					 commands[i].name);
	if (word)
		warnx("unknown command \"%s\": use one of %s", word, names);
	else
		warnx("no command: use one of %s", names);
	return EXIT_BROKEN;
}

static int dispatch(int argc, char **argv)
{
	static char name[64];

	if (argc < 2)
		return unknown(NULL);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help();
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return puts("vfwalk " VFWALK_VERSION), 0;
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name)) {
			snprintf(name, sizeof(name), "vfwalk %s", commands[i].name);
			argv[1] = name;
			return commands[i].run(argc - 1, argv + 1);
		}
	return unknown(argv[1]);
}

int main(int argc, char **argv)
{
	int status;

	program_invocation_short_name = (char *)"vfwalk"; /* of every warnx() */
	status = dispatch(argc, argv);
	if (fflush(stdout) || ferror(stdout)) {
		warn("standard output");
		return EXIT_BROKEN;
	}
	return status;
}
