/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vectors as any driver gets them: through the probe driver, which does what it is told. */
#include <stdlib.h>

#include "internal.h"

int walk_alloc(struct walk *w, struct bdf fn, const struct alloc_request *request)
{
	int ret, res = act_start(w, ACT_ALLOC, fn,
				 json_pack("{s:I,s:I,s:i,s:i,s:i}", "min", (json_int_t)request->min,
					   "max", (json_int_t)request->max, "flags",
					   (int)request->flags, "pre", (int)request->pre, "post",
					   (int)request->post),
				 NULL);

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
