/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which events of QEMU's trace are read, and by whom. */
#include <inttypes.h>
#include <string.h>

#include "trace.h"

#define SEES(k) (1u << WITNESS_##k)
#define DMA     (1u << WITNESS_KINDS)

/* Names as in QEMU 7.2 and 10.0; what one does not have is not asked for. */
static const struct row {
	const char *name;
	trace_handler *handler;
	unsigned sees; /* what there is to see where QEMU has this event */
} rows[] = {
	{"virtio_console_flush_buf", port_written, 0},
	{"pci_cfg_read", config_read, SEES(CONTROL)},
	{"pci_nvme_virt_mngmt", nvme_managed, SEES(MANAGED)},
	{"pci_nvme_err_req_status", nvme_failed, 0},
	{"vtd_ir_enable", intel_remapping, 0},
	{"vtd_dmar_enable", intel_translation, 0},
	{"vtd_ir_remap_msi_req", intel_request, SEES(REQUEST)},
	{"vtd_ir_irte_get", intel_entry, 0},
	{"vtd_ir_remap_msi", trace_passed, 0},
	{"vtd_dmar_fault", intel_dma, DMA},
	{"vtd_frr_new", intel_record, SEES(FAULT)},
	{"amdvi_ir_remap_msi_req", amd_request, SEES(REQUEST)},
	{"amdvi_ir_remap_msi", trace_passed, 0},
	{"amdvi_page_fault", amd_dma, SEES(FAULT) | DMA},
	{"smmuv3_record_event", smmu_event, SEES(FAULT) | DMA},
	{"gicv3_its_translation_write", its_request, SEES(REQUEST)},
	{"gicv3_its_cte_read", its_collection, 0},
	{"gicv3_its_process_command", its_command, 0},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const char *witness_trace_event(size_t index)
{
	return index < ROWS ? rows[index].name : NULL;
}

static const struct row *row_of(const char *name, size_t len)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strlen(rows[i].name) == len && !strncmp(rows[i].name, name, len))
			return &rows[i];
	return NULL;
}

void trace_line(struct trace *t, const char *line)
{
	size_t len = strcspn(line, " \n");
	const struct row *row = row_of(line, len);

	if (row)
		row->handler(t, line + len + (line[len] == ' '));
}

void trace_scope(FILE *events, struct witness_scope *scope)
{
	char name[128];

	while (fgets(name, sizeof(name), events)) {
		const struct row *row = row_of(name, strcspn(name, "\n"));

		scope->sees |= row ? row->sees & (DMA - 1) : 0;
		scope->sees_dma |= row && row->sees & DMA;
	}
}

/* --- for the models --- */

void trace_saw(struct trace *t, const struct witness_event *event)
{
	t->saw(t->ctx, event);
}

void trace_settle(struct trace *t)
{
	bool requested = t->requested, managing = t->managing;

	t->requested = t->managing = false;
	if (requested)
		trace_saw(t, &t->request);
	if (managing)
		trace_saw(t, &t->managed);
}

struct witness_event *trace_request(struct trace *t)
{
	trace_settle(t);
	t->requested = true;
	t->request = witness_event(WITNESS_REQUEST);
	t->request.write = true;
	return &t->request;
}

void trace_passed(struct trace *t, const char *args)
{
	uint64_t addr, data;

	if (!t->requested ||
	    sscanf(args, "(addr 0x%*x, data 0x%*x) -> (addr 0x%" SCNx64 ", data 0x%" SCNx64, &addr,
		   &data) != 2)
		return;
	t->request.outcome = t->request.addr == addr && (uint64_t)t->request.data == data
				     ? OUTCOME_PASSED
				     : OUTCOME_REMAPPED;
	trace_settle(t);
}

struct bdf trace_source(unsigned id)
{
	return (struct bdf){.bus = (uint8_t)(id >> 8), .devfn = (uint8_t)id};
}
