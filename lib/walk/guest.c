/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function inside a guest, that gets it by vfio-pci. */
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

int walk_guest_stop(struct walk *w, struct bdf fn)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_GUEST_STOP, fn, NULL, &f);

	if (res)
		return res;
	f->guest = false;
	return act_done(w, OP(w, guest_stop, fn), NULL);
}

int walk_look_guest(struct walk *w, struct bdf fn)
{
	struct walk_fn *f = fn_find(w, fn);
	struct guest_view view = {0};
	int seen, res = f ? OP(w, guest_look, fn, &view) : -ENODEV;

	if (!f || (res && res != -EOPNOTSUPP))
		return res;
	seen = see(w, OBS_GUEST, f,
		   json_pack("{s:s,s:s?,s:i}", "res", res_name(res), "refused",
			     view.refused ? view.why : NULL, "size", (int)view.size));
	return seen ? seen : res;
}
