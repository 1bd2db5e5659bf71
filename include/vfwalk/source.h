/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Analysis of driver sources against the contract of interrupt vectors: no build, no kernel. A
 * module (what a Makefile links together) is looked at as a whole, since vectors are often
 * allocated, used and freed in different files.
 */
#ifndef VFWALK_SOURCE_H
#define VFWALK_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include <vfwalk/rules.h>

/* --- the catalogue of rules on sources --- */

enum source_level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_NOTE };

struct source_rule {
	const char *id;
	enum source_level level;
	bool worse_in_vf;  /* a note that is a warning in the driver of a VF */
	const char *group; /* the label of several rules that find one kind of defect: "RET" */
	enum severity severity;
	const char *title, *clause, *why, *fix;
	const char *left_out; /* why it is not implemented, or NULL */
};

const struct source_rule *source_rules(size_t *count);
const struct source_rule *source_rule_find(const char *id);
const char *level_name(enum source_level level);

/* --- a scan --- */

struct source_options {
	bool keep_managed; /* as if pcim_enable_device() did not free vectors */
	bool alone;        /* do not look at the files that a file is linked with */
	unsigned jobs;     /* 0: as many as there are CPUs */
	/* Called now and then, by one thread at a time. */
	void (*progress)(void *ctx, size_t done, size_t all);
	void *ctx;
};

/* A place on the path that leads to a finding. */
struct source_step {
	char *path;
	unsigned line, column;
	char *text; /* "taken: ret < 0" */
};

struct source_finding {
	const struct source_rule *rule;
	enum source_level level;
	char *path, *function, *message;
	unsigned line, column;
	size_t nstep;
	struct source_step *step;
	char *ignored;     /* the comment that excuses it, or NULL */
	const char *known; /* the baseline's reason, which belongs to the baseline, or NULL */
};

struct source_stats {
	size_t files, modules;            /* that were looked at */
	size_t skipped;                   /* files without a word about vectors */
	size_t functions, parsed, errors; /* seen, parsed, parsed with some error in them */
	size_t calls, lost_calls;         /* of the kernel's interface; in what did not parse */
	size_t cut;                       /* functions with more paths than were walked */
};

/* Something that could not be read, in a line. */
struct source_complaint {
	char *path, *what;
};

struct source_scan {
	struct source_stats stats;
	size_t count;
	struct source_finding *finding; /* by path, line, rule */
	size_t ncomplaint;
	struct source_complaint *complaint;
};

/* Why this program cannot scan, or NULL where it can. */
const char *source_missing(void);
/*
 * Scans files and directories; of a file given by name only its own findings are told, though what
 * it is linked with is looked at. Returns NULL out of memory.
 */
struct source_scan *source_scan(const char *const *path, size_t count,
				const struct source_options *options);
void source_scan_free(struct source_scan *scan);

#endif
