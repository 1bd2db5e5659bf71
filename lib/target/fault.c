/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IOMMU faults as the kernel logs them.
 *
 * Intel (dmar_fault_do_one() in drivers/iommu/intel/dmar.c), with or without a domain in front of
 * the address, which later kernels print:
 *	DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault addr 0x1000 [fault reason 0x05]
 *... DMAR: [INTR-REMAP] Request device [0000:01:00.1] fault index 0x7 [fault reason 0x26] ... AMD
 *(amd_iommu_report_page_fault() in drivers/iommu/amd/iommu.c), about a device the kernel knows, and
 *about another: nvme 0000:01:00.1: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x1 address=0x1000
 *flags=0x20] AMD-Vi: Event logged [IO_PAGE_FAULT device=0000:01:00.1 domain=0x1 address=0x1000 ...]
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/target.h>

/* Flags of an AMD IO_PAGE_FAULT event (AMD I/O virtualization specification, 2.5.3). */
#define AMD_FLAG_INTERRUPT 0x008u
#define AMD_FLAG_WRITE     0x020u

/* Reads the number behind @key, base 16 with 0x and else 10; false where there is none. */
static bool number_after(const char *line, const char *key, uint64_t *value)
{
	const char *at = strstr(line, key);
	char *end;

	if (!at)
		return false;
	at += strlen(key);
	errno = 0;
	*value = strtoull(at, &end, strncmp(at, "0x", 2) ? 10 : 16);
	return end != at && !errno;
}

/* Reads the address that the @len bytes at @text are. */
static int address_in(const char *text, size_t len, struct bdf *bdf)
{
	char copy[BDF_LEN];

	if (len >= sizeof(copy))
		return -ENOMSG;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return bdf_parse(copy, bdf) ? -ENOMSG : 0;
}

/* ... which ends before one of @stop. */
static int address_until(const char *text, const char *stop, struct bdf *bdf)
{
	return address_in(text, strcspn(text, stop), bdf);
}

static int parse_intel(const char *line, struct iommu_fault *fault)
{
	static const char device[] = "Request device [";
	const char *at = strstr(line, device);
	uint64_t number;

	if (!at || address_until(at + strlen(device), "]", &fault->source))
		return -ENOMSG;
	if (!number_after(line, "fault reason ", &number))
		return -ENOMSG;
	fault->reason = number;

	if (strstr(line, "[INTR-REMAP]")) {
		if (!number_after(line, "fault index ", &number))
			return -ENOMSG;
		fault->interrupt = true;
		fault->index = number;
		return 0;
	}
	if (!strstr(line, "[DMA ") || !number_after(line, "fault addr ", &fault->addr))
		return -ENOMSG;
	fault->write = strstr(line, "[DMA Write");
	return 0;
}

/* The address that a driver's name and a blank precede: "nvme 0000:01:00.1: AMD-Vi: ...". */
static int device_before(const char *line, const char *end, struct bdf *bdf)
{
	const char *at = end;

	while (at > line && at[-1] == ' ')
		at--;
	if (at == line || at[-1] != ':')
		return -ENOMSG;
	const char *stop = --at;

	while (at > line && !isspace((unsigned char)at[-1]))
		at--;
	return address_in(at, stop - at, bdf);
}

static int parse_amd(const char *line, struct iommu_fault *fault)
{
	static const char event[] = "AMD-Vi: Event logged [IO_PAGE_FAULT";
	const char *begin = strstr(line, event);
	const char *device;
	uint64_t flags;
	int ret;

	if (!begin)
		return -ENOMSG;
	device = strstr(begin, "device=");
	if (device)
		ret = address_until(device + strlen("device="), " ]", &fault->source);
	else
		ret = device_before(line, begin, &fault->source);
	if (ret)
		return ret;
	if (!number_after(begin, "address=", &fault->addr) ||
	    !number_after(begin, "flags=", &flags))
		return -ENOMSG;
	fault->interrupt = flags & AMD_FLAG_INTERRUPT;
	fault->write = flags & AMD_FLAG_WRITE;
	fault->reason = flags;
	return 0;
}

int iommu_fault_parse(const char *line, struct iommu_fault *fault)
{
	*fault = (struct iommu_fault){.index = -1};
	if (strstr(line, "DMAR:"))
		return parse_intel(line, fault);
	return parse_amd(line, fault);
}
