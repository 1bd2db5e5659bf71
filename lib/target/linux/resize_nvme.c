/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resizing through the Virtualization Management command of an NVMe primary controller
 * (NVMe 2.1, 5.2.6 and 8.2.6).
 *
 * A VF is a secondary controller. Its interrupt resources (VI) are its vectors. They can only be
 * assigned while it is offline, and it goes online with at least two queue resources (VQ): the
 * whole flow is offline, assign VQ, assign VI, online. Nothing here asks whether a driver is bound
 * to the VF: the guard that the kernel's sriov_vf_msix_count has does not exist on this path.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nvme.h"

/*
 * The backend is there where the controller has Virtualization Management and flexible interrupt
 * resources to assign.
 */
int linux_nvme_caps(struct target *t, struct resize_caps *caps)
{
	struct linux_nvme *n;
	int err;

	*caps = (struct resize_caps){.backend = BACKEND_NONE};
	err = nvme_get(t, &n);
	if (err == -EOPNOTSUPP) {
		strcpy(caps->why, "the PF has no NVMe controller: it is not bound to nvme");
		return err;
	}
	if (err) {
		snprintf(caps->why, sizeof(caps->why), "the PF's NVMe controller: %s",
			 strerror(-err));
		return -EOPNOTSUPP;
	}
	if (!nvme_has_virt_mgmt(n)) {
		snprintf(caps->why, sizeof(caps->why),
			 "%s has no Virtualization Management command", n->name);
		return -EOPNOTSUPP;
	}
	if (!n->primary.vifrt || !n->primary.vifrsm) {
		snprintf(caps->why, sizeof(caps->why),
			 "%s has no flexible interrupt resources (VIFRT %u, VIFRSM %u)", n->name,
			 n->primary.vifrt, n->primary.vifrsm);
		return -EOPNOTSUPP;
	}
	caps->backend = BACKEND_NVME;
	caps->total = n->primary.vifrt;
	caps->min = 1;
	caps->max = n->primary.vifrsm;
	caps->granularity = n->primary.vigran ? n->primary.vigran : 1;
	return 0;
}

static int nvme_state(struct linux_nvme *n, uint16_t cntlid, bool online)
{
	struct nvme_virt_mgmt cmd = {
		.action = online ? NVME_VIRT_MGMT_ACT_ONLINE_SEC_CTRL
				 : NVME_VIRT_MGMT_ACT_OFFLINE_SEC_CTRL,
		.cntlid = cntlid,
	};

	return nvme_status_errno(nvme_send(n, &cmd, NULL));
}

static int nvme_assign(struct linux_nvme *n, uint16_t cntlid, enum nvme_virt_mgmt_rt resource,
		       unsigned count)
{
	struct nvme_virt_mgmt cmd = {
		.action = NVME_VIRT_MGMT_ACT_ASSIGN_SEC_CTRL,
		.resource = resource,
		.cntlid = cntlid,
		.nr = count,
	};

	return nvme_status_errno(nvme_send(n, &cmd, NULL));
}

/*
 * Queues to go with @vectors: one for each, since vector 0 serves the admin queue. Where queues are
 * scarce the VF gets fewer than vectors, which is no error, and the other VFs keep enough to go
 * online: a pool of vectors must not look exhausted for want of queues.
 */
static unsigned nvme_queues_for(const struct linux_nvme *n, const struct nvme_vf *vf,
				unsigned vectors)
{
	unsigned taken = n->primary.vqrfap + vf->queues_elsewhere;
	unsigned available = n->primary.vqfrt > taken ? n->primary.vqfrt - taken : 0;
	unsigned queues = vectors;

	if (queues > n->primary.vqfrsm)
		queues = n->primary.vqfrsm;
	if (queues > available)
		queues = available;
	return queues > VQ_MIN ? queues : VQ_MIN;
}

/* Gives a secondary controller back what it had. */
static void nvme_put_back(struct linux_nvme *n, const struct nvme_secondary *before)
{
	int err = nvme_state(n, before->cntlid, false);

	if (!err && before->vq)
		err = nvme_assign(n, before->cntlid, NVME_VIRT_MGMT_RT_VQ_RESOURCE, before->vq);
	if (!err && before->vi)
		err = nvme_assign(n, before->cntlid, NVME_VIRT_MGMT_RT_VI_RESOURCE, before->vi);
	if (!err && before->online)
		err = nvme_state(n, before->cntlid, true);
	if (err)
		warnx("%s: secondary controller %u could not be put back: %s", n->name,
		      before->cntlid, strerror(-err));
}

static int nvme_resize(struct linux_nvme *n, const struct nvme_vf *vf, unsigned want)
{
	uint16_t cntlid = vf->secondary.cntlid;
	int err = nvme_state(n, cntlid, false);

	if (err)
		return err;
	if (n->primary.vqfrt) /* else its queues are its own */
		err = nvme_assign(n, cntlid, NVME_VIRT_MGMT_RT_VQ_RESOURCE,
				  nvme_queues_for(n, vf, want));
	if (!err)
		err = nvme_assign(n, cntlid, NVME_VIRT_MGMT_RT_VI_RESOURCE, want);
	if (!err) {
		err = nvme_state(n, cntlid, true);
		/* Here this says that the assignment is too small, not that it is in use. */
		if (err == -EBUSY)
			err = -EINVAL;
	}
	if (err)
		nvme_put_back(n, &vf->secondary);
	return err;
}

/*
 * Resizes through the whole flow; works from offline as well as from online. -EOVERFLOW: more than
 * one VF may have; -ENOSPC: more than are free; -EINVAL: too few to go online. After a failure the
 * VF has what it had before. @us counts from the first command to the last of the flow.
 */
int linux_nvme_resize(struct target *t, struct bdf fn, unsigned want, int *got, uint64_t *us)
{
	struct linux_nvme *n;
	struct nvme_vf vf;
	uint64_t start;
	int err;

	*got = -1;
	*us = 0;
	err = nvme_get(t, &n);
	if (!err)
		err = nvme_find_vf(t, n, fn, &vf);
	if (err)
		return err;
	*got = vf.secondary.vi;
	if (want > UINT16_MAX) /* the command has 16 bits for it */
		return -EOVERFLOW;

	start = linux_now_us();
	err = nvme_resize(n, &vf, want);
	*us = linux_now_us() - start;

	*got = nvme_find_vf(t, n, fn, &vf) ? -1 : vf.secondary.vi;
	return err;
}

int linux_nvme_size(struct target *t, struct bdf fn)
{
	struct linux_nvme *n;
	struct nvme_vf vf;
	int err = nvme_get(t, &n);

	if (!err)
		err = nvme_find_vf(t, n, fn, &vf);
	return err ? err : vf.secondary.vi;
}

int linux_nvme_pool_free(struct target *t)
{
	struct nvme_primary primary;
	int err = linux_nvme_primary(t, &primary);

	return err ? err : (int)(primary.vifrt - primary.virfap - primary.virfa);
}
