/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt remapping with a table for each function, which the Requester ID selects: nobody can
 * name an entry of another's. The data of a message is the index.
 *
 * AMD (I/O Virtualization specification, 2.2.5.1; Linux drivers/iommu/amd/iommu.c:fill_msi_msg):
 * data 10:0 is the index; bits 10:8 are the delivery mode too, and only fixed and arbitrated
 * requests are remapped. What is blocked is an IO_PAGE_FAULT with the I flag.
 *
 * GIC ITS (GICv3 architecture specification, 5.2; Linux drivers/irqchip/irq-gic-v3-its.c:
 * its_irq_compose_msi_msg): data is the EventID, and one that is not mapped is dropped without a
 * word. The doorbell is a page in the function's own address space, before which the SMMU stands.
 */
#include "model.h"

#define AMD_INDEX 0x7ffu

/* The interrupt behind an index of the function's table, or NULL. */
static struct sim_irq *entry_of(const struct sim_fn *fn, unsigned index, bool shared)
{
	const struct sim *s = fn->sim;

	/* A table for all, as a defect has it, is numbered like the interrupts themselves. */
	if (shared)
		return index < s->nirq ? s->irq[index] : NULL;
	return index < fn->nvec ? fn->irq[index] : NULL;
}

int sim_own_index(const struct sim_irq *irq)
{
	const struct sim *s = irq->fn->sim;

	if (sim_has(s, DEFECT_AMD_SHARED) || sim_has(s, DEFECT_ITS_SHARED))
		return irq->number - SIM_IRQ_BASE;
	return (int)irq->vector;
}

/* The request of @fn for @index; false where nothing is behind it. */
static bool deliver(struct sim_fn *fn, unsigned index, bool shared)
{
	struct sim_irq *irq = entry_of(fn, index, shared);

	if (!irq || sim_refuses_own(fn, irq))
		return false;
	sim_irq_deliver(fn->sim, sim_astray(fn, irq));
	return true;
}

void sim_remap_amd(struct sim_fn *fn, struct msi_msg msg)
{
	struct sim *s = fn->sim;
	unsigned mode = msg.data >> 8 & 7, index = msg.data & AMD_INDEX;

	if (sim_is_nmi(msg) && sim_has(s, DEFECT_AMD_NMI)) {
		sim_compatible(s, msg);
		return;
	}
	if (sim_has(s, DEFECT_AMD_WRAPS) && fn->nvec)
		index %= fn->nvec;
	if (mode > 1 || index >= s->opt.irt || !deliver(fn, index, sim_has(s, DEFECT_AMD_SHARED)))
		sim_fault_event(fn, msg);
}

void sim_its(struct sim_fn *fn, struct msi_msg msg)
{
	struct sim *s = fn->sim;
	unsigned event = msg.data;

	if (sim_has(s, DEFECT_ITS_WRAPS) && fn->nvec)
		event %= fn->nvec;
	if (!deliver(fn, event, sim_has(s, DEFECT_ITS_SHARED)) && sim_has(s, DEFECT_ITS_FAULT))
		sim_fault_write(fn, msg.addr);
}
