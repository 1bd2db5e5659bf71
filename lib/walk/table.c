/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MSI-X Table in a function's BAR: reading and writing it through the target. */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* The smallest page of the machines we know: MSI-X structures are isolated by pages. */
#define TABLE_PAGE 4096u
/* Entries beyond Table Size that the record takes along. */
#define TABLE_BEYOND 64u

size_t table_span(const struct walk_fn *f)
{
	const struct msix *m = &f->msix;
	uint64_t start = m->table_off, table = start + (uint64_t)m->size * MSIX_ENTRY_SIZE;
	uint64_t end = (table + TABLE_PAGE - 1) / TABLE_PAGE * TABLE_PAGE;
	uint64_t bar = m->table_bir < PCI_BARS ? f->bar[m->table_bir].size : 0;

	if (m->pba_bir == m->table_bir && m->pba_off >= table && m->pba_off < end)
		end = m->pba_off;
	if (end > table + TABLE_BEYOND * MSIX_ENTRY_SIZE)
		end = table + TABLE_BEYOND * MSIX_ENTRY_SIZE;
	if (end > bar)
		end = bar;
	return end > start ? (end - start) / MSIX_ENTRY_SIZE * MSIX_ENTRY_SIZE : 0;
}

int table_read(struct walk *w, const struct walk_fn *f, uint8_t *bytes, size_t len)
{
	int res = 0;

	for (size_t off = 0; !res && off < len; off += 4) {
		uint64_t value = 0;

		res = OP(w, mmio_read, f->bdf, f->msix.table_bir, f->msix.table_off + off, 4,
			 &value);
		for (unsigned i = 0; i < 4; i++)
			bytes[off + i] = (uint8_t)(value >> 8 * i);
	}
	return res;
}

int table_write(struct walk *w, const struct walk_fn *f, unsigned first, unsigned width,
		const uint8_t *bytes, size_t len)
{
	int res = 0;

	for (size_t off = 0; !res && off + width <= len; off += width) {
		uint64_t value = 0;

		for (unsigned i = 0; i < width; i++)
			value |= (uint64_t)bytes[off + i] << 8 * i;
		res = OP(w, mmio_write, f->bdf, f->msix.table_bir, f->msix.table_off + first + off,
			 width, value);
	}
	return res;
}

int entry_read(struct walk *w, const struct walk_fn *f, unsigned entry, struct msix_entry *e)
{
	uint8_t bytes[MSIX_ENTRY_SIZE];
	int res = 0;

	for (unsigned off = 0; !res && off < sizeof(bytes); off += 4) {
		uint64_t value = 0;

		res = OP(w, mmio_read, f->bdf, f->msix.table_bir,
			 f->msix.table_off + entry * MSIX_ENTRY_SIZE + off, 4, &value);
		for (unsigned i = 0; i < 4; i++)
			bytes[off + i] = (uint8_t)(value >> 8 * i);
	}
	msix_entry_decode(bytes, e);
	return res;
}

static int entry_ctrl(struct walk *w, const struct walk_fn *f, unsigned entry, uint32_t ctrl)
{
	return OP(w, mmio_write, f->bdf, f->msix.table_bir,
		  f->msix.table_off + entry * MSIX_ENTRY_SIZE + PCI_MSIX_ENTRY_VECTOR_CTRL, 4,
		  ctrl);
}

int entry_write(struct walk *w, const struct walk_fn *f, unsigned entry, const struct msix_entry *e)
{
	uint8_t bytes[MSIX_ENTRY_SIZE];
	int res = entry_ctrl(w, f, entry, e->ctrl | MSIX_ENTRY_MASKED);

	msix_entry_encode(e, bytes);
	if (!res)
		res = table_write(w, f, entry * MSIX_ENTRY_SIZE, 4, bytes,
				  PCI_MSIX_ENTRY_VECTOR_CTRL);
	return res ? res : entry_ctrl(w, f, entry, e->ctrl);
}

int table_mask_all(struct walk *w, struct walk_fn *f)
{
	uint8_t flags[MSIX_CAP_LEN];
	int res = fn_msix(w, f, flags);
	size_t len = (size_t)f->msix.size * MSIX_ENTRY_SIZE, span = table_span(f);
	uint8_t *bytes;

	if (res)
		return 0;
	if (len > span)
		len = span;
	bytes = calloc(1, len + 1);
	if (!bytes)
		return -ENOMEM;
	for (size_t off = 0; off < len; off += MSIX_ENTRY_SIZE)
		bytes[off + PCI_MSIX_ENTRY_VECTOR_CTRL] = MSIX_ENTRY_MASKED;
	res = walk_table_write(w, f->bdf, 0, 4, bytes, len);
	free(bytes);
	return res;
}
