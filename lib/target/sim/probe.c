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
