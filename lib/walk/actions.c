/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions on PCI functions and on the kernel that has them. */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* --- VF Enable --- */

/* What a function was that lost its VF Enable is gone, and so is what was open or written. */
static void forget_vf(struct walk_fn *f)
{
	f->resized = true;
	f->table_written = f->flags_written = false;
	f->vfio_open = f->engine = f->load = f->guest = f->fired = false;
	f->enabled = 0;
}

static void forget_vfs(struct walk *w)
{
	for (size_t i = 1; i < w->nfn; i++)
		forget_vf(&w->fn[i]);
}

int walk_numvfs(struct walk *w, unsigned count)
{
	struct walk_fn *pf = fn_pf(w);
	int res = act_start(w, ACT_NUMVFS, pf->bdf, json_pack("{s:i}", "count", (int)count), NULL);
	uint8_t bytes[MSIX_CAP_LEN];
	int now;

	if (res)
		return res;
	res = OP(w, set_numvfs, count);
	now = OP(w, numvfs);
	res = act_done(w, res, json_pack("{s:i}", "count_now", now));
	if (!res && w->nfn <= count)
		fns_find(w);
	for (size_t i = 1; i < w->nfn; i++) {
		forget_vf(&w->fn[i]);
		fn_msix(w, &w->fn[i], bytes);
	}
	return res;
}

int walk_autoprobe(struct walk *w, bool on)
{
	int res = act_start(w, ACT_AUTOPROBE, walk_pf(w), json_pack("{s:b}", "value", on), NULL);

	return res ? res : act_done(w, OP(w, set_autoprobe, on), NULL);
}

/* --- drivers --- */

/* A PF's driver may give and take vectors of every VF as it comes and goes. */
static void doubt_sizes(struct walk *w, const struct walk_fn *f)
{
	for (size_t i = 1; f->vf < 0 && i < w->nfn; i++)
		w->fn[i].resized = true;
}

int walk_bind(struct walk *w, struct bdf fn, const char *driver)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_BIND, fn, json_pack("{s:s}", "driver", driver), &f);

	if (res)
		return res;
	doubt_sizes(w, f);
	return act_done(w, OP(w, bind, fn, driver), NULL);
}

int walk_unbind(struct walk *w, struct bdf fn)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_UNBIND, fn, NULL, &f);

	if (res)
		return res;
	doubt_sizes(w, f);
	return act_done(w, OP(w, unbind, fn), NULL);
}

/* What a PF's reset by hand takes from the PF and, with VF Enable, from every VF. */
static bool wipes_pf(const struct walk *w, struct bdf fn, enum reset_method method)
{
	return bdf_equal(fn, walk_pf(w)) && (method == RESET_FLR || method == RESET_BUS);
}

/*
 * Config space that such a reset wipes stands in the record before, since nobody else keeps it: the
 * kernel does not know of the reset.
 */
static json_t *reset_keys(struct walk *w, enum reset_method method, bool wipes)
{
	json_t *keys = json_pack("{s:s}", "method", reset_method_name(method));

	if (keys && wipes && !w->pf_wiped && !pf_note(w))
		json_object_set_new(keys, "config", json_hex(w->pf_before.byte, w->pf_before.len));
	return keys;
}

int walk_reset(struct walk *w, struct bdf fn, enum reset_method method)
{
	bool wipes = wipes_pf(w, fn, method);
	uint64_t us = 0;
	struct walk_fn *f;
	int res = act_start(w, ACT_RESET, fn, reset_keys(w, method, wipes), &f);

	if (res)
		return res;
	res = OP(w, reset, fn, method, &us);
	w->pf_wiped |= wipes && res != -EOPNOTSUPP;
	if (f->vf < 0)
		forget_vfs(w);
	return act_done(w, res, json_pack("{s:I}", "us", (json_int_t)us));
}

int walk_cfg_restore(struct walk *w)
{
	int res, now;

	if (!w->pf_wiped)
		return 0;
	res = act_start(w, ACT_CFG_RESTORE, walk_pf(w), NULL, NULL);
	if (res)
		return res;
	res = OP(w, cfg_restore, walk_pf(w), &w->pf_before);
	now = OP(w, numvfs);
	w->pf_wiped = res < 0;
	forget_vfs(w);
	return act_done(w, res, json_pack("{s:i}", "count_now", now));
}

ssize_t walk_attr_write(struct walk *w, struct bdf fn, const char *attr, const char *value)
{
	struct walk_fn *f;
	ssize_t ret;
	int res = act_start(w, ACT_ATTR_WRITE, fn,
			    json_pack("{s:s,s:s}", "attr", attr, "value", value), &f);

	if (res)
		return res;
	ret = OP(w, attr_write, fn, attr, value);
	f->resized |= ret > 0;
	f->methods_written |= ret > 0 && !strcmp(attr, "reset_method");
	res = act_done(w, ret < 0 ? (int)ret : 0,
		       json_pack("{s:I}", "ret", (json_int_t)(ret < 0 ? -1 : ret)));
	return res ? res : ret;
}

static json_t *side_keys(const struct walk *w, const struct race_side *side)
{
	char name[BDF_LEN];

	bdf_format(side->fn, name);
	if (side->table)
		return json_pack("{s:s,s:I,s:I,s:I}", "fn", name, "table", (json_int_t)side->off,
				 "addr", (json_int_t)side->forged.msg.addr, "data",
				 (json_int_t)side->forged.msg.data);
	if (side->attr)
		return json_pack("{s:s,s:s,s:s}", "fn", name, "attr", side->attr, "value",
				 side->value);
	return json_pack("{s:s,s:s,s:i}", "fn", name, "backend",
			 resize_backend_name(w->caps.backend), "want", (int)side->want);
}

static json_t *race_keys(const struct walk *w, const struct target_race *race)
{
	return json_pack("{s:I,s:[o,o]}", "offset_us", (json_int_t)race->offset_us, "sides",
			 side_keys(w, &race->side[0]), side_keys(w, &race->side[1]));
}

static json_t *race_results(const struct walk *w, const struct target_race *race)
{
	json_t *sides = json_array();

	for (size_t i = 0; i < 2; i++) {
		const struct race_side *side = &race->side[i];
		json_t *keys = side_keys(w, side);

		json_object_set_new(keys, "res", json_string(res_name(side->res)));
		json_object_set_new(keys, "begin_us", json_integer(side->begin_us));
		json_object_set_new(keys, "end_us", json_integer(side->end_us));
		if (side->table)
			json_object_set_new(keys, "writes", json_integer(side->writes));
		json_array_append_new(sides, keys);
	}
	return json_pack("{s:o}", "sides", sides);
}

int walk_race(struct walk *w, struct target_race *race)
{
	int res = act_start(w, ACT_RACE, race->side[0].fn, race_keys(w, race), NULL);

	if (res)
		return res;
	res = OP(w, race, race);
	if (res == -ETIMEDOUT && w->stuck)
		*w->stuck = true;
	for (size_t i = 0; i < 2; i++) {
		struct walk_fn *f = fn_find(w, race->side[i].fn);

		if (f && f->vf < 0)
			forget_vfs(w);
		else if (f)
			f->resized = true;
	}
	return act_done(w, res, race_results(w, race));
}

bool walk_stuck(const struct walk *w)
{
	return w->stuck && *w->stuck;
}

/* --- config space --- */

int walk_cfg_write(struct walk *w, struct bdf fn, unsigned off, unsigned width, uint32_t value)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_CFG_WRITE, fn,
			    json_pack("{s:i,s:i,s:I}", "off", (int)off, "width", (int)width,
				      "value", (json_int_t)value),
			    &f);

	if (res)
		return res;
	f->flags_written = true;
	return act_done(w, OP(w, cfg_write, fn, off, width, value), NULL);
}

int walk_function_mask(struct walk *w, struct bdf fn, bool masked)
{
	uint8_t bytes[MSIX_CAP_LEN];
	struct walk_fn *f = fn_find(w, fn);
	uint32_t flags;
	int res = f ? fn_msix(w, f, bytes) : -ENODEV;

	if (!res)
		res = act_start(w, ACT_FUNCTION_MASK, fn, json_pack("{s:b}", "masked", masked), &f);
	if (res)
		return res;
	flags = masked ? f->msix.flags | PCI_MSIX_FLAGS_MASKALL
		       : f->msix.flags & ~PCI_MSIX_FLAGS_MASKALL;
	f->flags_written = true;
	return act_done(w, OP(w, cfg_write, fn, f->msix.pos + PCI_MSIX_FLAGS, 2, flags), NULL);
}

/* --- table and PBA --- */

int walk_table_write(struct walk *w, struct bdf fn, unsigned off, unsigned width, const void *bytes,
		     size_t len)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_TABLE_WRITE, fn,
			    json_pack("{s:i,s:i,s:o}", "first", (int)off, "width", (int)width,
				      "bytes", json_hex(bytes, len)),
			    &f);

	if (res)
		return res;
	f->table_written = true;
	return act_done(w, table_write(w, f, off, width, bytes, len), NULL);
}

int walk_table_mask(struct walk *w, struct bdf fn, unsigned entry, bool masked)
{
	struct msix_entry e = {0};
	struct walk_fn *f;
	uint32_t ctrl;
	int res = act_start(w, ACT_TABLE_MASK, fn,
			    json_pack("{s:i,s:b}", "entry", (int)entry, "masked", masked), &f);

	if (res)
		return res;
	f->table_written = true;
	res = entry_read(w, f, entry, &e);
	ctrl = masked ? e.ctrl | MSIX_ENTRY_MASKED : e.ctrl & ~MSIX_ENTRY_MASKED;
	if (!res)
		res = OP(w, mmio_write, fn, f->msix.table_bir,
			 f->msix.table_off + entry * MSIX_ENTRY_SIZE + PCI_MSIX_ENTRY_VECTOR_CTRL,
			 4, ctrl);
	return act_done(w, res, NULL);
}

int walk_pba_write(struct walk *w, struct bdf fn, unsigned off, unsigned width, uint64_t value)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_PBA_WRITE, fn,
			    json_pack("{s:i,s:i,s:I}", "off", (int)off, "width", (int)width,
				      "value", (json_int_t)value),
			    &f);

	return res ? res
		   : act_done(w,
			      OP(w, mmio_write, fn, f->msix.pba_bir, f->msix.pba_off + off, width,
				 value),
			      NULL);
}
