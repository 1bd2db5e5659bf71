/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of sriov_numvfs and sriov_drivers_autoprobe. */
#include <errno.h>
#include <string.h>

#include "attempt.h"

static void judge_numvfs(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	const char *value = event_str(event, "value");
	int now = fn->track.numvfs, res = event_res(event), expected;
	struct sriov sriov;
	long long want;

	(void)w;
	if (!is_attr(event, "sriov_numvfs") || !value || !*value || cfg_sriov(&fn->cfg, &sriov))
		return;
	/* kstrtou16(): a number beyond 65535 is no number, and so is a negative one. */
	if (number_parse(value, &want) != NUMBER || want > UINT16_MAX)
		expected = -EINVAL;
	else if (want > sriov.total_vfs)
		expected = -ERANGE;
	else if (now < 0)
		return;
	else if (want == now)
		expected = 0;
	else if (!fn->driver[0])
		expected = -ENOENT;
	else if (now && want && res != -ERANGE) /* a driver may allow fewer than TotalVFs */
		expected = -EBUSY;
	else
		return;
	verdict(jg, fn, res == expected, res_name(expected),
		"%s, writing \"%s\" with NumVFs %d and TotalVFs %u", res_name(res), value, now,
		sriov.total_vfs);
}

/* --- sriov_drivers_autoprobe --- */

struct probing {
	bool is_new, watched;
	int autoprobe;   /* when VF Enable was set */
	char driver[32]; /* when autoprobe was changed */
};

static void note_probing(struct judging *jg, const struct world *w, const struct event *event,
			 const struct world_fn *pf)
{
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *fn = w->fn[i];
		struct probing *probing;

		if (fn->pf != pf || fn->vf < 0)
			continue;
		probing = scratch(jg, fn, sizeof(*probing));
		if (event->act == ACT_AUTOPROBE) {
			probing->watched = !probing->is_new && strcmp(fn->driver, "?");
			strcpy(probing->driver, fn->driver);
		} else if (event->act == ACT_RACE) {
			*probing = (struct probing){0};
		} else if (fn->track.vfe_line == event->line) {
			*probing =
				(struct probing){.is_new = true, .autoprobe = pf->track.autoprobe};
		} else {
			probing->watched = false;
		}
	}
}

static void judge_autoprobe(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	struct probing *probing;

	if (event->kind == EV_DONE && event->act != ACT_BIND && event->act != ACT_UNBIND) {
		if (!event_res(event))
			note_probing(jg, w, event, fn->pf);
		return;
	}
	if (fn->vf < 0)
		return;
	probing = scratch(jg, fn, sizeof(*probing));
	if (event->kind == EV_OBS && probing->is_new && !probing->autoprobe)
		verdict(jg, fn, !fn->driver[0], "no driver, with autoprobe 0", "%s has the new VF",
			fn->driver);
	else if (event->kind == EV_OBS && probing->watched)
		verdict(jg, fn, !strcmp(fn->driver, probing->driver),
			probing->driver[0] ? probing->driver : "no driver",
			"%s after autoprobe was changed", fn->driver[0] ? fn->driver : "no driver");
	*probing = (struct probing){0};
}

const struct rule numvfs_rules[] = {
	{
		.info = {"SYS-AUTOPROBE", SEV_MUST,
			 "With sriov_drivers_autoprobe 0 new VFs get no driver; changing it "
			 "touches "
			 "no VF that is there.",
			 "Linux drivers/pci/pci-driver.c:pci_device_can_probe",
			 "VFs enabled with autoprobe 0 or autoprobe changed, and a look at "
			 "drivers"},
		.needs = NEED_VF | NEED_LINUX | HEARS_ALL,
		.on_done = ON_ACT(ACT_AUTOPROBE) | ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_RESET) |
			   ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND) | ON_ACT(ACT_RACE),
		.on_obs = ON_OBS(OBS_DRIVER),
		.judge = judge_autoprobe,
	},
	{
		.info = {"SYS-NUMVFS-ERR", SEV_MUST,
			 "sriov_numvfs refuses junk with EINVAL, more than TotalVFs with ERANGE, a "
			 "change while VFs are enabled with EBUSY, and takes the count it has.",
			 "Linux drivers/pci/iov.c:sriov_numvfs_store",
			 "such values written to sriov_numvfs"},
		.needs = NEED_PF | NEED_LINUX,
		.on_done = ON_ACT(ACT_ATTR_WRITE),
		.judge = judge_numvfs,
	},
};

const size_t numvfs_rules_count = sizeof(numvfs_rules) / sizeof(numvfs_rules[0]);
