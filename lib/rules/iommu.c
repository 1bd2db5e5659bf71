/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the IOMMU: what a function writes through a table entry that it has no right to arrives
 * nowhere, and is reported.
 *
 * A shot is judged when its watch is seen. That nothing arrived counts only after a control of the
 * same function was delivered in the same scenario; that something did counts always. That nothing
 * was reported is judged over the whole run: dmar_fault() is sure to print three faults in five
 * seconds and no more, so one missing line proves nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "size.h"

/* --- a shot and what its watch saw --- */

enum kind {
	KIND_NONE,
	KIND_CONTROL,
	KIND_DMA_UNMAPPED,
	KIND_DMA_CANARY,
	KIND_OWN_HANDLE,
	KIND_SIBLING_HANDLE,
	KIND_PF_HANDLE,
	KIND_ABSENT_HANDLE,
	KIND_BEYOND_HANDLE,
	KIND_COMPAT_FIXED,
	KIND_COMPAT_NMI,
	KIND_RESERVED_DATA,
	KIND_BEYOND_SIZE,
};

#define KIND(k) (1u << KIND_##k)
/* Interrupt requests that remapping must block. */
#define FORGED                                                                                \
	(KIND(SIBLING_HANDLE) | KIND(PF_HANDLE) | KIND(ABSENT_HANDLE) | KIND(BEYOND_HANDLE) | \
	 KIND(COMPAT_FIXED) | KIND(COMPAT_NMI) | KIND(RESERVED_DATA))
#define COMPAT (KIND(COMPAT_FIXED) | KIND(COMPAT_NMI))
/* All but what is delivered by right. */
#define HOSTILE (FORGED | KIND(DMA_UNMAPPED) | KIND(BEYOND_SIZE))
/* Shots that an IOMMU reports. */
#define REPORTED (FORGED | KIND(DMA_UNMAPPED))

static enum kind kind_parse(const char *name)
{
	static const char *const names[] = {
		[KIND_CONTROL] = "control",
		[KIND_DMA_UNMAPPED] = "dma-unmapped",
		[KIND_DMA_CANARY] = "dma-canary",
		[KIND_OWN_HANDLE] = "own-handle",
		[KIND_SIBLING_HANDLE] = "sibling-handle",
		[KIND_PF_HANDLE] = "pf-handle",
		[KIND_ABSENT_HANDLE] = "absent-handle",
		[KIND_BEYOND_HANDLE] = "beyond-handle",
		[KIND_COMPAT_FIXED] = "compat-fixed",
		[KIND_COMPAT_NMI] = "compat-nmi",
		[KIND_RESERVED_DATA] = "reserved-data",
		[KIND_BEYOND_SIZE] = "beyond-size",
	};

	for (size_t i = 1; name && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			return (enum kind)i;
	return KIND_NONE;
}

/* A shot whose watch is the event now judged. */
struct shot {
	const char *name;
	enum kind kind;
	long long entry;
	struct msi_msg msg;
	const struct world_fn *from, *victim;
	bool control; /* one of the same function was delivered before, in this scenario */
	bool ready;   /* ... through the same entry */
	const json_t *watch;
};

static bool is_kind(const struct shot *shot, unsigned kinds)
{
	return kinds >> shot->kind & 1;
}

/* True where @event is the watch of a shot. */
static bool sees_shot(const struct world *w, const struct event *event, const struct world_fn *fn,
		      struct shot *shot)
{
	const json_t *body = w->shot;
	const char *from = json_string_value(json_object_get(body, "fn"));

	if (event->kind != EV_OBS || event->obs != OBS_WATCH || !w->shot_open || !fn || !from ||
	    strcmp(from, fn->name))
		return false;
	*shot = (struct shot){
		.name = json_string_value(json_object_get(body, "kind")),
		.entry = json_integer_value(json_object_get(body, "entry")),
		.msg = {.addr = (uint64_t)json_integer_value(json_object_get(body, "addr")),
			.data = (uint32_t)json_integer_value(json_object_get(body, "data"))},
		.from = fn,
		.victim = world_find(w, json_string_value(json_object_get(body, "victim"))),
		.control = !strcmp(w->control_fn, fn->name),
		.watch = event->body,
	};
	shot->kind = kind_parse(shot->name);
	shot->ready = shot->control && w->control_entry == shot->entry;
	return shot->kind != KIND_NONE;
}

/* Sum of an array of counts. */
static long long sum_of(const json_t *counts)
{
	long long sum = 0;

	for (size_t i = 0; i < json_array_size(counts); i++)
		sum += json_integer_value(json_array_get(counts, i));
	return sum;
}

/*
 * Where something arrived, in words.
 *
 * Commands that the engine sends by the way are answered on vector 0 of the function that shot. It
 * sends some to move a queue to the vector, but not where the control fired the same one before.
 */
struct arrival {
	char where[WORDS];
};

static bool is_own_noise(const struct shot *shot, const char *fn, long long vector)
{
	return !strcmp(fn, shot->from->name) && vector == 0 && shot->entry != 0 && !shot->ready;
}

/* On an eventfd of @fn: nothing but a message makes one count, load or not. */
static bool came_as_event(const struct shot *shot, const char *fn, struct arrival *arrival)
{
	const json_t *counts = json_object_get(json_object_get(shot->watch, "events"), fn);

	for (size_t k = 0; k < json_array_size(counts); k++) {
		json_int_t count = json_integer_value(json_array_get(counts, k));

		if (count <= 0 || is_own_noise(shot, fn, (long long)k))
			continue;
		snprintf(arrival->where, sizeof(arrival->where), "%lld on eventfd %zu of %s",
			 (long long)count, k, fn);
		return true;
	}
	return false;
}

/* In a row of @fn; while a load runs on it, its rows move by themselves. */
static bool came_in_row(const struct shot *shot, const struct world_fn *fn, struct arrival *arrival)
{
	const json_t *rows = json_object_get(shot->watch, "rows");

	for (size_t i = 0; !fn->loaded && i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *name = json_string_value(json_object_get(row, "fn"));
		long long vector = json_integer_value(json_object_get(row, "vector"));
		long long count = sum_of(json_object_get(row, "cpu"));

		if (!name || strcmp(name, fn->name) || count <= 0 ||
		    is_own_noise(shot, name, vector))
			continue;
		snprintf(arrival->where, sizeof(arrival->where),
			 "%lld in the row of interrupt %lld, vector %lld of %s", count,
			 (long long)json_integer_value(json_object_get(row, "irq")), vector, name);
		return true;
	}
	return false;
}

static bool came_to(const struct shot *shot, const struct world_fn *fn, struct arrival *arrival)
{
	return came_as_event(shot, fn->name, arrival) || came_in_row(shot, fn, arrival);
}

/* The machine's own rows in which a stray interrupt shows. */
static const char *const stray_rows[] = {"NMI", "SPU", "ERR"};
#define STRAY_NMI  1u
#define STRAY_ROWS (sizeof(stray_rows) / sizeof(stray_rows[0]))

/* Those of them that moved, a bit each. */
static unsigned strays(const struct shot *shot)
{
	const json_t *machine = json_object_get(shot->watch, "machine");
	unsigned moved = 0;

	for (size_t i = 0; i < STRAY_ROWS; i++)
		if (json_integer_value(json_object_get(machine, stray_rows[i])) > 0)
			moved |= 1u << i;
	return moved;
}

/* The first new line of the log with one of @texts in it. */
static const char *log_line(const struct shot *shot, const char *const *texts)
{
	const json_t *lines = json_object_get(shot->watch, "klog");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));

		for (size_t k = 0; line && texts[k]; k++)
			if (strstr(line, texts[k]))
				return line;
	}
	return NULL;
}

/*
 * In the machine's own rows or its log (arch/x86/kernel/irq.c:common_interrupt, apic/apic.c:
 * handle_spurious_interrupt). Rows that move without a shot, as NMI does under a watchdog, are in
 * @noise and prove nothing.
 */
static bool came_astray(const struct shot *shot, unsigned noise, struct arrival *arrival)
{
	static const char *const texts[] = {"No irq handler for ", "purious APIC interrupt", NULL};
	unsigned moved = strays(shot) & ~noise;
	const char *line = log_line(shot, texts);

	if (moved)
		snprintf(arrival->where, sizeof(arrival->where), "the row %s moved",
			 stray_rows[__builtin_ctz(moved)]);
	else if (line)
		snprintf(arrival->where, sizeof(arrival->where), "\"%s\"", line);
	return moved || line;
}

/*
 * Anywhere that the message must not go. The function's own vectors are out of bounds only for a
 * forged request: a DMA address, or an entry behind the table, can be the device's old message.
 */
static bool arrived(const struct world *w, const struct shot *shot, unsigned noise,
		    struct arrival *arrival)
{
	for (size_t i = 0; i < w->nfn; i++)
		if ((w->fn[i] != shot->from || is_kind(shot, FORGED)) &&
		    came_to(shot, w->fn[i], arrival))
			return true;
	return came_astray(shot, noise, arrival);
}

/* Rows that moved in the watch of a control, in which there is nothing to go astray. */
struct noise {
	unsigned rows;
};

static unsigned noise_of(struct judging *jg, const struct shot *shot)
{
	struct noise *noise = scratch(jg, shot->from->pf, sizeof(*noise));

	if (shot->kind == KIND_CONTROL)
		noise->rows |= strays(shot);
	return noise->rows;
}

/* --- faults --- */

/* One entry of a watch's "faults". */
struct fault {
	bool interrupt;
	const char *source;
	uint64_t addr;
	long long index;
	unsigned reason;
};

static size_t faults_count(const struct shot *shot)
{
	return json_array_size(json_object_get(shot->watch, "faults"));
}

static struct fault fault_get(const struct shot *shot, size_t i)
{
	const json_t *entry = json_array_get(json_object_get(shot->watch, "faults"), i);
	const char *kind = json_string_value(json_object_get(entry, "kind"));
	const char *source = json_string_value(json_object_get(entry, "source"));

	return (struct fault){
		.interrupt = kind && !strcmp(kind, "interrupt"),
		.source = source ? source : "",
		.addr = (uint64_t)json_integer_value(json_object_get(entry, "addr")),
		.index = json_integer_value(json_object_get(entry, "index")),
		.reason = (unsigned)json_integer_value(json_object_get(entry, "reason")),
	};
}

/*
 * How much of the kernel's allowance for reports was used up. Linux dmar_fault() asks three times
 * for each fault: for the line that announces it, for the fault, and for the next, which is not
 * there. Ten times in five seconds are granted, so three shots in that time are sure to show.
 */
#define LOG_WINDOW_US 5000000
#define LOG_SHOTS     3

struct allowance {
	int64_t at[LOG_SHOTS];
	unsigned long shots;
};

/* Counts a shot that is to be reported; true where the log had room for it. */
static bool allow(struct allowance *allowance, const struct event *event)
{
	int64_t now = event_int(event, "t", 0);
	int64_t *oldest = &allowance->at[allowance->shots % LOG_SHOTS];
	bool room = allowance->shots < LOG_SHOTS || now - *oldest > LOG_WINDOW_US;

	*oldest = now;
	allowance->shots++;
	return room;
}

/* --- preconditions --- */

static void judge_remapping(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	(void)event;
	verdict(jg, fn, w->iommu.remapping, "interrupt remapping on", "off, with an IOMMU (%s)",
		w->iommu.kind);
}

static void judge_translation(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	const char *domain = event_str(event, "domain");

	if (!domain || !strcmp(domain, "unknown"))
		inapplicable(jg, fn, "the kernel does not tell the type of the IOMMU domain");
	else
		verdict(jg, fn, w->iommu.translation && strcmp(domain, "identity"),
			"a domain that translates", "%s%s", domain,
			w->iommu.translation ? "" : ", and translation is off");
}

struct isolation {
	bool known, unsafe_allowed;
};

/* Attaching a group whose interrupts are not isolated fails with EPERM, unless it is allowed to. */
static void judge_isolated(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct isolation *isolation = scratch(jg, fn, sizeof(*isolation));

	if (event->kind == EV_OBS) {
		isolation->known = true;
		isolation->unsafe_allowed = event_bool(event, "unsafe_interrupts");
		if (event_int(event, "group", -1) < 0)
			broke(jg, fn, "an IOMMU group", "none");
		return;
	}
	if (!w->iommu.remapping && event_res(event))
		inapplicable(jg, fn, "interrupt remapping is off, and VFIO rightly refuses");
	else if (!w->iommu.remapping)
		broke(jg, fn, "a group whose interrupts are isolated",
		      "opened with interrupt remapping off%s",
		      isolation->unsafe_allowed ? ": allow_unsafe_interrupts is set" : "");
	else if (event_res(event) == -EPERM)
		broke(jg, fn, "a group whose interrupts are isolated", "EPERM, opening it");
	else if (event_res(event) || !isolation->known)
		return;
	else if (!isolation->unsafe_allowed)
		held(jg, fn);
	else
		inapplicable(jg, fn, "allow_unsafe_interrupts is set, so opening proves nothing");
}

/* --- DMA --- */

struct dma {
	struct allowance allowance; /* on the PF: the kernel has one for all */
	unsigned long shots, roomy, faults;
	uint64_t page;
};

static bool is_page(uint64_t a, uint64_t b)
{
	return a >> 12 == b >> 12;
}

static bool reports_dma(const struct shot *shot, uint64_t addr)
{
	for (size_t i = 0; i < faults_count(shot); i++) {
		struct fault fault = fault_get(shot, i);

		if (!fault.interrupt && is_page(fault.addr, addr) &&
		    !strcmp(fault.source, shot->from->name))
			return true;
	}
	return false;
}

static void dma_run_end(struct judging *jg, const struct world *w)
{
	for (size_t i = 0; i < w->nfn; i++) {
		const struct dma *dma = scratch(jg, w->fn[i], sizeof(*dma));

		if (!dma->shots || dma->faults)
			continue;
		if (dma->roomy)
			broke(jg, w->fn[i], "a DMA fault, at least once", "none in %lu shots",
			      dma->shots);
		else
			inapplicable(jg, w->fn[i],
				     "the kernel's limit on reports may have kept all of them");
	}
}

static void judge_rogue_dma(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	const char *canary = event_str(event, "canary");
	struct dma *dma;
	struct shot shot;
	bool room;

	if (event->kind == EV_RUN_END) {
		dma_run_end(jg, w);
		return;
	}
	if (!sees_shot(w, event, fn, &shot) || !is_kind(&shot, REPORTED))
		return;
	dma = scratch(jg, fn->pf, sizeof(*dma));
	room = allow(&dma->allowance, event);
	if (shot.kind != KIND_DMA_UNMAPPED)
		return;
	dma = scratch(jg, fn, sizeof(*dma));
	if (canary && !strcmp(canary, "written")) {
		broke(jg, fn, "memory as it was", "the canary changed, after a write to %llXh",
		      (unsigned long long)shot.msg.addr);
		return;
	}
	if (!shot.control)
		return;
	dma->shots++;
	dma->roomy += room;
	if (reports_dma(&shot, shot.msg.addr)) {
		dma->faults++;
		held(jg, fn);
	}
}

static void judge_rogue_mapped(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn)
{
	const char *canary = event_str(event, "canary");
	struct shot shot;

	if (!sees_shot(w, event, fn, &shot) || shot.kind != KIND_DMA_CANARY || !shot.control ||
	    !canary || !strcmp(canary, "none"))
		return;
	verdict(jg, fn, !strcmp(canary, "written"), "a write like any other to its own memory",
		"the memory did not change");
}

/* --- interrupt requests --- */

struct remap_run { /* on the PF */
	struct allowance allowance;
	unsigned long blocked, logged; /* forged requests blocked, and interrupt faults seen */
	unsigned late;                 /* reason that the shot before was to be reported with */
};

struct remap { /* on each function */
	unsigned long shots, roomy, judged;
	unsigned long delivered; /* instead of blocked */
};

/* Follows every shot, so that a rule knows what this IOMMU reports at all. */
static bool remap_follow(struct judging *jg, const struct world *w, const struct shot *shot,
			 const struct event *event)
{
	struct remap_run *run = scratch(jg, shot->from->pf, sizeof(*run));
	struct arrival arrival;

	for (size_t i = 0; i < faults_count(shot); i++)
		run->logged += fault_get(shot, i).interrupt;
	if (!is_kind(shot, REPORTED))
		return false;
	if (is_kind(shot, FORGED) && shot->control && !arrived(w, shot, 0, &arrival))
		run->blocked++;
	return allow(&run->allowance, event);
}

static unsigned reason_of(enum kind kind)
{
	switch (kind) {
	case KIND_RESERVED_DATA:
		return 0x20;
	case KIND_BEYOND_HANDLE:
		return 0x21;
	case KIND_ABSENT_HANDLE:
		return 0x22;
	case KIND_COMPAT_FIXED:
	case KIND_COMPAT_NMI:
		return 0x25;
	case KIND_SIBLING_HANDLE:
	case KIND_PF_HANDLE:
		return 0x26;
	default:
		return 0;
	}
}

/*
 * The reason told for a shot: the right one if it is among those told, else any that a late report
 * of the shot before does not explain; 0 for none.
 */
static unsigned reason_told(const struct shot *shot, unsigned late)
{
	unsigned right = reason_of(shot->kind), other = 0;

	for (size_t i = 0; i < faults_count(shot); i++) {
		struct fault fault = fault_get(shot, i);

		if (!fault.interrupt || strcmp(fault.source, shot->from->name))
			continue;
		if (fault.reason == right)
			return right;
		if (fault.reason != late)
			other = fault.reason;
	}
	return other;
}

static void remap_run_end(struct judging *jg, const struct world *w, unsigned reason)
{
	char expected[WORDS];

	snprintf(expected, sizeof(expected), "a fault with reason %02Xh, at least once", reason);
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *fn = w->fn[i];
		const struct remap_run *run = scratch(jg, fn->pf, sizeof(*run));
		const struct remap *remap = fn == fn->pf ? NULL : scratch(jg, fn, sizeof(*remap));

		if (!remap || !remap->shots || remap->judged)
			continue;
		if (remap->delivered == remap->shots)
			inapplicable(
				jg, fn,
				"such requests are delivered (IOM-NODELIVER), so none is reported");
		else if (!run->logged && run->blocked)
			inapplicable(jg, fn,
				     "this IOMMU blocks interrupt requests without recording "
				     "them, as QEMU's does before 8.2");
		else if (remap->roomy)
			broke(jg, fn, expected, "none in %lu shots, though others were reported",
			      remap->shots);
		else
			inapplicable(jg, fn,
				     "the kernel's limit on reports may have kept all of them");
	}
}

/* Judged by the reason that is reported; that nothing was delivered is IOM-NODELIVER's business. */
static void judge_reason(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn, unsigned reason)
{
	struct remap_run *run;
	struct arrival arrival;
	struct remap *remap;
	char expected[WORDS];
	struct shot shot;
	unsigned told;
	bool room;

	if (event->kind == EV_RUN_END) {
		remap_run_end(jg, w, reason);
		return;
	}
	if (!sees_shot(w, event, fn, &shot))
		return;
	room = remap_follow(jg, w, &shot, event);
	run = scratch(jg, fn->pf, sizeof(*run));
	told = reason_told(&shot, run->late);
	run->late = reason_of(shot.kind);
	if (reason_of(shot.kind) != reason || fn == fn->pf)
		return;
	remap = scratch(jg, fn, sizeof(*remap));
	if (shot.control) {
		remap->shots++;
		remap->delivered += arrived(w, &shot, 0, &arrival);
		remap->roomy += room;
	}
	if (!told)
		return;
	remap->judged++;
	snprintf(expected, sizeof(expected), "fault reason %02Xh for %s", reason, shot.name);
	verdict(jg, fn, told == reason, expected, "%02Xh", told);
}

static void judge_ir_reserved(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	judge_reason(jg, w, event, fn, 0x20);
}

static void judge_ir_index(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	judge_reason(jg, w, event, fn, 0x21);
}

static void judge_ir_absent(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	judge_reason(jg, w, event, fn, 0x22);
}

static void judge_ir_compat(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	judge_reason(jg, w, event, fn, 0x25);
}

static void judge_ir_source(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	judge_reason(jg, w, event, fn, 0x26);
}

static void judge_quiet(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct shot shot;

	if (event->kind != EV_RUN_END) {
		if (sees_shot(w, event, fn, &shot))
			remap_follow(jg, w, &shot, event);
		return;
	}
	for (size_t i = 0; i < w->nfn; i++) {
		const struct remap_run *run;

		if (w->fn[i]->vf >= 0)
			continue;
		run = scratch(jg, w->fn[i], sizeof(*run));
		if (run->blocked)
			verdict(jg, w->fn[i], run->logged, "blocked interrupt requests reported",
				"none of %lu", run->blocked);
	}
}

/* --- delivery --- */

static void judge_nowhere(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct arrival arrival;
	struct shot shot;
	unsigned noise;

	if (!sees_shot(w, event, fn, &shot))
		return;
	noise = noise_of(jg, &shot);
	if (shot.kind == KIND_CONTROL)
		return;
	if (arrived(w, &shot, noise, &arrival))
		broke(jg, fn, "nothing anywhere", "%s: %s", shot.name, arrival.where);
	else if (shot.control)
		held(jg, fn);
}

static void judge_victim(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct arrival arrival;
	struct shot shot;

	if (!sees_shot(w, event, fn, &shot) || !shot.victim || shot.victim == fn ||
	    !is_kind(&shot, KIND(SIBLING_HANDLE) | KIND(PF_HANDLE)))
		return;
	if (came_to(&shot, shot.victim, &arrival))
		broke(jg, shot.victim, "nothing", "%s from %s: %s", shot.name, fn->name,
		      arrival.where);
	else if (shot.control && !shot.victim->loaded)
		held(jg, shot.victim);
}

static void judge_own(struct judging *jg, const struct world *w, const struct event *event,
		      struct world_fn *fn)
{
	struct shot shot;

	if (sees_shot(w, event, fn, &shot) && shot.kind == KIND_OWN_HANDLE && shot.control)
		verdict(jg, fn,
			sum_of(json_object_get(json_object_get(shot.watch, "events"), fn->name)) >
				0,
			"the other vector's interrupt", "nothing");
}

static void judge_hostvec(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct arrival arrival;
	struct shot shot;
	unsigned noise;

	if (!sees_shot(w, event, fn, &shot))
		return;
	noise = noise_of(jg, &shot);
	if (!is_kind(&shot, COMPAT))
		return;
	if (arrived(w, &shot, noise, &arrival))
		broke(jg, fn, "no interrupt on any CPU", "vector %02Xh of the host's (%s): %s",
		      shot.msg.data & 0xff, shot.name, arrival.where);
	else if (shot.control)
		held(jg, fn);
}

/* arch/x86/kernel/nmi.c: pci_serr_error(), unknown_nmi_error(). */
static void judge_nmi(struct judging *jg, const struct world *w, const struct event *event,
		      struct world_fn *fn)
{
	static const char *const texts[] = {"system error (SERR)", "NMI received for unknown",
					    NULL};
	struct shot shot;
	const char *line;
	unsigned noise;

	if (!sees_shot(w, event, fn, &shot))
		return;
	noise = noise_of(jg, &shot);
	if (!is_kind(&shot, HOSTILE))
		return;
	line = log_line(&shot, texts);
	if (line)
		broke(jg, fn, "no NMI and no SERR", "%s: \"%s\"", shot.name, line);
	else if (noise & STRAY_NMI)
		inapplicable(jg, fn, "this machine takes NMIs all the time");
	else if (strays(&shot) & STRAY_NMI)
		broke(jg, fn, "no NMI and no SERR", "%s: an NMI", shot.name);
	else if (shot.control)
		held(jg, fn);
}

/* --- reports --- */

static bool is_dmar_fault(const char *line)
{
	return strstr(line, "[fault reason 0x") &&
	       (strstr(line, "[INTR-REMAP] ") || strstr(line, "[DMA "));
}

/* What is wrong with a fault as the report of @shot, or NULL. */
static const char *misreported(const struct shot *shot, const struct fault *fault)
{
	uint16_t handle, sub;
	bool shv;

	if (!fault->interrupt) {
		bool ours = shot->kind == KIND_DMA_UNMAPPED && is_page(fault->addr, shot->msg.addr);

		return ours && strcmp(fault->source, shot->from->name) ? "another source" : NULL;
	}
	/* With 25h the index is undefined; a late report of another shot is no fault of this. */
	if (fault->reason == 0x25 || fault->reason != reason_of(shot->kind))
		return NULL;
	if (strcmp(fault->source, shot->from->name))
		return "another source";
	/* A sum beyond 16 bits is no index, so nothing says which one is reported. */
	if (fault->index < 0 || vtd_msg_handle(shot->msg, &handle, &shv, &sub) ||
	    handle + sub > UINT16_MAX)
		return NULL;
	return fault->index == handle + sub ? NULL : "another index";
}

static void judge_log_intel(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	size_t told = 0;
	struct shot shot;
	const json_t *lines;

	if (!sees_shot(w, event, fn, &shot))
		return;
	lines = json_object_get(shot.watch, "klog");
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));

		told += line && is_dmar_fault(line);
	}
	if (!told)
		return;
	if (told != faults_count(&shot)) {
		broke(jg, fn, "reports with device, address or index, and reason",
		      "%zu of %zu can be read", faults_count(&shot), told);
		return;
	}
	for (size_t i = 0; i < told; i++) {
		struct fault fault = fault_get(&shot, i);
		const char *wrong = misreported(&shot, &fault);

		if (wrong) {
			broke(jg, fn, "reports of what was shot",
			      "%s: reason %02Xh, %s, index %lld", wrong, fault.reason, fault.source,
			      fault.index);
			return;
		}
	}
	held(jg, fn);
}

/* --- bystanders --- */

struct bystander {
	bool running, disturbed;
	unsigned long shots;
};

static void count_shot(struct judging *jg, const struct world *w, const struct world_fn *from)
{
	for (size_t i = 0; i < w->nfn; i++) {
		struct bystander *other;

		if (w->fn[i] == from || !w->fn[i]->loaded)
			continue;
		other = scratch(jg, w->fn[i], sizeof(*other));
		other->shots++;
	}
}

static void judge_bystander(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	struct bystander *bystander = scratch(jg, fn, sizeof(*bystander));
	long long io = event_int(event, "io_errors", 0), bad = event_int(event, "verify_errors", 0);
	long long bytes = event_int(event, "read_bytes", 0) + event_int(event, "write_bytes", 0);
	bool running = bystander->running && !bystander->disturbed;

	if (event->act == ACT_SHOT) {
		if (!event_res(event))
			count_shot(jg, w, fn);
		return;
	}
	if (event->act != ACT_LOAD_STOP) {
		bystander->running = event->act == ACT_LOAD_START && !event_res(event);
		bystander->disturbed = event->act != ACT_LOAD_START;
		bystander->shots = 0;
		return;
	}
	if (running && bystander->shots && event_res(event) == -ETIMEDOUT)
		broke(jg, fn, "a job that ends when it is told to",
		      "it hung, and had to be killed, under %lu shots", bystander->shots);
	else if (running && bystander->shots && (!event_res(event) || io || bad))
		verdict(jg, fn, !io && !bad && bytes > 0, "I/O without errors under attack",
			"%lld I/O errors, %lld verify errors, %lld bytes moved, under %lu shots",
			io, bad, bytes, bystander->shots);
	bystander->running = false;
}

#define NEED_ATTACK (NEED_VF | NEED_MSIX | NEED_ENGINE | NEED_VFIO)
#define ON_WATCH    ON_OBS(OBS_WATCH)

const struct rule iommu_rules[] = {
	{
		.info = {"IOM-PRE-IR", SEV_MUST, "Interrupt remapping is on.",
			 "Linux drivers/iommu/intel/irq_remapping.c:intel_enable_irq_remapping",
			 "a machine with an IOMMU"},
		.needs = NEED_PF | NEED_IOMMU | NEED_LINUX,
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_remapping,
	},
	{
		.info = {"IOM-PRE-DMA", SEV_MUST,
			 "The DMA of a VF goes through a domain that translates.",
			 "Linux drivers/iommu/iommu.c:iommu_group_show_type",
			 "a look at the VF's IOMMU group"},
		.needs = NEED_VF | NEED_IOMMU | NEED_LINUX,
		.on_obs = ON_OBS(OBS_ISOLATION),
		.judge = judge_translation,
	},
	{
		.info = {"IOM-ISOLATED", SEV_MUST,
			 "The VF's group has isolated interrupts, so that VFIO may attach it.",
			 "Linux drivers/vfio/vfio_iommu_type1.c:vfio_iommu_type1_attach_group",
			 "a look at the VF's IOMMU group, then opening it in VFIO"},
		.needs = NEED_VF | NEED_IOMMU | NEED_LINUX | NEED_VFIO,
		.on_done = ON_ACT(ACT_VFIO_OPEN),
		.on_obs = ON_OBS(OBS_ISOLATION),
		.judge = judge_isolated,
	},
	{
		.info = {"IOM-ROGUE-DMA", SEV_MUST,
			 "A message to an address that is mapped nowhere writes no memory, and is "
			 "reported.",
			 "VT-d 4.1, 7.1.3; Linux drivers/iommu/intel/dmar.c:dmar_fault_do_one",
			 "a control delivered, then such shots"},
		.needs = NEED_ATTACK | NEED_TRANSLATION,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_rogue_dma,
	},
	{
		.info = {"IOM-ROGUE-MAPPED", SEV_INFO,
			 "A message to an address that the function has mapped is a DMA write by "
			 "right.",
			 "VT-d 4.1, 3.14", "a control delivered, then such a shot at the canary"},
		.needs = NEED_ATTACK | NEED_TRANSLATION,
		.on_obs = ON_WATCH,
		.judge = judge_rogue_mapped,
	},
	{
		.info = {"IOM-IR-RSVD", SEV_MUST,
			 "A remappable request with reserved bits set is a fault 20h.",
			 "VT-d 4.1, 5.1.4; Linux drivers/iommu/intel/dmar.c:dmar_get_fault_reason",
			 "a control delivered, then data 31:16 set with a subhandle; an IOMMU that "
			 "reports"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_ir_reserved,
	},
	{
		.info = {"IOM-IR-INDEX", SEV_MUST,
			 "A handle beyond the interrupt remapping table is a fault 21h.",
			 "VT-d 4.1, 5.1.4; Linux drivers/iommu/intel/dmar.c:dmar_get_fault_reason",
			 "a control delivered, then such a shot; an IOMMU that reports"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_ir_index,
	},
	{
		.info = {"IOM-IR-NP", SEV_MUST,
			 "A handle whose remapping entry is not present is a fault 22h.",
			 "VT-d 4.1, 5.1.4; Linux drivers/iommu/intel/dmar.c:dmar_get_fault_reason",
			 "a control delivered, then such a shot; an IOMMU that reports"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_ir_absent,
	},
	{
		.info = {"IOM-IR-COMPAT", SEV_MUST,
			 "A compatibility-format request is a fault 25h.",
			 "VT-d 4.1, 5.1.4; Linux drivers/iommu/intel/irq_remapping.c:"
			 "iommu_enable_irq_remapping (CFI)",
			 "a control delivered, then such a shot; an IOMMU that reports"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_ir_compat,
	},
	{
		.info = {"IOM-IR-SID", SEV_MUST,
			 "Another function's handle is a fault 26h: the source does not match.",
			 "VT-d 4.1, 5.1.4; Linux drivers/iommu/intel/irq_remapping.c:set_msi_sid",
			 "a control delivered, then a sibling's or the PF's handle; an IOMMU that "
			 "reports"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_ir_source,
	},
	{
		.info = {"IOM-NODELIVER", SEV_MUST,
			 "A message that must not be delivered arrives nowhere, whatever is "
			 "logged.",
			 "VT-d 4.1, 5.1.4 (a faulting request is blocked)",
			 "a control delivered, then hostile shots, everything watched"},
		.needs = NEED_ATTACK | NEED_REMAP,
		.on_obs = ON_WATCH,
		.judge = judge_nowhere,
	},
	{
		.info = {"IOM-VICTIM", SEV_MUST,
			 "A function's vectors do not fire for a message of another function.",
			 "VT-d 4.1, 5.1.4 and 9.10 (SVT, SID)",
			 "a control delivered, then shots with the victim's handle"},
		.needs = NEED_MSIX | NEED_REMAP | NEED_INTEL | NEED_VFIO | NEED_ATTACKER,
		.on_obs = ON_WATCH,
		.judge = judge_victim,
	},
	{
		.info = {"IOM-OWN-INDEX", SEV_INFO,
			 "A function may fire any of its own vectors through any of its entries.",
			 "VT-d 4.1, 5.1.3",
			 "a control delivered, then a shot with another handle of its own"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL | NEED_TWO,
		.on_obs = ON_WATCH,
		.judge = judge_own,
	},
	{
		.info = {"IOM-LOG-INTEL", SEV_SHOULD,
			 "A report names the function that shot, its address or index, and the "
			 "reason.",
			 "Linux drivers/iommu/intel/dmar.c:dmar_fault_do_one",
			 "shots, and at least one DMAR report in the kernel's log"},
		.needs = NEED_ATTACK | NEED_INTEL,
		.on_obs = ON_WATCH,
		.judge = judge_log_intel,
	},
	{
		.info = {"IOM-QUIET-MODEL", SEV_INFO,
			 "An IOMMU that blocks interrupt requests also records them.",
			 "VT-d 4.1, 7.3; QEMU hw/i386/intel_iommu.c:vtd_interrupt_remap_msi",
			 "a control delivered, then forged requests that are blocked, to the run's "
			 "end"},
		.needs = NEED_PF | NEED_REMAP | NEED_INTEL | HEARS_ALL | NEED_VFIO | NEED_ATTACKER,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_quiet,
	},
	{
		.info = {"IOM-NMI", SEV_SHOULD,
			 "No message of a function raises an NMI or a system error.",
			 "XSA-59 (CVE-2013-3495)",
			 "a control delivered, then hostile shots, on a machine without NMIs of "
			 "its "
			 "own"},
		.needs = NEED_ATTACK | NEED_REMAP,
		.on_obs = ON_WATCH,
		.judge = judge_nmi,
	},
	{
		.info = {"IOM-HOSTVEC", SEV_MUST,
			 "No message of a function picks a vector of the host.",
			 "Linux drivers/iommu/intel/irq_remapping.c:iommu_enable_irq_remapping "
			 "(CFI "
			 "off); XSA-3 (CVE-2011-1898)",
			 "a control delivered, then compatibility-format shots"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
		.on_obs = ON_WATCH,
		.judge = judge_hostvec,
	},
	{
		.info = {"IOM-BYSTANDER", SEV_MUST,
			 "I/O on a VF loses nothing while another VF attacks.",
			 "derived from VT-d 4.1, 5.1.4 and PCIe 6.0, 9.2",
			 "a verifying job on one VF, shots of another while it runs"},
		.needs = NEED_VF | NEED_LINUX | NEED_VFIO | NEED_ATTACKER | NEED_DRIVER,
		.on_done = ON_ACT(ACT_SHOT) | ON_ACT(ACT_LOAD_START) | ON_ACT(ACT_LOAD_STOP) |
			   ON_ACT(ACT_RESET) | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_UNBIND),
		.judge = judge_bystander,
	},
};

const size_t iommu_rules_count = sizeof(iommu_rules) / sizeof(iommu_rules[0]);
