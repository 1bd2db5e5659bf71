/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user of VFIO that fires vectors. It does what the user-space NVMe driver of the linux target
 * does: it enables the controller, makes a completion queue for each enabled vector, and has
 * completions posted. Each of its admin commands raises vector 0, so drain the events before one
 * counts.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>

#include "model.h"

#define REG_CC 0x14
#define CC_EN  1u

const char *sim_engine(struct target *t, struct bdf bdf)
{
	static const char *const names[] = {
		[SIM_ENGINE_OFF] = "none", [SIM_ENGINE_NVME] = "nvme", [SIM_ENGINE_IGB] = "igb"};

	(void)bdf;
	return names[sim_of(t)->opt.engine];
}

static bool is_igb(const struct sim_fn *fn)
{
	return fn->sim->opt.engine == SIM_ENGINE_IGB;
}

static struct sim_fn *running(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	return fn && fn->vfio && fn->engine ? fn : NULL;
}

/* An admin command completes on vector 0. */
static void command(struct sim_fn *fn)
{
	sim_nvme_complete(fn, 0);
}

static int bind_queue(struct sim_fn *fn, unsigned vector)
{
	int qid = sim_nvme_free_cq(fn), status;

	if (sim_nvme_find_cq(fn, vector) >= 0)
		return NVME_OK;
	if (qid < 0) {
		/* The last queue moves. */
		qid = (int)fn->queues - 1;
		if (qid < 1)
			return NVME_INVALID_QUEUE;
		sim_nvme_delete_cq(fn, (unsigned)qid);
		command(fn);
		command(fn);
	}
	status = sim_nvme_create_cq(fn, (unsigned)qid, vector);
	command(fn);
	if (status == NVME_OK)
		command(fn); /* the submission queue */
	return status;
}

static int enable(struct sim_fn *fn)
{
	if (is_igb(fn)) {
		sim_igb_start(fn);
		return 0;
	}
	sim_mmio_write(fn, 0, REG_CC, 4, CC_EN);
	if (!sim_nvme_ready(fn))
		return -ENOTCONN;
	for (unsigned k = 1; k < fn->nvec && sim_nvme_free_cq(fn) > 0; k++)
		bind_queue(fn, k);
	return 0;
}

int sim_engine_start(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);
	int err;

	if (!fn || !fn->vfio)
		return -EBADF;
	if (fn->sim->opt.engine == SIM_ENGINE_OFF)
		return -EOPNOTSUPP;
	if (fn->engine)
		return -EALREADY;
	sim_cfg_write(fn, PCI_COMMAND, 2, sim_cfg_get16(fn, PCI_COMMAND) | PCI_COMMAND_MASTER);
	err = enable(fn);
	if (err)
		return err;
	fn->engine = true;
	fn->canary_mapped = true;
	fn->canary_written = false;
	return 0;
}

int sim_engine_stop(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = running(t, bdf);

	if (!fn)
		return -EBADF;
	if (is_igb(fn))
		sim_igb_stop(fn);
	else
		sim_mmio_write(fn, 0, REG_CC, 4, 0);
	fn->engine = false;
	fn->canary_mapped = false;
	return 0;
}

int sim_engine_leave(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = running(t, bdf);

	if (!fn)
		return -EBADF;
	fn->engine = false;
	fn->canary_mapped = false;
	return 0;
}

int sim_engine_queue(struct target *t, struct bdf bdf, unsigned vector)
{
	struct sim_fn *fn = running(t, bdf);

	if (!fn)
		return -EBADF;
	if (is_igb(fn))
		return -EOPNOTSUPP;
	if (vector > UINT16_MAX)
		return -EINVAL;
	return sim_nvme_ready(fn) ? bind_queue(fn, vector) : -ETIMEDOUT;
}

/* What a defect has kept of a vector that a shrink took: its old message is sent. */
static bool fire_old(struct sim_fn *fn, unsigned vector)
{
	if (!sim_strikes(fn, DEFECT_SHRINK_ALIVE) || vector < fn->size || vector >= fn->old_size ||
	    fn->old[vector].ctrl & MSIX_ENTRY_MASKED)
		return false;
	sim_message(fn, fn->old[vector].msg);
	return true;
}

int sim_engine_fire(struct target *t, struct bdf bdf, unsigned vector)
{
	struct sim_fn *fn = running(t, bdf);
	int status;

	if (!fn)
		return -EBADF;
	if (fire_old(fn, vector))
		return 0;
	if (is_igb(fn))
		return sim_igb_fire(fn, vector);
	if (!sim_nvme_ready(fn))
		return -ETIMEDOUT;
	status = sim_engine_queue(t, bdf, vector);
	if (status)
		return status < 0 ? status : -ERANGE;
	return sim_nvme_complete(fn, (unsigned)sim_nvme_find_cq(fn, vector));
}

int sim_engine_cc_enable(struct target *t, struct bdf bdf, bool on)
{
	struct sim_fn *fn = running(t, bdf);

	if (!fn)
		return -EBADF;
	if (is_igb(fn))
		return -EOPNOTSUPP;
	if (on)
		return enable(fn);
	sim_mmio_write(fn, 0, REG_CC, 4, 0);
	return 0;
}

int sim_engine_csts(struct target *t, struct bdf bdf, uint32_t *csts, uint32_t *cc)
{
	const struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	if (!fn)
		return -ENODEV;
	if (fn->sim->opt.engine != SIM_ENGINE_NVME)
		return -EOPNOTSUPP;
	*csts = sim_answers(fn) ? sim_nvme_csts(fn) : UINT32_MAX;
	*cc = sim_answers(fn) ? fn->cc : UINT32_MAX;
	return 0;
}

int sim_canary(struct target *t, struct bdf bdf, uint64_t *iova)
{
	if (!running(t, bdf))
		return -EBADF;
	*iova = SIM_CANARY_IOVA;
	return 0;
}

int sim_canary_written(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = running(t, bdf);
	bool written;

	if (!fn)
		return -EBADF;
	written = fn->canary_written;
	fn->canary_written = false;
	return written;
}
