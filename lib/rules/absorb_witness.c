/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody outside of the machine tells of it: see include/vfwalk/witness.h. */
#include <string.h>

#include "absorb.h"

/* true, false or null. */
static int tristate(const struct event *event, const char *key)
{
	const json_t *value = json_object_get(event->body, key);

	return json_is_boolean(value) ? json_is_true(value) : -1;
}

static void absorb_scope(struct world *w, const struct event *event)
{
	const json_t *sees = json_object_get(event->body, "sees");

	w->witness.told = true;
	copy_text(w->witness.by, sizeof(w->witness.by), event_str(event, "by"));
	w->witness.remapping = tristate(event, "remapping");
	w->witness.translation = tristate(event, "translation");
	for (size_t i = 0; i < json_array_size(sees); i++) {
		const char *what = json_string_value(json_array_get(sees, i));

		w->witness.requests |= what && !strcmp(what, "request");
		w->witness.dma |= what && !strcmp(what, "dma");
		w->witness.faults |= what && !strcmp(what, "fault");
		w->witness.managing |= what && !strcmp(what, "managed");
	}
}

static void keep(json_t **list, const struct event *event)
{
	if (!*list)
		*list = json_array();
	json_array_append(*list, event->body);
}

void absorb_witness(struct world *w, struct world_fn *fn, const struct event *event)
{
	const char *what = event_str(event, "what");

	if (!what)
		return;
	if (!strcmp(what, "begin"))
		absorb_scope(w, event);
	else if (!strcmp(what, "request"))
		keep(&w->witness.request, event);
	else if (!strcmp(what, "managed"))
		keep(&w->witness.managed, event);
	else if (!strcmp(what, "control") && fn) {
		fn->answers = true;
		fn->answering = (unsigned)event_int(event, "value", 0);
	}
}

void witness_forget(struct world *w)
{
	json_array_clear(w->witness.request);
	json_array_clear(w->witness.managed);
}
