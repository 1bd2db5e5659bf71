/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what rules said to verdicts, each with its reason, once the record has ended or so far. */
#include <stdlib.h>
#include <string.h>

#include "judge.h"

static enum verdict failure_of(enum severity severity)
{
	static const enum verdict by_severity[] = {
		[SEV_MUST] = VERDICT_FAIL, [SEV_SHOULD] = VERDICT_WARN, [SEV_INFO] = VERDICT_NOTE};

	return by_severity[severity];
}

unsigned long judge_failures(const struct judge *judge,
			     bool (*known)(void *ctx, const struct finding *finding), void *ctx)
{
	unsigned long failures = 0;

	for (size_t i = 0; i < judge->nfailing; i++) {
		const struct finding *finding = &judge->failing[i]->finding;

		if (finding->rule->severity == SEV_MUST && !(known && known(ctx, finding)))
			failures += finding->failed;
	}
	return failures;
}

/*
 * Acts without which a rule has nothing to judge. A refusal of attr-write and virt-mgmt is often
 * the point.
 */
static unsigned long long acts_needed(const struct rule *rule)
{
	unsigned long long acts = rule->on_done & ~(ON_ACT(ACT_ATTR_WRITE) | ON_ACT(ACT_VIRT_MGMT));

	if (rule->needs & (NEED_VFIO | NEED_ENGINE))
		acts |= ON_ACT(ACT_BIND) | ON_ACT(ACT_VFIO_OPEN) | ON_ACT(ACT_VFIO_IRQS);
	if (rule->needs & NEED_ENGINE)
		acts |= ON_ACT(ACT_ENGINE_START) | ON_ACT(ACT_FIRE);
	if (rule->needs & NEED_RESIZE)
		acts |= ON_ACT(ACT_RESIZE);
	if (rule->needs & NEED_FLR)
		acts |= ON_ACT(ACT_RESET);
	return acts;
}

/* Why a rule was not run, where an act that it needs never succeeded: the first that failed. */
static char *why_idle(const struct rule *rule, const struct world_fn *fn)
{
	unsigned long long failed = fn->failed & acts_needed(rule);
	enum act first = ACT_NONE;
	char *why = NULL;

	for (enum act act = 0; act < ACT_COUNT; act++)
		if (failed >> act & 1 &&
		    (first == ACT_NONE || fn->failed_line[act] < fn->failed_line[first]))
			first = act;
	if (first != ACT_NONE &&
	    asprintf(&why, "line %lu: %s failed with %s", fn->failed_line[first], act_name(first),
		     res_name(fn->failed_res[first])) < 0)
		return NULL;
	return why;
}

/* Keeps a reason that was put together, if there is one; NULL without memory. */
static char *keep_idle(struct judge *judge, char *reason)
{
	char **grown;

	if (!reason)
		return NULL;
	grown = realloc(judge->idle, (judge->nidle + 1) * sizeof(*grown));
	if (!grown) {
		free(reason);
		return NULL;
	}
	judge->idle = grown;
	return grown[judge->nidle++] = reason;
}

/* The verdict, once nothing more is said. The reason belongs to somebody else. */
static void settle(struct judge *judge, size_t f, size_t r, struct finding *finding)
{
	const struct rule *rule = catalogue_get(r);
	const struct world_fn *fn = judge->world->fn[f];
	const char *hidden = finding->rule->unobservable;
	const char *unmet = NULL;

	if (!finding->exercised && !hidden)
		unmet = needs_missed(rule, judge->world, fn);
	if (finding->exercised) {
		finding->verdict =
			finding->failed ? failure_of(finding->rule->severity) : VERDICT_PASS;
		finding->reason = NULL;
	} else if (hidden || unmet) {
		finding->verdict = VERDICT_SKIP;
		finding->reason = (char *)(hidden ? hidden : unmet);
	} else if (finding->reason) {
		finding->verdict = VERDICT_SKIP;
	} else if (judge->world->still && fn->gone) {
		finding->verdict = VERDICT_SKIP;
		finding->reason = (char *)REASON_GONE;
	} else {
		finding->reason = keep_idle(judge, why_idle(rule, fn));
	}
}

/*
 * Every rule has at least one finding: where there is no function it concerns, one for the run.
 * A function outside a rule's PF or VF half is no finding at all.
 */
static bool worth_telling(const struct judge *judge, size_t f, size_t r)
{
	const struct rule *rule = catalogue_get(r);
	bool vf = judge->world->fn[f]->vf >= 0;

	if (judge->fn[f][r] && judge->fn[f][r]->finding.exercised)
		return true;
	return !(rule->needs & NEED_VF && !vf) && !(rule->needs & NEED_PF && vf);
}

static void add_finding(struct judge *judge, size_t f, size_t r)
{
	const struct slot *slot = judge->fn[f][r];
	struct finding *finding = &judge->out[judge->nout++];

	*finding = slot ? slot->finding : blank(judge, f, r);
	if (judge->finished)
		settle(judge, f, r, finding);
}

/* Is the rule told for each function, or for none? */
static bool is_judged(const struct judge *judge, const struct rule *rule)
{
	return !judge->world->still || is_for_pictures(rule);
}

static void add_unheard(struct judge *judge, size_t r)
{
	const struct rule *rule = catalogue_get(r);
	const char *reason = rule->info.unobservable;

	if (!reason && !is_judged(judge, rule))
		reason = REASON_STILL;
	else if (!reason && judge->world->still && rule->needs & NEED_VF)
		reason = "no VF is there";
	judge->out[judge->nout++] = (struct finding){
		.rule = &rule->info,
		.verdict = reason ? VERDICT_SKIP : VERDICT_NOT_RUN,
		.reason = (char *)reason,
	};
}

size_t judge_findings(struct judge *judge, struct finding **findings)
{
	if (!judge->out)
		judge->out = calloc(judge->nrule * (judge->nfn + 1), sizeof(*judge->out));
	if (judge->out && !judge->nout) {
		for (size_t r = 0; r < judge->nrule; r++) {
			size_t before = judge->nout;

			for (size_t f = 0; is_judged(judge, catalogue_get(r)) && f < judge->nfn;
			     f++)
				if (worth_telling(judge, f, r))
					add_finding(judge, f, r);
			if (judge->nout == before)
				add_unheard(judge, r);
		}
	}
	*findings = judge->out;
	return judge->nout;
}
