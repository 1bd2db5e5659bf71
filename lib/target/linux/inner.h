/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An inner guest: QEMU without acceleration, whose whole firmware is fixtures/inner, with one
 * function given to it by vfio-pci. Private to inner*.c and their unit test.
 *
 *	inner.c		the operations of the target
 *	inner_vmm.c	QEMU as a child process: its arguments, its end, why it refused
 *	inner_read.c	the lines of the guest, as <vfwalk/inner.h> has them
 */
#ifndef VFWALK_TARGET_LINUX_INNER_H
#define VFWALK_TARGET_LINUX_INNER_H

#include <vfwalk/inner.h>

#include "linux.h"

/* The longest line: of a table, its keyword, newline and end. */
#define INNER_LINE (sizeof("table \n") + 2 * (size_t)INNER_ENTRIES * MSIX_ENTRY_SIZE)

/* Starts zeroed; a look begins with inner_read_begin(). */
struct inner_reader {
	bool hello;   /* the guest has said who it is */
	bool whole;   /* ... and told all of a look: @view */
	bool config;  /* ... at least its config space */
	bool vectors; /* ... or that it has enabled its vectors, in the place of a look */
	char line[INNER_LINE];
	size_t len;
	char why[96]; /* what is wrong with the line, where one is */
	struct guest_view view;
};

struct linux_inner {
	struct linux_inner *next;
	struct bdf fn;
	pid_t pid;  /* 0: none, or reaped */
	int status; /* of waitpid(), once it is reaped */
	int line;   /* the guest's serial port */
	int err;    /* what QEMU complains of: a memory file */
	struct inner_reader reader;
};

/* --- inner_read.c --- */

void inner_read_begin(struct inner_reader *r);
/*
 * Takes @len bytes that the guest has sent. Returns 1 when a look is whole, 0 while more is to
 * come, -EPROTO where the guest says what was not agreed on: why is in @r, and it stays so.
 */
int inner_read(struct inner_reader *r, const char *bytes, size_t len);

/* --- inner_vmm.c --- */

/* The program to start, into @path; false where there is none, or no guest for this machine. */
bool inner_vmm_find(char path[static PATH_MAX]);
int inner_vmm_spawn(struct linux_inner *inner, const char *path);
/* True when QEMU has ended; it is then reaped. */
bool inner_vmm_ended(struct linux_inner *inner);
/* Waits for its end; false where it had to be killed. */
bool inner_vmm_end(struct linux_inner *inner, unsigned ms);
/* QEMU's last complaint, without what it begins each with. */
void inner_vmm_words(const struct linux_inner *inner, char *why, size_t size);

#endif
