/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The probe driver: the kernel's calls for drivers, one for one. */
#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>

#include "model.h"

static struct sim_fn *probed(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	return fn && !strcmp(fn->driver, PROBE_DRIVER) ? fn : NULL;
}

/* A machine without the module. */
static bool is_loaded(struct target *t)
{
	return sim_of(t)->opt.probe;
}

int sim_alloc_request(struct target *t, struct bdf bdf, const struct alloc_request *request)
{
	struct sim_fn *fn = probed(t, bdf);

	if (!is_loaded(t))
		return -EOPNOTSUPP;
	return fn ? sim_alloc_irq_vectors(fn, request) : -EBADF;
}

/* pci_msix_alloc_irq_at() came with Linux 6.2. */
int sim_alloc_at(struct target *t, struct bdf bdf, unsigned index)
{
	struct sim_fn *fn = probed(t, bdf);

	if (!is_loaded(t) || sim_of(t)->opt.kernel < KERNEL_6_2)
		return -EOPNOTSUPP;
	if (!fn)
		return -EBADF;
	return fn->nvec ? sim_alloc_vector_at(fn, index) : -ENOTSUPP;
}

int sim_free_request(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = probed(t, bdf);

	if (!is_loaded(t))
		return -EOPNOTSUPP;
	if (!fn)
		return -EBADF;
	sim_free_vectors(fn);
	return 0;
}

int sim_vec_count(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = probed(t, bdf);
	unsigned size;

	if (!is_loaded(t))
		return -EOPNOTSUPP;
	if (!fn)
		return -EBADF;
	if (!sim_msix_present(fn))
		return -EINVAL;
	if (sim_strikes(fn, DEFECT_VECCOUNT_CACHED))
		return (int)fn->seen_size;
	size = sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS) & PCI_MSIX_FLAGS_QSIZE;
	return (int)size + !sim_strikes(fn, DEFECT_VECCOUNT_OFF);
}

/* Without MSI-X there is the INTx of vector 0, which a VF has not: 0. */
int sim_irq_vector(struct target *t, struct bdf bdf, unsigned index)
{
	struct sim_fn *fn = probed(t, bdf);

	if (!is_loaded(t))
		return -EOPNOTSUPP;
	if (!fn)
		return -EBADF;
	if (!fn->nvec && sim_strikes(fn, DEFECT_IRQ_KEPT) && index < fn->had_vectors)
		return fn->had_irq + (int)index;
	if (!fn->nvec)
		return index ? -EINVAL : 0;
	if (sim_strikes(fn, DEFECT_IRQ_OF_NEXT) && index + 1 < fn->nvec)
		index++;
	return index < fn->nvec && fn->irq[index] ? fn->irq[index]->number : -EINVAL;
}

/* --- handlers --- */

/* The interrupt of a vector that @bdf has; NULL with the reason in @err. */
static struct sim_irq *irq_of(struct target *t, struct bdf bdf, unsigned index, int *err)
{
	struct sim_fn *fn = probed(t, bdf);

	*err = !is_loaded(t) ? -EOPNOTSUPP : !fn ? -EBADF : -EINVAL;
	return is_loaded(t) && fn && index < fn->nvec ? fn->irq[index] : NULL;
}

static uint64_t sum(const struct sim_irq *irq)
{
	uint64_t count = 0;

	for (unsigned cpu = 0; cpu < irq->fn->sim->opt.cpus; cpu++)
		count += irq->count[cpu];
	return count;
}

int sim_request_vector(struct target *t, struct bdf bdf, unsigned index)
{
	int err;
	struct sim_irq *irq = irq_of(t, bdf, index, &err);

	if (!irq)
		return err == -EINVAL && sim_has(sim_of(t), DEFECT_HANDLER_BEYOND) ? 0 : err;
	if (irq->requested)
		return -EBUSY;
	if (sim_strikes(irq->fn, DEFECT_HANDLER_REFUSED) && index && index + 1 == irq->fn->nvec)
		return -EBUSY;
	sim_request_irq(irq->fn, index, PROBE_DRIVER, NULL);
	irq->from = sum(irq);
	return 0;
}

int sim_release_vector(struct target *t, struct bdf bdf, unsigned index)
{
	int err;
	struct sim_irq *irq = irq_of(t, bdf, index, &err);

	if (irq)
		sim_release_irq(irq->fn, index);
	return irq || err == -EINVAL ? 0 : err;
}

int sim_vector_count(struct target *t, struct bdf bdf, unsigned index, uint64_t *count)
{
	int err;
	struct sim_irq *irq = irq_of(t, bdf, index, &err);

	*count = irq && irq->requested ? sum(irq) - irq->from : 0;
	return irq || err == -EINVAL ? 0 : err;
}

int sim_inject(struct target *t, struct bdf bdf, unsigned index)
{
	int err;
	struct sim_irq *irq = irq_of(t, bdf, index, &err);

	if (!irq)
		return err;
	if (!irq->requested)
		return -EINVAL;
	if (sim_strikes(irq->fn, DEFECT_HANDLER_OF_NEXT) && index + 1 < irq->fn->nvec)
		irq = irq->fn->irq[index + 1];
	if (sim_strikes(irq->fn, DEFECT_HANDLER_TWICE))
		sim_irq_deliver(irq->fn->sim, irq);
	sim_irq_deliver(irq->fn->sim, irq);
	return 0;
}
