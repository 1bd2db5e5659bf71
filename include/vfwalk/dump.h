/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Config space as it was found, without anything done to it: the output of `lspci -xxxx`, or this
 * machine's functions, read only. Either becomes the events of a record, for the judge.
 */
#ifndef VFWALK_DUMP_H
#define VFWALK_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <vfwalk/evidence.h>
#include <vfwalk/pci.h>

#define DUMP_NO_VF (-1)

/* One function. */
struct dump_fn {
	struct bdf bdf;
	unsigned long line; /* of the dump, where it begins */
	size_t len;         /* bytes of config space that are known, from 0 on */
	uint8_t *byte;
	struct bar bar[PCI_BARS];
	bool listed;          /* all its BARs are told, with their sizes: a dump by `lspci -v` */
	unsigned picture;     /* a function that comes again begins another picture of them all */
	int vf;               /* index, counted from 0, or DUMP_NO_VF */
	struct dump_fn *pf;   /* of a VF; NULL where the dump does not have it */
	bool has_sriov;       /* it is a PF */
	unsigned enabled_vfs; /* NumVFs of a PF whose VF Enable is set */
};

/* What is wrong with a dump, at one place of it. */
struct dump_fault {
	unsigned long line;
	char fn[BDF_LEN]; /* or empty: of no function */
	char what[128];
};

struct dump {
	size_t count;
	struct dump_fn **fn;
	size_t nfault; /* what could not be read; the rest of it can be judged */
	struct dump_fault *fault;
};

/*
 * Reads the output of `lspci -x`, `-xxx` or `-xxxx`, with -v, -D, -nn and the like or without, up
 * to the end of @in. Always returns a dump, with faults where there are any; NULL with errno set
 * when @in cannot be read, or out of memory.
 */
struct dump *dump_read(FILE *in);
/*
 * Reads the functions @bdf of this machine, and the PFs of those that are VFs. NULL after one line
 * in @why.
 */
struct dump *dump_live(const struct bdf *bdf, size_t count, char *why, size_t size);
void dump_free(struct dump *dump);

/* "2 PFs with 8 of 16 enabled VFs, 30 other functions": what there is to judge. */
void dump_summary(const struct dump *dump, char *text, size_t size);

/*
 * Tells it as the events of a record: a header for @target ("dump" or "live") that holds @command
 * (which is taken), the functions, a PF before its VFs, and the end. The line of an event is that
 * of the dump. Returns 0 or -ENOMEM.
 */
int dump_tell(const struct dump *dump, const char *target, json_t *command,
	      void (*take)(void *ctx, const struct event *event), void *ctx);

#endif
