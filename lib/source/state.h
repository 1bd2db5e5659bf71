/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known at one place of one path. */
#ifndef VFWALK_SOURCE_STATE_H
#define VFWALK_SOURCE_STATE_H

#include "module.h"

enum kind {
	KIND_PLAIN,
	KIND_GRANT,  /* what an allocation returned */
	KIND_VECTOR, /* what pci_irq_vector() returned */
	KIND_COUNT,  /* what pci_msix_vec_count() returned */
	KIND_REF,    /* a reference that was taken */
};

/* A variable, a field, or a whole condition by its text. */
struct known {
	atom key;
	uint8_t mask, kind;
	bool untested;
	uint16_t site; /* of KIND_GRANT */
	bool is_number;
	long number;
	atom name; /* of a constant whose number is not known: FAILED */
};

#define KNOWN 16

struct state {
	bool held, freed;  /* vectors; freed: they were held before, on this path */
	bool tried;        /* to allocate */
	uint8_t requested; /* handlers that are attached: a bit for each index of a vector */
	bool detached;     /* a handler that was not attached here */
	uint32_t attached; /* handlers: a bit for each call that did; handlers.c */
	uint16_t held_site, failed, open, denied;
	/* open: granted, and nobody has compared it with what was asked for;
	 * denied: an allocation that failed, nothing tried since */
	/* of guards that were asked before anything was known of them: what must be so */
	uint8_t nneed;
	struct asked need[ASKED];
	uint8_t nknown;
	struct known known[KNOWN];
	const struct step *steps;
	const struct outcome *left; /* the callee that left vectors behind with its error */
};

struct known *known_find(struct state *s, atom key);
/* Sets what is known of @key; forgets the oldest where there is no room. */
/* ... and copies all of @value. */
struct value;
struct known *known_copy(struct state *s, atom key, const struct value *value);
struct known *known_set(struct state *s, atom key, uint8_t mask, enum kind kind, uint16_t site);
void known_drop(struct state *s, atom key);
/* @key gets another value: forgets it and all that is said of it. */
void known_kill(struct state *s, atom key);
/*  was asked, and nothing known of it: from here on it is as  says. */
void need_add(struct state *s, atom key, uint8_t mask);
uint64_t state_hash(const struct state *s, unsigned node);

/* --- value.c --- */

struct value {
	uint8_t mask, kind;
	bool untested;
	uint16_t site;
	bool is_number;
	long number;
	atom name;
};

struct value value_of(const struct module *m, struct state *s, const struct expr *expr);
/* Could @expr be true, could it be false? Narrows @yes and @no (copies of one state) by it. */
void decide(const struct module *m, const struct expr *expr, struct state *yes, struct state *no,
	    bool *can_yes, bool *can_no, bool watched);
/* The place of @expr that a constant is compared with, and that comparison; NULL: it is none. */
const struct expr *compared(const struct module *m, const struct expr *expr, unsigned *op,
			    long *with);
/* Does a comparison with @op and @with hold for values of sign @sign? Sets both. */
void holds_for(unsigned sign, unsigned op, long with, bool *can_yes, bool *can_no);
bool is_comparison(unsigned op);
/* The operator that does the same the other way round. */
unsigned turned(unsigned op);
bool mentions(const struct expr *expr, atom path);
long number_of(const struct module *m, const struct expr *expr); /* -1: no constant */

/* --- granted.c --- */

/* Does @expr compare what was granted with what was asked for? Then sets what it can come to. */
bool decide_granted(const struct module *m, const struct expr *expr, struct state *s, bool *yes,
		    bool *no);

#endif
