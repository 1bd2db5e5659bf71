/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resets of a VF, in every state somebody can have it in, by the ways there are: the bit of Device
 * Control written directly shows what the function itself does, the kernel's and VFIO's resets
 * what is left after they have saved and restored. Siblings and the PF must notice nothing.
 *
 * The bit is not written under a driver that does not expect it: it would only time out. D3hot and
 * back, by the Power Management capability, is a reset for some devices and none for others.
 */
#include <kselftest_harness.h>
#include <linux/pci_regs.h>

#include "suite.h"

enum state { STATE_UNBOUND, STATE_IDLE, STATE_LOADED, STATE_OPEN };

FIXTURE(reset)
{
	struct bdf vf, sibling;
	bool siblings;
	int res; /* of getting into the state */
};

FIXTURE_VARIANT(reset)
{
	const char *name;
	enum state state;
	enum reset_method method;
};

FIXTURE_VARIANT_ADD(reset, unbound_flr){
	.name = "unbound, flr",
	.state = STATE_UNBOUND,
	.method = RESET_FLR,
};

FIXTURE_VARIANT_ADD(reset, unbound_sysfs){
	.name = "unbound, sysfs",
	.state = STATE_UNBOUND,
	.method = RESET_SYSFS,
};

FIXTURE_VARIANT_ADD(reset, unbound_d3){
	.name = "unbound, d3",
	.state = STATE_UNBOUND,
	.method = RESET_D3,
};

FIXTURE_VARIANT_ADD(reset, idle_sysfs){
	.name = "bound idle, sysfs",
	.state = STATE_IDLE,
	.method = RESET_SYSFS,
};

FIXTURE_VARIANT_ADD(reset, loaded_sysfs){
	.name = "bound loaded, sysfs",
	.state = STATE_LOADED,
	.method = RESET_SYSFS,
};

FIXTURE_VARIANT_ADD(reset, open_flr){
	.name = "vfio open, flr",
	.state = STATE_OPEN,
	.method = RESET_FLR,
};

FIXTURE_VARIANT_ADD(reset, open_vfio){
	.name = "vfio open, vfio",
	.state = STATE_OPEN,
	.method = RESET_VFIO,
};

static void look(struct bdf fn)
{
	walk_look_msix(w, fn);
	walk_look_table(w, fn);
	walk_look_pba(w, fn, -1);
}

/* Registers that are as far from their defaults as they may be without a message being sent. */
static int leave_traces(struct bdf vf)
{
	const struct msix *msix = walk_msix(w, vf);

	table_fill(vf, 4, 5);
	walk_table_mask(w, vf, 0, false);
	return walk_cfg_write(w, vf, msix->pos + PCI_MSIX_FLAGS, 2,
			      msix->flags | PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
}

/* A vector that waits for its mask to go. */
static int make_pending(struct bdf vf)
{
	int res = vf_arm(vf);

	if (!res)
		res = walk_table_mask(w, vf, 0, true);
	if (!res)
		res = walk_fire(w, vf, 0);
	walk_look_events(w, vf, -1);
	walk_look_pba(w, vf, 0);
	return res;
}

/* In use through VFIO; with an event that waits, where events can be raised. */
static int open_in_vfio(struct bdf vf)
{
	int res;

	if (walk_has_engine(w, vf))
		return make_pending(vf);
	res = walk_bind(w, vf, "vfio-pci");
	if (!res)
		res = walk_vfio_open(w, vf);
	return res ? res : walk_vfio_irqs(w, vf, 0, walk_size(w, vf));
}

static int enter(struct bdf vf, enum state state)
{
	const char *driver = native_driver(vf);
	int res;

	if (state == STATE_UNBOUND)
		return leave_traces(vf);
	if (state == STATE_OPEN)
		return open_in_vfio(vf);
	res = driver ? walk_bind(w, vf, driver) : -ENODEV;
	walk_look_driver(w, vf);
	walk_look_irqs(w, vf);
	if (!res && state == STATE_LOADED)
		res = walk_load_start(w, vf, 32);
	return res;
}

FIXTURE_SETUP(reset)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, variant->name));
	self->vf = walk_vf(w, 0);
	self->siblings = walk_sibling(w, self->vf, &self->sibling);
	if (self->siblings)
		table_fill(self->sibling, 4, 6);
}

FIXTURE_TEARDOWN(reset)
{
	EXPECT_EQ(0, suite_end());
}

/* What a reset did to a driver shows when it has to work again. */
static void work_again(struct bdf vf)
{
	if (carries_data(vf)) {
		walk_load_start(w, vf, 32);
		walk_load_stop(w, vf);
	}
	walk_look_irqs(w, vf);
	walk_unbind(w, vf);
	look(vf);
}

TEST_F(reset, concerns_this_function_alone)
{
	REQUIRE((variant->state != STATE_IDLE && variant->state != STATE_LOADED) ||
			native_driver(self->vf),
		"no driver is known here for a VF of this class");
	REQUIRE(variant->state != STATE_LOADED || carries_data(self->vf),
		"no I/O is known here for a VF of this class");
	self->res = enter(self->vf, variant->state);
	REQUIRE(!self->res, "the VF cannot be brought into this state: %s", strerror(-self->res));
	look(self->vf);
	if (self->siblings)
		look(self->sibling);
	walk_look_config(w, walk_pf(w));

	walk_reset(w, self->vf, variant->method);
	walk_look_all(w);
	walk_look_config(w, self->vf);
	look(self->vf);
	walk_look_driver(w, self->vf);
	walk_look_irqs(w, self->vf);
	walk_look_config(w, walk_pf(w));
	if (self->siblings)
		look(self->sibling);
	if (variant->state == STATE_LOADED)
		walk_load_stop(w, self->vf);
	if (variant->state == STATE_LOADED || variant->state == STATE_IDLE)
		work_again(self->vf);
}

/* --- a reset of a VF that has fewer entries than somebody has vectors --- */

FIXTURE(shrunk)
{
	struct bdf vf;
	int res;
};

FIXTURE_SETUP(shrunk)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
}

FIXTURE_TEARDOWN(shrunk)
{
	EXPECT_EQ(0, suite_end());
}

TEST_F(shrunk, is_restored_within_its_table)
{
	unsigned size = walk_size(w, self->vf), least = walk_caps(w)->min;

	REQUIRE(can_virt_mgmt(), "only Virtualization Management resizes a VF that is in use");
	REQUIRE(size > least, "the VF has the least size already");
	self->res = walk_bind(w, self->vf, "vfio-pci");
	if (!self->res)
		self->res = walk_vfio_open(w, self->vf);
	if (!self->res)
		self->res = walk_vfio_irqs(w, self->vf, 0, size);
	REQUIRE(!self->res, "VFIO cannot enable the VF's vectors: %s", strerror(-self->res));
	walk_resize(w, self->vf, least);
	/* Some device may only now wipe what is behind its table: else a restore would change
	 * nothing. */
	walk_reset(w, self->vf, RESET_FLR);
	look(self->vf);
	walk_reset(w, self->vf, RESET_VFIO);
	look(self->vf);
}

/* --- a reset right after a resize: where sizes are latched, this is when they show --- */

FIXTURE(latch)
{
	struct bdf vf;
};

FIXTURE_SETUP(latch)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
}

FIXTURE_TEARDOWN(latch)
{
	EXPECT_EQ(0, suite_end());
}

TEST_F(latch, happens_once)
{
	unsigned size[2];

	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	REQUIRE(!can_virt_mgmt(), "going online shows the size: there is nothing left to latch");
	REQUIRE(walk_has_flr(w, self->vf), "the VF has no FLR capability");
	size[0] = another_size(self->vf);
	size[1] = walk_size(w, self->vf);
	REQUIRE(size[0], "there is only one size");
	for (unsigned i = 0; i < 2; i++) {
		walk_resize(w, self->vf, size[i]);
		walk_reset(w, self->vf, RESET_FLR);
		walk_look_all(w);
		look(self->vf);
	}
	walk_reset(w, self->vf, RESET_FLR);
	walk_look_all(w);
}

SUITE_MAIN("flr")
