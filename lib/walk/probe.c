/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding out how the PF's VFs are resized and when a new size shows: the first step at which
 * Table Size moves names the model. Several rules mean different things in different models, so
 * this comes first.
 *
 *	M-IMM	at once, while the VF is there (mlx5 and ice through sysfs)
 *	M-RST	latched at a reset of the VF, or when NVMe brings it online
 *	M-VFE	only when VF Enable is cleared and set again (PCIe 6.0, 9.2.3)
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define VIRT_OFFLINE 7
#define VIRT_ASSIGN  8
#define VIRT_ONLINE  9

struct probe {
	struct walk_fn *f;
	unsigned from, to; /* Table Size before, and the size that is set */
	json_t *steps;
	const char *model;
};

static int backend_tell(struct walk *w)
{
	const struct resize_caps *c = &w->caps;

	return see(w, OBS_BACKEND, fn_pf(w),
		   json_pack("{s:s,s:s,s:i,s:i,s:i,s:i}", "backend",
			     resize_backend_name(c->backend), "why", c->why, "total", (int)c->total,
			     "min", (int)c->min, "max", c->max_open ? 0 : (int)c->max,
			     "granularity", (int)c->granularity));
}

static int model_tell(struct walk *w, const char *model, json_t *steps)
{
	snprintf(w->model, sizeof(w->model), "%s", model);
	return see(w, OBS_MODEL, fn_pf(w), json_pack("{s:s,s:o}", "model", model, "steps", steps));
}

/* Looks after one step; if Table Size moved to what was set, that is the @model. */
static int step(struct walk *w, struct probe *p, const char *after, const char *model)
{
	int res = walk_look_msix(w, p->f->bdf);

	if (res)
		return res;
	json_array_append_new(p->steps, json_pack("{s:s,s:i}", "after", after, "size",
						  (int)walk_size(w, p->f->bdf)));
	if (!p->model && walk_size(w, p->f->bdf) == p->to)
		p->model = model;
	return 0;
}

/* A size that is @unit more or less than now. */
static int step_size(struct walk *w, struct probe *p, unsigned unit)
{
	if (p->from + unit <= walk_size_max(w, p->f->bdf))
		p->to = p->from + unit;
	else if (p->from >= w->caps.min + unit)
		p->to = p->from - unit;
	else
		return -ENOSPC;
	return 0;
}

/*
 * A size other than now; not 1 if it can be helped, which is what VFs show that have nothing. A
 * granularity is preferred, not demanded.
 */
static int choose_size(struct walk *w, struct probe *p)
{
	p->from = walk_size(w, p->f->bdf);
	if (w->caps.granularity > 1 && !step_size(w, p, w->caps.granularity))
		return 0;
	return step_size(w, p, 1);
}

static int virt(struct walk *w, const struct nvme_secondary *s, unsigned action, unsigned resource,
		unsigned nr)
{
	struct nvme_virt_mgmt cmd = {.action = (uint8_t)action,
				     .resource = (uint8_t)resource,
				     .cntlid = s->cntlid,
				     .nr = (uint16_t)nr};
	int res = walk_virt_mgmt(w, &cmd);

	return res > 0 ? -EIO : res;
}

static int set_nvme(struct walk *w, struct probe *p)
{
	struct nvme_secondary s;
	int res = secondary_of(w, p->f, &s);

	if (!res)
		res = virt(w, &s, VIRT_OFFLINE, 0, 0);
	if (!res)
		res = virt(w, &s, VIRT_ASSIGN, 0, s.vq < 2 ? 2 : s.vq);
	if (!res)
		res = virt(w, &s, VIRT_ASSIGN, 1, p->to);
	if (!res)
		res = step(w, p, "set", "M-IMM");
	if (!res)
		res = virt(w, &s, VIRT_ONLINE, 0, 0);
	return res ? res : step(w, p, "online", "M-RST");
}

static int set_sysfs(struct walk *w, struct probe *p)
{
	unsigned unit = w->caps.granularity ? w->caps.granularity : 1;
	int res = walk_resize(w, p->f->bdf, p->to);

	/* How much is free is not told here: where the VF cannot grow, it can shrink. */
	if (res && p->to > p->from && p->from >= w->caps.min + unit) {
		p->to = p->from - unit;
		res = walk_resize(w, p->f->bdf, p->to);
	}
	return res ? res : step(w, p, "set", "M-IMM");
}

/* Steps that take a little more each, until Table Size has moved. */
static int probe_steps(struct walk *w, struct probe *p)
{
	int res = w->caps.backend == BACKEND_NVME ? set_nvme(w, p) : set_sysfs(w, p);

	if (!res && !p->model && p->f->has_flr) {
		res = walk_reset(w, p->f->bdf, RESET_FLR);
		if (!res)
			res = step(w, p, "flr", "M-RST");
	}
	if (!res && !p->model) {
		res = walk_cycle(w);
		if (!res)
			res = step(w, p, "vfe", "M-VFE");
	}
	return res;
}

/*
 * The largest size, where nobody tells it: the most that is left, or what it takes to be refused. A
 * refusal for any other reason than the number ends the search.
 */
static int probe_largest(struct walk *w, struct probe *p)
{
	unsigned had = p->to, refused = walk_size_max(w, p->f->bdf);
	int res = refused > had ? walk_resize(w, p->f->bdf, refused) : 0;

	if (!res && refused > had)
		had = refused; /* the pool is what ends it */
	while (refused > had + 1) {
		unsigned want = had + (refused - had) / 2;

		res = walk_resize(w, p->f->bdf, want);
		if (!res)
			had = want;
		else if (res == -EOVERFLOW || res == -EINVAL || res == -ENOSPC)
			refused = want;
		else
			break;
	}
	w->caps.max = had;
	w->caps.max_open = false;
	return backend_tell(w);
}

/* To what it was, or to its share where it had nothing. */
static int probe_put_back(struct walk *w, struct probe *p)
{
	bool had = p->f->noted && p->f->base.size > 0;
	int res = had ? size_put_back(w, p->f, &p->f->base) : walk_resize(w, p->f->bdf, p->from);

	if (!res)
		res = walk_latch(w, p->f->bdf);
	return res ? res : walk_look_all(w);
}

static int probe_settle(struct walk *w)
{
	char driver[TARGET_NAME_LEN] = "";
	struct walk_fn *f = &w->fn[w->order[0]];
	int res = shares_give(w);

	if (!res && !OP(w, driver, f->bdf, driver) && driver[0])
		res = walk_unbind(w, f->bdf);
	return res ? res : walk_look_all(w);
}

static int probe_all(struct walk *w)
{
	struct probe p = {0};
	int res = OP(w, resize_caps, &w->caps);

	if (res && res != -EOPNOTSUPP)
		return res;
	res = walk_look_all(w);
	if (!res)
		res = backend_tell(w);
	if (!res && w->caps.backend == BACKEND_NONE)
		return model_tell(w, "none", json_array());
	if (!res)
		res = probe_settle(w);
	if (res)
		return res;

	p.f = &w->fn[w->order[0]];
	p.steps = json_array();
	/* Where only one size is to be had, no change can show and the model means nothing. */
	if (choose_size(w, &p))
		return model_tell(w, "none", p.steps);
	res = probe_steps(w, &p);
	if (res == -ENOSPC)
		return model_tell(w, "none", p.steps);
	if (!res)
		res = model_tell(w, p.model ? p.model : "none", p.steps);
	else
		json_decref(p.steps);
	if (!res && w->caps.max_open)
		res = probe_largest(w, &p);
	return res ? res : probe_put_back(w, &p);
}

int walk_probe(struct walk *w)
{
	int res = probe_all(w);

	look_witnesses(w);
	return res;
}

/* --- what another process found --- */

int walk_assume(struct walk *w, const char *backend, const char *model, unsigned max)
{
	static const char *const models[] = {"M-VFE", "M-RST", "M-IMM", "none"};
	size_t i = 0;
	int res;

	while (i < sizeof(models) / sizeof(models[0]) && strcmp(models[i], model))
		i++;
	if (i == sizeof(models) / sizeof(models[0]) ||
	    strcmp(resize_backend_name(w->caps.backend), backend))
		return -EINVAL;
	if (max) {
		w->caps.max = max;
		w->caps.max_open = false;
	}
	w->replay = true;
	res = backend_tell(w);
	if (!res)
		res = model_tell(w, model, json_array());
	w->replay = false;
	return res;
}
