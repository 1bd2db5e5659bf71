/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of an SMMUv3 (drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c). Up to Linux 6.12 an event is
 * five lines, its record in four numbers (arm_smmu_evtq_thread); later kernels add two that decode
 * it and name the device (arm_smmu_dump_event):
 *
 *	arm-smmu-v3 0.auto: event 0x10 received:
 *	arm-smmu-v3 0.auto: 	0x0000010100000010
 *	arm-smmu-v3 0.auto: 	0x0000020000000000
 *	arm-smmu-v3 0.auto: 	0x0000000012345000
 *	arm-smmu-v3 0.auto: 	0x0000000000000000
 *	arm-smmu-v3 0.auto: event: F_TRANSLATION client: 0000:01:00.1 sid: 0x101 ssid: 0x0 iova: ...
 *	arm-smmu-v3 0.auto: unpriv data write s1 "Input address caused fault" stag: 0x0
 *
 * A Stream ID is taken for a Requester ID with what the firmware puts in front: there is no other
 * way to know the device, up to 6.12.
 */
#include <errno.h>
#include <string.h>

#include "fault.h"

/* Events of a transfer that was refused, and the fields of their records (SMMUv3, 7.3). */
#define F_TRANSLATION 0x10u
#define F_PERMISSION  0x13u
#define EVT_ID(q)     ((unsigned)((q)&0xff))
#define EVT_SID(q)    ((uint32_t)((q) >> 32))
#define EVT_READ      (1ull << 35) /* RnW, in the second number */

static const char *const names[] = {"F_TRANSLATION", "F_ADDR_SIZE", "F_ACCESS", "F_PERMISSION"};

static struct bdf of_stream(uint32_t sid)
{
	return (struct bdf){.bus = (uint8_t)(sid >> 8), .devfn = (uint8_t)sid};
}

static int found(struct iommu_fault_reader *reader, const struct iommu_fault *fault, int res)
{
	reader->last = *fault;
	reader->has_last = true;
	return res;
}

/* The numbers of the record, one line each. /dev/kmsg shows the tab in front as \x09. */
static int read_number(struct iommu_fault_reader *reader, const char *at, struct iommu_fault *fault)
{
	uint64_t number;

	if (!fault_word(&at, "\t") && !fault_word(&at, "\\x09"))
		return -ENOMSG;
	if (!fault_number(&at, UINT64_MAX, &number) || *at || !reader->wanted)
		return -ENOMSG;
	reader->quad[4 - reader->wanted--] = number;
	if (reader->wanted)
		return -ENOMSG;
	/* The record says which event it is, and so did the line before. */
	if (EVT_ID(reader->quad[0]) != reader->event || reader->event < F_TRANSLATION ||
	    reader->event > F_PERMISSION)
		return -ENOMSG;
	fault->reason = reader->event;
	fault->source = of_stream(EVT_SID(reader->quad[0]));
	fault->write = !(reader->quad[1] & EVT_READ);
	fault->addr = reader->quad[2];
	return found(reader, fault, 0);
}

static bool event_named(const char **at, unsigned *reason)
{
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		*reason = F_TRANSLATION + i;
		if (fault_word(at, names[i]))
			return true;
	}
	return false;
}

/* The event decoded: of the same one whose record has just been read, or of one by itself. */
static int read_decoded(struct iommu_fault_reader *reader, const char *at,
			struct iommu_fault *fault)
{
	uint64_t sid, ssid;
	bool same;

	if (!event_named(&at, &fault->reason) || !fault_word(&at, " client: "))
		return -ENOMSG;
	if (!fault_word(&at, "(unassigned sid)") && !fault_address(&at, " ", &fault->source))
		return -ENOMSG;
	if (!fault_word(&at, " sid: ") || !fault_number(&at, UINT32_MAX, &sid) ||
	    !fault_word(&at, " ssid: ") || !fault_number(&at, UINT32_MAX, &ssid) ||
	    !fault_word(&at, " iova: ") || !fault_number(&at, UINT64_MAX, &fault->addr) ||
	    !fault_word(&at, " ipa: "))
		return -ENOMSG;
	if (!bdf_requester_id(fault->source))
		fault->source = of_stream((uint32_t)sid);
	same = reader->has_last && reader->last.reason == fault->reason &&
	       reader->last.addr == fault->addr && EVT_SID(reader->quad[0]) == sid;
	if (same)
		fault->write = reader->last.write;
	return found(reader, fault, same ? 1 : 0);
}

/* The last line tells of the one before whether it was a write. */
static int read_access(struct iommu_fault_reader *reader, const char *at, struct iommu_fault *fault)
{
	if (!fault_word(&at, "unpriv ") && !fault_word(&at, "priv "))
		return -ENOMSG;
	if (!fault_word(&at, "data ") && !fault_word(&at, "inst "))
		return -ENOMSG;
	if (!reader->has_last || (strncmp(at, "write ", 6) && strncmp(at, "read ", 5)))
		return -ENOMSG;
	*fault = reader->last;
	fault->write = *at == 'w';
	reader->has_last = false;
	return 1;
}

static int read_rest(struct iommu_fault_reader *reader, const char *at, struct iommu_fault *fault)
{
	uint64_t event;

	if (fault_word(&at, "event ")) {
		reader->wanted = 0;
		reader->has_last = false;
		if (!fault_number(&at, UINT8_MAX, &event) || strcmp(at, " received:"))
			return -ENOMSG;
		reader->event = (unsigned)event;
		reader->wanted = 4;
		return -ENOMSG;
	}
	if (fault_word(&at, "event: "))
		return read_decoded(reader, at, fault);
	if (*at == '\t' || *at == '\\')
		return read_number(reader, at, fault);
	return read_access(reader, at, fault);
}

int fault_read_smmu(struct iommu_fault_reader *reader, const char *line, struct iommu_fault *fault)
{
	const char *at = line;
	char unit[sizeof(reader->unit)];
	size_t len;
	int res;

	if (!fault_word(&at, "arm-smmu-v3 "))
		return -ENOMSG;
	len = strcspn(at, ":");
	if (!len || len >= sizeof(unit) || strncmp(at + len, ": ", 2))
		return -ENOMSG;
	memcpy(unit, at, len);
	unit[len] = '\0';
	/* What another unit says in between does not go on with the event of the first. */
	if (strcmp(unit, reader->unit))
		*reader = (struct iommu_fault_reader){0};
	memcpy(reader->unit, unit, len + 1);
	res = read_rest(reader, at + len + 2, fault);
	if (res < 0)
		*fault = (struct iommu_fault){.index = -1};
	return res;
}
