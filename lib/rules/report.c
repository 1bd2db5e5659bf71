/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of how the kernel's log tells of a blocked shot: that its lines can be read, whom and what
 * they name, and how many there are.
 */
#include <string.h>

#include "iommu.h"
#include "shot.h"

static bool is_dmar_fault(const char *line)
{
	return strstr(line, "[fault reason 0x") &&
	       (strstr(line, "[INTR-REMAP] ") || strstr(line, "[DMA "));
}

static bool is_amd_fault(const char *line)
{
	return strstr(line, "AMD-Vi: Event logged [IO_PAGE_FAULT");
}

/* The line that starts an event; those of 10h to 13h tell of a transfer. */
static bool is_smmu_fault(const char *line)
{
	const char *event = strstr(line, ": event 0x1");

	return !strncmp(line, "arm-smmu-v3 ", 12) && event && event[11] >= '0' &&
	       event[11] <= '3' && strstr(event, " received:");
}

/* Faults of one shot that can wait for the watch of the next. */
struct owed {
	bool one; /* the last shot's was not seen */
};

/* What is wrong with an interrupt fault as the report of @shot on Intel, or NULL. */
static const char *wrong_request(const struct shot *shot, const struct fault *fault)
{
	uint16_t handle, sub;
	bool shv;

	if (!names(fault, shot->from))
		return "another source";
	/* With 25h it is undefined, and a sum beyond 16 bits is no index. */
	if (fault->reason == 0x25 || fault->index < 0 ||
	    vtd_msg_handle(shot->msg, &handle, &shv, &sub) || handle + sub > UINT16_MAX)
		return NULL;
	return fault->index == handle + sub ? NULL : "another index";
}

/* What is wrong with a DMA fault as the report of @shot, or NULL. */
static const char *wrong_write(const struct shot *shot, const struct fault *fault)
{
	if (!is_page(fault->addr, shot->msg.addr))
		return NULL;
	if (forged(shot) && !shot->silent)
		return "a DMA fault of an interrupt request";
	if (shot->kind != KIND_DMA_UNMAPPED)
		return NULL;
	if (!names(fault, shot->from))
		return "another source";
	return fault->write ? NULL : "a read";
}

/*
 * What is wrong with a fault as the report of @shot, or NULL. A late report of the shot before is
 * no fault of this one: @late where there may be such.
 */
static const char *misreported(const struct shot *shot, const struct fault *fault, bool late)
{
	if (!fault->interrupt)
		return wrong_write(shot, fault);
	if (late)
		return NULL;
	return forged(shot) ? wrong_request(shot, fault) : "an interrupt fault of a DMA write";
}

static bool is_late(const struct fault *fault, unsigned reason, bool owed)
{
	/* Intel's reason tells which kind of shot it is of; else only the order does. */
	return reason ? fault->reason != reason : owed;
}

static unsigned reports_told(const struct shot *shot, bool (*is_fault)(const char *line))
{
	const json_t *lines = json_object_get(shot->watch, "klog");
	unsigned told = 0;

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));

		told += line && is_fault(line);
	}
	return told;
}

/* @reason: what tells a shot's own report from another's, 0 where nothing does. */
static void judge_log(struct judging *jg, const struct shot *shot, const struct world_fn *fn,
		      bool (*is_fault)(const char *line), unsigned reason)
{
	struct owed *owed = scratch(jg, fn->pf, sizeof(*owed));
	unsigned told = reports_told(shot, is_fault);
	bool late = owed->one;

	owed->one = reported(shot) && !told;
	if (!told)
		return;
	if (told != faults_count(shot)) {
		broke(jg, fn, "reports with device, address or index, and reason",
		      "%zu of %u can be read", faults_count(shot), told);
		return;
	}
	for (size_t i = 0; i < told; i++) {
		struct fault fault = fault_get(shot, i);
		const char *wrong = misreported(shot, &fault, is_late(&fault, reason, late));

		if (wrong) {
			broke(jg, fn, "reports of what was shot",
			      "%s: reason %02Xh, %s, index %lld", wrong, fault.reason, fault.source,
			      fault.index);
			return;
		}
	}
	held(jg, fn);
}

void judge_log_intel(struct judging *jg, const struct world *w, const struct event *event,
		     struct world_fn *fn)
{
	struct shot shot;

	if (sees_shot(w, event, fn, &shot))
		judge_log(jg, &shot, fn, is_dmar_fault, remap_reason(shot.kind) ?: UINT8_MAX);
}

void judge_log_amd(struct judging *jg, const struct world *w, const struct event *event,
		   struct world_fn *fn)
{
	struct shot shot;

	if (sees_shot(w, event, fn, &shot) && reported(&shot))
		judge_log(jg, &shot, fn, is_amd_fault, 0);
}

void judge_log_smmu(struct judging *jg, const struct world *w, const struct event *event,
		    struct world_fn *fn)
{
	struct shot shot;

	if (sees_shot(w, event, fn, &shot) && reported(&shot))
		judge_log(jg, &shot, fn, is_smmu_fault, 0);
}

/* --- how many --- */

enum { RATE_DMA, RATE_INTERRUPT, RATES };

struct rate { /* on the PF: the kernel has one log */
	struct allowance allowance;
	struct {
		unsigned long shots, told, missing;
	} of[RATES];
	/* A shot whose report is sure to be printed, and was not yet. */
	bool due;
	unsigned due_kind;
	bool pending; /* the last watch found a fault recorded that nobody had taken */
};

/* Reports of  and of the one before, by what each is of. */
static unsigned count_told(struct rate *rate, const struct shot *shot)
{
	unsigned told = 0;

	for (size_t i = 0; i < faults_count(shot); i++) {
		struct fault fault = fault_get(shot, i);
		bool request = forged(shot) && is_page(fault.addr, shot->msg.addr);

		if (!names(&fault, shot->from))
			continue;
		rate->of[fault.interrupt || request ? RATE_INTERRUPT : RATE_DMA].told++;
		told++;
	}
	return told;
}

/* What was let through has nothing to report, and a dead path neither. */
static bool is_blocked(const struct world *w, const struct shot *shot, const struct event *event)
{
	const char *canary = event_str(event, "canary");
	struct arrival arrival;

	return shot->control && !arrived(w, shot, 0, &arrival) &&
	       !(canary && !strcmp(canary, "written"));
}

static void count_reports(struct judging *jg, const struct world *w, const struct shot *shot,
			  const struct event *event)
{
	struct rate *rate = scratch(jg, shot->from->pf, sizeof(*rate));
	unsigned kind = shot->kind == KIND_DMA_UNMAPPED ? RATE_DMA : RATE_INTERRUPT;
	unsigned told = 0;
	bool sure;

	/* What comes of a shot by right is another rule's business. */
	if (reported(shot) || rate->due)
		told = count_told(rate, shot);
	sure = reported(shot) && allow(&rate->allowance, event) && is_blocked(w, shot, event);
	/* It may be late by one watch. */
	if (rate->due && told <= sure)
		rate->of[rate->due_kind].missing++;
	rate->due = sure && !told;
	rate->due_kind = kind;
	rate->of[kind].shots += reported(shot) ? shot->times : 0;
}

/* Primary Fault Overflow and Primary Pending Fault (VT-d 4.1, 11.4.8.1). */
#define FSTS_FAULTS 0x3

/*
 * As long as a record is not taken, nothing more of its source is recorded. The kernel may still be
 * at it when the shot is watched, but not when the control after it has come, which leaves none.
 */
static void see_status(struct judging *jg, const struct shot *shot, const struct event *event)
{
	struct rate *rate = scratch(jg, shot->from->pf, sizeof(*rate));
	int64_t fsts = event_int(event, "fsts", -1);
	bool pending = fsts > 0 && fsts & FSTS_FAULTS;

	if (pending && rate->pending && shot->kind == KIND_CONTROL)
		broke(jg, shot->from->pf, "a fault recorded only until the kernel takes it",
		      "Fault Status %llXh, a shot later", (unsigned long long)fsts);
	rate->pending = pending;
}

/* Of so many at once nobody could say which of them the kernel had room for. */
static void skip_burst(struct judging *jg, const struct world *w, const struct event *event,
		       const struct world_fn *fn)
{
	struct rate *rate = scratch(jg, fn->pf, sizeof(*rate));

	if (allow_burst(&rate->allowance, w, event, fn))
		rate->due = rate->pending = false;
}

void judge_log_rate(struct judging *jg, const struct world *w, const struct event *event,
		    struct world_fn *fn)
{
	static const char *const names[RATES] = {"DMA faults", "interrupt faults"};
	struct shot shot;

	if (event->kind != EV_RUN_END) {
		if (fn)
			skip_burst(jg, w, event, fn);
		if (!sees_shot(w, event, fn, &shot))
			return;
		count_reports(jg, w, &shot, event);
		see_status(jg, &shot, event);
		return;
	}
	for (size_t i = 0; i < w->nfn; i++) {
		const struct rate *rate;

		if (w->fn[i]->vf >= 0)
			continue;
		rate = scratch(jg, w->fn[i], sizeof(*rate));
		/* One that never reports the kind is judged by other rules. */
		for (unsigned k = 0; k < RATES; k++)
			if (rate->of[k].told && rate->of[k].shots)
				verdict(jg, w->fn[i],
					!rate->of[k].missing &&
						rate->of[k].told <= rate->of[k].shots,
					"one report of each blocked shot that the log has room for",
					"%lu %s of %lu shots, %lu missing though there was room",
					rate->of[k].told, names[k], rate->of[k].shots,
					rate->of[k].missing);
	}
}
