/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing how many vectors a VF has, and the pool that they come from. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* Resizes without looking at the others. */
static int resize(struct walk *w, struct bdf vf, unsigned want)
{
	struct walk_fn *f;
	uint64_t us = 0;
	int got = -1;
	int res = act_start(w, ACT_RESIZE, vf,
			    json_pack("{s:s,s:i}", "backend", resize_backend_name(w->caps.backend),
				      "want", (int)want),
			    &f);

	if (res)
		return res;
	f->resized = true;
	res = OP(w, resize, vf, want, &got, &us);
	return act_done(w, res, json_pack("{s:i,s:I}", "got", got, "us", (json_int_t)us));
}

int walk_resize(struct walk *w, struct bdf vf, unsigned want)
{
	int res = resize(w, vf, want), look = look_all(w, fn_find(w, vf));

	return res ? res : look;
}

int secondary_list(struct walk *w, struct nvme_secondary **list)
{
	size_t room = 128; /* more than one page of the list holds */
	int count;

	for (;;) {
		*list = calloc(room, sizeof(**list));
		if (!*list)
			return -ENOMEM;
		count = OP(w, nvme_secondary, *list, room);
		if (count <= (int)room)
			return count;
		free(*list);
		room = (size_t)count;
	}
}

int secondary_of(struct walk *w, const struct walk_fn *f, struct nvme_secondary *secondary)
{
	struct nvme_secondary *list;
	int count = secondary_list(w, &list), res = count < 0 ? count : -ENOENT;

	for (int i = 0; i < count; i++) {
		if (list[i].vfn != f->vf + 1)
			continue;
		*secondary = list[i];
		res = 0;
	}
	free(list);
	return res;
}

int walk_cntlid(struct walk *w, struct bdf vf)
{
	struct walk_fn *f = fn_find(w, vf);
	struct nvme_secondary secondary;
	struct nvme_primary primary;
	int res;

	if (f && f->vf < 0)
		return OP(w, nvme_primary, &primary) ? -ENOENT : primary.cntlid;
	res = f ? secondary_of(w, f, &secondary) : -ENOENT;
	return res ? -ENOENT : secondary.cntlid;
}

/* The command goes to the PF; the VF that it changes is to be claimed all the same. */
static int claim_secondary(struct walk *w, uint16_t cntlid)
{
	struct nvme_secondary *list;
	int count = secondary_list(w, &list), res = 0;

	for (int i = 0; !res && i < count; i++) {
		if (list[i].cntlid != cntlid || !list[i].vfn || list[i].vfn >= w->nfn)
			continue;
		res = w->may_act ? claim(w, &w->fn[list[i].vfn]) : -EPERM;
		w->fn[list[i].vfn].resized = true;
	}
	free(list);
	return res;
}

int walk_virt_mgmt(struct walk *w, const struct nvme_virt_mgmt *cmd)
{
	uint32_t dw0 = 0;
	int status, res = claim_secondary(w, cmd->cntlid);

	if (!res)
		res = act_start(w, ACT_VIRT_MGMT, walk_pf(w),
				json_pack("{s:i,s:i,s:i,s:i}", "action", cmd->action, "resource",
					  cmd->resource, "cntlid", cmd->cntlid, "nr", cmd->nr),
				NULL);
	if (res)
		return res;
	status = OP(w, nvme_virt_mgmt, cmd, &dw0);
	w->pf_allocated |= cmd->action == VIRT_PRIMARY && !status;
	res = act_done(
		w, status < 0 ? status : 0,
		json_pack("{s:i,s:I}", "status", status < 0 ? -1 : status, "dw0", (json_int_t)dw0));
	return res ? res : status;
}

/* --- the pool --- */

/*
 * What nobody has been given, where only the total is told (sriov_vf_total_msix); negative where
 * that cannot be, because VFs have more than the total already.
 */
static int pool_left(struct walk *w)
{
	long long left = w->caps.total;

	for (size_t i = 1; i < w->nfn; i++) {
		int size = OP(w, size, w->fn[i].bdf);

		left -= size > 0 ? size : 0;
	}
	return left < 0 ? -EOPNOTSUPP : (int)left;
}

unsigned walk_size_max(struct walk *w, struct bdf vf)
{
	int free = OP(w, pool_free), size = OP(w, size, vf);

	if (free < 0)
		free = pool_left(w);

	if (free < 0 || size < 0 || (unsigned)(free + size) > w->caps.max)
		return w->caps.max;
	return (unsigned)(free + size);
}

/*
 * How many VFs get something: all of them, unless the pool would be empty after a vector for each
 * although they could have more. Then only some do, at least the three that an attack takes.
 */
static unsigned sharers(struct walk *w)
{
	unsigned n = (unsigned)w->nfn - 1, total = w->caps.total;
	struct nvme_primary primary;

	if (total / (2 * n) == 0 && w->caps.max > 1 && n > 3)
		n = total / 2 > 3 ? total / 2 : 3;
	if (n > total)
		n = total;
	/* A secondary controller goes online with two queues at least (NVMe 2.1, 8.2.6). */
	if (!OP(w, nvme_primary, &primary) && primary.vqfrt && n > primary.vqfrt / 2)
		n = primary.vqfrt / 2;
	return n ? n : 1;
}

/* About half of a fair share, so that every VF can grow; two where there is enough for that. */
static unsigned share(const struct walk *w, unsigned sharers)
{
	unsigned each = w->caps.total / (2 * sharers);

	if (each < 2)
		each = w->caps.total / sharers >= 3 ? 2 : 1;
	if (each < w->caps.min)
		each = w->caps.min;
	return each > w->caps.max ? w->caps.max : each;
}

static bool is_online(const struct nvme_secondary *list, int count, const struct walk_fn *f)
{
	for (int i = 0; i < count; i++)
		if (list[i].vfn == f->vf + 1)
			return list[i].online;
	return false;
}

int shares_give(struct walk *w)
{
	struct nvme_secondary *list;
	unsigned vfs, each;
	int count, res = 0;

	w->equipped = w->usable;
	/* Only Virtualization Management has VFs begin with nothing at all. */
	if (w->caps.backend != BACKEND_NVME || w->nfn < 2)
		return 0;
	vfs = sharers(w);
	each = share(w, vfs);
	count = secondary_list(w, &list);
	for (w->equipped = 0; w->equipped < w->usable; w->equipped++) {
		const struct walk_fn *f = &w->fn[w->order[w->equipped]];

		if (is_online(list, count, f))
			continue;
		if (w->equipped < vfs)
			res = resize(w, f->bdf, each);
		/* What is left is less than a share: the rest of the VFs stay offline. */
		if (w->equipped >= vfs || res)
			break;
	}
	free(list);
	if (w->acting > w->equipped && w->equipped)
		w->acting = w->equipped;
	return count < 0 ? count : res == -ENOSPC && w->equipped ? 0 : res;
}

static int secondary_put_back(struct walk *w, const struct walk_fn *f,
			      const struct target_state *state)
{
	struct nvme_secondary now;
	struct nvme_virt_mgmt cmd;
	int res = secondary_of(w, f, &now);
	uint16_t queues = state->queues > 0 ? (uint16_t)state->queues : 0;
	uint16_t vectors = state->size > 0 ? (uint16_t)state->size : 0;

	if (res || (now.online == state->online && now.vq == queues && now.vi == vectors))
		return res;
	cmd = (struct nvme_virt_mgmt){.action = VIRT_OFFLINE, .cntlid = now.cntlid};
	if (now.online || now.vq || now.vi)
		res = walk_virt_mgmt(w, &cmd);
	cmd.action = VIRT_ASSIGN;
	cmd.nr = queues;
	cmd.resource = VIRT_VQ;
	if (!res && queues)
		res = walk_virt_mgmt(w, &cmd);
	cmd.nr = vectors;
	cmd.resource = VIRT_VI;
	if (!res && vectors)
		res = walk_virt_mgmt(w, &cmd);
	cmd = (struct nvme_virt_mgmt){.action = VIRT_ONLINE, .cntlid = now.cntlid};
	if (!res && state->online)
		res = walk_virt_mgmt(w, &cmd);
	return res > 0 ? -EIO : res;
}

int size_put_back(struct walk *w, struct walk_fn *f, const struct target_state *state)
{
	int res;

	if (w->caps.backend == BACKEND_NVME)
		return secondary_put_back(w, f, state);
	if (w->caps.backend == BACKEND_NONE || state->size < 0 ||
	    OP(w, size, f->bdf) == state->size)
		return 0;
	res = resize(w, f->bdf, (unsigned)state->size);
	/* Where sizes are latched by a reset, or may be, the old one shows only after the next. */
	if (!res && strcmp(w->model, "M-IMM") && strcmp(w->model, "M-VFE") && f->has_flr)
		res = walk_reset(w, f->bdf, RESET_FLR);
	return res;
}

int walk_cycle(struct walk *w)
{
	unsigned count = (unsigned)w->nfn - 1;
	int res = walk_autoprobe(w, false);

	if (!res)
		res = walk_numvfs(w, 0);
	return res ? res : walk_numvfs(w, count);
}

int walk_latch(struct walk *w, struct bdf vf)
{
	const struct walk_fn *f = fn_find(w, vf);
	int res, look;

	if (!f)
		return -ENODEV;
	/* Going online is what latches a size where Virtualization Management assigned it. */
	if (!strcmp(w->model, "M-RST") && w->caps.backend == BACKEND_SYSFS && f->has_flr)
		res = walk_reset(w, vf, RESET_FLR);
	else if (!strcmp(w->model, "M-VFE"))
		res = walk_cycle(w);
	else
		return 0;
	look = walk_look_all(w);
	return res ? res : look;
}
