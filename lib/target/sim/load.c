/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * I/O jobs on a VF that is bound to nvme. A job completes a few commands on each of its queues
 * whenever somebody looks, and some when it ends; the driver notices a lost interrupt by polling,
 * and a dead controller by its status, as Linux does.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

#define ROUNDS_AT_END 16
#define BLOCK         4096u

static uint64_t interrupts_of(const struct sim_fn *fn)
{
	uint64_t sum = 0;

	for (unsigned k = 0; k < fn->nvec; k++)
		for (unsigned cpu = 0; cpu < fn->sim->opt.cpus; cpu++)
			sum += fn->irq[k]->count[cpu];
	return sum;
}

/* One command on queue @q. */
static void one(struct sim_fn *fn, unsigned q)
{
	uint64_t before = interrupts_of(fn);

	if (sim_nvme_complete(fn, q)) {
		fn->load->failed |= sim_nvme_revive(fn) < 0;
		return;
	}
	fn->load->completions++;
	if (interrupts_of(fn) == before)
		sim_log(fn->sim, "nvme nvme%d: I/O %u QID %u timeout, completion polled",
			fn->vf + 1, (unsigned)(fn->load->completions % 1024), q);
}

static void round_of(struct sim_fn *fn)
{
	unsigned queues = fn->io_queues < fn->load->depth ? fn->io_queues : fn->load->depth;

	for (unsigned q = 1; q <= queues && !fn->load->failed; q++)
		one(fn, q);
}

void sim_load_tick(struct sim *s)
{
	for (unsigned i = 0; i < s->opt.vfs; i++)
		if (s->vf[i] && s->vf[i]->load)
			round_of(s->vf[i]);
}

int sim_load_start(struct target *t, struct bdf bdf, bool write, unsigned depth)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	if (!fn || strcmp(fn->driver, "nvme"))
		return -ENODEV;
	if (fn->load)
		return -EBUSY;
	if (!depth)
		return -EINVAL;
	if (!sim_nvme_ready(fn) && sim_nvme_revive(fn) < 0)
		return -EIO;
	fn->load = sim_alloc(1, sizeof(*fn->load));
	fn->load->write = write;
	fn->load->depth = depth;
	fn->load->corrupt = sim_strikes(fn, DEFECT_CORRUPT) && fn->size != fn->sim->default_size;
	return 0;
}

int sim_load_stop(struct target *t, struct bdf bdf, struct load_result *result)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);
	struct sim_load *load = fn ? fn->load : NULL;

	if (!load)
		return -EBADF;
	for (int i = 0; i < ROUNDS_AT_END; i++)
		round_of(fn);
	*result = (struct load_result){
		.read_bytes = load->completions * BLOCK,
		.write_bytes = load->write ? load->completions * BLOCK : 0,
		.io_errors = load->failed,
		.verify_errors = load->corrupt,
		.queues = fn->io_queues,
	};
	sim_load_free(fn);
	return 0;
}

void sim_load_free(struct sim_fn *fn)
{
	free(fn->load);
	fn->load = NULL;
}
