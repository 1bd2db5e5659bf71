/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The catalogue of rules, and the judge: evidence in, verdicts out. No device is in reach here.
 */
#ifndef VFWALK_RULES_H
#define VFWALK_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <vfwalk/evidence.h>

enum severity { SEV_MUST, SEV_SHOULD, SEV_INFO };

enum verdict {
	VERDICT_PASS,
	VERDICT_FAIL,    /* a MUST was broken */
	VERDICT_WARN,    /* a SHOULD was */
	VERDICT_NOTE,    /* an INFO has something to say */
	VERDICT_BROKEN,  /* the run is to blame, never the device */
	VERDICT_SKIP,    /* not applicable here, for the reason given */
	VERDICT_NOT_RUN, /* applicable, but never exercised */
	VERDICT_KNOWN,   /* failed, and a baseline says so */
	VERDICT_COUNT
};

const char *severity_name(enum severity severity);
const char *verdict_name(enum verdict verdict);

struct rule;

/* What a reader of the catalogue sees of a rule. */
struct rule_info {
	const char *id;
	enum severity severity;
	const char *title;  /* one sentence: what must hold */
	const char *clause; /* specification clause, or kernel file and function */
	const char *needs;  /* what a run must see to judge it, in words */
	/* Why nobody could see it broken, from user space or a small module: never judged. Or NULL.
	 */
	const char *unobservable;
	/* What a reader should know of the rule itself: a source not found, a correction. Or NULL.
	 */
	const char *remark;
};

size_t rules_count(void);
const struct rule_info *rules_get(size_t index);
/* The rule of that ID, or NULL. */
const struct rule_info *rules_find(const char *id);
/* The title of a rule's group: "MSI-X capability" for CAP-UNIQ. */
const char *rule_group(const struct rule_info *rule);

/* What its ID begins with: is @group that, as "CAP" of CAP-UNIQ? */
bool rule_is_in(const struct rule_info *rule, const char *group);
/* The @index-th reason for which a rule does not apply, in the words of a report; NULL behind the
 * last. */
const char *rule_limit(const struct rule_info *rule, size_t index);

/* Why a rule is there, and what to do where it does not hold. */
struct rule_advice {
	const char *id;
	const char *why;      /* what breaks in practice */
	const char *engineer; /* for who makes the device, its firmware or its driver */
	const char *operator; /* for who has to live with it */
};

/* The advice on the rule of that ID, or NULL; and all of it, of which index runs from 0. */
const struct rule_advice *rule_advice(const char *id);
const struct rule_advice *rule_advice_get(size_t index);

/* What a driver asks the kernel for, of a function with one port: see lib/rules/wishes.def. */
struct wish {
	const char *driver;
	unsigned min, per_cpu, base;
	bool whole;    /* its queues cap the whole sum, not only what is for CPUs */
	bool possible; /* it counts CPUs that could be, not those that are online */
	unsigned flags, pre;
	const char *source;
};

/* Of which index runs from 0; NULL behind the last. */
const struct wish *wish_get(size_t index);
/* The vectors that it wants on so many CPUs, of a device with so many queues (0: enough). */
unsigned wish_vectors(const struct wish *wish, unsigned cpus, unsigned queues);

#define FINDING_LINES 8
#define FINDING_ALSO  7

/* The verdict on one rule for one function. */
struct finding {
	const struct rule_info *rule;
	char fn[16]; /* the function's address; empty for the run as a whole */
	enum verdict verdict;
	unsigned long exercised; /* how often it was judged */
	unsigned long failed;    /* how often it did not hold */
	char *expected;          /* of the first failure, or NULL */
	char *seen;
	size_t nalso; /* ways to fail other than that one, in the words of the judge */
	char *also[FINDING_ALSO];
	/* What excuses each way, as a report marks it ("known, F-03"), or NULL: of seen, then of
	 * also. */
	const char *known[1 + FINDING_ALSO];
	bool more;              /* there were still others */
	char *reason;           /* why skipped or broken; a baseline's reason */
	char *suite, *scenario; /* that it first failed in, or NULL */
	size_t nline;
	unsigned long line[FINDING_LINES]; /* the first lines of evidence that broke it */
};

/* What became of the messages of one kind, in all shots of a run that were watched. */
struct attack {
	const char *message;     /* its kind, as the record has it */
	const char *of;          /* what the attacker had gone through, or "" */
	unsigned long shots;     /* watches */
	unsigned long messages;  /* more than shots where many are watched together */
	unsigned long delivered; /* something arrived where it must not */
	unsigned long by_right;  /* ... where it may */
	unsigned long reported;  /* blocked, and a report of it seen */
	unsigned long silent;    /* blocked, and none seen */
	unsigned long unsent;    /* the device had nothing to send */
	unsigned long unproven;  /* nothing came, but no control either */
	const char *why;         /* where there was none: why, or NULL */
};

/* What it comes to: "delivered" if any was, else the next of these. */
const char *attack_outcome(const struct attack *attack);

struct judge;

struct judge *judge_new(void);
void judge_free(struct judge *judge);
/* Takes the next event. Memory stays constant in the number of events. */
void judge_event(struct judge *judge, const struct event *event);
/* How many failures of MUST rules there are so far that @known does not excuse (it may be NULL). */
unsigned long judge_failures(const struct judge *judge,
			     bool (*known)(void *ctx, const struct finding *finding), void *ctx);
/* Ends the judging; @cut: the record ended in mid-line or without its last line. */
void judge_finish(struct judge *judge, bool cut);

/*
 * The findings, in the order of the catalogue, then of functions. Valid until judge_free(), and
 * open to change: a baseline turns `fail` into `known`.
 */
size_t judge_findings(struct judge *judge, struct finding **findings);
/* Why the run as a whole is broken, or NULL. */
const char *judge_broken(const struct judge *judge);
/* The header event's body (NULL before one was seen), and what the run found out by probing. */
const json_t *judge_header(const struct judge *judge);
/* Who else told of the run: "qemu", "sim", or NULL for nobody. */
const char *judge_witness(const struct judge *judge);
/* "vendor:device" of a function as the record has it, or NULL. */
const char *judge_device(const struct judge *judge, const char *fn);
bool judge_is_vf(const struct judge *judge, const char *fn);
/*
 * The attack matrix of the run: a row for each kind of message; their number, 0 in a picture. Valid
 * until judge_free().
 */
size_t judge_attacks(struct judge *judge, const struct attack **attacks);
/* The scenarios that exercised rule @rule of the catalogue, "suite: scenario"; their number. */
size_t judge_tried(const struct judge *judge, size_t rule, char *const **scenarios);

#endif
