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

/*
 * The catalogue: groups in the order of the specification's, each in its own file.
 */
extern const struct rule cap_rules[], table_size_rules[], place_rules[], vf_rules[],
	isolation_rules[], steering_rules[], table_rules[], storage_rules[], fire_rules[],
	access_rules[], pba_rules[], sysfs_rules[], assign_rules[], numvfs_rules[], race_rules[],
	pool_rules[], layout_rules[], reset_rules[], bystander_rules[], restore_rules[],
	pf_reset_rules[], power_rules[], vfe_rules[], driver_rules[], alloc_rules[], limit_rules[],
	number_rules[], remap_room_rules[], interrupt_rules[], program_rules[], witness_rules[],
	handler_rules[], wish_rules[], load_rules[], vfio_rules[], set_irqs_rules[], window_rules[],
	guest_rules[], iommu_rules[], nvme_rules[], primary_rules[], secondary_rules[],
	controller_rules[];
extern const size_t cap_rules_count, table_size_rules_count, place_rules_count, vf_rules_count,
	isolation_rules_count, steering_rules_count, table_rules_count, storage_rules_count,
	fire_rules_count, access_rules_count, pba_rules_count, sysfs_rules_count,
	assign_rules_count, numvfs_rules_count, race_rules_count, pool_rules_count,
	layout_rules_count, reset_rules_count, bystander_rules_count, restore_rules_count,
	pf_reset_rules_count, power_rules_count, vfe_rules_count, driver_rules_count,
	alloc_rules_count, limit_rules_count, number_rules_count, remap_room_rules_count,
	interrupt_rules_count, program_rules_count, witness_rules_count, handler_rules_count,
	wish_rules_count, load_rules_count, vfio_rules_count, set_irqs_rules_count,
	window_rules_count, guest_rules_count, iommu_rules_count, nvme_rules_count,
	primary_rules_count, secondary_rules_count, controller_rules_count;

#endif
