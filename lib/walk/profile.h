/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a profile means to the walk itself. */
#ifndef VFWALK_WALK_PROFILE_H
#define VFWALK_WALK_PROFILE_H

#include <vfwalk/walk.h>

/* VFs to act on; 0: all. */
unsigned profile_vfs(enum profile profile);
/* How long nothing must happen before it counts as absent. */
unsigned profile_window_us(enum profile profile);

#endif
