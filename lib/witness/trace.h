/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading QEMU's trace, as its log backend writes it: "NAME ARGUMENTS", one event a line. A model
 * that is to be read is one file with a handler for each of its events and a row for each in
 * trace.c.
 *
 * An interrupt request is several events of one thread under QEMU's global lock, so none of another
 * request stands between them: the request, what was looked up, and, where it passes, what came of
 * it. It is blocked where something else follows.
 */
#ifndef VFWALK_WITNESS_TRACE_H
#define VFWALK_WITNESS_TRACE_H

#include <vfwalk/witness.h>

struct trace {
	/* What came of the trace, for who asked for it. */
	void (*saw)(void *ctx, const struct witness_event *event);
	void (*wrote)(void *ctx, unsigned port, size_t bytes); /* to a virtio-serial port */
	void (*read_config)(void *ctx, struct bdf fn, unsigned off, uint32_t value);
	void *ctx;

	int remapping, translation; /* as last told to the IOMMU; -1 before */

	struct witness_event request, managed; /* of which the end is not seen yet */
	bool requested, managing;
	unsigned managed_cid;
};

/* Takes one line. What is none of the events is left out: QEMU logs other things, too. */
void trace_line(struct trace *t, const char *line);
/* Whatever is open is at its end. */
void trace_settle(struct trace *t);
/* What can be seen of the events named in @events, one a line. */
void trace_scope(FILE *events, struct witness_scope *scope);

/* --- for the models --- */

typedef void trace_handler(struct trace *t, const char *args);

/* A request begins: it is blocked, until something else is seen of it. */
struct witness_event *trace_request(struct trace *t);
/* "(addr, data) -> (addr, data)": it passed, as the latter. */
trace_handler trace_passed;
void trace_saw(struct trace *t, const struct witness_event *event);
/* The function of that Requester ID; QEMU has one domain. */
struct bdf trace_source(unsigned id);

/* intel.c */
trace_handler intel_remapping, intel_translation, intel_request, intel_entry, intel_dma,
	intel_record;
/* amd.c */
trace_handler amd_request, amd_dma;
/* arm.c */
trace_handler smmu_event, its_request, its_collection, its_command;
/* device.c */
trace_handler port_written, config_read, nvme_managed, nvme_failed;

#endif
