/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of one module under analysis: taken piece by piece, given back as a whole. Words are
 * interned, so that two of them are the same where their pointers are.
 */
#ifndef VFWALK_SOURCE_MEM_H
#define VFWALK_SOURCE_MEM_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

typedef const char *atom;

struct mem {
	struct mem_chunk *chunk;
	size_t slots, used;
	struct atom_slot *slot;
	jmp_buf no_memory; /* set by who owns it: where mem_get() goes when there is none */
};

/* @size bytes of zeros; never NULL. */
void *mem_get(struct mem *mem, size_t size);
/* The one copy of that word. */
atom mem_atom(struct mem *mem, const char *text, size_t len);
/* ... if it is there already; NULL. */
atom mem_known(const struct mem *mem, const char *text, size_t len);
atom mem_word(struct mem *mem, const char *text);
void mem_free(struct mem *mem);

#endif
