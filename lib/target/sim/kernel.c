/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel: how it saves and restores a function around a reset (Linux, drivers/pci/pci.c), and
 * its drivers: nvme, vfio-pci, and one for the PF that resizes VFs. It knows the device by config
 * space and BARs only.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

#define PF_DRIVER "vfwalk_pf"

#define REG_CC   0x14
#define REG_CSTS 0x1c
#define CC_EN    1u

/* --- save and restore around a reset --- */

void sim_save(struct sim_fn *fn, struct sim_saved *saved)
{
	*saved = (struct sim_saved){
		.command = sim_cfg_get16(fn, PCI_COMMAND),
		.devctl = sim_cfg_get16(fn, SIM_POS_EXP + PCI_EXP_DEVCTL),
	};
	if (fn->vf < 0 && fn->sim->opt.vfs) {
		saved->sriov = sim_cfg_get16(fn, SIM_POS_SRIOV + PCI_SRIOV_CTRL);
		saved->numvfs = sim_cfg_get16(fn, SIM_POS_SRIOV + PCI_SRIOV_NUM_VF);
	}
}

void sim_restore(struct sim_fn *fn, const struct sim_saved *saved)
{
	bool early = sim_has(fn->sim, DEFECT_RESTORE_EARLY);

	if (early)
		sim_restore_vectors(fn);
	sim_cfg_write(fn, SIM_POS_EXP + PCI_EXP_DEVCTL, 2, saved->devctl);
	sim_cfg_write(fn, PCI_COMMAND, 2, saved->command);
	if (!early)
		sim_restore_vectors(fn);
	if (!saved->sriov)
		return;
	sim_cfg_write(fn, SIM_POS_SRIOV + PCI_SRIOV_NUM_VF, 2, saved->numvfs);
	sim_cfg_write(fn, SIM_POS_SRIOV + PCI_SRIOV_CTRL, 2, saved->sriov);
}

/* --- drivers --- */

const char *sim_pf_driver(const struct sim *s)
{
	static const char *const resizing[] = {
		[SIM_PF_OWN] = PF_DRIVER, [SIM_PF_MLX5] = "mlx5_core", [SIM_PF_ICE] = "ice"};

	return s->opt.backend == BACKEND_SYSFS || s->opt.class != SIM_CLASS_NVME
		       ? resizing[s->opt.pf]
		       : "nvme";
}

static unsigned instance(const struct sim_fn *fn)
{
	return (unsigned)(fn->vf + 1);
}

/* CC.EN through the BAR; 0 if the controller followed. */
static int nvme_enable(struct sim_fn *fn, bool on)
{
	uint64_t csts;

	sim_mmio_write(fn, 0, REG_CC, 4, on ? CC_EN : 0);
	sim_mmio_read(fn, 0, REG_CSTS, 4, &csts);
	if ((csts & 1) == on)
		return 0;
	sim_log(fn->sim, "nvme nvme%u: Device not ready; aborting %s, CSTS=0x%llx", instance(fn),
		on ? "initialisation" : "reset", (unsigned long long)csts);
	return -ENODEV;
}

/* One I/O queue for each vector but the first, or one that shares it. */
static void nvme_queues(struct sim_fn *fn)
{
	for (unsigned q = 1; q <= fn->io_queues; q++) {
		unsigned vector = fn->nvec > 1 ? q : 0;

		if (vector && sim_strikes(fn, DEFECT_ONE_QUEUE))
			vector = 1;
		sim_nvme_create_cq(fn, q, vector);
	}
}

/* Asks for a vector for each CPU and one for the admin queue (nvme_setup_irqs()). */
static int nvme_start(struct sim_fn *fn)
{
	unsigned wanted = fn->sim->opt.cpus, limit = fn->vf < 0 ? fn->layout->max : fn->queues;
	char name[32];
	int count, err;

	sim_cfg_write(fn, PCI_COMMAND, 2, sim_cfg_get16(fn, PCI_COMMAND) | PCI_COMMAND_MASTER);
	err = nvme_enable(fn, true);
	if (err)
		return err;
	if (limit && wanted > limit - 1)
		wanted = limit - 1;
	count = sim_alloc_vectors(fn, 1, wanted + !sim_strikes(fn, DEFECT_VECTOR_LOST));
	if (count < 0) {
		nvme_enable(fn, false);
		return count;
	}
	fn->io_queues = count > 1 ? (unsigned)count - 1 : 1;
	if (sim_strikes(fn, DEFECT_QUEUE_LOST) && fn->io_queues > 1)
		fn->io_queues--;
	for (unsigned k = 0; k < (unsigned)count; k++) {
		snprintf(name, sizeof(name), "nvme%uq%u", instance(fn), k);
		sim_request_irq(fn, k, name, NULL);
	}
	nvme_queues(fn);
	sim_log(fn->sim, "nvme nvme%u: %u/0/0 default/read/poll queues", instance(fn),
		fn->io_queues);
	return 0;
}

static void stop_vectors(struct sim_fn *fn)
{
	for (unsigned k = 0; k < fn->nvec; k++)
		sim_release_irq(fn, k);
	sim_free_vectors(fn);
}

static void nvme_stop(struct sim_fn *fn)
{
	sim_mmio_write(fn, 0, REG_CC, 4, 0);
	stop_vectors(fn);
	fn->io_queues = 0;
}

int sim_nvme_revive(struct sim_fn *fn)
{
	int err;

	sim_log(fn->sim, "nvme nvme%u: controller is down; will reset: CSTS=0x%x, PCI_STATUS=0x%x",
		instance(fn), sim_nvme_csts(fn), PCI_STATUS_CAP_LIST);
	nvme_stop(fn);
	err = nvme_start(fn);
	if (err)
		sim_log(fn->sim, "nvme nvme%u: Disabling device after reset failure: %d",
			instance(fn), err);
	return err;
}

static int pf_start(struct sim_fn *pf)
{
	int count = sim_alloc_vectors(pf, 1, 1);

	if (count < 0)
		return count;
	sim_request_irq(pf, 0, sim_pf_driver(pf->sim), NULL);
	sim_pool_reload(pf->sim);
	return 0;
}

static int start(struct sim_fn *fn, const char *driver)
{
	if (!strcmp(driver, "nvme")) {
		if (fn->sim->opt.class != SIM_CLASS_NVME)
			return -ENODEV;
		sim_log(fn->sim, "nvme nvme%u: pci function %04x:%02x:%02x.%u", instance(fn),
			fn->bdf.domain, fn->bdf.bus, fn->bdf.devfn >> 3, fn->bdf.devfn & 7u);
		return nvme_start(fn);
	}
	if (!strcmp(driver, "vfio-pci"))
		return 0;
	if (!strcmp(driver, PROBE_DRIVER) && fn->sim->opt.probe)
		return 0;
	if (fn->vf < 0 && !strcmp(driver, sim_pf_driver(fn->sim)))
		return pf_start(fn);
	return -ENOENT;
}

int sim_bind_to(struct sim_fn *fn, const char *driver)
{
	int err;

	if (fn->driver[0])
		return strcmp(fn->driver, driver) ? -EBUSY : 0;
	if (!sim_answers(fn))
		return -ENODEV;
	if (!fn->seen_size)
		fn->seen_size =
			(sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS) & PCI_MSIX_FLAGS_QSIZE) +
			1u;
	fn->hwsize = 0;
	err = start(fn, driver);
	if (!err && sim_strikes(fn, DEFECT_TAINTED))
		fn->sim->taint |= SIM_TAINT_FIRMWARE;
	if (!err)
		snprintf(fn->driver, sizeof(fn->driver), "%s", driver);
	return err;
}

int sim_unbind_from(struct sim_fn *fn)
{
	if (!fn->driver[0])
		return -ENODEV;
	if (fn->vfio)
		return -EBUSY;
	if (sim_strikes(fn, DEFECT_SPURIOUS) && fn->nvec)
		sim_log(fn->sim, "irq %d: nobody cared (try booting with the \"irqpoll\" option)",
			fn->irq[0]->number);
	if (sim_strikes(fn, DEFECT_DIRECTORY_LEFT) && fn->nvec)
		sim_warn(fn->sim, "fs/proc/generic.c:717 remove_proc_entry");
	if (fn->load)
		fn->load->failed = true;
	if (!strcmp(fn->driver, "nvme"))
		nvme_stop(fn);
	else
		stop_vectors(fn);
	fn->driver[0] = '\0';
	fn->hwsize = 0;
	return 0;
}

int sim_controller_reset(struct sim_fn *fn)
{
	if (strcmp(fn->driver, "nvme"))
		return -EOPNOTSUPP;
	nvme_stop(fn);
	return nvme_start(fn);
}

int sim_reset_function(struct sim_fn *fn)
{
	bool nvme = !strcmp(fn->driver, "nvme");
	struct sim_saved saved;

	if (!(fn->cfg[SIM_POS_EXP + PCI_EXP_DEVCAP + 3] & PCI_EXP_DEVCAP_FLR >> 24) ||
	    fn->no_method)
		return -EOPNOTSUPP;
	if (nvme)
		sim_mmio_write(fn, 0, REG_CC, 4, 0);
	if (sim_strikes(fn, DEFECT_TASK_HUNG))
		sim_log(fn->sim, "INFO: task vfwalk:1 blocked for more than 120 seconds.");
	sim_save(fn, &saved);
	sim_cfg_write(fn, SIM_POS_EXP + PCI_EXP_DEVCTL, 2, saved.devctl | PCI_EXP_DEVCTL_BCR_FLR);
	sim_restore(fn, &saved);
	if (nvme && !nvme_enable(fn, true))
		nvme_queues(fn);
	return 0;
}

/* --- operations --- */

int sim_driver(struct target *t, struct bdf bdf, char name[static TARGET_NAME_LEN])
{
	const struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	name[0] = '\0';
	if (!fn)
		return -ENODEV;
	strcpy(name, fn->driver);
	return 0;
}

int sim_bind(struct target *t, struct bdf bdf, const char *driver)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	return fn ? sim_bind_to(fn, driver) : -ENODEV;
}

int sim_queues(struct target *t, struct bdf bdf)
{
	const struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	return fn && !strcmp(fn->driver, "nvme") ? (int)fn->io_queues + 1 : -EOPNOTSUPP;
}

int sim_unbind(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	return fn ? sim_unbind_from(fn) : -ENODEV;
}

int sim_set_override(struct target *t, struct bdf bdf, const char *driver)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	if (!fn)
		return -ENODEV;
	if (strlen(driver ?: "") >= sizeof(fn->override))
		return -EINVAL;
	strcpy(fn->override, driver ?: "");
	return 0;
}
