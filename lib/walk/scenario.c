/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One scenario: from a known state, through acts and looks, back to that state. Known means VFs
 * without a driver, online, each with its default share of the pool.
 */
#include <err.h>
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static void forget_scenario(struct walk *w)
{
	w->skip[0] = w->broken[0] = '\0';
	w->lines = 0;
	for (size_t i = 0; i < w->nfn; i++) {
		struct walk_fn *f = &w->fn[i];

		f->noted = f->resized = f->table_written = f->flags_written = false;
		f->methods_written = false;
		f->vfio_open = f->engine = f->load = f->guest = f->fired = false;
		f->enabled = 0;
	}
}

static void broke_scenario(struct walk *w, const char *what, int res)
{
	if (!w->broken[0])
		snprintf(w->broken, sizeof(w->broken), "%s: %s", what, strerror(-res));
}

/* A PF that was reset and not put back has no memory enabled, and may be without its driver. */
static int pf_settle(struct walk *w)
{
	struct cfg *before = &w->pf_before;
	struct bdf pf = walk_pf(w);
	char driver[TARGET_NAME_LEN] = "";
	int res = 0;

	if (before->len && cfg_u16(before, PCI_COMMAND) & PCI_COMMAND_MEMORY &&
	    !(walk_cfg_read(w, pf, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY)) {
		w->pf_wiped = true;
		res = walk_cfg_restore(w);
	}
	if (!res && w->pf_driver[0] && !OP(w, driver, pf, driver) && !driver[0]) {
		res = walk_bind(w, pf, w->pf_driver);
		strcpy(fn_pf(w)->base.driver, w->pf_driver);
	}
	return res;
}

/* What an earlier scenario that died may have left: VFs gone, or bound to a driver. */
static int settle(struct walk *w)
{
	unsigned count = w->acting + 2; /* a sibling, and one that carries a load */
	int numvfs, res = pf_settle(w);

	if (!res)
		res = claim(w, fn_pf(w));
	numvfs = OP(w, numvfs);
	if (!res && numvfs >= 0 && (size_t)numvfs + 1 < w->nfn) {
		if (OP(w, autoprobe) > 0)
			walk_autoprobe(w, false);
		res = walk_numvfs(w, (unsigned)w->nfn - 1);
	}
	for (unsigned i = 0; !res && i < count && i < w->nfn - 1; i++) {
		struct walk_fn *f = &w->fn[w->order[i]];
		char driver[TARGET_NAME_LEN] = "";

		if (!f->busy && !OP(w, driver, f->bdf, driver) && driver[0])
			res = walk_unbind(w, f->bdf);
	}
	return res ? res : shares_give(w);
}

int walk_begin(struct walk *w, const char *suite, const char *scenario)
{
	int res;

	forget_scenario(w);
	snprintf(w->suite, sizeof(w->suite), "%s", suite);
	snprintf(w->scenario, sizeof(w->scenario), "%s", scenario);
	w->failures = judge_failures(w->judge, w->options.known, w->options.known_ctx);
	w->in_scenario = true;
	res = tell(w, "begin", json_pack("{s:s,s:s}", "suite", w->suite, "scenario", w->scenario));
	if (!res)
		res = settle(w);
	if (!res)
		res = walk_look_all(w);
	if (res)
		broke_scenario(w, "cannot reach the state to begin from", res);
	return res;
}

void walk_skip(struct walk *w, const char *why)
{
	snprintf(w->skip, sizeof(w->skip), "%s", why);
}

/* Those that have more of the pool than before, or the others. True where a size was changed. */
static bool put_vfs_back(struct walk *w, bool more)
{
	bool resized = false;

	for (size_t i = 0; i < w->nfn; i++) {
		struct walk_fn *f = &w->fn[i];
		int res;

		if (!f->noted || (more && !has_more(w, f, &f->base)))
			continue;
		resized |= f->vf >= 0 && f->resized;
		res = put_back(w, f, &f->base);
		if (res)
			broke_scenario(w, f->name, res);
	}
	return resized;
}

static void put_all_back(struct walk *w)
{
	struct walk_fn *pf = fn_pf(w);
	bool resized;
	int res = pf->noted ? put_back_pf(w, &pf->base) : 0;

	if (res)
		broke_scenario(w, "cannot put NumVFs back", res);
	resized = put_vfs_back(w, true);
	resized |= put_vfs_back(w, false);
	/* Here what is assigned shows only once VF Enable was cleared and set. */
	if (resized && !strcmp(w->model, "M-VFE"))
		walk_cycle(w);
}

static int end_tell(struct walk *w)
{
	const char *outcome = w->broken[0] ? "aborted" : w->skip[0] ? "skipped" : "completed";
	const char *why = w->broken[0] ? w->broken : w->skip;
	json_t *keys = json_pack("{s:s,s:s,s:s}", "suite", w->suite, "scenario", w->scenario,
				 "outcome", outcome);

	if (why[0])
		json_object_set_new(keys, "why", json_string(why));
	json_object_set_new(keys, "lines", json_integer((json_int_t)w->lines));
	return tell(w, "end", keys);
}

long walk_end(struct walk *w)
{
	unsigned long failures;

	if (!w->in_scenario)
		return -EINVAL;
	w->in_scenario = false;
	if (w->stuck && *w->stuck)
		broke_scenario(w, "a race never ended, so nothing is put back", -ETIMEDOUT);
	else
		put_all_back(w);
	look_witnesses(w);
	if (end_tell(w))
		return -EIO;
	if (w->broken[0]) {
		warnx("%s, %s: %s", w->suite, w->scenario, w->broken);
		return -EIO;
	}
	failures = judge_failures(w->judge, w->options.known, w->options.known_ctx);
	return failures > w->failures ? (long)(failures - w->failures) : 0;
}
