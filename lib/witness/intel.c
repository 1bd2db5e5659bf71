/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU hw/i386/intel_iommu.c: vtd_interrupt_remap_msi traces each request and, where it passes,
 * what becomes of it. Whose it is stands only in the fault that is recorded of it, from QEMU 8.2
 * on.
 */
#include <inttypes.h>

#include "trace.h"

/* Fault reasons from here on are of interrupt requests (VT-d 4.1, 7.1.3). */
#define REASON_INTERRUPT 0x20
/* In the upper half of a fault record (VT-d 4.1, 11.4.14): Type is 1 for a read. */
#define RECORD_TYPE (1ull << 62)

void intel_remapping(struct trace *t, const char *args)
{
	int on;

	if (sscanf(args, "enable %d", &on) == 1)
		t->remapping = on != 0;
}

void intel_translation(struct trace *t, const char *args)
{
	int on;

	if (sscanf(args, "enable %d", &on) == 1)
		t->translation = on != 0;
}

void intel_request(struct trace *t, const char *args)
{
	uint64_t addr, data;
	struct witness_event *request;

	if (sscanf(args, "addr 0x%" SCNx64 " data 0x%" SCNx64, &addr, &data) != 2)
		return;
	request = trace_request(t);
	request->has_addr = true;
	request->addr = addr;
	request->data = (uint32_t)data;
}

void intel_entry(struct trace *t, const char *args)
{
	int index;

	if (sscanf(args, "index %d", &index) == 1 && t->requested)
		t->request.index = index;
}

/* A DMA is refused, whether a fault is recorded of it or not. */
void intel_dma(struct trace *t, const char *args)
{
	struct witness_event request = witness_event(WITNESS_REQUEST);
	unsigned source, write;
	int reason;

	if (sscanf(args, "sid 0x%x fault %d addr 0x%" SCNx64 " write %u", &source, &reason,
		   &request.addr, &write) != 4)
		return;
	trace_settle(t);
	request.dma = request.has_addr = request.has_source = true;
	request.write = write;
	request.source = trace_source(source);
	request.reason = reason;
	trace_saw(t, &request);
}

void intel_record(struct trace *t, const char *args)
{
	struct witness_event fault = witness_event(WITNESS_FAULT);
	uint64_t high, low;

	if (sscanf(args, "index %*d high 0x%" SCNx64 " low 0x%" SCNx64, &high, &low) != 2)
		return;
	fault.has_source = true;
	fault.source = trace_source(high & 0xffff);
	fault.reason = high >> 32 & 0xff;
	fault.dma = fault.reason < REASON_INTERRUPT;
	fault.write = !fault.dma || !(high & RECORD_TYPE);
	if (fault.dma) {
		fault.has_addr = true;
		fault.addr = low;
	} else {
		fault.index = (int)(low >> 48);
	}
	if (!fault.dma && t->requested) {
		t->request.has_source = true;
		t->request.source = fault.source;
		t->request.reason = fault.reason;
	}
	trace_settle(t);
	trace_saw(t, &fault);
}
