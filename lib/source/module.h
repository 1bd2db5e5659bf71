/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One module under analysis: its files, its functions, its places of allocation, what was found. */
#ifndef VFWALK_SOURCE_MODULE_H
#define VFWALK_SOURCE_MODULE_H

#include <vfwalk/source.h>

#include "flow.h"

/* What is known of a value's sign: which of these it may be. */
enum { NEG = 1, ZERO = 2, POS = 4, ANY = NEG | ZERO | POS };

/* A call that allocates vectors. */
struct site {
	struct func *func;
	const struct node *node;
	const struct api *api;
	const struct expr *least, *most; /* or NULL */
	long least_n, most_n;            /* -1: no constant */
	bool is_exact;     /* least and most are the same: what is granted is what was asked for */
	bool is_fixed;     /* ... and more than one */
	bool is_used;      /* somewhere the granted count is more than tested for its sign */
	bool is_fatal;     /* its failure is passed on to where nothing else is tried */
	bool has_fallback; /* on some path behind its failure something else is tried */
};

#define SITES 1024

/* Where a path came by; the newest first. */
struct step {
	const struct step *prev;
	const struct func *func;
	uint32_t at;
	const char *note; /* what happened there */
};

/* What is known of a guard: which of NEG, ZERO, POS, and by which number. */
struct asked {
	atom key;
	uint8_t mask;
	bool is_number;
	long number;
};

#define ASKED 6

/* One way in which a function ends. */
struct outcome {
	bool entered_held; /* there were vectors already */
	uint8_t mask;      /* of what it returns */
	uint8_t kind;      /* enum kind of that value */
	bool untested;
	bool held, freed;
	bool tried; /* to allocate, whatever came of it */
	bool detached;
	uint8_t requested; /* as in struct state */
	uint16_t site;     /* of the value; 1 more than its index */
	bool is_number;
	long number;
	atom name;
	uint16_t held_site;
	uint16_t failed; /* a site whose failure nobody has answered */
	const struct step *steps;
	/* vectors that are left behind with an error: by the return that is to blame */
	const struct func *leak_func;
	uint32_t leak_at;
	const struct step *leak_steps;
	/* of guards: what must have been so before, and what is so behind it */
	unsigned nneed, nleft;
	struct asked need[ASKED], left[ASKED];
};

#define OUTCOMES 32

struct summary {
	unsigned count;
	struct outcome outcome[OUTCOMES];
};

struct constant {
	struct constant *next;
	atom name;
	const char *text;
	size_t order;
	bool is_number;
	long value;
};

#define INDEXES 7 /* of vectors, by name: handlers of more are not told apart */

/* A field or bit that is asked before vectors are freed. */
struct guard {
	atom key;
	bool is_set, is_set_before; /* somewhere; where there can be no vectors yet */
	bool is_mark;               /* it tells that there are vectors */
};

#define GUARDS 24

struct module {
	unsigned nguard;
	struct guard guard[GUARDS];
	atom index[INDEXES];
	struct mem mem;
	const char *name;
	struct parser *parser;
	const struct source_options *options;
	struct lexed lexed;
	size_t ntext;
	struct text **text;
	struct func **by_name; /* sorted, for func_find() */
	size_t nfunc;
	size_t nconstant;
	struct constant *constant; /* sorted, for constant_of() */
	bool is_managed, is_vf;
	size_t nsite;
	struct site site[SITES];
	struct source_stats stats;
	struct found *found; /* newest first */
};

/* A finding, in the module's memory. */
struct found {
	struct found *next;
	const char *rule;
	const struct func *func;
	uint32_t at;
	const char *message;
	const struct step *steps;
};

/* --- module.c --- */

/* The function of that name, or NULL; @near is preferred where a static name is there twice. */
struct func *func_find(const struct module *m, const char *name, const struct text *near);
/* Is @field of struct pci_driver or pci_error_handlers (or of any, if @type is NULL) @func? */
bool is_slot(const struct module *m, const char *type, const char *field, const struct func *func);
/* Is @func in some initialiser, whatever? */
bool is_in_slot(const struct module *m, const struct func *func);
const char *format(struct mem *mem, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds a finding, unless the same is there already. */
void found_add(struct module *m, const char *rule, const struct func *func, uint32_t at,
	       const struct step *steps, const char *message);

/* --- constants.c --- */

/* Makes the constants known that the module's functions, which are there, may mention. */
void constants_load(struct module *m);
/* The number that @name, a word of the module, is #defined to be; false where there is none. */
bool constant_of(const struct module *m, atom name, long *value);

/* --- pointers.c --- */

#define TARGETS 6 /* of a call through a pointer */

/* Adds to what functions call what they may call through pointers. */
void pointers_find(struct module *m);
/* The functions that the call of @callee, no function's name, in @func may reach: how many. */
unsigned pointers_of(struct module *m, const struct func *func, const char *callee,
		     const struct func *target[TARGETS]);

/* --- guards.c --- */

/* Finds the guards of the module and gives each one name in all functions. */
void guards_find(struct module *m);

/* --- paths.c --- */

/* Walks every path of @func, whose callees have been walked; fills in its summary. */
void walk_function(struct module *m, struct func *func);

/* --- rules --- */

/* A call of that kind in @func, or in what it calls, so many calls deep; *@in: where. NULL: none.
 */
const struct node *reaches(const struct func *func, enum api_kind kind, int depth,
			   const struct func **in);
void rules_of_roots(struct module *m);
void rules_of_sites(struct module *m);
void rules_of_callbacks(struct module *m);
void rules_of_calls(struct module *m);
void rules_of_handlers(struct module *m);

#endif
