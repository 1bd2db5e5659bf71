/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of the interrupt numbers that a driver is told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

struct numbers {
	uint64_t held[MSIX_MAX_SIZE / 64]; /* vectors that were allocated */
	bool any;
	long dev_irq; /* attribute irq, -1 before it was seen */
	bool dev_irq_known;
	uint64_t told; /* sum over the numbers last told, while they stand; 0 none */
	size_t ntold;
};

static bool is_held(const struct numbers *numbers, size_t k)
{
	return k < MSIX_MAX_SIZE && numbers->held[k / 64] >> k % 64 & 1;
}

static void hold(struct numbers *numbers, int64_t k)
{
	if (k >= 0 && k < MSIX_MAX_SIZE)
		numbers->held[k / 64] |= 1ull << k % 64;
	numbers->any = true;
}

static void numbers_done(struct numbers *numbers, const struct event *event)
{
	numbers->ntold = 0;
	if (event_res(event) && event->act != ACT_BIND && event->act != ACT_UNBIND)
		return;
	if (event->act == ACT_ALLOC_AT) {
		hold(numbers, event_int(event, "index", -1));
		return;
	}
	memset(numbers->held, 0, sizeof(numbers->held));
	numbers->any = false;
	for (int64_t k = 0; event->act == ACT_ALLOC && k < event_int(event, "ret", 0); k++)
		hold(numbers, k);
}

/* The order of msi_irqs is that of numbers: a sum does not mind. */
static uint64_t mix(json_int_t number)
{
	return (uint64_t)number * 0x9e3779b97f4a7c15ull;
}

/* What @numbers says pci_irq_vector(@k) must return, in words; NULL for a number of its own. */
static const char *must_be(const struct numbers *numbers, size_t k, char *words, size_t size)
{
	if (is_held(numbers, k))
		return NULL;
	if (numbers->any || k)
		return "EINVAL";
	snprintf(words, size, "%ld, as attribute irq", numbers->dev_irq);
	return words;
}

static bool is_told_right(const struct numbers *numbers, size_t k, const json_t *told)
{
	const char *error = json_string_value(told);

	if (is_held(numbers, k))
		return !error && json_integer_value(told) > 0;
	if (numbers->any || k)
		return error && res_parse(error) == -EINVAL;
	return !numbers->dev_irq_known ||
	       (!error && json_integer_value(told) == (json_int_t)numbers->dev_irq);
}

/* The first vector before @k that was told the same number, or @k. */
static size_t told_before(const struct numbers *numbers, const json_t *irqs, size_t k)
{
	size_t i = 0;

	while (i < k &&
	       (!is_held(numbers, i) || json_integer_value(json_array_get(irqs, i)) !=
						json_integer_value(json_array_get(irqs, k))))
		i++;
	return i;
}

static void judge_told(struct judging *jg, struct numbers *numbers, const struct event *event,
		       const struct world_fn *fn)
{
	const json_t *irqs = json_object_get(event->body, "irqs");
	char words[WORDS];

	numbers->told = numbers->ntold = 0;
	for (size_t k = 0; k < json_array_size(irqs); k++) {
		const json_t *told = json_array_get(irqs, k);
		const char *wanted = must_be(numbers, k, words, sizeof(words));
		const char *error = json_string_value(told);

		if (!is_told_right(numbers, k, told)) {
			broke(jg, fn, wanted ? wanted : "a number for every vector there is",
			      "%s%lld for vector %zu", error ? error : "",
			      (long long)json_integer_value(told), k);
			return;
		}
		if (!is_held(numbers, k))
			continue;
		if (told_before(numbers, irqs, k) < k) {
			broke(jg, fn, "a number of its own for every vector",
			      "%lld for vectors %zu and %zu", (long long)json_integer_value(told),
			      told_before(numbers, irqs, k), k);
			return;
		}
		numbers->told += mix(json_integer_value(told));
		numbers->ntold++;
	}
	if (json_array_size(irqs))
		held(jg, fn);
}

/* msi_irqs lists the same numbers. */
static void judge_listed(struct judging *jg, const struct numbers *numbers,
			 const struct event *event, const struct world_fn *fn)
{
	const json_t *irqs = json_object_get(event->body, "msi_irqs");
	uint64_t sum = 0;

	for (size_t k = 0; k < json_array_size(irqs); k++)
		sum += mix(json_integer_value(json_array_get(irqs, k)));
	if (numbers->ntold && numbers->ntold == json_array_size(irqs))
		verdict(jg, fn, sum == numbers->told, "the numbers that msi_irqs lists", "others");
}

static void judge_irqvec(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct numbers *numbers = scratch(jg, fn, sizeof(*numbers));
	const char *attr = event_str(event, "attr"), *value = event_str(event, "value");

	(void)w;
	if (event->kind == EV_DONE) {
		numbers_done(numbers, event);
	} else if (event->obs == OBS_ATTR) {
		if (attr && !strcmp(attr, "irq") && value && !event_res(event)) {
			numbers->dev_irq = strtol(value, NULL, 10);
			numbers->dev_irq_known = true;
		}
	} else if (event->obs == OBS_PROBE) {
		if (!event_res(event) && is_driver(fn, "vfwalk_probe"))
			judge_told(jg, numbers, event, fn);
	} else {
		judge_listed(jg, numbers, event, fn);
	}
}

const struct rule number_rules[] = {
	{
		.info = {"DRV-IRQVEC", SEV_MUST,
			 "pci_irq_vector() has a number for each vector there is, EINVAL for "
			 "others, "
			 "and INTx's for vector 0 of none.",
			 "Linux drivers/pci/msi/api.c:pci_irq_vector",
			 "the probe driver bound, and looks at what it is told with vectors and "
			 "without; looks at msi_irqs and at attribute irq"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_PROBE,
		.on_done = ON_ACT(ACT_ALLOC) | ON_ACT(ACT_ALLOC_AT) | ON_ACT(ACT_FREE) |
			   ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND),
		.on_obs = ON_OBS(OBS_PROBE) | ON_OBS(OBS_ATTR) | ON_OBS(OBS_IRQS),
		.judge = judge_irqvec,
	},
};

const size_t number_rules_count = sizeof(number_rules) / sizeof(number_rules[0]);
