/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records told as a list of lines, and the verdict on one rule:
 *
 *	EXPECT_EQ(VERDICT_PASS, STORY("M-RST", "sysfs", "SYS-BUSY", VF0, BIND(VF0, "nvme"),
 *				      WRITE_COUNT(VF0, "3", "EBUSY")));
 *
 * Every story starts with the run of record_typical(): a PF that nvme has, two VFs of 5 vectors.
 */
#ifndef VFWALK_UNIT_STORY_H
#define VFWALK_UNIT_STORY_H

#include "judging.h"

#define DONE(act, fn, keys) "{'ev':'done','act':'" act "','fn':'" fn "'," keys "}"
#define SEEN(obs, fn, keys) "{'ev':'obs','obs':'" obs "','fn':'" fn "'," keys "}"

#define OK      "'res':'ok'"
#define RUN_END "{'ev':'run-end','outcome':'completed','why':null}"
#define BEGIN   "{'ev':'begin','suite':'unit','scenario':'another'}"
#define END                                                                                 \
	"{'ev':'end','suite':'unit','scenario':'another','outcome':'completed','why':null," \
	"'lines':1}"

/* A look at MSI-X; @flags is Message Control as it lies in memory: "0400" is Table Size 5. */
#define LOOK_AT(fn, flags) SEEN("msix", fn, "'pos':64,'bytes':'1160" flags "0020000000300000'")
#define SIZE_1             "0000"
#define SIZE_3             "0200"
#define SIZE_5             "0400"
#define SIZE_6             "0500"
#define SIZE_8             "0700"

#define BIND(fn, driver)        DONE("bind", fn, "'driver':'" driver "'," OK)
#define UNBIND(fn)              DONE("unbind", fn, OK)
#define LOOK_DRIVER(fn, driver) SEEN("driver", fn, "'driver':" driver)
#define NUMVFS(now)             DONE("numvfs", PF, "'count':" now "," OK ",'count_now':" now)
#define RESET(fn, method)       DONE("reset", fn, "'method':'" method "'," OK ",'us':100000")
#define RESIZE(fn, backend, want, res, got) \
	DONE("resize", fn,                  \
	     "'backend':'" backend "','want':" want ",'res':'" res "','got':" got ",'us':10")
#define ATTR_WRITE(fn, attr, value, res) \
	DONE("attr-write", fn, "'attr':'" attr "','value':'" value "','res':'" res "','ret':1")
#define WRITE_COUNT(fn, value, res) ATTR_WRITE(fn, "sriov_vf_msix_count", value, res)
#define LOOK_ATTR(fn, attr, mode, value) \
	SEEN("attr", fn, "'attr':'" attr "','mode':" mode ",'res':'ok','value':'" value "'")
#define LOOK_TOTAL(value) LOOK_ATTR(PF, "sriov_vf_total_msix", "'0444'", value)

#define VFIO_OPEN(fn)  DONE("vfio-open", fn, OK)
#define VFIO_CLOSE(fn) DONE("vfio-close", fn, OK)
#define VFIO_IRQS(fn, start, count, res, ret) \
	DONE("vfio-irqs", fn, "'start':" start ",'count':" count ",'res':'" res "','ret':" ret)
#define LOOK_IRQS(fn, irqs, rows) SEEN("irqs", fn, "'msi_irqs':[" irqs "],'rows':[" rows "]")
#define ROW(irq, affinity)        "{'irq':" irq ",'name':'nvme1q1','count':1,'affinity':'" affinity "'}"

/* A table of 5 entries from hex digits; the PBA does not matter. */
#define LOOK_TABLE(fn, entries) SEEN("table", fn, "'size':5,'bytes':'" entries "'")
#define ENTRY_USED              "0010e0fe000000002100000000000000"
#define ENTRY_UNSET             "00000000000000000000000000000000"
#define ENTRY_MASKED            "00000000000000000000000001000000"

static inline enum verdict story_verdict(const char *model, const char *backend, const char *rule,
					 const char *fn, const char *const *lines)
{
	struct record r;
	enum verdict verdict;

	record_typical(&r, model, backend);
	record_tell(&r, LOOK_DRIVER(PF, "'nvme'"));
	record_tell_all(&r, lines);
	verdict = record_verdict(&r, rule, fn);
	record_close(&r);
	return verdict;
}

/* The same on another kernel than record_typical()'s 6.1, with less to see. */
static inline enum verdict story_on_kernel(const char *kernel, const char *rule,
					   const char *const *lines)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
	struct record r = {.fd = memfd_create("record", MFD_CLOEXEC)};
	enum verdict verdict;

	record_tell(&r,
		    "{'ev':'header','format':'%s','version':%d,'vfwalk':'0','command':[],'target':"
		    "'sim','claim':true,'machine':{'kernel':'%s','arch':'x86_64','cpus':2},"
		    "'iommu':{'kind':'intel','remapping':true,'translation':true}}",
		    EVIDENCE_FORMAT, EVIDENCE_VERSION, kernel);
	record_function(&r, PF, -1, &pf, FAKE_BAR);
	record_function(&r, VF0, 0, &vf, FAKE_BAR);
	record_probe(&r, "M-RST", "nvme");
	record_tell_all(&r, lines);
	verdict = record_verdict(&r, rule, VF0);
	record_close(&r);
	return verdict;
}

#define STORY(model, backend, rule, fn, ...) \
	story_verdict(model, backend, rule, fn, (const char *const[]){__VA_ARGS__, NULL})

#endif
