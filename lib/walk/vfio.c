/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions as user space has them: opening, interrupts, config space and regions of VFIO. */
#include <errno.h>
#include <linux/vfio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int walk_vfio_open(struct walk *w, struct bdf fn)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_VFIO_OPEN, fn, NULL, &f);

	if (res)
		return res;
	res = OP(w, vfio_open, fn);
	if (!res) {
		f->vfio_open = true;
		f->open_size = f->msix.size;
		f->enabled = 0;
		free(f->events);
		f->events = calloc(MSIX_MAX_SIZE, sizeof(*f->events));
	}
	return act_done(w, res, NULL);
}

int walk_vfio_close(struct walk *w, struct bdf fn)
{
	struct walk_fn *f;
	int res = act_start(w, ACT_VFIO_CLOSE, fn, NULL, &f);

	if (res)
		return res;
	f->vfio_open = f->engine = f->fired = false;
	f->enabled = 0;
	return act_done(w, OP(w, vfio_close, fn), NULL);
}

int walk_vfio_irqs(struct walk *w, struct bdf fn, unsigned start, unsigned count)
{
	struct walk_fn *f;
	int ret, res = act_start(w, ACT_VFIO_IRQS, fn,
				 json_pack("{s:I,s:I}", "start", (json_int_t)start, "count",
					   (json_int_t)count),
				 &f);

	if (res)
		return res;
	ret = OP(w, vfio_irqs, fn, start, count);
	if (!ret && !count)
		f->enabled = 0;
	else if (!ret && start + count > f->enabled)
		f->enabled = start + count;
	res = act_done(w, ret < 0 ? ret : 0, json_pack("{s:i}", "ret", ret < 0 ? -1 : ret));
	return res ? res : ret;
}

static int put(struct walk *w, struct bdf fn, unsigned region, uint64_t off, unsigned width,
	       uint64_t value)
{
	uint8_t bytes[8];
	ssize_t len;

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	len = OP(w, vfio_write, fn, region, off, bytes, width);
	return len < 0 ? (int)len : len == (ssize_t)width ? 0 : -EIO;
}

int walk_vfio_cfg_write(struct walk *w, struct bdf fn, unsigned off, unsigned width, uint32_t value)
{
	int res = act_start(w, ACT_VFIO_CFG_WRITE, fn,
			    json_pack("{s:i,s:i,s:I}", "off", (int)off, "width", (int)width,
				      "value", (json_int_t)value),
			    NULL);

	return res ? res
		   : act_done(w, put(w, fn, VFIO_PCI_CONFIG_REGION_INDEX, off, width, value), NULL);
}

int walk_vfio_region_write(struct walk *w, struct bdf fn, unsigned region, uint64_t off,
			   unsigned width, uint64_t value)
{
	int res = act_start(w, ACT_VFIO_REGION_WRITE, fn,
			    json_pack("{s:i,s:I,s:i,s:I}", "region", (int)region, "off",
				      (json_int_t)off, "width", (int)width, "value",
				      (json_int_t)value),
			    NULL);

	return res ? res : act_done(w, put(w, fn, region, off, width, value), NULL);
}

/* --- looks --- */

static json_t *regions_json(const struct vfio_info *info)
{
	json_t *bars = json_array();

	for (size_t i = 0; i < info->nregion; i++) {
		const struct vfio_region *r = &info->region[i];

		json_array_append_new(bars, json_pack("{s:i,s:I,s:I,s:b}", "region", (int)r->index,
						      "size", (json_int_t)r->size, "flags",
						      (json_int_t)r->flags, "msix_mappable",
						      r->msix_mappable));
	}
	return bars;
}

int walk_look_vfio(struct walk *w, struct bdf fn)
{
	struct walk_fn *f = fn_find(w, fn);
	struct vfio_info info = {0};
	int res = f ? OP(w, vfio_info, fn, &info) : -ENODEV;

	return res ? res
		   : see(w, OBS_VFIO, f,
			 json_pack("{s:i,s:i,s:i,s:I,s:o,s:i,s:b}", "intx", (int)info.intx, "msi",
				   (int)info.msi, "msix", (int)info.msix, "msix_flags",
				   (json_int_t)info.msix_flags, "bars", regions_json(&info),
				   "table_region", (int)f->msix.table_bir, "reset", info.reset));
}

int walk_look_vfio_cfg(struct walk *w, struct bdf fn)
{
	struct walk_fn *f = fn_find(w, fn);
	uint8_t bytes[CFG_SPACE_SIZE];
	ssize_t len = OP(w, vfio_read, fn, VFIO_PCI_CONFIG_REGION_INDEX, 0, bytes, sizeof(bytes));

	if (!f || len < 0)
		return f ? (int)len : -ENODEV;
	return see(w, OBS_VFIO_CFG, f, json_pack("{s:o}", "bytes", json_hex(bytes, (size_t)len)));
}

int walk_look_vfio_region(struct walk *w, struct bdf fn, unsigned region, uint64_t off, size_t len)
{
	struct walk_fn *f = fn_find(w, fn);
	uint8_t bytes[256];
	ssize_t got;
	bool table;

	if (!f || len > sizeof(bytes))
		return f ? -EINVAL : -ENODEV;
	got = OP(w, vfio_read, fn, region, off, bytes, len);
	if (got < 0)
		return (int)got;
	/* The window is that of the Table Size when the device was opened. */
	table = region == f->msix.table_bir && off >= f->msix.table_off &&
		off < f->msix.table_off + (uint64_t)f->open_size * MSIX_ENTRY_SIZE;
	return see(w, OBS_VFIO_REGION, f,
		   json_pack("{s:i,s:I,s:o,s:b}", "region", (int)region, "off", (json_int_t)off,
			     "bytes", json_hex(bytes, (size_t)got), "table", table));
}

int walk_look_vfio_map(struct walk *w, struct bdf fn, unsigned region, uint64_t off, size_t len)
{
	struct walk_fn *f = fn_find(w, fn);
	uint8_t bytes[256];
	ssize_t got;

	if (!f || len > sizeof(bytes))
		return f ? -EINVAL : -ENODEV;
	got = OP(w, vfio_map_read, fn, region, off, bytes, len);
	if (got == -EBADF)
		return (int)got;
	return see(w, OBS_VFIO_MAP, f,
		   json_pack("{s:s,s:i,s:I,s:o}", "res", res_name(got < 0 ? (int)got : 0), "region",
			     (int)region, "off", (json_int_t)off, "bytes",
			     json_hex(bytes, got < 0 ? 0 : (size_t)got)));
}
