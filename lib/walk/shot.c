/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attacks: an entry of a function's own table is rewritten with a message that it has no right to,
 * fired, watched, and put back. Only a machine that claims to stop such messages is shot at:
 * without interrupt remapping or DMA translation the write would do what it says.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "shot.h"

/* Above all memory of common machines, below the 39 bits that every VT-d unit translates. */
#define UNMAPPED_IOVA 0x7f12345000ull
#define DMA_PATTERN   0x5a5aa5a5u

static const char *const shots[SHOT_COUNT] = {
	[SHOT_CONTROL] = "control",
	[SHOT_DMA_UNMAPPED] = "dma-unmapped",
	[SHOT_DMA_CANARY] = "dma-canary",
	[SHOT_OWN_HANDLE] = "own-handle",
	[SHOT_SIBLING_HANDLE] = "sibling-handle",
	[SHOT_PF_HANDLE] = "pf-handle",
	[SHOT_ABSENT_HANDLE] = "absent-handle",
	[SHOT_BEYOND_HANDLE] = "beyond-handle",
	[SHOT_COMPAT_FIXED] = "compat-fixed",
	[SHOT_COMPAT_NMI] = "compat-nmi",
	[SHOT_RESERVED_DATA] = "reserved-data",
	[SHOT_BEYOND_SIZE] = "beyond-size",
	[SHOT_RANDOM_HANDLE] = "random-handle",
	[SHOT_RANDOM_COMPAT] = "random-compat",
	[SHOT_RANDOM_DMA] = "random-dma",
};

const char *shot_name(enum shot_kind kind)
{
	return shots[kind];
}

/* --- building the message --- */

static int borrow(struct walk *w, const struct walk_fn *from, unsigned entry, struct msi_msg *msg)
{
	struct msix_entry e;

	if (!from || !from->has_msix || entry >= from->msix.size || entry_read(w, from, entry, &e))
		return -EOPNOTSUPP;
	*msg = e.msg;
	return 0;
}

static unsigned own_other(const struct shot *s)
{
	return s->entry ? 0 : 1;
}

static int build_forged(struct walk *w, struct shot *s)
{
	struct forging forging = {.own = s->was.msg, .enabled = s->f->enabled};
	unsigned other = own_other(s);
	int res = 0;

	if (s->kind == SHOT_OWN_HANDLE)
		res = other < s->f->enabled ? borrow(w, s->f, other, &forging.victim) : -EOPNOTSUPP;
	else if (s->kind == SHOT_SIBLING_HANDLE || s->kind == SHOT_PF_HANDLE)
		res = borrow(w, s->victim, s->victim_vector, &forging.victim);
	return res ? res : message_forge(w->machine.iommu, s->kind, &forging, &s->now.msg);
}

static int build_canary(struct walk *w, struct shot *s)
{
	s->now.msg.data = DMA_PATTERN;
	return OP(w, canary, s->f->bdf, &s->now.msg.addr) ? -EOPNOTSUPP : 0;
}

static int build_unmapped(struct walk *w, struct shot *s)
{
	(void)w;
	s->now.msg = (struct msi_msg){.addr = UNMAPPED_IOVA, .data = DMA_PATTERN};
	return 0;
}

static int build_beyond_size(struct walk *w, struct shot *s)
{
	const struct msix *m = &s->f->msix;
	uint64_t end = m->table_off + (s->entry + 1ull) * MSIX_ENTRY_SIZE;
	struct msix_entry good;

	if (s->entry < m->size)
		return -EINVAL;
	/* Where the PBA or the BAR's end follows, there is no such entry. */
	if (end > s->f->bar[m->table_bir].size ||
	    (m->pba_bir == m->table_bir && m->pba_off >= m->table_off && end > m->pba_off) ||
	    entry_read(w, s->f, s->f->enabled - 1, &good))
		return -EOPNOTSUPP;
	s->now = (struct msix_entry){.msg = good.msg};
	return 0;
}

enum { NEEDS_REMAPPING = 1, NEEDS_TRANSLATION = 2 };

static const struct {
	int (*build)(struct walk *w, struct shot *s); /* NULL: the entry as it is */
	unsigned needs;
} builders[SHOT_ONES] = {
	[SHOT_DMA_UNMAPPED] = {build_unmapped, NEEDS_TRANSLATION},
	[SHOT_DMA_CANARY] = {build_canary, NEEDS_TRANSLATION},
	[SHOT_OWN_HANDLE] = {build_forged, NEEDS_REMAPPING},
	[SHOT_SIBLING_HANDLE] = {build_forged, NEEDS_REMAPPING},
	[SHOT_PF_HANDLE] = {build_forged, NEEDS_REMAPPING},
	[SHOT_ABSENT_HANDLE] = {build_forged, NEEDS_REMAPPING},
	[SHOT_BEYOND_HANDLE] = {build_forged, NEEDS_REMAPPING},
	[SHOT_COMPAT_FIXED] = {build_forged, NEEDS_REMAPPING},
	[SHOT_COMPAT_NMI] = {build_forged, NEEDS_REMAPPING},
	[SHOT_RESERVED_DATA] = {build_forged, NEEDS_REMAPPING},
	[SHOT_BEYOND_SIZE] = {build_beyond_size, 0},
};

void shot_aim(struct walk *w, struct shot *s, struct bdf victim, unsigned victim_vector)
{
	if (s->kind != SHOT_SIBLING_HANDLE && s->kind != SHOT_PF_HANDLE)
		return;
	s->victim = s->kind == SHOT_PF_HANDLE ? fn_pf(w) : fn_find(w, victim);
	s->victim_vector = victim_vector;
}

int shot_build(struct walk *w, struct shot *s)
{
	unsigned needs = builders[s->kind].needs;
	int res = entry_read(w, s->f, s->entry, &s->was);

	if (needs & NEEDS_REMAPPING && !w->machine.remapping)
		return -EOPNOTSUPP;
	if (needs & NEEDS_TRANSLATION && !w->machine.translation)
		return -EOPNOTSUPP;
	s->now = (struct msix_entry){.msg = s->was.msg};
	if (res || !builders[s->kind].build)
		return res;
	return builders[s->kind].build(w, s);
}

/* --- firing it --- */

/* The vector that a shot which is no attack arrives at; -1 where nothing may. */
static int arrives_at(const struct shot *s)
{
	if (s->kind == SHOT_CONTROL)
		return (int)s->entry;
	return s->kind == SHOT_OWN_HANDLE ? (int)own_other(s) : -1;
}

/* The message may follow the completion that proves the event: it is not to meet the old entry. */
static int fire_and_wait(struct walk *w, const struct shot *s, uint64_t *waited_us)
{
	int res = OP(w, engine_fire, s->f->bdf, s->entry);

	*waited_us = events_wait(w, s->f, arrives_at(s));
	return res;
}

/* A queue for a vector that there is not: the status of the command, 0 where the device made it. */
static int ask_for_queue(struct walk *w, const struct shot *s)
{
	int status = OP(w, engine_queue, s->f->bdf, s->entry);

	/* Nothing needs to be asked for: the event of any vector can be raised. */
	if (status == -EOPNOTSUPP)
		return 0;
	/* The commands for it are answered on vector 0. */
	events_wait(w, s->f, 0);
	events_drain(w, s->f);
	return status;
}

/*
 * Of the first interrupt on a vector that was given up and not used since Linux says nothing, and
 * of the next that there is no handler (arch/x86/kernel/irq.c:common_interrupt, VECTOR_SHUTDOWN).
 */
static unsigned times_to_fire(const struct shot *s)
{
	return s->kind == SHOT_COMPAT_FIXED ? 2 : 1;
}

static int fire_often_enough(struct walk *w, const struct shot *s, uint64_t *waited_us)
{
	int res = 0;

	for (unsigned i = 0; !res && i < times_to_fire(s); i++)
		res = fire_and_wait(w, s, waited_us);
	return res;
}

static int shoot(struct walk *w, const struct shot *s, int *status, uint64_t *waited_us)
{
	int res, back;

	if (s->kind == SHOT_CONTROL)
		return fire_and_wait(w, s, waited_us);
	if (s->kind == SHOT_BEYOND_SIZE)
		*status = ask_for_queue(w, s);
	res = entry_write(w, s->f, s->entry, &s->now);
	if (!res && !*status)
		res = fire_often_enough(w, s, waited_us);
	else if (!res)
		*waited_us = events_wait(w, s->f, -1);
	back = entry_write(w, s->f, s->entry, &s->was);
	return res ? res : back;
}

int walk_shot(struct walk *w, struct bdf fn, enum shot_kind kind, unsigned entry, struct bdf victim,
	      unsigned victim_vector)
{
	struct shot s = {.f = fn_find(w, fn), .kind = kind, .entry = entry};
	uint64_t waited_us = 0;
	json_t *results = NULL;
	struct watch watch;
	int res, status = 0;

	if (!s.f || !s.f->vfio_open || !s.f->enabled)
		return -EBADF;
	shot_aim(w, &s, victim, victim_vector);
	res = shot_build(w, &s);
	if (!res)
		res = watch_begin(w, s.f, &watch);
	if (!res)
		res = act_start(w, ACT_SHOT, fn,
				json_pack("{s:s,s:i,s:I,s:I,s:s?,s:i}", "kind", shot_name(kind),
					  "entry", (int)entry, "addr", (json_int_t)s.now.msg.addr,
					  "data", (json_int_t)s.now.msg.data, "victim",
					  s.victim ? s.victim->name : NULL, "victim_vector",
					  s.victim ? (int)victim_vector : -1),
				NULL);
	if (res)
		return res;
	res = shoot(w, &s, &status, &waited_us);
	if (kind == SHOT_BEYOND_SIZE)
		results = json_pack("{s:i}", "status", status);
	else if (!res && times_to_fire(&s) > 1)
		results = json_pack("{s:i}", "fired", (int)times_to_fire(&s));
	res = act_done(w, res, results);
	return watch_end(w, s.f, &watch, waited_us) ? -EIO : res;
}
