/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes fixtures/dumps: what lspci would print of the model device, as it should be and with what
 * can be wrong, and beside each dump the verdicts that it must get (corpus.h tells which).
 *
 *	generate DIR
 */
#include <err.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/pci.h>
#include <vfwalk/sim.h>
#include <vfwalk/target.h>

#include "corpus.h"

#define MAX_FNS 8

struct sim_fn_dump {
	struct bdf bdf;
	int vf;
	struct cfg cfg;
	struct bar bar[PCI_BARS];
};

static void read_fn(struct target *t, struct bdf bdf, int vf, struct sim_fn_dump *fn)
{
	ssize_t len;

	*fn = (struct sim_fn_dump){.bdf = bdf, .vf = vf};
	len = t->ops->cfg_read(t, bdf, 0, fn->cfg.byte, sizeof(fn->cfg.byte));
	if (len < 0 || t->ops->bars(t, bdf, fn->bar))
		errx(2, "the model device cannot be read");
	fn->cfg.len = (size_t)len;
}

static size_t read_device(const char *options, struct sim_fn_dump fn[static MAX_FNS])
{
	struct target t = {.ops = &target_sim_ops, .options = {.sim = options}};
	size_t count = 1;
	struct bdf vf;

	if (t.ops->open(&t, &t.options))
		errx(2, "the model device \"%s\" cannot be opened", options);
	read_fn(&t, t.ops->pf(&t), DUMP_NO_VF, &fn[0]);
	for (int i = 0; i < t.ops->numvfs(&t) && count < MAX_FNS; i++)
		if (!t.ops->vf(&t, (unsigned)i, &vf))
			read_fn(&t, vf, i, &fn[count++]);
	t.ops->close(&t);
	return count;
}

/* --- what is changed --- */

static unsigned base_of(const struct cfg *cfg, enum place place)
{
	int pos = 0;

	if (place == AT_MSIX)
		pos = cfg_find_cap(cfg, PCI_CAP_ID_MSIX, 0);
	if (place == AT_EXPRESS)
		pos = cfg_find_cap(cfg, PCI_CAP_ID_EXP, 0);
	if (place == AT_SRIOV)
		pos = cfg_find_ext_cap(cfg, PCI_EXT_CAP_ID_SRIOV, 0);
	if (pos < 0 || (place != AT_START && !pos))
		errx(2, "a change is meant for a capability that is not there");
	return (unsigned)pos;
}

static void change(struct sim_fn_dump *fn, const struct change *c)
{
	unsigned at = base_of(&fn->cfg, c->place) + c->off;

	for (unsigned i = 0; i < c->width; i++)
		fn->cfg.byte[at + i] = (uint8_t)(c->value >> (8 * i));
}

static void change_all(const struct row *row, struct sim_fn_dump *fn, size_t count)
{
	for (const struct change *c = row->change; c->width; c++) {
		if (c->fn >= count)
			errx(2, "%s: a change of a function that is not there", row->name);
		change(&fn[c->fn], c);
	}
}

/* --- what lspci prints --- */

static void put_size(FILE *out, uint64_t size)
{
	static const char units[] = " KMGT";
	unsigned unit = 0;

	while (size >= 1024 && !(size % 1024) && units[unit + 1]) {
		size /= 1024;
		unit++;
	}
	fprintf(out, "[size=%llu", (unsigned long long)size);
	if (unit)
		putc(units[unit], out);
	fputs("]\n", out);
}

static void put_regions(FILE *out, const struct sim_fn_dump *fn)
{
	for (unsigned i = 0; i < PCI_BARS; i++) {
		const struct bar *bar = &fn->bar[i];

		if (bar->type == BAR_IO)
			fprintf(out, "\tRegion %u: I/O ports at %04x ", i, 0xe000 + 0x100 * i);
		else if (bar->type == BAR_MEM32 || bar->type == BAR_MEM64)
			fprintf(out, "\tRegion %u: Memory at %08x %s(%s-bit, non-prefetchable) ", i,
				0xfe000000 + 0x100000 * (i + 8 * (unsigned)(fn->vf + 1)),
				fn->vf < 0 ? "" : "[virtual] ",
				bar->type == BAR_MEM64 ? "64" : "32");
		else
			continue;
		put_size(out, bar->size);
	}
}

/* Of what -vv prints, what matters here, and the lines that look like what matters. */
static void put_text(FILE *out, const struct sim_fn_dump *fn)
{
	fputs("\tControl: I/O- Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- "
	      "SERR- FastB2B- DisINTx-\n",
	      out);
	put_regions(out, fn);
	if (fn->vf < 0)
		fputs("\tCapabilities: [140 v1] Single Root I/O Virtualization (SR-IOV)\n"
		      "\t\tIOVCap:\tMigration- 10BitTagReq- IntMsgNum 0\n"
		      "\t\tRegion 0: Memory at 00000000fe800000 (64-bit, non-prefetchable)\n",
		      out);
	fputs("\tKernel driver in use: nvme\n", out);
}

static void put_bytes(FILE *out, const struct cfg *cfg, size_t len)
{
	for (size_t i = 0; i < len && i < cfg->len; i++) {
		if (i % 16 == 0)
			fprintf(out, "%02zx:", i);
		fprintf(out, " %02x", cfg->byte[i]);
		if (i % 16 == 15)
			putc('\n', out);
	}
}

static size_t length_of(const struct row *row, const struct sim_fn_dump *fn)
{
	if (row->how & HEADER_ONLY)
		return 64;
	/* To keep the files small; a VF shows nothing of interest above. */
	if (row->how & PCI_ONLY || (fn->vf >= 0 && !(row->how & WHOLE_VFS)))
		return CFG_SPACE_SIZE;
	return CFG_SPACE_EXP_SIZE;
}

static void put_fn(FILE *out, const struct row *row, const struct sim_fn_dump *fn, unsigned domain)
{
	if (domain || row->how & DOMAINS)
		fprintf(out, "%04x:", domain);
	fprintf(out,
		"%02x:%02x.%x Non-Volatile memory controller: Red Hat, Inc. Device %s (rev 01)\n",
		fn->bdf.bus, fn->bdf.devfn >> 3, fn->bdf.devfn & 7u, fn->vf < 0 ? "f0f0" : "f0f1");
	if (row->how & VERBOSE)
		put_text(out, fn);
	put_bytes(out, &fn->cfg, length_of(row, fn));
	putc('\n', out);
}

static void put_dump(FILE *out, const struct row *row)
{
	struct sim_fn_dump fn[MAX_FNS];
	size_t count = read_device(row->options, fn);

	change_all(row, fn, count);
	for (size_t i = 0; i < count; i++)
		if (fn[i].vf < 0 ? !(row->how & NO_PF) : !(row->how & NO_VFS))
			put_fn(out, row, &fn[i], row->how & VMD ? 0x10000 : 0);
	for (size_t i = 0; row->how & TWICE && i < count; i++)
		put_fn(out, row, &fn[i], 1);
}

static FILE *create(const char *dir, const char *name, const char *suffix)
{
	char path[PATH_MAX];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, name, suffix);
	out = fopen(path, "we");
	if (!out)
		err(2, "%s", path);
	return out;
}

static void end(FILE *out, const char *name)
{
	if (fclose(out))
		err(2, "%s", name);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: generate DIR");
	for (const struct row *row = corpus; row->name; row++) {
		FILE *out = create(argv[1], row->name, "dump");

		put_dump(out, row);
		end(out, row->name);
		out = create(argv[1], row->name, "expected");
		fputs(row->expected, out);
		end(out, row->name);
	}
	return 0;
}
