/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of resets that the PF, D3hot or a shrunk table brings: kept, broken, and the traps. */
#include "kselftest_harness.h"
#include "story.h"

static const struct msix_entry masked[5] = {{{0}, 1}, {{0}, 1}, {{0}, 1}, {{0}, 1}, {{0}, 1}};
static const struct msix_entry in_use[5] = {
	{{0xfee01000, 0x21}, 0}, {{0xfee02000, 0x22}, 0}, {{0}, 1}, {{0}, 1}, {{0}, 1}};

static enum verdict end(struct record *r, const char *rule, const char *fn)
{
	enum verdict verdict = record_verdict(r, rule, fn);

	record_close(r);
	return verdict;
}

/* --- what takes VF Enable along --- */

/* A PF without its driver, VF Enable as @before has it, that is reset. */
static void record_wiped(struct record *r, const char *method, bool enabled)
{
	struct cfg pf = fake_cfg(-1, 33);

	record_typical(r, "M-RST", "nvme");
	fake_put(&pf, FAKE_SRIOV + 8, 2, enabled ? 9 : 8);
	record_config(r, PF, &pf);
	record_tell(r, UNBIND(PF));
	record_tell(r, "{'ev':'done','act':'reset','fn':'" PF "','method':'%s','res':'ok','us':9}",
		    method);
}

static void record_sriov(struct record *r, unsigned ctrl)
{
	struct cfg pf = fake_cfg(-1, 33);

	fake_put(&pf, FAKE_SRIOV + 8, 2, ctrl);
	record_config(r, PF, &pf);
}

static enum verdict enable_after(const char *rule, const char *method, bool enabled, unsigned ctrl)
{
	struct record r;

	record_wiped(&r, method, enabled);
	record_sriov(&r, ctrl);
	return end(&r, rule, PF);
}

TEST(pf_flr_clears_vf_enable)
{
	EXPECT_EQ(VERDICT_PASS, enable_after("RST-PF-FLR", "flr", true, 0));
	EXPECT_EQ(VERDICT_FAIL, enable_after("RST-PF-FLR", "flr", true, 9));
	/* The kernel sets it again; where it was clear nothing is shown. */
	EXPECT_EQ(VERDICT_NOT_RUN, enable_after("RST-PF-FLR", "sysfs", true, 9));
	EXPECT_EQ(VERDICT_NOT_RUN, enable_after("RST-PF-FLR", "bus", true, 9));
	EXPECT_EQ(VERDICT_NOT_RUN, enable_after("RST-PF-FLR", "flr", false, 0));
}

TEST(pf_flr_takes_vfs)
{
	struct record r;

	record_wiped(&r, "flr", true);
	record_msix_gone(&r, VF0);
	record_msix(&r, VF1, 4);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "RST-PF-FLR", VF0));
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "RST-PF-FLR", VF1));
	record_close(&r);

	record_wiped(&r, "flr", true);
	record_tell(&r, DONE("cfg-restore", PF, OK ",'count_now':2"));
	record_msix(&r, VF1, 4);
	EXPECT_EQ(VERDICT_NOT_RUN, end(&r, "RST-PF-FLR", VF1));
}

TEST(pf_without_flr)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
	struct record r;

	record_open(&r, true);
	fake_put(&pf, FAKE_PCIE + 4, 4, 0x8000);
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_function(&r, VF0, 0, &vf, FAKE_BAR);
	EXPECT_EQ(VERDICT_SKIP, record_verdict(&r, "RST-PF-FLR", VF0));
	record_close(&r);
}

static enum verdict bus_leaves(unsigned flags, const struct msix_entry *entry, bool written)
{
	struct record r;

	record_wiped(&r, "bus", true);
	record_tell(&r, DONE("cfg-restore", PF, OK ",'count_now':2"));
	if (written)
		record_do(&r, "table-mask", PF, "'entry':0,'masked':false", "'res':'ok'");
	record_msix(&r, PF, flags);
	record_table(&r, PF, 5, entry, 5);
	return end(&r, "RST-BUSRESET", PF);
}

TEST(bus_reset)
{
	EXPECT_EQ(VERDICT_PASS, enable_after("RST-BUSRESET", "bus", true, 0));
	EXPECT_EQ(VERDICT_WARN, enable_after("RST-BUSRESET", "bus", true, 9));
	EXPECT_EQ(VERDICT_NOT_RUN, enable_after("RST-BUSRESET", "flr", true, 9));
	EXPECT_EQ(VERDICT_PASS, bus_leaves(32, masked, false));
	EXPECT_EQ(VERDICT_WARN, bus_leaves(0x4020, masked, false));
	EXPECT_EQ(VERDICT_WARN, bus_leaves(32, in_use, false));
	EXPECT_EQ(VERDICT_NOT_RUN, bus_leaves(32, in_use, true));
}

/* --- D3hot --- */

#define FAKE_PM 0x90

/* A VF with power management, put to D3hot and back, and what it shows then. */
static enum verdict after_d3(bool keeps, const char *driver, unsigned flags,
			     const struct msix_entry *entry)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
	struct record r;

	fake_put(&vf, FAKE_PCIE + 1, 1, FAKE_PM);
	fake_put(&vf, FAKE_PM, 2, 1);
	fake_put(&vf, FAKE_PM + 4, 2, keeps ? 8 : 0);
	record_open(&r, true);
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_function(&r, VF0, 0, &vf, FAKE_BAR);
	record_probe(&r, "M-RST", "nvme");
	if (driver)
		record_tell(&r,
			    "{'ev':'done','act':'bind','fn':'" VF0 "','driver':'%s','res':'ok'}",
			    driver);
	record_msix(&r, VF0, 0xc004);
	record_table(&r, VF0, 5, in_use, 5);
	record_tell(&r, RESET(VF0, "d3"));
	record_msix(&r, VF0, flags);
	record_table(&r, VF0, 5, entry, 5);
	return end(&r, "RST-D3", VF0);
}

TEST(d3hot)
{
	EXPECT_EQ(VERDICT_PASS, after_d3(true, NULL, 0xc004, in_use));
	EXPECT_EQ(VERDICT_WARN, after_d3(true, NULL, 4, in_use));
	EXPECT_EQ(VERDICT_WARN, after_d3(true, NULL, 0xc004, masked));
	EXPECT_EQ(VERDICT_WARN, after_d3(true, NULL, 0xc003, in_use));
	EXPECT_EQ(VERDICT_PASS, after_d3(false, NULL, 4, masked));
	EXPECT_EQ(VERDICT_WARN, after_d3(false, NULL, 0xc004, masked));
	EXPECT_EQ(VERDICT_WARN, after_d3(false, NULL, 4, in_use));
	EXPECT_EQ(VERDICT_WARN, after_d3(false, NULL, 3, masked));
	/* A driver may have done anything. */
	EXPECT_EQ(VERDICT_NOT_RUN, after_d3(true, "nvme", 4, masked));
}

TEST(d3hot_is_no_reset)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	EXPECT_EQ(VERDICT_SKIP, record_verdict(&r, "RST-D3", VF0));
	record_close(&r);
	record_typical(&r, "M-IMM", "sysfs");
	record_tell(&r, RESET(VF0, "d3"));
	record_msix(&r, VF0, 8);
	EXPECT_EQ(VERDICT_NOT_RUN, end(&r, "RST-FLR-TS-KEEP", VF0));
}

/* --- what the kernel puts back --- */

/* VFIO has five vectors of a VF that has two entries now; the table is read to the fifth. */
static enum verdict restored(const char *method, const char *count, const struct msix_entry *before,
			     const struct msix_entry *after)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_tell(&r, BIND(VF0, "vfio-pci"));
	record_tell(&r, VFIO_OPEN(VF0));
	record_tell(&r,
		    "{'ev':'done','act':'vfio-irqs','fn':'" VF0
		    "','start':0,'count':%s,'res':'ok','ret':0}",
		    count);
	record_tell(&r, RESIZE(VF0, "nvme", "2", "ok", "2"));
	record_msix(&r, VF0, 1);
	record_table(&r, VF0, 2, before, 5);
	record_tell(&r,
		    "{'ev':'done','act':'reset','fn':'" VF0 "','method':'%s','res':'ok','us':9}",
		    method);
	record_table(&r, VF0, 2, after, 5);
	return end(&r, "RST-RESTORE-SHRUNK", VF0);
}

TEST(restored_within_a_shrunk_table)
{
	struct msix_entry beyond[5];

	memcpy(beyond, in_use, sizeof(beyond));
	beyond[4] = (struct msix_entry){{0xfee05000, 0x25}, 0};
	EXPECT_EQ(VERDICT_PASS, restored("vfio", "5", masked, in_use));
	EXPECT_EQ(VERDICT_FAIL, restored("vfio", "5", masked, beyond));
	EXPECT_EQ(VERDICT_FAIL, restored("sysfs", "5", masked, beyond));
	EXPECT_EQ(VERDICT_NOT_RUN, restored("flr", "5", masked, beyond));
	EXPECT_EQ(VERDICT_NOT_RUN, restored("vfio", "2", masked, beyond));
	/* Nothing was restored at all. */
	EXPECT_EQ(VERDICT_NOT_RUN, restored("vfio", "5", masked, masked));
	/* What was there before would look the same, whether it was written or not. */
	memcpy(beyond, in_use, sizeof(beyond));
	for (int k = 2; k < 5; k++)
		beyond[k] = in_use[0];
	EXPECT_EQ(VERDICT_NOT_RUN, restored("vfio", "5", beyond, beyond));
}

static enum verdict pf_entries(const char *driver, const char *method,
			       const struct msix_entry *after)
{
	struct record r;

	record_typical(&r, "M-RST", "sysfs");
	record_tell(&r, "{'ev':'obs','obs':'driver','fn':'" PF "','driver':'%s'}", driver);
	record_table(&r, PF, 5, in_use, 5);
	record_tell(&r, "{'ev':'done','act':'reset','fn':'" PF "','method':'%s','res':'ok','us':9}",
		    method);
	record_table(&r, PF, 5, after, 5);
	return end(&r, "RST-MEM-DECODE", PF);
}

TEST(restored_with_memory_decode)
{
	EXPECT_EQ(VERDICT_PASS, pf_entries("some-pf", "sysfs", in_use));
	EXPECT_EQ(VERDICT_WARN, pf_entries("some-pf", "sysfs", masked));
	EXPECT_EQ(VERDICT_NOT_RUN, pf_entries("some-pf", "cc", masked));
	EXPECT_EQ(VERDICT_NOT_RUN, pf_entries("nvme", "sysfs", masked));
	EXPECT_EQ(VERDICT_PASS, pf_entries("nvme", "sysfs", in_use));
}

TEST_HARNESS_MAIN
