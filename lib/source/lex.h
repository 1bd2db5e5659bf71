/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a file holds, found without parsing it: functions, what they call, and structures that are
 * initialised with functions. Only functions that matter are parsed, later.
 */
#ifndef VFWALK_SOURCE_LEX_H
#define VFWALK_SOURCE_LEX_H

#include "text.h"

struct param {
	atom name, type; /* the type as it stands there, without its stars */
	bool is_pointer;
};

struct called {
	struct called *next;
	atom name;
	struct func *callee; /* in its module; module.c finds it */
	uint32_t at;
	atom table; /* `(*table[i].name)()`: what it starts with, or NULL */
	atom field; /* through which it is reached; NULL: it is called by name */
};

struct func {
	struct func *next; /* in its module */
	struct text *text;
	atom name;
	uint32_t at;          /* of its name */
	uint32_t open, close; /* of its braces */
	bool is_static, is_void, is_pointer;
	unsigned nparam;
	struct param *param;
	struct called *calls;

	/* module.c: */
	bool matters;
	unsigned ncallers;
	bool is_referred; /* named where it is not called */
	struct flow *flow;
	struct summary *summary;
	bool in_progress;
	bool is_callback; /* sets the vectors of a VF */
	bool is_pointed;  /* called through a pointer of the module; pointers.c */
	bool allocates;   /* it, or what it calls; guards.c */
};

/* `.field = value` in an initialiser at file level. */
struct slot {
	struct slot *next;
	atom type;     /* "pci_driver" */
	atom variable; /* what is initialised */
	atom field, value;
	struct text *text;
	uint32_t at;
};

/* A field of an unsigned or short type, in some structure of the file. */
struct field {
	struct field *next;
	atom name, type;
};

struct lexed {
	struct field *fields;
	struct func *funcs;
	struct slot *slots;
	size_t nfuncs, lost; /* lost: braces that never close */
};

/* Adds what @text holds to @lexed. */
void lex_text(struct mem *mem, struct text *text, struct lexed *lexed);
bool is_keyword(const char *word, size_t len);
/* Does that type lose the sign of an int, or most of its bits? */
bool is_unsigned(const char *type);

#endif
