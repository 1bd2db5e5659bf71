/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shots that no engine fires: an event is pending already, and unmasking its vector sends the
 * message (PCIe 6.0, 6.1.4.5). So a function can be made to send what its entry holds when nobody
 * drives it any more. Its own Pending bit is the witness: it goes when the message does.
 */
#include "shot.h"

static int pending(struct walk *w, const struct walk_fn *f, unsigned entry, bool *set)
{
	const struct msix *m = &f->msix;
	uint64_t value = 0;
	int res = OP(w, mmio_read, f->bdf, m->pba_bir, m->pba_off + entry / 32 * 4, 4, &value);

	*set = value >> entry % 32 & 1;
	return res;
}

/* Unmasks the entry with the message in it, and leaves it masked, as it was. */
static int unmask(struct walk *w, const struct shot *s, uint64_t *waited_us, bool *after)
{
	struct msix_entry back = {.msg = s->was.msg, .ctrl = s->was.ctrl | MSIX_ENTRY_MASKED};
	int res = entry_write(w, s->f, s->entry, &s->now), put;

	*waited_us = events_wait(w, s->f,
				 s->kind == SHOT_CONTROL && s->f->vfio_open ? (int)s->entry : -1);
	if (!res)
		res = pending(w, s->f, s->entry, after);
	put = entry_write(w, s->f, s->entry, &back);
	return res ? res : put;
}

static json_t *keys_of(const struct shot *s, bool before)
{
	return json_pack("{s:s,s:i,s:I,s:I,s:s?,s:i,s:b}", "kind", shot_name(s->kind), "entry",
			 (int)s->entry, "addr", (json_int_t)s->now.msg.addr, "data",
			 (json_int_t)s->now.msg.data, "victim", s->victim ? s->victim->name : NULL,
			 "victim_vector", s->victim ? (int)s->victim_vector : -1, "pending_before",
			 before);
}

int walk_shot_pending(struct walk *w, struct bdf fn, enum shot_kind kind, unsigned entry,
		      struct bdf victim, unsigned victim_vector)
{
	struct shot s = {.f = fn_find(w, fn), .kind = kind, .entry = entry};
	bool before = false, after = false;
	uint64_t waited_us = 0;
	struct watch watch;
	int res;

	if (!s.f || !s.f->has_msix || entry >= s.f->msix.size)
		return -EINVAL;
	shot_aim(w, &s, victim, victim_vector);
	res = shot_build(w, &s);
	if (!res)
		res = pending(w, s.f, entry, &before);
	if (!res)
		res = watch_begin(w, s.f, &watch);
	if (!res)
		res = act_start(w, ACT_SHOT, fn, keys_of(&s, before), NULL);
	if (res)
		return res;
	s.f->table_written = true;
	res = unmask(w, &s, &waited_us, &after);
	res = act_done(w, res, json_pack("{s:b}", "pending_after", after));
	return watch_end(w, s.f, &watch, waited_us) ? -EIO : res;
}
