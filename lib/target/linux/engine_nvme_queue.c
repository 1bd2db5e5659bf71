/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pair of NVMe queues in host memory: submitting a command, and polling for its completion
 * (NVMe 1.4, 4.1). Interrupts are not waited for: whether they come is what the caller is after.
 *
 * The head of the completion queue is told to the device only before the next command. A device
 * may drop an interrupt that it has not sent yet, and clear its Pending bit, once the entry behind
 * it is consumed (PCIe 6.0, 6.1.4.5); told at once, a masked vector might lose its pending event.
 */
#include <errno.h>
#include <string.h>

#include "engine_nvme.h"

void engine_pair_clear(struct engine_pair *pair)
{
	memset((void *)pair->sq, 0, pair->depth * sizeof(*pair->sq));
	memset((void *)pair->cq, 0, pair->depth * sizeof(*pair->cq));
	pair->sq_tail = pair->cq_head = 0;
	pair->phase = true;
}

/* The next completion, or NULL while there is none. */
static volatile struct engine_cqe *engine_poll(struct engine_pair *pair)
{
	volatile struct engine_cqe *cqe = &pair->cq[pair->cq_head];

	if ((cqe->status & 1) != pair->phase)
		return NULL;
	atomic_thread_fence(memory_order_acquire);
	if (++pair->cq_head == pair->depth) {
		pair->cq_head = 0;
		pair->phase = !pair->phase;
	}
	return cqe;
}

void engine_consume(struct engine_pair *pair)
{
	while (engine_poll(pair)) /* of a command that was given up */
		;
	*pair->cq_doorbell = pair->cq_head;
}

void engine_submit(struct engine_pair *pair, struct engine_cmd *cmd)
{
	engine_consume(pair);
	cmd->cid = ++pair->cid;
	pair->sq[pair->sq_tail] = *cmd;
	pair->sq_tail = (pair->sq_tail + 1) % pair->depth;
	atomic_thread_fence(memory_order_seq_cst);
	*pair->sq_doorbell = pair->sq_tail;
}

int engine_wait(struct engine_pair *pair, unsigned ms, uint32_t *dw0)
{
	volatile struct engine_cqe *cqe;
	struct linux_wait wait;

	for (linux_wait_begin(&wait, ms);;) {
		cqe = engine_poll(pair);
		if (cqe && cqe->cid == pair->cid) {
			if (dw0)
				*dw0 = cqe->dw0;
			return cqe->status >> 1 & 0x7ff;
		}
		if (!cqe && !linux_wait(&wait))
			return -ETIMEDOUT;
	}
}
