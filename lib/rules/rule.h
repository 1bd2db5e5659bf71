/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rule as its judge sees it. A new rule is one row in catalogue.c, one judge function in the
 * file of its group, and one defect of the sim device that breaks it.
 */
#ifndef VFWALK_RULE_H
#define VFWALK_RULE_H

#include <vfwalk/rules.h>

#include "world.h"

/* What must be true of a function and a run before a rule applies: needs.def. A bit for each. */
enum need_bit {
#define NEED(name, reason) NEED_BIT_##name,
#include "needs.def"
#undef NEED
	NEED_BITS
};

enum need {
#define NEED(name, reason) NEED_##name = 1ull << NEED_BIT_##name,
#include "needs.def"
#undef NEED
	/*
	 * No need, but an ear: the judge is called for events of every function, whichever half
	 * NEED_VF or NEED_PF leaves to it, and names the one that it judges.
	 */
	HEARS_ALL = 1ull << NEED_BITS,
};

struct judging;

typedef void rule_fn(struct judging *jg, const struct world *w, const struct event *event,
		     struct world_fn *fn);

#define ON_ACT(a) (1ull << (a))
#define ON_OBS(o) (1ull << (o))

struct rule {
	struct rule_info info;
	unsigned long long needs;   /* enum need */
	unsigned long long on_done; /* ON_ACT() of what it judges */
	unsigned long long on_obs;
	unsigned on_kind; /* 1 << enum event_kind, for the rest: EV_FUNCTION, EV_END ... */
	rule_fn *judge;
};

/*
 * What a judge says. `fn` may differ from the event's: a sibling that was disturbed is the one
 * named. A judge that says nothing leaves the rule as exercised as it was.
 */
void held(struct judging *jg, const struct world_fn *fn);
void broke(struct judging *jg, const struct world_fn *fn, const char *expected, const char *fmt,
	   ...) __attribute__((format(printf, 4, 5)));
/* held() or broke() by @ok. */
void verdict(struct judging *jg, const struct world_fn *fn, bool ok, const char *expected,
	     const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* The rule does not apply to @fn, for this reason; an exercise of it later overrides. */
void inapplicable(struct judging *jg, const struct world_fn *fn, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* @size zeroed bytes that belong to this rule and function for the whole run. */
void *scratch(struct judging *jg, const struct world_fn *fn, size_t size);

/* The groups of the catalogue. */
#define GROUP(name)                              \
	extern const struct rule name##_rules[]; \
	extern const size_t name##_rules_count;
#include "groups.def"
#undef GROUP

#endif
