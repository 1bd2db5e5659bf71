/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices: writes to a virtio-serial port (QEMU hw/char/virtio-console.c:flush_buf), reads of
 * config space (hw/pci/pci_host.c:pci_host_config_read_common), and Virtualization Management
 * (hw/nvme/ctrl.c:nvme_virt_mngmt). That a command failed is traced when it is completed, by its
 * Command Identifier.
 */
#include <string.h>

#include "trace.h"

#define OPCODE_MANAGEMENT 0x1c
#define STATUS_CODE       0x7ff /* SCT and SC, without More and Do Not Retry */

void port_written(struct trace *t, const char *args)
{
	unsigned port;
	long written;

	if (sscanf(args, "port %u, in_len %*u, out_len %ld", &port, &written) != 2)
		return;
	trace_settle(t);
	if (written > 0)
		t->wrote(t->ctx, port, (size_t)written);
}

void config_read(struct trace *t, const char *args)
{
	unsigned bus, slot, function, off, value;

	/* The name of a device may hold anything but a blank. */
	if (sscanf(args, "%*s %x:%x.%x @0x%x -> 0x%x", &bus, &slot, &function, &off, &value) != 5)
		return;
	t->read_config(t->ctx, trace_source(bus << 8 | slot << 3 | function), off, value);
}

void nvme_managed(struct trace *t, const char *args)
{
	struct witness_event *m = &t->managed;
	char resource[3];

	trace_settle(t);
	*m = witness_event(WITNESS_MANAGED);
	if (sscanf(args, "cid %u, act=0x%x, ctrlid=%u %2s nr=%u", &t->managed_cid, &m->action,
		   &m->cntlid, resource, &m->nr) != 5)
		return;
	m->resource = !strcmp(resource, "VI");
	t->managing = true;
}

void nvme_failed(struct trace *t, const char *args)
{
	unsigned cid, status, opcode;

	if (sscanf(args, "cid %u nsid %*u status 0x%x opc 0x%x", &cid, &status, &opcode) != 3 ||
	    opcode != OPCODE_MANAGEMENT || !t->managing || cid != t->managed_cid)
		return;
	t->managed.status = status & STATUS_CODE;
}
