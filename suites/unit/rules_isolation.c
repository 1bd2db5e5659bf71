/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of pages shared with table and PBA: records that keep them, that break them, traps. */
#include "kselftest_harness.h"
#include "judging.h"

#define SYSTEM_PAGE_SIZE (FAKE_SRIOV + 0x20)

struct shape {
	unsigned table, pba; /* offset and BIR; 0: as in fake_cfg() */
	unsigned pages;      /* System Page Size register; 0: 1 */
	unsigned cpu_page;   /* 0: 4096 */
	unsigned queues;     /* of the controller, as the secondary list tells; 0: it is not told */
	const char *class_code;
};

static void tell_header(struct record *r, unsigned page)
{
	*r = (struct record){.fd = memfd_create("record", MFD_CLOEXEC)};
	record_tell(r,
		    "{'ev':'header','format':'%s','version':%d,'vfwalk':'0','command':[],'target':"
		    "'sim','claim':true,'machine':{'kernel':'6.1.0','arch':'arm64','cpus':2,"
		    "'page_size':%u},'iommu':{'kind':'none','remapping':false,'translation':"
		    "false}}",
		    EVIDENCE_FORMAT, EVIDENCE_VERSION, page);
}

static enum verdict judged(const char *rule, const char *fn, struct shape s)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
	enum verdict verdict;
	struct record r;

	if (s.table)
		fake_put(&vf, FAKE_MSIX + 4, 4, s.table);
	if (s.pba)
		fake_put(&vf, FAKE_MSIX + 8, 4, s.pba);
	if (s.pages)
		fake_put(&pf, SYSTEM_PAGE_SIZE, 4, s.pages);
	if (s.table)
		fake_put(&pf, FAKE_MSIX + 4, 4, s.table);
	tell_header(&r, s.cpu_page ? s.cpu_page : 4096);
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_function(&r, VF0, 0, &vf, FAKE_BAR);
	if (s.class_code)
		record_tell(&r,
			    "{'ev':'function','fn':'" VF1 "','pf':'" PF "','vf':1,'vendor':'8086',"
			    "'device':'1889','class':'%s','driver':null,'group':3,'engine':'none',"
			    "'bytes':'','bars':[]}",
			    s.class_code);
	if (s.class_code)
		record_msix(&r, VF1, 4);
	if (s.queues) {
		record_tell(&r,
			    "{'ev':'obs','obs':'secondary','fn':'" PF "','list':[{'cntlid':1,'vfn':"
			    "1,'online':true,'vq':%u,'vi':5}]}",
			    s.queues);
		record_config(&r, VF0, &vf);
	}
	verdict = record_verdict(&r, rule, fn);
	record_close(&r);
	return verdict;
}

TEST(apart_by_pages)
{
	EXPECT_EQ(VERDICT_PASS, judged("CAP-ISO", VF0, (struct shape){0}));
	EXPECT_EQ(VERDICT_PASS, judged("CAP-ISO", PF, (struct shape){0}));
	EXPECT_EQ(VERDICT_PASS, judged("CAP-ISO-8K", VF0, (struct shape){0}));
	/* In the page of the first doorbells, the table or the PBA. */
	EXPECT_EQ(VERDICT_FAIL, judged("CAP-ISO", VF0, (struct shape){.table = 0x1800}));
	EXPECT_EQ(VERDICT_FAIL, judged("CAP-ISO", PF, (struct shape){.table = 0x1800}));
	EXPECT_EQ(VERDICT_FAIL, judged("CAP-ISO", VF0, (struct shape){.pba = 0x1ff8}));
	EXPECT_EQ(VERDICT_NOTE, judged("CAP-ISO-8K", VF0, (struct shape){.table = 0x1800}));
	/* A BAR of their own. */
	EXPECT_EQ(VERDICT_PASS,
		  judged("CAP-ISO", VF0, (struct shape){.table = 0 | 4, .pba = 0x800 | 4}));
}

/* The table is at 2000h: apart by pages of 4 KiB, not by those that the system has. */
TEST(system_page_size_counts)
{
	EXPECT_EQ(VERDICT_PASS, judged("CAP-ISO", VF0, (struct shape){.pages = 2}));
	EXPECT_EQ(VERDICT_FAIL, judged("CAP-ISO", VF0, (struct shape){.pages = 16}));
	EXPECT_EQ(VERDICT_FAIL, judged("CAP-ISO", PF, (struct shape){.pages = 16}));
}

TEST(doorbells_that_are_known)
{
	struct shape s = {.table = 0x3000, .pba = 0x3800, .queues = 600};

	/* Up to 22C0h: another page, the same 8 KiB. */
	EXPECT_EQ(VERDICT_PASS, judged("CAP-ISO", VF0, s));
	EXPECT_EQ(VERDICT_NOTE, judged("CAP-ISO-8K", VF0, s));
	s.queues = 512;
	EXPECT_EQ(VERDICT_PASS, judged("CAP-ISO-8K", VF0, s));
	s.queues = 1100;
	EXPECT_EQ(VERDICT_FAIL, judged("CAP-ISO", VF0, s));
}

TEST(pages_of_the_cpu)
{
	EXPECT_EQ(VERDICT_SKIP, judged("CAP-ISO-CPU", VF0, (struct shape){0}));
	EXPECT_EQ(VERDICT_WARN, judged("CAP-ISO-CPU", VF0, (struct shape){.cpu_page = 65536}));
	EXPECT_EQ(VERDICT_PASS,
		  judged("CAP-ISO-CPU", VF0,
			 (struct shape){.table = 0x10000, .pba = 0x20000, .cpu_page = 65536}));
}

/* What is behind the BAR of another class nobody has told. */
TEST(registers_must_be_known)
{
	EXPECT_EQ(VERDICT_SKIP, judged("CAP-ISO", VF1, (struct shape){.class_code = "020000"}));
	EXPECT_EQ(VERDICT_SKIP, judged("CAP-ISO-8K", VF1, (struct shape){.class_code = "020000"}));
	EXPECT_EQ(VERDICT_PASS, judged("CAP-ISO", VF1, (struct shape){.class_code = "010802"}));
}

TEST_HARNESS_MAIN
