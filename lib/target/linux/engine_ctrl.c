/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An NVMe controller under the engine: enabling it, and the admin commands that make and delete
 * I/O queue pairs (NVMe 1.4, 7.6.1, 5.3 to 5.6).
 *
 * The admin completion queue has interrupts on vector 0, always: every command sent here adds one
 * event to vector 0, if that is enabled and not masked. All of them happen in engine_enable(),
 * which therefore prepares a completion queue for as many vectors as the controller has queues.
 */
#include <err.h>
#include <errno.h>
#include <libnvme.h>

#include "engine.h"

#define ENGINE_ADMIN_MS 2000
#define ENGINE_READY_MS 500 /* the unit of CAP.TO */

/* Create I/O Queue, CDW11: Physically Contiguous; Interrupts Enabled (NVMe 1.4, 5.3 and 5.4). */
#define ENGINE_QUEUE_PC  (1u << 0)
#define ENGINE_QUEUE_IEN (1u << 1)

uint32_t engine_read32(const struct linux_engine *e, unsigned reg)
{
	return *(volatile uint32_t *)(e->bar + reg);
}

static void engine_write32(struct linux_engine *e, unsigned reg, uint32_t value)
{
	*(volatile uint32_t *)(e->bar + reg) = value;
}

static void engine_write64(struct linux_engine *e, unsigned reg, uint64_t value)
{
	engine_write32(e, reg, value);
	engine_write32(e, reg + 4, value >> 32);
}

bool engine_ready(const struct linux_engine *e)
{
	uint32_t csts = engine_read32(e, NVME_REG_CSTS);

	return csts != UINT32_MAX && NVME_CSTS_RDY(csts) && !NVME_CSTS_CFS(csts);
}

/* Waits for CSTS.RDY to follow CC.EN, as long as CAP.TO allows. */
static int engine_wait_ready(struct linux_engine *e, bool ready)
{
	struct linux_wait wait;
	uint32_t csts;

	linux_wait_begin(&wait, ENGINE_READY_MS * (NVME_CAP_TO(e->cap) + 1));
	do {
		csts = engine_read32(e, NVME_REG_CSTS);
		if (csts == UINT32_MAX)
			return -ENODEV;
		if (ready && NVME_CSTS_CFS(csts))
			return -ENOTCONN;
		if (NVME_CSTS_RDY(csts) == ready)
			return 0;
	} while (linux_wait(&wait));
	return -ETIMEDOUT;
}

int engine_disable(struct linux_engine *e)
{
	uint32_t cc = engine_read32(e, NVME_REG_CC);

	if (cc != UINT32_MAX && NVME_CC_EN(cc))
		engine_write32(e, NVME_REG_CC, cc & ~(1u << NVME_CC_EN_SHIFT));
	for (unsigned i = 0; i < e->npair; i++)
		e->pair[i].vector = -1;
	e->usable = 0;
	return engine_wait_ready(e, false);
}

static int engine_admin(struct linux_engine *e, struct engine_cmd cmd, uint32_t *dw0)
{
	int status;

	if (!engine_ready(e))
		return -ENOTCONN;
	engine_submit(&e->admin, &cmd);
	status = engine_wait(&e->admin, ENGINE_ADMIN_MS, dw0);
	if (status == -ETIMEDOUT)
		warnx("%s: no answer to admin command %02xh", e->name, cmd.opcode);
	return status;
}

static int engine_pair_delete(struct linux_engine *e, struct engine_pair *pair)
{
	int status;

	engine_consume(pair);
	pair->vector = -1;
	status = engine_admin(
		e, (struct engine_cmd){.opcode = nvme_admin_delete_sq, .cdw10 = pair->id}, NULL);
	if (status)
		return status;
	return engine_admin(
		e, (struct engine_cmd){.opcode = nvme_admin_delete_cq, .cdw10 = pair->id}, NULL);
}

static int engine_pair_create(struct linux_engine *e, struct engine_pair *pair, unsigned vector)
{
	uint32_t cdw10 = pair->id | (pair->depth - 1) << 16;
	int status;

	engine_pair_clear(pair);
	status = engine_admin(
		e,
		(struct engine_cmd){.opcode = nvme_admin_create_cq,
				    .prp = {pair->cq_iova},
				    .cdw10 = cdw10,
				    .cdw11 = ENGINE_QUEUE_PC | ENGINE_QUEUE_IEN | vector << 16},
		NULL);
	if (status)
		return status;
	status = engine_admin(e,
			      (struct engine_cmd){.opcode = nvme_admin_create_sq,
						  .prp = {pair->sq_iova},
						  .cdw10 = cdw10,
						  .cdw11 = ENGINE_QUEUE_PC | pair->id << 16},
			      NULL);
	if (status)
		engine_admin(e,
			     (struct engine_cmd){.opcode = nvme_admin_delete_cq, .cdw10 = pair->id},
			     NULL);
	else
		pair->vector = vector;
	return status;
}

struct engine_pair *engine_pair_find(struct linux_engine *e, unsigned vector)
{
	for (unsigned i = 0; i < e->usable; i++)
		if (e->pair[i].vector == (int)vector)
			return &e->pair[i];
	return NULL;
}

/* A pair that is free, else one whose turn it is to lose its vector. */
static struct engine_pair *engine_pair_choose(struct linux_engine *e)
{
	for (unsigned i = 0; i < e->usable; i++)
		if (e->pair[i].vector < 0)
			return &e->pair[i];
	return &e->pair[e->evict++ % e->usable];
}

/*
 * The command always goes to the device, also for a vector that has a pair: its answer is wanted.
 * What refuses @vector leaves the pair's former vector as it was.
 */
int engine_pair_bind(struct linux_engine *e, unsigned vector)
{
	struct engine_pair *pair = engine_pair_find(e, vector);
	int former, status;

	if (!e->usable)
		return -ENOTCONN;
	if (!pair)
		pair = engine_pair_choose(e);
	former = pair->vector;
	if (former >= 0) {
		status = engine_pair_delete(e, pair);
		if (status)
			return status;
	}
	status = engine_pair_create(e, pair, vector);
	if (status > 0 && former >= 0 && former != (int)vector)
		engine_pair_create(e, pair, former);
	return status;
}

static void engine_pair_layout(struct linux_engine *e, struct engine_pair *pair, unsigned id)
{
	size_t off = (size_t)id * 2 * e->page;
	size_t stride = sizeof(uint32_t) << NVME_CAP_DSTRD(e->cap);
	unsigned most = NVME_CAP_MQES(e->cap) + 1;

	pair->id = id;
	pair->depth = most < ENGINE_DEPTH ? most : ENGINE_DEPTH;
	pair->sq = (void *)(e->mem + off);
	pair->cq = (void *)(e->mem + off + e->page);
	pair->sq_iova = ENGINE_IOVA + off;
	pair->cq_iova = pair->sq_iova + e->page;
	pair->sq_doorbell = (void *)(e->bar + ENGINE_DOORBELLS + 2 * id * stride);
	pair->cq_doorbell = (void *)(e->bar + ENGINE_DOORBELLS + (2 * id + 1) * stride);
	pair->vector = -1;
}

/* The doorbells of this many I/O queues lie inside the BAR. */
static unsigned engine_doorbells(const struct linux_engine *e)
{
	size_t stride = sizeof(uint32_t) << NVME_CAP_DSTRD(e->cap);

	if (e->bar_len < ENGINE_DOORBELLS + 2 * stride)
		return 0;
	return (e->bar_len - ENGINE_DOORBELLS) / (2 * stride) - 1;
}

/* Asks for as many queues as there is memory for, and takes what is granted. */
static int engine_ask_queues(struct linux_engine *e)
{
	unsigned most = engine_doorbells(e);
	uint32_t granted = 0, ask = e->npair - 1;
	int status;

	status = engine_admin(e,
			      (struct engine_cmd){.opcode = nvme_admin_set_features,
						  .cdw10 = NVME_FEAT_FID_NUM_QUEUES,
						  .cdw11 = ask << 16 | ask},
			      &granted);
	if (status < 0)
		return status;
	if (status) {
		warnx("%s: Set Features, Number of Queues: status %03xh", e->name, status);
		return -EIO;
	}
	e->usable = (granted & 0xffff) + 1;
	if (e->usable > (granted >> 16) + 1)
		e->usable = (granted >> 16) + 1;
	if (e->usable > e->npair)
		e->usable = e->npair;
	if (e->usable > most)
		e->usable = most;
	return 0;
}

/* CC for the NVM command set where there is one, else for what the controller has. */
static uint32_t engine_cc(const struct linux_engine *e)
{
	unsigned css = NVME_CAP_CSS(e->cap);
	unsigned select = NVME_CC_CSS_NVM;

	if (!(css & NVME_CAP_CSS_NVM))
		select = css & NVME_CAP_CSS_CSI ? NVME_CC_CSS_CSI : NVME_CC_CSS_ADMIN;
	return select << NVME_CC_CSS_SHIFT | NVME_CAP_MPSMIN(e->cap) << NVME_CC_MPS_SHIFT |
	       ENGINE_SQES << NVME_CC_IOSQES_SHIFT | ENGINE_CQES << NVME_CC_IOCQES_SHIFT |
	       1u << NVME_CC_EN_SHIFT;
}

int engine_enable(struct linux_engine *e, unsigned vectors)
{
	int err = engine_disable(e);

	if (err)
		return err;
	for (unsigned id = 1; id <= e->npair; id++)
		engine_pair_layout(e, &e->pair[id - 1], id);
	engine_pair_layout(e, &e->admin, 0);
	engine_pair_clear(&e->admin);

	engine_write32(e, NVME_REG_AQA, (e->admin.depth - 1) << 16 | (e->admin.depth - 1));
	engine_write64(e, NVME_REG_ASQ, e->admin.sq_iova);
	engine_write64(e, NVME_REG_ACQ, e->admin.cq_iova);
	engine_write32(e, NVME_REG_CC, engine_cc(e));
	err = engine_wait_ready(e, true);
	if (err)
		return err;

	err = engine_ask_queues(e);
	for (unsigned v = 1; !err && v < vectors && v <= e->usable; v++) {
		err = engine_pair_create(e, &e->pair[v - 1], v);
		if (err > 0) {
			warnx("%s: no completion queue for vector %u: status %03xh", e->name, v,
			      err);
			err = 0;
		}
	}
	return err;
}
