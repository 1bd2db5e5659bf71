/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of the NVMe controller of a VF: what its function does with vectors and while offline. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nvme.h"

#define CSTS_RDY (1u << 0)
#define CSTS_CFS (1u << 1)

#define INVALID_VECTOR    0x108
#define CREATE_CQ_BAD_QID 0x101

static void judge_vector_range(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn)
{
	long long vector = event_int(event, "vector", -1), status = event_int(event, "status", -1);
	char expected[WORDS];

	(void)w;
	if (event_res(event) == -EOPNOTSUPP)
		inapplicable(jg, fn, "no queue is bound to a vector of this function");
	/* A queue ID that the controller has not is refused before anybody asks for the vector. */
	if (event_res(event) || status < 0 || status == CREATE_CQ_BAD_QID || !size_stands(fn) ||
	    vector < fn->msix.size)
		return;
	snprintf(expected, sizeof(expected), "108h: vectors end at %u", fn->msix.size - 1);
	verdict(jg, fn, status == INVALID_VECTOR, expected, "%03llXh, for vector %lld", status,
		vector);
}

static void judge_offline_function(struct judging *jg, const struct world *w,
				   const struct event *event, struct world_fn *fn)
{
	uint32_t csts = (uint32_t)event_int(event, "csts", 0);

	(void)w;
	if (!fn->online_known || fn->online || csts == UINT32_MAX)
		return;
	verdict(jg, fn, csts & CSTS_CFS && !(csts & CSTS_RDY),
		"CSTS.CFS 1 and CSTS.RDY 0 while offline", "CSTS %08Xh, CC %08Xh", csts,
		(uint32_t)event_int(event, "cc", 0));
}

static void judge_guard(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	const char *backend = event_str(event, "backend");

	(void)w;
	if (!backend || strcmp(backend, "nvme") || !is_bound(fn))
		return;
	verdict(jg, fn, event_res(event), "a VF that a driver has is not resized",
		"resized to %d while %s had it", fn->got, fn->driver);
}

/* True where the last thing done to the function was to take it offline and online again. */
static bool is_renewed(const struct world_fn *fn, unsigned long prev_line)
{
	return fn->last_act == ACT_RESIZE && fn->untouched && fn->online_known && fn->online &&
	       prev_line < fn->last_line && !fn->driver[0];
}

static void judge_renewed(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct msix_entry entry;

	(void)w;
	if (shows_msix(fn, event) && is_renewed(fn, fn->msix_prev_line))
		verdict(jg, fn, !fn->msix.enable && !fn->msix.maskall,
			"MSI-X Enable 0 and Function Mask 0 after Online", "Message Control %04Xh",
			fn->msix.flags);
	if (!shows_table(fn, event) || !is_renewed(fn, fn->table_prev.line) || !answers(&fn->table))
		return;
	for (unsigned k = 0; k < fn->table_size && table_entry(&fn->table, k, &entry); k++)
		if (!(entry.ctrl & MSIX_ENTRY_MASKED)) {
			broke(jg, fn, "every entry masked after Online", "entry %u is not", k);
			return;
		}
	held(jg, fn);
}

const struct rule controller_rules[] = {
	{
		.info = {"NVM-IV-RANGE", SEV_MUST,
			 "A completion queue for a vector beyond Table Size is refused with 108h.",
			 "NVMe 2.1, 5.2.1 (Invalid Interrupt Vector)",
			 "a queue created for such a vector"},
		.needs = NEED_VF | NEED_MSIX | NEED_ENGINE | NEED_VFIO,
		.on_done = ON_ACT(ACT_QUEUE_BIND),
		.judge = judge_vector_range,
	},
	{
		.info = {"NVM-OFFLINE-FUNC", SEV_SHOULD,
			 "A controller that is offline shows CSTS.CFS and does not become ready.",
			 "NVMe 2.1, 8.2.6.3; QEMU hw/nvme/ctrl.c:nvme_start_ctrl",
			 "a look at CSTS of a VF whose controller is offline"},
		.needs = NEED_VF | NEED_NVME | NEED_ENGINE | NEED_VFIO | NEED_HELD,
		.on_obs = ON_OBS(OBS_CSTS),
		.judge = judge_offline_function,
	},
	{
		.info = {"NVM-GUARD", SEV_INFO, "A VF that a driver has is not resized.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store, which Virtualization "
			 "Management goes around",
			 "a resize by Virtualization Management while a driver has the VF"},
		.needs = NEED_VF | NEED_NVME | NEED_LINUX,
		.on_done = ON_ACT(ACT_RESIZE),
		.judge = judge_guard,
	},
	{
		.info = {"NVM-MSIX-RESET", SEV_SHOULD,
			 "After Offline and Online MSI-X Enable is 0 and every entry is masked.",
			 "derived from NVMe 2.1, 8.2.6.3 and PCIe 6.0, 6.6.2",
			 "an unbound VF taken offline and online, then looks at it"},
		.needs = NEED_VF | NEED_MSIX | NEED_NVME,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_TABLE),
		.judge = judge_renewed,
	},
};

const size_t controller_rules_count = sizeof(controller_rules) / sizeof(controller_rules[0]);
