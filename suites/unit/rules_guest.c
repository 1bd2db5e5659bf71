/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of a function that an inner guest was given: kept, broken, and the traps. */
#include "kselftest_harness.h"
#include "story.h"

#define START(res)             BIND(VF0, "vfio-pci"), DONE("guest-start", VF0, "'res':'" res "'")
#define STOP(res)              DONE("guest-stop", VF0, "'res':'" res "'")
#define GUEST_SEES(size, more) SEEN("guest", VF0, OK ",'refused':null,'size':" size more)
#define GUEST_REFUSED(why)     SEEN("guest", VF0, OK ",'refused':'" why "','size':0")
#define GUEST_FAILS(res)       SEEN("guest", VF0, "'res':'" res "','refused':null,'size':0")

#define TOLD(rule, ...) STORY("M-RST", "nvme", rule, VF0, __VA_ARGS__)
/* ... of a guest that has started, on a host that shows 5 vectors. */
#define STARTED(rule, ...) TOLD(rule, START("ok"), LOOK_AT(VF0, SIZE_5), __VA_ARGS__)

TEST(sees_the_size)
{
	EXPECT_EQ(VERDICT_PASS, STARTED("VFIO-GUEST-TS", GUEST_SEES("5", "")));
	EXPECT_EQ(VERDICT_FAIL, STARTED("VFIO-GUEST-TS", GUEST_SEES("4", "")));
	EXPECT_EQ(VERDICT_FAIL, STARTED("VFIO-GUEST-TS", GUEST_SEES("0", "")));
	EXPECT_EQ(VERDICT_SKIP, STARTED("VFIO-GUEST-TS", GUEST_REFUSED("no")));
	EXPECT_EQ(VERDICT_SKIP, STARTED("VFIO-GUEST-TABLE", GUEST_REFUSED("no")));
	EXPECT_EQ(VERDICT_SKIP, STARTED("VFIO-GUEST-KEEP", GUEST_REFUSED("no")));
	EXPECT_EQ(VERDICT_SKIP, STARTED("VFIO-GUEST-VECTORS", GUEST_REFUSED("no")));
	/* ... at one size; at another it may be taken. */
	EXPECT_EQ(VERDICT_PASS, STARTED("VFIO-GUEST-TS", GUEST_REFUSED("no"), STOP("ok"),
					START("ok"), LOOK_AT(VF0, SIZE_5), GUEST_SEES("5", "")));
	EXPECT_EQ(VERDICT_NOT_RUN, STARTED("VFIO-GUEST-TS", GUEST_FAILS("ETIMEDOUT")));
	/* QEMU keeps the size: a resize after that is none of its doing. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("VFIO-GUEST-TS", START("ok"), RESIZE(VF0, "nvme", "3", "ok", "3"),
		       LOOK_AT(VF0, SIZE_3), GUEST_SEES("5", "")));
	/* What the host has must have been looked at since. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("VFIO-GUEST-TS", START("ok"), GUEST_SEES("5", "")));
	EXPECT_EQ(VERDICT_SKIP, TOLD("VFIO-GUEST-TS", GUEST_FAILS("EOPNOTSUPP")));
}

TEST(keeps_the_size)
{
#define RESIZED(size)                                                                        \
	STARTED("VFIO-GUEST-KEEP", GUEST_SEES("5", ""), RESIZE(VF0, "nvme", "3", "ok", "3"), \
		LOOK_AT(VF0, SIZE_3), GUEST_SEES(size, ""))
	EXPECT_EQ(VERDICT_PASS, RESIZED("5"));
	EXPECT_EQ(VERDICT_FAIL, RESIZED("3"));
	/* Where the host's size has not moved, nothing was tried. */
	EXPECT_EQ(VERDICT_NOT_RUN, STARTED("VFIO-GUEST-KEEP", GUEST_SEES("5", ""),
					   RESIZE(VF0, "nvme", "3", "ok", "3"),
					   LOOK_AT(VF0, SIZE_5), GUEST_SEES("5", "")));
	/* Another guest counts anew. */
	EXPECT_EQ(VERDICT_NOT_RUN, STARTED("VFIO-GUEST-KEEP", GUEST_SEES("5", ""), STOP("ok"),
					   RESIZE(VF0, "nvme", "3", "ok", "3"), START("ok"),
					   LOOK_AT(VF0, SIZE_3), GUEST_SEES("3", "")));
	EXPECT_EQ(VERDICT_SKIP,
		  STORY("M-RST", "sysfs", "VFIO-GUEST-KEEP", VF0, GUEST_SEES("5", "")));
}

TEST(runs_and_ends)
{
	EXPECT_EQ(VERDICT_PASS, STARTED("VFIO-GUEST-RUN", GUEST_SEES("5", ""), STOP("ok")));
	/* Started is not seen. */
	EXPECT_EQ(VERDICT_NOT_RUN, STARTED("VFIO-GUEST-RUN", STOP("ok")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("VFIO-GUEST-RUN", START("ETIMEDOUT")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("VFIO-GUEST-RUN", START("EPROTO")));
	EXPECT_EQ(VERDICT_FAIL, STARTED("VFIO-GUEST-RUN", GUEST_FAILS("ETIMEDOUT")));
	EXPECT_EQ(VERDICT_FAIL, STARTED("VFIO-GUEST-RUN", GUEST_FAILS("EPIPE")));
	EXPECT_EQ(VERDICT_FAIL, STARTED("VFIO-GUEST-RUN", GUEST_SEES("5", ""), STOP("ETIMEDOUT")));
	/* That it cannot be started at all is the caller's doing. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("VFIO-GUEST-RUN", START("EBUSY")));
	EXPECT_EQ(VERDICT_SKIP, STARTED("VFIO-GUEST-RUN", GUEST_REFUSED("out of memory")));
	EXPECT_EQ(VERDICT_SKIP, TOLD("VFIO-GUEST-RUN", GUEST_FAILS("EOPNOTSUPP")));
}

#define MASKED "00000000000000000000000001000000"
#define OPEN   "00000000000000000000000000000000"
#define NOBODY "ffffffffffffffffffffffffffffffff"

TEST(has_the_table)
{
#define TABLE(table, pba) \
	STARTED("VFIO-GUEST-TABLE", GUEST_SEES("2", ",'table':'" table "','pba':'" pba "'"))
	EXPECT_EQ(VERDICT_PASS, TABLE(MASKED MASKED, "0000000000000000"));
	EXPECT_EQ(VERDICT_FAIL, TABLE(MASKED OPEN, "0000000000000000"));
	EXPECT_EQ(VERDICT_FAIL, TABLE(OPEN MASKED, "0000000000000000"));
	EXPECT_EQ(VERDICT_FAIL, TABLE(MASKED NOBODY, "0000000000000000"));
	EXPECT_EQ(VERDICT_FAIL, TABLE(MASKED MASKED, "0200000000000000"));
	EXPECT_EQ(VERDICT_FAIL, TABLE("", "0000000000000000"));
	EXPECT_EQ(VERDICT_FAIL, TABLE(MASKED MASKED, ""));
	/* Not of a guest that says nothing of it, has no MSI-X, or was resized since. */
	EXPECT_EQ(VERDICT_NOT_RUN, STARTED("VFIO-GUEST-TABLE", GUEST_SEES("2", "")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  STARTED("VFIO-GUEST-TABLE", GUEST_SEES("0", ",'table':'','pba':''")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  STARTED("VFIO-GUEST-TABLE", RESIZE(VF0, "nvme", "3", "ok", "3"),
			  GUEST_SEES("2", ",'table':'" OPEN OPEN "','pba':'0000000000000000'")));
}

#define VECTORS(res) DONE("guest-vectors", VF0, "'res':'" res "'")

TEST(has_its_vectors)
{
#define ENABLES(irqs) GUEST_SEES("3", ""), VECTORS("ok"), LOOK_IRQS(VF0, irqs, "")
#define ENABLED(irqs) STARTED("VFIO-GUEST-VECTORS", ENABLES(irqs))
	EXPECT_EQ(VERDICT_PASS, ENABLED("40,41,42"));
	EXPECT_EQ(VERDICT_WARN, ENABLED("40,41,42,43"));
	/* Fewer may be the machine's doing, until it was seen to have as many. */
	EXPECT_EQ(VERDICT_SKIP, ENABLED("40,41"));
#define ENABLED_AGAIN(irqs) \
	STARTED("VFIO-GUEST-VECTORS", ENABLES("40,41,42"), STOP("ok"), START("ok"), ENABLES(irqs))
	EXPECT_EQ(VERDICT_WARN, ENABLED_AGAIN("40,41"));
	EXPECT_EQ(VERDICT_WARN, ENABLED_AGAIN(""));
	EXPECT_EQ(VERDICT_PASS, ENABLED_AGAIN("50,51,52"));
	/* Only of a guest that has enabled them, and still runs. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  STARTED("VFIO-GUEST-VECTORS", GUEST_SEES("3", ""), LOOK_IRQS(VF0, "", "")));
	EXPECT_EQ(VERDICT_NOT_RUN, STARTED("VFIO-GUEST-VECTORS", GUEST_SEES("3", ""),
					   VECTORS("ETIMEDOUT"), LOOK_IRQS(VF0, "", "")));
	EXPECT_EQ(VERDICT_NOT_RUN, STARTED("VFIO-GUEST-VECTORS", GUEST_SEES("3", ""), VECTORS("ok"),
					   STOP("ok"), LOOK_IRQS(VF0, "", "")));
	EXPECT_EQ(VERDICT_FAIL,
		  STARTED("VFIO-GUEST-RUN", GUEST_SEES("3", ""), VECTORS("ETIMEDOUT")));
	/* What a guest has enabled is not what this program has: DRV-MSI-IRQS leaves it alone. */
	EXPECT_EQ(VERDICT_NOT_RUN, STARTED("DRV-MSI-IRQS", GUEST_SEES("3", ""), VECTORS("ok"),
					   LOOK_IRQS(VF0, "40,41,42", "")));
	/* An entry that the guest has unmasked is none that it found so. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  STARTED("VFIO-GUEST-TABLE", VECTORS("ok"),
			  GUEST_SEES("1", ",'table':'" OPEN "','pba':'0000000000000000'")));
}

TEST(is_refused_for_its_pba)
{
	EXPECT_EQ(VERDICT_PASS, STARTED("VFIO-GUEST-PBA", GUEST_SEES("5", "")));
	EXPECT_EQ(VERDICT_WARN,
		  STARTED("VFIO-GUEST-PBA", GUEST_REFUSED("MSIX PBA outside of specified BAR")));
	EXPECT_EQ(VERDICT_SKIP, STARTED("VFIO-GUEST-PBA", GUEST_REFUSED("out of memory")));
}

TEST_HARNESS_MAIN
