/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU hw/i386/amd_iommu.c: amdvi_int_remap_msi traces each request with the lower half of its
 * Requester ID only, and where it passes what becomes of it. That it was blocked is recorded for
 * nobody; of a DMA that is there is the address, and not whose it was.
 */
#include <inttypes.h>

#include "trace.h"

void amd_request(struct trace *t, const char *args)
{
	uint64_t addr, data;
	unsigned devfn;
	struct witness_event *request;

	if (sscanf(args, "addr 0x%" SCNx64 " data 0x%" SCNx64 " devid 0x%x", &addr, &data,
		   &devfn) != 3)
		return;
	request = trace_request(t);
	request->has_addr = true;
	request->addr = addr;
	request->data = (uint32_t)data;
	request->devfn = (int)(devfn & 0xff);
	/* Bits 10:0 are the index; of more than 512 entries QEMU does not know (AMD IOMMU,
	 * 2.2.5.1). */
	request->index = (int)(data & 0x7ff);
}

void amd_dma(struct trace *t, const char *args)
{
	struct witness_event request = witness_event(WITNESS_REQUEST), fault;

	if (sscanf(args, "error: page fault accessing guest physical address 0x%" SCNx64,
		   &request.addr) != 1)
		return;
	trace_settle(t);
	request.dma = request.has_addr = request.write = true;
	trace_saw(t, &request);
	fault = request;
	fault.kind = WITNESS_FAULT;
	trace_saw(t, &fault);
}
