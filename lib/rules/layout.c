/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of what VFs have before anybody assigned them anything, and of what becomes of it all when
 * the PF's driver goes and comes.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attempt.h"

/* --- the layout that VF Enable makes --- */

/* Nobody was given another number since VF Enable was set, which in M-VFE brings no defaults. */
struct layout {
	bool fresh;
};

#define LAYS_OUT (ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_RESET))

/* True where @event looks at the pool while everybody has the default. */
static bool shows_layout(struct layout *layout, const struct event *event,
			 const struct world_fn *pf)
{
	const char *method = event_str(event, "method");

	if (event->kind == EV_OBS)
		return layout->fresh && event_int(event, "total", 0) > 0 &&
		       pool_assigned(event) > 0;
	if (event->act == ACT_RESET && (!method || strcmp(method, "vfe")))
		return false;
	layout->fresh = ON_ACT(event->act) & LAYS_OUT && !event_res(event) && pf->track.numvfs > 0;
	return false;
}

static void judge_default_sum(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	struct layout *layout = scratch(jg, fn->pf, sizeof(*layout));
	size_t listed = json_array_size(json_object_get(event->body, "assigned"));
	long long total, sum;
	char expected[WORDS];

	if (!shows_layout(layout, event, fn->pf))
		return;
	total = event_int(event, "total", 0);
	sum = pool_assigned(event);
	if ((long long)listed * w->size_min > total) {
		inapplicable(jg, fn, "the pool of %lld has less than the least, %u, for each VF",
			     total, w->size_min);
		return;
	}
	snprintf(expected, sizeof(expected), "at most %lld vectors", total);
	verdict(jg, fn, sum <= total, expected, "%lld for %zu new VFs", sum, listed);
}

static void judge_slack(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct layout *layout = scratch(jg, fn->pf, sizeof(*layout));
	long long total, sum;

	(void)w;
	if (!shows_layout(layout, event, fn->pf))
		return;
	total = event_int(event, "total", 0);
	sum = pool_assigned(event);
	if (sum <= total)
		verdict(jg, fn, sum < total, "vectors left to grow by",
			"new VFs have all %lld: one grows only after another has shrunk", total);
}

/* --- a VF that the PF's driver could not set up --- */

/* Of a PF: that any VF failed; of a VF: where its failure was told, 0 nowhere. */
struct setup {
	unsigned long line;
};

/* "failed to set MSI-X vector counts VF 3, err -22", or what else says so. */
static int vf_that_failed(const char *line)
{
	const char *at = strstr(line, "VF ");

	if (!at || !strcasestr(line, "fail") || !strcasestr(line, "msi-x") ||
	    !isdigit((unsigned char)at[3]))
		return -1;
	return atoi(at + 3);
}

static void note_failure(struct judging *jg, const struct world *w, const char *line,
			 unsigned long where)
{
	int vf = vf_that_failed(line);

	for (size_t i = 0; vf >= 0 && i < w->nfn; i++) {
		const struct world_fn *pf = w->fn[i], *fn = world_vf(pf, vf);

		if (pf->vf >= 0 || !fn || !strstr(line, pf->name))
			continue;
		((struct setup *)scratch(jg, pf, sizeof(struct setup)))->line = where;
		((struct setup *)scratch(jg, fn, sizeof(struct setup)))->line = where;
	}
}

/* The Table Size of another VF that VF Enable brought at the same time, or 0. */
static unsigned size_of_peers(const struct world *w, const struct world_fn *fn)
{
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *other = w->fn[i];

		if (other != fn && other->pf == fn->pf && other->vf >= 0 && !other->gone &&
		    other->track.vfe_line == fn->track.vfe_line &&
		    other->msix_line > fn->track.vfe_line)
			return other->msix.size;
	}
	return 0;
}

static void judge_failed(struct judging *jg, const struct world *w, const struct world_fn *fn)
{
	struct setup *setup = scratch(jg, fn, sizeof(*setup));
	unsigned peers;

	if (setup->line <= fn->track.vfe_line)
		return;
	peers = size_of_peers(w, fn);
	verdict(jg, fn, fn->gone || (peers && fn->msix.size == peers),
		"no VF, or one of the size of the others",
		"a VF with Table Size %u, which could not be set", fn->msix.size);
	setup->line = 0;
}

static void judge_partial(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	const json_t *lines = json_object_get(event->body, "lines"), *line;
	size_t i;

	if (event->obs == OBS_KLOG) {
		json_array_foreach (lines, i, line) {
			note_failure(jg, w, json_string_value(line), event->line);
		}
		return;
	}
	if (fn->vf < 0)
		return;
	if (((struct setup *)scratch(jg, fn->pf, sizeof(struct setup)))->line)
		judge_failed(jg, w, fn);
	else if (fn->succeeded)
		inapplicable(jg, fn, "the PF's driver could set up every VF");
}

/* --- a PF whose driver goes and comes --- */

struct reload {
	bool assigned, gone, back;
	unsigned size; /* Table Size before the driver went */
};

static void follow_reload(struct judging *jg, const struct world *w, const struct event *event,
			  const struct world_fn *pf)
{
	for (size_t i = 0; i < w->nfn; i++) {
		struct world_fn *fn = w->fn[i];
		struct reload *reload;

		if (fn->pf != pf || fn->vf < 0 || !was_assigned(fn))
			continue;
		reload = scratch(jg, fn, sizeof(*reload));
		if (event->act == ACT_BIND) {
			reload->back = reload->gone && !event_res(event);
		} else if (event->act == ACT_UNBIND && !event_res(event)) {
			reload->gone = reload->assigned && fn->msix_line && !fn->gone &&
				       !fn->resize_pending;
			reload->size = fn->msix.size;
		} else if (!event_res(event)) {
			*reload = (struct reload){0};
		}
	}
}

static void judge_reload(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	const char *method = event_str(event, "method");
	struct reload *reload;
	struct attempt attempt;

	if (event->kind == EV_DONE && (fn->vf < 0 || (method && !strcmp(method, "vfe")))) {
		follow_reload(jg, w, event, fn->pf);
		return;
	}
	if (event->kind == EV_OBS && fn->gone && fn->pf->last_act == ACT_UNBIND)
		inapplicable(jg, fn, "VFs go with the PF's driver");
	if (!was_assigned(fn))
		return;
	reload = scratch(jg, fn, sizeof(*reload));
	if (ended_attempt(event, &attempt)) {
		if (!attempt.res)
			*reload = (struct reload){.assigned = attempt.want > 0};
		return;
	}
	if (!shows_msix(fn, event) || !reload->back)
		return;
	verdict(jg, fn, fn->msix.size == reload->size, "Table Size as it was assigned",
		"%u before the PF's driver went, %u when it was back", reload->size, fn->msix.size);
}

const struct rule layout_rules[] = {
	{
		.info = {"POOL-DEFAULT-SUM", SEV_SHOULD,
			 "What new VFs have by default is in the pool.",
			 "Linux drivers/net/ethernet/mellanox/mlx5/core/pci_irq.c:"
			 "mlx5_get_default_msix_vec_count",
			 "a look at the pool after VF Enable, before anything is assigned"},
		.needs = NEED_PF | NEED_SYSFS | NEED_NOT_VFE | HEARS_ALL,
		.on_done = MOVES_SIZE,
		.on_obs = ON_OBS(OBS_POOL),
		.judge = judge_default_sum,
	},
	{
		.info = {"POOL-SHRINK-FIRST", SEV_INFO,
			 "New VFs leave something of the pool, so that one can grow.",
			 "Linux drivers/net/ethernet/mellanox/mlx5/core/pci_irq.c:"
			 "mlx5_get_default_msix_vec_count",
			 "a look at the pool after VF Enable, before anything is assigned"},
		.needs = NEED_PF | NEED_SYSFS | NEED_RANGE | NEED_NOT_VFE | HEARS_ALL,
		.on_done = MOVES_SIZE,
		.on_obs = ON_OBS(OBS_POOL),
		.judge = judge_slack,
	},
	{
		.info = {"POOL-PARTIAL-ENABLE", SEV_SHOULD,
			 "A VF whose size could not be set when VFs were enabled is not there.",
			 "Linux drivers/net/ethernet/mellanox/mlx5/core/sriov.c:"
			 "mlx5_device_enable_sriov",
			 "a line of the kernel's log that names the VF, and a look at it"},
		.needs = NEED_VF | NEED_SYSFS | HEARS_ALL,
		.on_obs = ON_OBS(OBS_KLOG) | ON_OBS(OBS_MSIX),
		.judge = judge_partial,
	},
	{
		.info = {"POOL-PF-RELOAD", SEV_INFO,
			 "What was assigned is still there when the PF's driver comes back.",
			 "Linux drivers/net/ethernet/mellanox/mlx5/core/sriov.c:mlx5_sriov_attach",
			 "a count assigned and seen, the PF's driver unbound and bound, and a "
			 "look"},
		.needs = NEED_VF | NEED_MSIX | NEED_SYSFS | NEED_RANGE | HEARS_ALL,
		.on_done = MOVES_SIZE | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND),
		SEES_MSIX,
		.judge = judge_reload,
	},
};

const size_t layout_rules_count = sizeof(layout_rules) / sizeof(layout_rules[0]);
