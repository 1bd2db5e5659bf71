/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attacks that a shot through an entry which is put back at once does not cover: a thousand random
 * messages, a VF that is reset in mid-attack, and one whose driver is gone.
 *
 * The last two fire without an engine: an event was pending, and its vector is unmasked by hand.
 */
#include <errno.h>
#include <kselftest_harness.h>
#include <linux/pci_regs.h>

#include "suite.h"

FIXTURE(rogue)
{
	struct bdf vf, victim;
	bool victims;
	unsigned entry;
	int res; /* of arming the attacker */
};

/* Vector 0 is the engine's own: its commands are answered on it. */
static unsigned entry_of(struct bdf vf)
{
	return walk_enabled(w, vf) > 1 ? 1 : 0;
}

FIXTURE_SETUP(rogue)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
	self->victims = walk_sibling(w, self->vf, &self->victim);
	self->res = walk_has_engine(w, self->vf) ? vf_arm(self->vf) : -EOPNOTSUPP;
	self->victims = !self->res && self->victims && !vf_arm(self->victim);
	self->entry = entry_of(self->vf);
	walk_look_isolation(w, self->vf);
	walk_look_table(w, self->vf);
}

FIXTURE_TEARDOWN(rogue)
{
	EXPECT_EQ(0, suite_end());
}

#define REQUIRE_ARMED(self)                                                   \
	do {                                                                  \
		REQUIRE(walk_has_engine(w, (self)->vf),                       \
			"nothing here can fire this VF's vectors");           \
		REQUIRE(!(self)->res, "the VF's vectors cannot be fired: %s", \
			strerror(-(self)->res));                              \
	} while (0)

/* The same seed (--seed) sends the same messages, in the same bursts. */
TEST_F_TIMEOUT(rogue, random_messages_arrive_nowhere, 3600)
{
	unsigned burst, count = walk_messages(w, &burst);

	REQUIRE_ARMED(self);
	walk_shot(w, self->vf, SHOT_CONTROL, self->entry, self->vf, 0);
	for (unsigned n = 0; n * burst < count; n++) {
		walk_burst(w, self->vf, walk_burst_kind(w, n), self->entry, n * burst, burst);
		walk_shot(w, self->vf, SHOT_CONTROL, self->entry, self->vf, 0);
	}
	walk_look_table(w, self->vf);
	walk_look_all(w);
}

/* --- in mid-attack --- */

/* An event of the vector happens while it is masked. */
static void leave_pending(struct bdf vf, unsigned entry)
{
	walk_table_mask(w, vf, entry, true);
	walk_fire(w, vf, entry);
	walk_look_pba(w, vf, (int)entry);
}

/* A message that is nobody's, behind the mask of the entry: what the attacker was about to send. */
static void arm(struct bdf vf, unsigned entry)
{
	const struct msix_entry rogue = {.msg = {.addr = 0x7f12345000, .data = 0x5a5aa5a5},
					 .ctrl = MSIX_ENTRY_MASKED};
	uint8_t bytes[MSIX_ENTRY_SIZE];

	msix_entry_encode(&rogue, bytes);
	walk_table_write(w, vf, entry * MSIX_ENTRY_SIZE, 4, bytes, sizeof(bytes));
}

/* What a driver would set; nobody else is to be relied upon for it. */
static void let_it_send(struct bdf vf)
{
	const struct msix *msix = walk_msix(w, vf);
	unsigned flags = msix->pos + PCI_MSIX_FLAGS;
	uint32_t control = walk_cfg_read(w, vf, flags, 2), command;

	command = walk_cfg_read(w, vf, PCI_COMMAND, 2);
	walk_cfg_write(w, vf, flags, 2,
		       (control | PCI_MSIX_FLAGS_ENABLE) & ~PCI_MSIX_FLAGS_MASKALL);
	walk_cfg_write(w, vf, PCI_COMMAND, 2, command | PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY);
}

static void look_after(struct bdf vf)
{
	walk_look_config(w, vf);
	walk_look_table(w, vf);
	walk_look_pba(w, vf, -1);
}

/* First that an event which is pending is delivered: then that a reset in between takes it along.
 */
static void cut_short(FIXTURE_DATA(rogue) * self, enum reset_method method, enum shot_kind kind)
{
	leave_pending(self->vf, self->entry);
	walk_shot_pending(w, self->vf, SHOT_CONTROL, self->entry, self->vf, 0);
	leave_pending(self->vf, self->entry);
	arm(self->vf, self->entry);
	walk_reset(w, self->vf, method);
	look_after(self->vf);
	let_it_send(self->vf);
	walk_shot_pending(w, self->vf, kind, self->entry, self->victim, 0);
}

TEST_F(rogue, is_reset_in_mid_attack)
{
	/* The kernel puts back the entries that VFIO resets: there the message is a good one. */
	static const struct {
		enum reset_method method;
		enum shot_kind kind;
	} ways[] = {{RESET_FLR, SHOT_DMA_UNMAPPED}, {RESET_VFIO, SHOT_CONTROL}};

	REQUIRE_ARMED(self);
	REQUIRE(walk_has_flr(w, self->vf), "the VF has no FLR");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		cut_short(self, ways[i].method, ways[i].kind);
		walk_engine_stop(w, self->vf);
		walk_vfio_close(w, self->vf);
		vf_arm(self->vf);
	}
	/* It can be used again. */
	walk_shot(w, self->vf, SHOT_CONTROL, self->entry, self->vf, 0);
	walk_look_all(w);
}

/* --- the kernel at it, too --- */

/* How much later than the writes the kernel begins: at once, in the reset, after it. */
static const int64_t behind_us[] = {0, 200, 20000};

TEST_F(rogue, writes_its_table_while_the_kernel_does)
{
	struct alloc_request all = {.min = 1, .flags = ALLOC_MSIX};
	unsigned entry;
	int count;

	REQUIRE(walk_look_probe(w, self->vf, 0) != -EOPNOTSUPP,
		"the probe driver vfwalk_probe is not loaded");
	REQUIRE(walk_has_flr(w, self->vf), "the VF has no FLR");
	walk_engine_stop(w, self->vf);
	walk_vfio_close(w, self->vf);
	walk_unbind(w, self->vf);
	walk_bind(w, self->vf, PROBE_DRIVER);
	all.max = walk_size(w, self->vf);
	count = walk_alloc(w, self->vf, &all);
	REQUIRE(count > 0, "the probe driver got no vectors: %s", strerror(-count));
	entry = count > 1 ? 1 : 0;
	for (unsigned k = 0; k < (unsigned)count && k < 8; k++)
		walk_request(w, self->vf, k);
	walk_look_table(w, self->vf);
	for (unsigned n = 0; n < sizeof(behind_us) / sizeof(behind_us[0]); n++) {
		walk_race_table(w, self->vf, entry, self->victims ? self->victim : self->vf,
				"reset", "1", behind_us[n]);
		walk_reset(w, self->vf, RESET_SYSFS);
		walk_look_table(w, self->vf);
	}
	walk_look_all(w);
}

/* --- the driver gone --- */

FIXTURE(gone)
{
	struct bdf vf, victim;
	bool victims, kept; /* the state that its last user left it in is kept */
	int res;
};

FIXTURE_SETUP(gone)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
	self->victims = walk_sibling(w, self->vf, &self->victim);
	/* A vector for each message. */
	if (can_resize())
		resize_and_look(self->vf, walk_size_max(w, self->vf));
	/* Without a way to reset it VFIO leaves the VF as it was used; else as after a reset. */
	self->kept = walk_attr_write(w, self->vf, "reset_method", "\n") > 0;
	self->res = walk_has_engine(w, self->vf) ? vf_arm(self->vf) : -EOPNOTSUPP;
	self->victims = !self->res && self->victims && !vf_arm(self->victim);
}

FIXTURE_TEARDOWN(gone)
{
	EXPECT_EQ(0, suite_end());
}

/* A vector for each kind, as many as there are: each has one event pending. */
static const enum shot_kind gone_kinds[] = {SHOT_SIBLING_HANDLE, SHOT_PF_HANDLE, SHOT_DMA_UNMAPPED,
					    SHOT_ABSENT_HANDLE};

#define GONE_KINDS (sizeof(gone_kinds) / sizeof(gone_kinds[0]))

/* Its last user dies: controller enabled, queues made, events pending, no driver bound. */
static void abandon(struct bdf vf, unsigned events)
{
	for (unsigned k = 0; k < events; k++)
		leave_pending(vf, k + entry_of(vf));
	walk_engine_leave(w, vf);
	walk_vfio_close(w, vf);
	walk_unbind(w, vf);
	walk_look_driver(w, vf);
}

TEST_F(gone, its_driver_is_gone)
{
	unsigned first, events;

	REQUIRE_ARMED(self);
	first = entry_of(self->vf);
	events = walk_enabled(w, self->vf) - first;
	events = events < GONE_KINDS ? events : GONE_KINDS;
	leave_pending(self->vf, first);
	walk_shot_pending(w, self->vf, SHOT_CONTROL, first, self->vf, 0);
	abandon(self->vf, events);
	look_after(self->vf);
	let_it_send(self->vf);
	for (unsigned k = 0; k < events; k++)
		if (gone_kinds[k] != SHOT_SIBLING_HANDLE || self->victims)
			walk_shot_pending(w, self->vf, gone_kinds[k], k + first, self->victim, 0);
	if (self->kept)
		walk_attr_write(w, self->vf, "reset_method", "default");
	walk_reset(w, self->vf, RESET_FLR);
	walk_look_all(w);
}

SUITE_MAIN("rogue")
