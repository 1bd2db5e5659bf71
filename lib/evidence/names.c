/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the record: kinds of events, acts, observations, results. */
#include <errno.h>
#include <string.h>

#include <vfwalk/pci.h>

#include "words.h"

static const char *const kinds[] = {
	[EV_HEADER] = "header",   [EV_FUNCTION] = "function", [EV_CLAIM] = "claim",
	[EV_BEGIN] = "begin",     [EV_END] = "end",           [EV_SUITE] = "suite",
	[EV_ACT] = "act",         [EV_DONE] = "done",         [EV_OBS] = "obs",
	[EV_RUN_END] = "run-end", [EV_WITNESS] = "witness",
};

static const char *const acts[ACT_COUNT] = {
	[ACT_NUMVFS] = "numvfs",
	[ACT_AUTOPROBE] = "autoprobe",
	[ACT_RESIZE] = "resize",
	[ACT_VIRT_MGMT] = "virt-mgmt",
	[ACT_BIND] = "bind",
	[ACT_UNBIND] = "unbind",
	[ACT_RESET] = "reset",
	[ACT_CFG_RESTORE] = "cfg-restore",
	[ACT_CFG_WRITE] = "cfg-write",
	[ACT_TABLE_WRITE] = "table-write",
	[ACT_TABLE_MASK] = "table-mask",
	[ACT_FUNCTION_MASK] = "function-mask",
	[ACT_PBA_WRITE] = "pba-write",
	[ACT_ATTR_WRITE] = "attr-write",
	[ACT_VFIO_OPEN] = "vfio-open",
	[ACT_VFIO_CLOSE] = "vfio-close",
	[ACT_VFIO_IRQS] = "vfio-irqs",
	[ACT_VFIO_CFG_WRITE] = "vfio-cfg-write",
	[ACT_VFIO_REGION_WRITE] = "vfio-region-write",
	[ACT_ENGINE_START] = "engine-start",
	[ACT_ENGINE_STOP] = "engine-stop",
	[ACT_QUEUE_BIND] = "queue-bind",
	[ACT_FIRE] = "fire",
	[ACT_SHOT] = "shot",
	[ACT_CC_ENABLE] = "cc-enable",
	[ACT_LOAD_START] = "load-start",
	[ACT_LOAD_STOP] = "load-stop",
	[ACT_RACE] = "race",
	[ACT_ALLOC] = "alloc",
	[ACT_ALLOC_AT] = "alloc-at",
	[ACT_FREE] = "free",
	[ACT_GUEST_START] = "guest-start",
	[ACT_GUEST_VECTORS] = "guest-vectors",
	[ACT_GUEST_STOP] = "guest-stop",
	[ACT_REQUEST] = "request",
	[ACT_RELEASE] = "release",
	[ACT_INJECT] = "inject",
};

static const char *const observations[OBS_COUNT] = {
	[OBS_CONFIG] = "config",       [OBS_MSIX] = "msix",
	[OBS_TABLE] = "table",         [OBS_PBA] = "pba",
	[OBS_DRIVER] = "driver",       [OBS_ATTR] = "attr",
	[OBS_IRQS] = "irqs",           [OBS_EVENTS] = "events",
	[OBS_WATCH] = "watch",         [OBS_VFIO] = "vfio",
	[OBS_VFIO_CFG] = "vfio-cfg",   [OBS_VFIO_REGION] = "vfio-region",
	[OBS_KLOG] = "klog",           [OBS_PRIMARY] = "primary",
	[OBS_SECONDARY] = "secondary", [OBS_CSTS] = "csts",
	[OBS_POOL] = "pool",           [OBS_MODEL] = "model",
	[OBS_BACKEND] = "backend",     [OBS_ISOLATION] = "isolation",
	[OBS_PROBE] = "probe",         [OBS_VFIO_MAP] = "vfio-map",
	[OBS_GUEST] = "guest",         [OBS_TAINT] = "taint",
	[OBS_COUNTS] = "counts",
};

static int find(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; name && i < count; i++)
		if (names[i] && !strcmp(names[i], name))
			return (int)i;
	return -1;
}

int kind_parse(const char *name)
{
	return find(kinds, sizeof(kinds) / sizeof(kinds[0]), name);
}

const char *act_name(enum act act)
{
	return acts[act];
}

const char *obs_name(enum obs obs)
{
	return observations[obs];
}

enum act act_parse(const char *name)
{
	int act = find(acts, ACT_COUNT, name);

	return act < 0 ? ACT_NONE : (enum act)act;
}

enum obs obs_parse(const char *name)
{
	int obs = find(observations, OBS_COUNT, name);

	return obs < 0 ? OBS_NONE : (enum obs)obs;
}

const char *res_name(int err)
{
	const char *name;

	if (err >= 0)
		return "ok";
	if (err == -ENOTSUPP)
		return "ENOTSUPP";
	name = strerrorname_np(-err);
	return name ? name : "EIO";
}

int res_parse(const char *name)
{
	if (!name)
		return -EINVAL;
	if (!strcmp(name, "ok"))
		return 0;
	for (int err = 1; err <= ENOTSUPP; err++)
		if (!strcmp(name, res_name(-err)))
			return -err;
	return -EINVAL;
}
