/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of every kind of message that was shot: counted for a report, nothing is judged. */
#ifndef VFWALK_RULES_ATTACKS_H
#define VFWALK_RULES_ATTACKS_H

#include "shot.h"

/* What the attacker has gone through since a control of its was last delivered. */
enum attack_state { ATTACK_ARMED, ATTACK_GONE, ATTACK_RESET, ATTACK_STATES };

/* A row for each kind, in each state. */
#define ATTACK_ROWS (KIND_COUNT * ATTACK_STATES)

struct attacks {
	struct attack row[KIND_COUNT][ATTACK_STATES];
	struct attack out[ATTACK_ROWS];
	unsigned noise; /* rows of the machine that move without a shot */
};

/* Counts @event, which the world has absorbed, where it is the watch of a shot of @fn. */
void attacks_follow(struct attacks *attacks, const struct world *w, const struct event *event,
		    const struct world_fn *fn);
/* Fills attacks->out, each kind that was not tried with its reason; the number of rows. */
size_t attacks_sum(struct attacks *attacks, const struct world *w);

#endif
