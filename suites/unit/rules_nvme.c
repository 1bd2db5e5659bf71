/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of NVMe's virtualization enhancements: kept, broken, and the traps. */
#include "kselftest_harness.h"
#include "story.h"

#define TOLD(rule, fn, ...) STORY("M-RST", "nvme", rule, fn, __VA_ARGS__)

#define COMMAND(action, resource, cntlid, nr, status, dw0)                                     \
	DONE("virt-mgmt", PF,                                                                  \
	     "'action':" action ",'resource':" resource ",'cntlid':" cntlid ",'nr':" nr "," OK \
	     ",'status':" status ",'dw0':" dw0)
#define OFFLINE        COMMAND("7", "0", "1", "0", "0", "0")
#define ONLINE(status) COMMAND("9", "0", "1", "0", status, "0")
#define VI(nr, status) COMMAND("8", "1", "1", nr, status, nr)
#define VQ(nr, status) COMMAND("8", "0", "1", nr, status, nr)

/* Controllers 1 and 2; the second is online with 2 VQ and 5 VI. */
#define LIST(online, vq, vi)                                                        \
	SEEN("secondary", PF,                                                       \
	     "'list':[{'cntlid':1,'vfn':1,'online':" online ",'vq':" vq ",'vi':" vi \
	     "},{'cntlid':2,'vfn':2,'online':true,'vq':2,'vi':5}]")
#define PRIMARY_OF(oacs, vqrfa, virfa)                                                       \
	SEEN("primary", PF,                                                                  \
	     "'oacs':" oacs ",'vqfrt':20,'vqrfa':" vqrfa ",'vqrfap':0,'vqprt':2,'vqfrsm':9," \
	     "'vqgran':1,'vifrt':12,'virfa':" virfa ",'virfap':1,'viprt':1,'vifrsm':9,'vigran':1")
#define PRIMARY(vqrfa, virfa) PRIMARY_OF("128", vqrfa, virfa)

/* As they are printed in specifications. */
#define S_FIELD    "2"   /* 002h */
#define S_VECTOR   "264" /* 108h */
#define S_CNTLID   "287" /* 11Fh */
#define S_STATE    "288" /* 120h */
#define S_NUMBER   "289" /* 121h */
#define S_RESOURCE "290" /* 122h */

TEST(capabilities)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("NVM-CAP", PF, PRIMARY("4", "10"), LIST("true", "2", "5")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("NVM-CAP", PF, PRIMARY_OF("8", "4", "10")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("NVM-CAP", PF, PRIMARY("4", "12")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("NVM-CAP", PF, LIST("true", "2", "5"), PRIMARY("4", "9")));
	/* Looks from before and after a change need not agree. */
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("NVM-CAP", PF, LIST("true", "2", "5"), OFFLINE, PRIMARY("2", "5")));
	EXPECT_EQ(VERDICT_SKIP, STORY("M-IMM", "sysfs", "NVM-CAP", PF, PRIMARY_OF("0", "4", "10")));
}

TEST(assign_while_online)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("NVM-ASSIGN-OFFLINE", PF, LIST("true", "2", "5"), VI("3", S_STATE)));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("NVM-ASSIGN-OFFLINE", PF, LIST("true", "2", "5"), VI("3", "0")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("NVM-ASSIGN-OFFLINE", PF, LIST("false", "2", "5"), ONLINE("0"),
				     VQ("3", S_FIELD)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("NVM-ASSIGN-OFFLINE", PF, LIST("true", "2", "5"), OFFLINE, VI("3", "0")));
	/* VF Enable was cleared since: whether it is online is not known. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("NVM-ASSIGN-OFFLINE", PF, LIST("true", "2", "5"),
					NUMVFS("0"), NUMVFS("2"), VI("3", "0")));
}

TEST(unknown_controller)
{
#define TO_NOBODY(action, status)                      \
	TOLD("NVM-BADCID", PF, LIST("true", "2", "5"), \
	     COMMAND(action, "1", "65520", "1", status, "0"))
	EXPECT_EQ(VERDICT_PASS, TO_NOBODY("1", S_CNTLID));
	EXPECT_EQ(VERDICT_PASS, TO_NOBODY("7", S_CNTLID));
	EXPECT_EQ(VERDICT_PASS, TO_NOBODY("8", S_CNTLID));
	EXPECT_EQ(VERDICT_PASS, TO_NOBODY("9", S_CNTLID));
	EXPECT_EQ(VERDICT_FAIL, TO_NOBODY("1", S_RESOURCE));
	EXPECT_EQ(VERDICT_FAIL, TO_NOBODY("7", "0"));
	EXPECT_EQ(VERDICT_NOT_RUN, TO_NOBODY("5", S_FIELD));
	/* 77 may be the primary controller's; without a list nobody is unknown. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("NVM-BADCID", PF, LIST("true", "2", "5"),
					COMMAND("1", "1", "77", "1", "0", "1")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("NVM-BADCID", PF, COMMAND("7", "0", "65520", "0", "0", "0")));
}

TEST(reserved_values)
{
#define RESERVED(rule, online, action, resource, status) \
	TOLD(rule, PF, LIST(online, "2", "5"), COMMAND(action, resource, "1", "1", status, "0"))
	EXPECT_EQ(VERDICT_PASS, RESERVED("NVM-BADRT", "false", "8", "2", S_RESOURCE));
	EXPECT_EQ(VERDICT_PASS, RESERVED("NVM-BADRT", "true", "8", "7", S_STATE));
	EXPECT_EQ(VERDICT_WARN, RESERVED("NVM-BADRT", "false", "8", "2", "0"));
	EXPECT_EQ(VERDICT_WARN, RESERVED("NVM-BADRT", "false", "8", "2", S_STATE));
	EXPECT_EQ(VERDICT_NOT_RUN, RESERVED("NVM-BADRT", "false", "8", "1", "0"));
	EXPECT_EQ(VERDICT_PASS, RESERVED("NVM-BADACT", "false", "5", "1", S_FIELD));
	EXPECT_EQ(VERDICT_WARN, RESERVED("NVM-BADACT", "false", "15", "1", "0"));
	EXPECT_EQ(VERDICT_NOT_RUN, RESERVED("NVM-BADACT", "false", "8", "1", "0"));
}

TEST(more_than_one_may_have)
{
#define TOO_MANY(command) \
	TOLD("NVM-MAX", PF, PRIMARY("2", "5"), LIST("true", "2", "5"), OFFLINE, command)
	EXPECT_EQ(VERDICT_PASS, TOO_MANY(VI("10", S_NUMBER)));
	EXPECT_EQ(VERDICT_FAIL, TOO_MANY(VI("10", S_RESOURCE)));
	EXPECT_EQ(VERDICT_FAIL, TOO_MANY(VQ("10", "0")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOO_MANY(VI("9", "0")));
	/* Online, the state may be what is wrong. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("NVM-MAX", PF, PRIMARY("2", "5"), LIST("true", "2", "5"),
					VI("10", S_STATE)));
}

TEST(more_than_is_free)
{
	/* Of 12 VI 5 are the other VF's and 1 the primary's: 6 are free. */
#define BEYOND(...) \
	TOLD("NVM-POOL", PF, LIST("true", "2", "5"), OFFLINE, PRIMARY("2", "5"), __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS, BEYOND(VI("7", S_RESOURCE), PRIMARY("2", "5")));
	EXPECT_EQ(VERDICT_PASS, BEYOND(VI("7", S_NUMBER)));
	EXPECT_EQ(VERDICT_FAIL, BEYOND(VI("7", "0")));
	EXPECT_EQ(VERDICT_FAIL, BEYOND(VI("7", S_RESOURCE), PRIMARY("2", "6")));
	EXPECT_EQ(VERDICT_NOT_RUN, BEYOND(VI("6", "0")));
	/* Its own count as free; the look is old after a change. */
	EXPECT_EQ(VERDICT_NOT_RUN, BEYOND(VI("4", "0"), PRIMARY("2", "9"), VI("6", "0")));
	EXPECT_EQ(VERDICT_FAIL, BEYOND(VI("4", "0"), PRIMARY("2", "9"), VI("7", "0")));
	EXPECT_EQ(VERDICT_NOT_RUN, BEYOND(RESIZE(VF1, "nvme", "1", "ok", "1"), VI("7", "0")));
}

TEST(offline_frees)
{
#define AFTER_OFFLINE(...) \
	TOLD("NVM-OFFLINE-FREES", PF, LIST("true", "2", "5"), OFFLINE, __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS, AFTER_OFFLINE(LIST("false", "0", "0")));
	EXPECT_EQ(VERDICT_FAIL, AFTER_OFFLINE(LIST("false", "0", "5")));
	EXPECT_EQ(VERDICT_FAIL, AFTER_OFFLINE(LIST("true", "0", "0")));
	EXPECT_EQ(VERDICT_FAIL, AFTER_OFFLINE(COMMAND("7", "0", "1", "0", S_STATE, "0")));
	EXPECT_EQ(VERDICT_NOT_RUN, AFTER_OFFLINE(VI("3", "0"), LIST("false", "0", "3")));
}

TEST(least_for_online)
{
#define WITH(vq, vi, status) TOLD("NVM-ONLINE-MIN", PF, LIST("false", vq, vi), ONLINE(status))
	EXPECT_EQ(VERDICT_PASS, WITH("0", "0", S_STATE));
	EXPECT_EQ(VERDICT_PASS, WITH("1", "1", S_STATE));
	EXPECT_EQ(VERDICT_PASS, WITH("2", "1", "0"));
	EXPECT_EQ(VERDICT_FAIL, WITH("2", "0", "0"));
	EXPECT_EQ(VERDICT_FAIL, WITH("2", "1", S_STATE));
	EXPECT_EQ(VERDICT_FAIL, WITH("1", "1", S_FIELD));
	/* Without its VF it may be refused; what it has may not be known. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("NVM-ONLINE-MIN", PF, NUMVFS("0"), LIST("false", "2", "1"),
					ONLINE(S_STATE)));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("NVM-ONLINE-MIN", PF, ONLINE("0")));
	EXPECT_EQ(VERDICT_PASS, TOLD("NVM-ONLINE-MIN", PF, LIST("true", "2", "5"), OFFLINE,
				     VQ("2", "0"), ONLINE(S_STATE)));
}

TEST(size_online)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("NVM-TS-ONLINE", VF0, LIST("true", "2", "5"), LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("NVM-TS-ONLINE", VF0, LIST("true", "2", "5"), LOOK_AT(VF0, SIZE_6)));
	EXPECT_EQ(VERDICT_FAIL, TOLD("NVM-TS-ONLINE", VF0, RESIZE(VF0, "nvme", "6", "ok", "6"),
				     LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("NVM-TS-ONLINE", VF0, LIST("true", "2", "5"), OFFLINE,
					LOOK_AT(VF0, SIZE_1)));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("NVM-TS-ONLINE", VF0, LIST("true", "2", "5"), NUMVFS("0"),
					NUMVFS("2"), LOOK_AT(VF0, SIZE_1)));
	EXPECT_EQ(VERDICT_SKIP, STORY("M-VFE", "nvme", "NVM-TS-ONLINE", VF0, LIST("true", "2", "5"),
				      LOOK_AT(VF0, SIZE_6)));
}

/* That is the model: what moves Table Size at once is no leak. */
TEST(assignment_that_shows_at_once)
{
#define AT_ONCE(model)                                                              \
	STORY(model, "nvme", "NVM-TS-NOLEAK", VF0, LIST("true", "2", "5"), OFFLINE, \
	      LOOK_AT(VF0, SIZE_1), VI("6", "0"), LOOK_AT(VF0, SIZE_6))
	EXPECT_EQ(VERDICT_WARN, AT_ONCE("M-RST"));
	EXPECT_EQ(VERDICT_WARN, AT_ONCE("M-VFE"));
	EXPECT_EQ(VERDICT_SKIP, AT_ONCE("M-IMM"));
	EXPECT_EQ(VERDICT_SKIP, AT_ONCE("none"));
}

TEST(assignment_before_online)
{
#define ASSIGNED(...) TOLD("NVM-TS-NOLEAK", VF0, LIST("true", "2", "5"), __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS,
		  ASSIGNED(OFFLINE, LOOK_AT(VF0, SIZE_1), VI("6", "0"), LOOK_AT(VF0, SIZE_1)));
	EXPECT_EQ(VERDICT_WARN,
		  ASSIGNED(OFFLINE, LOOK_AT(VF0, SIZE_1), VI("6", "0"), LOOK_AT(VF0, SIZE_6)));
	/* Without a look in between, going offline may have moved it, too. */
	EXPECT_EQ(VERDICT_PASS,
		  ASSIGNED(LOOK_AT(VF0, SIZE_5), OFFLINE, VI("6", "0"), LOOK_AT(VF0, SIZE_1)));
	EXPECT_EQ(VERDICT_WARN,
		  ASSIGNED(LOOK_AT(VF0, SIZE_5), OFFLINE, VI("6", "0"), LOOK_AT(VF0, SIZE_6)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  ASSIGNED(LOOK_AT(VF0, SIZE_5), OFFLINE, VI("1", "0"), LOOK_AT(VF0, SIZE_1)));
	EXPECT_EQ(VERDICT_NOT_RUN, ASSIGNED(OFFLINE, LOOK_AT(VF0, SIZE_1), VI("6", "0"),
					    ONLINE("0"), LOOK_AT(VF0, SIZE_6)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  ASSIGNED(OFFLINE, LOOK_AT(VF0, SIZE_1), VI("6", S_NUMBER), LOOK_AT(VF0, SIZE_6)));
}

TEST(number_modified)
{
#define MODIFIED(dw0, ...)                                   \
	TOLD("NVM-NRM", PF, LIST("true", "2", "5"), OFFLINE, \
	     COMMAND("8", "1", "1", "6", "0", dw0), __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS, MODIFIED("6", LIST("false", "0", "6")));
	EXPECT_EQ(VERDICT_PASS, MODIFIED("4", LIST("false", "0", "4")));
	EXPECT_EQ(VERDICT_WARN, MODIFIED("6", LIST("false", "0", "4")));
	EXPECT_EQ(VERDICT_NOT_RUN, MODIFIED("6", ONLINE("0"), LIST("true", "0", "4")));
}

TEST(controller_disabled)
{
#define ENABLE(value) DONE("cc-enable", VF0, "'value':" value "," OK)
	EXPECT_EQ(VERDICT_PASS, TOLD("NVM-CC-RESET", VF0, LOOK_AT(VF0, SIZE_5), ENABLE("false"),
				     LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_WARN, TOLD("NVM-CC-RESET", VF0, LOOK_AT(VF0, SIZE_5), ENABLE("false"),
				     LOOK_AT(VF0, SIZE_1)));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("NVM-CC-RESET", VF0, LOOK_AT(VF0, SIZE_5), ENABLE("true"),
					LOOK_AT(VF0, SIZE_1)));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("NVM-CC-RESET", VF0, LOOK_AT(VF0, SIZE_5), ENABLE("false"),
					RESET(VF0, "flr"), LOOK_AT(VF0, SIZE_1)));
}

TEST(vf_enable_cleared)
{
#define NONE_ONLINE "'list':[{'cntlid':1,'vfn':1,'online':false,'vq':0,'vi':0}]"
	EXPECT_EQ(VERDICT_PASS, TOLD("NVM-VFE0", PF, LIST("true", "2", "5"), NUMVFS("0"),
				     SEEN("secondary", PF, NONE_ONLINE)));
	EXPECT_EQ(VERDICT_WARN, TOLD("NVM-VFE0", PF, LIST("true", "2", "5"), NUMVFS("0"),
				     LIST("true", "2", "5")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("NVM-VFE0", PF, LIST("true", "2", "5"), NUMVFS("0"),
					NUMVFS("2"), LIST("true", "2", "5")));
	/* None offline proves nothing where none was online. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("NVM-VFE0", PF, SEEN("secondary", PF, NONE_ONLINE),
					NUMVFS("0"), SEEN("secondary", PF, NONE_ONLINE)));
}

TEST(vector_of_a_queue)
{
#define QUEUE(vector, status)                           \
	TOLD("NVM-IV-RANGE", VF0, LOOK_AT(VF0, SIZE_5), \
	     DONE("queue-bind", VF0, "'vector':" vector "," OK ",'status':" status))
	EXPECT_EQ(VERDICT_PASS, QUEUE("5", S_VECTOR));
	EXPECT_EQ(VERDICT_FAIL, QUEUE("5", "0"));
	EXPECT_EQ(VERDICT_FAIL, QUEUE("6", S_FIELD));
	EXPECT_EQ(VERDICT_NOT_RUN, QUEUE("4", "0"));
	EXPECT_EQ(VERDICT_NOT_RUN, QUEUE("5", "257")); /* 101h: no such queue */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("NVM-IV-RANGE", VF0, LOOK_AT(VF0, SIZE_5), RESET(VF0, "flr"),
		       DONE("queue-bind", VF0, "'vector':5," OK ",'status':0")));
}

TEST(function_of_an_offline_controller)
{
#define CSTS(online, csts)                                    \
	TOLD("NVM-OFFLINE-FUNC", VF0, LIST(online, "2", "5"), \
	     SEEN("csts", VF0, "'csts':" csts ",'cc':1"))
	EXPECT_EQ(VERDICT_PASS, CSTS("false", "2"));
	EXPECT_EQ(VERDICT_WARN, CSTS("false", "0"));
	EXPECT_EQ(VERDICT_WARN, CSTS("false", "3"));
	EXPECT_EQ(VERDICT_NOT_RUN, CSTS("true", "1"));
	EXPECT_EQ(VERDICT_NOT_RUN, CSTS("false", "4294967295"));
}

TEST(guard)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("NVM-GUARD", VF0, BIND(VF0, "nvme"),
				     RESIZE(VF0, "nvme", "3", "EBUSY", "5")));
	EXPECT_EQ(VERDICT_NOTE,
		  TOLD("NVM-GUARD", VF0, BIND(VF0, "nvme"), RESIZE(VF0, "nvme", "3", "ok", "3")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("NVM-GUARD", VF0, RESIZE(VF0, "nvme", "3", "ok", "3")));
}

TEST(msix_after_online)
{
#define ALL_MASKED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED
#define FIRST_OPEN ENTRY_USED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED
#define RENEWED(...) \
	TOLD("NVM-MSIX-RESET", VF0, UNBIND(VF0), RESIZE(VF0, "nvme", "5", "ok", "5"), __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS, RENEWED(LOOK_AT(VF0, SIZE_5), LOOK_TABLE(VF0, ALL_MASKED)));
	EXPECT_EQ(VERDICT_WARN, RENEWED(LOOK_AT(VF0, "0480")));
	EXPECT_EQ(VERDICT_WARN, RENEWED(LOOK_AT(VF0, "0440")));
	EXPECT_EQ(VERDICT_WARN, RENEWED(LOOK_TABLE(VF0, FIRST_OPEN)));
	/* Somebody else had it since. */
	EXPECT_EQ(VERDICT_NOT_RUN, RENEWED(DONE("table-mask", VF0, "'entry':0,'masked':false," OK),
					   LOOK_TABLE(VF0, FIRST_OPEN)));
	EXPECT_EQ(VERDICT_NOT_RUN, RENEWED(BIND(VF0, "nvme"), LOOK_AT(VF0, "0480")));
}

TEST(granularity)
{
#define COARSE                                                                             \
	SEEN("primary", PF,                                                                \
	     "'oacs':128,'vqfrt':20,'vqrfa':2,'vqrfap':0,'vqprt':2,'vqfrsm':9,'vqgran':2," \
	     "'vifrt':12,'virfa':5,'virfap':0,'viprt':1,'vifrsm':9,'vigran':2")
#define ODD(command) TOLD("NVM-GRAN", PF, LIST("true", "2", "5"), OFFLINE, COARSE, command)
	EXPECT_EQ(VERDICT_PASS, ODD(VI("3", "0")));
	EXPECT_EQ(VERDICT_NOTE, ODD(VI("3", S_NUMBER)));
	EXPECT_EQ(VERDICT_NOTE, ODD(VQ("3", S_FIELD)));
	EXPECT_EQ(VERDICT_NOT_RUN, ODD(VI("4", S_NUMBER)));
	/* Refused for another reason: more than is free. */
	EXPECT_EQ(VERDICT_NOT_RUN, ODD(VI("9", S_RESOURCE)));
	EXPECT_EQ(VERDICT_SKIP, TOLD("NVM-GRAN", PF, LIST("true", "2", "5"), OFFLINE,
				     PRIMARY("2", "5"), VI("3", S_NUMBER)));
}

TEST(primary_allocation)
{
#define FLEXIBLE(virfap)                                                                   \
	SEEN("primary", PF,                                                                \
	     "'oacs':128,'vqfrt':20,'vqrfa':2,'vqrfap':0,'vqprt':2,'vqfrsm':9,'vqgran':1," \
	     "'vifrt':12,'virfa':5,'virfap':" virfap ",'viprt':1,'vifrsm':9,'vigran':1")
#define ALLOCATE(nr, status) COMMAND("1", "1", "0", nr, status, nr)
#define ALLOCATED(...)       TOLD("NVM-PRIM-LATCH", PF, FLEXIBLE("0"), __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS, ALLOCATED(ALLOCATE("1", "0"), FLEXIBLE("0")));
	EXPECT_EQ(VERDICT_FAIL, ALLOCATED(ALLOCATE("1", "0"), FLEXIBLE("1")));
	EXPECT_EQ(VERDICT_PASS, ALLOCATED(ALLOCATE("1", "0"), RESET(PF, "sysfs"), FLEXIBLE("1")));
	EXPECT_EQ(VERDICT_FAIL, ALLOCATED(ALLOCATE("1", "0"), RESET(PF, "flr"), FLEXIBLE("0")));
	EXPECT_EQ(VERDICT_FAIL, ALLOCATED(ALLOCATE("1", "0"), RESET(PF, "cc"), FLEXIBLE("1")));
	EXPECT_EQ(VERDICT_PASS, ALLOCATED(ALLOCATE("1", "0"), RESET(PF, "cc"), FLEXIBLE("0")));
	EXPECT_EQ(VERDICT_NOT_RUN, ALLOCATED(ALLOCATE("1", S_RESOURCE), FLEXIBLE("0")));
	EXPECT_EQ(VERDICT_NOT_RUN, ALLOCATED(ALLOCATE("0", "0"), RESET(PF, "flr"), FLEXIBLE("0")));
	/* A reset that failed may have come half way. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  ALLOCATED(ALLOCATE("1", "0"),
			    DONE("reset", PF, "'method':'sysfs','res':'EIO','us':1"),
			    FLEXIBLE("0")));
}

TEST_HARNESS_MAIN
