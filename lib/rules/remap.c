/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of what an IOMMU reports: the reason that a forged interrupt request is blocked for, and
 * whether it reports such requests at all. Whom a report names is judged in report.c.
 *
 * That nothing was reported is judged over the whole run: dmar_fault() is sure to print three
 * faults in five seconds and no more, so one missing line proves nothing.
 */
#include <stdio.h>
#include <string.h>

#include "iommu.h"
#include "shot.h"

/* --- interrupt requests --- */

struct remap_run { /* on the PF */
	struct allowance allowance;
	unsigned long blocked, logged; /* forged requests blocked, and interrupt faults seen */
	unsigned late;                 /* reason that the shot before was to be reported with */
};

struct remap { /* on each function */
	unsigned long shots, roomy, judged;
	unsigned long delivered; /* instead of blocked */
};

/* Follows every shot, so that a rule knows what this IOMMU reports at all. */
static bool remap_follow(struct judging *jg, const struct world *w, const struct shot *shot,
			 const struct event *event)
{
	struct remap_run *run = scratch(jg, shot->from->pf, sizeof(*run));
	struct arrival arrival;

	for (size_t i = 0; i < faults_count(shot); i++)
		run->logged += fault_get(shot, i).interrupt;
	if (!reported(shot))
		return false;
	if (forged(shot) && shot->control && !arrived(w, shot, 0, &arrival))
		run->blocked++;
	return allow(&run->allowance, event);
}

unsigned remap_reason(enum kind kind)
{
	switch (kind) {
	case KIND_RESERVED_DATA:
		return 0x20;
	case KIND_BEYOND_HANDLE:
		return 0x21;
	case KIND_ABSENT_HANDLE:
		return 0x22;
	case KIND_COMPAT_FIXED:
	case KIND_COMPAT_NMI:
		return 0x25;
	case KIND_SIBLING_HANDLE:
	case KIND_PF_HANDLE:
		return 0x26;
	default:
		return 0;
	}
}

/*
 * The reason told for a shot: the right one if it is among those told, else any that a late report
 * of the shot before does not explain; 0 for none.
 */
static unsigned reason_told(const struct shot *shot, unsigned late)
{
	unsigned right = remap_reason(shot->kind), other = 0;

	for (size_t i = 0; i < faults_count(shot); i++) {
		struct fault fault = fault_get(shot, i);

		if (!fault.interrupt)
			continue;
		if (fault.reason == right)
			return right;
		if (fault.reason != late && names(&fault, shot->from))
			other = fault.reason;
	}
	return other;
}

static void remap_run_end(struct judging *jg, const struct world *w, unsigned reason)
{
	char expected[WORDS];

	snprintf(expected, sizeof(expected), "a fault with reason %02Xh, at least once", reason);
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *fn = w->fn[i];
		const struct remap_run *run = scratch(jg, fn->pf, sizeof(*run));
		const struct remap *remap = fn == fn->pf ? NULL : scratch(jg, fn, sizeof(*remap));

		if (!remap || !remap->shots || remap->judged)
			continue;
		if (remap->delivered == remap->shots)
			inapplicable(
				jg, fn,
				"such requests are delivered (IOM-NODELIVER), so none is reported");
		else if (!run->logged && run->blocked)
			inapplicable(jg, fn,
				     "this IOMMU blocks interrupt requests without recording "
				     "them, as QEMU's does before 8.2");
		else if (remap->roomy)
			broke(jg, fn, expected, "none in %lu shots, though others were reported",
			      remap->shots);
		else
			inapplicable(jg, fn,
				     "the kernel's limit on reports may have kept all of them");
	}
}

/* Judged by the reason that is reported; that nothing was delivered is IOM-NODELIVER's business. */
static void judge_reason(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn, unsigned reason)
{
	struct remap_run *run;
	struct arrival arrival;
	struct remap *remap;
	char expected[WORDS];
	struct shot shot;
	unsigned told;
	bool room;

	if (event->kind == EV_RUN_END) {
		remap_run_end(jg, w, reason);
		return;
	}
	run = fn ? scratch(jg, fn->pf, sizeof(*run)) : NULL;
	if (run && allow_burst(&run->allowance, w, event, fn))
		run->late = 0;
	if (!sees_shot(w, event, fn, &shot))
		return;
	room = remap_follow(jg, w, &shot, event);
	told = reason_told(&shot, run->late);
	run->late = remap_reason(shot.kind);
	if (remap_reason(shot.kind) != reason || fn == fn->pf)
		return;
	remap = scratch(jg, fn, sizeof(*remap));
	if (shot.control) {
		remap->shots++;
		remap->delivered += arrived(w, &shot, 0, &arrival);
		remap->roomy += room;
	}
	if (!told)
		return;
	remap->judged++;
	snprintf(expected, sizeof(expected), "fault reason %02Xh for %s", reason, shot.name);
	verdict(jg, fn, told == reason, expected, "%02Xh", told);
}

void judge_ir_reserved(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	judge_reason(jg, w, event, fn, 0x20);
}

void judge_ir_index(struct judging *jg, const struct world *w, const struct event *event,
		    struct world_fn *fn)
{
	judge_reason(jg, w, event, fn, 0x21);
}

void judge_ir_absent(struct judging *jg, const struct world *w, const struct event *event,
		     struct world_fn *fn)
{
	judge_reason(jg, w, event, fn, 0x22);
}

void judge_ir_compat(struct judging *jg, const struct world *w, const struct event *event,
		     struct world_fn *fn)
{
	judge_reason(jg, w, event, fn, 0x25);
}

void judge_ir_source(struct judging *jg, const struct world *w, const struct event *event,
		     struct world_fn *fn)
{
	judge_reason(jg, w, event, fn, 0x26);
}

void judge_quiet(struct judging *jg, const struct world *w, const struct event *event,
		 struct world_fn *fn)
{
	struct shot shot;

	if (event->kind != EV_RUN_END) {
		if (sees_shot(w, event, fn, &shot))
			remap_follow(jg, w, &shot, event);
		return;
	}
	for (size_t i = 0; i < w->nfn; i++) {
		const struct remap_run *run;

		if (w->fn[i]->vf >= 0)
			continue;
		run = scratch(jg, w->fn[i], sizeof(*run));
		if (run->blocked)
			verdict(jg, w->fn[i], run->logged, "blocked interrupt requests reported",
				"none of %lu", run->blocked);
	}
}
