/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of the window that VFIO keeps over the table. */
#include <linux/vfio.h>
#include <string.h>

#include "vfio.h"

static void judge_mappable(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	const json_t *bars = json_object_get(event->body, "bars");
	int64_t table = event_int(event, "table_region", fn->msix.table_bir);

	if (w->kernel && w->kernel < KERNEL(4, 16)) {
		inapplicable(jg, fn, "the kernel is older than 4.16, which brought the flag");
		return;
	}
	for (size_t i = 0; i < json_array_size(bars); i++) {
		const json_t *bar = json_array_get(bars, i);
		json_int_t flags = json_integer_value(json_object_get(bar, "flags"));

		if (json_integer_value(json_object_get(bar, "region")) != table)
			continue;
		if (!(flags & VFIO_REGION_INFO_FLAG_MMAP)) {
			inapplicable(jg, fn, "the table's BAR cannot be mapped at all");
			return;
		}
		verdict(jg, fn, json_is_true(json_object_get(bar, "msix_mappable")),
			"MSIX_MAPPABLE on the table's BAR", "BAR %lld can be mapped, without it",
			(long long)table);
		return;
	}
}

struct hole {
	bool alive;      /* the device answered something else than all ones */
	unsigned closed; /* reads inside that returned all ones, not yet counted */
	bool written;    /* something inside, since the last look at the table */
};

/* All ones come from a dead device too: a closed window counts once the device has answered. */
static void hole_read(struct judging *jg, struct hole *hole, const struct event *event,
		      const struct world_fn *fn)
{
	if (!event_hex_len(event, "bytes"))
		return;
	if (!event_bool(event, "table"))
		hole->alive = hole->alive || !all_ones(event);
	else if (all_ones(event))
		hole->closed++;
	else
		broke(jg, fn, "all ones", "%s at %llXh of region %lld", event_str(event, "bytes"),
		      (unsigned long long)event_int(event, "off", 0),
		      (long long)event_int(event, "region", 0));
	for (; hole->alive && hole->closed; hole->closed--)
		held(jg, fn);
}

static bool is_inside(const struct event *event, const struct world_fn *fn)
{
	uint64_t off = (uint64_t)event_int(event, "off", 0);
	uint64_t first = fn->msix.table_off, end = first + 16ull * fn->vfio_open_size;

	return event_int(event, "region", -1) == fn->msix.table_bir && off >= first && off < end;
}

/* The table is the same in two looks, as far as it was one in both. */
static bool same_table(const struct world_fn *fn)
{
	size_t len = 16ul *
		     (fn->table_size < fn->table_prev_size ? fn->table_size : fn->table_prev_size);

	return fn->table.len >= len && fn->table_prev.len >= len &&
	       !memcmp(fn->table.byte, fn->table_prev.byte, len);
}

static void judge_hole(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct hole *hole = scratch(jg, fn, sizeof(*hole));

	(void)w;
	if (event->kind == EV_DONE) {
		hole->written = hole->written || is_inside(event, fn);
	} else if (event->obs == OBS_VFIO_REGION) {
		bool moved =
			fn->track.since[LOOK_MSIX] & (ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VIRT_MGMT));

		/* Over a table that has grown since, the window is open by design (VFIO-SNAP). */
		if (!moved && (!size_stands(fn) || fn->msix.size == fn->vfio_open_size))
			hole_read(jg, hole, event, fn);
	} else if (shows_table(fn, event)) {
		if (hole->written && fn->table_prev.line &&
		    !(acts_before(fn, LOOK_TABLE) & ~ON_ACT(ACT_VFIO_REGION_WRITE)))
			verdict(jg, fn, same_table(fn), "writes that are dropped",
				"the table is another one");
		hole->written = false;
		for (size_t i = 0; i < fn->table.len; i++)
			hole->alive = hole->alive || fn->table.byte[i] != 0xff;
	}
}

/* --- a mapping --- */

/* An entry that says something: neither empty, nor what nobody answers for. */
static bool is_telling(const uint8_t *byte, size_t len)
{
	size_t i = 1;

	while (i < len && byte[i] == byte[0])
		i++;
	return i < len;
}

static void judge_mapping(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	uint64_t off = (uint64_t)event_int(event, "off", 0) - fn->msix.table_off;
	uint8_t byte[256];
	long len = event_hex(event, "bytes", byte, sizeof(byte));

	(void)w;
	if (event_int(event, "region", -1) != fn->msix.table_bir || len < 0)
		return;
	if (event_res(event)) {
		broke(jg, fn, "the BAR mapped, table and all", "%s", res_name(event_res(event)));
		return;
	}
	if (!fn->table.line || fn->track.since[LOOK_TABLE] || off + (size_t)len > fn->table.len ||
	    !is_telling(fn->table.byte + off, (size_t)len))
		return;
	verdict(jg, fn, !memcmp(byte, fn->table.byte + off, (size_t)len),
		"the table as the device has it", "something else, at %llXh of the table",
		(unsigned long long)off);
}

const struct rule window_rules[] = {
	{
		.info = {"VFIO-REGION-CAP", SEV_MUST,
			 "The BAR that holds the table says so where it can be mapped.",
			 "Linux drivers/vfio/pci/vfio_pci_core.c:msix_mmappable_cap",
			 "a look at VFIO's regions"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_obs = ON_OBS(OBS_VFIO),
		.judge = judge_mappable,
	},
	{
		.info = {"VFIO-RW-HOLE", SEV_MUST,
			 "read() and write() do not reach the table: all ones, and dropped.",
			 "Linux drivers/vfio/pci/vfio_pci_rdwr.c:vfio_pci_bar_rw",
			 "reads inside the table's window of a device that answers elsewhere; "
			 "writes inside, between looks at the table"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_done = ON_ACT(ACT_VFIO_REGION_WRITE),
		.on_obs = ON_OBS(OBS_VFIO_REGION) | ON_OBS(OBS_TABLE),
		.judge = judge_hole,
	},
	{
		.info = {"VFIO-MMAP-OPEN", SEV_INFO,
			 "A mapping of its BAR gives user space the table itself: rogue writes are "
			 "the IOMMU's business.",
			 "Linux drivers/vfio/pci/vfio_pci_core.c:vfio_pci_core_mmap",
			 "a look at the table with vectors enabled, then at the same through "
			 "mmap(2)"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_obs = ON_OBS(OBS_VFIO_MAP),
		.judge = judge_mapping,
	},
};

const size_t window_rules_count = sizeof(window_rules) / sizeof(window_rules[0]);
