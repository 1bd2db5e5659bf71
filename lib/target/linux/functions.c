/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which functions there are: the PF to walk, its VFs by index, how many are enabled, and what
 * each was like before anybody acted on it.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <pci/pci.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "linux.h"

/* How long a function that was seen in sysfs is taken to be there. */
#define RECHECK_US 10000

/* --- the cache --- */

static void forget(struct linux_fn *f)
{
	if (f->dev)
		pci_free_dev(f->dev);
	f->dev = NULL;
	linux_unmap(f->bar);
	f->decodes = false;
}

/* Identifies the function's directory in sysfs: one that went and came back is another. */
static uint64_t identity(struct bdf fn)
{
	char path[PATH_MAX];
	struct stat st;

	return stat(linux_path(path, fn, NULL), &st) ? 0 : st.st_ino;
}

/*
 * The epoch tells of what this program did. Another process may have removed the function as well,
 * and touching a mapping that the kernel took back kills: so sysfs is asked, but not each time.
 */
static bool current(struct linux_target *l, struct linux_fn *f)
{
	uint64_t now = linux_now_us();

	if (f->epoch != atomic_load(l->epoch))
		return false;
	if (now - f->checked_us < RECHECK_US)
		return true;
	f->checked_us = now;
	return identity(f->fn) == f->identity;
}

struct linux_fn *linux_fn(struct linux_target *l, struct bdf fn)
{
	struct linux_fn *f;

	for (f = l->fns; f; f = f->next)
		if (bdf_equal(f->fn, fn))
			break;
	if (f && current(l, f))
		return f;
	if (f) {
		forget(f);
	} else {
		f = calloc(1, sizeof(*f));
		if (!f)
			return NULL;
		f->fn = fn;
		f->next = l->fns;
		l->fns = f;
	}
	f->epoch = atomic_load(l->epoch);
	f->identity = identity(fn);
	f->checked_us = linux_now_us();
	return f;
}

void linux_outdate(struct linux_target *l)
{
	atomic_fetch_add(l->epoch, 1);
}

void linux_fns_free(struct linux_target *l)
{
	while (l->fns) {
		struct linux_fn *f = l->fns;

		l->fns = f->next;
		forget(f);
		free(f);
	}
}

/* --- the PF --- */

static bool is_pf(struct bdf fn)
{
	unsigned long total;

	return !linux_read_number(fn, "sriov_totalvfs", &total) && total > 0;
}

/* Whether a backend is likely; asking the controller itself is left to resize_caps(). */
static bool may_resize(struct bdf fn)
{
	unsigned long total;
	uint32_t class;

	if (!linux_class(fn, &class) && class == LINUX_CLASS_NVME)
		return true;
	return !linux_read_number(fn, "sriov_vf_total_msix", &total) && total > 0;
}

static int first_pf(struct bdf *pf)
{
	struct dirent **entry;
	int n = scandir("/sys/bus/pci/devices", &entry, NULL, alphasort);
	int ret = -ENODEV;
	bool settled = false;

	if (n < 0)
		return -ENODEV;
	for (int i = 0; i < n; i++) {
		struct bdf fn;

		if (!settled && !bdf_parse(entry[i]->d_name, &fn) && is_pf(fn)) {
			settled = may_resize(fn);
			if (ret || settled)
				*pf = fn;
			ret = 0;
		}
		free(entry[i]);
	}
	free(entry);
	return ret;
}

int linux_find_pf(const struct target_options *options, struct bdf *pf)
{
	const char *want = options->pf;

	if (!want) {
		int ret = first_pf(pf);

		if (ret)
			warnx("no function here has SR-IOV with VFs; enable SR-IOV in the device's "
			      "and the machine's setup, or use %s",
			      options->ask_sim ? options->ask_sim : "--target sim");
		return ret;
	}
	if (bdf_parse(want, pf)) {
		warnx("\"%s\" is no PCI address; write it like 0000:01:00.0", want);
		return -EINVAL;
	}
	if (!linux_present(*pf)) {
		warnx("no function %s; `lspci -D` lists what there is", want);
		return -ENODEV;
	}
	if (!is_pf(*pf)) {
		warnx("%s is not a PF with SR-IOV; `vfwalk list` shows those", want);
		return -ENODEV;
	}
	return 0;
}

struct bdf linux_pf(struct target *t)
{
	return linux_of(t)->pf;
}

/* --- VFs --- */

int linux_vf(struct target *t, unsigned index, struct bdf *vf)
{
	char link[sizeof("virtfn4294967295")], name[BDF_LEN];
	ssize_t len;

	snprintf(link, sizeof(link), "virtfn%u", index);
	len = linux_read_link(linux_pf(t), link, name, sizeof(name));
	if (len < 0)
		return len == -ENOENT ? -ENODEV : len;
	return bdf_parse(name, vf);
}

int linux_vf_index(struct target *t, struct bdf fn)
{
	struct bdf pf = linux_pf(t);
	unsigned long offset, stride;
	int ret;

	if (fn.domain != pf.domain || bdf_equal(fn, pf))
		return -ENODEV;
	ret = linux_read_number(pf, "sriov_offset", &offset);
	if (!ret)
		ret = linux_read_number(pf, "sriov_stride", &stride);
	if (ret)
		return ret;

	/* PCIe 6.0, 9.2.1.2: the sum of PF, First VF Offset and index times VF Stride. */
	long distance = (long)bdf_requester_id(fn) - bdf_requester_id(pf) - (long)offset;

	if (distance < 0 || (!stride && distance) || (stride && distance % (long)stride))
		return -ENODEV;
	return stride ? distance / (long)stride : 0;
}

int linux_numvfs(struct target *t)
{
	unsigned long count;
	int ret = linux_read_number(linux_pf(t), "sriov_numvfs", &count);

	return ret ? ret : (int)count;
}

bool linux_vfs_open(struct target *t)
{
	for (struct linux_vfio *v = linux_of(t)->vfios; v; v = v->next) {
		char name[BDF_LEN];

		if (linux_vf_index(t, v->fn) < 0)
			continue;
		warnx("%s is open in VFIO; close it before NumVFs changes",
		      bdf_format(v->fn, name));
		return true;
	}
	return false;
}

int linux_set_numvfs(struct target *t, unsigned count)
{
	char path[PATH_MAX], text[16];
	ssize_t ret;

	if (linux_vfs_open(t))
		return -EBUSY;
	snprintf(text, sizeof(text), "%u", count);
	ret = linux_write_text(linux_path(path, linux_pf(t), "sriov_numvfs"), text);
	linux_outdate(linux_of(t));
	return ret < 0 ? ret : 0;
}

int linux_autoprobe(struct target *t)
{
	unsigned long on;
	int ret = linux_read_number(linux_pf(t), "sriov_drivers_autoprobe", &on);

	return ret ? ret : (int)on;
}

int linux_set_autoprobe(struct target *t, bool on)
{
	char path[PATH_MAX];
	ssize_t ret = linux_write_text(linux_path(path, linux_pf(t), "sriov_drivers_autoprobe"),
				       on ? "1" : "0");

	return ret < 0 ? ret : 0;
}

/* --- state --- */

static void state_nvme(struct target *t, unsigned index, struct target_state *state)
{
	struct nvme_secondary list[127];
	int n = linux_nvme_secondary(t, list, 127);

	for (int i = 0; i < n && i < 127; i++) {
		/* VF numbers of the list count from 1 (NVMe 2.1, Figure 331). */
		if (list[i].vfn != index + 1)
			continue;
		state->size = list[i].vi;
		state->queues = list[i].vq;
		state->online = list[i].online;
	}
}

int linux_state(struct target *t, struct bdf fn, struct target_state *state)
{
	struct nvme_primary primary;
	struct linux_target *l = linux_of(t);
	char path[PATH_MAX];
	int ret;

	*state = (struct target_state){.size = -1, .queues = -1, .flexible = -1};
	if (!linux_present(fn))
		return -ENODEV;
	ret = linux_driver(t, fn, state->driver);
	if (ret)
		return ret;
	if (linux_read_text(linux_path(path, fn, "driver_override"), state->override,
			    sizeof(state->override)) < 0 ||
	    !strcmp(state->override, "(null)"))
		state->override[0] = '\0';

	if (bdf_equal(fn, l->pf)) {
		int numvfs = linux_numvfs(t), autoprobe = linux_autoprobe(t);

		state->numvfs = numvfs > 0 ? numvfs : 0;
		state->autoprobe = autoprobe > 0;
		if (linux_backend(t) == BACKEND_NVME && !linux_nvme_primary(t, &primary))
			state->flexible = primary.virfap;
		return numvfs < 0 ? numvfs : 0;
	}

	int index = linux_vf_index(t, fn);

	if (index < 0)
		return 0;
	if (linux_backend(t) == BACKEND_NVME)
		state_nvme(t, index, state);
	else if (linux_backend(t) == BACKEND_SYSFS)
		state->size = linux_size(t, fn);
	return 0;
}
