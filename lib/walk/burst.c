/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many random messages, one after another, and one watch for all of them: what it costs to look at
 * everything is spent once. What a burst let through is narrowed down by its seed and numbers.
 */
#include <stdlib.h>

#include "shot.h"

struct burst {
	struct shot shot;
	unsigned first, count, fired;
	struct msi_msg *msg;
};

/* What this machine says that it stops; nothing else is sent. */
static bool is_stopped(const struct walk *w, enum shot_kind kind)
{
	return kind == SHOT_RANDOM_DMA ? w->machine.translation : w->machine.remapping;
}

static int roll_messages(struct walk *w, struct burst *b)
{
	int res = entry_read(w, b->shot.f, b->shot.entry, &b->shot.was);

	for (unsigned i = 0; !res && i < b->count; i++)
		res = message_random(w->machine.iommu, b->shot.kind, w->options.seed, b->first + i,
				     b->shot.was.msg, &b->msg[i]);
	return res;
}

static json_t *burst_keys(const struct walk *w, const struct burst *b)
{
	json_t *messages = json_array();

	for (unsigned i = 0; i < b->count; i++)
		json_array_append_new(messages, json_pack("[I,I]", (json_int_t)b->msg[i].addr,
							  (json_int_t)b->msg[i].data));
	return json_pack("{s:s,s:i,s:I,s:i,s:o}", "kind", shot_name(b->shot.kind), "entry",
			 (int)b->shot.entry, "seed", (json_int_t)w->options.seed, "first",
			 (int)b->first, "messages", messages);
}

/* A device that completes no command any more has nothing more to send. */
static int send_all(struct walk *w, struct burst *b)
{
	struct walk_fn *f = b->shot.f;
	int res = 0, back;

	for (unsigned i = 0; !res && i < b->count; i++) {
		struct msix_entry e = {.msg = b->msg[i]};

		res = entry_write(w, f, b->shot.entry, &e);
		if (!res)
			res = OP(w, engine_fire, f->bdf, b->shot.entry);
		b->fired += !res;
	}
	back = entry_write(w, f, b->shot.entry, &b->shot.was);
	return res ? res : back;
}

static int burst(struct walk *w, struct burst *b)
{
	struct walk_fn *f = b->shot.f;
	uint64_t waited_us;
	struct watch watch;
	int res = roll_messages(w, b);

	if (!res)
		res = watch_begin(w, f, &watch);
	if (!res)
		res = act_start(w, ACT_SHOT, f->bdf, burst_keys(w, b), NULL);
	if (res)
		return res;
	res = send_all(w, b);
	waited_us = events_wait(w, f, -1);
	res = act_done(w, res, json_pack("{s:i}", "fired", (int)b->fired));
	return watch_end(w, f, &watch, waited_us) ? -EIO : res;
}

int walk_burst(struct walk *w, struct bdf fn, enum shot_kind kind, unsigned entry, unsigned first,
	       unsigned count)
{
	struct burst b = {.shot = {.f = fn_find(w, fn), .kind = kind, .entry = entry},
			  .first = first,
			  .count = count};
	int res;

	if (!b.shot.f || !b.shot.f->vfio_open || !b.shot.f->enabled)
		return -EBADF;
	if (!is_stopped(w, kind))
		return -EOPNOTSUPP;
	b.msg = calloc(count + 1, sizeof(*b.msg));
	if (!b.msg)
		return -ENOMEM;
	res = burst(w, &b);
	free(b.msg);
	return res;
}

enum shot_kind walk_burst_kind(const struct walk *w, unsigned n)
{
	enum shot_kind kind = message_random_kind(w->machine.iommu, w->options.seed, n);

	return is_stopped(w, kind) ? kind : SHOT_RANDOM_HANDLE;
}
