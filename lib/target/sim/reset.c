/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes functions go back to their initial state: Function Level Reset (PCIe 6.0, 6.6.2), VF
 * Enable (9.2.2 and 9.3.3.3.1), and the state changes of a secondary controller.
 */
#include <errno.h>
#include <linux/pci_regs.h>

#include "model.h"

/* Time until config space answers after FLR, in us; nobody has to wait for it here. */
#define FLR_US      100
#define FLR_SLOW_US 61000000

/* The size that becomes visible with the reset. */
static void latch(struct sim_fn *fn)
{
	bool skip = sim_has(fn->sim, DEFECT_FLR_NO_LATCH) && fn->assigned % 2 == 0;

	if (fn->latch < 0 || skip)
		return;
	sim_msix_set_size(fn, (unsigned)fn->latch);
	fn->latch = -1;
}

static void flr_defects(struct sim_fn *fn, bool at_work)
{
	struct sim_fn *other;

	if (sim_strikes(fn, at_work ? DEFECT_FLR_SHRINKS_BOUND : DEFECT_FLR_SHRINKS))
		sim_msix_set_size(fn, fn->size > 1 ? fn->size - 1 : 2);
	if (!sim_strikes(fn, DEFECT_FLR_SIBLING))
		return;
	other = sim_vf(fn->sim, (unsigned)fn->vf ^ 1);
	if (!other)
		return;
	sim_msix_reset(other, SIM_RESET_FLR);
	sim_cfg_put(other, SIM_POS_MSIX + PCI_MSIX_FLAGS, 2,
		    sim_cfg_get16(other, SIM_POS_MSIX + PCI_MSIX_FLAGS) | PCI_MSIX_FLAGS_MASKALL);
}

/* The size of a controller that has gone online. */
static void online_size(struct sim_fn *fn)
{
	bool less = sim_has(fn->sim, DEFECT_ONLINE_LESS) && fn->vectors > 1;

	if (fn->sim->opt.model != SIM_M_VFE)
		sim_msix_set_size(fn, fn->vectors - less);
}

/* A PF takes its VFs with it (PCIe 6.0, 9.2.2.3). */
static void flr_pf(struct sim_fn *pf)
{
	if (!pf->sim->opt.vfs)
		return;
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_CTRL, 2, 0);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_NUM_VF, 2, 0);
	sim_vf_disable(pf->sim);
}

void sim_function_reset(struct sim_fn *fn, enum sim_reset why)
{
	uint16_t flags = sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS);
	bool at_work = flags & PCI_MSIX_FLAGS_ENABLE && !(flags & PCI_MSIX_FLAGS_MASKALL);

	if (why != SIM_RESET_ONLINE)
		sim_msix_remember(fn);
	sim_nvme_reset(fn);
	sim_cfg_put(fn, PCI_COMMAND, 2, 0);
	sim_msix_reset(fn, why);
	switch (why) {
	case SIM_RESET_FLR:
		latch(fn);
		flr_defects(fn, at_work);
		if (fn->vf < 0)
			flr_pf(fn);
		break;
	case SIM_RESET_VFE:
		fn->latch = -1;
		sim_msix_set_size(fn, fn->vectors ? fn->vectors : 1);
		sim_msix_born(fn);
		break;
	case SIM_RESET_ONLINE:
		online_size(fn);
		break;
	case SIM_RESET_OFFLINE:
		break;
	}
}

void sim_vf_enable(struct sim *s, unsigned numvfs)
{
	sim_pool_enable(s, numvfs < s->opt.vfs ? numvfs : s->opt.vfs);
	for (unsigned i = 0; i < s->enabled; i++)
		if (s->vf[i])
			sim_function_reset(s->vf[i], SIM_RESET_VFE);
}

void sim_vf_disable(struct sim *s)
{
	sim_pool_disable(s);
	for (unsigned i = 0; i < s->opt.vfs; i++)
		if (s->vf[i])
			sim_nvme_reset(s->vf[i]);
}

/* --- the operation --- */

static int reset_flr(struct sim_fn *fn)
{
	if (!(fn->cfg[SIM_POS_EXP + PCI_EXP_DEVCAP + 3] & PCI_EXP_DEVCAP_FLR >> 24))
		return -EOPNOTSUPP;
	sim_cfg_write(fn, SIM_POS_EXP + PCI_EXP_DEVCTL, 2,
		      sim_cfg_get16(fn, SIM_POS_EXP + PCI_EXP_DEVCTL) | PCI_EXP_DEVCTL_BCR_FLR);
	return 0;
}

static int reset_vfio(struct sim_fn *fn)
{
	int err = fn->vfio ? sim_reset_function(fn) : -EBADF;

	if (!err && sim_has(fn->sim, DEFECT_VFIO_RESET_SHRINKS))
		sim_msix_set_size(fn, fn->size > 1 ? fn->size - 1 : 2);
	return err;
}

static int reset_vfe(struct target *t)
{
	unsigned count = sim_of(t)->numvfs;
	int err = count ? sim_set_numvfs(t, 0) : -ENODEV;

	return err ? err : sim_set_numvfs(t, count);
}

int sim_reset(struct target *t, struct bdf bdf, enum reset_method method, uint64_t *us)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);
	int err = -EINVAL;

	*us = 0;
	if (!fn)
		return -ENODEV;
	switch (method) {
	case RESET_FLR:
		err = reset_flr(fn);
		break;
	case RESET_SYSFS:
		err = sim_reset_function(fn);
		break;
	case RESET_VFIO:
		err = reset_vfio(fn);
		break;
	case RESET_VFE:
		err = reset_vfe(t);
		break;
	}
	if (!err)
		*us = sim_strikes(fn, DEFECT_FLR_SLOW) ? FLR_SLOW_US : FLR_US;
	return err;
}
