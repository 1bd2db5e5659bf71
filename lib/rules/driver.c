/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of what drivers get from the kernel: vectors, interrupts, programmed table entries, and
 * I/O that works over them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "size.h"

static size_t files_of(const struct event *event)
{
	return json_array_size(json_object_get(event->body, "msi_irqs"));
}

static size_t rows_of(const struct event *event)
{
	return json_array_size(json_object_get(event->body, "rows"));
}

/* --- vectors after a rebind --- */

struct rebind {
	bool once;    /* it was bound before */
	bool unbound; /* ... and then not any more */
	bool resized; /* ... and then resized */
	bool due;     /* ... and then bound: how many vectors? */
	bool counted;
	size_t files;
};

/*
 * The fewest vectors that the driver must have. nvme takes one for the admin queue and one for
 * each I/O queue (nvme_setup_irqs()), as many queues as CPUs unless it is given fewer.
 */
static unsigned fewest_vectors(const struct world *w, const struct world_fn *fn)
{
	unsigned cpus = machine_cpus(w), least;

	if (!is_driver(fn, "nvme") || fn->sec_vq < 2 || !cpus)
		return 1;
	least = 1 + (cpus < (unsigned)fn->sec_vq - 1 ? cpus : (unsigned)fn->sec_vq - 1);
	return least < fn->msix.size ? least : fn->msix.size;
}

static void rebind_done(struct judging *jg, struct rebind *rebind, const struct event *event,
			const struct world_fn *fn)
{
	bool ok = !event_res(event), offline = fn->online_known && !fn->online;

	if (event->act == ACT_UNBIND) {
		if (ok)
			*rebind = (struct rebind){.once = rebind->once, .unbound = true};
		return;
	}
	if (event->act == ACT_RESIZE) {
		rebind->resized = rebind->resized || (ok && !fn->driver[0]);
		return;
	}
	if (rebind->unbound && rebind->resized) {
		if (!ok && rebind->once && !offline)
			broke(jg, fn, "binds, as it did before the resize", "%s from %s",
			      res_name(event_res(event)), event_str(event, "driver"));
		rebind->due = ok && !is_driver(fn, "vfio-pci");
		rebind->counted = false;
	}
	rebind->once = rebind->once || ok;
	rebind->unbound = rebind->resized = false;
}

static void judge_rebind(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct rebind *rebind = scratch(jg, fn, sizeof(*rebind));
	char expected[WORDS];
	unsigned fewest;

	if (event->kind == EV_DONE) {
		rebind_done(jg, rebind, event, fn);
		return;
	}
	if (event->obs == OBS_IRQS && rebind->due) {
		rebind->files = files_of(event);
		rebind->counted = true;
	}
	if (!rebind->due || !rebind->counted || !size_stands(fn))
		return;
	fewest = fewest_vectors(w, fn);
	snprintf(expected, sizeof(expected), "%u to %u vectors for %s", fewest, fn->msix.size,
		 fn->driver);
	verdict(jg, fn, rebind->files >= fewest && rebind->files <= fn->msix.size, expected,
		"%zu, with Table Size %u", rebind->files, fn->msix.size);
	rebind->due = false;
}

/* --- what the kernel shows of vectors --- */

struct had {
	bool some; /* there were some once: the look can see them */
};

/* From 6.5 on vfio-pci allocates vectors behind the first block one by one. */
static bool is_block(const struct world *w)
{
	return !w->kernel || w->kernel < KERNEL(6, 5);
}

static void judge_vfio_files(struct judging *jg, const struct world *w, struct world_fn *fn,
			     struct had *had, size_t files)
{
	size_t enabled = fn->vfio_open ? fn->vfio_enabled : 0;
	char expected[WORDS];

	if (!files && !enabled && !had->some)
		return;
	had->some = had->some || files;
	snprintf(expected, sizeof(expected), "%zu files in msi_irqs, as enabled through VFIO",
		 enabled);
	verdict(jg, fn, files == enabled || (!is_block(w) && files && files < enabled), expected,
		"%zu", files);
}

/* Without a driver there must be none: which says something only if there were some before. */
static void judge_files(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct had *had = scratch(jg, fn, sizeof(*had));
	size_t files = files_of(event);
	char expected[WORDS];

	if (!fn->driver[0]) {
		if (had->some || files)
			verdict(jg, fn, !files, "no files in msi_irqs without a driver", "%zu",
				files);
	} else if (is_driver(fn, "vfio-pci")) {
		judge_vfio_files(jg, w, fn, had, files);
	} else if (files) {
		had->some = true;
		if (!size_stands(fn))
			return;
		snprintf(expected, sizeof(expected), "at most %u files in msi_irqs, the Table Size",
			 fn->msix.size);
		verdict(jg, fn, files <= fn->msix.size, expected, "%zu", files);
	}
}

static void judge_rows(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct had *had = scratch(jg, fn, sizeof(*had));
	size_t rows = rows_of(event);
	char expected[WORDS];

	(void)w;
	if (!fn->driver[0]) {
		if (had->some || rows)
			verdict(jg, fn, !rows, "no rows without a driver", "%zu", rows);
		return;
	}
	had->some = had->some || rows;
	if (!rows || !size_stands(fn))
		return;
	snprintf(expected, sizeof(expected), "at most %u rows, the Table Size", fn->msix.size);
	verdict(jg, fn, rows <= fn->msix.size, expected, "%zu", rows);
}

/* The first CPU of a list like "0-1,3" that is not below @cpus, or -1; -2 if it is no list. */
static long cpu_beyond(const char *list, unsigned cpus)
{
	while (*list) {
		char *end;
		unsigned long first = strtoul(list, &end, 10), last = first;

		if (end == list)
			return -2;
		if (*end == '-') {
			list = end + 1;
			last = strtoul(list, &end, 10);
			if (end == list)
				return -2;
		}
		if (last >= cpus)
			return (long)last;
		list = *end == ',' ? end + 1 : end;
		if (*end && *end != ',' && *end != '\n')
			return -2;
		if (*end == '\n')
			break;
	}
	return -1;
}

static void judge_affinity(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	const json_t *rows = json_object_get(event->body, "rows");
	unsigned cpus = machine_cpus(w);

	for (size_t i = 0; cpus && i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *list = json_string_value(json_object_get(row, "affinity"));
		char expected[WORDS];

		if (!list || !*list)
			continue;
		snprintf(expected, sizeof(expected), "CPUs below %u", cpus);
		verdict(jg, fn, cpu_beyond(list, cpus) == -1, expected,
			"interrupt %lld is for CPUs %s",
			(long long)json_integer_value(json_object_get(row, "irq")), list);
	}
}

/* --- the table as the kernel programs it --- */

struct programmed {
	size_t files;     /* vectors that the driver has, as last seen; 0 unknown */
	bool foreign;     /* somebody else than the kernel had the table since it was enabled */
	unsigned enabled; /* through VFIO */
	uint64_t wanted[MSIX_MAX_SIZE / 64]; /* vectors that somebody asked for: they have a row */
};

static void see_vectors(struct programmed *programmed, const struct event *event,
			const struct world_fn *fn)
{
	const json_t *irqs = json_object_get(event->body, "msi_irqs");
	const json_t *rows = json_object_get(event->body, "rows");

	programmed->files = is_bound(fn) ? files_of(event) : 0;
	memset(programmed->wanted, 0, sizeof(programmed->wanted));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		json_int_t irq = json_integer_value(json_object_get(row, "irq"));
		const char *name = json_string_value(json_object_get(row, "name"));

		for (size_t k = 0; k < json_array_size(irqs) && k < MSIX_MAX_SIZE; k++)
			if (name && *name && json_integer_value(json_array_get(irqs, k)) == irq)
				programmed->wanted[k / 64] |= 1ull << k % 64;
	}
}

#define ON_TABLE_OWNERS                                                                           \
	(ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND) | ON_ACT(ACT_VFIO_OPEN) | ON_ACT(ACT_VFIO_CLOSE) | \
	 ON_ACT(ACT_VFIO_IRQS) | ON_ACT(ACT_RESET) | ON_ACT(ACT_RESIZE) |                         \
	 ON_ACT(ACT_TABLE_WRITE) | ON_ACT(ACT_TABLE_MASK) | ON_ACT(ACT_FUNCTION_MASK) |           \
	 ON_ACT(ACT_CFG_WRITE) | ON_ACT(ACT_SHOT) | ON_ACT(ACT_VFIO_REGION_WRITE))

/* Enabling MSI-X masks every entry (msix_capability_init()): with that the table is the kernel's.
 */
static void programmed_done(struct programmed *programmed, const struct event *event,
			    const struct world_fn *fn)
{
	bool was_enabled = programmed->enabled;

	if (event->act == ACT_TABLE_WRITE || event->act == ACT_TABLE_MASK ||
	    event->act == ACT_SHOT || event->act == ACT_VFIO_REGION_WRITE ||
	    event->act == ACT_FUNCTION_MASK || event->act == ACT_CFG_WRITE) {
		programmed->foreign = true;
		return;
	}
	programmed->enabled = fn->vfio_enabled;
	programmed->files = 0;
	if (event_res(event))
		return;
	if (event->act == ACT_BIND || (event->act == ACT_VFIO_IRQS && !was_enabled))
		programmed->foreign = false;
	else if (event->act == ACT_RESET || event->act == ACT_RESIZE)
		programmed->foreign = true;
}

/* True where @event shows a table that the kernel programmed for a known number of vectors. */
static bool shows_programmed(struct programmed *programmed, const struct event *event,
			     const struct world_fn *fn)
{
	if (event->kind == EV_DONE)
		programmed_done(programmed, event, fn);
	else if (event->obs == OBS_IRQS)
		see_vectors(programmed, event, fn);
	return shows_table(fn, event) && is_bound(fn) && programmed->files &&
	       !programmed->foreign && programmed->files <= fn->table_size;
}

static void judge_programmed(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct programmed *programmed = scratch(jg, fn, sizeof(*programmed));
	const json_t *machine = json_object_get(w->header, "machine");
	const char *arch = json_string_value(json_object_get(machine, "arch"));
	bool x86 = arch && !strcmp(arch, "x86_64");
	struct msix_entry entry;
	unsigned k;

	if (!shows_programmed(programmed, event, fn))
		return;
	for (k = 0; k < programmed->files && table_entry(&fn->table, k, &entry); k++) {
		bool wanted = programmed->wanted[k / 64] >> k % 64 & 1;
		bool message = x86 ? msi_addr_is_x86(entry.msg.addr) : entry.msg.addr != 0;
		bool masked = entry.ctrl & MSIX_ENTRY_MASKED;

		if (wanted ? !masked && message : masked || message)
			continue;
		broke(jg, fn,
		      wanted ? "a message, unmasked, for every vector in use"
			     : "no unmasked entry without a message",
		      "entry %u of %zu: address %llXh, Vector Control %Xh", k, programmed->files,
		      (unsigned long long)entry.msg.addr, entry.ctrl);
		return;
	}
	held(jg, fn);
}

static void judge_unused(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct programmed *programmed = scratch(jg, fn, sizeof(*programmed));
	struct msix_entry entry;
	char expected[WORDS];
	unsigned k;

	(void)w;
	if (!shows_programmed(programmed, event, fn))
		return;
	if (programmed->files >= fn->table_size) {
		inapplicable(jg, fn, "the driver took every vector");
		return;
	}
	snprintf(expected, sizeof(expected), "entries %zu to %u masked", programmed->files,
		 fn->table_size - 1);
	for (k = (unsigned)programmed->files; k < fn->table_size; k++)
		if (!table_entry(&fn->table, k, &entry) || !(entry.ctrl & MSIX_ENTRY_MASKED))
			break;
	if (k < fn->table_size && (k + 1ul) * MSIX_ENTRY_SIZE > fn->table.len)
		return;
	verdict(jg, fn, k == fn->table_size, expected, "entry %u is not", k);
}

/* --- what the kernel's log says of interrupts --- */

struct log {
	unsigned long acts, looks;
	bool ever; /* a line was ever seen: the log can be read */
	bool shots, resets;
};

static const struct world_fn *first_pf(const struct world *w)
{
	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i]->vf < 0)
			return w->fn[i];
	return NULL;
}

/* "nobody cared": kernel/irq/spurious.c; "completion polled": drivers/nvme/host/pci.c. */
static bool tells_trouble(const struct log *notes, const char *line)
{
	if (strstr(line, "nobody cared"))
		return true;
	/* What a shot or a reset of ours brought about is not the kernel's doing. */
	if (!notes->resets && strstr(line, "timeout, completion polled"))
		return true;
	return !notes->shots && strstr(line, "No irq handler for ");
}

static void log_frame(struct judging *jg, struct log *notes, const struct event *event,
		      const struct world_fn *pf)
{
	if (event->kind == EV_BEGIN) {
		notes->shots = notes->resets = false;
	} else if (event->kind == EV_END && notes->acts && notes->looks && notes->ever) {
		held(jg, pf);
		notes->acts = notes->looks = 0;
	} else if (event->kind == EV_RUN_END && notes->acts && !notes->ever) {
		inapplicable(jg, pf, "not one line of the kernel's log was seen in this run");
	}
}

static void judge_log(struct judging *jg, const struct world *w, const struct event *event,
		      struct world_fn *fn)
{
	const char *key = event->obs == OBS_WATCH ? "klog" : "lines";
	const json_t *lines = json_object_get(event->body, key);
	const struct world_fn *pf = first_pf(w);
	struct log *notes = pf ? scratch(jg, pf, sizeof(*notes)) : NULL;

	(void)fn;
	if (!notes)
		return;
	if (event->kind == EV_DONE) {
		notes->shots = notes->shots || event->act == ACT_SHOT;
		notes->resets = notes->resets || event->act == ACT_RESET;
		notes->acts += event->act != ACT_SHOT;
		return;
	}
	if (event->kind != EV_OBS) {
		log_frame(jg, notes, event, pf);
		return;
	}
	notes->looks++;
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));

		notes->ever = true;
		if (line && tells_trouble(notes, line))
			broke(jg, pf, "no interrupt lost, and none that nobody wants", "%s", line);
	}
}

/* --- I/O --- */

struct load {
	bool running, disturbed; /* ... by an act that may well fail I/O */
	bool resized;            /* with success, before it started */
	long long depth;
};

#define ON_LOAD                                                                                    \
	(ON_ACT(ACT_LOAD_START) | ON_ACT(ACT_LOAD_STOP) | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_RESET) | \
	 ON_ACT(ACT_UNBIND) | ON_ACT(ACT_BIND) | ON_ACT(ACT_VIRT_MGMT))

/* True where @event ended a load that nothing interfered with. */
static bool ended_load(struct load *load, const struct event *event)
{
	bool ended = load->running && !load->disturbed;

	switch (event->act) {
	case ACT_LOAD_START:
		load->running = !event_res(event);
		load->disturbed = false;
		load->depth = event_int(event, "depth", 0);
		return false;
	case ACT_LOAD_STOP:
		load->running = false;
		return ended;
	case ACT_RESIZE:
		load->resized = load->resized || !event_res(event);
		/* fall through */
	default:
		load->disturbed = true;
		return false;
	}
}

static void judge_load(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct load *load = scratch(jg, fn, sizeof(*load));
	long long io = event_int(event, "io_errors", 0), bad = event_int(event, "verify_errors", 0);
	long long bytes = event_int(event, "read_bytes", 0) + event_int(event, "write_bytes", 0);
	int res;

	(void)w;
	if (!ended_load(load, event) || !load->resized)
		return;
	res = event_res(event);
	/* A job that could not be run at all says nothing of the VF; one that hangs does. */
	if (res == -ETIMEDOUT) {
		broke(jg, fn, "a job that ends when it is told to",
		      "it hung, and had to be killed");
		return;
	}
	if (res && !io && !bad)
		return;
	verdict(jg, fn, !res && !io && !bad && bytes > 0, "I/O without errors",
		"%lld I/O errors, %lld verify errors, %lld bytes moved", io, bad, bytes);
}

/* nvme_create_queue(): queue N has vector N, unless there is only one for all. */
static void judge_spread(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct load *load = scratch(jg, fn, sizeof(*load));
	const json_t *vectors = json_object_get(event->body, "vectors");
	size_t count = json_array_size(vectors);
	long long queues = event_int(event, "queues", 0);

	(void)w;
	if (!ended_load(load, event) || event_res(event) || queues <= 0 || !count)
		return;
	if (!is_driver(fn, "nvme")) {
		inapplicable(jg, fn, "which vector serves which queue of %s is not known",
			     fn->driver);
		return;
	}
	if (load->depth < queues || (count > 1 && queues > (long long)count - 1))
		return;
	for (size_t k = count > 1; k < count && k <= (size_t)queues; k++)
		if (json_integer_value(json_array_get(vectors, k)) <= 0) {
			broke(jg, fn, "interrupts on the vector of every I/O queue",
			      "none on vector %zu, of %lld I/O queues", k, queues);
			return;
		}
	held(jg, fn);
}

/* --- a table that grew under a driver --- */

struct hwsize {
	unsigned first; /* Table Size when vectors were first allocated on this binding */
	unsigned long line;
	unsigned count; /* of GET_IRQ_INFO, since it was opened; 0 unknown */
};

/* Kernels before 6.2 have one MSI domain for all devices, and no size in it. */
static bool has_hwsize(const struct world *w)
{
	return !w->kernel || w->kernel >= KERNEL(6, 2);
}

static void hwsize_absent(struct judging *jg, const struct world *w)
{
	for (size_t i = 0; i < w->nfn && !has_hwsize(w); i++)
		inapplicable(jg, w->fn[i],
			     "this kernel has no MSI domain of its own for each device");
}

static void judge_hwsize(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct hwsize *hwsize;
	long long start = event_int(event, "start", 0), count = event_int(event, "count", 0);
	bool all = !event_res(event) && !event_int(event, "ret", 0);
	char expected[WORDS];
	unsigned size;

	if (event->kind == EV_END) {
		hwsize_absent(jg, w);
		return;
	}
	hwsize = scratch(jg, fn, sizeof(*hwsize));
	size = size_stands(fn) ? fn->msix.size : hwsize->count;
	if (event->kind == EV_OBS) {
		hwsize->count = (unsigned)event_int(event, "msix", 0);
		return;
	}
	if (event->act != ACT_VFIO_IRQS) {
		hwsize->count = 0;
		if (event->act == ACT_BIND || event->act == ACT_UNBIND)
			hwsize->first = 0;
		return;
	}
	if (begun_since(fn, hwsize->line))
		hwsize->first = 0;
	if (!count || !size || !has_hwsize(w))
		return;
	if (hwsize->first && size > hwsize->first && !start && count == size) {
		snprintf(expected, sizeof(expected), "all %u vectors", size);
		verdict(jg, fn, all, expected,
			"%s (returned %lld), after %s was bound at Table Size %u",
			res_name(event_res(event)), (long long)event_int(event, "ret", 0),
			fn->driver, hwsize->first);
	} else if (!hwsize->first && all) {
		hwsize->first = size;
		hwsize->line = event->line;
	}
}

const struct rule driver_rules[] = {
	{
		.info = {"DRV-REBIND", SEV_MUST,
			 "A driver bound after a resize gets its vectors out of the new Table "
			 "Size.",
			 "Linux drivers/pci/msi/msi.c:pci_msix_vec_count; "
			 "drivers/nvme/host/pci.c:nvme_setup_irqs",
			 "unbind, resize, bind, then looks at msi_irqs and Table Size"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_LINUX | NEED_DRIVER,
		.on_done = ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND) | ON_ACT(ACT_RESIZE),
		.on_obs = ON_OBS(OBS_IRQS) | ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_rebind,
	},
	{
		.info = {"DRV-MSI-IRQS", SEV_MUST,
			 "msi_irqs has one file for each allocated vector, and none once the "
			 "driver "
			 "is gone.",
			 "Linux kernel/irq/msi.c:msi_sysfs_populate_desc",
			 "looks at msi_irqs with a driver and after it"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_IRQS),
		.judge = judge_files,
	},
	{
		.info = {"DRV-PROC-INT", SEV_SHOULD,
			 "/proc/interrupts has no more rows of a function than its Table Size, and "
			 "none once the driver is gone.",
			 "Linux kernel/irq/proc.c:show_interrupts",
			 "looks at /proc/interrupts with a driver and after it"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_IRQS),
		.judge = judge_rows,
	},
	{
		.info = {"DRV-TABLE-PROG", SEV_SHOULD,
			 "The entries of vectors that a driver uses are unmasked and hold a "
			 "message.",
			 "Linux drivers/pci/msi/msi.c:__pci_write_msi_msg",
			 "a look at msi_irqs, then at the table, with a driver"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX,
		.on_done = ON_TABLE_OWNERS,
		.on_obs = ON_OBS(OBS_IRQS) | ON_OBS(OBS_TABLE),
		.judge = judge_programmed,
	},
	{
		.info = {"DRV-UNUSED-MASK", SEV_MUST,
			 "Entries that no vector was allocated for are masked.",
			 "Linux drivers/pci/msi/msi.c:msix_capability_init (msix_mask_all)",
			 "a driver with fewer vectors than Table Size, a look at msi_irqs, then at "
			 "the table"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX,
		.on_done = ON_TABLE_OWNERS,
		.on_obs = ON_OBS(OBS_IRQS) | ON_OBS(OBS_TABLE),
		.judge = judge_unused,
	},
	{
		.info = {"DRV-NOSPUR", SEV_MUST,
			 "Resizing, binding and unbinding lose no interrupt and leave none that "
			 "nobody wants.",
			 "derived from Linux kernel/irq/spurious.c:__report_bad_irq; "
			 "drivers/nvme/host/pci.c:nvme_timeout",
			 "such acts, and looks at a kernel's log that says something at all"},
		.needs = NEED_PF | NEED_LINUX | HEARS_ALL,
		.on_done = ON_ACT(ACT_RESIZE) | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND) |
			   ON_ACT(ACT_RESET) | ON_ACT(ACT_SHOT),
		.on_obs = ON_OBS(OBS_KLOG) | ON_OBS(OBS_WATCH),
		.on_kind = ON_KIND(EV_BEGIN) | ON_KIND(EV_END) | ON_KIND(EV_RUN_END),
		.judge = judge_log,
	},
	{
		.info = {"DRV-AFFINITY", SEV_SHOULD, "Every interrupt is for CPUs that are there.",
			 "Linux kernel/irq/manage.c:irq_do_set_affinity",
			 "a look at the interrupts of a bound function"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_IRQS),
		.judge = judge_affinity,
	},
	{
		.info = {"DRV-HWSIZE-STALE", SEV_SHOULD,
			 "A Table Size that grew under a driver can be used up to its end.",
			 "Linux kernel/irq/msi.c:msi_create_device_irq_domain (hwsize, since 6.2)",
			 "vectors enabled in VFIO, a resize to more without unbinding, all "
			 "enabled"},
		.needs = NEED_VF | NEED_MSIX | NEED_RANGE | NEED_LINUX | NEED_VFIO | NEED_HELD |
			 NEED_SHOWS | NEED_NOT_VFE,
		.on_done = ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND) | ON_ACT(ACT_VFIO_OPEN) |
			   ON_ACT(ACT_VFIO_CLOSE) | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VFIO_IRQS),
		.on_obs = ON_OBS(OBS_VFIO),
		.on_kind = ON_KIND(EV_END),
		.judge = judge_hwsize,
	},
	{
		.info = {"DRV-LOAD", SEV_MUST,
			 "I/O over a resized VF ends without I/O errors and reads back what was "
			 "written.",
			 "derived from PCIe 6.0, 6.1.4 and Linux drivers/nvme/host/pci.c:nvme_irq",
			 "a resize, and after it a verifying job that nothing interferes with"},
		.needs = NEED_VF | NEED_RESIZE | NEED_LINUX | NEED_DRIVER,
		.on_done = ON_LOAD,
		.judge = judge_load,
	},
	{
		.info = {"DRV-SPREAD", SEV_SHOULD,
			 "A job over all queues brings interrupts on the vector of each of them.",
			 "Linux drivers/nvme/host/pci.c:nvme_create_queue",
			 "a job on nvme at least as deep as there are I/O queues"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_DRIVER,
		.on_done = ON_LOAD,
		.judge = judge_spread,
	},
};

const size_t driver_rules_count = sizeof(driver_rules) / sizeof(driver_rules[0]);
