/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way into the record. An act is announced before it is carried out and told again with its
 * result; once the record cannot be written, nothing is done to a device any more.
 */
#include <err.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define WAIT_PAUSE_MIN_US 20
#define WAIT_PAUSE_MAX_US 2000

uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

void wait_begin(struct wait *wait, uint64_t us)
{
	wait->begin_us = now_us();
	wait->deadline_us = wait->begin_us + us;
	wait->pause_us = WAIT_PAUSE_MIN_US;
}

bool wait_more(struct wait *wait)
{
	if (now_us() >= wait->deadline_us)
		return false;
	usleep(wait->pause_us);
	if (wait->pause_us < WAIT_PAUSE_MAX_US)
		wait->pause_us *= 2;
	return true;
}

uint64_t wait_us(const struct wait *wait)
{
	return now_us() - wait->begin_us;
}

/* --- lines --- */

static json_t *line(struct walk *w, const char *ev, json_t *keys)
{
	json_t *body = json_pack("{s:s,s:I}", "ev", ev, "t", (json_int_t)(now_us() - w->epoch_us));

	if (body && keys && json_object_update(body, keys)) {
		json_decref(body);
		body = NULL;
	}
	json_decref(keys);
	return body;
}

int tell(struct walk *w, const char *ev, json_t *keys)
{
	json_t *body = line(w, ev, keys);

	if (w->lost || !w->ev) {
		json_decref(body);
		return w->lost;
	}
	if (w->replay) {
		ev_replay(w->ev, body);
		return 0;
	}
	w->lost = ev_write(w->ev, body);
	if (w->lost)
		warnx("cannot write the record: %s; nothing more is done to any function%s",
		      strerror(-w->lost), w->lost == -ENOSPC ? ": free some, or give --out" : "");
	/* A witness is not of the scenario: see judge_scenario(). */
	w->lines += strcmp(ev, "witness") != 0;
	return w->lost;
}

int see(struct walk *w, enum obs obs, const struct walk_fn *fn, json_t *keys)
{
	json_t *body = json_pack("{s:s}", "obs", obs_name(obs));

	bool config = obs == OBS_MSIX || obs == OBS_CONFIG;

	account_tell(w, obs == OBS_WATCH && w->act == ACT_SHOT, config ? fn : NULL);
	if (body && fn)
		json_object_set_new(body, "fn", json_string(fn->name));
	if (!body || (keys && json_object_update(body, keys))) {
		json_decref(body);
		body = NULL;
	}
	json_decref(keys);
	return body ? tell(w, "obs", body) : -ENOMEM;
}

/* --- the model's own account --- */

struct telling {
	struct walk *w;
	bool shot;
};

static void tell_account(void *ctx, const struct witness_event *event)
{
	const struct telling *telling = ctx;
	bool passed = event->kind == WITNESS_REQUEST && event->outcome != OUTCOME_BLOCKED;

	/* As of a trace of QEMU: what passes and is no shot is nobody's business. */
	if (!telling->w->replay && (!passed || telling->shot))
		tell(telling->w, "witness", witness_json(event));
}

void account_tell(struct walk *w, bool shot, const struct walk_fn *looked)
{
	struct telling telling = {w, shot};

	if (w->target.ops->account)
		w->target.ops->account(&w->target, looked ? &looked->bdf : NULL, tell_account,
				       &telling);
}

/* --- acts --- */

static int refuse(struct walk *w, struct walk_fn *f, bool all)
{
	if (w->lost)
		return -EIO;
	if (w->stuck && *w->stuck)
		return -ETIMEDOUT;
	if (!f)
		return -ENODEV;
	if (!w->may_act) {
		warnx("%s: not touched: --claim was not given", f->name);
		return -EPERM;
	}
	return all ? claim_all(w) : claim(w, f);
}

/*
 * Acts that hit every VF, whichever function they are addressed to. Without its driver a PF may
 * stop managing them: an NVMe primary controller that is reset has its secondaries offline.
 */
static bool act_hits_all(const struct walk_fn *f, enum act act, const json_t *keys)
{
	const char *attr = json_string_value(json_object_get(keys, "attr"));

	if (f && f->vf < 0 && (act == ACT_RESET || act == ACT_UNBIND || act == ACT_BIND))
		return true;
	return act == ACT_NUMVFS || act == ACT_RACE ||
	       (act == ACT_ATTR_WRITE && attr && !strcmp(attr, "sriov_numvfs"));
}

int act_start(struct walk *w, enum act act, struct bdf fn, json_t *keys, struct walk_fn **on)
{
	struct walk_fn *f = fn_find(w, fn);
	json_t *body;
	int res = refuse(w, f, act_hits_all(f, act, keys));

	account_tell(w, false, NULL);
	if (res) {
		json_decref(keys);
		return res;
	}
	body = json_pack("{s:s,s:s}", "act", act_name(act), "fn", f->name);
	if (!body || (keys && json_object_update(body, keys))) {
		json_decref(body);
		json_decref(keys);
		return -ENOMEM;
	}
	json_decref(keys);

	w->act = act;
	w->on = f;
	w->keys = body;
	if (on)
		*on = f;
	if (tell(w, "act", json_copy(body))) {
		json_decref(w->keys);
		w->keys = NULL;
		return -EIO;
	}
	return 0;
}

int act_done(struct walk *w, int res, json_t *results)
{
	json_t *body = w->keys;

	w->keys = NULL;
	account_tell(w, w->act == ACT_SHOT, NULL);
	json_object_set_new(body, "res", json_string(res_name(res)));
	if (results)
		json_object_update(body, results);
	json_decref(results);
	return tell(w, "done", body) ? -EIO : res;
}
