/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resizing: which backend the PF offers, and the way to it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "linux.h"

static int find_backend(struct target *t, struct resize_caps *caps)
{
	uint32_t class;
	int ret;

	*caps = (struct resize_caps){.backend = BACKEND_NONE};
	ret = linux_class(linux_pf(t), &class);
	if (ret)
		return ret;
	if (class == LINUX_CLASS_NVME) {
		ret = linux_nvme_caps(t, caps);
		if (!ret)
			return 0;
	}

	char why[sizeof(caps->why)];

	strcpy(why, caps->why);
	*caps = (struct resize_caps){.backend = BACKEND_NONE};
	ret = linux_sysfs_caps(t, caps);
	/* What a controller said about itself tells more than the lack of a file. */
	if (ret && why[0])
		strcpy(caps->why, why);
	return ret == -EOPNOTSUPP ? 0 : ret;
}

int linux_resize_caps(struct target *t, struct resize_caps *caps)
{
	struct linux_target *l = linux_of(t);
	int ret = find_backend(t, caps);

	if (!ret)
		l->backend = caps->backend;
	return ret;
}

enum resize_backend linux_backend(struct target *t)
{
	struct linux_target *l = linux_of(t);
	struct resize_caps caps;

	if (l->backend == BACKEND_NONE)
		linux_resize_caps(t, &caps);
	return l->backend;
}

int linux_resize(struct target *t, struct bdf vf, unsigned want, int *got, uint64_t *us)
{
	int ret;

	*got = -1;
	*us = 0;
	switch (linux_backend(t)) {
	case BACKEND_NVME:
		ret = linux_nvme_resize(t, vf, want, got, us);
		break;
	case BACKEND_SYSFS:
		ret = linux_sysfs_resize(t, vf, want, got, us);
		break;
	default:
		return -EOPNOTSUPP;
	}
	/* A backend may reset the VF on its way. */
	linux_outdate(linux_of(t));
	return ret;
}

int linux_size(struct target *t, struct bdf vf)
{
	switch (linux_backend(t)) {
	case BACKEND_NVME:
		return linux_nvme_size(t, vf);
	case BACKEND_SYSFS:
		return linux_sysfs_size(t, vf);
	default:
		return -EOPNOTSUPP;
	}
}

int linux_pool_free(struct target *t)
{
	switch (linux_backend(t)) {
	case BACKEND_NVME:
		return linux_nvme_pool_free(t);
	case BACKEND_SYSFS:
		return linux_sysfs_pool_free(t);
	default:
		return -EOPNOTSUPP;
	}
}
