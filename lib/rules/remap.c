/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of what an IOMMU reports: the reason that a forged interrupt request is blocked for, the
 * lines in the kernel's log, and whether it reports such requests at all.
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
	if (!is_kind(shot, REPORTED))
		return false;
	if (is_kind(shot, FORGED) && shot->control && !arrived(w, shot, 0, &arrival))
		run->blocked++;
	return allow(&run->allowance, event);
}

static unsigned reason_of(enum kind kind)
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
	unsigned right = reason_of(shot->kind), other = 0;

	for (size_t i = 0; i < faults_count(shot); i++) {
		struct fault fault = fault_get(shot, i);

		if (!fault.interrupt || strcmp(fault.source, shot->from->name))
			continue;
		if (fault.reason == right)
			return right;
		if (fault.reason != late)
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
	if (!sees_shot(w, event, fn, &shot))
		return;
	room = remap_follow(jg, w, &shot, event);
	run = scratch(jg, fn->pf, sizeof(*run));
	told = reason_told(&shot, run->late);
	run->late = reason_of(shot.kind);
	if (reason_of(shot.kind) != reason || fn == fn->pf)
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

/* --- reports --- */

static bool is_dmar_fault(const char *line)
{
	return strstr(line, "[fault reason 0x") &&
	       (strstr(line, "[INTR-REMAP] ") || strstr(line, "[DMA "));
}

/* What is wrong with a fault as the report of @shot, or NULL. */
static const char *misreported(const struct shot *shot, const struct fault *fault)
{
	uint16_t handle, sub;
	bool shv;

	if (!fault->interrupt) {
		bool ours = shot->kind == KIND_DMA_UNMAPPED && is_page(fault->addr, shot->msg.addr);

		return ours && strcmp(fault->source, shot->from->name) ? "another source" : NULL;
	}
	/* With 25h the index is undefined; a late report of another shot is no fault of this. */
	if (fault->reason == 0x25 || fault->reason != reason_of(shot->kind))
		return NULL;
	if (strcmp(fault->source, shot->from->name))
		return "another source";
	/* A sum beyond 16 bits is no index, so nothing says which one is reported. */
	if (fault->index < 0 || vtd_msg_handle(shot->msg, &handle, &shv, &sub) ||
	    handle + sub > UINT16_MAX)
		return NULL;
	return fault->index == handle + sub ? NULL : "another index";
}

void judge_log_intel(struct judging *jg, const struct world *w, const struct event *event,
		     struct world_fn *fn)
{
	size_t told = 0;
	struct shot shot;
	const json_t *lines;

	if (!sees_shot(w, event, fn, &shot))
		return;
	lines = json_object_get(shot.watch, "klog");
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));

		told += line && is_dmar_fault(line);
	}
	if (!told)
		return;
	if (told != faults_count(&shot)) {
		broke(jg, fn, "reports with device, address or index, and reason",
		      "%zu of %zu can be read", faults_count(&shot), told);
		return;
	}
	for (size_t i = 0; i < told; i++) {
		struct fault fault = fault_get(&shot, i);
		const char *wrong = misreported(&shot, &fault);

		if (wrong) {
			broke(jg, fn, "reports of what was shot",
			      "%s: reason %02Xh, %s, index %lld", wrong, fault.reason, fault.source,
			      fault.index);
			return;
		}
	}
	held(jg, fn);
}
