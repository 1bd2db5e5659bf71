/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Follows the vectors of a function through a record. */
#include <errno.h>
#include <string.h>

#include "vector.h"

unsigned event_counts(const struct event *event)
{
	return (unsigned)json_array_size(json_object_get(event->body, "counts"));
}

int64_t event_count(const struct event *event, unsigned k)
{
	return json_integer_value(json_array_get(json_object_get(event->body, "counts"), k));
}

static bool is_masked(const struct vectors *v, unsigned k)
{
	return v->fm || bit_of(&v->masked, k);
}

static void fired(struct vectors *v, const struct event *event)
{
	unsigned k = (unsigned)event_int(event, "vector", MSIX_MAX_SIZE);

	bit_set(&v->sent, k, false);
	/* Whether the event happened is not known: nothing can be said of this vector. */
	if (event_res(event)) {
		bit_set(&v->open, k, true);
		bit_set(&v->pending, k, false);
		bit_set(&v->due, k, false);
		bit_set(&v->due_fm, k, false);
	} else if (is_masked(v, k)) {
		bit_set(&v->blocked, k, true);
		bit_set(&v->pending, k, true);
	} else {
		bit_set(&v->open, k, true);
		bit_set(&v->fired, k, true);
	}
}

/* The mask of @k is gone: what was pending is sent now. */
static void unmasked(struct vectors *v, unsigned k, struct bits *due)
{
	if (!bit_of(&v->pending, k))
		return;
	bit_set(bit_of(&v->pending_seen, k) ? due : &v->open, k, true);
	bit_set(&v->pending, k, false);
	bit_set(&v->pending_seen, k, false);
}

static void table_mask(struct vectors *v, const struct event *event)
{
	unsigned k = (unsigned)event_int(event, "entry", MSIX_MAX_SIZE);
	bool masked = event_bool(event, "masked");

	bit_set(&v->masked, k, masked);
	if (!masked && !v->fm)
		unmasked(v, k, &v->due);
}

static void function_mask(struct vectors *v, const struct event *event)
{
	v->fm = event_bool(event, "masked");
	for (unsigned k = 0; k < MSIX_MAX_SIZE && !v->fm; k++)
		if (!bit_of(&v->masked, k))
			unmasked(v, k, &v->due_fm);
}

/* A controller's commands are answered on vector 0; its reset satisfies whatever was pending. */
static void disturbed(struct vectors *v, bool all)
{
	if (all) {
		memset(&v->pending, 0, sizeof(v->pending));
		memset(&v->sent, 0, sizeof(v->sent));
		memset(&v->open, 0xff, sizeof(v->open));
	}
	bit_set(&v->open, 0, true);
	bit_set(&v->pending, 0, false);
	bit_set(&v->sent, 0, false);
}

static void forget(struct vectors *v)
{
	unsigned long begin_line = v->begin_line;

	*v = (struct vectors){.begin_line = begin_line};
}

static void vectors_begin(struct vectors *v, const struct world *w)
{
	if (v->begin_line == w->begin_line)
		return;
	v->begin_line = w->begin_line;
	forget(v);
}

static void vectors_act(struct vectors *v, const struct event *event)
{
	switch (event->act) {
	case ACT_FIRE:
		fired(v, event);
		break;
	case ACT_TABLE_MASK:
		if (!event_res(event))
			table_mask(v, event);
		break;
	case ACT_FUNCTION_MASK:
		if (!event_res(event))
			function_mask(v, event);
		break;
	case ACT_SHOT:
		bit_set(&v->open, (unsigned)event_int(event, "entry", MSIX_MAX_SIZE), true);
		disturbed(v, false);
		break;
	case ACT_QUEUE_BIND:
		disturbed(v, false);
		break;
	case ACT_ENGINE_START:
	case ACT_ENGINE_STOP:
	case ACT_CC_ENABLE:
		disturbed(v, true);
		break;
	default: /* masks, or the vectors themselves, may be other ones now */
		forget(v);
		break;
	}
}

struct vectors *vectors_of(struct judging *jg, const struct world *w, const struct event *event,
			   const struct world_fn *fn)
{
	struct vectors *v = scratch(jg, fn, sizeof(*v));

	vectors_begin(v, w);
	if (event->kind == EV_DONE)
		vectors_act(v, event);
	return v;
}

static void read_events(struct vectors *v, const struct event *event)
{
	unsigned count = event_counts(event);

	for (unsigned k = 0; k < count && k < MSIX_MAX_SIZE; k++) {
		if (event_count(event, k) <= 0)
			continue;
		if (bit_of(&v->open, k) || bit_of(&v->due, k) || bit_of(&v->due_fm, k))
			bit_set(&v->delivered, k, true);
		if (bit_of(&v->due, k) || bit_of(&v->due_fm, k))
			bit_set(&v->sent, k, true);
	}
}

void vectors_look(struct vectors *v, const struct event *event, const struct world_fn *fn)
{
	if (event->obs == OBS_PBA) {
		for (unsigned k = 0; k < MSIX_MAX_SIZE && k < fn->pba.len * 8; k++)
			if (bit_of(&v->pending, k) && pba_bit(&fn->pba, k))
				bit_set(&v->pending_seen, k, true);
		return;
	}
	if (event->obs == OBS_EVENTS)
		read_events(v, event);
	/* A watch reads the events, too. */
	memset(&v->open, 0, sizeof(v->open));
	memset(&v->blocked, 0, sizeof(v->blocked));
	memset(&v->due, 0, sizeof(v->due));
	memset(&v->due_fm, 0, sizeof(v->due_fm));
}
