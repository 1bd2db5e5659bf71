/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the IOMMU: what must be in place for it to protect anything, what becomes of DMA, and
 * the rows of the whole group. delivery.c judges what arrives of a forged interrupt request,
 * remap.c what is reported of it.
 *
 * A shot is judged when its watch is seen; shot.h tells what was in it.
 */
#include <errno.h>
#include <string.h>

#include "catalogue.h"
#include "iommu.h"
#include "shot.h"

/* --- preconditions --- */

static void judge_remapping(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	(void)event;
	verdict(jg, fn, w->iommu.remapping, "interrupt remapping on", "off, with an IOMMU (%s)",
		w->iommu.kind);
}

static void judge_translation(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	const char *domain = event_str(event, "domain");

	if (!domain || !strcmp(domain, "unknown"))
		inapplicable(jg, fn, "the kernel does not tell the type of the IOMMU domain");
	else
		verdict(jg, fn, w->iommu.translation && strcmp(domain, "identity"),
			"a domain that translates", "%s%s", domain,
			w->iommu.translation ? "" : ", and translation is off");
}

struct isolation {
	bool known, unsafe_allowed;
};

/* Attaching a group whose interrupts are not isolated fails with EPERM, unless it is allowed to. */
static void judge_isolated(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct isolation *isolation = scratch(jg, fn, sizeof(*isolation));

	if (event->kind == EV_OBS) {
		isolation->known = true;
		isolation->unsafe_allowed = event_bool(event, "unsafe_interrupts");
		if (event_int(event, "group", -1) < 0)
			broke(jg, fn, "an IOMMU group", "none");
		return;
	}
	if (!w->iommu.remapping && event_res(event))
		inapplicable(jg, fn, "interrupt remapping is off, and VFIO rightly refuses");
	else if (!w->iommu.remapping)
		broke(jg, fn, "a group whose interrupts are isolated",
		      "opened with interrupt remapping off%s",
		      isolation->unsafe_allowed ? ": allow_unsafe_interrupts is set" : "");
	else if (event_res(event) == -EPERM)
		broke(jg, fn, "a group whose interrupts are isolated", "EPERM, opening it");
	else if (event_res(event) || !isolation->known)
		return;
	else if (!isolation->unsafe_allowed)
		held(jg, fn);
	else
		inapplicable(jg, fn, "allow_unsafe_interrupts is set, so opening proves nothing");
}

/* --- DMA --- */

struct dma {
	struct allowance allowance; /* on the PF: the kernel has one for all */
	unsigned long shots, roomy, faults;
	uint64_t page;
};

/* Of a page that nobody else writes to; whom the report names is judged in report.c. */
static bool reports_dma(const struct shot *shot, uint64_t addr)
{
	for (size_t i = 0; i < faults_count(shot); i++) {
		struct fault fault = fault_get(shot, i);

		if (!fault.interrupt && is_page(fault.addr, addr))
			return true;
	}
	return false;
}

static void dma_run_end(struct judging *jg, const struct world *w)
{
	for (size_t i = 0; i < w->nfn; i++) {
		const struct dma *dma = scratch(jg, w->fn[i], sizeof(*dma));

		if (!dma->shots || dma->faults)
			continue;
		if (dma->roomy)
			broke(jg, w->fn[i], "a DMA fault, at least once", "none in %lu shots",
			      dma->shots);
		else
			inapplicable(jg, w->fn[i],
				     "the kernel's limit on reports may have kept all of them");
	}
}

static void judge_rogue_dma(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	const char *canary = event_str(event, "canary");
	struct dma *dma;
	struct shot shot;
	bool room;

	if (event->kind == EV_RUN_END) {
		dma_run_end(jg, w);
		return;
	}
	if (fn)
		allow_burst(&((struct dma *)scratch(jg, fn->pf, sizeof(*dma)))->allowance, w, event,
			    fn);
	if (!sees_shot(w, event, fn, &shot) || !reported(&shot))
		return;
	dma = scratch(jg, fn->pf, sizeof(*dma));
	room = allow(&dma->allowance, event);
	if (shot.kind != KIND_DMA_UNMAPPED)
		return;
	dma = scratch(jg, fn, sizeof(*dma));
	if (canary && !strcmp(canary, "written")) {
		broke(jg, fn, "memory as it was", "the canary changed, after a write to %llXh",
		      (unsigned long long)shot.msg.addr);
		return;
	}
	if (!shot.control)
		return;
	dma->shots++;
	dma->roomy += room;
	if (reports_dma(&shot, shot.msg.addr)) {
		dma->faults++;
		held(jg, fn);
	}
}

static void judge_rogue_mapped(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn)
{
	const char *canary = event_str(event, "canary");
	struct shot shot;

	if (!sees_shot(w, event, fn, &shot) || shot.kind != KIND_DMA_CANARY || !shot.control ||
	    !canary || !strcmp(canary, "none"))
		return;
	verdict(jg, fn, !strcmp(canary, "written"), "a write like any other to its own memory",
		"the memory did not change");
}

/* --- rows --- */

#define NEED_ATTACK (NEED_VF | NEED_MSIX | NEED_ENGINE | NEED_VFIO)
#define ON_WATCH    ON_OBS(OBS_WATCH)

const struct rule iommu_rules[] = {
	{
		.info = {"IOM-PRE-IR", SEV_MUST, "Interrupt remapping is on.",
			 "Linux drivers/iommu/intel/irq_remapping.c:intel_enable_irq_remapping",
			 "a machine with an IOMMU"},
		.needs = NEED_PF | NEED_IOMMU | NEED_LINUX,
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_remapping,
	},
	{
		.info = {"IOM-PRE-DMA", SEV_MUST,
			 "The DMA of a VF goes through a domain that translates.",
			 "Linux drivers/iommu/iommu.c:iommu_group_show_type",
			 "a look at the VF's IOMMU group"},
		.needs = NEED_VF | NEED_IOMMU | NEED_LINUX,
		.on_obs = ON_OBS(OBS_ISOLATION),
		.judge = judge_translation,
	},
	{
		.info = {"IOM-ISOLATED", SEV_MUST,
			 "The VF's group has isolated interrupts, so that VFIO may attach it.",
			 "Linux drivers/vfio/vfio_iommu_type1.c:vfio_iommu_type1_attach_group",
			 "a look at the VF's IOMMU group, then opening it in VFIO"},
		.needs = NEED_VF | NEED_IOMMU | NEED_LINUX | NEED_VFIO,
		.on_done = ON_ACT(ACT_VFIO_OPEN),
		.on_obs = ON_OBS(OBS_ISOLATION),
		.judge = judge_isolated,
	},
	{
		.info = {"IOM-ROGUE-DMA", SEV_MUST,
			 "A message to an address that is mapped nowhere writes no memory, and is "
			 "reported.",
			 "VT-d 4.1, 7.1.3; Linux drivers/iommu/intel/dmar.c:dmar_fault_do_one",
			 "a control delivered, then such shots"},
		.needs = NEED_ATTACK | NEED_TRANSLATION,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_rogue_dma,
	},
	{
		.info = {"IOM-ROGUE-MAPPED", SEV_INFO,
			 "A message to an address that the function has mapped is a DMA write by "
			 "right.",
			 "VT-d 4.1, 3.14", "a control delivered, then such a shot at the canary"},
		.needs = NEED_ATTACK | NEED_TRANSLATION,
		.on_obs = ON_WATCH,
		.judge = judge_rogue_mapped,
	},
	{
		.info = {"IOM-FEE-DMAWRITE", SEV_INFO,
			 "A DMA write of more than one DWORD to the interrupt range is blocked.",
			 "VT-d 4.1, 3.14",
			 "a write of many DWORDs by the function's own DMA to FEEx_xxxxh",
			 .unobservable =
				 "an IOMMU that does not check may take such a write for "
				 "as many interrupt requests, none of which this run chose: "
				 "no machine in use is put to that"},
		.needs = NEED_ATTACK | NEED_TRANSLATION | NEED_INTEL,
	},
	{
		.info = {"IOM-IR-RSVD", SEV_MUST,
			 "A remappable request with reserved bits set is a fault 20h.",
			 "VT-d 4.1, 5.1.4; Linux drivers/iommu/intel/dmar.c:dmar_get_fault_reason",
			 "a control delivered, then data 31:16 set with a subhandle; an IOMMU that "
			 "reports"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_ir_reserved,
	},
	{
		.info = {"IOM-IR-INDEX", SEV_MUST,
			 "A handle beyond the interrupt remapping table is a fault 21h.",
			 "VT-d 4.1, 5.1.4; Linux drivers/iommu/intel/dmar.c:dmar_get_fault_reason",
			 "a control delivered, then such a shot; an IOMMU that reports"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_ir_index,
	},
	{
		.info = {"IOM-IR-NP", SEV_MUST,
			 "A handle whose remapping entry is not present is a fault 22h.",
			 "VT-d 4.1, 5.1.4; Linux drivers/iommu/intel/dmar.c:dmar_get_fault_reason",
			 "a control delivered, then such a shot; an IOMMU that reports"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_ir_absent,
	},
	{
		.info = {"IOM-IR-COMPAT", SEV_MUST,
			 "A compatibility-format request is a fault 25h.",
			 "VT-d 4.1, 5.1.4; Linux drivers/iommu/intel/irq_remapping.c:"
			 "iommu_enable_irq_remapping (CFI)",
			 "a control delivered, then such a shot; an IOMMU that reports"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_ir_compat,
	},
	{
		.info = {"IOM-IR-SID", SEV_MUST,
			 "Another function's handle is a fault 26h: the source does not match.",
			 "VT-d 4.1, 5.1.4; Linux drivers/iommu/intel/irq_remapping.c:set_msi_sid",
			 "a control delivered, then a sibling's or the PF's handle; an IOMMU that "
			 "reports"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_ir_source,
	},
	{
		.info = {"IOM-IR-ROOT", SEV_INFO,
			 "A remapping table that cannot be read is a fault 23h.",
			 "VT-d 4.1, 5.1.4; Linux drivers/iommu/intel/dmar.c:dmar_get_fault_reason",
			 "the table's address made unreadable",
			 .unobservable =
				 "where the remapping table lies is the kernel's own, and it "
				 "is wrong only where the kernel is broken"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
	},
	{
		.info = {"IOM-IR-IRTE", SEV_INFO,
			 "A remapping entry with reserved bits set is a fault 24h.",
			 "VT-d 4.1, 5.1.4; Linux drivers/iommu/intel/dmar.c:dmar_get_fault_reason",
			 "reserved bits set in an entry",
			 .unobservable =
				 "the entries are the kernel's own, and it sets no reserved "
				 "bit"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
	},
	{
		.info = {"IOM-IR-PI", SEV_INFO,
			 "A posted descriptor that cannot be used is a fault 27h or above.",
			 "VT-d 4.1, 5.2", "an entry that posts, and its descriptor made unusable",
			 .unobservable =
				 "posted entries and their descriptors are the hypervisor's "
				 "own; Linux has no words for such faults",
			 .remark = "The reasons were not checked against the specification."},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_INTEL,
	},
	{
		.info = {"IOM-NODELIVER", SEV_MUST,
			 "A message that must not be delivered arrives nowhere, whatever is "
			 "logged.",
			 "VT-d 4.1, 5.1.4 (a faulting request is blocked); AMD IOMMU, 2.2.5.1; "
			 "GICv3, "
			 "5.2",
			 "a control delivered, then hostile shots, everything watched"},
		.needs = NEED_ATTACK | NEED_REMAP,
		.on_obs = ON_WATCH,
		.judge = judge_nowhere,
	},
	{
		.info = {"IOM-VICTIM", SEV_MUST,
			 "A function's vectors do not fire for a message of another function.",
			 "VT-d 4.1, 5.1.4 and 9.10 (SVT, SID); AMD IOMMU, 2.2.5.1 and GICv3, 5.2 "
			 "(a "
			 "table for each function)",
			 "a control delivered, then shots with the victim's handle"},
		.needs = NEED_MSIX | NEED_REMAP | NEED_VFIO | NEED_ATTACKER,
		.on_obs = ON_WATCH,
		.judge = judge_victim,
	},
	{
		.info = {"IOM-OWN-INDEX", SEV_INFO,
			 "A function may fire any of its own vectors through any of its entries.",
			 "VT-d 4.1, 5.1.3; AMD IOMMU, 2.2.5.1; GICv3, 5.2",
			 "a control delivered, then a shot with another handle of its own"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_TWO,
		.on_obs = ON_WATCH,
		.judge = judge_own,
	},
	{
		.info = {"IOM-LOG-INTEL", SEV_SHOULD,
			 "A report names the function that shot, its address or index, and the "
			 "reason.",
			 "Linux drivers/iommu/intel/dmar.c:dmar_fault_do_one",
			 "shots, and at least one DMAR report in the kernel's log"},
		.needs = NEED_ATTACK | NEED_INTEL,
		.on_obs = ON_WATCH,
		.judge = judge_log_intel,
	},
	{
		.info = {"IOM-LOG-AMD", SEV_SHOULD,
			 "An event names the function that shot, and has the flag of an interrupt "
			 "for an interrupt only.",
			 "Linux drivers/iommu/amd/iommu.c:amd_iommu_report_page_fault",
			 "shots, and at least one IO_PAGE_FAULT in the kernel's log"},
		.needs = NEED_ATTACK | NEED_AMD,
		.on_obs = ON_WATCH,
		.judge = judge_log_amd,
	},
	{
		.info = {"IOM-LOG-SMMU", SEV_SHOULD,
			 "An event of a write that was blocked names the function and the address.",
			 "Linux drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c:"
			 "arm_smmu_evtq_thread",
			 "shots at memory, and at least one event in the kernel's log",
			 .remark = "Up to Linux 6.12 an event has a Stream ID only, which is taken "
				   "for the Requester ID."},
		.needs = NEED_ATTACK | NEED_SMMU,
		.on_obs = ON_WATCH,
		.judge = judge_log_smmu,
	},
	{
		.info = {"IOM-LOG-RATE", SEV_INFO,
			 "Each blocked shot is reported once, as far as the kernel's limit has "
			 "room.",
			 "Linux drivers/iommu/intel/dmar.c:dmar_fault; VT-d 4.1, 7.2 (a fault of "
			 "a source that has one pending may be dropped)",
			 "shots that are blocked, to the run's end; an IOMMU that reports such",
			 .remark = "One report that is missing proves nothing; they are counted "
				   "over the whole run, and only those that the kernel is sure to "
				   "print."},
		.needs = NEED_PF | NEED_IOMMU | HEARS_ALL | NEED_VFIO | NEED_ATTACKER,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_log_rate,
	},
	{
		.info = {"IOM-ITS-EVENT", SEV_INFO,
			 "An EventID that is not mapped is dropped, without a fault.",
			 "GICv3, 5.2; Linux drivers/irqchip/irq-gic-v3-its.c:"
			 "its_irq_compose_msi_msg",
			 "a control delivered, then such shots",
			 .remark = "The clause was not checked against the specification."},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_SMMU,
		.on_obs = ON_WATCH,
		.judge = judge_its,
	},
	{
		.info = {"IOM-QUIET-MODEL", SEV_INFO,
			 "An IOMMU that blocks interrupt requests also records them.",
			 "VT-d 4.1, 7.3; AMD IOMMU, 2.5.3; QEMU hw/i386/intel_iommu.c:"
			 "vtd_interrupt_remap_msi",
			 "a control delivered, then forged requests that are blocked, to the run's "
			 "end"},
		.needs = NEED_PF | NEED_REMAP | NEED_X86 | HEARS_ALL | NEED_VFIO | NEED_ATTACKER,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_quiet,
	},
	{
		.info = {"IOM-NMI", SEV_SHOULD,
			 "No message of a function raises an NMI or a system error.",
			 "XSA-59 (CVE-2013-3495)",
			 "a control delivered, then hostile shots, on a machine without NMIs of "
			 "its "
			 "own"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_X86,
		.on_obs = ON_WATCH,
		.judge = judge_nmi,
	},
	{
		.info = {"IOM-HOSTVEC", SEV_MUST,
			 "No message of a function picks a vector of the host.",
			 "Linux drivers/iommu/intel/irq_remapping.c:iommu_enable_irq_remapping "
			 "(CFI "
			 "off); XSA-3 (CVE-2011-1898)",
			 "a control delivered, then compatibility-format shots"},
		.needs = NEED_ATTACK | NEED_REMAP | NEED_X86,
		.on_obs = ON_WATCH,
		.judge = judge_hostvec,
	},
	{
		.info = {"IOM-BYSTANDER", SEV_MUST,
			 "I/O on a VF loses nothing while another VF attacks.",
			 "derived from VT-d 4.1, 5.1.4 and PCIe 6.0, 9.2",
			 "a verifying job on one VF, shots of another while it runs"},
		.needs = NEED_VF | NEED_LINUX | NEED_VFIO | NEED_ATTACKER | NEED_DRIVER,
		.on_done = ON_ACT(ACT_SHOT) | ON_ACT(ACT_LOAD_START) | ON_ACT(ACT_LOAD_STOP) |
			   ON_ACT(ACT_RESET) | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_UNBIND),
		.judge = judge_bystander,
	},
};

const size_t iommu_rules_count = sizeof(iommu_rules) / sizeof(iommu_rules[0]);
