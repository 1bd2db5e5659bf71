// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The core of the judge, whatever the rule: what breaks a run, what is skipped and why, what of
 * many failures is kept, and that a long record costs no more memory than a short one.
 */
#include <kselftest_harness.h>
#include <malloc.h>

#include "judging.h"
#include "story.h"

/* --- runs that are broken --- */

#define RUN_ENDED "{'ev':'run-end','outcome':'completed','why':''}"
#define SUITE(exit, signal, timeout) \
	"{'ev':'suite','suite':'unit','exit':" exit ",'signal':" signal ",'timeout':" timeout "}"
#define SCENARIO_END(outcome, why, lines)                                                  \
	"{'ev':'end','suite':'unit','scenario':'unit','outcome':'" outcome "','why':'" why \
	"','lines':" lines "}"

/* Why a run is broken that went on as @lines tell, "" where it is not. The first has 9 lines. */
static const char *broken_by(const char *const *lines, bool cut)
{
	static char why[256];
	struct ev_reader *reader;
	struct judge *judge = judge_new();
	struct event event;
	struct record r;
	char path[32];

	record_typical(&r, "M-RST", "nvme");
	record_tell_all(&r, lines);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", r.fd);
	reader = ev_open(path);
	while (ev_next(reader, &event) > 0)
		judge_event(judge, &event);
	judge_finish(judge, cut);
	snprintf(why, sizeof(why), "%s", judge_broken(judge) ? judge_broken(judge) : "");
	ev_reader_close(reader);
	judge_free(judge);
	record_close(&r);
	return why;
}

#define BROKEN(...)     broken_by((const char *const[]){__VA_ARGS__, NULL}, false)
#define BROKEN_CUT(...) broken_by((const char *const[]){__VA_ARGS__, NULL}, true)
/* A record as record_typical() makes it has its begin in line 7, and three more lines. */
#define ENDED SCENARIO_END("completed", "", "4")

TEST(sound_run)
{
	EXPECT_STREQ("", BROKEN(ENDED, SUITE("0", "0", "false"), RUN_ENDED));
	EXPECT_STREQ("", BROKEN(SCENARIO_END("skipped", "no reason", "4"), RUN_ENDED));
	/* Nothing to run is no failure of a suite. */
	EXPECT_STREQ("", BROKEN(ENDED, SUITE("4", "0", "false"), RUN_ENDED));
}

TEST(open_act)
{
	EXPECT_STREQ("line 12: unbind of " VF0 " was begun and never finished",
		     BROKEN(ENDED, "{'ev':'act','act':'unbind','fn':'" VF0 "'}", RUN_ENDED));
}

TEST(aborted)
{
	EXPECT_STREQ("line 11: scenario unit was aborted: the PF is gone",
		     BROKEN(SCENARIO_END("aborted", "the PF is gone", "4"), RUN_ENDED));
	EXPECT_STREQ("line 12: the run was aborted: out of space",
		     BROKEN(ENDED, "{'ev':'run-end','outcome':'aborted','why':'out of space'}"));
}

TEST(suite_that_did_not_end_well)
{
	EXPECT_STREQ("line 12: suite unit died of signal 11",
		     BROKEN(ENDED, SUITE("-1", "11", "false"), RUN_ENDED));
	EXPECT_STREQ("line 12: suite unit hung and was stopped",
		     BROKEN(ENDED, SUITE("-1", "9", "true"), RUN_ENDED));
	EXPECT_STREQ("line 12: suite unit could not be set up",
		     BROKEN(ENDED, SUITE("2", "0", "false"), RUN_ENDED));
}

/* An exit status of 1 has a rule that failed behind it, or nobody knows what did. */
TEST(suite_that_failed)
{
	EXPECT_STREQ("line 12: suite unit failed, though no rule did",
		     BROKEN(ENDED, SUITE("1", "0", "false"), RUN_ENDED));
	EXPECT_STREQ("", BROKEN(WRITE_COUNT(VF0, "-1", "ok"), SCENARIO_END("completed", "", "5"),
				SUITE("1", "0", "false"), RUN_ENDED));
	EXPECT_STREQ("line 14: suite unit failed, though no rule did",
		     BROKEN(WRITE_COUNT(VF0, "-1", "ok"), SCENARIO_END("completed", "", "5"),
			    SUITE("1", "0", "false"), SUITE("1", "0", "false"), RUN_ENDED));
}

TEST(scenario_without_end)
{
	EXPECT_STREQ("line 7: the scenario begun here never ended",
		     BROKEN(SUITE("0", "0", "false"), RUN_ENDED));
	EXPECT_STREQ("line 7: the scenario begun here never ended", BROKEN(BEGIN, RUN_ENDED));
	EXPECT_STREQ("line 7: the scenario begun here never ended", BROKEN(RUN_ENDED));
}

TEST(lines_that_are_missing)
{
	EXPECT_STREQ("line 11: scenario unit wrote 6 lines, and the record has 4",
		     BROKEN(SCENARIO_END("completed", "", "6"), RUN_ENDED));
}

TEST(record_without_end)
{
	EXPECT_STREQ("the record has no run-end: the run did not get to its end", BROKEN(ENDED));
	EXPECT_STREQ("the record is cut off in line 12", BROKEN_CUT(ENDED));
	/* The first cause is the one that is told. */
	EXPECT_STREQ("line 12: suite unit died of signal 6",
		     BROKEN_CUT(ENDED, SUITE("-1", "6", "false")));
}

/* --- findings --- */

static char *reason_of(struct record *r, const char *rule, const char *fn)
{
	const struct finding *finding = record_finding(r, rule, fn);

	return finding->verdict == VERDICT_SKIP ? finding->reason : NULL;
}

/* Whoever tried and was refused has found out that there is no way. */
TEST(a_host_that_guards_who_has_a_vf)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_do(&r, "bind", VF0, "'driver':'vfio-pci'", "'res':'ok'");
	record_do(&r, "resize", VF0, "'backend':'nvme','want':6,'got':5", "'res':'EBUSY'");
	EXPECT_STREQ("a VF that somebody has is not resized here", reason_of(&r, "VFIO-SNAP", VF0));
	record_close(&r);

	record_typical(&r, "M-RST", "nvme");
	record_do(&r, "bind", VF0, "'driver':'vfio-pci'", "'res':'ok'");
	record_do(&r, "resize", VF0, "'backend':'nvme','want':6,'got':5", "'res':'ENOSPC'");
	EXPECT_EQ(NULL, reason_of(&r, "VFIO-SNAP", VF0));
	record_close(&r);
}

/* Where there was no other size to try, probing has not found that none shows. */
TEST(a_pool_with_a_vector_for_each)
{
	struct record r;

	record_typical(&r, "none", "sysfs");
	EXPECT_STREQ("probing found no step after which a new size shows",
		     reason_of(&r, "TBL-STALE", VF0));
	record_close(&r);

	record_typical(&r, "none", "sysfs");
	record_tell(&r, "{'ev':'obs','obs':'backend','fn':'" PF "','backend':'sysfs',"
			"'total':2,'min':1,'max':9,'granularity':1}");
	EXPECT_STREQ("there is only one size to have", reason_of(&r, "TBL-STALE", VF0));
	record_close(&r);
}

TEST(skipped_with_a_reason)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	EXPECT_EQ(VERDICT_SKIP, record_verdict(&r, "SYS-BUSY", VF0));
	EXPECT_STREQ("the PF's driver does not implement sriov_vf_msix_count",
		     record_finding(&r, "SYS-BUSY", VF0)->reason);
	/* Outside of its half of the functions a rule has nothing to say at all. */
	EXPECT_EQ(NULL, record_finding(&r, "SYS-BUSY", PF));
	record_close(&r);
}

TEST(skipped_unless_exercised)
{
	struct record r;

	/* Refused for lack of remapping, nothing can be opened: once it was, the rule counts. */
	record_open(&r, false);
	record_function(&r, VF0, 0, &(struct cfg){0}, FAKE_BAR);
	EXPECT_EQ(VERDICT_SKIP, record_verdict(&r, "VFIO-INTX-PIN", VF0));
	EXPECT_STREQ("VFIO opens nothing here, for want of an IOMMU that remaps interrupts",
		     record_finding(&r, "VFIO-INTX-PIN", VF0)->reason);
	record_close(&r);
	record_open(&r, false);
	record_function(&r, VF0, 0, &(struct cfg){0}, FAKE_BAR);
	record_do(&r, "vfio-open", VF0, "", "'res':'ok'");
	record_tell(&r, "{'ev':'obs','obs':'vfio','fn':'" VF0 "','intx':1,'msix':5}");
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "VFIO-INTX-PIN", VF0));
	EXPECT_EQ(NULL, record_finding(&r, "VFIO-INTX-PIN", VF0)->reason);
	record_close(&r);
}

/* What failed and left a rule with nothing to judge is told, until it succeeds. */
TEST(not_run_because_an_act_failed)
{
	const char *why;
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_do(&r, "vfio-open", VF0, "", "'res':'EBUSY'");
	record_do(&r, "vfio-open", VF0, "", "'res':'ENODEV'");
	EXPECT_EQ(VERDICT_NOT_RUN, record_verdict(&r, "VFIO-IRQCOUNT", VF0));
	why = record_finding(&r, "VFIO-IRQCOUNT", VF0)->reason;
	EXPECT_STREQ("line 12: vfio-open failed with EBUSY", why ? why : "");
	EXPECT_EQ(NULL, record_finding(&r, "VFIO-IRQCOUNT", VF1)->reason);
	EXPECT_EQ(NULL, record_finding(&r, "TBL-MASK-DEF", VF0)->reason);
	record_close(&r);

	record_typical(&r, "M-RST", "nvme");
	record_do(&r, "vfio-open", VF0, "", "'res':'EBUSY'");
	record_do(&r, "vfio-open", VF0, "", "'res':'ok'");
	EXPECT_EQ(NULL, record_finding(&r, "VFIO-IRQCOUNT", VF0)->reason);
	record_close(&r);
}

/* Who acts need not have what is needed of the one that is judged. */
TEST(one_vf_attacks_its_pf)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
	struct record r;

	record_open(&r, true);
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_function(&r, VF0, 0, &vf, FAKE_BAR);
	record_do(&r, "shot", VF0,
		  "'kind':'pf-handle','entry':1,'addr':1,'data':2,'victim':'" PF
		  "','victim_vector':0",
		  "'res':'ok'");
	record_tell(&r, "{'ev':'obs','obs':'watch','fn':'" VF0 "','events':{'" PF
			"':[1]},'rows':[],'machine':{},'klog':[],'faults':[],'canary':'same',"
			"'waited_us':1}");
	EXPECT_EQ(VERDICT_FAIL, record_verdict(&r, "IOM-VICTIM", PF));
	EXPECT_EQ(VERDICT_SKIP, record_verdict(&r, "IOM-VICTIM", VF0));
	EXPECT_STREQ("there is no other VF whose vectors somebody can fire",
		     record_finding(&r, "IOM-VICTIM", VF0)->reason);
	record_close(&r);
}

TEST(every_rule_has_a_finding)
{
	struct finding *finding;
	size_t count, at = 0;
	struct record r;

	record_open(&r, true);
	record_judge(&r);
	count = judge_findings(r.judge, &finding);
	ASSERT_EQ(rules_count(), count);
	for (; at < count; at++) {
		EXPECT_EQ(rules_get(at), finding[at].rule);
		EXPECT_EQ(rules_get(at)->unobservable ? VERDICT_SKIP : VERDICT_NOT_RUN,
			  finding[at].verdict);
		EXPECT_STREQ("", finding[at].fn);
	}
	record_close(&r);
}

/* Nobody knows a function that the record does not introduce: it has no findings. */
TEST(functions_are_introduced)
{
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_msix(&r, "0000:01:00.7", 4);
	EXPECT_EQ(NULL, record_finding(&r, "CAP-RSVD", "0000:01:00.7"));
	record_close(&r);
}

static void count_refused_with(struct record *r, const char *res, unsigned value)
{
	char keys[64], result[32];

	snprintf(keys, sizeof(keys), "'attr':'sriov_vf_msix_count','value':'-%u'", value);
	snprintf(result, sizeof(result), "'res':'%s','ret':2", res);
	record_do(r, "attr-write", VF0, keys, result);
}

TEST(ways_to_fail)
{
	const struct finding *finding;
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	/* The same twice, and then others: the first and FINDING_ALSO more are kept. */
	for (unsigned i = 1; i <= FINDING_ALSO + 1; i++) {
		count_refused_with(&r, "EBUSY", i);
		count_refused_with(&r, "EBUSY", i);
		count_refused_with(&r, "EINVAL", i);
	}
	finding = record_finding(&r, "SYS-NEG", VF0);
	EXPECT_EQ(VERDICT_FAIL, finding->verdict);
	EXPECT_EQ(3 * (FINDING_ALSO + 1), finding->exercised);
	EXPECT_EQ(2 * (FINDING_ALSO + 1), finding->failed);
	EXPECT_STREQ("EBUSY, writing \"-1\"", finding->seen);
	ASSERT_EQ(FINDING_ALSO, finding->nalso);
	EXPECT_STREQ("EBUSY, writing \"-2\"", finding->also[0]);
	EXPECT_EQ(FINDING_LINES, finding->nline);
	EXPECT_EQ(12, finding->line[0]);
	EXPECT_STREQ("unit", finding->scenario);
	EXPECT_FALSE(finding->more);
	record_close(&r);

	record_typical(&r, "M-RST", "nvme");
	for (unsigned i = 1; i <= FINDING_ALSO + 2; i++)
		count_refused_with(&r, "EBUSY", i);
	EXPECT_TRUE(record_finding(&r, "SYS-NEG", VF0)->more);
	record_close(&r);
}

/* --- memory --- */

/* One scenario with a bit of everything that leaves something behind, and failures of its own. */
static void tell_scenario(struct record *r, unsigned n)
{
	struct msix_entry entry[9] = {0};

	record_tell(r, "{'ev':'begin','suite':'unit','scenario':'number %u'}", n);
	record_msix(r, VF0, 4);
	for (unsigned k = 0; k < 9; k++)
		entry[k] = (struct msix_entry){.msg = {.addr = n, .data = k}, .ctrl = n & 1};
	record_table(r, VF0, 5, entry, 9);
	record_pba(r, VF0, 5, 0, n & 0x1f);
	record_do(r, "table-write", VF0, "'first':0,'width':4,'bytes':'0011223344556677'",
		  "'res':'ok'");
	record_table(r, VF0, 5, entry, 9);
	record_do(r, "resize", VF0, "'backend':'nvme','want':6", "'res':'ok','got':6,'us':9");
	record_msix(r, VF0, 5);
	record_do(r, "vfio-open", VF0, "", "'res':'ok'");
	record_tell(r, "{'ev':'obs','obs':'vfio','fn':'" VF0 "','intx':%u,'msix':%u}", n % 3, n);
	record_do(r, "fire", VF0, "'vector':1", "'res':'ok'");
	record_do(r, "shot", VF0,
		  "'kind':'control','entry':1,'addr':1,'data':2,'victim':null,'victim_vector':-1",
		  "'res':'ok'");
	record_tell(r,
		    "{'ev':'obs','obs':'watch','fn':'" VF0 "','events':{'" VF0 "':[0,1]},'rows':[],"
		    "'machine':{},'klog':['line %u'],'faults':[],'fsts':0,'canary':'same',"
		    "'waited_us':1}",
		    n);
	record_tell(r,
		    "{'ev':'obs','obs':'secondary','fn':'" PF
		    "','list':[{'cntlid':1,'vfn':1,'online':true,'vq':2,'vi':%u}]}",
		    n % 7);
	count_refused_with(r, n & 1 ? "ok" : "EBUSY", n % 50);
	record_do(r, "vfio-close", VF0, "", "'res':'ok'");
	record_tell(r, "{'ev':'end','suite':'unit','scenario':'number %u','outcome':'completed'}",
		    n);
}

/* Bytes in use once a record of @scenarios was judged, beyond those in use before. */
static long bytes_in_use(unsigned scenarios)
{
	struct ev_reader *reader;
	struct judge *judge;
	struct event event;
	struct record r;
	char path[32];
	size_t before, after;

	record_typical(&r, "M-RST", "nvme");
	for (unsigned n = 0; n < scenarios; n++)
		tell_scenario(&r, n);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", r.fd);
	before = mallinfo2().uordblks;
	reader = ev_open(path);
	judge = judge_new();
	while (ev_next(reader, &event) > 0)
		judge_event(judge, &event);
	judge_finish(judge, false);
	after = mallinfo2().uordblks;
	ev_reader_close(reader);
	judge_free(judge);
	record_close(&r);
	return (long)(after - before);
}

/* The walk judges as it goes, for as long as a soak may take. */
TEST(memory_does_not_grow)
{
	long few, many;

	bytes_in_use(60); /* what libraries keep for good */
	few = bytes_in_use(60);
	many = bytes_in_use(20 * 60);
	EXPECT_LT(0, few);
	EXPECT_LT(many - few, 4096);
}

/* Coverage: which scenarios exercised a rule, each once. */
TEST(tells_what_exercised_a_rule)
{
	char *const *scenarios;
	struct record r;
	size_t rule = 0;

	record_typical(&r, "M-RST", "nvme");
	record_tell(&r, "{'ev':'end','suite':'unit','scenario':'unit','outcome':'completed'}");
	record_tell(&r, "{'ev':'begin','suite':'unit','scenario':'another'}");
	record_judge(&r);
	while (strcmp(rules_get(rule)->id, "CAP-UNIQ"))
		rule++;
	ASSERT_EQ(1, judge_tried(r.judge, rule, &scenarios));
	EXPECT_STREQ("before the first scenario", scenarios[0]);
	for (rule = 0; strcmp(rules_get(rule)->id, "CAP-RSVD");)
		rule++;
	ASSERT_LT(0, judge_tried(r.judge, rule, &scenarios));
	EXPECT_STREQ("unit: unit", scenarios[judge_tried(r.judge, rule, &scenarios) - 1]);
	while (strcmp(rules_get(rule)->id, "TBL-STALE"))
		rule++;
	EXPECT_EQ(0, judge_tried(r.judge, rule, &scenarios));
	record_close(&r);
}

TEST_HARNESS_MAIN
