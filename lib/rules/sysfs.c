/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the kernel's own interface for resizing (sriov_vf_msix_count, sriov_vf_total_msix,
 * sriov_numvfs) and of the pool that the vectors come from.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "size.h"

#define COUNT_ATTR "sriov_vf_msix_count"
#define TOTAL_ATTR "sriov_vf_total_msix"

static bool is_attr(const struct event *event, const char *attr)
{
	const char *name = event_str(event, "attr");

	return name && !strcmp(name, attr);
}

/* --- numbers as the kernel reads them --- */

enum number { NUMBER_NONE, NUMBER_NEGATIVE, NUMBER };

/* The base that lib/kstrtox.c would find with base 0, and where the digits start. */
static int number_base(const char **text)
{
	const char *s = *text;

	if (s[0] != '0')
		return 10;
	if (tolower(s[1]) != 'x' || !isxdigit((unsigned char)s[2]))
		return 8;
	*text += 2;
	return 16;
}

/* kstrtoint(@text, 0): no blanks, one sign, one newline at the end, nothing else behind it. */
static enum number number_parse(const char *text, long long *value)
{
	bool negative = *text == '-';
	char *end;
	int base;

	if (*text == '-' || *text == '+')
		text++;
	base = number_base(&text);
	if (!isxdigit((unsigned char)*text))
		return NUMBER_NONE;
	errno = 0;
	*value = strtoll(text, &end, base);
	if (end == text || errno)
		return NUMBER_NONE;
	if (*end == '\n')
		end++;
	if (*end)
		return NUMBER_NONE;
	if (negative)
		*value = -*value;
	return *value < 0 ? NUMBER_NEGATIVE : NUMBER;
}

/* --- attempts to assign --- */

/* One attempt to give a VF a number of vectors, by either backend. */
struct attempt {
	bool sysfs; /* through sriov_vf_msix_count */
	enum number number;
	long long want;
	int res;
};

/*
 * True where @event ended an attempt. An empty write is none: it has no bytes, so sysfs_kf_write()
 * returns 0 and no store function ever sees it.
 */
static bool ended_attempt(const struct event *event, struct attempt *attempt)
{
	const char *value = event_str(event, "value"), *backend = event_str(event, "backend");

	if (event->kind != EV_DONE)
		return false;
	attempt->res = event_res(event);
	if (event->act == ACT_RESIZE) {
		attempt->sysfs = backend && !strcmp(backend, "sysfs");
		attempt->want = event_int(event, "want", 0);
		attempt->number = NUMBER;
		return true;
	}
	if (event->act != ACT_ATTR_WRITE || !is_attr(event, COUNT_ATTR) || !value || !*value)
		return false;
	attempt->sysfs = true;
	attempt->number = number_parse(value, &attempt->want);
	if (attempt->number == NUMBER && attempt->want > INT_MAX)
		attempt->number = NUMBER_NONE;
	return true;
}

#define ON_ATTEMPT (ON_ACT(ACT_RESIZE) | ON_ACT(ACT_ATTR_WRITE))

/* --- the files --- */

static void judge_file(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn, const char *attr, const char *mode)
{
	const char *seen = event_str(event, "mode");

	if (!is_attr(event, attr) || !json_object_get(event->body, "mode"))
		return;
	if (w->kernel && w->kernel < KERNEL(5, 13)) {
		inapplicable(jg, fn, "the kernel is older than 5.13, which brought the file");
		return;
	}
	verdict(jg, fn, mode ? seen && !strcmp(seen, mode) : !seen, mode ? mode : "no such file",
		"%s", seen ? seen : "no such file");
}

static void judge_file_vf(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	judge_file(jg, w, event, fn, COUNT_ATTR, fn->vf >= 0 ? "0200" : NULL);
}

static void judge_file_pf(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	judge_file(jg, w, event, fn, TOTAL_ATTR, "0444");
}

/* What the PF's driver implements, as far as the record tells. */
struct support {
	bool total_read, refused;
	long long total;
};

static void see_total(struct support *support, const struct event *event)
{
	const char *value = event_str(event, "value");

	support->total_read =
		!event_res(event) && value && number_parse(value, &support->total) == NUMBER;
}

/* A new driver of the PF: nothing is known of it. */
static bool changed_driver(struct support *support, const struct event *event,
			   const struct world_fn *fn)
{
	bool changed = event->kind == EV_DONE && fn->vf < 0 && event->act != ACT_ATTR_WRITE;

	if (changed)
		*support = (struct support){0};
	return changed;
}

/*
 * That a driver lacks the callbacks shows in a write that is refused with EOPNOTSUPP: the ABI has
 * the total be 0 then, whatever sriov_vf_total_msix_show() would let through.
 */
static void judge_total_zero(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct support *support = scratch(jg, fn->pf, sizeof(*support));
	bool none = !fn->pf->driver[0];
	struct attempt attempt;

	(void)w;
	if (changed_driver(support, event, fn))
		return;
	if (event->kind == EV_OBS && fn->vf < 0 && is_attr(event, TOTAL_ATTR)) {
		see_total(support, event);
	} else if (ended_attempt(event, &attempt) && fn->vf >= 0) {
		if (!attempt.sysfs || attempt.number != NUMBER || support->refused)
			return;
		support->refused = attempt.res == -EOPNOTSUPP;
	} else {
		return;
	}
	if (!support->total_read)
		return;
	if (none || support->refused)
		verdict(jg, fn->pf, support->total == 0, TOTAL_ATTR " reads 0", "it reads %lld",
			support->total);
	else
		inapplicable(jg, fn->pf, "the PF's driver assigns vectors");
}

static void judge_no_callback(struct judging *jg, const struct world *w, const struct event *event,
			      struct world_fn *fn)
{
	struct support *support = scratch(jg, fn->pf, sizeof(*support));
	struct attempt attempt;

	(void)w;
	if (changed_driver(support, event, fn))
		return;
	if (event->kind == EV_OBS) {
		if (fn->vf < 0 && is_attr(event, TOTAL_ATTR))
			see_total(support, event);
		return;
	}
	if (fn->vf < 0 || !ended_attempt(event, &attempt) || !attempt.sysfs ||
	    attempt.number != NUMBER)
		return;
	if (!fn->pf->driver[0] || (support->total_read && !support->total))
		verdict(jg, fn->pf, attempt.res == -EOPNOTSUPP, "EOPNOTSUPP",
			"%s, writing %lld for %s%s%s", res_name(attempt.res), attempt.want,
			fn->name, is_bound(fn) ? ", bound to " : "",
			is_bound(fn) ? fn->driver : "");
	else if (support->total_read)
		inapplicable(jg, fn->pf, "the PF's driver assigns vectors");
}

/* --- what a write returns --- */

static void judge_parse(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	struct attempt attempt;

	(void)w;
	if (ended_attempt(event, &attempt) && attempt.number == NUMBER_NONE)
		verdict(jg, fn, attempt.res == -EINVAL, "EINVAL", "%s, writing \"%s\"",
			res_name(attempt.res), event_str(event, "value"));
}

static void judge_negative(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct attempt attempt;

	(void)w;
	if (ended_attempt(event, &attempt) && attempt.number == NUMBER_NEGATIVE)
		verdict(jg, fn, attempt.res == -EINVAL, "EINVAL", "%s, writing \"%s\"",
			res_name(attempt.res), event_str(event, "value"));
}

static void judge_busy(struct judging *jg, const struct world *w, const struct event *event,
		       struct world_fn *fn)
{
	struct attempt attempt;

	(void)w;
	if (ended_attempt(event, &attempt) && attempt.sysfs && attempt.number == NUMBER &&
	    is_bound(fn))
		verdict(jg, fn, attempt.res == -EBUSY, "EBUSY", "%s, while %s has the VF",
			res_name(attempt.res), fn->driver);
}

static void judge_numvfs(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	const char *value = event_str(event, "value");
	int now = fn->track.numvfs, res = event_res(event), expected;
	struct sriov sriov;
	long long want;

	(void)w;
	if (!is_attr(event, "sriov_numvfs") || !value || !*value || cfg_sriov(&fn->cfg, &sriov))
		return;
	/* kstrtou16(): a number beyond 65535 is no number, and so is a negative one. */
	if (number_parse(value, &want) != NUMBER || want > UINT16_MAX)
		expected = -EINVAL;
	else if (want > sriov.total_vfs)
		expected = -ERANGE;
	else if (now < 0)
		return;
	else if (want == now)
		expected = 0;
	else if (!fn->driver[0])
		expected = -ENOENT;
	else if (now && want && res != -ERANGE) /* a driver may allow fewer than TotalVFs */
		expected = -EBUSY;
	else
		return;
	verdict(jg, fn, res == expected, res_name(expected),
		"%s, writing \"%s\" with NumVFs %d and TotalVFs %u", res_name(res), value, now,
		sriov.total_vfs);
}

/* --- Table Size after a write --- */

struct assigned {
	unsigned long line; /* of the last assignment that went through this file */
	long long want;
};

/* Probing found no moment at which the number shows: some other number may have shown instead. */
static void judge_steps(struct judging *jg, const struct world *w, const struct event *event)
{
	const json_t *steps = json_object_get(event->body, "steps");
	const struct assigned *last = NULL;
	const struct world_fn *vf = NULL;
	bool reset = false;
	char expected[WORDS], seen[WORDS] = "";
	size_t used = 0;

	for (size_t i = 0; i < w->nfn; i++) {
		const struct assigned *assigned = scratch(jg, w->fn[i], sizeof(*assigned));

		if (assigned->line && (!last || assigned->line > last->line)) {
			last = assigned;
			vf = w->fn[i];
		}
	}
	if (w->model != MODEL_NONE || !last || !json_array_size(steps))
		return;
	for (size_t i = 0; i < json_array_size(steps) && used < sizeof(seen); i++) {
		const json_t *step = json_array_get(steps, i);
		const char *after = json_string_value(json_object_get(step, "after"));
		json_int_t size = json_integer_value(json_object_get(step, "size"));

		if (size == last->want)
			return;
		reset |= after && !strcmp(after, "flr");
		used += (size_t)snprintf(seen + used, sizeof(seen) - used, "%s%lld after %s",
					 i ? ", " : "Table Size ", (long long)size,
					 after ? after : "?");
	}
	/* It may wait for a reset that nobody here can give it. */
	if (!reset && !vf->has_flr) {
		for (size_t i = 0; i < w->nfn; i++)
			inapplicable(jg, w->fn[i],
				     "the new size shows at no step, and a reset "
				     "cannot be tried without FLR");
		return;
	}
	snprintf(expected, sizeof(expected), "Table Size %lld, as written", last->want);
	broke(jg, vf, expected, "%s", seen);
}

static void judge_size_equal(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct assigned *assigned;
	char expected[WORDS];
	struct attempt attempt;

	if (event->kind == EV_OBS && event->obs == OBS_MODEL) {
		judge_steps(jg, w, event);
		return;
	}
	assigned = scratch(jg, fn, sizeof(*assigned));
	if (ended_attempt(event, &attempt)) {
		if (attempt.res || fn->vf < 0)
			return;
		assigned->line = attempt.sysfs && attempt.want > 0 ? event->line : 0;
		assigned->want = attempt.want;
		return;
	}
	if (!shows_msix(fn, event) || fn->vf < 0 || !assigned->line || fn->resize_res ||
	    fn->want <= 0 || fn->resize_pending || w->model == MODEL_UNKNOWN ||
	    w->model == MODEL_NONE)
		return;
	/* Whether an assignment outlives VF Enable is up to the device, but in M-VFE. */
	if (begun_since(fn, assigned->line) != (w->model == MODEL_VFE))
		return;
	snprintf(expected, sizeof(expected), "Table Size %d, as written", fn->want);
	verdict(jg, fn, fn->msix.size == (unsigned)fn->want, expected, "Table Size %u",
		fn->msix.size);
}

struct same {
	long long now; /* what is assigned, 0 unknown */
	unsigned long line;
	bool repeated; /* with success */
};

static void judge_idempotent(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct same *same = scratch(jg, fn, sizeof(*same));
	struct attempt attempt;

	(void)w;
	/* A driver without the callback assigns nothing, and has no value to repeat. */
	if (ended_attempt(event, &attempt) && attempt.res == -EOPNOTSUPP)
		return;
	if (ended_attempt(event, &attempt) && attempt.number == NUMBER) {
		bool others = fn->track.since[LOOK_MSIX] & MOVES_SIZE & ~ON_ATTEMPT;

		same->repeated = same->now && attempt.want == same->now && !fn->driver[0] &&
				 !others && !begun_since(fn, same->line);
		if (same->repeated)
			verdict(jg, fn, !attempt.res, "success", "%s, assigning %lld again",
				res_name(attempt.res), attempt.want);
		same->repeated = same->repeated && !attempt.res;
		if (!attempt.res) {
			same->now = attempt.want;
			same->line = event->line;
		}
		return;
	}
	if (!shows_msix(fn, event))
		return;
	if (same->repeated && size_left_alone(fn, ON_ATTEMPT))
		verdict(jg, fn, fn->msix.size == fn->msix_prev.size, "the same Table Size",
			"%u before, %u after", fn->msix_prev.size, fn->msix.size);
	same->repeated = false;
	if (!fn->resize_pending) {
		same->now = fn->msix.size;
		same->line = event->line;
	}
}

/* What was tried on a VF or on a sibling since the last look at its Table Size. */
struct tried {
	bool failed, done;
	char sibling[16]; /* the one that something was tried on */
};

static void note_siblings(struct judging *jg, const struct world *w, const struct world_fn *fn)
{
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *other = w->fn[i];
		struct tried *tried;

		if (other == fn || other->pf != fn->pf || other->vf < 0)
			continue;
		tried = scratch(jg, other, sizeof(*tried));
		strcpy(tried->sibling, fn->name);
	}
}

/*
 * The nvme backend resizes by several commands, the first of which takes the VF offline: what an
 * attempt that fails leaves of the VF itself is then the doing of whoever sent them.
 */
static void judge_atomic(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct tried *tried = scratch(jg, fn, sizeof(*tried));
	struct attempt attempt;

	if (ended_attempt(event, &attempt)) {
		if (!attempt.res || !attempt.sysfs)
			tried->done = true;
		else
			tried->failed = true;
		if (attempt.res)
			note_siblings(jg, w, fn);
		return;
	}
	if (!shows_msix(fn, event))
		return;
	if (tried->failed && !tried->done && size_left_alone(fn, ON_ATTEMPT))
		verdict(jg, fn, fn->msix.size == fn->msix_prev.size, "Table Size as before",
			"%u before the write that failed, %u after", fn->msix_prev.size,
			fn->msix.size);
	else if (tried->sibling[0] && size_left_alone(fn, 0))
		verdict(jg, fn, fn->msix.size == fn->msix_prev.size, "Table Size as before",
			"%u before an attempt on %s that failed, %u after", fn->msix_prev.size,
			tried->sibling, fn->msix.size);
	*tried = (struct tried){0};
}

static void judge_sibling(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct tried *tried = scratch(jg, fn, sizeof(*tried));
	struct attempt attempt;

	if (ended_attempt(event, &attempt)) {
		note_siblings(jg, w, fn);
		return;
	}
	if (!shows_msix(fn, event))
		return;
	if (tried->sibling[0] && size_left_alone(fn, 0))
		verdict(jg, fn, fn->msix.size == fn->msix_prev.size, "Table Size as before",
			"%u before %s was resized, %u after", fn->msix_prev.size, tried->sibling,
			fn->msix.size);
	tried->sibling[0] = '\0';
}

/* --- sriov_drivers_autoprobe --- */

struct probing {
	bool is_new, watched;
	int autoprobe;   /* when VF Enable was set */
	char driver[32]; /* when autoprobe was changed */
};

static void note_probing(struct judging *jg, const struct world *w, const struct event *event,
			 const struct world_fn *pf)
{
	for (size_t i = 0; i < w->nfn; i++) {
		const struct world_fn *fn = w->fn[i];
		struct probing *probing;

		if (fn->pf != pf || fn->vf < 0)
			continue;
		probing = scratch(jg, fn, sizeof(*probing));
		if (event->act == ACT_AUTOPROBE) {
			probing->watched = !probing->is_new && strcmp(fn->driver, "?");
			strcpy(probing->driver, fn->driver);
		} else if (fn->track.vfe_line == event->line) {
			*probing =
				(struct probing){.is_new = true, .autoprobe = pf->track.autoprobe};
		} else {
			probing->watched = false;
		}
	}
}

static void judge_autoprobe(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	struct probing *probing;

	if (event->kind == EV_DONE && event->act != ACT_BIND && event->act != ACT_UNBIND) {
		if (!event_res(event))
			note_probing(jg, w, event, fn->pf);
		return;
	}
	if (fn->vf < 0)
		return;
	probing = scratch(jg, fn, sizeof(*probing));
	if (event->kind == EV_OBS && probing->is_new && !probing->autoprobe)
		verdict(jg, fn, !fn->driver[0], "no driver, with autoprobe 0", "%s has the new VF",
			fn->driver);
	else if (event->kind == EV_OBS && probing->watched)
		verdict(jg, fn, !strcmp(fn->driver, probing->driver),
			probing->driver[0] ? probing->driver : "no driver",
			"%s after autoprobe was changed", fn->driver[0] ? fn->driver : "no driver");
	*probing = (struct probing){0};
}

/* --- the pool --- */

/* Vectors of all VFs in a look at the pool, and of @fn in *@own where it is listed. */
static long long pool_assigned(const struct event *event, const char *fn, long long *own)
{
	const json_t *list = json_object_get(event->body, "assigned");
	long long sum = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);
		const char *name = json_string_value(json_object_get(entry, "fn"));
		long long size = json_integer_value(json_object_get(entry, "size"));

		if (size > 0)
			sum += size;
		if (fn && name && !strcmp(fn, name))
			*own = size;
	}
	return sum;
}

static void judge_pool_sum(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	long long total = event_int(event, "total", 0), free_now = event_int(event, "free", -1);
	long long sum = pool_assigned(event, NULL, NULL);
	char expected[WORDS];

	(void)w;
	if (total <= 0) {
		inapplicable(jg, fn, "the pool's total is not known");
		return;
	}
	snprintf(expected, sizeof(expected), "at most %lld vectors", total);
	verdict(jg, fn, sum + (free_now > 0 ? free_now : 0) <= total, expected,
		"%lld assigned, %lld free", sum, free_now);
}

struct pool {
	bool known;   /* the last look at it is still true */
	bool derived; /* what is free was not told, but cannot be more than this */
	long long free;
};

struct share {
	bool known;
	long long size, refused;
};

static void see_pool(struct judging *jg, const struct world *w, const struct event *event,
		     const struct world_fn *pf, struct pool *pool)
{
	long long total = event_int(event, "total", 0);

	pool->free = event_int(event, "free", -1);
	pool->derived = pool->free < 0;
	if (pool->derived)
		pool->free = total - pool_assigned(event, NULL, NULL);
	pool->known = total > 0 || !pool->derived;
	for (size_t i = 0; i < w->nfn; i++) {
		struct share *share;
		long long size = -1;

		if (w->fn[i]->pf != pf || w->fn[i]->vf < 0)
			continue;
		share = scratch(jg, w->fn[i], sizeof(*share));
		pool_assigned(event, w->fn[i]->name, &size);
		share->known = size >= 0;
		share->size = size;
	}
}

/* What a VF holds returns to the pool when it is given another number. */
static void judge_pool_attempt(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn, const struct pool *pool)
{
	struct share *share = scratch(jg, fn, sizeof(*share));
	long long want = event_int(event, "want", 0), got = event_int(event, "got", -1);
	long long within = pool->free + share->size;
	int res = event_res(event);
	char expected[WORDS];

	if (!share->known)
		return;
	if (want > within) {
		snprintf(expected, sizeof(expected), "refused: %lld vectors can be had", within);
		verdict(jg, fn->pf, res || (got >= 0 && got <= within), expected,
			"%s asked for %lld, and has %lld", fn->name, want, got);
		if (res && want <= w->size_max)
			share->refused = want;
	} else if (!pool->derived && share->refused && want == share->refused && !fn->driver[0]) {
		snprintf(expected, sizeof(expected), "%lld vectors, which are free again", want);
		verdict(jg, fn->pf, !res && got == want, expected, "%s for %s, which has %lld",
			res_name(res), fn->name, got);
		share->refused = 0;
	}
}

/* Where every VF can have its largest size at once, nothing is refused for want of vectors. */
static void see_plenty(struct judging *jg, const struct world *w, const struct world_fn *pf)
{
	unsigned long vfs = 0;

	for (size_t i = 0; i < w->nfn; i++)
		vfs += w->fn[i]->pf == pf && w->fn[i]->vf >= 0;
	if (w->pool_total >= vfs * w->size_max)
		inapplicable(jg, pf, "a pool of %u has %u, the largest size, for each VF at once",
			     w->pool_total, w->size_max);
}

static void judge_pool_exhaust(struct judging *jg, const struct world *w, const struct event *event,
			       struct world_fn *fn)
{
	struct pool *pool = scratch(jg, fn->pf, sizeof(*pool));

	if (event->kind == EV_OBS && event->obs == OBS_BACKEND) {
		see_plenty(jg, w, fn->pf);
		return;
	}
	if (event->kind == EV_OBS) {
		see_pool(jg, w, event, fn->pf, pool);
		if (!pool->known)
			inapplicable(jg, fn->pf, "the pool's total is not known");
		return;
	}
	if (pool->known && event->act == ACT_RESIZE && fn->vf >= 0)
		judge_pool_attempt(jg, w, event, fn, pool);
	pool->known = false;
}

struct leak {
	bool known, moved;
	size_t listed;
	long long sum;
};

/* What is free and what is assigned add up to one number, as long as the same VFs are listed. */
static void judge_pool_leak(struct judging *jg, const struct world *w, const struct event *event,
			    struct world_fn *fn)
{
	struct leak *leak = scratch(jg, fn->pf, sizeof(*leak));
	size_t listed = json_array_size(json_object_get(event->body, "assigned"));
	long long free_now = event_int(event, "free", -1), sum;
	char expected[WORDS];

	(void)w;
	if (event->kind == EV_DONE) {
		leak->moved = true;
		return;
	}
	if (free_now < 0) {
		inapplicable(jg, fn, "the backend cannot tell what is free");
		return;
	}
	sum = free_now + pool_assigned(event, NULL, NULL);
	if (!leak->known) {
		*leak = (struct leak){.known = true, .listed = listed, .sum = sum};
	} else if (leak->moved && listed == leak->listed) {
		snprintf(expected, sizeof(expected), "%lld vectors, free or assigned", leak->sum);
		verdict(jg, fn, sum == leak->sum, expected, "%lld: %lld free, %lld assigned", sum,
			free_now, sum - free_now);
		leak->moved = false;
	}
}

const struct rule sysfs_rules[] = {
	{
		.info = {"SYS-FILE-VF", SEV_MUST,
			 "Every VF, and nothing else, has sriov_vf_msix_count, which root may only "
			 "write.",
			 "Linux drivers/pci/iov.c:sriov_vf_attrs_are_visible",
			 "a look for the file on PF and VFs"},
		.needs = NEED_LINUX,
		.on_obs = ON_OBS(OBS_ATTR),
		.judge = judge_file_vf,
	},
	{
		.info = {"SYS-FILE-PF", SEV_MUST,
			 "Every PF has sriov_vf_total_msix, which everybody may read.",
			 "Linux drivers/pci/iov.c:sriov_pf_attrs_are_visible",
			 "a look for the file on the PF"},
		.needs = NEED_PF | NEED_LINUX,
		.on_obs = ON_OBS(OBS_ATTR),
		.judge = judge_file_pf,
	},
	{
		.info = {"SYS-TOTAL-0", SEV_MUST,
			 "sriov_vf_total_msix reads 0 where the PF has no driver that assigns "
			 "vectors.",
			 "Linux drivers/pci/iov.c:sriov_vf_total_msix_show; "
			 "Documentation/ABI/testing/sysfs-bus-pci",
			 "the total read, and a PF without driver or a count refused with "
			 "EOPNOTSUPP"},
		.needs = NEED_PF | NEED_LINUX | HEARS_ALL,
		.on_done = ON_ATTEMPT | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND),
		.on_obs = ON_OBS(OBS_ATTR),
		.judge = judge_total_zero,
	},
	{
		.info = {"SYS-PARSE", SEV_MUST,
			 "A text that is no int is refused with EINVAL, also one out of range.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store (kstrtoint)",
			 "such a text written to sriov_vf_msix_count"},
		.needs = NEED_VF | NEED_LINUX,
		.on_done = ON_ACT(ACT_ATTR_WRITE),
		.judge = judge_parse,
	},
	{
		.info = {"SYS-NEG", SEV_MUST,
			 "A negative count is refused with EINVAL, whatever else is wrong.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "a negative number written to sriov_vf_msix_count"},
		.needs = NEED_VF | NEED_LINUX,
		.on_done = ON_ACT(ACT_ATTR_WRITE),
		.judge = judge_negative,
	},
	{
		.info = {"SYS-NOCB", SEV_MUST,
			 "A count is refused with EOPNOTSUPP where the PF's driver cannot set it, "
			 "even for a bound VF.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "a PF without driver or with a total of 0, and a count written for a VF"},
		.needs = NEED_PF | NEED_LINUX | HEARS_ALL,
		.on_done = ON_ATTEMPT | ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND),
		.on_obs = ON_OBS(OBS_ATTR),
		.judge = judge_no_callback,
	},
	{
		.info = {"SYS-BUSY", SEV_MUST, "A VF that any driver has is not resized: EBUSY.",
			 "Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "a count written while a driver has the VF"},
		.needs = NEED_VF | NEED_SYSFS,
		.on_done = ON_ATTEMPT,
		.judge = judge_busy,
	},
	{
		.info = {"SYS-TS-EQ", SEV_MUST,
			 "The number written is the Table Size that the VF then has.",
			 "Linux Documentation/ABI/testing/sysfs-bus-pci (sriov_vf_msix_count)",
			 "a count written with success, and a look when its size is due"},
		.needs = NEED_VF | NEED_MSIX | NEED_SYSFS | HEARS_ALL | NEED_RANGE,
		.on_done = ON_ATTEMPT,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG) | ON_OBS(OBS_MODEL),
		.judge = judge_size_equal,
	},
	{
		.info = {"SYS-IDEMP", SEV_SHOULD,
			 "Assigning what is assigned already succeeds and changes nothing.",
			 "Linux Documentation/ABI/testing/sysfs-bus-pci (sriov_vf_msix_count)",
			 "an unbound VF resized to its own size, and looks before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE,
		.on_done = ON_ATTEMPT,
		SEES_MSIX,
		.judge = judge_idempotent,
	},
	{
		.info = {"SYS-FAIL-ATOMIC", SEV_MUST,
			 "An attempt that fails changes no Table Size, of the VF or of a sibling.",
			 "derived from Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "an attempt that fails, and looks before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX,
		.on_done = ON_ATTEMPT,
		SEES_MSIX,
		.judge = judge_atomic,
	},
	{
		.info = {"SYS-SIBLING", SEV_MUST,
			 "Resizing one VF changes the Table Size of no other.",
			 "derived from Linux drivers/pci/iov.c:sriov_vf_msix_count_store",
			 "a resize of one VF, and looks at another before and after"},
		.needs = NEED_VF | NEED_MSIX | NEED_RESIZE | NEED_SIBLING,
		.on_done = ON_ATTEMPT,
		SEES_MSIX,
		.judge = judge_sibling,
	},
	{
		.info = {"SYS-AUTOPROBE", SEV_MUST,
			 "With sriov_drivers_autoprobe 0 new VFs get no driver; changing it "
			 "touches "
			 "no VF that is there.",
			 "Linux drivers/pci/pci-driver.c:pci_device_can_probe",
			 "VFs enabled with autoprobe 0 or autoprobe changed, and a look at "
			 "drivers"},
		.needs = NEED_VF | NEED_LINUX | HEARS_ALL,
		.on_done = ON_ACT(ACT_AUTOPROBE) | ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_RESET) |
			   ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND),
		.on_obs = ON_OBS(OBS_DRIVER),
		.judge = judge_autoprobe,
	},
	{
		.info = {"SYS-NUMVFS-ERR", SEV_MUST,
			 "sriov_numvfs refuses junk with EINVAL, more than TotalVFs with ERANGE, a "
			 "change while VFs are enabled with EBUSY, and takes the count it has.",
			 "Linux drivers/pci/iov.c:sriov_numvfs_store",
			 "such values written to sriov_numvfs"},
		.needs = NEED_PF | NEED_LINUX,
		.on_done = ON_ACT(ACT_ATTR_WRITE),
		.judge = judge_numvfs,
	},
	{
		.info = {"POOL-SUM", SEV_MUST, "No more vectors are assigned than the pool has.",
			 "derived from Linux Documentation/ABI/testing/sysfs-bus-pci "
			 "(sriov_vf_total_msix); NVMe 2.1, 8.2.6.1",
			 "a look at the pool"},
		.needs = NEED_PF | NEED_RESIZE,
		.on_obs = ON_OBS(OBS_POOL),
		.judge = judge_pool_sum,
	},
	{
		.info = {"POOL-EXHAUST", SEV_MUST,
			 "More than is free is refused, and can be had once enough was freed.",
			 "derived from Linux Documentation/ABI/testing/sysfs-bus-pci "
			 "(sriov_vf_total_msix); NVMe 2.1, 5.2.6",
			 "a look at the pool, then a resize to more than is free"},
		.needs = NEED_PF | NEED_RESIZE | HEARS_ALL,
		.on_done = MOVES_SIZE,
		.on_obs = ON_OBS(OBS_POOL) | ON_OBS(OBS_BACKEND),
		.judge = judge_pool_exhaust,
	},
	{
		.info = {"POOL-NOLEAK", SEV_MUST,
			 "Vectors free and vectors assigned add up to the same number, always.",
			 "derived from Linux Documentation/ABI/testing/sysfs-bus-pci "
			 "(sriov_vf_total_msix); NVMe 2.1, 8.2.6.1",
			 "looks at the pool with resizes or VF Enable cycles between them"},
		.needs = NEED_PF | NEED_RESIZE | HEARS_ALL,
		.on_done = ON_ACT(ACT_RESIZE) | ON_ACT(ACT_NUMVFS) | ON_ACT(ACT_VIRT_MGMT),
		.on_obs = ON_OBS(OBS_POOL),
		.judge = judge_pool_leak,
	},
};

const size_t sysfs_rules_count = sizeof(sysfs_rules) / sizeof(sysfs_rules[0]);
