/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge: takes one event after another, lets the rules that it concerns look at it, and keeps
 * one finding for each rule and function. What it holds depends on the number of functions, never
 * on the length of the record.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "tried.h"

/* The finding on one rule and function, while it grows. */
struct slot {
	struct finding finding;
	void *scratch;
};

struct judge {
	struct world *world;
	size_t nrule;
	size_t nfn;            /* functions for which there are slots */
	struct slot ***fn;     /* [nfn][nrule]; a slot is made when its rule first says something */
	struct tried *tried;   /* [nrule] */
	struct slot **failing; /* those whose rule did not hold, in that order */
	size_t nfailing;
	struct finding *out; /* what judge_findings() hands out */
	size_t nout;
	char **idle; /* reasons of findings that have no slot to keep theirs */
	size_t nidle;
	bool run_ended, finished;
	unsigned long open_line;    /* of a scenario that has not ended yet, or 0 */
	unsigned long told_failing; /* failures of MUST rules when the last suite ended */
	char *broken;
	unsigned long line;
};

/* What a rule's judge function holds while it looks at one event. */
struct judging {
	struct judge *judge;
	const struct rule *rule;
	size_t index; /* of the rule */
	const struct event *event;
};

struct judge *judge_new(void)
{
	struct judge *judge = calloc(1, sizeof(*judge));

	if (judge)
		judge->world = world_new();
	if (!judge || !judge->world) {
		free(judge);
		return NULL;
	}
	judge->nrule = rules_count();
	judge->tried = calloc(judge->nrule, sizeof(*judge->tried));
	if (!judge->tried) {
		judge_free(judge);
		return NULL;
	}
	return judge;
}

static void finding_free(struct finding *finding)
{
	free(finding->expected);
	free(finding->seen);
	for (size_t i = 0; i < finding->nalso; i++)
		free(finding->also[i]);
	free(finding->reason);
	free(finding->suite);
	free(finding->scenario);
}

static void slot_free(struct slot *slot)
{
	if (!slot)
		return;
	finding_free(&slot->finding);
	free(slot->scratch);
	free(slot);
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	for (size_t f = 0; f < judge->nfn; f++) {
		for (size_t r = 0; r < judge->nrule; r++)
			slot_free(judge->fn[f][r]);
		free(judge->fn[f]);
	}
	free(judge->fn);
	for (size_t i = 0; i < judge->nidle; i++)
		free(judge->idle[i]);
	free(judge->idle);
	free(judge->failing);
	for (size_t r = 0; judge->tried && r < judge->nrule; r++)
		tried_free(&judge->tried[r]);
	free(judge->tried);
	free(judge->out);
	free(judge->broken);
	world_free(judge->world);
	free(judge);
}

static void breaks(struct judge *judge, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The run is to blame: the first cause is kept. */
static void breaks(struct judge *judge, const char *fmt, ...)
{
	va_list ap;

	if (judge->broken)
		return;
	va_start(ap, fmt);
	if (vasprintf(&judge->broken, fmt, ap) < 0)
		judge->broken = NULL;
	va_end(ap);
}

/* Room for the functions that the world has learnt of since. */
static void grow(struct judge *judge)
{
	while (judge->nfn < judge->world->nfn) {
		struct slot ***fn = realloc(judge->fn, (judge->nfn + 1) * sizeof(*fn));
		struct slot **row = calloc(judge->nrule, sizeof(*row));

		if (fn)
			judge->fn = fn;
		if (!fn || !row) {
			free(row);
			breaks(judge, "out of memory");
			return;
		}
		judge->fn[judge->nfn++] = row;
	}
}

/* What is known of a rule and function before the rule has said anything. */
static struct finding blank(const struct judge *judge, size_t f, size_t r)
{
	struct finding finding = {.rule = &catalogue_get(r)->info, .verdict = VERDICT_NOT_RUN};

	strcpy(finding.fn, judge->world->fn[f]->name);
	return finding;
}

static struct slot *slot_of(const struct judging *jg, const struct world_fn *fn)
{
	struct slot **slot;

	if (!fn || fn->index >= jg->judge->nfn)
		return NULL;
	slot = &jg->judge->fn[fn->index][jg->index];
	if (!*slot) {
		*slot = calloc(1, sizeof(**slot));
		if (*slot)
			(*slot)->finding = blank(jg->judge, fn->index, jg->index);
		else
			breaks(jg->judge, "out of memory");
	}
	return *slot;
}

/* --- what judges say --- */

void held(struct judging *jg, const struct world_fn *fn)
{
	struct slot *slot = slot_of(jg, fn);

	if (!slot)
		return;
	slot->finding.exercised++;
	tried_note(&jg->judge->tried[jg->index], jg->judge->world);
}

/* A rule can fail in more ways than one: a baseline that excuses one must not hide another. */
static void keep_seen(struct finding *finding, char *seen)
{
	bool told = !seen || (finding->seen && !strcmp(seen, finding->seen));

	for (size_t i = 0; i < finding->nalso; i++)
		told |= !strcmp(seen, finding->also[i]);
	if (told) {
		free(seen);
	} else if (!finding->seen) {
		finding->seen = seen;
	} else if (finding->nalso < FINDING_ALSO) {
		finding->also[finding->nalso++] = seen;
	} else {
		finding->more = true;
		free(seen);
	}
}

static void add_failing(struct judge *judge, struct slot *slot)
{
	struct slot **grown = realloc(judge->failing, (judge->nfailing + 1) * sizeof(*grown));

	if (!grown) {
		breaks(judge, "out of memory");
		return;
	}
	judge->failing = grown;
	grown[judge->nfailing++] = slot;
}

static void vbroke(struct judging *jg, const struct world_fn *fn, const char *expected,
		   const char *fmt, va_list ap)
{
	struct slot *slot = slot_of(jg, fn);
	struct finding *finding;
	char *seen;

	if (!slot)
		return;
	finding = &slot->finding;
	finding->exercised++;
	tried_note(&jg->judge->tried[jg->index], jg->judge->world);
	if (!finding->failed++) {
		add_failing(jg->judge, slot);
		finding->expected = strdup(expected);
		finding->suite = strdup(jg->judge->world->suite);
		finding->scenario = strdup(jg->judge->world->scenario);
	}
	if (vasprintf(&seen, fmt, ap) >= 0)
		keep_seen(finding, seen);
	if (finding->nline < FINDING_LINES)
		finding->line[finding->nline++] = jg->event->line;
}

void broke(struct judging *jg, const struct world_fn *fn, const char *expected, const char *fmt,
	   ...)
{
	va_list ap;

	va_start(ap, fmt);
	vbroke(jg, fn, expected, fmt, ap);
	va_end(ap);
}

void verdict(struct judging *jg, const struct world_fn *fn, bool ok, const char *expected,
	     const char *fmt, ...)
{
	va_list ap;

	if (ok) {
		held(jg, fn);
		return;
	}
	va_start(ap, fmt);
	vbroke(jg, fn, expected, fmt, ap);
	va_end(ap);
}

void inapplicable(struct judging *jg, const struct world_fn *fn, const char *fmt, ...)
{
	struct slot *slot = slot_of(jg, fn);
	va_list ap;

	if (!slot || slot->finding.reason)
		return;
	va_start(ap, fmt);
	if (vasprintf(&slot->finding.reason, fmt, ap) < 0)
		slot->finding.reason = NULL;
	va_end(ap);
}

void *scratch(struct judging *jg, const struct world_fn *fn, size_t size)
{
	static char spare[4096];
	struct slot *slot = slot_of(jg, fn);

	if (slot && !slot->scratch)
		slot->scratch = calloc(1, size);
	if (slot && slot->scratch)
		return slot->scratch;
	/* Out of memory: the run is broken, but a judge need not know. */
	breaks(jg->judge, "out of memory");
	return memset(spare, 0, sizeof(spare));
}

/* --- events --- */

/*
 * Rules that a look at config space can exercise by itself. Of a picture the others are told once,
 * not for each of its functions.
 */
static bool is_for_pictures(const struct rule *rule)
{
	const unsigned long long run = NEED_LINUX | NEED_RESIZE | NEED_NVME | NEED_SYSFS |
				       NEED_ENGINE | NEED_VFIO | NEED_IOMMU | NEED_REMAP |
				       NEED_TRANSLATION | NEED_INTEL | NEED_RANGE | NEED_MODEL_RST |
				       NEED_ATTACKER;

	return rule->on_kind & 1u << EV_FUNCTION && !(rule->needs & run);
}

static bool concerns(const struct rule *rule, const struct world *w, const struct event *event)
{
	if (rule->info.unobservable || (w->still && !is_for_pictures(rule)))
		return false;
	if (event->kind == EV_DONE)
		return rule->on_done & ON_ACT(event->act);
	if (event->kind == EV_OBS)
		return rule->on_obs & ON_OBS(event->obs);
	return rule->on_kind & 1u << event->kind;
}

/* Is the event kept from the rule, for what is missing of the function that it is about? */
static bool deaf(const struct rule *rule, const struct world *w, const struct world_fn *fn)
{
	struct rule ears = *rule;

	/* Others are needed by the one that is judged, who need not be the one that acts. */
	ears.needs &= ~(unsigned long long)(NEED_SIBLING | NEED_ATTACKER);
	if (rule->needs & HEARS_ALL)
		ears.needs &= ~(unsigned long long)(NEED_VF | NEED_PF);
	return fn && needs_unmet(&ears, w, fn);
}

/* A scenario must end, and with as many lines as it says it wrote: else some are missing. */
static void judge_scenario(struct judge *judge, const struct event *event)
{
	const char *scenario = event_str(event, "scenario");
	int64_t lines = event_int(event, "lines", -1);

	if (judge->open_line && event->kind != EV_END)
		breaks(judge, "line %lu: the scenario begun here never ended", judge->open_line);
	else if (judge->open_line && lines >= 0 &&
		 (unsigned long)lines != event->line - judge->open_line)
		breaks(judge, "line %lu: scenario %s wrote %lld lines, and the record has %lu",
		       event->line, scenario ? scenario : "?", (long long)lines,
		       event->line - judge->open_line);
	judge->open_line = event->kind == EV_BEGIN ? event->line : 0;
}

/* A suite fails where a rule does; for any other reason the run is to blame. */
static void judge_suite(struct judge *judge, const struct event *event)
{
	unsigned long failing = judge_failures(judge, NULL, NULL);
	const char *suite = event_str(event, "suite");
	int64_t status = event_int(event, "exit", 0), signal = event_int(event, "signal", 0);

	if (!suite)
		suite = "?";
	if (event_bool(event, "timeout"))
		breaks(judge, "line %lu: suite %s hung and was stopped", event->line, suite);
	else if (signal)
		breaks(judge, "line %lu: suite %s died of signal %d", event->line, suite,
		       (int)signal);
	else if (status == 2)
		breaks(judge, "line %lu: suite %s could not be set up", event->line, suite);
	else if (status == 1 && failing == judge->told_failing)
		breaks(judge, "line %lu: suite %s failed, though no rule did", event->line, suite);
	judge->told_failing = failing;
}

/* What the frame of the record says about the run itself. */
static void judge_frame(struct judge *judge, const struct event *event)
{
	const char *outcome = event_str(event, "outcome"), *why = event_str(event, "why");

	if (event->kind == EV_BEGIN || event->kind == EV_END || event->kind == EV_SUITE ||
	    event->kind == EV_RUN_END)
		judge_scenario(judge, event);
	if (event->kind == EV_END && outcome && !strcmp(outcome, "aborted"))
		breaks(judge, "line %lu: scenario %s was aborted: %s", event->line,
		       judge->world->scenario, why ? why : "no reason given");
	if (event->kind == EV_RUN_END && outcome && strcmp(outcome, "completed"))
		breaks(judge, "line %lu: the run was aborted: %s", event->line,
		       why ? why : "no reason given");
	if (event->kind == EV_RUN_END)
		judge->run_ended = true;
	if (event->kind == EV_SUITE)
		judge_suite(judge, event);
}

/* What is done, seen or claimed is about a function: all but what the kernel says of itself. */
static bool is_about_one(const struct event *event)
{
	if (event->kind == EV_OBS)
		return event->obs != OBS_KLOG && event->obs != OBS_TAINT;
	return event->kind == EV_FUNCTION || event->kind == EV_CLAIM || event->kind == EV_DONE;
}

void judge_event(struct judge *judge, const struct event *event)
{
	struct world_fn *fn = world_absorb(judge->world, event);

	judge->line = event->line;
	grow(judge);
	judge_frame(judge, event);
	/* Nothing is known of a function that the record never introduced, or does not name. */
	if (!fn && (event->fn || is_about_one(event)))
		return;
	for (size_t r = 0; r < judge->nrule; r++) {
		const struct rule *rule = catalogue_get(r);
		struct judging jg = {.judge = judge, .rule = rule, .index = r, .event = event};

		if (!concerns(rule, judge->world, event))
			continue;
		if (deaf(rule, judge->world, fn))
			continue;
		rule->judge(&jg, judge->world, event, fn);
	}
}

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

void judge_finish(struct judge *judge, bool cut)
{
	const struct world *w = judge->world;

	if (cut)
		breaks(judge, "the record is cut off in line %lu", judge->line + 1);
	if (w->open_act != ACT_NONE)
		breaks(judge, "line %lu: %s of %s was begun and never finished", w->open_line,
		       act_name(w->open_act), w->open_fn[0] ? w->open_fn : "the run");
	if (!judge->run_ended)
		breaks(judge, "the record has no run-end: the run did not get to its end");
	judge->finished = true;
}

/* --- results --- */

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

const char *judge_broken(const struct judge *judge)
{
	return judge->broken;
}

const json_t *judge_header(const struct judge *judge)
{
	return judge->world->header;
}

const char *judge_device(const struct judge *judge, const char *fn)
{
	const struct world_fn *found = world_find(judge->world, fn);

	return found ? found->device : NULL;
}

bool judge_is_vf(const struct judge *judge, const char *fn)
{
	const struct world_fn *found = world_find(judge->world, fn);

	return found && found->vf >= 0;
}

size_t judge_tried(const struct judge *judge, size_t rule, char *const **scenarios)
{
	*scenarios = judge->tried[rule].scenario;
	return judge->tried[rule].count;
}
