/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the judges of NVMe's virtualization enhancements share: the Virtualization Management
 * command and the looks at what it changes. Statuses are SCT << 8 | SC.
 */
#ifndef VFWALK_NVME_H
#define VFWALK_NVME_H

#include "size.h"

#define INVALID_FIELD    0x002
#define INVALID_CNTLID   0x11f
#define INVALID_STATE    0x120
#define INVALID_NUMBER   0x121
#define INVALID_RESOURCE 0x122
#define RESOURCE_VQ      0
#define RESOURCE_VI      1

struct command {
	int64_t action, resource, cntlid, nr, status, dw0;
};

/* True where @event is a Virtualization Management command that was sent and answered. */
static inline bool ended_command(const struct event *event, struct command *command)
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
static inline struct world_fn *secondary(const struct world *w, const struct world_fn *pf,
					 int64_t cntlid)
{
	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i]->pf == pf && w->fn[i]->vf >= 0 && w->fn[i]->sec_cntlid == cntlid)
			return w->fn[i];
	return NULL;
}

static inline bool is_known_action(int64_t action)
{
	return action == VIRT_MGMT_PRIMARY || action == VIRT_MGMT_OFFLINE ||
	       action == VIRT_MGMT_ASSIGN || action == VIRT_MGMT_ONLINE;
}

static inline bool is_resource(int64_t resource)
{
	return resource == RESOURCE_VQ || resource == RESOURCE_VI;
}

/* An assignment to a secondary controller that is known, with a resource that exists. */
static inline bool is_assignment(const struct world *w, const struct world_fn *pf,
				 const struct command *command, struct world_fn **vf)
{
	*vf = secondary(w, pf, command->cntlid);
	return command->action == VIRT_MGMT_ASSIGN && is_resource(command->resource) && *vf;
}

static inline const char *resource_name(const struct command *command)
{
	return command->resource == RESOURCE_VI ? "VI" : "VQ";
}

/* The entry of a look at the secondary controllers with that ID, or NULL. */
static inline const json_t *list_entry(const struct event *event, int64_t cntlid)
{
	const json_t *list = json_object_get(event->body, "list");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);

		if (json_integer_value(json_object_get(entry, "cntlid")) == cntlid)
			return entry;
	}
	return NULL;
}

static inline long long entry_int(const json_t *entry, const char *key)
{
	return json_integer_value(json_object_get(entry, key));
}

static inline long long list_sum(const struct event *event, const char *key)
{
	const json_t *list = json_object_get(event->body, "list");
	long long sum = 0;

	for (size_t i = 0; i < json_array_size(list); i++)
		sum += entry_int(json_array_get(list, i), key);
	return sum;
}

/* Acts of a VF or the PF after which a look at the controller's resources is no longer true. */
#define ON_RESOURCES \
	(ON_ACT(ACT_VIRT_MGMT) | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_RESET))

/* Most are judged for the PF, whose controller takes the commands. */
#define NEED_CONTROLLER (NEED_PF | NEED_NVME)

#endif
