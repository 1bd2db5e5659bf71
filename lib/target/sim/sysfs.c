/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attributes of functions in sysfs, with the checks in the order in which Linux makes them
 * (drivers/pci/iov.c, drivers/pci/pci-sysfs.c).
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

/*
 * As kstrtoll(): an optional sign, a number in the base that its prefix tells, one newline.
 * @rest: where it ended; NULL if nothing may follow.
 */
static int parse(const char *text, long long min, long long max, long long *value)
{
	const char *digits = text + (*text == '+' || *text == '-');
	char *end;

	if (*digits < '0' || *digits > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoll(text, &end, 0);
	if (*end == '\n')
		end++;
	if (errno || *end)
		return -EINVAL;
	return *value < min || *value > max ? -ERANGE : 0;
}

/* --- sriov_vf_msix_count --- */

/* Spellings that defects do not know. */
static bool is_misread(const struct sim *s, const char *text)
{
	return (sim_has(s, DEFECT_HEX_REFUSED) && !strncasecmp(text, "0x", 2)) ||
	       (sim_has(s, DEFECT_NEWLINE_REFUSED) && strchr(text, '\n'));
}

static int parse_count(const struct sim *s, const char *text, long long *count)
{
	char number[32];
	int err;

	if (is_misread(s, text))
		return -EINVAL;
	if (sim_has(s, DEFECT_BLANK_TAKEN))
		text += strspn(text, " ");

	if (sim_has(s, DEFECT_JUNK_TAKEN)) {
		snprintf(number, sizeof(number), "%.*s", (int)strspn(text, "-0123456789"), text);
		text = number;
	}
	err = parse(text, INT32_MIN, INT32_MAX, count);
	if (err)
		return sim_has(s, DEFECT_RANGE_ERRNO) ? err : -EINVAL;
	if (*count < 0 && sim_has(s, DEFECT_NEGATIVE_TAKEN))
		*count = -*count;
	if (*count == -1 && sim_has(s, DEFECT_MINUS_ONE_TAKEN))
		*count = 0;
	return *count < 0 && !sim_has(s, DEFECT_NEGATIVE_LATE) ? -EINVAL : 0;
}

static bool is_busy(const struct sim_fn *vf)
{
	bool vfio = !strcmp(vf->driver, "vfio-pci");

	if (!vf->driver[0])
		return false;
	return !sim_has(vf->sim, vfio ? DEFECT_VFIO_NOT_BUSY : DEFECT_BUSY_TAKEN);
}

/* Only the PF driver of the sysfs backend has one. */
static bool has_callback(const struct sim *s)
{
	return s->opt.backend == BACKEND_SYSFS && s->pf->driver[0];
}

static int no_callback(const struct sim *s)
{
	if (sim_has(s, s->pf->driver[0] ? DEFECT_NOCB_ERRNO : DEFECT_NOPF_ERRNO))
		return -ENODEV;
	return -EOPNOTSUPP;
}

static int store_count(struct sim_fn *vf, const char *text)
{
	struct sim *s = vf->sim;
	long long count;
	int err = parse_count(s, text, &count);

	if (err)
		return err;
	if (is_busy(vf) && s->pf->driver[0] && sim_has(s, DEFECT_BUSY_FIRST))
		return -EBUSY;
	if (!has_callback(s))
		return no_callback(s);
	if (count < 0)
		return -EINVAL;
	if (is_busy(vf))
		return sim_has(s, DEFECT_BUSY_ERRNO) && strcmp(vf->driver, "vfio-pci") ? -EAGAIN
										       : -EBUSY;
	return sim_set_msix_vec_count(vf, (unsigned)count);
}

/* --- sriov_numvfs --- */

/* The driver of the PF could not set the size of the last VF, and leaves it there all the same. */
static void fail_last(struct sim *s)
{
	char pf[BDF_LEN];

	sim_log(s, "%s %s: failed to set MSI-X vector counts VF %u, err -22", s->pf->driver,
		bdf_format(s->pf->bdf, pf), s->numvfs - 1);
	sim_msix_set_size(sim_vf(s, s->numvfs - 1), 1);
}

int sim_enable_vfs(struct sim *s, unsigned count)
{
	struct sim_fn *pf = s->pf;

	/* sriov_enable(): without VF migration they must be equal (PCIe 6.0, 9.3.3.5). */
	if (sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_INITIAL_VF) !=
	    sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_TOTAL_VF))
		return -EIO;
	sim_cfg_write(pf, SIM_POS_SRIOV + PCI_SRIOV_NUM_VF, 2, count);
	sim_cfg_write(pf, SIM_POS_SRIOV + PCI_SRIOV_CTRL, 2,
		      sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_CTRL) | PCI_SRIOV_CTRL_VFE |
			      PCI_SRIOV_CTRL_MSE);
	s->numvfs = count;
	if (sim_has(s, DEFECT_PARTIAL_ENABLE))
		fail_last(s);
	for (unsigned i = 0; i < count; i++) {
		bool anyway = sim_has(s, DEFECT_AUTOPROBE_IGNORED) && i + 1 == count;

		/* A driver that fails leaves the VF without one. */
		if (s->autoprobe || anyway)
			sim_bind_to(sim_vf(s, i), "nvme");
	}
	return 0;
}

static int disable_vfs(struct sim *s)
{
	for (unsigned i = 0; i < s->opt.vfs; i++)
		if (s->vf[i] && s->vf[i]->vfio)
			return -EBUSY; /* Linux would wait for its user */
	for (unsigned i = 0; i < s->opt.vfs; i++) {
		struct sim_fn *vf = s->vf[i];

		if (!vf)
			continue;
		sim_unbind_from(vf);
		vf->override[0] = '\0';
		vf->seen_size = 0;
	}
	sim_cfg_write(s->pf, SIM_POS_SRIOV + PCI_SRIOV_CTRL, 2,
		      sim_cfg_get16(s->pf, SIM_POS_SRIOV + PCI_SRIOV_CTRL) &
			      ~(unsigned)(PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE));
	sim_cfg_write(s->pf, SIM_POS_SRIOV + PCI_SRIOV_NUM_VF, 2, 0);
	s->numvfs = 0;
	return 0;
}

static int set_numvfs(struct sim *s, unsigned count)
{
	if (count > s->opt.vfs)
		return sim_has(s, DEFECT_NUMVFS_ERRNO) ? -EINVAL : -ERANGE;
	if (count == s->numvfs)
		return count && sim_has(s, DEFECT_NUMVFS_SAME) ? -EBUSY : 0;
	if (!s->pf->driver[0])
		return sim_has(s, DEFECT_NUMVFS_NOPF) ? -ENODEV : -ENOENT;
	if (!count)
		return disable_vfs(s);
	if (s->numvfs && sim_has(s, DEFECT_NUMVFS_TAKEN))
		return 0;
	if (s->numvfs) {
		char pf[BDF_LEN];

		sim_log(s, "%s %s: %u VFs already enabled. Disable before enabling %u VFs",
			s->pf->driver, bdf_format(s->pf->bdf, pf), s->numvfs, count);
		return -EBUSY;
	}
	return sim_enable_vfs(s, count);
}

static int store_numvfs(struct sim_fn *pf, const char *text)
{
	long long count;

	if (sim_has(pf->sim, DEFECT_NUMVFS_JUNK) && *text >= '0' && *text <= '9')
		return set_numvfs(pf->sim, (unsigned)atoi(text));
	return parse(text, 0, UINT16_MAX, &count) ? -EINVAL : set_numvfs(pf->sim, (unsigned)count);
}

/* --- the rest --- */

/* A defect has it take away the drivers of VFs that are there. */
static int set_autoprobe(struct sim *s, bool on)
{
	s->autoprobe = on;
	for (unsigned i = 0; !on && sim_has(s, DEFECT_AUTOPROBE_UNBINDS) && i < s->numvfs; i++)
		if (s->vf[i])
			sim_unbind_from(s->vf[i]);
	return 0;
}

static int store_autoprobe(struct sim_fn *pf, const char *text)
{
	if (!strchr("01yYnN", *text) || !*text)
		return -EINVAL;
	return set_autoprobe(pf->sim, strchr("1yY", *text));
}

static int store_reset(struct sim_fn *fn, const char *text)
{
	long long value;

	if (parse(text, 0, INT64_MAX, &value) || value != 1)
		return -EINVAL;
	return sim_reset_function(fn);
}

static int store_override(struct sim_fn *fn, const char *text)
{
	size_t len = strcspn(text, "\n");

	if (len >= sizeof(fn->override))
		return -EINVAL;
	memcpy(fn->override, text, len);
	fn->override[len] = '\0';
	return 0;
}

/* An empty line disables all methods, "default" brings them back (reset_method_store()). */
static int store_method(struct sim_fn *fn, const char *text)
{
	bool none = !strcspn(text, "\n");

	if (!none && strncmp(text, "flr", 3) && strncmp(text, "default", 7))
		return -EINVAL;
	fn->no_method = none;
	return 0;
}

static void show_total(const struct sim_fn *pf, char *text, size_t size)
{
	const struct sim *s = pf->sim;
	bool stays = !pf->driver[0] && s->opt.backend == BACKEND_SYSFS;
	unsigned total = 0;

	if (has_callback(s) || sim_has(s, DEFECT_TOTAL_PHANTOM) ||
	    (stays && sim_has(s, DEFECT_TOTAL_STAYS)))
		total = s->opt.pool - 2 * sim_has(s, DEFECT_TOTAL_SMALL);
	if (total && sim_has(s, DEFECT_TOTAL_ERRNO))
		total = (unsigned)-EINVAL;
	if (total > 1 && s->assignments && sim_has(s, DEFECT_TOTAL_SHRINKS))
		total--;
	snprintf(text, size, "%u\n", total);
}

static void show_numvfs(const struct sim_fn *pf, char *text, size_t size)
{
	snprintf(text, size, "%u\n", pf->sim->numvfs);
}

static void show_totalvfs(const struct sim_fn *pf, char *text, size_t size)
{
	snprintf(text, size, "%u\n", pf->sim->opt.vfs);
}

static void show_offset(const struct sim_fn *pf, char *text, size_t size)
{
	snprintf(text, size, "%u\n", sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_VF_OFFSET));
}

static void show_stride(const struct sim_fn *pf, char *text, size_t size)
{
	snprintf(text, size, "%u\n", sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_VF_STRIDE));
}

static void show_vf_device(const struct sim_fn *pf, char *text, size_t size)
{
	snprintf(text, size, "%x\n", sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_VF_DID));
}

static void show_autoprobe(const struct sim_fn *pf, char *text, size_t size)
{
	snprintf(text, size, "%u\n", pf->sim->autoprobe);
}

/* The kernel tells a VF's IDs as the PF has them. */
static void show_vendor(const struct sim_fn *fn, char *text, size_t size)
{
	snprintf(text, size, "0x%04x\n", sim_cfg_get16(fn->sim->pf, PCI_VENDOR_ID));
}

static void show_device(const struct sim_fn *fn, char *text, size_t size)
{
	const struct sim_fn *pf = fn->sim->pf;

	snprintf(text, size, "0x%04x\n",
		 fn->vf < 0 ? sim_cfg_get16(pf, PCI_DEVICE_ID)
			    : sim_cfg_get16(pf, SIM_POS_SRIOV + PCI_SRIOV_VF_DID));
}

static void show_class(const struct sim_fn *fn, char *text, size_t size)
{
	snprintf(text, size, "0x%02x%04x\n", fn->cfg[PCI_CLASS_REVISION + 3],
		 sim_cfg_get16(fn, PCI_CLASS_REVISION + 1));
}

static void show_override(const struct sim_fn *fn, char *text, size_t size)
{
	snprintf(text, size, "%s\n", fn->override[0] ? fn->override : "(null)");
}

static void show_method(const struct sim_fn *fn, char *text, size_t size)
{
	snprintf(text, size, "%s\n", fn->no_method ? "" : "flr");
}

/* What pci_irq_vector() answers without MSI(-X): a VF has no INTx. */
static void show_irq(const struct sim_fn *fn, char *text, size_t size)
{
	snprintf(text, size, "%u\n", fn->vf < 0 ? SIM_INTX : 0);
}

enum who { PF_ONLY = 1, VF_ONLY = 2, BOTH = 3, WITH_FLR = 4 };

struct attr {
	const char *name;
	unsigned who; /* enum who */
	int mode;
	void (*show)(const struct sim_fn *fn, char *text, size_t size);
	int (*store)(struct sim_fn *fn, const char *text);
};

static const struct attr attrs[] = {
	{"sriov_vf_msix_count", VF_ONLY, 0200, NULL, store_count},
	{"sriov_vf_total_msix", PF_ONLY, 0444, show_total, NULL},
	{"sriov_numvfs", PF_ONLY, 0644, show_numvfs, store_numvfs},
	{"sriov_totalvfs", PF_ONLY, 0444, show_totalvfs, NULL},
	{"sriov_offset", PF_ONLY, 0444, show_offset, NULL},
	{"sriov_stride", PF_ONLY, 0444, show_stride, NULL},
	{"sriov_vf_device", PF_ONLY, 0444, show_vf_device, NULL},
	{"sriov_drivers_autoprobe", PF_ONLY, 0644, show_autoprobe, store_autoprobe},
	{"vendor", BOTH, 0444, show_vendor, NULL},
	{"device", BOTH, 0444, show_device, NULL},
	{"class", BOTH, 0444, show_class, NULL},
	{"irq", BOTH, 0444, show_irq, NULL},
	{"driver_override", BOTH, 0644, show_override, store_override},
	{"reset", BOTH | WITH_FLR, 0200, NULL, store_reset},
	{"reset_method", BOTH | WITH_FLR, 0644, show_method, store_method},
};

static const struct attr *find(const struct sim_fn *fn, const char *name)
{
	unsigned who = fn->vf < 0 ? PF_ONLY : VF_ONLY;
	bool flr = fn->cfg[SIM_POS_EXP + PCI_EXP_DEVCAP + 3] & PCI_EXP_DEVCAP_FLR >> 24;

	if (sim_has(fn->sim, DEFECT_COUNT_ON_PF) && !strcmp(name, "sriov_vf_msix_count"))
		who = BOTH;
	for (size_t i = 0; i < ARRAY_SIZE(attrs); i++)
		if (!strcmp(attrs[i].name, name) && attrs[i].who & who)
			return attrs[i].who & WITH_FLR && !flr ? NULL : &attrs[i];
	return NULL;
}

/* --- operations --- */

int sim_set_numvfs(struct target *t, unsigned count)
{
	return set_numvfs(sim_of(t), count);
}

int sim_set_autoprobe(struct target *t, bool on)
{
	return set_autoprobe(sim_of(t), on);
}

static bool is_missing(const struct sim *s, const struct attr *attr)
{
	return (attr->store == store_count && sim_has(s, DEFECT_COUNT_MISSING)) ||
	       (attr->show == show_total && sim_has(s, DEFECT_TOTAL_MISSING));
}

int sim_attr_mode(struct target *t, struct bdf bdf, const char *name)
{
	const struct sim *s = sim_of(t);
	const struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);
	const struct attr *attr = fn ? find(fn, name) : NULL;

	if (!attr || is_missing(s, attr))
		return fn ? -ENOENT : -ENODEV;
	if ((attr->store == store_count && sim_has(s, DEFECT_COUNT_MODE)) ||
	    (attr->show == show_total && sim_has(s, DEFECT_TOTAL_MODE)))
		return 0644;
	return attr->mode;
}

/* kernfs refuses to open for what a file's mode does not offer, to root too. */
ssize_t sim_attr_read(struct target *t, struct bdf bdf, const char *name, char *buf, size_t size)
{
	const struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);
	const struct attr *attr = fn ? find(fn, name) : NULL;
	size_t len;

	if (!attr)
		return fn ? -ENOENT : -ENODEV;
	if (attr->store == store_count && sim_has(fn->sim, DEFECT_COUNT_SHOWN))
		snprintf(buf, size, "%u\n", fn->vectors);
	else if (attr->show)
		attr->show(fn, buf, size);
	else
		return -EACCES;
	len = strlen(buf);
	if (len && buf[len - 1] == '\n')
		buf[--len] = '\0';
	return (ssize_t)len;
}

/* A write of nothing does not reach the attribute. */
ssize_t sim_attr_write(struct target *t, struct bdf bdf, const char *name, const char *text)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), bdf);
	const struct attr *attr = fn ? find(fn, name) : NULL;
	int err;

	if (!attr)
		return fn ? -ENOENT : -ENODEV;
	if (!attr->store)
		return -EACCES;
	if (!*text)
		return 0;
	err = attr->store(fn, text);
	return err ? err : (ssize_t)strlen(text);
}
