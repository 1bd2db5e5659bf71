/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the analysis knows of the kernel's functions. */
#ifndef VFWALK_SOURCE_API_H
#define VFWALK_SOURCE_API_H

#include <stdbool.h>
#include <stddef.h>

enum api_kind {
	API_ALLOC,
	API_FREE,
	API_VECTOR,    /* the interrupt number of a vector */
	API_COUNT,     /* Table Size, or MSI's */
	API_REQUEST,   /* attaches a handler */
	API_UNREQUEST, /* detaches it */
	API_MANAGE,    /* hands the vectors to devres */
	API_DYNAMIC,
	API_CAN_DYNAMIC,
	API_GET, /* a reference */
	API_PUT,
};

enum api_ret {
	RET_NOTHING,
	RET_ZERO,    /* 0 or a negative errno */
	RET_COUNT,   /* a positive count or a negative errno */
	RET_SHORT,   /* 0, a negative errno, or how many there would be */
	RET_POINTER, /* or NULL */
};

enum { API_LEGACY = 1, API_MANAGED = 2, API_OPTIONAL = 4 };

struct api {
	const char *name;
	enum api_kind kind;
	enum api_ret ret;
	int least, most; /* which argument */
	unsigned flags;
};

/* The row of the function of that name, or NULL. */
const struct api *api_find(const char *name);
/* Could a file of this text have anything to do with vectors? */
bool api_in_text(const char *text, size_t len);

#endif
