/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This machine's functions, read through libpci: config space, and the sizes of BARs. */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <pci/pci.h>
#include <string.h>
#include <unistd.h>

#include "dump.h"

#define DEVICES "/sys/bus/pci/devices"

static void silent(char *msg, ...)
{
	(void)msg; /* what cannot be read is told as a fault */
}

/* libpci's own way to say no is to end the program: what it would stumble over is looked at first.
 */
static struct pci_access *open_pci(void)
{
	struct pci_access *pci = access(DEVICES, X_OK) ? NULL : pci_alloc();

	if (!pci)
		return NULL;
	pci->method = PCI_ACCESS_SYS_BUS_PCI;
	pci->warning = silent;
	pci_init(pci);
	return pci;
}

static bool is_here(struct bdf bdf)
{
	char path[sizeof(DEVICES "/") + BDF_LEN], name[BDF_LEN];

	snprintf(path, sizeof(path), DEVICES "/%s", bdf_format(bdf, name));
	return !access(path, F_OK);
}

/* The PF of a VF; false where @bdf is none. */
static bool find_pf(struct bdf bdf, struct bdf *pf)
{
	char path[sizeof(DEVICES "/") + BDF_LEN + sizeof("/physfn")], name[BDF_LEN], to[PATH_MAX];
	ssize_t len;

	snprintf(path, sizeof(path), DEVICES "/%s/physfn", bdf_format(bdf, name));
	len = readlink(path, to, sizeof(to) - 1);
	if (len < 0)
		return false;
	to[len] = '\0';
	return !bdf_parse(basename(to), pf);
}

static struct dump_fn *find(const struct dump *dump, struct bdf bdf)
{
	for (size_t i = 0; i < dump->count; i++)
		if (bdf_equal(dump->fn[i]->bdf, bdf))
			return dump->fn[i];
	return NULL;
}

/* The kernel knows the BARs of each function, and those of a VF as its slice of the PF's. */
static void read_bars(struct pci_dev *dev, struct dump_fn *fn)
{
	fn->listed = pci_fill_info(dev, PCI_FILL_BASES | PCI_FILL_SIZES) & PCI_FILL_SIZES;
	for (unsigned i = 0; fn->listed && i < PCI_BARS; i++) {
		pciaddr_t base = dev->base_addr[i];

		if (!dev->size[i])
			continue;
		fn->bar[i].size = dev->size[i];
		if (base & PCI_BASE_ADDRESS_SPACE_IO)
			fn->bar[i].type = BAR_IO;
		else if ((base & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64)
			fn->bar[i].type = BAR_MEM64;
		else
			fn->bar[i].type = BAR_MEM32;
	}
}

static int read_one(struct pci_access *pci, struct dump *dump, struct bdf bdf)
{
	struct dump_fn *fn = find(dump, bdf);
	uint8_t byte[CFG_SPACE_EXP_SIZE];
	/* What there is: all, what a function of PCI has, or what a user without rights may read.
	 */
	static const int lengths[] = {CFG_SPACE_EXP_SIZE, CFG_SPACE_SIZE, 64};
	struct pci_dev *dev;
	bool done = false;

	if (fn)
		return 0;
	fn = dump_add(dump, bdf, dump->count + 1);
	dev = fn ? pci_get_dev(pci, (int)bdf.domain, bdf.bus, bdf.devfn >> 3, bdf.devfn & 7) : NULL;
	if (!dev)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]) && !done; i++) {
		done = pci_read_block(dev, 0, byte, lengths[i]);
		if (done && !dump_extend(fn, byte, (size_t)lengths[i])) {
			pci_free_dev(dev);
			return -ENOMEM;
		}
	}
	if (!done)
		dump_wrong(dump, fn->line, fn, "its config space cannot be read: not judged");
	read_bars(dev, fn);
	pci_free_dev(dev);
	return 0;
}

static int read_all(struct pci_access *pci, struct dump *dump, const struct bdf *bdf, size_t count)
{
	struct bdf pf;
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		if (find_pf(bdf[i], &pf))
			err = read_one(pci, dump, pf);
		if (!err)
			err = read_one(pci, dump, bdf[i]);
	}
	return err ? err : dump_relate(dump);
}

struct dump *dump_live(const struct bdf *bdf, size_t count, char *why, size_t size)
{
	struct pci_access *pci;
	struct dump *dump;
	char name[BDF_LEN];

	for (size_t i = 0; i < count; i++)
		if (!is_here(bdf[i])) {
			snprintf(why, size, "no function %s here: `lspci -D` lists what there is",
				 bdf_format(bdf[i], name));
			return NULL;
		}
	pci = open_pci();
	dump = pci ? dump_new() : NULL;
	if (!dump || read_all(pci, dump, bdf, count)) {
		snprintf(why, size, pci ? "out of memory" : DEVICES ": no PCI in this kernel");
		dump_free(dump);
		dump = NULL;
	}
	if (pci)
		pci_cleanup(pci);
	return dump;
}
