/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SR-IOV extended capability and the addresses of VFs (PCIe 6.0, 9.2.1.2 and 9.3.3). */
#include <errno.h>
#include <linux/pci_regs.h>

#include <vfwalk/pci.h>

int cfg_sriov(const struct cfg *cfg, struct sriov *sriov)
{
	int found = cfg_find_ext_cap(cfg, PCI_EXT_CAP_ID_SRIOV, 0);

	if (found < 0)
		return found;
	if (found == 0)
		return -ENOENT;

	unsigned pos = (unsigned)found;
	uint32_t pages = cfg_u32(cfg, pos + PCI_SRIOV_SYS_PGSIZE);

	*sriov = (struct sriov){
		.pos = pos,
		.ctrl = cfg_u16(cfg, pos + PCI_SRIOV_CTRL),
		.initial_vfs = cfg_u16(cfg, pos + PCI_SRIOV_INITIAL_VF),
		.total_vfs = cfg_u16(cfg, pos + PCI_SRIOV_TOTAL_VF),
		.num_vfs = cfg_u16(cfg, pos + PCI_SRIOV_NUM_VF),
		.offset = cfg_u16(cfg, pos + PCI_SRIOV_VF_OFFSET),
		.stride = cfg_u16(cfg, pos + PCI_SRIOV_VF_STRIDE),
		.vf_device = cfg_u16(cfg, pos + PCI_SRIOV_VF_DID),
		/* Bit n stands for pages of 2^(n+12) bytes. */
		.page_size = pages < 1u << 20 ? pages << 12 : 0,
	};
	for (unsigned i = 0; i < PCI_BARS; i++)
		sriov->bar[i] = cfg_u32(cfg, pos + PCI_SRIOV_BAR + 4 * i);
	return 0;
}

struct bdf sriov_vf(struct bdf pf, const struct sriov *sriov, unsigned index)
{
	unsigned id = bdf_requester_id(pf) + sriov->offset + sriov->stride * index;

	return (struct bdf){.domain = pf.domain, .bus = (uint8_t)(id >> 8), .devfn = (uint8_t)id};
}
