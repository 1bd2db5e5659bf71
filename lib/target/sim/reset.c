/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes functions go back to their initial state: Function Level Reset (PCIe 6.0, 6.6.2), VF
 * Enable (9.2.2 and 9.3.3.3.1), and the state changes of a secondary controller.
 */
#include <errno.h>
#include <linux/pci_regs.h>

#include "model.h"

/* Time until config space answers after FLR, in us; nobody has to wait for it here. */
#define FLR_US       100
#define FLR_SLOW_US  61000000
#define FLR_LIMIT_US 1100000 /* when software gives it up */

/* PowerState in PMCSR (PCIe 6.0, 7.5.2.2). */
#define D3HOT 3

/* The size that becomes visible with the reset. */
static void latch(struct sim_fn *fn)
{
	struct sim *s = fn->sim;
	bool lost = sim_has(s, DEFECT_LATCH_LOST) && fn->assigned % 2 == 0;
	bool skip = sim_has(s, DEFECT_FLR_NO_LATCH) && fn->assigned % 2 == 0;

	if (fn->latch < 0 || skip)
		return;
	if (sim_has(s, DEFECT_LATCH_LATE) && fn->assigned % 2 == 0 && !fn->waited) {
		fn->waited = true;
		return;
	}
	fn->waited = false;
	sim_msix_set_size(fn, lost ? 1 : (unsigned)fn->latch);
	fn->latch = -1;
}

static void flr_defects(struct sim_fn *fn, bool at_work)
{
	struct sim_fn *other, *pf = fn->sim->pf;

	if (sim_strikes(fn, at_work ? DEFECT_FLR_SHRINKS_BOUND : DEFECT_FLR_SHRINKS))
		sim_msix_set_size(fn, fn->size > 1 ? fn->size - 1 : 2);
	if (sim_strikes(fn, DEFECT_FLR_SRIOV))
		sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_CTRL, 2,
			    sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_CTRL) |
				    PCI_SRIOV_CTRL_INTR);
	other = fn->vf >= 0 ? sim_vf(fn->sim, (unsigned)fn->vf ^ 1) : NULL;
	if (!other)
		return;
	if (sim_has(fn->sim, DEFECT_FLR_SIBLING_TABLE))
		sim_msix_reset(other, SIM_RESET_ONLINE);
	if (!sim_has(fn->sim, DEFECT_FLR_SIBLING))
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
static void reset_pf(struct sim_fn *pf, enum sim_reset why)
{
	struct sim *s = pf->sim;
	bool flr = why == SIM_RESET_FLR;

	sim_pool_primary(s);
	if (!s->opt.vfs || sim_has(s, flr ? DEFECT_PF_FLR_KEEPS : DEFECT_BUS_KEEPS))
		return;
	s->haunted = flr && sim_has(s, DEFECT_PF_FLR_HAUNTED) && s->enabled;
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_CTRL, 2, 0);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_NUM_VF, 2, 0);
	sim_vf_disable(s);
}

/* Power management without No_Soft_Reset: the way back from D3hot resets (PCIe 6.0, 5.3.1.4.1). */
static void leave_d3hot(struct sim_fn *fn)
{
	unsigned last = fn->size - 1;

	if (fn->sim->opt.d3_resets)
		sim_function_reset(fn, SIM_RESET_D3);
	if (sim_strikes(fn, DEFECT_D3_LOST) && !fn->sim->opt.d3_resets)
		sim_msix_reset(fn, SIM_RESET_D3);
	if (sim_strikes(fn, DEFECT_D3_UNMASKED))
		fn->table[last].ctrl = 0;
	if (sim_strikes(fn, DEFECT_D3_SHRINKS))
		sim_msix_set_size(fn, fn->size > 1 ? fn->size - 1 : 2);
}

void sim_power(struct sim_fn *fn, uint16_t was)
{
	uint16_t now = sim_cfg_get16(fn, SIM_POS_PM + PCI_PM_CTRL);

	if (was & PCI_PM_CTRL_STATE_MASK && !(now & PCI_PM_CTRL_STATE_MASK))
		leave_d3hot(fn);
}

void sim_function_reset(struct sim_fn *fn, enum sim_reset why)
{
	uint16_t flags = sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS);
	bool at_work = flags & PCI_MSIX_FLAGS_ENABLE && !(flags & PCI_MSIX_FLAGS_MASKALL);

	if (why != SIM_RESET_ONLINE)
		sim_msix_remember(fn);
	sim_nvme_reset(fn);
	sim_igb_stop(fn);
	sim_cfg_put(fn, PCI_COMMAND, 2, 0);
	sim_cfg_put(fn, SIM_POS_PM + PCI_PM_CTRL, 2,
		    sim_cfg_get16(fn, SIM_POS_PM + PCI_PM_CTRL) & ~PCI_PM_CTRL_STATE_MASK);
	sim_msix_reset(fn, why);
	switch (why) {
	case SIM_RESET_FLR:
		latch(fn);
		flr_defects(fn, at_work);
		if (fn->vf < 0)
			reset_pf(fn, why);
		break;
	case SIM_RESET_BUS:
		reset_pf(fn, why);
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
	case SIM_RESET_D3:
		break;
	}
}

void sim_vf_enable(struct sim *s, unsigned numvfs)
{
	s->haunted = false;
	sim_pool_enable(s, numvfs < s->opt.vfs ? numvfs : s->opt.vfs);
	for (unsigned i = 0; i < s->enabled; i++)
		if (s->vf[i])
			sim_function_reset(s->vf[i], SIM_RESET_VFE);
}

void sim_vf_disable(struct sim *s)
{
	sim_pool_disable(s);
	for (unsigned i = 0; i < s->opt.vfs; i++)
		if (s->vf[i]) {
			sim_nvme_reset(s->vf[i]);
			sim_igb_stop(s->vf[i]);
		}
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

/* Down to D3hot and back, by the PM capability. */
static int reset_d3(struct sim_fn *fn)
{
	unsigned pmcsr = SIM_POS_PM + PCI_PM_CTRL;
	uint16_t power = sim_cfg_get16(fn, pmcsr);

	sim_cfg_write(fn, pmcsr, 2, power | D3HOT);
	sim_cfg_write(fn, pmcsr, 2, power & ~PCI_PM_CTRL_STATE_MASK);
	return 0;
}

/* A conventional reset of everything on the bus, from the bridge above. */
static int reset_bus(struct sim_fn *fn)
{
	if (fn->vf >= 0)
		return -EOPNOTSUPP;
	sim_function_reset(fn, SIM_RESET_BUS);
	return 0;
}

static int reset_controller(struct sim_fn *fn)
{
	int err = fn->vf < 0 ? sim_controller_reset(fn) : -EOPNOTSUPP;

	if (!err && sim_has(fn->sim, DEFECT_PRIMARY_CC))
		sim_pool_primary(fn->sim);
	return err;
}

int sim_cfg_restore(struct target *t, struct bdf bdf, const struct cfg *saved)
{
	struct sim *s = sim_of(t);
	struct sim_fn *fn = sim_fn_present(s, bdf);
	unsigned sriov = SIM_POS_SRIOV + PCI_SRIOV_CTRL;

	if (!fn || fn->vf >= 0)
		return -EOPNOTSUPP;
	sim_cfg_write(fn, SIM_POS_EXP + PCI_EXP_DEVCTL, 2,
		      cfg_u16(saved, SIM_POS_EXP + PCI_EXP_DEVCTL));
	sim_cfg_write(fn, PCI_COMMAND, 2, cfg_u16(saved, PCI_COMMAND));
	if (!s->opt.vfs)
		return 0;
	sim_cfg_write(fn, sriov, 2, cfg_u16(saved, sriov) & ~PCI_SRIOV_CTRL_VFE);
	sim_cfg_write(fn, SIM_POS_SRIOV + PCI_SRIOV_NUM_VF, 2,
		      cfg_u16(saved, SIM_POS_SRIOV + PCI_SRIOV_NUM_VF));
	sim_cfg_write(fn, sriov, 2, cfg_u16(saved, sriov));
	return 0;
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
	case RESET_BUS:
		err = reset_bus(fn);
		break;
	case RESET_D3:
		err = reset_d3(fn);
		break;
	case RESET_CC:
		err = reset_controller(fn);
		break;
	}
	if (!err)
		*us = sim_strikes(fn, DEFECT_FLR_SLOW) ? FLR_SLOW_US : FLR_US;
	if (!err && method == RESET_FLR && sim_strikes(fn, DEFECT_FLR_SILENT)) {
		*us = FLR_LIMIT_US;
		return -ETIMEDOUT;
	}
	return err;
}
