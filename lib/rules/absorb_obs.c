/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a look has shown. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "absorb.h"

void see_driver(struct world_fn *fn, const char *driver)
{
	copy_text(fn->driver, sizeof(fn->driver), driver);
	fn->taken |= fn->driver[0];
}

void see_msix(struct world *w, struct world_fn *fn, const struct msix *msix, unsigned long line)
{
	w->varied |= fn->msix_line && fn->msix.size != msix->size;
	fn->msix_prev = fn->msix;
	fn->msix_prev_line = fn->msix_line;
	fn->msix = *msix;
	fn->msix_line = line;
	fn->has_msix = true;
	fn->answered = fn->answers;
	fn->answer = fn->answering;
	fn->answers = false;
	if (msix->size > fn->largest)
		fn->largest = msix->size;
	/* The open itself may have brought a new size, by its reset. */
	if (fn->vfio_open && fn->last_act == ACT_VFIO_OPEN)
		fn->vfio_open_size = msix->size;
}

void see_config(struct world *w, struct world_fn *fn, const struct event *event)
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
		see_msix(w, fn, &msix, event->line);
}

static void see_capability(struct world *w, struct world_fn *fn, const struct event *event)
{
	uint8_t bytes[MSIX_CAP_LEN];
	struct msix msix;

	if (event_hex(event, "bytes", bytes, sizeof(bytes)) != MSIX_CAP_LEN)
		return;
	fn->gone = bytes[0] == 0xff && bytes[1] == 0xff && bytes[2] == 0xff && bytes[3] == 0xff;
	if (fn->gone)
		return;
	msix_decode(bytes, (unsigned)event_int(event, "pos", 0), &msix);
	see_msix(w, fn, &msix, event->line);
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

/* DEFAULT_RATELIMIT_INTERVAL and DEFAULT_RATELIMIT_BURST of Linux. */
#define LOG_INTERVAL_US 5000000
#define LOG_BURST       10

static size_t unhandled(const struct event *event)
{
	const json_t *lines = json_object_get(event->body, "klog");
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));

		count += line && strstr(line, "No irq handler for ");
	}
	return count;
}

/*
 * Once the kernel has told of as many interrupts without a handler as its limit has room for, it
 * says nothing of others before the interval is over. How many there were in a burst nobody knows.
 */
static void note_limit(struct world *w, const struct event *event, bool burst)
{
	int64_t now = event_int(event, "t", 0);
	size_t count = unhandled(event);

	if (!count)
		return;
	if (!w->unhandled || now > w->unhandled_since + LOG_INTERVAL_US) {
		w->unhandled = 0;
		w->unhandled_since = now;
	}
	w->unhandled += count;
	if (burst || w->unhandled >= LOG_BURST)
		w->untold_until = (burst ? now : w->unhandled_since) + LOG_INTERVAL_US;
}

static bool is_reset_since(const struct world *w, const char *fn)
{
	const struct world_fn *from = world_find(w, fn);

	return from && w->control_line && from->track.reset_line > w->control_line &&
	       from->fire_line < from->track.reset_line;
}

static void see_watch(struct world *w, const struct event *event)
{
	const char *kind = json_string_value(json_object_get(w->shot, "kind"));
	const char *fn = json_string_value(json_object_get(w->shot, "fn"));
	json_int_t entry = json_integer_value(json_object_get(w->shot, "entry"));
	const json_t *events = json_object_get(event->body, "events");

	w->shot_watched = w->shot_open;
	w->shot_reset = is_reset_since(w, fn);
	if (w->shot_open)
		note_limit(w, event, json_object_get(w->shot, "messages"));
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

void absorb_obs(struct world *w, struct world_fn *fn, const struct event *event)
{
	if (event->obs == OBS_WATCH)
		see_watch(w, event);
	if (!fn)
		return;
	switch (event->obs) {
	case OBS_CONFIG:
		see_config(w, fn, event);
		break;
	case OBS_MSIX:
		see_capability(w, fn, event);
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
