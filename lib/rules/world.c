/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state that the record has told so far. Absorbing is all that happens here; nothing judges. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "absorb.h"

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
	json_decref(w->witness.request);
	json_decref(w->witness.managed);
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

void copy_text(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text ? text : "");
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

static void absorb_begin(struct world *w, const struct event *event)
{
	copy_text(w->suite, sizeof(w->suite), event_str(event, "suite"));
	copy_text(w->scenario, sizeof(w->scenario), event_str(event, "scenario"));
	w->begin_line = event->line;
	w->control_fn[0] = '\0';
	w->control_line = 0;
	w->shot_open = w->shot_watched = false;
}

static void absorb_act(struct world *w, const struct event *event)
{
	w->open_act = event->act;
	w->open_line = event->line;
	copy_text(w->open_fn, sizeof(w->open_fn), event->fn);
	json_decref(w->open_body);
	w->open_body = json_incref(event->body);
	witness_forget(w);
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
	case EV_WITNESS:
		absorb_witness(w, fn, event);
		break;
	default:
		break;
	}
	track_follow(w, fn, event);
	return fn;
}
