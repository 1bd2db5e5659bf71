/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MSI-X capability, Table entries and the size of a Pending Bit Array (PCIe 6.0, 7.7.2). */
#include <errno.h>
#include <linux/pci_regs.h>

#include <vfwalk/pci.h>

static uint32_t le32(const uint8_t *byte)
{
	return byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

static void put_le32(uint8_t *byte, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		byte[i] = (uint8_t)(value >> 8 * i);
}

void msix_decode(const uint8_t bytes[static MSIX_CAP_LEN], unsigned pos, struct msix *msix)
{
	uint32_t table = le32(bytes + PCI_MSIX_TABLE);
	uint32_t pba = le32(bytes + PCI_MSIX_PBA);
	uint16_t flags = (uint16_t)(le32(bytes) >> 16);

	*msix = (struct msix){
		.pos = pos,
		.flags = flags,
		.size = (flags & PCI_MSIX_FLAGS_QSIZE) + 1u,
		.enable = flags & PCI_MSIX_FLAGS_ENABLE,
		.maskall = flags & PCI_MSIX_FLAGS_MASKALL,
		.table_bir = table & PCI_MSIX_TABLE_BIR,
		.table_off = table & PCI_MSIX_TABLE_OFFSET,
		.pba_bir = pba & PCI_MSIX_PBA_BIR,
		.pba_off = pba & PCI_MSIX_PBA_OFFSET,
	};
}

int cfg_msix(const struct cfg *cfg, struct msix *msix)
{
	int pos = cfg_find_cap(cfg, PCI_CAP_ID_MSIX, 0);

	if (pos < 0)
		return pos;
	if (pos == 0)
		return -ENOENT;
	if ((unsigned)pos + MSIX_CAP_LEN > cfg->len)
		return -ERANGE;
	msix_decode(cfg->byte + pos, (unsigned)pos, msix);
	return 0;
}

size_t msix_pba_bytes(unsigned size)
{
	return (size + 63u) / 64u * 8u;
}

void msix_entry_decode(const uint8_t bytes[static MSIX_ENTRY_SIZE], struct msix_entry *entry)
{
	entry->msg.addr = le32(bytes + PCI_MSIX_ENTRY_LOWER_ADDR) |
			  (uint64_t)le32(bytes + PCI_MSIX_ENTRY_UPPER_ADDR) << 32;
	entry->msg.data = le32(bytes + PCI_MSIX_ENTRY_DATA);
	entry->ctrl = le32(bytes + PCI_MSIX_ENTRY_VECTOR_CTRL);
}

void msix_entry_encode(const struct msix_entry *entry, uint8_t bytes[static MSIX_ENTRY_SIZE])
{
	put_le32(bytes + PCI_MSIX_ENTRY_LOWER_ADDR, (uint32_t)entry->msg.addr);
	put_le32(bytes + PCI_MSIX_ENTRY_UPPER_ADDR, (uint32_t)(entry->msg.addr >> 32));
	put_le32(bytes + PCI_MSIX_ENTRY_DATA, entry->msg.data);
	put_le32(bytes + PCI_MSIX_ENTRY_VECTOR_CTRL, entry->ctrl);
}
