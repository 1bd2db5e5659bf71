/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the watch of a shot tells, read out of the record: the shot itself, what arrived on
 * eventfds, in rows of interrupts, in the machine's own rows and in its log, and the faults.
 */
#include <stdio.h>
#include <string.h>

#include "shot.h"

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

bool sees_shot(const struct world *w, const struct event *event, const struct world_fn *fn,
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
	shot->silent = !strcmp(w->iommu.kind, "smmu");
	shot->own_table = shot->silent || !strcmp(w->iommu.kind, "amd");
	shot->ready = shot->control && w->control_entry == shot->entry;
	return shot->kind != KIND_NONE;
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

bool allow(struct allowance *allowance, const struct event *event)
{
	int64_t now = event_int(event, "t", 0);
	int64_t *oldest = &allowance->at[allowance->shots % LOG_SHOTS];
	bool room = allowance->shots < LOG_SHOTS || now - *oldest > LOG_WINDOW_US;

	*oldest = now;
	allowance->shots++;
	return room;
}
