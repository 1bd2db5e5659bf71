/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sim target: a model of an SR-IOV device, of the kernel that drives it and of the IOMMU
 * behind it, in the process. Without defects it does what the specifications say.
 *
 * The options (target_options.sim) are separated by commas:
 *	model=M-RST|M-IMM|M-VFE   when a new size shows in Table Size (M-RST)
 *	backend=nvme|sysfs|none   how a size is assigned (nvme)
 *	vfs=N                     TotalVFs, all of them enabled (4)
 *	max=N, size=N             largest and default size of a VF (9 and 5)
 *	pool=N                    vectors that VFs share (all at their default, and 5 more)
 *	cpus=N                    CPUs of the machine (2)
 *	bar=64|32                 width of the memory BARs (64)
 *	layout=one|two            table and PBA in one BAR, or each in its own (one)
 *	iommu=intel|none          (intel)
 *	remap=on|off              interrupt remapping (on)
 *	translation=on|off        DMA translation (on)
 *	flr=on|off                VFs have Function Level Reset (on)
 *	engine=on|off             vectors can be fired (on)
 *	guard=on|off              the host refuses Virtualization Management of a VF that
 *	                          a driver has (off, as in Linux)
 *	kernel=6.1|6.12           what the kernel is like (6.1)
 *	irqs=N                    interrupts that the machine has to give (enough)
 *	defect=NAME               a deliberate fault; may be repeated
 */
#ifndef VFWALK_SIM_H
#define VFWALK_SIM_H

#include <stddef.h>

/* A deliberate fault of the model. */
struct sim_defect {
	const char *name;    /* for defect=NAME */
	const char *rule;    /* the rule that must find it */
	const char *options; /* further options without which it has no effect, or NULL */
	const char *follows; /* rules that fail in consequence, separated by blanks, or NULL */
	const char *what;    /* what goes wrong, in one line */
	const char *bug;     /* a real bug that it stands for, or NULL */
};

/* All defects, in the order of the catalogue of rules. */
const struct sim_defect *sim_defects(size_t *count);

#endif
