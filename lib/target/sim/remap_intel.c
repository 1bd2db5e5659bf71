/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt remapping like Intel's (VT-d specification 4.1, chapter 5): one table for all, whose
 * entries are verified against the Requester ID; requests in compatibility format are blocked.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* The I/O APIC has the first entries; a Requester ID that no function here has. */
#define IOAPIC_ENTRIES 24
#define IOAPIC_SOURCE  0xf0f8

/* As a defect has it: nobody waits for that vector. */
static void compatible_through(struct sim *s)
{
	sim_passed(s, OUTCOME_PASSED);
	s->row[SIM_ROW_SPU][0]++;
}

static void block_compatible(struct sim_fn *fn, struct msi_msg msg)
{
	struct sim *s = fn->sim;
	bool nmi = sim_is_nmi(msg);

	if (nmi && sim_has(s, DEFECT_NMI_THROUGH)) {
		sim_compatible(s, msg);
		return;
	}
	if (!nmi && (sim_has(s, DEFECT_VECTOR_THROUGH) || sim_has(s, DEFECT_COMPAT_ALSO)))
		compatible_through(s);
	if (!nmi && sim_has(s, DEFECT_VECTOR_THROUGH))
		return;
	sim_fault_remap(fn, msg, 0,
			sim_has(s, DEFECT_COMPAT_REASON) ? SIM_FAULT_RESERVED : SIM_FAULT_COMPAT);
}

static void deliver_absent(struct sim_fn *fn, struct msi_msg msg, unsigned index)
{
	struct sim *s = fn->sim;
	bool again = fn->absent++ && sim_strikes(fn, DEFECT_ABSENT_AGAIN);

	if (sim_strikes(fn, DEFECT_ABSENT_UNSENT)) {
		sim_unasked(s);
		return;
	}
	if (sim_strikes(fn, DEFECT_ABSENT_LOST))
		sim_passed(s, OUTCOME_REMAPPED);
	if ((again || sim_has(s, DEFECT_ABSENT_DELIVERED)) && fn->nvec)
		sim_irq_deliver(s, fn->irq[fn->nvec - 1]);
	sim_fault_remap(fn, msg, index,
			sim_has(s, DEFECT_ABSENT_REASON) ? SIM_FAULT_TABLE : SIM_FAULT_ABSENT);
}

/* Is the source of a request taken for the one that the entry is of? */
static bool is_verified(const struct sim_fn *fn, const struct sim_irte *entry)
{
	const struct sim *s = fn->sim;
	bool vf = entry->irq && entry->irq->fn->vf >= 0;

	return entry->source == bdf_requester_id(fn->bdf) || sim_has(s, DEFECT_SOURCE_UNVERIFIED) ||
	       (vf && sim_has(s, DEFECT_SIBLING_UNVERIFIED)) ||
	       (!vf && sim_has(s, DEFECT_PF_UNVERIFIED));
}

/* Source verification of all 16 bits (VT-d, 5.1.5.1). */
static void deliver_verified(struct sim_fn *fn, struct msi_msg msg, unsigned index)
{
	const struct sim_irte *entry = &fn->sim->irte[index];
	struct sim *s = fn->sim;

	if (is_verified(fn, entry) && entry->irq && !sim_refuses_own(fn, entry->irq))
		sim_irq_deliver(s, sim_astray(fn, entry->irq));
	else
		sim_fault_remap(fn, msg, index,
				sim_has(s, DEFECT_SOURCE_REASON) ? SIM_FAULT_ABSENT
								 : SIM_FAULT_SOURCE);
}

void sim_remap_intel(struct sim_fn *fn, struct msi_msg msg)
{
	const struct sim *s = fn->sim;
	uint16_t handle, subhandle;
	unsigned index;
	bool shv;

	if (sim_abandoned(fn)) {
		fn->sim->row[SIM_ROW_SPU][0]++;
		return;
	}
	if (vtd_msg_handle(msg, &handle, &shv, &subhandle)) {
		if (s->opt.cfi)
			sim_compatible(fn->sim, msg);
		else
			block_compatible(fn, msg);
		return;
	}
	index = (unsigned)handle + (sim_has(s, DEFECT_SHV_IGNORED) ? 0 : subhandle);
	if (sim_has(s, DEFECT_INDEX_BIT) && index <= 0xffff && __builtin_popcount(index >> 8) == 1)
		index &= 0xff;
	if (sim_has(s, DEFECT_INDEX_WRAPS))
		index %= s->opt.irt;
	if (shv && msg.data >> 16 && !sim_has(s, DEFECT_RESERVED_IGNORED))
		sim_fault_remap(fn, msg, index & 0xffff,
				sim_has(s, DEFECT_RESERVED_REASON) ? SIM_FAULT_ENTRY
								   : SIM_FAULT_RESERVED);
	else if (index >= s->opt.irt)
		sim_fault_remap(fn, msg, index & 0xffff,
				sim_has(s, DEFECT_INDEX_REASON) ? SIM_FAULT_ABSENT
								: SIM_FAULT_INDEX);
	else if (index >= s->nirte || !s->irte[index].present)
		deliver_absent(fn, msg, index);
	else
		deliver_verified(fn, msg, index);
}

/* --- the remapping table --- */

static bool grow(struct sim *s)
{
	size_t count = s->nirte ? 2 * s->nirte : 64;
	struct sim_irte *irte;

	if (s->nirte >= s->opt.irt)
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
	if (index >= s->opt.irt)
		return -ENOSPC;
	s->irte_hint = index + 1;
	s->irte[index] = (struct sim_irte){
		.present = true, .source = bdf_requester_id(irq->fn->bdf), .irq = irq};
	return (int)index;
}

void sim_irte_free(struct sim *s, int index)
{
	if (index < 0 || (size_t)index >= s->nirte)
		return;
	s->irte[index] = (struct sim_irte){0};
	if ((size_t)index < s->irte_hint)
		s->irte_hint = (size_t)index;
}
