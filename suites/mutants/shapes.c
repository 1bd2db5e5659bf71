/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model devices that are walked without a defect. Nothing may be found on any of them, but for
 * what the two tables say. The options of each defect are walked without it besides.
 */
#include "mutants.h"

const struct shape shapes[] = {
	{"", "as it is when nothing is asked for: model M-RST, 4 VFs of 5 to 9 vectors", NULL},

	/* When a size shows, and by which way it is assigned. */
	{"model=M-IMM", "a new size shows at once", NULL},
	{"model=M-VFE", "a new size shows in new VFs", NULL},
	{"backend=sysfs", "resized through sriov_vf_msix_count", NULL},
	{"backend=sysfs,limit=found,model=M-IMM", "... which tells no largest size", NULL},
	{"model=M-IMM,backend=sysfs", "as mlx5 and ice do it", NULL},
	{"model=M-VFE,backend=sysfs", "sriov_vf_msix_count, and a new size in new VFs", NULL},
	{"backend=none", "VFs that cannot be resized", NULL},
	{"guard=on", "the host resizes no VF that a driver has", NULL},

	/* How many, how large. */
	{"vfs=1", "no sibling", NULL},
	{"vfs=127,max=3,pool=300", "as many VFs as QEMU's controller carries", NULL},
	{"vfs=300,address=0000:05:00.1,offset=200,stride=2", "over four buses, with gaps", NULL},
	{"vfs=7,ari=off,kernel=6.12", "no ARI: functions 1 to 7", NULL},
	{"vfs=300,stride=3,offset=128,backend=sysfs,model=M-IMM", "mlx5, over four buses", NULL},
	{"address=0001:02:00.0", "in a domain that Linux 6.1 does not tell in faults", NULL},
	{"vfs=8,numvfs=2", "fewer VFs enabled than there could be", NULL},
	{"numvfs=0", "no VF enabled yet", NULL},
	{"max=1", "one vector, and no other size", NULL},
	{"max=2", "two vectors at most", NULL},
	{"max=33,size=33,backend=sysfs", "one bit in the second DWORD of the PBA", NULL},
	{"max=64,size=64", "a PBA of one full QWORD", NULL},
	{"max=64,size=8,cpus=64,kernel=6.12", "far fewer vectors than CPUs", NULL},
	{"max=65,size=65", "one bit in the second QWORD of the PBA", NULL},
	{"max=65,pool=200,cpus=4", "from one QWORD of the PBA into the second", NULL},
	{"max=2048,size=2048", "the largest table", NULL},
	{"max=2048,size=1,model=M-IMM,backend=sysfs", "grows to the largest table", NULL},
	{"granularity=2,pool=60", "sizes in steps of two are preferred", NULL},
	{"granularity=8,max=64,size=8,model=M-IMM", "no step of 8 at all, so one of 1", NULL},
	{"pool=4,size=1", "a vector for each VF, and no more", NULL},
	{"pool=4,size=1,backend=sysfs", "... by the file", NULL},
	{"pool=1000", "more vectors than anybody can have", NULL},
	{"queues=8,size=2,pool=40", "fewer queues than vectors", NULL},
	{"pool=8,size=2", "a pool far smaller than what the VFs could take", NULL},

	/* Where table and PBA are. */
	{"bar=32", "32-bit BARs", NULL},
	{"layout=two", "table and PBA in a BAR each", NULL},
	{"bar=32,layout=two", "... of 32 bits", NULL},

	{"page=65536", "64 KiB pages, and System Page Size with them", NULL},
	{"bar_size=1048576", "VF BARs far larger than needed", NULL},
	{"kernel=6.12,layout=two,bar=32,model=M-VFE", "all of it together", NULL},

	/* What is no NVMe controller. */
	{"class=network", "a network card", NULL},
	{"class=network,model=M-IMM,kernel=6.12", "mlx5 or ice, as they are", NULL},
	{"class=network,backend=none", "VFs that cannot be resized", NULL},
	{"class=network,backend=none,engine=igb,max=3,size=3,vfs=7", "Intel's 82576", NULL},
	{"class=network,engine=igb,model=M-IMM,kernel=6.12", "causes, and a table that grows",
	 NULL},

	/* The machine. */
	{"cpus=1", "one CPU", NULL},
	{"cpus=8", "fewer vectors than CPUs", NULL},
	{"irqs=7", "a machine that runs out of vectors", NULL},
	{"kernel=6.12", "Linux 6.12", NULL},
	{"kernel=6.12,model=M-IMM,backend=sysfs", "Linux 6.12 with mlx5 or ice", NULL},

	{"kernel=7.2", "Linux 7.2", NULL},
	{"iommu=amd", "AMD's IOMMU", NULL},
	{"iommu=amd,kernel=7.2,irt=2048", "... with tables of 2048 entries, on Linux 7.2", NULL},
	{"iommu=smmu", "an SMMU and an ITS", NULL},
	{"iommu=smmu,kernel=7.2", "... on Linux 7.2, which decodes its events", NULL},
	{"loglimit=3", "a log that takes three faults in five seconds", NULL},
	{"address=0003:02:00.0", "a domain that reports of the IOMMU leave out", NULL},

	/* What is not there to be tested. */
	{"iommu=none", "no IOMMU", NULL},
	{"guard=on,model=M-VFE,kernel=6.12", "a guard, and sizes in new VFs", NULL},
	{"flr=off,model=M-VFE", "no FLR, sizes in new VFs", "RST-FLR-SUPP"},
	/* Without a reset, clearing VF Enable is what probing tries: that loses the assignment. */
	{"flr=off,backend=sysfs", "no FLR, which sizes wait for", "RST-FLR-SUPP RST-NUMVFS-POOL"},
	{"remap=off", "an IOMMU that does not remap interrupts", "IOM-PRE-IR"},
	{"translation=off", "an IOMMU that does not translate DMA", "IOM-PRE-DMA"},
	{"flr=off", "VFs without FLR", "RST-FLR-SUPP"},
	{"engine=off", "nobody can fire a vector", NULL},
};

const size_t shapes_count = sizeof(shapes) / sizeof(shapes[0]);

const struct remark remarks[] = {
	{"RST-VFE-TS", "in model M-VFE a new size comes with new VFs: the rule tells of it"},
	{"POOL-SHRINK-FIRST",
	 "new VFs that have the whole pool between them: by default, or as it was assigned before"},
	{"NVM-GUARD", "Linux lets Virtualization Management resize a VF that a driver has"},
};

const size_t remarks_count = sizeof(remarks) / sizeof(remarks[0]);

const struct remark conditional[] = {
	{"POOL-PARTIAL-ENABLE",
	 "applies where a VF could not be set up, and a PF's driver without a fault sets up all"},
};

const size_t conditional_count = sizeof(conditional) / sizeof(conditional[0]);
