/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An engine makes a function that is open in VFIO send its interrupts: a user-space driver, as
 * small as firing vectors allows. Private to engine*.c.
 *
 *	engine.c	the operations of the target, and what all engines share
 *	engine_nvme.c	NVMe controllers: a completion behind each vector
 *	engine_igb.c	Intel 82576 and I350: a cause register that software may set
 *
 * Another kind of device is another file: a struct engine whose match() knows the function by its
 * IDs, whose start() makes the device ready to interrupt, and whose fire() raises one event;
 * declared here, and named in the list of engine.c. Most network adapters have a register that
 * sets causes, as igb has (Intel's iavf: VFINT_DYN_CTLN, SWINT_TRIG), and no need of queue() and
 * what follows it.
 */
#ifndef VFWALK_TARGET_LINUX_ENGINE_H
#define VFWALK_TARGET_LINUX_ENGINE_H

#include "linux.h"

struct linux_engine;

struct engine {
	const char *name; /* as the record has it: reports/schemas/evidence.md */
	unsigned bar;     /* that has the registers */
	/* Is @fn such a device? It need not be open. */
	bool (*match)(struct bdf fn);
	/*
	 * Makes the device ready to send any vector that is enabled, and sets @e->limit. Bus Master
	 * Enable is set, registers are mapped, memory is engine_memory()'s. After an error stop()
	 * is called as after success.
	 */
	int (*start)(struct linux_engine *e);
	/* Ends all that the device does by itself, and frees @e->priv. */
	void (*stop)(struct linux_engine *e);
	/*
	 * Raises one event of @vector, which is below @e->limit. 0 once the device has it: the
	 * interrupt follows, or does not. -ERANGE: it has no event for that vector; -ETIMEDOUT: it
	 * does not answer.
	 */
	int (*fire)(struct linux_engine *e, unsigned vector);

	/* What only some devices have; NULL otherwise: */

	/* Has an event made for @vector: a command's status, or a negative errno. */
	int (*queue)(struct linux_engine *e, unsigned vector);
	/* The whole of it off, and on again. */
	int (*enable)(struct linux_engine *e, bool on);
	/* NVMe's CSTS and CC; needs no engine that is started. */
	int (*csts)(struct target *t, struct bdf fn, uint32_t *csts, uint32_t *cc);
};

extern const struct engine engine_nvme, engine_igb;

struct linux_engine {
	const struct engine *ops;
	struct target *target;
	struct linux_vfio *vfio;
	char name[BDF_LEN]; /* for messages */
	volatile uint8_t *bar;
	size_t bar_len;
	unsigned limit; /* vectors from here on cannot even be asked for */
	void *priv;     /* the engine's own */
	bool left;      /* stop() is to leave the device as it is */

	/* Mapped for DMA: a page to be shot at, and what engine_memory() gave. */
	uint8_t *canary, *mem;
	size_t canary_len, mem_len;
};

/* --- engine.c --- */

/* Where the device finds its memory: clear of low memory and of the interrupt range. */
#define ENGINE_CANARY_IOVA 0x40000000ull
#define ENGINE_MEMORY_IOVA 0x41000000ull

/* @len bytes for the device's DMA, zeroed, at @e->mem and ENGINE_MEMORY_IOVA; once, from start().
 */
int engine_memory(struct linux_engine *e, size_t len);
/* A register of @e->bar, which lies inside it. */
uint32_t engine_read32(const struct linux_engine *e, unsigned reg);
void engine_write32(struct linux_engine *e, unsigned reg, uint32_t value);

#endif
