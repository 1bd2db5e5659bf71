/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempts to give a VF a number of vectors, as the judges of sysfs and of the pool see them. */
#ifndef VFWALK_ATTEMPT_H
#define VFWALK_ATTEMPT_H

#include "size.h"

#define COUNT_ATTR "sriov_vf_msix_count"
#define TOTAL_ATTR "sriov_vf_total_msix"

/* True where @event is about the file @attr. */
bool is_attr(const struct event *event, const char *attr);

enum number { NUMBER_NONE, NUMBER_NEGATIVE, NUMBER };

/* kstrtoint(@text, 0): no blanks, one sign, one newline at the end, nothing else behind it. */
enum number number_parse(const char *text, long long *value);

/* One attempt to give a VF a number of vectors, by either backend. */
struct attempt {
	bool sysfs; /* through sriov_vf_msix_count */
	enum number number;
	bool plain; /* ... spelt by decimal digits and nothing else */
	long long want;
	int res;
};

/*
 * True where @event ended an attempt. An empty write is none: it has no bytes, so sysfs_kf_write()
 * returns 0 and no store function ever sees it.
 */
bool ended_attempt(const struct event *event, struct attempt *attempt);

/* Vectors of all VFs in a look at the pool. */
long long pool_assigned(const struct event *event);

#define ON_ATTEMPT (ON_ACT(ACT_RESIZE) | ON_ACT(ACT_ATTR_WRITE))

/* True where an attempt on it has succeeded: of other VFs there is nothing to keep. */
static inline bool was_assigned(const struct world_fn *fn)
{
	return fn->succeeded & ON_ATTEMPT;
}

#endif
