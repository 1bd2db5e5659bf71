/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of bursts, of a driver that is gone and of a reset in mid-attack; and the attack matrix. */
#include "kselftest_harness.h"
#include "story.h"

#define TOLD(rule, ...) STORY("M-RST", "nvme", rule, VF0, __VA_ARGS__)

#define SHOT_KEYS(kind, more)                                                             \
	DONE("shot", VF0,                                                                 \
	     "'kind':'" kind "','entry':1,'addr':4276092928,'data':0,'victim':null," more \
	     "'victim_vector':-1," OK)
#define SHOT(kind) SHOT_KEYS(kind, "")
#define WATCHED_AT(t, events, rows, klog, faults)                                                \
	"{'ev':'obs','obs':'watch','t':" t ",'fn':'" VF0 "','events':{" events "},'rows':[" rows \
	"],'machine':{},'klog':[" klog "],'faults':[" faults                                     \
	"],'fsts':-1,'canary':'same','waited_us':1}"
#define WATCHED(events, rows, klog, faults) WATCHED_AT("1", events, rows, klog, faults)
#define NO_EVENTS                           "'" VF0 "':[0,0,0],'" VF1 "':[0,0,0]"
#define OWN_EVENT                           "'" VF0 "':[0,1,0],'" VF1 "':[0,0,0]"
#define NOTHING                             WATCHED(NO_EVENTS, "", "", "")
#define CONTROL                             SHOT("control"), WATCHED(OWN_EVENT, "", "", "")
#define DEAD                                SHOT("control"), NOTHING
#define FAULT(kind, fn) \
	"{'kind':'" kind "','source':'" fn "','write':true,'addr':0,'index':66,'reason':34}"

/* Own vectors: entries 0 to 2 with handles 10h, 11h and 12h, the subhandle 0 valid. */
#define ENTRY(low) low "e0fe000000000000000000000000"
#define TABLE                                                \
	VFIO_OPEN(VF0), VFIO_IRQS(VF0, "0", "3", "ok", "0"), \
		LOOK_TABLE(VF0,                              \
			   ENTRY("1802") ENTRY("3802") ENTRY("5802") ENTRY_MASKED ENTRY_MASKED)
#define OWN_MSG "[4276093496,0]" /* FEE0_0238h: handle 11h */
#define FOREIGN "[4276094008,0]" /* FEE0_0438h: handle 21h */
#define BURST(kind, messages, fired)                                                        \
	DONE("shot", VF0,                                                                   \
	     "'kind':'" kind "','entry':1,'seed':1,'first':0,'messages':[" messages "]," OK \
	     ",'fired':" fired)
#define TWO BURST("random-handle", FOREIGN "," FOREIGN, "2")

TEST(random_messages)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-RANDOM", TABLE, CONTROL, TWO, NOTHING, CONTROL));
	/* No control before it, none after it, or a device that gave up in between. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-RANDOM", TABLE, DEAD, TWO, NOTHING, CONTROL));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-RANDOM", TABLE, CONTROL, TWO, NOTHING, DEAD));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-RANDOM", TABLE, CONTROL, TWO, NOTHING, BEGIN, CONTROL));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-RANDOM", TABLE, CONTROL,
		       BURST("random-handle", FOREIGN "," FOREIGN, "1"), NOTHING, CONTROL));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-RANDOM", TABLE, CONTROL, TWO,
				     WATCHED("'" VF1 "':[0,0,1]", "", "", "")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("IOM-RANDOM", TABLE, CONTROL, TWO,
		       WATCHED(NO_EVENTS, "",
			       "'__common_interrupt: 0.219 No irq handler for vector'", "")));
}

TEST(random_messages_that_name_its_own)
{
#define ARRIVES(messages, events)                                                 \
	TOLD("IOM-RANDOM", TABLE, CONTROL, BURST("random-handle", messages, "2"), \
	     WATCHED(events, "", "", ""), CONTROL)
	EXPECT_EQ(VERDICT_PASS, ARRIVES(OWN_MSG "," FOREIGN, OWN_EVENT));
	EXPECT_EQ(VERDICT_FAIL, ARRIVES(FOREIGN "," FOREIGN, OWN_EVENT));
	EXPECT_EQ(VERDICT_FAIL, ARRIVES(OWN_MSG "," FOREIGN, "'" VF0 "':[0,2,0]"));
	/* Reserved bits are set: it is no sound request for anything. */
	EXPECT_EQ(VERDICT_FAIL, ARRIVES("[4276093496,65536]," FOREIGN, OWN_EVENT));
}

TEST(random_writes)
{
#define WRITES(faults)                                                                 \
	TOLD("IOM-RANDOM", TABLE, CONTROL, BURST("random-dma", "[8571060224,0]", "1"), \
	     WATCHED(NO_EVENTS, "", "", faults), CONTROL)
	EXPECT_EQ(VERDICT_PASS, WRITES(FAULT("dma", VF0)));
	EXPECT_EQ(VERDICT_FAIL, WRITES(FAULT("interrupt", VF0)));
}

/* Linux tells of ten vectors without a handler in five seconds: then silence proves nothing. */
TEST(silence_of_a_log_that_is_full)
{
#define COMPAT    BURST("random-compat", "[4276092928,208]", "1")
#define TOLD_OF   "'__common_interrupt: 0.208 No irq handler for vector'"
#define SILENT(t) COMPAT, WATCHED_AT(t, NO_EVENTS, "", "", ""), CONTROL
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-RANDOM", TABLE, CONTROL, SILENT("2000000")));
	EXPECT_EQ(1, TOLD("IOM-RANDOM", TABLE, CONTROL, COMPAT,
			  WATCHED_AT("1000000", NO_EVENTS, "", TOLD_OF, "")) == VERDICT_FAIL);
	/* Single shots after it are not believed either, until the time has passed. */
#define FULL COMPAT, WATCHED_AT("1000000", NO_EVENTS, "", TOLD_OF, ""), CONTROL
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-HOSTVEC", TABLE, CONTROL, FULL, SHOT("compat-fixed"),
					WATCHED_AT("3000000", NO_EVENTS, "", "", "")));
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-HOSTVEC", TABLE, CONTROL, FULL, SHOT("compat-fixed"),
				     WATCHED_AT("7000000", NO_EVENTS, "", "", "")));
	/* Nor is it once single shots have filled the log. */
#define FIVE            TOLD_OF "," TOLD_OF "," TOLD_OF "," TOLD_OF "," TOLD_OF
#define FILLS(t, lines) SHOT("compat-fixed"), WATCHED_AT(t, NO_EVENTS, "", lines, ""), CONTROL
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("IOM-RANDOM", TABLE, CONTROL, FILLS("1000000", FIVE), SILENT("3000000")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-RANDOM", TABLE, CONTROL, FILLS("1000000", FIVE),
					FILLS("2000000", FIVE), SILENT("3000000")));
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-RANDOM", TABLE, CONTROL, FILLS("1000000", FIVE),
				     FILLS("7000000", FIVE), SILENT("8000000")));
}

#define BY_PENDING(kind, before, after) \
	SHOT_KEYS(kind, "'pending_before':" before ",'pending_after':" after ",")
#define SENT(kind)   BY_PENDING(kind, "true", "false")
#define UNSENT(kind) BY_PENDING(kind, "false", "false")
#define GONE         UNBIND(VF0)

TEST(driver_gone)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-GONE", CONTROL, GONE, SENT("absent-handle"), NOTHING));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-GONE", CONTROL, GONE, SENT("absent-handle"),
				     WATCHED("'" VF1 "':[1]", "", "", "")));
	/* Nothing was pending, after a control; and without one. */
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-GONE", CONTROL, GONE, UNSENT("absent-handle"), NOTHING));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-GONE", DEAD, GONE, UNSENT("absent-handle"), NOTHING));
	/* It has a driver. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-GONE", BIND(VF0, "vfio-pci"), CONTROL, SENT("absent-handle"), NOTHING));
}

#define FLR RESET(VF0, "flr")

TEST(reset_in_mid_attack)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-RESET", CONTROL, FLR, UNSENT("control"), NOTHING));
	/* What was pending is sent: it arrives, is reported, or has left at least. */
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-RESET", CONTROL, FLR, UNSENT("control"),
				     WATCHED(OWN_EVENT, "", "", "")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-RESET", CONTROL, FLR, UNSENT("dma-unmapped"),
				     WATCHED(NO_EVENTS, "", "", FAULT("dma", VF0))));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-RESET", CONTROL, FLR, SENT("dma-unmapped"), NOTHING));
	/* No control before the reset, or no reset. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-RESET", DEAD, FLR, UNSENT("control"), NOTHING));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-RESET", FLR, CONTROL, UNSENT("control"), NOTHING));
}

/* --- somebody writes the table while the kernel does --- */

#define ALLOC(count) \
	DONE("alloc", VF0, "'min':1,'max':" count ",'flags':4,'pre':0,'post':0,'ret':" count "," OK)
#define SIDES(begin)                                                                       \
	"'sides':[{'fn':'" VF0 "','table':8208,'addr':0,'data':0,'res':'ok','begin_us':0," \
	"'end_us':900,'writes':9},{'fn':'" VF0 "','attr':'reset','value':'1','res':'ok',"  \
	"'begin_us':" begin ",'end_us':1900}]"
#define RACE(begin) DONE("race", VF0, "'offset_us':0," SIDES(begin) "," OK)
#define KERNELS     LOOK_TABLE(VF0, ENTRY("1802") ENTRY("3802") ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED)
#define HOSTILES    LOOK_TABLE(VF0, ENTRY("1802") ENTRY("9802") ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED)
#define MASKED_ONE \
	LOOK_TABLE(VF0, ENTRY("1802") ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED)
#define RACED(...) TOLD("IOM-RACE", ALLOC("2"), KERNELS, __VA_ARGS__)

TEST(writes_while_the_kernel_does)
{
	EXPECT_EQ(VERDICT_PASS, RACED(RACE("100"), NOTHING, RESET(VF0, "sysfs"), KERNELS));
	EXPECT_EQ(VERDICT_FAIL, RACED(RACE("100"), NOTHING, RESET(VF0, "sysfs"), HOSTILES));
	EXPECT_EQ(VERDICT_FAIL, RACED(RACE("100"), NOTHING, RESET(VF0, "sysfs"), MASKED_ONE));
	EXPECT_EQ(VERDICT_FAIL, RACED(RACE("100"), WATCHED("'" VF1 "':[1]", "", "", "")));
	/* Until the kernel has been at it alone, whoever wrote last is right. */
	EXPECT_EQ(VERDICT_NOT_RUN, RACED(RACE("100"), NOTHING, HOSTILES));
	/* They did not meet; the kernel has given its vectors back since; it never had any. */
	EXPECT_EQ(VERDICT_NOT_RUN, RACED(RACE("1000"), NOTHING, RESET(VF0, "sysfs"), HOSTILES));
	EXPECT_EQ(VERDICT_NOT_RUN, RACED(RACE("100"), NOTHING, DONE("free", VF0, OK),
					 RESET(VF0, "sysfs"), HOSTILES));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-RACE", KERNELS, RACE("100"), NOTHING, RESET(VF0, "sysfs"), HOSTILES));
}

/* --- the matrix --- */

/* What the matrix says of the one message that was shot; NULL where it tells of several. */
static const char *outcome(const char *const *lines, unsigned long *shots)
{
	const struct attack *attack;
	const char *found = NULL;
	struct record r;
	size_t count;

	*shots = 0;
	record_typical(&r, "M-RST", "nvme");
	record_tell_all(&r, lines);
	record_verdict(&r, "IOM-NODELIVER", VF0);
	count = judge_attacks(r.judge, &attack);
	for (size_t i = 0; i < count; i++) {
		if (!attack[i].shots)
			continue;
		found = *shots ? NULL : attack_outcome(&attack[i]);
		*shots += attack[i].shots;
	}
	record_close(&r);
	return found;
}

#define OUTCOME(...) outcome((const char *const[]){__VA_ARGS__, NULL}, &shots)

TEST(matrix)
{
	unsigned long shots;

	EXPECT_STREQ("delivered", OUTCOME(TABLE, CONTROL, SHOT("absent-handle"),
					  WATCHED("'" VF1 "':[1]", "", "", "")));
	EXPECT_STREQ("blocked, reported",
		     OUTCOME(TABLE, CONTROL, SHOT("absent-handle"),
			     WATCHED(NO_EVENTS, "", "", FAULT("interrupt", VF0))));
	EXPECT_STREQ("blocked, silent", OUTCOME(TABLE, CONTROL, SHOT("absent-handle"), NOTHING));
	EXPECT_STREQ("unproven", OUTCOME(TABLE, DEAD, SHOT("absent-handle"), NOTHING));
	EXPECT_STREQ("by right", OUTCOME(TABLE, CONTROL, SHOT("own-handle"),
					 WATCHED("'" VF0 "':[1,0,0]", "", "", "")));
	EXPECT_STREQ("delivered", OUTCOME(TABLE, CONTROL, TWO, WATCHED(OWN_EVENT, "", "", "")));
	EXPECT_STREQ("not sent", OUTCOME(CONTROL, FLR, UNSENT("control"), NOTHING));
	EXPECT_EQ(1, shots);
}

TEST_HARNESS_MAIN
