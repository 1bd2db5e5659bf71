/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is a VF of whom, and which BARs a function has. A VF's own BAR registers read 0: what its
 * BARs are stands in its PF's SR-IOV capability (PCIe 6.0, 9.3.3.14). How far apart those of two
 * VFs are, which is their size, stands nowhere in config space.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"

static void copy_cfg(const struct dump_fn *fn, struct cfg *cfg)
{
	cfg->len = fn->len;
	if (fn->len)
		memcpy(cfg->byte, fn->byte, fn->len);
}

static int by_place(const void *a, const void *b)
{
	const struct dump_fn *x = *(struct dump_fn *const *)a, *y = *(struct dump_fn *const *)b;

	if (x->picture != y->picture)
		return x->picture < y->picture ? -1 : 1;
	if (x->bdf.domain != y->bdf.domain)
		return x->bdf.domain < y->bdf.domain ? -1 : 1;
	return (int)bdf_requester_id(x->bdf) - (int)bdf_requester_id(y->bdf);
}

/* --- BARs --- */

/* What register @reg says; one that reads 0 may be of a BAR that has no address yet. */
static enum bar_type type_of(uint32_t reg)
{
	if (!reg)
		return BAR_UNKNOWN;
	if (reg & PCI_BASE_ADDRESS_SPACE_IO)
		return BAR_IO;
	return (reg & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64 ? BAR_MEM64
										      : BAR_MEM32;
}

/* @count registers; what the dump says in words goes first, and then it says all. */
static void bars_of(struct dump_fn *fn, const uint32_t *reg, unsigned count)
{
	for (unsigned i = 0; i < PCI_BARS; i++) {
		struct bar *bar = &fn->bar[i];

		if (i && fn->bar[i - 1].type == BAR_MEM64)
			*bar = (struct bar){.type = BAR_UPPER};
		else if (bar->type == BAR_NONE && i < count)
			bar->type = type_of(reg[i]);
		if (bar->type == BAR_UNKNOWN && fn->listed)
			bar->type = BAR_NONE;
	}
}

static unsigned bars_in_header(const struct cfg *cfg)
{
	switch (cfg_u8(cfg, PCI_HEADER_TYPE) & 0x7f) {
	case PCI_HEADER_TYPE_NORMAL:
		return PCI_BARS;
	case PCI_HEADER_TYPE_BRIDGE:
		return 2;
	default:
		return 0;
	}
}

static void own_bars(struct dump_fn *fn, const struct cfg *cfg)
{
	uint32_t reg[PCI_BARS] = {0};

	for (unsigned i = 0; i < PCI_BARS && cfg->len >= PCI_CARDBUS_CIS; i++)
		reg[i] = cfg_u32(cfg, PCI_BASE_ADDRESS_0 + 4 * i);
	bars_of(fn, reg, bars_in_header(cfg));
}

/* --- VFs --- */

/* Takes those of the functions after @at, which are in the order of addresses, that are its VFs. */
static void take_vfs(struct dump_fn **sorted, size_t count, size_t at, const struct sriov *sriov)
{
	struct dump_fn *pf = sorted[at];
	long first = bdf_requester_id(pf->bdf) + sriov->offset, stride = sriov->stride;
	long last = first + stride * (sriov->num_vfs - 1);

	pf->enabled_vfs = sriov->num_vfs;
	for (size_t i = at + 1; i < count && sorted[i]->picture == pf->picture; i++) {
		struct dump_fn *fn = sorted[i];
		long id = bdf_requester_id(fn->bdf);

		if (fn->bdf.domain != pf->bdf.domain || id > last)
			break;
		if (id < first || (stride && (id - first) % stride) || fn->has_sriov || fn->pf)
			continue;
		fn->pf = pf;
		fn->vf = (int)(stride ? (id - first) / stride : 0);
		bars_of(fn, sriov->bar, PCI_BARS);
	}
}

static bool enables_vfs(const struct sriov *sriov)
{
	return sriov->ctrl & PCI_SRIOV_CTRL_VFE && sriov->num_vfs && sriov->offset;
}

/* A VF reads all ones in Vendor and Device ID, and nobody else does (PCIe 6.0, 9.3.4.1.1). */
static bool looks_like_vf(const struct cfg *cfg)
{
	return cfg->len >= PCI_STD_HEADER_SIZEOF && cfg_u32(cfg, PCI_VENDOR_ID) == UINT32_MAX &&
	       !cfg_gone(cfg);
}

static void find_vfs(struct dump_fn **sorted, size_t count)
{
	static struct cfg cfg; /* large, and never used by two at once */
	struct sriov sriov;

	for (size_t i = 0; i < count; i++) {
		copy_cfg(sorted[i], &cfg);
		sorted[i]->has_sriov = !cfg_sriov(&cfg, &sriov);
	}
	for (size_t i = 0; i < count; i++) {
		copy_cfg(sorted[i], &cfg);
		if (!cfg_sriov(&cfg, &sriov) && enables_vfs(&sriov))
			take_vfs(sorted, count, i, &sriov);
	}
	for (size_t i = 0; i < count; i++) {
		struct dump_fn *fn = sorted[i];

		if (fn->pf)
			continue;
		copy_cfg(fn, &cfg);
		if (looks_like_vf(&cfg))
			fn->vf = 0;
		own_bars(fn, &cfg);
	}
}

int dump_relate(struct dump *dump)
{
	struct dump_fn **sorted = calloc(dump->count + 1, sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	if (dump->count)
		memcpy(sorted, dump->fn, dump->count * sizeof(*sorted));
	qsort(sorted, dump->count, sizeof(*sorted), by_place);
	find_vfs(sorted, dump->count);
	free(sorted);
	return 0;
}
