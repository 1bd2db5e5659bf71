/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of what a driver that allocates is given: kept, broken, and the traps. */
#include "kselftest_harness.h"
#include "story.h"

#define TOLD(rule, ...)                                                                    \
	STORY("M-RST", "nvme", rule, VF0, BIND(VF0, "vfwalk_probe"), LOOK_AT(VF0, SIZE_5), \
	      __VA_ARGS__)

#define ALLOC_FLAGS(flags, min, max, pre, res, ret)                                             \
	DONE("alloc", VF0,                                                                      \
	     "'min':" min ",'max':" max ",'flags':" flags ",'pre':" pre ",'post':0,'res':'" res \
	     "','ret':" ret)
#define ALLOC(min, max, res, ret) ALLOC_FLAGS("4", min, max, "0", res, ret)
#define ALLOC_AT(index, res, ret) \
	DONE("alloc-at", VF0, "'index':" index ",'res':'" res "','ret':" ret)
#define FREE               DONE("free", VF0, OK)
#define PROBE(count, irqs) SEEN("probe", VF0, OK ",'vec_count':" count ",'irqs':[" irqs "]")
#define LOOK_IRQ(value)    LOOK_ATTR(VF0, "irq", "'0444'", value)
#define NO_PROBE           SEEN("probe", VF0, "'res':'EOPNOTSUPP','vec_count':'EOPNOTSUPP','irqs':[]")

TEST(count_of_the_table)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-VECCOUNT", PROBE("5", "")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-VECCOUNT", PROBE("4", "")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-VECCOUNT", PROBE("'EINVAL'", "")));
	/* After a resize Table Size is not known before it was looked at. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("DRV-VECCOUNT", RESIZE(VF0, "nvme", "3", "ok", "3"), PROBE("5", "")));
	EXPECT_EQ(VERDICT_SKIP, TOLD("DRV-VECCOUNT", NO_PROBE));
}

TEST(number_that_is_given)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-ALLOC-CLAMP", ALLOC("1", "9", "ok", "5")));
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-ALLOC-CLAMP", ALLOC("1", "3", "ok", "3")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-ALLOC-CLAMP", ALLOC("1", "9", "ok", "6")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-ALLOC-CLAMP", ALLOC("1", "3", "ok", "4")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-ALLOC-CLAMP", ALLOC("1", "3", "EIO", "-1")));
	/* Fewer are the machine's doing, until it was seen to have more. */
	EXPECT_EQ(VERDICT_SKIP, TOLD("DRV-ALLOC-CLAMP", ALLOC("1", "9", "ok", "4")));
	EXPECT_EQ(VERDICT_SKIP, TOLD("DRV-ALLOC-CLAMP", ALLOC("1", "9", "ENOSPC", "-1")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-ALLOC-CLAMP", ALLOC("5", "5", "ok", "5"), FREE,
				     ALLOC("1", "9", "ok", "4")));
	/* Another type, a minimum that there is not, vectors that it has: not for this rule. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-ALLOC-CLAMP", ALLOC("6", "9", "ENOSPC", "-1"),
					ALLOC_FLAGS("6", "1", "9", "0", "ok", "1")));
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-ALLOC-CLAMP", ALLOC("1", "5", "ok", "5"),
				     ALLOC("1", "1", "EINVAL", "-1")));
}

TEST(minimum_above_the_table)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-ALLOC-MIN", ALLOC("6", "9", "ENOSPC", "-1")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-ALLOC-MIN", ALLOC("6", "9", "EINVAL", "-1")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-ALLOC-MIN", ALLOC("6", "9", "ok", "5")));
	EXPECT_EQ(VERDICT_SKIP, TOLD("DRV-ALLOC-MIN", ALLOC("6", "9", "ENOTSUPP", "-1")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-ALLOC-MIN", ALLOC("5", "9", "ENOSPC", "-1")));
}

TEST(error_of_the_last_type)
{
#define MIXED(flags, res) ALLOC_FLAGS(flags, "6", "9", "0", res, "-1")
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-ALLOC-MASKED-ERR", MIXED("6", "EINVAL")));
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-ALLOC-MASKED-ERR", MIXED("7", "EINVAL")));
	EXPECT_EQ(VERDICT_NOTE, TOLD("DRV-ALLOC-MASKED-ERR", MIXED("6", "ENOSPC")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-ALLOC-MASKED-ERR", MIXED("4", "ENOSPC")));
}

TEST(requests_without_sense)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-ALLOC-RANGE", ALLOC("2", "1", "ERANGE", "-1")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-ALLOC-RANGE", ALLOC("2", "1", "EINVAL", "-1")));
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-ALLOC-RANGE", ALLOC("0", "0", "EINVAL", "-1")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-ALLOC-RANGE", ALLOC("0", "0", "ok", "1")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("DRV-ALLOC-RANGE", ALLOC("1", "1", "ok", "1"), ALLOC("1", "1", "ok", "1")));
	/* A minimum of 0 is none. */
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-ALLOC-RANGE", ALLOC("0", "3", "ok", "3")));
}

TEST(single_vectors)
{
#define WITH_ONE(...) TOLD("DRV-ALLOC-RANGE", ALLOC("1", "1", "ok", "1"), __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS,
		  WITH_ONE(ALLOC_AT("5", "ERANGE", "-1"), ALLOC_AT("0", "EBUSY", "-1")));
	EXPECT_EQ(VERDICT_FAIL, WITH_ONE(ALLOC_AT("5", "ok", "40")));
	EXPECT_EQ(VERDICT_FAIL, WITH_ONE(ALLOC_AT("0", "ok", "40")));
	EXPECT_EQ(VERDICT_NOT_RUN, WITH_ONE(ALLOC_AT("1", "ok", "40")));
	EXPECT_EQ(VERDICT_SKIP, WITH_ONE(ALLOC_AT("5", "ENOTSUPP", "-1")));
	EXPECT_EQ(VERDICT_NOT_RUN, WITH_ONE(ALLOC_AT("5", "EOPNOTSUPP", "-1")));
	/* A table that changed under the driver is DRV-HWSIZE-STALE's. */
	EXPECT_EQ(VERDICT_NOT_RUN, WITH_ONE(LOOK_AT(VF0, SIZE_3), ALLOC_AT("3", "ok", "40")));
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-ALLOC-RANGE", ALLOC_AT("0", "ENOTSUPP", "-1")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-ALLOC-RANGE", ALLOC_AT("0", "EINVAL", "-1")));
}

TEST(a_machine_that_runs_out)
{
#define RAN_OUT(...) TOLD("DRV-ALLOC-PARTIAL", ALLOC("1", "5", "ok", "3"), FREE, __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS, RAN_OUT(ALLOC("4", "5", "ENOSPC", "-1")));
	EXPECT_EQ(VERDICT_PASS, RAN_OUT(ALLOC("3", "5", "ok", "3")));
	EXPECT_EQ(VERDICT_FAIL, RAN_OUT(ALLOC("4", "5", "ok", "3")));
	EXPECT_EQ(VERDICT_FAIL, RAN_OUT(ALLOC("1", "5", "ok", "2")));
	EXPECT_EQ(VERDICT_FAIL, RAN_OUT(ALLOC("2", "5", "ENOSPC", "-1")));
	EXPECT_EQ(VERDICT_FAIL, RAN_OUT(ALLOC("4", "5", "EIO", "-1")));
	/* Message Control 4004h: Function Mask is left. */
	EXPECT_EQ(VERDICT_FAIL, RAN_OUT(ALLOC("4", "5", "ENOSPC", "-1"), LOOK_AT(VF0, "0440")));
	EXPECT_EQ(VERDICT_NOT_RUN, RAN_OUT(FREE));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-ALLOC-PARTIAL", ALLOC("1", "5", "ok", "5")));
}

TEST(numbers_of_vectors)
{
#define TWO(...) TOLD("DRV-IRQVEC", LOOK_IRQ("0"), ALLOC("1", "2", "ok", "2"), __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS, TWO(PROBE("5", "30,31,'EINVAL'")));
	EXPECT_EQ(VERDICT_FAIL, TWO(PROBE("5", "31,'EINVAL','EINVAL'")));
	EXPECT_EQ(VERDICT_FAIL, TWO(PROBE("5", "30,31,32")));
	EXPECT_EQ(VERDICT_FAIL, TWO(PROBE("5", "30,30,'EINVAL'")));
	EXPECT_EQ(VERDICT_FAIL, TWO(PROBE("5", "30,0,'EINVAL'")));
	EXPECT_EQ(VERDICT_FAIL, TWO(PROBE("5", "30,31,'ENODEV'")));
	EXPECT_EQ(VERDICT_PASS, TWO(PROBE("5", "30,31"), LOOK_IRQS(VF0, "31,30", "")));
	EXPECT_EQ(VERDICT_FAIL, TWO(PROBE("5", "30,31"), LOOK_IRQS(VF0, "30,32", "")));
	EXPECT_EQ(VERDICT_PASS, TWO(FREE, PROBE("5", "0,'EINVAL'")));
	EXPECT_EQ(VERDICT_FAIL, TWO(FREE, PROBE("5", "30,31")));
	EXPECT_EQ(VERDICT_PASS, TWO(ALLOC_AT("3", "ok", "40"), PROBE("5", "30,31,'EINVAL',40")));
	/* Somebody else's driver was not asked. */
	EXPECT_EQ(VERDICT_NOT_RUN, TWO(UNBIND(VF0), BIND(VF0, "nvme"), PROBE("5", "30,31,32")));
}

TEST(domains_that_stay)
{
	static const char *const shrunk[] = {BIND(VF0, "vfwalk_probe"),
					     LOOK_AT(VF0, SIZE_5),
					     ALLOC("1", "5", "ok", "5"),
					     FREE,
					     RESIZE(VF0, "nvme", "3", "ok", "3"),
					     LOOK_AT(VF0, SIZE_3),
					     ALLOC("1", "1", "ok", "1"),
					     ALLOC_AT("3", "ok", "40"),
					     NULL};
	static const char *const refused[] = {BIND(VF0, "vfwalk_probe"),
					      LOOK_AT(VF0, SIZE_5),
					      ALLOC("1", "5", "ok", "5"),
					      FREE,
					      RESIZE(VF0, "nvme", "3", "ok", "3"),
					      LOOK_AT(VF0, SIZE_3),
					      ALLOC("1", "1", "ok", "1"),
					      ALLOC_AT("3", "ERANGE", "-1"),
					      NULL};
	static const char *const grown[] = {
		BIND(VF0, "vfwalk_probe"),           LOOK_AT(VF0, SIZE_3),
		ALLOC("1", "3", "ok", "3"),          FREE,
		RESIZE(VF0, "nvme", "5", "ok", "5"), LOOK_AT(VF0, SIZE_5),
		ALLOC("1", "5", "ERANGE", "-1"),     NULL};

	EXPECT_EQ(VERDICT_WARN, story_on_kernel("6.12.0", "DRV-HWSIZE-STALE", shrunk));
	EXPECT_EQ(VERDICT_PASS, story_on_kernel("6.12.0", "DRV-HWSIZE-STALE", refused));
	EXPECT_EQ(VERDICT_WARN, story_on_kernel("6.12.0", "DRV-HWSIZE-STALE", grown));
	EXPECT_NE(VERDICT_WARN, story_on_kernel("6.1.0", "DRV-HWSIZE-STALE", grown));
}

/* Machines that are not record_typical()'s. */
static enum verdict on_machine(const char *machine, const char *iommu, bool remapping,
			       const char *rule, unsigned size, const char *const *lines)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, size);
	struct record r = {.fd = memfd_create("record", MFD_CLOEXEC)};
	enum verdict verdict;

	record_tell(&r,
		    "{'ev':'header','format':'%s','version':%d,'vfwalk':'0','command':[],'target':"
		    "'sim','claim':true,'machine':{'kernel':'6.1.0',%s},'iommu':{'kind':'%s',"
		    "'remapping':%s,'translation':true}}",
		    EVIDENCE_FORMAT, EVIDENCE_VERSION, machine, iommu,
		    remapping ? "true" : "false");
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_function(&r, VF0, 0, &vf, FAKE_BAR);
	record_probe(&r, "M-RST", "nvme");
	record_tell_all(&r, lines);
	verdict = record_verdict(&r, rule, VF0);
	record_close(&r);
	return verdict;
}

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

TEST(vectors_and_cpus)
{
#define SPREAD(min, max, pre, res, ret)                                                            \
	on_machine(                                                                                \
		"'arch':'x86_64','cpus':2,'possible_cpus':2", "intel", true, "DRV-AFF-CLAMP", 5,   \
		LINES(BIND(VF0, "vfwalk_probe"), LOOK_AT(VF0, SIZE_5), ALLOC("5", "5", "ok", "5"), \
		      FREE, ALLOC_FLAGS("12", min, max, pre, res, ret)))
	EXPECT_EQ(VERDICT_PASS, SPREAD("1", "9", "0", "ok", "2"));
	EXPECT_EQ(VERDICT_PASS, SPREAD("1", "9", "1", "ok", "3"));
	EXPECT_EQ(VERDICT_NOTE, SPREAD("1", "9", "0", "ok", "5"));
	EXPECT_EQ(VERDICT_NOTE, SPREAD("1", "9", "1", "ok", "2"));
	EXPECT_EQ(VERDICT_PASS, SPREAD("1", "9", "2", "ENOSPC", "-1"));
	EXPECT_EQ(VERDICT_NOTE, SPREAD("1", "9", "2", "ok", "2"));
	EXPECT_EQ(VERDICT_PASS, SPREAD("4", "5", "0", "ENOSPC", "-1"));
	/* How many CPUs there could be is not told. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("DRV-AFF-CLAMP", ALLOC_FLAGS("12", "1", "9", "0", "ok", "5")));
}

TEST(tables_of_amd)
{
#define AMD(iommu, ret)                                                         \
	on_machine("'arch':'x86_64','cpus':2", iommu, true, "DRV-AMD-512", 600, \
		   LINES(BIND(VF0, "vfwalk_probe"), LOOK_AT(VF0, "5702"),       \
			 ALLOC("1", "600", "ok", ret)))
	EXPECT_EQ(VERDICT_PASS, AMD("amd", "512"));
	EXPECT_EQ(VERDICT_PASS, AMD("amd", "600"));
	EXPECT_EQ(VERDICT_NOTE, AMD("amd", "256"));
	EXPECT_EQ(VERDICT_SKIP, AMD("intel", "256"));
}

TEST(tables_of_an_its)
{
#define ITS(arch, ret)                                                              \
	on_machine("'arch':'" arch "','cpus':2", "smmu", true, "DRV-ITS-RESIZE", 5, \
		   LINES(BIND(VF0, "vfwalk_probe"), LOOK_AT(VF0, SIZE_3),           \
			 ALLOC("1", "3", "ok", "3"), UNBIND(VF0),                   \
			 RESIZE(VF0, "nvme", "5", "ok", "5"), LOOK_AT(VF0, SIZE_5), \
			 BIND(VF0, "vfwalk_probe"), ALLOC("1", "5", "ok", ret)))
	EXPECT_EQ(VERDICT_PASS, ITS("aarch64", "5"));
	EXPECT_EQ(VERDICT_NOTE, ITS("aarch64", "4"));
	EXPECT_EQ(VERDICT_SKIP, ITS("x86_64", "4"));
}

TEST(vfio_without_remapping)
{
#define ISOLATION(unsafe) \
	SEEN("isolation", VF0, "'group':15,'domain':'DMA','unsafe_interrupts':" unsafe)
#define REFUSED DONE("vfio-open", VF0, "'res':'EPERM'")
#define BARE(remapping, ...)                                                         \
	on_machine("'arch':'x86_64','cpus':2", "intel", remapping, "VFIO-UNSAFE", 5, \
		   LINES(BIND(VF0, "vfio-pci"), __VA_ARGS__))
	EXPECT_EQ(VERDICT_PASS, BARE(false, ISOLATION("false"), REFUSED));
	EXPECT_EQ(VERDICT_FAIL, BARE(false, ISOLATION("false"), VFIO_OPEN(VF0)));
	EXPECT_EQ(VERDICT_PASS, BARE(false, ISOLATION("true"), VFIO_OPEN(VF0)));
	EXPECT_EQ(VERDICT_FAIL, BARE(false, ISOLATION("true"), REFUSED));
	/* What was allowed is not known. */
	EXPECT_NE(VERDICT_PASS, BARE(false, REFUSED));
	EXPECT_EQ(VERDICT_SKIP, BARE(true, ISOLATION("false"), VFIO_OPEN(VF0)));
}

TEST(the_table_through_a_mapping)
{
#define MAPPED(bytes)                                                    \
	TOLD("VFIO-MMAP-OPEN", LOOK_TABLE(VF0, ENTRY_USED ENTRY_MASKED), \
	     SEEN("vfio-map", VF0, OK ",'region':0,'off':8192,'bytes':'" bytes "'"))
	EXPECT_EQ(VERDICT_PASS, MAPPED(ENTRY_USED));
	EXPECT_EQ(VERDICT_NOTE, MAPPED("ffffffffffffffffffffffffffffffff"));
	EXPECT_EQ(VERDICT_NOTE, MAPPED(ENTRY_UNSET));
	EXPECT_EQ(VERDICT_NOTE, TOLD("VFIO-MMAP-OPEN",
				     SEEN("vfio-map", VF0,
					  "'res':'EOPNOTSUPP','region':0,'off':8192,'bytes':''")));
	/* An empty entry looks like any memory. */
	EXPECT_EQ(
		VERDICT_NOT_RUN,
		TOLD("VFIO-MMAP-OPEN", LOOK_TABLE(VF0, ENTRY_UNSET),
		     SEEN("vfio-map", VF0, OK ",'region':0,'off':8192,'bytes':'" ENTRY_UNSET "'")));
}

#define REQUEST(index, res) DONE("request", VF0, "'index':" index ",'res':'" res "'")
#define RELEASE(index)      DONE("release", VF0, "'index':" index "," OK)
#define INJECT(index, res)  DONE("inject", VF0, "'index':" index ",'res':'" res "','waited_us':5")
#define COUNTS(counts)      SEEN("counts", VF0, "'counts':[" counts "]")

TEST(handlers_of_vectors)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-HANDLER", ALLOC("1", "2", "ok", "2"), REQUEST("0", "ok"),
				     REQUEST("1", "ok"), REQUEST("2", "EINVAL")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("DRV-HANDLER", ALLOC("1", "2", "ok", "2"), REQUEST("1", "EBUSY")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("DRV-HANDLER", ALLOC("1", "2", "ok", "2"), REQUEST("2", "ok")));
	/* One that was added, one that is gone, one that has a handler, no vector at all. */
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-HANDLER", ALLOC("1", "1", "ok", "1"),
				     ALLOC_AT("3", "ok", "40"), REQUEST("3", "ok")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-HANDLER", ALLOC("1", "2", "ok", "2"), FREE,
				     ALLOC("1", "1", "ok", "1"), REQUEST("1", "ok")));
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-HANDLER", ALLOC("1", "2", "ok", "2"), REQUEST("0", "ok"),
				     REQUEST("0", "EBUSY")));
	EXPECT_EQ(VERDICT_NOT_RUN, TOLD("DRV-HANDLER", REQUEST("0", "EBUSY")));
	EXPECT_EQ(VERDICT_SKIP,
		  TOLD("DRV-HANDLER", ALLOC("1", "2", "ok", "2"), REQUEST("1", "ENOSPC")));
}

TEST(runs_of_handlers)
{
#define HANDLED(...)                                                                          \
	TOLD("DRV-COUNT", ALLOC("1", "2", "ok", "2"), REQUEST("0", "ok"), REQUEST("1", "ok"), \
	     __VA_ARGS__)
	EXPECT_EQ(VERDICT_PASS, HANDLED(INJECT("1", "ok"), COUNTS("0,1")));
	EXPECT_EQ(VERDICT_PASS,
		  HANDLED(INJECT("1", "ok"), COUNTS("0,1"), INJECT("0", "ok"), COUNTS("1,1")));
	EXPECT_EQ(VERDICT_FAIL, HANDLED(INJECT("1", "ok"), COUNTS("0,2")));
	EXPECT_EQ(VERDICT_FAIL, HANDLED(INJECT("1", "ok"), COUNTS("1,0")));
	EXPECT_EQ(VERDICT_FAIL, HANDLED(INJECT("1", "ok"), COUNTS("0,0")));
	/* That none ran says nothing alone; that one did by itself says enough. */
	EXPECT_EQ(VERDICT_NOT_RUN, HANDLED(COUNTS("0,0")));
	EXPECT_EQ(VERDICT_FAIL, HANDLED(COUNTS("0,1")));
	/* It begins anew with each request, and of a vector without a handler nobody asks. */
	EXPECT_EQ(VERDICT_PASS, HANDLED(INJECT("1", "ok"), COUNTS("0,1"), RELEASE("1"),
					COUNTS("0,1"), REQUEST("1", "ok"), COUNTS("0,0")));
	EXPECT_EQ(VERDICT_SKIP, HANDLED(INJECT("1", "EOPNOTSUPP"), COUNTS("0,0")));
}

#define WISH_OF(driver, queues, flags, pre, min, max, res, ret)         \
	DONE("alloc", VF0,                                              \
	     "'min':" min ",'max':" max ",'flags':" flags ",'pre':" pre \
	     ",'post':0,'wish':'" driver "','queues':" queues ",'res':'" res "','ret':" ret)
#define MLX5(queues, max, res, ret) WISH_OF("mlx5_core", queues, "4", "0", "1", max, res, ret)
#define IAVF(queues, max, res, ret) WISH_OF("iavf", queues, "4", "0", "2", max, res, ret)
#define NVME(queues, max, res, ret) WISH_OF("nvme", queues, "12", "1", "1", max, res, ret)

/* On two CPUs, of a table of five. */
TEST(wishes_of_drivers)
{
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-WISH", MLX5("0", "3", "ok", "3")));
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-WISH", MLX5("2", "2", "ok", "2")));
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-WISH", IAVF("1", "2", "ok", "2")));
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-WISH", NVME("0", "3", "ok", "3")));
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-WISH", NVME("1", "2", "ok", "2")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-WISH", MLX5("0", "3", "ok", "4")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-WISH", NVME("0", "3", "EINVAL", "-1")));
	/* Table Size is less, or less than it needs. */
	EXPECT_EQ(VERDICT_PASS, TOLD("DRV-WISH", LOOK_AT(VF0, SIZE_1), MLX5("0", "3", "ok", "1")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-WISH", LOOK_AT(VF0, SIZE_1), MLX5("0", "3", "ok", "3")));
	EXPECT_EQ(VERDICT_PASS,
		  TOLD("DRV-WISH", LOOK_AT(VF0, SIZE_1), IAVF("0", "3", "ENOSPC", "-1")));
	EXPECT_EQ(VERDICT_FAIL, TOLD("DRV-WISH", LOOK_AT(VF0, SIZE_1), IAVF("0", "3", "ok", "1")));
	/* Fewer are the machine's doing, until it was seen to have more. */
	EXPECT_EQ(VERDICT_SKIP, TOLD("DRV-WISH", MLX5("0", "3", "ok", "2")));
	EXPECT_EQ(VERDICT_FAIL,
		  TOLD("DRV-WISH", MLX5("0", "3", "ok", "3"), FREE, MLX5("0", "3", "ok", "2")));
	/* What is no driver's wish, or not what it comes to here. */
	EXPECT_EQ(VERDICT_NOT_RUN,
		  TOLD("DRV-WISH", ALLOC("1", "3", "ok", "2"), MLX5("0", "9", "ok", "1"),
		       WISH_OF("e1000", "0", "4", "0", "1", "3", "ok", "1")));
}

#define QUEUES(n) SEEN("driver", VF0, "'driver':'nvme','queues':" n)
#define LISTED(vq) \
	SEEN("secondary", PF, "'list':[{'cntlid':1,'vfn':1,'online':true,'vq':" vq ",'vi':5}]")
#define BY_NVME(...) STORY("M-RST", "nvme", "DRV-QUEUES", VF0, LOOK_AT(VF0, SIZE_5), __VA_ARGS__)

TEST(queues_of_nvme)
{
	EXPECT_EQ(VERDICT_PASS,
		  BY_NVME(BIND(VF0, "nvme"), QUEUES("3"), LOOK_IRQS(VF0, "30,31,32", "")));
	EXPECT_EQ(VERDICT_FAIL,
		  BY_NVME(BIND(VF0, "nvme"), QUEUES("2"), LOOK_IRQS(VF0, "30,31,32", "")));
	EXPECT_EQ(VERDICT_FAIL,
		  BY_NVME(BIND(VF0, "nvme"), QUEUES("4"), LOOK_IRQS(VF0, "30,31,32,33", "")));
	/* The controller has queues for three: fewer are less than it could have. */
	EXPECT_EQ(VERDICT_PASS,
		  BY_NVME(BIND(VF0, "nvme"), QUEUES("2"), LOOK_IRQS(VF0, "30,31", "")));
	EXPECT_EQ(VERDICT_FAIL, BY_NVME(LISTED("5"), BIND(VF0, "nvme"), QUEUES("2"),
					LOOK_IRQS(VF0, "30,31", "")));
	EXPECT_EQ(VERDICT_PASS, BY_NVME(LISTED("2"), BIND(VF0, "nvme"), QUEUES("2"),
					LOOK_IRQS(VF0, "30,31", "")));
	/* One vector is shared by the admin queue and one more. */
	EXPECT_EQ(VERDICT_PASS, BY_NVME(LOOK_AT(VF0, SIZE_1), BIND(VF0, "nvme"), QUEUES("2"),
					LOOK_IRQS(VF0, "30", "")));
	EXPECT_EQ(VERDICT_NOT_RUN,
		  BY_NVME(BIND(VF0, "vfio-pci"), QUEUES("2"), LOOK_IRQS(VF0, "30", "")));
	EXPECT_EQ(VERDICT_NOT_RUN, BY_NVME(BIND(VF0, "nvme"), LOOK_IRQS(VF0, "30", "")));
}

TEST_HARNESS_MAIN
