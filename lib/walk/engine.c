/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Firing vectors, through whatever can make the function raise an event. */
#include <errno.h>

#include "internal.h"

int walk_engine_start(struct walk *w, struct bdf fn)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_ENGINE_START, fn, NULL, &f);

	if (res)
		return res;
	res = OP(w, engine_start, fn);
	if (res >= 0) {
		f->engine = true;
		events_drain(w, f);
	}
	return act_done(w, res < 0 ? res : 0,
			json_pack("{s:i}", "vectors", res < 0 ? 0 : (int)f->enabled));
}

static int stop(struct walk *w, struct bdf fn, bool leave)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_ENGINE_STOP, fn, json_pack("{s:b}", "left", leave), &f);

	if (res)
		return res;
	f->engine = false;
	res = leave ? OP(w, engine_leave, fn) : OP(w, engine_stop, fn);
	events_drain(w, f);
	return act_done(w, res, NULL);
}

int walk_engine_stop(struct walk *w, struct bdf fn)
{
	return stop(w, fn, false);
}

int walk_engine_leave(struct walk *w, struct bdf fn)
{
	return stop(w, fn, true);
}

int walk_queue_bind(struct walk *w, struct bdf fn, unsigned vector)
{
	struct walk_fn *f;
	int status, res = act_start(w, ACT_QUEUE_BIND, fn,
				    json_pack("{s:i}", "vector", (int)vector), &f);

	if (res)
		return res;
	status = OP(w, engine_queue, fn, vector);
	events_drain(w, f);
	res = act_done(w, status < 0 ? status : 0,
		       json_pack("{s:i}", "status", status < 0 ? -1 : status));
	return res ? res : status;
}

int walk_fire(struct walk *w, struct bdf fn, unsigned vector)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_FIRE, fn, json_pack("{s:i}", "vector", (int)vector), &f);

	if (res)
		return res;
	f->fired = true;
	return act_done(w, OP(w, engine_fire, fn, vector), NULL);
}

int walk_cc_enable(struct walk *w, struct bdf fn, bool on)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_CC_ENABLE, fn, json_pack("{s:b}", "value", on), &f);

	if (res)
		return res;
	res = OP(w, engine_cc_enable, fn, on);
	events_drain(w, f);
	return act_done(w, res, NULL);
}
