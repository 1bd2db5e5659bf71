/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge: takes one event after another, lets the rules that it concerns look at it, and keeps
 * one finding for each rule and function. What it holds depends on the number of functions, never
 * on the length of the record.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

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

void breaks(struct judge *judge, const char *fmt, ...)
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

/*
 * Rules that a look at config space can exercise by itself. Of a picture the others are told once,
 * not for each of its functions.
 */
bool is_for_pictures(const struct rule *rule)
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

/*
 * A scenario must end, and with as many lines as it says it wrote: else some are missing. Those of
 * a witness were not written by it.
 */
static void judge_scenario(struct judge *judge, const struct event *event)
{
	const char *scenario = event_str(event, "scenario");
	int64_t lines = event_int(event, "lines", -1);

	if (judge->open_line && event->kind != EV_END)
		breaks(judge, "line %lu: the scenario begun here never ended", judge->open_line);
	else if (judge->open_line && lines >= 0 &&
		 (unsigned long)lines != judge->written - 1 - judge->open_after)
		breaks(judge, "line %lu: scenario %s wrote %lld lines, and the record has %lu",
		       event->line, scenario ? scenario : "?", (long long)lines,
		       judge->written - 1 - judge->open_after);
	judge->open_line = event->kind == EV_BEGIN ? event->line : 0;
	judge->open_after = judge->written - 1;
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
	judge->written += event->kind != EV_WITNESS;
	grow(judge);
	judge_frame(judge, event);
	attacks_follow(&judge->attacks, judge->world, event, fn);
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
size_t judge_attacks(struct judge *judge, const struct attack **attacks)
{
	*attacks = judge->attacks.out;
	return judge->world->still ? 0 : attacks_sum(&judge->attacks, judge->world);
}

const char *judge_broken(const struct judge *judge)
{
	return judge->broken;
}

const json_t *judge_header(const struct judge *judge)
{
	return judge->world->header;
}

const char *judge_witness(const struct judge *judge)
{
	return judge->world->witness.told ? judge->world->witness.by : NULL;
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
