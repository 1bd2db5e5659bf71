/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of resets: a record that keeps it, one that breaks it, and the traps. */
#include "kselftest_harness.h"
#include "judging.h"

static const struct msix_entry masked[5] = {{{0}, 1}, {{0}, 1}, {{0}, 1}, {{0}, 1}, {{0}, 1}};
static const struct msix_entry in_use[5] = {
	{{0xfee01000, 0x21}, 0}, {{0xfee02000, 0x22}, 0}, {{0}, 1}, {{0}, 1}, {{0}, 1}};

static void record_reset(struct record *r, const char *fn, const char *method)
{
	char keys[32];

	snprintf(keys, sizeof(keys), "'method':'%s'", method);
	record_do(r, "reset", fn, keys, "'res':'ok','us':102000");
}

static void record_bind(struct record *r, const char *driver)
{
	char keys[32];

	snprintf(keys, sizeof(keys), "'driver':'%s'", driver);
	record_do(r, "bind", VF0, keys, "'res':'ok'");
}

static void record_vfe(struct record *r)
{
	record_do(r, "autoprobe", PF, "'value':false", "'res':'ok'");
	record_do(r, "numvfs", PF, "'count':0", "'res':'ok','count_now':0");
	record_do(r, "numvfs", PF, "'count':2", "'res':'ok','count_now':2");
}

static enum verdict verdict_and_close(struct record *r, const char *rule, const char *fn)
{
	enum verdict verdict = record_verdict(r, rule, fn);

	record_close(r);
	return verdict;
}

TEST(flr_supported)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
	struct record r;

	record_open(&r, true);
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_function(&r, VF0, 0, &vf, FAKE_BAR);
	fake_put(&vf, FAKE_PCIE + 4, 4, 0x8000);
	record_function(&r, VF1, 1, &vf, FAKE_BAR);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "RST-FLR-SUPP", VF0));
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "RST-FLR-SUPP", VF1));
	EXPECT_STREQ("Device Capabilities 00008000h", record_seen(&r, "RST-FLR-SUPP", VF1));
	EXPECT_EQ(VERDICT_SKIP, record_verdict(&r, "RST-FLR-EN", VF1));
	record_close(&r);
}

static enum verdict flags_after(const char *driver, const char *method, unsigned flags)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	if (driver)
		record_bind(&r, driver);
	record_msix(&r, VF0, 0xc004);
	record_reset(&r, VF0, method);
	record_msix(&r, VF0, flags);
	return verdict_and_close(&r, "RST-FLR-EN", VF0);
}

TEST(flr_clears_enable)
{
	EXPECT_EQ(VERDICT_PASS, flags_after(NULL, "flr", 4));
	EXPECT_EQ(VERDICT_PASS, flags_after("vfio-pci", "flr", 4));
	EXPECT_EQ(VERDICT_FAIL, flags_after(NULL, "flr", 0x8004));
	EXPECT_EQ(VERDICT_FAIL, flags_after(NULL, "flr", 0x4004));
	/* The kernel puts it back; a driver may have. */
	EXPECT_EQ(VERDICT_NOT_RUN, flags_after("vfio-pci", "sysfs", 0x8004));
	EXPECT_EQ(VERDICT_NOT_RUN, flags_after("nvme", "flr", 0x8004));
}

/* Function Mask written after the reset is no fault of the reset. */
TEST(flr_not_blamed_for_a_later_write)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_reset(&r, VF0, "flr");
	record_do(&r, "function-mask", VF0, "'masked':true", "'res':'ok'");
	record_msix(&r, VF0, 0x4004);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "RST-FLR-EN", VF0));
}

static enum verdict table_after(const char *method, const struct msix_entry *entry, bool write)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_table(&r, VF0, 5, in_use, 5);
	record_reset(&r, VF0, method);
	if (write)
		record_do(&r, "table-mask", VF0, "'entry':0,'masked':false", "'res':'ok'");
	record_table(&r, VF0, 5, entry, entry ? 5 : 0);
	return verdict_and_close(&r, "RST-FLR-MASK", VF0);
}

TEST(flr_masks)
{
	EXPECT_EQ(VERDICT_PASS, table_after("flr", masked, false));
	EXPECT_EQ(VERDICT_FAIL, table_after("flr", in_use, false));
	EXPECT_EQ(VERDICT_NOT_RUN, table_after("flr", in_use, true));
	EXPECT_EQ(VERDICT_NOT_RUN, table_after("sysfs", in_use, false));
}

static enum verdict pba_after(const char *method, uint64_t pending)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_pba(&r, VF0, 5, 0, 4);
	record_reset(&r, VF0, method);
	record_pba(&r, VF0, 5, 0, pending);
	return verdict_and_close(&r, "RST-FLR-PBA", VF0);
}

TEST(flr_clears_pending)
{
	EXPECT_EQ(VERDICT_PASS, pba_after("flr", 0));
	EXPECT_EQ(VERDICT_FAIL, pba_after("flr", 4));
	EXPECT_EQ(VERDICT_NOT_RUN, pba_after("vfio", 4));
}

/* A reset may have brought more vectors than the last look at the capability had. */
static enum verdict pending_64(bool vfe, const char *rule)
{
	struct record r;

	record_typical(&r, "M-RST", "sysfs");
	if (vfe)
		record_vfe(&r);
	else
		record_reset(&r, VF0, "flr");
	record_pba(&r, VF0, 70, 1, 1);
	return verdict_and_close(&r, rule, VF0);
}

TEST(pending_of_the_size_that_there_is)
{
	EXPECT_EQ(VERDICT_FAIL, pending_64(false, "RST-FLR-PBA"));
	EXPECT_EQ(VERDICT_FAIL, pending_64(true, "RST-VFE-STATE"));
}

/* All ones are what a BAR reads that nobody decodes: no entry was seen to be masked. */
TEST(nobody_answers)
{
	struct msix_entry none[5];
	struct record r;

	memset(none, 0xff, sizeof(none));
	EXPECT_EQ(VERDICT_NOT_RUN, table_after("flr", none, false));
	record_typical(&r, "M-RST", "nvme");
	record_table(&r, VF0, 5, in_use, 5);
	record_vfe(&r);
	record_table(&r, VF0, 5, none, 5);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "RST-VFE-STATE", VF0));
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-MASK-DEF", VF0));
	record_close(&r);
	/* A look that has nothing in it shows nothing either. */
	EXPECT_EQ(VERDICT_NOT_RUN, table_after("flr", NULL, false));
}

static enum verdict flr_time(const char *method, const char *result)
{
	struct record r;
	char keys[32];

	snprintf(keys, sizeof(keys), "'method':'%s'", method);
	record_typical(&r, "M-RST", "nvme");
	record_do(&r, "reset", VF0, keys, result);
	return verdict_and_close(&r, "RST-FLR-TIME", VF0);
}

TEST(flr_in_time)
{
	EXPECT_EQ(VERDICT_PASS, flr_time("flr", "'res':'ok','us':104000"));
	EXPECT_EQ(VERDICT_FAIL, flr_time("flr", "'res':'ok','us':3000000"));
	EXPECT_EQ(VERDICT_FAIL, flr_time("flr", "'res':'ETIMEDOUT','us':1100000"));
	EXPECT_EQ(VERDICT_NOT_RUN, flr_time("flr", "'res':'EPERM','us':10"));
	EXPECT_EQ(VERDICT_NOT_RUN, flr_time("sysfs", "'res':'ok','us':3000000"));
}

static const char *const want_9 = "'backend':'sysfs','want':9";
static const char *const got_9 = "'res':'ok','got':9,'us':1";

TEST(size_kept)
{
	struct record r;

	record_typical(&r, "M-IMM", "sysfs");
	record_msix(&r, VF0, 4);
	record_reset(&r, VF0, "flr");
	record_msix(&r, VF0, 4);
	EXPECT_EQ(VERDICT_PASS, verdict_and_close(&r, "RST-FLR-TS-KEEP", VF0));

	record_typical(&r, "M-IMM", "sysfs");
	record_msix(&r, VF0, 4);
	record_reset(&r, VF0, "flr");
	record_msix(&r, VF0, 8);
	EXPECT_EQ(VERDICT_WARN, record_verdict(&r, "RST-FLR-TS-KEEP", VF0));
	EXPECT_STREQ("Message Control 0008h: Table Size 9",
		     record_seen(&r, "RST-FLR-TS-KEEP", VF0));
	record_close(&r);
}

/* An assignment that a reset latches: the first one may, the second may not move it. */
TEST(size_kept_after_latching)
{
	struct record r;

	record_typical(&r, "M-RST", "sysfs");
	record_do(&r, "resize", VF0, want_9, got_9);
	record_msix(&r, VF0, 4);
	record_reset(&r, VF0, "flr");
	record_msix(&r, VF0, 8);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "RST-FLR-TS-KEEP", VF0));
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "RST-FLR-LATCH", VF0));
	record_close(&r);

	record_typical(&r, "M-RST", "sysfs");
	record_do(&r, "resize", VF0, want_9, got_9);
	record_msix(&r, VF0, 4);
	record_reset(&r, VF0, "flr");
	record_reset(&r, VF0, "flr"); /* nobody looked at what the first one latched */
	record_msix(&r, VF0, 8);
	record_reset(&r, VF0, "flr");
	record_msix(&r, VF0, 8);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "RST-FLR-TS-KEEP", VF0));
	EXPECT_EQ(1, record_finding(&r, "RST-FLR-TS-KEEP", VF0)->exercised);
	record_close(&r);
}

/* Raw commands may leave an assignment behind that is not known. */
TEST(size_not_judged_after_raw_commands)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_do(&r, "virt-mgmt", PF, "'action':8,'resource':1,'cntlid':1,'nr':9",
		  "'res':'ok','status':0,'dw0':9");
	record_msix(&r, VF0, 4);
	record_reset(&r, VF0, "flr");
	record_msix(&r, VF0, 8);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "RST-FLR-TS-KEEP", VF0));
}

TEST(size_latched)
{
	struct record r;

	record_typical(&r, "M-RST", "sysfs");
	record_do(&r, "resize", VF0, want_9, got_9);
	record_msix(&r, VF0, 4);
	record_reset(&r, VF0, "flr");
	record_msix(&r, VF0, 6);
	EXPECT_EQ(VERDICT_NOTE, verdict_and_close(&r, "RST-FLR-LATCH", VF0));

	record_typical(&r, "M-IMM", "sysfs");
	EXPECT_EQ(VERDICT_SKIP, verdict_and_close(&r, "RST-FLR-LATCH", VF0));
	record_typical(&r, "M-RST", "nvme");
	EXPECT_EQ(VERDICT_SKIP, verdict_and_close(&r, "RST-FLR-LATCH", VF0));
}

static enum verdict size_bound(const char *driver, unsigned after)
{
	struct record r;

	record_typical(&r, "M-RST", "sysfs");
	record_do(&r, "resize", VF0, want_9, got_9);
	if (driver)
		record_bind(&r, driver);
	record_msix(&r, VF0, 4);
	record_reset(&r, VF0, "sysfs");
	record_msix(&r, VF0, after);
	return verdict_and_close(&r, "RST-FLR-BOUND", VF0);
}

/* Even an assignment that waits for a reset must not show under a driver. */
TEST(size_kept_under_a_driver)
{
	EXPECT_EQ(VERDICT_PASS, size_bound("nvme", 4));
	EXPECT_EQ(VERDICT_FAIL, size_bound("nvme", 8));
	EXPECT_EQ(VERDICT_NOT_RUN, size_bound(NULL, 8));
}

static void record_everyone(struct record *r, unsigned flags)
{
	record_msix(r, PF, 0x8020);
	record_msix(r, VF0, 4);
	record_msix(r, VF1, flags);
	record_table(r, VF1, 5, flags == 4 ? masked : in_use, 5);
}

TEST(others_left_alone)
{
	struct cfg pf = fake_cfg(-1, 33);
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_everyone(&r, 4);
	record_reset(&r, VF0, "flr");
	record_everyone(&r, 4);
	record_config(&r, PF, &pf);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "RST-FLR-NOPF", PF));
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "RST-FLR-NOPF", VF1));
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "RST-FLR-NOPF", VF0));
	record_close(&r);
}

TEST(sibling_disturbed)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_everyone(&r, 4);
	record_reset(&r, VF0, "flr");
	record_everyone(&r, 0x8004);
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "RST-FLR-NOPF", VF1));
	EXPECT_EQ(2, record_finding(&r, "RST-FLR-NOPF", VF1)->failed);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "RST-FLR-NOPF", PF));
	record_close(&r);
}

TEST(sibling_gone)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_everyone(&r, 4);
	record_reset(&r, VF0, "flr");
	record_msix_gone(&r, VF1);
	EXPECT_EQ(VERDICT_FAIL, verdict_and_close(&r, "RST-FLR-NOPF", VF1));
}

/* Something was done to the sibling itself in between. */
TEST(sibling_changed_by_us)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_everyone(&r, 4);
	record_reset(&r, VF0, "flr");
	record_do(&r, "resize", VF1, want_9, got_9);
	record_msix(&r, VF1, 8);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "RST-FLR-NOPF", VF1));
}

TEST(sriov_disturbed)
{
	struct cfg pf = fake_cfg(-1, 33);
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_reset(&r, VF0, "flr");
	fake_put(&pf, FAKE_SRIOV + 0x24, 4, 4);
	record_config(&r, PF, &pf);
	EXPECT_EQ(VERDICT_FAIL, verdict_and_close(&r, "RST-FLR-NOPF", PF));
}

static enum verdict entries_after(const char *driver, const char *method,
				  const struct msix_entry *before, const struct msix_entry *after)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	if (driver)
		record_bind(&r, driver);
	record_table(&r, VF0, 5, before, 5);
	record_reset(&r, VF0, method);
	record_table(&r, VF0, 5, after, 5);
	return verdict_and_close(&r, "RST-FLR-PROGRAM", VF0);
}

TEST(entries_restored)
{
	struct msix_entry other[5];

	memcpy(other, in_use, sizeof(other));
	other[1].msg.data = 0;
	EXPECT_EQ(VERDICT_PASS, entries_after("vfio-pci", "sysfs", in_use, in_use));
	EXPECT_EQ(VERDICT_PASS, entries_after("nvme", "sysfs", in_use, in_use));
	EXPECT_EQ(VERDICT_WARN, entries_after("vfio-pci", "vfio", in_use, other));
	EXPECT_EQ(VERDICT_WARN, entries_after("vfio-pci", "sysfs", in_use, masked));
	/* It frees its vectors before the reset and sets them up again after it. */
	EXPECT_EQ(VERDICT_NOT_RUN, entries_after("nvme", "sysfs", in_use, masked));
	EXPECT_EQ(VERDICT_NOT_RUN, entries_after("vfio-pci", "flr", in_use, masked));
	EXPECT_EQ(VERDICT_NOT_RUN, entries_after("vfio-pci", "sysfs", masked, masked));
	EXPECT_EQ(VERDICT_NOT_RUN, entries_after(NULL, "sysfs", in_use, masked));
}

TEST(vfe_forgets)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_msix(&r, VF0, 0x4004);
	record_table(&r, VF0, 5, in_use, 5);
	record_vfe(&r);
	record_msix(&r, VF0, 4);
	record_table(&r, VF0, 5, masked, 5);
	record_pba(&r, VF0, 5, 0, 0);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "RST-VFE-STATE", VF0));
	EXPECT_EQ(3, record_finding(&r, "RST-VFE-STATE", VF0)->exercised);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "RST-VFE-TS", VF0));
	record_close(&r);
}

TEST(vfe_remembers)
{
	struct msix_entry stale[5];
	struct record r;

	memcpy(stale, masked, sizeof(stale));
	stale[1].msg = in_use[1].msg;
	record_typical(&r, "M-RST", "nvme");
	record_table(&r, VF0, 5, in_use, 5);
	record_vfe(&r);
	record_table(&r, VF0, 5, stale, 5);
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "RST-VFE-STATE", VF0));
	EXPECT_STREQ("T[1] still holds FEE02000h 22h", record_seen(&r, "RST-VFE-STATE", VF0));
	record_close(&r);
}

/* A count that is there already takes no VF away. */
TEST(vfe_needs_a_cycle)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_table(&r, VF0, 5, in_use, 5);
	record_do(&r, "numvfs", PF, "'count':2", "'res':'ok','count_now':2");
	record_msix(&r, VF0, 8);
	record_table(&r, VF0, 5, in_use, 5);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "RST-VFE-STATE", VF0));
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "RST-VFE-TS", VF0));
	record_close(&r);
}

TEST(vfe_gone)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_do(&r, "numvfs", PF, "'count':0", "'res':'ok','count_now':0");
	record_msix_gone(&r, VF0);
	record_msix(&r, VF1, 4);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "RST-VFE-GONE", VF0));
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "RST-VFE-GONE", VF1));
	record_close(&r);

	record_typical(&r, "M-RST", "nvme");
	record_msix(&r, VF0, 4);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "RST-VFE-GONE", VF0));
}

TEST(vfe_other_size)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_msix(&r, VF0, 4);
	record_vfe(&r);
	record_msix(&r, VF0, 8);
	EXPECT_EQ(VERDICT_NOTE, verdict_and_close(&r, "RST-VFE-TS", VF0));
}

static enum verdict pool_after_vfe(const char *model, unsigned flags)
{
	struct record r;

	record_typical(&r, model, "sysfs");
	record_do(&r, "resize", VF0, want_9, got_9);
	record_vfe(&r);
	record_msix(&r, VF0, flags);
	return verdict_and_close(&r, "RST-NUMVFS-POOL", VF0);
}

TEST(vfe_and_the_pool)
{
	EXPECT_EQ(VERDICT_PASS, pool_after_vfe("M-IMM", 8));
	EXPECT_EQ(VERDICT_NOTE, pool_after_vfe("M-IMM", 4));
	EXPECT_EQ(VERDICT_SKIP, pool_after_vfe("M-VFE", 8));
}

/* What the pool tells, of every VF. */
TEST(vfe_and_what_the_pool_tells)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_tell(&r, "{'ev':'obs','obs':'pool','fn':'" PF "','total':25,'free':15,'assigned':"
			"[{'fn':'" VF0 "','size':5},{'fn':'" VF1 "','size':5}]}");
	record_vfe(&r);
	record_msix(&r, VF0, 4);
	record_msix(&r, VF1, 0);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "RST-NUMVFS-POOL", VF0));
	EXPECT_EQ(VERDICT_NOTE, record_verdict(&r, "RST-NUMVFS-POOL", VF1));
	EXPECT_EQ(NULL, record_finding(&r, "RST-NUMVFS-POOL", PF));
	record_close(&r);
}

/* Nobody resized it: what it was found with is an assignment, too. */
TEST(vfe_and_the_claim)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_tell(&r, "{'ev':'claim','fn':'" VF0 "','driver':null,'override':null,'size':5,"
			"'queues':5,'online':true}");
	record_vfe(&r);
	record_msix(&r, VF0, 0);
	EXPECT_EQ(VERDICT_NOTE, verdict_and_close(&r, "RST-NUMVFS-POOL", VF0));
}

static enum verdict mask_after_enable(bool masked_before, const char *result, unsigned flags)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	if (masked_before) {
		record_do(&r, "function-mask", VF0, "'masked':true", "'res':'ok'");
		record_msix(&r, VF0, 0x4004);
	}
	record_do(&r, "vfio-irqs", VF0, "'start':0,'count':5", result);
	record_msix(&r, VF0, flags);
	return verdict_and_close(&r, "RST-MASKALL-CLEAR", VF0);
}

TEST(function_mask_cleared)
{
	EXPECT_EQ(VERDICT_PASS, mask_after_enable(false, "'res':'ok','ret':0", 0x8004));
	EXPECT_EQ(VERDICT_FAIL, mask_after_enable(false, "'res':'ok','ret':0", 0xc004));
	EXPECT_EQ(VERDICT_FAIL, mask_after_enable(false, "'res':'ENOSPC'", 0x4004));
	EXPECT_EQ(VERDICT_NOT_RUN, mask_after_enable(true, "'res':'ENOSPC'", 0x4004));
}

TEST_HARNESS_MAIN
