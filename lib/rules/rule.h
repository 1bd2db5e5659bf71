/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rule as its judge sees it. A new rule is one row in catalogue.c, one judge function in the
 * file of its group, and one defect of the sim device that breaks it.
 */
#ifndef VFWALK_RULE_H
#define VFWALK_RULE_H

#include <vfwalk/rules.h>

#include "world.h"

/* What must be true of a function and a run before a rule applies; each has its reason in words. */
enum need {
	NEED_VF = 1ull << 0, /* judged on VFs only */
	NEED_PF = 1ull << 1,
	NEED_MSIX = 1ull << 2,
	NEED_FLR = 1ull << 3,
	NEED_ENGINE = 1ull << 4, /* somebody can fire its vectors */
	NEED_RESIZE = 1ull << 5, /* a resize backend was found */
	NEED_NVME = 1ull << 6,   /* ... and it is Virtualization Management */
	NEED_SYSFS = 1ull << 7,  /* ... and it is sriov_vf_msix_count */
	NEED_IOMMU = 1ull << 8,
	NEED_REMAP = 1ull << 9,        /* interrupt remapping is on */
	NEED_TRANSLATION = 1ull << 10, /* DMA of the function is translated */
	NEED_LINUX = 1ull << 11, /* a kernel (real or modelled) has the function: not in a dump */
	NEED_MODEL_RST = 1ull << 12,
	NEED_NOT_VFE = 1ull << 13,
	NEED_RANGE = 1ull << 14, /* more than one size can be had */
	NEED_INTEL = 1ull << 15,
	/*
	 * No need, but an ear: the judge is called for events of every function, whichever half
	 * NEED_VF or NEED_PF leaves to it, and names the one that it judges.
	 */
	HEARS_ALL = 1ull << 16,
	NEED_VFIO = 1ull << 17,     /* somebody can open a function in VFIO */
	NEED_SIBLING = 1ull << 18,  /* there is another VF */
	NEED_ATTACKER = 1ull << 19, /* another VF can fire */
	NEED_HELD = 1ull << 20,     /* a VF that somebody has can be resized */
	NEED_SHOWS = 1ull << 21,    /* a new size shows after some step, or none was sought yet */
	NEED_TWO = 1ull << 22,      /* two vectors */
	NEED_TAKER = 1ull << 24,    /* some driver can take it */
	NEED_DRIVER = 1ull << 23,   /* a driver and a kind of I/O are known for its class */
	NEED_BUSES = 1ull << 25,    /* VFs are on more than one bus */
	NEED_AMD = 1ull << 40,      /* of IOMMUs, as NEED_INTEL */
	NEED_SMMU = 1ull << 41,
	NEED_X86 = 1ull << 42,   /* Intel or AMD: requests that are blocked are reported */
	NEED_PROBE = 1ull << 48, /* the probe driver can be had */
	NEED_GUEST = 1ull << 49, /* an inner guest can */
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
	access_rules[], pba_rules[], sysfs_rules[], assign_rules[], numvfs_rules[], pool_rules[],
	layout_rules[], reset_rules[], bystander_rules[], restore_rules[], pf_reset_rules[],
	power_rules[], vfe_rules[], driver_rules[], alloc_rules[], limit_rules[], number_rules[],
	remap_room_rules[], interrupt_rules[], program_rules[], witness_rules[], load_rules[],
	vfio_rules[], set_irqs_rules[], window_rules[], guest_rules[], iommu_rules[], nvme_rules[],
	primary_rules[], secondary_rules[], controller_rules[];
extern const size_t cap_rules_count, table_size_rules_count, place_rules_count, vf_rules_count,
	isolation_rules_count, steering_rules_count, table_rules_count, storage_rules_count,
	fire_rules_count, access_rules_count, pba_rules_count, sysfs_rules_count,
	assign_rules_count, numvfs_rules_count, pool_rules_count, layout_rules_count,
	reset_rules_count, bystander_rules_count, restore_rules_count, pf_reset_rules_count,
	power_rules_count, vfe_rules_count, driver_rules_count, alloc_rules_count,
	limit_rules_count, number_rules_count, remap_room_rules_count, interrupt_rules_count,
	program_rules_count, witness_rules_count, load_rules_count, vfio_rules_count,
	set_irqs_rules_count, window_rules_count, guest_rules_count, iommu_rules_count,
	nvme_rules_count, primary_rules_count, secondary_rules_count, controller_rules_count;

#endif
