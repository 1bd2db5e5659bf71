/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An inner guest, as QEMU gives it a function (hw/vfio/pci.c): Table Size is read when the device
 * is made and kept, the table that the guest sees is QEMU's own, every entry masked, and a PBA that
 * begins outside its BAR is refused, as are table and PBA that end outside.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

static uint32_t cfg_get32(const struct sim_fn *fn, unsigned off)
{
	return sim_cfg_get16(fn, off) | (uint32_t)sim_cfg_get16(fn, off + 2) << 16;
}

/* Where @where, a register of the capability, points to; does it hold @len bytes there? */
static bool is_inside(const struct sim_fn *fn, uint32_t where, size_t len)
{
	unsigned bir = where & PCI_MSIX_TABLE_BIR;
	uint64_t off = where & PCI_MSIX_TABLE_OFFSET;

	return bir < PCI_BARS && off + len <= fn->layout->bar[bir].size;
}

/* What vfio_msix_early_setup() takes for the number of entries. */
static unsigned read_size(struct sim_fn *fn)
{
	unsigned last = fn->guest_size;

	fn->guest_size =
		(sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS) & PCI_MSIX_FLAGS_QSIZE) + 1u;
	if (sim_strikes(fn, DEFECT_GUEST_SIZE))
		return fn->seen_size;
	return last && sim_strikes(fn, DEFECT_GUEST_SIZE_STALE) ? last : fn->guest_size;
}

/* What msix_init() makes of it. */
static void make_table(struct sim_fn *fn, struct guest_view *view)
{
	unsigned told = view->size < INNER_ENTRIES ? view->size : INNER_ENTRIES;
	struct msix_entry entry = {.ctrl = MSIX_ENTRY_MASKED};

	memcpy(view->msix, fn->cfg + SIM_POS_MSIX, MSIX_CAP_LEN);
	view->msix[PCI_MSIX_FLAGS] = (uint8_t)(view->size - 1);
	view->msix[PCI_MSIX_FLAGS + 1] = (uint8_t)((view->size - 1) >> 8);
	if (sim_strikes(fn, DEFECT_GUEST_UNMASKED))
		entry.ctrl = 0;
	view->table_len = (size_t)told * MSIX_ENTRY_SIZE;
	for (size_t at = 0; at < view->table_len; at += MSIX_ENTRY_SIZE)
		msix_entry_encode(&entry, view->table + at);
	if (sim_strikes(fn, DEFECT_GUEST_TABLE))
		memset(view->table + view->table_len - MSIX_ENTRY_SIZE, 0xff, MSIX_ENTRY_SIZE);
	view->pba_len = msix_pba_bytes(view->size);
	if (sim_strikes(fn, DEFECT_GUEST_PENDING))
		view->pba[0] = 1;
}

static void refuse(struct guest_view *view, const char *why)
{
	view->refused = true;
	snprintf(view->why, sizeof(view->why), "%s", why);
}

static void realize(struct sim_fn *fn)
{
	uint32_t table = cfg_get32(fn, SIM_POS_MSIX + PCI_MSIX_TABLE);
	uint32_t pba = cfg_get32(fn, SIM_POS_MSIX + PCI_MSIX_PBA);
	struct guest_view *view = &fn->guest->view;

	*view = (struct guest_view){0};
	view->vendor = sim_cfg_get16(fn->sim->pf, PCI_VENDOR_ID);
	view->device = sim_cfg_get16(fn->sim->pf, SIM_POS_SRIOV + PCI_SRIOV_VF_DID);
	for (unsigned n = 0; n < PCI_BARS; n++)
		view->bar[n] = fn->layout->bar[n].size;
	if (!sim_msix_present(fn))
		return;
	if (!is_inside(fn, pba, 1) || sim_strikes(fn, DEFECT_GUEST_PBA)) {
		refuse(view, "hardware reports invalid configuration, MSIX PBA outside of "
			     "specified BAR");
		return;
	}
	view->size = read_size(fn);
	if (!is_inside(fn, table, (size_t)view->size * MSIX_ENTRY_SIZE) ||
	    !is_inside(fn, pba, msix_pba_bytes(view->size)))
		refuse(view, "table & pba overlap, or they don't fit in BARs, or don't align");
	else
		make_table(fn, view);
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
	if (sim_strikes(fn, DEFECT_GUEST_HANGS) || sim_strikes(fn, DEFECT_GUEST_CRASHES)) {
		sim_vfio_close(t, bdf);
		return sim_strikes(fn, DEFECT_GUEST_HANGS) ? -ETIMEDOUT : -EPROTO;
	}
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
	if (sim_strikes(fn, DEFECT_GUEST_SIZE_MOVES))
		realize(fn);
	*view = fn->guest->view;
	return sim_strikes(fn, DEFECT_GUEST_SILENT) ? -ETIMEDOUT : 0;
}

/* Whatever SET_IRQS says of it, the guest is told nothing. */
int sim_guest_vectors(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);
	unsigned count;

	if (!sim_of(t)->opt.guest)
		return -EOPNOTSUPP;
	if (!fn || !fn->guest || fn->guest->view.refused)
		return -EBADF;
	count = fn->guest->view.size;
	if (count && sim_strikes(fn, DEFECT_GUEST_VECTORS))
		count--;
	if (count)
		sim_vfio_irqs(t, bdf, 0, count);
	return 0;
}

int sim_guest_stop(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);
	int err;

	if (!sim_of(t)->opt.guest)
		return -EOPNOTSUPP;
	if (!fn || !fn->guest)
		return -EBADF;
	sim_guest_free(fn);
	err = sim_vfio_close(t, bdf);
	return !err && sim_strikes(fn, DEFECT_GUEST_STAYS) ? -ETIMEDOUT : err;
}

void sim_guest_free(struct sim_fn *fn)
{
	free(fn->guest);
	fn->guest = NULL;
}
