/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Config space of the model: what it holds, which bits can be written, and what a write does.
 *
 * Standard and extended capabilities stand at the same offsets in PF and VFs. Where the MSI-X
 * structures are follows from the largest size, so that no resize moves them: table and PBA have
 * pages of their own behind the controller's registers.
 */
#include <linux/pci_regs.h>
#include <string.h>

#include "model.h"

#define SIM_VENDOR    0x1af4
#define SIM_DEVICE    0xf0f0
#define SIM_VF_DEVICE 0xf0f1
#define SIM_CLASS     0x010802 /* NVM Express */
#define SIM_REVISION  0x01

#define PF_VECTORS 33

static uint64_t pages(uint64_t bytes)
{
	return (bytes + SIM_PAGE - 1) / SIM_PAGE * SIM_PAGE;
}

static uint64_t power_of_two(uint64_t bytes)
{
	uint64_t size = SIM_PAGE;

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
	if (sim_has(s, DEFECT_OVERLAP)) {
		layout->pba_bir = layout->table_bir;
		layout->pba_off = layout->table_off + MSIX_ENTRY_SIZE * (layout->max - 1);
	}
}

void sim_layout_init(struct sim *s)
{
	for (int kind = 0; kind < 2; kind++) {
		struct sim_layout *l = &s->layout[kind];
		uint64_t end;

		l->max = kind ? s->opt.max : PF_VECTORS;
		l->table_off = (uint32_t)(SIM_NVME_REGS + pages(8 * (l->max + 2)));
		/* The entries that defects need behind it must not reach into the PBA. */
		end = l->table_off + pages((uint64_t)MSIX_ENTRY_SIZE * SIM_ENTRIES(l));
		if (s->opt.two_bars) {
			l->pba_bir = 2;
			layout_bar(l, s->opt.bar32, 2, pages(msix_pba_bytes(l->max)));
		} else {
			l->pba_off = (uint32_t)end;
			/* A QWORD more: a defect moves the PBA by one. */
			end += pages(msix_pba_bytes(l->max) + 8);
		}
		layout_bar(l, s->opt.bar32, 0, power_of_two(end));
		if (kind)
			layout_defects(s, l);
	}
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
	sim_cfg_put(fn, PCI_CLASS_REVISION, 4, SIM_CLASS << 8 | SIM_REVISION);
	sim_cfg_put(fn, PCI_SUBSYSTEM_VENDOR_ID, 2, SIM_VENDOR);
	sim_cfg_put(fn, PCI_SUBSYSTEM_ID, 2, SIM_DEVICE);
	sim_cfg_put(fn, PCI_CAPABILITY_LIST, 1, SIM_POS_EXP);
	sim_cfg_put(fn, PCI_INTERRUPT_PIN, 1, !vf || sim_strikes(fn, DEFECT_INTX_PIN));
}

/* BARs from @off on, with addresses that a firmware could have given. */
static void build_bars(struct sim_fn *fn, unsigned off, const struct sim_layout *layout,
		       uint64_t base)
{
	for (unsigned i = 0; i < PCI_BARS; i++) {
		if (layout->bar[i].type == BAR_MEM32)
			sim_cfg_put(fn, off + 4 * i, 4, (uint32_t)base);
		if (layout->bar[i].type == BAR_MEM64) {
			sim_cfg_put(fn, off + 4 * i, 4,
				    (uint32_t)base | PCI_BASE_ADDRESS_MEM_TYPE_64);
			sim_cfg_put(fn, off + 4 * i + 4, 4, (uint32_t)(base >> 32));
		}
		base += layout->bar[i].size;
	}
}

static void build_express(struct sim_fn *fn)
{
	uint32_t devcap = PCI_EXP_DEVCAP_RBER;
	bool flr = fn->vf < 0 || (fn->sim->opt.flr && !sim_strikes(fn, DEFECT_NO_FLR));

	sim_cfg_put(fn, SIM_POS_EXP, 1, PCI_CAP_ID_EXP);
	sim_cfg_put(fn, SIM_POS_EXP + PCI_CAP_LIST_NEXT, 1, SIM_POS_MSIX);
	sim_cfg_put(fn, SIM_POS_EXP + PCI_EXP_FLAGS, 2, 2); /* version 2, Endpoint */
	sim_cfg_put(fn, SIM_POS_EXP + PCI_EXP_DEVCAP, 4, devcap | (flr ? PCI_EXP_DEVCAP_FLR : 0));
	sim_cfg_put(fn, SIM_POS_EXP + PCI_EXP_LNKCAP, 4, 0x43); /* 8 GT/s, four lanes */
	sim_cfg_put(fn, SIM_POS_EXP + PCI_EXP_LNKSTA, 2, fn->vf < 0 ? 0x43 : 0);
}

static void build_msix(struct sim_fn *fn, unsigned pos)
{
	const struct sim_layout *l = fn->layout;

	sim_cfg_put(fn, pos, 1, PCI_CAP_ID_MSIX);
	sim_cfg_put(fn, pos + PCI_MSIX_FLAGS, 2, fn->size - 1);
	sim_cfg_put(fn, pos + PCI_MSIX_TABLE, 4, l->table_off | l->table_bir);
	sim_cfg_put(fn, pos + PCI_MSIX_PBA, 4, l->pba_off | l->pba_bir);
}

static void build_sriov(struct sim_fn *pf)
{
	const struct sim *s = pf->sim;

	sim_cfg_put(pf, SIM_POS_SRIOV, 4, 1 << 16 | PCI_EXT_CAP_ID_SRIOV);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_INITIAL_VF, 2, s->opt.vfs);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_TOTAL_VF, 2, s->opt.vfs);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_VF_OFFSET, 2, 1);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_VF_STRIDE, 2, 1);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_VF_DID, 2, SIM_VF_DEVICE);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_SUP_PGSIZE, 4, 0x553);
	sim_cfg_put(pf, SIM_POS_SRIOV + PCI_SRIOV_SYS_PGSIZE, 4, 1); /* 4 KiB */
	build_bars(pf, SIM_POS_SRIOV + PCI_SRIOV_BAR, &s->layout[1],
		   s->opt.bar32 ? 0xc0000000ull : 0x8010000000ull);
}

void sim_cfg_init(struct sim_fn *fn)
{
	build_header(fn);
	build_express(fn);
	if (sim_msix_present(fn))
		build_msix(fn, SIM_POS_MSIX);
	else
		sim_cfg_put(fn, SIM_POS_EXP + PCI_CAP_LIST_NEXT, 1, 0);
	if (sim_strikes(fn, DEFECT_TWO_CAPS)) {
		sim_cfg_put(fn, SIM_POS_MSIX + PCI_CAP_LIST_NEXT, 1, SIM_POS_AGAIN);
		build_msix(fn, SIM_POS_AGAIN);
	}
	sim_cfg_put(fn, SIM_POS_ARI, 4, 1 << 16 | PCI_EXT_CAP_ID_ARI);
	if (fn->vf >= 0)
		return;
	build_bars(fn, PCI_BASE_ADDRESS_0, fn->layout,
		   fn->sim->opt.bar32 ? 0xfe000000ull : 0x8000000000ull);
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

	if (fn->vf < 0 || sim_has(fn->sim, DEFECT_VFE_HAUNTED))
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

static uint32_t writable_bits(const struct sim_fn *fn, unsigned dword)
{
	const struct sim *s = fn->sim;
	uint32_t control = PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL;

	if (sim_strikes(fn, DEFECT_SIZE_WRITABLE))
		control |= PCI_MSIX_FLAGS_QSIZE;
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
	case SIM_POS_MSIX:
		return sim_msix_present(fn) ? control << 16 : 0;
	}
	if (fn->vf >= 0)
		return 0;
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
	if (fn->vf < 0 && covers(off, width, SIM_POS_SRIOV + PCI_SRIOV_CTRL))
		sriov_control(fn, sriov);
	if (covers(off, width, devctl + 1) &&
	    value >> (8 * (devctl + 1 - off)) & PCI_EXP_DEVCTL_BCR_FLR >> 8 &&
	    fn->cfg[SIM_POS_EXP + PCI_EXP_DEVCAP + 3] & PCI_EXP_DEVCAP_FLR >> 24)
		sim_function_reset(fn, SIM_RESET_FLR);
}
