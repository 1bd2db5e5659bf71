/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watching everything that an interrupt message could reach: eventfds of every function that is
 * open, every row of /proc/interrupts on every CPU, the kernel's log, the IOMMU's fault registers,
 * the canary. An attack is judged by what arrived, wherever that was.
 */
#include <string.h>

#include "internal.h"

size_t irq_counts(const struct irq_table *rows, struct bdf fn, uint64_t *count, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->len; i++) {
		const struct irq_row *row = &rows->row[i];

		if (row->vector < 0 || (size_t)row->vector >= max || !bdf_equal(row->fn, fn))
			continue;
		while (n <= (size_t)row->vector)
			count[n++] = 0;
		for (unsigned c = 0; c < row->ncpu; c++)
			count[row->vector] += row->cpu[c];
	}
	return n;
}

/* --- the kernel's log --- */

struct klog_ctx {
	const struct walk *w;
	json_t *lines, *faults;
	struct iommu_fault_reader reader;
};

/* Linux tells no domain before 7.2: it is the PF's where that makes it one of the functions here.
 */
static struct bdf fault_source(const struct walk *w, const struct iommu_fault *fault)
{
	struct bdf here = fault->source;

	here.domain = w->fn[0].bdf.domain;
	return fault->source.domain || !fn_find(w, here) ? fault->source : here;
}

static json_t *fault_json(const struct walk *w, const struct iommu_fault *fault)
{
	char source[BDF_LEN];

	return json_pack(
		"{s:s,s:s,s:b,s:I,s:i,s:i}", "kind", fault->interrupt ? "interrupt" : "dma",
		"source", bdf_format(fault_source(w, fault), source), "write", fault->write, "addr",
		(json_int_t)fault->addr, "index", fault->index, "reason", (int)fault->reason);
}

static void klog_line(void *ctx, const char *line)
{
	struct klog_ctx *k = ctx;
	struct iommu_fault fault;
	size_t count = json_array_size(k->faults);
	int res = iommu_fault_read(&k->reader, line, &fault);

	/* A line may hold bytes that are no UTF-8, which JSON cannot. */
	json_array_append_new(k->lines, json_string(line) ?: json_string("(not UTF-8)"));
	if (!k->faults || res < 0)
		return;
	if (res && count)
		json_array_set_new(k->faults, count - 1, fault_json(k->w, &fault));
	else
		json_array_append_new(k->faults, fault_json(k->w, &fault));
}

json_t *klog_take(struct walk *w, json_t *faults)
{
	struct klog_ctx ctx = {.w = w, .lines = json_array(), .faults = faults};

	OP(w, klog, klog_line, &ctx);
	return ctx.lines;
}

/* --- watching --- */

int watch_begin(struct walk *w, struct walk_fn *f, struct watch *watch)
{
	json_t *lines = klog_take(w, NULL);
	int res = 0;

	memset(watch, 0, sizeof(*watch));
	/* What was logged before belongs to nobody's attack, but it was logged. */
	if (json_array_size(lines))
		res = see(w, OBS_KLOG, NULL, json_pack("{s:O}", "lines", lines));
	json_decref(lines);
	OP(w, canary_written, f->bdf);
	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i].vfio_open)
			events_drain(w, &w->fn[i]);
	return res ? res : OP(w, interrupts, &watch->rows);
}

static const struct irq_row *row_before(const struct irq_table *before, const struct irq_row *row,
					size_t hint)
{
	for (size_t i = 0; i < before->len; i++) {
		const struct irq_row *r = &before->row[(hint + i) % before->len];

		if (r->irq == row->irq && (row->irq >= 0 || !strcmp(r->name, row->name)))
			return r;
	}
	return NULL;
}

/* Increase by CPU, or NULL where nothing moved. */
static json_t *row_moved(const struct irq_row *before, const struct irq_row *now, uint64_t *sum)
{
	json_t *cpu = json_array();

	*sum = 0;
	for (unsigned c = 0; c < now->ncpu; c++) {
		uint64_t from = before && c < before->ncpu ? before->cpu[c] : 0;
		uint64_t more = now->cpu[c] - from;

		*sum += more;
		json_array_append_new(cpu, json_integer((json_int_t)more));
	}
	if (*sum)
		return cpu;
	json_decref(cpu);
	return NULL;
}

static json_t *row_json(const struct irq_row *row, json_t *cpu)
{
	char fn[BDF_LEN];

	return json_pack("{s:i,s:s,s:s?,s:i,s:o}", "irq", row->irq, "name", row->name, "fn",
			 row->vector < 0 ? NULL : bdf_format(row->fn, fn), "vector", row->vector,
			 "cpu", cpu);
}

static void rows_moved(const struct irq_table *before, const struct irq_table *now, json_t *rows,
		       json_t *machine)
{
	for (size_t i = 0; i < now->len; i++) {
		const struct irq_row *row = &now->row[i];
		uint64_t sum;
		json_t *cpu = row_moved(row_before(before, row, i), row, &sum);

		if (!cpu)
			continue;
		if (row->irq >= 0) {
			json_array_append_new(rows, row_json(row, cpu));
			continue;
		}
		json_object_set_new(machine, row->name, json_integer((json_int_t)sum));
		json_decref(cpu);
	}
}

static json_t *open_events(struct walk *w)
{
	json_t *events = json_object();

	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i].vfio_open)
			json_object_set_new(events, w->fn[i].name, events_take(&w->fn[i]));
	return events;
}

int watch_end(struct walk *w, struct walk_fn *f, struct watch *watch, uint64_t waited_us)
{
	json_t *rows = json_array(), *machine = json_object(), *faults = json_array(), *klog;
	struct irq_table now = {0};
	int written = OP(w, canary_written, f->bdf);
	uint32_t fsts = 0;
	bool readable = OP(w, fault_status, &fsts) == 0;

	if (!OP(w, interrupts, &now))
		rows_moved(&watch->rows, &now, rows, machine);
	irq_table_free(&now);
	irq_table_free(&watch->rows);
	klog = klog_take(w, faults);
	return see(w, OBS_WATCH, f,
		   json_pack("{s:o,s:o,s:o,s:o,s:o,s:I,s:s,s:I}", "events", open_events(w), "rows",
			     rows, "machine", machine, "klog", klog, "faults", faults, "fsts",
			     readable ? (json_int_t)fsts : -1, "canary",
			     written < 0 ? "none"
			     : written   ? "written"
					 : "same",
			     "waited_us", (json_int_t)waited_us));
}
