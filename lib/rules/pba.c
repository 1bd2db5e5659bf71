/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the Pending Bit Array: which of its bits may be set at all, after a reset, a shrink or a
 * write, and which one is a vector's. When a bit is set and cleared is fire.c's.
 */
#include <stdio.h>

#include "vector.h"

#define TEXT 128

static void judge_pba_size(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	unsigned size = (unsigned)event_int(event, "size", 0);
	unsigned from = fn && fn->largest > size ? fn->largest : size;
	int k;

	(void)w;
	/* A look that ends before the last QWORD does says nothing of its reserved bits. */
	if (!shows_pba(fn, event) || fn->track.pba_written || fn->pba.len < msix_pba_bytes(size))
		return;
	/* Bits of vectors that there were once are PBA-SHRINK's. */
	if (from >= fn->pba.len * 8) {
		inapplicable(jg, fn,
			     "every bit of the PBA is a vector's: Table Size fills its QWORDs");
		return;
	}
	k = first_pending(&fn->pba, from, (unsigned)fn->pba.len * 8);
	verdict(jg, fn, k < 0, "Pending bits behind the last vector read 0",
		"PB[%d] is set with %u vectors", k, size);
}

static void judge_pba_default(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	unsigned size = (unsigned)event_int(event, "size", 0);
	int k;

	(void)w;
	if (!shows_pba(fn, event) || !is_fresh(fn, fn->pba_prev.line))
		return;
	k = first_pending(&fn->pba, 0, size);
	verdict(jg, fn, k < 0, "no Pending bit set after reset", "PB[%d] is set", k);
}

static void judge_pba_shrunk(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	unsigned size = (unsigned)event_int(event, "size", 0);
	int k;

	(void)w;
	if (!shows_pba(fn, event) || fn->track.pba_written || size >= fn->largest)
		return;
	k = first_pending(&fn->pba, size, fn->largest);
	verdict(jg, fn, k < 0, "no Pending bit of a vector that a shrink has taken",
		"PB[%d] is set, the table shrank from %u to %u", k, fn->largest, size);
}

static void judge_pba_written(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	(void)w;
	if (!shows_pba(fn, event) || acts_before(fn, LOOK_PBA) != ON_ACT(ACT_PBA_WRITE) ||
	    !fn->pba_prev.line || fn->pba.len != fn->pba_prev.len)
		return;
	for (size_t i = 0; i < fn->pba.len; i++)
		if (fn->pba.byte[i] != fn->pba_prev.byte[i]) {
			broke(jg, fn, "Pending bits that software cannot write",
			      "PB[%zu] to PB[%zu] read %02Xh, and %02Xh before the write", 8 * i,
			      8 * i + 7, fn->pba.byte[i], fn->pba_prev.byte[i]);
			return;
		}
	held(jg, fn);
}

/*
 * A set bit other than @k's. Vector 0 also serves the commands of the engine, masked or not; one
 * that was fired and never came may be pending by right, behind a mask that somebody else has set.
 */
static int stray_bit(const struct world_fn *fn, const struct vectors *v, unsigned k)
{
	for (unsigned i = bit_of(&v->masked, 0) ? 1 : 0; i < fn->msix.size; i++)
		if (i != k && pba_bit(&fn->pba, i) &&
		    (!bit_of(&v->fired, i) || bit_of(&v->delivered, i)))
			return (int)i;
	return -1;
}

/*
 * With one vector fired behind the mask of its own entry, its bit is the only one that may be set;
 * a PBA with none at all is TBL-PEND-SET's.
 */
static void judge_pba_index(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	unsigned fired = 0, k = 0;
	struct vectors *v;
	char expected[TEXT];
	int other;

	if (!fn)
		return;
	v = vectors_of(jg, w, event, fn);
	if (shows_pba(fn, event) && !v->fm && !fn->msix.maskall) {
		for (unsigned i = 0; i < fn->msix.size; i++)
			if (bit_of(&v->pending, i)) {
				fired++;
				k = i;
			}
		other = stray_bit(fn, v, k);
		snprintf(expected, sizeof(expected), "PB[%u], bit %u of QWORD %u, for vector %u", k,
			 k % 64, k / 64, k);
		if (fired == 1 && other >= 0)
			broke(jg, fn, expected, "PB[%d] is set", other);
		else if (fired == 1 && pba_bit(&fn->pba, k))
			held(jg, fn);
	}
	if (event->kind == EV_OBS)
		vectors_look(v, event, fn);
}

/* --- the rows --- */

const struct rule pba_rules[] = {
	{
		.info = {"PBA-SIZE", SEV_MUST, "Pending bits of no vector read 0.",
			 "PCIe 6.0, 7.7.2.9", "a look at the PBA"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_PBA),
		.judge = judge_pba_size,
	},
	{
		.info = {"PBA-DEF", SEV_MUST, "After a reset no Pending bit is set.",
			 "PCIe 6.0, 7.7.2.9",
			 "a look at the PBA right after FLR by hand or VF Enable, with no driver "
			 "bound"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_PBA),
		.judge = judge_pba_default,
	},
	{
		.info = {"PBA-WRITE", SEV_INFO, "Software cannot write Pending bits.",
			 "PCIe 6.0, 7.7.2.9, which allows both",
			 "a write to the PBA, and looks before and after"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_PBA),
		.judge = judge_pba_written,
	},
	{
		.info = {"PBA-SHRINK", SEV_MUST,
			 "After a shrink no Pending bit of a vector that is gone is set.",
			 "PCIe 6.0, 7.7.2.9 (derived)",
			 "a resize to a smaller size, and a look at the PBA"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_RANGE | NEED_SHOWS,
		.on_obs = ON_OBS(OBS_PBA),
		.judge = judge_pba_shrunk,
	},
	{
		.info = {"PBA-IDX", SEV_MUST,
			 "The Pending bit of vector k is bit k mod 64 of QWORD k div 64.",
			 "PCIe 6.0, 7.7.2",
			 "one vector fired behind the mask of its entry, and a look at the PBA"},
		.needs = VECTORS_NEED,
		.on_done = ACTS_ON_VECTORS,
		.on_obs = LOOKS_AT_VECTORS,
		.judge = judge_pba_index,
	},
};

const size_t pba_rules_count = sizeof(pba_rules) / sizeof(pba_rules[0]);
