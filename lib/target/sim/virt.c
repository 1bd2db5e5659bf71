/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NVMe virtualization enhancements (NVMe 2.1, 5.2.6 and 8.2.6): the Virtualization Management
 * command, Primary Controller Capabilities and the Secondary Controller List. VF i is the
 * secondary controller with CNTLID i + 1.
 */
#include <errno.h>

#include "model.h"

#define PF_PRIVATE_QUEUES  33
#define PF_PRIVATE_VECTORS 33
#define OACS_VIRT_MGMT     (1u << 7)

uint16_t sim_cntlid(const struct sim_fn *vf)
{
	return (uint16_t)(vf->vf + 1);
}

static int bad_cntlid(const struct sim *s)
{
	return sim_has(s, DEFECT_CID_STATUS) ? NVME_INVALID_FIELD : NVME_INVALID_CONTROLLER;
}

static int assign_queues(struct sim_fn *vf, unsigned nr)
{
	return sim_pool_queues(vf, nr) ? NVME_INVALID_RESOURCE : NVME_OK;
}

static int assign_vectors(struct sim_fn *vf, unsigned nr)
{
	struct sim *s = vf->sim;

	if (sim_has(s, DEFECT_ROUNDED) && nr > s->default_size &&
	    nr <= vf->vectors + sim_pool_left(s))
		nr--;
	if (sim_pool_vectors(vf, nr)) {
		if (sim_has(s, DEFECT_REFUSED_FREES))
			sim_pool_vectors(vf, 0);
		return NVME_INVALID_RESOURCE;
	}
	s->shown = s->vectors_used;
	if (vf->sim->opt.model == SIM_M_VFE)
		vf->kept = nr;
	if (vf->sim->opt.model == SIM_M_IMM)
		sim_msix_set_size(vf, nr);
	else if (sim_has(vf->sim, DEFECT_ASSIGN_LEAKS))
		sim_msix_set_size(vf, nr + 1);
	return NVME_OK;
}

/* Refused, or with a defect taken and without effect. */
static int assign_online(const struct sim_fn *vf, unsigned resource, uint32_t *dw0)
{
	if (!sim_has(vf->sim, DEFECT_ASSIGN_ONLINE))
		return NVME_INVALID_STATE;
	*dw0 = resource == VIRT_VI ? vf->vectors : vf->queues;
	return NVME_OK;
}

static int assign(struct sim_fn *vf, unsigned resource, unsigned nr, uint32_t *dw0)
{
	struct sim *s = vf->sim;
	unsigned most = resource == VIRT_VI ? s->opt.max : sim_queues_for(s, s->opt.max);
	int status;

	if (resource > VIRT_VI)
		return sim_has(s, DEFECT_RT_TAKEN) ? NVME_OK : NVME_INVALID_RESOURCE;
	if (vf->online && sim_has(s, DEFECT_ASSIGN_STATUS))
		return NVME_INVALID_FIELD;
	if (vf->online)
		return assign_online(vf, resource, dw0);
	if (sim_has(s, DEFECT_GRAN_REFUSED) && nr % s->opt.granularity && nr <= most &&
	    !s->refused) {
		s->refused = true;
		return NVME_INVALID_NUMBER;
	}
	if (nr > most) {
		if (!sim_has(s, DEFECT_MAX_CLAMPED))
			return sim_has(s, DEFECT_MAX_STATUS) ? NVME_INVALID_FIELD
							     : NVME_INVALID_NUMBER;
		nr = most;
	}
	status = resource == VIRT_VI ? assign_vectors(vf, nr) : assign_queues(vf, nr);
	if (status == NVME_OK)
		*dw0 = sim_has(s, DEFECT_NRM_WRONG) ? nr + 1 : nr;
	return status;
}

static int go_offline(struct sim_fn *vf)
{
	bool was = vf->online;
	struct sim *s = vf->sim;

	if (!was && !vf->vectors && !vf->queues && !s->refused && sim_has(s, DEFECT_OFFLINE_ONCE)) {
		s->refused = true;
		return NVME_INVALID_STATE;
	}
	if (!sim_has(s, DEFECT_OFFLINE_KEEPS))
		sim_pool_vectors(vf, 0);
	if (!sim_has(s, DEFECT_OFFLINE_QUEUES))
		sim_pool_queues(vf, 0);
	vf->online = false;
	if (was)
		sim_function_reset(vf, SIM_RESET_OFFLINE);
	return NVME_OK;
}

static int go_online(struct sim_fn *vf)
{
	struct sim *s = vf->sim;
	bool enough = vf->vectors >= 1 && vf->queues >= 2;

	if (vf->online)
		return sim_has(s, DEFECT_ONLINE_ONCE) ? NVME_INVALID_STATE : NVME_OK;
	if ((!enough && !sim_has(s, DEFECT_ONLINE_EMPTY)) || !sim_answers(vf))
		return NVME_INVALID_STATE;
	vf->online = true;
	sim_pool_resized(s);
	sim_function_reset(vf, SIM_RESET_ONLINE);
	return NVME_OK;
}

/* Queues that are flexible are for the secondaries alone; the primary controller is CNTLID 0. */
static int allocate_primary(struct sim *s, const struct nvme_virt_mgmt *cmd, uint32_t *dw0)
{
	if (cmd->cntlid)
		return bad_cntlid(s);
	if (cmd->resource == VIRT_VQ)
		return cmd->nr ? NVME_INVALID_RESOURCE : NVME_OK;
	if (cmd->nr > s->flexible && cmd->nr - s->flexible > sim_pool_left(s))
		return NVME_INVALID_RESOURCE;
	s->flexible_next = cmd->nr;
	if (sim_has(s, DEFECT_PRIMARY_IMMEDIATE))
		s->flexible = s->flexible_next;
	*dw0 = cmd->nr;
	return NVME_OK;
}

static int manage(struct sim *s, const struct nvme_virt_mgmt *cmd, uint32_t *dw0)
{
	struct sim_fn *vf = cmd->cntlid ? sim_vf(s, cmd->cntlid - 1u) : NULL;

	*dw0 = 0;
	switch (cmd->action) {
	case VIRT_OFFLINE:
	case VIRT_ASSIGN:
	case VIRT_ONLINE:
		break;
	case VIRT_PRIMARY:
		return allocate_primary(s, cmd, dw0);
	default:
		return sim_has(s, DEFECT_ACT_TAKEN) ? NVME_OK : NVME_INVALID_FIELD;
	}
	if (!vf)
		return bad_cntlid(s);
	switch (cmd->action) {
	case VIRT_OFFLINE:
		return go_offline(vf);
	case VIRT_ASSIGN:
		return assign(vf, cmd->resource, cmd->nr, dw0);
	default:
		return go_online(vf);
	}
}

int sim_virt_mgmt(struct sim *s, const struct nvme_virt_mgmt *cmd, uint32_t *dw0)
{
	int status = manage(s, cmd, dw0);

	sim_managed(s, cmd, status);
	return status;
}

/* --- operations --- */

/* Commands go through the PF's driver. */
static bool has_commands(const struct sim *s)
{
	return s->opt.backend == BACKEND_NVME && s->pf->driver[0];
}

int sim_nvme_primary(struct target *t, struct nvme_primary *primary)
{
	const struct sim *s = sim_of(t);

	if (!has_commands(s))
		return -EOPNOTSUPP;
	*primary = (struct nvme_primary){
		.oacs = OACS_VIRT_MGMT,
		.vqfrt = s->queues_total,
		.vqrfa = s->queues_used,
		.vqprt = PF_PRIVATE_QUEUES,
		.vqfrsm = (uint16_t)sim_queues_for(s, s->opt.max),
		.vqgran = (uint16_t)s->opt.granularity,
		.vifrt = s->opt.pool,
		.virfa = s->vectors_used,
		.virfap = (uint16_t)s->flexible,
		.viprt = PF_PRIVATE_VECTORS,
		.vifrsm = (uint16_t)s->opt.max,
		.vigran = (uint16_t)s->opt.granularity,
	};
	if (sim_has(s, DEFECT_VIRFA_STALE) && s->shown)
		primary->virfa = s->shown;
	if (sim_has(s, DEFECT_MORE_ASSIGNED))
		primary->virfa = primary->vifrt + 1;
	return 0;
}

static struct nvme_secondary secondary(const struct sim *s, unsigned i)
{
	struct nvme_secondary entry = {.cntlid = (uint16_t)(i + 1), .vfn = (uint16_t)(i + 1)};
	const struct sim_fn *vf = s->vf[i];
	unsigned enabled =
		sim_has(s, DEFECT_VFE_ONLINE) && !s->enabled ? s->was_enabled : s->enabled;

	if (vf) {
		entry.online = vf->online;
		entry.vq = (uint16_t)vf->queues;
		entry.vi = (uint16_t)vf->vectors;
	} else if (i < enabled) {
		entry.online = true;
		entry.vq = (uint16_t)sim_queues_for(s, s->share);
		entry.vi = (uint16_t)s->share;
	}
	return entry;
}

int sim_nvme_secondary(struct target *t, struct nvme_secondary *list, size_t max)
{
	const struct sim *s = sim_of(t);

	if (!has_commands(s))
		return -EOPNOTSUPP;
	for (unsigned i = 0; i < s->opt.vfs && i < max; i++)
		list[i] = secondary(s, i);
	return (int)s->opt.vfs;
}

bool sim_guarded(const struct sim_fn *vf)
{
	return vf->sim->opt.guard && vf->driver[0] && !sim_has(vf->sim, DEFECT_GUARD_LESS);
}

int sim_nvme_virt_mgmt(struct target *t, const struct nvme_virt_mgmt *cmd, uint32_t *dw0)
{
	struct sim *s = sim_of(t);
	struct sim_fn *vf = cmd->cntlid ? sim_vf(s, cmd->cntlid - 1u) : NULL;

	if (!has_commands(s))
		return -EOPNOTSUPP;
	return vf && sim_guarded(vf) ? -EBUSY : sim_virt_mgmt(s, cmd, dw0);
}
