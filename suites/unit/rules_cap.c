/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of the MSI-X capability: a record that keeps it, one that breaks it, and the traps. */
#include "kselftest_harness.h"
#include "judging.h"

#define MC       (FAKE_MSIX + 2)
#define MC_WRITE "'off':66,'width':2,'value':%d"

/* A run on a dump of one VF: nothing but its config space. */
static void record_dump(struct record *r, const struct cfg *cfg, uint64_t bar)
{
	struct cfg pf = fake_cfg(-1, 33);

	record_open(r, true);
	record_function(r, PF, -1, &pf, FAKE_BAR);
	record_function(r, VF0, 0, cfg, bar);
}

static enum verdict verdict_on_dump(const char *rule, const struct cfg *cfg, uint64_t bar)
{
	struct record r;
	enum verdict verdict;

	record_dump(&r, cfg, bar);
	verdict = record_verdict(&r, rule, VF0);
	record_close(&r);
	return verdict;
}

static void record_resize(struct record *r, const char *backend, int want, const char *res)
{
	char keys[64], result[64];

	snprintf(keys, sizeof(keys), "'backend':'%s','want':%d", backend, want);
	snprintf(result, sizeof(result), "'res':'%s','got':%d,'us':1", res,
		 strcmp(res, "ok") ? -1 : want);
	record_do(r, "resize", VF0, keys, result);
}

TEST(uniq_one)
{
	struct cfg cfg = fake_cfg(0, 5);

	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-UNIQ", &cfg, FAKE_BAR));
}

TEST(uniq_two)
{
	struct cfg cfg = fake_cfg(0, 5);

	fake_put(&cfg, FAKE_PCIE + 1, 1, 0xc0);
	fake_put(&cfg, 0xc0, 1, 0x11);
	EXPECT_EQ(VERDICT_FAIL, verdict_on_dump("CAP-UNIQ", &cfg, FAKE_BAR));
}

TEST(uniq_loop)
{
	struct cfg cfg = fake_cfg(0, 5);

	fake_put(&cfg, FAKE_PCIE + 1, 1, FAKE_PCIE);
	EXPECT_EQ(VERDICT_FAIL, verdict_on_dump("CAP-UNIQ", &cfg, FAKE_BAR));
}

TEST(uniq_needs_the_whole_list)
{
	struct cfg cfg = fake_cfg(0, 5);

	cfg.len = 64; /* what a user without rights reads */
	EXPECT_EQ(VERDICT_SKIP, verdict_on_dump("CAP-UNIQ", &cfg, FAKE_BAR));
}

TEST(uniq_none)
{
	struct cfg cfg = fake_cfg(0, 5);

	fake_put(&cfg, 0x34, 1, FAKE_PCIE);
	EXPECT_EQ(VERDICT_SKIP, verdict_on_dump("CAP-UNIQ", &cfg, FAKE_BAR));
}

TEST(encoding_holds)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_resize(&r, "nvme", 9, "ok");
	record_msix(&r, VF0, 8);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "CAP-TS-ENC", VF0));
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "CAP-TS-ENC", VF1));
	record_close(&r);
}

TEST(encoding_off_by_one)
{
	struct record r;

	record_typical(&r, "M-IMM", "sysfs");
	record_resize(&r, "sysfs", 9, "ok");
	record_msix(&r, VF0, 9);
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "CAP-TS-ENC", VF0));
	EXPECT_STREQ("Message Control 0009h: Table Size field 009h",
		     record_seen(&r, "CAP-TS-ENC", VF0));
	record_close(&r);
}

/* Latched by a reset: the old size before it is no fault, one off after it is. */
TEST(encoding_waits_for_the_reset)
{
	struct record r;

	record_typical(&r, "M-RST", "sysfs");
	record_resize(&r, "sysfs", 6, "ok");
	record_msix(&r, VF0, 4);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "CAP-TS-ENC", VF0));
	record_close(&r);

	record_typical(&r, "M-RST", "sysfs");
	record_resize(&r, "sysfs", 8, "ok");
	record_do(&r, "reset", VF0, "'method':'flr'", "'res':'ok','us':100");
	record_msix(&r, VF0, 8);
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "CAP-TS-ENC", VF0));
	record_close(&r);
}

/* 2048 itself, instead of one less, leaves 0 in 11 bits; another size that is 1 is no such thing.
 */
TEST(encoding_of_the_largest)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_resize(&r, "nvme", 2048, "ok");
	record_msix(&r, VF0, 0);
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "CAP-TS-ENC", VF0));
	record_close(&r);
	record_typical(&r, "M-RST", "nvme");
	record_resize(&r, "nvme", 2047, "ok");
	record_msix(&r, VF0, 0);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "CAP-TS-ENC", VF0));
	record_close(&r);
}

/* A size that does not show at all is another rule's business, even if it is one off. */
TEST(encoding_of_what_does_not_show)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_resize(&r, "nvme", 6, "ok");
	record_msix(&r, VF0, 4);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "CAP-TS-ENC", VF0));
	record_close(&r);
}

TEST(encoding_waits_for_vf_enable)
{
	struct record r;

	record_typical(&r, "M-VFE", "sysfs");
	record_resize(&r, "sysfs", 6, "ok");
	record_do(&r, "reset", VF0, "'method':'flr'", "'res':'ok','us':100");
	record_msix(&r, VF0, 4);
	record_do(&r, "numvfs", PF, "'count':0", "'res':'ok','count_now':0");
	record_do(&r, "numvfs", PF, "'count':2", "'res':'ok','count_now':2");
	record_msix(&r, VF0, 5);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "CAP-TS-ENC", VF0));
	EXPECT_EQ(1, record_finding(&r, "CAP-TS-ENC", VF0)->exercised);
	record_close(&r);
}

/* VF Enable may lose an assignment outside M-VFE, a raw command may have changed it. */
TEST(encoding_forgets_what_is_not_known)
{
	struct record r;

	record_typical(&r, "M-IMM", "sysfs");
	record_resize(&r, "sysfs", 6, "ok");
	record_do(&r, "numvfs", PF, "'count':0", "'res':'ok','count_now':0");
	record_do(&r, "numvfs", PF, "'count':2", "'res':'ok','count_now':2");
	record_msix(&r, VF0, 4);
	record_resize(&r, "sysfs", 9, "EBUSY");
	record_msix(&r, VF0, 7);
	record_resize(&r, "nvme", 6, "ok");
	record_do(&r, "virt-mgmt", PF, "'action':8,'resource':1,'cntlid':1,'nr':5",
		  "'res':'ok','status':0,'dw0':5");
	record_msix(&r, VF0, 4);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "CAP-TS-ENC", VF0));
	record_close(&r);
}

TEST(encoding_needs_a_backend)
{
	struct record r;

	record_typical(&r, "none", "none");
	EXPECT_EQ(VERDICT_SKIP, record_verdict(&r, "CAP-TS-ENC", VF0));
	record_close(&r);
}

static void record_mc_write(struct record *r, int value)
{
	char keys[64];

	snprintf(keys, sizeof(keys), MC_WRITE, value);
	record_do(r, "cfg-write", VF0, keys, "'res':'ok'");
}

TEST(read_only_holds)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_mc_write(&r, 0x3ffb);
	record_msix(&r, VF0, 4);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "CAP-TS-RO", VF0));
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "CAP-RSVD", VF0));
	record_close(&r);
}

TEST(read_only_broken)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_mc_write(&r, 0x3ffb);
	record_msix(&r, VF0, 0x3ffb);
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "CAP-TS-RO", VF0));
	EXPECT_STREQ("Message Control 3FFBh: Table Size 2044", record_seen(&r, "CAP-TS-RO", VF0));
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "CAP-RSVD", VF0));
	record_close(&r);
}

/* A write of what is there proves nothing, nor does one with a resize before the look. */
TEST(read_only_not_exercised)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_mc_write(&r, 0x8004);
	record_msix(&r, VF0, 0x8004);
	record_mc_write(&r, 0x0003);
	record_resize(&r, "nvme", 9, "ok");
	record_msix(&r, VF0, 8);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "CAP-TS-RO", VF0));
	record_close(&r);
}

static enum verdict enable_after(const char *act, const char *fn, const char *keys,
				 const char *result, const char *driver, unsigned flags)
{
	enum verdict verdict;
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	if (driver) {
		char bind[64];

		snprintf(bind, sizeof(bind), "'driver':'%s'", driver);
		record_do(&r, "bind", VF0, bind, "'res':'ok'");
	}
	record_do(&r, act, fn, keys, result);
	record_msix(&r, VF0, flags);
	verdict = record_verdict(&r, "CAP-EN-DEF", VF0);
	record_close(&r);
	return verdict;
}

TEST(enable_default)
{
	const char *flr = "'method':'flr'", *sysfs = "'method':'sysfs'", *ok = "'res':'ok','us':9";

	EXPECT_EQ(VERDICT_PASS, enable_after("reset", VF0, flr, ok, NULL, 4));
	EXPECT_EQ(VERDICT_PASS, enable_after("reset", VF0, flr, ok, "vfio-pci", 4));
	EXPECT_EQ(VERDICT_FAIL, enable_after("reset", VF0, flr, ok, NULL, 0x4004));
	EXPECT_EQ(VERDICT_FAIL, enable_after("reset", VF0, flr, ok, "vfio-pci", 0x8004));
	/* A driver may have set it again; the kernel's ways of reset restore it. */
	EXPECT_EQ(VERDICT_NOT_RUN, enable_after("reset", VF0, flr, ok, "nvme", 0x8004));
	EXPECT_EQ(VERDICT_NOT_RUN, enable_after("reset", VF0, sysfs, ok, NULL, 0x8004));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  enable_after("reset", VF0, flr, "'res':'ETIMEDOUT','us':9", NULL, 0x8004));
}

static enum verdict enable_in_new_vf(bool autoprobe, unsigned flags)
{
	enum verdict verdict;
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	if (!autoprobe)
		record_do(&r, "autoprobe", PF, "'value':false", "'res':'ok'");
	record_do(&r, "numvfs", PF, "'count':0", "'res':'ok','count_now':0");
	record_msix_gone(&r, VF0);
	record_do(&r, "numvfs", PF, "'count':2", "'res':'ok','count_now':2");
	record_msix(&r, VF0, flags);
	verdict = record_verdict(&r, "CAP-EN-DEF", VF0);
	record_close(&r);
	return verdict;
}

TEST(enable_default_in_new_vf)
{
	EXPECT_EQ(VERDICT_PASS, enable_in_new_vf(false, 4));
	EXPECT_EQ(VERDICT_FAIL, enable_in_new_vf(false, 0x4004));
	EXPECT_EQ(VERDICT_NOT_RUN, enable_in_new_vf(true, 0x8004)); /* a driver took it */
}

static enum verdict masks_across(const char *acts, uint32_t after)
{
	struct msix_entry entry[5] = {
		{.ctrl = 1}, {.ctrl = 0}, {.ctrl = 1}, {.ctrl = 0}, {.ctrl = 1}};
	enum verdict verdict;
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_table(&r, VF0, 5, entry, 5);
	record_do(&r, acts, VF0,
		  strcmp(acts, "table-mask") ? "'masked':true" : "'entry':1,'masked':true",
		  "'res':'ok'");
	entry[1].ctrl = after;
	record_table(&r, VF0, 5, entry, 5);
	verdict = record_verdict(&r, "CAP-FM-INDEP", VF0);
	record_close(&r);
	return verdict;
}

TEST(function_mask_independent)
{
	EXPECT_EQ(VERDICT_PASS, masks_across("function-mask", 0));
	EXPECT_EQ(VERDICT_FAIL, masks_across("function-mask", 1));
	EXPECT_EQ(VERDICT_NOT_RUN, masks_across("table-mask", 1));
}

TEST(bir_valid)
{
	struct cfg cfg = fake_cfg(0, 5);

	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-BIR-VALID", &cfg, FAKE_BAR));
	fake_put(&cfg, FAKE_MSIX + 8, 4, FAKE_PBA | 6);
	EXPECT_EQ(VERDICT_FAIL, verdict_on_dump("CAP-BIR-VALID", &cfg, FAKE_BAR));
	fake_put(&cfg, FAKE_MSIX + 8, 4, FAKE_PBA | 2);
	fake_put(&cfg, 0x0e, 1, 1); /* a bridge has two BARs */
	EXPECT_EQ(VERDICT_FAIL, verdict_on_dump("CAP-BIR-VALID", &cfg, FAKE_BAR));
}

TEST(bir_low)
{
	struct cfg cfg = fake_cfg(0, 5);

	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-BIR-LOW", &cfg, FAKE_BAR));
	fake_put(&cfg, FAKE_MSIX + 4, 4, FAKE_TABLE | 1);
	EXPECT_EQ(VERDICT_FAIL, verdict_on_dump("CAP-BIR-LOW", &cfg, FAKE_BAR));
}

TEST(bir_low_needs_64_bits)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
	struct record r;
	char *bytes;

	bytes = json_dumps(json_hex(vf.byte, vf.len), JSON_ENCODE_ANY);
	record_open(&r, true);
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_tell(&r,
		    "{'ev':'function','fn':'" VF0 "','pf':'" PF "','vf':0,'vendor':'1b36','device':"
		    "'0010','class':'010802','driver':null,'group':1,'engine':'nvme','bytes':%s,"
		    "'bars':[{'type':'mem32','size':16384}]}",
		    bytes);
	EXPECT_EQ(VERDICT_SKIP, record_verdict(&r, "CAP-BIR-LOW", VF0));
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "CAP-BIR-MEM", VF0));
	record_close(&r);
	free(bytes);
}

TEST(bir_mem)
{
	struct cfg cfg = fake_cfg(0, 5);

	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-BIR-MEM", &cfg, FAKE_BAR));
	fake_put(&cfg, FAKE_MSIX + 8, 4, FAKE_PBA | 4);
	EXPECT_EQ(VERDICT_FAIL, verdict_on_dump("CAP-BIR-MEM", &cfg, FAKE_BAR));
}

/* A dump tells the types of BARs, not how large they are. */
TEST(geometry_needs_sizes)
{
	struct cfg cfg = fake_cfg(0, 5);

	EXPECT_EQ(VERDICT_SKIP, verdict_on_dump("CAP-TBL-FIT", &cfg, 0));
	EXPECT_EQ(VERDICT_SKIP, verdict_on_dump("CAP-PBA-FIT", &cfg, 0));
	EXPECT_EQ(VERDICT_SKIP, verdict_on_dump("CAP-OFF-ALIGN", &cfg, 0));
	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-BIR-MEM", &cfg, 0));
}

TEST(offset_inside)
{
	struct cfg cfg = fake_cfg(0, 5);

	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-OFF-ALIGN", &cfg, FAKE_BAR));
	fake_put(&cfg, FAKE_MSIX + 8, 4, FAKE_BAR);
	EXPECT_EQ(VERDICT_FAIL, verdict_on_dump("CAP-OFF-ALIGN", &cfg, FAKE_BAR));
}

TEST(table_fits)
{
	struct cfg cfg = fake_cfg(0, 5);

	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-TBL-FIT", &cfg, FAKE_BAR));
	fake_put(&cfg, FAKE_MSIX + 4, 4, FAKE_BAR - 4 * MSIX_ENTRY_SIZE);
	EXPECT_EQ(VERDICT_FAIL, verdict_on_dump("CAP-TBL-FIT", &cfg, FAKE_BAR));
}

TEST(pba_fits)
{
	struct cfg cfg = fake_cfg(0, 65);

	fake_put(&cfg, FAKE_MSIX + 8, 4, FAKE_BAR - 16);
	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-PBA-FIT", &cfg, FAKE_BAR));
	fake_put(&cfg, FAKE_MSIX + 8, 4, FAKE_BAR - 8);
	EXPECT_EQ(VERDICT_FAIL, verdict_on_dump("CAP-PBA-FIT", &cfg, FAKE_BAR));
}

/* 5 vectors fit before the PBA, but the 9 that a resize allows do not. */
static void record_tight(struct record *r, unsigned room)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);

	fake_put(&vf, FAKE_MSIX + 8, 4, FAKE_TABLE + room * MSIX_ENTRY_SIZE);
	record_open(r, true);
	record_function(r, PF, -1, &pf, FAKE_BAR);
	record_function(r, VF0, 0, &vf, FAKE_BAR);
	record_probe(r, "M-RST", "nvme");
	record_config(r, VF0, &vf);
}

TEST(overlap_at_the_largest_size)
{
	struct cfg cfg = fake_cfg(0, 5);
	struct record r;

	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-OVERLAP", &cfg, FAKE_BAR));
	record_tight(&r, 9);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "CAP-OVERLAP", VF0));
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "CAP-PBA-STABLE-SIZE", VF0));
	record_close(&r);
	record_tight(&r, 8);
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "CAP-OVERLAP", VF0));
	EXPECT_EQ(VERDICT_NOTE, record_verdict(&r, "CAP-PBA-STABLE-SIZE", VF0));
	EXPECT_STREQ("room for 8 in the table, 64512 in the PBA",
		     record_seen(&r, "CAP-PBA-STABLE-SIZE", VF0));
	record_close(&r);
}

TEST(overlap_of_other_bars)
{
	struct cfg cfg = fake_cfg(0, 5);

	fake_put(&cfg, FAKE_MSIX + 8, 4, FAKE_TABLE | 2);
	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-OVERLAP", &cfg, FAKE_BAR));
}

static enum verdict place_after_resize(const char *model, unsigned table)
{
	struct cfg cfg = fake_cfg(0, 9);
	enum verdict verdict;
	struct record r;

	record_typical(&r, model, "nvme");
	record_resize(&r, "nvme", 9, "ok");
	fake_put(&cfg, FAKE_MSIX + 4, 4, table);
	record_config(&r, VF0, &cfg);
	verdict = record_verdict(&r, "CAP-LOC-STABLE", VF0);
	record_close(&r);
	return verdict;
}

TEST(place_stays)
{
	EXPECT_EQ(VERDICT_PASS, place_after_resize("M-RST", FAKE_TABLE));
	EXPECT_EQ(VERDICT_WARN, place_after_resize("M-IMM", FAKE_TABLE + 0x100));
	EXPECT_EQ(VERDICT_SKIP, place_after_resize("M-VFE", FAKE_TABLE + 0x100));
}

static enum verdict size_while_enabled(const char *act, const char *keys, const char *result,
				       unsigned after)
{
	enum verdict verdict;
	struct record r;

	record_typical(&r, "M-IMM", "sysfs");
	record_do(&r, "bind", VF0, "'driver':'nvme'", "'res':'ok'");
	record_msix(&r, VF0, 0x8004);
	record_do(&r, act, VF0, keys, result);
	record_msix(&r, VF0, after);
	verdict = record_verdict(&r, "CAP-TS-EN", VF0);
	record_close(&r);
	return verdict;
}

TEST(size_stays_while_enabled)
{
	const char *want = "'backend':'sysfs','want':9", *ok = "'res':'ok','got':9,'us':1";
	const char *busy = "'res':'EBUSY','got':-1,'us':1";

	EXPECT_EQ(VERDICT_PASS, size_while_enabled("resize", want, busy, 0x8004));
	EXPECT_EQ(VERDICT_WARN, size_while_enabled("resize", want, ok, 0x8008));
	/* The resize took Enable away: nobody uses the table. */
	EXPECT_EQ(VERDICT_PASS, size_while_enabled("resize", want, ok, 0x0008));
	/* Enable may have been 0 in between. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  size_while_enabled("reset", "'method':'sysfs'", "'res':'ok','us':1", 0x8008));
}

TEST(no_intx)
{
	struct cfg cfg = fake_cfg(0, 5);

	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-VF-NOINTX", &cfg, FAKE_BAR));
	fake_put(&cfg, 0x3d, 1, 1);
	EXPECT_EQ(VERDICT_FAIL, verdict_on_dump("CAP-VF-NOINTX", &cfg, FAKE_BAR));
}

static enum verdict memory_enable(unsigned after, uint32_t table)
{
	struct msix_entry entry = {{(uint64_t)table << 32 | table, table}, table};
	struct cfg cfg = fake_cfg(0, 5);
	enum verdict verdict;
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_do(&r, "cfg-write", VF0, "'off':4,'width':2,'value':6", "'res':'ok'");
	fake_put(&cfg, 4, 2, after);
	record_config(&r, VF0, &cfg);
	record_table(&r, VF0, 1, &entry, 1);
	verdict = record_verdict(&r, "CAP-VF-CMD-MSE", VF0);
	record_close(&r);
	return verdict;
}

TEST(memory_space_enable)
{
	struct cfg cfg = fake_cfg(0, 5);

	EXPECT_EQ(VERDICT_PASS, memory_enable(4, 1));
	EXPECT_EQ(VERDICT_FAIL, memory_enable(6, 1));
	EXPECT_EQ(VERDICT_FAIL, memory_enable(4, UINT32_MAX)); /* it does not answer */
	/* Never written, so reading 0 proves nothing; reading 1 does. */
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_on_dump("CAP-VF-CMD-MSE", &cfg, FAKE_BAR));
	fake_put(&cfg, 4, 2, 6);
	EXPECT_EQ(VERDICT_FAIL, verdict_on_dump("CAP-VF-CMD-MSE", &cfg, FAKE_BAR));
}

TEST(msi_or_msix)
{
	struct cfg cfg = fake_cfg(0, 5);

	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-VF-MSI-OR-MSIX", &cfg, FAKE_BAR));
	fake_put(&cfg, 0x34, 1, FAKE_PCIE);
	EXPECT_EQ(VERDICT_WARN, verdict_on_dump("CAP-VF-MSI-OR-MSIX", &cfg, FAKE_BAR));
	fake_put(&cfg, FAKE_PCIE, 2, 0x05); /* MSI alone will do */
	EXPECT_EQ(VERDICT_PASS, verdict_on_dump("CAP-VF-MSI-OR-MSIX", &cfg, FAKE_BAR));
}

/* An event of a function that the record never introduced must not disturb anything. */
TEST(unknown_function)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_msix(&r, "0000:05:00.1", 4);
	record_do(&r, "cfg-write", "0000:05:00.1", "'off':66,'width':2,'value':9", "'res':'ok'");
	record_tell(&r, "{'ev':'end','suite':'unit','scenario':'unit','outcome':'completed'}");
	record_tell(&r, "{'ev':'run-end','outcome':'completed','why':''}");
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "CAP-TS-RO", VF0));
	EXPECT_EQ(NULL, judge_broken(r.judge));
	record_close(&r);
}

TEST_HARNESS_MAIN
