/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding of config space and of interrupt messages. The bytes are worked out by hand from the
 * specifications, not with the code under test.
 */
#include <errno.h>
#include <string.h>

#include <vfwalk/pci.h>

#include "kselftest_harness.h"

TEST(bdf_parses_with_and_without_domain)
{
	struct bdf bdf;
	char text[BDF_LEN];

	ASSERT_EQ(0, bdf_parse("10de:41:1f.7", &bdf));
	EXPECT_EQ(0x10de, bdf.domain);
	EXPECT_EQ(0x41, bdf.bus);
	EXPECT_EQ(0xff, bdf.devfn);
	ASSERT_EQ(0, bdf_parse("01:00.2", &bdf));
	EXPECT_STREQ("0000:01:00.2", bdf_format(bdf, text));
	EXPECT_EQ(0x0102, bdf_requester_id(bdf));
}

TEST(bdf_refuses_what_is_no_address)
{
	static const char *const bad[] = {"",         "01",   "01:20.0",    "01:00.8",
					  "01:00.1x", "eth0", "0000:01:00", "0000:01:00.1 "};
	struct bdf bdf;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT_EQ(-EINVAL, bdf_parse(bad[i], &bdf))
		{
			TH_LOG("\"%s\" was taken", bad[i]);
		}
	}
}

/* A type 0 header whose list holds PCI Express at 40h and MSI-X at 70h. */
static void small_function(struct cfg *cfg)
{
	static const uint8_t msix[MSIX_CAP_LEN] = {0x11, 0x00, 0x08, 0xc0, 0x02, 0x20,
						   0x00, 0x00, 0x03, 0x30, 0x00, 0x00};

	memset(cfg, 0, sizeof(*cfg));
	cfg->len = CFG_SPACE_SIZE;
	cfg->byte[0x00] = 0x36;
	cfg->byte[0x01] = 0x1b;
	cfg->byte[0x06] = 0x10;
	cfg->byte[0x34] = 0x40;
	cfg->byte[0x40] = 0x10;
	cfg->byte[0x41] = 0x70;
	cfg->byte[0x47] = 0x10; /* Device Capabilities bit 28 */
	memcpy(cfg->byte + 0x70, msix, sizeof(msix));
}

TEST(msix_capability_is_decoded)
{
	struct cfg cfg;
	struct msix msix;

	small_function(&cfg);
	ASSERT_EQ(0, cfg_msix(&cfg, &msix));
	EXPECT_EQ(0x70, msix.pos);
	EXPECT_EQ(9, msix.size);
	EXPECT_TRUE(msix.enable);
	EXPECT_TRUE(msix.maskall);
	EXPECT_EQ(2, msix.table_bir);
	EXPECT_EQ(0x2000, msix.table_off);
	EXPECT_EQ(3, msix.pba_bir);
	EXPECT_EQ(0x3000, msix.pba_off);
	EXPECT_TRUE(cfg_has_flr(&cfg));
}

TEST(capability_list_with_a_loop_ends)
{
	struct cfg cfg;

	small_function(&cfg);
	cfg.byte[0x71] = 0x40;
	EXPECT_EQ(-ELOOP, cfg_find_cap(&cfg, 0x05, 0));
}

TEST(capability_pointer_into_the_header_is_refused)
{
	struct cfg cfg;

	small_function(&cfg);
	cfg.byte[0x34] = 0x10;
	EXPECT_EQ(-ERANGE, cfg_find_cap(&cfg, 0x11, 0));
}

TEST(capability_behind_the_end_of_a_short_copy_is_refused)
{
	struct cfg cfg;
	struct msix msix;

	small_function(&cfg);
	cfg.len = 64;
	EXPECT_EQ(-ERANGE, cfg_msix(&cfg, &msix));
	cfg.len = 0x74;
	EXPECT_EQ(-ERANGE, cfg_msix(&cfg, &msix));
}

TEST(pba_takes_one_qword_for_each_64_vectors)
{
	EXPECT_EQ(8, msix_pba_bytes(1));
	EXPECT_EQ(8, msix_pba_bytes(64));
	EXPECT_EQ(16, msix_pba_bytes(65));
	EXPECT_EQ(256, msix_pba_bytes(2048));
}

TEST(vf_addresses_cross_buses)
{
	struct sriov sriov = {.offset = 0x80, .stride = 2};
	struct bdf pf = {.bus = 1};
	char text[BDF_LEN];

	EXPECT_STREQ("0000:01:10.0", bdf_format(sriov_vf(pf, &sriov, 0), text));
	EXPECT_STREQ("0000:02:00.0", bdf_format(sriov_vf(pf, &sriov, 64), text));
}

TEST(sriov_capability_is_decoded)
{
	static struct cfg cfg;
	struct sriov sriov;

	small_function(&cfg);
	cfg.len = CFG_SPACE_EXP_SIZE;
	memcpy(cfg.byte + 0x100, "\x0e\x00\x01\x12", 4); /* ARI, next 120h */
	memcpy(cfg.byte + 0x120, "\x10\x00\x01\x00", 4);
	cfg.byte[0x128] = 0x09; /* VF Enable, VF MSE */
	cfg.byte[0x12e] = 0x04; /* TotalVFs */
	cfg.byte[0x130] = 0x03; /* NumVFs */
	cfg.byte[0x134] = 0x01;
	cfg.byte[0x136] = 0x01;
	cfg.byte[0x140] = 0x01; /* System Page Size: 4 KiB */
	ASSERT_EQ(0, cfg_sriov(&cfg, &sriov));
	EXPECT_EQ(0x120, sriov.pos);
	EXPECT_EQ(9, sriov.ctrl);
	EXPECT_EQ(4, sriov.total_vfs);
	EXPECT_EQ(3, sriov.num_vfs);
	EXPECT_EQ(4096, sriov.page_size);
}

TEST(vtd_remappable_request_carries_its_handle)
{
	struct msi_msg msg = vtd_remappable_msg(0x8001, true, 3);
	uint16_t handle, subhandle;
	bool shv;

	/* Handle 14:0 in bits 19:5, format in bit 4, SHV in bit 3, handle 15 in bit 2. */
	EXPECT_EQ(0xfee0003cu, msg.addr);
	EXPECT_EQ(3, msg.data);
	ASSERT_EQ(0, vtd_msg_handle(msg, &handle, &shv, &subhandle));
	EXPECT_EQ(0x8001, handle);
	EXPECT_TRUE(shv);
	EXPECT_EQ(3, subhandle);
}

TEST(vtd_compatibility_request_is_no_remappable_one)
{
	struct msi_msg msg = vtd_compatibility_msg(2, 0x45, 4);
	uint16_t handle, subhandle;
	bool shv;

	EXPECT_EQ(0xfee02000u, msg.addr);
	EXPECT_EQ(0x445, msg.data);
	EXPECT_EQ(-EINVAL, vtd_msg_handle(msg, &handle, &shv, &subhandle));
}

TEST(interrupt_range_is_one_megabyte)
{
	EXPECT_TRUE(msi_addr_is_x86(0xfee00000));
	EXPECT_TRUE(msi_addr_is_x86(0xfeefffff));
	EXPECT_FALSE(msi_addr_is_x86(0xfef00000));
	EXPECT_FALSE(msi_addr_is_x86(0x1fee00000));
}

TEST_HARNESS_MAIN
