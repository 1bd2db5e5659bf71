/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the kernel's own interface for resizing: the files sriov_vf_msix_count and
 * sriov_vf_total_msix, and what a write returns.
 */
#include <errno.h>
#include <string.h>

#include "attempt.h"

/* --- the files --- */

static void judge_file(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn, const char *attr, const char *mode)
{
	const char *seen = event_str(event, "mode");

	if (!is_attr(event, attr) || !json_object_get(event->body, "mode"))
		return;
	if (w->kernel && w->kernel < KERNEL(5, 13)) {
		inapplicable(jg, fn, "the kernel is older than 5.13, which brought the file");
		return;
	}
	verdict(jg, fn, mode ? seen && !strcmp(seen, mode) : !seen, mode ? mode : "no such file",
		"%s", seen ? seen : "no such file");
}

static void judge_file_vf(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	judge_file(jg, w, event, fn, COUNT_ATTR, fn->vf >= 0 ? "0200" : NULL);
}

static void judge_file_pf(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	judge_file(jg, w, event, fn, TOTAL_ATTR, "0444");
}

/* What the PF's driver implements, as far as the record tells. */
struct support {
	bool total_read, refused;
	long long total;
};

static void see_total(struct support *support, const struct event *event)
{
	const char *value = event_str(event, "value");

	support->total_read =
		!event_res(event) && value && number_parse(value, &support->total) == NUMBER;
}

/* A new driver of the PF: nothing is known of it. */
static bool changed_driver(struct support *support, const struct event *event,
			   const struct world_fn *fn)
{
	bool changed = event->kind == EV_DONE && fn->vf < 0 && event->act != ACT_ATTR_WRITE;

	if (changed)
		*support = (struct support){0};
	return changed;
}

/*
 * That a driver lacks the callbacks shows in a write that is refused with EOPNOTSUPP: the ABI has
 * the total be 0 then, whatever sriov_vf_total_msix_show() would let through.
 */
static void judge_total_zero(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct support *support = scratch(jg, fn->pf, sizeof(*support));
	bool none = !fn->pf->driver[0];
	struct attempt attempt;

	(void)w;
	if (changed_driver(support, event, fn))
		return;
	if (event->kind == EV_OBS && fn->vf < 0 && is_attr(event, TOTAL_ATTR)) {
		see_total(support, event);
	} else if (ended_attempt(event, &attempt) && fn->vf >= 0) {
		if (!attempt.sysfs || attempt.number != NUMBER || support->refused)
			return;
		support->refused = attempt.res == -EOPNOTSUPP;
	} else {
		return;
	}
	if (!support->total_read)
		return;
	if (none || support->refused)
		verdict(jg, fn->pf, support->total == 0, TOTAL_ATTR " reads 0", "it reads %lld",
			support->total);
	else
		inapplicable(jg, fn->pf, "the PF's driver assigns vectors");
}

static void judge_no_callback(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	struct support *support = scratch(jg, fn->pf, sizeof(*support));
	struct attempt attempt;

	(void)w;
	if (changed_driver(support, event, fn))
		return;
	if (event->kind == EV_OBS) {
		if (fn->vf < 0 && is_attr(event, TOTAL_ATTR))
			see_total(support, event);
		return;
	}
	if (fn->vf < 0 || !ended_attempt(event, &attempt) || !attempt.sysfs ||
	    attempt.number != NUMBER)
		return;
	if (!fn->pf->driver[0] || (support->total_read && !support->total))
		verdict(jg, fn->pf, attempt.res == -EOPNOTSUPP, "EOPNOTSUPP",
			"%s, writing %lld for %s%s%s", res_name(attempt.res), attempt.want,
			fn->name, is_bound(fn) ? ", bound to " : "",
			is_bound(fn) ? fn->driver : "");
	else if (support->total_read)
		inapplicable(jg, fn->pf, "the PF's driver assigns vectors");
}

/* --- what a write returns --- */

static void judge_parse(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct attempt attempt;

	(void)w;
	if (ended_attempt(event, &attempt) && attempt.number == NUMBER_NONE)
		verdict(jg, fn, attempt.res == -EINVAL, "EINVAL", "%s, writing \"%s\"",
			res_name(attempt.res), event_str(event, "value"));
}

static void judge_negative(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct attempt attempt;

	(void)w;
	if (ended_attempt(event, &attempt) && attempt.number == NUMBER_NEGATIVE)
		verdict(jg, fn, attempt.res == -EINVAL, "EINVAL", "%s, writing \"%s\"",
			res_name(attempt.res), event_str(event, "value"));
}

static void judge_busy(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct attempt attempt;

	(void)w;
	if (ended_attempt(event, &attempt) && attempt.sysfs && attempt.number == NUMBER &&
	    is_bound(fn))
		verdict(jg, fn, attempt.res == -EBUSY, "EBUSY", "%s, while %s has the VF",
			res_name(attempt.res), fn->driver);
}

const struct rule sysfs_rules[] = {
	{
		.info = {"SYS-FILE-VF", SEV_MUST,
			 "Every VF, and nothing else, has sriov_vf_msix_count, which root may only "
			 "write.",
			 "Linux drivers/pci/iov.c:sriov_vf_attrs_are_visible",
			 "a look for the file on PF and VFs"},
		.needs = NEED_LINUX,
		.on_obs = ON_OBS(OBS_ATTR),
		.judge = judge_file_vf,
	},
	{
		.info = {"SYS-FILE-PF", SEV_MUST,
			 "Every PF has sriov_vf_total_msix, which everybody may read.",
			 "Linux drivers/pci/iov.c:sriov_pf_attrs_are_visible",
			 "a look for the file on the PF"},
		.needs = NEED_PF | NEED_LINUX,
		.on_obs = ON_OBS(OBS_ATTR),
		.judge = judge_file_pf,
	},
	{
		.info = {"SYS-TOTAL-0", SEV_MUST,
			 "sriov_vf_total_msix reads 0 where the PF has no driver that assigns "
			 "vectors.",
			 "Linux drivers/pci/iov.c:sriov_vf_total_msix_show; "
			 "Documentation/ABI/testing/sysfs-bus-pci",
			 "the total read, and a PF without driver or a count refused with "
			 "EOPNOTSUPP"},
		.needs = NEED_PF | NEED_LINUX | HEARS_ALL,
		.on_done = ON_ATTEMPT | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND),
		.on_obs = ON_OBS(OBS_ATTR),
		.judge = judge_total_zero,
	},
	{
		.info = {"SYS-PARSE", SEV_MUST,
			 "A text that is no int is refused with EINVAL, also one out of range.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store (kstrtoint)",
			 "such a text written to sriov_vf_msix_count"},
		.needs = NEED_VF | NEED_LINUX,
		.on_done = ON_ACT(ACT_ATTR_WRITE),
		.judge = judge_parse,
	},
	{
		.info = {"SYS-NEG", SEV_MUST,
			 "A negative count is refused with EINVAL, whatever else is wrong.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "a negative number written to sriov_vf_msix_count"},
		.needs = NEED_VF | NEED_LINUX,
		.on_done = ON_ACT(ACT_ATTR_WRITE),
		.judge = judge_negative,
	},
	{
		.info = {"SYS-NOCB", SEV_MUST,
			 "A count is refused with EOPNOTSUPP where the PF's driver cannot set it, "
			 "even for a bound VF.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "a PF without driver or with a total of 0, and a count written for a VF"},
		.needs = NEED_PF | NEED_LINUX | HEARS_ALL,
		.on_done = ON_ATTEMPT | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND),
		.on_obs = ON_OBS(OBS_ATTR),
		.judge = judge_no_callback,
	},
	{
		.info = {"SYS-BUSY", SEV_MUST, "A VF that any driver has is not resized: EBUSY.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "a count written while a driver has the VF"},
		.needs = NEED_VF | NEED_SYSFS,
		.on_done = ON_ATTEMPT,
		.judge = judge_busy,
	},
};

const size_t sysfs_rules_count = sizeof(sysfs_rules) / sizeof(sysfs_rules[0]);
