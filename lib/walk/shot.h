/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of attacks share: one message, or many, in an entry of the attacker's table. */
#ifndef VFWALK_WALK_SHOT_H
#define VFWALK_WALK_SHOT_H

#include "internal.h"
#include "message.h"

/* One attack: whose entry, what it held, what it shall hold. */
struct shot {
	struct walk_fn *f, *victim;
	enum shot_kind kind;
	unsigned entry, victim_vector;
	struct msix_entry was, now;
};

/* Reads the entry and builds the message of the shot's kind: 0, or -EOPNOTSUPP. */
int shot_build(struct walk *w, struct shot *s);
/* Sets whose vector it is aimed at, where it is aimed at one. */
void shot_aim(struct walk *w, struct shot *s, struct bdf victim, unsigned victim_vector);

#endif
