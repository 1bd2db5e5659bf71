/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PF as an NVMe primary controller: its character device, what it says of itself and of its
 * secondary controllers, and the Virtualization Management command as it is (NVMe 2.1, 5.2.6).
 * Through libnvme.
 */
#include <dirent.h>
#include <endian.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nvme.h"

/* How long the device that was the PF's is taken to be so still. */
#define RECHECK_US 100000

/* What a command returned, without the Do Not Retry, More and Command Retry Delay bits. */
static int nvme_ret_status(int ret)
{
	return ret < 0 ? -errno : ret & 0x7ff;
}

/* The errno for a status of Virtualization Management (NVMe 2.1, 5.2.6). */
int nvme_status_errno(int status)
{
	static const struct {
		int status, err;
	} errnos[] = {
		{NVME_SC_SUCCESS, 0},
		{NVME_SC_INVALID_OPCODE, -EOPNOTSUPP},
		{NVME_SC_INVALID_FIELD, -EINVAL},
		/* Command specific: no such secondary, it is online (or lacks what it takes to go
		 * online), more than a secondary may have, more than are free. */
		{NVME_SCT_CMD_SPECIFIC << 8 | NVME_SC_INVALID_CTRL_ID, -ENODEV},
		{NVME_SCT_CMD_SPECIFIC << 8 | NVME_SC_INVALID_SEC_CTRL_STATE, -EBUSY},
		{NVME_SCT_CMD_SPECIFIC << 8 | NVME_SC_INVALID_CTRL_RESOURCES, -EOVERFLOW},
		{NVME_SCT_CMD_SPECIFIC << 8 | NVME_SC_INVALID_RESOURCE_ID, -ENOSPC},
	};

	if (status < 0)
		return status;
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (errnos[i].status == status)
			return errnos[i].err;
	return -EIO;
}

/* The name of the PF's controller, "nvme0", as its driver made it. */
static int nvme_find_name(struct bdf pf, char *name, size_t size)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;
	int err = -ENOENT;

	dir = opendir(linux_path(path, pf, "nvme"));
	if (!dir)
		return -errno;
	while (err && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "nvme", 4) || strlen(entry->d_name) >= size)
			continue;
		strcpy(name, entry->d_name);
		err = 0;
	}
	closedir(dir);
	return err;
}

static int nvme_read_primary(int fd, struct nvme_primary *primary)
{
	struct nvme_primary_ctrl_cap cap;
	struct nvme_id_ctrl id;
	int status;

	status = nvme_ret_status(nvme_identify_ctrl(fd, &id));
	if (status)
		return nvme_status_errno(status);
	*primary = (struct nvme_primary){.cntlid = le16toh(id.cntlid), .oacs = le16toh(id.oacs)};

	status = nvme_ret_status(nvme_identify_primary_ctrl(fd, 0, &cap));
	if (status)
		return status < 0 ? status : 0; /* no such data: no resources of any kind */
	primary->vqfrt = le32toh(cap.vqfrt);
	primary->vqrfa = le32toh(cap.vqrfa);
	primary->vqrfap = le16toh(cap.vqrfap);
	primary->vqprt = le16toh(cap.vqprt);
	primary->vqfrsm = le16toh(cap.vqfrsm);
	primary->vqgran = le16toh(cap.vqgran);
	primary->vifrt = le32toh(cap.vifrt);
	primary->virfa = le32toh(cap.virfa);
	primary->virfap = le16toh(cap.virfap);
	primary->viprt = le16toh(cap.viprt);
	primary->vifrsm = le16toh(cap.vifrsm);
	primary->vigran = le16toh(cap.vigran);
	return 0;
}

/*
 * Is Virtualization Management supported? OACS bit 7 says so, and so does the Commands Supported
 * and Effects log. QEMU (7.2, nvme_init_ctrl) implements the command but leaves the bit clear, so
 * either of the two will do here; that the bit is missing is for a rule to say.
 */
bool nvme_has_virt_mgmt(struct linux_nvme *n)
{
	struct nvme_cmd_effects_log log;

	if (n->primary.oacs & NVME_CTRL_OACS_VIRT_MGMT)
		return true;
	if (nvme_get_log_cmd_effects(n->fd, NVME_CSI_NVM, &log))
		return false;
	return le32toh(log.acs[nvme_admin_virtual_mgmt]) & NVME_CMD_EFFECTS_CSUPP;
}

/*
 * The PF's controller, opened on first use and kept open. Binding drivers or changing NumVFs may
 * have given the PF another controller: once an epoch its name is looked up again, and after a
 * while, as another process may have done so.
 */
int nvme_get(struct target *t, struct linux_nvme **nvme)
{
	struct linux_target *l = linux_of(t);
	unsigned epoch = atomic_load(l->epoch);
	char name[TARGET_NAME_LEN];
	struct linux_nvme *n = l->nvme;
	int err;

	if (n && n->epoch == epoch && linux_now_us() - n->checked_us < RECHECK_US) {
		*nvme = n;
		return 0;
	}
	err = nvme_find_name(l->pf, name, sizeof(name));
	if (!err && n && !strcmp(n->name, name)) {
		n->epoch = epoch;
		n->checked_us = linux_now_us();
		*nvme = n;
		return 0;
	}
	linux_nvme_close(l);
	if (err)
		return err == -ENOENT ? -EOPNOTSUPP : err;

	n = calloc(1, sizeof(*n));
	if (!n)
		return -ENOMEM;
	strcpy(n->name, name);
	n->epoch = epoch;
	n->checked_us = linux_now_us();
	n->fd = nvme_open(name);
	if (n->fd < 0) {
		err = -errno;
		warnx("/dev/%s: %s", name, strerror(-err));
		free(n);
		return err;
	}
	err = nvme_read_primary(n->fd, &n->primary);
	if (err) {
		close(n->fd);
		free(n);
		return err;
	}
	*nvme = l->nvme = n;
	return 0;
}

void linux_nvme_close(struct linux_target *l)
{
	if (!l->nvme)
		return;
	close(l->nvme->fd);
	free(l->nvme);
	l->nvme = NULL;
}

int linux_nvme_primary(struct target *t, struct nvme_primary *primary)
{
	struct linux_nvme *n;
	int err = nvme_get(t, &n);

	if (err)
		return err;
	err = nvme_read_primary(n->fd, &n->primary);
	if (!err)
		*primary = n->primary;
	return err;
}

/*
 * One page of the Secondary Controller List: the entries from identifier *@from on, decoded.
 * Moves *@from behind them. A page is full with 127; one that is not full is the last.
 */
static int nvme_list_page(struct linux_nvme *n, unsigned *from,
			  struct nvme_secondary entry[static NVME_ID_SECONDARY_CTRL_MAX])
{
	struct nvme_secondary_ctrl_list page;
	int len, status;

	if (*from > UINT16_MAX)
		return 0;
	status = nvme_ret_status(
		nvme_identify_secondary_ctrl_list(n->fd, NVME_NSID_NONE, *from, &page));
	if (status)
		return nvme_status_errno(status);
	len = page.num < NVME_ID_SECONDARY_CTRL_MAX ? page.num : NVME_ID_SECONDARY_CTRL_MAX;
	for (int i = 0; i < len; i++) {
		entry[i] = (struct nvme_secondary){
			.cntlid = le16toh(page.sc_entry[i].scid),
			.vfn = le16toh(page.sc_entry[i].vfn),
			.online = page.sc_entry[i].scs & 1,
			.vq = le16toh(page.sc_entry[i].nvq),
			.vi = le16toh(page.sc_entry[i].nvi),
		};
		*from = entry[i].cntlid + 1u;
	}
	return len;
}

int linux_nvme_secondary(struct target *t, struct nvme_secondary *list, size_t max)
{
	struct nvme_secondary page[NVME_ID_SECONDARY_CTRL_MAX];
	struct linux_nvme *n;
	unsigned from = 0;
	size_t total = 0;
	int len, err;

	err = nvme_get(t, &n);
	if (err)
		return err;
	do {
		len = nvme_list_page(n, &from, page);
		if (len < 0)
			return len;
		for (int i = 0; i < len; i++, total++)
			if (total < max)
				list[total] = page[i];
	} while (len == NVME_ID_SECONDARY_CTRL_MAX);
	return total;
}

/* VFs are numbered from 1 in the list, in the order of their addresses (PCIe 6.0, 9.2.1.2). */
static int nvme_vf_number(struct bdf pf, struct bdf vf)
{
	unsigned long offset, stride;
	unsigned distance;
	int err;

	err = linux_read_number(pf, "sriov_offset", &offset);
	if (!err)
		err = linux_read_number(pf, "sriov_stride", &stride);
	if (err)
		return err;
	distance = (uint16_t)(bdf_requester_id(vf) - bdf_requester_id(pf) - offset);
	if (!distance)
		return 1;
	return stride && distance % stride == 0 ? (int)(distance / stride + 1) : -ENODEV;
}

/* What a VF that is enabled has, or at least needs to go online. */
static unsigned nvme_queues_kept(const struct nvme_secondary *other, int numvfs)
{
	return other->vq < VQ_MIN && other->vfn <= numvfs ? VQ_MIN : other->vq;
}

int nvme_find_vf(struct target *t, struct linux_nvme *n, struct bdf vf, struct nvme_vf *found)
{
	struct nvme_secondary page[NVME_ID_SECONDARY_CTRL_MAX];
	int vfn = nvme_vf_number(linux_pf(t), vf), numvfs = linux_numvfs(t);
	bool seen = false;
	unsigned from = 0;
	int len;

	if (vfn < 0)
		return vfn;
	found->queues_elsewhere = 0;
	do {
		len = nvme_list_page(n, &from, page);
		if (len < 0)
			return len;
		for (int i = 0; i < len; i++) {
			if (page[i].vfn == vfn) {
				found->secondary = page[i];
				seen = true;
			} else {
				found->queues_elsewhere += nvme_queues_kept(&page[i], numvfs);
			}
		}
	} while (len == NVME_ID_SECONDARY_CTRL_MAX);
	return seen ? 0 : -ENODEV;
}

int nvme_send(struct linux_nvme *n, const struct nvme_virt_mgmt *cmd, uint32_t *dw0)
{
	uint32_t result = 0;
	struct nvme_virtual_mgmt_args args = {
		.result = &result,
		.args_size = sizeof(args),
		.fd = n->fd,
		.timeout = NVME_DEFAULT_IOCTL_TIMEOUT,
		.act = cmd->action,
		.rt = cmd->resource,
		.cntlid = cmd->cntlid,
		.nr = cmd->nr,
	};
	int status = nvme_ret_status(nvme_virtual_mgmt(&args));

	if (dw0)
		*dw0 = result;
	return status;
}

int linux_nvme_virt_mgmt(struct target *t, const struct nvme_virt_mgmt *cmd, uint32_t *dw0)
{
	struct linux_nvme *n;
	int err = nvme_get(t, &n);

	return err ? err : nvme_send(n, cmd, dw0);
}
