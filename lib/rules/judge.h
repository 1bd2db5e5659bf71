/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of the judge: what its files share, and nobody else. */
#ifndef VFWALK_JUDGE_H
#define VFWALK_JUDGE_H

#include "attacks.h"
#include "catalogue.h"
#include "tried.h"

/* The finding on one rule and function, while it grows. */
struct slot {
	struct finding finding;
	void *scratch;
};

struct judge {
	struct world *world;
	size_t nrule;
	size_t nfn;            /* functions for which there are slots */
	struct slot ***fn;     /* [nfn][nrule]; a slot is made when its rule first says something */
	struct tried *tried;   /* [nrule] */
	struct slot **failing; /* those whose rule did not hold, in that order */
	size_t nfailing;
	struct finding *out; /* what judge_findings() hands out */
	size_t nout;
	char **idle; /* reasons of findings that have no slot to keep theirs */
	size_t nidle;
	bool run_ended, finished;
	unsigned long open_line;    /* of a scenario that has not ended yet, or 0 */
	unsigned long told_failing; /* failures of MUST rules when the last suite ended */
	char *broken;
	unsigned long line;
	unsigned long written;    /* lines so far that the run wrote itself */
	unsigned long open_after; /* how many of them stood before the open scenario */
	struct attacks attacks;
};

/* What a rule's judge function holds while it looks at one event. */
struct judging {
	struct judge *judge;
	const struct rule *rule;
	size_t index; /* of the rule */
	const struct event *event;
};

/* The run is to blame: the first cause is kept. */
void breaks(struct judge *judge, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What is known of rule @r and function @f before the rule has said anything. */
struct finding blank(const struct judge *judge, size_t f, size_t r);
/* Can rules of a picture (a dump, a device as it is found) say something by this one? */
bool is_for_pictures(const struct rule *rule);

#endif
