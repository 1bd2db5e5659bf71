/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X of the model: the table, the Pending Bit Array, and when a message is sent (PCIe 6.0,
 * 6.1.4 and 7.7.2).
 *
 * Entries at and behind Table Size read as zeros and take no write: what a resize has taken away
 * is not there. Pending bits are read-only.
 */
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

static const struct msix_entry initial = {.ctrl = MSIX_ENTRY_MASKED};

static uint16_t control(const struct sim_fn *fn)
{
	return sim_cfg_get16(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS);
}

static size_t qwords(const struct sim_fn *fn)
{
	return msix_pba_bytes(SIM_ENTRIES(fn->layout)) / 8;
}

static bool bit(const uint64_t *bits, unsigned k)
{
	return bits[k / 64] >> (k % 64) & 1;
}

static void set_bit(uint64_t *bits, unsigned k, bool on)
{
	if (on)
		bits[k / 64] |= 1ull << (k % 64);
	else
		bits[k / 64] &= ~(1ull << (k % 64));
}

bool sim_msix_present(const struct sim_fn *fn)
{
	return !sim_has(fn->sim, DEFECT_NO_MSIX) || fn->vf + 1 != (int)fn->sim->opt.vfs ||
	       fn->vf < 0;
}

void sim_msix_free(struct sim_fn *fn)
{
	free(fn->table);
	free(fn->pending);
	free(fn->held);
	free(fn->old);
}

/* --- messages --- */

static void send(struct sim_fn *fn, const struct msix_entry *entry)
{
	/* Bus Master Enable governs messages too (PCIe 6.0, 7.5.1.1.3). */
	if (sim_cfg_get16(fn, PCI_COMMAND) & PCI_COMMAND_MASTER) {
		fn->event_vector = (unsigned)(entry - fn->table);
		sim_message(fn, entry->msg);
	}
}

/* What defects send beside the message, though MSI-X is enabled. */
static void send_others(struct sim_fn *fn)
{
	uint64_t addr = sim_cfg_get16(fn, SIM_POS_MSI + PCI_MSI_ADDRESS_LO);

	if (sim_strikes(fn, DEFECT_INTX_BESIDE))
		sim_cfg_put(fn, PCI_STATUS, 2, PCI_STATUS_CAP_LIST | PCI_STATUS_INTERRUPT);
	if (sim_strikes(fn, DEFECT_MSI_BESIDE))
		sim_message(fn, (struct msi_msg){.addr = addr});
}

static bool enabled(const struct sim_fn *fn)
{
	return control(fn) & PCI_MSIX_FLAGS_ENABLE;
}

static bool masked(const struct sim_fn *fn, unsigned k)
{
	return control(fn) & PCI_MSIX_FLAGS_MASKALL || fn->table[k].ctrl & MSIX_ENTRY_MASKED;
}

void sim_msix_event(struct sim_fn *fn, unsigned k)
{
	bool by_fm = control(fn) & PCI_MSIX_FLAGS_MASKALL;
	bool through = sim_strikes(fn, by_fm ? DEFECT_FM_IGNORED : DEFECT_MASK_IGNORED);

	if (!sim_msix_present(fn) || !enabled(fn) || k >= fn->size)
		return;
	if (!masked(fn, k) || through)
		send(fn, &fn->table[k]);
	send_others(fn);
	if (masked(fn, k))
		set_bit(sim_strikes(fn, DEFECT_PENDING_HIDDEN) ? fn->held : fn->pending, k, true);
}

/* Sends what is pending at @k if nothing holds it back any more. */
static void settle(struct sim_fn *fn, unsigned k, bool lost)
{
	if (!enabled(fn) || masked(fn, k) || !(bit(fn->pending, k) || bit(fn->held, k)))
		return;
	set_bit(fn->pending, k, false);
	set_bit(fn->held, k, false);
	if (lost)
		return;
	send(fn, &fn->table[k]);
	if (sim_strikes(fn, DEFECT_PENDING_STAYS) && k == fn->size - 1)
		fn->stays = k;
}

void sim_msix_control(struct sim_fn *fn, uint16_t was)
{
	uint16_t now = control(fn);
	bool unmasked = was & ~now & PCI_MSIX_FLAGS_MASKALL;

	if (unmasked && !(now & PCI_MSIX_FLAGS_ENABLE) && sim_strikes(fn, DEFECT_UNMASK_ALL))
		for (unsigned k = 0; k < fn->size; k++)
			fn->table[k].ctrl &= ~MSIX_ENTRY_MASKED;
	if (now & ~was & PCI_MSIX_FLAGS_MASKALL && !(now & PCI_MSIX_FLAGS_ENABLE) &&
	    sim_strikes(fn, DEFECT_MASK_ALL))
		for (unsigned k = 0; k < fn->size; k++)
			fn->table[k].ctrl |= MSIX_ENTRY_MASKED;
	/* What is pending stays so until it is sent, or a reset. */
	if (!(now & PCI_MSIX_FLAGS_ENABLE))
		return;
	fn->ghost = false;
	for (unsigned k = 0; k < fn->size; k++) {
		bool lost = sim_strikes(fn, DEFECT_FM_LOST) ||
			    (k && sim_strikes(fn, DEFECT_FM_FIRST_ONLY));

		settle(fn, k, unmasked && lost);
	}
}

/* --- table --- */

/* Entries that a defect has storage for. */
#define WRAP_AT 8

/* The entry that an offset selects; NULL where there is none. */
static struct msix_entry *entry_at(struct sim_fn *fn, unsigned off)
{
	unsigned k = off / MSIX_ENTRY_SIZE;
	bool left = sim_strikes(fn, DEFECT_SHRUNK_STORES);
	unsigned end = fn->size;

	if (sim_strikes(fn, DEFECT_BEYOND_LIVE) || sim_strikes(fn, DEFECT_CAUSE_BEYOND))
		end = SIM_ENTRIES(fn->layout);
	/* What Table Size tells of is there, if only that. */
	if (sim_strikes(fn, DEFECT_SIZE_UNCODED))
		end = (control(fn) & PCI_MSIX_FLAGS_QSIZE) + 1;
	if (left && end < fn->last_size)
		end = fn->last_size;
	if (k >= end)
		return NULL;
	if (sim_strikes(fn, DEFECT_ALIAS) && !enabled(fn) && k == fn->size - 1 &&
	    off % MSIX_ENTRY_SIZE != PCI_MSIX_ENTRY_VECTOR_CTRL)
		k = 0;
	if (sim_strikes(fn, DEFECT_ENTRIES_WRAP) && !enabled(fn) && k >= WRAP_AT &&
	    off % MSIX_ENTRY_SIZE != PCI_MSIX_ENTRY_VECTOR_CTRL)
		k -= WRAP_AT;
	return &fn->table[k];
}

void sim_msix_storm(struct sim_fn *fn)
{
	if (!sim_strikes(fn, DEFECT_BEYOND_LIVE) || !enabled(fn))
		return;
	for (unsigned k = fn->size; k < SIM_ENTRIES(fn->layout); k++)
		if (!(fn->table[k].ctrl & MSIX_ENTRY_MASKED))
			send(fn, &fn->table[k]);
}

uint32_t sim_table_read(struct sim_fn *fn, unsigned off)
{
	const struct msix_entry *entry = entry_at(fn, off);

	if (!entry)
		return 0;
	switch (off % MSIX_ENTRY_SIZE) {
	case PCI_MSIX_ENTRY_LOWER_ADDR:
		return (uint32_t)entry->msg.addr;
	case PCI_MSIX_ENTRY_UPPER_ADDR:
		return (uint32_t)(entry->msg.addr >> 32);
	case PCI_MSIX_ENTRY_DATA:
		return entry->msg.data;
	default:
		if (sim_strikes(fn, DEFECT_MASK_MIRRORED) && !enabled(fn))
			return entry->ctrl | entry->ctrl << 1;
		return entry->ctrl;
	}
}

static void write_data(struct sim_fn *fn, struct msix_entry *entry, uint32_t data)
{
	unsigned k = (unsigned)(entry - fn->table);
	struct sim_fn *other;

	entry->msg.data = sim_strikes(fn, DEFECT_DATA_16) ? data & 0xffff : data;
	if (!sim_strikes(fn, DEFECT_ALIAS_VF) || enabled(fn))
		return;
	other = sim_vf(fn->sim, (unsigned)fn->vf ^ 1);
	if (other && !enabled(other) && k < other->size)
		other->table[k].msg.data = data;
}

/* The bits of Vector Control that hold what is written. */
static uint32_t control_bits(const struct sim_fn *fn, unsigned k)
{
	uint32_t bits = MSIX_ENTRY_MASKED;

	if (!fn->sim->opt.tph || fn->vf < 0)
		return bits;
	if (k < fn->sim->default_size || !sim_strikes(fn, DEFECT_ST_GROWN))
		bits |= sim_strikes(fn, DEFECT_ST_LOWER) ? 0x00ff0000 : 0xffff0000;
	return bits;
}

static void write_control(struct sim_fn *fn, struct msix_entry *entry, uint32_t ctrl)
{
	unsigned k = (unsigned)(entry - fn->table);

	entry->ctrl = ctrl & control_bits(fn, k);
	if (k < fn->size && sim_strikes(fn, DEFECT_UNMASK_TWICE) && bit(fn->pending, k) &&
	    enabled(fn) && !masked(fn, k))
		send(fn, entry);
	if (k < fn->size)
		settle(fn, k, sim_strikes(fn, DEFECT_UNMASK_LOST));
}

/* The function that a write through the slice of @fn reaches. */
static struct sim_fn *write_reaches(struct sim_fn *fn)
{
	struct sim_fn *other;

	if (!sim_strikes(fn, DEFECT_SLICE_NEXT) || enabled(fn))
		return fn;
	other = sim_vf(fn->sim, (unsigned)fn->vf ^ 1);
	return other && !enabled(other) ? other : fn;
}

/* A defect takes a change of an unmasked entry to the same entry of a neighbour. */
static bool update_strays(const struct sim_fn *fn, const struct msix_entry *entry, unsigned off)
{
	return sim_strikes(fn, DEFECT_UPDATE_ASTRAY) && !enabled(fn) &&
	       !(entry->ctrl & MSIX_ENTRY_MASKED) &&
	       off % MSIX_ENTRY_SIZE != PCI_MSIX_ENTRY_VECTOR_CTRL;
}

void sim_table_write(struct sim_fn *at, unsigned off, uint32_t value, bool qword)
{
	struct sim_fn *fn = write_reaches(at);
	struct msix_entry *entry = entry_at(fn, off);
	bool upper = off & 4;

	if (!entry || (qword && upper && sim_strikes(fn, DEFECT_NO_QWORD)))
		return;
	if (update_strays(fn, entry, off)) {
		sim_table_stray(fn, off);
		return;
	}
	switch (off % MSIX_ENTRY_SIZE) {
	case PCI_MSIX_ENTRY_LOWER_ADDR:
		entry->msg.addr = (entry->msg.addr & ~0xffffffffull) | (value & ~3u);
		break;
	case PCI_MSIX_ENTRY_UPPER_ADDR:
		if (sim_strikes(fn, DEFECT_ADDRESS_40))
			value &= 0xff;
		if (qword || !sim_strikes(fn, DEFECT_NO_DWORD))
			entry->msg.addr = (uint32_t)entry->msg.addr | (uint64_t)value << 32;
		break;
	case PCI_MSIX_ENTRY_DATA:
		write_data(fn, entry, value);
		break;
	case PCI_MSIX_ENTRY_VECTOR_CTRL:
		write_control(fn, entry, value);
		break;
	}
}

void sim_table_stray(struct sim_fn *fn, unsigned off)
{
	struct sim_fn *other = sim_vf(fn->sim, (unsigned)fn->vf ^ 1);
	unsigned k = off / MSIX_ENTRY_SIZE;

	if (other && !enabled(other) && k < other->size)
		other->table[k].msg.data++;
}

/* --- Pending Bit Array --- */

/* Sets the bits of @from to @to (not included) as far as they are in QWORD @qword. */
static uint64_t range(unsigned qword, unsigned from, unsigned to)
{
	uint64_t bits = 0;

	for (unsigned k = from; k < to; k++)
		if (k / 64 == qword)
			bits |= 1ull << (k % 64);
	return bits;
}

uint64_t sim_pba_read(const struct sim_fn *fn, unsigned qword)
{
	uint64_t bits = fn->pending[qword];

	if (fn->ghost && qword == 0)
		bits |= 1;
	if (fn->stays && fn->stays < fn->size)
		bits |= range(qword, fn->stays, fn->stays + 1);
	if (qword == 0 && fn->size >= 64 && sim_strikes(fn, DEFECT_PBA_HALVES))
		bits = bits << 32 | bits >> 32;
	if (sim_strikes(fn, DEFECT_PBA_EXCESS) && fn->last_size <= fn->size && fn->size % 64)
		bits |= 1ull << 63;
	if (sim_strikes(fn, DEFECT_PBA_KEPT))
		bits |= range(qword, fn->size, fn->last_size);
	if (sim_strikes(fn, DEFECT_PBA_SWAPPED)) {
		uint64_t pairs = range(qword, 0, fn->size & ~1u), even = 0x5555555555555555;

		bits = (bits & ~pairs) | (bits & pairs & even) << 1 | ((bits & pairs) >> 1 & even);
	}
	return bits;
}

void sim_pba_write(struct sim_fn *fn, unsigned qword, uint64_t value)
{
	if (sim_strikes(fn, DEFECT_PBA_WRITABLE))
		fn->pending[qword] = value & range(qword, 0, fn->size);
}

/* --- reset and resize --- */

static void reset_control(struct sim_fn *fn, enum sim_reset why)
{
	uint16_t flags = control(fn);
	uint16_t keep = PCI_MSIX_FLAGS_QSIZE;
	bool managed = why == SIM_RESET_OFFLINE || why == SIM_RESET_ONLINE;

	if (why == SIM_RESET_FLR && sim_strikes(fn, DEFECT_FLR_FM))
		keep |= PCI_MSIX_FLAGS_MASKALL;
	if (why == SIM_RESET_VFE && sim_strikes(fn, DEFECT_VFE_ENABLED))
		keep |= PCI_MSIX_FLAGS_ENABLE;
	if (why == SIM_RESET_BUS && sim_has(fn->sim, DEFECT_BUS_MASKS))
		keep |= PCI_MSIX_FLAGS_MASKALL;
	if (why == SIM_RESET_FLR && sim_strikes(fn, DEFECT_FLR_ENABLED))
		keep |= PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL;
	if (managed && sim_strikes(fn, DEFECT_RESIZE_ENABLED))
		keep |= PCI_MSIX_FLAGS_ENABLE;
	flags &= keep;
	if (why == SIM_RESET_VFE && sim_strikes(fn, DEFECT_BORN_MASKED))
		flags |= PCI_MSIX_FLAGS_MASKALL;
	sim_cfg_put(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS, 2, flags);
}

static void reset_table(struct sim_fn *fn, enum sim_reset why)
{
	bool keep_masks = why == SIM_RESET_FLR && sim_strikes(fn, DEFECT_FLR_MASKS);

	for (unsigned k = 0; k < SIM_ENTRIES(fn->layout); k++) {
		uint32_t ctrl = fn->table[k].ctrl;

		struct msi_msg msg = fn->table[k].msg;

		fn->table[k] = initial;
		if (keep_masks)
			fn->table[k].ctrl = ctrl;
		if (why == SIM_RESET_FLR && sim_strikes(fn, DEFECT_ST_KEPT))
			fn->table[k].ctrl |= ctrl & 0xffff0000;
		if (why == SIM_RESET_FLR && sim_strikes(fn, DEFECT_FLR_MESSAGES))
			fn->table[k].msg = msg;
		if (why == SIM_RESET_FLR && sim_strikes(fn, DEFECT_LOW_BITS))
			fn->table[k].msg.addr |= 1;
		if (why == SIM_RESET_FLR && sim_strikes(fn, DEFECT_RSVD_SET))
			fn->table[k].ctrl |= 1u << 15;
	}
}

void sim_msix_reset(struct sim_fn *fn, enum sim_reset why)
{
	bool managed = why == SIM_RESET_OFFLINE || why == SIM_RESET_ONLINE;

	if (!sim_msix_present(fn) || (managed && sim_strikes(fn, DEFECT_OFFLINE_NO_RESET)))
		return;
	reset_control(fn, why);
	if (why != SIM_RESET_VFE || !sim_strikes(fn, DEFECT_VFE_KEEPS))
		reset_table(fn, why);
	/* A defect has forgotten only to show them. */
	if (why == SIM_RESET_FLR && sim_strikes(fn, DEFECT_FLR_REMEMBERS))
		memcpy(fn->held, fn->pending, qwords(fn) * sizeof(*fn->held));
	else
		memset(fn->held, 0, qwords(fn) * sizeof(*fn->held));
	memset(fn->pending, 0, qwords(fn) * sizeof(*fn->pending));
	fn->stays = 0;
	fn->ghost = (why == SIM_RESET_VFE && sim_strikes(fn, DEFECT_BORN_PENDING)) ||
		    (why == SIM_RESET_FLR && sim_strikes(fn, DEFECT_FLR_PENDING));
}

void sim_msix_init(struct sim_fn *fn)
{
	fn->table = sim_alloc(SIM_ENTRIES(fn->layout), sizeof(*fn->table));
	fn->pending = sim_alloc(qwords(fn), sizeof(*fn->pending));
	fn->held = sim_alloc(qwords(fn), sizeof(*fn->held));
	reset_table(fn, SIM_RESET_VFE);
	sim_msix_reset(fn, SIM_RESET_VFE);
}

void sim_msix_remember(struct sim_fn *fn)
{
	size_t bytes = SIM_ENTRIES(fn->layout) * sizeof(*fn->old);

	if (!sim_strikes(fn, DEFECT_STALE_ENTRY) && !sim_strikes(fn, DEFECT_SHRINK_ALIVE))
		return;
	if (!fn->old)
		fn->old = sim_alloc(1, bytes);
	memcpy(fn->old, fn->table, bytes);
	fn->old_size = fn->size;
}

/* Keeps the contents of the entries that @fn loses. */
static void keep_stale(struct sim_fn *fn, unsigned from, unsigned to)
{
	struct sim *s = fn->sim;

	s->stale = realloc(s->stale, (s->nstale + to - from) * sizeof(*s->stale));
	for (unsigned k = from; k < to; k++)
		s->stale[s->nstale++] = fn->old[k];
}

static void show_stale(struct sim_fn *fn, unsigned k)
{
	struct sim *s = fn->sim;

	if (!s->nstale)
		return;
	fn->table[k].msg = s->stale[--s->nstale].msg;
}

static void put_size(struct sim_fn *fn)
{
	bool resized = fn->size != fn->sim->default_size;
	bool shrunk = fn->size < fn->sim->default_size;
	uint16_t flags = control(fn) & (uint16_t)~PCI_MSIX_FLAGS_QSIZE;
	unsigned code = fn->size - 1;

	if (shrunk && fn->size == 1 && sim_strikes(fn, DEFECT_SIZE_UNCODED))
		code = fn->size;
	if (!shrunk && resized && fn->size == fn->layout->max &&
	    sim_strikes(fn, DEFECT_SIZE_ONE_LESS))
		code = fn->size - 2;
	if (sim_strikes(fn, DEFECT_SIZE_WRAPS) && fn->size == MSIX_MAX_SIZE)
		code = 0;
	if (resized && sim_strikes(fn, DEFECT_RESERVED_SET))
		flags |= 0x2000;
	if (resized && sim_strikes(fn, DEFECT_LIST_CUT))
		sim_cfg_put(fn, SIM_POS_MSIX + PCI_CAP_LIST_NEXT, 1, 0);
	sim_cfg_put(fn, SIM_POS_MSIX + PCI_MSIX_FLAGS, 2, flags | code);
	if (!sim_strikes(fn, DEFECT_PBA_MOVES))
		return;
	fn->shift = resized ? 8 : 0;
	sim_cfg_put(fn, SIM_POS_MSIX + PCI_MSIX_PBA, 4,
		    (fn->layout->pba_off + fn->shift) | fn->layout->pba_bir);
}

void sim_msix_set_size(struct sim_fn *fn, unsigned size)
{
	unsigned was = fn->size;

	if (!size || size > SIM_ENTRIES(fn->layout) || !sim_msix_present(fn))
		return;
	fn->last_size = was;
	fn->size = size;
	put_size(fn);
	if (sim_strikes(fn, DEFECT_PF_MOVES))
		sim_cfg_put(fn->sim->pf, SIM_POS_MSIX + PCI_MSIX_FLAGS, 2,
			    control(fn->sim->pf) ^ 1);
	if (sim_strikes(fn, DEFECT_STALE_ENTRY) && fn->old && size < was)
		keep_stale(fn, size, was);
	for (unsigned k = was < size ? was : size; k < (was < size ? size : was); k++) {
		fn->table[k] = initial;
		set_bit(fn->pending, k, false);
		set_bit(fn->held, k, false);
		if (k < was)
			continue;
		if (sim_strikes(fn, DEFECT_STALE_ENTRY))
			show_stale(fn, k);
		if (sim_strikes(fn, DEFECT_GROWN_UNMASKED) ||
		    (sim_strikes(fn, DEFECT_GROWN_LAST) && k == fn->layout->max - 1))
			fn->table[k].ctrl = 0;
	}
}

void sim_msix_born(struct sim_fn *fn)
{
	bool last = fn->vf + 1 == (int)fn->sim->opt.vfs;

	if (sim_msix_present(fn) && (sim_strikes(fn, DEFECT_BORN_UNMASKED) ||
				     (last && sim_strikes(fn, DEFECT_LAST_UNMASKED))))
		fn->table[fn->size - 1].ctrl = 0;
}
