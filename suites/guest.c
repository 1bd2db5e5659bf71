/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A VF inside a guest, that gets it by vfio-pci: what the guest sees is what the host has, at each
 * size, and after a resize between two guests.
 */
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

/* One guest that hangs is told; the next would take as long. */
static bool hangs(int res)
{
	return res == -ETIMEDOUT || res == -EPROTO;
}

static int start_and_look(struct bdf vf)
{
	int res = walk_guest_start(w, vf);

	if (res)
		return res;
	walk_look_msix(w, vf);
	res = walk_look_guest(w, vf);
	if (!res && !walk_guest_vectors(w, vf))
		walk_look_irqs(w, vf);
	return walk_guest_stop(w, vf) ?: res;
}

/* vfio-pci is bound anew: another driver's count of vectors may outlast a resize. */
static int resize_and_start(struct bdf vf, unsigned size)
{
	walk_unbind(w, vf);
	resize_and_look(vf, size);
	walk_bind(w, vf, "vfio-pci");
	return start_and_look(vf);
}

TEST_F(guest, sees_the_size_of_the_host)
{
	unsigned size;

	REQUIRE_GUEST();
	size = another_size(self->vf);
	walk_bind(w, self->vf, "vfio-pci");
	if (hangs(start_and_look(self->vf)))
		return;
	REQUIRE(can_resize() && size, "there is only one size");
	resize_and_start(self->vf, size);
}

/* Each start takes seconds without KVM: large tables are visited at some sizes. */
#define SIZES 33

TEST_F_TIMEOUT(guest, sees_every_size, 1500)
{
	unsigned size[SIZES];
	size_t n;

	REQUIRE_GUEST();
	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	n = walk_sizes(w, walk_size_max(w, self->vf), size, SIZES);
	walk_bind(w, self->vf, "vfio-pci");
	for (size_t i = 0; i < n; i++)
		if (hangs(resize_and_start(self->vf, size[i])))
			return;
}

/* Every VF that is walked has a guest at the same time: none sees another's table. */
TEST_F_TIMEOUT(guest, sees_its_own_function, 600)
{
	struct bdf vf;

	REQUIRE_GUEST();
	REQUIRE(walk_vfs(w) > 1, "one VF only is walked: profile standard walks more");
	for_each_vf (vf) {
		walk_bind(w, vf, "vfio-pci");
		if (hangs(walk_guest_start(w, vf)))
			return;
		walk_look_msix(w, vf);
		walk_look_guest(w, vf);
	}
	for_each_vf (vf) {
		walk_guest_vectors(w, vf);
		walk_look_irqs(w, vf);
	}
	for_each_vf (vf)
		walk_guest_stop(w, vf);
}

/*
 * The same without binding it anew: what vfio-pci keeps of its first vectors is not to be seen by
 * the next guest. Only Virtualization Management resizes what is bound.
 */
TEST_F_TIMEOUT(guest, has_all_vectors_after_growing, 300)
{
	unsigned least = walk_caps(w)->min ?: 1, most = walk_size_max(w, self->vf);

	REQUIRE_GUEST();
	REQUIRE(can_virt_mgmt(), "no way to resize a VF that somebody has");
	REQUIRE(most > least, "there is only one size");
	resize_and_look(self->vf, least);
	walk_bind(w, self->vf, "vfio-pci");
	if (hangs(start_and_look(self->vf)))
		return;
	walk_resize(w, self->vf, most);
	start_and_look(self->vf);
}

/* Virtualization Management asks nobody: a guest keeps what it saw, and the next sees the new size.
 */
TEST_F_TIMEOUT(guest, is_resized_while_it_runs, 300)
{
	unsigned size;

	REQUIRE_GUEST();
	REQUIRE(can_virt_mgmt(), "no way to resize a VF that somebody has");
	size = another_size(self->vf);
	REQUIRE(size, "there is only one size");
	walk_bind(w, self->vf, "vfio-pci");
	if (hangs(walk_guest_start(w, self->vf)))
		return;
	walk_look_msix(w, self->vf);
	walk_look_guest(w, self->vf);
	walk_resize(w, self->vf, size);
	walk_look_msix(w, self->vf);
	walk_look_guest(w, self->vf);
	walk_guest_stop(w, self->vf);
	start_and_look(self->vf);
}

SUITE_MAIN("guest")
