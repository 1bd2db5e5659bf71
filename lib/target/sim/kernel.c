/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel: how it allocates MSI-X vectors and programs them (Linux, drivers/pci/msi/msi.c), how
 * it saves and restores a function around a reset (drivers/pci/pci.c), and its drivers: nvme,
 * vfio-pci, and one for the PF that resizes VFs. It knows the device by config space and BARs only.
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

/* --- vectors --- */

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

/* As __pci_restore_msix_state(): what was allocated comes back, whatever the size is now. */
static void restore_msix(struct sim_fn *fn)
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

void sim_restore(struct sim_fn *fn, const struct sim_saved *saved)
{
	sim_cfg_write(fn, SIM_POS_EXP + PCI_EXP_DEVCTL, 2, saved->devctl);
	sim_cfg_write(fn, PCI_COMMAND, 2, saved->command);
	restore_msix(fn);
	if (!saved->sriov)
		return;
	sim_cfg_write(fn, SIM_POS_SRIOV + PCI_SRIOV_NUM_VF, 2, saved->numvfs);
	sim_cfg_write(fn, SIM_POS_SRIOV + PCI_SRIOV_CTRL, 2, saved->sriov);
}

/* --- drivers --- */

const char *sim_pf_driver(const struct sim *s)
{
	return s->opt.backend == BACKEND_SYSFS || s->opt.class != SIM_CLASS_NVME ? PF_DRIVER
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
	count = sim_alloc_vectors(fn, 1, 1 + wanted);
	if (count < 0) {
		nvme_enable(fn, false);
		return count;
	}
	fn->io_queues = count > 1 ? (unsigned)count - 1 : 1;
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
	sim_request_irq(pf, 0, PF_DRIVER, NULL);
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
	if (!strcmp(driver, PF_DRIVER) && fn->vf < 0)
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
		fn->seen_size = (get_control(fn) & PCI_MSIX_FLAGS_QSIZE) + 1u;
	fn->hwsize = 0;
	err = start(fn, driver);
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

int sim_reset_function(struct sim_fn *fn)
{
	bool nvme = !strcmp(fn->driver, "nvme");
	struct sim_saved saved;

	if (!(fn->cfg[SIM_POS_EXP + PCI_EXP_DEVCAP + 3] & PCI_EXP_DEVCAP_FLR >> 24))
		return -EOPNOTSUPP;
	if (nvme)
		sim_mmio_write(fn, 0, REG_CC, 4, 0);
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
