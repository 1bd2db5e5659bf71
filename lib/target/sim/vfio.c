/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VFIO device of a function that is bound to vfio-pci, as Linux makes it: IRQ counts that are
 * read live, MSI-X writes to config space that go nowhere, a window over the table that read(2)
 * and write(2) cannot pass, and SET_IRQS (drivers/vfio/pci/).
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

static struct sim_fn *opened(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);

	return fn && fn->vfio ? fn : NULL;
}

static unsigned live_size(const struct sim_fn *fn)
{
	if (!sim_msix_present(fn))
		return 0;
	return (sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS) & PCI_MSIX_FLAGS_QSIZE) + 1u;
}

static unsigned irq_count(const struct sim_fn *fn)
{
	if (sim_strikes(fn, DEFECT_COUNT_LEFT))
		return fn->vfio->size;
	return sim_strikes(fn, DEFECT_COUNT_SNAPSHOT) ? fn->seen_size : live_size(fn);
}

/* --- open and close --- */

static void disable_irqs(struct sim_fn *fn)
{
	for (unsigned k = 0; k < fn->nvec; k++)
		sim_release_irq(fn, k);
	sim_free_vectors(fn);
	fn->vfio->enabled = false;
}

static void clear_master(struct sim_fn *fn)
{
	sim_cfg_write(fn, PCI_COMMAND, 2,
		      sim_cfg_get16(fn, PCI_COMMAND) & ~(unsigned)PCI_COMMAND_MASTER);
}

static int can_open(const struct sim_fn *fn)
{
	const struct sim *s = fn->sim;

	if (strcmp(fn->driver, "vfio-pci"))
		return -ENODEV;
	if (fn->vfio)
		return -EBUSY;
	if (!s->opt.iommu)
		return -ENOENT; /* no group */
	/* Without isolated interrupts a group is not attached, unless that was allowed. */
	return sim_remaps(s) || s->opt.unsafe || sim_strikes(fn, DEFECT_VFIO_ATTACHED) ? 0 : -EPERM;
}

int sim_vfio_open(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);
	uint32_t where;
	int err;

	if (!fn)
		return -ENODEV;
	err = can_open(fn);
	if (err)
		return err;
	sim_reset_function(fn);
	clear_master(fn);
	fn->vfio = sim_alloc(1, sizeof(*fn->vfio));
	where = sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_TABLE) |
		(uint32_t)sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_TABLE + 2) << 16;
	fn->vfio->table_bir = where & PCI_MSIX_TABLE_BIR;
	fn->vfio->table_off = where & PCI_MSIX_TABLE_OFFSET;
	fn->vfio->size = live_size(fn);
	fn->vfio->event = sim_alloc(MSIX_MAX_SIZE, sizeof(uint64_t));
	return 0;
}

void sim_vfio_free(struct sim_fn *fn)
{
	if (!fn->vfio)
		return;
	free(fn->vfio->event);
	free(fn->vfio);
	fn->vfio = NULL;
}

int sim_vfio_close(struct target *t, struct bdf bdf)
{
	struct sim_fn *fn = opened(t, bdf);

	if (!fn)
		return -EBADF;
	if (fn->engine)
		sim_engine_stop(t, bdf);
	disable_irqs(fn);
	sim_vfio_free(fn);
	clear_master(fn);
	sim_reset_function(fn);
	return 0;
}

/* --- GET_INFO, GET_REGION_INFO, GET_IRQ_INFO --- */

static void describe_bar(const struct sim_fn *fn, unsigned bar, struct vfio_region *region)
{
	bool table = sim_msix_present(fn) && bar == fn->vfio->table_bir;

	*region = (struct vfio_region){
		.index = bar,
		.size = fn->layout->bar[bar].size,
		.flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE |
			 VFIO_REGION_INFO_FLAG_MMAP,
	};
	if (!table || sim_strikes(fn, DEFECT_NOT_MAPPABLE))
		return;
	region->flags |= VFIO_REGION_INFO_FLAG_CAPS;
	region->msix_mappable = true;
}

int sim_vfio_info(struct target *t, struct bdf bdf, struct vfio_info *info)
{
	const struct sim_fn *fn = opened(t, bdf);

	if (!fn)
		return -EBADF;
	*info = (struct vfio_info){
		.intx = sim_strikes(fn, DEFECT_INTX_COUNTED),
		.msix = irq_count(fn),
		.msix_flags = VFIO_IRQ_INFO_EVENTFD,
		.reset = fn->cfg[SIM_POS_EXP + PCI_EXP_DEVCAP + 3] & PCI_EXP_DEVCAP_FLR >> 24,
	};
	if (fn->sim->opt.kernel < KERNEL_6_5 && !sim_strikes(fn, DEFECT_RESIZE_FLAG))
		info->msix_flags |= VFIO_IRQ_INFO_NORESIZE;
	for (unsigned bar = 0; bar < PCI_BARS; bar++)
		if (fn->layout->bar[bar].size)
			describe_bar(fn, bar, &info->region[info->nregion++]);
	info->region[info->nregion++] = (struct vfio_region){
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
		.size = CFG_SPACE_EXP_SIZE,
		.flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE,
	};
	return 0;
}

/* --- SET_IRQS --- */

static void request(struct sim_fn *fn, unsigned start, unsigned count)
{
	char name[64];

	for (unsigned k = start; k < start + count; k++) {
		snprintf(name, sizeof(name), "vfio-msix[%u](%04x:%02x:%02x.%u)", k, fn->bdf.domain,
			 fn->bdf.bus, fn->bdf.devfn >> 3, fn->bdf.devfn & 7u);
		sim_request_irq(fn, k, name, &fn->vfio->event[k]);
	}
	if (fn->vfio->nevent < start + count)
		fn->vfio->nevent = start + count;
}

static int append(struct sim_fn *fn, unsigned k)
{
	int irq = sim_alloc_vector_at(fn, k);

	return irq < 0 ? irq : 0;
}

/* MSI-X is on already: vectors of those there are, or further ones where the kernel can. */
static int set_block(struct sim_fn *fn, unsigned start, unsigned count)
{
	bool dynamic = fn->sim->opt.kernel >= KERNEL_6_5 && !sim_strikes(fn, DEFECT_DYN_REFUSED);
	int err = 0;

	if (start + count > fn->nvec && !dynamic)
		return -EINVAL;
	for (unsigned k = fn->nvec; k < start + count && !err; k++)
		err = append(fn, k);
	if (!err)
		request(fn, start, count);
	return err;
}

/* All of them, or none and the number there could be (vfio_msi_enable()). */
static int enable(struct sim_fn *fn, unsigned start, unsigned count)
{
	unsigned most = sim_strikes(fn, DEFECT_REOPEN_STALE) ? fn->seen_size : MSIX_MAX_SIZE;
	unsigned wanted = start + count;
	int have = sim_alloc_vectors(fn, 1, wanted < most ? wanted : most);

	if (have < 0)
		return have;
	if ((unsigned)have < wanted && !sim_strikes(fn, DEFECT_PARTIAL_TAKEN)) {
		sim_free_vectors(fn);
		return have;
	}
	fn->vfio->enabled = true;
	if ((unsigned)have >= wanted) {
		request(fn, start, count);
		return 0;
	}
	request(fn, 0, (unsigned)have);
	return have;
}

int sim_vfio_irqs(struct target *t, struct bdf bdf, unsigned start, unsigned count)
{
	struct sim_fn *fn = opened(t, bdf);
	bool in_range;

	if (!fn)
		return -EBADF;
	in_range = count < UINT32_MAX - start && start < irq_count(fn) &&
		   start + count <= irq_count(fn);
	if (!in_range)
		return sim_strikes(fn, DEFECT_RANGE_OPEN) ? 0 : -EINVAL;
	if (!count) {
		disable_irqs(fn);
		fn->vfio->nevent = 0;
		return 0;
	}
	return fn->vfio->enabled ? set_block(fn, start, count) : enable(fn, start, count);
}

int sim_vfio_events(struct target *t, struct bdf bdf, uint64_t *count, size_t max)
{
	struct sim_fn *fn = opened(t, bdf);
	size_t n;

	if (!fn)
		return -EBADF;
	sim_msix_storm(fn);
	n = fn->vfio->nevent < max ? fn->vfio->nevent : max;
	memcpy(count, fn->vfio->event, n * sizeof(*count));
	memset(fn->vfio->event, 0, n * sizeof(*count));
	return (int)n;
}

/* --- config space --- */

static ssize_t config_read(struct sim_fn *fn, uint64_t off, uint8_t *buf, size_t len)
{
	struct sim_fn view = {0};

	if (off >= CFG_SPACE_EXP_SIZE)
		return -EFAULT;
	if (len > CFG_SPACE_EXP_SIZE - off)
		len = CFG_SPACE_EXP_SIZE - (size_t)off;
	sim_cfg_read(fn, 0, view.cfg, CFG_SPACE_EXP_SIZE);
	if (sim_answers(fn) && fn->vf >= 0) {
		/* What a VF does not have, its user is shown all the same. */
		memcpy(view.cfg, fn->sim->pf->cfg + PCI_VENDOR_ID, 2);
		memcpy(view.cfg + PCI_DEVICE_ID,
		       fn->sim->pf->cfg + SIM_POS_SRIOV + PCI_SRIOV_VF_DID, 2);
		view.cfg[PCI_INTERRUPT_PIN] = 0;
	}
	if (fn->vfio->control_set)
		sim_cfg_put(&view, SIM_POS_MSIX + PCI_MSIX_FLAGS, 2, fn->vfio->control);
	memcpy(buf, view.cfg + off, len);
	return (ssize_t)len;
}

/* Of what this program writes, Bus Master Enable and Initiate FLR get through. */
static ssize_t config_write(struct sim_fn *fn, uint64_t off, const uint8_t *buf, size_t len)
{
	uint16_t word = 0;

	if (off >= CFG_SPACE_EXP_SIZE)
		return -EFAULT;
	if (len > CFG_SPACE_EXP_SIZE - off)
		len = CFG_SPACE_EXP_SIZE - (size_t)off;
	memcpy(&word, buf, len < 2 ? len : 2);
	if (off == PCI_COMMAND)
		sim_cfg_write(fn, PCI_COMMAND, 2, word);
	if (off == SIM_POS_EXP + PCI_EXP_DEVCTL && word & PCI_EXP_DEVCTL_BCR_FLR)
		sim_reset_function(fn);
	if (off == SIM_POS_MSIX + PCI_MSIX_FLAGS && sim_strikes(fn, DEFECT_CONTROL_SHADOW)) {
		fn->vfio->control = word;
		fn->vfio->control_set = true;
	}
	return (ssize_t)len;
}

/* --- BARs --- */

/* Is @off in the window over the table? */
static bool in_window(const struct sim_fn *fn, unsigned region, uint64_t off)
{
	const struct sim_vfio *v = fn->vfio;
	unsigned size = sim_strikes(fn, DEFECT_WINDOW_LEFT) ? v->size : live_size(fn);

	if (region != v->table_bir || !sim_msix_present(fn) || sim_strikes(fn, DEFECT_HOLE_OPEN))
		return false;
	return off >= v->table_off && off < v->table_off + (uint64_t)MSIX_ENTRY_SIZE * size;
}

static ssize_t clip(const struct sim_fn *fn, unsigned region, uint64_t off, size_t len)
{
	uint64_t end;

	if (region >= PCI_BARS || !fn->layout->bar[region].size)
		return -EINVAL;
	end = fn->layout->bar[region].size;
	if (off >= end)
		return -EINVAL;
	return (ssize_t)(len < end - off ? len : end - off);
}

/* The widest access that fits, as do_io_rw() makes it. */
static unsigned step(uint64_t off, size_t len)
{
	if (off % 4 == 0 && len >= 4)
		return 4;
	return off % 2 == 0 && len >= 2 ? 2 : 1;
}

ssize_t sim_vfio_read(struct target *t, struct bdf bdf, unsigned region, uint64_t off, void *buf,
		      size_t len)
{
	struct sim_fn *fn = opened(t, bdf);
	uint8_t *byte = buf;
	ssize_t count;

	if (!fn)
		return -EBADF;
	if (region == VFIO_PCI_CONFIG_REGION_INDEX)
		return config_read(fn, off, buf, len);
	count = clip(fn, region, off, len);
	for (size_t done = 0; (ssize_t)done < count;) {
		unsigned width = step(off + done, (size_t)count - done);
		uint64_t value = UINT64_MAX;

		if (!in_window(fn, region, off + done))
			sim_mmio_read(fn, region, off + done, width, &value);
		memcpy(byte + done, &value, width);
		done += width;
	}
	return count;
}

ssize_t sim_vfio_write(struct target *t, struct bdf bdf, unsigned region, uint64_t off,
		       const void *buf, size_t len)
{
	struct sim_fn *fn = opened(t, bdf);
	const uint8_t *byte = buf;
	ssize_t count;

	if (!fn)
		return -EBADF;
	if (region == VFIO_PCI_CONFIG_REGION_INDEX)
		return config_write(fn, off, buf, len);
	count = clip(fn, region, off, len);
	for (size_t done = 0; (ssize_t)done < count;) {
		unsigned width = step(off + done, (size_t)count - done);
		uint64_t value = 0;

		memcpy(&value, byte + done, width);
		if (!in_window(fn, region, off + done))
			sim_mmio_write(fn, region, off + done, width, value);
		done += width;
	}
	return count;
}

/* A mapping knows no window: what the BAR holds is what is read. */
ssize_t sim_vfio_map_read(struct target *t, struct bdf bdf, unsigned region, uint64_t off,
			  void *buf, size_t len)
{
	struct sim_fn *fn = opened(t, bdf);
	uint8_t *byte = buf;
	ssize_t count;

	if (!fn)
		return -EBADF;
	count = clip(fn, region, off, len & ~3ul);
	for (size_t done = 0; (ssize_t)done < count; done += 4) {
		bool hidden = region == fn->vfio->table_bir && off + done >= fn->vfio->table_off &&
			      sim_strikes(fn, DEFECT_MAP_HIDES);
		uint64_t value = UINT64_MAX;

		if (!hidden)
			sim_mmio_read(fn, region, off + done, 4, &value);
		memcpy(byte + done, &value, 4);
	}
	return count;
}
