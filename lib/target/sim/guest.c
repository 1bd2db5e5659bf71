/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An inner guest, as QEMU gives it a function (hw/vfio/pci.c): Table Size is read when the device
 * is made and kept, and a PBA that begins outside its BAR is refused.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>

#include "model.h"

static uint32_t cfg_get32(const struct sim_fn *fn, unsigned off)
{
	return sim_cfg_get16(fn, off) | (uint32_t)sim_cfg_get16(fn, off + 2) << 16;
}

/* What vfio_msix_early_setup() makes of it. */
static void realize(struct sim_fn *fn)
{
	uint32_t pba = cfg_get32(fn, SIM_POS_MSIX + PCI_MSIX_PBA);
	uint64_t bar = fn->layout->bar[pba & PCI_MSIX_PBA_BIR].size;
	struct guest_view *view = &fn->guest->view;

	if (!sim_msix_present(fn))
		return;
	if ((pba & PCI_MSIX_PBA_OFFSET) >= bar || sim_strikes(fn, DEFECT_GUEST_PBA)) {
		view->refused = true;
		snprintf(view->why, sizeof(view->why),
			 "hardware reports invalid configuration, MSIX PBA outside of specified "
			 "BAR");
		return;
	}
	view->size = sim_strikes(fn, DEFECT_GUEST_SIZE)
			     ? fn->seen_size
			     : (sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS) &
				PCI_MSIX_FLAGS_QSIZE) +
				       1u;
}

int sim_guest_start(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);
	int err;

	if (!sim_of(t)->opt.guest)
		return -EOPNOTSUPP;
	if (!fn)
		return -ENODEV;
	if (fn->guest)
		return -EBUSY;
	err = sim_vfio_open(t, bdf);
	if (err)
		return err;
	fn->guest = sim_alloc(1, sizeof(*fn->guest));
	realize(fn);
	return 0;
}

int sim_guest_look(struct target *t, struct bdf bdf, struct guest_view *view)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	if (!sim_of(t)->opt.guest)
		return -EOPNOTSUPP;
	if (!fn || !fn->guest)
		return -EBADF;
	*view = fn->guest->view;
	return 0;
}

int sim_guest_stop(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	if (!sim_of(t)->opt.guest)
		return -EOPNOTSUPP;
	if (!fn || !fn->guest)
		return -EBADF;
	sim_guest_free(fn);
	return sim_vfio_close(t, bdf);
}

void sim_guest_free(struct sim_fn *fn)
{
	free(fn->guest);
	fn->guest = NULL;
}
