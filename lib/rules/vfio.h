/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the judges of VFIO share. */
#ifndef VFWALK_RULES_VFIO_H
#define VFWALK_RULES_VFIO_H

#include "size.h"

#define ON_OPENING \
	(ON_ACT(ACT_VFIO_OPEN) | ON_ACT(ACT_VFIO_CLOSE) | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND))

/* True where every byte of a look is FFh. */
static inline bool all_ones(const struct event *event)
{
	const char *digits = event_str(event, "bytes");

	return digits && *digits && __builtin_strspn(digits, "f") == __builtin_strlen(digits);
}

#endif
