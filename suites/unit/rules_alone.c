/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MSI-X alone, and a PF with a size of its own: records that keep, that break, traps. */
#include "kselftest_harness.h"
#include "judging.h"
#include "tables.h"

#define FAKE_MSI 0x80

/* Config space of a VF at work: MSI-X enabled, perhaps MSI beside it. */
static struct cfg busy_cfg(bool msi, unsigned msi_flags, unsigned status)
{
	struct cfg cfg = fake_cfg(0, 5);

	fake_put(&cfg, FAKE_MSIX + 2, 2, 0x8004);
	fake_put(&cfg, 0x06, 2, 0x10 | status);
	if (msi) {
		fake_put(&cfg, FAKE_PCIE + 1, 1, FAKE_MSI);
		fake_put(&cfg, FAKE_MSI, 2, 0x0005);
		fake_put(&cfg, FAKE_MSI + 2, 2, 0x80 | msi_flags);
		fake_put(&cfg, FAKE_MSI + 4, 4, 0x7000);
		fake_put(&cfg, FAKE_MSI + 8, 4, 1);
	}
	return cfg;
}

static enum verdict intx(const struct cfg *cfg, bool delivered)
{
	struct record r;

	record_armed(&r, false);
	record_fire(&r, 3, "ok");
	/* record_armed() has read events of its own: begin anew. */
	record_do(&r, "vfio-irqs", VF0, "'start':0,'count':5", "'res':'ok','ret':0");
	record_events(&r, 3, delivered, 1000);
	record_config(&r, VF0, cfg);
	return verdict_and_close(&r, "CAP-EN-EXCL", VF0);
}

TEST(no_intx_beside)
{
	struct cfg sound = busy_cfg(true, 0, 0), pending = busy_cfg(true, 0, 8);
	struct cfg none = busy_cfg(false, 0, 0), odd = busy_cfg(false, 0, 8);
	struct cfg both = busy_cfg(true, 1, 8), off = pending;

	EXPECT_EQ(VERDICT_PASS, intx(&sound, true));
	EXPECT_EQ(VERDICT_FAIL, intx(&pending, true));
	/* A VF without a pin and without MSI has nothing to use, unless it does. */
	EXPECT_EQ(VERDICT_SKIP, intx(&none, true));
	EXPECT_EQ(VERDICT_FAIL, intx(&odd, true));
	/* No event, no proof; MSI enabled too is undefined; without MSI-X all is free. */
	EXPECT_EQ(VERDICT_NOT_RUN, intx(&pending, false));
	EXPECT_EQ(VERDICT_NOT_RUN, intx(&both, true));
	fake_put(&off, FAKE_MSIX + 2, 2, 4);
	EXPECT_EQ(VERDICT_NOT_RUN, intx(&off, true));
}

static enum verdict msi(const struct cfg *cfg, bool delivered, const char *fault)
{
	char watch[256];
	struct record r;

	record_armed(&r, false);
	record_do(&r, "vfio-irqs", VF0, "'start':0,'count':5", "'res':'ok','ret':0");
	record_config(&r, VF0, cfg);
	snprintf(watch, sizeof(watch),
		 "'events':{'" VF0 "':[0,%d,0,0,0]},'faults':[%s],'canary':'same'", delivered,
		 fault);
	record_shot(&r, "control", 1, watch);
	return verdict_and_close(&r, "CAP-EN-EXCL", VF0);
}

#define FAULT(fn, addr) "{'kind':'dma','source':'" fn "','write':true,'addr':" addr ",'index':-1}"

TEST(no_msi_beside)
{
	struct cfg cfg = busy_cfg(true, 0, 0), none = busy_cfg(false, 0, 0);
	const char *page_7000h_1 = FAULT(VF0, "4294995968");

	EXPECT_EQ(VERDICT_PASS, msi(&cfg, true, ""));
	EXPECT_EQ(VERDICT_FAIL, msi(&cfg, true, page_7000h_1));
	EXPECT_EQ(VERDICT_FAIL, msi(&cfg, false, page_7000h_1));
	EXPECT_EQ(VERDICT_NOT_RUN, msi(&cfg, false, ""));
	/* Another address, another function: not its MSI. */
	EXPECT_EQ(VERDICT_PASS, msi(&cfg, true, FAULT(VF0, "4096")));
	EXPECT_EQ(VERDICT_PASS, msi(&cfg, true, FAULT(VF1, "4294995968")));
	EXPECT_EQ(VERDICT_NOT_RUN, msi(&none, true, page_7000h_1));
}

/* --- the PF's size --- */

static enum verdict pf_size(const char *res, const char *between, unsigned after)
{
	char result[64];
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	snprintf(result, sizeof(result), "'res':'%s','got':9,'us':1", res);
	record_do(&r, "resize", VF0, "'backend':'nvme','want':9", result);
	if (between)
		record_do(&r, "reset", PF, between, "'res':'ok','us':1");
	record_msix(&r, PF, after);
	return verdict_and_close(&r, "CAP-PFVF-DIFFER", PF);
}

TEST(pf_has_a_size_of_its_own)
{
	EXPECT_EQ(VERDICT_PASS, pf_size("ok", NULL, 32));
	EXPECT_EQ(VERDICT_NOTE, pf_size("ok", NULL, 8));
	EXPECT_EQ(VERDICT_NOTE, pf_size("ok", "'method':'vfe'", 8));
	/* Nothing was resized; the PF's own reset may bring another size. */
	EXPECT_EQ(VERDICT_NOT_RUN, pf_size("EBUSY", NULL, 8));
	EXPECT_EQ(VERDICT_NOT_RUN, pf_size("ok", "'method':'flr'", 8));
}

TEST_HARNESS_MAIN
