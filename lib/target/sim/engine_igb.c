/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of a network adapter, as the engine of the linux target raises those of Intel's igb:
 * software sets the cause of a vector in a register that all functions share, each its own part. No
 * command is sent for it, so nothing is answered on vector 0.
 */
#include <errno.h>

#include "model.h"

void sim_igb_start(struct sim_fn *fn)
{
	fn->causes = true;
}

void sim_igb_stop(struct sim_fn *fn)
{
	fn->causes = false;
}

/* Causes of VFs lie side by side: behind those of one are the next one's. */
static void fire_beyond(struct sim_fn *fn, unsigned vector)
{
	struct sim_fn *next = sim_vf(fn->sim, (unsigned)fn->vf + 1);

	if (sim_strikes(fn, DEFECT_CAUSE_BEYOND) && vector < SIM_ENTRIES(fn->layout) &&
	    !(fn->table[vector].ctrl & MSIX_ENTRY_MASKED))
		sim_message(fn, fn->table[vector].msg);
	if (sim_strikes(fn, DEFECT_CAUSE_NEIGHBOUR) && next && vector - fn->size < next->size)
		sim_msix_event(next, vector - fn->size);
}

int sim_igb_fire(struct sim_fn *fn, unsigned vector)
{
	if (!sim_answers(fn))
		return -ETIMEDOUT;
	if (!fn->causes)
		return 0;
	if (vector < fn->size)
		sim_msix_event(fn, vector);
	else
		fire_beyond(fn, vector);
	return 0;
}
