/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of what comes of a vector's event: nothing from an entry that is masked, gone or was never
 * in the table; a Pending bit as long as it is masked, and one message once it no longer is.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "shot.h"
#include "vector.h"

#define TEXT 128

/* How long a look must have waited before what is not there counts as missing. */
#define MISSING_US 100000

/* --- masked, pending, unmasked --- */

static void judge_masked_silent(struct judging *jg, const struct world *w,
				const struct event *event, struct world_fn *fn)
{
	unsigned count = event_counts(event);
	struct vectors *v;

	if (!fn)
		return;
	v = vectors_of(jg, w, event, fn);
	for (unsigned k = 0; event->obs == OBS_EVENTS && k < count; k++) {
		if (!bit_of(&v->blocked, k) || bit_of(&v->open, k) || bit_of(&v->due, k) ||
		    bit_of(&v->due_fm, k))
			continue;
		/* One that came needs no control; one that did not come does. */
		if (event_count(event, k))
			broke(jg, fn, "no message of a masked vector",
			      "%lld of vector %u, masked by %s", (long long)event_count(event, k),
			      k, v->fm ? "Function Mask" : "its entry");
		else if (bit_of(&v->delivered, k))
			held(jg, fn);
	}
	if (event->kind == EV_OBS)
		vectors_look(v, event, fn);
}

/* A bit that no event of ours can have set: then it is the place of bits that is wrong. */
static bool set_elsewhere(const struct world_fn *fn, const struct vectors *v)
{
	for (unsigned k = 0; k < fn->msix.size; k++)
		if (pba_bit(&fn->pba, k) && !bit_of(&v->pending, k) &&
		    !(k == 0 && bit_of(&v->masked, 0)))
			return true;
	return false;
}

static void judge_pending_set(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	bool waited = event_int(event, "waited_us", 0) >= MISSING_US;
	struct vectors *v;

	if (!fn)
		return;
	v = vectors_of(jg, w, event, fn);
	/* PBA-IDX tells of that. */
	waited &= !shows_pba(fn, event) || !set_elsewhere(fn, v);
	for (unsigned k = 0; shows_pba(fn, event) && k < fn->pba.len * 8; k++) {
		bool set = pba_bit(&fn->pba, k);

		if (!bit_of(&v->delivered, k))
			continue;
		if (bit_of(&v->pending, k) && (set || waited))
			verdict(jg, fn, set, "a Pending bit for the event of a masked vector",
				"PB[%u] is 0", k);
		else if (bit_of(&v->sent, k))
			verdict(jg, fn, !set, "a Pending bit cleared once its message was sent",
				"PB[%u] is 1", k);
	}
	if (event->kind == EV_OBS)
		vectors_look(v, event, fn);
}

/* One message, neither lost nor doubled, on the event that the entry's message leads to. */
static void judge_due(struct judging *jg, const struct event *event, const struct world_fn *fn,
		      const struct vectors *v, const struct bits *due, const char *expected)
{
	bool waited = event_int(event, "waited_us", 0) >= MISSING_US;
	unsigned count = event_counts(event);

	for (unsigned k = 0; k < count; k++) {
		int64_t came = event_count(event, k);

		if (bit_of(due, k) && bit_of(&v->delivered, k) && !bit_of(&v->open, k) &&
		    (came || waited))
			verdict(jg, fn, came == 1, expected, "%lld of vector %u", (long long)came,
				k);
	}
}

static void judge_unmasked(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct vectors *v;

	if (!fn)
		return;
	v = vectors_of(jg, w, event, fn);
	if (event->obs == OBS_EVENTS)
		judge_due(jg, event, fn, v, &v->due,
			  "one message when a pending entry is unmasked");
	if (event->kind == EV_OBS)
		vectors_look(v, event, fn);
}

static void judge_function_unmasked(struct judging *jg, const struct world *w,
				    const struct event *event, struct world_fn *fn)
{
	struct vectors *v;

	if (!fn)
		return;
	v = vectors_of(jg, w, event, fn);
	if (event->obs == OBS_EVENTS)
		judge_due(jg, event, fn, v, &v->due_fm,
			  "one message of each pending vector when Function Mask is cleared");
	if (event->kind == EV_OBS)
		vectors_look(v, event, fn);
}

/* --- entries beyond the table --- */

static bool any_count(const json_t *counts, size_t *k)
{
	for (*k = 0; *k < json_array_size(counts); ++*k)
		if (json_integer_value(json_array_get(counts, *k)) > 0)
			return true;
	return false;
}

/* A fault that the shot's own message led to; another write of the function is not the entry's. */
static bool fault_of(const json_t *faults, const char *fn, uint64_t addr)
{
	size_t i;
	json_t *fault;

	json_array_foreach (faults, i, fault) {
		const char *source = json_string_value(json_object_get(fault, "source"));
		const char *kind = json_string_value(json_object_get(fault, "kind"));
		json_int_t at = json_integer_value(json_object_get(fault, "addr"));

		if (source && !strcmp(source, fn) &&
		    (!kind || strcmp(kind, "dma") || is_page((uint64_t)at, addr)))
			return true;
	}
	return false;
}

/* Is there an entry behind the table at all, before the PBA or the BAR's end follows? */
static void see_room_beyond(struct judging *jg, const struct world_fn *fn)
{
	const struct msix *m = &fn->msix;
	uint64_t end = m->table_off + (m->size + 1ull) * MSIX_ENTRY_SIZE;

	if (m->table_bir < PCI_BARS && fn->bar[m->table_bir].size &&
	    end > fn->bar[m->table_bir].size)
		inapplicable(jg, fn, "the table ends where its BAR does");
	else if (m->pba_bir == m->table_bir && m->pba_off >= m->table_off && end > m->pba_off)
		inapplicable(jg, fn, "the PBA follows the last entry at once");
}

static void judge_beyond(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	const char *kind = json_string_value(json_object_get(w->shot, "kind"));
	const char *canary = event_str(event, "canary");
	const json_t *events = json_object_get(event->body, "events");
	int entry = (int)json_integer_value(json_object_get(w->shot, "entry"));
	size_t k;

	if (shows_msix(fn, event))
		see_room_beyond(jg, fn);
	if (!fn || event->obs != OBS_WATCH || !w->shot_open || !kind || strcmp(kind, "beyond-size"))
		return;
	if (any_count(json_object_get(events, fn->name), &k))
		broke(jg, fn, "nothing sent by an entry beyond Table Size",
		      "a message on vector %zu, from T[%d] of %u", k, entry, fn->msix.size);
	else if (fault_of(json_object_get(event->body, "faults"), fn->name,
			  (uint64_t)json_integer_value(json_object_get(w->shot, "addr"))))
		broke(jg, fn, "nothing sent by an entry beyond Table Size",
		      "a message from T[%d] of %u, which the IOMMU blocked", entry, fn->msix.size);
	else if (canary && !strcmp(canary, "written"))
		broke(jg, fn, "nothing sent by an entry beyond Table Size",
		      "a write to memory from T[%d] of %u", entry, fn->msix.size);
	else if (!strcmp(w->control_fn, fn->name) && w->control_line > w->begin_line)
		held(jg, fn);
}

struct killing {
	unsigned long begin_line;
	struct bits fired, delivered; /* while inside the table */
	struct bits kicked;           /* fired again, once outside */
};

/* A fire that was sent to the device, whether or not it could still complete. */
static bool was_kicked(const struct event *event)
{
	int res = event_res(event);

	return !res || res == -ETIMEDOUT;
}

static void kick(struct killing *killing, const struct event *event, const struct world_fn *fn)
{
	unsigned k = (unsigned)event_int(event, "vector", MSIX_MAX_SIZE);

	if (!fn->msix_line || fn->track.since[LOOK_MSIX] & ACTS_ON_SIZE || !was_kicked(event))
		return;
	if (k < fn->msix.size)
		bit_set(&killing->fired, k, true);
	else if (bit_of(&killing->delivered, k))
		bit_set(&killing->kicked, k, true);
}

static void judge_killed(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	unsigned count = event_counts(event);
	struct killing *killing;
	char expected[TEXT];

	if (!fn)
		return;
	killing = scratch(jg, fn, sizeof(*killing));
	if (killing->begin_line != w->begin_line)
		*killing = (struct killing){.begin_line = w->begin_line};
	if (event->kind == EV_DONE)
		kick(killing, event, fn);
	if (event->kind != EV_OBS)
		return;
	for (unsigned k = 0; event->obs == OBS_EVENTS && k < count; k++) {
		int64_t came = event_count(event, k);

		if (came > 0 && bit_of(&killing->fired, k))
			bit_set(&killing->delivered, k, true);
		if (!bit_of(&killing->kicked, k) || bit_of(&killing->fired, k))
			continue;
		snprintf(expected, sizeof(expected), "nothing of vector %u with Table Size %u", k,
			 fn->msix.size);
		verdict(jg, fn, !came, expected, "%lld of its old messages", (long long)came);
	}
	memset(&killing->fired, 0, sizeof(killing->fired));
	memset(&killing->kicked, 0, sizeof(killing->kicked));
}

/* --- the rows --- */

const struct rule fire_rules[] = {
	{
		.info = {"TBL-BEYOND", SEV_SHOULD,
			 "What is written behind the last entry is never sent.",
			 "linux-pci, January 2021, \"dynamically assign size of VF MSI-X table\" "
			 "(no clause of PCIe)",
			 "a control that is delivered, then a shot from an entry beyond the table"},
		.needs = NEED_VF | VECTORS_NEED,
		.on_obs = ON_OBS(OBS_WATCH) | ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_beyond,
	},
	{
		.info = {"TBL-SHRINK-KILL", SEV_MUST,
			 "After a shrink, an event of a vector that is gone sends nothing.",
			 "PCIe 6.0, 7.7.2 (derived: entries are numbered 0 to N-1)",
			 "a vector that delivers, a shrink that takes it, and its event again"},
		/* Through sysfs nobody resizes a VF that somebody has (SYS-BUSY). */
		.needs = NEED_VF | VECTORS_NEED | NEED_RESIZE | NEED_RANGE | NEED_HELD |
			 NEED_SHOWS | NEED_NOT_VFE,
		.on_done = ON_ACT(ACT_FIRE),
		.on_obs = ON_OBS(OBS_EVENTS) | ON_OBS(OBS_WATCH),
		.judge = judge_killed,
	},
	{
		.info = {"TBL-MASKED-NOFIRE", SEV_MUST,
			 "A vector that is masked, by its entry or by Function Mask, sends "
			 "nothing.",
			 "PCIe 6.0, 6.1.4.5, 7.7.2.2 and 7.7.2.8",
			 "a vector that delivers, then its mask, its event and a look"},
		.needs = VECTORS_NEED,
		.on_done = ACTS_ON_VECTORS,
		.on_obs = LOOKS_AT_VECTORS,
		.judge = judge_masked_silent,
	},
	{
		.info = {"TBL-PEND-SET", SEV_MUST,
			 "The event of a masked vector sets its Pending bit until it is sent.",
			 "PCIe 6.0, 6.1.4.5",
			 "a vector that delivers, then its mask, its event and looks at the PBA"},
		.needs = VECTORS_NEED,
		.on_done = ACTS_ON_VECTORS,
		.on_obs = LOOKS_AT_VECTORS,
		.judge = judge_pending_set,
	},
	{
		.info = {"TBL-UNMASK-FIRE", SEV_MUST,
			 "Unmasking an entry whose Pending bit is set sends one message.",
			 "PCIe 6.0, 6.1.4.5",
			 "a vector that delivers, its mask, its event, the Pending bit seen, the "
			 "mask cleared"},
		.needs = VECTORS_NEED,
		.on_done = ACTS_ON_VECTORS,
		.on_obs = LOOKS_AT_VECTORS,
		.judge = judge_unmasked,
	},
	{
		.info = {"TBL-FM-PEND", SEV_MUST,
			 "Clearing Function Mask sends one message of each pending vector.",
			 "PCIe 6.0, 6.1.4.5",
			 "vectors that deliver, Function Mask, their events, Pending bits seen, "
			 "Function Mask cleared"},
		.needs = VECTORS_NEED,
		.on_done = ACTS_ON_VECTORS,
		.on_obs = LOOKS_AT_VECTORS,
		.judge = judge_function_unmasked,
	},
};

const size_t fire_rules_count = sizeof(fire_rules) / sizeof(fire_rules[0]);
