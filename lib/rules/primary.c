/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rule of the primary controller's own flexible resources. */
#include <stdio.h>
#include <string.h>

#include "nvme.h"

struct allocation {
	bool seen;     /* VQRFAP or VIRFAP was read */
	long long now; /* ... and was this */
	bool pending;  /* another number was allocated */
	long long want;
	bool reset; /* ... and the controller was reset since */
};

/* Controller Level Resets other than by CC.EN (NVMe 2.1, 3.7.2). */
static bool is_level_reset(const struct event *event)
{
	static const char *const methods[] = {"flr", "sysfs", "bus"};
	const char *method = event_str(event, "method");

	for (size_t i = 0; method && i < sizeof(methods) / sizeof(methods[0]); i++)
		if (!strcmp(method, methods[i]))
			return true;
	return false;
}

static void judge_allocation(struct judging *jg, struct allocation *a, long long value,
			     const char *name, const struct world_fn *fn)
{
	char expected[WORDS];

	if (a->pending && a->reset) {
		snprintf(expected, sizeof(expected), "%s %lld, allocated before the reset", name,
			 a->want);
		verdict(jg, fn, value == a->want, expected, "%lld", value);
		a->pending = false;
	} else if (a->pending && a->seen) {
		snprintf(expected, sizeof(expected), "%s %lld until the controller is reset", name,
			 a->now);
		verdict(jg, fn, value == a->now, expected, "%lld, with %lld allocated", value,
			a->want);
	}
	a->seen = true;
	a->now = value;
}

static void judge_latch(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct allocation *a = scratch(jg, fn, 2 * sizeof(*a));
	struct command command;

	(void)w;
	if (event->kind == EV_OBS) {
		if (!event_int(event, "vifrt", 0) && !event_int(event, "vqfrt", 0))
			inapplicable(jg, fn, "there are no flexible resources");
		judge_allocation(jg, &a[RESOURCE_VQ], event_int(event, "vqrfap", 0), "VQRFAP", fn);
		judge_allocation(jg, &a[RESOURCE_VI], event_int(event, "virfap", 0), "VIRFAP", fn);
		return;
	}
	if (event->act == ACT_RESET) {
		for (int i = 0; i < 2; i++) {
			a[i].reset |= is_level_reset(event);
			/* One that failed may have come half way. */
			a[i].pending &= !(is_level_reset(event) && event_res(event));
		}
		return;
	}
	if (!ended_command(event, &command) || command.action != VIRT_MGMT_PRIMARY ||
	    command.status || !is_resource(command.resource))
		return;
	a += command.resource;
	a->want = command.nr;
	a->pending = !a->seen || a->want != a->now;
	a->reset = false;
}

const struct rule primary_rules[] = {
	{
		.info = {"NVM-PRIM-LATCH", SEV_MUST,
			 "What is allocated to the primary controller takes effect at its next "
			 "reset, and not by CC.EN.",
			 "NVMe 2.1, 5.2.6 (Primary Controller Flexible Allocation)",
			 "such a command, and looks at the primary controller before and after a "
			 "reset of the PF"},
		.needs = NEED_CONTROLLER,
		.on_done = ON_ACT(ACT_VIRT_MGMT) | ON_ACT(ACT_RESET),
		.on_obs = ON_OBS(OBS_PRIMARY),
		.judge = judge_latch,
	},
};

const size_t primary_rules_count = sizeof(primary_rules) / sizeof(primary_rules[0]);
