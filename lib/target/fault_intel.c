/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of Intel's IOMMU (drivers/iommu/intel/dmar.c:dmar_fault_do_one), one line each, the
 * device with a domain in front of it since Linux 7:
 *
 *	DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault addr 0x1000 [fault reason 0x05]
 *	DMAR: [INTR-REMAP] Request device [0000:01:00.1] fault index 0x7 [fault reason 0x26]
 */
#include <errno.h>

#include "fault.h"

/* What is between the bracket and the device. */
static bool kind(const char **at, struct iommu_fault *fault)
{
	uint64_t pasid;

	if (fault_word(at, "INTR-REMAP]")) {
		fault->interrupt = true;
		return true;
	}
	fault->write = fault_word(at, "DMA Write ");
	if (!fault->write && !fault_word(at, "DMA Read "))
		return false;
	return fault_word(at, "NO_PASID]") ||
	       (fault_word(at, "PASID ") && fault_number(at, UINT32_MAX, &pasid) &&
		fault_word(at, "]"));
}

int fault_read_intel(const char *line, struct iommu_fault *fault)
{
	const char *at = line;
	uint64_t where, reason;

	if (!fault_word(&at, "DMAR: [") || !kind(&at, fault) ||
	    !fault_word(&at, " Request device [") || !fault_address(&at, "]", &fault->source) ||
	    !fault_word(&at, fault->interrupt ? "] fault index " : "] fault addr ") ||
	    !fault_number(&at, fault->interrupt ? UINT16_MAX : UINT64_MAX, &where) ||
	    !fault_word(&at, " [fault reason ") || !fault_number(&at, UINT8_MAX, &reason) ||
	    !fault_word(&at, "]")) {
		*fault = (struct iommu_fault){.index = -1};
		return -ENOMSG;
	}
	fault->reason = (unsigned)reason;
	if (fault->interrupt)
		fault->index = (int)where;
	else
		fault->addr = where;
	return 0;
}
