/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Config space, through libpci's sysfs method. A function that is not there reads all ones, as
 * it would on the bus: the kernel removes a VF's file when VF Enable is cleared.
 */
#include <errno.h>
#include <pci/pci.h>
#include <string.h>

#include "linux.h"

static struct pci_dev *device(struct linux_target *l, struct bdf fn)
{
	struct linux_fn *f = linux_fn(l, fn);

	if (!f)
		return NULL;
	if (!f->dev)
		f->dev = pci_get_dev(l->pci, fn.domain, fn.bus, fn.devfn >> 3, fn.devfn & 7);
	return f->dev;
}

static bool read_block(struct linux_target *l, struct bdf fn, unsigned off, void *buf, size_t len)
{
	struct pci_dev *dev = device(l, fn);

	return dev && pci_read_block(dev, off, buf, len);
}

ssize_t linux_cfg_read(struct target *t, struct bdf fn, unsigned off, void *buf, size_t len)
{
	struct linux_target *l = linux_of(t);

	if (off >= CFG_SPACE_EXP_SIZE || len > CFG_SPACE_EXP_SIZE - off)
		return -EINVAL;
	if (read_block(l, fn, off, buf, len))
		return len;

	if (linux_present(fn)) {
		/* libpci may hold the file of a function that went and came back. */
		linux_outdate(l);
		if (read_block(l, fn, off, buf, len))
			return len;
		/* A function without extended config space. */
		if (off < CFG_SPACE_SIZE && len > CFG_SPACE_SIZE - off &&
		    read_block(l, fn, off, buf, CFG_SPACE_SIZE - off))
			return CFG_SPACE_SIZE - off;
	}
	memset(buf, 0xff, len);
	return len;
}

static bool write_value(struct pci_dev *dev, unsigned off, unsigned width, uint32_t value)
{
	switch (width) {
	case 1:
		return pci_write_byte(dev, off, value);
	case 2:
		return pci_write_word(dev, off, value);
	default:
		return pci_write_long(dev, off, value);
	}
}

int linux_cfg_write(struct target *t, struct bdf fn, unsigned off, unsigned width, uint32_t value)
{
	struct linux_target *l = linux_of(t);
	struct pci_dev *dev;
	bool done;

	if ((width != 1 && width != 2 && width != 4) || off % width || off >= CFG_SPACE_EXP_SIZE)
		return -EINVAL;
	dev = device(l, fn);
	done = dev && write_value(dev, off, width, value);
	/* A mapping stands for memory that is decoded (see map_bar()). */
	if (!done || (off == PCI_COMMAND && !(value & PCI_COMMAND_MEMORY)))
		linux_outdate(l);
	if (done)
		return 0;
	if (!linux_present(fn))
		return -ENODEV;
	dev = device(l, fn);
	return dev && write_value(dev, off, width, value) ? 0 : -EIO;
}
