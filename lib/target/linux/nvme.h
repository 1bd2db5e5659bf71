/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PF as an NVMe primary controller. Private to nvme.c and resize_nvme.c.
 */
#ifndef VFWALK_TARGET_LINUX_NVME_H
#define VFWALK_TARGET_LINUX_NVME_H

#include <libnvme.h>

#include "linux.h"

/* A secondary controller needs one admin and one I/O queue to go online (NVMe 2.1, 8.2.6). */
#define VQ_MIN 2

struct linux_nvme {
	int fd;
	unsigned epoch; /* in which the device was found to be still the PF's */
	uint64_t checked_us;
	char name[TARGET_NAME_LEN];
	struct nvme_primary primary; /* its capabilities; the assigned counts change */
};

/* A VF's secondary controller, and the queues that it must leave to the others. */
struct nvme_vf {
	struct nvme_secondary secondary;
	unsigned queues_elsewhere;
};

/*
 * The PF's controller, opened on first use and kept open. -EOPNOTSUPP where the PF has none.
 */
int nvme_get(struct target *t, struct linux_nvme **nvme);
bool nvme_has_virt_mgmt(struct linux_nvme *n);
/* Finds @vf in the Secondary Controller List. -ENODEV where it is not in it. */
int nvme_find_vf(struct target *t, struct linux_nvme *n, struct bdf vf, struct nvme_vf *found);
/* Sends the command as it is; the status as linux_nvme_virt_mgmt() returns it. */
int nvme_send(struct linux_nvme *n, const struct nvme_virt_mgmt *cmd, uint32_t *dw0);
/* The errno for a status of a Virtualization Management or Identify command. */
int nvme_status_errno(int status);

#endif
