/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of what shares a page with table and PBA. What else a BAR maps is known only where a
 * specification of the device's class says so.
 */
#include <stdio.h>
#include <string.h>

#include "look.h"

#define TEXT 128

/* What PCI Express asks for, whatever the system's pages are (7.7.2). */
#define PAGE_4K 4096u
#define PAGE_8K 8192u

/* An NVMe controller's properties are followed by its doorbells, all in BAR 0 (NVMe 2.1, 3.1.3). */
#define CLASS_NVME     0x010802
#define NVME_BAR       0
#define NVME_DOORBELLS 0x1000
#define NVME_DOORBELL  8 /* a tail and a head, at the least stride */

struct range {
	uint64_t from, to; /* of a BAR; @to is not included */
};

/* Registers that the BAR is known to map. An admin queue there always is, others where they were
 * seen to be assigned. */
static struct range registers(const struct world_fn *fn, unsigned bir)
{
	uint64_t queues = fn->sec_vq > 1 ? (uint64_t)fn->sec_vq : 1;

	if (bir != NVME_BAR)
		return (struct range){0};
	return (struct range){0, NVME_DOORBELLS + queues * NVME_DOORBELL};
}

static struct range table_of(const struct world_fn *fn)
{
	uint64_t from = fn->msix.table_off;

	return (struct range){from, from + (uint64_t)fn->msix.size * MSIX_ENTRY_SIZE};
}

static struct range pba_of(const struct world_fn *fn)
{
	uint64_t from = fn->msix.pba_off;

	return (struct range){from, from + msix_pba_bytes(fn->msix.size)};
}

static bool share_page(struct range a, struct range b, uint64_t page)
{
	return a.to > a.from && b.to > b.from && a.from / page <= (b.to - 1) / page &&
	       b.from / page <= (a.to - 1) / page;
}

/* The page that structures of an SR-IOV device must keep to themselves; 0 where it is not told. */
static uint64_t system_page(const struct world_fn *fn)
{
	struct sriov sriov;

	if (cfg_sriov(&fn->pf->cfg, &sriov))
		return fn->vf < 0 ? PAGE_4K : 0;
	return sriov.page_size;
}

static bool registers_known(struct judging *jg, const struct world_fn *fn)
{
	if (fn->class_code == CLASS_NVME)
		return true;
	inapplicable(jg, fn, "what else the BAR maps is not known for class %06Xh", fn->class_code);
	return false;
}

static void judge_pages(struct judging *jg, const struct world_fn *fn, uint64_t page)
{
	const struct msix *m = &fn->msix;
	struct range in_table = registers(fn, m->table_bir), in_pba = registers(fn, m->pba_bir);
	bool table = share_page(table_of(fn), in_table, page);
	char expected[TEXT];

	snprintf(expected, sizeof(expected), "pages of %llu bytes with table or PBA only",
		 (unsigned long long)page);
	verdict(jg, fn, !table && !share_page(pba_of(fn), in_pba, page), expected,
		"%s at %Xh of BAR %u, registers of the controller up to %llXh",
		table ? "table" : "PBA", table ? m->table_off : m->pba_off,
		table ? m->table_bir : m->pba_bir,
		(unsigned long long)(table ? in_table : in_pba).to - 1);
}

static void judge_isolated(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	uint64_t page;

	(void)w;
	if (!shows_msix(fn, event) || !registers_known(jg, fn))
		return;
	page = system_page(fn);
	if (page)
		judge_pages(jg, fn, page);
	else
		inapplicable(jg, fn, "the record does not tell the PF's System Page Size");
}

static void judge_isolated_8k(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	(void)w;
	if (shows_msix(fn, event) && registers_known(jg, fn))
		judge_pages(jg, fn, PAGE_8K);
}

/* Where the CPU's pages are the least there are, CAP-ISO has said it. */
static void judge_isolated_cpu(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn)
{
	const json_t *machine = json_object_get(w->header, "machine");
	json_int_t page = json_integer_value(json_object_get(machine, "page_size"));

	if (!shows_msix(fn, event) || !registers_known(jg, fn))
		return;
	if (page > PAGE_4K)
		judge_pages(jg, fn, (uint64_t)page);
	else
		inapplicable(jg, fn, "pages of this machine are no larger than 4 KiB");
}

/* --- the rows --- */

const struct rule isolation_rules[] = {
	{
		.info = {"CAP-ISO", SEV_MUST,
			 "No other register shares a page of System Page Size with table or PBA.",
			 "PCIe 6.0, 7.7.2 and 9.3.3.13",
			 "the capability, the PF's System Page Size, a class whose registers are "
			 "known",
			 .remark = "Registers that a vendor adds are not known: what is judged is "
				   "the distance to those that the class defines, for NVMe the "
				   "controller properties and doorbells in BAR 0."},
		.needs = NEED_MSIX,
		SEES_MSIX,
		.judge = judge_isolated,
	},
	{
		.info = {"CAP-ISO-8K", SEV_INFO,
			 "Table and PBA are apart from other registers by aligned 8 KiB ranges.",
			 "PCIe 6.0, 7.7.2 (implementation note, a recommendation)",
			 "the capability, and a class whose registers are known"},
		.needs = NEED_MSIX,
		SEES_MSIX,
		.judge = judge_isolated_8k,
	},
	{
		.info = {"CAP-ISO-CPU", SEV_SHOULD,
			 "No other register shares a page of the CPU with table or PBA.",
			 "Linux drivers/vfio/pci/vfio_pci_core.c:vfio_pci_core_mmap, which maps "
			 "pages of the CPU",
			 "the capability, a class whose registers are known, pages of more than "
			 "4 KiB",
			 .remark = "Linux sets System Page Size to its own page, so that this "
				   "fails alone only where a device ignores it."},
		.needs = NEED_MSIX | NEED_LINUX,
		SEES_MSIX,
		.judge = judge_isolated_cpu,
	},
};

const size_t isolation_rules_count = sizeof(isolation_rules) / sizeof(isolation_rules[0]);
