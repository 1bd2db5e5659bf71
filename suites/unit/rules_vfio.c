/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of VFIO: kept, broken, and the traps. */
#include "kselftest_harness.h"
#include "story.h"

#define TOLD(rule, ...) STORY("M-RST", "nvme", rule, VF0, BIND(VF0, "vfio-pci"), __VA_ARGS__)

#define LOOK_VFIO(intx, msix, flags, bar_flags, mappable)                                        \
	SEEN("vfio", VF0,                                                                        \
	     "'intx':" intx ",'msi':0,'msix':" msix ",'msix_flags':" flags                       \
	     ",'bars':[{'region':0,'size':16384,'flags':" bar_flags ",'msix_mappable':" mappable \
	     "}],'table_region':0,'reset':true")
#define COUNT(msix) LOOK_VFIO("0", msix, "9", "15", "true")

TEST(count_is_table_size)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("VFIO-IRQCOUNT", VFIO_OPEN(VF0), COUNT("5"), LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("VFIO-IRQCOUNT", VFIO_OPEN(VF0), LOOK_AT(VF0, SIZE_5), COUNT("4")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("VFIO-IRQCOUNT", VFIO_OPEN(VF0), COUNT("5"), LOOK_AT(VF0, SIZE_6)));
	/* A look from before the open, or from before a resize, is old. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("VFIO-IRQCOUNT", LOOK_AT(VF0, SIZE_3), VFIO_OPEN(VF0), COUNT("5")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("VFIO-IRQCOUNT", VFIO_OPEN(VF0), COUNT("5"),
					RESIZE(VF0, "nvme", "6", "ok", "6"), LOOK_AT(VF0, SIZE_6)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("VFIO-IRQCOUNT", VFIO_OPEN(VF0), LOOK_AT(VF0, SIZE_5), VFIO_CLOSE(VF0)));
}

static void record_view(struct record *r, unsigned size)
{
	struct cfg cfg = fake_cfg(0, size);

	record_add(r, json_pack("{s:s,s:s,s:s,s:o}", "ev", "obs", "obs", "vfio-cfg", "fn", VF0,
				"bytes", json_hex(cfg.byte, CFG_SPACE_SIZE)));
}

/* The VF is open with 5 vectors; @more follows the look through VFIO at @size. */
static enum verdict viewed(unsigned size, const char *const *more)
{
	enum verdict verdict;
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_tell(&r, VFIO_OPEN(VF0));
	record_tell(&r, LOOK_AT(VF0, SIZE_5));
	if (size)
		record_view(&r, size);
	record_tell_all(&r, more);
	verdict = record_verdict(&r, "VFIO-CAP-RO", VF0);
	record_close(&r);
	return verdict;
}

#define CFG_WRITE(off, res) \
	DONE("vfio-cfg-write", VF0, "'off':" off ",'width':2,'value':2043,'res':'" res "'")
#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

TEST(capability_is_what_it_is)
{
	EXPECT_EQ(VERDICT_PASS, viewed(5, LINES(NULL)));
	EXPECT_EQ(VERDICT_FAIL, viewed(6, LINES(NULL)));
	EXPECT_EQ(VERDICT_PASS, viewed(0, LINES(CFG_WRITE("66", "ok"), LOOK_AT(VF0, SIZE_5))));
	EXPECT_EQ(VERDICT_FAIL, viewed(0, LINES(CFG_WRITE("66", "ok"), LOOK_AT(VF0, SIZE_6))));
	EXPECT_EQ(VERDICT_FAIL, viewed(0, LINES(CFG_WRITE("66", "EINVAL"))));
	EXPECT_EQ(VERDICT_NOT_RUN, viewed(0, LINES(CFG_WRITE("4", "ok"), LOOK_AT(VF0, SIZE_6))));
	/* What else was done may have set bits there. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  viewed(0, LINES(CFG_WRITE("66", "ok"), VFIO_IRQS(VF0, "0", "5", "ok", "0"),
				  LOOK_AT(VF0, "0480"))));
}

#define READ(off, bytes, table) \
	SEEN("vfio-region", VF0, "'region':0,'off':" off ",'bytes':'" bytes "','table':" table)
#define ONES  "ffffffffffffffffffffffffffffffff"
#define OTHER "00000000000000000000000001000000"

TEST(resized_while_open)
{
#define OPEN_RESIZED(...)                                                   \
	TOLD("VFIO-SNAP", VFIO_OPEN(VF0), LOOK_AT(VF0, SIZE_5), COUNT("5"), \
	     RESIZE(VF0, "nvme", "6", "ok", "6"), LOOK_AT(VF0, SIZE_6), __VA_ARGS__)
	/* 8192 is where the table is; entry 5 is inside of it now. */
	EXPECT_EQ(VERDICT_PASS, OPEN_RESIZED(READ("8272", ONES, "true")));
	EXPECT_EQ(VERDICT_WARN, OPEN_RESIZED(READ("8272", OTHER, "true")));
	EXPECT_EQ(VERDICT_NOT_RUN, OPEN_RESIZED(READ("8256", ONES, "true")));
	EXPECT_EQ(VERDICT_WARN, TOLD("VFIO-SNAP", VFIO_OPEN(VF0), LOOK_AT(VF0, SIZE_5),
				     RESIZE(VF0, "nvme", "3", "ok", "3"), LOOK_AT(VF0, SIZE_3),
				     READ("8240", ONES, "false")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("VFIO-SNAP", VFIO_OPEN(VF0), LOOK_AT(VF0, SIZE_5),
					READ("8272", OTHER, "false")));
	/* A new opening begins anew. */
	EXPECT_EQ(VERDICT_NOT_RUN, OPEN_RESIZED(VFIO_CLOSE(VF0), VFIO_OPEN(VF0),
						LOOK_AT(VF0, SIZE_6), READ("8272", OTHER, "true")));
}

static enum verdict agreeing(unsigned view)
{
	enum verdict verdict;
	struct record r;

	record_typical(&r, "M-RST", "nvme");
	record_tell_all(&r, LINES(VFIO_OPEN(VF0), LOOK_AT(VF0, SIZE_5),
				  RESIZE(VF0, "nvme", "6", "ok", "6"), COUNT("6")));
	record_view(&r, view);
	verdict = record_verdict(&r, "VFIO-SNAP", VF0);
	record_close(&r);
	return verdict;
}

TEST(resized_while_open_in_two_views)
{
	EXPECT_EQ(VERDICT_PASS, agreeing(6));
	EXPECT_EQ(VERDICT_WARN, agreeing(5));
}

#define OPENED(rule, ...) TOLD(rule, VFIO_OPEN(VF0), LOOK_AT(VF0, SIZE_5), __VA_ARGS__)

TEST(vectors_beyond)
{
	EXPECT_EQ(VERDICT_PASS,
		  OPENED("VFIO-SETIRQS-RANGE", VFIO_IRQS(VF0, "0", "6", "EINVAL", "-1")));
	EXPECT_EQ(VERDICT_PASS,
		  OPENED("VFIO-SETIRQS-RANGE", VFIO_IRQS(VF0, "1", "4294967295", "EINVAL", "-1")));
	EXPECT_EQ(VERDICT_FAIL,
		  OPENED("VFIO-SETIRQS-RANGE", VFIO_IRQS(VF0, "1", "4294967295", "ok", "0")));
	EXPECT_EQ(VERDICT_FAIL,
		  OPENED("VFIO-SETIRQS-RANGE", VFIO_IRQS(VF0, "5", "1", "ENOSPC", "-1")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  OPENED("VFIO-SETIRQS-RANGE", VFIO_IRQS(VF0, "0", "5", "ok", "0")));
	/* Without a look since the open nobody knows where the end is. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("VFIO-SETIRQS-RANGE", VFIO_OPEN(VF0), VFIO_IRQS(VF0, "0", "6", "ok", "0")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("VFIO-SETIRQS-RANGE", VFIO_OPEN(VF0), COUNT("5"),
				     VFIO_IRQS(VF0, "0", "6", "ok", "0")));
}

TEST(all_or_none)
{
	EXPECT_EQ(VERDICT_PASS, OPENED("VFIO-SETIRQS-PARTIAL", VFIO_IRQS(VF0, "0", "3", "ok", "0"),
				       LOOK_IRQS(VF0, "30,31,32", "")));
	EXPECT_EQ(VERDICT_FAIL, OPENED("VFIO-SETIRQS-PARTIAL", VFIO_IRQS(VF0, "0", "3", "ok", "0"),
				       LOOK_IRQS(VF0, "30,31", "")));
	EXPECT_EQ(VERDICT_PASS, OPENED("VFIO-SETIRQS-PARTIAL", VFIO_IRQS(VF0, "0", "5", "ok", "3"),
				       LOOK_IRQS(VF0, "", "")));
	EXPECT_EQ(VERDICT_FAIL, OPENED("VFIO-SETIRQS-PARTIAL", VFIO_IRQS(VF0, "0", "5", "ok", "3"),
				       LOOK_IRQS(VF0, "30,31,32", "")));
	EXPECT_EQ(VERDICT_FAIL,
		  OPENED("VFIO-SETIRQS-PARTIAL", VFIO_IRQS(VF0, "0", "5", "ok", "7")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  OPENED("VFIO-SETIRQS-PARTIAL", VFIO_IRQS(VF0, "0", "5", "EINVAL", "-1"),
			 LOOK_IRQS(VF0, "", "")));
}

#define FLAGS(flags) LOOK_VFIO("0", "5", flags, "15", "true")

TEST(noresize)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("VFIO-NORESIZE", FLAGS("9")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("VFIO-NORESIZE", FLAGS("1")));
	EXPECT_EQ(VERDICT_SKIP, story_on_kernel("6.12.0", "VFIO-NORESIZE", LINES(FLAGS("1"))));
}

TEST(vectors_added_later)
{
#define ADDED(flags, res)                                         \
	LINES(VFIO_OPEN(VF0), LOOK_AT(VF0, SIZE_5), FLAGS(flags), \
	      VFIO_IRQS(VF0, "0", "2", "ok", "0"), VFIO_IRQS(VF0, "2", "1", res, "0"))
	EXPECT_EQ(VERDICT_PASS, story_on_kernel("6.12.0", "VFIO-DYN", ADDED("1", "ok")));
	EXPECT_EQ(VERDICT_WARN, story_on_kernel("6.12.0", "VFIO-DYN", ADDED("1", "EINVAL")));
	EXPECT_EQ(VERDICT_SKIP, story_on_kernel("6.12.0", "VFIO-DYN", ADDED("9", "EINVAL")));
	EXPECT_EQ(VERDICT_SKIP, story_on_kernel("6.1.0", "VFIO-DYN", ADDED("9", "EINVAL")));
}

TEST(mappable_table)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("VFIO-REGION-CAP", LOOK_VFIO("0", "5", "9", "15", "true")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("VFIO-REGION-CAP", LOOK_VFIO("0", "5", "9", "15", "false")));
	EXPECT_EQ(VERDICT_SKIP, TOLD("VFIO-REGION-CAP", LOOK_VFIO("0", "5", "9", "3", "false")));
}

#define ALL_MASKED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED
#define LAST_USED  ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED ENTRY_USED
#define REGION_WRITE(off) \
	DONE("vfio-region-write", VF0, "'region':0,'off':" off ",'width':4,'value':1," OK)

TEST(window_over_the_table)
{
	EXPECT_EQ(VERDICT_PASS,
		  OPENED("VFIO-RW-HOLE", READ("8192", ONES, "true"), READ("8272", OTHER, "false")));
	EXPECT_EQ(VERDICT_FAIL, OPENED("VFIO-RW-HOLE", READ("8192", OTHER, "true")));
	/* A dead device reads all ones everywhere. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  OPENED("VFIO-RW-HOLE", READ("8192", ONES, "true"), READ("8272", ONES, "false")));
	EXPECT_EQ(VERDICT_PASS, OPENED("VFIO-RW-HOLE", LOOK_TABLE(VF0, ALL_MASKED),
				       REGION_WRITE("8192"), LOOK_TABLE(VF0, ALL_MASKED)));
	EXPECT_EQ(VERDICT_FAIL, OPENED("VFIO-RW-HOLE", LOOK_TABLE(VF0, ALL_MASKED),
				       REGION_WRITE("8256"), LOOK_TABLE(VF0, LAST_USED)));
	/* Not inside; and changed by somebody else. */
	EXPECT_EQ(VERDICT_NOT_RUN, OPENED("VFIO-RW-HOLE", LOOK_TABLE(VF0, ALL_MASKED),
					  REGION_WRITE("8272"), LOOK_TABLE(VF0, ALL_MASKED)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  OPENED("VFIO-RW-HOLE", LOOK_TABLE(VF0, ALL_MASKED), REGION_WRITE("8256"),
			 VFIO_IRQS(VF0, "0", "5", "ok", "0"), LOOK_TABLE(VF0, LAST_USED)));
}

TEST(busy_with_vfio)
{
#define SYSFS(...) STORY("M-IMM", "sysfs", "VFIO-BUSY", VF0, __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS, SYSFS(BIND(VF0, "vfio-pci"), WRITE_COUNT(VF0, "3", "EBUSY")));
	EXPECT_EQ(VERDICT_FAIL, SYSFS(BIND(VF0, "vfio-pci"), RESIZE(VF0, "sysfs", "3", "ok", "3")));
	EXPECT_EQ(VERDICT_NOT_RUN, SYSFS(BIND(VF0, "nvme"), WRITE_COUNT(VF0, "3", "ok")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  SYSFS(BIND(VF0, "vfio-pci"), WRITE_COUNT(VF0, "99999999999", "EINVAL")));
}

TEST(opened_again)
{
#define REOPENED(between, res, ret)                                                              \
	TOLD("VFIO-REOPEN", VFIO_OPEN(VF0), LOOK_AT(VF0, SIZE_5), VFIO_CLOSE(VF0),               \
	     RESIZE(VF0, "nvme", "6", "ok", "6"), between, VFIO_OPEN(VF0), LOOK_AT(VF0, SIZE_6), \
	     VFIO_IRQS(VF0, "0", "6", res, ret))
	EXPECT_EQ(VERDICT_PASS, REOPENED(BEGIN, "ok", "0"));
	EXPECT_EQ(VERDICT_WARN, REOPENED(BEGIN, "ok", "5"));
	EXPECT_EQ(VERDICT_WARN, REOPENED(BEGIN, "EINVAL", "-1"));
	/* The kernel's file resizes nothing that vfio-pci has. */
	EXPECT_EQ(VERDICT_WARN, REOPENED(UNBIND(VF0), "ok", "5"));
	EXPECT_EQ(VERDICT_WARN, REOPENED(BIND(VF0, "vfio-pci"), "ok", "5"));
	EXPECT_EQ(VERDICT_NOT_RUN, REOPENED(BIND(VF0, "nvme"), "ok", "5"));
	/* Another number than before is what the machine has left, not what the VF had. */
#define REOPENED_AFTER(enabled, ret)                                                    \
	TOLD("VFIO-REOPEN", VFIO_OPEN(VF0), LOOK_AT(VF0, SIZE_5),                       \
	     VFIO_IRQS(VF0, "0", enabled, "ok", "0"), VFIO_CLOSE(VF0),                  \
	     RESIZE(VF0, "nvme", "6", "ok", "6"), VFIO_OPEN(VF0), LOOK_AT(VF0, SIZE_6), \
	     VFIO_IRQS(VF0, "0", "6", "ok", ret))
	EXPECT_EQ(VERDICT_WARN, REOPENED_AFTER("5", "5"));
	EXPECT_EQ(VERDICT_SKIP, REOPENED_AFTER("5", "4"));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("VFIO-REOPEN", VFIO_OPEN(VF0), VFIO_CLOSE(VF0), VFIO_OPEN(VF0),
		       LOOK_AT(VF0, SIZE_6), VFIO_IRQS(VF0, "0", "6", "ok", "5")));
}

TEST(no_intx)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("VFIO-INTX-PIN", COUNT("5")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("VFIO-INTX-PIN", LOOK_VFIO("1", "5", "9", "15", "true")));
}

TEST(reset_by_vfio)
{
	EXPECT_EQ(VERDICT_PASS, OPENED("VFIO-RESET", RESET(VF0, "vfio"), LOOK_AT(VF0, SIZE_5)));
	EXPECT_EQ(VERDICT_WARN, OPENED("VFIO-RESET", RESET(VF0, "vfio"), LOOK_AT(VF0, SIZE_6)));
	EXPECT_EQ(VERDICT_NOT_RUN, OPENED("VFIO-RESET", RESET(VF0, "flr"), LOOK_AT(VF0, SIZE_6)));
	/* A size that waited for the reset shows by right. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  STORY("M-RST", "sysfs", "VFIO-RESET", VF0, BIND(VF0, "vfio-pci"), VFIO_OPEN(VF0),
			RESIZE(VF0, "sysfs", "6", "ok", "6"), LOOK_AT(VF0, SIZE_5),
			RESET(VF0, "vfio"), LOOK_AT(VF0, SIZE_6)));
}

TEST_HARNESS_MAIN
