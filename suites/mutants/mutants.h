/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kill matrix: the model device is walked once for each of its deliberate defects, and clean in
 * many shapes; rules against defects, what each rule said.
 */
#ifndef VFWALK_MUTANTS_H
#define VFWALK_MUTANTS_H

#include <limits.h>
#include <sys/types.h>

#include <vfwalk/rules.h>
#include <vfwalk/sim.h>

#define MUTANTS_PROFILE "standard"

/* --- shapes.c: what must raise nothing --- */

/* A model device without a defect. */
struct shape {
	const char *options; /* "" for the one that every option left out gives */
	const char *what;
	/* Rules, separated by blanks, that fail because the shape is what they forbid; or NULL. */
	const char *raises;
};

/* A rule of severity INFO that has something to tell of a device that does nothing wrong. */
struct remark {
	const char *rule;
	const char *why;
};

extern const struct shape shapes[];
extern const size_t shapes_count;
extern const struct remark remarks[];
extern const size_t remarks_count;
/* Rules that apply only where something else went wrong: they hold on no clean device. */
extern const struct remark conditional[];
extern const size_t conditional_count;

/* --- run.c: running vfwalk --- */

/* What one rule said in one run, of all functions. */
struct cell {
	enum verdict verdict; /* the worst */
	size_t functions;     /* that it failed on */
	char *fn, *seen;      /* of the first of them */
};

/* One run of vfwalk. */
struct run {
	const char *options;             /* of the device, but for the defect */
	const char *what;                /* why it is in the matrix */
	const struct sim_defect *defect; /* NULL: none */
	const struct run *clean;         /* the run without it, of the same options; NULL: this */
	const char *raises;              /* see struct shape */
	struct cell *cell;               /* one for each rule of the catalogue */
	int status;
	bool judged;  /* it left a report that could be read */
	char *broken; /* why the run is to blame, or left no report; or NULL */
	double seconds;
	/* while it runs: */
	pid_t pid;
	double begun;
	char dir[PATH_MAX];
};

/* Runs all of them, @most at a time. Ends the program where that cannot be done. */
void run_all(struct run *run, size_t count, size_t most);
/* A reasonable @most for this machine. */
size_t run_most(void);
/* The --sim argument of @run, in a buffer of its own. */
const char *run_sim(const struct run *run);
/* This program's directory, where vfwalk stands too. */
void program_path(char path[static PATH_MAX], const char *name);

/* --- matrix.c: what they add up to --- */

struct matrix {
	size_t nrules;
	size_t count;
	struct run *run; /* clean ones first, then the defects in the order of the catalogue */
	size_t nclean;
	double seconds;
	bool whole; /* not a selection */
};

/* What stands where a rule and a run meet. */
enum mark {
	MARK_IDLE,    /* not exercised */
	MARK_HELD,    /* exercised, and held */
	MARK_CAUGHT,  /* the rule that names the defect failed */
	MARK_FOLLOWS, /* another did, and the defect's row says so */
	MARK_SHAPE,   /* one did, and does so without the defect: it is the shape's */
	MARK_EXTRA,   /* one did, and nothing says why */
	MARK_STALE,   /* the row says that it fails, and it did not */
	MARK_MISSED,  /* the rule that names the defect did not fail */
	MARK_COUNT
};

/* @words (NULL: all): names of defects, IDs of rules, or groups of them. False after a complaint.
 */
bool matrix_make(struct matrix *m, const char *const *words, size_t nwords);
void matrix_free(struct matrix *m);
enum mark matrix_mark(const struct run *run, size_t rule);
size_t matrix_count(const struct run *run, size_t nrules, enum mark mark);
/* How many defects of @m name @rule, and how many of these it caught. */
size_t matrix_killers(const struct matrix *m, size_t rule, size_t *caught);
/* Did @rule hold in a clean run? */
bool matrix_held(const struct matrix *m, size_t rule);
/* Is that INFO note of a clean device explained in remarks? */
bool is_remarked(size_t rule);
bool is_failure(enum verdict verdict);
/* Is @word one of @list, which are separated by blanks (or NULL)? */
bool is_listed(const char *list, const char *word);

/* --- check.c: TAP on stdout; the exit status --- */

int check_all(const struct matrix *m);

/* --- text.c, html.c: the matrix to read; 0 or a negative errno --- */

int matrix_text(const struct matrix *m, FILE *out);
int matrix_html(const struct matrix *m, FILE *out);

#endif
