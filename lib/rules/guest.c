/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of a function that an inner guest was given. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vfio.h"

#define NEEDS_GUEST (NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO | NEED_GUEST)

/* True for what a guest says of the function it was given. One that its VMM refused is no case of
 * these rules.
 */
static bool tells(struct judging *jg, struct world_fn *fn, const struct event *event)
{
	const char *refused = event_str(event, "refused");

	if (!event_res(event) && refused)
		inapplicable(jg, fn, "the VMM refused the function: %s", refused);
	return !event_res(event) && !refused;
}

/* --- it runs --- */

/* What keeps a guest or its VMM from going on, and is nobody's word: other errors are the caller's.
 */
static const char *what_hung(const struct event *event)
{
	switch (event_res(event)) {
	case -ETIMEDOUT:
		return "hangs";
	case -EPROTO:
		return "crashed, or said what no guest says";
	case -EPIPE:
		return "is gone";
	}
	return NULL;
}

static const char *what_for(const struct event *event)
{
	if (event->kind == EV_OBS)
		return "asked what it sees";
	if (event->act == ACT_GUEST_VECTORS)
		return "asked to enable its vectors";
	return event->act == ACT_GUEST_START ? "started" : "told to end";
}

static void judge_guest_run(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	const char *refused = event_str(event, "refused"), *hung = what_hung(event);

	(void)w;
	if (hung)
		broke(jg, fn, "a guest that runs, answers and ends, or a VMM that says why not",
		      "%s: it %s", what_for(event), hung);
	else if (refused)
		inapplicable(jg, fn, "the VMM refused the function: %s", refused);
	else if (event->kind == EV_OBS && !event_res(event))
		held(jg, fn);
}

/* --- what it sees --- */

/*
 * QEMU reads Table Size when it makes the device, and keeps it: what comes after is its own view.
 */
static void judge_guest_size(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	long long size = event_int(event, "size", 0);
	char expected[WORDS];

	(void)w;
	if (!tells(jg, fn, event) || !size_stands(fn) || fn->last_act != ACT_GUEST_START)
		return;
	snprintf(expected, sizeof(expected), "%u, as on the host", fn->msix.size);
	verdict(jg, fn, size == fn->msix.size, expected, "%lld in the guest", size);
}

/* What a guest saw first, since it was started. */
struct kept {
	long long size; /* 0: nothing yet */
};

/* Its driver counted once: a size that moves under it is no read-only field. */
static void judge_guest_keep(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct kept *kept = scratch(jg, fn, sizeof(*kept));
	long long size = event_int(event, "size", 0);
	char expected[WORDS];

	(void)w;
	if (event->kind == EV_DONE) {
		kept->size = 0;
		return;
	}
	if (!tells(jg, fn, event))
		return;
	if (!kept->size)
		kept->size = size;
	if (!size_stands(fn) || fn->msix.size == kept->size)
		return;
	snprintf(expected, sizeof(expected), "%lld, as when it started, with %u on the host by now",
		 kept->size, fn->msix.size);
	verdict(jg, fn, size == kept->size, expected, "%lld in the guest", size);
}

/* A table that a guest was just given; all ones come from where there is none. */
static void judge_entries(struct judging *jg, struct world_fn *fn, const uint8_t *table, size_t len)
{
	struct msix_entry entry;
	char expected[WORDS];

	for (size_t k = 0; k < len / MSIX_ENTRY_SIZE; k++) {
		msix_entry_decode(table + k * MSIX_ENTRY_SIZE, &entry);
		if (entry.ctrl != UINT32_MAX && entry.ctrl & MSIX_ENTRY_MASKED)
			continue;
		snprintf(expected, sizeof(expected), "entry %zu there, and masked", k);
		broke(jg, fn, expected, "Vector Control %08Xh", entry.ctrl);
		return;
	}
	held(jg, fn);
}

static void judge_guest_table(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	long long size = event_int(event, "size", 0);
	uint8_t table[MSIX_MAX_SIZE * MSIX_ENTRY_SIZE], pba[MSIX_MAX_SIZE / 8];
	long len, pending;

	(void)w;
	if (!tells(jg, fn, event) || fn->last_act != ACT_GUEST_START || !fn->untouched || size < 1)
		return;
	len = event_hex(event, "table", table, sizeof(table));
	pending = event_hex(event, "pba", pba, sizeof(pba));
	if (len < 0 || pending < 0)
		return;
	if (!len || !pending) {
		broke(jg, fn, "a BAR that holds table and PBA", "no %s where the guest looks",
		      len ? "PBA" : "table");
		return;
	}
	for (long i = 0; i < pending; i++)
		if (pba[i]) {
			broke(jg, fn, "no vector pending", "PBA byte %ld is %02Xh", i, pba[i]);
			return;
		}
	judge_entries(jg, fn, table, (size_t)len);
}

/* --- what it can use --- */

struct used {
	size_t size;  /* that the guest counts */
	bool enabled; /* ... and has enabled */
	size_t most;  /* files that it had at most in this run, with any driver */
};

/*
 * A VMM that cannot enable a vector has no way to tell the guest, which goes on with one that never
 * fires: the host shows it. Fewer are the machine's doing, until it was seen to have as many.
 */
static void judge_used(struct judging *jg, struct world_fn *fn, struct used *used, size_t files)
{
	char expected[WORDS];

	if (files < used->size && used->most < used->size) {
		inapplicable(
			jg, fn,
			"it never had more than %zu vectors here: the machine may have run out",
			used->most);
		return;
	}
	snprintf(expected, sizeof(expected), "%zu files in msi_irqs, as the guest enabled",
		 used->size);
	verdict(jg, fn, files == used->size, expected, "%zu", files);
}

static void judge_guest_vectors(struct judging *jg, const struct world *w,
				const struct event *event, struct world_fn *fn)
{
	struct used *used = scratch(jg, fn, sizeof(*used));

	(void)w;
	if (event->kind == EV_DONE && event->act == ACT_GUEST_VECTORS)
		used->enabled = !event_res(event);
	else if (event->kind == EV_DONE)
		*used = (struct used){.most = used->most};
	else if (event->obs == OBS_GUEST)
		used->size = tells(jg, fn, event) ? (size_t)event_int(event, "size", 0) : 0;
	else
		used->most = files_of(event) > used->most ? files_of(event) : used->most;
	if (event->kind == EV_OBS && event->obs == OBS_IRQS && used->enabled && used->size &&
	    fn->in_guest)
		judge_used(jg, fn, used, files_of(event));
}

/* Devices whose VFs have a PBA where they do not say: QEMU knows where it is. */
static bool has_quirk(const struct world_fn *fn)
{
	return !strncmp(fn->device, "1425:58", 7) || !strcmp(fn->device, "1d22:3685");
}

static void judge_guest_pba(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	const char *refused = event_str(event, "refused");
	uint64_t bar = fn->msix.pba_bir < PCI_BARS ? fn->bar[fn->msix.pba_bir].size : 0;
	bool outside = fn->msix.pba_off >= bar;
	char expected[WORDS];

	(void)w;
	if (event_res(event))
		return;
	/* A VMM may refuse for reasons of its own: only its word on the PBA counts. */
	if (refused && !strstr(refused, "PBA")) {
		inapplicable(jg, fn, "the VMM refused the function: %s", refused);
		return;
	}
	if (outside && has_quirk(fn)) {
		inapplicable(jg, fn, "QEMU has a quirk for the PBA of this device");
		return;
	}
	snprintf(expected, sizeof(expected), "%s, with the PBA at %Xh of a BAR of %llXh bytes",
		 outside ? "refused" : "taken", fn->msix.pba_off, (unsigned long long)bar);
	verdict(jg, fn, outside == (refused != NULL), expected, "%s", refused ? refused : "taken");
}

const struct rule guest_rules[] = {
	{
		.info = {"VFIO-GUEST-RUN", SEV_MUST,
			 "A guest that is given a function starts, answers and ends, or its VMM "
			 "says "
			 "why it takes no such function.",
			 "derived from Linux Documentation/driver-api/vfio.rst; QEMU "
			 "hw/vfio/pci.c:vfio_realize",
			 "an inner guest started with the function, asked and ended, each with a "
			 "deadline"},
		.needs = NEEDS_GUEST,
		.on_done = ON_ACT(ACT_GUEST_START) | ON_ACT(ACT_GUEST_VECTORS) |
			   ON_ACT(ACT_GUEST_STOP),
		.on_obs = ON_OBS(OBS_GUEST),
		.judge = judge_guest_run,
	},
	{
		.info = {"VFIO-GUEST-TS", SEV_MUST,
			 "A guest that is given a function sees the Table Size that the host sees.",
			 "derived from Linux drivers/vfio/pci/vfio_pci_config.c; QEMU "
			 "hw/vfio/pci.c:vfio_msix_early_setup",
			 "an inner guest started with the function, looks at both sides"},
		.needs = NEEDS_GUEST,
		.on_obs = ON_OBS(OBS_GUEST),
		.judge = judge_guest_size,
	},
	{
		.info = {"VFIO-GUEST-KEEP", SEV_MUST,
			 "A guest sees one Table Size for as long as it runs, whatever becomes of "
			 "the "
			 "function.",
			 "PCIe 6.0, 7.7.2.2 (read-only); QEMU hw/vfio/pci.c:vfio_realize",
			 "a resize while an inner guest has the function"},
		.needs = NEEDS_GUEST | NEED_NVME | NEED_RANGE | NEED_HELD,
		.on_done = ON_ACT(ACT_GUEST_START) | ON_ACT(ACT_GUEST_STOP),
		.on_obs = ON_OBS(OBS_GUEST),
		.judge = judge_guest_keep,
	},
	{
		.info = {"VFIO-GUEST-TABLE", SEV_MUST,
			 "Every entry that a guest counts is there when it starts, and masked, and "
			 "no "
			 "vector is pending.",
			 "PCIe 6.0, 7.7.2.8 and 7.7.2.9; QEMU hw/pci/msix.c:msix_init",
			 "an inner guest started with the function, its view of table and PBA"},
		.needs = NEEDS_GUEST,
		.on_obs = ON_OBS(OBS_GUEST),
		.judge = judge_guest_table,
	},
	{
		.info = {"VFIO-GUEST-VECTORS", SEV_SHOULD,
			 "Every vector that a guest counts can be enabled.",
			 "derived from Linux drivers/vfio/pci/vfio_pci_intrs.c; QEMU "
			 "hw/vfio/pci.c:vfio_msix_vector_do_use",
			 "all vectors enabled by an inner guest, the interrupts on the host"},
		.needs = NEEDS_GUEST,
		.on_done = ON_ACT(ACT_GUEST_START) | ON_ACT(ACT_GUEST_VECTORS) |
			   ON_ACT(ACT_GUEST_STOP) | ON_ACT(ACT_UNBIND),
		.on_obs = ON_OBS(OBS_GUEST) | ON_OBS(OBS_IRQS),
		.judge = judge_guest_vectors,
	},
	{
		.info = {"VFIO-GUEST-PBA", SEV_SHOULD,
			 "A VMM takes a function whose PBA lies in its BAR, and refuses one whose "
			 "PBA "
			 "does not.",
			 "QEMU hw/vfio/pci.c:vfio_msix_early_setup",
			 "an inner guest started with the function"},
		.needs = NEEDS_GUEST,
		.on_obs = ON_OBS(OBS_GUEST),
		.judge = judge_guest_pba,
	},
};

const size_t guest_rules_count = sizeof(guest_rules) / sizeof(guest_rules[0]);
