/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a message goes that a function writes: through an IOMMU like Intel's (VT-d specification
 * 4.0, chapters 3 and 5), to an interrupt, to memory, or into a fault that the kernel logs.
 *
 * Interrupt requests are remapped by a table whose entries are verified against the Requester ID;
 * requests in compatibility format are blocked. Everything else is a DMA write and needs a mapping
 * of the function: there is one page, the canary. Linux 6.1's words are in drivers/iommu/intel/
 * dmar.c, dmar_fault_do_one().
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* Faults of an interrupt request (VT-d, 7.3), and of a write without permission. */
#define FAULT_RESERVED  0x20
#define FAULT_INDEX     0x21
#define FAULT_NOT_THERE 0x22
#define FAULT_TABLE     0x23
#define FAULT_ENTRY     0x24
#define FAULT_COMPAT    0x25
#define FAULT_SOURCE    0x26
#define FAULT_WRITE     0x05

#define DELIVERY_NMI 4

/* The I/O APIC has the first entries; a Requester ID that no function here has. */
#define IOAPIC_ENTRIES 24
#define IOAPIC_SOURCE  0xf0f8

static struct bdf fault_source(const struct sim_fn *fn)
{
	struct bdf source = fn->bdf;

	if (sim_has(fn->sim, DEFECT_WRONG_SOURCE))
		source.devfn ^= 0x80;
	return source;
}

static void hurt_bystanders(const struct sim_fn *fn)
{
	const struct sim *s = fn->sim;

	if (!sim_has(s, DEFECT_BYSTANDER))
		return;
	for (unsigned i = 0; i < s->opt.vfs; i++)
		if (s->vf[i] && s->vf[i] != fn && s->vf[i]->load)
			s->vf[i]->load->failed = true;
}

static void fault_interrupt(struct sim_fn *fn, unsigned index, unsigned reason)
{
	static const char *const words[] = {
		"Detected reserved fields in the decoded interrupt-remapped request",
		"Interrupt index exceeded the interrupt-remapping table size",
		"Present field in the IRTE entry is clear",
		"Error accessing interrupt-remapping table pointed by IRTA_REG",
		"Detected reserved fields in the IRTE entry",
		"Blocked a compatibility format interrupt request",
		"Blocked an interrupt request due to source-id verification failure",
	};
	struct bdf source = fault_source(fn);

	hurt_bystanders(fn);
	if (sim_has(fn->sim, DEFECT_QUIET))
		return;
	sim_log(fn->sim, "DMAR: DRHD: handling fault status reg 2");
	sim_log(fn->sim,
		"DMAR: [INTR-REMAP] Request device [%02x:%02x.%d] fault index 0x%x "
		"[fault reason 0x%02x] %s",
		source.bus, source.devfn >> 3, source.devfn & 7, index, reason,
		words[reason - FAULT_RESERVED]);
}

static void fault_write(struct sim_fn *fn, uint64_t addr)
{
	struct bdf source = fault_source(fn);

	hurt_bystanders(fn);
	sim_log(fn->sim, "DMAR: DRHD: handling fault status reg 2");
	sim_log(fn->sim,
		"DMAR: [DMA Write NO_PASID] Request device [%02x:%02x.%d] fault addr 0x%llx "
		"[fault reason 0x%02x] PTE Write access is not set",
		source.bus, source.devfn >> 3, source.devfn & 7,
		(unsigned long long)addr & ~(SIM_PAGE - 1ull), FAULT_WRITE);
}

/* --- DMA --- */

static void write_memory(struct sim_fn *fn, uint64_t addr)
{
	const struct sim *s = fn->sim;
	bool canary = fn->canary_mapped && addr - SIM_CANARY_IOVA < SIM_PAGE;

	if (canary) {
		fn->canary_written |= !sim_has(s, DEFECT_DMA_DROPPED);
		return;
	}
	if (!s->opt.iommu || !s->opt.translation)
		return; /* into memory that nobody looks at */
	if (sim_has(s, DEFECT_DMA_OPEN))
		fn->canary_written = true;
	else
		fault_write(fn, addr);
}

/* --- interrupts --- */

/* Delivery as the message itself says: nothing remaps it. */
static void compatible(struct sim *s, struct msi_msg msg)
{
	unsigned cpu = (unsigned)(msg.addr >> 12 & 0xff) % s->opt.cpus;
	struct sim_irq *irq = sim_irq_by_apic(s, cpu, (uint8_t)msg.data);

	if ((msg.data >> 8 & 7) == DELIVERY_NMI)
		s->row[SIM_ROW_NMI][cpu]++;
	else if (irq)
		sim_irq_deliver(s, irq);
	else
		sim_log(s, "__common_interrupt: %u.%u No irq handler for vector", cpu,
			msg.data & 0xff);
}

static void block_compatible(struct sim_fn *fn, struct msi_msg msg)
{
	struct sim *s = fn->sim;
	bool nmi = (msg.data >> 8 & 7) == DELIVERY_NMI;

	if (nmi && sim_has(s, DEFECT_NMI_THROUGH))
		compatible(s, msg);
	else if (!nmi && sim_has(s, DEFECT_VECTOR_THROUGH))
		s->row[SIM_ROW_SPU][0]++;
	else
		fault_interrupt(fn, 0,
				sim_has(s, DEFECT_COMPAT_REASON) ? FAULT_RESERVED : FAULT_COMPAT);
}

static void deliver_absent(struct sim_fn *fn, unsigned index)
{
	struct sim *s = fn->sim;

	if (sim_has(s, DEFECT_ABSENT_DELIVERED) && fn->nvec)
		sim_irq_deliver(s, fn->irq[fn->nvec - 1]);
	fault_interrupt(fn, index,
			sim_has(s, DEFECT_ABSENT_REASON) ? FAULT_TABLE : FAULT_NOT_THERE);
}

/* Source verification of all 16 bits (VT-d, 5.1.5.1). */
static void deliver_verified(struct sim_fn *fn, unsigned index)
{
	const struct sim_irte *entry = &fn->sim->irte[index];
	struct sim *s = fn->sim;
	bool own = entry->source == bdf_requester_id(fn->bdf);
	bool refused = own && sim_has(s, DEFECT_OWN_REFUSED) && entry->irq &&
		       entry->irq->vector != fn->event_vector;

	if ((own || sim_has(s, DEFECT_SOURCE_UNVERIFIED)) && !refused && entry->irq)
		sim_irq_deliver(s, entry->irq);
	else
		fault_interrupt(fn, index,
				sim_has(s, DEFECT_SOURCE_REASON) ? FAULT_NOT_THERE : FAULT_SOURCE);
}

static void remap(struct sim_fn *fn, struct msi_msg msg)
{
	const struct sim *s = fn->sim;
	uint16_t handle, subhandle;
	unsigned index;
	bool shv;

	if (vtd_msg_handle(msg, &handle, &shv, &subhandle)) {
		block_compatible(fn, msg);
		return;
	}
	index = (unsigned)handle + subhandle;
	if (shv && msg.data >> 16)
		fault_interrupt(fn, index & 0xffff,
				sim_has(s, DEFECT_RESERVED_REASON) ? FAULT_ENTRY : FAULT_RESERVED);
	else if (index >= SIM_REMAP_ENTRIES)
		fault_interrupt(fn, index & 0xffff,
				sim_has(s, DEFECT_INDEX_REASON) ? FAULT_NOT_THERE : FAULT_INDEX);
	else if (index >= s->nirte || !s->irte[index].present)
		deliver_absent(fn, index);
	else
		deliver_verified(fn, index);
}

void sim_message(struct sim_fn *fn, struct msi_msg msg)
{
	const struct sim *s = fn->sim;

	if (!msi_addr_is_x86(msg.addr))
		write_memory(fn, msg.addr);
	else if (s->opt.iommu && s->opt.remap)
		remap(fn, msg);
	else
		compatible(fn->sim, msg);
}

/* --- the remapping table --- */

static bool grow(struct sim *s)
{
	size_t count = s->nirte ? 2 * s->nirte : 64;
	struct sim_irte *irte;

	if (s->nirte >= SIM_REMAP_ENTRIES)
		return false;
	irte = realloc(s->irte, count * sizeof(*irte));
	if (!irte)
		return false;
	memset(irte + s->nirte, 0, (count - s->nirte) * sizeof(*irte));
	for (size_t i = s->nirte; i < IOAPIC_ENTRIES; i++)
		irte[i] = (struct sim_irte){.present = true, .source = IOAPIC_SOURCE};
	s->irte = irte;
	s->nirte = count;
	return true;
}

int sim_irte_alloc(struct sim *s, struct sim_irq *irq)
{
	size_t index = s->irte_hint;

	while (index < s->nirte && s->irte[index].present)
		index++;
	if (index == s->nirte && !grow(s))
		return -ENOSPC;
	while (s->irte[index].present)
		index++;
	s->irte_hint = index + 1;
	s->irte[index] = (struct sim_irte){
		.present = true, .source = bdf_requester_id(irq->fn->bdf), .irq = irq};
	return (int)index;
}

void sim_irte_free(struct sim *s, int index)
{
	if (index < 0)
		return;
	s->irte[index] = (struct sim_irte){0};
	if ((size_t)index < s->irte_hint)
		s->irte_hint = (size_t)index;
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
	(void)t;
	return false;
}

int sim_fault_status(struct target *t, uint32_t *fsts)
{
	if (!sim_of(t)->opt.iommu)
		return -EOPNOTSUPP;
	/* The kernel's handler has cleared what there was. */
	*fsts = 0;
	return 0;
}
