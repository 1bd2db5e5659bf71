/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine of NVMe controllers. Private to engine_nvme*.c.
 *
 *	engine_nvme_queue.c	a submission and a completion queue in host memory: submit, poll
 *	engine_nvme_ctrl.c	the controller: enable, admin commands, queue pairs bound to vectors
 *	engine_nvme.c		what engine.h asks for
 */
#ifndef VFWALK_TARGET_LINUX_ENGINE_NVME_H
#define VFWALK_TARGET_LINUX_ENGINE_NVME_H

#include "engine.h"

/* A Submission Queue Entry (NVMe 1.4, 4.2); little-endian, as the machines that have VFIO are. */
struct engine_cmd {
	uint8_t opcode;
	uint8_t flags;
	uint16_t cid;
	uint32_t nsid;
	uint32_t cdw2[2];
	uint64_t mptr;
	uint64_t prp[2];
	uint32_t cdw10, cdw11, cdw12, cdw13, cdw14, cdw15;
};

/* A Completion Queue Entry (NVMe 1.4, 4.6). */
struct engine_cqe {
	uint32_t dw0, dw1;
	uint16_t sqhd, sqid;
	uint16_t cid;
	uint16_t status; /* bit 0: Phase Tag; 8:1 SC; 11:9 SCT */
};

_Static_assert(sizeof(struct engine_cmd) == 64, "CC.IOSQES says 64 bytes");
_Static_assert(sizeof(struct engine_cqe) == 16, "CC.IOCQES says 16 bytes");

#define ENGINE_SQES 6 /* log2 of their sizes */
#define ENGINE_CQES 4

/* Entries of each queue: one command at a time is in flight, the rest is for those that were lost.
 */
#define ENGINE_DEPTH 16

#define ENGINE_DOORBELLS 0x1000 /* in BAR 0 (NVMe 1.4, 3.1) */

/* A submission queue and the completion queue of the same identifier. */
struct engine_pair {
	uint16_t id;    /* 0: the admin queues */
	int vector;     /* of the completion queue; -1: the controller does not have the pair */
	unsigned depth; /* entries */
	volatile struct engine_cmd *sq;
	volatile struct engine_cqe *cq;
	uint64_t sq_iova, cq_iova;
	volatile uint32_t *sq_doorbell, *cq_doorbell;
	unsigned sq_tail, cq_head;
	bool phase;
	uint16_t cid; /* of the last command */
};

/* linux_engine.priv */
struct engine_ctrl {
	struct linux_engine *engine;
	uint64_t cap; /* Controller Capabilities */
	size_t page;  /* bytes: the controller's, at least the system's */

	struct engine_pair admin;
	struct engine_pair *pair; /* I/O queue pairs; pair[i].id is i + 1 */
	unsigned npair;           /* that there is memory for */
	unsigned usable;          /* that the controller grants */
	unsigned evict;           /* the next to lose its vector to another */
};

/* --- engine_nvme_queue.c --- */

/* Forgets what was in the queues: for a controller that has just (re)created them. */
void engine_pair_clear(struct engine_pair *pair);
/* Tells the device what was consumed. A queue must not be deleted before: deleting a submission
 * queue makes QEMU raise the vector of its completion queue again while that is not empty. */
void engine_consume(struct engine_pair *pair);
/* Rings the doorbell for @cmd, after telling the device what was consumed of earlier ones. */
void engine_submit(struct engine_pair *pair, struct engine_cmd *cmd);
/*
 * Waits until the completion of the last command stands in memory. Returns its status,
 * SCT << 8 | SC, or -ETIMEDOUT after @ms.
 */
int engine_wait(struct engine_pair *pair, unsigned ms, uint32_t *dw0);

/* --- engine_nvme_ctrl.c --- */

/*
 * Sets CC.EN, creates the admin queues and a queue pair for each vector below @vectors, from 1 on,
 * as far as the controller has queues. -ENOTCONN where it refuses (CSTS.CFS).
 */
int engine_ctrl_enable(struct engine_ctrl *c, unsigned vectors);
/* Clears CC.EN, which deletes every queue. */
int engine_ctrl_disable(struct engine_ctrl *c);
/* The pair whose completion queue has @vector, or NULL. */
struct engine_pair *engine_pair_find(struct engine_ctrl *c, unsigned vector);
/* Creates a pair for @vector; returns the status of the first command that failed, or 0. */
int engine_pair_bind(struct engine_ctrl *c, unsigned vector);
/* True while the controller is enabled and ready. */
bool engine_ctrl_ready(const struct engine_ctrl *c);

#endif
