/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule of resets: what a VF's reset must leave alone, the PF and the other VFs. */
#include <stdio.h>

#include "reset.h"

/* Kept with the PF: the last reset of one of its VFs, and its SR-IOV capability before. */
struct bystanders {
	unsigned long reset_line;
	char reset_fn[16];
	struct sriov sriov;
	unsigned long sriov_line; /* 0: not known */
};

static bool sriov_equal(const struct sriov *a, const struct sriov *b)
{
	return a->ctrl == b->ctrl && a->num_vfs == b->num_vfs && a->page_size == b->page_size &&
	       !memcmp(a->bar, b->bar, sizeof(a->bar));
}

static const char *sriov_text(const struct sriov *sriov, char text[static TEXT])
{
	snprintf(text, TEXT, "SR-IOV Control %04Xh, NumVFs %u, VF BARs %Xh %Xh %Xh %Xh %Xh %Xh",
		 sriov->ctrl, sriov->num_vfs, sriov->bar[0], sriov->bar[1], sriov->bar[2],
		 sriov->bar[3], sriov->bar[4], sriov->bar[5]);
	return text;
}

static void look_at_sriov(struct judging *jg, struct bystanders *by, const struct event *event,
			  const struct world_fn *pf)
{
	char expected[TEXT], seen[TEXT];
	struct sriov sriov;

	if (cfg_sriov(&pf->cfg, &sriov))
		return;
	if (by->sriov_line && by->reset_line > by->sriov_line)
		verdict(jg, pf, sriov_equal(&sriov, &by->sriov), sriov_text(&by->sriov, expected),
			"after FLR of %s: %s", by->reset_fn, sriov_text(&sriov, seen));
	by->sriov = sriov;
	by->sriov_line = event->line;
}

/* Was @fn looked at before and after the reset of another, with nothing done to it? */
static bool straddles(const struct bystanders *by, const struct world_fn *fn, enum look look,
		      unsigned long prev_line)
{
	return by->reset_line && prev_line && prev_line < by->reset_line &&
	       strcmp(by->reset_fn, fn->name) && !(acts_before(fn, look) & ~ACTS_HARMLESS) &&
	       !begun_since(fn, prev_line);
}

static void look_at_flags(struct judging *jg, const struct bystanders *by,
			  const struct world_fn *fn)
{
	char expected[TEXT];

	if (!straddles(by, fn, LOOK_MSIX, fn->msix_prev_line))
		return;
	snprintf(expected, sizeof(expected), "Message Control %04Xh as before FLR of %s",
		 fn->msix_prev.flags, by->reset_fn);
	verdict(jg, fn, fn->msix.flags == fn->msix_prev.flags, expected, "Message Control %04Xh",
		fn->msix.flags);
}

/* Messages of vectors in use may be moved to another CPU at any time; Mask bits stay. */
static void look_at_entries(struct judging *jg, const struct bystanders *by,
			    const struct world_fn *fn)
{
	struct msix_entry now, before;
	char expected[TEXT];

	if (!straddles(by, fn, LOOK_TABLE, fn->table_prev.line) || !is_quiet(fn))
		return;
	snprintf(expected, sizeof(expected), "a table as before FLR of %s", by->reset_fn);
	for (unsigned k = 0; k < fn->table_size && k < fn->table_prev_size; k++) {
		if (!table_entry(&fn->table, k, &now) || !table_entry(&fn->table_prev, k, &before))
			break;
		if ((now.ctrl ^ before.ctrl) & MSIX_ENTRY_MASKED ||
		    (!fn->vfio_enabled && !same_message(&now, &before))) {
			broke(jg, fn, expected,
			      "T[%u]: %llXh %Xh, Vector Control %Xh became %llXh %Xh, %Xh", k,
			      (unsigned long long)before.msg.addr, before.msg.data, before.ctrl,
			      (unsigned long long)now.msg.addr, now.msg.data, now.ctrl);
			return;
		}
	}
	held(jg, fn);
}

/* A sibling that no longer answers, although VF Enable says that it is there. */
static bool vanished(const struct bystanders *by, const struct world_fn *fn)
{
	return fn->gone && fn->vf >= 0 && by->reset_line > fn->msix_line && fn->msix_line &&
	       strcmp(by->reset_fn, fn->name) && fn->vf < fn->pf->track.numvfs &&
	       !(fn->track.since[LOOK_MSIX] & ~ACTS_HARMLESS);
}

static void judge_bystanders(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct bystanders *by;

	if (!fn)
		return;
	by = scratch(jg, fn->pf, sizeof(*by));
	if (event->kind == EV_DONE) {
		if (did_reset(event) && fn->vf >= 0) {
			by->reset_line = event->line;
			strcpy(by->reset_fn, fn->name);
			if (!has_sibling(w, fn))
				inapplicable(jg, fn, "there is no other VF to reset");
		} else if (fn->vf < 0 || event->act == ACT_RESET) {
			by->sriov_line = 0; /* something else may have written it */
		}
		return;
	}
	if (event->kind == EV_FUNCTION && fn->vf >= 0 && !fn->has_flr) {
		inapplicable(jg, fn, "the VFs have no FLR (Device Capabilities bit 28)");
		inapplicable(jg, fn->pf, "the VFs have no FLR (Device Capabilities bit 28)");
	}
	if (vanished(by, fn))
		broke(jg, fn, "a VF that answers as before another's FLR",
		      "all ones after FLR of %s", by->reset_fn);
	if (fn->vf < 0 && !fn->gone && (event->kind == EV_FUNCTION || event->obs == OBS_CONFIG))
		look_at_sriov(jg, by, event, fn);
	if (shows_msix(fn, event))
		look_at_flags(jg, by, fn);
	else if (shows_table(fn, event))
		look_at_entries(jg, by, fn);
}

const struct rule bystander_rules[] = {
	{
		.info = {"RST-FLR-NOPF", SEV_MUST,
			 "FLR of a VF leaves the PF's SR-IOV capability and the other VFs alone.",
			 "PCIe 6.0, 9.2.2.2",
			 "a reset of one VF, and looks at the PF and the others before and after"},
		.needs = NEED_LINUX,
		.on_done = ON_ACT(ACT_RESET) | ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_CFG_WRITE) |
			   ON_ACT(ACT_ATTR_WRITE) | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND),
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_TABLE),
		.on_kind = ON_KIND(EV_FUNCTION),
		.judge = judge_bystanders,
	},
};

const size_t bystander_rules_count = sizeof(bystander_rules) / sizeof(bystander_rules[0]);
