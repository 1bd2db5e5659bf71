/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the kernel allocates MSI-X vectors and programs them (Linux, drivers/pci/msi/). It knows the
 * device by config space and BARs only.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>

#include "model.h"

static uint16_t get_control(const struct sim_fn *fn)
{
	return sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS);
}

static void change_control(struct sim_fn *fn, uint16_t clear, uint16_t set)
{
	sim_cfg_write(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS, 2,
		      (get_control(fn) & ~(unsigned)clear) | set);
}

static void write_entry(struct sim_fn *fn, unsigned k, unsigned field, uint32_t value)
{
	uint32_t where = sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_TABLE) |
			 (uint32_t)sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_TABLE + 2) << 16;
	uint64_t off = (where & PCI_MSIX_TABLE_OFFSET) + (uint64_t)k * MSIX_ENTRY_SIZE + field;

	sim_mmio_write(fn, where & PCI_MSIX_TABLE_BIR, off, 4, value);
}

static void write_message(struct sim_fn *fn, unsigned k, struct msi_msg msg)
{
	write_entry(fn, k, PCI_MSIX_ENTRY_LOWER_ADDR, (uint32_t)msg.addr);
	write_entry(fn, k, PCI_MSIX_ENTRY_UPPER_ADDR, (uint32_t)(msg.addr >> 32));
	write_entry(fn, k, PCI_MSIX_ENTRY_DATA, msg.data);
}

static void mask_entry(struct sim_fn *fn, unsigned k, bool masked)
{
	write_entry(fn, k, PCI_MSIX_ENTRY_VECTOR_CTRL, masked ? MSIX_ENTRY_MASKED : 0);
}

/* An interrupt for vector @k; vector 0 goes to the first CPU, the rest to each in turn. */
static int add_vector(struct sim_fn *fn, unsigned k)
{
	unsigned cpu = k ? (k - 1) % fn->sim->opt.cpus : 0;

	if (!fn->irq)
		fn->irq = sim_alloc(MSIX_MAX_SIZE, sizeof(struct sim_irq *));
	fn->irq[k] = sim_irq_alloc(fn, k, cpu);
	if (!fn->irq[k])
		return -ENOSPC;
	write_message(fn, k, fn->irq[k]->msg);
	return 0;
}

/* Table Size as this kernel sees it. */
static unsigned vectors_to_have(struct sim_fn *fn)
{
	unsigned size = (get_control(fn) & PCI_MSIX_FLAGS_QSIZE) + 1u;

	return sim_strikes(fn, DEFECT_SIZE_CACHED) && fn->seen_size ? fn->seen_size : size;
}

/* The defect keeps the size of the time when the first vectors were allocated. */
static bool beyond_domain(struct sim_fn *fn, unsigned max)
{
	if (!fn->hwsize)
		fn->hwsize = vectors_to_have(fn);
	return sim_strikes(fn, DEFECT_HWSIZE_STALE) && max > fn->hwsize;
}

/* Enables MSI-X with everything masked, as msix_capability_init() does. */
static void enable_msix(struct sim_fn *fn, unsigned size)
{
	change_control(fn, 0, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	for (unsigned k = 0; k < size; k++)
		mask_entry(fn, k, !sim_strikes(fn, DEFECT_UNUSED_UNMASKED));
	change_control(fn, sim_strikes(fn, DEFECT_MASKALL_LEFT) ? 0 : PCI_MSIX_FLAGS_MASKALL, 0);
}

int sim_alloc_vectors(struct sim_fn *fn, unsigned min, unsigned max)
{
	struct sim *s = fn->sim;
	unsigned size, left = s->opt.irqs - (unsigned)s->irqs_used;

	if (!sim_msix_present(fn) || fn->nvec)
		return -EINVAL;
	size = vectors_to_have(fn);
	max = max < size ? max : size;
	if (beyond_domain(fn, max))
		return -ERANGE;
	max = max < left ? max : left;
	if (max < min)
		return -ENOSPC;
	enable_msix(fn, size);
	for (; fn->nvec < max; fn->nvec++) {
		mask_entry(fn, fn->nvec, true);
		if (add_vector(fn, fn->nvec)) {
			sim_free_vectors(fn);
			return -ENOSPC;
		}
	}
	if (fn->stale_irq < 0)
		fn->stale_irq = SIM_IRQ_BASE + (1 << 20) + fn->vf;
	return (int)max;
}

int sim_alloc_vector_at(struct sim_fn *fn, unsigned k)
{
	if (beyond_domain(fn, k + 1))
		return -ERANGE;
	for (; fn->nvec <= k; fn->nvec++)
		if (add_vector(fn, fn->nvec))
			return -ENOSPC;
	return 0;
}

/* A defect leaves the first interrupt of a VF, once. */
static bool leave_row(struct sim_fn *fn, unsigned k)
{
	if (k || fn->row_left || !sim_strikes(fn, DEFECT_ROWS_LEFT))
		return false;
	fn->row_left = true;
	fn->irq[k]->requested = true;
	return true;
}

void sim_free_vectors(struct sim_fn *fn)
{
	if (!fn->nvec)
		return;
	for (unsigned k = 0; k < fn->nvec; k++)
		mask_entry(fn, k, true);
	change_control(fn, PCI_MSIX_FLAGS_ENABLE, 0);
	for (unsigned k = 0; k < fn->nvec; k++) {
		write_message(fn, k, (struct msi_msg){0});
		if (!leave_row(fn, k))
			sim_irq_free(fn->sim, fn->irq[k]);
	}
	fn->nvec = 0;
}

void sim_request_irq(struct sim_fn *fn, unsigned k, const char *name, uint64_t *event)
{
	struct sim_irq *irq = fn->irq[k];
	bool forgotten = sim_strikes(fn, DEFECT_ENTRY_UNPROGRAMMED) && k && k + 1 == fn->nvec;

	snprintf(irq->name, sizeof(irq->name), "%s", name);
	irq->event = event;
	irq->requested = true;
	mask_entry(fn, k, forgotten);
}

void sim_release_irq(struct sim_fn *fn, unsigned k)
{
	mask_entry(fn, k, true);
	fn->irq[k]->requested = false;
	fn->irq[k]->event = NULL;
}

/* As __pci_restore_msix_state(): what was allocated comes back, whatever the size is now. */
void sim_restore_vectors(struct sim_fn *fn)
{
	unsigned count = fn->nvec;

	if (!count)
		return;
	change_control(fn, 0, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	if (sim_strikes(fn, DEFECT_NOT_RESTORED))
		count--;
	for (unsigned k = 0; k < count; k++) {
		write_message(fn, k, fn->irq[k]->msg);
		mask_entry(fn, k, !fn->irq[k]->requested);
	}
	change_control(fn, PCI_MSIX_FLAGS_MASKALL, 0);
}
