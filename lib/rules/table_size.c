/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of Table Size: how Message Control has it, and what must not change it. */
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>

#include "look.h"

#define TEXT 96

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
	if (acts_before(fn, LOOK_MSIX) & (ON_ACT(ACT_VIRT_MGMT) | ON_ACT(ACT_ATTR_WRITE) |
					  ON_ACT(ACT_RACE) | ON_ACT(ACT_NONE))) {
		*due = (struct due){0};
	} else if (begun_since(fn, fn->msix_prev_line)) {
		due->now = w->model == MODEL_VFE ? due->later : 0;
		due->later = 0;
	} else if (acts_before(fn, LOOK_MSIX) & ON_ACT(ACT_NUMVFS)) {
		*due = (struct due){0};
	}
}

/* One more or one less; 2048 itself has no room in 11 bits. */
static bool is_miscoded(unsigned seen, unsigned due)
{
	return seen == due + 1 || seen + 1 == due || (due == MSIX_MAX_SIZE && seen == 1);
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
	else if (fn->msix.size != fn->msix_prev.size && is_miscoded(fn->msix.size, due->now))
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

/*
 * A PF and its VFs each have a size of their own: none is what another has, and a VF's new size is
 * nobody else's. Siblings are SYS-SIBLING's.
 */
static void judge_independent(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	const unsigned long long other = ON_ACT(ACT_NONE) | ON_ACT(ACT_RESET) | ON_ACT(ACT_BIND) |
					 ON_ACT(ACT_UNBIND) | ON_ACT(ACT_VIRT_MGMT) |
					 ON_ACT(ACT_CFG_WRITE);
	unsigned long long acts;
	char expected[TEXT];
	bool *resized;

	(void)w;
	if (!fn)
		return;
	resized = scratch(jg, fn->pf, sizeof(*resized));
	if (event->kind == EV_DONE)
		*resized |= fn->vf >= 0 && !event_res(event);
	if (fn->vf >= 0 || !shows_msix(fn, event) || !*resized)
		return;
	*resized = false;
	acts = acts_before(fn, LOOK_MSIX);
	/* VF Enable is no reset of the PF. */
	if (!strcmp(fn->last_reset, "vfe"))
		acts &= ~ON_ACT(ACT_RESET);
	if (!fn->msix_prev_line || acts & other)
		return;
	snprintf(expected, sizeof(expected), "the PF's Table Size %u after a VF was resized",
		 fn->msix_prev.size);
	verdict(jg, fn, fn->msix.size == fn->msix_prev.size, expected, "Table Size %u",
		fn->msix.size);
}

/* --- the rows --- */

const struct rule table_size_rules[] = {
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
		.info = {"CAP-TS-EN", SEV_SHOULD,
			 "Table Size does not change while MSI-X Enable is 1.",
			 "Linux drivers/pci/msi/msi.c:msix_capability_init",
			 "a resize tried while MSI-X Enable is 1, and looks before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_NOT_VFE,
		SEES_MSIX,
		.judge = judge_size_enabled,
	},
	{
		.info = {"CAP-PFVF-DIFFER", SEV_INFO,
			 "The PF has a Table Size of its own: a VF's resize does not move it.",
			 "PCIe 6.0, 9.2.1.4",
			 "a VF's resize, and looks at the PF before and after"},
		.needs = NEED_PF | HEARS_ALL | NEED_MSIX | NEED_RESIZE,
		.on_done = ON_ACT(ACT_RESIZE),
		SEES_MSIX,
		.judge = judge_independent,
	},
};

const size_t table_size_rules_count = sizeof(table_size_rules) / sizeof(table_size_rules[0]);
