/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fault status registers of Intel's remapping units (VT-d 4.1, 11.4.8.1), read through
 * /dev/mem. The kernel claims their pages, so that only iomem=relaxed makes them readable.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "linux.h"

/* Offset of the Fault Status Register (DMAR_FSTS_REG in the kernel). */
#define DMAR_FSTS 0x34

static volatile uint32_t *map_unit(int mem, unsigned unit)
{
	char path[PATH_MAX], text[32], *end;
	uint64_t base;

	snprintf(path, sizeof(path), "/sys/class/iommu/dmar%u/intel-iommu/address", unit);
	if (linux_read_text(path, text, sizeof(text)) <= 0)
		return NULL;
	base = strtoull(text, &end, 16);
	if (*end)
		return NULL;
	void *page = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, mem, base);

	return page == MAP_FAILED ? NULL : (volatile uint32_t *)((char *)page + DMAR_FSTS);
}

static void map_units(struct linux_target *l)
{
	int mem = open("/dev/mem", O_RDONLY | O_SYNC | O_CLOEXEC);

	l->fsts_tried = true;
	if (mem < 0)
		return;
	for (unsigned n = 0; n < LINUX_DMAR_UNITS; n++)
		l->fsts[n] = map_unit(mem, n);
	close(mem);
}

int linux_fault_status(struct target *t, uint32_t *fsts)
{
	struct linux_target *l = linux_of(t);
	bool any = false;

	if (!l->fsts_tried)
		map_units(l);
	*fsts = 0;
	for (unsigned n = 0; n < LINUX_DMAR_UNITS; n++) {
		if (!l->fsts[n])
			continue;
		*fsts |= *l->fsts[n];
		any = true;
	}
	return any ? 0 : -EOPNOTSUPP;
}

void linux_fault_status_close(struct linux_target *l)
{
	for (unsigned n = 0; n < LINUX_DMAR_UNITS; n++) {
		if (l->fsts[n])
			munmap((char *)(uintptr_t)l->fsts[n] - DMAR_FSTS, sysconf(_SC_PAGESIZE));
		l->fsts[n] = NULL;
	}
}
