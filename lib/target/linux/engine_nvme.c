/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine of NVMe controllers.
 *
 * A vector fires when a completion is posted to a completion queue that is bound to it. The
 * command is a Flush: it carries no data, changes none, and completes (with an error) also where
 * there is no namespace. Vector 0 serves the admin queue and is fired by Get Features.
 *
 * What a caller must know of vector 0: every admin command raises it. start() sends a few and
 * prepares a queue for each enabled vector as far as the controller has queues, so drain the events
 * after it: fire() then raises the one vector it is asked for. Only where queues are fewer than
 * vectors (2 VQ mean one I/O queue) it must move a queue first, and vector 0 counts those four
 * commands too. queue() sends two commands, or four when it moves a queue, or up to five when the
 * device refuses. Enable vectors before start(): QEMU never delivers for a queue that was created
 * before MSI-X was enabled.
 */
#include <err.h>
#include <errno.h>
#include <libnvme.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine_nvme.h"

#define FIRE_MS 1000
/* A controller that is not ready will not answer, but the doorbell has to be rung all the same:
 * whether an interrupt comes of it is the question. */
#define DEAD_MS 20

static bool nvme_match(struct bdf fn)
{
	uint32_t class;

	return !linux_class(fn, &class) && class == LINUX_CLASS_NVME;
}

/* Memory for the admin queues and @c->npair pairs. */
static int queue_memory(struct engine_ctrl *c)
{
	c->page = sysconf(_SC_PAGESIZE);
	if (c->page < 4096u << NVME_CAP_MPSMIN(c->cap))
		c->page = 4096u << NVME_CAP_MPSMIN(c->cap);
	return engine_memory(c->engine, 2 * (c->npair + 1) * c->page);
}

/*
 * -ENOTCONN where the controller refuses to be enabled: a secondary controller that is offline
 * shows CSTS.CFS (NVMe 2.1, 8.2.6).
 */
static int nvme_start(struct linux_engine *e)
{
	struct engine_ctrl *c = calloc(1, sizeof(*c));
	struct vfio_info info;
	int err;

	if (!c)
		return -ENOMEM;
	c->engine = e;
	e->priv = c;
	e->limit = UINT16_MAX + 1; /* the command has 16 bits for it */
	if (e->bar_len < ENGINE_DOORBELLS + 2 * sizeof(uint32_t))
		return -ENXIO;
	c->cap = engine_read32(e, NVME_REG_CAP) | (uint64_t)engine_read32(e, NVME_REG_CAP + 4)
							  << 32;
	if (c->cap == UINT64_MAX)
		return -ENODEV;
	err = linux_vfio_info(e->target, e->vfio->fn, &info);
	if (err)
		return err;
	c->npair = info.msix > 1 ? info.msix - 1 : 1;
	c->pair = calloc(c->npair, sizeof(*c->pair));
	if (!c->pair)
		return -ENOMEM;
	err = queue_memory(c);
	if (!err)
		err = engine_ctrl_enable(c, e->vfio->enabled);
	if (err == -ENOTCONN)
		warnx("%s: the controller does not start (CSTS.CFS): is it online?", e->name);
	return err;
}

static void nvme_stop(struct linux_engine *e)
{
	struct engine_ctrl *c = e->priv;

	if (!c)
		return;
	if (e->mem && !e->left)
		engine_ctrl_disable(c);
	free(c->pair);
	free(c);
	e->priv = NULL;
}

static int nvme_queue(struct linux_engine *e, unsigned vector)
{
	return vector < e->limit ? engine_pair_bind(e->priv, vector) : -EINVAL;
}

/* The queue to fire @vector by; moves one to it where it has none. */
static int pair_for(struct engine_ctrl *c, unsigned vector, struct engine_pair **pair)
{
	int status;

	*pair = engine_pair_find(c, vector);
	if (!*pair && !vector)
		*pair = &c->admin;
	if (*pair)
		return 0;
	status = engine_pair_bind(c, vector);
	if (status > 0)
		return -ERANGE;
	*pair = engine_pair_find(c, vector);
	return status;
}

/* The completion is seen in memory; the interrupt behind it is not waited for. */
static int nvme_fire(struct linux_engine *e, unsigned vector)
{
	struct engine_cmd cmd = {.opcode = nvme_cmd_flush, .nsid = 1};
	struct engine_ctrl *c = e->priv;
	bool ready = engine_ctrl_ready(c);
	struct engine_pair *pair;
	int status = pair_for(c, vector, &pair);

	if (status)
		return status;
	if (!pair->id)
		cmd = (struct engine_cmd){.opcode = nvme_admin_get_features,
					  .cdw10 = NVME_FEAT_FID_NUM_QUEUES};
	engine_submit(pair, &cmd);
	status = engine_wait(pair, ready ? FIRE_MS : DEAD_MS, NULL);
	return status < 0 ? status : 0;
}

static int nvme_enable(struct linux_engine *e, bool on)
{
	return on ? engine_ctrl_enable(e->priv, e->vfio->enabled) : engine_ctrl_disable(e->priv);
}

/* Through the VFIO mapping where the function is open, else through sysfs. */
static int nvme_csts(struct target *t, struct bdf fn, uint32_t *csts, uint32_t *cc)
{
	uint64_t value[2] = {0};
	int err = linux_mmio_read(t, fn, engine_nvme.bar, NVME_REG_CSTS, sizeof(*csts), &value[0]);

	if (!err)
		err = linux_mmio_read(t, fn, engine_nvme.bar, NVME_REG_CC, sizeof(*cc), &value[1]);
	*csts = value[0];
	*cc = value[1];
	return err;
}

const struct engine engine_nvme = {
	.name = "nvme",
	.match = nvme_match,
	.start = nvme_start,
	.stop = nvme_stop,
	.fire = nvme_fire,
	.queue = nvme_queue,
	.enable = nvme_enable,
	.csts = nvme_csts,
};
