/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resets of the PF, which take VF Enable and so every VF along. Done by hand, of a PF without its
 * driver, they show what the device does, before config space is put back; through the kernel they
 * show what that puts back. And what a reset of an NVMe PF brings: resources of its own controller.
 */
#include <kselftest_harness.h>
#include <linux/pci_regs.h>

#include "suite.h"

#define VIRT_PRIMARY 1
#define VIRT_VI      1

static void look(struct bdf fn)
{
	walk_look_msix(w, fn);
	walk_look_table(w, fn);
	walk_look_pba(w, fn, -1);
}

/* --- by hand --- */

FIXTURE(wipe)
{
	struct bdf pf, vf;
	int res;
};

FIXTURE_VARIANT(wipe)
{
	const char *name;
	enum reset_method method;
};

FIXTURE_VARIANT_ADD(wipe, flr){
	.name = "flr",
	.method = RESET_FLR,
};

FIXTURE_VARIANT_ADD(wipe, bus){
	.name = "bus",
	.method = RESET_BUS,
};

FIXTURE_SETUP(wipe)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, variant->name));
	self->pf = walk_pf(w);
}

FIXTURE_TEARDOWN(wipe)
{
	EXPECT_EQ(0, suite_end());
}

/* Masked as a whole, with a message in every entry and one of them not masked by itself. */
static void leave_traces(struct bdf fn)
{
	const struct msix *msix = walk_msix(w, fn);

	table_fill(fn, 4, 8);
	walk_table_mask(w, fn, 0, false);
	walk_cfg_write(w, fn, msix->pos + PCI_MSIX_FLAGS, 2,
		       msix->flags | PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
}

TEST_F(wipe, takes_its_vfs_along)
{
	REQUIRE(variant->method != RESET_FLR || walk_has_flr(w, self->pf), "the PF has no FLR");
	walk_look_config(w, self->pf);
	self->res = walk_unbind(w, self->pf);
	REQUIRE(!self->res, "the PF cannot be without its driver: %s", strerror(-self->res));
	walk_look_driver(w, self->pf);
	leave_traces(self->pf);
	look(self->pf);
	for_each_vf (self->vf)
		leave_traces(self->vf);
	walk_look_config(w, self->pf);
	self->res = walk_reset(w, self->pf, variant->method);
	REQUIRE(self->res != -EOPNOTSUPP, "nothing here can reset the PF in this way");
	walk_look_config(w, self->pf);
	walk_look_all(w);

	walk_cfg_restore(w);
	walk_look_all(w);
	walk_look_config(w, self->pf);
	look(self->pf);
	for_each_vf (self->vf)
		look(self->vf);
}

/* --- through the kernel --- */

FIXTURE(kernel)
{
	struct bdf pf, vf;
};

FIXTURE_SETUP(kernel)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->pf = walk_pf(w);
}

FIXTURE_TEARDOWN(kernel)
{
	EXPECT_EQ(0, suite_end());
}

TEST_F(kernel, puts_the_pf_back)
{
	unsigned vfs = walk_all_vfs(w);

	REQUIRE(walk_has_flr(w, self->pf), "the PF has no FLR");
	walk_look_driver(w, self->pf);
	walk_look_table(w, self->pf);
	walk_reset(w, self->pf, RESET_SYSFS);
	walk_look_table(w, self->pf);
	walk_look_driver(w, self->pf);
	walk_look_config(w, self->pf);
	/* Whether VFs come back with the PF is its device's and the kernel's: from here on they do.
	 */
	walk_autoprobe(w, false);
	walk_numvfs(w, 0);
	walk_numvfs(w, vfs);
	walk_look_all(w);
}

/* --- resources of the primary controller --- */

FIXTURE(allocation)
{
	struct bdf pf;
	int cntlid;
};

FIXTURE_SETUP(allocation)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->pf = walk_pf(w);
	self->cntlid = walk_cntlid(w, self->pf);
}

FIXTURE_TEARDOWN(allocation)
{
	EXPECT_EQ(0, suite_end());
}

/* Without VFs: nobody else's resources are in the way, and no reset of the PF takes a VF along. */
TEST_F(allocation, waits_for_a_reset)
{
	struct nvme_virt_mgmt cmd = {.action = VIRT_PRIMARY, .resource = VIRT_VI, .nr = 1};

	REQUIRE(can_virt_mgmt() && self->cntlid >= 0, "no Virtualization Management");
	REQUIRE(walk_has_flr(w, self->pf), "the PF has no FLR");
	cmd.cntlid = (uint16_t)self->cntlid;
	walk_autoprobe(w, false);
	walk_numvfs(w, 0);
	walk_look_primary(w);
	walk_virt_mgmt(w, &cmd);
	walk_look_primary(w);
	walk_reset(w, self->pf, RESET_CC);
	walk_look_primary(w);
	walk_reset(w, self->pf, RESET_SYSFS);
	walk_look_primary(w);
	walk_look_msix(w, self->pf);
}

SUITE_MAIN("pf")
