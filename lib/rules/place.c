/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of where table and PBA lie: in a BAR that there is, inside of it and apart from each other
 * at every size that a resize can reach, and in the same place after it.
 */
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>

#include "look.h"

#define TEXT 96

static bool backend_resizes(const struct world *w)
{
	return !strcmp(w->backend, "nvme") || !strcmp(w->backend, "sysfs");
}

/* The largest Table Size that @fn can come to. */
static unsigned size_reach(const struct world *w, const struct world_fn *fn)
{
	unsigned size = fn->msix.size;

	return fn->vf >= 0 && backend_resizes(w) && w->size_max > size ? w->size_max : size;
}

static bool is_known(const struct bar *bar)
{
	return bar->type != BAR_NONE && bar->type != BAR_UNKNOWN;
}

/* A dump may have a VF without its PF, which has the VF BARs; then all of them are unknown. */
static bool bars_known(struct judging *jg, const struct world_fn *fn)
{
	for (int i = 0; i < PCI_BARS; i++)
		if (is_known(&fn->bar[i]))
			return true;
	inapplicable(jg, fn, "the record does not know the function's BARs");
	return false;
}

/* A register that reads 0 stands for a BAR that is not there, or for one without an address. */
static bool bar_told(struct judging *jg, const struct world_fn *fn, unsigned bir)
{
	if (bir >= PCI_BARS || fn->bar[bir].type != BAR_UNKNOWN)
		return true;
	inapplicable(jg, fn, "BAR %u reads 0: the record does not know whether it is implemented",
		     bir);
	return false;
}

static const struct bar *bar_of(const struct world_fn *fn, unsigned bir)
{
	return bir < PCI_BARS ? &fn->bar[bir] : NULL;
}

/* The BAR that holds a structure, where its size is known; other faults have rules of their own. */
static const struct bar *sized_bar(struct judging *jg, const struct world_fn *fn, unsigned bir)
{
	const struct bar *bar = bar_of(fn, bir);

	if (!bars_known(jg, fn) || !bar || bar->type == BAR_NONE)
		return NULL;
	if (!bar->size)
		inapplicable(jg, fn,
			     "the record has no size of BAR %u (in a dump: `lspci -vvxxxx`)", bir);
	return bar->size ? bar : NULL;
}

/* A function with Enhanced Allocation has no BAR registers to look at: BIR is matched to a BEI. */
static bool has_ea(struct judging *jg, const struct world_fn *fn)
{
	if (cfg_find_cap(&fn->cfg, PCI_CAP_ID_EA, 0) <= 0)
		return false;
	inapplicable(jg, fn, "Enhanced Allocation stands in for the BARs");
	return true;
}

static void judge_bir_valid(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	unsigned most;

	(void)w;
	if (!shows_msix(fn, event))
		return;
	most = (cfg_u8(&fn->cfg, PCI_HEADER_TYPE) & 0x7f) == PCI_HEADER_TYPE_BRIDGE ? 1 : 5;
	verdict(jg, fn, fn->msix.table_bir <= most && fn->msix.pba_bir <= most,
		most == 1 ? "Table BIR and PBA BIR 0 or 1" : "Table BIR and PBA BIR 0 to 5",
		"Table BIR %u, PBA BIR %u", fn->msix.table_bir, fn->msix.pba_bir);
}

static void judge_bir_low(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	const struct bar *table, *pba;

	(void)w;
	if (!shows_msix(fn, event) || has_ea(jg, fn) || !bars_known(jg, fn) ||
	    !bar_told(jg, fn, fn->msix.table_bir) || !bar_told(jg, fn, fn->msix.pba_bir))
		return;
	table = bar_of(fn, fn->msix.table_bir);
	pba = bar_of(fn, fn->msix.pba_bir);
	if (!table || !pba)
		return;
	if (table->type == BAR_UPPER || pba->type == BAR_UPPER)
		broke(jg, fn, "the BIR of a 64-bit BAR's lower half",
		      "Table BIR %u, PBA BIR %u: BAR %u is an upper half", fn->msix.table_bir,
		      fn->msix.pba_bir,
		      table->type == BAR_UPPER ? fn->msix.table_bir : fn->msix.pba_bir);
	else if (table->type == BAR_MEM64 || pba->type == BAR_MEM64)
		held(jg, fn);
	else
		inapplicable(jg, fn, "table and PBA are not in a 64-bit BAR");
}

static void judge_bir_mem(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	const unsigned birs[] = {fn ? fn->msix.table_bir : 0, fn ? fn->msix.pba_bir : 0};

	(void)w;
	if (!shows_msix(fn, event) || has_ea(jg, fn) || !bars_known(jg, fn) ||
	    !bar_told(jg, fn, birs[0]) || !bar_told(jg, fn, birs[1]))
		return;
	for (int i = 0; i < 2; i++) {
		const struct bar *bar = bar_of(fn, birs[i]);

		if (!bar)
			return;
		if (bar->type == BAR_NONE || bar->type == BAR_IO) {
			broke(jg, fn, "a BAR in memory space", "%s BIR %u: BAR %u is %s",
			      i ? "PBA" : "Table", birs[i], birs[i],
			      bar->type == BAR_IO ? "in I/O space" : "not implemented");
			return;
		}
	}
	held(jg, fn);
}

static void judge_offset(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	const struct bar *table, *pba;
	char expected[TEXT];

	(void)w;
	if (!shows_msix(fn, event))
		return;
	table = sized_bar(jg, fn, fn->msix.table_bir);
	pba = sized_bar(jg, fn, fn->msix.pba_bir);
	if (!table || !pba)
		return;
	snprintf(expected, sizeof(expected), "offsets below %llXh and %llXh, multiples of 8",
		 (unsigned long long)table->size, (unsigned long long)pba->size);
	verdict(jg, fn,
		fn->msix.table_off < table->size && fn->msix.pba_off < pba->size &&
			!(fn->msix.table_off % 8) && !(fn->msix.pba_off % 8),
		expected, "Table Offset %Xh in BAR %u, PBA Offset %Xh in BAR %u",
		fn->msix.table_off, fn->msix.table_bir, fn->msix.pba_off, fn->msix.pba_bir);
}

static void judge_fit(struct judging *jg, const struct world_fn *fn, const char *what, unsigned bir,
		      uint64_t off, uint64_t bytes, unsigned size)
{
	const struct bar *bar = sized_bar(jg, fn, bir);
	char expected[TEXT];

	if (!bar)
		return;
	snprintf(expected, sizeof(expected), "%s for %u vectors inside BAR %u of %llXh bytes", what,
		 size, bir, (unsigned long long)bar->size);
	verdict(jg, fn, off + bytes <= bar->size, expected, "%s from %llXh to %llXh", what,
		(unsigned long long)off, (unsigned long long)(off + bytes - 1));
}

static void judge_table_fits(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	unsigned size;

	if (!shows_msix(fn, event))
		return;
	size = size_reach(w, fn);
	judge_fit(jg, fn, "table", fn->msix.table_bir, fn->msix.table_off,
		  (uint64_t)size * MSIX_ENTRY_SIZE, size);
}

static void judge_pba_fits(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	unsigned size;

	if (!shows_msix(fn, event))
		return;
	size = size_reach(w, fn);
	judge_fit(jg, fn, "PBA", fn->msix.pba_bir, fn->msix.pba_off, msix_pba_bytes(size), size);
}

static void judge_overlap(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	uint64_t table, table_end, pba, pba_end;
	char expected[TEXT];
	unsigned size;

	if (!shows_msix(fn, event))
		return;
	size = size_reach(w, fn);
	table = fn->msix.table_off;
	table_end = table + (uint64_t)size * MSIX_ENTRY_SIZE;
	pba = fn->msix.pba_off;
	pba_end = pba + msix_pba_bytes(size);
	snprintf(expected, sizeof(expected), "table and PBA apart for %u vectors", size);
	verdict(jg, fn,
		fn->msix.table_bir != fn->msix.pba_bir || table_end <= pba || pba_end <= table,
		expected, "BAR %u: table %llXh to %llXh, PBA %llXh to %llXh", fn->msix.table_bir,
		(unsigned long long)table, (unsigned long long)table_end - 1,
		(unsigned long long)pba, (unsigned long long)pba_end - 1);
}

/* Bytes from @off to whatever follows in the BAR: the other structure, or the BAR's end. */
static uint64_t room_at(const struct world_fn *fn, unsigned bir, uint64_t off, unsigned other_bir,
			uint64_t other)
{
	const struct bar *bar = bar_of(fn, bir);
	uint64_t end = bar && bar->size ? bar->size : UINT64_MAX;

	if (bir == other_bir && other > off && other < end)
		end = other;
	return end > off ? end - off : 0;
}

static void judge_pba_room(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	uint64_t entries, bits;
	char expected[TEXT];
	const struct msix *m;

	if (!shows_msix(fn, event))
		return;
	m = &fn->msix;
	entries = room_at(fn, m->table_bir, m->table_off, m->pba_bir, m->pba_off) / MSIX_ENTRY_SIZE;
	bits = room_at(fn, m->pba_bir, m->pba_off, m->table_bir, m->table_off) / 8 * 64;
	snprintf(expected, sizeof(expected), "room for %u vectors in table and PBA", w->size_max);
	verdict(jg, fn, entries >= w->size_max && bits >= w->size_max, expected,
		"room for %llu in the table, %llu in the PBA", (unsigned long long)entries,
		(unsigned long long)bits);
}

/* The capability as it was before the first resize of this VF. */
struct place {
	bool known, resized;
	unsigned pos;
	uint8_t bytes[MSIX_CAP_LEN];
};

static bool place_of(const struct world_fn *fn, const struct event *event, struct place *place)
{
	*place = (struct place){.known = true, .pos = fn->msix.pos};
	if (event->obs == OBS_MSIX)
		return event_hex(event, "bytes", place->bytes, MSIX_CAP_LEN) == MSIX_CAP_LEN;
	if (fn->msix.pos + MSIX_CAP_LEN > fn->cfg.len)
		return false;
	memcpy(place->bytes, fn->cfg.byte + fn->msix.pos, MSIX_CAP_LEN);
	return true;
}

static bool place_equal(const struct place *a, const struct place *b)
{
	return a->pos == b->pos && !memcmp(a->bytes, b->bytes, PCI_MSIX_FLAGS) &&
	       !memcmp(a->bytes + PCI_MSIX_TABLE, b->bytes + PCI_MSIX_TABLE,
		       MSIX_CAP_LEN - PCI_MSIX_TABLE);
}

static const char *place_text(const struct place *p, char text[static TEXT])
{
	struct msix msix;

	msix_decode(p->bytes, p->pos, &msix);
	snprintf(text, TEXT, "at %02Xh, next %02Xh, table BIR %u offset %Xh, PBA BIR %u offset %Xh",
		 p->pos, p->bytes[1], msix.table_bir, msix.table_off, msix.pba_bir, msix.pba_off);
	return text;
}

static void judge_place(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	char expected[TEXT], seen[TEXT];
	struct place *before, now;

	(void)w;
	if (!fn)
		return;
	before = scratch(jg, fn, sizeof(*before));
	if (event->kind == EV_DONE && !event_res(event)) {
		/* The first look may have been before the probe: this rule did not hear of it. */
		if (!before->known && !fn->track.vfe_line)
			before->known = place_of(fn, event, before);
		before->resized = true;
	}
	if (!shows_msix(fn, event) || !place_of(fn, event, &now))
		return;
	/* New VFs may have another layout; that is not the resize's doing. */
	if (!before->known || begun_since(fn, fn->msix_prev_line)) {
		*before = now;
		return;
	}
	if (before->resized)
		verdict(jg, fn, place_equal(before, &now), place_text(before, expected), "%s",
			place_text(&now, seen));
}

/* --- the rows --- */

const struct rule place_rules[] = {
	{
		.info = {"CAP-BIR-VALID", SEV_MUST,
			 "Table BIR and PBA BIR name a BAR that the header has.",
			 "PCIe 6.0, 7.7.2.3 and 7.7.2.4", "a look at the MSI-X capability"},
		.needs = NEED_MSIX,
		SEES_MSIX,
		.judge = judge_bir_valid,
	},
	{
		.info = {"CAP-BIR-LOW", SEV_MUST,
			 "The BIR of a 64-bit BAR is that of its lower half.",
			 "PCIe 6.0, 7.7.2.3 and 7.7.2.4",
			 "the capability and the types of the BARs"},
		.needs = NEED_MSIX,
		SEES_MSIX,
		.judge = judge_bir_low,
	},
	{
		.info = {"CAP-BIR-MEM", SEV_MUST,
			 "The BARs of table and PBA are implemented, in memory space.",
			 "PCIe 6.0, 7.7.2; Linux drivers/pci/msi/msi.c:msix_map_region",
			 "the capability and the types of the BARs (of a VF: the PF's VF BARs)"},
		.needs = NEED_MSIX,
		SEES_MSIX,
		.judge = judge_bir_mem,
	},
	{
		.info = {"CAP-OFF-ALIGN", SEV_MUST,
			 "Table Offset and PBA Offset are QWORD aligned and inside their BARs.",
			 "PCIe 6.0, 7.7.2.3 and 7.7.2.4",
			 "the capability and the sizes of the BARs"},
		.needs = NEED_MSIX,
		SEES_MSIX,
		.judge = judge_offset,
	},
	{
		.info = {"CAP-TBL-FIT", SEV_MUST,
			 "The table ends inside its BAR at every size that it can have.",
			 "PCIe 6.0, 7.7.2 and 7.7.2.3",
			 "the capability, the sizes of the BARs, the largest size of a VF"},
		.needs = NEED_MSIX,
		SEES_MSIX,
		.judge = judge_table_fits,
	},
	{
		.info = {"CAP-PBA-FIT", SEV_MUST,
			 "The PBA ends inside its BAR at every size that it can have.",
			 "PCIe 6.0, 7.7.2 and 7.7.2.4",
			 "the capability, the sizes of the BARs, the largest size of a VF"},
		.needs = NEED_MSIX,
		SEES_MSIX,
		.judge = judge_pba_fits,
	},
	{
		.info = {"CAP-OVERLAP", SEV_MUST,
			 "Table and PBA do not overlap at any size that they can have.",
			 "PCIe 6.0, 7.7.2", "the capability, the largest size of a VF"},
		.needs = NEED_MSIX,
		SEES_MSIX,
		.judge = judge_overlap,
	},
	{
		.info = {"CAP-LOC-STABLE", SEV_SHOULD,
			 "A resize changes nothing of the capability but Table Size.",
			 "Linux drivers/vfio/pci/vfio_pci_core.c:vfio_pci_core_enable",
			 "looks at the capability before and after a resize"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_NOT_VFE,
		.on_done = ON_ACT(ACT_RESIZE),
		SEES_MSIX,
		.judge = judge_place,
	},
	{
		.info = {"CAP-PBA-STABLE-SIZE", SEV_INFO,
			 "Table and PBA have room for the largest size a VF can have.",
			 "PCIe 6.0, 7.7.2",
			 "the capability, the sizes of the BARs, the largest size of a VF"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE,
		SEES_MSIX,
		.judge = judge_pba_room,
	},
};

const size_t place_rules_count = sizeof(place_rules) / sizeof(place_rules[0]);
