/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of a function that an inner guest was given. */
#include <stdio.h>
#include <string.h>

#include "vfio.h"

/* QEMU reads Table Size when it makes the device, and keeps it: what comes after is its own view.
 */
static void judge_guest_size(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	long long size = event_int(event, "size", 0);
	char expected[WORDS];

	(void)w;
	if (event_res(event) || event_str(event, "refused"))
		return;
	if (!size_stands(fn) || fn->last_act != ACT_GUEST_START)
		return;
	snprintf(expected, sizeof(expected), "%u, as on the host", fn->msix.size);
	verdict(jg, fn, size == fn->msix.size, expected, "%lld in the guest", size);
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
		.info = {"VFIO-GUEST-TS", SEV_MUST,
			 "A guest that is given a function sees the Table Size that the host sees.",
			 "derived from Linux drivers/vfio/pci/vfio_pci_config.c; QEMU "
			 "hw/vfio/pci.c:vfio_msix_early_setup",
			 "an inner guest started with the function, looks at both sides"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO | NEED_GUEST,
		.on_obs = ON_OBS(OBS_GUEST),
		.judge = judge_guest_size,
	},
	{
		.info = {"VFIO-GUEST-PBA", SEV_SHOULD,
			 "A VMM takes a function whose PBA lies in its BAR, and refuses one whose "
			 "PBA "
			 "does not.",
			 "QEMU hw/vfio/pci.c:vfio_msix_early_setup",
			 "an inner guest started with the function"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_VFIO | NEED_GUEST,
		.on_obs = ON_OBS(OBS_GUEST),
		.judge = judge_guest_pba,
	},
};

const size_t guest_rules_count = sizeof(guest_rules) / sizeof(guest_rules[0]);
