/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firing a function's interrupt vectors, as a hostile or an honest user of VFIO could: the
 * operations of the target on a user-space NVMe driver.
 *
 * A vector fires when a completion is posted to a completion queue that is bound to it. The
 * command is a Flush: it carries no data, changes none, and completes (with an error) also where
 * there is no namespace. Vector 0 serves the admin queue and is fired by Get Features.
 *
 * What a caller must know of vector 0: every admin command raises it. engine_start() sends a few
 * and prepares a queue for each enabled vector as far as the controller has queues, so drain the
 * events after it: engine_fire() then raises the one vector it is asked for. Only where queues are
 * fewer than vectors (2 VQ mean one I/O queue) it must move a queue first, and vector 0 counts
 * those four commands too. engine_queue() sends two commands, or four when it moves a queue, or up
 * to five when the device refuses. Enable vectors before engine_start(): QEMU never delivers for a
 * queue that was created before MSI-X was enabled.
 */
#include <err.h>
#include <errno.h>
#include <libnvme.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine.h"

#define ENGINE_FIRE_MS 1000
/* A controller that is not ready will not answer, but the doorbell has to be rung all the same:
 * whether an interrupt comes of it is the question. */
#define ENGINE_DEAD_MS 20

#define CANARY_BYTE 0xc5

const char *linux_engine(struct target *t, struct bdf fn)
{
	uint32_t class;

	(void)t;
	return !linux_class(fn, &class) && class == LINUX_CLASS_NVME ? "nvme" : "none";
}

static int engine_of(struct target *t, struct bdf fn, struct linux_engine **engine)
{
	struct linux_vfio *v = linux_vfio_find(linux_of(t), fn);

	if (!v || !v->engine)
		return -EBADF;
	*engine = v->engine;
	return 0;
}

/* Bus Master Enable lets the function write to memory; memory decode is a VF's own by VF MSE. */
static int engine_command(struct target *t, struct bdf fn)
{
	uint16_t command;
	ssize_t len;

	len = linux_vfio_read(t, fn, VFIO_PCI_CONFIG_REGION_INDEX, PCI_COMMAND, &command,
			      sizeof(command));
	if (len < 0)
		return len;
	command |= PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY;
	len = linux_vfio_write(t, fn, VFIO_PCI_CONFIG_REGION_INDEX, PCI_COMMAND, &command,
			       sizeof(command));
	return len < 0 ? len : 0;
}

/* Memory for the admin queues, @e->npair pairs and the canary, which comes last. */
static int engine_memory(struct linux_engine *e)
{
	void *mem;
	int err;

	e->page = sysconf(_SC_PAGESIZE);
	if (e->page < 4096u << NVME_CAP_MPSMIN(e->cap))
		e->page = 4096u << NVME_CAP_MPSMIN(e->cap);
	e->mem_len = (2 * (e->npair + 1) + 1) * e->page;
	/* Shared: private pages that are pinned for DMA part from this process at its next fork. */
	mem = mmap(NULL, e->mem_len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED)
		return -errno;
	err = linux_vfio_dma_map(e->vfio, mem, ENGINE_IOVA, e->mem_len);
	if (err) {
		munmap(mem, e->mem_len);
		return err;
	}
	e->mem = mem;
	e->canary = e->mem + e->mem_len - e->page;
	e->canary_iova = ENGINE_IOVA + e->mem_len - e->page;
	memset(e->canary, CANARY_BYTE, e->page);
	return 0;
}

static int engine_setup(struct target *t, struct linux_engine *e)
{
	struct bdf fn = e->vfio->fn;
	struct vfio_info info;
	void *bar;
	int err;

	err = linux_vfio_info(t, fn, &info);
	if (!err)
		err = engine_command(t, fn);
	if (!err)
		err = linux_vfio_map_bar(e->vfio, 0, &bar, &e->bar_len);
	if (err)
		return err;
	e->bar = bar;
	if (e->bar_len < ENGINE_DOORBELLS + 2 * sizeof(uint32_t))
		return -ENXIO;
	e->cap = engine_read32(e, NVME_REG_CAP) | (uint64_t)engine_read32(e, NVME_REG_CAP + 4)
							  << 32;
	if (e->cap == UINT64_MAX)
		return -ENODEV;
	e->npair = info.msix > 1 ? info.msix - 1 : 1;
	e->pair = calloc(e->npair, sizeof(*e->pair));
	if (!e->pair)
		return -ENOMEM;
	err = engine_memory(e);
	return err ? err : engine_enable(e, e->vfio->enabled);
}

/*
 * -ENOTCONN where the controller refuses to be enabled: a secondary controller that is offline
 * shows CSTS.CFS (NVMe 2.1, 8.2.6).
 */
int linux_engine_start(struct target *t, struct bdf fn)
{
	struct linux_vfio *v = linux_vfio_find(linux_of(t), fn);
	struct linux_engine *e;
	int err;

	if (!v)
		return -EBADF;
	if (v->engine)
		return -EALREADY;
	if (strcmp(linux_engine(t, fn), "nvme"))
		return -EOPNOTSUPP;
	e = calloc(1, sizeof(*e));
	if (!e)
		return -ENOMEM;
	e->vfio = v;
	bdf_format(fn, e->name);
	v->engine = e;
	err = engine_setup(t, e);
	if (err == -ENOTCONN)
		warnx("%s: the controller does not start (CSTS.CFS): is it online?", e->name);
	if (err)
		linux_engine_free(v);
	return err;
}

int linux_engine_stop(struct target *t, struct bdf fn)
{
	struct linux_vfio *v = linux_vfio_find(linux_of(t), fn);

	if (!v || !v->engine)
		return -EBADF;
	linux_engine_free(v);
	return 0;
}

void linux_engine_free(struct linux_vfio *v)
{
	struct linux_engine *e = v->engine;

	if (!e)
		return;
	if (e->mem) {
		engine_disable(e);
		linux_vfio_dma_unmap(v, ENGINE_IOVA, e->mem_len);
		munmap(e->mem, e->mem_len);
	}
	free(e->pair);
	free(e);
	v->engine = NULL;
}

int linux_engine_queue(struct target *t, struct bdf fn, unsigned vector)
{
	struct linux_engine *e;
	int err = engine_of(t, fn, &e);

	if (err)
		return err;
	if (vector > UINT16_MAX) /* the command has 16 bits for it */
		return -EINVAL;
	return engine_pair_bind(e, vector);
}

/* The queue to fire @vector by; moves one to it where it has none. */
static int engine_pair_for(struct linux_engine *e, unsigned vector, struct engine_pair **pair)
{
	int status;

	*pair = engine_pair_find(e, vector);
	if (!*pair && !vector)
		*pair = &e->admin;
	if (*pair)
		return 0;
	status = vector > UINT16_MAX ? -EINVAL : engine_pair_bind(e, vector);
	if (status > 0)
		return -ERANGE;
	*pair = engine_pair_find(e, vector);
	return status;
}

/*
 * -ERANGE where the device has no queue for that vector. The completion is seen in memory; the
 * interrupt behind it follows (or does not), so poll for its event with a deadline.
 */
int linux_engine_fire(struct target *t, struct bdf fn, unsigned vector)
{
	struct engine_cmd cmd = {.opcode = nvme_cmd_flush, .nsid = 1};
	struct engine_pair *pair;
	struct linux_engine *e;
	bool ready;
	int status;

	status = engine_of(t, fn, &e);
	if (status)
		return status;
	ready = engine_ready(e);
	status = engine_pair_for(e, vector, &pair);
	if (status)
		return status;
	if (!pair->id)
		cmd = (struct engine_cmd){.opcode = nvme_admin_get_features,
					  .cdw10 = NVME_FEAT_FID_NUM_QUEUES};
	engine_submit(pair, &cmd);
	status = engine_wait(pair, ready ? ENGINE_FIRE_MS : ENGINE_DEAD_MS, NULL);
	return status < 0 ? status : 0;
}

int linux_engine_cc_enable(struct target *t, struct bdf fn, bool on)
{
	struct linux_engine *e;
	int err = engine_of(t, fn, &e);

	if (err)
		return err;
	return on ? engine_enable(e, e->vfio->enabled) : engine_disable(e);
}

/* Needs no engine: through the VFIO mapping where the function is open, else through sysfs. */
int linux_engine_csts(struct target *t, struct bdf fn, uint32_t *csts, uint32_t *cc)
{
	struct linux_vfio *v = linux_vfio_find(linux_of(t), fn);
	struct linux_engine e;
	uint64_t value;
	void *bar;
	int err;

	if (strcmp(linux_engine(t, fn), "nvme"))
		return -EOPNOTSUPP;
	if (v) {
		err = linux_vfio_map_bar(v, 0, &bar, &e.bar_len);
		if (err)
			return err;
		e.bar = bar;
		*csts = engine_read32(&e, NVME_REG_CSTS);
		*cc = engine_read32(&e, NVME_REG_CC);
		return 0;
	}
	err = linux_mmio_read(t, fn, 0, NVME_REG_CSTS, sizeof(*csts), &value);
	*csts = value;
	if (!err)
		err = linux_mmio_read(t, fn, 0, NVME_REG_CC, sizeof(*cc), &value);
	*cc = value;
	return err;
}

int linux_canary(struct target *t, struct bdf fn, uint64_t *iova)
{
	struct linux_engine *e;
	int err = engine_of(t, fn, &e);

	if (err)
		return err;
	*iova = e->canary_iova;
	return 0;
}

int linux_canary_written(struct target *t, struct bdf fn)
{
	volatile uint8_t *byte;
	struct linux_engine *e;
	bool written = false;
	int err;

	err = engine_of(t, fn, &e);
	if (err)
		return err;
	byte = e->canary;
	for (size_t i = 0; i < e->page && !written; i++)
		written = byte[i] != CANARY_BYTE;
	if (written)
		memset(e->canary, CANARY_BYTE, e->page);
	return written;
}
