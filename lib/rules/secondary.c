/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of secondary controllers: Offline, Assign, Online, and Table Size with them. */
#include <stdio.h>

#include "nvme.h"

struct offlined {
	int64_t cntlid; /* plus one; 0: none */
};

static void judge_offline(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct offlined *offlined = scratch(jg, fn->pf, sizeof(*offlined));
	struct command command;
	const json_t *entry;

	if (event->kind == EV_DONE) {
		offlined->cntlid = 0;
		if (!ended_command(event, &command) || command.action != VIRT_MGMT_OFFLINE ||
		    !secondary(w, fn, command.cntlid))
			return;
		if (command.status)
			broke(jg, fn, "success, also for a controller that is offline",
			      "%03llXh, for controller %04llXh", (long long)command.status,
			      (long long)command.cntlid);
		else
			offlined->cntlid = command.cntlid + 1;
		return;
	}
	if (!offlined->cntlid)
		return;
	entry = list_entry(event, offlined->cntlid - 1);
	if (entry)
		verdict(jg, fn,
			!json_is_true(json_object_get(entry, "online")) &&
				!entry_int(entry, "vi") && !entry_int(entry, "vq"),
			"offline, with no VI and no VQ",
			"controller %04llXh %s, with %lld VI and %lld VQ",
			(long long)offlined->cntlid - 1,
			json_is_true(json_object_get(entry, "online")) ? "online" : "offline",
			entry_int(entry, "vi"), entry_int(entry, "vq"));
	offlined->cntlid = 0;
}

/*
 * 2 VQ, one of them for the admin queue, and 1 VI are the least. A controller whose VF is not there
 * may be refused too, so success is expected only of one whose VF was seen.
 */
static void judge_online(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct command command;
	const struct world_fn *vf;
	bool enough;

	if (!ended_command(event, &command) || command.action != VIRT_MGMT_ONLINE)
		return;
	vf = secondary(w, fn, command.cntlid);
	if (!vf || vf->sec_vq < 0 || vf->sec_vi < 0)
		return;
	enough = vf->sec_vq >= 2 && vf->sec_vi >= 1;
	if (enough && (vf->gone || fn->track.numvfs == 0))
		return;
	verdict(jg, fn, command.status == (enough ? 0 : INVALID_STATE),
		enough ? "success" : "120h: it takes 2 VQ and 1 VI",
		"%03llXh, for %s with %d VQ and %d VI", (long long)command.status, vf->name,
		vf->sec_vq, vf->sec_vi);
}

static void judge_size_online(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	char expected[WORDS];

	(void)w;
	if (!shows_msix(fn, event) || !fn->online_known || !fn->online || fn->sec_vi <= 0 ||
	    fn->resize_pending)
		return;
	snprintf(expected, sizeof(expected), "Table Size %d, the VI of a controller online",
		 fn->sec_vi);
	verdict(jg, fn, fn->msix.size == (unsigned)fn->sec_vi, expected, "%u", fn->msix.size);
}

struct assigned_vi {
	unsigned nr; /* VI assigned since the last look, 0 none */
	bool moved;  /* ... and something else may have moved Table Size */
};

static void leak_done(struct judging *jg, const struct world *w, const struct event *event,
		      const struct world_fn *fn)
{
	struct assigned_vi *assigned;
	struct command command;
	struct world_fn *vf;

	if (event->act == ACT_VIRT_MGMT) {
		vf = secondary(w, fn, event_int(event, "cntlid", -1));
		if (!vf || !ended_command(event, &command))
			return;
		assigned = scratch(jg, vf, sizeof(*assigned));
		if (command.action != VIRT_MGMT_ASSIGN)
			*assigned = (struct assigned_vi){.moved = true};
		else if (command.resource == RESOURCE_VI && !command.status)
			assigned->nr = (unsigned)command.nr;
		return;
	}
	for (size_t i = 0; i < w->nfn; i++) {
		if (w->fn[i]->vf < 0 || (w->fn[i] != fn && (fn->vf >= 0 || w->fn[i]->pf != fn)))
			continue;
		assigned = scratch(jg, w->fn[i], sizeof(*assigned));
		*assigned = (struct assigned_vi){.moved = true};
	}
}

/*
 * Going offline may move Table Size (QEMU shows 1 then). Without a look between that and the
 * assignment only the number just assigned, suddenly there, tells of a leak.
 */
static void judge_leak(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct assigned_vi *assigned;

	if (event->kind == EV_DONE) {
		leak_done(jg, w, event, fn);
		return;
	}
	if (!shows_msix(fn, event) || fn->vf < 0)
		return;
	assigned = scratch(jg, fn, sizeof(*assigned));
	/* In one model a size shows as soon as it is assigned: nothing is judged before that is
	 * ruled out. */
	if (w->model == MODEL_IMM)
		inapplicable(jg, fn, "in model M-IMM a new size shows at once");
	if (w->model != MODEL_RST && w->model != MODEL_VFE) {
		*assigned = (struct assigned_vi){0};
		return;
	}
	if (assigned->nr && !assigned->moved && fn->msix_prev_line)
		verdict(jg, fn, fn->msix.size == fn->msix_prev.size, "Table Size as before",
			"%u before %u VI were assigned offline, %u after", fn->msix_prev.size,
			assigned->nr, fn->msix.size);
	else if (assigned->nr > 1 && assigned->nr != fn->msix_prev.size)
		verdict(jg, fn, fn->msix.size != assigned->nr,
			"the new Table Size not before Online", "%u, as soon as they were assigned",
			fn->msix.size);
	*assigned = (struct assigned_vi){0};
}

struct counted {
	bool due;
	struct command command;
};

static void judge_modified(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct counted *counted = scratch(jg, fn->pf, sizeof(*counted));
	const json_t *entry;
	struct world_fn *vf;
	long long now;
	char expected[WORDS];

	if (event->kind == EV_DONE) {
		counted->due = ended_command(event, &counted->command) &&
			       !counted->command.status &&
			       is_assignment(w, fn, &counted->command, &vf);
		return;
	}
	if (!counted->due)
		return;
	counted->due = false;
	entry = list_entry(event, counted->command.cntlid);
	if (!entry)
		return;
	now = entry_int(entry, counted->command.resource == RESOURCE_VI ? "vi" : "vq");
	snprintf(expected, sizeof(expected), "DW0 %lld, as assigned", now);
	verdict(jg, fn, (counted->command.dw0 & 0xffff) == now, expected, "%lld, asked for %lld %s",
		(long long)counted->command.dw0 & 0xffff, (long long)counted->command.nr,
		resource_name(&counted->command));
}

struct disabled {
	bool due;
};

static void judge_disable(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct disabled *disabled = scratch(jg, fn, sizeof(*disabled));

	(void)w;
	if (event->kind == EV_DONE) {
		if (!event_res(event) && !event_bool(event, "value"))
			disabled->due = true;
		return;
	}
	if (!shows_msix(fn, event))
		return;
	if (disabled->due && size_left_alone(fn, 0))
		verdict(jg, fn, fn->msix.size == fn->msix_prev.size, "Table Size as before",
			"%u before CC.EN was cleared, %u after", fn->msix_prev.size, fn->msix.size);
	disabled->due = false;
}

struct vfe {
	bool any_online; /* when last known */
	bool cleared;    /* VF Enable, and nothing was brought online since */
};

static void judge_vfe(struct judging *jg, const struct world *w, const struct event *event,
		      struct world_fn *fn)
{
	struct vfe *vfe = scratch(jg, fn->pf, sizeof(*vfe));
	const json_t *list = json_object_get(event->body, "list");
	size_t online = 0;

	(void)w;
	if (event->kind == EV_DONE) {
		bool clears = event->act == ACT_NUMVFS && !event_res(event) &&
			      !event_int(event, "count_now", event_int(event, "count", -1));

		vfe->cleared = clears && vfe->any_online;
		if (event->act == ACT_RESIZE && !event_res(event))
			vfe->any_online = true;
		return;
	}
	for (size_t i = 0; i < json_array_size(list); i++)
		online += json_is_true(json_object_get(json_array_get(list, i), "online"));
	if (vfe->cleared)
		verdict(jg, fn, !online, "every secondary controller offline",
			"%zu online with VF Enable 0", online);
	vfe->any_online = online;
	vfe->cleared = false;
}

const struct rule secondary_rules[] = {
	{
		.info = {"NVM-OFFLINE-FREES", SEV_MUST,
			 "Offline takes all flexible resources, and may be repeated.",
			 "NVMe 2.1, 5.2.6 (Secondary Controller Offline)",
			 "Offline, then a look at the secondary list"},
		.needs = NEED_CONTROLLER | HEARS_ALL,
		.on_done = ON_RESOURCES,
		.on_obs = ON_OBS(OBS_SECONDARY),
		.judge = judge_offline,
	},
	{
		.info = {"NVM-ONLINE-MIN", SEV_MUST,
			 "Online takes 2 VQ and 1 VI: with fewer it is refused with 120h.",
			 "NVMe 2.1, 5.2.6 and 8.2.6.3 (Secondary Controller Online)",
			 "Online for a controller whose resources are known"},
		.needs = NEED_CONTROLLER,
		.on_done = ON_ACT(ACT_VIRT_MGMT),
		.judge = judge_online,
	},
	{
		.info = {"NVM-TS-ONLINE", SEV_MUST,
			 "The VF of a controller online has a Table Size of as many as its VI.",
			 "derived from NVMe 2.1, 8.2.6.2 and PCIe 6.0, 7.7.2.2",
			 "a look at Table Size with the controller's VI known"},
		.needs = NEED_VF | NEED_MSIX | NEED_NVME | NEED_NOT_VFE,
		SEES_MSIX,
		.judge = judge_size_online,
	},
	{
		.info = {"NVM-TS-NOLEAK", SEV_SHOULD,
			 "An assignment shows in Table Size at Online, not before.",
			 "derived from NVMe 2.1, 8.2.6.3",
			 "a look at Table Size after an assignment, before Online"},
		.needs = NEED_VF | NEED_MSIX | NEED_NVME | NEED_SHOWS | HEARS_ALL,
		.on_done = ON_RESOURCES | ON_ACT(ACT_VFIO_OPEN) | ON_ACT(ACT_VFIO_CLOSE),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_leak,
	},
	{
		.info = {"NVM-NRM", SEV_SHOULD,
			 "DW0 of an assignment tells how many were really assigned.",
			 "NVMe 2.1, 5.2.6 (Number of Controller Resources Modified)",
			 "an assignment, then a look at the secondary list"},
		.needs = NEED_CONTROLLER | HEARS_ALL,
		.on_done = ON_RESOURCES,
		.on_obs = ON_OBS(OBS_SECONDARY),
		.judge = judge_modified,
	},
	{
		.info = {"NVM-CC-RESET", SEV_SHOULD, "Clearing CC.EN changes no Table Size.",
			 "NVMe 2.1, 3.7.2; QEMU hw/nvme/ctrl.c:nvme_ctrl_reset",
			 "CC.EN cleared on a VF, and looks before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_NVME | NEED_ENGINE | NEED_VFIO,
		.on_done = ON_ACT(ACT_CC_ENABLE),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_disable,
	},
	{
		.info = {"NVM-VFE0", SEV_SHOULD,
			 "Clearing VF Enable takes every secondary controller offline.",
			 "derived from NVMe 2.1, 8.2.6.3; QEMU "
			 "hw/nvme/ctrl.c:nvme_sriov_pre_write_ctrl",
			 "controllers online, VF Enable cleared, a look at the secondary list"},
		.needs = NEED_CONTROLLER | HEARS_ALL,
		.on_done = ON_RESOURCES,
		.on_obs = ON_OBS(OBS_SECONDARY),
		.judge = judge_vfe,
	},
};

const size_t secondary_rules_count = sizeof(secondary_rules) / sizeof(secondary_rules[0]);
