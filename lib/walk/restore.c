/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Putting functions back after a crash: the record has what each was like before the first act on
 * it. Nothing is recorded of this; what happened before stays the last that the record tells.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static void copy_text(char *to, const char *text)
{
	snprintf(to, TARGET_NAME_LEN, "%s", text ? text : "");
}

static void claim_read(const struct event *event, struct target_state *state)
{
	copy_text(state->driver, event_str(event, "driver"));
	copy_text(state->override, event_str(event, "override"));
	state->numvfs = (unsigned)event_int(event, "numvfs", 0);
	state->autoprobe = event_bool(event, "autoprobe");
	state->size = (int)event_int(event, "size", -1);
	state->queues = (int)event_int(event, "queues", -1);
	state->online = event_bool(event, "online");
	state->flexible = (int)event_int(event, "flexible", -1);
}

/* What a function was like, from its first claim: later ones tell what the run had made of it. */
struct claims {
	size_t len;
	struct claim {
		struct bdf bdf;
		bool pf, restored;
		bool methods; /* its ways to be reset were written */
		struct target_state state;
	} * claim;
};

static int claims_add(struct claims *claims, const struct event *event)
{
	struct claim *grown, new = {.pf = json_object_get(event->body, "numvfs")};

	if (!event->fn || bdf_parse(event->fn, &new.bdf))
		return 0;
	for (size_t i = 0; i < claims->len; i++)
		if (bdf_equal(claims->claim[i].bdf, new.bdf))
			return 0;
	grown = realloc(claims->claim, (claims->len + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	claim_read(event, &new.state);
	claims->claim = grown;
	claims->claim[claims->len++] = new;
	return 0;
}

/* Config space of the PF that a reset by hand has wiped, until it was put back. */
static void wiped_read(struct walk *w, const struct event *event)
{
	long len;

	if (event->kind == EV_DONE && event->act == ACT_CFG_RESTORE && !event_res(event))
		w->pf_wiped = false;
	if (event->kind != EV_ACT || event->act != ACT_RESET)
		return;
	len = event_hex(event, "config", w->pf_before.byte, sizeof(w->pf_before.byte));
	if (len <= 0)
		return;
	w->pf_before.len = (size_t)len;
	w->pf_wiped = true;
}

static void methods_read(struct claims *claims, const struct event *event)
{
	const char *attr = event_str(event, "attr");
	struct bdf fn;

	if (event->kind != EV_ACT || event->act != ACT_ATTR_WRITE || !attr ||
	    strcmp(attr, "reset_method") || !event->fn || bdf_parse(event->fn, &fn))
		return;
	for (size_t i = 0; i < claims->len; i++)
		if (bdf_equal(claims->claim[i].bdf, fn))
			claims->claim[i].methods = true;
}

static int claims_read(struct walk *w, struct claims *claims, const char *record)
{
	struct ev_reader *reader = ev_open(record);
	struct event event;
	int res, err = 0;

	if (!reader) {
		err = -errno;
		warnx("%s: %s", record, strerror(errno));
		return err;
	}
	while (!err && (res = ev_next(reader, &event)) > 0) {
		wiped_read(w, &event);
		methods_read(claims, &event);
		if (event.kind == EV_CLAIM)
			err = claims_add(claims, &event);
	}
	/* What was read up to a line that is damaged is good enough to put back. */
	if (!err && res < 0)
		warnx("%s: %s; going by what is before", record, ev_reader_error(reader));
	ev_reader_close(reader);
	return err;
}

static int restore_pf(struct walk *w, const struct claim *claim)
{
	int res;

	if (!bdf_equal(claim->bdf, walk_pf(w))) {
		char name[BDF_LEN];

		warnx("%s: the record claimed another PF: choose it with --pf",
		      bdf_format(claim->bdf, name));
		return -ENODEV;
	}
	res = put_back_pf(w, &claim->state);
	if (res)
		warnx("%s: NumVFs cannot be put back: %s", fn_pf(w)->name, strerror(-res));
	return res;
}

/* Those that have more of the pool than they are to have, or the others. */
static int restore_vfs(struct walk *w, struct claims *claims, bool more)
{
	int first = 0;

	for (size_t i = 0; w->nfn && i < claims->len; i++) {
		struct claim *claim = &claims->claim[i];
		struct walk_fn *f = claim->pf ? NULL : fn_find(w, claim->bdf);
		int res;

		/* A VF that is gone by right: its PF was put back to fewer of them. */
		if (!f || claim->restored)
			continue;
		f->resized = f->table_written = f->flags_written = true;
		f->methods_written = claim->methods;
		if (more && !has_more(w, f, &claim->state))
			continue;
		claim->restored = true;
		res = put_back(w, f, &claim->state);
		if (res)
			warnx("%s: cannot be put back: %s", f->name, strerror(-res));
		if (res && !first)
			first = res;
	}
	return first;
}

int walk_restore(struct target *target, const char *record)
{
	struct walk w = {.target = *target, .may_act = true};
	struct claims claims = {0};
	int first = claims_read(&w, &claims, record), res;

	w.options.target = target->ops->name;
	/* VFs may be away as long as the PF is not put back: they are looked for once more then. */
	if (!first)
		fns_find(&w);
	for (size_t i = 0; w.nfn && i < claims.len; i++) {
		res = claims.claim[i].pf ? restore_pf(&w, &claims.claim[i]) : 0;
		if (res && !first)
			first = res;
	}
	OP(&w, resize_caps, &w.caps);
	res = fns_find(&w);
	if (res && !first)
		first = res;
	res = restore_vfs(&w, &claims, true);
	if (res && !first)
		first = res;
	res = restore_vfs(&w, &claims, false);
	if (res && !first)
		first = res;
	free(w.fn);
	free(w.order);
	free(claims.claim);
	return first;
}
