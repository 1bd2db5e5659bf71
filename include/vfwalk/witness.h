/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Another witness of a run: what the IOMMU and the device did, told by themselves and not by the
 * machine that they work for. QEMU tells it in trace events, the sim of its own model.
 *
 * What it tells stands in the record between the lines of the run, as lines of kind "witness":
 * reports/schemas/evidence.md. A trace of QEMU is joined to the record by the record's own way out
 * of the guest, a virtio-serial port: QEMU traces each write to it, so that it is known between
 * which two lines anything else happened.
 */
#ifndef VFWALK_WITNESS_H
#define VFWALK_WITNESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <vfwalk/pci.h>

enum witness_kind {
	WITNESS_REQUEST, /* an interrupt request or a DMA write came to the IOMMU */
	WITNESS_FAULT,   /* the IOMMU recorded a fault, for the kernel to report */
	WITNESS_CONTROL, /* a function answered a read of its MSI-X Message Control */
	WITNESS_MANAGED, /* a Virtualization Management command came to the device */
	WITNESS_KINDS
};

enum outcome {
	OUTCOME_BLOCKED,
	OUTCOME_REMAPPED,
	OUTCOME_PASSED, /* let through as it was */
};

struct witness_event {
	enum witness_kind kind;
	/* Who: requests, faults, Message Control. Some models do not tell, or only half of it. */
	bool has_source;
	int devfn; /* Device and Function Number where that is all, or -1 */
	struct bdf source;
	bool dma, has_addr, write;
	uint64_t addr;
	int64_t data; /* -1: not told */
	enum outcome outcome;
	int index, reason; /* of a remapping entry, of a fault; -1: not told */
	unsigned count;    /* how often the same was asked for between two lines */
	uint16_t control;
	/* Virtualization Management (NVMe 2.1, 5.2.6), and SCT << 8 | SC of its completion. */
	unsigned action, resource, cntlid, nr, status;
};

/* An event of @kind of which nothing is told yet. */
struct witness_event witness_event(enum witness_kind kind);
/* Its keys in the record, without "ev" and "t"; NULL without memory. */
json_t *witness_json(const struct witness_event *event);

/* What a witness can see at all. */
struct witness_scope {
	const char *by; /* "qemu", "sim" */
	unsigned sees;  /* 1 << enum witness_kind */
	bool sees_dma;  /* ... of requests for DMA, too */
	/* What the IOMMU was told to do: -1 unknown. */
	int remapping, translation;
};

json_t *witness_scope_json(const struct witness_scope *scope);

/* --- QEMU --- */

/* The trace events that are read, by their names, of which index runs from 0; NULL behind the
 * last. */
const char *witness_trace_event(size_t index);

/*
 * Joins @trace, what QEMU's log backend wrote of the events named in @events (one a line), to
 * @record and writes both to @out. What is left of a record that was cut off is copied as it is.
 * Returns 0, or -EBADMSG with the reason in @why where the three do not belong together, or
 * another negative errno.
 */
int witness_join(FILE *record, FILE *trace, FILE *events, FILE *out, char why[static 160]);

#endif
