/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of NVMe's virtualization enhancements: what the controller says of itself, and what it
 * answers to Virtualization Management commands.
 */
#include <stdio.h>

#include "nvme.h"

#define OACS_VIRT_MGMT (1u << 7)

/* Controller IDs from here on are reserved (NVMe 2.1, 3.1.3.3). */
#define CNTLID_RESERVED 0xfff0

/* --- what the controller says of itself --- */

struct resources {
	bool primary_seen, list_seen; /* and still true */
	long long vi_sum, vq_sum;     /* of the secondary controllers */
	long long virfa, vqrfa;
};

static void judge_sums(struct judging *jg, const struct resources *r, const struct world_fn *fn)
{
	char expected[WORDS];

	if (!r->primary_seen || !r->list_seen)
		return;
	snprintf(expected, sizeof(expected), "VIRFA %lld and VQRFA %lld, as in the list", r->vi_sum,
		 r->vq_sum);
	verdict(jg, fn, r->virfa == r->vi_sum && r->vqrfa == r->vq_sum, expected,
		"VIRFA %lld and VQRFA %lld", r->virfa, r->vqrfa);
}

static void judge_capabilities(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn)
{
	struct resources *r = scratch(jg, fn->pf, sizeof(*r));
	unsigned oacs = (unsigned)event_int(event, "oacs", 0);
	long long vifrt = event_int(event, "vifrt", 0), virfap = event_int(event, "virfap", 0);
	long long vqfrt = event_int(event, "vqfrt", 0), vqrfap = event_int(event, "vqrfap", 0);

	(void)w;
	if (event->kind == EV_DONE) {
		r->primary_seen = r->list_seen = false;
		return;
	}
	if (event->obs == OBS_SECONDARY) {
		r->list_seen = true;
		r->vi_sum = list_sum(event, "vi");
		r->vq_sum = list_sum(event, "vq");
		judge_sums(jg, r, fn);
		return;
	}
	r->primary_seen = true;
	r->virfa = event_int(event, "virfa", 0);
	r->vqrfa = event_int(event, "vqrfa", 0);
	verdict(jg, fn, oacs & OACS_VIRT_MGMT, "OACS bit 7, for a command that is supported",
		"OACS %04Xh", oacs);
	verdict(jg, fn, r->virfa + virfap <= vifrt && r->vqrfa + vqrfap <= vqfrt,
		"no more assigned than there is", "VI %lld + %lld of %lld, VQ %lld + %lld of %lld",
		r->virfa, virfap, vifrt, r->vqrfa, vqrfap, vqfrt);
	judge_sums(jg, r, fn);
}

/* --- what commands return --- */

static void judge_assign_offline(struct judging *jg, const struct world *w,
				 const struct event *event, struct world_fn *fn)
{
	struct command command;
	struct world_fn *vf;

	if (ended_command(event, &command) && is_assignment(w, fn, &command, &vf) &&
	    vf->online_known && vf->online)
		verdict(jg, fn, command.status == INVALID_STATE,
			"120h, for a controller that is online", "%03llXh, assigning %s to %s",
			(long long)command.status, resource_name(&command), vf->name);
}

struct ids {
	size_t len;        /* 0: no list was seen */
	uint16_t id[2000]; /* a longer list is not judged by */
};

static bool is_listed(const struct ids *ids, int64_t cntlid)
{
	for (size_t i = 0; i < ids->len; i++)
		if (ids->id[i] == cntlid)
			return true;
	return false;
}

static void see_ids(struct ids *ids, const struct event *event)
{
	const json_t *list = json_object_get(event->body, "list");

	ids->len = 0;
	/* Of a list that is cut nobody can say who is not in it. */
	if (json_array_size(list) > sizeof(ids->id) / sizeof(ids->id[0]))
		return;
	for (; ids->len < json_array_size(list); ids->len++)
		ids->id[ids->len] = (uint16_t)entry_int(json_array_get(list, ids->len), "cntlid");
}

/* The primary controller's own ID is not told: for its own action only a reserved ID is wrong. */
static void judge_bad_id(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct ids *ids = scratch(jg, fn, sizeof(*ids));
	struct command command;

	(void)w;
	if (event->kind == EV_OBS) {
		see_ids(ids, event);
		return;
	}
	if (!ended_command(event, &command) || !is_known_action(command.action) ||
	    !is_resource(command.resource) || !ids->len || is_listed(ids, command.cntlid) ||
	    (command.action == VIRT_MGMT_PRIMARY && command.cntlid < CNTLID_RESERVED))
		return;
	verdict(jg, fn, command.status == INVALID_CNTLID,
		"11Fh, for a controller that is not there",
		"%03llXh, for action %lld on controller %04llXh", (long long)command.status,
		(long long)command.action, (long long)command.cntlid);
}

/* Which of two things wrong is reported is the controller's choice: online, state may come first.
 */
static void judge_bad_resource(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn)
{
	struct command command;
	const struct world_fn *vf;

	if (!ended_command(event, &command) || command.action != VIRT_MGMT_ASSIGN ||
	    is_resource(command.resource))
		return;
	vf = secondary(w, fn, command.cntlid);
	if (!vf)
		return;
	verdict(jg, fn,
		command.status == INVALID_RESOURCE || command.status == INVALID_FIELD ||
			(command.status == INVALID_STATE && (vf->online || !vf->online_known)),
		"122h, for a resource type that is reserved", "%03llXh, for type %lld",
		(long long)command.status, (long long)command.resource);
}

static void judge_bad_action(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct command command;

	if (ended_command(event, &command) && !is_known_action(command.action) &&
	    is_resource(command.resource) && secondary(w, fn, command.cntlid))
		verdict(jg, fn, command.status == INVALID_FIELD,
			"002h, for an action that is reserved", "%03llXh, for action %lld",
			(long long)command.status, (long long)command.action);
}

/* Flexible resources of one kind, as the last look at the primary controller had them. */
struct flexible {
	bool seen, fresh; /* fresh: nothing was changed since */
	long long most;   /* for one secondary controller */
	long long free, assigned;
	long long gran;
};

struct flexibles {
	struct flexible vq, vi;
	bool refused; /* the last command asked for more than was free */
	struct flexible before[2];
};

static struct flexible flexible_of(const struct event *event, const char *total, const char *rfa,
				   const char *rfap, const char *most, const char *gran)
{
	long long assigned = event_int(event, rfa, 0);

	return (struct flexible){
		.seen = true,
		.fresh = true,
		.most = event_int(event, most, 0),
		.assigned = assigned,
		.gran = event_int(event, gran, 0),
		.free = event_int(event, total, 0) - assigned - event_int(event, rfap, 0),
	};
}

static void see_primary(struct flexibles *f, const struct event *event)
{
	f->vq = flexible_of(event, "vqfrt", "vqrfa", "vqrfap", "vqfrsm", "vqgran");
	f->vi = flexible_of(event, "vifrt", "virfa", "virfap", "vifrsm", "vigran");
}

static void judge_most(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct flexibles *f = scratch(jg, fn->pf, sizeof(*f));
	const struct flexible *flexible;
	struct command command;
	struct world_fn *vf;
	char expected[WORDS];

	if (event->kind == EV_OBS) {
		see_primary(f, event);
		return;
	}
	if (!ended_command(event, &command) || !is_assignment(w, fn, &command, &vf) ||
	    !vf->online_known || vf->online)
		return;
	flexible = command.resource == RESOURCE_VI ? &f->vi : &f->vq;
	if (!flexible->seen || command.nr <= flexible->most)
		return;
	snprintf(expected, sizeof(expected), "121h, for more than %lld %s", flexible->most,
		 resource_name(&command));
	verdict(jg, fn, command.status == INVALID_NUMBER, expected, "%03llXh, assigning %lld",
		(long long)command.status, (long long)command.nr);
}

/* Nothing may have moved after a refusal: the next look must be as the one before. */
static void judge_unchanged(struct judging *jg, struct flexibles *f, const struct world_fn *fn)
{
	char expected[WORDS];

	if (!f->refused)
		return;
	f->refused = false;
	snprintf(expected, sizeof(expected), "%lld VQ and %lld VI assigned, as before the refusal",
		 f->before[RESOURCE_VQ].assigned, f->before[RESOURCE_VI].assigned);
	verdict(jg, fn,
		f->vq.assigned == f->before[RESOURCE_VQ].assigned &&
			f->vi.assigned == f->before[RESOURCE_VI].assigned,
		expected, "%lld VQ and %lld VI", f->vq.assigned, f->vi.assigned);
}

/* What each secondary controller had before the event now judged. */
struct had {
	int vq, vi;
};

static void note_had(struct judging *jg, const struct world *w, const struct world_fn *pf)
{
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *fn = w->fn[i];

		if (fn->pf == pf && fn != pf)
			*(struct had *)scratch(jg, fn, sizeof(struct had)) =
				(struct had){.vq = fn->sec_vq, .vi = fn->sec_vi};
	}
}

/*
 * Which of 121h and 122h tells that too little is free the specification leaves open: QEMU says
 * 122h (nvme_assign_virt_res_to_sec()).
 */
static void judge_beyond_free(struct judging *jg, struct flexibles *f, const struct event *event,
			      const struct world *w, const struct world_fn *fn)
{
	bool fresh = f->vq.fresh;
	const struct flexible *flexible;
	struct command command;
	struct world_fn *vf;
	const struct had *had;
	long long own, within;
	char expected[WORDS];

	f->refused = false;
	if (!ended_command(event, &command) || !command.status)
		f->vq.fresh = f->vi.fresh = false;
	if (!fresh || !ended_command(event, &command) || !is_assignment(w, fn, &command, &vf) ||
	    !vf->online_known || vf->online)
		return;
	had = scratch(jg, vf, sizeof(*had));
	flexible = command.resource == RESOURCE_VI ? &f->vi : &f->vq;
	own = command.resource == RESOURCE_VI ? had->vi : had->vq;
	within = flexible->free + own;
	if (own < 0 || command.nr <= within || command.nr > flexible->most)
		return;
	snprintf(expected, sizeof(expected), "122h or 121h: %lld %s can be had", within,
		 resource_name(&command));
	verdict(jg, fn, command.status == INVALID_RESOURCE || command.status == INVALID_NUMBER,
		expected, "%03llXh, assigning %lld", (long long)command.status,
		(long long)command.nr);
	f->refused = command.status;
	f->before[RESOURCE_VQ] = f->vq;
	f->before[RESOURCE_VI] = f->vi;
}

/* VI for every VF's maximum at once: then no assignment is refused for want of them. */
static void see_plenty(struct judging *jg, const struct world *w, const struct world_fn *pf,
		       const struct flexible *vi)
{
	long long there = vi->free + vi->assigned, vfs = 0;

	for (size_t i = 0; i < w->nfn; i++)
		vfs += w->fn[i]->pf == pf && w->fn[i]->vf >= 0;
	if (there >= vfs * vi->most)
		inapplicable(jg, pf, "%lld flexible VI are enough for each VF's maximum, %lld",
			     there, vi->most);
}

static void judge_pool(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct flexibles *f = scratch(jg, fn->pf, sizeof(*f));

	if (event->kind == EV_DONE) {
		judge_beyond_free(jg, f, event, w, fn);
	} else if (event->obs == OBS_PRIMARY) {
		see_primary(f, event);
		judge_unchanged(jg, f, fn);
		see_plenty(jg, w, fn, &f->vi);
	}
	note_had(jg, w, fn->pf);
}

/* --- granularity --- */

/* Of what there is, enough for one, and yet no multiple: VIGRAN and VQGRAN are a preference only.
 */
static void judge_odd_number(struct judging *jg, const struct flexibles *f,
			     const struct event *event, const struct world *w,
			     const struct world_fn *fn)
{
	const struct flexible *flexible;
	struct command command;
	struct world_fn *vf;
	const struct had *had;
	long long own;

	if (!f->vq.fresh || !ended_command(event, &command) ||
	    !is_assignment(w, fn, &command, &vf) || !vf->online_known || vf->online)
		return;
	had = scratch(jg, vf, sizeof(*had));
	own = command.resource == RESOURCE_VI ? had->vi : had->vq;
	flexible = command.resource == RESOURCE_VI ? &f->vi : &f->vq;
	if (own < 0 || flexible->gran < 2 || command.nr % flexible->gran == 0 ||
	    command.nr > flexible->most || command.nr > flexible->free + own)
		return;
	verdict(jg, fn, !command.status,
		"success, also for a number that is not of the granularity",
		"%03llXh, assigning %lld %s, granularity %lld", (long long)command.status,
		(long long)command.nr, resource_name(&command), flexible->gran);
}

static void judge_granularity(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	struct flexibles *f = scratch(jg, fn->pf, sizeof(*f));
	struct command command;

	if (event->kind == EV_DONE) {
		judge_odd_number(jg, f, event, w, fn);
		if (!ended_command(event, &command) || !command.status)
			f->vq.fresh = f->vi.fresh = false;
	} else if (event->obs == OBS_PRIMARY) {
		see_primary(f, event);
		if (f->vq.gran < 2 && f->vi.gran < 2)
			inapplicable(jg, fn, "VQGRAN and VIGRAN are 1: every number is of it");
	}
	note_had(jg, w, fn->pf);
}

const struct rule nvme_rules[] = {
	{
		.info = {"NVM-CAP", SEV_MUST,
			 "A controller that takes Virtualization Management says so, and its "
			 "resources add up.",
			 "NVMe 2.1, Identify Controller (OACS bit 7), Primary Controller "
			 "Capabilities (CNS 14h), Secondary Controller List (CNS 15h)",
			 "looks at the primary controller and the secondary list"},
		.needs = NEED_CONTROLLER | HEARS_ALL,
		.on_done = ON_RESOURCES,
		.on_obs = ON_OBS(OBS_PRIMARY) | ON_OBS(OBS_SECONDARY),
		.judge = judge_capabilities,
	},
	{
		.info = {"NVM-ASSIGN-OFFLINE", SEV_MUST,
			 "Resources are assigned to a controller that is offline only: else 120h.",
			 "NVMe 2.1, 5.2.6 (Secondary Controller Assign)",
			 "an assignment to a controller that is known to be online"},
		.needs = NEED_CONTROLLER,
		.on_done = ON_ACT(ACT_VIRT_MGMT),
		.judge = judge_assign_offline,
	},
	{
		.info = {"NVM-BADCID", SEV_MUST,
			 "A Controller ID that is not there is refused with 11Fh, for each action.",
			 "NVMe 2.1, 5.2.6", "a look at the secondary list, and such a command"},
		.needs = NEED_CONTROLLER,
		.on_done = ON_ACT(ACT_VIRT_MGMT),
		.on_obs = ON_OBS(OBS_SECONDARY),
		.judge = judge_bad_id,
	},
	{
		.info = {"NVM-BADRT", SEV_SHOULD, "A reserved resource type is refused, with 122h.",
			 "NVMe 2.1, 5.2.6; QEMU hw/nvme/ctrl.c:nvme_virt_mngmt", "such a command"},
		.needs = NEED_CONTROLLER,
		.on_done = ON_ACT(ACT_VIRT_MGMT),
		.judge = judge_bad_resource,
	},
	{
		.info = {"NVM-BADACT", SEV_SHOULD, "A reserved action is refused with 002h.",
			 "NVMe 2.1, 5.2.6 and 3.3.3.2.1 (Invalid Field in Command)",
			 "such a command"},
		.needs = NEED_CONTROLLER,
		.on_done = ON_ACT(ACT_VIRT_MGMT),
		.judge = judge_bad_action,
	},
	{
		.info = {"NVM-MAX", SEV_MUST,
			 "More than VIFRSM or VQFRSM for one controller is refused with 121h.",
			 "NVMe 2.1, 5.2.6 (Invalid Number of Controller Resources)",
			 "a look at the primary controller, and such an assignment offline"},
		.needs = NEED_CONTROLLER,
		.on_done = ON_ACT(ACT_VIRT_MGMT),
		.on_obs = ON_OBS(OBS_PRIMARY),
		.judge = judge_most,
	},
	{
		.info = {"NVM-POOL", SEV_MUST, "More than is free is refused, and changes nothing.",
			 "NVMe 2.1, 5.2.6 and 8.2.6.1; QEMU "
			 "hw/nvme/ctrl.c:nvme_assign_virt_res_to_sec",
			 "looks at the primary controller around such an assignment"},
		.needs = NEED_CONTROLLER | HEARS_ALL,
		.on_done = ON_RESOURCES,
		.on_obs = ON_OBS(OBS_PRIMARY) | ON_OBS(OBS_SECONDARY),
		.judge = judge_pool,
	},
	{
		.info = {"NVM-GRAN", SEV_INFO,
			 "A number that is not of the preferred granularity can be assigned.",
			 "NVMe 2.1, Primary Controller Capabilities (CNS 14h: VQGRAN, VIGRAN)",
			 "a look at the primary controller, and such an assignment offline"},
		.needs = NEED_CONTROLLER | HEARS_ALL,
		.on_done = ON_RESOURCES,
		.on_obs = ON_OBS(OBS_PRIMARY) | ON_OBS(OBS_SECONDARY),
		.judge = judge_granularity,
	},
};

const size_t nvme_rules_count = sizeof(nvme_rules) / sizeof(nvme_rules[0]);
