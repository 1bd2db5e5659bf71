/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening and closing a walk: the target, the record, the judge that listens, and the functions
 * there are to walk. A walk that starts the record tells what it found; one that continues it
 * tells only its own judge.
 */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "internal.h"
#include "profile.h"

/* Exit statuses, as the README has them. */
#define STATUS_BROKEN  2
#define STATUS_NOTHING 4

#define SIM_WINDOW_US 1000

/* Where a process that continues the record finds the time that its events count from. */
#define EPOCH_VARIABLE "VFWALK_EPOCH"

#define DEFAULT_VFS 4
#define JSON_SEED   1

/* A PF and its VFs at most: NumVFs has 16 bits. Only what is touched takes memory. */
#define CLAIMS 65536

/* Where walk_open() leaves what is wrong. */
struct reason {
	char *why;
	size_t size;
	int *status;
};

static int __attribute__((format(printf, 3, 4)))
fail(const struct reason *reason, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason->why, reason->size, fmt, ap);
	va_end(ap);
	*reason->status = status;
	return -1;
}

/* --- the target --- */

static int open_target(struct walk *w, const struct reason *reason)
{
	const struct target_ops *ops = target_find(w->options.target);
	const char *pf = w->options.on.pf;
	int res;

	if (!ops)
		return fail(reason, STATUS_BROKEN,
			    "no target \"%s\": there are \"linux\" and \"sim\"", w->options.target);
	w->target = (struct target){.ops = ops, .options = w->options.on};
	/* What a model device holds is nobody else's. */
	w->may_act = w->options.on.claim || ops == &target_sim_ops;
	w->target.options.claim = w->may_act;
	res = OP(w, open, &w->target.options);
	if (res) {
		w->target.ops = NULL;
		/* The target has said why; only memory fails without a word. */
		return fail(reason, res == -ENODEV && !pf ? STATUS_NOTHING : STATUS_BROKEN, "%s",
			    res == -ENOMEM ? "out of memory" : "");
	}
	res = OP(w, machine, &w->machine);
	return res ? fail(reason, STATUS_BROKEN, "cannot tell what machine this is: %s",
			  strerror(-res))
		   : 0;
}

static unsigned total_vfs(struct walk *w)
{
	struct sriov sriov;
	struct cfg cfg;

	if (fn_cfg(w, fn_pf(w), &cfg) || cfg_sriov(&cfg, &sriov))
		return 0;
	return sriov.total_vfs;
}

/* A driver may allow fewer than the capability offers (pci_sriov_set_totalvfs()). */
static unsigned allowed_vfs(struct walk *w)
{
	unsigned total = total_vfs(w);
	unsigned long allowed;
	char text[32] = "";

	if (OP(w, attr_read, fn_pf(w)->bdf, "sriov_totalvfs", text, sizeof(text)) <= 0)
		return total;
	allowed = strtoul(text, NULL, 10);
	return allowed && allowed < total ? (unsigned)allowed : total;
}

static int check_pf(struct walk *w, const struct reason *reason)
{
	struct walk_fn *pf = fn_pf(w);
	char why[256] = "";

	if (w->nfn == 1 && !total_vfs(w))
		return fail(reason, STATUS_NOTHING,
			    "no VF of %s to walk: it offers none (TotalVFs is 0); pick another PF",
			    pf->name);
	if (w->nfn == 1 && !w->may_act)
		return fail(reason, STATUS_NOTHING,
			    "no VF of %s to walk: write to its sriov_numvfs, or give --claim to "
			    "have it done",
			    pf->name);
	if (!w->may_act)
		return fail(reason, STATUS_BROKEN,
			    "nothing is done to %s and its VFs without --claim: it unbinds, "
			    "resizes and resets them",
			    pf->name);
	if (OP(w, in_use, pf->bdf, why, sizeof(why)) == -EBUSY)
		return fail(reason, STATUS_BROKEN,
			    "%s is in use: %s; set it free or pick another PF", pf->name, why);
	w->pf_is_free = true;
	return 0;
}

/* --- the record --- */

static void listen(void *ctx, const struct event *event)
{
	judge_event(ctx, event);
}

static int open_record(struct walk *w, const struct reason *reason)
{
	const char *path = w->options.record, *epoch = getenv(EPOCH_VARIABLE);
	char text[32];

	w->owns_record = path;
	w->ev = path ? ev_create(path) : ev_attach(w->options.record_fd);
	if (!w->ev)
		return fail(reason, STATUS_BROKEN, "cannot write the record %s: %s",
			    path ? path : "(inherited descriptor)", strerror(errno));
	w->judge = judge_new();
	w->claims_told =
		mmap(NULL, CLAIMS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	w->stuck = mmap(NULL, sizeof(*w->stuck), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (!w->judge || w->claims_told == MAP_FAILED || w->stuck == MAP_FAILED)
		return fail(reason, STATUS_BROKEN, "out of memory");
	ev_listen(w->ev, listen, w->judge);

	w->epoch_us = now_us();
	if (!path && epoch)
		w->epoch_us = strtoull(epoch, NULL, 10);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)w->epoch_us);
	setenv(EPOCH_VARIABLE, text, 1);
	/* Who continues a record does not repeat its header; its own judge needs it. */
	w->replay = !w->owns_record;
	return header_tell(w) ? fail(reason, STATUS_BROKEN, "%s", "") : 0; /* tell() has said why */
}

/* --- the functions --- */

/*
 * All of them in a lab, whose device has as many as are wanted, and where every VF is to be walked;
 * else a few, for each may cost somebody's machine memory and addresses.
 */
static unsigned vfs_to_enable(struct walk *w)
{
	unsigned total = allowed_vfs(w);

	if (w->options.lab || w->options.profile >= PROFILE_CERT || total < DEFAULT_VFS)
		return total;
	return DEFAULT_VFS;
}

/* VFs need vectors to be walked, and a walk needs VFs. */
static int enable_vfs(struct walk *w, const struct reason *reason)
{
	unsigned count = vfs_to_enable(w);
	bool replay = w->replay;
	int res;

	if (w->nfn > 1)
		return 0;
	fns_tell(w); /* the PF, before the first act on it */
	walk_look_taint(w);
	w->replay = false;
	res = walk_autoprobe(w, false);
	if (!res)
		res = walk_numvfs(w, count);
	w->replay = replay;
	if (res)
		return fail(reason, STATUS_BROKEN, "cannot enable %u VFs of %s: %s", count,
			    fn_pf(w)->name, strerror(-res));
	w->enabled_vfs = true;
	return 0;
}

static int find_busy(struct walk *w, const struct reason *reason)
{
	size_t free = 0, msix = 0;
	char why[256];

	for (size_t i = 1; i < w->nfn; i++) {
		struct walk_fn *f = &w->fn[i];

		f->busy = OP(w, in_use, f->bdf, why, sizeof(why)) == -EBUSY;
		if (f->busy && w->owns_record)
			warnx("%s: left alone: %s", f->name, why);
		free += !f->busy;
		msix += f->has_msix;
	}
	if (!msix)
		return fail(reason, STATUS_NOTHING,
			    "no VF of %s to walk: none has the MSI-X capability", fn_pf(w)->name);
	if (!free)
		return fail(reason, STATUS_BROKEN, "every VF of %s is in use: set one free",
			    fn_pf(w)->name);
	return 0;
}

/* Those that may be acted on come first. */
static int put_in_order(struct walk *w, const struct reason *reason)
{
	unsigned n = 0, only = 0;

	for (unsigned i = 1; i < w->nfn; i++) {
		struct bdf bdf;

		if (w->options.vf && !bdf_parse(w->options.vf, &bdf) &&
		    bdf_equal(bdf, w->fn[i].bdf) && !w->fn[i].busy)
			w->order[n++] = only = i;
	}
	if (w->options.vf && !only)
		return fail(reason, STATUS_BROKEN,
			    "%s is no VF of %s that is free to use: `vfwalk list` tells which are",
			    w->options.vf, fn_pf(w)->name);
	for (unsigned i = 1; i < w->nfn; i++)
		if (!w->fn[i].busy && w->fn[i].has_msix && i != only)
			w->order[n++] = i;
	w->usable = w->equipped = n;
	for (unsigned i = 1; i < w->nfn; i++)
		if ((w->fn[i].busy || !w->fn[i].has_msix) && i != only)
			w->order[n++] = i;

	w->acting = profile_vfs(w->options.profile);
	if (!w->acting || w->acting > w->usable)
		w->acting = w->usable;
	if (only)
		w->acting = 1;
	return 0;
}

static int find_functions(struct walk *w, const struct reason *reason)
{
	int res = fns_find(w);

	return res ? fail(reason, STATUS_BROKEN, "cannot find the functions to walk: %s",
			  strerror(-res))
		   : 0;
}

struct walk *walk_open(const struct walk_options *options, char *why, size_t size, int *status)
{
	struct reason reason = {why, size, status};
	struct walk *w = calloc(1, sizeof(*w));
	int res;

	/* jansson would read /dev/urandom, for which a young guest waits a second; the keys here
	 * are our own. */
	json_object_seed(JSON_SEED);
	if (!w) {
		fail(&reason, STATUS_BROKEN, "out of memory");
		return NULL;
	}
	w->options = *options;
	/* In the model a message has arrived when the call that sent it returns. */
	w->window_us = strcmp(options->target, "sim") ? profile_window_us(options->profile)
						      : SIM_WINDOW_US;
	res = open_target(w, &reason);
	if (!res)
		res = find_functions(w, &reason);
	if (!res)
		res = check_pf(w, &reason);
	if (!res)
		res = open_record(w, &reason);
	if (!res) {
		OP(w, resize_caps, &w->caps);
		res = enable_vfs(w, &reason);
	}
	if (!res)
		res = find_busy(w, &reason);
	if (!res)
		res = put_in_order(w, &reason);
	if (!res) {
		pf_note(w);
		OP(w, driver, walk_pf(w), w->pf_driver);
	}
	if (!res && fns_tell(w))
		res = fail(&reason, STATUS_BROKEN, "%s", "");
	if (!res)
		walk_look_taint(w); /* of before the first act */
	w->replay = false;
	if (!res)
		return w;
	walk_close(w);
	return NULL;
}

/* Only what this process itself has claimed: a suite's scenarios put back their own. */
static int close_functions(struct walk *w)
{
	int first = 0;

	for (size_t i = 1; i < w->nfn; i++) {
		struct walk_fn *f = &w->fn[i];
		int res = f->claimed && !(w->enabled_vfs) ? put_back(w, f, &f->was) : 0;

		if (res && !first)
			first = res;
	}
	if (w->nfn && fn_pf(w)->claimed) {
		int res = put_back_pf(w, &fn_pf(w)->was);

		if (res && !first)
			first = res;
	}
	return first;
}

void walk_abort(struct walk *w, const char *why)
{
	if (!w->aborted[0])
		snprintf(w->aborted, sizeof(w->aborted), "%s", why);
}

int walk_suite(struct walk *w, const char *name, int status, int signo, bool timeout)
{
	return tell(w, "suite",
		    json_pack("{s:s,s:i,s:i,s:b}", "suite", name, "exit", status, "signal", signo,
			      "timeout", timeout));
}

static void end_record(struct walk *w)
{
	if (w->aborted[0])
		tell(w, "run-end", json_pack("{s:s,s:s}", "outcome", "aborted", "why", w->aborted));
	else
		tell(w, "run-end", json_pack("{s:s}", "outcome", "completed"));
}

void walk_close(struct walk *w)
{
	if (!w)
		return;
	w->replay = false;
	/* What was logged until now, suites have told. */
	if (w->owns_record && w->ev)
		json_decref(klog_take(w, NULL));
	/* Another process may have left the PF locked for ever: to ask it would be to wait. */
	if (w->target.ops && ((w->stuck && *w->stuck) || OP(w, answers) == -ETIMEDOUT))
		walk_abort(w, "the PF does not answer any more: boot the machine again");
	else if (w->target.ops && close_functions(w))
		walk_abort(w, "a function could not be put back");
	if (w->owns_record && w->ev) {
		look_witnesses(w);
		end_record(w);
	}
	if (w->target.ops)
		w->target.ops->close(&w->target);
	judge_free(w->judge);
	ev_close(w->ev);
	for (size_t i = 0; i < w->nfn; i++)
		free(w->fn[i].load_from);
	if (w->stuck && w->stuck != MAP_FAILED)
		munmap(w->stuck, sizeof(*w->stuck));
	if (w->claims_told && w->claims_told != MAP_FAILED)
		munmap(w->claims_told, CLAIMS);
	free(w->fn);
	free(w->order);
	free(w->at);
	free(w);
}

/* --- what there is --- */

const struct walk_options *walk_options(const struct walk *w)
{
	return &w->options;
}

struct target *walk_target(struct walk *w)
{
	return &w->target;
}

struct judge *walk_judge(struct walk *w)
{
	return w->judge;
}

int walk_record_fd(const struct walk *w)
{
	return ev_fd(w->ev);
}

int walk_lost(const struct walk *w)
{
	return w->lost;
}

struct bdf walk_pf(const struct walk *w)
{
	return w->fn[0].bdf;
}

const char *walk_pf_driver(const struct walk *w)
{
	return w->pf_driver;
}

unsigned walk_vfs(const struct walk *w)
{
	return w->acting;
}

unsigned walk_all_vfs(const struct walk *w)
{
	return (unsigned)w->nfn - 1;
}

struct bdf walk_vf(const struct walk *w, unsigned index)
{
	return w->fn[w->order[index]].bdf;
}

unsigned walk_equipped_vfs(const struct walk *w)
{
	return w->equipped;
}

bool walk_sibling(const struct walk *w, struct bdf vf, struct bdf *sibling)
{
	for (unsigned i = 0; i < w->equipped; i++) {
		*sibling = w->fn[w->order[i]].bdf;
		if (!bdf_equal(*sibling, vf))
			return true;
	}
	return false;
}

const struct resize_caps *walk_caps(const struct walk *w)
{
	return &w->caps;
}

const char *walk_model(const struct walk *w)
{
	return w->model;
}

unsigned walk_size(const struct walk *w, struct bdf fn)
{
	const struct walk_fn *f = fn_find(w, fn);

	return f && f->has_msix && f->present ? f->msix.size : 0;
}

const struct msix *walk_msix(const struct walk *w, struct bdf fn)
{
	return &fn_find(w, fn)->msix;
}

uint32_t walk_cfg_read(struct walk *w, struct bdf fn, unsigned off, unsigned width)
{
	uint8_t bytes[4] = {0xff, 0xff, 0xff, 0xff};
	uint32_t value = 0;

	if (OP(w, cfg_read, fn, off, bytes, width) != (ssize_t)width)
		memset(bytes, 0xff, sizeof(bytes));
	for (unsigned i = 0; i < width; i++)
		value |= (uint32_t)bytes[i] << 8 * i;
	return value;
}

unsigned walk_cpus(const struct walk *w, bool possible)
{
	return possible ? w->machine.possible_cpus : w->machine.cpus;
}

bool walk_has_flr(const struct walk *w, struct bdf fn)
{
	const struct walk_fn *f = fn_find(w, fn);

	return f && f->has_flr;
}

unsigned walk_enabled(const struct walk *w, struct bdf fn)
{
	const struct walk_fn *f = fn_find(w, fn);

	return f ? f->enabled : 0;
}

bool walk_has_engine(const struct walk *w, struct bdf fn)
{
	const struct walk_fn *f = fn_find(w, fn);

	return f && f->has_engine;
}
