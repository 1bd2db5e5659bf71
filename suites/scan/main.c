// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "scan.h"

static const char usage[] = "usage: scan-check fixtures DIR\n"
			    "       scan-check score [--held-out] LINUX [NEWER]\n"
			    "       scan-check mutants [--all] LINUX WORK\n";

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"held-out", no_argument, NULL, 'o'}, {"all", no_argument, NULL, 'a'}, {0}};
	bool held_out = false, all = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (c == 'o')
			held_out = true;
		else if (c == 'a')
			all = true;
		else
			goto wrong;
	argc -= optind;
	argv += optind;
	/* A line at a time: what is found in minutes is watched as it comes. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[0], "fixtures"))
		return fixtures_main(argv[1]);
	if ((argc == 2 || argc == 3) && !strcmp(argv[0], "score"))
		return score_main(argv[1], argc == 3 ? argv[2] : NULL, held_out);
	if (argc == 3 && !strcmp(argv[0], "mutants"))
		return mutants_main(argv[1], argv[2], all);
wrong:
	fputs(usage, stderr);
	return 2;
}
