/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who has how many of the vectors (and queues) that the PF shares out, and the backend for resizing
 * where it is the PF driver's sriov_set_msix_vec_count().
 *
 * VF Enable gives each VF its default share. What was assigned since is lost when VF Enable is
 * cleared, except in model M-VFE, where that is how an assignment takes effect.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model.h"

/* More than a run can lose without losing its VFs, too. */
#define LEAK_MAX    1
#define LEAK_STEADY 3

unsigned sim_pool_left(const struct sim *s)
{
	unsigned gone = s->vectors_used + s->leaked + s->flexible;

	return gone < s->opt.pool ? s->opt.pool - gone : 0;
}

unsigned sim_queues_for(const struct sim *s, unsigned vectors)
{
	(void)s;
	/* An admin and an I/O queue at least; the admin queue shares no vector. */
	return vectors < 2 ? 2 : vectors;
}

static void lose_vector(struct sim *s)
{
	if (s->leaked < LEAK_MAX && sim_pool_left(s))
		s->leaked++;
}

int sim_pool_vectors(struct sim_fn *fn, unsigned count)
{
	struct sim *s = fn->sim;
	bool unlimited = sim_has(s, DEFECT_OVERCOMMIT) || sim_has(s, DEFECT_POOL_IGNORED) ||
			 (s->racing && sim_has(s, DEFECT_RACE_OVERCOMMIT));

	if (sim_has(s, DEFECT_LEAK_SHRUNK) && count < fn->vectors && fn->vectors == s->opt.max &&
	    s->leaked < LEAK_STEADY)
		s->leaked++;
	if (count > fn->vectors && count - fn->vectors > sim_pool_left(s) && !unlimited) {
		if (sim_has(s, DEFECT_LEAK_REFUSED))
			lose_vector(s);
		return -ENOSPC;
	}
	s->vectors_used += count - fn->vectors;
	fn->vectors = count;
	return 0;
}

void sim_pool_primary(struct sim *s)
{
	if (sim_has(s, DEFECT_PRIMARY_LOST))
		s->flexible_next = s->flexible;
	s->flexible = s->flexible_next;
}

void sim_pool_resized(struct sim *s)
{
	if (sim_has(s, DEFECT_POOL_LEAK))
		lose_vector(s);
}

int sim_pool_queues(struct sim_fn *fn, unsigned count)
{
	struct sim *s = fn->sim;

	if (count > fn->queues && count - fn->queues > s->queues_total - s->queues_used)
		return -ENOSPC;
	s->queues_used += count - fn->queues;
	fn->queues = count;
	return 0;
}

/* --- VF Enable --- */

static unsigned share_of(const struct sim *s, const struct sim_fn *vf, bool kept)
{
	return kept && vf && vf->kept ? vf->kept : s->share;
}

static unsigned shares(const struct sim *s, bool kept)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < s->enabled; i++)
		sum += share_of(s, s->vf[i], kept);
	return sum;
}

void sim_pool_share(struct sim_fn *vf, bool kept)
{
	unsigned share = share_of(vf->sim, vf, kept);

	vf->online = (unsigned)vf->vf < vf->sim->enabled;
	vf->vectors = vf->online ? share : 0;
	vf->queues = vf->online ? sim_queues_for(vf->sim, share) : 0;
}

void sim_pool_enable(struct sim *s, unsigned numvfs)
{
	bool again = s->enables++;
	bool kept;

	s->share = s->default_size;
	if (again && sim_has(s, DEFECT_VFE_SMALLER) && s->share > 1)
		s->share--;
	if (again && sim_has(s, DEFECT_VFE_EMPTY))
		s->share = 1;
	if (again && numvfs && sim_has(s, DEFECT_DEFAULT_LARGE))
		s->share = s->opt.pool / numvfs + 1;
	if (numvfs && sim_has(s, DEFECT_DEFAULT_ALL))
		s->share = s->opt.pool / numvfs;
	s->enabled = numvfs;
	kept = s->opt.model == SIM_M_VFE && !(again && sim_has(s, DEFECT_VFE_EMPTY)) &&
	       shares(s, true) + s->leaked + s->flexible <= s->opt.pool;
	s->vectors_used = shares(s, kept);
	s->queues_used = 0;
	for (unsigned i = 0; i < s->opt.vfs; i++) {
		if (s->vf[i])
			sim_pool_share(s->vf[i], kept);
		if (i < numvfs)
			s->queues_used += sim_queues_for(s, share_of(s, s->vf[i], kept));
	}
}

void sim_pool_disable(struct sim *s)
{
	s->vectors_used = 0;
	s->queues_used = 0;
	s->was_enabled = s->enabled;
	s->enabled = 0;
	for (unsigned i = 0; i < s->opt.vfs; i++)
		if (s->vf[i] && !sim_has(s, DEFECT_VFE_ONLINE))
			sim_pool_share(s->vf[i], false);
}

/* --- the PF driver's callback --- */

static void take_effect(struct sim_fn *vf, unsigned size)
{
	vf->assigned++;
	switch (vf->sim->opt.model) {
	case SIM_M_IMM:
		sim_msix_remember(vf);
		sim_msix_set_size(vf, size);
		break;
	case SIM_M_RST:
		vf->latch = (int)size;
		break;
	case SIM_M_VFE:
		vf->kept = size;
		break;
	}
}

/* Moves Table Size of the VF behind @vf, which nobody asked for. */
static void move_sibling(struct sim_fn *vf)
{
	struct sim_fn *other = sim_vf(vf->sim, (unsigned)vf->vf + 1);

	if (!other)
		other = sim_vf(vf->sim, 0);
	if (other != vf)
		sim_msix_set_size(other, other->size > 1 ? other->size - 1 : 2);
}

/* Where a size shows at once, it must not while MSI-X is enabled: software has mapped the table. */
static bool would_change_enabled(const struct sim_fn *vf)
{
	return vf->sim->opt.model == SIM_M_IMM &&
	       sim_cfg_get16(vf, SIM_POS_MSIX + PCI_MSIX_FLAGS) & PCI_MSIX_FLAGS_ENABLE;
}

/* How the PF's driver says that no VF can have so many. */
static int beyond(const struct sim *s)
{
	bool ice = s->opt.pf == SIM_PF_ICE;

	if (sim_has(s, DEFECT_MLX5_ERRNO) || sim_has(s, DEFECT_ICE_ERRNO))
		ice = !ice;
	return ice ? -EINVAL : -EOVERFLOW;
}

/* Takes  vectors from another VF, where one has so many to spare. */
static void steal(struct sim_fn *vf, unsigned missing)
{
	for (unsigned i = 0; i < vf->sim->enabled; i++) {
		struct sim_fn *other = sim_vf(vf->sim, i);

		if (other == vf || other->vectors <= missing)
			continue;
		sim_pool_vectors(other, other->vectors - missing);
		sim_msix_set_size(other, other->vectors);
		return;
	}
}

/* mlx5 hands on what its firmware says. */
static int take_vectors(struct sim_fn *vf, unsigned count)
{
	int err = sim_pool_vectors(vf, count);

	if (err && sim_has(vf->sim, DEFECT_POOL_STOLEN)) {
		steal(vf, count - vf->vectors - sim_pool_left(vf->sim));
		err = sim_pool_vectors(vf, count);
	}
	return err && vf->sim->opt.pf == SIM_PF_MLX5 ? -EAGAIN : err;
}

static unsigned size_for(const struct sim *s, unsigned count)
{
	if (sim_has(s, DEFECT_ONE_LESS) && count > 1)
		return count - 1;
	return count + sim_has(s, DEFECT_ONE_MORE);
}

static int assign(struct sim_fn *vf, unsigned count)
{
	struct sim *s = vf->sim;
	int err;

	if (count > s->opt.max)
		return beyond(s);
	if (count == vf->vectors && sim_has(s, DEFECT_SAME_REFUSED))
		return -EINVAL;
	if (would_change_enabled(vf))
		return -EBUSY;
	err = take_vectors(vf, count);
	if (err)
		return err;
	sim_pool_queues(vf, sim_queues_for(s, count));
	sim_pool_resized(s);
	s->assignments++;
	take_effect(vf, size_for(s, count));
	if (sim_has(s, DEFECT_WRONG_VF))
		move_sibling(vf);
	return 0;
}

/* What defects do although they refuse. */
static void refused(struct sim_fn *vf, unsigned count)
{
	struct sim *s = vf->sim;

	if (sim_has(s, DEFECT_REFUSED_CUT))
		sim_msix_set_size(vf, 1);
	if (sim_has(s, DEFECT_REFUSED_APPLIED) && !would_change_enabled(vf))
		sim_msix_set_size(vf, count < s->opt.max ? count : s->opt.max);
	if (sim_has(s, DEFECT_REFUSED_SIBLING))
		move_sibling(vf);
}

/* The first VF with the same device and function number, as a defect finds it. */
static struct sim_fn *find_by_devfn(struct sim_fn *vf)
{
	for (unsigned i = 0; i < vf->sim->enabled; i++)
		if (sim_vf(vf->sim, i)->bdf.devfn == vf->bdf.devfn)
			return sim_vf(vf->sim, i);
	return vf;
}

/* 0 restores the default. */
static int restore_default(struct sim_fn *vf)
{
	struct sim *s = vf->sim;

	if (sim_has(s, DEFECT_ZERO_REFUSED))
		return -EINVAL;
	if (sim_has(s, DEFECT_ZERO_IGNORED))
		return 0;
	return assign(vf, sim_has(s, DEFECT_ZERO_ONE) ? 1 : s->share);
}

int sim_set_msix_vec_count(struct sim_fn *vf, unsigned count)
{
	struct sim *s = vf->sim;
	int err;

	if (sim_has(s, DEFECT_DEVFN_ONLY))
		vf = find_by_devfn(vf);
	err = count ? assign(vf, count) : restore_default(vf);
	if (err)
		refused(vf, count);
	/* A number instead of 0 is taken for that of the bytes written. */
	return err ? err : sim_has(s, DEFECT_COUNT_SHORT);
}

void sim_pool_reload(struct sim *s)
{
	for (unsigned i = 0; sim_has(s, DEFECT_RELOAD_DEFAULT) && i < s->enabled; i++)
		if (s->vf[i] && !assign(s->vf[i], s->share))
			s->assignments--;
}

/* --- operations --- */

int sim_resize_caps(struct target *t, struct resize_caps *caps)
{
	const struct sim *s = sim_of(t);

	*caps = (struct resize_caps){.backend = s->opt.backend};
	if (s->opt.backend == BACKEND_NONE) {
		strcpy(caps->why, "the model was opened with backend=none");
		return -EOPNOTSUPP;
	}
	caps->total = s->opt.pool;
	if (s->opt.backend == BACKEND_SYSFS && sim_has(s, DEFECT_TOTAL_SMALL))
		caps->total = s->opt.pool - 2;
	caps->min = s->opt.granularity;
	caps->max_open = s->opt.limit_open;
	caps->max = caps->max_open ? caps->total : s->opt.max;
	caps->granularity = s->opt.granularity;
	return 0;
}

static int virt(struct sim *s, unsigned action, unsigned resource, const struct sim_fn *vf,
		unsigned nr)
{
	struct nvme_virt_mgmt cmd = {.action = (uint8_t)action,
				     .resource = (uint8_t)resource,
				     .cntlid = sim_cntlid(vf),
				     .nr = (uint16_t)nr};
	uint32_t dw0;

	switch (sim_virt_mgmt(s, &cmd, &dw0)) {
	case NVME_OK:
		return 0;
	case NVME_INVALID_CONTROLLER:
		return -ENODEV;
	case NVME_INVALID_STATE:
		return -EBUSY;
	case NVME_INVALID_NUMBER:
		return -EOVERFLOW;
	case NVME_INVALID_RESOURCE:
		return -ENOSPC;
	}
	return -EINVAL;
}

/* Assigns and goes online, from the offline state. */
static int virt_assign(struct sim *s, const struct sim_fn *vf, unsigned queues, unsigned vectors)
{
	int err = virt(s, VIRT_ASSIGN, VIRT_VQ, vf, queues);

	if (!err)
		err = virt(s, VIRT_ASSIGN, VIRT_VI, vf, vectors);
	return err ? err : virt(s, VIRT_ONLINE, 0, vf, 0);
}

/* As many as vectors, where there are so many; the linux target takes fewer where queues are
 * scarce. */
static unsigned queues_to_have(const struct sim *s, unsigned vectors)
{
	unsigned most = sim_queues_for(s, s->opt.max), left = s->queues_total - s->queues_used;
	unsigned queues = vectors < most ? sim_queues_for(s, vectors) : most;

	queues = queues < left ? queues : left;
	return queues > 2 ? queues : 2;
}

/* Offline, VQ, VI, online; what it had before comes back when that fails. */
static int resize_nvme(struct sim_fn *vf, unsigned want)
{
	unsigned vectors = vf->vectors, queues = vf->queues;
	struct sim *s = vf->sim;
	bool online = vf->online;
	int err;

	if (sim_guarded(vf))
		return -EBUSY;
	err = virt(s, VIRT_OFFLINE, 0, vf, 0);
	if (err)
		return err;
	err = virt_assign(s, vf, queues_to_have(s, want), want);
	if (err && online) {
		virt(s, VIRT_OFFLINE, 0, vf, 0);
		virt_assign(s, vf, queues, vectors);
	}
	return err;
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int resize_sysfs(struct target *t, struct bdf vf, unsigned want)
{
	char text[16];
	ssize_t ret;

	snprintf(text, sizeof(text), "%u", want);
	ret = sim_attr_write(t, vf, "sriov_vf_msix_count", text);
	return ret < 0 ? (int)ret : 0;
}

int sim_resize(struct target *t, struct bdf vf, unsigned want, int *got, uint64_t *us)
{
	struct sim *s = sim_of(t);
	struct sim_fn *fn = sim_fn_present(s, vf);
	uint64_t begin = now_us();
	int err = -EOPNOTSUPP;

	*got = -1;
	*us = 0;
	if (!fn)
		return -ENODEV;
	if (fn->vf < 0)
		return -EINVAL;
	if (s->opt.backend == BACKEND_SYSFS)
		err = resize_sysfs(t, vf, want);
	if (s->opt.backend == BACKEND_NVME)
		err = want > UINT16_MAX ? -EINVAL : resize_nvme(fn, want);
	*got = sim_size(t, vf);
	*us = now_us() - begin;
	return err;
}

int sim_size(struct target *t, struct bdf vf)
{
	struct sim *s = sim_of(t);
	struct sim_fn *fn = sim_fn_present(s, vf);

	if (!fn || fn->vf < 0)
		return -ENODEV;
	return s->opt.backend == BACKEND_NONE ? -EOPNOTSUPP : (int)fn->vectors;
}

int sim_pool_free(struct target *t)
{
	struct sim *s = sim_of(t);

	/* sriov_vf_total_msix does not tell how much of it is used. */
	return s->opt.backend == BACKEND_NVME ? (int)sim_pool_left(s) : -EOPNOTSUPP;
}
