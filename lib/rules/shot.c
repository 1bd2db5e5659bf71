/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the watch of a shot tells, read out of the record: the shot itself, what arrived on
 * eventfds, in rows of interrupts, in the machine's own rows and in its log, and the faults.
 */
#include <stdio.h>
#include <string.h>

#include "shot.h"

static const char *const kind_names[KIND_COUNT] = {
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
	[KIND_RANDOM_HANDLE] = "random-handle",
	[KIND_RANDOM_COMPAT] = "random-compat",
	[KIND_RANDOM_DMA] = "random-dma",
};

const char *kind_name(enum kind kind)
{
	return kind_names[kind];
}

static enum kind kind_parse(const char *name)
{
	for (size_t i = 1; name && i < KIND_COUNT; i++)
		if (!strcmp(name, kind_names[i]))
			return (enum kind)i;
	return KIND_NONE;
}

static bool sees_any(const struct world *w, const struct event *event, const struct world_fn *fn,
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
		.messages = json_object_get(body, "messages"),
		.times = json_object_get(body, "fired")
				 ? (unsigned long)json_integer_value(json_object_get(body, "fired"))
				 : 1,
		.by_pending = json_is_true(json_object_get(body, "pending_before")) ||
			      json_is_false(json_object_get(body, "pending_before")),
		.sent = json_is_true(json_object_get(body, "pending_before")) &&
			json_is_false(json_object_get(body, "pending_after")),
		.watch = event->body,
	};
	shot->kind = kind_parse(shot->name);
	shot->silent = !strcmp(w->iommu.kind, "smmu");
	shot->own_table = shot->silent || !strcmp(w->iommu.kind, "amd");
	shot->ready = shot->control && w->control_entry == shot->entry;
	if (is_kind(shot, COMPAT | KIND(RANDOM_COMPAT)) &&
	    event_int(event, "t", 0) < w->untold_until)
		shot->control = shot->ready = false;
	/* Its Pending bit says whether a message has left at all. */
	if (shot->by_pending)
		shot->control = shot->ready = shot->sent;
	shot->after_reset = w->shot_reset;
	return shot->kind != KIND_NONE;
}

bool sees_shot(const struct world *w, const struct event *event, const struct world_fn *fn,
	       struct shot *shot)
{
	return sees_any(w, event, fn, shot) && !is_kind(shot, RANDOM);
}

bool sees_burst(const struct world *w, const struct event *event, const struct world_fn *fn,
		struct shot *shot)
{
	return sees_any(w, event, fn, shot) && is_kind(shot, RANDOM);
}

long long sum_of(const json_t *counts)
{
	long long sum = 0;

	for (size_t i = 0; i < json_array_size(counts); i++)
		sum += json_integer_value(json_array_get(counts, i));
	return sum;
}

/*
 * Commands that the engine sends by the way are answered on vector 0 of the function that shot. It
 * sends some to move a queue to the vector, but not where the control fired the same one before.
 */
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

bool came_to(const struct shot *shot, const struct world_fn *fn, struct arrival *arrival)
{
	return came_as_event(shot, fn->name, arrival) || came_in_row(shot, fn, arrival);
}

/* Bit STRAY_NMI of strays() is the first. */
static const char *const stray_rows[] = {"NMI", "SPU", "ERR"};
#define STRAY_ROWS (sizeof(stray_rows) / sizeof(stray_rows[0]))

unsigned strays(const struct shot *shot)
{
	const json_t *machine = json_object_get(shot->watch, "machine");
	unsigned moved = 0;

	for (size_t i = 0; i < STRAY_ROWS; i++)
		if (json_integer_value(json_object_get(machine, stray_rows[i])) > 0)
			moved |= 1u << i;
	return moved;
}

const char *log_line(const struct shot *shot, const char *const *texts)
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

bool arrived(const struct world *w, const struct shot *shot, unsigned noise,
	     struct arrival *arrival)
{
	for (size_t i = 0; i < w->nfn; i++)
		if ((w->fn[i] != shot->from || forged(shot)) && came_to(shot, w->fn[i], arrival))
			return true;
	return came_astray(shot, noise, arrival);
}

struct noise {
	unsigned rows;
};

unsigned noise_of(struct judging *jg, const struct shot *shot)
{
	struct noise *noise = scratch(jg, shot->from->pf, sizeof(*noise));

	if (shot->kind == KIND_CONTROL)
		noise->rows |= strays(shot);
	return noise->rows;
}

/* --- faults --- */

size_t faults_count(const struct shot *shot)
{
	return json_array_size(json_object_get(shot->watch, "faults"));
}

struct fault fault_get(const struct shot *shot, size_t i)
{
	const json_t *entry = json_array_get(json_object_get(shot->watch, "faults"), i);
	const char *kind = json_string_value(json_object_get(entry, "kind"));
	const char *source = json_string_value(json_object_get(entry, "source"));

	return (struct fault){
		.interrupt = kind && !strcmp(kind, "interrupt"),
		.write = json_is_true(json_object_get(entry, "write")),
		.source = source ? source : "",
		.addr = (uint64_t)json_integer_value(json_object_get(entry, "addr")),
		.index = json_integer_value(json_object_get(entry, "index")),
		.reason = (unsigned)json_integer_value(json_object_get(entry, "reason")),
	};
}

bool names(const struct fault *fault, const struct world_fn *fn)
{
	static const char none[] = "0000:";
	bool bare = !strncmp(fault->source, none, strlen(none));

	return !strcmp(fault->source, fn->name) ||
	       (bare && !strcmp(fault->source + strlen(none), fn->name + strlen(none)));
}

bool was_reported(const struct shot *shot)
{
	for (size_t i = 0; i < faults_count(shot); i++) {
		struct fault fault = fault_get(shot, i);

		if (names(&fault, shot->from))
			return true;
	}
	return false;
}

bool allow(struct allowance *allowance, const struct event *event)
{
	int64_t now = event_int(event, "t", 0);
	int64_t *oldest = &allowance->at[allowance->shots % LOG_SHOTS];
	bool room = allowance->shots < LOG_SHOTS || now - *oldest > LOG_WINDOW_US;

	*oldest = now;
	allowance->shots++;
	return room;
}

bool allow_burst(struct allowance *allowance, const struct world *w, const struct event *event,
		 const struct world_fn *fn)
{
	struct shot shot;

	if (!sees_burst(w, event, fn, &shot))
		return false;
	for (int i = 0; i < LOG_SHOTS; i++)
		allow(allowance, event);
	return true;
}

/* --- bursts --- */

size_t messages_count(const struct shot *shot)
{
	return shot->messages ? json_array_size(shot->messages) : 1;
}

static struct msi_msg message_get(const struct shot *shot, size_t i)
{
	const json_t *pair = json_array_get(shot->messages, i);

	return (struct msi_msg){.addr = (uint64_t)json_integer_value(json_array_get(pair, 0)),
				.data = (uint32_t)json_integer_value(json_array_get(pair, 1))};
}

/* Index into the table of all functions that a sound request names, or -1. */
static long intel_index(struct msi_msg msg)
{
	uint16_t handle, sub;
	bool shv;

	if (vtd_msg_handle(msg, &handle, &shv, &sub) || (shv && msg.data >> 16))
		return -1;
	return handle + sub <= UINT16_MAX ? handle + sub : -1;
}

/* AMD: data 10:0 is the index. */
#define AMD_INDEX 0x7ffu

/* Do both requests name the same vector, by what this IOMMU looks at? */
static bool name_one(const struct world *w, struct msi_msg a, struct msi_msg b)
{
	if (!strcmp(w->iommu.kind, "smmu"))
		return a.addr == b.addr && a.data == b.data;
	if (!msi_addr_is_x86(a.addr) || !msi_addr_is_x86(b.addr))
		return false;
	if (!strcmp(w->iommu.kind, "amd"))
		return ((a.data ^ b.data) & AMD_INDEX) == 0;
	return intel_index(a) >= 0 && intel_index(a) == intel_index(b);
}

static bool is_own(const struct world *w, const struct world_fn *fn, struct msi_msg msg)
{
	struct msix_entry entry;

	for (unsigned k = 0; k < fn->vfio_enabled && k < fn->table_size; k++)
		if (table_entry(&fn->table, k, &entry) && name_one(w, msg, entry.msg))
			return true;
	return false;
}

size_t messages_own(const struct world *w, const struct shot *shot)
{
	size_t own = 0;

	for (size_t i = 0; i < messages_count(shot); i++)
		own += is_own(w, shot->from, message_get(shot, i));
	return own;
}
