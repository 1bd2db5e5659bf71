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

/* --- pci_alloc_irq_vectors() --- */

/*
 * The size of the function's MSI domain, which a kernel makes when vectors are first allocated. A
 * sound one follows Table Size; defects keep the first, for growing or for shrinking.
 */
static unsigned domain_size(struct sim_fn *fn)
{
	unsigned size = vectors_to_have(fn);

	if (!fn->hwsize)
		fn->hwsize = size;
	if (size > fn->hwsize && !sim_strikes(fn, DEFECT_HWSIZE_STALE))
		return size;
	if (size < fn->hwsize && !sim_strikes(fn, DEFECT_DOMAIN_KEPT))
		return size;
	return fn->hwsize;
}

/* Enables MSI-X with everything masked, as msix_capability_init() does. */
static void enable_msix(struct sim_fn *fn, unsigned size)
{
	change_control(fn, 0, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	for (unsigned k = 0; k < size; k++)
		mask_entry(fn, k, !sim_strikes(fn, DEFECT_UNUSED_UNMASKED));
}

static void disable_msix(struct sim_fn *fn)
{
	bool left = sim_strikes(fn, DEFECT_MASKALL_FAILED);

	change_control(fn, PCI_MSIX_FLAGS_ENABLE | (left ? 0 : PCI_MSIX_FLAGS_MASKALL), 0);
}

static void drop_vectors(struct sim_fn *fn)
{
	while (fn->nvec) {
		fn->nvec--;
		write_message(fn, fn->nvec, (struct msi_msg){0});
		sim_irq_free(fn->sim, fn->irq[fn->nvec]);
		fn->irq[fn->nvec] = NULL;
	}
}

/*
 * All @count of them: 0. Where the machine runs out midway nothing is kept, and the number that
 * worked is returned (msi_handle_pci_fail()), -ENOSPC for none.
 */
static int init_msix(struct sim_fn *fn, unsigned count)
{
	int worked;

	enable_msix(fn, vectors_to_have(fn));
	if (count > domain_size(fn) && !sim_strikes(fn, DEFECT_ALLOC_BEYOND)) {
		disable_msix(fn);
		return -ERANGE;
	}
	for (; fn->nvec < count; fn->nvec++) {
		mask_entry(fn, fn->nvec, true);
		if (!add_vector(fn, fn->nvec))
			continue;
		worked = (int)fn->nvec;
		drop_vectors(fn);
		disable_msix(fn);
		return worked ? worked : -ENOSPC;
	}
	change_control(fn, sim_strikes(fn, DEFECT_MASKALL_LEFT) ? 0 : PCI_MSIX_FLAGS_MASKALL, 0);
	return 0;
}

/* irq_calc_affinity_vectors(): no more than CPUs, and those that are not spread. */
static unsigned spread(const struct sim_fn *fn, const struct alloc_request *rq, unsigned max)
{
	unsigned reserved = rq->pre + rq->post, cpus = fn->sim->opt.cpus;

	if (!(rq->flags & ALLOC_AFFINITY) || sim_strikes(fn, DEFECT_AFFINITY_IGNORED))
		return max;
	if (reserved > rq->min)
		return 0;
	if (sim_strikes(fn, DEFECT_AFFINITY_RESERVE))
		return cpus < max ? cpus : max;
	if (sim_strikes(fn, DEFECT_WISH_SHORT) && rq->pre == 1 && max == cpus + 1 && max > 2)
		return cpus;
	return reserved + (cpus < max - reserved ? cpus : max - reserved);
}

/* What a call is refused for before Table Size is read. */
static int check_range(const struct sim_fn *fn, const struct alloc_request *rq)
{
	if (rq->max < rq->min)
		return sim_strikes(fn, DEFECT_RANGE_EINVAL) ? -EINVAL : -ERANGE;
	if (fn->nvec) {
		sim_warn(fn->sim, "drivers/pci/msi/msi.c:819 __pci_enable_msix_range");
		return -EINVAL;
	}
	if (!rq->max)
		return sim_strikes(fn, DEFECT_ZERO_TAKEN) ? 1 : -EINVAL;
	return sim_msix_present(fn) ? 0 : -EINVAL;
}

/* From here on a defect gives more than there is: drivers that ask for a few too many are spared.
 */
#define FAR 4

/* Of @max, what Table Size has. */
static unsigned clamp(struct sim_fn *fn, const struct alloc_request *rq)
{
	unsigned size = vectors_to_have(fn);

	if (rq->max <= size || rq->min > size)
		return rq->max <= size ? rq->max : size;
	if (sim_strikes(fn, DEFECT_ALLOC_BEYOND) && rq->max > size + FAR)
		return size + 1;
	return sim_strikes(fn, DEFECT_ALLOC_ONE_LESS) && size > rq->min ? size - 1 : size;
}

/* __pci_enable_msix_range(). */
static int enable_range(struct sim_fn *fn, const struct alloc_request *rq)
{
	int rc = check_range(fn, rq);
	unsigned count;

	if (rc)
		return rc;
	count = clamp(fn, rq);
	if (count < rq->min && !sim_strikes(fn, DEFECT_MIN_IGNORED))
		return sim_strikes(fn, DEFECT_MIN_EINVAL) ? -EINVAL : -ENOSPC;
	for (;;) {
		count = spread(fn, rq, count);
		if (!count || (rq->flags & ALLOC_AFFINITY && count < rq->min))
			return -ENOSPC;
		rc = init_msix(fn, count);
		if (!rc)
			return (int)count;
		if (rc < 0)
			return rc;
		if (sim_strikes(fn, DEFECT_NO_RETRY) ||
		    ((unsigned)rc < rq->min && !sim_strikes(fn, DEFECT_PARTIAL_BELOW)))
			return -ENOSPC;
		count = (unsigned)rc;
	}
}

/*
 * __pci_enable_msi_range(). A VF that has MSI has one such vector, and where MSI-X found none for
 * one there is none for it either.
 */
static int enable_msi_range(const struct sim_fn *fn, const struct alloc_request *rq)
{
	if (!rq->min || fn->nvec)
		return -EINVAL;
	if (rq->max < rq->min)
		return -ERANGE;
	return fn->vf >= 0 && fn->sim->opt.msi ? -ENOSPC : -EINVAL;
}

/* The error of the type that was tried last is the one that is returned. */
int sim_alloc_irq_vectors(struct sim_fn *fn, const struct alloc_request *rq)
{
	int rc = -ENOSPC;

	if (rq->flags & ALLOC_MSIX) {
		rc = enable_range(fn, rq);
		if (rc > 0 && fn->stale_irq < 0)
			fn->stale_irq = SIM_IRQ_BASE + (1 << 20) + fn->vf;
		if (rc > 0 || sim_strikes(fn, DEFECT_FIRST_ERROR))
			return rc;
	}
	if (rq->flags & ALLOC_MSI)
		rc = enable_msi_range(fn, rq);
	if (rq->flags & ALLOC_INTX && rq->min == 1 && fn->vf < 0)
		return 1;
	return rc;
}

int sim_alloc_vectors(struct sim_fn *fn, unsigned min, unsigned max)
{
	struct alloc_request request = {.min = min, .max = max, .flags = ALLOC_MSIX};

	return sim_alloc_irq_vectors(fn, &request);
}

int sim_alloc_vector_at(struct sim_fn *fn, unsigned k)
{
	bool taken = k < fn->nvec && fn->irq[k];
	int err;

	if (k >= domain_size(fn))
		return -ERANGE;
	if (taken)
		return sim_strikes(fn, DEFECT_TAKEN_TWICE) ? fn->irq[k]->number : -EBUSY;
	err = add_vector(fn, k);
	if (err)
		return err;
	if (fn->nvec <= k)
		fn->nvec = k + 1;
	return fn->irq[k]->number;
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
	fn->had_irq = fn->irq[0] ? fn->irq[0]->number : 0;
	fn->had_vectors = fn->nvec;
	for (unsigned k = 0; k < fn->nvec; k++)
		mask_entry(fn, k, true);
	change_control(fn, PCI_MSIX_FLAGS_ENABLE, 0);
	for (unsigned k = 0; k < fn->nvec; k++) {
		if (!fn->irq[k])
			continue;
		write_message(fn, k, (struct msi_msg){0});
		if (!leave_row(fn, k))
			sim_irq_free(fn->sim, fn->irq[k]);
		fn->irq[k] = NULL;
	}
	fn->nvec = 0;
}

void sim_request_irq(struct sim_fn *fn, unsigned k, const char *name, uint64_t *event)
{
	struct sim_irq *irq = fn->irq[k];
	bool forgotten =
		sim_strikes(fn, DEFECT_ENTRY_UNPROGRAMMED) && !event && k && k + 1 == fn->nvec;

	snprintf(irq->name, sizeof(irq->name), "%s", name);
	irq->event = event;
	irq->requested = true;
	mask_entry(fn, k, forgotten);
}

void sim_release_irq(struct sim_fn *fn, unsigned k)
{
	if (!fn->irq[k])
		return;
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
		if (!fn->irq[k] || (fn->scribbled && sim_strikes(fn, DEFECT_SCRIBBLE_STAYS)))
			continue;
		write_message(fn, k, fn->irq[k]->msg);
		mask_entry(fn, k, !fn->irq[k]->requested);
	}
	change_control(fn, PCI_MSIX_FLAGS_MASKALL, 0);
}
