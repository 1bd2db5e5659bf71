/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table is of what kernel sources and vendors' documents say. No device but QEMU's was
 * measured: a row says what to expect of a walk, which then finds out.
 */
#include <string.h>

#include "pf_drivers.h"

static const struct pf_driver drivers[] = {
	{.name = "mlx5_core",
	 .way = "resizes VFs through sriov_vf_msix_count, at once",
	 .needs =
		 {"Linux 5.13 or later; on a SmartNIC the PF that manages the eswitch",
		  "firmware that assigns vectors: sriov_vf_total_msix is not 0",
		  "VFs in its firmware: mstconfig -d BDF set SRIOV_EN=1 NUM_OF_VFS=8, and a reboot",
		  "the PF's interface down: ip link set IF down"},
	 .read = "Linux 6.12",
	 .known = {{"SYS-RIGHT-VF", "before 5.18 a VF was found by devfn alone: VF 256 is VF 0"},
		   {"SYS-DRVERR-MLX5", "below the firmware's minimum EINVAL, above its maximum "
				       "EOVERFLOW"},
		   {"POOL-SHRINK-FIRST", "default: total / NumVFs, at most half the maximum"},
		   {"POOL-DEFAULT-SUM", "but never below the minimum, whatever the total"},
		   {"POOL-PARTIAL-ENABLE",
		    "a VF that gets no vectors is left disabled, and logged"},
		   {"POOL-PF-RELOAD", "recovery and reload give all VFs the default again"},
		   {"DRV-MSI-IRQS", "drivers begin with 1 vector and add others (from 6.2 on)"}}},
	{.name = "ice",
	 .way = "resizes VFs through sriov_vf_msix_count, at once",
	 .needs = {"Linux 6.7 or later",
		   "vectors that PF and RDMA leave over: devlink param msix_vec_per_pf_max, after "
		   "6.12",
		   "the PF's interface down: ip link set IF down"},
	 .read = "Linux 6.12",
	 .known = {{"SYS-TS-EQ", "N is taken as queues: the VF is given N + 1 vectors"},
		   {"SYS-ZERO", "0 is accepted and does nothing"},
		   {"SYS-RIGHT-VF", "until 6.16 a VF is found by devfn alone: VF 256 is VF 0"},
		   {"SYS-DRVERR-ICE", "no vectors left: ENOSPC (EINVAL in 7.2); no queues: EINVAL"},
		   {"SYS-TOTAL-U32", "without VFs the total is negative: it shows as 4294967..."},
		   {"SYS-FAIL-ATOMIC", "where going back fails, too, the VF has no vectors left"},
		   {"POOL-NOLEAK", "a failure behind the first check leaves the pool smaller"}}},
	{.name = "nvme",
	 .way = "does not resize VFs: Virtualization Management does, past the kernel",
	 .needs = {"a controller with flexible vectors: nvme primary-ctrl-caps, vifrt not 0",
		   "no mounted file system, swap or RAID on the PF's namespaces"},
	 .read = "Linux 6.12",
	 .known = {{"SYS-NOCB", "sriov_vf_msix_count refuses: EOPNOTSUPP"},
		   {"NVM-GUARD", "nobody checks that the VF has no driver"}}},
	{.name = "vfwalk_pf",
	 .way = "resizes VFs of NVMe controllers through sriov_vf_msix_count: ours, for tests",
	 .needs = {"a controller with flexible vectors, given to it by driver_override"}},
	{.name = "bnxt_en",
	 .way = "divides the vectors that are free among VFs when they are enabled, and never "
		"again",
	 .needs = {"devlink dev param enable_sriov and msix_vec_per_pf_max: permanent, a reboot"}},
	{.name = "igb", .way = "has VFs of 3 vectors, fixed: all but resizing can be tested"},
	{.name = "ixgbe", .way = "does not resize VFs: all but resizing can be tested"},
	{.name = "i40e", .way = "does not resize VFs: all but resizing can be tested"},
	{.name = "pci-pf-stub", .way = "enables VFs and nothing else: sizes are the device's"},
	{.name = "vfio-pci",
	 .way = "enables VFs where enable_sriov=1, and nothing else: sizes are the device's"},
};

#define DRIVERS (sizeof(drivers) / sizeof(drivers[0]))

const struct pf_driver *pf_driver_find(const char *name)
{
	for (size_t i = 0; i < DRIVERS; i++)
		if (!strcmp(drivers[i].name, name))
			return &drivers[i];
	return NULL;
}

void pf_driver_print(FILE *out, const struct pf_driver *driver)
{
	fprintf(out, "  %s %s\n", driver->name, driver->way);
	for (size_t i = 0; i < PF_DRIVER_NEEDS && driver->needs[i]; i++)
		fprintf(out, "    needs  %s\n", driver->needs[i]);
	for (size_t i = 0; i < PF_DRIVER_KNOWN && driver->known[i].rule; i++)
		fprintf(out, "    %s  %-19s %s\n", i ? "     " : "known", driver->known[i].rule,
			driver->known[i].what);
	if (driver->read)
		fprintf(out, "    as read in %s; `vfwalk explain RULE` tells more\n", driver->read);
}

void pf_drivers_print(FILE *out)
{
	for (size_t i = 0; i < DRIVERS; i++) {
		if (i)
			putc('\n', out);
		pf_driver_print(out, &drivers[i]);
	}
}
