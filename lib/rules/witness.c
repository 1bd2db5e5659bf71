/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of what the kernel says of itself: that it found a fault of its own, and that it is
 * tainted. */
#include <stdio.h>
#include <string.h>

#include "look.h"

static const struct world_fn *first_pf(const struct world *w)
{
	for (size_t i = 0; i < w->nfn; i++)
		if (w->fn[i]->vf < 0)
			return w->fn[i];
	return NULL;
}

/*
 * Who allocates vectors twice is told so by a WARN (drivers/pci/msi/msi.c:__pci_enable_msix_range),
 * which taints: where the walk did that on purpose, neither is the kernel's doing.
 */
static bool asks_twice(const struct event *event, const struct world_fn *fn)
{
	return event->kind == EV_DONE && event->act == ACT_ALLOC && fn && fn->had_allocated;
}

/* --- the log --- */

/* How the first line of such a report begins: kernel/panic.c, mm/slub.c, kernel/rcu/, lib/ubsan.c.
 */
static const char *const beginnings[] = {
	"WARNING: ",
	"BUG: ",
	"BUG ",
	"kernel BUG at ",
	"Oops: ",
	"general protection fault",
	"Unable to handle kernel ",
	"Internal error: ",
	"UBSAN: ",
	"INFO: possible ",
	"INFO: trying to register ",
	"INFO: suspicious ",
	"Kernel panic",
};

/* ... and what stands further on in the line where a subsystem's name comes first. */
static const char *const words[] = {
	"BUG: soft lockup",         "hard LOCKUP",
	"blocked for more than ",   "detected stall",
	"detected expedited stall", "suspicious memory leak",
};

static bool is_splat(const char *line)
{
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (!strncmp(line, beginnings[i], strlen(beginnings[i])))
			return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(line, words[i]))
			return true;
	/* "rcu: INFO: rcu_preempt self-detected stall on CPU" */
	return strstr(line, "INFO: rcu") && strstr(line, "stall");
}

struct log {
	bool ever; /* a line was ever seen: the log can be read */
	bool looked;
	bool asked; /* for vectors, twice */
};

static void log_frame(struct judging *jg, struct log *log, const struct event *event,
		      const struct world_fn *pf)
{
	if (event->kind == EV_BEGIN)
		log->asked = log->looked = false;
	else if (event->kind == EV_END && log->looked && log->ever)
		held(jg, pf);
	else if (event->kind == EV_RUN_END && !log->ever)
		inapplicable(jg, pf, "not one line of the kernel's log was seen in this run");
}

static void judge_splat(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	const char *key = event->obs == OBS_WATCH ? "klog" : "lines";
	const json_t *lines = json_object_get(event->body, key);
	const struct world_fn *pf = first_pf(w);
	struct log *log = pf ? scratch(jg, pf, sizeof(*log)) : NULL;

	if (!log)
		return;
	log->asked = log->asked || asks_twice(event, fn);
	if (event->kind != EV_OBS) {
		log_frame(jg, log, event, pf);
		return;
	}
	log->looked = true;
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));

		log->ever = true;
		if (line && is_splat(line) &&
		    !(log->asked && strstr(line, "__pci_enable_msix_range")))
			broke(jg, pf, "no fault that the kernel finds in itself", "%s", line);
	}
}

/* --- taint --- */

/* By bit (Documentation/admin-guide/tainted-kernels.rst). */
static const char taint_letters[] = "PFSRMBUDAWCIOELKXTNJ";
#define TAINT_WARN 9

struct taint {
	bool known;
	uint64_t flags;
	bool asked; /* for vectors, twice */
};

static char letter(unsigned bit)
{
	return bit < sizeof(taint_letters) - 1 ? taint_letters[bit] : '?';
}

static void tell_taint(struct judging *jg, const struct taint *taint, uint64_t flags,
		       const struct world_fn *pf)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "taint %llu, as at the start",
		 (unsigned long long)taint->flags);
	for (unsigned bit = 0; bit < 64; bit++)
		if (flags >> bit & 1)
			broke(jg, pf, expected, "%c (bit %u)", letter(bit), bit);
}

/* Modules of our own taint from before the walk. What was told of once stands, and is not new. */
static void judge_taint(struct judging *jg, const struct world *w, const struct event *event,
			struct world_fn *fn)
{
	const struct world_fn *pf = first_pf(w);
	struct taint *taint = pf ? scratch(jg, pf, sizeof(*taint)) : NULL;
	uint64_t flags = (uint64_t)event_int(event, "flags", 0), fresh;

	if (!taint)
		return;
	if (event->kind != EV_OBS) {
		taint->asked = event->kind != EV_BEGIN && (taint->asked || asks_twice(event, fn));
		return;
	}
	fresh = flags & ~taint->flags;
	if (taint->asked)
		fresh &= ~(1ull << TAINT_WARN);
	if (taint->known && fresh)
		tell_taint(jg, taint, fresh, pf);
	else if (taint->known)
		held(jg, pf);
	taint->flags |= flags;
	taint->known = true;
}

const struct rule witness_rules[] = {
	{
		.info = {"DRV-SPLAT", SEV_MUST,
			 "Nothing that is done to a function makes the kernel warn of a fault of "
			 "its own, crash or hang.",
			 "Linux kernel/panic.c:__warn; kernel/hung_task.c:check_hung_task; "
			 "Documentation/admin-guide/bug-hunting.rst",
			 "a scenario, and looks at a kernel's log that says something at all"},
		.needs = NEED_PF | NEED_LINUX | HEARS_ALL,
		.on_done = ON_ACT(ACT_ALLOC),
		.on_obs = ON_OBS(OBS_KLOG) | ON_OBS(OBS_WATCH),
		.on_kind = ON_KIND(EV_BEGIN) | ON_KIND(EV_END) | ON_KIND(EV_RUN_END),
		.judge = judge_splat,
	},
	{
		.info = {.id = "DRV-TAINT",
			 .severity = SEV_SHOULD,
			 .title = "The kernel is no more tainted after a scenario than before it.",
			 .clause = "Linux Documentation/admin-guide/tainted-kernels.rst; "
				   "kernel/panic.c:add_taint",
			 .needs = "looks at the kernel's taint before and after a scenario",
			 .remark = "No clause forbids it: a taint says that something went wrong, "
				   "or that nobody will want to hear of what does."},
		.needs = NEED_PF | NEED_LINUX | HEARS_ALL,
		.on_done = ON_ACT(ACT_ALLOC),
		.on_obs = ON_OBS(OBS_TAINT),
		.on_kind = ON_KIND(EV_BEGIN),
		.judge = judge_taint,
	},
};

const size_t witness_rules_count = sizeof(witness_rules) / sizeof(witness_rules[0]);
