/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a finished act leaves behind: the judges' idea of what must be true after it. */
#include <errno.h>
#include <string.h>

#include "absorb.h"
#include "race.h"

static void forget_secondary(struct world_fn *fn)
{
	fn->online_known = false;
	fn->sec_vq = fn->sec_vi = -1;
}

/* Without its driver an NVMe primary controller is disabled, and may have its secondaries offline.
 */
static void forget_secondaries(struct world *w, const struct world_fn *pf)
{
	for (size_t i = 0; pf->vf < 0 && i < w->nfn; i++)
		if (w->fn[i]->pf == pf)
			forget_secondary(w->fn[i]);
}

/* Is a function resized that a driver has, or kept from it? */
static void note_held(struct world *w, struct world_fn *fn)
{
	bool held = fn->driver[0] && fn->driver[0] != '?';

	w->held_resized |= held && !fn->resize_res;
	w->held_refused |= held && fn->resize_res == -EBUSY;
	fn->resized_held |= held && !fn->resize_res;
}

static void done_resize(struct world *w, struct world_fn *fn, const struct event *event)
{
	const char *backend = event_str(event, "backend");

	fn->resize_res = event_res(event);
	note_held(w, fn);
	fn->want = (int)event_int(event, "want", -1);
	fn->got = (int)event_int(event, "got", -1);
	forget_secondary(fn);
	if (fn->resize_res)
		return;
	/* The nvme flow ends in Online, which latches; other flows leave that to a later reset. */
	if (w->model == MODEL_VFE)
		fn->resize_pending = true;
	else if (w->model == MODEL_RST && backend && strcmp(backend, "nvme"))
		fn->resize_pending = true;
	else
		fn->resize_pending = false;
	if (backend && !strcmp(backend, "nvme")) {
		fn->online = fn->online_known = true;
		fn->sec_vi = fn->got;
	}
}

static void forget_reset_state(struct world *w, struct world_fn *fn, const char *method)
{
	bool whole = !strcmp(method, "vfe");

	copy_text(fn->last_reset, sizeof(fn->last_reset), method);
	if (whole || w->model == MODEL_RST)
		fn->resize_pending = false;
}

static void done_reset(struct world *w, struct world_fn *fn, const struct event *event)
{
	const char *method = event_str(event, "method");
	bool along;

	if (!method)
		return;
	forget_secondaries(w, fn);
	/* No resets of a function: one may keep everything, the other is its controller's. */
	if (!strcmp(method, "d3") || !strcmp(method, "cc"))
		return;
	/* What resets a PF takes its VFs along. */
	along = fn->vf < 0 || !strcmp(method, "vfe");
	forget_reset_state(w, fn, method);
	for (size_t i = 0; along && i < w->nfn; i++)
		if (w->fn[i] != fn && w->fn[i]->pf == fn->pf)
			forget_reset_state(w, w->fn[i], "vfe");
}

static void done_numvfs(struct world *w, struct world_fn *pf, const struct event *event)
{
	for (size_t i = 0; i < w->nfn; i++) {
		struct world_fn *fn = w->fn[i];

		if (fn->pf != pf || fn == pf)
			continue;
		forget_reset_state(w, fn, "vfe");
		forget_secondary(fn);
		fn->loaded = false;
		fn->last_act = ACT_NUMVFS;
		fn->last_line = event->line;
		fn->untouched = true;
		fn->vfio_open = false;
		fn->vfio_enabled = 0;
		fn->resized_held = false;
		fn->allocated = 0;
		copy_text(fn->driver, sizeof(fn->driver), "?");
	}
}

/* VFIO resets a function when it is opened and closed (vfio_pci_core_enable(), ..._disable()). */
static void latch(const struct world *w, struct world_fn *fn)
{
	if (w->model == MODEL_RST)
		fn->resize_pending = false;
}

static void done_vfio_irqs(struct world_fn *fn, const struct event *event)
{
	int64_t start = event_int(event, "start", 0), count = event_int(event, "count", 0);

	/* A positive return means that nothing was enabled (vfio_msi_enable()). */
	if (event_int(event, "ret", 0) > 0)
		return;
	if (count == 0)
		fn->vfio_enabled = 0;
	else if ((unsigned)(start + count) > fn->vfio_enabled)
		fn->vfio_enabled = (unsigned)(start + count);
}

/* What a Virtualization Management command leaves behind (NVMe 2.1, 5.2.6 and 8.2.6.3). */
static void done_virt_mgmt(struct world *w, struct world_fn *pf, const struct event *event)
{
	int64_t action = event_int(event, "action", 0), cntlid = event_int(event, "cntlid", -1);
	bool vi = event_int(event, "resource", 0) == 1;
	int dw0 = (int)event_int(event, "dw0", -1);

	if (event_int(event, "status", -1))
		return;
	for (size_t i = 0; i < w->nfn; i++) {
		struct world_fn *fn = w->fn[i];

		if (fn->pf != pf || fn->vf < 0 || (fn->sec_cntlid >= 0 && fn->sec_cntlid != cntlid))
			continue;
		if (fn->sec_cntlid < 0) {
			forget_secondary(fn);
		} else if (action == VIRT_MGMT_OFFLINE || action == VIRT_MGMT_ONLINE) {
			fn->online = action == VIRT_MGMT_ONLINE;
			fn->online_known = true;
			if (!fn->online)
				fn->sec_vq = fn->sec_vi = 0;
		} else if (action == VIRT_MGMT_ASSIGN) {
			*(vi ? &fn->sec_vi : &fn->sec_vq) = dw0 < 0 ? -1 : dw0 & 0xffff;
		}
	}
}

/* A write of sriov_vf_msix_count assigns as a resize does; 0 asks for the default. */
static void done_attr_write(struct world *w, struct world_fn *fn, const struct event *event)
{
	const char *attr = event_str(event, "attr"), *value = event_str(event, "value");
	int want = value ? (int)strtol(value, NULL, 0) : 0;

	if (!attr || strcmp(attr, "sriov_vf_msix_count"))
		return;
	fn->want = want > 0 ? want : -1;
	fn->got = -1;
	fn->resize_res = 0;
	fn->resize_pending = w->model == MODEL_RST || w->model == MODEL_VFE;
}

/* A PF's driver that goes or comes may have changed what every VF was assigned. */
static void forget_assigned(struct world *w, const struct world_fn *pf)
{
	for (size_t i = 0; i < w->nfn; i++) {
		struct world_fn *fn = w->fn[i];

		if (fn->pf != pf || fn == pf)
			continue;
		forget_secondary(fn);
		fn->want = fn->got = -1;
	}
}

/* What each successful act changes in the state of its function. */
static void done_act(struct world *w, struct world_fn *fn, const struct event *event)
{
	switch (event->act) {
	case ACT_NUMVFS:
		done_numvfs(w, fn, event);
		break;
	case ACT_RESET:
		done_reset(w, fn, event);
		break;
	case ACT_BIND:
		if (fn->vf < 0)
			forget_assigned(w, fn);
		see_driver(fn, event_str(event, "driver"));
		fn->resized_held = false;
		fn->allocated = 0;
		break;
	case ACT_UNBIND:
		if (fn->vf < 0)
			forget_assigned(w, fn);
		fn->driver[0] = '\0';
		forget_secondaries(w, fn);
		fn->resized_held = false;
		fn->allocated = 0;
		fn->vfio_open = fn->in_guest = false;
		fn->vfio_enabled = 0;
		break;
	case ACT_VFIO_OPEN:
		fn->vfio_open = true;
		fn->vfio_open_size = fn->has_msix ? fn->msix.size : 0;
		fn->vfio_enabled = 0;
		latch(w, fn);
		break;
	case ACT_VFIO_CLOSE:
		fn->vfio_open = false;
		fn->vfio_enabled = 0;
		latch(w, fn);
		break;
	case ACT_VIRT_MGMT:
		done_virt_mgmt(w, fn, event);
		break;
	case ACT_ATTR_WRITE:
		done_attr_write(w, fn, event);
		break;
	case ACT_FIRE:
		fn->fire_line = event->line;
		break;
	case ACT_LOAD_START:
		fn->loaded = true;
		break;
	case ACT_VFIO_IRQS:
		done_vfio_irqs(fn, event);
		break;
	case ACT_ALLOC:
		fn->allocated = (unsigned)event_int(event, "ret", 0);
		break;
	case ACT_ALLOC_AT:
		fn->allocated += event_int(event, "index", 0) >= fn->allocated;
		break;
	case ACT_FREE:
		fn->allocated = 0;
		break;
	case ACT_GUEST_START:
	case ACT_GUEST_STOP:
		fn->in_guest = event->act == ACT_GUEST_START;
		latch(w, fn);
		break;
	default:
		break;
	}
}

/* Acts after which a table, its masks and config space are no longer what the act before left. */
static bool act_touches(enum act act)
{
	return act == ACT_CFG_WRITE || act == ACT_TABLE_WRITE || act == ACT_TABLE_MASK ||
	       act == ACT_FUNCTION_MASK || act == ACT_PBA_WRITE || act == ACT_VFIO_IRQS ||
	       act == ACT_SHOT || act == ACT_VFIO_CFG_WRITE || act == ACT_VFIO_REGION_WRITE ||
	       act == ACT_ALLOC || act == ACT_ALLOC_AT || act == ACT_FREE || act == ACT_REQUEST ||
	       act == ACT_RELEASE || act == ACT_GUEST_VECTORS;
}

/* What never succeeds explains why a rule that builds on it has nothing to judge. */
static void note_outcome(struct world *w, struct world_fn *fn, enum act act, int res,
			 unsigned long line)
{
	w->vfio_opened |= act == ACT_VFIO_OPEN && !res;
	w->vfio_refused |= act == ACT_VFIO_OPEN && res == -EPERM;
	if (!res) {
		fn->succeeded |= 1ull << act;
		fn->failed &= ~(1ull << act);
	} else if (!((fn->failed | fn->succeeded) >> act & 1)) {
		fn->failed |= 1ull << act;
		fn->failed_res[act] = res;
		fn->failed_line[act] = line;
	}
}

/*
 * Of two writers who met it is not known what each left for the other: who has a VF and what it was
 * assigned is to be looked at again.
 */
static void done_race(struct world *w, const struct event *event)
{
	struct race race;

	if (!ended_race(w, event, &race))
		return;
	for (size_t i = 0; i < 2; i++) {
		struct world_fn *fn = race.side[i].fn;

		switch (race.side[i].deed) {
		case DEED_COUNT:
			forget_secondary(fn);
			fn->want = fn->got = -1;
			fn->resize_pending |= !race.side[i].res &&
					      (w->model == MODEL_RST || w->model == MODEL_VFE);
			break;
		case DEED_REMOVE:
			done_numvfs(w, fn, event);
			if (!strcmp(race.side[i].what, "driver/unbind"))
				copy_text(fn->driver, sizeof(fn->driver), "?");
			break;
		case DEED_BIND:
		case DEED_UNBIND:
			copy_text(fn->driver, sizeof(fn->driver), "?");
			fn->allocated = 0;
			break;
		case DEED_RESET:
			copy_text(fn->last_reset, sizeof(fn->last_reset), "sysfs");
			break;
		default:
			break;
		}
	}
}

void absorb_done(struct world *w, struct world_fn *fn, const struct event *event)
{
	int res = event_res(event);

	w->open_act = ACT_NONE;
	if (event->act == ACT_SHOT) {
		json_decref(w->shot);
		w->shot = json_incref(event->body);
		w->shot_open = res == 0;
	}
	if (!fn)
		return;
	if (event->act == ACT_RACE)
		done_race(w, event);
	if (event->act == ACT_RESIZE)
		done_resize(w, fn, event);
	if (event->act == ACT_LOAD_STOP)
		fn->loaded = false;
	fn->had_allocated = fn->allocated;
	note_outcome(w, fn, event->act, res, event->line);
	if (res)
		return;
	done_act(w, fn, event);
	if (act_touches(event->act)) {
		fn->untouched = false;
		return;
	}
	fn->last_act = event->act;
	fn->last_line = event->line;
	fn->untouched = true;
}
