/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VF inside a guest, that gets it by vfio-pci: what the guest sees is what the host has. */
#include <kselftest_harness.h>

#include "suite.h"

FIXTURE(guest)
{
	struct bdf vf;
	bool there;
};

FIXTURE_SETUP(guest)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
	self->there = walk_look_guest(w, self->vf) != -EOPNOTSUPP;
}

FIXTURE_TEARDOWN(guest)
{
	EXPECT_EQ(0, suite_end());
}

#define REQUIRE_GUEST() REQUIRE(self->there, "there is no inner guest here")

static void start_and_look(struct bdf vf)
{
	walk_guest_start(w, vf);
	walk_look_msix(w, vf);
	walk_look_guest(w, vf);
	walk_guest_stop(w, vf);
}

TEST_F(guest, sees_the_size_of_the_host)
{
	unsigned size;

	REQUIRE_GUEST();
	size = another_size(self->vf);
	walk_bind(w, self->vf, "vfio-pci");
	start_and_look(self->vf);
	REQUIRE(can_resize() && size, "there is only one size");
	walk_unbind(w, self->vf);
	resize_and_look(self->vf, size);
	walk_bind(w, self->vf, "vfio-pci");
	start_and_look(self->vf);
}

SUITE_MAIN("guest")
