/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sim target: opening and closing the model, its functions, and the table of operations.
 *
 * Everything hangs off one struct sim; nothing is global, so a forked child has its own device.
 * VFs are made when they are first looked at: thousands of them cost nothing.
 */
#include <err.h>
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/sim.h>

#include "model.h"

void *sim_alloc(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);

	if (!memory)
		err(2, "sim");
	return memory;
}

/* --- functions --- */

/* PCIe 6.0, 9.2.1.2: what one says of the other is in options.c. */
static struct bdf address(const struct sim *s, int vf)
{
	struct bdf bdf = s->opt.address;
	unsigned id = bdf_requester_id(bdf);

	if (vf >= 0)
		id += s->opt.offset + (unsigned)vf * s->opt.stride;
	bdf.bus = (uint8_t)(id >> 8);
	bdf.devfn = (uint8_t)id;
	return bdf;
}

static struct sim_fn *make(struct sim *s, int vf)
{
	struct sim_fn *fn = sim_alloc(1, sizeof(*fn));

	fn->sim = s;
	fn->vf = vf;
	fn->bdf = address(s, vf);
	fn->layout = &s->layout[vf >= 0];
	fn->latch = -1;
	fn->stale_irq = -1;
	if (vf < 0) {
		fn->online = true;
		fn->size = fn->layout->max;
	} else {
		sim_pool_share(fn, false);
		fn->size = fn->vectors ? fn->vectors : 1;
	}
	fn->last_size = fn->size;
	sim_cfg_init(fn);
	sim_msix_init(fn);
	if (vf >= 0)
		sim_msix_born(fn);
	return fn;
}

static void destroy(struct sim_fn *fn)
{
	if (!fn)
		return;
	sim_load_free(fn);
	sim_guest_free(fn);
	sim_vfio_free(fn);
	sim_msix_free(fn);
	free(fn->irq);
	free(fn->cq);
	free(fn->made);
	free(fn);
}

struct sim_fn *sim_vf(struct sim *s, unsigned index)
{
	if (index >= s->opt.vfs)
		return NULL;
	if (!s->vf[index])
		s->vf[index] = make(s, (int)index);
	return s->vf[index];
}

struct sim_fn *sim_fn(struct sim *s, struct bdf bdf)
{
	unsigned id = bdf_requester_id(bdf);
	unsigned first = bdf_requester_id(s->opt.address) + s->opt.offset;

	if (bdf_equal(bdf, s->opt.address))
		return s->pf;
	if (bdf.domain != s->opt.address.domain || id < first || (id - first) % s->opt.stride)
		return NULL;
	return sim_vf(s, (id - first) / s->opt.stride);
}

struct sim_fn *sim_fn_present(struct sim *s, struct bdf bdf)
{
	struct sim_fn *fn = sim_fn(s, bdf);

	return fn && fn->vf < (int)s->numvfs ? fn : NULL;
}

static struct bdf op_pf(struct target *t)
{
	return sim_of(t)->opt.address;
}

static int op_vf(struct target *t, unsigned index, struct bdf *vf)
{
	struct sim *s = sim_of(t);

	if (index >= s->numvfs)
		return -ENODEV;
	*vf = sim_vf(s, index)->bdf;
	return 0;
}

static int op_numvfs(struct target *t)
{
	return (int)sim_of(t)->numvfs;
}

static int op_autoprobe(struct target *t)
{
	return sim_of(t)->autoprobe;
}

static int op_state(struct target *t, struct bdf bdf, struct target_state *state)
{
	const struct sim *s = sim_of(t);
	const struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	if (!fn)
		return -ENODEV;
	*state = (struct target_state){
		.numvfs = s->numvfs,
		.autoprobe = s->autoprobe,
		.size = -1,
		.queues = -1,
		.flexible = -1,
		.online = fn->online,
	};
	strcpy(state->driver, fn->driver);
	strcpy(state->override, fn->override);
	if (fn->vf >= 0 && s->opt.backend != BACKEND_NONE)
		state->size = (int)fn->vectors;
	if (fn->vf >= 0 && s->opt.backend == BACKEND_NVME)
		state->queues = (int)fn->queues;
	if (fn->vf < 0 && s->opt.backend == BACKEND_NVME)
		state->flexible = (int)s->flexible;
	return 0;
}

static int op_in_use(struct target *t, struct bdf fn, char *why, size_t size)
{
	(void)t;
	(void)fn;
	(void)why;
	(void)size;
	return 0;
}

/* --- PCI --- */

static ssize_t op_cfg_read(struct target *t, struct bdf bdf, unsigned off, void *buf, size_t len)
{
	struct sim_fn *fn = sim_fn(sim_of(t), bdf);

	if (!fn)
		return -ENODEV;
	if (off >= CFG_SPACE_EXP_SIZE)
		return 0;
	if (len > CFG_SPACE_EXP_SIZE - off)
		len = CFG_SPACE_EXP_SIZE - off;
	sim_cfg_read(fn, off, buf, len);
	sim_answers_control(fn, off, buf, len);
	return (ssize_t)len;
}

static int op_cfg_write(struct target *t, struct bdf bdf, unsigned off, unsigned width,
			uint32_t value)
{
	struct sim_fn *fn = sim_fn(sim_of(t), bdf);

	if (!fn)
		return -ENODEV;
	if ((width != 1 && width != 2 && width != 4) || off % width || off >= CFG_SPACE_EXP_SIZE)
		return -EINVAL;
	sim_cfg_write(fn, off, width, value);
	return 0;
}

static int op_bars(struct target *t, struct bdf bdf, struct bar bar[static PCI_BARS])
{
	const struct sim_fn *fn = sim_fn(sim_of(t), bdf);

	if (!fn)
		return -ENODEV;
	memcpy(bar, fn->layout->bar, PCI_BARS * sizeof(*bar));
	return 0;
}

static int op_mmio_read(struct target *t, struct bdf bdf, unsigned bar, uint64_t off,
			unsigned width, uint64_t *value)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	return fn ? sim_mmio_read(fn, bar, off, width, value) : -ENODEV;
}

static int op_mmio_write(struct target *t, struct bdf bdf, unsigned bar, uint64_t off,
			 unsigned width, uint64_t value)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	return fn ? sim_mmio_write(fn, bar, off, width, value) : -ENODEV;
}

/* --- the machine --- */

static int op_machine(struct target *t, struct target_machine *machine)
{
	static const char *const kinds[] = {[SIM_IOMMU_NONE] = "none",
					    [SIM_IOMMU_INTEL] = "intel",
					    [SIM_IOMMU_AMD] = "amd",
					    [SIM_IOMMU_SMMU] = "smmu"};
	const struct sim *s = sim_of(t);

	*machine = (struct target_machine){
		.cpus = s->opt.cpus,
		.possible_cpus = s->opt.cpus,
		.page_size = s->opt.page,
		.remapping = sim_remaps(s),
		.translation = s->opt.iommu && s->opt.translation,
	};
	snprintf(machine->kernel, sizeof(machine->kernel), "%u.%u.0-sim", s->opt.kernel >> 8,
		 s->opt.kernel & 0xff);
	strcpy(machine->arch, s->opt.iommu == SIM_IOMMU_SMMU ? "aarch64" : "x86_64");
	strcpy(machine->accel, "sim");
	strcpy(machine->iommu, kinds[s->opt.iommu]);
	if (s->opt.iommu)
		snprintf(machine->cmdline, sizeof(machine->cmdline), "%s%s",
			 s->opt.iommu == SIM_IOMMU_INTEL ? "intel_iommu=on" : "",
			 s->opt.translation ? "" : " iommu=pt");
	return 0;
}

/* What a boot leaves: the PF bound, every VF enabled and without a driver. */
static int boot(struct sim *s)
{
	int err;

	s->pf = make(s, -1);
	if (s->opt.iommu == SIM_IOMMU_INTEL && s->opt.remap)
		sim_log(s, "DMAR-IR: Enabled IRQ remapping in x2apic mode");
	if (s->opt.iommu == SIM_IOMMU_AMD && s->opt.remap)
		sim_log(s, "AMD-Vi: Interrupt remapping enabled");
	err = sim_bind_to(s->pf, sim_pf_driver(s));
	return err || !s->opt.numvfs ? err : sim_enable_vfs(s, s->opt.numvfs);
}

static int check_pf(const struct target_options *options, struct bdf pf)
{
	struct bdf bdf;
	char text[BDF_LEN];

	if (!options->pf || (!bdf_parse(options->pf, &bdf) && bdf_equal(bdf, pf)))
		return 0;
	warnx("%s: the sim target has one PF, %s", options->pf, bdf_format(pf, text));
	return -ENODEV;
}

static void op_close(struct target *t)
{
	struct sim *s = sim_of(t);

	if (!s)
		return;
	destroy(s->pf);
	for (unsigned i = 0; i < s->opt.vfs; i++)
		destroy(s->vf[i]);
	for (int i = 0; i < SIM_ROW_COUNT; i++)
		free(s->row[i]);
	sim_irqs_free(s);
	sim_klog_free(s);
	free(s->irte);
	free(s->stale);
	free(s->account);
	free(s->vf);
	free(s);
	t->priv = NULL;
}

static int op_open(struct target *t, const struct target_options *options)
{
	struct sim *s = sim_alloc(1, sizeof(*s));
	int err = sim_options_parse(&s->opt, options->sim);

	if (!err)
		err = check_pf(options, s->opt.address);
	if (err) {
		free(s);
		return err;
	}
	t->priv = s;
	s->vf = sim_alloc(s->opt.vfs, sizeof(struct sim_fn *));
	for (int i = 0; i < SIM_ROW_COUNT; i++)
		s->row[i] = sim_alloc(s->opt.cpus, sizeof(uint64_t));
	s->default_size = s->opt.size;
	if (s->opt.vfs && s->default_size > s->opt.pool / s->opt.vfs)
		s->default_size = s->opt.pool / s->opt.vfs;
	s->queues_total = s->opt.queues;
	s->taint = s->opt.probe ? SIM_TAINT_OWN : 0;
	/* Only where nothing is remapped there is something to refuse. */
	if (sim_has(s, DEFECT_VFIO_ATTACHED))
		s->opt.remap = false;
	err = sim_layout_init(s);
	if (!err)
		err = boot(s);
	if (err)
		op_close(t);
	return err;
}

const struct target_ops target_sim_ops = {
	.name = "sim",
	.open = op_open,
	.close = op_close,
	.machine = op_machine,

	.pf = op_pf,
	.vf = op_vf,
	.numvfs = op_numvfs,
	.set_numvfs = sim_set_numvfs,
	.autoprobe = op_autoprobe,
	.set_autoprobe = sim_set_autoprobe,
	.state = op_state,
	.in_use = op_in_use,

	.cfg_read = op_cfg_read,
	.cfg_write = op_cfg_write,
	.bars = op_bars,
	.mmio_read = op_mmio_read,
	.mmio_write = op_mmio_write,
	.reset = sim_reset,
	.cfg_restore = sim_cfg_restore,

	.driver = sim_driver,
	.bind = sim_bind,
	.queues = sim_queues,
	.unbind = sim_unbind,
	.set_override = sim_set_override,
	.iommu_group = sim_iommu_group,
	.unsafe_interrupts = sim_unsafe_interrupts,
	.attr_mode = sim_attr_mode,
	.attr_read = sim_attr_read,
	.attr_write = sim_attr_write,
	.race = sim_race,
	.msi_irqs = sim_msi_irqs,
	.interrupts = sim_interrupts,

	.resize_caps = sim_resize_caps,
	.resize = sim_resize,
	.size = sim_size,
	.pool_free = sim_pool_free,

	.nvme_primary = sim_nvme_primary,
	.nvme_secondary = sim_nvme_secondary,
	.nvme_virt_mgmt = sim_nvme_virt_mgmt,

	.vfio_open = sim_vfio_open,
	.vfio_close = sim_vfio_close,
	.vfio_info = sim_vfio_info,
	.vfio_irqs = sim_vfio_irqs,
	.vfio_read = sim_vfio_read,
	.vfio_write = sim_vfio_write,
	.vfio_map_read = sim_vfio_map_read,
	.vfio_events = sim_vfio_events,

	.alloc = sim_alloc_request,
	.alloc_at = sim_alloc_at,
	.free_vectors = sim_free_request,
	.vec_count = sim_vec_count,
	.irq_vector = sim_irq_vector,
	.request_vector = sim_request_vector,
	.release_vector = sim_release_vector,
	.vector_count = sim_vector_count,
	.inject = sim_inject,
	.guest_start = sim_guest_start,
	.guest_look = sim_guest_look,
	.guest_vectors = sim_guest_vectors,
	.guest_stop = sim_guest_stop,

	.engine = sim_engine,
	.engine_start = sim_engine_start,
	.engine_stop = sim_engine_stop,
	.engine_leave = sim_engine_leave,
	.engine_queue = sim_engine_queue,
	.engine_fire = sim_engine_fire,
	.engine_cc_enable = sim_engine_cc_enable,
	.engine_csts = sim_engine_csts,
	.canary = sim_canary,
	.canary_written = sim_canary_written,

	.klog = sim_klog,
	.taint = sim_taint,
	.fault_status = sim_fault_status,
	.witness = sim_witness,
	.account = sim_account,

	.load_start = sim_load_start,
	.load_stop = sim_load_stop,
};
