/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a rule needs of a function and of a run, and the words for what is missing. */
#include <string.h>

#include "catalogue.h"
#include "look.h"

static bool has_backend(const struct world *w, const char *name)
{
	return !strcmp(w->backend, name);
}

static bool can_resize(const struct world *w)
{
	return has_backend(w, "nvme") || has_backend(w, "sysfs");
}

/* Another VF of the same PF, whose vectors somebody can fire. */
static bool has_attacker(const struct world_fn *fn)
{
	return fn->pf->armed > (fn->vf >= 0 && is_armed(fn));
}

/*
 * VFIO attaches no group whose interrupts are not isolated, unless it is told to. Where it has
 * opened something it can, whatever the header says.
 */
static bool has_vfio(const struct world *w)
{
	bool iommu = w->iommu.kind[0] && strcmp(w->iommu.kind, "none");

	return w->vfio_opened || (iommu && (w->iommu.remapping || !w->vfio_refused));
}

/* VFs lie one after another (PCIe 6.0, 9.2.1.2): the first and the last tell. */
static bool has_buses(const struct world_fn *fn)
{
	const struct world_fn *first = world_vf(fn->pf, 0);
	const struct world_fn *last = world_vf(fn->pf, (long long)fn->pf->vfs - 1);

	return first && last && first->bdf.bus != last->bdf.bus;
}

/* Base class, sub-class and interface of an NVMe I/O controller. */
#define CLASS_NVME 0x010802

static bool met(enum need need, const struct world *w, const struct world_fn *fn)
{
	switch (need) {
	case NEED_VF:
		return fn->vf >= 0;
	case NEED_PF:
		return fn->vf < 0;
	case NEED_MSIX:
		return fn->has_msix;
	case NEED_FLR:
		return fn->has_flr;
	case NEED_ENGINE:
		return is_armed(fn);
	case NEED_RESIZE:
		return can_resize(w);
	case NEED_NVME:
		return has_backend(w, "nvme");
	case NEED_SYSFS:
		return has_backend(w, "sysfs");
	case NEED_IOMMU:
		return w->iommu.kind[0] && strcmp(w->iommu.kind, "none");
	case NEED_REMAP:
		return w->iommu.remapping;
	case NEED_TRANSLATION:
		return w->iommu.translation;
	case NEED_LINUX:
		return !w->still;
	case NEED_MODEL_RST:
		return w->model == MODEL_RST;
	case NEED_NOT_VFE:
		return w->model != MODEL_VFE;
	case NEED_RANGE:
		return can_resize(w) && w->size_max > w->size_min;
	case NEED_INTEL:
		return !strcmp(w->iommu.kind, "intel");
	case NEED_AMD:
		return !strcmp(w->iommu.kind, "amd");
	case NEED_SMMU:
		return !strcmp(w->iommu.kind, "smmu");
	case NEED_X86:
		return !strcmp(w->iommu.kind, "intel") || !strcmp(w->iommu.kind, "amd");
	case NEED_VFIO:
		return has_vfio(w);
	case NEED_SIBLING:
		return has_sibling(w, fn);
	case NEED_ATTACKER:
		return has_attacker(fn);
	case NEED_HELD:
		return !has_backend(w, "sysfs");
	case NEED_SHOWS:
		return w->model != MODEL_NONE;
	case NEED_TWO:
		return fn->largest != 1;
	case NEED_TAKER:
		return fn->class_code == CLASS_NVME || fn->taken || has_vfio(w);
	case NEED_DRIVER:
		return fn->class_code == CLASS_NVME;
	case NEED_BUSES:
		return has_buses(fn);
	case NEED_PROBE:
		return !w->probe_missing;
	case NEED_GUEST:
		return !w->guest_missing;
	case NEED_WITNESS:
		return w->witness.told;
	case HEARS_ALL:
		break;
	}
	return true;
}

static const struct {
	enum need need;
	const char *missing;
} reasons[] = {
#define NEED(name, reason) {NEED_##name, reason},
#include "needs.def"
#undef NEED
};

/* Why nobody can tell of a capability whether the function has it, or NULL where it has none. */
static const char *why_hidden(const struct world *w, const struct world_fn *fn)
{
	int end = cfg_find_cap(&fn->cfg, 0xff, 0);

	if (w->still && fn->gone)
		return REASON_GONE;
	if (fn->cfg.len < CFG_SPACE_SIZE)
		return "too little of its config space is known to find its capabilities";
	return end < 0 ? "its list of capabilities has a loop or leaves config space" : NULL;
}

static const char *missing(enum need need)
{
	size_t i = 0;

	while (reasons[i].need != need)
		i++;
	return reasons[i].missing;
}

const char *needs_unmet(const struct rule *rule, const struct world *w, const struct world_fn *fn)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		enum need need = reasons[i].need;
		const char *hidden = NULL;

		if (!(rule->needs & need) || met(need, w, fn))
			continue;
		if (need == NEED_MSIX || need == NEED_FLR)
			hidden = why_hidden(w, fn);
		return hidden ? hidden : reasons[i].missing;
	}
	return NULL;
}

const char *rule_limit(const struct rule_info *info, size_t index)
{
	const struct rule *rule = NULL;

	for (size_t i = 0; i < rules_count() && !rule; i++)
		if (&catalogue_get(i)->info == info)
			rule = catalogue_get(i);
	for (size_t i = 0; rule && i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (rule->needs & reasons[i].need && !index--)
			return reasons[i].missing;
	return NULL;
}

/* A host may guard a VF that somebody has against Virtualization Management. */
static bool is_guarded(const struct world *w)
{
	return w->held_refused && !w->held_resized;
}

/* One size only: also where the pool has as little as each VF needs. */
static bool is_poor(const struct world *w, const struct world_fn *fn)
{
	bool pool = w->pool_total && w->pool_total <= fn->pf->vfs * w->size_min && !w->varied;

	return can_resize(w) && (pool || w->size_max <= w->size_min);
}

const char *needs_missed(const struct rule *rule, const struct world *w, const struct world_fn *fn)
{
	const char *unmet = needs_unmet(rule, w, fn);

	if (!unmet && rule->needs & NEED_HELD && is_guarded(w))
		unmet = missing(NEED_HELD);
	/* Then probing had nothing to try. */
	if (is_poor(w, fn) &&
	    (unmet == missing(NEED_SHOWS) || (!unmet && rule->needs & NEED_RANGE)))
		unmet = missing(NEED_RANGE);
	return unmet;
}
