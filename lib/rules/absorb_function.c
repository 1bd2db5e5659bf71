/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions as the record introduces them, and whose VFs they are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "absorb.h"

static void absorb_bars(struct world_fn *fn, const json_t *bars)
{
	for (size_t i = 0; i < PCI_BARS && i < json_array_size(bars); i++) {
		const json_t *bar = json_array_get(bars, i);

		fn->bar[i].type = bar_type_parse(json_string_value(json_object_get(bar, "type")));
		fn->bar[i].size = (uint64_t)json_integer_value(json_object_get(bar, "size"));
	}
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

void absorb_function(struct world *w, const struct event *event)
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
	see_config(w, fn, event);
}
