/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sim target opened for a test, and the shortest ways to what tests ask of it. */
#ifndef VFWALK_UNIT_SIM_H
#define VFWALK_UNIT_SIM_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/sim.h>
#include <vfwalk/target.h>

#define SIM_PF    ((struct bdf){.bus = 1})
#define SIM_VF(i) ((struct bdf){.bus = (uint8_t)(1 + ((i) + 1) / 256), .devfn = (uint8_t)((i) + 1)})

/* An open sim target; its operations are called as OP(&t, name, arguments). */
static inline int sim_start(struct target *t, const char *options)
{
	*t = (struct target){.ops = &target_sim_ops, .options = {.sim = options, .claim = true}};
	return t->ops->open(t, &t->options);
}

#define OP(t, name, ...) ((t)->ops->name((t), ##__VA_ARGS__))

static inline struct cfg sim_cfg(struct target *t, struct bdf fn)
{
	struct cfg cfg = {0};
	ssize_t len = OP(t, cfg_read, fn, 0, cfg.byte, sizeof(cfg.byte));

	cfg.len = len > 0 ? (size_t)len : 0;
	return cfg;
}

static inline struct msix sim_msix(struct target *t, struct bdf fn)
{
	struct cfg cfg = sim_cfg(t, fn);
	struct msix msix = {0};

	cfg_msix(&cfg, &msix);
	return msix;
}

static inline unsigned sim_table_size(struct target *t, struct bdf fn)
{
	return sim_msix(t, fn).size;
}

static inline struct msix_entry sim_entry(struct target *t, struct bdf fn, unsigned k)
{
	struct msix m = sim_msix(t, fn);
	struct msix_entry entry;
	uint8_t bytes[MSIX_ENTRY_SIZE];

	for (unsigned i = 0; i < MSIX_ENTRY_SIZE; i += 8) {
		uint64_t value = 0;

		OP(t, mmio_read, fn, m.table_bir, m.table_off + k * MSIX_ENTRY_SIZE + i, 8, &value);
		memcpy(bytes + i, &value, 8);
	}
	msix_entry_decode(bytes, &entry);
	return entry;
}

/* Masked first, the mask bit last: what the specification asks of software. */
static inline void sim_entry_write(struct target *t, struct bdf fn, unsigned k,
				   struct msix_entry entry)
{
	struct msix m = sim_msix(t, fn);
	uint64_t off = m.table_off + k * MSIX_ENTRY_SIZE;

	OP(t, mmio_write, fn, m.table_bir, off + 12, 4, MSIX_ENTRY_MASKED);
	OP(t, mmio_write, fn, m.table_bir, off, 8, entry.msg.addr);
	OP(t, mmio_write, fn, m.table_bir, off + 8, 4, entry.msg.data);
	OP(t, mmio_write, fn, m.table_bir, off + 12, 4, entry.ctrl);
}

static inline void sim_mask(struct target *t, struct bdf fn, unsigned k, bool masked)
{
	struct msix m = sim_msix(t, fn);

	OP(t, mmio_write, fn, m.table_bir, m.table_off + k * MSIX_ENTRY_SIZE + 12, 4, masked);
}

static inline uint64_t sim_pending(struct target *t, struct bdf fn, unsigned qword)
{
	struct msix m = sim_msix(t, fn);
	uint64_t value = UINT64_MAX;

	OP(t, mmio_read, fn, m.pba_bir, m.pba_off + 8 * qword, 8, &value);
	return value;
}

/* Resizes; the errno, and what the device says it has assigned in @got. */
static inline int sim_resized(struct target *t, struct bdf vf, unsigned want, int *got)
{
	uint64_t us;

	return OP(t, resize, vf, want, got, &us);
}

static inline int sim_do_reset(struct target *t, struct bdf fn, enum reset_method method)
{
	uint64_t us;

	return OP(t, reset, fn, method, &us);
}

/* Opens @vf in VFIO with all its vectors enabled and the engine started, events drained. */
static inline int sim_armed(struct target *t, struct bdf vf)
{
	uint64_t count[MSIX_MAX_SIZE];
	int err = OP(t, bind, vf, "vfio-pci");

	if (!err)
		err = OP(t, vfio_open, vf);
	if (!err)
		err = OP(t, vfio_irqs, vf, 0, sim_table_size(t, vf));
	if (!err)
		err = OP(t, engine_start, vf);
	if (!err)
		OP(t, vfio_events, vf, count, MSIX_MAX_SIZE);
	return err;
}

/* What vector @k has counted since the last look. */
static inline uint64_t sim_events(struct target *t, struct bdf vf, unsigned k)
{
	uint64_t count[MSIX_MAX_SIZE];
	int n = OP(t, vfio_events, vf, count, MSIX_MAX_SIZE);

	return n > (int)k ? count[k] : 0;
}

/* What all rows of /proc/interrupts have counted, LOC apart. */
static inline uint64_t sim_interrupt_sum(struct target *t)
{
	struct irq_table table;
	uint64_t sum = 0;

	if (OP(t, interrupts, &table))
		return 0;
	for (size_t i = 0; i < table.len; i++)
		for (unsigned cpu = 0; cpu < table.row[i].ncpu; cpu++)
			if (strcmp(table.row[i].name, "LOC"))
				sum += table.row[i].cpu[cpu];
	irq_table_free(&table);
	return sum;
}

/* The last line of the kernel's log that reports a fault, and how many there were. */
struct sim_faults {
	unsigned count;
	struct iommu_fault_reader reader;
	struct iommu_fault last;
};

static inline void sim_fault_line(void *ctx, const char *line)
{
	struct sim_faults *faults = ctx;

	struct iommu_fault fault;
	int res = iommu_fault_read(&faults->reader, line, &fault);

	if (res < 0)
		return;
	faults->last = fault;
	faults->count += !res;
}

static inline struct sim_faults sim_faults(struct target *t)
{
	struct sim_faults faults = {0};

	OP(t, klog, sim_fault_line, &faults);
	return faults;
}

#endif
