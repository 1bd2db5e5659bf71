/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function inside a guest, that gets it by vfio-pci. */
#include <stdio.h>

#include "internal.h"

int walk_guest_start(struct walk *w, struct bdf fn)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_GUEST_START, fn, NULL, &f);

	if (res)
		return res;
	res = OP(w, guest_start, fn);
	f->guest = !res;
	return act_done(w, res, NULL);
}

int walk_guest_vectors(struct walk *w, struct bdf fn)
{
	int res = act_start(w, ACT_GUEST_VECTORS, fn, NULL, NULL);

	return res ? res : act_done(w, OP(w, guest_vectors, fn), NULL);
}

int walk_guest_stop(struct walk *w, struct bdf fn)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_GUEST_STOP, fn, NULL, &f);

	if (res)
		return res;
	f->guest = false;
	return act_done(w, OP(w, guest_stop, fn), NULL);
}

static json_t *bars_json(const struct guest_view *view)
{
	json_t *bars = json_array();

	for (size_t i = 0; i < PCI_BARS; i++)
		json_array_append_new(bars, json_integer((json_int_t)view->bar[i]));
	return bars;
}

/* What the guest has told of the function itself. */
static void add_function(json_t *keys, const struct guest_view *view)
{
	char id[5];

	snprintf(id, sizeof(id), "%04x", view->vendor);
	json_object_set_new(keys, "vendor", json_string(id));
	snprintf(id, sizeof(id), "%04x", view->device);
	json_object_set_new(keys, "device", json_string(id));
	json_object_set_new(keys, "msix", json_hex(view->msix, view->size ? MSIX_CAP_LEN : 0));
	json_object_set_new(keys, "bars", bars_json(view));
	json_object_set_new(keys, "table", json_hex(view->table, view->table_len));
	json_object_set_new(keys, "pba", json_hex(view->pba, view->pba_len));
}

int walk_look_guest(struct walk *w, struct bdf fn)
{
	struct walk_fn *f = fn_find(w, fn);
	struct guest_view view = {0};
	int seen, res = f ? OP(w, guest_look, fn, &view) : -ENODEV;
	json_t *keys;

	/* That a guest which runs does not answer is something seen. */
	if (!f || (res && res != -EOPNOTSUPP && !f->guest))
		return res;
	keys = json_pack("{s:s,s:s?,s:i}", "res", res_name(res), "refused",
			 view.refused ? view.why : NULL, "size", (int)view.size);
	if (keys && !res && !view.refused && !view.absent)
		add_function(keys, &view);
	seen = see(w, OBS_GUEST, f, keys);
	return seen ? seen : res;
}
