/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sim device can be: each option does what the specification says of it. */
#include "kselftest_harness.h"

#include <linux/pci_regs.h>

#include "sim.h"

static struct sriov sriov_of(struct target *t, struct bdf pf)
{
	struct cfg cfg = sim_cfg(t, pf);
	struct sriov sriov = {0};

	cfg_sriov(&cfg, &sriov);
	return sriov;
}

static struct bdf bdf_of(const char *text)
{
	struct bdf bdf = {0};

	bdf_parse(text, &bdf);
	return bdf;
}

/* --- addresses --- */

FIXTURE(addresses)
{
	struct target t;
};

FIXTURE_VARIANT(addresses)
{
	const char *options, *pf;
	unsigned vf; /* index of the one that is at: */
	const char *at;
};

FIXTURE_VARIANT_ADD(addresses, next_to_pf){
	.options = NULL,
	.pf = "0000:01:00.0",
	.vf = 0,
	.at = "0000:01:00.1",
};

FIXTURE_VARIANT_ADD(addresses, behind_function_255){
	.options = "vfs=300",
	.pf = "0000:01:00.0",
	.vf = 299,
	.at = "0000:02:05.4",
};

FIXTURE_VARIANT_ADD(addresses, offset_and_stride){
	.options = "vfs=300,address=0000:05:00.1,offset=200,stride=2",
	.pf = "0000:05:00.1",
	.vf = 299,
	.at = "0000:08:03.7", /* 0501h + 200 + 598 = 081Fh */
};

FIXTURE_VARIANT_ADD(addresses, without_ari_on_the_next_bus){
	.options = "vfs=8,ari=off",
	.pf = "0000:01:00.0",
	.vf = 7,
	.at = "0000:02:00.7",
};

FIXTURE_VARIANT_ADD(addresses, without_ari_beside_the_pf){
	.options = "vfs=7,ari=off",
	.pf = "0000:01:00.0",
	.vf = 6,
	.at = "0000:01:00.7",
};

FIXTURE_VARIANT_ADD(addresses, last_bus){
	.options = "vfs=255,address=0002:ff:00.0",
	.pf = "0002:ff:00.0",
	.vf = 254,
	.at = "0002:ff:1f.7",
};

FIXTURE_SETUP(addresses)
{
	ASSERT_EQ(0, sim_start(&self->t, variant->options));
}

FIXTURE_TEARDOWN(addresses)
{
	OP(&self->t, close);
}

TEST_F(addresses, follow_from_offset_and_stride)
{
	struct bdf pf = bdf_of(variant->pf), vf;
	struct sriov sriov = sriov_of(&self->t, pf);

	EXPECT_TRUE(bdf_equal(pf, OP(&self->t, pf)));
	ASSERT_EQ(0, OP(&self->t, vf, variant->vf, &vf));
	EXPECT_TRUE(bdf_equal(bdf_of(variant->at), vf));
	for (int i = 0; i < OP(&self->t, numvfs); i++) {
		ASSERT_EQ(0, OP(&self->t, vf, (unsigned)i, &vf));
		EXPECT_TRUE(bdf_equal(vf, sriov_vf(pf, &sriov, (unsigned)i)));
		EXPECT_EQ(5, sim_table_size(&self->t, vf));
	}
}

TEST_F(addresses, stand_in_sysfs)
{
	struct bdf pf = bdf_of(variant->pf);
	struct sriov sriov = sriov_of(&self->t, pf);
	char text[16];

	OP(&self->t, attr_read, pf, "sriov_offset", text, sizeof(text));
	EXPECT_EQ(sriov.offset, atoi(text));
	OP(&self->t, attr_read, pf, "sriov_stride", text, sizeof(text));
	EXPECT_EQ(sriov.stride, atoi(text));
}

TEST(addresses_between_vfs_are_nobodys)
{
	struct target t;
	uint8_t byte;

	ASSERT_EQ(0, sim_start(&t, "vfs=3,offset=16,stride=4"));
	EXPECT_EQ(1, OP(&t, cfg_read, bdf_of("0000:01:02.0"), 0, &byte, 1));
	EXPECT_EQ(-ENODEV, OP(&t, cfg_read, bdf_of("0000:01:00.1"), 0, &byte, 1));
	EXPECT_EQ(-ENODEV, OP(&t, cfg_read, bdf_of("0000:01:02.1"), 0, &byte, 1));
	EXPECT_EQ(-ENODEV, OP(&t, cfg_read, bdf_of("0000:01:03.4"), 0, &byte, 1));
	EXPECT_EQ(-ENODEV, OP(&t, cfg_read, bdf_of("0001:01:02.0"), 0, &byte, 1));
	OP(&t, close);
}

TEST(ari_is_told_to_the_device)
{
	struct target t;

	ASSERT_EQ(0, sim_start(&t, "ari=on"));
	EXPECT_TRUE(sriov_of(&t, SIM_PF).ctrl & PCI_SRIOV_CTRL_ARI);
	ASSERT_EQ(0, OP(&t, set_numvfs, 0));
	EXPECT_EQ(PCI_SRIOV_CTRL_ARI, sriov_of(&t, SIM_PF).ctrl);
	OP(&t, close);
	ASSERT_EQ(0, sim_start(&t, "ari=off"));
	EXPECT_FALSE(sriov_of(&t, SIM_PF).ctrl & PCI_SRIOV_CTRL_ARI);
	OP(&t, close);
}

/* --- how many --- */

TEST(vfs_are_enabled_as_asked)
{
	struct target t;
	struct sriov sriov;

	ASSERT_EQ(0, sim_start(&t, "vfs=8,numvfs=3"));
	sriov = sriov_of(&t, SIM_PF);
	EXPECT_EQ(3, OP(&t, numvfs));
	EXPECT_EQ(3, sriov.num_vfs);
	EXPECT_EQ(8, sriov.total_vfs);
	EXPECT_EQ(8, sriov.initial_vfs);
	OP(&t, close);
	ASSERT_EQ(0, sim_start(&t, "numvfs=0"));
	EXPECT_EQ(0, OP(&t, numvfs));
	EXPECT_EQ(0, OP(&t, set_numvfs, 4));
	OP(&t, close);
}

TEST(fewer_initial_vfs_than_total_are_not_enabled)
{
	struct target t;

	ASSERT_EQ(0, sim_start(&t, "initial=2,numvfs=0"));
	EXPECT_EQ(2, sriov_of(&t, SIM_PF).initial_vfs);
	EXPECT_EQ(-EIO, OP(&t, set_numvfs, 2));
	EXPECT_EQ(0, OP(&t, numvfs));
	OP(&t, close);
}

/* --- memory --- */

FIXTURE(memory)
{
	struct target t;
};

FIXTURE_VARIANT(memory)
{
	const char *options;
	unsigned page, least; /* System Page Size, and the least size of VF BAR0 */
};

FIXTURE_VARIANT_ADD(memory, standard){.options = NULL, .page = 4096, .least = 16384};

FIXTURE_VARIANT_ADD(memory, pages_of_16k){.options = "page=16384", .page = 65536, .least = 262144};

FIXTURE_VARIANT_ADD(memory, pages_of_64k){
	.options = "page=65536,layout=two",
	.page = 65536,
	.least = 131072,
};

FIXTURE_VARIANT_ADD(memory, system_page_of_1m){
	.options = "system_page=1048576,layout=two",
	.page = 1048576,
	.least = 2097152,
};

FIXTURE_VARIANT_ADD(memory, larger_than_needed){
	.options = "bar_size=1048576,bar=32",
	.page = 4096,
	.least = 1048576,
};

FIXTURE_VARIANT_ADD(memory, thousands_of_small){
	.options = "vfs=4096,bar=32",
	.page = 4096,
	.least = 16384,
};

FIXTURE_SETUP(memory)
{
	ASSERT_EQ(0, sim_start(&self->t, variant->options));
}

FIXTURE_TEARDOWN(memory)
{
	OP(&self->t, close);
}

TEST_F(memory, is_made_of_system_pages)
{
	struct msix m = sim_msix(&self->t, SIM_VF(0));
	struct sriov sriov = sriov_of(&self->t, SIM_PF);
	struct bar bar[PCI_BARS];

	EXPECT_EQ(variant->page, sriov.page_size);
	ASSERT_EQ(0, OP(&self->t, bars, SIM_VF(0), bar));
	EXPECT_LE(variant->least, bar[0].size);
	for (unsigned i = 0; i < PCI_BARS; i++) {
		EXPECT_EQ(0, bar[i].size % variant->page);
		EXPECT_EQ(0, bar[i].size & (bar[i].size - 1));
	}
	/* What table and PBA stand in has nothing else in it. */
	EXPECT_EQ(0, m.table_off % variant->page);
	EXPECT_LT(0, m.table_off);
	EXPECT_EQ(0, m.pba_off % variant->page);
	EXPECT_TRUE(m.pba_bir != m.table_bir || m.pba_off - m.table_off >= variant->page);
}

/* Where each VF BAR begins: aligned to its own size, and no two of them share memory. */
TEST_F(memory, of_all_vfs_is_apart)
{
	struct sriov sriov = sriov_of(&self->t, SIM_PF);
	uint64_t end = 0;
	struct bar bar[PCI_BARS];

	ASSERT_EQ(0, OP(&self->t, bars, SIM_VF(0), bar));
	for (unsigned i = 0; i < PCI_BARS; i++) {
		uint64_t base = sriov.bar[i] & ~0xfu;

		if (bar[i].type != BAR_MEM32 && bar[i].type != BAR_MEM64)
			continue;
		if (bar[i].type == BAR_MEM64)
			base |= (uint64_t)sriov.bar[i + 1] << 32;
		EXPECT_EQ(0, base % bar[i].size);
		EXPECT_LE(end, base);
		end = base + bar[i].size * sriov.total_vfs;
		EXPECT_TRUE(bar[i].type == BAR_MEM64 || end <= 0xfe000000);
	}
}

TEST(pages_of_the_machine_are_told)
{
	struct target_machine machine;
	struct target t;

	ASSERT_EQ(0, sim_start(&t, "page=16384"));
	ASSERT_EQ(0, OP(&t, machine, &machine));
	EXPECT_EQ(16384, machine.page_size);
	OP(&t, close);
}

/* --- what it is --- */

TEST(class_and_revision)
{
	struct target t;
	struct cfg cfg;

	ASSERT_EQ(0, sim_start(&t, "revision=7"));
	cfg = sim_cfg(&t, SIM_VF(0));
	EXPECT_EQ(0x01080207, cfg_u32(&cfg, PCI_CLASS_REVISION));
	OP(&t, close);
	ASSERT_EQ(0, sim_start(&t, "class=network"));
	cfg = sim_cfg(&t, SIM_VF(0));
	EXPECT_EQ(0x02000001, cfg_u32(&cfg, PCI_CLASS_REVISION));
	OP(&t, close);
}

/* Nobody here drives it but VFIO, and only its PF driver resizes. */
TEST(network_has_nothing_of_nvme)
{
	char driver[TARGET_NAME_LEN];
	struct nvme_primary primary;
	struct resize_caps caps;
	struct target t;
	int got;

	ASSERT_EQ(0, sim_start(&t, "class=network,model=M-IMM"));
	EXPECT_STREQ("none", OP(&t, engine, SIM_VF(0)));
	EXPECT_EQ(-EOPNOTSUPP, OP(&t, nvme_primary, &primary));
	EXPECT_EQ(-ENODEV, OP(&t, bind, SIM_VF(0), "nvme"));
	ASSERT_EQ(0, OP(&t, driver, SIM_PF, driver));
	EXPECT_STRNE("nvme", driver);
	ASSERT_EQ(0, OP(&t, resize_caps, &caps));
	EXPECT_EQ(BACKEND_SYSFS, caps.backend);
	EXPECT_EQ(0, sim_resized(&t, SIM_VF(0), 7, &got));
	EXPECT_EQ(7, got);
	EXPECT_EQ(0, OP(&t, bind, SIM_VF(0), "vfio-pci"));
	OP(&t, close);
}

/* --- what is shared out --- */

TEST(granularity_is_told_and_not_enforced)
{
	struct nvme_primary primary;
	struct resize_caps caps;
	struct target t;
	int got;

	ASSERT_EQ(0, sim_start(&t, "granularity=8,max=65,pool=300"));
	ASSERT_EQ(0, OP(&t, nvme_primary, &primary));
	EXPECT_EQ(8, primary.vigran);
	EXPECT_EQ(8, primary.vqgran);
	ASSERT_EQ(0, OP(&t, resize_caps, &caps));
	EXPECT_EQ(8, caps.granularity);
	/* A preferred value (NVMe 2.1, CNS 14h). */
	EXPECT_EQ(0, sim_resized(&t, SIM_VF(0), 11, &got));
	EXPECT_EQ(11, got);
	OP(&t, close);
}

/* Where queues are scarce a VF gets fewer of them than vectors. */
TEST(queues_run_out_before_vectors)
{
	struct nvme_secondary list[4];
	struct nvme_primary primary;
	struct target t;
	int got;

	ASSERT_EQ(0, sim_start(&t, "queues=10,size=2,pool=40"));
	ASSERT_EQ(0, OP(&t, nvme_primary, &primary));
	EXPECT_EQ(10, primary.vqfrt);
	EXPECT_EQ(8, primary.vqrfa);
	EXPECT_EQ(0, sim_resized(&t, SIM_VF(0), 9, &got));
	EXPECT_EQ(9, got);
	ASSERT_EQ(4, OP(&t, nvme_secondary, list, 4));
	EXPECT_EQ(9, list[0].vi);
	EXPECT_EQ(4, list[0].vq);
	OP(&t, close);
}

/* --- what does not go together --- */

TEST(bad_combinations_are_refused)
{
	static const char *const bad[] = {
		"vfs=256,address=0000:ff:00.0", /* the last would be behind bus 255 */
		"vfs=4096,stride=16",
		"vfs=2,offset=65535",
		"vfs=8,ari=off,offset=1",
		"vfs=4,ari=off,stride=2,offset=2",
		"ari=off,address=0000:01:01.0",
		"address=somewhere",
		"address=0000:01:00.8",
		"offset=0",
		"stride=0",
		"initial=5",
		"numvfs=5",
		"initial=3",
		"class=network,backend=nvme",
		"class=network,engine=nvme",
		"engine=igb",
		"class=storage",
		"revision=256",
		"granularity=2,backend=sysfs",
		"granularity=0",
		"page=8192",
		"page=65536,system_page=4096",
		"bar_size=16385",
		"bar_size=4096",
		"bar=32,vfs=4096,max=2048,system_page=65536",
		"queues=7",
		"queues=19,size=5",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct target t;

		EXPECT_EQ(-EINVAL, sim_start(&t, bad[i])) TH_LOG("%s", bad[i]);
	}
}

TEST(help_tells_every_option_with_its_preset)
{
	char *text = NULL;
	size_t size, lines = 0, presets = 0;
	FILE *out = open_memstream(&text, &size);

	sim_print_options(out);
	fclose(out);
	for (const char *c = text; *c; c++) {
		lines += *c == '\n';
		presets += *c == ')' && c[1] == '\n';
	}
	EXPECT_EQ(lines, 2 * (presets + 1)); /* a defect has no preset */
	EXPECT_TRUE(strstr(text, "offset=1..65535\n"));
	EXPECT_TRUE(strstr(text, "model=M-RST|M-IMM|M-VFE\n"));
	EXPECT_FALSE(strstr(text, "(null)"));
	free(text);
}

TEST(defects_are_told_with_their_rules)
{
	size_t count, size, lines = 0;
	const struct sim_defect *defect = sim_defects(&count);
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	sim_print_defects(out);
	fclose(out);
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	EXPECT_EQ(count, lines);
	for (size_t i = 0; i < count; i++) {
		EXPECT_TRUE(strstr(text, defect[i].name));
		EXPECT_TRUE(strstr(text, defect[i].rule));
	}
	free(text);
}

TEST_HARNESS_MAIN
