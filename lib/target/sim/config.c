/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Config space of the model: what it holds, which bits can be written, and what a write does.
 *
 * Standard and extended capabilities stand at the same offsets in PF and VFs. Where the MSI-X
 * structures are follows from the largest size, so that no resize moves them: table and PBA have
 * pages of their own behind the controller's registers.
 */
#include <err.h>
#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>

#include "model.h"

#define SIM_VENDOR    0x1af4
#define SIM_DEVICE    0xf0f0
#define SIM_VF_DEVICE 0xf0f1
#define CLASS_NVME    0x010802 /* NVM Express */
#define CLASS_NETWORK 0x020000 /* Ethernet */

#define PF_VECTORS 33

/* Extended TPH Requester Supported (PCIe 6.0, 7.9.13.2). */
#define SIM_TPH_EXTENDED 0x100

#define APART 8192u

static uint64_t whole(uint64_t bytes, uint64_t unit)
{
	return (bytes + unit - 1) / unit * unit;
}

/* What Linux has set; a defect knows only one. */
static unsigned system_page(const struct sim *s)
{
	return sim_has(s, DEFECT_PAGE_STUCK) ? SIM_PAGE : s->opt.system_page;
}

/*
 * Table and PBA share no page of System Page Size with anything else (PCIe 6.0, 7.7.2), and no VF
 * BAR is smaller than one (9.3.3.13).
 */
static uint64_t pages(const struct sim *s, uint64_t bytes)
{
	return whole(bytes, system_page(s));
}

/* Where the table may start: registers are apart by more than a page asks for (7.7.2). */
static uint64_t table_start(const struct sim *s, unsigned max)
{
	uint64_t page = system_page(s), unit = page > APART ? page : APART;

	if (sim_has(s, DEFECT_APART_4K))
		unit = page;
	return whole(SIM_NVME_REGS + 8 * (max + 2), unit);
}

static uint64_t power_of_two(uint64_t least, uint64_t bytes)
{
	uint64_t size = least;

	while (size < bytes)
		size <<= 1;
	return size;
}

static void layout_bar(struct sim_layout *layout, bool bar32, unsigned bar, uint64_t size)
{
	layout->bar[bar] = (struct bar){bar32 ? BAR_MEM32 : BAR_MEM64, size};
	if (!bar32)
		layout->bar[bar + 1].type = BAR_UPPER;
}

/* Moves the structures of VFs to where a defect has them. */
static void layout_defects(const struct sim *s, struct sim_layout *layout)
{
	uint64_t table_end = layout->bar[layout->table_bir].size;
	uint64_t pba_end = layout->bar[layout->pba_bir].size;

	if (sim_has(s, DEFECT_BIR_RESERVED))
		layout->pba_bir = 7;
	if (sim_has(s, DEFECT_BIR_UPPER))
		layout->pba_bir = layout->table_bir + 1;
	if (sim_has(s, DEFECT_BIR_ABSENT))
		layout->pba_bir = 5;
	if (sim_has(s, DEFECT_PBA_OUTSIDE))
		layout->pba_off = (uint32_t)pba_end;
	if (sim_has(s, DEFECT_PBA_OVERRUN) || sim_has(s, DEFECT_PBA_TIGHT))
		layout->pba_off = (uint32_t)pba_end - 8;
	if (sim_has(s, DEFECT_TABLE_OVERRUN)) {
		/* The PBA gets the page that the table leaves. */
		layout->pba_off = layout->table_off;
		layout->table_off = (uint32_t)table_end - MSIX_ENTRY_SIZE * s->default_size;
	}
	/* In the page of the first doorbells. */
	if (sim_has(s, DEFECT_PBA_SHARED))
		layout->pba_off = SIM_NVME_REGS + SIM_PAGE / 2;
	if (sim_has(s, DEFECT_PAGE_SHARED))
		layout->table_off = SIM_NVME_REGS + SIM_PAGE / 2;
	if (sim_has(s, DEFECT_OVERLAP)) {
		layout->pba_bir = layout->table_bir;
		layout->pba_off = layout->table_off + MSIX_ENTRY_SIZE * (layout->max - 1);
	}
}

/* The windows that the machine has for memory of VFs: everything below the PF's, or the rest. */
#define WINDOW32_BASE 0xc0000000ull
#define WINDOW32_SIZE 0x3e000000ull
#define WINDOW64_BASE 0x10000000000ull

static int check_layout(const struct sim *s, const struct sim_layout *vf, uint64_t needed)
{
	uint64_t all = vf->bar[0].size * s->opt.vfs;

	if (s->opt.bar_size && s->opt.bar_size < needed) {
		warnx("sim options: bar_size=%u is too small: %llu bytes are needed",
		      s->opt.bar_size, (unsigned long long)needed);
		return -EINVAL;
	}
	if (s->opt.two_bars)
		all += vf->bar[2].size * s->opt.vfs;
	if (s->opt.bar32 && all > WINDOW32_SIZE) {
		warnx("sim options: memory of %u VFs takes %llu MiB, and below 4 GiB there are "
		      "%llu: give bar=64",
		      s->opt.vfs, (unsigned long long)all >> 20, WINDOW32_SIZE >> 20);
		return -EINVAL;
	}
	return 0;
}

int sim_layout_init(struct sim *s)
{
	uint64_t needed = 0;

	for (int kind = 0; kind < 2; kind++) {
		struct sim_layout *l = &s->layout[kind];
		uint64_t end;

		l->max = kind ? s->opt.max : PF_VECTORS;
		l->table_off = (uint32_t)table_start(s, l->max);
		/* The entries that defects need behind it must not reach into the PBA. */
		end = l->table_off + pages(s, (uint64_t)MSIX_ENTRY_SIZE * SIM_ENTRIES(l));
		if (s->opt.two_bars) {
			l->pba_bir = 2;
			layout_bar(l, s->opt.bar32, 2, pages(s, msix_pba_bytes(l->max)));
		} else {
			l->pba_off = (uint32_t)end;
			/* A QWORD more: a defect moves the PBA by one. */
			end += pages(s, msix_pba_bytes(l->max) + 8);
		}
		needed = power_of_two(s->opt.system_page, end);
		layout_bar(l, s->opt.bar32, 0,
			   kind && s->opt.bar_size > needed ? s->opt.bar_size : needed);
	}
	layout_defects(s, &s->layout[1]);
	return check_layout(s, &s->layout[1], needed);
}

uint16_t sim_cfg_get16(const struct sim_fn *fn, unsigned off)
{
	return (uint16_t)(fn->cfg[off] | fn->cfg[off + 1] << 8);
}

void sim_cfg_put(struct sim_fn *fn, unsigned off, unsigned width, uint32_t value)
{
	for (unsigned i = 0; i < width; i++)
		fn->cfg[off + i] = (uint8_t)(value >> (8 * i));
}

/* --- what it holds --- */

static void build_header(struct sim_fn *fn)
{
	bool vf = fn->vf >= 0;

	/* A VF has its IDs from the PF and reads ones (PCIe 6.0, 9.3.4.1.1 and 9.3.4.1.2). */
	sim_cfg_put(fn, PCI_VENDOR_ID, 2, vf ? 0xffff : SIM_VENDOR);
	sim_cfg_put(fn, PCI_DEVICE_ID, 2, vf ? 0xffff : SIM_DEVICE);
	if (!vf)
		sim_cfg_put(fn, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	sim_cfg_put(fn, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	sim_cfg_put(fn, PCI_CLASS_REVISION, 4,
		    (fn->sim->opt.class == SIM_CLASS_NVME ? CLASS_NVME : CLASS_NETWORK) << 8 |
			    fn->sim->opt.revision);
	sim_cfg_put(fn, PCI_SUBSYSTEM_VENDOR_ID, 2, SIM_VENDOR);
	sim_cfg_put(fn, PCI_SUBSYSTEM_ID, 2, SIM_DEVICE);
	sim_cfg_put(fn, PCI_CAPABILITY_LIST, 1, SIM_POS_EXP);
	sim_cfg_put(fn, PCI_INTERRUPT_PIN, 1, !vf || sim_strikes(fn, DEFECT_INTX_PIN));
}

/* BARs from @off on, with addresses that a firmware could have given; @count functions share each.
 */
static void build_bars(struct sim_fn *fn, unsigned off, const struct sim_layout *layout,
		       uint64_t base, unsigned count)
{
	for (unsigned i = 0; i < PCI_BARS; i++) {
		uint64_t size = layout->bar[i].size;

		/* Aligned to its own size (PCIe 6.0, 7.5.1.2.1 and 9.3.3.14). */
		if (size)
			base = (base + size - 1) / size * size;
		if (layout->bar[i].type == BAR_MEM32)
			sim_cfg_put(fn, off + 4 * i, 4, (uint32_t)base);
		if (layout->bar[i].type == BAR_MEM64) {
			sim_cfg_put(fn, off + 4 * i, 4,
				    (uint32_t)base | PCI_BASE_ADDRESS_MEM_TYPE_64);
			sim_cfg_put(fn, off + 4 * i + 4, 4, (uint32_t)(base >> 32));
		}
		base += size * count;
	}
}

static void build_express(struct sim_fn *fn)
{
	uint32_t devcap = PCI_EXP_DEVCAP_RBER;
	bool flr = fn->vf < 0 || (fn->sim->opt.flr && !sim_strikes(fn, DEFECT_NO_FLR));

	sim_cfg_put(fn, SIM_POS_EXP, 1, PCI_CAP_ID_EXP);
	sim_cfg_put(fn, SIM_POS_EXP + PCI_CAP_LIST_NEXT, 1, SIM_POS_PM);
	sim_cfg_put(fn, SIM_POS_EXP + PCI_EXP_FLAGS, 2, 2); /* version 2, Endpoint */
	sim_cfg_put(fn, SIM_POS_EXP + PCI_EXP_DEVCAP, 4, devcap | (flr ? PCI_EXP_DEVCAP_FLR : 0));
	sim_cfg_put(fn, SIM_POS_EXP + PCI_EXP_LNKCAP, 4, 0x43); /* 8 GT/s, four lanes */
	sim_cfg_put(fn, SIM_POS_EXP + PCI_EXP_LNKSTA, 2, fn->vf < 0 ? 0x43 : 0);
}

static void build_power(struct sim_fn *fn)
{
	sim_cfg_put(fn, SIM_POS_PM, 1, PCI_CAP_ID_PM);
	sim_cfg_put(fn, SIM_POS_PM + PCI_CAP_LIST_NEXT, 1, SIM_POS_MSIX);
	sim_cfg_put(fn, SIM_POS_PM + PCI_PM_PMC, 2, 3); /* version 3 */
	if (!fn->sim->opt.d3_resets)
		sim_cfg_put(fn, SIM_POS_PM + PCI_PM_CTRL, 2, PCI_PM_CTRL_NO_SOFT_RESET);
}

static void build_msix(struct sim_fn *fn, unsigned pos)
{
	const struct sim_layout *l = fn->layout;

	sim_cfg_put(fn, pos, 1, PCI_CAP_ID_MSIX);
	sim_cfg_put(fn, pos + PCI_MSIX_FLAGS, 2, fn->size - 1);
	sim_cfg_put(fn, pos + PCI_MSIX_TABLE, 4, l->table_off | l->table_bir);
	sim_cfg_put(fn, pos + PCI_MSIX_PBA, 4, l->pba_off | l->pba_bir);
}

/* One message, 64-bit addresses. */
static void build_msi(struct sim_fn *fn)
{
	unsigned last = sim_strikes(fn, DEFECT_TWO_CAPS) ? SIM_POS_AGAIN : SIM_POS_MSIX;

	sim_cfg_put(fn, last + PCI_CAP_LIST_NEXT, 1, SIM_POS_MSI);
	sim_cfg_put(fn, SIM_POS_MSI, 1, PCI_CAP_ID_MSI);
	sim_cfg_put(fn, SIM_POS_MSI + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_64BIT);
}

/* Steering Tags of 16 bits in the MSI-X Table. */
static void build_tph(struct sim_fn *fn)
{
	sim_cfg_put(fn, SIM_POS_ARI, 4, (uint32_t)SIM_POS_TPH << 20 | 1 << 16 | PCI_EXT_CAP_ID_ARI);
	sim_cfg_put(fn, SIM_POS_TPH, 4, 1 << 16 | PCI_EXT_CAP_ID_TPH);
	sim_cfg_put(fn, SIM_POS_TPH + PCI_TPH_CAP, 4, SIM_TPH_EXTENDED | PCI_TPH_LOC_MSIX | 1);
}

static void build_sriov(struct sim_fn *pf)
{
	const struct sim *s = pf->sim;

	sim_cfg_put(pf, SIM_POS_SRIOV, 4, 1 << 16 | PCI_EXT_CAP_ID_SRIOV);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_INITIAL_VF, 2, s->opt.initial);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_TOTAL_VF, 2, s->opt.vfs);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_VF_OFFSET, 2, s->opt.offset);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_VF_STRIDE, 2, s->opt.stride);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_VF_DID, 2, SIM_VF_DEVICE);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_SUP_PGSIZE, 4, 0x553);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_SYS_PGSIZE, 4, system_page(s) >> 12);
	/* Linux sets it once, where the port above forwards by ARI (sriov_init()). */
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_CTRL, 2, s->opt.ari ? PCI_SRIOV_CTRL_ARI : 0);
	build_bars(pf, SIM_POS_SRIOV + PCI_SRIOV_BAR, &s->layout[1],
		   s->opt.bar32 ? WINDOW32_BASE : WINDOW64_BASE, s->opt.vfs);
}

void sim_cfg_init(struct sim_fn *fn)
{
	build_header(fn);
	build_express(fn);
	build_power(fn);
	if (sim_msix_present(fn))
		build_msix(fn, SIM_POS_MSIX);
	else
		sim_cfg_put(fn, SIM_POS_PM + PCI_CAP_LIST_NEXT, 1, 0);
	if (sim_strikes(fn, DEFECT_TWO_CAPS)) {
		sim_cfg_put(fn, SIM_POS_MSIX + PCI_CAP_LIST_NEXT, 1, SIM_POS_AGAIN);
		build_msix(fn, SIM_POS_AGAIN);
	}
	if (sim_strikes(fn, DEFECT_LIST_LOOP))
		sim_cfg_put(fn, SIM_POS_MSIX + PCI_CAP_LIST_NEXT, 1, SIM_POS_EXP);
	if (sim_strikes(fn, DEFECT_LIST_STRAY))
		sim_cfg_put(fn, SIM_POS_MSIX + PCI_CAP_LIST_NEXT, 1, PCI_BASE_ADDRESS_0);
	sim_cfg_put(fn, SIM_POS_ARI, 4, 1 << 16 | PCI_EXT_CAP_ID_ARI);
	if (fn->vf >= 0) {
		if (fn->sim->opt.msi && sim_msix_present(fn))
			build_msi(fn);
		if (fn->sim->opt.tph)
			build_tph(fn);
		return;
	}
	build_bars(fn, PCI_BASE_ADDRESS_0, fn->layout,
		   fn->sim->opt.bar32 ? 0xfe000000ull : 0x8000000000ull, 1);
	if (fn->sim->opt.vfs) {
		sim_cfg_put(fn, SIM_POS_ARI, 4,
			    (uint32_t)SIM_POS_SRIOV << 20 | 1 << 16 | PCI_EXT_CAP_ID_ARI);
		build_sriov(fn);
	}
}

/* --- reading --- */

bool sim_answers(const struct sim_fn *fn)
{
	const struct sim_fn *pf = fn->sim->pf;

	if (fn->vf < 0 || sim_has(fn->sim, DEFECT_VFE_HAUNTED) || fn->sim->haunted)
		return true;
	return sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_CTRL) & PCI_SRIOV_CTRL_VFE &&
	       fn->vf < sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_NUM_VF);
}

void sim_cfg_read(struct sim_fn *fn, unsigned off, uint8_t *buf, size_t len)
{
	if (sim_answers(fn))
		memcpy(buf, fn->cfg + off, len);
	else
		memset(buf, 0xff, len);
}

/* --- writing --- */

/* The bits of BAR register @i that hold an address. */
static uint32_t bar_mask(const struct sim_layout *layout, unsigned i)
{
	uint64_t mask;

	if (layout->bar[i].type == BAR_NONE)
		return 0;
	mask = ~(layout->bar[layout->bar[i].type == BAR_UPPER ? i - 1 : i].size - 1);
	return (uint32_t)(layout->bar[i].type == BAR_UPPER ? mask >> 32 : mask);
}

static uint32_t writable_in_msi(const struct sim_fn *fn, unsigned dword)
{
	if (!fn->sim->opt.msi || !sim_msix_present(fn))
		return 0;
	switch (dword) {
	case SIM_POS_MSI:
		return (uint32_t)PCI_MSI_FLAGS_ENABLE << 16;
	case SIM_POS_MSI + PCI_MSI_ADDRESS_LO:
		return ~3u;
	case SIM_POS_MSI + PCI_MSI_ADDRESS_HI:
		return UINT32_MAX;
	case SIM_POS_MSI + PCI_MSI_DATA_64:
		return 0xffff;
	}
	return 0;
}

static uint32_t writable_bits(const struct sim_fn *fn, unsigned dword)
{
	const struct sim *s = fn->sim;
	uint32_t control = PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL;

	if (sim_strikes(fn, DEFECT_SIZE_WRITABLE))
		control |= 1;
	if (sim_strikes(fn, DEFECT_RESERVED_WRITABLE))
		control |= 0x3800;
	switch (dword) {
	case PCI_COMMAND:
		if (fn->vf < 0)
			return PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE;
		/* VF MSE of the PF rules over a VF's memory (PCIe 6.0, 9.3.4.1.3). */
		return PCI_COMMAND_MASTER |
		       (sim_has(s, DEFECT_MSE_STICKS) ? PCI_COMMAND_MEMORY : 0);
	case SIM_POS_EXP + PCI_EXP_DEVCTL:
		return fn->vf < 0 ? PCI_EXP_DEVCTL_PAYLOAD | PCI_EXP_DEVCTL_RELAX_EN : 0;
	case SIM_POS_PM + PCI_PM_CTRL:
		return PCI_PM_CTRL_STATE_MASK;
	case SIM_POS_MSIX:
		return sim_msix_present(fn) ? control << 16 : 0;
	}
	if (fn->vf >= 0)
		return writable_in_msi(fn, dword);
	if (dword >= PCI_BASE_ADDRESS_0 && dword <= PCI_BASE_ADDRESS_5)
		return bar_mask(fn->layout, (dword - PCI_BASE_ADDRESS_0) / 4);
	if (!s->opt.vfs)
		return 0;
	switch (dword) {
	case SIM_POS_SRIOV + PCI_SRIOV_CTRL:
		return PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE | PCI_SRIOV_CTRL_ARI;
	case SIM_POS_SRIOV + PCI_SRIOV_NUM_VF:
		/* Read-only while VFs are enabled (PCIe 6.0, 9.3.3.7). */
		return fn->cfg[SIM_POS_SRIOV + PCI_SRIOV_CTRL] & PCI_SRIOV_CTRL_VFE ? 0 : 0xffff;
	}
	if (dword >= SIM_POS_SRIOV + PCI_SRIOV_BAR && dword < SIM_POS_SRIOV + PCI_SRIOV_BAR + 24)
		return bar_mask(&s->layout[1], (dword - SIM_POS_SRIOV - PCI_SRIOV_BAR) / 4);
	return 0;
}

static bool covers(unsigned off, unsigned width, unsigned reg)
{
	return reg >= off && reg < off + width;
}

static void sriov_control(struct sim_fn *pf, uint16_t was)
{
	uint16_t now = sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_CTRL);

	if (now & ~was & PCI_SRIOV_CTRL_VFE)
		sim_vf_enable(pf->sim, sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_NUM_VF));
	if (was & ~now & PCI_SRIOV_CTRL_VFE)
		sim_vf_disable(pf->sim);
}

void sim_cfg_write(struct sim_fn *fn, unsigned off, unsigned width, uint32_t value)
{
	uint16_t control = sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS);
	uint16_t sriov = sim_cfg_get16(fn, SIM_POS_SRIOV + PCI_SRIOV_CTRL);
	uint16_t power = sim_cfg_get16(fn, SIM_POS_PM + PCI_PM_CTRL);
	unsigned devctl = SIM_POS_EXP + PCI_EXP_DEVCTL;

	if (!sim_answers(fn))
		return;
	for (unsigned i = 0; i < width; i++) {
		unsigned at = off + i;
		uint8_t mask = (uint8_t)(writable_bits(fn, at & ~3u) >> (8 * (at & 3)));
		uint8_t byte = (uint8_t)(value >> (8 * i));

		fn->cfg[at] = (uint8_t)((fn->cfg[at] & ~mask) | (byte & mask));
	}
	if (sim_msix_present(fn) && covers(off, width, SIM_POS_MSIX + PCI_MSIX_FLAGS + 1))
		sim_msix_control(fn, control);
	if (covers(off, width, SIM_POS_PM + PCI_PM_CTRL))
		sim_power(fn, power);
	if (fn->vf < 0 && covers(off, width, SIM_POS_SRIOV + PCI_SRIOV_CTRL))
		sriov_control(fn, sriov);
	if (covers(off, width, devctl + 1) &&
	    value >> (8 * (devctl + 1 - off)) & PCI_EXP_DEVCTL_BCR_FLR >> 8 &&
	    fn->cfg[SIM_POS_EXP + PCI_EXP_DEVCAP + 3] & PCI_EXP_DEVCAP_FLR >> 24)
		sim_function_reset(fn, SIM_RESET_FLR);
}
