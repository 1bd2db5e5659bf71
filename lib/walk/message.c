/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forged interrupt requests.
 *
 * Intel (VT-d specification 4.1, 5.1.2.2): address and subhandle name an entry of one table.
 * AMD (I/O Virtualization specification, 2.2.5.1; Linux drivers/iommu/amd/iommu.c:fill_msi_msg):
 * data 10:0 is an index into the function's own table; of the delivery modes in bits 10:8 only
 * fixed and arbitrated ones are remapped. An index from 512 on is the delivery mode of an SMI or
 * worse, so none is shot beyond a table of Linux, which has that many entries. (Units that remap
 * 2048 of them take no delivery mode from a message; its address has bit 2 set then, and keeps it.)
 * ITS (GICv3, 5.2; Linux drivers/irqchip/irq-gic-v3-its.c:its_irq_compose_msi_msg): data is an
 * EventID in the function's own table. The address is that of the doorbell as the function's
 * domain has it mapped, so another's message is sent there and not where that one would go.
 */
#include <errno.h>
#include <string.h>

#include "message.h"

/* Linux' remapping tables have 64 Ki entries, given out from the first on (INTR_REMAP_TABLE). */
#define ABSENT_HANDLE 0xff00u
#define LAST_HANDLE   0xffffu
/* The last of the 512 entries that Linux gives to a function on AMD (DTE_INTTABLEN). */
#define AMD_ABSENT  0x1ffu
#define AMD_ADDRESS 0xfee00000ull
/*
 * A vector for devices, of which Linux gives out the lowest first: this one has no handler, and the
 * kernel says so when it arrives. (It would never acknowledge FFh, which it takes for spurious:
 * that CPU would take no interrupt any more.)
 */
#define FREE_VECTOR    0xe9u
#define DELIVERY_FIXED 0u
#define DELIVERY_NMI   4u
#define RESERVED_BITS  0xbeef0000u

/* Index into Intel's table that @msg names: handle plus subhandle. */
static int intel_index(struct msi_msg msg, unsigned *index)
{
	uint16_t handle, subhandle;
	bool shv;

	if (vtd_msg_handle(msg, &handle, &shv, &subhandle))
		return -EOPNOTSUPP;
	*index = handle + subhandle;
	return 0;
}

static int forge_intel(enum shot_kind kind, const struct forging *forging, struct msi_msg *msg)
{
	unsigned index = 0;
	bool nobodys = !forging->own.addr && !forging->own.data;

	if (nobodys ? kind == SHOT_BEYOND_HANDLE || kind == SHOT_RESERVED_DATA
		    : intel_index(forging->own, &index) != 0)
		return -EOPNOTSUPP;
	switch (kind) {
	case SHOT_OWN_HANDLE:
	case SHOT_SIBLING_HANDLE:
	case SHOT_PF_HANDLE:
		*msg = forging->victim;
		return intel_index(*msg, &index);
	case SHOT_ABSENT_HANDLE:
		*msg = vtd_remappable_msg(ABSENT_HANDLE, false, 0);
		return 0;
	case SHOT_BEYOND_HANDLE:
		/* Whoever adds them up in 16 bits arrives at a vector of the function's own. */
		*msg = vtd_remappable_msg(LAST_HANDLE, true, (uint16_t)(index + 1));
		return 0;
	case SHOT_COMPAT_FIXED:
		*msg = vtd_compatibility_msg(0, FREE_VECTOR, DELIVERY_FIXED);
		return 0;
	case SHOT_COMPAT_NMI:
		*msg = vtd_compatibility_msg(0, 0, DELIVERY_NMI);
		return 0;
	case SHOT_RESERVED_DATA:
		*msg = vtd_remappable_msg((uint16_t)index, true, 0);
		msg->data |= RESERVED_BITS;
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

/* Only where it is no vector of its own. */
static int data_of(struct msi_msg *msg, const struct forging *forging, uint32_t data)
{
	msg->data = data;
	return data < forging->enabled ? -EOPNOTSUPP : 0;
}

static int forge_amd(enum shot_kind kind, const struct forging *forging, struct msi_msg *msg)
{
	*msg = forging->own;
	/* An entry that nobody has programmed has none. */
	if (!msg->addr)
		msg->addr = AMD_ADDRESS;
	if (!msi_addr_is_x86(msg->addr))
		return -EOPNOTSUPP;
	switch (kind) {
	case SHOT_OWN_HANDLE:
	case SHOT_SIBLING_HANDLE:
	case SHOT_PF_HANDLE:
		msg->data = forging->victim.data;
		return 0;
	case SHOT_ABSENT_HANDLE:
		return data_of(msg, forging, AMD_ABSENT);
	case SHOT_COMPAT_FIXED:
		return data_of(msg, forging, FREE_VECTOR);
	case SHOT_COMPAT_NMI:
		return data_of(msg, forging, DELIVERY_NMI << 8);
	default:
		return -EOPNOTSUPP;
	}
}

static int forge_its(enum shot_kind kind, const struct forging *forging, struct msi_msg *msg)
{
	*msg = forging->own;
	if (!msg->addr)
		msg->addr = forging->victim.addr;
	if (!msg->addr)
		return -EOPNOTSUPP;
	switch (kind) {
	case SHOT_OWN_HANDLE:
	case SHOT_SIBLING_HANDLE:
	case SHOT_PF_HANDLE:
		msg->data = forging->victim.data;
		return 0;
	case SHOT_ABSENT_HANDLE:
		return data_of(msg, forging, ABSENT_HANDLE);
	case SHOT_BEYOND_HANDLE:
		return data_of(msg, forging, UINT32_MAX);
	default:
		return -EOPNOTSUPP;
	}
}

int message_forge(const char *iommu, enum shot_kind kind, const struct forging *forging,
		  struct msi_msg *msg)
{
	if (!strcmp(iommu, "intel"))
		return forge_intel(kind, forging, msg);
	if (!strcmp(iommu, "amd"))
		return forge_amd(kind, forging, msg);
	if (!strcmp(iommu, "smmu"))
		return forge_its(kind, forging, msg);
	/* The same bits mean something else elsewhere. */
	return -EOPNOTSUPP;
}
