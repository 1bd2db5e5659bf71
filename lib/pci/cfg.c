/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a copy of config space, and walking its capability lists. */
#include <errno.h>
#include <linux/pci_regs.h>

#include <vfwalk/pci.h>

uint8_t cfg_u8(const struct cfg *cfg, unsigned off)
{
	return off < cfg->len ? cfg->byte[off] : 0xff;
}

uint16_t cfg_u16(const struct cfg *cfg, unsigned off)
{
	return (uint16_t)(cfg_u8(cfg, off) | cfg_u8(cfg, off + 1) << 8);
}

uint32_t cfg_u32(const struct cfg *cfg, unsigned off)
{
	return cfg_u16(cfg, off) | (uint32_t)cfg_u16(cfg, off + 2) << 16;
}

bool cfg_gone(const struct cfg *cfg)
{
	/* Vendor and Device ID alone prove nothing: a live VF reads all ones there. */
	return cfg_u32(cfg, PCI_VENDOR_ID) == UINT32_MAX &&
	       cfg_u32(cfg, PCI_COMMAND) == UINT32_MAX &&
	       cfg_u32(cfg, PCI_CLASS_REVISION) == UINT32_MAX;
}

/* A list longer than this many nodes must have a loop: each takes at least four bytes. */
#define CAP_NODES     ((CFG_SPACE_SIZE - PCI_STD_HEADER_SIZEOF) / 4)
#define EXT_CAP_NODES ((CFG_SPACE_EXP_SIZE - CFG_SPACE_SIZE) / 4)

int cfg_find_cap(const struct cfg *cfg, uint8_t id, unsigned pos)
{
	if (!(cfg_u16(cfg, PCI_STATUS) & PCI_STATUS_CAP_LIST) || cfg_gone(cfg))
		return 0;

	unsigned next = cfg_u8(cfg, pos ? pos + PCI_CAP_LIST_NEXT : PCI_CAPABILITY_LIST);

	for (unsigned n = 0; n < CAP_NODES; n++) {
		next &= ~3u;
		if (!next)
			return 0;
		if (next < PCI_STD_HEADER_SIZEOF || next + 2 > cfg->len)
			return -ERANGE;
		if (cfg_u8(cfg, next + PCI_CAP_LIST_ID) == id)
			return (int)next;
		next = cfg_u8(cfg, next + PCI_CAP_LIST_NEXT);
	}
	return -ELOOP;
}

int cfg_find_ext_cap(const struct cfg *cfg, uint16_t id, unsigned pos)
{
	unsigned next = pos ? PCI_EXT_CAP_NEXT(cfg_u32(cfg, pos)) : CFG_SPACE_SIZE;

	if (cfg->len <= CFG_SPACE_SIZE)
		return 0;

	for (unsigned n = 0; n < EXT_CAP_NODES; n++) {
		next &= ~3u;
		if (!next)
			return 0;
		if (next < CFG_SPACE_SIZE || next + 4 > cfg->len)
			return -ERANGE;

		uint32_t header = cfg_u32(cfg, next);

		/* An empty list is a header of all zeros; an absent one reads all ones. */
		if (header == 0 || header == UINT32_MAX)
			return 0;
		if (PCI_EXT_CAP_ID(header) == id)
			return (int)next;
		next = PCI_EXT_CAP_NEXT(header);
	}
	return -ELOOP;
}

bool cfg_has_flr(const struct cfg *cfg)
{
	int pos = cfg_find_cap(cfg, PCI_CAP_ID_EXP, 0);

	return pos > 0 && cfg_u32(cfg, (unsigned)pos + PCI_EXP_DEVCAP) & PCI_EXP_DEVCAP_FLR;
}
