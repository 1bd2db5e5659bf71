/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of the room that a machine's interrupt remapping has for the vectors of one function. */
#include <stdio.h>
#include <string.h>

#include "alloc.h"

/* --- AMD --- */

/* Entries of a function's table, and of one with NumInt2K (drivers/iommu/amd/amd_iommu_types.h). */
#define AMD_ENTRIES      512
#define AMD_ENTRIES_MANY 2048

static void judge_amd(struct judging *jg, const struct world *w, const struct event *event,
		      struct world_fn *fn)
{
	char expected[WORDS];
	struct asked asked;

	if (strcmp(w->iommu.kind, "amd") || !w->iommu.remapping) {
		inapplicable(jg, fn, "no AMD IOMMU remaps interrupts here");
		return;
	}
	if (!asked_of(event, fn, &asked) || !asks_plainly(&asked) || asked.min > AMD_ENTRIES ||
	    asked.clamp <= AMD_ENTRIES)
		return;
	snprintf(expected, sizeof(expected), "%d vectors, or all %lld", AMD_ENTRIES,
		 (long long)asked.clamp);
	verdict(jg, fn,
		!asked.res && (asked.ret == AMD_ENTRIES ||
			       (asked.ret == asked.clamp && asked.clamp <= AMD_ENTRIES_MANY)),
		expected, "%lld (%s)", (long long)asked.ret, res_name(asked.res));
}

/* --- an ITS --- */

struct itt {
	int64_t size; /* Table Size of which an earlier driver was given all, 0 none */
	bool again;   /* another driver has it since */
};

/*
 * A table for the function's interrupts is made when it first allocates, with room for as many as
 * it asks for, and must go when all are freed (its_irq_domain_free()).
 */
static void judge_itt(struct judging *jg, const struct world *w, const struct event *event,
		      struct world_fn *fn)
{
	const json_t *machine = json_object_get(w->header, "machine");
	const char *arch = json_string_value(json_object_get(machine, "arch"));
	char expected[WORDS];
	struct asked asked;
	struct itt *itt;

	if (!arch || strcmp(arch, "aarch64")) {
		inapplicable(jg, fn, "the machine has no ITS: it is not an arm64");
		return;
	}
	if (event->kind != EV_DONE)
		return;
	itt = scratch(jg, fn, sizeof(*itt));
	if (event->act != ACT_ALLOC) {
		itt->again = itt->again || !event_res(event);
		return;
	}
	if (!asked_of(event, fn, &asked) || !asks_plainly(&asked) ||
	    asked.clamp < (int64_t)fn->msix.size)
		return;
	if (itt->size && itt->again && asked.clamp > itt->size && asked.min <= asked.clamp) {
		snprintf(expected, sizeof(expected), "all %lld vectors", (long long)asked.clamp);
		verdict(jg, fn, !asked.res && asked.ret == asked.clamp, expected,
			"%lld (%s), where all of %lld were given before", (long long)asked.ret,
			res_name(asked.res), (long long)itt->size);
	}
	if (!asked.res && asked.ret == asked.clamp)
		*itt = (struct itt){.size = asked.clamp};
}

const struct rule remap_room_rules[] = {
	{
		.info = {.id = "DRV-AMD-512",
			 .severity = SEV_INFO,
			 .title = "A function with more vectors than AMD's remapping table has "
				  "entries is given 512, or all.",
			 .clause = "Linux drivers/iommu/amd/amd_iommu_types.h:MAX_IRQS_PER_TABLE",
			 .needs = "the probe driver allocates more than 512 vectors on a machine "
				  "with "
				  "an AMD IOMMU",
			 .remark =
				 "Tables of 2048 entries came with Linux 6.15, where the IOMMU has "
				 "them (NumInt2K)."},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE,
		.on_done = ON_ACT(ACT_ALLOC),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_amd,
	},
	{
		.info = {"DRV-ITS-RESIZE", SEV_INFO,
			 "On arm64 a driver bound after its function grew is given all vectors, "
			 "not as "
			 "many as the ITS had room for.",
			 "Linux drivers/irqchip/irq-gic-v3-its.c:its_msi_prepare",
			 "the probe driver given all vectors, a resize to more, and again"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE | NEED_RANGE,
		.on_done = ON_ACT(ACT_ALLOC) | ON_ACT(ACT_BIND),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_itt,
	},
	{
		.info = {.id = "DRV-XEN",
			 .severity = SEV_INFO,
			 .title = "Under Xen the hypervisor masks entries, not the kernel.",
			 .clause = "Linux arch/x86/pci/xen.c (pci_msi_ignore_mask); "
				   "drivers/pci/msi/msi.c:msix_mask_all",
			 .needs = "nothing",
			 .unobservable =
				 "no demand that a device or a kernel could break, but a reason "
				 "why rules of masks do not apply in a guest of Xen"},
	},
};

const size_t remap_room_rules_count = sizeof(remap_room_rules) / sizeof(remap_room_rules[0]);
