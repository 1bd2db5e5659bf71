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
	{"model=M-IMM,backend=sysfs", "as mlx5 and ice do it", NULL},
	{"model=M-VFE,backend=sysfs", "sriov_vf_msix_count, and a new size in new VFs", NULL},
	{"backend=none", "VFs that cannot be resized", NULL},
	{"guard=on", "the host resizes no VF that a driver has", NULL},

	/* How many, how large. */
	{"vfs=1", "no sibling", NULL},
	{"vfs=127,max=3,pool=300", "as many VFs as QEMU's controller carries", NULL},
	{"vfs=300", "VFs on more than one bus", NULL},
	{"max=1", "one vector, and no other size", NULL},
	{"max=2", "two vectors at most", NULL},
	{"max=64,size=64", "a PBA of one full QWORD", NULL},
	{"max=65,size=65", "one bit in the second QWORD of the PBA", NULL},
	{"max=65,pool=200,cpus=4", "from one QWORD of the PBA into the second", NULL},
	{"max=2048,size=2048", "the largest table", NULL},
	{"max=2048", "grows to the largest table", NULL},
	{"pool=8,size=2", "a pool far smaller than what the VFs could take", NULL},

	/* Where table and PBA are. */
	{"bar=32", "32-bit BARs", NULL},
	{"layout=two", "table and PBA in a BAR each", NULL},
	{"bar=32,layout=two", "... of 32 bits", NULL},

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
	{"iommu=smmu,kernel=6.12,model=M-VFE", "... on Linux 6.12", NULL},
	{"loglimit=3", "a log that takes three faults in five seconds", NULL},
	{"address=0003:02:00.0", "a domain that reports of the IOMMU leave out", NULL},
	{"address=0003:02:00.0,iommu=smmu", "... or that its Stream IDs do", NULL},

	/* What is not there to be tested. */
	{"iommu=none", "no IOMMU", NULL},
	{"remap=off", "an IOMMU that does not remap interrupts", "IOM-PRE-IR"},
	{"translation=off", "an IOMMU that does not translate DMA", "IOM-PRE-DMA"},
	{"flr=off", "VFs without FLR", "RST-FLR-SUPP"},
	{"engine=off", "nobody can fire a vector", NULL},
};

const size_t shapes_count = sizeof(shapes) / sizeof(shapes[0]);

const struct remark remarks[] = {
	{"RST-VFE-TS", "in model M-VFE a new size comes with new VFs: the rule tells of it"},
	{"NVM-GUARD", "Linux lets Virtualization Management resize a VF that a driver has"},
};

const size_t remarks_count = sizeof(remarks) / sizeof(remarks[0]);
