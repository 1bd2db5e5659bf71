/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the kernel's own interface for resizing: the files sriov_vf_msix_count and
 * sriov_vf_total_msix, and what a write returns.
 */
#include <errno.h>
#include <stdio.h>
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

static void judge_write_only(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	const char *value = event_str(event, "value");

	(void)w;
	if (is_attr(event, COUNT_ATTR) && event_str(event, "mode"))
		verdict(jg, fn, event_res(event) != 0, "an error", "it reads \"%s\"",
			value ? value : "");
}

/* The most that all VFs of a PF can have. */
static void judge_total_range(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	const char *value = event_str(event, "value");
	struct sriov sriov;
	char expected[WORDS];
	long long total, most;

	(void)w;
	if (!is_attr(event, TOTAL_ATTR) || event_res(event) || !value ||
	    cfg_sriov(&fn->cfg, &sriov))
		return;
	most = (long long)sriov.total_vfs * MSIX_MAX_SIZE;
	snprintf(expected, sizeof(expected), "at most %lld: %u VFs with %d vectors", most,
		 sriov.total_vfs, MSIX_MAX_SIZE);
	if (number_parse(value, &total) != NUMBER)
		broke(jg, fn, expected, "\"%s\"", value);
	else if (total)
		verdict(jg, fn, total <= most, expected, "%lld%s", total,
			total > UINT32_MAX - 4095ll ? ", a negative errno" : "");
	else
		inapplicable(jg, fn, "no vectors are told of");
}

struct constant {
	bool known, moved;
	long long total;
};

static void judge_total_constant(struct judging *jg, const struct world *w,
				 const struct event *event, struct world_fn *fn)
{
	struct constant *constant = scratch(jg, fn->pf, sizeof(*constant));
	const char *value = event_str(event, "value");
	char expected[WORDS];
	long long total;

	(void)w;
	if (event->kind == EV_DONE) {
		/* Another driver of the PF may share out another number. */
		if (fn->vf < 0 && (event->act == ACT_BIND || event->act == ACT_UNBIND))
			constant->known = false;
		else if (event->act != ACT_BIND && event->act != ACT_UNBIND)
			constant->moved |= !event_res(event);
		return;
	}
	if (fn->vf >= 0 || !is_attr(event, TOTAL_ATTR) || event_res(event) || !value ||
	    !is_bound(fn) || number_parse(value, &total) != NUMBER)
		return;
	if (constant->known && constant->moved) {
		snprintf(expected, sizeof(expected), "%lld, as before", constant->total);
		verdict(jg, fn, total == constant->total, expected, "%lld", total);
	}
	*constant = (struct constant){.known = true, .total = total};
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
	if (fn->vf < 0 || !ended_attempt(event, &attempt) || !attempt.sysfs || !attempt.plain)
		return;
	if (!fn->pf->driver[0])
		return; /* that is SYS-NOPF */
	if (support->total_read && !support->total)
		verdict(jg, fn->pf, attempt.res == -EOPNOTSUPP, "EOPNOTSUPP",
			"%s, writing %lld for %s%s%s", res_name(attempt.res), attempt.want,
			fn->name, is_bound(fn) ? ", bound to " : "",
			is_bound(fn) ? fn->driver : "");
	else if (support->total_read)
		inapplicable(jg, fn->pf, "the PF's driver assigns vectors");
}

static void judge_no_driver(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	struct attempt attempt;

	(void)w;
	if (fn->vf < 0 || fn->pf->driver[0] || !ended_attempt(event, &attempt) || !attempt.sysfs ||
	    !attempt.plain)
		return;
	if (fn->gone)
		inapplicable(jg, fn->pf, "the PF's driver takes its VFs with it");
	else
		verdict(jg, fn->pf, attempt.res == -EOPNOTSUPP, "EOPNOTSUPP",
			"%s, writing %lld for %s", res_name(attempt.res), attempt.want, fn->name);
}

/* --- what a write returns --- */

/* The number that was written plainly, by decimal digits, as the last act on the VF. */
struct plain {
	unsigned long line;
	long long number;
	int res;
};

/* Another spelling of a number that was just written plainly is worth the same. */
static void judge_spelling(struct judging *jg, const struct event *event, const struct world_fn *fn,
			   const struct attempt *attempt)
{
	struct plain *plain = scratch(jg, fn, sizeof(*plain));
	if (attempt->plain)
		*plain = (struct plain){event->line, attempt->want, attempt->res};
	else if (plain->line > fn->pf->last_line && plain->number == attempt->want)
		verdict(jg, fn, attempt->res == plain->res, res_name(plain->res),
			"%s, writing \"%s\" for %lld", res_name(attempt->res),
			event_str(event, "value"), attempt->want);
}

static void judge_parse(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct attempt attempt;

	(void)w;
	if (!ended_attempt(event, &attempt)) {
		*(struct plain *)scratch(jg, fn, sizeof(struct plain)) = (struct plain){0};
		return;
	}
	if (fn->gone)
		return; /* no file, no function that could refuse */
	if (attempt.number == NUMBER_NONE)
		verdict(jg, fn, attempt.res == -EINVAL, "EINVAL", "%s, writing \"%s\"",
			res_name(attempt.res), event_str(event, "value"));
	else if (attempt.number == NUMBER)
		judge_spelling(jg, event, fn, &attempt);
}

static void judge_negative(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct attempt attempt;

	(void)w;
	if (!fn->gone && ended_attempt(event, &attempt) && attempt.number == NUMBER_NEGATIVE)
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

/* A driver's callback that returns a positive number would have that taken for the bytes written.
 */
static void judge_whole(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	long long len, ret = event_int(event, "ret", -1);
	struct attempt attempt;
	char expected[WORDS];

	(void)w;
	if (!ended_attempt(event, &attempt) || attempt.res || attempt.number != NUMBER)
		return;
	len = (long long)strlen(event_str(event, "value"));
	snprintf(expected, sizeof(expected), "%lld bytes taken", len);
	verdict(jg, fn, ret == len, expected, "%lld", ret);
}

/* --- errors of the drivers that are known to implement it --- */

struct driver_errors {
	const char *driver;
	int beyond; /* for more than any table has; 0: any of these */
	int errors[10];
};

static void judge_driver_error(struct judging *jg, const struct event *event, struct world_fn *fn,
			       const struct driver_errors *known)
{
	const char *driver = fn->pf->driver;
	struct attempt attempt;
	bool ok = false;

	if (driver[0] && !is_driver(fn->pf, "?") && !is_driver(fn->pf, known->driver))
		inapplicable(jg, fn, "the PF's driver is %s, not %s", driver, known->driver);
	if (!is_driver(fn->pf, known->driver) || !ended_attempt(event, &attempt) ||
	    !attempt.sysfs || !attempt.plain || !attempt.res || fn->driver[0])
		return;
	for (size_t i = 0; known->errors[i]; i++)
		ok |= attempt.res == -known->errors[i];
	if (known->beyond && attempt.want > MSIX_MAX_SIZE)
		verdict(jg, fn, attempt.res == -known->beyond || attempt.res == -EOPNOTSUPP,
			res_name(-known->beyond), "%s, writing %lld", res_name(attempt.res),
			attempt.want);
	else
		verdict(jg, fn, ok, "one of the errors that the driver's source has",
			"%s, writing %lld", res_name(attempt.res), attempt.want);
}

static void judge_mlx5(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	/* From EIO on: statuses of the firmware (cmd_status_to_err()). */
	static const struct driver_errors mlx5 = {
		"mlx5_core",
		EOVERFLOW,
		{EOPNOTSUPP, EINVAL, EOVERFLOW, ENOMEM, EIO, EBUSY, EAGAIN}};

	(void)w;
	judge_driver_error(jg, event, fn, &mlx5);
}

static void judge_ice(struct judging *jg, const struct world *w, const struct event *event,
		      struct world_fn *fn)
{
	/* What says that the pool is empty differs between versions: ENOSPC or EINVAL. */
	static const struct driver_errors ice = {"ice", 0, {ENOENT, EINVAL, ENOSPC, ENOMEM}};

	(void)w;
	judge_driver_error(jg, event, fn, &ice);
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
		.info = {"SYS-RD-WO", SEV_INFO, "Nobody can read sriov_vf_msix_count.",
			 "Linux fs/kernfs/file.c:kernfs_fop_open (EXTRA_OPEN_PERM_CHECK)",
			 "a look for the file on a VF",
			 .remark = "open(2) already fails, with EACCES and for root, too: sysfs "
				   "checks modes itself. No read comes as far as EIO."},
		.needs = NEED_VF | NEED_LINUX,
		.on_obs = ON_OBS(OBS_ATTR),
		.judge = judge_write_only,
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
		.info = {"SYS-TOTAL-CONST", SEV_MUST,
			 "sriov_vf_total_msix stays the same, whatever VFs are assigned.",
			 "Linux Documentation/ABI/testing/sysfs-bus-pci (sriov_vf_total_msix)",
			 "the total read before and after an assignment or a change of NumVFs"},
		.needs = NEED_PF | NEED_SYSFS | HEARS_ALL,
		.on_done = ON_ATTEMPT | ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_RESET) | ON_ACT(ACT_BIND) |
			   ON_ACT(ACT_UNBIND),
		.on_obs = ON_OBS(OBS_ATTR),
		.judge = judge_total_constant,
	},
	{
		.info = {"SYS-TOTAL-U32", SEV_SHOULD,
			 "sriov_vf_total_msix tells no more vectors than all VFs can have, and no "
			 "errno.",
			 "Linux drivers/pci/iov.c:sriov_vf_total_msix_show (%u)",
			 "a total read that is not 0"},
		.needs = NEED_PF | NEED_LINUX,
		.on_obs = ON_OBS(OBS_ATTR),
		.judge = judge_total_range,
	},
	{
		.info = {"SYS-PARSE", SEV_MUST,
			 "A text that is no int is refused with EINVAL, also one out of range; any "
			 "spelling of an int is as good as another.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store (kstrtoint)",
			 "such a text, or a number plainly and then otherwise, written to "
			 "sriov_vf_msix_count"},
		.needs = NEED_VF | NEED_LINUX,
		.on_done = ~0ull,
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
		.info = {"SYS-NOPF", SEV_MUST,
			 "A count is refused with EOPNOTSUPP where the PF has no driver.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "the PF's driver unbound, and a count written for a VF"},
		.needs = NEED_PF | NEED_LINUX | HEARS_ALL,
		.on_done = ON_ATTEMPT,
		.judge = judge_no_driver,
	},
	{
		.info = {"SYS-NOCB", SEV_MUST,
			 "A count is refused with EOPNOTSUPP where the PF's driver cannot set it, "
			 "even for a bound VF.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "a PF whose driver has a total of 0, and a count written for a VF"},
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
	{
		.info = {"SYS-OK-COUNT", SEV_MUST, "A count that is taken is taken whole.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "a count written with success"},
		.needs = NEED_VF | NEED_SYSFS,
		.on_done = ON_ACT(ACT_ATTR_WRITE),
		.judge = judge_whole,
	},
	{
		.info = {"SYS-DRVERR-MLX5", SEV_INFO,
			 "mlx5_core refuses with EOPNOTSUPP, EINVAL, EOVERFLOW (more than the "
			 "maximum) or what its firmware says.",
			 "Linux drivers/net/ethernet/mellanox/mlx5/core/pci_irq.c:"
			 "mlx5_set_msix_vec_count",
			 "a PF that mlx5_core has, and a count that it refuses"},
		.needs = NEED_VF | NEED_SYSFS,
		.on_done = ON_ATTEMPT,
		.judge = judge_mlx5,
	},
	{
		.info = {"SYS-DRVERR-ICE", SEV_INFO,
			 "ice refuses with ENOENT, EINVAL, ENOSPC or ENOMEM.",
			 "Linux drivers/net/ethernet/intel/ice/ice_sriov.c:"
			 "ice_sriov_set_msix_vec_count",
			 "a PF that ice has, and a count that it refuses"},
		.needs = NEED_VF | NEED_SYSFS,
		.on_done = ON_ATTEMPT,
		.judge = judge_ice,
	},
};

const size_t sysfs_rules_count = sizeof(sysfs_rules) / sizeof(sysfs_rules[0]);
