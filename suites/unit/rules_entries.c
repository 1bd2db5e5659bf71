/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of entries that leave much open: defaults of their fields, Steering Tags, whose slice a
 * table is in, and what a change of an unmasked entry may do.
 */
#include "kselftest_harness.h"
#include "judging.h"
#include "tables.h"

/* --- defaults --- */

static enum verdict after_reset(const char *rule, const char *method, struct msix_entry third)
{
	struct msix_entry entry[5];
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	fill(entry, 5, 1);
	record_write(&r, VF0, entry, 5, 4, "ok");
	record_table(&r, VF0, 5, entry, 5);
	if (!strcmp(method, "vfe"))
		record_vfe(&r, false);
	else
		record_flr(&r, method);
	memcpy(entry, masked, sizeof(entry));
	entry[3] = third;
	record_table(&r, VF0, 5, entry, 5);
	return verdict_and_close(&r, rule, VF0);
}

TEST(defaults)
{
	static const char *const rules[] = {"TBL-ADDR-LOW", "TBL-ADDR-RESET", "TBL-RSVD"};
	const struct msix_entry broken[] = {{{.addr = 1}, 1}, pattern(3, 1), {{0}, 0x80000001}};

	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(VERDICT_PASS, after_reset(rules[i], "flr", masked[0]));
		EXPECT_EQ(VERDICT_NOTE, after_reset(rules[i], "flr", broken[i]));
		/* What a VF shows of the one before it is RST-VFE-STATE's. */
		EXPECT_EQ(i == 1 ? VERDICT_NOT_RUN : VERDICT_PASS,
			  after_reset(rules[i], "vfe", masked[0]));
		EXPECT_EQ(i == 1 ? VERDICT_NOT_RUN : VERDICT_NOTE,
			  after_reset(rules[i], "vfe", broken[i]));
		/* The kernel's way restores what was there. */
		EXPECT_EQ(VERDICT_NOT_RUN, after_reset(rules[i], "sysfs", broken[i]));
		for (int k = 0; k < 3; k++)
			if (k != i)
				EXPECT_EQ(VERDICT_PASS, after_reset(rules[i], "flr", broken[k]));
	}
}

/* Undefined is undefined: any other message will do, and nothing is said where there was none. */
TEST(default_messages_are_undefined)
{
	struct msix_entry entry[5];
	struct record r;

	EXPECT_EQ(VERDICT_PASS, after_reset("TBL-ADDR-RESET", "flr", pattern(3, 2)));
	record_typical(&r, "M-RST", "nvme");
	record_table(&r, VF0, 5, masked, 5);
	record_flr(&r, "flr");
	fill(entry, 5, 1);
	record_table(&r, VF0, 5, entry, 5);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "TBL-ADDR-RESET", VF0));
}

/* A BAR that nobody decodes has no defaults. */
TEST(defaults_need_an_answer)
{
	struct msix_entry none[5];
	struct record r;

	memset(none, 0xff, sizeof(none));
	record_typical(&r, "M-RST", "nvme");
	record_flr(&r, "flr");
	record_table(&r, VF0, 5, none, 5);
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-ADDR-LOW", VF0));
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "TBL-RSVD", VF0));
	record_close(&r);
}

/* --- Steering Tags --- */

#define TPH 0x120

/* @where: ST Table Location and other bits of the TPH Requester Capability; 0: no capability. */
static enum verdict steering(uint32_t where, bool fresh, uint32_t tag, uint32_t seen)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
	struct msix_entry entry[5];
	struct record r;

	fake_put(&vf, 0x100, 4, TPH << 20 | 0x1000e);
	if (where)
		fake_put(&vf, TPH, 4, 0x10017);
	fake_put(&vf, TPH + 4, 4, where);
	record_open(&r, true);
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_function(&r, VF0, 0, &vf, FAKE_BAR);
	record_tell(&r, "{'ev':'begin','suite':'unit','scenario':'unit'}");
	memcpy(entry, masked, sizeof(entry));
	if (fresh) {
		record_flr(&r, "flr");
	} else {
		entry[3].ctrl = tag << 16 | 1;
		record_write(&r, VF0, entry, 5, 4, "ok");
	}
	entry[3].ctrl = seen << 16 | 1;
	record_table(&r, VF0, 5, entry, 5);
	return verdict_and_close(&r, "CAP-TPH-ST", VF0);
}

TEST(steering_tags)
{
	EXPECT_EQ(VERDICT_PASS, steering(0x400, true, 0, 0));
	EXPECT_EQ(VERDICT_WARN, steering(0x400, true, 0, 0x12));
	EXPECT_EQ(VERDICT_PASS, steering(0x400, false, 0x12, 0x12));
	EXPECT_EQ(VERDICT_WARN, steering(0x400, false, 0x12, 0));
	/* The upper half is there with Extended TPH Requester Supported only. */
	EXPECT_EQ(VERDICT_PASS, steering(0x400, false, 0x8012, 0x12));
	EXPECT_EQ(VERDICT_WARN, steering(0x500, false, 0x8012, 0x12));
	/* Without a tag there is nothing to keep. */
	EXPECT_EQ(VERDICT_NOT_RUN, steering(0x400, false, 0, 0));
}

TEST(steering_tags_elsewhere)
{
	EXPECT_EQ(VERDICT_SKIP, steering(0, false, 0x12, 0));
	EXPECT_EQ(VERDICT_SKIP, steering(0x200, false, 0x12, 0));
}

/* --- slices --- */

/* VF1 holds a pattern of its own; then VF0 is written to, and T[2] is seen as it says. */
static enum verdict slices(bool own_kept, bool other_shows)
{
	struct msix_entry own[5], other[5];
	struct record r;

	fill(own, 5, 1);
	fill(other, 5, 2);
	record_typical(&r, "M-RST", "nvme");
	record_write(&r, VF1, other, 5, 4, "ok");
	record_table(&r, VF1, 5, other, 5);
	record_write(&r, VF0, own, 5, 4, "ok");
	record_table(&r, VF0, 5, own_kept ? own : masked, 5);
	if (other_shows)
		other[2] = own[2];
	record_table(&r, VF1, 5, other, 5);
	return verdict_and_close(&r, "CAP-VF-BIR", VF0);
}

TEST(own_slice)
{
	EXPECT_EQ(VERDICT_PASS, slices(true, false));
	EXPECT_EQ(VERDICT_FAIL, slices(false, true));
	/* In both: TBL-ALIAS-VF's. In neither: TBL-RW's. */
	EXPECT_EQ(VERDICT_NOT_RUN, slices(true, true));
	EXPECT_EQ(VERDICT_NOT_RUN, slices(false, false));
}

/* --- unmasked entries --- */

enum update { UPDATE_SOUND, UPDATE_GONE, UPDATE_STRAYS, UPDATE_SPLAT };

static enum verdict updated(bool unmasked, enum update update)
{
	struct msix_entry entry[5], other[5];
	struct record r;

	fill(entry, 5, 1);
	fill(other, 5, 2);
	record_typical(&r, "M-RST", "nvme");
	entry[3].ctrl = !unmasked;
	record_table(&r, VF1, 5, other, 5);
	record_table(&r, VF0, 5, entry, 5);
	fill(entry, 5, 3);
	record_write(&r, VF0, entry, 5, 4, "ok");
	if (update == UPDATE_GONE)
		record_msix_gone(&r, VF0);
	else
		record_msix(&r, VF0, 4);
	other[3].msg.data += update == UPDATE_STRAYS;
	record_table(&r, VF1, 5, other, 5);
	record_tell(&r, "{'ev':'obs','obs':'klog','lines':['%s']}",
		    update == UPDATE_SPLAT ? "WARNING: CPU: 0 PID: 1 at drivers/pci" : "quiet");
	return verdict_and_close(&r, "TBL-UPDATE-UNMASKED", VF0);
}

TEST(updates_of_unmasked_entries)
{
	EXPECT_EQ(VERDICT_PASS, updated(true, UPDATE_SOUND));
	EXPECT_EQ(VERDICT_NOTE, updated(true, UPDATE_GONE));
	EXPECT_EQ(VERDICT_NOTE, updated(true, UPDATE_STRAYS));
	EXPECT_EQ(VERDICT_NOTE, updated(true, UPDATE_SPLAT));
	for (enum update update = UPDATE_SOUND; update <= UPDATE_SPLAT; update++)
		EXPECT_EQ(VERDICT_NOT_RUN, updated(false, update));
}

/* Function Mask masks every entry, and a mask set since the look is one. */
TEST(updates_of_masked_entries)
{
	struct msix_entry entry[5] = {{{0}, 0}};
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_msix(&r, VF0, 0x4004);
	record_table(&r, VF0, 5, entry, 5);
	record_write(&r, VF0, masked, 5, 4, "ok");
	record_msix(&r, VF0, 0x4004);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "TBL-UPDATE-UNMASKED", VF0));

	record_typical(&r, "M-RST", "nvme");
	record_table(&r, VF0, 5, entry, 5);
	record_mask(&r, 0, true);
	record_write(&r, VF0, masked, 5, 4, "ok");
	record_msix(&r, VF0, 4);
	EXPECT_EQ(VERDICT_NOT_RUN, verdict_and_close(&r, "TBL-UPDATE-UNMASKED", VF0));
}

TEST_HARNESS_MAIN
