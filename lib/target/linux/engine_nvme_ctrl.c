/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An NVMe controller under the engine: enabling it, and the admin commands that make and delete
 * I/O queue pairs (NVMe 1.4, 7.6.1, 5.3 to 5.6).
 *
 * The admin completion queue has interrupts on vector 0, always: every command sent here adds one
 * event to vector 0, if that is enabled and not masked. All of them happen in engine_ctrl_enable(),
 * which therefore prepares a completion queue for as many vectors as the controller has queues.
 */
#include <err.h>
#include <errno.h>
#include <libnvme.h>

#include "engine_nvme.h"

#define ENGINE_ADMIN_MS 2000
#define ENGINE_READY_MS 500 /* the unit of CAP.TO */

/* Create I/O Queue, CDW11: Physically Contiguous; Interrupts Enabled (NVMe 1.4, 5.3 and 5.4). */
#define ENGINE_QUEUE_PC  (1u << 0)
#define ENGINE_QUEUE_IEN (1u << 1)

static void engine_write64(struct linux_engine *e, unsigned reg, uint64_t value)
{
	engine_write32(e, reg, (uint32_t)value);
	engine_write32(e, reg + 4, value >> 32);
}

bool engine_ctrl_ready(const struct engine_ctrl *c)
{
	uint32_t csts = engine_read32(c->engine, NVME_REG_CSTS);

	return csts != UINT32_MAX && NVME_CSTS_RDY(csts) && !NVME_CSTS_CFS(csts);
}

/* Waits for CSTS.RDY to follow CC.EN, as long as CAP.TO allows. */
static int engine_wait_ready(struct engine_ctrl *c, bool ready)
{
	struct linux_wait wait;
	uint32_t csts;

	linux_wait_begin(&wait, ENGINE_READY_MS * (NVME_CAP_TO(c->cap) + 1));
	do {
		csts = engine_read32(c->engine, NVME_REG_CSTS);
		if (csts == UINT32_MAX)
			return -ENODEV;
		if (ready && NVME_CSTS_CFS(csts))
			return -ENOTCONN;
		if (NVME_CSTS_RDY(csts) == ready)
			return 0;
	} while (linux_wait(&wait));
	return -ETIMEDOUT;
}

int engine_ctrl_disable(struct engine_ctrl *c)
{
	uint32_t cc = engine_read32(c->engine, NVME_REG_CC);

	if (cc != UINT32_MAX && NVME_CC_EN(cc))
		engine_write32(c->engine, NVME_REG_CC, cc & ~(1u << NVME_CC_EN_SHIFT));
	for (unsigned i = 0; i < c->npair; i++)
		c->pair[i].vector = -1;
	c->usable = 0;
	return engine_wait_ready(c, false);
}

static int engine_admin(struct engine_ctrl *c, struct engine_cmd cmd, uint32_t *dw0)
{
	int status;

	if (!engine_ctrl_ready(c))
		return -ENOTCONN;
	engine_submit(&c->admin, &cmd);
	status = engine_wait(&c->admin, ENGINE_ADMIN_MS, dw0);
	if (status == -ETIMEDOUT)
		warnx("%s: no answer to admin command %02xh", c->engine->name, cmd.opcode);
	return status;
}

static int engine_pair_delete(struct engine_ctrl *c, struct engine_pair *pair)
{
	int status;

	engine_consume(pair);
	pair->vector = -1;
	status = engine_admin(
		c, (struct engine_cmd){.opcode = nvme_admin_delete_sq, .cdw10 = pair->id}, NULL);
	if (status)
		return status;
	return engine_admin(
		c, (struct engine_cmd){.opcode = nvme_admin_delete_cq, .cdw10 = pair->id}, NULL);
}

static int engine_pair_create(struct engine_ctrl *c, struct engine_pair *pair, unsigned vector)
{
	uint32_t cdw10 = pair->id | (pair->depth - 1) << 16;
	int status;

	engine_pair_clear(pair);
	status = engine_admin(
		c,
		(struct engine_cmd){.opcode = nvme_admin_create_cq,
				    .prp = {pair->cq_iova},
				    .cdw10 = cdw10,
				    .cdw11 = ENGINE_QUEUE_PC | ENGINE_QUEUE_IEN | vector << 16},
		NULL);
	if (status)
		return status;
	status = engine_admin(c,
			      (struct engine_cmd){.opcode = nvme_admin_create_sq,
						  .prp = {pair->sq_iova},
						  .cdw10 = cdw10,
						  .cdw11 = ENGINE_QUEUE_PC | pair->id << 16},
			      NULL);
	if (status)
		engine_admin(c,
			     (struct engine_cmd){.opcode = nvme_admin_delete_cq, .cdw10 = pair->id},
			     NULL);
	else
		pair->vector = vector;
	return status;
}

struct engine_pair *engine_pair_find(struct engine_ctrl *c, unsigned vector)
{
	for (unsigned i = 0; i < c->usable; i++)
		if (c->pair[i].vector == (int)vector)
			return &c->pair[i];
	return NULL;
}

/* A pair that is free, else one whose turn it is to lose its vector. */
static struct engine_pair *engine_pair_choose(struct engine_ctrl *c)
{
	for (unsigned i = 0; i < c->usable; i++)
		if (c->pair[i].vector < 0)
			return &c->pair[i];
	return &c->pair[c->evict++ % c->usable];
}

/*
 * The command always goes to the device, also for a vector that has a pair: its answer is wanted.
 * What refuses @vector leaves the pair's former vector as it was.
 */
int engine_pair_bind(struct engine_ctrl *c, unsigned vector)
{
	struct engine_pair *pair = engine_pair_find(c, vector);
	int former, status;

	if (!c->usable)
		return -ENOTCONN;
	if (!pair)
		pair = engine_pair_choose(c);
	former = pair->vector;
	if (former >= 0) {
		status = engine_pair_delete(c, pair);
		if (status)
			return status;
	}
	status = engine_pair_create(c, pair, vector);
	if (status > 0 && former >= 0 && former != (int)vector)
		engine_pair_create(c, pair, former);
	return status;
}

static void engine_pair_layout(struct engine_ctrl *c, struct engine_pair *pair, unsigned id)
{
	size_t off = (size_t)id * 2 * c->page;
	size_t stride = sizeof(uint32_t) << NVME_CAP_DSTRD(c->cap);
	unsigned most = NVME_CAP_MQES(c->cap) + 1;

	pair->id = id;
	pair->depth = most < ENGINE_DEPTH ? most : ENGINE_DEPTH;
	pair->sq = (void *)(c->engine->mem + off);
	pair->cq = (void *)(c->engine->mem + off + c->page);
	pair->sq_iova = ENGINE_MEMORY_IOVA + off;
	pair->cq_iova = pair->sq_iova + c->page;
	pair->sq_doorbell = (void *)(c->engine->bar + ENGINE_DOORBELLS + 2 * id * stride);
	pair->cq_doorbell = (void *)(c->engine->bar + ENGINE_DOORBELLS + (2 * id + 1) * stride);
	pair->vector = -1;
}

/* The doorbells of this many I/O queues lie inside the BAR. */
static unsigned engine_doorbells(const struct engine_ctrl *c)
{
	size_t stride = sizeof(uint32_t) << NVME_CAP_DSTRD(c->cap);

	if (c->engine->bar_len < ENGINE_DOORBELLS + 2 * stride)
		return 0;
	return (c->engine->bar_len - ENGINE_DOORBELLS) / (2 * stride) - 1;
}

/* Asks for as many queues as there is memory for, and takes what is granted. */
static int engine_ask_queues(struct engine_ctrl *c)
{
	unsigned most = engine_doorbells(c);
	uint32_t granted = 0, ask = c->npair - 1;
	int status;

	status = engine_admin(c,
			      (struct engine_cmd){.opcode = nvme_admin_set_features,
						  .cdw10 = NVME_FEAT_FID_NUM_QUEUES,
						  .cdw11 = ask << 16 | ask},
			      &granted);
	if (status < 0)
		return status;
	if (status) {
		warnx("%s: Set Features, Number of Queues: status %03xh", c->engine->name, status);
		return -EIO;
	}
	c->usable = (granted & 0xffff) + 1;
	if (c->usable > (granted >> 16) + 1)
		c->usable = (granted >> 16) + 1;
	if (c->usable > c->npair)
		c->usable = c->npair;
	if (c->usable > most)
		c->usable = most;
	return 0;
}

/* CC for the NVM command set where there is one, else for what the controller has. */
static uint32_t engine_cc(const struct engine_ctrl *c)
{
	unsigned css = NVME_CAP_CSS(c->cap);
	unsigned select = NVME_CC_CSS_NVM;

	if (!(css & NVME_CAP_CSS_NVM))
		select = css & NVME_CAP_CSS_CSI ? NVME_CC_CSS_CSI : NVME_CC_CSS_ADMIN;
	return select << NVME_CC_CSS_SHIFT | NVME_CAP_MPSMIN(c->cap) << NVME_CC_MPS_SHIFT |
	       ENGINE_SQES << NVME_CC_IOSQES_SHIFT | ENGINE_CQES << NVME_CC_IOCQES_SHIFT |
	       1u << NVME_CC_EN_SHIFT;
}

int engine_ctrl_enable(struct engine_ctrl *c, unsigned vectors)
{
	int err = engine_ctrl_disable(c);

	if (err)
		return err;
	for (unsigned id = 1; id <= c->npair; id++)
		engine_pair_layout(c, &c->pair[id - 1], id);
	engine_pair_layout(c, &c->admin, 0);
	engine_pair_clear(&c->admin);

	engine_write32(c->engine, NVME_REG_AQA, (c->admin.depth - 1) << 16 | (c->admin.depth - 1));
	engine_write64(c->engine, NVME_REG_ASQ, c->admin.sq_iova);
	engine_write64(c->engine, NVME_REG_ACQ, c->admin.cq_iova);
	engine_write32(c->engine, NVME_REG_CC, engine_cc(c));
	err = engine_wait_ready(c, true);
	if (err)
		return err;

	err = engine_ask_queues(c);
	for (unsigned v = 1; !err && v < vectors && v <= c->usable; v++) {
		err = engine_pair_create(c, &c->pair[v - 1], v);
		if (err > 0) {
			warnx("%s: no completion queue for vector %u: status %03xh",
			      c->engine->name, v, err);
			err = 0;
		}
	}
	return err;
}
