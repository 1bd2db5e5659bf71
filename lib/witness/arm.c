/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU hw/arm/smmuv3.c: smmuv3_record_event traces the kind of an event and its Stream ID, but no
 * address. hw/intc/arm_gicv3_its.c: a write to GITS_TRANSLATER with the DeviceID and the EventID,
 * then what is looked up; the last is the collection, which a request that passes has.
 */
#include <inttypes.h>
#include <string.h>

#include "trace.h"

/* Events of translation (Arm SMMUv3, 7.3). */
static const struct {
	const char *name;
	int number;
} events[] = {
	{"F_TRANSLATION", 0x10},
	{"F_ADDR_SIZE", 0x11},
	{"F_ACCESS", 0x12},
	{"F_PERMISSION", 0x13},
};

void smmu_event(struct trace *t, const char *args)
{
	struct witness_event request = witness_event(WITNESS_REQUEST), fault;
	char name[64];
	unsigned sid;

	if (sscanf(args, "%63s sid=0x%x", name, &sid) != 2)
		return;
	trace_settle(t);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strstr(name, events[i].name))
			request.reason = events[i].number;
	request.dma = request.write = request.has_source = true;
	request.source = trace_source(sid);
	trace_saw(t, &request);
	fault = request;
	fault.kind = WITNESS_FAULT;
	trace_saw(t, &fault);
}

void its_request(struct trace *t, const char *args)
{
	unsigned source;
	uint64_t data;
	struct witness_event *request;

	if (sscanf(args,
		   "GICv3 ITS TRANSLATER write: offset 0x%*x data 0x%" SCNx64
		   " size %*u requester_id 0x%x",
		   &data, &source) != 2)
		return;
	request = trace_request(t);
	request->data = (uint32_t)data;
	request->has_source = true;
	request->source = trace_source(source);
	request->index = (int)(data & 0x7fffffff);
}

void its_collection(struct trace *t, const char *args)
{
	int valid;

	if (sscanf(args, "GICv3 ITS: Collection Table read for ICID 0x%*x: valid %d", &valid) != 1)
		return;
	if (t->requested && valid)
		t->request.outcome = OUTCOME_REMAPPED;
	trace_settle(t);
}

/* What is looked up from here on is for a command of the kernel's. */
void its_command(struct trace *t, const char *args)
{
	(void)args;
	trace_settle(t);
}
