/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firing a function's interrupt vectors, as a hostile or an honest user of VFIO could: the
 * operations of the target, on the engine that knows the function; and a page to shoot at.
 *
 * Enable vectors before engine_start(), and drain their events after it: an engine may have to
 * raise some to become ready.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine.h"

#define CANARY_BYTE 0xc5

static const struct engine *const engines[] = {&engine_nvme, &engine_igb};

static const struct engine *engine_for(struct bdf fn)
{
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		if (engines[i]->match(fn))
			return engines[i];
	return NULL;
}

const char *linux_engine(struct target *t, struct bdf fn)
{
	const struct engine *ops = engine_for(fn);

	(void)t;
	return ops ? ops->name : "none";
}

static int engine_of(struct target *t, struct bdf fn, struct linux_engine **engine)
{
	struct linux_vfio *v = linux_vfio_find(linux_of(t), fn);

	if (!v || !v->engine)
		return -EBADF;
	*engine = v->engine;
	return 0;
}

uint32_t engine_read32(const struct linux_engine *e, unsigned reg)
{
	return *(volatile uint32_t *)(e->bar + reg);
}

void engine_write32(struct linux_engine *e, unsigned reg, uint32_t value)
{
	*(volatile uint32_t *)(e->bar + reg) = value;
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

/* --- memory --- */

static int map_memory(struct linux_engine *e, size_t len, uint64_t iova, uint8_t **mem)
{
	/* Shared: private pages that are pinned for DMA part from this process at its next fork. */
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int err;

	if (at == MAP_FAILED)
		return -errno;
	err = linux_vfio_dma_map(e->vfio, at, iova, len);
	if (err)
		munmap(at, len);
	else
		*mem = at;
	return err;
}

static void unmap_memory(struct linux_engine *e, uint8_t *mem, uint64_t iova, size_t len)
{
	if (!mem)
		return;
	linux_vfio_dma_unmap(e->vfio, iova, len);
	munmap(mem, len);
}

int engine_memory(struct linux_engine *e, size_t len)
{
	e->mem_len = len;
	return map_memory(e, len, ENGINE_MEMORY_IOVA, &e->mem);
}

static int engine_canary(struct linux_engine *e)
{
	int err;

	e->canary_len = sysconf(_SC_PAGESIZE);
	err = map_memory(e, e->canary_len, ENGINE_CANARY_IOVA, &e->canary);
	if (!err)
		memset(e->canary, CANARY_BYTE, e->canary_len);
	return err;
}

/* --- the operations --- */

static int engine_setup(struct target *t, struct linux_engine *e)
{
	struct bdf fn = e->vfio->fn;
	void *bar;
	int err = engine_command(t, fn);

	if (!err)
		err = linux_vfio_map_bar(e->vfio, e->ops->bar, &bar, &e->bar_len);
	if (err)
		return err;
	e->bar = bar;
	err = engine_canary(e);
	return err ? err : e->ops->start(e);
}

/* Whatever error there is besides, -ENOTCONN is a device that refuses to be enabled. */
int linux_engine_start(struct target *t, struct bdf fn)
{
	struct linux_vfio *v = linux_vfio_find(linux_of(t), fn);
	struct linux_engine *e;
	int err;

	if (!v)
		return -EBADF;
	if (v->engine)
		return -EALREADY;
	if (!engine_for(fn))
		return -EOPNOTSUPP;
	e = calloc(1, sizeof(*e));
	if (!e)
		return -ENOMEM;
	e->ops = engine_for(fn);
	e->target = t;
	e->vfio = v;
	bdf_format(fn, e->name);
	v->engine = e;
	err = engine_setup(t, e);
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

int linux_engine_leave(struct target *t, struct bdf fn)
{
	struct linux_vfio *v = linux_vfio_find(linux_of(t), fn);

	if (!v || !v->engine)
		return -EBADF;
	v->engine->left = true;
	linux_engine_free(v);
	return 0;
}

void linux_engine_free(struct linux_vfio *v)
{
	struct linux_engine *e = v->engine;

	if (!e)
		return;
	/* start() was called once there was a canary. */
	if (e->canary)
		e->ops->stop(e);
	unmap_memory(e, e->mem, ENGINE_MEMORY_IOVA, e->mem_len);
	unmap_memory(e, e->canary, ENGINE_CANARY_IOVA, e->canary_len);
	free(e);
	v->engine = NULL;
}

int linux_engine_queue(struct target *t, struct bdf fn, unsigned vector)
{
	struct linux_engine *e;
	int err = engine_of(t, fn, &e);

	if (err)
		return err;
	return e->ops->queue ? e->ops->queue(e, vector) : -EOPNOTSUPP;
}

int linux_engine_fire(struct target *t, struct bdf fn, unsigned vector)
{
	struct linux_engine *e;
	int err = engine_of(t, fn, &e);

	if (err)
		return err;
	return vector < e->limit ? e->ops->fire(e, vector) : -ERANGE;
}

int linux_engine_cc_enable(struct target *t, struct bdf fn, bool on)
{
	struct linux_engine *e;
	int err = engine_of(t, fn, &e);

	if (err)
		return err;
	return e->ops->enable ? e->ops->enable(e, on) : -EOPNOTSUPP;
}

int linux_engine_csts(struct target *t, struct bdf fn, uint32_t *csts, uint32_t *cc)
{
	const struct engine *ops = engine_for(fn);

	return ops && ops->csts ? ops->csts(t, fn, csts, cc) : -EOPNOTSUPP;
}

int linux_canary(struct target *t, struct bdf fn, uint64_t *iova)
{
	struct linux_engine *e;
	int err = engine_of(t, fn, &e);

	if (err)
		return err;
	*iova = ENGINE_CANARY_IOVA;
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
	for (size_t i = 0; i < e->canary_len && !written; i++)
		written = byte[i] != CANARY_BYTE;
	if (written)
		memset(e->canary, CANARY_BYTE, e->canary_len);
	return written;
}
