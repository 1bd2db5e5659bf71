/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of what drivers get: kept, broken, and the traps. */
#include "kselftest_harness.h"
#include "story.h"

#define TOLD(rule, fn, ...) STORY("M-RST", "nvme", rule, fn, __VA_ARGS__)

#define LOOK_LIST(vq, vi) \
	SEEN("secondary", PF, "'list':[{'cntlid':1,'vfn':1,'online':true,'vq':" vq ",'vi':" vi "}]")

TEST(vectors_after_a_rebind)
{
#define REBOUND(...)                                            \
	TOLD("DRV-REBIND", VF0, BIND(VF0, "nvme"), UNBIND(VF0), \
	     RESIZE(VF0, "nvme", "3", "ok", "3"), __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS, REBOUND(LOOK_LIST("3", "3"), BIND(VF0, "nvme"),
					LOOK_IRQS(VF0, "30,31,32", ""), LOOK_AT(VF0, SIZE_3)));
	EXPECT_EQ(VERDICT_PASS,
		  REBOUND(LOOK_AT(VF0, SIZE_3), BIND(VF0, "nvme"), LOOK_IRQS(VF0, "30,31", "")));
	EXPECT_EQ(VERDICT_FAIL, REBOUND(LOOK_AT(VF0, SIZE_3), BIND(VF0, "nvme"),
					LOOK_IRQS(VF0, "30,31,32,33,34", "")));
	/* Enough CPUs, queues and entries for three, and only two came. */
	EXPECT_EQ(VERDICT_FAIL, REBOUND(LOOK_LIST("3", "3"), LOOK_AT(VF0, SIZE_3),
					BIND(VF0, "nvme"), LOOK_IRQS(VF0, "30,31", "")));
	EXPECT_EQ(VERDICT_PASS, REBOUND(LOOK_LIST("2", "3"), LOOK_AT(VF0, SIZE_3),
					BIND(VF0, "nvme"), LOOK_IRQS(VF0, "30,31", "")));
	EXPECT_EQ(VERDICT_FAIL,
		  REBOUND(LOOK_AT(VF0, SIZE_3), DONE("bind", VF0, "'driver':'nvme','res':'EIO'")));
	/* A driver that never took it proves nothing by refusing it now. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  REBOUND(LOOK_AT(VF0, SIZE_3),
			  DONE("bind", VF0, "'driver':'vfio-pci','res':'EINVAL'")));
	/* vfio-pci takes none until it is asked; without a look at Table Size nothing is known. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  REBOUND(LOOK_AT(VF0, SIZE_3), BIND(VF0, "vfio-pci"), LOOK_IRQS(VF0, "", "")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  REBOUND(BIND(VF0, "nvme"), LOOK_IRQS(VF0, "30,31,32,33,34", "")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-REBIND", VF0, BIND(VF0, "nvme"), UNBIND(VF0),
					BIND(VF0, "nvme"), LOOK_IRQS(VF0, "30", "")));
}

TEST(files_of_vectors)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("DRV-MSI-IRQS", VF0, BIND(VF0, "nvme"), LOOK_IRQS(VF0, "30,31", ""),
		       UNBIND(VF0), LOOK_IRQS(VF0, "", "")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("DRV-MSI-IRQS", VF0, BIND(VF0, "nvme"), LOOK_IRQS(VF0, "30,31", ""),
		       UNBIND(VF0), LOOK_IRQS(VF0, "30", "")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-MSI-IRQS", VF0, BIND(VF0, "nvme"),
				     LOOK_IRQS(VF0, "30,31,32,33,34,35", "")));
	/* None, where none were ever seen, proves nothing. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-MSI-IRQS", VF0, UNBIND(VF0), LOOK_IRQS(VF0, "", "")));
}

/* What a driver has was allocated by the size of then. */
TEST(vectors_of_a_size_that_is_gone)
{
#define SIX "30,31,32,33,34,35"
#define SHRUNK                                                                        \
	LOOK_AT(VF0, SIZE_6), BIND(VF0, "nvme"), RESIZE(VF0, "nvme", "3", "ok", "3"), \
		LOOK_AT(VF0, SIZE_3)
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-MSI-IRQS", VF0, SHRUNK, LOOK_IRQS(VF0, SIX, "")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-MSI-IRQS", VF0, SHRUNK, UNBIND(VF0), BIND(VF0, "nvme"),
				     LOOK_IRQS(VF0, SIX, "")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-MSI-IRQS", VF0, SHRUNK, LOOK_IRQS(VF0, SIX, ""),
				     UNBIND(VF0), LOOK_IRQS(VF0, "30", "")));
}

TEST(files_of_vfio)
{
#define ENABLED(...) TOLD("DRV-MSI-IRQS", VF0, BIND(VF0, "vfio-pci"), VFIO_OPEN(VF0), __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS,
		  ENABLED(VFIO_IRQS(VF0, "0", "3", "ok", "0"), LOOK_IRQS(VF0, "30,31,32", "")));
	EXPECT_EQ(VERDICT_FAIL,
		  ENABLED(VFIO_IRQS(VF0, "0", "3", "ok", "0"), LOOK_IRQS(VF0, "30,31", "")));
	EXPECT_EQ(VERDICT_FAIL, ENABLED(VFIO_IRQS(VF0, "0", "3", "ok", "0"), VFIO_CLOSE(VF0),
					LOOK_IRQS(VF0, "30", "")));
	/* A positive return enables nothing. */
	EXPECT_EQ(VERDICT_FAIL,
		  ENABLED(VFIO_IRQS(VF0, "0", "5", "ok", "3"), LOOK_IRQS(VF0, "30,31,32", "")));
}

TEST(rows_of_interrupts)
{
#define SIX_ROWS                                                                                  \
	ROW("30", "0")                                                                            \
	"," ROW("31", "0") "," ROW("32", "0") "," ROW("33", "0") "," ROW("34", "0") "," ROW("35", \
											    "0")
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("DRV-PROC-INT", VF0, BIND(VF0, "nvme"), LOOK_IRQS(VF0, "30", ROW("30", "0")),
		       UNBIND(VF0), LOOK_IRQS(VF0, "", "")));
	EXPECT_EQ(VERDICT_WARN,
		  TOLD("DRV-PROC-INT", VF0, BIND(VF0, "nvme"), LOOK_IRQS(VF0, "30", ROW("30", "0")),
		       UNBIND(VF0), LOOK_IRQS(VF0, "", ROW("30", "0"))));
	EXPECT_EQ(VERDICT_WARN,
		  TOLD("DRV-PROC-INT", VF0, BIND(VF0, "nvme"), LOOK_IRQS(VF0, "30", SIX_ROWS)));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("DRV-PROC-INT", VF0, SHRUNK, LOOK_IRQS(VF0, "30", SIX_ROWS)));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-PROC-INT", VF0, UNBIND(VF0), LOOK_IRQS(VF0, "", "")));
}

TEST(affinity)
{
#define ROW_FOR(cpus) TOLD("DRV-AFFINITY", VF0, LOOK_IRQS(VF0, "30", ROW("30", cpus)))
	EXPECT_EQ(VERDICT_PASS, ROW_FOR("0"));
	EXPECT_EQ(VERDICT_PASS, ROW_FOR("0-1"));
	EXPECT_EQ(VERDICT_PASS, ROW_FOR("0,1\\n"));
	EXPECT_EQ(VERDICT_WARN, ROW_FOR("2"));
	EXPECT_EQ(VERDICT_WARN, ROW_FOR("0-3"));
	EXPECT_EQ(VERDICT_WARN, ROW_FOR("none"));
	EXPECT_EQ(VERDICT_NOT_RUN, ROW_FOR(""));
}

#define TWO_USED  ENTRY_USED ENTRY_USED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED
#define OPEN_LAST ENTRY_USED ENTRY_USED ENTRY_MASKED ENTRY_MASKED ENTRY_UNSET
#define TWO_IRQS  LOOK_IRQS(VF0, "30,31", ROW("30", "0") "," ROW("31", "0"))

TEST(entries_in_use)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-TABLE-PROG", VF0, BIND(VF0, "nvme"), TWO_IRQS,
				     LOOK_TABLE(VF0, TWO_USED)));
	/* In use and masked; unmasked without a message. */
	EXPECT_EQ(VERDICT_WARN,
		  TOLD("DRV-TABLE-PROG", VF0, BIND(VF0, "nvme"), TWO_IRQS,
		       LOOK_TABLE(VF0,
				  ENTRY_USED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED)));
	EXPECT_EQ(VERDICT_WARN,
		  TOLD("DRV-TABLE-PROG", VF0, BIND(VF0, "nvme"), TWO_IRQS,
		       LOOK_TABLE(VF0,
				  ENTRY_USED ENTRY_UNSET ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED)));
	/* A vector that nobody asked for yet is masked by right. */
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("DRV-TABLE-PROG", VF0, BIND(VF0, "nvme"),
		       LOOK_IRQS(VF0, "30,31", ROW("30", "0")),
		       LOOK_TABLE(VF0,
				  ENTRY_USED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED ENTRY_MASKED)));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-TABLE-PROG", VF0, LOOK_TABLE(VF0, TWO_USED)));
}

TEST(entries_not_in_use)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-UNUSED-MASK", VF0, BIND(VF0, "nvme"), TWO_IRQS,
				     LOOK_TABLE(VF0, TWO_USED)));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-UNUSED-MASK", VF0, BIND(VF0, "nvme"), TWO_IRQS,
				     LOOK_TABLE(VF0, OPEN_LAST)));
	EXPECT_EQ(VERDICT_SKIP,
		  TOLD("DRV-UNUSED-MASK", VF0, BIND(VF0, "nvme"),
		       LOOK_IRQS(VF0, "30,31,32,33,34", ""), LOOK_TABLE(VF0, OPEN_LAST)));
	/* The table was ours in between, or the driver's vectors are not known any more. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-UNUSED-MASK", VF0, BIND(VF0, "nvme"), TWO_IRQS,
					DONE("table-mask", VF0, "'entry':4,'masked':false," OK),
					LOOK_TABLE(VF0, OPEN_LAST)));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-UNUSED-MASK", VF0, BIND(VF0, "nvme"), TWO_IRQS,
					RESET(VF0, "flr"), LOOK_TABLE(VF0, OPEN_LAST)));
}

#define KLOG(line) "{'ev':'obs','obs':'klog','lines':[" line "]}"

TEST(log_of_interrupts)
{
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("DRV-NOSPUR", PF, BIND(VF0, "nvme"), KLOG("'nvme nvme1: ready'"), END));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("DRV-NOSPUR", PF, BIND(VF0, "nvme"),
		       KLOG("'irq 30: nobody cared (try booting with the irqpoll option)'")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-NOSPUR", PF, BIND(VF0, "nvme"),
				     KLOG("'nvme nvme1: I/O 3 QID 1 timeout, completion polled'")));
	/* After a reset of ours a timeout is no wonder. */
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("DRV-NOSPUR", PF, BIND(VF0, "nvme"), RESET(VF0, "flr"),
		       KLOG("'nvme nvme1: I/O 3 QID 1 timeout, completion polled'"), END));
	/* Silence of a log that never said anything proves nothing. */
	EXPECT_EQ(VERDICT_SKIP, TOLD("DRV-NOSPUR", PF, BIND(VF0, "nvme"), KLOG(""), END, RUN_END));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-NOSPUR", PF, KLOG("'hello'"), END));
}

#define TAINT(flags) "{'ev':'obs','obs':'taint','flags':" flags "}"
#define ALLOC(res) \
	DONE("alloc", VF0, "'min':1,'max':1,'flags':4,'pre':0,'post':0,'res':'" res "','ret':1")
#define MSI_WARNING                                              \
	"'WARNING: CPU: 0 PID: 90 at drivers/pci/msi/msi.c:819 " \
	"__pci_enable_msix_range.part.0+0x2b3/0x440'"

TEST(log_of_faults_of_the_kernel)
{
	static const char *const splats[] = {
		"'WARNING: CPU: 1 PID: 8 at kernel/irq/manage.c:1893 free_irq+0x1d/0x360'",
		"'BUG: kernel NULL pointer dereference, address: 0000000000000008'",
		"'BUG: KASAN: slab-use-after-free in pci_disable_sriov+0x1c/0x90'",
		"'BUG: scheduling while atomic: vfwalk/90/0x00000002'",
		"'BUG kmalloc-64 (Tainted: G O): Right Redzone overwritten'",
		"'kernel BUG at drivers/pci/msi.c:380!'",
		"'Oops: 0002 [#1] PREEMPT SMP NOPTI'",
		"'UBSAN: array-index-out-of-bounds in drivers/nvme/host/pci.c:1700:9'",
		"'INFO: task vfwalk:90 blocked for more than 120 seconds.'",
		"'rcu: INFO: rcu_preempt self-detected stall on CPU'",
		"'watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [vfwalk:90]'",
		"'WARNING: possible circular locking dependency detected'",
	};
	static const char *const talk[] = {
		"'nvme nvme1: 2/0/0 default/read/poll queues'",
		"'Uhhuh. NMI received for unknown reason 21 on CPU 0.'",
		"'INFO: NMI handler (perf_event_nmi_handler) took too long to run: 1.2 msecs'",
		"'Spectre V2 : WARNING: Unprivileged eBPF is enabled'",
	};

	for (size_t i = 0; i < sizeof(splats) / sizeof(splats[0]); i++) {
		char line[256];

		snprintf(line, sizeof(line), KLOG("%s"), splats[i]);
		EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-SPLAT", PF, line, END));
	}
	for (size_t i = 0; i < sizeof(talk) / sizeof(talk[0]); i++) {
		char line[256];

		snprintf(line, sizeof(line), KLOG("%s"), talk[i]);
		EXPECT_EQ(VERDICT_PASS, TOLD("DRV-SPLAT", PF, line, END));
	}
	/* Silence of a log that never said anything proves nothing. */
	EXPECT_EQ(VERDICT_SKIP, TOLD("DRV-SPLAT", PF, KLOG(""), END, RUN_END));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-SPLAT", PF, KLOG("'hello'"), BEGIN, END));
}

/* Who asks for what he has is told so by a WARN: by right, where the walk did. */
TEST(warning_that_was_asked_for)
{
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-SPLAT", PF, ALLOC("ok"), KLOG(MSI_WARNING), END));
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("DRV-SPLAT", PF, ALLOC("ok"), ALLOC("EINVAL"), KLOG(MSI_WARNING), END));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-SPLAT", PF, ALLOC("ok"), ALLOC("EINVAL"),
				     KLOG("'WARNING: CPU: 0 PID: 9 at mm/slub.c:1'"), END));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-SPLAT", PF, ALLOC("ok"), ALLOC("EINVAL"), BEGIN,
				     KLOG(MSI_WARNING), END));
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-TAINT", PF, TAINT("12288"), ALLOC("ok"), ALLOC("EINVAL"),
				     TAINT("12800"), BEGIN, TAINT("12800")));
}

TEST(taint)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-TAINT", PF, TAINT("12288"), TAINT("12288")));
	EXPECT_EQ(VERDICT_WARN, TOLD("DRV-TAINT", PF, TAINT("12288"), TAINT("12800")));
	EXPECT_EQ(VERDICT_WARN, TOLD("DRV-TAINT", PF, TAINT("0"), TAINT("128"), TAINT("128")));
	/* One look compares with nothing. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-TAINT", PF, TAINT("512")));
	EXPECT_EQ(VERDICT_WARN, TOLD("DRV-TAINT", PF, TAINT("0"), ALLOC("ok"), TAINT("512")));
}

#define START(depth) DONE("load-start", VF0, "'write':true,'depth':" depth "," OK)
#define STOP(io, verify, bytes, queues, vectors)                                  \
	DONE("load-stop", VF0,                                                    \
	     OK ",'read_bytes':" bytes ",'write_bytes':" bytes ",'io_errors':" io \
		",'verify_errors':" verify ",'queues':" queues ",'vectors':[" vectors "]")

TEST(load_after_a_resize)
{
#define LOADED(...)                                                                               \
	TOLD("DRV-LOAD", VF0, RESIZE(VF0, "nvme", "3", "ok", "3"), BIND(VF0, "nvme"), START("8"), \
	     __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS, LOADED(STOP("0", "0", "4096", "2", "1,5,5")));
	EXPECT_EQ(VERDICT_FAIL, LOADED(STOP("1", "0", "4096", "2", "1,5,5")));
	EXPECT_EQ(VERDICT_FAIL, LOADED(STOP("0", "1", "4096", "2", "1,5,5")));
	EXPECT_EQ(VERDICT_FAIL, LOADED(STOP("0", "0", "0", "2", "1,5,5")));
	/* Who resets a VF under load must expect errors; who has no fio learns nothing. */
	EXPECT_EQ(VERDICT_NOT_RUN, LOADED(RESET(VF0, "flr"), STOP("7", "0", "4096", "2", "1,5,5")));
	EXPECT_EQ(VERDICT_NOT_RUN, LOADED(DONE("load-stop", VF0, "'res':'ENOENT'")));
	/* A job that has to be killed waits for I/O that never ends. */
	EXPECT_EQ(VERDICT_FAIL, LOADED(DONE("load-stop", VF0, "'res':'ETIMEDOUT'")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  LOADED(RESET(VF0, "flr"), DONE("load-stop", VF0, "'res':'ETIMEDOUT'")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-LOAD", VF0, BIND(VF0, "nvme"), START("8"),
					STOP("1", "0", "4096", "2", "1,5,5")));
}

TEST(load_over_all_queues)
{
#define SPREAD(driver, depth, queues, vectors)                   \
	TOLD("DRV-SPREAD", VF0, BIND(VF0, driver), START(depth), \
	     STOP("0", "0", "4096", queues, vectors))
	EXPECT_EQ(VERDICT_PASS, SPREAD("nvme", "8", "2", "0,5,5"));
	EXPECT_EQ(VERDICT_PASS, SPREAD("nvme", "8", "1", "9"));
	EXPECT_EQ(VERDICT_WARN, SPREAD("nvme", "8", "2", "9,5,0"));
	EXPECT_EQ(VERDICT_WARN, SPREAD("nvme", "8", "1", "0"));
	EXPECT_EQ(VERDICT_PASS, SPREAD("nvme", "8", "2", "0,5,5,0"));
	EXPECT_EQ(VERDICT_NOT_RUN, SPREAD("nvme", "1", "2", "9,5,0"));
	EXPECT_EQ(VERDICT_SKIP, SPREAD("mlx5_core", "8", "2", "9,5,0"));
}

TEST(table_grown_under_a_driver)
{
#define GROWN(between, res, ret)                                   \
	(const char *const[]){BIND(VF0, "vfio-pci"),               \
			      VFIO_OPEN(VF0),                      \
			      LOOK_AT(VF0, SIZE_5),                \
			      VFIO_IRQS(VF0, "0", "5", "ok", "0"), \
			      VFIO_CLOSE(VF0),                     \
			      between,                             \
			      RESIZE(VF0, "nvme", "8", "ok", "8"), \
			      VFIO_OPEN(VF0),                      \
			      LOOK_AT(VF0, SIZE_8),                \
			      VFIO_IRQS(VF0, "0", "8", res, ret),  \
			      END,                                 \
			      NULL}
	EXPECT_EQ(VERDICT_PASS,
		  story_on_kernel("6.12.1", "DRV-HWSIZE-STALE", GROWN(BEGIN, "ok", "0")));
	EXPECT_EQ(VERDICT_WARN,
		  story_on_kernel("6.12.1", "DRV-HWSIZE-STALE", GROWN(BEGIN, "ok", "5")));
	EXPECT_EQ(VERDICT_WARN,
		  story_on_kernel("6.12.1", "DRV-HWSIZE-STALE", GROWN(BEGIN, "ERANGE", "-1")));
	EXPECT_EQ(VERDICT_NOT_RUN, story_on_kernel("6.12.1", "DRV-HWSIZE-STALE",
						   GROWN(BIND(VF0, "vfio-pci"), "ok", "5")));
	EXPECT_EQ(VERDICT_SKIP,
		  story_on_kernel("6.1.0", "DRV-HWSIZE-STALE", GROWN(BEGIN, "ok", "5")));
}

TEST_HARNESS_MAIN
