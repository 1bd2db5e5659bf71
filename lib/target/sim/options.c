/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of the sim target: key=value, separated by commas.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

#define VALUES 4

struct number {
	unsigned min, max;
};

struct option {
	const char *key;
	size_t field;              /* in struct sim_options */
	bool is_bool;              /* ... which is a bool, else an unsigned or an enum */
	struct number range;       /* a number, where max is not 0 */
	const char *value[VALUES]; /* else one of these, which stand for: */
	unsigned means[VALUES];
};

#define FIELD(name) offsetof(struct sim_options, name)

static const struct option known[] = {
	{"model", FIELD(model), .value = {"M-RST", "M-IMM", "M-VFE"},
	 .means = {SIM_M_RST, SIM_M_IMM, SIM_M_VFE}},
	{"backend", FIELD(backend), .value = {"nvme", "sysfs", "none"},
	 .means = {BACKEND_NVME, BACKEND_SYSFS, BACKEND_NONE}},
	{"vfs", FIELD(vfs), .range = {0, 4096}},
	{"max", FIELD(max), .range = {1, MSIX_MAX_SIZE}},
	{"size", FIELD(size), .range = {1, MSIX_MAX_SIZE}},
	{"pool", FIELD(pool), .range = {1, 1 << 24}},
	{"cpus", FIELD(cpus), .range = {1, 256}},
	{"bar", FIELD(bar32), true, .value = {"64", "32"}, .means = {0, 1}},
	{"layout", FIELD(two_bars), true, .value = {"one", "two"}, .means = {0, 1}},
	{"iommu", FIELD(iommu), true, .value = {"intel", "none"}, .means = {1, 0}},
	{"remap", FIELD(remap), true, .value = {"on", "off"}, .means = {1, 0}},
	{"translation", FIELD(translation), true, .value = {"on", "off"}, .means = {1, 0}},
	{"flr", FIELD(flr), true, .value = {"on", "off"}, .means = {1, 0}},
	{"engine", FIELD(engine), true, .value = {"on", "off"}, .means = {1, 0}},
	{"guard", FIELD(guard), true, .value = {"on", "off"}, .means = {1, 0}},
	{"kernel", FIELD(kernel), .value = {"6.1", "6.12"}, .means = {KERNEL_6_1, KERNEL_6_12}},
	{"irqs", FIELD(irqs), .range = {1, 1 << 20}},
};

static void set(struct sim_options *options, const struct option *option, unsigned value)
{
	char *field = (char *)options + option->field;

	if (option->is_bool)
		*(bool *)field = value;
	else
		*(unsigned *)field = value;
}

static int set_number(struct sim_options *options, const struct option *option, const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value < option->range.min ||
	    value > option->range.max) {
		warnx("sim option %s=%s: a number from %u to %u is wanted", option->key, text,
		      option->range.min, option->range.max);
		return -EINVAL;
	}
	set(options, option, (unsigned)value);
	return 0;
}

static int set_value(struct sim_options *options, const struct option *option, const char *text)
{
	for (size_t i = 0; i < VALUES && option->value[i]; i++) {
		if (strcmp(option->value[i], text))
			continue;
		set(options, option, option->means[i]);
		return 0;
	}
	warnx("sim option %s=%s: the values are %s %s %s", option->key, text, option->value[0],
	      option->value[1], option->value[2] ?: "");
	return -EINVAL;
}

static int set_defect(struct sim_options *options, const char *name)
{
	int defect = sim_defect_find(name);

	if (defect < 0) {
		warnx("sim option defect=%s: no such defect; lib/target/sim/defects.h lists them",
		      name);
		return -EINVAL;
	}
	options->defect[defect] = true;
	return 0;
}

static int unknown(const char *key)
{
	char keys[256] = "";

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		strcat(keys, known[i].key);
		strcat(keys, " ");
	}
	warnx("sim option %s: the options are %sdefect", key, keys);
	return -EINVAL;
}

static int set_option(struct sim_options *options, char *text)
{
	char *value = strchr(text, '=');

	if (value)
		*value++ = '\0';
	else
		value = text + strlen(text);
	if (!strcmp(text, "defect"))
		return set_defect(options, value);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].key, text))
			continue;
		return known[i].range.max ? set_number(options, &known[i], value)
					  : set_value(options, &known[i], value);
	}
	return unknown(text);
}

/* What one option says about another. */
static int check(struct sim_options *options)
{
	if (!options->size)
		options->size = options->max < 5 ? options->max : 5;
	if (options->size > options->max) {
		warnx("sim options: size=%u is more than max=%u", options->size, options->max);
		return -EINVAL;
	}
	if (!options->pool)
		options->pool = options->vfs * options->size + 5;
	if (options->pool < options->vfs) {
		warnx("sim options: pool=%u is too small for vfs=%u", options->pool, options->vfs);
		return -EINVAL;
	}
	return 0;
}

int sim_options_parse(struct sim_options *options, const char *text)
{
	char *copy, *rest, *item;
	int err = 0;

	*options = (struct sim_options){
		.backend = BACKEND_NVME,
		.vfs = 4,
		.max = 9,
		.cpus = 2,
		.irqs = 1 << 20,
		.kernel = KERNEL_6_1,
		.iommu = true,
		.remap = true,
		.translation = true,
		.flr = true,
		.engine = true,
	};
	copy = strdup(text ?: "");
	if (!copy)
		return -ENOMEM;
	for (item = strtok_r(copy, ",", &rest); item && !err; item = strtok_r(NULL, ",", &rest))
		err = set_option(options, item);
	free(copy);
	return err ? err : check(options);
}
