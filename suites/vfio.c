/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VFIO's view of a VF: the count of vectors, the capability and the window over the table must
 * tell what the device tells, before, during and after a resize; and SET_IRQS must take exactly
 * the vectors there are.
 */
#include <kselftest_harness.h>
#include <linux/pci_regs.h>

#include "suite.h"

FIXTURE(device)
{
	struct bdf vf;
	int res; /* of opening it */
};

FIXTURE_SETUP(device)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
	walk_look_isolation(w, self->vf);
	self->res = walk_bind(w, self->vf, "vfio-pci");
	if (!self->res)
		self->res = walk_vfio_open(w, self->vf);
}

FIXTURE_TEARDOWN(device)
{
	EXPECT_EQ(0, suite_end());
}

#define REQUIRE_OPEN() \
	REQUIRE(!self->res, "the VF cannot be opened in VFIO: %s", strerror(-self->res))

static void look(struct bdf vf)
{
	walk_look_msix(w, vf);
	walk_look_vfio(w, vf);
	walk_look_vfio_cfg(w, vf);
}

/*
 * Opening and closing each take a reset of 100 ms, so a test goes through all that one opening
 * allows.
 */
TEST_F(device, takes_exactly_its_vectors)
{
	unsigned size = walk_size(w, self->vf);

	REQUIRE_OPEN();
	walk_look_driver(w, self->vf);
	look(self->vf);
	if (size > 1)
		walk_vfio_irqs(w, self->vf, 0, size - 1);
	walk_look_irqs(w, self->vf);
	walk_vfio_irqs(w, self->vf, 0, 0);
	walk_vfio_irqs(w, self->vf, 0, size);
	walk_look_irqs(w, self->vf);
	walk_look_msix(w, self->vf);
	walk_look_table(w, self->vf);
	walk_look_vfio_map(w, self->vf, walk_msix(w, self->vf)->table_bir,
			   walk_msix(w, self->vf)->table_off, MSIX_ENTRY_SIZE);
	walk_vfio_irqs(w, self->vf, 0, 0);
	walk_look_irqs(w, self->vf);
	walk_vfio_irqs(w, self->vf, 0, size + 1);
	walk_vfio_irqs(w, self->vf, size, 1);
	walk_vfio_irqs(w, self->vf, UINT32_MAX, 2);
	walk_vfio_irqs(w, self->vf, 1, UINT32_MAX);
	walk_look_irqs(w, self->vf);
	/* Where MSI-X is dynamic, one more can be had later. */
	walk_vfio_irqs(w, self->vf, 0, 1);
	if (size > 1)
		walk_vfio_irqs(w, self->vf, 1, 1);
	walk_look_irqs(w, self->vf);
}

static void write_capability(struct bdf vf, const struct msix *msix)
{
	look(vf);
	walk_vfio_cfg_write(w, vf, msix->pos + PCI_MSIX_FLAGS, 2,
			    msix->flags ^ PCI_MSIX_FLAGS_QSIZE);
	look(vf);
	walk_vfio_cfg_write(w, vf, msix->pos + PCI_MSIX_TABLE, 4, UINT32_MAX);
	look(vf);
}

TEST_F(device, guards_capability_and_table)
{
	const struct msix *msix = walk_msix(w, self->vf);
	unsigned bir = msix->table_bir;
	uint64_t last = msix->table_off + (msix->size - 1ull) * MSIX_ENTRY_SIZE;

	REQUIRE_OPEN();
	write_capability(self->vf, msix);
	walk_look_table(w, self->vf);
	walk_look_vfio_region(w, self->vf, bir, msix->table_off, MSIX_ENTRY_SIZE);
	walk_look_vfio_region(w, self->vf, bir, last, MSIX_ENTRY_SIZE);
	walk_vfio_region_write(w, self->vf, bir, msix->table_off, 4, 0xa5a5a5a0);
	walk_vfio_region_write(w, self->vf, bir, last + PCI_MSIX_ENTRY_DATA, 4, 0x5a5a5a5a);
	walk_look_table(w, self->vf);
	/* What lies behind the window is the device's own. */
	if (last + 2 * MSIX_ENTRY_SIZE <= msix->table_off + 4096)
		walk_look_vfio_region(w, self->vf, bir, last + MSIX_ENTRY_SIZE, MSIX_ENTRY_SIZE);
}

/* Whoever asks the kernel while vfio-pci has the VF, open or not. */
static void ask_for_a_vector_less(struct bdf vf)
{
	unsigned size = walk_size(w, vf);
	char text[16];

	snprintf(text, sizeof(text), "%u", size > 1 ? size - 1 : size + 1);
	walk_attr_write(w, vf, "sriov_vf_msix_count", text);
	walk_look_all(w);
}

/* vfio-pci stays bound where nobody minds; the kernel's file refuses while it is. */
static void resize_closed(struct bdf vf, unsigned size)
{
	if (can_virt_mgmt() && resize_and_look(vf, size) != -EBUSY)
		return;
	walk_unbind(w, vf);
	resize_and_look(vf, size);
	walk_bind(w, vf, "vfio-pci");
}

TEST_F(device, has_the_new_size_when_opened_again)
{
	unsigned size;

	REQUIRE_OPEN();
	look(self->vf);
	walk_vfio_irqs(w, self->vf, 0, walk_size(w, self->vf));
	ask_for_a_vector_less(self->vf);
	look(self->vf);
	walk_vfio_close(w, self->vf);
	ask_for_a_vector_less(self->vf);
	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	size = another_size(self->vf);
	REQUIRE(size, "there is only one size");
	resize_closed(self->vf, size);
	walk_vfio_open(w, self->vf);
	look(self->vf);
	walk_vfio_irqs(w, self->vf, 0, walk_size(w, self->vf));
	walk_look_irqs(w, self->vf);
	walk_look_msix(w, self->vf);
}

/* Virtualization Management does not ask the kernel: what does VFIO make of it? */
TEST_F(device, notices_a_resize_while_open)
{
	unsigned size, before;
	const struct msix *msix = walk_msix(w, self->vf);

	REQUIRE_OPEN();
	REQUIRE(can_virt_mgmt(), "no way to resize a VF that somebody has");
	size = another_size(self->vf);
	before = walk_size(w, self->vf);
	REQUIRE(size, "there is only one size");
	look(self->vf);
	walk_vfio_irqs(w, self->vf, 0, before);
	walk_resize(w, self->vf, size);
	look(self->vf);
	walk_look_vfio_region(w, self->vf, msix->table_bir,
			      msix->table_off + (before - 1ull) * MSIX_ENTRY_SIZE, MSIX_ENTRY_SIZE);
	walk_look_vfio_region(w, self->vf, msix->table_bir,
			      msix->table_off + (size - 1ull) * MSIX_ENTRY_SIZE, MSIX_ENTRY_SIZE);
}

SUITE_MAIN("vfio")
