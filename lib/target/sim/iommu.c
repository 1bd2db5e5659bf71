/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a message goes that a function writes: through an IOMMU to an interrupt, to memory, or
 * into a fault that the kernel logs. remap_intel.c and remap_own.c tell what becomes of interrupt
 * requests, faults.c how a fault is reported.
 *
 * Everything that is no interrupt request is a DMA write and needs a mapping of the function:
 * there is one page, the canary.
 */
#include <errno.h>
#include <stdio.h>

#include "model.h"

#define DELIVERY_NMI 4

bool sim_is_nmi(struct msi_msg msg)
{
	return (msg.data >> 8 & 7) == DELIVERY_NMI;
}

/* --- DMA --- */

/* Does a defect let this write pass to memory that is not the function's? */
static bool passes(struct sim_fn *fn)
{
	bool again = fn->blocked++ && sim_strikes(fn, DEFECT_DMA_AGAIN);

	return again || sim_has(fn->sim, DEFECT_DMA_OPEN);
}

static void write_memory(struct sim_fn *fn, uint64_t addr)
{
	const struct sim *s = fn->sim;
	bool canary = fn->canary_mapped && addr - SIM_CANARY_IOVA < SIM_PAGE;

	if (canary) {
		sim_passed(fn->sim, OUTCOME_REMAPPED);
		fn->canary_written |= !sim_has(s, DEFECT_DMA_DROPPED);
		return;
	}
	if (!s->opt.iommu || !s->opt.translation)
		return; /* into memory that nobody looks at */
	if (passes(fn)) {
		sim_passed(fn->sim, OUTCOME_REMAPPED);
		fn->canary_written = true;
		return;
	}
	fn->canary_written |= sim_strikes(fn, DEFECT_DMA_ALSO);
	sim_fault_write(fn, addr);
}

/* --- interrupts --- */

void sim_compatible(struct sim *s, struct msi_msg msg)
{
	unsigned cpu = (unsigned)(msg.addr >> 12 & 0xff) % s->opt.cpus;
	struct sim_irq *irq = sim_irq_by_apic(s, cpu, (uint8_t)msg.data);

	sim_passed(s, OUTCOME_PASSED);
	if (sim_is_nmi(msg))
		s->row[SIM_ROW_NMI][cpu]++;
	else if (irq)
		sim_irq_deliver(s, irq);
	else
		sim_log(s, "__common_interrupt: %u.%u No irq handler for vector", cpu,
			msg.data & 0xff);
}

bool sim_refuses_own(const struct sim_fn *fn, const struct sim_irq *irq)
{
	return irq->fn == fn && irq->vector != fn->event_vector &&
	       sim_has(fn->sim, DEFECT_OWN_REFUSED);
}

struct sim_irq *sim_astray(const struct sim_fn *fn, struct sim_irq *irq)
{
	bool strikes = irq->fn == fn && sim_strikes(fn, DEFECT_OWN_ASTRAY);

	return strikes && fn->event_vector < fn->nvec ? fn->irq[fn->event_vector] : irq;
}

bool sim_abandoned(const struct sim_fn *fn)
{
	return !fn->driver[0] && sim_strikes(fn, DEFECT_GONE_THROUGH);
}

/* A defect does not look at the upper DWORD of an address. */
static struct msi_msg as_seen(const struct sim *s, struct msi_msg msg)
{
	if (sim_has(s, DEFECT_UPPER_IGNORED))
		msg.addr = (uint32_t)msg.addr;
	return msg;
}

static bool is_doorbell(uint64_t addr)
{
	return addr - (SIM_DOORBELL & ~(SIM_PAGE - 1ull)) < SIM_PAGE;
}

static void route(struct sim_fn *fn, struct msi_msg msg)
{
	const struct sim *s = fn->sim;

	switch (s->opt.iommu) {
	case SIM_IOMMU_SMMU:
		if (!is_doorbell(msg.addr))
			write_memory(fn, msg.addr);
		else if (msg.addr == SIM_DOORBELL)
			sim_its(fn, msg);
		return;
	case SIM_IOMMU_NONE:
	case SIM_IOMMU_INTEL:
	case SIM_IOMMU_AMD:
		break;
	}
	if (!msi_addr_is_x86(as_seen(s, msg).addr))
		write_memory(fn, msg.addr);
	else if (!s->opt.iommu || !s->opt.remap)
		sim_compatible(fn->sim, msg);
	else if (s->opt.iommu == SIM_IOMMU_AMD)
		sim_remap_amd(fn, as_seen(s, msg));
	else
		sim_remap_intel(fn, as_seen(s, msg));
}

/* Is it a write to memory, and no interrupt request? */
static bool is_dma(const struct sim *s, struct msi_msg msg)
{
	return s->opt.iommu == SIM_IOMMU_SMMU ? !is_doorbell(msg.addr) : !msi_addr_is_x86(msg.addr);
}

void sim_message(struct sim_fn *fn, struct msi_msg msg)
{
	struct sim *s = fn->sim;

	sim_asked(fn, msg, is_dma(s, msg));
	route(fn, msg);
	if (s->asked.outcome != OUTCOME_BLOCKED && sim_strikes(fn, DEFECT_PAST_IOMMU))
		sim_unasked(s);
	sim_answered(s);
}

/* Entries for one function: a defect of AMD has fewer, one of an ITS no more than at first. */
static unsigned room_for(const struct sim_fn *fn)
{
	unsigned room = 2;

	if (sim_strikes(fn, DEFECT_AMD_SHORT))
		return 256;
	while (room < fn->seen_size)
		room *= 2;
	return sim_strikes(fn, DEFECT_ITT_KEPT) && fn->seen_size ? room : fn->sim->opt.irt;
}

int sim_remap_irq(struct sim_irq *irq)
{
	struct sim *s = irq->fn->sim;

	irq->index = -1;
	irq->msg = vtd_compatibility_msg((uint8_t)irq->cpu, irq->apic, 0);
	if (!s->opt.iommu || !s->opt.remap)
		return 0;
	if (s->opt.iommu != SIM_IOMMU_INTEL) {
		irq->msg.addr = s->opt.iommu == SIM_IOMMU_AMD ? SIM_AMD_MSI : SIM_DOORBELL;
		irq->msg.data = (uint32_t)sim_own_index(irq);
		return irq->msg.data < room_for(irq->fn) ? 0 : -ENOSPC;
	}
	irq->index = sim_irte_alloc(s, irq);
	if (irq->index < 0)
		return irq->index;
	/* As fill_msi_msg() in drivers/iommu/intel/irq_remapping.c: subhandle 0, valid. */
	irq->msg = vtd_remappable_msg((uint16_t)irq->index, true, 0);
	return 0;
}

bool sim_remaps(const struct sim *s)
{
	return s->opt.iommu && s->opt.remap && !sim_has(s, DEFECT_NO_REMAPPING);
}

/* --- operations --- */

#define FIRST_GROUP 14

int sim_iommu_group(struct target *t, struct bdf bdf, char *domain, size_t size)
{
	const struct sim *s = sim_of(t);
	const struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	if (!fn)
		return -ENODEV;
	if (!s->opt.iommu || (sim_has(s, DEFECT_NO_GROUP) && fn->vf == 0))
		return -ENOENT;
	snprintf(domain, size, "%s",
		 s->opt.translation && !sim_strikes(fn, DEFECT_IDENTITY) ? "DMA" : "identity");
	return FIRST_GROUP + fn->vf + 1;
}

bool sim_unsafe_interrupts(struct target *t)
{
	return sim_of(t)->opt.unsafe;
}

/* Primary Pending Fault (VT-d 4.1, 11.4.8.1). */
#define FSTS_PPF 2u

int sim_fault_status(struct target *t, uint32_t *fsts)
{
	const struct sim *s = sim_of(t);

	if (s->opt.iommu != SIM_IOMMU_INTEL)
		return -EOPNOTSUPP;
	/* The kernel's handler has cleared what there was. */
	*fsts = s->faulted && sim_has(s, DEFECT_FAULT_STUCK) ? FSTS_PPF : 0;
	return 0;
}
