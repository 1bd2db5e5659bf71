/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel logs of a fault, in the words of its version: Linux drivers/iommu/intel/dmar.c
 * (dmar_fault_do_one), amd/iommu.c (amd_iommu_report_page_fault), arm/arm-smmu-v3/arm-smmu-v3.c
 * (arm_smmu_evtq_thread; arm_smmu_dump_event in later kernels).
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model.h"

/* DEFAULT_RATELIMIT_INTERVAL in Linux. */
#define LIMIT_SECONDS 5

#define AMD_INTERRUPT 0x008u
#define AMD_WRITE     0x020u
#define SMMU_READ     (1ull << 35)
#define SMMU_CLASS_IN (2ull << 40) /* the input address caused it */

static struct bdf fault_source(const struct sim_fn *fn, bool interrupt)
{
	const struct sim *s = fn->sim;
	struct bdf source = fn->bdf;

	if (sim_has(s, DEFECT_WRONG_SOURCE) ||
	    (interrupt && sim_strikes(fn, DEFECT_AMD_WRONG_SOURCE)) ||
	    (!interrupt && sim_strikes(fn, DEFECT_SMMU_WRONG_SOURCE)))
		source.devfn ^= 0x80;
	return source;
}

static void hurt_bystanders(const struct sim_fn *fn)
{
	const struct sim *s = fn->sim;

	if (!sim_has(s, DEFECT_BYSTANDER))
		return;
	for (unsigned i = 0; i < s->opt.vfs; i++)
		if (s->vf[i] && s->vf[i] != fn && s->vf[i]->load)
			s->vf[i]->load->failed = true;
}

/* Is there room in the log for one more? */
static bool within_limit(struct sim *s)
{
	struct timespec now;

	if (!s->opt.loglimit)
		return true;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!s->logged || now.tv_sec - s->logged_since >= LIMIT_SECONDS) {
		s->logged_since = now.tv_sec;
		s->logged = 0;
	}
	return s->logged++ < s->opt.loglimit;
}

/* A fault, as the IOMMU records it. */
struct record {
	bool interrupt;
	uint64_t addr;
	int index, reason;
};

/* How often this fault is reported: once, but for defects. */
static unsigned reports(struct sim_fn *fn, const struct record *record)
{
	const struct sim *s = fn->sim;
	bool lost = fn->faults++ % 2 && sim_strikes(fn, DEFECT_FAULT_LOST);
	unsigned times = sim_strikes(fn, DEFECT_FAULT_TWICE) ? 2 : 1;

	hurt_bystanders(fn);
	fn->sim->faulted = true;
	if (lost || sim_has(s, record->interrupt ? DEFECT_QUIET : DEFECT_SMMU_QUIET))
		return 0;
	for (unsigned n = 0; n < times; n++)
		sim_recorded(fn, record->interrupt, record->addr, record->index, record->reason);
	return within_limit(fn->sim) && !sim_has(s, DEFECT_UNREPORTED) ? times : 0;
}

/* --- Intel --- */

static const char *intel_device(const struct sim_fn *fn, bool interrupt, char text[static BDF_LEN])
{
	bdf_format(fault_source(fn, interrupt), text);
	return fn->sim->opt.kernel >= KERNEL_7_2 ? text : text + strlen("0000:");
}

static void intel_write(struct sim_fn *fn, uint64_t addr, unsigned reason, const char *words)
{
	bool read = sim_strikes(fn, DEFECT_DMA_READ);
	char device[BDF_LEN];

	sim_log(fn->sim, "DMAR: DRHD: handling fault status reg 2");
	sim_log(fn->sim,
		"DMAR: [DMA %s NO_PASID] Request device [%s] fault addr 0x%llx [fault reason "
		"0x%02x] %s",
		read ? "Read" : "Write", intel_device(fn, false, device),
		(unsigned long long)addr & ~(SIM_PAGE - 1ull), reason, words);
}

void sim_fault_remap(struct sim_fn *fn, struct msi_msg msg, unsigned index, unsigned reason)
{
	static const char *const words[] = {
		"Detected reserved fields in the decoded interrupt-remapped request",
		"Interrupt index exceeded the interrupt-remapping table size",
		"Present field in the IRTE entry is clear",
		"Error accessing interrupt-remapping table pointed by IRTA_REG",
		"Detected reserved fields in the IRTE entry",
		"Blocked a compatibility format interrupt request",
		"Blocked an interrupt request due to source-id verification failure",
	};
	const char *text = words[reason - SIM_FAULT_RESERVED];
	const struct record record = {
		.interrupt = true, .index = (int)(index & 0xffff), .reason = (int)reason};
	char device[BDF_LEN];

	for (unsigned n = reports(fn, &record); n; n--) {
		if (reason == SIM_FAULT_SOURCE && sim_strikes(fn, DEFECT_FAULT_KIND)) {
			intel_write(fn, msg.addr, reason, text);
			continue;
		}
		sim_log(fn->sim, "DMAR: DRHD: handling fault status reg 2");
		sim_log(fn->sim,
			"DMAR: [INTR-REMAP] Request device [%s] fault index 0x%x [fault reason "
			"0x%02x] %s",
			intel_device(fn, true, device),
			(index + sim_strikes(fn, DEFECT_FAULT_INDEX)) & 0xffff, reason, text);
	}
}

/* --- AMD --- */

static void amd_event(struct sim_fn *fn, bool interrupt, uint64_t addr, unsigned flags)
{
	char device[BDF_LEN];

	/* Linux finds the driver by the Requester ID: here it is always the one that has it. */
	sim_log(fn->sim,
		"%s %s: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x%04x address=0x%llx "
		"flags=0x%04x]",
		fn->driver[0] ? fn->driver : "pci", bdf_format(fault_source(fn, interrupt), device),
		fn->vf + 2, (unsigned long long)addr, flags);
}

void sim_fault_event(struct sim_fn *fn, struct msi_msg msg)
{
	const struct record record = {
		.interrupt = true, .addr = msg.addr, .index = -1, .reason = -1};
	bool plain = !(msg.data & 0xff) && sim_strikes(fn, DEFECT_AMD_FLAG);

	for (unsigned n = reports(fn, &record); n; n--)
		amd_event(fn, true, msg.addr, plain ? AMD_WRITE : AMD_INTERRUPT);
}

/* --- SMMU --- */

static void smmu_event(struct sim_fn *fn, uint64_t addr)
{
	static const char unit[] = "arm-smmu-v3 arm-smmu-v3.0.auto";
	struct bdf source = fault_source(fn, false);
	bool read = sim_strikes(fn, DEFECT_DMA_READ);
	unsigned sid = bdf_requester_id(source);
	unsigned long long quad[] = {(uint64_t)sid << 32 | SIM_F_TRANSLATION,
				     SMMU_CLASS_IN | (read ? SMMU_READ : 0), addr, 0};
	char device[BDF_LEN];

	sim_log(fn->sim, "%s: event 0x%02x received:", unit, SIM_F_TRANSLATION);
	for (size_t i = 0; i < ARRAY_SIZE(quad); i++)
		sim_log(fn->sim, "%s: \t0x%016llx", unit, quad[i]);
	if (fn->sim->opt.kernel < KERNEL_7_2)
		return;
	sim_log(fn->sim,
		"%s: event: F_TRANSLATION client: %s sid: %#x ssid: 0x0 iova: %#llx ipa: 0x0", unit,
		bdf_format(source, device), sid, quad[2]);
	sim_log(fn->sim, "%s: unpriv data %s s1 \"Input address caused fault\" stag: 0x0", unit,
		read ? "read" : "write");
}

/* --- DMA --- */

/* AMD's flags are no reason that its model would know. */
static int reason_of_write(const struct sim *s)
{
	if (s->opt.iommu == SIM_IOMMU_INTEL)
		return SIM_FAULT_WRITE;
	return s->opt.iommu == SIM_IOMMU_SMMU ? SIM_F_TRANSLATION : -1;
}

void sim_fault_write(struct sim_fn *fn, uint64_t addr)
{
	const struct record record = {
		.addr = addr, .index = -1, .reason = reason_of_write(fn->sim)};

	for (unsigned n = reports(fn, &record); n; n--)
		switch (fn->sim->opt.iommu) {
		case SIM_IOMMU_INTEL:
			intel_write(fn, addr, SIM_FAULT_WRITE, "PTE Write access is not set");
			break;
		case SIM_IOMMU_AMD:
			amd_event(fn, false, addr, AMD_WRITE);
			break;
		case SIM_IOMMU_SMMU:
			smmu_event(fn, addr);
			break;
		case SIM_IOMMU_NONE:
			break;
		}
}
