/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vectors as any driver gets them: through the probe driver, which does what it is told. */
#include <stdlib.h>

#include "internal.h"

int walk_alloc(struct walk *w, struct bdf fn, const struct alloc_request *request)
{
	json_t *keys = json_pack("{s:I,s:I,s:i,s:i,s:i}", "min", (json_int_t)request->min, "max",
				 (json_int_t)request->max, "flags", (int)request->flags, "pre",
				 (int)request->pre, "post", (int)request->post);
	int ret, res;

	if (request->wish) {
		json_object_set_new(keys, "wish", json_string(request->wish));
		json_object_set_new(keys, "queues", json_integer(request->queues));
	}
	res = act_start(w, ACT_ALLOC, fn, keys, NULL);

	if (res)
		return res;
	ret = OP(w, alloc, fn, request);
	res = act_done(w, ret < 0 ? ret : 0, json_pack("{s:i}", "ret", ret < 0 ? -1 : ret));
	return res ? res : ret;
}

int walk_alloc_at(struct walk *w, struct bdf fn, unsigned index)
{
	int ret, res = act_start(w, ACT_ALLOC_AT, fn,
				 json_pack("{s:I}", "index", (json_int_t)index), NULL);

	if (res)
		return res;
	ret = OP(w, alloc_at, fn, index);
	res = act_done(w, ret < 0 ? ret : 0, json_pack("{s:i}", "ret", ret < 0 ? -1 : ret));
	return res ? res : ret;
}

int walk_free(struct walk *w, struct bdf fn)
{
	int res = act_start(w, ACT_FREE, fn, NULL, NULL);

	return res ? res : act_done(w, OP(w, free_vectors, fn), NULL);
}

/* A number, or the name of the error that came instead. */
static json_t *number_json(int value)
{
	return value < 0 ? json_string(res_name(value)) : json_integer(value);
}

int walk_look_probe(struct walk *w, struct bdf fn, unsigned count)
{
	struct walk_fn *f = fn_find(w, fn);
	int vectors = f ? OP(w, vec_count, fn) : -ENODEV;
	bool there = vectors != -EOPNOTSUPP && vectors != -EBADF;
	json_t *irqs;
	int res;

	if (!f || vectors == -EBADF)
		return vectors;
	irqs = json_array();
	for (unsigned k = 0; there && k < count; k++)
		json_array_append_new(irqs, number_json(OP(w, irq_vector, fn, k)));
	res = see(w, OBS_PROBE, f,
		  json_pack("{s:s,s:o,s:o}", "res", res_name(there ? 0 : vectors), "vec_count",
			    number_json(vectors), "irqs", irqs));
	return res ? res : there ? 0 : vectors;
}

/* --- handlers --- */

int walk_request(struct walk *w, struct bdf fn, unsigned index)
{
	int res =
		act_start(w, ACT_REQUEST, fn, json_pack("{s:I}", "index", (json_int_t)index), NULL);

	return res ? res : act_done(w, OP(w, request_vector, fn, index), NULL);
}

int walk_release(struct walk *w, struct bdf fn, unsigned index)
{
	int res =
		act_start(w, ACT_RELEASE, fn, json_pack("{s:I}", "index", (json_int_t)index), NULL);

	return res ? res : act_done(w, OP(w, release_vector, fn, index), NULL);
}

/* As long as an interrupt may take that was certainly raised, on a CPU that has other work. */
#define RAISED_US 500000

int walk_inject(struct walk *w, struct bdf fn, unsigned index)
{
	int res =
		act_start(w, ACT_INJECT, fn, json_pack("{s:I}", "index", (json_int_t)index), NULL);
	uint64_t before = 0, now = 0;
	struct wait wait;

	if (res)
		return res;
	wait_begin(&wait, RAISED_US);
	res = OP(w, vector_count, fn, index, &before);
	if (!res)
		res = OP(w, inject, fn, index);
	while (!res && !OP(w, vector_count, fn, index, &now) && now == before && wait_more(&wait))
		;
	return act_done(w, res, json_pack("{s:I}", "waited_us", (json_int_t)wait_us(&wait)));
}

int walk_look_counts(struct walk *w, struct bdf fn, unsigned count)
{
	struct walk_fn *f = fn_find(w, fn);
	json_t *counts;
	int res = f ? 0 : -ENODEV;

	if (res)
		return res;
	counts = json_array();
	for (unsigned k = 0; !res && k < count; k++) {
		uint64_t value = 0;

		res = OP(w, vector_count, fn, k, &value);
		json_array_append_new(counts, json_integer((json_int_t)value));
	}
	if (!res)
		return see(w, OBS_COUNTS, f, json_pack("{s:o}", "counts", counts));
	json_decref(counts);
	return res;
}
