/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the corpus of dumps is made of. */
#ifndef VFWALK_CORPUS_H
#define VFWALK_CORPUS_H

#include <stdint.h>

#define DUMP_NO_VF (-1)

/* How lspci was called, or what of its output is there. */
enum how {
	VERBOSE = 1 << 0,     /* -vv: with the sizes of BARs */
	PCI_ONLY = 1 << 1,    /* -xxx: 256 bytes, so no SR-IOV capability */
	HEADER_ONLY = 1 << 2, /* not by root: 64 bytes */
	WHOLE_VFS = 1 << 3,   /* 4096 bytes of VFs, too */
	DOMAINS = 1 << 4,     /* -D */
	NO_PF = 1 << 5,
	NO_VFS = 1 << 6,
	TWICE = 1 << 7, /* the same device in domain 1, too */
	VMD = 1 << 8,   /* ... in a domain of more than 16 bits */
};

enum place { AT_START, AT_MSIX, AT_EXPRESS, AT_SRIOV };

/* One register that reads otherwise; function 0 is the PF, 1 its first VF. */
struct change {
	unsigned fn;
	enum place place;
	unsigned off, width;
	uint32_t value;
};

#define MAX_CHANGES 4

struct row {
	const char *name;
	const char *options; /* of the model device */
	unsigned how;
	struct change change[MAX_CHANGES + 1];
	/*
	 * Lines "FUNCTION RULE VERDICT". Every fail, warn and note must be listed; of other
	 * verdicts those that are listed must be so.
	 */
	const char *expected;
};

extern const struct row corpus[];

#endif
