/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sysfs backend: sriov_vf_total_msix of the PF tells the pool, sriov_vf_msix_count of a VF
 * sets its size (Documentation/ABI/testing/sysfs-bus-pci). Neither tells what is assigned, so the
 * size that can be read back is the Table Size that the VF shows.
 */
#include <errno.h>
#include <stdio.h>

#include "linux.h"

int linux_sysfs_caps(struct target *t, struct resize_caps *caps)
{
	unsigned long total;
	int ret = linux_read_number(linux_pf(t), "sriov_vf_total_msix", &total);

	caps->backend = BACKEND_NONE;
	if (ret == -ENOENT) {
		snprintf(caps->why, sizeof(caps->why),
			 "the kernel has no sriov_vf_total_msix for this PF");
		return -EOPNOTSUPP;
	}
	if (ret)
		return ret;
	if (!total) {
		snprintf(caps->why, sizeof(caps->why),
			 "sriov_vf_total_msix is 0: the PF's driver does not resize VFs");
		return -EOPNOTSUPP;
	}
	caps->backend = BACKEND_SYSFS;
	caps->total = total;
	caps->min = 1;
	caps->max = total < MSIX_MAX_SIZE ? total : MSIX_MAX_SIZE;
	caps->granularity = 1;
	caps->max_open = true;
	return 0;
}

int linux_sysfs_size(struct target *t, struct bdf vf)
{
	struct msix msix;
	struct cfg cfg;
	ssize_t len = linux_cfg_read(t, vf, 0, cfg.byte, CFG_SPACE_SIZE);

	if (len < 0)
		return len;
	cfg.len = len;
	if (cfg_gone(&cfg))
		return -ENODEV;
	int ret = cfg_msix(&cfg, &msix);

	return ret ? ret : (int)msix.size;
}

int linux_sysfs_resize(struct target *t, struct bdf vf, unsigned want, int *got, uint64_t *us)
{
	char path[PATH_MAX], text[16];
	uint64_t begin = linux_now_us();
	ssize_t ret;

	snprintf(text, sizeof(text), "%u", want);
	ret = linux_write_text(linux_path(path, vf, "sriov_vf_msix_count"), text);
	*us = linux_now_us() - begin;
	*got = linux_sysfs_size(t, vf);
	if (*got < 0)
		*got = -1;
	return ret < 0 ? ret : 0;
}

int linux_sysfs_pool_free(struct target *t)
{
	(void)t;
	return -EOPNOTSUPP;
}
