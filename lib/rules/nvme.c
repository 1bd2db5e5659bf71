/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of NVMe's virtualization enhancements: the Virtualization Management command, the
 * secondary controllers that it changes, and what the function of each shows. Statuses are
 * SCT << 8 | SC. Most are judged for the PF, whose controller takes the commands.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "size.h"

#define OACS_VIRT_MGMT (1u << 7)
#define CSTS_RDY       (1u << 0)
#define CSTS_CFS       (1u << 1)

#define INVALID_FIELD    0x002
#define INVALID_VECTOR   0x108
#define INVALID_CNTLID   0x11f
#define INVALID_STATE    0x120
#define INVALID_NUMBER   0x121
#define INVALID_RESOURCE 0x122
/* Controller IDs from here on are reserved (NVMe 2.1, 3.1.3.3). */
#define CNTLID_RESERVED   0xfff0
#define CREATE_CQ_BAD_QID 0x101
#define RESOURCE_VQ       0
#define RESOURCE_VI       1

/* --- the command --- */

struct command {
	int64_t action, resource, cntlid, nr, status, dw0;
};

/* True where @event is a Virtualization Management command that was sent and answered. */
static bool ended_command(const struct event *event, struct command *command)
{
	if (event->kind != EV_DONE || event->act != ACT_VIRT_MGMT || event_res(event))
		return false;
	*command = (struct command){
		.action = event_int(event, "action", -1),
		.resource = event_int(event, "resource", -1),
		.cntlid = event_int(event, "cntlid", -1),
		.nr = event_int(event, "nr", 0),
		.status = event_int(event, "status", -1),
		.dw0 = event_int(event, "dw0", -1),
	};
	return command->status >= 0;
}

/* The VF whose secondary controller has that ID, or NULL. */
static struct world_fn *secondary(const struct world *w, const struct world_fn *pf, int64_t cntlid)
{
	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i]->pf == pf && w->fn[i]->vf >= 0 && w->fn[i]->sec_cntlid == cntlid)
			return w->fn[i];
	return NULL;
}

static bool is_known_action(int64_t action)
{
	return action == VIRT_MGMT_PRIMARY || action == VIRT_MGMT_OFFLINE ||
	       action == VIRT_MGMT_ASSIGN || action == VIRT_MGMT_ONLINE;
}

static bool is_resource(int64_t resource)
{
	return resource == RESOURCE_VQ || resource == RESOURCE_VI;
}

/* An assignment to a secondary controller that is known, with a resource that exists. */
static bool is_assignment(const struct world *w, const struct world_fn *pf,
			  const struct command *command, struct world_fn **vf)
{
	*vf = secondary(w, pf, command->cntlid);
	return command->action == VIRT_MGMT_ASSIGN && is_resource(command->resource) && *vf;
}

static const char *resource_name(const struct command *command)
{
	return command->resource == RESOURCE_VI ? "VI" : "VQ";
}

/* The entry of a look at the secondary controllers with that ID, or NULL. */
static const json_t *list_entry(const struct event *event, int64_t cntlid)
{
	const json_t *list = json_object_get(event->body, "list");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);

		if (json_integer_value(json_object_get(entry, "cntlid")) == cntlid)
			return entry;
	}
	return NULL;
}

static long long entry_int(const json_t *entry, const char *key)
{
	return json_integer_value(json_object_get(entry, key));
}

static long long list_sum(const struct event *event, const char *key)
{
	const json_t *list = json_object_get(event->body, "list");
	long long sum = 0;

	for (size_t i = 0; i < json_array_size(list); i++)
		sum += entry_int(json_array_get(list, i), key);
	return sum;
}

/* --- what the controller says of itself --- */

/* Acts of a VF or the PF after which a look at the controller's resources is no longer true. */
#define ON_RESOURCES \
	(ON_ACT(ACT_VIRT_MGMT) | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_RESET))

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
	size_t len; /* 0: no list was seen */
	uint16_t id[256];
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

	for (ids->len = 0; ids->len < json_array_size(list); ids->len++) {
		if (ids->len == sizeof(ids->id) / sizeof(ids->id[0]))
			break;
		ids->id[ids->len] = (uint16_t)entry_int(json_array_get(list, ids->len), "cntlid");
	}
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
};

struct flexibles {
	struct flexible vq, vi;
	bool refused; /* the last command asked for more than was free */
	struct flexible before[2];
};

static struct flexible flexible_of(const struct event *event, const char *total, const char *rfa,
				   const char *rfap, const char *most)
{
	long long assigned = event_int(event, rfa, 0);

	return (struct flexible){
		.seen = true,
		.fresh = true,
		.most = event_int(event, most, 0),
		.assigned = assigned,
		.free = event_int(event, total, 0) - assigned - event_int(event, rfap, 0),
	};
}

static void see_primary(struct flexibles *f, const struct event *event)
{
	f->vq = flexible_of(event, "vqfrt", "vqrfa", "vqrfap", "vqfrsm");
	f->vi = flexible_of(event, "vifrt", "virfa", "virfap", "vifrsm");
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

/*
 * Which of 121h and 122h tells that too little is free the specification leaves open: QEMU says
 * 122h (nvme_assign_virt_res_to_sec()).
 */
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

/* --- states --- */

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

/* --- the function --- */

static void judge_vector_range(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn)
{
	long long vector = event_int(event, "vector", -1), status = event_int(event, "status", -1);
	char expected[WORDS];

	(void)w;
	/* A queue ID that the controller has not is refused before anybody asks for the vector. */
	if (event_res(event) || status < 0 || status == CREATE_CQ_BAD_QID || !size_stands(fn) ||
	    vector < fn->msix.size)
		return;
	snprintf(expected, sizeof(expected), "108h: vectors end at %u", fn->msix.size - 1);
	verdict(jg, fn, status == INVALID_VECTOR, expected, "%03llXh, for vector %lld", status,
		vector);
}

static void judge_offline_function(struct judging *jg, const struct world *w,
				   const struct event *event, struct world_fn *fn)
{
	uint32_t csts = (uint32_t)event_int(event, "csts", 0);

	(void)w;
	if (!fn->online_known || fn->online || csts == UINT32_MAX)
		return;
	verdict(jg, fn, csts & CSTS_CFS && !(csts & CSTS_RDY),
		"CSTS.CFS 1 and CSTS.RDY 0 while offline", "CSTS %08Xh, CC %08Xh", csts,
		(uint32_t)event_int(event, "cc", 0));
}

static void judge_guard(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	const char *backend = event_str(event, "backend");

	(void)w;
	if (!backend || strcmp(backend, "nvme") || !is_bound(fn))
		return;
	verdict(jg, fn, event_res(event), "a VF that a driver has is not resized",
		"resized to %d while %s had it", fn->got, fn->driver);
}

/* True where the last thing done to the function was to take it offline and online again. */
static bool is_renewed(const struct world_fn *fn, unsigned long prev_line)
{
	return fn->last_act == ACT_RESIZE && fn->untouched && fn->online_known && fn->online &&
	       prev_line < fn->last_line && !fn->driver[0];
}

static void judge_renewed(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct msix_entry entry;

	(void)w;
	if (shows_msix(fn, event) && is_renewed(fn, fn->msix_prev_line))
		verdict(jg, fn, !fn->msix.enable && !fn->msix.maskall,
			"MSI-X Enable 0 and Function Mask 0 after Online", "Message Control %04Xh",
			fn->msix.flags);
	if (!shows_table(fn, event) || !is_renewed(fn, fn->table_prev.line) || !answers(&fn->table))
		return;
	for (unsigned k = 0; k < fn->table_size && table_entry(&fn->table, k, &entry); k++)
		if (!(entry.ctrl & MSIX_ENTRY_MASKED)) {
			broke(jg, fn, "every entry masked after Online", "entry %u is not", k);
			return;
		}
	held(jg, fn);
}

#define NEED_CONTROLLER (NEED_PF | NEED_NVME)

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
		.needs = NEED_VF | NEED_MSIX | NEED_NVME | HEARS_ALL,
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
	{
		.info = {"NVM-IV-RANGE", SEV_MUST,
			 "A completion queue for a vector beyond Table Size is refused with 108h.",
			 "NVMe 2.1, 5.2.1 (Invalid Interrupt Vector)",
			 "a queue created for such a vector"},
		.needs = NEED_VF | NEED_MSIX | NEED_ENGINE | NEED_VFIO,
		.on_done = ON_ACT(ACT_QUEUE_BIND),
		.judge = judge_vector_range,
	},
	{
		.info = {"NVM-OFFLINE-FUNC", SEV_SHOULD,
			 "A controller that is offline shows CSTS.CFS and does not become ready.",
			 "NVMe 2.1, 8.2.6.3; QEMU hw/nvme/ctrl.c:nvme_start_ctrl",
			 "a look at CSTS of a VF whose controller is offline"},
		.needs = NEED_VF | NEED_NVME | NEED_ENGINE | NEED_VFIO,
		.on_obs = ON_OBS(OBS_CSTS),
		.judge = judge_offline_function,
	},
	{
		.info = {"NVM-GUARD", SEV_INFO, "A VF that a driver has is not resized.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store, which Virtualization "
			 "Management goes around",
			 "a resize by Virtualization Management while a driver has the VF"},
		.needs = NEED_VF | NEED_NVME | NEED_LINUX,
		.on_done = ON_ACT(ACT_RESIZE),
		.judge = judge_guard,
	},
	{
		.info = {"NVM-MSIX-RESET", SEV_SHOULD,
			 "After Offline and Online MSI-X Enable is 0 and every entry is masked.",
			 "derived from NVMe 2.1, 8.2.6.3 and PCIe 6.0, 6.6.2",
			 "an unbound VF taken offline and online, then looks at it"},
		.needs = NEED_VF | NEED_MSIX | NEED_NVME,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_TABLE),
		.judge = judge_renewed,
	},
};

const size_t nvme_rules_count = sizeof(nvme_rules) / sizeof(nvme_rules[0]);
