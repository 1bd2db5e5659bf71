/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of VF Enable: cleared and set again, it begins every VF anew. */
#include <stdio.h>

#include "reset.h"

static void judge_vfe_table(struct judging *jg, const struct world_fn *fn)
{
	struct msix_entry now, before;
	int k = first_unmasked(&fn->table, 0, fn->table_size);

	if (k >= 0) {
		broke(jg, fn, "nothing of the VF that was there before VF Enable was cleared",
		      "T[%d] is not masked", k);
		return;
	}
	for (unsigned i = 0; i < fn->table_size && i < fn->table_prev_size; i++) {
		if (!table_entry(&fn->table, i, &now) || !table_entry(&fn->table_prev, i, &before))
			break;
		if (is_message(&before) && same_message(&now, &before)) {
			broke(jg, fn,
			      "nothing of the VF that was there before VF Enable was cleared",
			      "T[%u] still holds %llXh %Xh", i, (unsigned long long)now.msg.addr,
			      now.msg.data);
			return;
		}
	}
	held(jg, fn);
}

/* An undefined default (7.7.2.5) does not excuse an address that survives: 9.2.2.3 forbids it. */
static void judge_vfe_state(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	int k;

	(void)w;
	if (shows_msix(fn, event) && fresh_by(fn, FRESH_VFE, fn->msix_prev_line)) {
		verdict(jg, fn, !fn->msix.enable && !fn->msix.maskall,
			"nothing of the VF that was there before VF Enable was cleared",
			"Message Control %04Xh", fn->msix.flags);
	} else if (shows_table(fn, event) && fresh_by(fn, FRESH_VFE, fn->table_prev.line)) {
		if (answers(&fn->table))
			judge_vfe_table(jg, fn);
	} else if (shows_pba(fn, event) && fresh_by(fn, FRESH_VFE, fn->pba_prev.line)) {
		k = first_pending(&fn->pba, 0, (unsigned)event_int(event, "size", 0));
		verdict(jg, fn, k < 0,
			"nothing of the VF that was there before VF Enable was cleared",
			"PB[%d] is set", k);
	}
}

static void judge_vfe_gone(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	(void)w;
	(void)event;
	if (fn && fn->pf->track.numvfs >= 0 && fn->vf >= fn->pf->track.numvfs)
		verdict(jg, fn, fn->gone, "all ones while VF Enable is 0",
			"config space that answers");
}

/* Acts that may assign vectors to a function, or leave it open how many it has. */
#define ACTS_ON_ASSIGNMENT \
	(ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VIRT_MGMT) | ON_ACT(ACT_ATTR_WRITE) | ON_ACT(ACT_NONE))

static void judge_vfe_size(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	char expected[TEXT];

	(void)w;
	if (!shows_msix(fn, event) || !fn->msix_prev_line || !begun_since(fn, fn->msix_prev_line) ||
	    acts_before(fn, LOOK_MSIX) & ACTS_ON_ASSIGNMENT)
		return;
	snprintf(expected, sizeof(expected), "Table Size %u as before VF Enable was cleared",
		 fn->msix_prev.size);
	verdict(jg, fn, fn->msix.size == fn->msix_prev.size, expected,
		"Message Control %04Xh: Table Size %u", fn->msix.flags, fn->msix.size);
}

static void note_assigned(struct judging *jg, const struct world *w, const struct event *event)
{
	const json_t *list = json_object_get(event->body, "assigned");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);
		const struct world_fn *fn =
			world_find(w, json_string_value(json_object_get(entry, "fn")));
		unsigned *assigned;

		if (!fn || fn->vf < 0)
			continue;
		assigned = scratch(jg, fn, sizeof(*assigned));
		*assigned = (unsigned)json_integer_value(json_object_get(entry, "size"));
	}
}

static void judge_vfe_pool(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	unsigned *assigned;
	char expected[TEXT];

	if (event->obs == OBS_POOL)
		note_assigned(jg, w, event);
	if (!fn || fn->vf < 0)
		return;
	assigned = scratch(jg, fn, sizeof(*assigned));
	if (event->kind == EV_CLAIM)
		*assigned = (unsigned)event_int(event, "size", 0);
	if (event->kind == EV_DONE && !event_res(event))
		*assigned = (unsigned)(fn->got > 0 ? fn->got : fn->want > 0 ? fn->want : 0);
	if (!shows_msix(fn, event))
		return;
	if (acts_before(fn, LOOK_MSIX) & ACTS_ON_ASSIGNMENT & ~ON_ACT(ACT_RESIZE))
		*assigned = 0;
	if (!begun_since(fn, fn->msix_prev_line) || !*assigned)
		return;
	snprintf(expected, sizeof(expected), "the %u vectors that were assigned", *assigned);
	verdict(jg, fn, fn->msix.size == *assigned, expected,
		"Table Size %u: the assignment is lost when VF Enable is cleared", fn->msix.size);
	*assigned = 0;
}

const struct rule vfe_rules[] = {
	{
		.info = {"RST-VFE-STATE", SEV_MUST,
			 "Nothing of a VF's registers survives VF Enable cleared and set.",
			 "PCIe 6.0, 9.2.2.3",
			 "looks at capability, table and PBA right after VF Enable, with no driver "
			 "bound"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX,
		.on_obs =
			ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_TABLE) | ON_OBS(OBS_PBA),
		.judge = judge_vfe_state,
	},
	{
		.info = {"RST-VFE-GONE", SEV_MUST,
			 "Without VF Enable a VF's config space does not answer.",
			 "PCIe 6.0, 9.2.2.3 and 9.3.3.3.1",
			 "a look at a VF after NumVFs was set to 0"},
		.needs = NEED_VF | NEED_LINUX,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_vfe_gone,
	},
	{
		.info = {"RST-VFE-TS", SEV_INFO,
			 "Table Size is the same after VF Enable was cleared and set.",
			 "PCIe 6.0, 9.2.3, which allows another one",
			 "looks at the capability before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_vfe_size,
	},
	{
		.info = {"RST-NUMVFS-POOL", SEV_INFO,
			 "An assignment survives sriov_numvfs set to 0 and back.",
			 "PCIe 6.0, 9.2.3, which allows both",
			 "a VF with vectors assigned, then NumVFs 0 and back, and a look"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_RESIZE | NEED_NOT_VFE,
		.on_done = ON_ACT(ACT_RESIZE),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_POOL),
		.on_kind = ON_KIND(EV_CLAIM),
		.judge = judge_vfe_pool,
	},
};

const size_t vfe_rules_count = sizeof(vfe_rules) / sizeof(vfe_rules[0]);
