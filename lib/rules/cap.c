/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the MSI-X capability in config space: what it says of the function, of its table and
 * its Pending Bit Array, and what a resize may change of it.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>

#include "look.h"

#define TEXT 96

/* Bits of Message Control that the capability leaves reserved (7.7.2.2). */
#define MSIX_FLAGS_RSVD 0x3800

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

/* --- the capability by itself --- */

static void judge_unique(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	int first, second;

	(void)w;
	if (!fn || fn->gone)
		return;
	if (!shows_config(fn, event)) {
		inapplicable(jg, fn, "only %zu bytes of config space are known", fn->cfg.len);
		return;
	}
	first = cfg_find_cap(&fn->cfg, PCI_CAP_ID_MSIX, 0);
	second = first > 0 ? cfg_find_cap(&fn->cfg, PCI_CAP_ID_MSIX, (unsigned)first) : first;
	if (!first)
		inapplicable(jg, fn, "the function has no MSI-X capability");
	else if (second == -ELOOP)
		broke(jg, fn, "a list of capabilities that ends", "the list has a loop");
	else if (second < 0)
		broke(jg, fn, "a list of capabilities between 40h and FFh", "the list leaves it");
	else
		verdict(jg, fn, !second, "one capability 11h", "two, at %02Xh and %02Xh",
			(unsigned)first, (unsigned)second);
}

static void judge_reserved(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	(void)w;
	if (shows_msix(fn, event))
		verdict(jg, fn, !(fn->msix.flags & MSIX_FLAGS_RSVD),
			"Message Control bits 13:11 read 000b", "Message Control %04Xh",
			fn->msix.flags);
}

/*
 * Only right after a reset by hand or VF Enable, and with nobody there who might have written: at
 * any other time the bits may be anybody's. Linux itself clears Enable when it finds a VF
 * (pci_msix_init()), so after VF Enable the Function Mask is the half that tells.
 */
static void judge_enable_default(struct judging *jg, const struct world *w,
				 const struct event *event, struct world_fn *fn)
{
	(void)w;
	if (shows_msix(fn, event) && is_fresh(fn, fn->msix_prev_line))
		verdict(jg, fn, !fn->msix.enable && !fn->msix.maskall,
			"MSI-X Enable 0, Function Mask 0",
			"Message Control %04Xh: MSI-X Enable %d, Function Mask %d", fn->msix.flags,
			fn->msix.enable, fn->msix.maskall);
}

/* --- Table Size --- */

struct due {
	unsigned now;   /* size that must show from now on; 0: nothing known */
	unsigned later; /* size that must show after the next reset or VF Enable */
};

static void due_after_resize(struct due *due, const struct world *w, const struct event *event,
			     const struct world_fn *fn)
{
	int size = fn->got > 0 ? fn->got : fn->want;

	*due = (struct due){0};
	/* 0 asks for the device's default, which is not known. */
	if (event_res(event) || size <= 0)
		return;
	if (fn->resize_pending)
		due->later = (unsigned)size;
	else if (w->model != MODEL_UNKNOWN)
		due->now = (unsigned)size;
}

static void due_after_reset(struct due *due, const struct world *w, const struct event *event)
{
	const char *method = event_str(event, "method");

	if (event_res(event) || w->model != MODEL_RST || !due->later || !method ||
	    !strcmp(method, "vfe"))
		return;
	due->now = due->later;
	due->later = 0;
}

/* What happened on the PF since the last look: VF Enable may latch, or may lose, an assignment. */
static void due_at_look(struct due *due, const struct world *w, const struct world_fn *fn)
{
	if (acts_before(fn, LOOK_MSIX) &
	    (ON_ACT(ACT_VIRT_MGMT) | ON_ACT(ACT_ATTR_WRITE) | ON_ACT(ACT_NONE))) {
		*due = (struct due){0};
	} else if (begun_since(fn, fn->msix_prev_line)) {
		due->now = w->model == MODEL_VFE ? due->later : 0;
		due->later = 0;
	} else if (acts_before(fn, LOOK_MSIX) & ON_ACT(ACT_NUMVFS)) {
		*due = (struct due){0};
	}
}

/*
 * Here only the encoding is judged: a new size that is off by one, either way. One that does not
 * show, or is plainly another, is the business of the rules on the backend (SYS-TS-EQ,
 * NVM-TS-ONLINE).
 */
static void judge_encoding(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	char expected[TEXT];
	struct due *due;

	if (!fn)
		return;
	due = scratch(jg, fn, sizeof(*due));
	if (event->kind == EV_DONE && event->act == ACT_RESIZE)
		due_after_resize(due, w, event, fn);
	else if (event->kind == EV_DONE)
		due_after_reset(due, w, event);
	if (!shows_msix(fn, event))
		return;

	due_at_look(due, w, fn);
	if (!due->now)
		return;
	snprintf(expected, sizeof(expected), "Table Size field %03Xh for %u vectors", due->now - 1,
		 due->now);
	if (fn->msix.size == due->now)
		held(jg, fn);
	else if (fn->msix.size != fn->msix_prev.size &&
		 (fn->msix.size == due->now + 1 || fn->msix.size + 1 == due->now))
		broke(jg, fn, expected, "Message Control %04Xh: Table Size field %03Xh",
		      fn->msix.flags, fn->msix.size - 1);
	due->now = 0;
}

/* Does a config write reach Message Control, and with another Table Size than it has? */
static bool writes_other_size(const struct world_fn *fn, const struct event *event)
{
	int64_t off = event_int(event, "off", -1), width = event_int(event, "width", 0);
	int64_t flags = fn->msix.pos + PCI_MSIX_FLAGS, value = event_int(event, "value", 0);

	if (event_res(event) || !fn->has_msix || off > flags || off + width < flags + 2)
		return false;
	value >>= 8 * (flags - off);
	return (value & PCI_MSIX_FLAGS_QSIZE) != (fn->msix.flags & PCI_MSIX_FLAGS_QSIZE);
}

static void judge_read_only(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	char expected[TEXT];
	bool *written;

	(void)w;
	if (!fn)
		return;
	written = scratch(jg, fn, sizeof(*written));
	if (event->kind == EV_DONE)
		*written |= writes_other_size(fn, event);
	if (!shows_msix(fn, event) || !*written)
		return;
	*written = false;
	if (acts_before(fn, LOOK_MSIX) & ACTS_ON_SIZE || begun_since(fn, fn->msix_prev_line))
		return;
	snprintf(expected, sizeof(expected), "Table Size %u as before the write",
		 fn->msix_prev.size);
	verdict(jg, fn, fn->msix.size == fn->msix_prev.size, expected,
		"Message Control %04Xh: Table Size %u", fn->msix.flags, fn->msix.size);
}

/*
 * A resize that is refused while MSI-X Enable is set is an exercise, too, and so is one that clears
 * it. After a rebinding or a reset Enable may have been 0 in between.
 */
static void judge_size_enabled(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn)
{
	const unsigned long long toggles =
		(ACTS_ON_SIZE & ~ON_ACT(ACT_RESIZE) & ~ON_ACT(ACT_VIRT_MGMT)) |
		ON_ACT(ACT_CFG_WRITE) | ON_ACT(ACT_VFIO_IRQS) | ON_ACT(ACT_VFIO_CFG_WRITE);
	unsigned long long acts;
	char expected[TEXT];

	(void)w;
	if (!shows_msix(fn, event) || !fn->msix_prev_line)
		return;
	acts = acts_before(fn, LOOK_MSIX);
	if (!fn->msix_prev.enable || acts & toggles || begun_since(fn, fn->msix_prev_line))
		return;
	snprintf(expected, sizeof(expected), "Table Size %u as long as MSI-X Enable is 1",
		 fn->msix_prev.size);
	if (fn->msix.enable && fn->msix.size != fn->msix_prev.size)
		broke(jg, fn, expected, "Message Control %04Xh became %04Xh: Table Size %u",
		      fn->msix_prev.flags, fn->msix.flags, fn->msix.size);
	else if (acts & ON_ACT(ACT_RESIZE))
		held(jg, fn);
}

/* --- Function Mask --- */

static void judge_mask_independent(struct judging *jg, const struct world *w,
				   const struct event *event, struct world_fn *fn)
{
	const unsigned long long harmless = ON_ACT(ACT_FUNCTION_MASK) | ON_ACT(ACT_FIRE);
	struct msix_entry now, before;
	bool *toggled, was_toggled;

	(void)w;
	if (!fn)
		return;
	toggled = scratch(jg, fn, sizeof(*toggled));
	if (event->kind == EV_DONE && !event_res(event))
		*toggled = true;
	if (!shows_table(fn, event))
		return;
	was_toggled = *toggled;
	*toggled = false;
	if (!was_toggled || !fn->table_prev.line || acts_before(fn, LOOK_TABLE) & ~harmless ||
	    !is_quiet(fn) || !answers(&fn->table))
		return;
	for (unsigned k = 0; k < fn->table_size && k < fn->table_prev_size; k++) {
		if (!table_entry(&fn->table, k, &now) || !table_entry(&fn->table_prev, k, &before))
			break;
		if ((now.ctrl ^ before.ctrl) & MSIX_ENTRY_MASKED) {
			broke(jg, fn, "every Mask bit as before Function Mask was written",
			      "T[%u] Vector Control %08Xh became %08Xh", k, before.ctrl, now.ctrl);
			return;
		}
	}
	held(jg, fn);
}

/* --- where table and PBA lie --- */

/* A dump does not say how large a BAR is; then all of them are unknown. */
static bool bars_known(struct judging *jg, const struct world_fn *fn)
{
	for (int i = 0; i < PCI_BARS; i++)
		if (fn->bar[i].type != BAR_NONE)
			return true;
	inapplicable(jg, fn, "the record does not know the function's BARs");
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
		inapplicable(jg, fn, "the record does not know how large BAR %u is", bir);
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
	if (!shows_msix(fn, event) || has_ea(jg, fn) || !bars_known(jg, fn))
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
	if (!shows_msix(fn, event) || has_ea(jg, fn) || !bars_known(jg, fn))
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

/* --- what a VF must not have --- */

static void judge_no_intx(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	(void)w;
	(void)event;
	if (fn && !fn->gone && fn->cfg.len > PCI_INTERRUPT_PIN)
		verdict(jg, fn, !cfg_u8(&fn->cfg, PCI_INTERRUPT_PIN), "Interrupt Pin 00h",
			"Interrupt Pin %02Xh", cfg_u8(&fn->cfg, PCI_INTERRUPT_PIN));
}

struct command {
	bool written; /* Memory Space Enable was written as 1 */
	bool reads_0; /* ... and read 0 afterwards */
};

/* PCIe 6.0, 7.5.1.1.3, has this bit as "VF ROZ": read-only zero in a VF. */
static void judge_memory_enable(struct judging *jg, const struct world *w,
				const struct event *event, struct world_fn *fn)
{
	struct command *command;

	(void)w;
	if (!fn)
		return;
	command = scratch(jg, fn, sizeof(*command));
	if (event->kind == EV_DONE) {
		if (!event_res(event) && event_int(event, "off", -1) == PCI_COMMAND &&
		    event_int(event, "value", 0) & PCI_COMMAND_MEMORY)
			command->written = true;
		return;
	}
	if (shows_table(fn, event)) {
		if (command->reads_0 && fn->table.len)
			verdict(jg, fn, answers(&fn->table),
				"memory that answers while the VF's Memory Space Enable is 0",
				"the table reads all ones");
		return;
	}
	if (fn->gone || (event->kind == EV_OBS && event->obs != OBS_CONFIG) ||
	    fn->cfg.len < PCI_STATUS)
		return;
	if (cfg_u16(&fn->cfg, PCI_COMMAND) & PCI_COMMAND_MEMORY) {
		broke(jg, fn, "Command bit 1 hardwired to 0", "Command %04Xh",
		      cfg_u16(&fn->cfg, PCI_COMMAND));
		command->reads_0 = false;
	} else if (command->written) {
		held(jg, fn);
		command->reads_0 = true;
	}
	command->written = false;
}

/*
 * The rule speaks of functions with interrupts to give: a VF with neither capability breaks it
 * only where something else shows that it has some.
 */
static void judge_msi_or_msix(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	unsigned pin;

	(void)w;
	if (!shows_config(fn, event))
		return;
	pin = cfg_u8(&fn->cfg, PCI_INTERRUPT_PIN);
	if (cfg_find_cap(&fn->cfg, PCI_CAP_ID_MSI, 0) > 0 ||
	    cfg_find_cap(&fn->cfg, PCI_CAP_ID_MSIX, 0) > 0)
		held(jg, fn);
	else if (pin || (fn->engine[0] && strcmp(fn->engine, "none")) || fn->has_msix)
		broke(jg, fn, "an MSI or MSI-X capability", "neither; Interrupt Pin %02Xh", pin);
	else
		inapplicable(jg, fn, "the VF shows no interrupt of any kind");
}

/* --- the rows --- */

const struct rule cap_rules[] = {
	{
		.info = {"CAP-UNIQ", SEV_MUST, "A function has at most one MSI-X capability.",
			 "PCIe 6.0, 7.7.2", "a look at 256 bytes of config space"},
		SEES_CONFIG,
		.judge = judge_unique,
	},
	{
		.info = {"CAP-TS-ENC", SEV_MUST,
			 "Table Size is encoded as one less than the number of vectors.",
			 "PCIe 6.0, 7.7.2.2; Linux drivers/pci/msi/msi.c:pci_msix_vec_count",
			 "a resize that succeeded, and a look when its size is due to show"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE,
		.on_done = ON_ACT(ACT_RESIZE) | ON_ACT(ACT_RESET),
		SEES_MSIX,
		.judge = judge_encoding,
	},
	{
		.info = {"CAP-TS-RO", SEV_MUST, "Writing Message Control never changes Table Size.",
			 "PCIe 6.0, 7.7.2.2",
			 "a write of another Table Size to Message Control, and a look after it"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_done = ON_ACT(ACT_CFG_WRITE),
		SEES_MSIX,
		.judge = judge_read_only,
	},
	{
		.info = {"CAP-RSVD", SEV_MUST,
			 "Message Control bits 13:11 read 0, whatever was written to them.",
			 "PCIe 6.0, 7.7.2 and 7.7.2.2", "a look at the MSI-X capability"},
		.needs = NEED_MSIX,
		SEES_MSIX,
		.judge = judge_reserved,
	},
	{
		.info = {"CAP-EN-DEF", SEV_MUST,
			 "MSI-X Enable and Function Mask are 0 after FLR and in a new VF.",
			 "PCIe 6.0, 7.7.2.2",
			 "a look right after FLR by hand or VF Enable, with no driver bound"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		SEES_MSIX,
		.judge = judge_enable_default,
	},
	{
		.info = {"CAP-FM-INDEP", SEV_MUST,
			 "Function Mask leaves the Mask bit of every entry as it is.",
			 "PCIe 6.0, 7.7.2.2",
			 "looks at the table before and after Function Mask is written"},
		.needs = NEED_VF | HEARS_ALL | NEED_MSIX | NEED_LINUX,
		.on_done = ON_ACT(ACT_FUNCTION_MASK),
		.on_obs = ON_OBS(OBS_TABLE),
		.judge = judge_mask_independent,
	},
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
		.info = {"CAP-TS-EN", SEV_SHOULD,
			 "Table Size does not change while MSI-X Enable is 1.",
			 "Linux drivers/pci/msi/msi.c:msix_capability_init",
			 "a resize tried while MSI-X Enable is 1, and looks before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_NOT_VFE,
		SEES_MSIX,
		.judge = judge_size_enabled,
	},
	{
		.info = {"CAP-VF-NOINTX", SEV_MUST, "A VF has no INTx: Interrupt Pin is 0.",
			 "PCIe 6.0, 9.2.1.4 and 7.5.1.1.13", "a look at the VF's config space"},
		.needs = NEED_VF,
		SEES_CONFIG,
		.judge = judge_no_intx,
	},
	{
		.info = {"CAP-VF-CMD-MSE", SEV_MUST,
			 "A VF's Memory Space Enable is hardwired to 0; its memory needs VF MSE "
			 "only.",
			 "PCIe 6.0, 7.5.1.1.3 and 9.3.3.3.4; Linux "
			 "drivers/pci/iov.c:pci_iov_add_virtfn (no_command_memory)",
			 "Command bit 1 of a VF written as 1, a look at its config space and "
			 "table"},
		.needs = NEED_VF,
		.on_done = ON_ACT(ACT_CFG_WRITE),
		.on_obs = ON_OBS(OBS_CONFIG) | ON_OBS(OBS_TABLE),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_memory_enable,
	},
	{
		.info = {"CAP-VF-MSI-OR-MSIX", SEV_SHOULD,
			 "A VF that has interrupts implements MSI, MSI-X or both.",
			 "PCIe 6.0, 9.2.1.4", "a look at 256 bytes of the VF's config space"},
		.needs = NEED_VF,
		SEES_CONFIG,
		.judge = judge_msi_or_msix,
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

const size_t cap_rules_count = sizeof(cap_rules) / sizeof(cap_rules[0]);
