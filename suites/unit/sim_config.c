/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sim device's config space and BARs: it decodes as what it is meant to be. */
#include "kselftest_harness.h"

#include <linux/pci_regs.h>

#include "sim.h"

FIXTURE(sim)
{
	struct target t;
};

FIXTURE_VARIANT(sim)
{
	const char *options;
};

FIXTURE_VARIANT_ADD(sim, standard){.options = NULL};

FIXTURE_VARIANT_ADD(sim, bar32){.options = "bar=32"};

FIXTURE_VARIANT_ADD(sim, two_bars){.options = "layout=two"};

FIXTURE_VARIANT_ADD(sim, two_bars32){.options = "layout=two,bar=32"};

FIXTURE_VARIANT_ADD(sim, large){.options = "max=2048,size=2048,vfs=2"};

FIXTURE_SETUP(sim)
{
	ASSERT_EQ(0, sim_start(&self->t, variant->options));
}

FIXTURE_TEARDOWN(sim)
{
	OP(&self->t, close);
}

TEST_F(sim, pf_has_sriov)
{
	struct cfg cfg = sim_cfg(&self->t, SIM_PF);
	struct sriov sriov;

	ASSERT_EQ(0, cfg_sriov(&cfg, &sriov));
	EXPECT_EQ(OP(&self->t, numvfs), sriov.num_vfs);
	EXPECT_EQ(sriov.total_vfs, sriov.num_vfs);
	EXPECT_EQ(4096, sriov.page_size);
	for (int i = 0; i < OP(&self->t, numvfs); i++) {
		struct bdf vf;

		ASSERT_EQ(0, OP(&self->t, vf, i, &vf));
		EXPECT_TRUE(bdf_equal(vf, sriov_vf(SIM_PF, &sriov, i)));
	}
}

TEST_F(sim, structures_fit_and_do_not_meet)
{
	struct msix m = sim_msix(&self->t, SIM_VF(0));
	struct bar bar[PCI_BARS];
	size_t table = MSIX_ENTRY_SIZE * m.size;

	ASSERT_EQ(0, OP(&self->t, bars, SIM_VF(0), bar));
	ASSERT_LT(m.table_bir, PCI_BARS);
	ASSERT_LT(m.pba_bir, PCI_BARS);
	EXPECT_LE(m.table_off + table, bar[m.table_bir].size);
	EXPECT_LE(m.pba_off + msix_pba_bytes(m.size), bar[m.pba_bir].size);
	EXPECT_TRUE(m.table_bir != m.pba_bir || m.table_off + table <= m.pba_off);
	EXPECT_EQ(0, m.table_off % 4096);
}

TEST_F(sim, vf_is_a_vf)
{
	struct cfg cfg = sim_cfg(&self->t, SIM_VF(0));

	EXPECT_FALSE(cfg_gone(&cfg));
	EXPECT_EQ(0xffffffff, cfg_u32(&cfg, PCI_VENDOR_ID));
	EXPECT_EQ(0, cfg_u8(&cfg, PCI_INTERRUPT_PIN));
	EXPECT_TRUE(cfg_has_flr(&cfg));
	OP(&self->t, cfg_write, SIM_VF(0), PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	cfg = sim_cfg(&self->t, SIM_VF(0));
	EXPECT_EQ(0, cfg_u16(&cfg, PCI_COMMAND));
}

TEST_F(sim, message_control_is_read_only)
{
	struct msix m = sim_msix(&self->t, SIM_VF(0));

	OP(&self->t, cfg_write, SIM_VF(0), m.pos + PCI_MSIX_FLAGS, 2, m.flags ^ 0x3fff);
	EXPECT_EQ(m.flags, sim_msix(&self->t, SIM_VF(0)).flags);
	OP(&self->t, cfg_write, SIM_VF(0), m.pos + PCI_MSIX_FLAGS, 2, PCI_MSIX_FLAGS_MASKALL);
	EXPECT_EQ(m.flags | PCI_MSIX_FLAGS_MASKALL, sim_msix(&self->t, SIM_VF(0)).flags);
}

TEST_F(sim, bar_tells_its_size)
{
	struct bar bar[PCI_BARS];
	struct cfg cfg;

	OP(&self->t, bars, SIM_PF, bar);
	OP(&self->t, cfg_write, SIM_PF, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	cfg = sim_cfg(&self->t, SIM_PF);
	EXPECT_EQ((uint32_t)-bar[0].size, cfg_u32(&cfg, PCI_BASE_ADDRESS_0) & ~0xfu);
}

TEST_F(sim, vfs_go_with_vf_enable)
{
	struct cfg cfg;
	struct bdf vf;

	ASSERT_EQ(0, OP(&self->t, set_numvfs, 0));
	cfg = sim_cfg(&self->t, SIM_VF(0));
	EXPECT_TRUE(cfg_gone(&cfg));
	EXPECT_EQ(-ENODEV, OP(&self->t, vf, 0, &vf));
	ASSERT_EQ(0, OP(&self->t, set_numvfs, 1));
	cfg = sim_cfg(&self->t, SIM_VF(0));
	EXPECT_FALSE(cfg_gone(&cfg));
	cfg = sim_cfg(&self->t, SIM_VF(1));
	EXPECT_TRUE(cfg_gone(&cfg));
}

TEST_F(sim, table_is_masked_and_keeps_what_is_written)
{
	unsigned size = sim_table_size(&self->t, SIM_VF(0));

	for (unsigned k = 0; k < size; k++) {
		EXPECT_EQ(1, sim_entry(&self->t, SIM_VF(0), k).ctrl);
		sim_entry_write(&self->t, SIM_VF(0), k,
				(struct msix_entry){{0x123400000000ull + 4 * k, ~k}, 1});
	}
	for (unsigned k = 0; k < size; k++) {
		struct msix_entry entry = sim_entry(&self->t, SIM_VF(0), k);

		EXPECT_EQ(0x123400000000ull + 4 * k, entry.msg.addr);
		EXPECT_EQ(~k, entry.msg.data);
	}
	EXPECT_EQ(0, sim_entry(&self->t, SIM_VF(1), 0).msg.addr);
	EXPECT_EQ(0, sim_entry(&self->t, SIM_VF(0), size).msg.addr);
}

TEST(msi_beside_msix)
{
	struct target t;
	struct cfg cfg;
	int pos;

	ASSERT_EQ(0, sim_start(&t, NULL));
	cfg = sim_cfg(&t, SIM_VF(0));
	EXPECT_EQ(0, cfg_find_cap(&cfg, PCI_CAP_ID_MSI, 0));
	OP(&t, close);

	ASSERT_EQ(0, sim_start(&t, "msi=on"));
	cfg = sim_cfg(&t, SIM_VF(0));
	pos = cfg_find_cap(&cfg, PCI_CAP_ID_MSI, 0);
	ASSERT_LT(0, pos);
	EXPECT_EQ(PCI_MSI_FLAGS_64BIT, cfg_u16(&cfg, (unsigned)pos + PCI_MSI_FLAGS));
	OP(&t, cfg_write, SIM_VF(0), (unsigned)pos + PCI_MSI_ADDRESS_LO, 4, 0xfee00003);
	cfg = sim_cfg(&t, SIM_VF(0));
	EXPECT_EQ(0xfee00000, cfg_u32(&cfg, (unsigned)pos + PCI_MSI_ADDRESS_LO));
	OP(&t, close);
}

TEST(steering_tags_in_the_table)
{
	struct target t;
	struct cfg cfg;
	int pos;

	ASSERT_EQ(0, sim_start(&t, NULL));
	sim_entry_write(&t, SIM_VF(0), 0, (struct msix_entry){{0}, 0x12340001});
	EXPECT_EQ(1, sim_entry(&t, SIM_VF(0), 0).ctrl);
	OP(&t, close);

	ASSERT_EQ(0, sim_start(&t, "tph=on"));
	cfg = sim_cfg(&t, SIM_VF(0));
	pos = cfg_find_ext_cap(&cfg, PCI_EXT_CAP_ID_TPH, 0);
	ASSERT_LT(0, pos);
	EXPECT_EQ(PCI_TPH_LOC_MSIX,
		  cfg_u32(&cfg, (unsigned)pos + PCI_TPH_CAP) & PCI_TPH_CAP_LOC_MASK);
	sim_entry_write(&t, SIM_VF(0), 0, (struct msix_entry){{0}, 0x12340001});
	EXPECT_EQ(0x12340001, sim_entry(&t, SIM_VF(0), 0).ctrl);
	sim_do_reset(&t, SIM_VF(0), RESET_FLR);
	EXPECT_EQ(1, sim_entry(&t, SIM_VF(0), 0).ctrl);
	OP(&t, close);
}

TEST(options_are_checked)
{
	struct target t;

	EXPECT_EQ(-EINVAL, sim_start(&t, "modell=M-RST"));
	EXPECT_EQ(-EINVAL, sim_start(&t, "model=M-XXX"));
	EXPECT_EQ(-EINVAL, sim_start(&t, "vfs=many"));
	EXPECT_EQ(-EINVAL, sim_start(&t, "defect=none-such"));
	EXPECT_EQ(-EINVAL, sim_start(&t, "size=9,max=8"));
}

TEST(defects_have_names_and_options_that_work)
{
	size_t count;
	const struct sim_defect *defect = sim_defects(&count);

	ASSERT_LT(0, count);
	for (size_t i = 0; i < count; i++) {
		char options[128];
		struct target t;

		snprintf(options, sizeof(options), "defect=%s%s%s", defect[i].name,
			 defect[i].options ? "," : "", defect[i].options ?: "");
		ASSERT_EQ(0, sim_start(&t, options));
		OP(&t, close);
	}
}

TEST(thousands_of_vfs_span_buses)
{
	struct target t;
	struct bdf vf;

	ASSERT_EQ(0, sim_start(&t, "vfs=4096"));
	ASSERT_EQ(0, OP(&t, vf, 4095, &vf));
	EXPECT_EQ(0x11, vf.bus);
	EXPECT_EQ(5, sim_table_size(&t, vf));
	OP(&t, close);
}

TEST_HARNESS_MAIN
