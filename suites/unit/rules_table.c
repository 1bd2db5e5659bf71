/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of table, PBA and vectors: a record that keeps it, one that breaks it, the traps. */
#include "kselftest_harness.h"
#include "judging.h"
#include "tables.h"

/* --- defaults --- */

TEST(masked_by_default)
{
	struct msix_entry entry[5];
	struct record r;

	memcpy(entry, masked, sizeof(entry));
	record_typical(&r, "M-RST", "nvme");
	record_flr(&r, "flr");
	record_table(&r, VF0, 5, entry, 5);
	EXPECT_EQ(VERDICT_PASS, verdict_and_close(&r, "TBL-MASK-DEF", VF0));

	entry[4].ctrl = 0;
	record_typical(&r, "M-RST", "nvme");
	record_vfe(&r, false);
	record_table(&r, VF0, 5, entry, 5);
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "TBL-MASK-DEF", VF0));
	EXPECT_STREQ("T[4] of 5 is not masked", record_seen(&r, "TBL-MASK-DEF", VF0));
	record_close(&r);
}

/* What lies behind Table Size is no entry; a driver may have taken the VF; the kernel restores. */
TEST(masked_by_default_not_judged)
{
	struct msix_entry entry[6];
	struct record r;

	memcpy(entry, masked, sizeof(entry));
	entry[5].ctrl = 0;
	record_typical(&r, "M-RST", "nvme");
	record_flr(&r, "flr");
	record_table(&r, VF0, 5, entry, 6);
	EXPECT_EQ(VERDICT_PASS, verdict_and_close(&r, "TBL-MASK-DEF", VF0));

	record_typical(&r, "M-RST", "nvme");
	record_vfe(&r, true);
	record_table(&r, VF0, 6, entry, 6);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "TBL-MASK-DEF", VF0));

	record_typical(&r, "M-RST", "nvme");
	record_flr(&r, "sysfs");
	record_table(&r, VF0, 6, entry, 6);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "TBL-MASK-DEF", VF0));

	record_typical(&r, "M-RST", "nvme");
	record_flr(&r, "flr");
	record_table(&r, VF0, 5, entry, 5);
	record_do(&r, "table-mask", VF0, "'entry':0,'masked':false", "'res':'ok'");
	record_table(&r, VF0, 6, entry, 6);
	EXPECT_EQ(1, record_finding(&r, "TBL-MASK-DEF", VF0)->exercised);
	record_close(&r);
}

static enum verdict new_entries(const char *model, unsigned unmasked, int want, bool touched)
{
	struct msix_entry entry[9];
	struct record r;

	memcpy(entry, masked, sizeof(entry));
	entry[unmasked].ctrl = 0;
	record_typical(&r, model, "nvme");
	record_msix(&r, VF0, 4);
	record_resize(&r, VF0, want);
	if (touched)
		record_do(&r, "table-mask", VF0, "'entry':5,'masked':false", "'res':'ok'");
	record_table(&r, VF0, (unsigned)want, entry, 9);
	return verdict_and_close(&r, "TBL-MASK-NEW", VF0);
}

TEST(new_entries_masked)
{
	EXPECT_EQ(VERDICT_FAIL, new_entries("M-IMM", 5, 9, false));
	EXPECT_EQ(VERDICT_FAIL, new_entries("M-RST", 8, 9, false));
	EXPECT_EQ(VERDICT_PASS, new_entries("M-RST", 4, 9, false)); /* an old one */
	EXPECT_EQ(VERDICT_NOT_RUN, new_entries("M-RST", 5, 9, true));
	EXPECT_EQ(VERDICT_NOT_RUN, new_entries("M-RST", 5, 3, false)); /* no grow */
	EXPECT_EQ(VERDICT_SKIP, new_entries("M-VFE", 5, 9, false));
}

TEST(pba_reserved_bits)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_pba(&r, VF0, 5, 0, 0x1f);
	record_pba(&r, VF1, 5, 0, 1ull << 63);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "PBA-SIZE", VF0));
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "PBA-SIZE", VF1));
	EXPECT_STREQ("PB[63] is set with 5 vectors", record_seen(&r, "PBA-SIZE", VF1));
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "PBA-SHRINK", VF1));
	record_close(&r);
}

/* A PBA that was not read to its end: its reserved bits were not seen. */
TEST(pba_read_in_part)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_tell(&r, "{'ev':'obs','obs':'pba','fn':'" VF0
			"','size':70,'bytes':'0000000000000000','waited_us':0}");
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "PBA-SIZE", VF0));
	record_close(&r);
}

/* Once software has written it, anything may be in it. */
TEST(pba_after_a_write)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_pba(&r, VF0, 5, 0, 0);
	record_do(&r, "pba-write", VF0, "'off':0,'width':4,'value':4294967295", "'res':'ok'");
	record_pba(&r, VF0, 5, 0, 0xffffffff);
	EXPECT_EQ(VERDICT_NOTE, record_verdict(&r, "PBA-WRITE", VF0));
	EXPECT_EQ(1, record_finding(&r, "PBA-SIZE", VF0)->exercised);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "PBA-SIZE", VF0));
	record_close(&r);

	record_typical(&r, "M-RST", "nvme");
	record_pba(&r, VF0, 5, 0, 0);
	record_do(&r, "pba-write", VF0, "'off':0,'width':4,'value':4294967295", "'res':'ok'");
	record_pba(&r, VF0, 5, 0, 0);
	EXPECT_EQ(VERDICT_PASS, verdict_and_close(&r, "PBA-WRITE", VF0));

	record_typical(&r, "M-RST", "nvme");
	record_pba(&r, VF0, 5, 0, 0);
	record_do(&r, "pba-write", VF0, "'off':0,'width':4,'value':4294967295", "'res':'ok'");
	record_flr(&r, "flr");
	record_pba(&r, VF0, 5, 0, 0);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "PBA-WRITE", VF0));
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "PBA-DEF", VF0));
	record_close(&r);
}

static enum verdict pba_default(const char *method, uint64_t pending)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_flr(&r, method);
	record_pba(&r, VF0, 5, 0, pending);
	return verdict_and_close(&r, "PBA-DEF", VF0);
}

TEST(pba_clear_by_default)
{
	EXPECT_EQ(VERDICT_PASS, pba_default("flr", 0));
	EXPECT_EQ(VERDICT_FAIL, pba_default("flr", 0x10));
	EXPECT_EQ(VERDICT_NOT_RUN, pba_default("sysfs", 0x10));
}

TEST(pba_after_a_shrink)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_resize(&r, VF0, 3);
	record_pba(&r, VF0, 3, 0, 7);
	EXPECT_EQ(VERDICT_PASS, verdict_and_close(&r, "PBA-SHRINK", VF0));

	record_typical(&r, "M-RST", "nvme");
	record_resize(&r, VF0, 3);
	record_pba(&r, VF0, 3, 0, 0x10);
	EXPECT_EQ(VERDICT_FAIL, verdict_and_close(&r, "PBA-SHRINK", VF0));
}

/* --- storage --- */

static const char *const storage[] = {"TBL-RW", "TBL-ACC-DW", "TBL-ACC-QW", "TBL-ALIAS"};

static void storage_of(unsigned width, void (*fault)(struct msix_entry *), enum verdict *verdict)
{
	struct msix_entry entry[5];
	struct record r;

	fill(entry, 5, 1);
	record_typical(&r, "M-RST", "nvme");
	record_table(&r, VF0, 5, masked, 5);
	record_write(&r, VF0, entry, 5, width, "ok");
	if (fault)
		fault(entry);
	record_table(&r, VF0, 5, entry, 5);
	for (size_t i = 0; i < sizeof(storage) / sizeof(storage[0]); i++)
		verdict[i] = record_verdict(&r, storage[i], VF0);
	record_close(&r);
}

static void short_data(struct msix_entry *entry)
{
	entry[3].msg.data &= 0xffff;
}

static void upper_lost(struct msix_entry *entry)
{
	entry[1].msg.addr = (uint32_t)entry[1].msg.addr;
}

static void aliased(struct msix_entry *entry)
{
	entry[0].msg = entry[4].msg;
}

static void reserved_bits(struct msix_entry *entry)
{
	entry[2].ctrl |= 0xffff0000;
	entry[2].msg.addr |= 3;
}

TEST(storage_holds)
{
	enum verdict verdict[4];

	storage_of(4, NULL, verdict);
	EXPECT_EQ(VERDICT_PASS, verdict[0]);
	EXPECT_EQ(VERDICT_PASS, verdict[1]);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict[2]);
	EXPECT_EQ(VERDICT_PASS, verdict[3]);
	storage_of(8, reserved_bits, verdict);
	EXPECT_EQ(VERDICT_PASS, verdict[0]);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict[1]);
	EXPECT_EQ(VERDICT_PASS, verdict[2]);
}

TEST(storage_broken)
{
	enum verdict verdict[4];

	storage_of(4, short_data, verdict);
	EXPECT_EQ(VERDICT_FAIL, verdict[0]);
	EXPECT_EQ(VERDICT_FAIL, verdict[1]);
	EXPECT_EQ(VERDICT_PASS, verdict[3]);
	storage_of(8, upper_lost, verdict);
	EXPECT_EQ(VERDICT_FAIL, verdict[2]);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict[1]);
	storage_of(4, aliased, verdict);
	EXPECT_EQ(VERDICT_FAIL, verdict[3]);
}

/* A failed write, a driver, or a reset before the look: nothing is known of the content. */
TEST(storage_not_judged)
{
	struct msix_entry entry[5];
	struct record r;

	fill(entry, 5, 1);
	record_typical(&r, "M-RST", "nvme");
	record_table(&r, VF0, 5, masked, 5);
	record_write(&r, VF0, entry, 5, 4, "EIO");
	record_table(&r, VF0, 5, masked, 5);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-RW", VF0));
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-ALIAS", VF0));
	record_close(&r);

	record_typical(&r, "M-RST", "nvme");
	record_write(&r, VF0, entry, 5, 4, "ok");
	record_flr(&r, "flr");
	record_table(&r, VF0, 5, masked, 5);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "TBL-RW", VF0));

	record_typical(&r, "M-RST", "nvme");
	record_do(&r, "bind", VF0, "'driver':'nvme'", "'res':'ok'");
	record_write(&r, VF0, entry, 5, 4, "ok");
	record_table(&r, VF0, 5, masked, 5);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "TBL-RW", VF0));
}

/* Writing an entry that is not masked has no defined result. */
TEST(storage_of_an_unmasked_entry)
{
	struct msix_entry before[5], entry[5];
	struct record r;

	memcpy(before, masked, sizeof(before));
	before[3].ctrl = 0;
	fill(entry, 5, 1);
	record_typical(&r, "M-RST", "nvme");
	record_table(&r, VF0, 5, before, 5);
	record_write(&r, VF0, entry, 5, 4, "ok");
	short_data(entry);
	record_table(&r, VF0, 5, entry, 5);
	EXPECT_EQ(VERDICT_PASS, verdict_and_close(&r, "TBL-RW", VF0));
}

static enum verdict alias_vf(uint32_t seen_salt, const char *res)
{
	struct msix_entry own[5], other[5];
	struct record r;

	fill(own, 5, 1);
	fill(other, 5, 2);
	record_typical(&r, "M-RST", "nvme");
	record_write(&r, VF1, own, 5, 4, "ok");
	record_table(&r, VF1, 5, own, 5);
	record_write(&r, VF0, other, 5, 4, res);
	own[2].msg.data = pattern(2, seen_salt).msg.data;
	record_table(&r, VF1, 5, own, 5);
	return verdict_and_close(&r, "TBL-ALIAS-VF", VF1);
}

TEST(tables_apart)
{
	EXPECT_EQ(VERDICT_PASS, alias_vf(1, "ok"));
	EXPECT_EQ(VERDICT_FAIL, alias_vf(2, "ok"));
	EXPECT_EQ(VERDICT_NOT_RUN, alias_vf(1, "EIO"));
}

/* After a reset nobody knows what the entries hold: that they hold nothing foreign says nothing. */
TEST(tables_of_unknown_content)
{
	struct msix_entry own[5], other[5];
	struct record r;

	fill(own, 5, 1);
	fill(other, 5, 2);
	record_typical(&r, "M-RST", "nvme");
	record_table(&r, VF1, 5, own, 5);
	record_write(&r, VF0, other, 5, 4, "ok");
	record_do(&r, "reset", VF1, "'method':'flr'", "'res':'ok','us':100000");
	record_table(&r, VF1, 5, masked, 5);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-ALIAS-VF", VF1));
	record_close(&r);
}

static enum verdict stale(unsigned shown, bool shrink, int grow)
{
	struct msix_entry lost[5], seen[9];
	struct record r;

	fill(lost, 5, 1);
	memcpy(seen, masked, sizeof(seen));
	seen[shown] = lost[4];
	record_typical(&r, "M-RST", "nvme");
	record_msix(&r, VF0, 4);
	record_msix(&r, VF1, 4);
	record_write(&r, VF0, lost, 5, 4, "ok");
	record_table(&r, VF0, 5, lost, 5);
	if (shrink)
		record_resize(&r, VF0, 2);
	record_resize(&r, VF1, grow);
	record_table(&r, VF1, (unsigned)grow, seen, 9);
	return verdict_and_close(&r, "TBL-STALE", VF1);
}

TEST(nothing_stale)
{
	EXPECT_EQ(VERDICT_FAIL, stale(6, true, 9));
	EXPECT_EQ(VERDICT_PASS, stale(3, true, 9));     /* not one of the new ones */
	EXPECT_EQ(VERDICT_NOT_RUN, stale(6, false, 9)); /* nothing was lost */
	EXPECT_EQ(VERDICT_NOT_RUN, stale(3, true, 4));  /* nothing was gained */
}

/* The same pattern that this VF wrote itself, before it shrank and grew, is its own. */
TEST(nothing_stale_of_its_own)
{
	struct msix_entry entry[9];
	struct record r;

	fill(entry, 9, 3);
	record_typical(&r, "M-RST", "nvme");
	record_resize(&r, VF0, 9);
	record_resize(&r, VF1, 9);
	record_write(&r, VF0, entry, 9, 4, "ok");
	record_table(&r, VF0, 9, entry, 9);
	record_write(&r, VF1, entry, 9, 4, "ok");
	record_table(&r, VF1, 9, entry, 9);
	record_resize(&r, VF0, 2);
	record_resize(&r, VF1, 5);
	record_resize(&r, VF1, 9);
	record_table(&r, VF1, 9, entry, 9);
	EXPECT_EQ(VERDICT_PASS, verdict_and_close(&r, "TBL-STALE", VF1));
}

/* --- accesses of other sizes --- */

/* What a write of one byte to VF0's table, or PBA, did: a step of each, as it should be or not. */
enum harm { HARM_NONE, HARM_GONE, HARM_OTHER, HARM_STUCK, HARM_SPLAT, HARM_BY_DWORD, HARM_BEFORE };

static void small_write(struct record *r, enum harm harm, bool pba)
{
	struct msix_entry entry[5], other[5];

	fill(entry, 5, 1);
	fill(other, 5, 2);
	record_typical(r, "M-RST", "nvme");
	record_write(r, VF0, entry, 5, 4, "ok");
	record_table(r, VF0, 5, harm == HARM_BEFORE ? masked : entry, 5);
	record_table(r, VF1, 5, other, 5);
	if (harm == HARM_BY_DWORD)
		record_write(r, VF0, entry, 5, 4, "ok");
	if (pba)
		record_do(r, "pba-write", VF0, "'off':2,'width':2,'value':65535", "'res':'ok'");
	else
		record_write(r, VF0, entry, 5, 1, "ok");
	if (harm == HARM_GONE)
		record_msix_gone(r, VF0);
	else
		record_msix(r, VF0, 4);
	if (harm == HARM_OTHER || harm == HARM_BY_DWORD)
		other[3].msg.data++;
	record_table(r, VF1, 5, other, 5);
	fill(entry, 5, 3);
	record_write(r, VF0, entry, 5, 4, "ok");
	if (harm == HARM_STUCK || harm == HARM_BEFORE)
		entry[2] = pattern(2, 1);
	record_table(r, VF0, 5, entry, 5);
	record_tell(r, "{'ev':'obs','obs':'klog','lines':['nvme 0000:01:00.1: hello','%s']}",
		    harm == HARM_SPLAT ? "BUG: kernel NULL pointer dereference" : "quiet");
}

static enum verdict after_small_write(enum harm harm, bool pba)
{
	struct record r;

	small_write(&r, harm, pba);
	return verdict_and_close(&r, "TBL-ACC-OTHER", VF0);
}

TEST(small_writes_do_no_harm)
{
	struct record r;

	for (int pba = 0; pba < 2; pba++) {
		EXPECT_EQ(VERDICT_PASS, after_small_write(HARM_NONE, pba));
		EXPECT_EQ(VERDICT_NOTE, after_small_write(HARM_GONE, pba));
		EXPECT_EQ(VERDICT_NOTE, after_small_write(HARM_OTHER, pba));
		EXPECT_EQ(VERDICT_NOTE, after_small_write(HARM_STUCK, pba));
		EXPECT_EQ(VERDICT_NOTE, after_small_write(HARM_SPLAT, pba));
		/* An aligned write may have done it: not for this rule to say. */
		EXPECT_EQ(VERDICT_PASS, after_small_write(HARM_BY_DWORD, pba));
		EXPECT_EQ(VERDICT_PASS, after_small_write(HARM_BEFORE, pba));
	}

	small_write(&r, HARM_OTHER, false);
	EXPECT_STREQ("T[3] of " VF1 " changed", record_seen(&r, "TBL-ACC-OTHER", VF0));
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-ACC-OTHER", VF1));
	record_close(&r);
}

/* What the table holds after them is undefined, and so is an access that was refused. */
TEST(small_writes_not_judged)
{
	struct msix_entry entry[5];
	struct record r;

	fill(entry, 5, 1);
	record_typical(&r, "M-RST", "nvme");
	record_table(&r, VF0, 5, masked, 5);
	record_write(&r, VF0, entry, 5, 4, "ok");
	record_write(&r, VF0, entry, 5, 2, "ok");
	record_table(&r, VF0, 5, masked, 5);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-RW", VF0));
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-ALIAS", VF0));
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-ACC-OTHER", VF0));
	record_close(&r);

	record_typical(&r, "M-RST", "nvme");
	record_write(&r, VF0, entry, 5, 2, "EINVAL");
	record_msix_gone(&r, VF0);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "TBL-ACC-OTHER", VF0));

	/* Gone, but by another's doing. */
	record_typical(&r, "M-RST", "nvme");
	record_write(&r, VF0, entry, 5, 1, "ok");
	record_do(&r, "numvfs", PF, "'count':0", "'res':'ok','count_now':0");
	record_msix_gone(&r, VF0);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "TBL-ACC-OTHER", VF0));
}

/* --- vectors --- */

struct walked {
	enum verdict silent, pending, fired, index;
};

/* What there is to see of a vector behind its mask. */
struct behind_mask {
	bool no_control;
	int while_masked;
	uint64_t pba;
	int after;
	uint64_t pba_after;
};

static struct walked behind_mask(const struct behind_mask *m, bool fm)
{
	struct walked walked;
	struct record r;

	record_armed(&r, !m->no_control);
	if (fm)
		record_fm(&r, true);
	else
		record_mask(&r, 3, true);
	record_fire(&r, 3, "ok");
	record_events(&r, 3, m->while_masked, 50000);
	record_pba(&r, VF0, 5, 0, m->pba);
	if (fm)
		record_fm(&r, false);
	else
		record_mask(&r, 3, false);
	record_events(&r, 3, m->after, 500000);
	record_pba(&r, VF0, 5, 0, m->pba_after);
	walked.silent = record_verdict(&r, "TBL-MASKED-NOFIRE", VF0);
	walked.pending = record_verdict(&r, "TBL-PEND-SET", VF0);
	walked.fired = record_verdict(&r, fm ? "TBL-FM-PEND" : "TBL-UNMASK-FIRE", VF0);
	walked.index = record_verdict(&r, "PBA-IDX", VF0);
	record_close(&r);
	return walked;
}

TEST(vector_behind_its_mask)
{
	struct walked w = behind_mask(&(struct behind_mask){.pba = 8, .after = 1}, false);

	EXPECT_EQ(VERDICT_PASS, w.silent);
	EXPECT_EQ(VERDICT_PASS, w.pending);
	EXPECT_EQ(VERDICT_PASS, w.fired);
	EXPECT_EQ(VERDICT_PASS, w.index);
}

TEST(vector_behind_function_mask)
{
	struct walked w = behind_mask(&(struct behind_mask){.pba = 8, .after = 1}, true);

	EXPECT_EQ(VERDICT_PASS, w.silent);
	EXPECT_EQ(VERDICT_PASS, w.pending);
	EXPECT_EQ(VERDICT_PASS, w.fired);
	EXPECT_EQ(VERDICT_NOT_RUN, w.index); /* others may be pending, too */
}

TEST(vector_sent_while_masked)
{
	struct behind_mask m = {.while_masked = 1, .pba = 0};

	EXPECT_EQ(VERDICT_FAIL, behind_mask(&m, false).silent);
	EXPECT_EQ(VERDICT_FAIL, behind_mask(&m, true).silent);
	m.no_control = true; /* what did come needs none */
	EXPECT_EQ(VERDICT_FAIL, behind_mask(&m, false).silent);
}

TEST(vector_not_pending)
{
	struct walked w = behind_mask(&(struct behind_mask){.after = 1}, false);

	EXPECT_EQ(VERDICT_FAIL, w.pending);
	EXPECT_EQ(VERDICT_NOT_RUN, w.fired); /* nothing was pending that had to be sent */
	EXPECT_EQ(VERDICT_NOT_RUN, w.index);
}

TEST(vector_pending_for_ever)
{
	struct behind_mask m = {.pba = 8, .after = 1, .pba_after = 8};

	EXPECT_EQ(VERDICT_FAIL, behind_mask(&m, false).pending);
}

TEST(vector_lost_or_doubled)
{
	struct behind_mask m = {.pba = 8, .after = 0};

	EXPECT_EQ(VERDICT_FAIL, behind_mask(&m, false).fired);
	EXPECT_EQ(VERDICT_FAIL, behind_mask(&m, true).fired);
	m.after = 2;
	EXPECT_EQ(VERDICT_FAIL, behind_mask(&m, false).fired);
	EXPECT_EQ(VERDICT_FAIL, behind_mask(&m, true).fired);
}

TEST(vector_without_control)
{
	struct behind_mask m = {.no_control = true, .pba = 0, .after = 0};
	struct walked w = behind_mask(&m, false);

	EXPECT_EQ(VERDICT_NOT_RUN, w.silent);
	EXPECT_EQ(VERDICT_NOT_RUN, w.pending);
	EXPECT_EQ(VERDICT_NOT_RUN, w.fired);
}

TEST(vector_with_another_bit)
{
	EXPECT_EQ(VERDICT_FAIL, behind_mask(&(struct behind_mask){.pba = 4}, false).index);
	EXPECT_EQ(VERDICT_FAIL, behind_mask(&(struct behind_mask){.pba = 9}, false).index);
	/* Where the bit is wrong it is not missing. */
	EXPECT_NE(VERDICT_FAIL, behind_mask(&(struct behind_mask){.pba = 4}, false).pending);
}

/* Fired before, and it never came: somebody may have masked that one. */
TEST(vector_that_never_came)
{
	struct record r;

	record_armed(&r, true);
	record_fire(&r, 2, "ok");
	record_events(&r, 2, 0, 500000);
	record_mask(&r, 3, true);
	record_fire(&r, 3, "ok");
	record_events(&r, 3, 0, 50000);
	record_pba(&r, VF0, 5, 0, 0x0c);
	EXPECT_EQ(VERDICT_PASS, verdict_and_close(&r, "PBA-IDX", VF0));
}

/* The bit of a vector that is gone is PBA-SHRINK's, of one that never was PBA-SIZE's. */
TEST(pba_bits_by_rule)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_resize(&r, VF0, 3);
	record_pba(&r, VF0, 3, 0, 1 << 4);
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "PBA-SHRINK", VF0));
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "PBA-SIZE", VF0));
	record_close(&r);
	record_typical(&r, "M-RST", "nvme");
	record_resize(&r, VF0, 3);
	record_pba(&r, VF0, 3, 0, 1 << 5);
	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "PBA-SHRINK", VF0));
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "PBA-SIZE", VF0));
	record_close(&r);
}

/* What was written in another scenario need not be there any more. */
TEST(storage_in_another_scenario)
{
	struct msix_entry entry[5];
	struct record r;

	fill(entry, 5, 1);
	record_typical(&r, "M-RST", "nvme");
	record_write(&r, VF0, entry, 5, 4, "ok");
	record_tell(&r, "{'ev':'begin','suite':'unit','scenario':'other'}");
	record_table(&r, VF0, 5, masked, 5);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "TBL-RW", VF0));
}

/* A control of an earlier scenario is none, nor does an old mask count. */
TEST(vector_in_another_scenario)
{
	struct record r;

	record_armed(&r, true);
	record_mask(&r, 3, true);
	record_tell(&r, "{'ev':'begin','suite':'unit','scenario':'other'}");
	record_fire(&r, 3, "ok");
	record_pba(&r, VF0, 5, 0, 0);
	record_events(&r, 3, 0, 500000);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-MASKED-NOFIRE", VF0));
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-PEND-SET", VF0));
	record_close(&r);
}

/* An event that is not certain, a look that did not wait, a message sent before the mask. */
TEST(vector_not_certain)
{
	struct record r;

	record_armed(&r, true);
	record_mask(&r, 3, true);
	record_fire(&r, 3, "ETIMEDOUT");
	record_events(&r, 3, 0, 50000);
	record_pba(&r, VF0, 5, 0, 0);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-MASKED-NOFIRE", VF0));
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-PEND-SET", VF0));
	record_close(&r);

	record_armed(&r, true);
	record_mask(&r, 3, true);
	record_fire(&r, 3, "ok");
	record_pba(&r, VF0, 5, 0, 8);
	record_mask(&r, 3, false);
	record_events(&r, 3, 0, 10);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "TBL-UNMASK-FIRE", VF0));

	record_armed(&r, true);
	record_fire(&r, 3, "ok");
	record_mask(&r, 3, true);
	record_fire(&r, 3, "ok");
	record_events(&r, 3, 1, 50000);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "TBL-MASKED-NOFIRE", VF0));
}

static enum verdict killed(bool control, const char *res, int came)
{
	struct record r;

	record_armed(&r, false);
	record_fire(&r, 4, "ok");
	record_events(&r, 4, control, 1000);
	record_resize(&r, VF0, 4);
	record_fire(&r, 4, res);
	record_events(&r, 4, came, 50000);
	return verdict_and_close(&r, "TBL-SHRINK-KILL", VF0);
}

TEST(vector_shrunk_away)
{
	EXPECT_EQ(VERDICT_PASS, killed(true, "ok", 0));
	EXPECT_EQ(VERDICT_PASS, killed(true, "ETIMEDOUT", 0));
	EXPECT_EQ(VERDICT_FAIL, killed(true, "ok", 1));
	EXPECT_EQ(VERDICT_NOT_RUN, killed(false, "ok", 0));
	EXPECT_EQ(VERDICT_NOT_RUN, killed(true, "EINVAL", 0)); /* it never reached the device */
}

static enum verdict beyond(bool control, const char *watch)
{
	struct record r;

	record_armed(&r, false);
	record_shot(&r, "control", 1,
		    control ? "'events':{'" VF0 "':[0,1,0,0,0]},'faults':[],'canary':'same'"
			    : "'events':{'" VF0 "':[0,0,0,0,0]},'faults':[],'canary':'same'");
	record_shot(&r, "beyond-size", 6, watch);
	return verdict_and_close(&r, "TBL-BEYOND", VF0);
}

TEST(entry_beyond_the_table)
{
	const char *nothing = "'events':{'" VF0 "':[0,0,0,0,0]},'faults':[],'canary':'same'";
	const char *message = "'events':{'" VF0 "':[1,0,0,0,0]},'faults':[],'canary':'same'";
	const char *write = "'events':{},'faults':[],'canary':'written'";
	const char *fault = "'events':{},'faults':[{'source':'" VF0 "'}],'canary':'same'";
	const char *other = "'events':{},'faults':[{'source':'" VF1 "'}],'canary':'same'";
	/* Not the address of the shot: some other write of the function. */
	const char *own =
		"'events':{},'faults':[{'kind':'dma','source':'" VF0 "','addr':0}],'canary':'same'";

	EXPECT_EQ(VERDICT_PASS, beyond(true, nothing));
	EXPECT_EQ(VERDICT_NOT_RUN, beyond(false, nothing));
	EXPECT_EQ(VERDICT_WARN, beyond(true, message));
	EXPECT_EQ(VERDICT_WARN, beyond(true, write));
	EXPECT_EQ(VERDICT_WARN, beyond(true, fault));
	EXPECT_EQ(VERDICT_PASS, beyond(true, other));
	EXPECT_EQ(VERDICT_PASS, beyond(true, own));
}

TEST(vectors_need_an_engine)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
	struct record r;
	char *bytes = json_dumps(json_hex(vf.byte, vf.len), JSON_ENCODE_ANY);

	record_open(&r, true);
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_tell(&r,
		    "{'ev':'function','fn':'" VF0 "','pf':'" PF "','vf':0,'vendor':'8086','device':"
		    "'1520','class':'020000','driver':null,'group':1,'engine':'none','bytes':%s,"
		    "'bars':[]}",
		    bytes);
	EXPECT_EQ(VERDICT_SKIP, record_verdict(&r, "TBL-MASKED-NOFIRE", VF0));
	EXPECT_EQ(VERDICT_SKIP, record_verdict(&r, "TBL-BEYOND", VF0));
	record_close(&r);
	free(bytes);
}

TEST_HARNESS_MAIN
