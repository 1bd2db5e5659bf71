/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verifying I/O job on a function, and the interrupts that its vectors count meanwhile. */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

static size_t counts_of(struct walk *w, struct bdf fn, uint64_t *count)
{
	struct irq_table table = {0};
	size_t n = 0;

	if (!OP(w, interrupts, &table))
		n = irq_counts(&table, fn, count, MSIX_MAX_SIZE);
	irq_table_free(&table);
	return n;
}

int walk_load_start(struct walk *w, struct bdf fn, unsigned depth)
{
	struct walk_fn *f;
	int res = act_start(
		w, ACT_LOAD_START, fn,
		json_pack("{s:b,s:i}", "write", w->options.on.scratch, "depth", (int)depth), &f);

	if (res)
		return res;
	if (!f->load_from)
		f->load_from = calloc(MSIX_MAX_SIZE, sizeof(*f->load_from));
	if (!f->load_from)
		return act_done(w, -ENOMEM, NULL);
	f->nload = counts_of(w, fn, f->load_from);
	res = OP(w, load_start, fn, w->options.on.scratch, depth);
	f->load = !res;
	return act_done(w, res, NULL);
}

static json_t *vectors_json(struct walk *w, const struct walk_fn *f)
{
	static uint64_t count[MSIX_MAX_SIZE];
	json_t *vectors = json_array();
	size_t n = counts_of(w, f->bdf, count);

	for (size_t i = 0; i < n; i++) {
		uint64_t from = i < f->nload ? f->load_from[i] : 0;

		/* A reset in between may have freed the vector and begun to count anew. */
		json_array_append_new(
			vectors,
			json_integer((json_int_t)(count[i] < from ? count[i] : count[i] - from)));
	}
	return vectors;
}

int walk_load_stop(struct walk *w, struct bdf fn)
{
	struct load_result r = {0};
	struct walk_fn *f;
	int res = act_start(w, ACT_LOAD_STOP, fn, NULL, &f);

	if (res)
		return res;
	f->load = false;
	res = OP(w, load_stop, fn, &r);
	return act_done(w, res,
			json_pack("{s:I,s:I,s:I,s:I,s:i,s:o}", "read_bytes",
				  (json_int_t)r.read_bytes, "write_bytes",
				  (json_int_t)r.write_bytes, "io_errors", (json_int_t)r.io_errors,
				  "verify_errors", (json_int_t)r.verify_errors, "queues",
				  (int)r.queues, "vectors", vectors_json(w, f)));
}
