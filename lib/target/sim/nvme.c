/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The NVMe controller of a function, as far as interrupts need it: CAP, VS, CC, CSTS, and
 * completion queues that are bound to vectors (NVMe 2.1, 3.1.4 and 5.2.1). Queues have no memory;
 * a completion is an event on a vector.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

#define REG_CAP  0x00
#define REG_VS   0x08
#define REG_CC   0x14
#define REG_CSTS 0x1c

#define CC_EN    1u
#define CSTS_RDY 1u
#define CSTS_CFS 2u

/* 64 entries a queue, contiguous, half a second to get ready, NVM command set. */
#define CAP_LOW  (63u | 1u << 16 | 1u << 24)
#define CAP_HIGH (1u << (37 - 32))
#define VERSION  0x00010400u

static unsigned queue_limit(const struct sim_fn *fn)
{
	return fn->vf < 0 ? fn->layout->max : fn->queues;
}

static unsigned queue_space(const struct sim_fn *fn)
{
	return fn->layout->max + 2;
}

bool sim_nvme_ready(const struct sim_fn *fn)
{
	return fn->cc & CC_EN && fn->online && sim_answers(fn);
}

uint32_t sim_nvme_csts(const struct sim_fn *fn)
{
	if (!fn->online)
		return sim_has(fn->sim, DEFECT_OFFLINE_FINE) ? 0 : CSTS_CFS;
	return fn->cc & CC_EN ? CSTS_RDY : 0;
}

static void drop_queues(struct sim_fn *fn)
{
	if (fn->made)
		memset(fn->made, 0, queue_space(fn));
}

void sim_nvme_reset(struct sim_fn *fn)
{
	fn->cc = 0;
	drop_queues(fn);
}

static void write_cc(struct sim_fn *fn, uint32_t value)
{
	bool was = fn->cc & CC_EN;

	/* An offline controller cannot be enabled (NVMe 2.1, 8.2.6). */
	fn->cc = fn->online ? value : value & ~CC_EN;
	if (!was || value & CC_EN)
		return;
	drop_queues(fn);
	if (sim_strikes(fn, DEFECT_CC_SHRINKS) && fn->size > 1)
		sim_msix_set_size(fn, fn->size - 1);
}

uint32_t sim_nvme_read(const struct sim_fn *fn, unsigned off)
{
	switch (off) {
	case REG_CAP:
		return CAP_LOW;
	case REG_CAP + 4:
		return CAP_HIGH;
	case REG_VS:
		return VERSION;
	case REG_CC:
		return fn->cc;
	case REG_CSTS:
		return sim_nvme_csts(fn);
	}
	return 0;
}

void sim_nvme_write(struct sim_fn *fn, unsigned off, uint32_t value)
{
	if (off == REG_CC)
		write_cc(fn, value);
}

int sim_nvme_create_cq(struct sim_fn *fn, unsigned qid, unsigned vector)
{
	if (vector >= fn->size && !sim_strikes(fn, DEFECT_IV_UNCHECKED))
		return NVME_INVALID_VECTOR;
	if (!fn->made) {
		fn->made = sim_alloc(queue_space(fn), sizeof(*fn->made));
		fn->cq = sim_alloc(queue_space(fn), sizeof(*fn->cq));
	}
	if (!qid || qid >= queue_limit(fn) || fn->made[qid])
		return NVME_INVALID_QUEUE;
	fn->made[qid] = 1;
	fn->cq[qid] = (uint16_t)vector;
	return NVME_OK;
}

void sim_nvme_delete_cq(struct sim_fn *fn, unsigned qid)
{
	fn->made[qid] = 0;
}

int sim_nvme_find_cq(const struct sim_fn *fn, unsigned vector)
{
	if (!vector)
		return 0;
	for (unsigned qid = 1; fn->made && qid < queue_space(fn); qid++)
		if (fn->made[qid] && fn->cq[qid] == vector)
			return (int)qid;
	return -ENOENT;
}

int sim_nvme_free_cq(const struct sim_fn *fn)
{
	for (unsigned qid = 1; qid < queue_limit(fn); qid++)
		if (!fn->made || !fn->made[qid])
			return (int)qid;
	return -ENOSPC;
}

int sim_nvme_complete(struct sim_fn *fn, unsigned qid)
{
	if (!sim_nvme_ready(fn) || (qid && (!fn->made || !fn->made[qid])))
		return -ETIMEDOUT;
	sim_msix_event(fn, qid ? fn->cq[qid] : 0);
	return 0;
}
