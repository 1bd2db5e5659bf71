/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of the IOMMU: kept, broken, and the traps: no control, noise, silence, loads. */
#include "kselftest_harness.h"
#include "story.h"

#define TOLD(rule, fn, ...) STORY("M-RST", "nvme", rule, fn, __VA_ARGS__)

#define SHOT_AT(kind, addr, data, victim, vector)                                           \
	DONE("shot", VF0,                                                                   \
	     "'kind':'" kind "','entry':1,'addr':" addr ",'data':" data ",'victim':" victim \
	     ",'victim_vector':" vector "," OK)
#define SHOT(kind) SHOT_AT(kind, "4276092928", "0", "null", "-1") /* FEE0_0000h */
#define AIMED(kind, victim) \
	SHOT_AT(kind, "4276095056", "0", "'" victim "'", "2") /* handle 42h: FEE0_0850h */

#define WATCHED(events, rows, machine, klog, faults, canary)                                 \
	SEEN("watch", VF0,                                                                   \
	     "'events':{" events "},'rows':[" rows "],'machine':{" machine "},'klog':[" klog \
	     "],'faults':[" faults "],'fsts':-1,'canary':'" canary "','waited_us':1")
#define NO_EVENTS "'" VF0 "':[0,0,0],'" VF1 "':[0,0,0]"
#define OWN_EVENT "'" VF0 "':[0,1,0],'" VF1 "':[0,0,0]"
#define NOTHING   WATCHED(NO_EVENTS, "", "", "", "", "same")
/* A control that was delivered, and one that was not. */
#define CONTROL                SHOT("control"), WATCHED(OWN_EVENT, "", "", "", "", "same")
#define DEAD                   SHOT("control"), NOTHING
#define FAULTED(faults, lines) WATCHED(NO_EVENTS, "", "", lines, faults, "same")
#define FAULT(kind, source, addr, index, reason)                                               \
	"{'kind':'" kind "','source':'" source "','write':true,'addr':" addr ",'index':" index \
	",'reason':" reason "}"
#define IR_FAULT(reason) FAULT("interrupt", VF0, "0", "66", reason)
#define MOVED(fn, vector, name) \
	"{'irq':40,'name':'" name "','fn':'" fn "','vector':" vector ",'cpu':[0,1]}"

TEST(preconditions)
{
	static const char *const none[] = {NULL};
	struct cfg pf = fake_cfg(-1, 33);
	struct record r;

	EXPECT_EQ(VERDICT_PASS, story_verdict("M-RST", "nvme", "IOM-PRE-IR", PF, none));
	record_open(&r, false); /* no IOMMU at all */
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	EXPECT_EQ(VERDICT_SKIP, record_verdict(&r, "IOM-PRE-IR", PF));
	record_close(&r);
}

/* A run on a machine with an IOMMU that does not remap interrupts. */
static enum verdict unremapped(const char *rule, const char *fn, const char *const *lines)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
	struct record r = {.fd = memfd_create("record", MFD_CLOEXEC)};
	enum verdict verdict;

	record_tell(&r,
		    "{'ev':'header','format':'%s','version':%d,'machine':{},"
		    "'iommu':{'kind':'intel','remapping':false,'translation':true}}",
		    EVIDENCE_FORMAT, EVIDENCE_VERSION);
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_function(&r, VF0, 0, &vf, FAKE_BAR);
	record_tell_all(&r, lines);
	verdict = record_verdict(&r, rule, fn);
	record_close(&r);
	return verdict;
}

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define ISOLATION(group, domain, unsafe) \
	SEEN("isolation", VF0,           \
	     "'group':" group ",'domain':'" domain "','unsafe_interrupts':" unsafe)
#define OPEN_FAILS DONE("vfio-open", VF0, "'res':'EPERM'")

TEST(remapping_off)
{
	EXPECT_EQ(VERDICT_FAIL, unremapped("IOM-PRE-IR", PF, LINES(BEGIN)));
	EXPECT_EQ(VERDICT_SKIP, unremapped("IOM-NODELIVER", VF0, LINES(CONTROL)));
}

TEST(domain_that_translates)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-PRE-DMA", VF0, ISOLATION("5", "DMA", "false")));
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-PRE-DMA", VF0, ISOLATION("5", "DMA-FQ", "false")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-PRE-DMA", VF0, ISOLATION("5", "identity", "false")));
	EXPECT_EQ(VERDICT_SKIP, TOLD("IOM-PRE-DMA", VF0, ISOLATION("5", "unknown", "false")));
}

TEST(isolated_group)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("IOM-ISOLATED", VF0, ISOLATION("5", "DMA", "false"), VFIO_OPEN(VF0)));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("IOM-ISOLATED", VF0, ISOLATION("5", "DMA", "false"), OPEN_FAILS));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-ISOLATED", VF0, ISOLATION("-1", "DMA", "false")));
	/* With the knob set, opening proves nothing; without a look, neither. */
	EXPECT_EQ(VERDICT_SKIP,
		  TOLD("IOM-ISOLATED", VF0, ISOLATION("5", "DMA", "true"), VFIO_OPEN(VF0)));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-ISOLATED", VF0, VFIO_OPEN(VF0)));
	EXPECT_EQ(VERDICT_FAIL, unremapped("IOM-ISOLATED", VF0,
					   LINES(ISOLATION("5", "DMA", "true"), VFIO_OPEN(VF0))));
	EXPECT_EQ(VERDICT_SKIP, unremapped("IOM-ISOLATED", VF0,
					   LINES(ISOLATION("5", "DMA", "false"), OPEN_FAILS)));
}

/* 12345678h, outside of the interrupt range. */
#define DMA_SHOT          SHOT_AT("dma-unmapped", "305419896", "0", "null", "-1")
#define DMA_FAULT(source) FAULT("dma", source, "305418240", "-1", "5")

TEST(dma_without_a_mapping)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("IOM-ROGUE-DMA", VF0, CONTROL, DMA_SHOT, FAULTED(DMA_FAULT(VF0), "")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-ROGUE-DMA", VF0, CONTROL, DMA_SHOT,
				     WATCHED(NO_EVENTS, "", "", "", "", "written")));
	/* Silence is judged at the run's end. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-ROGUE-DMA", VF0, CONTROL, DMA_SHOT, NOTHING));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-ROGUE-DMA", VF0, CONTROL, DMA_SHOT, NOTHING, RUN_END));
	/* Whom a report names is IOM-LOG-INTEL's business; another page is no report of ours. */
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-ROGUE-DMA", VF0, CONTROL, DMA_SHOT,
				     FAULTED(DMA_FAULT(VF1), ""), RUN_END));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-ROGUE-DMA", VF0, CONTROL, DMA_SHOT,
				     FAULTED(FAULT("dma", VF0, "4096", "-1", "5"), ""), RUN_END));
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-ROGUE-DMA", VF0, CONTROL, DMA_SHOT, NOTHING, CONTROL,
				     DMA_SHOT, FAULTED(DMA_FAULT(VF0), ""), RUN_END));
	/* Nothing was ever delivered: the path is dead. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-ROGUE-DMA", VF0, DEAD, DMA_SHOT, NOTHING, RUN_END));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-ROGUE-DMA", VF0, CONTROL, BEGIN, DMA_SHOT, NOTHING, RUN_END));
}

TEST(dma_that_the_log_had_no_room_for)
{
#define THREE_SHOTS                                                              \
	CONTROL, SHOT("absent-handle"), NOTHING, SHOT("absent-handle"), NOTHING, \
		SHOT("absent-handle"), NOTHING
	EXPECT_EQ(VERDICT_SKIP,
		  TOLD("IOM-ROGUE-DMA", VF0, THREE_SHOTS, DMA_SHOT, NOTHING, RUN_END));
}

TEST(dma_to_its_own_memory)
{
#define CANARY(canary) SHOT("dma-canary"), WATCHED(NO_EVENTS, "", "", "", "", canary)
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-ROGUE-MAPPED", VF0, CONTROL, CANARY("written")));
	EXPECT_EQ(VERDICT_NOTE, TOLD("IOM-ROGUE-MAPPED", VF0, CONTROL, CANARY("same")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-ROGUE-MAPPED", VF0, CONTROL, CANARY("none")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-ROGUE-MAPPED", VF0, DEAD, CANARY("same")));
}

/* Rule, shot, the reason that must be told and one that must not. */
#define REASON(rule, kind, right, wrong)                                                         \
	do {                                                                                     \
		EXPECT_EQ(VERDICT_PASS, TOLD(rule, VF0, CONTROL, SHOT(kind),                     \
					     FAULTED(IR_FAULT(right), ""), RUN_END));            \
		EXPECT_EQ(VERDICT_FAIL, TOLD(rule, VF0, CONTROL, SHOT(kind),                     \
					     FAULTED(IR_FAULT(wrong), ""), RUN_END));            \
		/* Never reported, though another shot was. */                                   \
		EXPECT_EQ(VERDICT_FAIL,                                                          \
			  TOLD(rule, VF0, CONTROL, SHOT(kind), NOTHING, CONTROL,                 \
			       SHOT("own-handle"), FAULTED(IR_FAULT(wrong), ""), RUN_END));      \
		/* An IOMMU that never reports any. */                                           \
		EXPECT_EQ(VERDICT_SKIP, TOLD(rule, VF0, CONTROL, SHOT(kind), NOTHING, RUN_END)); \
		/* A path that is dead. */                                                       \
		EXPECT_EQ(VERDICT_NOT_RUN, TOLD(rule, VF0, DEAD, SHOT(kind), NOTHING, RUN_END)); \
	} while (0)

TEST(fault_reasons)
{
	REASON("IOM-IR-RSVD", "reserved-data", "32", "33");
	REASON("IOM-IR-INDEX", "beyond-handle", "33", "34");
	REASON("IOM-IR-NP", "absent-handle", "34", "33");
	REASON("IOM-IR-COMPAT", "compat-fixed", "37", "32");
	REASON("IOM-IR-COMPAT", "compat-nmi", "37", "32");
	REASON("IOM-IR-SID", "sibling-handle", "38", "34");
	REASON("IOM-IR-SID", "pf-handle", "38", "34");
}

TEST(fault_reported_late)
{
	/* The reason of the shot before is that shot's. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-IR-INDEX", VF0, CONTROL, SHOT("absent-handle"), NOTHING,
		       SHOT("beyond-handle"), FAULTED(IR_FAULT("34"), "")));
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("IOM-IR-INDEX", VF0, CONTROL, SHOT("absent-handle"), NOTHING,
		       SHOT("beyond-handle"), FAULTED(IR_FAULT("34") "," IR_FAULT("33"), "")));
	/* Delivered instead of blocked: there is nothing to report. */
	EXPECT_EQ(VERDICT_SKIP, TOLD("IOM-IR-NP", VF0, CONTROL, SHOT("absent-handle"),
				     WATCHED(OWN_EVENT, "", "", "", "", "same"), RUN_END));
}

TEST(quiet_model)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-QUIET-MODEL", PF, CONTROL, SHOT("absent-handle"),
				     FAULTED(IR_FAULT("34"), ""), RUN_END));
	EXPECT_EQ(VERDICT_NOTE,
		  TOLD("IOM-QUIET-MODEL", PF, CONTROL, SHOT("absent-handle"), NOTHING, RUN_END));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-QUIET-MODEL", PF, DEAD, SHOT("absent-handle"), NOTHING, RUN_END));
}

TEST(arrives_nowhere)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("IOM-NODELIVER", VF0, CONTROL, SHOT("absent-handle"), NOTHING));
	/* A message that arrives is a failure whatever is logged, control or not. */
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("IOM-NODELIVER", VF0, DEAD, AIMED("sibling-handle", VF1),
		       WATCHED("'" VF1 "':[0,0,1]", "", "", "", IR_FAULT("38"), "same")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("IOM-NODELIVER", VF0, CONTROL, AIMED("pf-handle", PF),
		       WATCHED(NO_EVENTS, MOVED(PF, "2", "nvme0q2"), "", "", "", "same")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-NODELIVER", VF0, CONTROL, SHOT("beyond-handle"),
				     WATCHED(OWN_EVENT, "", "", "", "", "same")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-NODELIVER", VF0, CONTROL, SHOT("compat-fixed"),
				     WATCHED(NO_EVENTS, "", "'SPU':1", "", "", "same")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("IOM-NODELIVER", VF0, CONTROL, SHOT("compat-fixed"),
		       WATCHED(NO_EVENTS, "", "",
			       "'common_interrupt: 0.55 No irq handler for vector'", "", "same")));
	/* As Linux says it since 6.12. */
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("IOM-NODELIVER", VF0, CONTROL, SHOT("compat-fixed"),
		       WATCHED(NO_EVENTS, "", "", "'No irq handler for 0.55'", "", "same")));
	/* Nothing, after nothing was delivered, or in another scenario. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-NODELIVER", VF0, DEAD, SHOT("absent-handle"), NOTHING));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-NODELIVER", VF0, CONTROL, DEAD, SHOT("absent-handle"), NOTHING));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-NODELIVER", VF0, CONTROL, BEGIN, SHOT("absent-handle"), NOTHING));
}

TEST(arrives_by_right)
{
	/* Its own vectors may fire for its own handle, and for the entry behind the table. */
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-NODELIVER", VF0, CONTROL, SHOT("own-handle"),
				     WATCHED(OWN_EVENT, "", "", "", "", "same")));
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-NODELIVER", VF0, CONTROL, SHOT("beyond-size"),
				     WATCHED(OWN_EVENT, "", "", "", "", "same")));
	/* Rows of nobody we know, and those that count without a shot. */
	EXPECT_EQ(
		VERDICT_PASS,
		TOLD("IOM-NODELIVER", VF0, CONTROL, SHOT("absent-handle"),
		     WATCHED(NO_EVENTS, "{'irq':9,'name':'ahci','fn':null,'vector':-1,'cpu':[7,0]}",
			     "'LOC':9", "", "", "same")));
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("IOM-NODELIVER", VF0, SHOT("control"),
		       WATCHED(OWN_EVENT, "", "'NMI':1", "", "", "same"), SHOT("absent-handle"),
		       WATCHED(NO_EVENTS, "", "'NMI':1", "", "", "same")));
	/* What the engine sends to move a queue is answered on vector 0. */
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-NODELIVER", VF0, CONTROL, SHOT("absent-handle"),
				     WATCHED("'" VF0 "':[1,0]", "", "", "", "", "same")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-NODELIVER", VF0, SHOT("absent-handle"),
					WATCHED("'" VF0 "':[4,0]", "", "", "", "", "same")));
}

#define LOAD_START(fn) DONE("load-start", fn, "'write':true,'depth':8," OK)
#define LOAD_STOP(fn, io, bad, bytes)                                                             \
	DONE("load-stop", fn,                                                                     \
	     OK ",'read_bytes':" bytes ",'write_bytes':0,'io_errors':" io ",'verify_errors':" bad \
		",'queues':1,'vectors':[]")

TEST(rows_of_a_bystander)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("IOM-NODELIVER", VF0, LOAD_START(VF1), CONTROL, SHOT("absent-handle"),
		       WATCHED(NO_EVENTS, MOVED(VF1, "1", "nvme2q1"), "", "", "", "same")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("IOM-NODELIVER", VF0, LOAD_START(VF1), LOAD_STOP(VF1, "0", "0", "1"),
		       CONTROL, SHOT("absent-handle"),
		       WATCHED(NO_EVENTS, MOVED(VF1, "1", "nvme2q1"), "", "", "", "same")));
	/* Its eventfds count no I/O of its own. */
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("IOM-NODELIVER", VF0, LOAD_START(VF1), CONTROL, SHOT("absent-handle"),
		       WATCHED("'" VF1 "':[0,1]", "", "", "", "", "same")));
}

TEST(victim)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("IOM-VICTIM", VF1, CONTROL, AIMED("sibling-handle", VF1), NOTHING));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-VICTIM", VF1, CONTROL, AIMED("sibling-handle", VF1),
				     WATCHED("'" VF1 "':[0,0,1]", "", "", "", "", "same")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("IOM-VICTIM", PF, CONTROL, AIMED("pf-handle", PF),
		       WATCHED(NO_EVENTS, MOVED(PF, "2", "nvme0q2"), "", "", "", "same")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-VICTIM", VF1, DEAD, AIMED("sibling-handle", VF1), NOTHING));
	/* Under a load of its own its rows tell nothing. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-VICTIM", VF1, LOAD_START(VF1), CONTROL, AIMED("sibling-handle", VF1),
		       WATCHED(NO_EVENTS, MOVED(VF1, "2", "nvme2q2"), "", "", "", "same")));
}

TEST(own_handle)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-OWN-INDEX", VF0, CONTROL, SHOT("own-handle"),
				     WATCHED("'" VF0 "':[1,0]", "", "", "", "", "same")));
	EXPECT_EQ(VERDICT_NOTE, TOLD("IOM-OWN-INDEX", VF0, CONTROL, SHOT("own-handle"), NOTHING));
	/* Delivered, but where the entry that sent it goes. */
	EXPECT_EQ(VERDICT_NOTE, TOLD("IOM-OWN-INDEX", VF0, CONTROL, SHOT("own-handle"),
				     WATCHED(OWN_EVENT, "", "", "", "", "same")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-OWN-INDEX", VF0, DEAD, SHOT("own-handle"), NOTHING));
}

#define DMAR_LINE \
	"'DMAR: [INTR-REMAP] Request device [01:00.1] fault index 0x42 [fault reason 0x26] x'"

TEST(reports)
{
#define REPORTED(faults, lines) \
	TOLD("IOM-LOG-INTEL", VF0, CONTROL, AIMED("sibling-handle", VF1), FAULTED(faults, lines))
	EXPECT_EQ(VERDICT_PASS, REPORTED(IR_FAULT("38"), DMAR_LINE));
	EXPECT_EQ(VERDICT_WARN, REPORTED("", DMAR_LINE));
	EXPECT_EQ(VERDICT_WARN, REPORTED(FAULT("interrupt", VF1, "0", "66", "38"), DMAR_LINE));
	EXPECT_EQ(VERDICT_WARN, REPORTED(FAULT("interrupt", VF0, "0", "67", "38"), DMAR_LINE));
	/* With 25h the index means nothing; another shot's late report is judged with nothing. */
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-LOG-INTEL", VF0, CONTROL, SHOT("compat-fixed"),
				     FAULTED(FAULT("interrupt", VF0, "0", "9", "37"), DMAR_LINE)));
	EXPECT_EQ(VERDICT_PASS, REPORTED(FAULT("interrupt", VF0, "0", "9", "34"), DMAR_LINE));
	EXPECT_EQ(VERDICT_NOT_RUN, REPORTED("", ""));
	EXPECT_EQ(VERDICT_NOT_RUN, REPORTED("", "'nvme nvme0: hello'"));
}

#define DMAR_DMA_LINE                                                                        \
	"'DMAR: [DMA Write NO_PASID] Request device [01:00.1] fault addr 0x0 [fault reason " \
	"0x05] x'"

TEST(reports_of_another_kind)
{
#define DMA_REPORTED(fault) \
	TOLD("IOM-LOG-INTEL", VF0, CONTROL, DMA_SHOT, FAULTED(fault, DMAR_DMA_LINE))
#define READ_FAULT                                                                         \
	"{'kind':'dma','source':'" VF0 "','write':false,'addr':305418240,'index':-1,'reas" \
	"on':5}"
	EXPECT_EQ(VERDICT_PASS, DMA_REPORTED(DMA_FAULT(VF0)));
	EXPECT_EQ(VERDICT_WARN, DMA_REPORTED(DMA_FAULT(VF1)));
	EXPECT_EQ(VERDICT_WARN, DMA_REPORTED(READ_FAULT));
	/* A late report of the shot before. */
	EXPECT_EQ(VERDICT_PASS, DMA_REPORTED(IR_FAULT("38")));
	/* An interrupt request, told as a write to where it went: FEE0_0000h. */
	EXPECT_EQ(VERDICT_WARN,
		  TOLD("IOM-LOG-INTEL", VF0, CONTROL, SHOT("absent-handle"),
		       FAULTED(FAULT("dma", VF0, "4276092928", "-1", "34"), DMAR_DMA_LINE)));
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-LOG-INTEL", VF0, CONTROL, SHOT("absent-handle"),
				     FAULTED(DMA_FAULT(VF0), DMAR_DMA_LINE)));
}

/* A run on a machine with another IOMMU. */
static enum verdict on_iommu(const char *kind, const char *rule, const char *fn,
			     const char *const *lines)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
	struct record r = {.fd = memfd_create("record", MFD_CLOEXEC)};
	enum verdict verdict;

	record_tell(&r,
		    "{'ev':'header','format':'%s','version':%d,'machine':{},"
		    "'iommu':{'kind':'%s','remapping':true,'translation':true}}",
		    EVIDENCE_FORMAT, EVIDENCE_VERSION, kind);
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_function(&r, VF0, 0, &vf, FAKE_BAR);
	record_function(&r, VF1, 1, &vf, FAKE_BAR);
	record_tell(&r, BEGIN);
	record_tell_all(&r, lines);
	verdict = record_verdict(&r, rule, fn);
	record_close(&r);
	return verdict;
}

#define ON_AMD(rule, fn, ...)  on_iommu("amd", rule, fn, LINES(__VA_ARGS__))
#define ON_SMMU(rule, fn, ...) on_iommu("smmu", rule, fn, LINES(__VA_ARGS__))

TEST(own_tables)
{
	/* Somebody else's handle is one of its own there: it may arrive at home. */
	EXPECT_EQ(VERDICT_PASS, ON_AMD("IOM-NODELIVER", VF0, CONTROL, AIMED("sibling-handle", VF1),
				       WATCHED(OWN_EVENT, "", "", "", "", "same")));
	EXPECT_EQ(VERDICT_PASS, ON_SMMU("IOM-NODELIVER", VF0, CONTROL, AIMED("pf-handle", PF),
					WATCHED(OWN_EVENT, "", "", "", "", "same")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-NODELIVER", VF0, CONTROL, AIMED("sibling-handle", VF1),
				     WATCHED(OWN_EVENT, "", "", "", "", "same")));
	EXPECT_EQ(VERDICT_FAIL, ON_AMD("IOM-NODELIVER", VF0, CONTROL, AIMED("sibling-handle", VF1),
				       WATCHED("'" VF1 "':[0,0,1]", "", "", "", "", "same")));
	EXPECT_EQ(VERDICT_FAIL, ON_AMD("IOM-NODELIVER", VF0, CONTROL, SHOT("absent-handle"),
				       WATCHED(OWN_EVENT, "", "", "", "", "same")));
	EXPECT_EQ(VERDICT_FAIL, ON_SMMU("IOM-VICTIM", VF1, CONTROL, AIMED("sibling-handle", VF1),
					WATCHED("'" VF1 "':[0,0,1]", "", "", "", "", "same")));
	EXPECT_EQ(VERDICT_PASS,
		  ON_AMD("IOM-VICTIM", VF1, CONTROL, AIMED("sibling-handle", VF1), NOTHING));
	/* Reasons are Intel's; an SMMU is not asked for reports of requests. */
	EXPECT_EQ(VERDICT_SKIP, ON_AMD("IOM-IR-NP", VF0, CONTROL, SHOT("absent-handle"), NOTHING));
	EXPECT_EQ(VERDICT_NOTE,
		  ON_AMD("IOM-QUIET-MODEL", PF, CONTROL, SHOT("absent-handle"), NOTHING, RUN_END));
	EXPECT_EQ(VERDICT_SKIP,
		  ON_SMMU("IOM-QUIET-MODEL", PF, CONTROL, SHOT("absent-handle"), NOTHING, RUN_END));
}

#define AMD_LINE                                                                             \
	"'vfio-pci 0000:01:00.1: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0002 address=" \
	"0xfee00000 flags=0x0008]'"

TEST(reports_of_amd)
{
#define AMD_REPORTED(fault) \
	ON_AMD("IOM-LOG-AMD", VF0, CONTROL, SHOT("absent-handle"), FAULTED(fault, AMD_LINE))
#define AMD_DMA_REPORTED(fault) \
	ON_AMD("IOM-LOG-AMD", VF0, CONTROL, DMA_SHOT, FAULTED(fault, AMD_LINE))
#define AMD_FAULT(fn) FAULT("interrupt", fn, "4276092928", "-1", "8")
	EXPECT_EQ(VERDICT_PASS, AMD_REPORTED(AMD_FAULT(VF0)));
	EXPECT_EQ(VERDICT_WARN, AMD_REPORTED(AMD_FAULT(VF1)));
	EXPECT_EQ(VERDICT_WARN, AMD_REPORTED(FAULT("dma", VF0, "4276092928", "-1", "32")));
	EXPECT_EQ(VERDICT_WARN, AMD_REPORTED(""));
	EXPECT_EQ(VERDICT_PASS, AMD_DMA_REPORTED(DMA_FAULT(VF0)));
	EXPECT_EQ(VERDICT_WARN, AMD_DMA_REPORTED(AMD_FAULT(VF0)));
	EXPECT_EQ(VERDICT_WARN, AMD_DMA_REPORTED(READ_FAULT));
	/* The shot before may be reported late. */
	EXPECT_EQ(VERDICT_PASS, ON_AMD("IOM-LOG-AMD", VF0, CONTROL, SHOT("absent-handle"), NOTHING,
				       DMA_SHOT, FAULTED(AMD_FAULT(VF0), AMD_LINE)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  ON_AMD("IOM-LOG-AMD", VF0, CONTROL, SHOT("absent-handle"), NOTHING));
	EXPECT_EQ(VERDICT_SKIP, TOLD("IOM-LOG-AMD", VF0, CONTROL, SHOT("absent-handle"),
				     FAULTED(AMD_FAULT(VF0), AMD_LINE)));
}

TEST(reports_of_an_smmu)
{
#define SMMU_LINE "'arm-smmu-v3 arm-smmu-v3.0.auto: event 0x10 received:'"
#define SMMU_REPORTED(fault) \
	ON_SMMU("IOM-LOG-SMMU", VF0, CONTROL, DMA_SHOT, FAULTED(fault, SMMU_LINE))
	EXPECT_EQ(VERDICT_PASS, SMMU_REPORTED(DMA_FAULT(VF0)));
	EXPECT_EQ(VERDICT_WARN, SMMU_REPORTED(DMA_FAULT(VF1)));
	EXPECT_EQ(VERDICT_WARN, SMMU_REPORTED(READ_FAULT));
	EXPECT_EQ(VERDICT_WARN, SMMU_REPORTED(""));
	EXPECT_EQ(VERDICT_NOT_RUN, ON_SMMU("IOM-LOG-SMMU", VF0, CONTROL, DMA_SHOT, NOTHING));
	/* An event of no transfer. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  ON_SMMU("IOM-LOG-SMMU", VF0, CONTROL, DMA_SHOT,
			  FAULTED("", "'arm-smmu-v3 arm-smmu-v3.0.auto: event 0x04 received:'")));
	EXPECT_EQ(VERDICT_SKIP, ON_AMD("IOM-LOG-SMMU", VF0, CONTROL, DMA_SHOT, NOTHING));
}

TEST(events_of_an_its)
{
	EXPECT_EQ(VERDICT_PASS,
		  ON_SMMU("IOM-ITS-EVENT", VF0, CONTROL, SHOT("absent-handle"), NOTHING));
	EXPECT_EQ(VERDICT_NOTE, ON_SMMU("IOM-ITS-EVENT", VF0, CONTROL, SHOT("beyond-handle"),
					WATCHED(OWN_EVENT, "", "", "", "", "same")));
	/* A fault at the doorbell, that is where the message went. */
	EXPECT_EQ(VERDICT_NOTE,
		  ON_SMMU("IOM-ITS-EVENT", VF0, CONTROL, SHOT("absent-handle"),
			  FAULTED(FAULT("dma", VF0, "4276092928", "-1", "16"), SMMU_LINE)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  ON_SMMU("IOM-ITS-EVENT", VF0, DEAD, SHOT("absent-handle"), NOTHING));
	EXPECT_EQ(VERDICT_SKIP,
		  TOLD("IOM-ITS-EVENT", VF0, CONTROL, SHOT("absent-handle"), NOTHING));
}

TEST(number_of_reports)
{
#define COUNTED(...) TOLD("IOM-LOG-RATE", PF, CONTROL, __VA_ARGS__, RUN_END)
#define BLOCKED      SHOT("absent-handle")
#define ONCE         FAULTED(IR_FAULT("34"), "")
#define TWICE        FAULTED(IR_FAULT("34") "," IR_FAULT("34"), "")
	EXPECT_EQ(VERDICT_PASS, COUNTED(BLOCKED, ONCE, CONTROL, BLOCKED, ONCE));
	EXPECT_EQ(VERDICT_NOTE, COUNTED(BLOCKED, TWICE));
	EXPECT_EQ(VERDICT_NOTE, COUNTED(BLOCKED, ONCE, CONTROL, BLOCKED, NOTHING, CONTROL));
	/* Late by one watch: in that of a control, or with the next one's own. */
	EXPECT_EQ(VERDICT_PASS, COUNTED(BLOCKED, NOTHING, SHOT("control"),
					WATCHED(OWN_EVENT, "", "", "", IR_FAULT("34"), "same")));
	EXPECT_EQ(VERDICT_PASS, COUNTED(BLOCKED, NOTHING, BLOCKED, TWICE));
	EXPECT_EQ(VERDICT_NOTE, COUNTED(BLOCKED, NOTHING, BLOCKED, ONCE, CONTROL));
	/* From the fourth shot in five seconds on the log may have no room. */
	EXPECT_EQ(VERDICT_PASS, COUNTED(BLOCKED, ONCE, BLOCKED, ONCE, BLOCKED, ONCE, BLOCKED,
					NOTHING, CONTROL, BLOCKED, NOTHING, CONTROL));
	/* One that never reports is another rule's; what arrived, or a dead path, has no report. */
	EXPECT_EQ(VERDICT_NOT_RUN, COUNTED(BLOCKED, NOTHING, CONTROL));
	EXPECT_EQ(VERDICT_PASS, COUNTED(BLOCKED, ONCE, BLOCKED,
					WATCHED(OWN_EVENT, "", "", "", "", "same"), CONTROL));
	EXPECT_EQ(VERDICT_PASS, COUNTED(BLOCKED, ONCE, DEAD, BLOCKED, NOTHING, CONTROL));
#define STATUS(fsts)                                                                              \
	SEEN("watch", VF0,                                                                        \
	     "'events':{" OWN_EVENT "},'rows':[],'machine':{},'klog':[],'faults':[],'fsts':" fsts \
	     ",'canary':'same','waited_us':1")
	/* A fault that is still recorded when the next message has come. */
	EXPECT_EQ(VERDICT_NOTE, TOLD("IOM-LOG-RATE", PF, SHOT("control"), STATUS("2"),
				     SHOT("control"), STATUS("2")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-LOG-RATE", PF, SHOT("control"), STATUS("2"), SHOT("control"),
		       STATUS("0"), SHOT("control"), STATUS("-1"), SHOT("control"), STATUS("16")));
	/* A fault of a shot that has none to report, as a handle of its own that is refused. */
	EXPECT_EQ(VERDICT_PASS, COUNTED(BLOCKED, ONCE, SHOT("own-handle"), ONCE));
}

TEST(nmi)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-NMI", VF0, CONTROL, SHOT("compat-nmi"), NOTHING));
	EXPECT_EQ(VERDICT_WARN, TOLD("IOM-NMI", VF0, CONTROL, SHOT("compat-nmi"),
				     WATCHED(NO_EVENTS, "", "'NMI':1", "", "", "same")));
	EXPECT_EQ(VERDICT_WARN,
		  TOLD("IOM-NMI", VF0, CONTROL, SHOT("reserved-data"),
		       WATCHED(NO_EVENTS, "", "",
			       "'NMI: PCI system error (SERR) for reason a1 on CPU 0.'", "",
			       "same")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-NMI", VF0, DEAD, SHOT("compat-nmi"), NOTHING));
	/* A watchdog raises NMIs, too. */
	EXPECT_EQ(VERDICT_SKIP,
		  TOLD("IOM-NMI", VF0, SHOT("control"),
		       WATCHED(OWN_EVENT, "", "'NMI':1", "", "", "same"), SHOT("compat-nmi"),
		       WATCHED(NO_EVENTS, "", "'NMI':1", "", "", "same")));
}

TEST(vector_of_the_host)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("IOM-HOSTVEC", VF0, CONTROL, SHOT("compat-fixed"), NOTHING));
	EXPECT_EQ(VERDICT_FAIL, TOLD("IOM-HOSTVEC", VF0, CONTROL, SHOT("compat-fixed"),
				     WATCHED(NO_EVENTS, "", "'SPU':1", "", "", "same")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-HOSTVEC", VF0, DEAD, SHOT("compat-fixed"), NOTHING));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("IOM-HOSTVEC", VF0, CONTROL, SHOT("absent-handle"), NOTHING));
}

TEST(bystander)
{
#define ATTACKED(...) TOLD("IOM-BYSTANDER", VF1, LOAD_START(VF1), CONTROL, __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS, ATTACKED(LOAD_STOP(VF1, "0", "0", "4096")));
	EXPECT_EQ(VERDICT_FAIL, ATTACKED(LOAD_STOP(VF1, "1", "0", "4096")));
	EXPECT_EQ(VERDICT_FAIL, ATTACKED(LOAD_STOP(VF1, "0", "1", "4096")));
	EXPECT_EQ(VERDICT_FAIL, ATTACKED(LOAD_STOP(VF1, "0", "0", "0")));
	EXPECT_EQ(VERDICT_NOT_RUN, ATTACKED(RESET(VF1, "flr"), LOAD_STOP(VF1, "1", "0", "4096")));
	EXPECT_EQ(VERDICT_FAIL, ATTACKED(DONE("load-stop", VF1, "'res':'ETIMEDOUT'")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("IOM-BYSTANDER", VF1, CONTROL, LOAD_START(VF1),
					LOAD_STOP(VF1, "1", "0", "4096")));
}

TEST_HARNESS_MAIN
