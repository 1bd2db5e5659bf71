/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of VFIO: that what it tells of a VF's vectors is what the VF has, and that what it guards
 * stays guarded. "count" is what GET_IRQ_INFO says of MSI-X.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>

#include "size.h"

static bool all_ones(const struct event *event)
{
	const char *digits = event_str(event, "bytes");

	return digits && *digits && strspn(digits, "f") == strlen(digits);
}

/* --- the count --- */

struct count {
	unsigned seen; /* in the last look at VFIO, while it is true; 0 none */
};

/* The look at VFIO and the one at the capability come in either order. */
static void judge_count(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct count *count = scratch(jg, fn, sizeof(*count));
	char expected[WORDS];

	(void)w;
	if (event->kind == EV_DONE) {
		count->seen = 0;
		return;
	}
	if (event->obs == OBS_VFIO)
		count->seen = (unsigned)event_int(event, "msix", 0);
	else if (!shows_msix(fn, event))
		return;
	else if (acts_before(fn, LOOK_MSIX) & (ON_ACT(ACT_VIRT_MGMT) | ON_ACT(ACT_NUMVFS)))
		count->seen = 0;
	if (!size_stands(fn) || (event->obs != OBS_VFIO && !count->seen))
		return;
	snprintf(expected, sizeof(expected), "%u, the Table Size", fn->msix.size);
	verdict(jg, fn, count->seen == fn->msix.size, expected, "%u", count->seen);
	count->seen = 0;
}

struct snapshot {
	bool open, resized;   /* resized while it was open */
	unsigned size;        /* Table Size when it was opened, 0 unknown */
	unsigned count, view; /* what GET_IRQ_INFO and config space tell since then; 0 not yet */
};

/*
 * The count is read live, and so is the capability; the window that read() and write() keep closed
 * is as large as the table was when the device was opened. An entry between the two sizes tells
 * which of them the window has.
 */
static void snapshot_read(struct judging *jg, const struct snapshot *snapshot,
			  const struct event *event, const struct world_fn *fn)
{
	uint64_t off = (uint64_t)event_int(event, "off", 0), entry;
	unsigned now = fn->msix.size;
	bool closed = all_ones(event);

	if (!size_stands(fn) || event_int(event, "region", -1) != fn->msix.table_bir ||
	    off < fn->msix.table_off || !event_hex_len(event, "bytes"))
		return;
	entry = (off - fn->msix.table_off) / MSIX_ENTRY_SIZE;
	if ((entry < now) == (entry < snapshot->size))
		return;
	verdict(jg, fn, closed == (entry < now), "a window as large as the table",
		"entry %llu %s, with Table Size %u now and %u when it was opened",
		(unsigned long long)entry, closed ? "does not" : "reads", now, snapshot->size);
}

static void judge_snapshot(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct snapshot *snapshot = scratch(jg, fn, sizeof(*snapshot));
	struct cfg cfg = {0};
	struct msix msix;

	(void)w;
	if (event->kind == EV_DONE) {
		if (event->act == ACT_RESIZE) {
			snapshot->resized = snapshot->open && snapshot->size;
			snapshot->count = snapshot->view = 0;
		} else if (!event_res(event)) {
			*snapshot = (struct snapshot){.open = event->act == ACT_VFIO_OPEN};
		}
		return;
	}
	if (!snapshot->open)
		return;
	if (!snapshot->resized) {
		if (shows_msix(fn, event))
			snapshot->size = fn->msix.size;
		return;
	}
	if (event->obs == OBS_VFIO_REGION) {
		snapshot_read(jg, snapshot, event, fn);
		return;
	}
	if (event->obs == OBS_VFIO)
		snapshot->count = (unsigned)event_int(event, "msix", 0);
	else if (event->obs == OBS_VFIO_CFG &&
		 event_hex(event, "bytes", cfg.byte, sizeof(cfg.byte)) == CFG_SPACE_SIZE) {
		cfg.len = CFG_SPACE_SIZE;
		snapshot->view = cfg_msix(&cfg, &msix) ? 0 : msix.size;
	}
	if (!snapshot->count || !snapshot->view)
		return;
	verdict(jg, fn, snapshot->count == snapshot->view, "one number in both",
		"%u by GET_IRQ_INFO, %u in config space, after a resize while it was open",
		snapshot->count, snapshot->view);
	snapshot->count = snapshot->view = 0;
}

static void judge_intx(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	(void)w;
	verdict(jg, fn, event_int(event, "intx", -1) == 0, "an INTx count of 0", "%lld",
		(long long)event_int(event, "intx", -1));
}

/* --- config space --- */

struct view {
	bool steady; /* nothing was done since the last look at Message Control */
	bool written;
	uint16_t flags, value; /* Message Control when it was written to */
};

/* A write to the capability has no effect and is no error (no write function for capability 11h).
 */
static void view_done(struct judging *jg, struct view *view, const struct event *event,
		      const struct world_fn *fn)
{
	int64_t off = event_int(event, "off", 0);

	if (event->act != ACT_VFIO_CFG_WRITE) {
		*view = (struct view){0};
		return;
	}
	if (off < fn->msix.pos || off >= fn->msix.pos + MSIX_CAP_LEN)
		return;
	if (event_res(event))
		broke(jg, fn, "a write that is dropped without a word", "%s",
		      res_name(event_res(event)));
	else if (view->steady)
		*view = (struct view){.written = true,
				      .flags = fn->msix.flags,
				      .value = (uint16_t)event_int(event, "value", 0)};
}

static void judge_view(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct view *view = scratch(jg, fn, sizeof(*view));
	struct cfg cfg = {0};
	struct msix msix;
	char expected[WORDS];
	long len;

	(void)w;
	if (event->kind == EV_DONE) {
		view_done(jg, view, event, fn);
		return;
	}
	if (event->obs != OBS_VFIO_CFG) {
		if (!shows_msix(fn, event))
			return;
		if (view->written) {
			snprintf(expected, sizeof(expected), "Message Control %04Xh as before",
				 view->flags);
			verdict(jg, fn, fn->msix.flags == view->flags, expected,
				"%04Xh, after %04Xh was written through VFIO", fn->msix.flags,
				view->value);
		}
		*view = (struct view){.steady = true};
		return;
	}
	len = event_hex(event, "bytes", cfg.byte, sizeof(cfg.byte));
	if (len < 0 || !size_stands(fn))
		return;
	cfg.len = (size_t)len;
	snprintf(expected, sizeof(expected), "Table Size %u at %02Xh, as in hardware",
		 fn->msix.size, fn->msix.pos);
	if (cfg_msix(&cfg, &msix))
		broke(jg, fn, expected, "no MSI-X capability through VFIO");
	else
		verdict(jg, fn,
			msix.size == fn->msix.size && msix.pos == fn->msix.pos &&
				msix.table_off == fn->msix.table_off &&
				msix.table_bir == fn->msix.table_bir &&
				msix.pba_off == fn->msix.pba_off &&
				msix.pba_bir == fn->msix.pba_bir,
			expected, "Table Size %u at %02Xh through VFIO", msix.size, msix.pos);
}

/* --- enabling vectors --- */

struct irqs {
	unsigned count;   /* of GET_IRQ_INFO, while it is true; 0 none */
	unsigned enabled; /* before the act now judged */
	int asked;        /* vectors that the last block asked for, while nothing else was done */
	long long ret;
	bool noresize_known, noresize;
};

/* The number of vectors that the VF has now, 0 where that is not known. */
static unsigned irqs_size(const struct irqs *irqs, const struct world_fn *fn)
{
	return size_stands(fn) ? fn->msix.size : irqs->count;
}

/* Keeps count and enabled; true where @event is a SET_IRQS with vectors. */
static bool sets_irqs(struct irqs *irqs, const struct event *event)
{
	if (event->kind == EV_OBS && event->obs == OBS_VFIO) {
		irqs->count = (unsigned)event_int(event, "msix", 0);
		irqs->noresize = event_int(event, "msix_flags", 0) & VFIO_IRQ_INFO_NORESIZE;
		irqs->noresize_known = true;
		return false;
	}
	if (event->kind != EV_DONE)
		return false;
	if (event->act == ACT_VFIO_IRQS)
		return event_int(event, "count", 0) > 0;
	if (event->act == ACT_RESIZE) {
		irqs->count = 0;
		irqs->asked = 0;
		return false;
	}
	*irqs = (struct irqs){0};
	return false;
}

static void judge_range(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct irqs *irqs = scratch(jg, fn, sizeof(*irqs));
	long long start = event_int(event, "start", 0), count = event_int(event, "count", 0);
	unsigned size;

	(void)w;
	if (!sets_irqs(irqs, event))
		return;
	size = irqs_size(irqs, fn);
	/* start and count are 32 bits wide there; their sum must not wrap into the range. */
	if (size && start + count > size)
		verdict(jg, fn, event_res(event) == -EINVAL, "EINVAL",
			"%s, for vectors %lld to %lld of %u", res_name(event_res(event)), start,
			start + count - 1, size);
}

/* Success means all of them; a positive return means none of them, and how many can be had. */
static void judge_partial(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct irqs *irqs = scratch(jg, fn, sizeof(*irqs));
	bool sets = sets_irqs(irqs, event);
	long long end = event_int(event, "start", 0) + event_int(event, "count", 0);
	char expected[WORDS];
	size_t files;

	(void)w;
	if (event->kind == EV_DONE && event->act == ACT_VFIO_IRQS) {
		bool first = sets && !irqs->enabled && !event_res(event);

		irqs->asked = first ? (int)end : 0;
		irqs->ret = event_int(event, "ret", 0);
		irqs->enabled = fn->vfio_enabled;
		if (first && irqs->ret >= end)
			broke(jg, fn, "0, or fewer than were asked for", "%lld of %lld", irqs->ret,
			      end);
		return;
	}
	if (event->kind != EV_OBS || event->obs != OBS_IRQS || !irqs->asked)
		return;
	files = json_array_size(json_object_get(event->body, "msi_irqs"));
	snprintf(expected, sizeof(expected), "%d vectors, having returned %lld",
		 irqs->ret > 0 ? 0 : irqs->asked, irqs->ret);
	verdict(jg, fn, files == (irqs->ret > 0 ? 0 : (size_t)irqs->asked), expected, "%zu", files);
	irqs->asked = 0;
}

static void judge_noresize(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	int64_t flags = event_int(event, "msix_flags", 0);

	if (w->kernel >= KERNEL(6, 5))
		inapplicable(jg, fn, "this kernel may add vectors to a set that is enabled");
	else if (event->kind == EV_OBS)
		verdict(jg, fn, flags & VFIO_IRQ_INFO_NORESIZE, "NORESIZE (8h) set", "flags %llXh",
			(unsigned long long)flags);
}

static void judge_dynamic(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct irqs *irqs = scratch(jg, fn, sizeof(*irqs));
	long long start = event_int(event, "start", 0), count = event_int(event, "count", 0);
	bool sets = sets_irqs(irqs, event);
	unsigned before = irqs->enabled, size = irqs_size(irqs, fn);

	if (w->kernel && w->kernel < KERNEL(6, 5)) {
		inapplicable(jg, fn, "this kernel adds no vectors to a set that is enabled");
		return;
	}
	if (irqs->noresize_known && irqs->noresize)
		inapplicable(jg, fn, "the set of vectors cannot be resized (NORESIZE)");
	if (event->kind != EV_DONE || event->act != ACT_VFIO_IRQS)
		return;
	irqs->enabled = fn->vfio_enabled;
	if (sets && before && irqs->noresize_known && !irqs->noresize && start >= before && size &&
	    start + count <= size)
		verdict(jg, fn, !event_res(event) && !event_int(event, "ret", 0), "success",
			"%s, for vector %lld with %u enabled", res_name(event_res(event)), start,
			before);
}

struct reopen {
	bool closed, resized, again;
	unsigned had; /* vectors that were enabled when it was last open */
	struct irqs irqs;
};

/* To bind vfio-pci again, or nobody: the kernel's file resizes no VF that vfio-pci has. */
static bool is_between(const struct event *event, const struct world_fn *fn)
{
	return !event_res(event) &&
	       (event->act == ACT_UNBIND || (event->act == ACT_BIND && is_driver(fn, "vfio-pci")));
}

/*
 * A positive return is the number that could be had. As many as before is the old size; any other
 * is what the machine has left.
 */
static void reopen_returned(struct judging *jg, const struct reopen *reopen,
			    const struct event *event, const struct world_fn *fn, unsigned size)
{
	long long ret = event_int(event, "ret", 0);
	int res = event_res(event);
	char expected[WORDS];

	snprintf(expected, sizeof(expected), "all %u vectors", size);
	if (res)
		broke(jg, fn, expected, "%s", res_name(res));
	else if (ret > 0 && reopen->had && ret != reopen->had)
		inapplicable(jg, fn, "the machine had only %lld interrupts left", ret);
	else
		verdict(jg, fn, !ret, expected, "%lld can be had, and %u were enabled before", ret,
			reopen->had);
}

static void judge_reopen(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct reopen *reopen = scratch(jg, fn, sizeof(*reopen));
	bool sets = sets_irqs(&reopen->irqs, event), ok = event_res(event) == 0;
	unsigned size = irqs_size(&reopen->irqs, fn);

	(void)w;
	if (event->kind != EV_DONE || is_between(event, fn))
		return;
	switch (event->act) {
	case ACT_VFIO_CLOSE:
		*reopen = (struct reopen){.closed = ok, .had = reopen->had};
		return;
	case ACT_RESIZE:
		reopen->resized = reopen->resized || (reopen->closed && ok);
		return;
	case ACT_VFIO_OPEN:
		*reopen = (struct reopen){.again = ok && reopen->resized, .had = reopen->had};
		return;
	case ACT_VFIO_IRQS:
		break;
	default:
		*reopen = (struct reopen){0};
		return;
	}
	if (!sets)
		return;
	if (reopen->again && size && !event_int(event, "start", 0) &&
	    event_int(event, "count", 0) == size) {
		reopen_returned(jg, reopen, event, fn, size);
		reopen->again = false;
	}
	if (ok && !event_int(event, "ret", 0))
		reopen->had = fn->vfio_enabled;
}

/* --- regions --- */

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

/* --- resizing under VFIO --- */

static void judge_vfio_busy(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	const char *attr = event_str(event, "attr"), *value = event_str(event, "value");
	const char *backend = event_str(event, "backend");
	bool write = event->act == ACT_ATTR_WRITE && attr && !strcmp(attr, "sriov_vf_msix_count") &&
		     value && *value >= '0' && *value <= '9' &&
		     value[strspn(value, "0123456789")] == '\0';
	bool resize = event->act == ACT_RESIZE && backend && !strcmp(backend, "sysfs");

	(void)w;
	/* Ten digits may be no int any more: that is refused before anybody asks for the driver. */
	if (!is_driver(fn, "vfio-pci") || !(resize || (write && strlen(value) < 10)))
		return;
	verdict(jg, fn, event_res(event) == -EBUSY, "EBUSY", "%s, with the device %s",
		res_name(event_res(event)), fn->vfio_open ? "open" : "not even open");
}

struct kept {
	bool pending,
		was_pending; /* an assignment waits for a reset, now and before the last act */
	bool judge;
};

/*
 * Only Table Size is judged: VFIO_DEVICE_RESET saves and restores the function around the reset
 * (pci_try_reset_function()), so its vectors stay enabled and need not be set up again.
 */
static void judge_vfio_reset(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct kept *kept = scratch(jg, fn, sizeof(*kept));
	const char *method = event_str(event, "method");

	if (event->kind == EV_OBS && event->obs == OBS_VFIO) {
		/* VFs of one PF are alike, and a run may open only one of them. */
		for (size_t i = 0; i < w->nfn && !event_bool(event, "reset"); i++)
			if (w->fn[i]->pf == fn->pf)
				inapplicable(jg, w->fn[i], "VFIO tells that it cannot be reset");
		return;
	}
	if (event->kind == EV_DONE) {
		kept->was_pending = kept->pending;
		kept->pending = fn->resize_pending;
		kept->judge = event->act == ACT_RESET && method && !strcmp(method, "vfio") &&
			      !event_res(event) && !kept->was_pending;
		return;
	}
	if (!shows_msix(fn, event))
		return;
	if (kept->judge && size_left_alone(fn, ON_ACT(ACT_RESET)))
		verdict(jg, fn, fn->msix.size == fn->msix_prev.size, "Table Size as before",
			"%u before VFIO_DEVICE_RESET, %u after", fn->msix_prev.size, fn->msix.size);
	kept->judge = false;
}

#define ON_OPENING \
	(ON_ACT(ACT_VFIO_OPEN) | ON_ACT(ACT_VFIO_CLOSE) | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND))

const struct rule vfio_rules[] = {
	{
		.info = {"VFIO-IRQCOUNT", SEV_MUST,
			 "GET_IRQ_INFO tells as many MSI-X vectors as Table Size reads.",
			 "Linux drivers/vfio/pci/vfio_pci_core.c:vfio_pci_get_irq_count",
			 "looks at VFIO and at the capability"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_done = ON_OPENING | MOVES_SIZE,
		.on_obs = ON_OBS(OBS_VFIO) | ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_count,
	},
	{
		.info = {"VFIO-CAP-RO", SEV_MUST,
			 "The MSI-X capability reads through VFIO as it is, and cannot be written.",
			 "Linux drivers/vfio/pci/vfio_pci_config.c:vfio_config_do_rw",
			 "looks at config space through VFIO, and a write to Message Control"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_done = ~0ull,
		.on_obs = ON_OBS(OBS_VFIO_CFG) | ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_view,
	},
	{
		.info = {"VFIO-SNAP", SEV_SHOULD,
			 "Resized while it is open, a device shows one size: count, capability and "
			 "window.",
			 "Linux drivers/vfio/pci/vfio_pci_core.c:vfio_pci_core_enable (msix_size)",
			 "a resize while the device is open, and looks at VFIO"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_LINUX | NEED_VFIO | NEED_RANGE |
			 NEED_HELD,
		.on_done = ON_OPENING | ON_ACT(ACT_RESIZE),
		.on_obs = ON_OBS(OBS_VFIO_CFG) | ON_OBS(OBS_VFIO_REGION) | ON_OBS(OBS_VFIO) |
			  ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_snapshot,
	},
	{
		.info = {"VFIO-SETIRQS-RANGE", SEV_MUST,
			 "SET_IRQS beyond the count is refused with EINVAL, however start and "
			 "count "
			 "add up.",
			 "Linux drivers/vfio/vfio_main.c:vfio_set_irqs_validate_and_prepare",
			 "SET_IRQS for vectors beyond the count"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_done = ON_OPENING | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VFIO_IRQS),
		.on_obs = ON_OBS(OBS_VFIO),
		.judge = judge_range,
	},
	{
		.info = {"VFIO-SETIRQS-PARTIAL", SEV_MUST,
			 "SET_IRQS enables all vectors asked for, or none and returns how many can "
			 "be had.",
			 "Linux drivers/vfio/pci/vfio_pci_intrs.c:vfio_msi_enable",
			 "SET_IRQS with none enabled, then a look at msi_irqs"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_done = ON_OPENING | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VFIO_IRQS),
		.on_obs = ON_OBS(OBS_VFIO) | ON_OBS(OBS_IRQS),
		.judge = judge_partial,
	},
	{
		.info = {"VFIO-NORESIZE", SEV_MUST,
			 "MSI-X is reported as NORESIZE where vectors cannot be added later.",
			 "Linux drivers/vfio/pci/vfio_pci_core.c:vfio_pci_ioctl_get_irq_info",
			 "a look at VFIO, on a kernel before 6.5"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_obs = ON_OBS(OBS_VFIO),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_noresize,
	},
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
		.info = {"VFIO-BUSY", SEV_MUST,
			 "A VF that vfio-pci has is not resized, open or not: EBUSY.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "a count written while vfio-pci has the VF"},
		.needs = NEED_VF | NEED_SYSFS,
		.on_done = ON_ACT(ACT_RESIZE) | ON_ACT(ACT_ATTR_WRITE),
		.judge = judge_vfio_busy,
	},
	{
		.info = {"VFIO-REOPEN", SEV_SHOULD,
			 "Closed, resized and opened again, a VF can use all of its vectors.",
			 "linux-pci, January 2021; Linux drivers/vfio/pci/vfio_pci_intrs.c:"
			 "vfio_msi_enable",
			 "close, resize, open, then SET_IRQS for all vectors"},
		.needs = NEED_VF | NEED_MSIX | NEED_RANGE | NEED_LINUX | NEED_VFIO | NEED_SHOWS |
			 NEED_NOT_VFE,
		.on_done = ON_OPENING | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VFIO_IRQS),
		.on_obs = ON_OBS(OBS_VFIO),
		.judge = judge_reopen,
	},
	{
		.info = {"VFIO-INTX-PIN", SEV_MUST, "A VF has no INTx through VFIO.",
			 "Linux drivers/vfio/pci/vfio_pci_config.c:vfio_config_init",
			 "a look at VFIO"},
		.needs = NEED_VF | NEED_LINUX | NEED_VFIO,
		.on_obs = ON_OBS(OBS_VFIO),
		.judge = judge_intx,
	},
	{
		.info = {"VFIO-RESET", SEV_SHOULD,
			 "VFIO_DEVICE_RESET keeps Table Size, unless a new one was waiting for it.",
			 "Linux drivers/vfio/pci/vfio_pci_core.c:vfio_pci_ioctl_reset",
			 "VFIO_DEVICE_RESET, and looks before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_done = ON_ACT(ACT_RESIZE) | ON_ACT(ACT_RESET) | ON_OPENING,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_VFIO),
		.judge = judge_vfio_reset,
	},
	{
		.info = {"VFIO-DYN", SEV_SHOULD,
			 "Without NORESIZE a vector outside the first set can be enabled later.",
			 "Linux drivers/vfio/pci/vfio_pci_intrs.c:vfio_msi_alloc_irq (since 6.5)",
			 "SET_IRQS behind the vectors that are enabled, NORESIZE clear"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO,
		.on_done = ON_OPENING | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VFIO_IRQS),
		.on_obs = ON_OBS(OBS_VFIO),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_dynamic,
	},
};

const size_t vfio_rules_count = sizeof(vfio_rules) / sizeof(vfio_rules[0]);
