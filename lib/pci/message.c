/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt messages of x86, and the two request formats that VT-d knows.
 *
 * Remappable address (Intel VT-d specification 4.0, 5.1.2.2): bits 19:5 handle 14:0, bit 4
 * interrupt format = 1, bit 3 subhandle valid, bit 2 handle 15. Data: bits 15:0 the subhandle.
 * Compatibility address (5.1.2.1): bits 19:12 destination, bit 4 = 0. Data: bits 10:8 delivery
 * mode, bits 7:0 vector.
 */
#include <errno.h>

#include <vfwalk/pci.h>

#define MSI_X86_BASE       0xfee00000u
#define VTD_FORMAT_REMAP   (1u << 4)
#define VTD_SUBHANDLE      (1u << 3)
#define VTD_HANDLE_15      (1u << 2)
#define VTD_HANDLE_SHIFT   5
#define VTD_DEST_SHIFT     12
#define VTD_DELIVERY_SHIFT 8

bool msi_addr_is_x86(uint64_t addr)
{
	return (addr & ~0xfffffull) == MSI_X86_BASE;
}

struct msi_msg vtd_remappable_msg(uint16_t handle, bool shv, uint16_t subhandle)
{
	uint32_t addr = MSI_X86_BASE | VTD_FORMAT_REMAP;

	addr |= (handle & 0x7fffu) << VTD_HANDLE_SHIFT;
	if (handle & 0x8000u)
		addr |= VTD_HANDLE_15;
	if (shv)
		addr |= VTD_SUBHANDLE;
	return (struct msi_msg){.addr = addr, .data = shv ? subhandle : 0};
}

struct msi_msg vtd_compatibility_msg(uint8_t dest, uint8_t vector, unsigned delivery_mode)
{
	return (struct msi_msg){
		.addr = MSI_X86_BASE | (uint32_t)dest << VTD_DEST_SHIFT,
		.data = delivery_mode << VTD_DELIVERY_SHIFT | vector,
	};
}

int vtd_msg_handle(struct msi_msg msg, uint16_t *handle, bool *shv, uint16_t *subhandle)
{
	if (!msi_addr_is_x86(msg.addr) || !(msg.addr & VTD_FORMAT_REMAP))
		return -EINVAL;

	*handle = (uint16_t)(msg.addr >> VTD_HANDLE_SHIFT & 0x7fffu);
	if (msg.addr & VTD_HANDLE_15)
		*handle |= 0x8000u;
	*shv = msg.addr & VTD_SUBHANDLE;
	*subhandle = *shv ? (uint16_t)msg.data : 0;
	return 0;
}
