/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resets of a PF by hand, which the kernel does not know of, and what puts it back: the secondary
 * bus that it is on, CC.EN of its controller, and config space as it was before.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>

#include "nvme.h"

/* Reset is held for this long at least (PCIe 6.0, 6.6.1; Linux pci_reset_secondary_bus()). */
#define BUS_RESET_MS 2
/* Nothing may be asked of a function for this long after it (6.6.1). */
#define BUS_SETTLE_MS 100

/* The bridge above: its directory in sysfs is the one that holds the function's. */
static int find_bridge(struct bdf fn, struct bdf *bridge)
{
	char path[PATH_MAX], real[PATH_MAX], *slash;

	if (!realpath(linux_path(path, fn, NULL), real))
		return -errno;
	slash = strrchr(real, '/');
	if (!slash)
		return -EOPNOTSUPP;
	*slash = '\0';
	slash = strrchr(real, '/');
	return slash && !bdf_parse(slash + 1, bridge) ? 0 : -EOPNOTSUPP;
}

static bool is_own(struct target *t, struct bdf fn)
{
	return bdf_equal(fn, linux_pf(t)) || linux_vf_index(t, fn) >= 0;
}

/* A hotplug driver would take the reset of the link for a card that was pulled. */
static bool is_hotplug(struct bdf bridge, const char *service)
{
	char link[NAME_MAX + sizeof("/driver")], driver[TARGET_NAME_LEN];

	snprintf(link, sizeof(link), "%s/driver", service);
	return linux_read_link(bridge, link, driver, sizeof(driver)) > 0 &&
	       !strcmp(driver, "pciehp");
}

/* Is nobody else below the bridge, and nobody who would take the reset for something else? */
static bool is_alone(struct target *t, struct bdf bridge)
{
	char path[PATH_MAX];
	bool alone = true;
	struct dirent *entry;
	DIR *dir = opendir(linux_path(path, bridge, NULL));
	struct bdf fn;

	if (!dir)
		return false;
	while ((entry = readdir(dir))) {
		if (strstr(entry->d_name, ":pcie"))
			alone &= !is_hotplug(bridge, entry->d_name);
		else if (!bdf_parse(entry->d_name, &fn))
			alone &= is_own(t, fn);
	}
	closedir(dir);
	return alone;
}

int linux_reset_bus(struct target *t, struct bdf fn, uint64_t *begin)
{
	struct bdf bridge;
	uint16_t control;
	int ret = find_bridge(fn, &bridge);

	if (ret)
		return ret;
	if (!bdf_equal(fn, linux_pf(t)) || !is_alone(t, bridge))
		return -EOPNOTSUPP;
	if (linux_cfg_read(t, bridge, PCI_BRIDGE_CONTROL, &control, sizeof(control)) < 0)
		return -EIO;
	ret = linux_cfg_write(t, bridge, PCI_BRIDGE_CONTROL, 2, control | PCI_BRIDGE_CTL_BUS_RESET);
	linux_sleep_ms(BUS_RESET_MS);
	if (!ret)
		ret = linux_cfg_write(t, bridge, PCI_BRIDGE_CONTROL, 2,
				      control & ~PCI_BRIDGE_CTL_BUS_RESET);
	*begin = linux_now_us();
	if (!ret)
		linux_sleep_ms(BUS_SETTLE_MS);
	return ret;
}

/* The nvme driver clears CC.EN, sets it, and waits for both (nvme_sysfs_reset()). */
int linux_reset_controller(struct target *t, struct bdf fn)
{
	char path[PATH_MAX], attr[TARGET_NAME_LEN + sizeof("nvme//reset_controller")];
	struct linux_nvme *n;
	ssize_t ret;

	if (!bdf_equal(fn, linux_pf(t)) || nvme_get(t, &n))
		return -EOPNOTSUPP;
	snprintf(attr, sizeof(attr), "nvme/%s/reset_controller", n->name);
	ret = linux_write_text(linux_path(path, fn, attr), "1");
	return ret < 0 ? (int)ret : 0;
}

/* --- putting back --- */

static int write_back(struct target *t, struct bdf fn, const struct cfg *saved, unsigned off)
{
	uint32_t now, was = cfg_u32(saved, off);

	if (linux_cfg_read(t, fn, off, &now, sizeof(now)) != sizeof(now))
		return -EIO;
	return now == was ? 0 : linux_cfg_write(t, fn, off, 4, was);
}

static bool within(unsigned off, unsigned pos, unsigned len)
{
	return pos && off >= pos && off < pos + len;
}

/* VFs are away and begin anew, whatever the reset has left in the capability. */
static int sriov_write_back(struct target *t, struct bdf fn, const struct cfg *saved,
			    const struct sriov *sriov)
{
	unsigned pos = sriov->pos;
	int ret = linux_cfg_write(t, fn, pos + PCI_SRIOV_CTRL, 2,
				  sriov->ctrl & ~(PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE));

	if (!ret)
		ret = write_back(t, fn, saved, pos + PCI_SRIOV_SYS_PGSIZE);
	for (unsigned i = 0; !ret && i < PCI_SRIOV_NUM_BARS; i++)
		ret = write_back(t, fn, saved, pos + PCI_SRIOV_BAR + 4 * i);
	if (!ret)
		ret = linux_cfg_write(t, fn, pos + PCI_SRIOV_NUM_VF, 2, sriov->num_vfs);
	if (!ret)
		ret = linux_cfg_write(t, fn, pos + PCI_SRIOV_CTRL, 2, sriov->ctrl);
	/* VFs may be asked for something after as long as after a reset (PCIe 6.0, 9.3.3.3.1). */
	linux_sleep_ms(BUS_SETTLE_MS);
	return ret;
}

/*
 * Each register that differs, in the order of their addresses, as the kernel's restore has it by
 * capability (pci_restore_state()). MSI and MSI-X stay as the reset left them: there is no driver.
 */
int linux_cfg_restore(struct target *t, struct bdf fn, const struct cfg *saved)
{
	int msix = cfg_find_cap(saved, PCI_CAP_ID_MSIX, 0);
	int msi = cfg_find_cap(saved, PCI_CAP_ID_MSI, 0), ret = 0;
	struct sriov sriov = {0};
	bool has_sriov = !cfg_sriov(saved, &sriov);

	if (!bdf_equal(fn, linux_pf(t)))
		return -EOPNOTSUPP;
	for (unsigned off = PCI_STD_HEADER_SIZEOF; !ret && off + 4 <= saved->len; off += 4)
		if (!within(off, msix > 0 ? (unsigned)msix : 0, MSIX_CAP_LEN) &&
		    !within(off, msi > 0 ? (unsigned)msi : 0, PCI_MSI_FLAGS + 2) &&
		    !within(off, sriov.pos, PCI_EXT_CAP_SRIOV_SIZEOF))
			ret = write_back(t, fn, saved, off);
	/* BARs before the memory decode that Command has (pci_restore_config_space()). */
	for (unsigned off = PCI_STD_HEADER_SIZEOF; !ret && off > 0; off -= 4)
		ret = write_back(t, fn, saved, off - 4);
	if (!ret && has_sriov)
		ret = sriov_write_back(t, fn, saved, &sriov);
	linux_outdate(linux_of(t));
	return ret;
}
