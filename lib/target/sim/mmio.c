/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The BARs of the model: registers of the controller, MSI-X Table and PBA, and what is asked of an
 * access. Everything is done in DWORDs; a QWORD is two of them.
 */
#include <errno.h>
#include <linux/pci_regs.h>

#include "model.h"

static bool vf_memory_enabled(const struct sim_fn *fn)
{
	const struct sim_fn *pf = fn->sim->pf;

	if (fn->vf < 0)
		return sim_cfg_get16(pf, PCI_COMMAND) & PCI_COMMAND_MEMORY;
	return sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_CTRL) & PCI_SRIOV_CTRL_MSE;
}

static int check(const struct sim_fn *fn, unsigned bar, uint64_t off, unsigned width)
{
	if (bar >= PCI_BARS || fn->layout->bar[bar].size == 0)
		return -EINVAL;
	if ((width != 1 && width != 2 && width != 4 && width != 8) || off % width)
		return -EINVAL;
	return 0;
}

/* In D3hot a function takes configuration requests only (PCIe 6.0, 5.3.1.4.1). */
static bool is_awake(const struct sim_fn *fn)
{
	return !(sim_cfg_get16(fn, SIM_POS_PM + PCI_PM_CTRL) & PCI_PM_CTRL_STATE_MASK);
}

static bool answers(const struct sim_fn *fn, unsigned bar, uint64_t off, unsigned width)
{
	return sim_answers(fn) && is_awake(fn) && vf_memory_enabled(fn) &&
	       off + width <= fn->layout->bar[bar].size;
}

/* What is behind an offset of a BAR. */
enum place { NOTHING, REGISTERS, TABLE, PBA };

static enum place find(const struct sim_fn *fn, unsigned bar, uint64_t off, unsigned *at)
{
	const struct sim_layout *l = fn->layout;
	uint64_t pba = l->pba_off + fn->shift;
	/* Where the PBA begins inside the table, it is the table that shrinks. */
	unsigned entries = sim_strikes(fn, DEFECT_OVERLAP) ? fn->size : SIM_ENTRIES(l);

	if (sim_msix_present(fn)) {
		*at = (unsigned)(off - l->table_off);
		if (bar == l->table_bir && off >= l->table_off &&
		    off < l->table_off + (uint64_t)MSIX_ENTRY_SIZE * entries)
			return TABLE;
		*at = (unsigned)(off - pba);
		if (bar == l->pba_bir && off >= pba && off < pba + msix_pba_bytes(l->max))
			return PBA;
	}
	*at = (unsigned)off;
	return bar == 0 && off < l->table_off ? REGISTERS : NOTHING;
}

static uint32_t read32(struct sim_fn *fn, unsigned bar, uint64_t off)
{
	unsigned at;

	switch (find(fn, bar, off, &at)) {
	case TABLE:
		return sim_table_read(fn, at);
	case PBA:
		return (uint32_t)(sim_pba_read(fn, at / 8) >> (at % 8 * 8));
	case REGISTERS:
		return sim_nvme_read(fn, at);
	case NOTHING:
		break;
	}
	return 0;
}

static void write32(struct sim_fn *fn, unsigned bar, uint64_t off, uint32_t value, bool qword)
{
	unsigned at;

	switch (find(fn, bar, off, &at)) {
	case TABLE:
		sim_table_write(fn, at, value, qword);
		break;
	case PBA:
		sim_pba_write(fn, at / 8, (uint64_t)value << (at % 8 * 8));
		break;
	case REGISTERS:
		sim_nvme_write(fn, at, value);
		break;
	case NOTHING:
		break;
	}
}

/* What is less than a DWORD is undefined in table and PBA, and changes nothing. */
static void write_small(struct sim_fn *fn, unsigned bar, uint64_t off)
{
	unsigned at;

	if (sim_strikes(fn, DEFECT_SMALL_ASTRAY) && find(fn, bar, off, &at) == TABLE)
		sim_table_stray(fn, at);
}

int sim_mmio_read(struct sim_fn *fn, unsigned bar, uint64_t off, unsigned width, uint64_t *value)
{
	uint64_t mask = width < 8 ? (1ull << (8 * width)) - 1 : UINT64_MAX;
	int err = check(fn, bar, off, width);

	if (err)
		return err;
	if (!answers(fn, bar, off, width)) {
		*value = mask;
		return 0;
	}
	*value = read32(fn, bar, off & ~3ull);
	if (width == 8)
		*value |= (uint64_t)read32(fn, bar, off + 4) << 32;
	else
		*value = *value >> (8 * (off & 3)) & mask;
	return 0;
}

/* A defect takes the halves of a QWORD in the wrong order, of address and data only. */
static bool is_swapped(const struct sim_fn *fn, unsigned bar, uint64_t off)
{
	unsigned at;

	return sim_strikes(fn, DEFECT_QWORD_SWAPPED) && find(fn, bar, off, &at) == TABLE &&
	       at % MSIX_ENTRY_SIZE == PCI_MSIX_ENTRY_LOWER_ADDR;
}

int sim_mmio_write(struct sim_fn *fn, unsigned bar, uint64_t off, unsigned width, uint64_t value)
{
	int err = check(fn, bar, off, width);

	if (err || !answers(fn, bar, off, width))
		return err;
	if (width < 4) {
		write_small(fn, bar, off);
		return 0;
	}
	if (width == 8 && is_swapped(fn, bar, off))
		value = value << 32 | value >> 32;
	write32(fn, bar, off, (uint32_t)value, width == 8);
	if (width == 8)
		write32(fn, bar, off + 4, (uint32_t)(value >> 32), true);
	return 0;
}
