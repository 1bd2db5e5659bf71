/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps, for each function, what was done to it between two looks. */
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>

#include "race.h"

/* Acts on a PF that its VFs feel. */
#define PF_REACHES_VFS                                                                       \
	(ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_VIRT_MGMT) | ON_ACT(ACT_RESET) | ON_ACT(ACT_BIND) | \
	 ON_ACT(ACT_UNBIND) | ON_ACT(ACT_ATTR_WRITE) | ON_ACT(ACT_CFG_RESTORE))

/* Acts that leave the entries of a table as they were. */
#define LEAVES_TABLE                                                                     \
	(ON_ACT(ACT_CFG_RESTORE) | ON_ACT(ACT_TABLE_WRITE) | ON_ACT(ACT_FUNCTION_MASK) | \
	 ON_ACT(ACT_PBA_WRITE) | ON_ACT(ACT_CFG_WRITE) | ON_ACT(ACT_AUTOPROBE) |         \
	 ON_ACT(ACT_VFIO_CFG_WRITE))

/* A table cannot be written further than this: nothing behind it is an entry. */
#define WROTE_MAX (MSIX_MAX_SIZE * MSIX_ENTRY_SIZE / 4)

void track_init(struct world_fn *fn)
{
	fn->track.numvfs = fn->track.autoprobe = -1;
}

static void forget_written(struct track *track)
{
	if (track->wrote_width)
		memset(track->wrote_width, 0, track->wrote_len);
}

void track_free(struct track *track)
{
	free(track->wrote);
	free(track->wrote_width);
}

static bool make_room(struct track *track, size_t len)
{
	uint32_t *wrote;
	uint8_t *width;

	if (len <= track->wrote_len)
		return true;
	wrote = realloc(track->wrote, len * sizeof(*wrote));
	if (wrote)
		track->wrote = wrote;
	width = realloc(track->wrote_width, len);
	if (width)
		track->wrote_width = width;
	if (!wrote || !width)
		return false;
	memset(width + track->wrote_len, 0, len - track->wrote_len);
	track->wrote_len = len;
	return true;
}

static void note_written(struct track *track, const struct event *event)
{
	int64_t first = event_int(event, "first", -1), width = event_int(event, "width", 4);
	size_t count = event_hex_len(event, "bytes") / 4;
	size_t at = (size_t)first / 4;
	uint8_t *byte;

	if (first < 0 || first % 4 || !count || at + count > WROTE_MAX)
		return;
	byte = malloc(4 * count + 4);
	if (!byte || !make_room(track, at + count) ||
	    event_hex(event, "bytes", byte, 4 * count + 4) < 0) {
		free(byte);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const uint8_t *b = byte + 4 * i;

		track->wrote[at + i] = b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
		track->wrote_width[at + i] = (uint8_t)width;
	}
	track->wrote_line = event->line;
	free(byte);
}

/* Without its driver an NVMe primary controller is disabled, and may have its secondaries offline.
 */
static bool may_go_offline(const struct world *w, const struct world_fn *fn,
			   const struct event *event)
{
	return fn->vf >= 0 && event->fn && strcmp(event->fn, fn->name) &&
	       event->act == ACT_UNBIND && !strcmp(w->backend, "nvme");
}

static void note_act(const struct world *w, struct world_fn *fn, const struct event *event)
{
	struct track *track = &fn->track;

	for (int i = 0; i < LOOK_COUNT; i++)
		track->since[i] |=
			ON_ACT(event->act) | (may_go_offline(w, fn, event) ? ON_ACT(ACT_NONE) : 0);
	/* It leaves MSI-X as the reset did. */
	if (event->act != ACT_CFG_RESTORE)
		track->fresh = FRESH_NOT;
	if (event->act == ACT_PBA_WRITE)
		track->pba_written = true;
	if (!(ON_ACT(event->act) & LEAVES_TABLE))
		forget_written(track);
}

/* A write that failed, or whose effect is undefined: nothing is known of the table. */
static void note_undefined_write(struct track *track)
{
	track->since[LOOK_TABLE] |= ON_ACT(ACT_NONE);
	forget_written(track);
}

static void note_reset(struct world_fn *fn, enum fresh fresh, unsigned long line)
{
	fn->track.fresh = fresh;
	fn->track.fresh_line = line;
	fn->track.reset_line = line;
	fn->track.pba_written = false;
}

/* VF Enable went from 0 to 1 with @count VFs: each begins anew. */
static void note_vfe(struct world *w, struct world_fn *pf, int count, unsigned long line)
{
	for (size_t i = 0; i < w->nfn; i++) {
		struct world_fn *fn = w->fn[i];

		if (fn->pf != pf || fn == pf || fn->vf >= count)
			continue;
		note_reset(fn, FRESH_VFE, line);
		fn->track.vfe_line = line;
		strcpy(fn->last_reset, "vfe");
		/* Without autoprobe nobody takes a new VF. */
		strcpy(fn->driver, pf->track.autoprobe == 0 ? "" : "?");
		fn->vfio_open = false;
		fn->vfio_enabled = 0;
		fn->allocated = 0;
	}
}

static void done_numvfs(struct world *w, struct world_fn *pf, const struct event *event)
{
	int before = pf->track.numvfs;
	int now = (int)event_int(event, "count_now", event_int(event, "count", -1));

	/* A write of the count that is there already changes nothing. */
	if (before == 0 && now > 0)
		note_vfe(w, pf, now, event->line);
	pf->track.numvfs = now;
}

/* Config space of a PF is as before a reset by hand: VF Enable was set anew, of which the kernel
 * knows nothing. */
static void done_cfg_restore(struct world *w, struct world_fn *pf, const struct event *event)
{
	int now = (int)event_int(event, "count_now", -1);

	for (size_t i = 0; i < w->nfn; i++) {
		struct world_fn *fn = w->fn[i];

		if (fn->pf != pf || fn == pf || fn->vf >= now)
			continue;
		note_reset(fn, FRESH_VFE, event->line);
		fn->track.vfe_line = event->line;
	}
	pf->track.numvfs = now;
}

static void done_reset(struct world *w, struct world_fn *fn, const struct event *event)
{
	const char *method = event_str(event, "method");

	if (!method)
		return;
	if (!strcmp(method, "vfe")) {
		note_vfe(w, fn->pf, fn->pf->track.numvfs < 0 ? UINT16_MAX : fn->pf->track.numvfs,
			 event->line);
		return;
	}
	/* Clearing CC.EN is none of the function. */
	if (!strcmp(method, "cc"))
		return;
	note_reset(fn, strcmp(method, "flr") ? FRESH_NOT : FRESH_FLR, event->line);
	/* A PF's own reset clears VF Enable; whether somebody set it again is not told. */
	if (fn->vf < 0)
		fn->track.numvfs = -1;
}

static void note_unknown(struct world *w, const struct world_fn *pf)
{
	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i]->pf == pf && w->fn[i] != pf)
			for (int look = 0; look < LOOK_COUNT; look++)
				w->fn[i]->track.since[look] |= ON_ACT(ACT_NONE);
}

/* After one that removes VFs NumVFs is 0 where he came through; else nobody knows. */
static void done_race(const struct world *w, struct world_fn *pf, const struct event *event)
{
	const struct racer *remover, *other;
	struct race race;

	remover = ended_race(w, event, &race) ? race_find(&race, DEED_REMOVE, &other) : NULL;
	if (remover)
		pf->track.numvfs = !remover->res && !strcmp(remover->what, "sriov_numvfs") ? 0 : -1;
}

static void follow_done(struct world *w, struct world_fn *fn, const struct event *event)
{
	const char *method = event_str(event, "method");
	bool vfe = event->act == ACT_RESET && method && !strcmp(method, "vfe");
	bool all = vfe || event->act == ACT_RACE ||
		   (fn->vf < 0 && ON_ACT(event->act) & PF_REACHES_VFS);

	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i] == fn || (all && w->fn[i]->pf == fn->pf))
			note_act(w, w->fn[i], event);
	/* A PF's driver may give and take vectors as it comes and goes; what of whom is not told.
	 */
	if (fn->vf < 0 && ON_ACT(event->act) & (ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND)))
		note_unknown(w, fn);
	/* Entries take DWORDs and QWORDs only (PCIe 6.0, 7.7.2). */
	if (event->act == ACT_TABLE_WRITE && (event_res(event) || event_int(event, "width", 4) < 4))
		note_undefined_write(&fn->track);
	else if (event->act == ACT_TABLE_WRITE)
		note_written(&fn->track, event);
	if (event->act == ACT_RACE)
		done_race(w, fn->pf, event);
	if (event_res(event))
		return;
	if (event->act == ACT_NUMVFS)
		done_numvfs(w, fn, event);
	else if (event->act == ACT_RESET)
		done_reset(w, fn, event);
	else if (event->act == ACT_CFG_RESTORE)
		done_cfg_restore(w, fn, event);
	else if (event->act == ACT_AUTOPROBE)
		fn->track.autoprobe = event_bool(event, "value");
}

static void note_look(struct track *track, enum look look)
{
	track->acts[look] = track->since[look];
	track->since[look] = 0;
}

/*
 * A scenario relies on nothing that another has left: putting things back may have failed, and a
 * model of a device lives only as long as the process that walks it.
 */
static void note_begin(struct world *w)
{
	for (size_t i = 0; i < w->nfn; i++) {
		struct track *track = &w->fn[i]->track;

		for (int look = 0; look < LOOK_COUNT; look++)
			track->since[look] |= ON_ACT(ACT_NONE);
		track->fresh = FRESH_NOT;
		forget_written(track);
	}
}

/* What a PF's own config space says, as long as nothing was done to it. */
static void note_sriov(struct world_fn *fn)
{
	struct sriov sriov;

	if (fn->vf >= 0 || fn->gone || cfg_sriov(&fn->cfg, &sriov))
		return;
	fn->track.numvfs = sriov.ctrl & PCI_SRIOV_CTRL_VFE ? sriov.num_vfs : 0;
}

void track_follow(struct world *w, struct world_fn *fn, const struct event *event)
{
	const json_t *autoprobe = json_object_get(event->body, "autoprobe");

	if (event->kind == EV_BEGIN)
		note_begin(w);
	if (!fn)
		return;
	if (event->kind == EV_DONE)
		follow_done(w, fn, event);
	if (event->kind == EV_CLAIM && autoprobe)
		fn->track.autoprobe = json_is_true(autoprobe);
	if (event->kind == EV_FUNCTION || (event->kind == EV_OBS && event->obs == OBS_CONFIG))
		note_sriov(fn);
	if (fn->msix_line == event->line)
		note_look(&fn->track, LOOK_MSIX);
	if (fn->table.line == event->line)
		note_look(&fn->track, LOOK_TABLE);
	if (fn->pba.line == event->line)
		note_look(&fn->track, LOOK_PBA);
}
