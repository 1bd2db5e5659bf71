/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BARs: their sizes, and accesses of exactly the width that was asked for. resourceN of sysfs is
 * mapped once and kept for the epoch; a function that is open in VFIO is reached through VFIO,
 * because a kernel with strict /dev/mem checks refuses resourceN once a driver claimed it.
 */
#include <endian.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "linux.h"

/* Flags in the third column of `resource` (include/linux/ioport.h). */
#define IORESOURCE_IO     0x00000100ull
#define IORESOURCE_MEM    0x00000200ull
#define IORESOURCE_MEM_64 0x00100000ull

struct resource {
	uint64_t start, size, flags;
};

static int read_resources(struct bdf fn, struct resource res[static PCI_BARS])
{
	char path[PATH_MAX], text[4096], *line = text;
	ssize_t len = linux_read_text(linux_path(path, fn, "resource"), text, sizeof(text));

	memset(res, 0, PCI_BARS * sizeof(*res));
	if (len < 0)
		return len == -ENOENT ? -ENODEV : len;
	for (unsigned n = 0; n < PCI_BARS && line; n++) {
		unsigned long long start, end, flags;

		if (sscanf(line, "%llx %llx %llx", &start, &end, &flags) != 3)
			return -EIO;
		if (flags)
			res[n] = (struct resource){start, end - start + 1, flags};
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return 0;
}

int linux_bars(struct target *t, struct bdf fn, struct bar bar[static PCI_BARS])
{
	struct resource res[PCI_BARS];
	int ret = read_resources(fn, res);

	(void)t;
	if (ret)
		return ret;
	for (unsigned n = 0; n < PCI_BARS; n++) {
		bar[n] = (struct bar){.type = BAR_NONE};
		if (n && bar[n - 1].type == BAR_MEM64) {
			bar[n].type = BAR_UPPER;
			continue;
		}
		if (res[n].flags & IORESOURCE_MEM)
			bar[n].type = res[n].flags & IORESOURCE_MEM_64 ? BAR_MEM64 : BAR_MEM32;
		else if (res[n].flags & IORESOURCE_IO)
			bar[n].type = BAR_IO;
		if (bar[n].type != BAR_NONE)
			bar[n].size = res[n].size;
	}
	return 0;
}

void linux_unmap(struct linux_map bar[static PCI_BARS])
{
	uintptr_t page = sysconf(_SC_PAGESIZE);

	for (unsigned n = 0; n < PCI_BARS; n++) {
		uintptr_t addr = (uintptr_t)bar[n].addr;

		if (addr)
			munmap((void *)(addr & -page), bar[n].len + (addr & (page - 1)));
		bar[n] = (struct linux_map){0};
	}
}

/* What refuses a mapping is named once: a scenario would repeat it a thousand times. */
static int refused(struct bdf fn, unsigned bar, int error)
{
	static bool told;
	char name[BDF_LEN];

	/* iomem_is_exclusive(), which pci_mmap_resource() asks, answers with EINVAL. */
	if (error != EPERM && error != EACCES && error != EINVAL)
		return -error;
	if (!told)
		warnx("%s: the kernel does not let BAR %u be mapped while a driver holds it; boot "
		      "with iomem=relaxed",
		      bdf_format(fn, name), bar);
	told = true;
	return -EACCES;
}

static int map_resource(struct bdf fn, unsigned bar, struct linux_map *map)
{
	struct resource res[PCI_BARS];
	char path[PATH_MAX], attr[16];
	int ret = read_resources(fn, res);

	if (ret)
		return ret;
	if (!res[bar].size || !(res[bar].flags & IORESOURCE_MEM))
		return res[bar].flags & IORESOURCE_IO ? -EOPNOTSUPP : -ENXIO;

	/* A small BAR of a PF may begin inside its page. */
	size_t head = res[bar].start & (sysconf(_SC_PAGESIZE) - 1);
	int fd;

	snprintf(attr, sizeof(attr), "resource%u", bar);
	fd = open(linux_path(path, fn, attr), O_RDWR | O_SYNC | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ENODEV : -errno;
	void *addr = mmap(NULL, res[bar].size + head, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	int error = errno;

	close(fd);
	if (addr == MAP_FAILED)
		return refused(fn, bar, error);
	*map = (struct linux_map){(char *)addr + head, res[bar].size};
	return 0;
}

/*
 * Lets the function decode memory, as its driver would. PCIe 6.0, 9.3.4.1.3, makes the bit of a VF
 * read-only zero and VF MSE of the PF govern it, but there are devices that listen to it; and a PF
 * without a driver needs it. linux_outdate() comes with every act that may clear it again.
 */
static void decode_memory(struct target *t, struct bdf fn)
{
	uint16_t command;

	if (linux_cfg_read(t, fn, PCI_COMMAND, &command, sizeof(command)) == sizeof(command) &&
	    !(command & PCI_COMMAND_MEMORY))
		linux_cfg_write(t, fn, PCI_COMMAND, 2, command | PCI_COMMAND_MEMORY);
}

/* Where runtime power management leaves its word; 0 where no driver lets the function sleep. */
static unsigned find_pmcsr(struct target *t, struct bdf fn)
{
	char driver[TARGET_NAME_LEN];
	struct cfg cfg;
	ssize_t len;
	int pos;

	if (linux_driver(t, fn, driver) || !driver[0])
		return 0;
	len = linux_cfg_read(t, fn, 0, cfg.byte, CFG_SPACE_SIZE);
	cfg.len = len < 0 ? 0 : (size_t)len;
	pos = cfg_find_cap(&cfg, PCI_CAP_ID_PM, 0);
	return pos > 0 ? (unsigned)pos + PCI_PM_CTRL : 0;
}

/*
 * In D3hot a function answers no memory request (PCIe 6.0, 5.3.1.4.1): vfio-pci sends it there
 * while nobody has it open. What is read then is not the table.
 */
static bool sleeps(struct target *t, const struct linux_fn *f)
{
	uint16_t pmcsr;

	return f->pmcsr &&
	       linux_cfg_read(t, f->fn, f->pmcsr, &pmcsr, sizeof(pmcsr)) == sizeof(pmcsr) &&
	       le16toh(pmcsr) & PCI_PM_CTRL_STATE_MASK;
}

static int map_bar(struct target *t, struct bdf fn, unsigned bar, struct linux_map *map)
{
	struct linux_target *l = linux_of(t);
	struct linux_vfio *v = linux_vfio_find(l, fn);
	struct linux_fn *f = linux_fn(l, fn);
	int ret = 0;

	if (!f)
		return -ENOMEM;
	if (!v || linux_vfio_map_bar(v, bar, &map->addr, &map->len)) {
		if (!f->bar[bar].addr)
			ret = map_resource(fn, bar, &f->bar[bar]);
		*map = f->bar[bar];
	}
	if (!ret && !f->decodes) {
		decode_memory(t, fn);
		f->pmcsr = find_pmcsr(t, fn);
		f->decodes = true;
	}
	return !ret && !v && sleeps(t, f) ? -EAGAIN : ret;
}

/* Where an access of @width at @off goes, once it is known to be good. */
static int locate(struct target *t, struct bdf fn, unsigned bar, uint64_t off, unsigned width,
		  volatile void **at)
{
	struct linux_map map;
	int ret;

	if (bar >= PCI_BARS || (width != 1 && width != 2 && width != 4 && width != 8) ||
	    off % width)
		return -EINVAL;
	ret = map_bar(t, fn, bar, &map);
	if (ret)
		return ret;
	if (off > map.len || width > map.len - off)
		return -ERANGE;
	*at = (volatile char *)map.addr + off;
	return 0;
}

static void read_at(volatile void *at, unsigned width, uint64_t *value)
{
	switch (width) {
	case 1:
		*value = *(volatile uint8_t *)at;
		break;
	case 2:
		*value = *(volatile uint16_t *)at;
		break;
	case 4:
		*value = *(volatile uint32_t *)at;
		break;
	default:
		*value = *(volatile uint64_t *)at;
	}
}

static void write_at(volatile void *at, unsigned width, uint64_t *value)
{
	switch (width) {
	case 1:
		*(volatile uint8_t *)at = *value;
		break;
	case 2:
		*(volatile uint16_t *)at = *value;
		break;
	case 4:
		*(volatile uint32_t *)at = *value;
		break;
	default:
		*(volatile uint64_t *)at = *value;
	}
}

int linux_mmio_read(struct target *t, struct bdf fn, unsigned bar, uint64_t off, unsigned width,
		    uint64_t *value)
{
	volatile void *at;
	int ret = locate(t, fn, bar, off, width, &at);

	return ret ? ret : linux_try_access(read_at, at, width, value);
}

int linux_mmio_write(struct target *t, struct bdf fn, unsigned bar, uint64_t off, unsigned width,
		     uint64_t value)
{
	volatile void *at;
	int ret = locate(t, fn, bar, off, width, &at);

	return ret ? ret : linux_try_access(write_at, at, width, &value);
}
