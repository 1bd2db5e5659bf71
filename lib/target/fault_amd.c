/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of AMD's IOMMU (drivers/iommu/amd/iommu.c:amd_iommu_report_page_fault), of a device that
 * the kernel knows, with its driver in front, and of another:
 *
 *	vfio-pci 0000:01:00.1: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000c address=0x1000
 *		flags=0x0020]
 *	AMD-Vi: Event logged [IO_PAGE_FAULT device=0000:01:00.1 domain=0x000c address=0x1000
 *		flags=0x0020]
 */
#include <errno.h>
#include <string.h>

#include "fault.h"

/* Flags of the event (AMD I/O Virtualization specification, IO_PAGE_FAULT). */
#define FLAG_INTERRUPT 0x008u
#define FLAG_WRITE     0x020u
#define FLAGS_MAX      0xfffu

#define EVENT "AMD-Vi: Event logged [IO_PAGE_FAULT "

/* The device in front of the event, or in it. */
static bool source(const char **at, struct iommu_fault *fault)
{
	if (fault_word(at, EVENT))
		return fault_word(at, "device=") && fault_address(at, " ", &fault->source) &&
		       fault_word(at, " ");
	/* A driver's name has no blanks in it. */
	*at += strcspn(*at, " ");
	if (!fault_word(at, " ") || strcspn(*at, " ") < 2)
		return false;

	const char *end = *at + strcspn(*at, " ") - 1;
	char copy[BDF_LEN];
	size_t len = (size_t)(end - *at);

	if (*end != ':' || len >= sizeof(copy))
		return false;
	memcpy(copy, *at, len);
	copy[len] = '\0';
	*at = end;
	return !bdf_parse(copy, &fault->source) && fault_word(at, ": " EVENT);
}

int fault_read_amd(const char *line, struct iommu_fault *fault)
{
	const char *at = line;
	uint64_t domain, flags;

	if (!strstr(line, EVENT))
		return -ENOMSG;
	if (!source(&at, fault) || !fault_word(&at, "domain=") ||
	    !fault_number(&at, UINT32_MAX, &domain) || !fault_word(&at, " address=") ||
	    !fault_number(&at, UINT64_MAX, &fault->addr) || !fault_word(&at, " flags=") ||
	    !fault_number(&at, FLAGS_MAX, &flags) || strcspn(at, "] ") != 0 || !*at) {
		*fault = (struct iommu_fault){.index = -1};
		return -ENOMSG;
	}
	fault->interrupt = flags & FLAG_INTERRUPT;
	fault->write = flags & FLAG_WRITE;
	fault->reason = (unsigned)flags;
	return 0;
}
