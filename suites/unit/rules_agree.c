/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two witnesses: they agree, they do not, one of them is silent or does not see that far. */
#include "kselftest_harness.h"
#include "story.h"

#define TOLD(rule, fn, ...) STORY("M-RST", "nvme", rule, fn, __VA_ARGS__)

#define SCOPE(sees, remapping, translation)                                                   \
	"{'ev':'witness','what':'begin','by':'qemu','sees':[" sees "],'remapping':" remapping \
	",'translation':" translation "}"
#define SEES_ALL SCOPE("'request','dma','fault','control','managed'", "true", "true")

#define ACT_OF(act, fn) "{'ev':'act','act':'" act "','fn':'" fn "'}"
#define SHOT(kind, addr, data, seen)                                            \
	ACT_OF("shot", VF0), seen,                                              \
		DONE("shot", VF0,                                               \
		     "'kind':'" kind "','entry':1,'addr':" addr ",'data':" data \
		     ",'victim':null,'victim_vector':-1," OK)
#define WATCHED(events, faults, canary)                              \
	SEEN("watch", VF0,                                           \
	     "'events':{'" VF0 "':[" events                          \
	     "]},'rows':[],'machine':{},'klog':[],'faults':[" faults \
	     "],'fsts':-1,'canary':'" canary "','waited_us':1")
#define ARRIVED WATCHED("0,1,0", "", "same")
#define NOTHING WATCHED("0,0,0", "", "same")

#define REQUEST(addr, data, outcome, more)                                          \
	"{'ev':'witness','what':'request','dma':false,'addr':" addr ",'data':" data \
	",'outcome':'" outcome "','count':1" more "}"
#define MSI    "4276092952" /* handle 0, remappable: FEE0_0018h */
#define ABSENT "4277133332"
#define OTHER                                                                                   \
	"{'ev':'witness','what':'request','dma':false,'addr':1,'data':1,'outcome':'remapped','" \
	"count':9}"
#define CONTROL      SHOT("control", MSI, "0", REQUEST(MSI, "0", "remapped", "")), ARRIVED
#define FORGED(seen) SHOT("absent-handle", ABSENT, "0", seen)

TEST(what_is_blocked_was_blocked)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("WIT-BLOCKED", VF0, SEES_ALL, CONTROL,
				     FORGED(REQUEST(ABSENT, "0", "blocked", "")), NOTHING));
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-BLOCKED", VF0, SEES_ALL, CONTROL,
				     FORGED(REQUEST(ABSENT, "0", "remapped", "")), NOTHING));
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-BLOCKED", VF0, SEES_ALL, CONTROL,
				     FORGED(REQUEST(ABSENT, "0", "passed", "")), NOTHING));
}

TEST(what_never_came_was_not_blocked)
{
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-BLOCKED", VF0, SEES_ALL, CONTROL, FORGED(OTHER), NOTHING));
	/* Another message, another function. */
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-BLOCKED", VF0, SEES_ALL, CONTROL,
				     FORGED(REQUEST(ABSENT, "1", "blocked", "")), NOTHING));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-BLOCKED", VF0, SEES_ALL, CONTROL,
		       FORGED(REQUEST(ABSENT, "0", "blocked", ",'source':'" VF1 "'")), NOTHING));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-BLOCKED", VF0, SEES_ALL, CONTROL,
		       FORGED(REQUEST(ABSENT, "0", "blocked", ",'devfn':2")), NOTHING));
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("WIT-BLOCKED", VF0, SEES_ALL, CONTROL,
		       FORGED(REQUEST(ABSENT, "0", "blocked", ",'devfn':1")), NOTHING));
	/* That of an earlier shot is none of this. */
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-BLOCKED", VF0, SEES_ALL, CONTROL,
				     FORGED(REQUEST(ABSENT, "0", "blocked", "")), NOTHING,
				     FORGED(OTHER), NOTHING));
}

TEST(no_witness_no_verdict)
{
	EXPECT_EQ(VERDICT_SKIP, TOLD("WIT-BLOCKED", VF0, CONTROL, FORGED(OTHER), NOTHING));
	EXPECT_EQ(VERDICT_SKIP, TOLD("WIT-SIZE", VF0, LOOK_AT(VF0, SIZE_3)));
	EXPECT_EQ(VERDICT_SKIP, TOLD("WIT-BLOCKED", VF0, SCOPE("'control'", "null", "null"),
				     CONTROL, FORGED(OTHER), NOTHING));
	/* Without a control absence proves nothing, for whomever. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("WIT-BLOCKED", VF0, SEES_ALL,
					FORGED(REQUEST(ABSENT, "0", "blocked", "")), NOTHING));
}

#define ROGUE(seen) SHOT("dma-unmapped", "545766264832", "1515890085", seen)
#define REFUSED(source, addr)                                                            \
	"{'ev':'witness','what':'request','dma':true,'source':'" source "','addr':" addr \
	",'write':true,'outcome':'blocked','reason':5,'count':1}"

TEST(dma_is_blocked)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("WIT-BLOCKED", VF0, SEES_ALL, CONTROL,
				     ROGUE(REFUSED(VF0, "545766264832")), NOTHING));
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-BLOCKED", VF0, SEES_ALL, CONTROL,
				     ROGUE(REFUSED(VF1, "545766264832")), NOTHING));
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-BLOCKED", VF0, SEES_ALL, CONTROL,
				     ROGUE(REFUSED(VF0, "4096")), NOTHING));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-DELIVERED", VF0, SEES_ALL, CONTROL, ROGUE(REFUSED(VF0, "545766264832")),
		       WATCHED("0,0,0", "", "written")));
}

TEST(what_arrives_has_passed)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("WIT-DELIVERED", VF0, SEES_ALL, CONTROL));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-DELIVERED", VF0, SEES_ALL,
		       SHOT("control", MSI, "0", REQUEST(MSI, "0", "blocked", "")), ARRIVED));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-DELIVERED", VF0, SEES_ALL, SHOT("control", MSI, "0", OTHER), ARRIVED));
	/* A forged one that arrives: both say so. */
	EXPECT_EQ(VERDICT_PASS, TOLD("WIT-DELIVERED", VF0, SEES_ALL, CONTROL,
				     FORGED(REQUEST(ABSENT, "0", "passed", "")), ARRIVED));
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-DELIVERED", VF0, SEES_ALL, CONTROL,
				     FORGED(REQUEST(ABSENT, "0", "blocked", "")), ARRIVED));
	/* One that did not arrive is no business of this rule. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("WIT-DELIVERED", VF0, SEES_ALL, SHOT("control", MSI, "0", OTHER), NOTHING));
}

#define RECORDED(source, kind, index, reason)                                \
	"{'ev':'witness','what':'fault','source':'" source "','kind':'" kind \
	"','write':true,'index':" index ",'reason':" reason "}"
#define REPORT(source, index, reason)                                                            \
	WATCHED("0,0,0",                                                                         \
		"{'kind':'interrupt','source':'" source "','write':true,'addr':0,'index':" index \
		",'reason':" reason "}",                                                         \
		"same")

TEST(what_is_reported_was_recorded)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("WIT-REPORTED", PF, SEES_ALL, CONTROL,
				     FORGED(RECORDED(VF0, "interrupt", "65280", "34")),
				     REPORT(VF0, "65280", "34")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-REPORTED", PF, SEES_ALL, CONTROL,
				     FORGED(RECORDED(VF0, "interrupt", "65280", "34")),
				     REPORT(VF1, "65280", "34")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-REPORTED", PF, SEES_ALL, CONTROL,
				     FORGED(RECORDED(VF0, "interrupt", "65280", "34")),
				     REPORT(VF0, "65281", "34")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-REPORTED", PF, SEES_ALL, CONTROL,
				     FORGED(RECORDED(VF0, "interrupt", "65280", "34")),
				     REPORT(VF0, "65280", "35")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-REPORTED", PF, SEES_ALL, CONTROL, FORGED(OTHER),
				     REPORT(VF0, "65280", "34")));
	/* Late by a shot is as good; twice for one is not. */
	EXPECT_EQ(VERDICT_PASS, TOLD("WIT-REPORTED", PF, SEES_ALL, CONTROL,
				     FORGED(RECORDED(VF0, "interrupt", "65280", "34")), NOTHING,
				     CONTROL, FORGED(OTHER), REPORT(VF0, "65280", "34")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-REPORTED", PF, SEES_ALL, CONTROL,
		       FORGED(RECORDED(VF0, "interrupt", "65280", "34")),
		       REPORT(VF0, "65280", "34"), FORGED(OTHER), REPORT(VF0, "65280", "34")));
}

TEST(none_of_those_recorded_is_reported)
{
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-REPORTED", PF, SEES_ALL, CONTROL,
		       FORGED(RECORDED(VF0, "interrupt", "65280", "34")), NOTHING, RUN_END));
	EXPECT_EQ(VERDICT_SKIP,
		  TOLD("WIT-REPORTED", PF, SEES_ALL, CONTROL, FORGED(OTHER), NOTHING, RUN_END));
	/* What is recorded outside of shots nobody looked for. */
	EXPECT_EQ(VERDICT_SKIP, TOLD("WIT-REPORTED", PF, SEES_ALL,
				     RECORDED(VF0, "interrupt", "1", "34"), RUN_END));
}

TEST(what_the_iommu_was_told)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("WIT-ENABLED", PF, SEES_ALL, RUN_END));
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-ENABLED", PF, SCOPE("", "false", "true"), RUN_END));
	EXPECT_EQ(VERDICT_FAIL, TOLD("WIT-ENABLED", PF, SCOPE("", "true", "false"), RUN_END));
	EXPECT_EQ(VERDICT_SKIP, TOLD("WIT-ENABLED", PF, SCOPE("", "null", "null"), RUN_END));
}

#define ANSWER(fn, value) "{'ev':'witness','what':'control','fn':'" fn "','value':" value "}"

TEST(table_size_is_what_the_device_answered)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("WIT-SIZE", VF0, SEES_ALL, ANSWER(VF0, "2"), LOOK_AT(VF0, SIZE_3)));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-SIZE", VF0, SEES_ALL, ANSWER(VF0, "4"), LOOK_AT(VF0, SIZE_3)));
	/* Enable is in it, too. */
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-SIZE", VF0, SEES_ALL, ANSWER(VF0, "32770"), LOOK_AT(VF0, SIZE_3)));
	/* An answer counts for one look. */
	EXPECT_EQ(VERDICT_PASS, TOLD("WIT-SIZE", VF0, SEES_ALL, ANSWER(VF0, "2"),
				     LOOK_AT(VF0, SIZE_3), LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("WIT-SIZE", VF0, SEES_ALL, ANSWER(VF1, "2"), LOOK_AT(VF0, SIZE_3)));
}

#define TOLD_IT(action, resource, cntlid, nr, status)                               \
	"{'ev':'witness','what':'managed','action':" action ",'resource':" resource \
	",'cntlid':" cntlid ",'nr':" nr ",'status':" status "}"
#define COMMAND(seen, action, resource, cntlid, nr, status)                                     \
	ACT_OF("virt-mgmt", PF), seen,                                                          \
		DONE("virt-mgmt", PF,                                                           \
		     "'action':" action ",'resource':" resource ",'cntlid':" cntlid ",'nr':" nr \
		     "," OK ",'status':" status ",'dw0':0")
#define RESIZED(seen) ACT_OF("resize", VF0), seen, RESIZE(VF0, "nvme", "3", "ok", "3")

TEST(commands_are_what_the_device_was_told)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("WIT-RESIZED", PF, SEES_ALL,
		       COMMAND(TOLD_IT("8", "1", "1", "3", "0"), "8", "1", "1", "3", "0")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-RESIZED", PF, SEES_ALL,
		       COMMAND(TOLD_IT("8", "1", "2", "3", "0"), "8", "1", "1", "3", "0")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-RESIZED", PF, SEES_ALL,
		       COMMAND(TOLD_IT("8", "0", "1", "3", "0"), "8", "1", "1", "3", "0")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-RESIZED", PF, SEES_ALL,
		       COMMAND(TOLD_IT("8", "1", "1", "3", "0"), "8", "1", "1", "3", "287")));
	/* Going offline takes no resource. */
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("WIT-RESIZED", PF, SEES_ALL,
		       COMMAND(TOLD_IT("7", "0", "1", "0", "0"), "7", "1", "1", "3", "0")));
	/* One that was not sent need not have come. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("WIT-RESIZED", PF, SEES_ALL, COMMAND(OTHER, "8", "1", "1", "3", "-1")));
	EXPECT_EQ(VERDICT_SKIP, TOLD("WIT-RESIZED", PF, SCOPE("'request'", "true", "true"),
				     COMMAND(OTHER, "8", "1", "1", "3", "0")));
}

TEST(a_resize_is_what_the_device_was_told)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("WIT-RESIZED", VF0, SEES_ALL, RESIZED(TOLD_IT("8", "1", "1", "3", "0"))));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("WIT-RESIZED", VF0, SEES_ALL, RESIZED(TOLD_IT("8", "1", "1", "4", "0"))));
	/* Queues, and what was refused, are no vectors. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("WIT-RESIZED", VF0, SEES_ALL, RESIZED(TOLD_IT("8", "0", "1", "4", "0"))));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("WIT-RESIZED", VF0, SEES_ALL, RESIZED(TOLD_IT("8", "1", "1", "4", "288"))));
}

/* Lines of a witness are none that the scenario wrote. */
TEST(a_witness_breaks_no_count)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_tell(&r, SEES_ALL);
	record_tell(&r, "{'ev':'end','suite':'unit','scenario':'x','outcome':'completed'}");
	record_tell(&r, BEGIN);
	record_tell(&r, OTHER);
	record_tell(&r, END);
	record_tell(&r, RUN_END);
	record_verdict(&r, "CAP-UNIQ", VF0);
	EXPECT_STREQ("none", judge_broken(r.judge) ? judge_broken(r.judge) : "none");
	record_close(&r);
}

TEST_HARNESS_MAIN
