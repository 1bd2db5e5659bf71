/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts of the kernel: their numbers, their vectors on CPUs, what they have counted, and
 * /proc/interrupts.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* Vector numbers that x86 gives to devices. */
#define APIC_FIRST 0x22
#define APIC_COUNT (0xec - APIC_FIRST)

static size_t free_slot(struct sim *s)
{
	size_t slot = s->irq_hint;

	while (slot < s->nirq && s->irq[slot])
		slot++;
	if (slot == s->nirq) {
		size_t count = s->nirq ? 2 * s->nirq : 64;

		s->irq = realloc(s->irq, count * sizeof(*s->irq));
		memset(s->irq + s->nirq, 0, (count - s->nirq) * sizeof(*s->irq));
		s->nirq = count;
	}
	s->irq_hint = slot + 1;
	return slot;
}

struct sim_irq *sim_irq_alloc(struct sim_fn *fn, unsigned vector, unsigned cpu)
{
	struct sim *s = fn->sim;
	struct sim_irq *irq;
	size_t slot;

	if (s->irqs_used >= s->opt.irqs)
		return NULL;
	slot = free_slot(s);
	irq = sim_alloc(1, sizeof(*irq) + s->opt.cpus * sizeof(irq->count[0]));
	irq->number = (int)(SIM_IRQ_BASE + slot);
	irq->fn = fn;
	irq->vector = vector;
	irq->cpu = cpu;
	irq->apic = (uint8_t)(APIC_FIRST + slot % APIC_COUNT);
	if (sim_remap_irq(irq)) {
		free(irq);
		return NULL;
	}
	s->irq[slot] = irq;
	s->irqs_used++;
	return irq;
}

void sim_irq_free(struct sim *s, struct sim_irq *irq)
{
	size_t slot = (size_t)irq->number - SIM_IRQ_BASE;

	sim_irte_free(s, irq->index);
	s->irq[slot] = NULL;
	if (slot < s->irq_hint)
		s->irq_hint = slot;
	s->irqs_used--;
	free(irq);
}

void sim_irq_deliver(struct sim *s, struct sim_irq *irq)
{
	sim_passed(s, OUTCOME_REMAPPED);
	irq->count[irq->cpu]++;
	if (irq->event)
		++*irq->event;
	else if (!irq->requested)
		s->row[SIM_ROW_SPU][irq->cpu]++;
}

struct sim_irq *sim_irq_by_apic(const struct sim *s, unsigned cpu, uint8_t apic)
{
	for (size_t i = 0; i < s->nirq; i++)
		if (s->irq[i] && s->irq[i]->cpu == cpu && s->irq[i]->apic == apic)
			return s->irq[i];
	return NULL;
}

void sim_irqs_free(struct sim *s)
{
	for (size_t i = 0; i < s->nirq; i++)
		free(s->irq[i]);
	free(s->irq);
}

/* --- operations --- */

int sim_msi_irqs(struct target *t, struct bdf bdf, int *irq, size_t max)
{
	const struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);
	unsigned count = 0;

	if (!fn)
		return -ENODEV;
	for (unsigned k = 0; k < fn->nvec; k++) {
		if (!fn->irq[k])
			continue;
		if (count < max)
			irq[count] = fn->irq[k]->number;
		count++;
	}
	if (fn->stale_irq >= 0 && sim_strikes(fn, DEFECT_MSI_IRQS_LEFT)) {
		if (count < max)
			irq[count] = fn->stale_irq;
		count++;
	}
	return (int)count;
}

static void row_of_device(const struct sim *s, const struct sim_irq *irq, struct irq_row *row)
{
	bool offline = sim_has(s, DEFECT_CPU_OFFLINE) && irq->vector == 0 && irq->fn->vf >= 0;

	*row = (struct irq_row){
		.irq = irq->number,
		.fn = irq->fn->bdf,
		.vector = (int)irq->vector,
		.ncpu = s->opt.cpus,
		.cpu = sim_alloc(s->opt.cpus, sizeof(uint64_t)),
	};
	snprintf(row->name, sizeof(row->name), "%s", irq->name);
	snprintf(row->affinity, sizeof(row->affinity), "%u", offline ? s->opt.cpus : irq->cpu);
	memcpy(row->cpu, irq->count, s->opt.cpus * sizeof(uint64_t));
}

static void row_of_machine(const struct sim *s, enum sim_row which, struct irq_row *row)
{
	static const char *const names[SIM_ROW_COUNT] = {"NMI", "LOC", "SPU", "ERR", "MIS"};
	/* The last two have one counter for all CPUs. */
	unsigned ncpu = which < SIM_ROW_ERR ? s->opt.cpus : 1;

	*row = (struct irq_row){.irq = -1, .vector = -1, .ncpu = ncpu};
	snprintf(row->name, sizeof(row->name), "%s", names[which]);
	row->cpu = sim_alloc(ncpu, sizeof(uint64_t));
	memcpy(row->cpu, s->row[which], ncpu * sizeof(uint64_t));
}

/* Only interrupts with a handler have a row. */
int sim_interrupts(struct target *t, struct irq_table *table)
{
	struct sim *s = sim_of(t);

	sim_load_tick(s);
	s->row[SIM_ROW_LOC][0]++;
	*table = (struct irq_table){
		.row = sim_alloc(s->irqs_used + SIM_ROW_COUNT, sizeof(*table->row))};
	for (size_t i = 0; i < s->nirq; i++)
		if (s->irq[i] && s->irq[i]->requested)
			row_of_device(s, s->irq[i], &table->row[table->len++]);
	for (int i = 0; i < SIM_ROW_COUNT; i++)
		row_of_machine(s, (enum sim_row)i, &table->row[table->len++]);
	return 0;
}
