/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of VFIO: that what it tells of a VF's vectors is what the VF has, and that what it guards
 * stays guarded. "count" is what GET_IRQ_INFO says of MSI-X.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vfio.h"

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

/* --- isolation --- */

/*
 * Whoever can write a table can send any interrupt where nothing remaps them: VFIO attaches such a
 * group only if it was told that this is wanted.
 */
static void judge_unsafe(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	int res = event_res(event);

	if (w->iommu.remapping)
		inapplicable(jg, fn, "interrupts are remapped: VFIO has nothing to refuse");
	else if (event->kind != EV_DONE || w->unsafe < 0 || (res && res != -EPERM))
		return;
	else
		verdict(jg, fn, (res == 0) == w->unsafe,
			w->unsafe ? "opened, as allow_unsafe_interrupts is set" : "EPERM", "%s",
			res ? "EPERM" : "opened");
}

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
		.info = {.id = "VFIO-SNAP",
			 .severity = SEV_SHOULD,
			 .title = "Resized while it is open, a device shows one size: count, "
				  "capability and window.",
			 .clause = "Linux drivers/vfio/pci/vfio_pci_core.c:vfio_pci_core_enable "
				   "(msix_size)",
			 .needs = "a resize while the device is open, and looks at VFIO",
			 .remark =
				 "Linux notes the window once, at open, whatever the device does: "
				 "so a warning is about the host, and no device can do better."},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_LINUX | NEED_VFIO | NEED_RANGE |
			 NEED_HELD,
		.on_done = ON_OPENING | ON_ACT(ACT_RESIZE),
		.on_obs = ON_OBS(OBS_VFIO_CFG) | ON_OBS(OBS_VFIO_REGION) | ON_OBS(OBS_VFIO) |
			  ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_snapshot,
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
		.info = {"VFIO-UNSAFE", SEV_MUST,
			 "Without interrupt remapping VFIO opens nothing, unless unsafe interrupts "
			 "are "
			 "allowed.",
			 "Linux drivers/vfio/vfio_iommu_type1.c:vfio_iommu_type1_attach_group",
			 "a look at isolation, then a function opened in VFIO"},
		.needs = NEED_VF | NEED_LINUX | NEED_IOMMU,
		.on_done = ON_ACT(ACT_VFIO_OPEN),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_unsafe,
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
};

const size_t vfio_rules_count = sizeof(vfio_rules) / sizeof(vfio_rules[0]);
