/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the judges of config space, tables and resets ask of a look. */
#ifndef VFWALK_LOOK_H
#define VFWALK_LOOK_H

#include "rule.h"

/* For a rule's row: all events that show the MSI-X capability, and the whole config space. */
#define ON_KIND(k)  (1u << (k))
#define SEES_MSIX   .on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG), .on_kind = ON_KIND(EV_FUNCTION)
#define SEES_CONFIG .on_obs = ON_OBS(OBS_CONFIG), .on_kind = ON_KIND(EV_FUNCTION)

/* Acts that can change a function's Table Size, or hide that it changed in between. */
#define ACTS_ON_SIZE                                                                           \
	(ON_ACT(ACT_NONE) | ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VIRT_MGMT) | ON_ACT(ACT_RESET) |   \
	 ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_ATTR_WRITE) | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND) | \
	 ON_ACT(ACT_VFIO_OPEN) | ON_ACT(ACT_VFIO_CLOSE) | ON_ACT(ACT_CFG_RESTORE) |            \
	 ON_ACT(ACT_GUEST_START) | ON_ACT(ACT_GUEST_STOP) | ON_ACT(ACT_RACE))

/* True where @event shows @fn's MSI-X capability. */
static inline bool shows_msix(const struct world_fn *fn, const struct event *event)
{
	return fn && !fn->gone && fn->msix_line == event->line;
}

/* True where @event shows all of the config space below 100h. */
static inline bool shows_config(const struct world_fn *fn, const struct event *event)
{
	return fn && !fn->gone && fn->cfg.len >= CFG_SPACE_SIZE &&
	       (event->kind == EV_FUNCTION || event->obs == OBS_CONFIG);
}

static inline bool shows_table(const struct world_fn *fn, const struct event *event)
{
	return fn && !fn->gone && fn->table.line == event->line;
}

/*
 * True where somebody answered a read of a table. All ones come from a BAR that nobody decodes, and
 * would pass for masked entries; no table in its defaults reads so, as Message Address bits 1:0 are
 * 0 then (7.7.2.5).
 */
static inline bool answers(const struct blob *table)
{
	for (size_t i = 0; i < table->len; i++)
		if (table->byte[i] != 0xff)
			return true;
	return false;
}

/* DWORDs of an entry (7.7.2.5 to 7.7.2.8). */
enum { DW_ADDR, DW_UPPER, DW_DATA, DW_CTRL, DWORDS };

/* What table-write put there last, where nothing came after it. */
static inline bool written(const struct world_fn *fn, unsigned k, unsigned d, uint32_t *value)
{
	size_t i = (size_t)k * DWORDS + d;

	if (i >= fn->track.wrote_len || !fn->track.wrote_width[i])
		return false;
	*value = fn->track.wrote[i];
	return true;
}

static inline bool shows_pba(const struct world_fn *fn, const struct event *event)
{
	return fn && !fn->gone && fn->pba.line == event->line;
}

/*
 * True where nobody but this run touches the function's registers: no driver has it, or vfio-pci,
 * which acts only when it is told to.
 */
static inline bool is_quiet(const struct world_fn *fn)
{
	return !fn->driver[0] || !__builtin_strcmp(fn->driver, "vfio-pci");
}

/* Acts between this look of the kind and the one before. */
static inline unsigned long long acts_before(const struct world_fn *fn, enum look look)
{
	return fn->track.acts[look];
}

/* True where VF Enable was cleared and set since @line. */
static inline bool begun_since(const struct world_fn *fn, unsigned long line)
{
	return fn->track.vfe_line > line;
}

/* True where the record knows of another VF of the same PF. */
static inline bool has_sibling(const struct world *w, const struct world_fn *fn)
{
	(void)w;
	return fn->pf->vfs > (fn->vf >= 0);
}

/*
 * True for the first look of a kind at registers that a reset by hand or VF Enable has just put
 * to their defaults; @prev_line is the look before. After VF Enable nobody must have taken the VF.
 */
static inline bool is_fresh(const struct world_fn *fn, unsigned long prev_line)
{
	if (fn->track.fresh == FRESH_NOT || fn->track.fresh_line < prev_line)
		return false;
	return fn->track.fresh == FRESH_FLR ? is_quiet(fn) : !fn->driver[0];
}

/* The first entry from @from up to @to that is not masked, or -1; entries not read do not count. */
static inline int first_unmasked(const struct blob *table, unsigned from, unsigned to)
{
	struct msix_entry entry;

	for (unsigned k = from; k < to && table_entry(table, k, &entry); k++)
		if (!(entry.ctrl & MSIX_ENTRY_MASKED))
			return (int)k;
	return -1;
}

/* The first Pending bit from @from up to @to that is set, or -1. */
static inline int first_pending(const struct blob *pba, unsigned from, unsigned to)
{
	for (unsigned k = from; k < to && k / 8 < pba->len; k++)
		if (pba_bit(pba, k))
			return (int)k;
	return -1;
}

/* An entry whose message somebody wrote: neither empty nor what an absent function reads. */
static inline bool is_message(const struct msix_entry *entry)
{
	return (entry->msg.addr || entry->msg.data) &&
	       !(entry->msg.addr == UINT64_MAX && entry->msg.data == UINT32_MAX);
}

static inline bool same_message(const struct msix_entry *a, const struct msix_entry *b)
{
	/* Address bits 1:0 may read anything that was written (7.7.2.5). */
	return (a->msg.addr & ~3ull) == (b->msg.addr & ~3ull) && a->msg.data == b->msg.data;
}

#endif
