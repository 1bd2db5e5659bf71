/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state that the record has told so far. Absorbing is all that happens here; nothing judges. */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "race.h"
#include "world.h"

struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));

	if (w)
		w->unsafe = -1;
	return w;
}

static void fn_free(struct world_fn *fn)
{
	free(fn->table.byte);
	free(fn->table_prev.byte);
	free(fn->pba.byte);
	free(fn->pba_prev.byte);
	free(fn->by_vf);
	track_free(&fn->track);
	free(fn);
}

void world_free(struct world *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->nfn; i++)
		fn_free(w->fn[i]);
	free(w->fn);
	free(w->by_name.slot);
	json_decref(w->header);
	json_decref(w->open_body);
	json_decref(w->shot);
	free(w);
}

struct world_fn *world_find(const struct world *w, const char *fn)
{
	return index_find(&w->by_name, fn);
}

struct world_fn *world_vf(const struct world_fn *pf, long long vf)
{
	return vf >= 0 && vf < (long long)pf->vf_room ? pf->by_vf[vf] : NULL;
}

bool is_armed(const struct world_fn *fn)
{
	return fn->engine[0] && strcmp(fn->engine, "none");
}

static void copy_text(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text ? text : "");
}

static void see_driver(struct world_fn *fn, const char *driver)
{
	copy_text(fn->driver, sizeof(fn->driver), driver);
	fn->taken |= fn->driver[0];
}

bool pba_bit(const struct blob *pba, unsigned k)
{
	return k / 8 < pba->len && pba->byte[k / 8] >> k % 8 & 1;
}

bool table_entry(const struct blob *table, unsigned k, struct msix_entry *entry)
{
	if ((k + 1ul) * MSIX_ENTRY_SIZE > table->len)
		return false;
	msix_entry_decode(table->byte + k * MSIX_ENTRY_SIZE, entry);
	return true;
}

/* --- the frame --- */

static void absorb_header(struct world *w, const struct event *event)
{
	const json_t *iommu = json_object_get(event->body, "iommu");
	const json_t *machine = json_object_get(event->body, "machine");
	const char *kernel = json_string_value(json_object_get(machine, "kernel"));
	const char *target = event_str(event, "target");
	unsigned major, minor;

	w->header = json_incref(event->body);
	w->still = target && (!strcmp(target, "dump") || !strcmp(target, "live"));
	copy_text(w->iommu.kind, sizeof(w->iommu.kind),
		  json_string_value(json_object_get(iommu, "kind")));
	w->iommu.remapping = json_is_true(json_object_get(iommu, "remapping"));
	w->iommu.translation = json_is_true(json_object_get(iommu, "translation"));
	if (kernel && sscanf(kernel, "%u.%u", &major, &minor) == 2)
		w->kernel = major << 8 | (minor & 0xff);
}

static void absorb_bars(struct world_fn *fn, const json_t *bars)
{
	for (size_t i = 0; i < PCI_BARS && i < json_array_size(bars); i++) {
		const json_t *bar = json_array_get(bars, i);

		fn->bar[i].type = bar_type_parse(json_string_value(json_object_get(bar, "type")));
		fn->bar[i].size = (uint64_t)json_integer_value(json_object_get(bar, "size"));
	}
}

static void sight_msix(struct world *w, struct world_fn *fn, const struct msix *msix,
		       unsigned long line)
{
	w->varied |= fn->msix_line && fn->msix.size != msix->size;
	fn->msix_prev = fn->msix;
	fn->msix_prev_line = fn->msix_line;
	fn->msix = *msix;
	fn->msix_line = line;
	fn->has_msix = true;
	if (msix->size > fn->largest)
		fn->largest = msix->size;
	/* The open itself may have brought a new size, by its reset. */
	if (fn->vfio_open && fn->last_act == ACT_VFIO_OPEN)
		fn->vfio_open_size = msix->size;
}

static void absorb_config(struct world *w, struct world_fn *fn, const struct event *event)
{
	long len = event_hex(event, "bytes", fn->cfg.byte, sizeof(fn->cfg.byte));
	struct msix msix;

	if (len < 0)
		return;
	fn->cfg.len = (size_t)len;
	fn->gone = cfg_gone(&fn->cfg);
	if (fn->gone)
		return;
	fn->has_flr = cfg_has_flr(&fn->cfg);
	if (!cfg_msix(&fn->cfg, &msix))
		sight_msix(w, fn, &msix, event->line);
}

static struct world_fn *fn_new(struct world *w, const char *name)
{
	struct world_fn *fn = calloc(1, sizeof(*fn));
	struct world_fn **grown = realloc(w->fn, (w->nfn + 1) * sizeof(*w->fn));

	if (grown)
		w->fn = grown;
	if (!fn || !grown) {
		free(fn);
		return NULL;
	}
	copy_text(fn->name, sizeof(fn->name), name);
	strcpy(fn->driver, "?");
	fn->want = fn->got = -1;
	fn->sec_cntlid = fn->sec_vq = fn->sec_vi = -1;
	if (!index_add(&w->by_name, fn)) {
		free(fn);
		return NULL;
	}
	track_init(fn);
	fn->index = w->nfn;
	w->fn[w->nfn++] = fn;
	return fn;
}

/* NumVFs has 16 bits. */
#define VFS_MAX 65536

static bool make_vf_room(struct world_fn *pf, size_t room)
{
	struct world_fn **grown;

	if (room <= pf->vf_room)
		return true;
	if (room < 2 * pf->vf_room)
		room = 2 * pf->vf_room;
	grown = realloc(pf->by_vf, room * sizeof(*grown));
	if (!grown)
		return false;
	memset(grown + pf->vf_room, 0, (room - pf->vf_room) * sizeof(*grown));
	pf->by_vf = grown;
	pf->vf_room = room;
	return true;
}

/* The PF counts its VFs; what was told of @fn before no longer holds. */
static void leave_pf(struct world_fn *fn)
{
	if (!fn->pf || world_vf(fn->pf, fn->vf) != fn)
		return;
	fn->pf->by_vf[fn->vf] = NULL;
	fn->pf->vfs--;
	fn->pf->armed -= is_armed(fn);
}

static void join_pf(struct world_fn *fn)
{
	if (fn->vf < 0 || fn->vf >= VFS_MAX || world_vf(fn->pf, fn->vf) ||
	    !make_vf_room(fn->pf, (size_t)fn->vf + 1))
		return;
	fn->pf->by_vf[fn->vf] = fn;
	fn->pf->vfs++;
	fn->pf->armed += is_armed(fn);
}

static void absorb_function(struct world *w, const struct event *event)
{
	struct world_fn *fn = world_find(w, event->fn);
	const char *class_code = event_str(event, "class");
	const char *vendor = event_str(event, "vendor"), *device = event_str(event, "device");

	if (!event->fn || bdf_parse(event->fn, &(struct bdf){0}))
		return;
	if (!fn)
		fn = fn_new(w, event->fn);
	if (!fn)
		return;

	leave_pf(fn);
	bdf_parse(event->fn, &fn->bdf);
	fn->vf = (int)event_int(event, "vf", -1);
	fn->pf = fn->vf < 0 ? fn : world_find(w, event_str(event, "pf"));
	if (!fn->pf)
		fn->pf = fn;
	snprintf(fn->device, sizeof(fn->device), "%.4s:%.4s", vendor ? vendor : "????",
		 device ? device : "????");
	fn->class_code = class_code ? (uint32_t)strtoul(class_code, NULL, 16) : 0;
	copy_text(fn->engine, sizeof(fn->engine), event_str(event, "engine"));
	see_driver(fn, event_str(event, "driver"));
	join_pf(fn);
	absorb_bars(fn, json_object_get(event->body, "bars"));
	absorb_config(w, fn, event);
}

static void absorb_begin(struct world *w, const struct event *event)
{
	copy_text(w->suite, sizeof(w->suite), event_str(event, "suite"));
	copy_text(w->scenario, sizeof(w->scenario), event_str(event, "scenario"));
	w->begin_line = event->line;
	w->control_fn[0] = '\0';
	w->control_line = 0;
	w->shot_open = w->shot_watched = false;
}

/* --- acts --- */

static void absorb_act(struct world *w, const struct event *event)
{
	w->open_act = event->act;
	w->open_line = event->line;
	copy_text(w->open_fn, sizeof(w->open_fn), event->fn);
	json_decref(w->open_body);
	w->open_body = json_incref(event->body);
}

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
		fn->vfio_open = false;
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
	       act == ACT_RELEASE;
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

static void absorb_done(struct world *w, struct world_fn *fn, const struct event *event)
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

/* --- observations --- */

static void see_msix(struct world *w, struct world_fn *fn, const struct event *event)
{
	uint8_t bytes[MSIX_CAP_LEN];
	struct msix msix;

	if (event_hex(event, "bytes", bytes, sizeof(bytes)) != MSIX_CAP_LEN)
		return;
	fn->gone = bytes[0] == 0xff && bytes[1] == 0xff && bytes[2] == 0xff && bytes[3] == 0xff;
	if (fn->gone)
		return;
	msix_decode(bytes, (unsigned)event_int(event, "pos", 0), &msix);
	sight_msix(w, fn, &msix, event->line);
}

static void see_blob(const struct world *w, struct blob *now, struct blob *prev,
		     const struct event *event)
{
	size_t len = event_hex_len(event, "bytes");
	uint8_t *byte = malloc(len ? len : 1);

	if (!byte || event_hex(event, "bytes", byte, len) < 0) {
		free(byte);
		return;
	}
	free(prev->byte);
	*prev = *now;
	*now = (struct blob){.len = len, .byte = byte, .line = event->line, .seq = w->seq};
}

static void see_watch(struct world *w, const struct event *event)
{
	const char *kind = json_string_value(json_object_get(w->shot, "kind"));
	const char *fn = json_string_value(json_object_get(w->shot, "fn"));
	json_int_t entry = json_integer_value(json_object_get(w->shot, "entry"));
	const json_t *events = json_object_get(event->body, "events");

	w->shot_watched = w->shot_open;
	if (!w->shot_open || !kind || strcmp(kind, "control") || !fn)
		return;
	if (json_integer_value(json_array_get(json_object_get(events, fn), (size_t)entry)) > 0) {
		copy_text(w->control_fn, sizeof(w->control_fn), fn);
		w->control_line = event->line;
		w->control_entry = (int)entry;
	} else if (!strcmp(w->control_fn, fn)) {
		w->control_fn[0] = '\0';
	}
}

static void see_secondary(const struct world_fn *pf, const struct event *event)
{
	const json_t *list = json_object_get(event->body, "list");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);
		struct world_fn *fn =
			world_vf(pf, json_integer_value(json_object_get(entry, "vfn")) - 1);

		if (!fn)
			continue;
		fn->sec_cntlid = (int)json_integer_value(json_object_get(entry, "cntlid"));
		fn->online = json_is_true(json_object_get(entry, "online"));
		fn->online_known = true;
		fn->sec_vq = (int)json_integer_value(json_object_get(entry, "vq"));
		fn->sec_vi = (int)json_integer_value(json_object_get(entry, "vi"));
	}
}

static void see_model(struct world *w, const struct event *event)
{
	static const char *const names[] = {"M-VFE", "M-RST", "M-IMM", "none"};
	static const enum model models[] = {MODEL_VFE, MODEL_RST, MODEL_IMM, MODEL_NONE};
	const char *name = event_str(event, "model");

	for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i]))
			w->model = models[i];
}

static void see_backend(struct world *w, const struct event *event)
{
	copy_text(w->backend, sizeof(w->backend), event_str(event, "backend"));
	w->pool_total = (unsigned)event_int(event, "total", 0);
	w->size_min = (unsigned)event_int(event, "min", 0);
	w->size_max = (unsigned)event_int(event, "max", 0);
}

static void absorb_obs(struct world *w, struct world_fn *fn, const struct event *event)
{
	if (event->obs == OBS_WATCH)
		see_watch(w, event);
	if (!fn)
		return;
	switch (event->obs) {
	case OBS_CONFIG:
		absorb_config(w, fn, event);
		break;
	case OBS_MSIX:
		see_msix(w, fn, event);
		break;
	case OBS_TABLE:
		fn->table_prev_size = fn->table_size;
		fn->table_size = (unsigned)event_int(event, "size", 0);
		see_blob(w, &fn->table, &fn->table_prev, event);
		break;
	case OBS_PBA:
		see_blob(w, &fn->pba, &fn->pba_prev, event);
		break;
	case OBS_DRIVER:
		see_driver(fn, event_str(event, "driver"));
		break;
	case OBS_SECONDARY:
		see_secondary(fn, event);
		break;
	case OBS_MODEL:
		see_model(w, event);
		break;
	case OBS_BACKEND:
		see_backend(w, event);
		break;
	case OBS_ISOLATION:
		w->unsafe = event_bool(event, "unsafe_interrupts");
		break;
	case OBS_PROBE:
		w->probe_missing = event_res(event) == -EOPNOTSUPP;
		break;
	case OBS_GUEST:
		w->guest_missing = event_res(event) == -EOPNOTSUPP;
		break;
	default:
		break;
	}
}

struct world_fn *world_absorb(struct world *w, const struct event *event)
{
	struct world_fn *fn;

	w->seq++;
	if (w->shot_watched)
		w->shot_open = w->shot_watched = false;
	if (event->kind == EV_FUNCTION)
		absorb_function(w, event);
	fn = world_find(w, event->fn);

	switch (event->kind) {
	case EV_HEADER:
		absorb_header(w, event);
		break;
	case EV_BEGIN:
		absorb_begin(w, event);
		break;
	case EV_ACT:
		absorb_act(w, event);
		break;
	case EV_DONE:
		absorb_done(w, fn, event);
		break;
	case EV_OBS:
		absorb_obs(w, fn, event);
		break;
	default:
		break;
	}
	track_follow(w, fn, event);
	return fn;
}
