/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of delivery: what a function writes through a table entry that it has no right to arrives
 * nowhere, raises no NMI, and disturbs no other function at work.
 *
 * That nothing arrived counts only after a control of the same function was delivered in the same
 * scenario; that something did counts always.
 */
#include <errno.h>
#include <string.h>

#include "iommu.h"
#include "shot.h"

/* --- delivery --- */

void judge_nowhere(struct judging *jg, const struct world *w, const struct event *event,
		   struct world_fn *fn)
{
	struct arrival arrival;
	struct shot shot;
	unsigned noise;

	if (!sees_shot(w, event, fn, &shot))
		return;
	noise = noise_of(jg, &shot);
	if (shot.kind == KIND_CONTROL)
		return;
	if (arrived(w, &shot, noise, &arrival))
		broke(jg, fn, "nothing anywhere", "%s: %s", shot.name, arrival.where);
	else if (shot.control)
		held(jg, fn);
}

void judge_victim(struct judging *jg, const struct world *w, const struct event *event,
		  struct world_fn *fn)
{
	struct arrival arrival;
	struct shot shot;

	if (!sees_shot(w, event, fn, &shot) || !shot.victim || shot.victim == fn ||
	    !is_kind(&shot, KIND(SIBLING_HANDLE) | KIND(PF_HANDLE)))
		return;
	if (came_to(&shot, shot.victim, &arrival))
		broke(jg, shot.victim, "nothing", "%s from %s: %s", shot.name, fn->name,
		      arrival.where);
	else if (shot.control && !shot.victim->loaded)
		held(jg, shot.victim);
}

void judge_own(struct judging *jg, const struct world *w, const struct event *event,
	       struct world_fn *fn)
{
	const json_t *counts =
		json_object_get(json_object_get(event->body, "events"), fn ? fn->name : "");
	long long here;
	struct shot shot;

	if (!sees_shot(w, event, fn, &shot) || shot.kind != KIND_OWN_HANDLE || !shot.control)
		return;
	here = json_integer_value(json_array_get(counts, (size_t)shot.entry));
	verdict(jg, fn, sum_of(counts) > here, "the other vector's interrupt",
		here ? "that of the entry which sent it" : "nothing");
}

/* Whatever it is, the message is written to a page that is mapped: there is nothing to report. */
void judge_its(struct judging *jg, const struct world *w, const struct event *event,
	       struct world_fn *fn)
{
	struct arrival arrival;
	struct shot shot;
	unsigned noise;

	if (!sees_shot(w, event, fn, &shot))
		return;
	noise = noise_of(jg, &shot);
	if (!is_kind(&shot, KIND(ABSENT_HANDLE) | KIND(BEYOND_HANDLE)))
		return;
	if (arrived(w, &shot, noise, &arrival)) {
		broke(jg, fn, "nothing", "%s: %s", shot.name, arrival.where);
		return;
	}
	for (size_t i = 0; i < faults_count(&shot); i++) {
		struct fault fault = fault_get(&shot, i);

		if (is_page(fault.addr, shot.msg.addr) && names(&fault, fn)) {
			broke(jg, fn, "nothing", "%s: a fault at the doorbell, %llXh", shot.name,
			      (unsigned long long)fault.addr);
			return;
		}
	}
	if (shot.control)
		held(jg, fn);
}

void judge_hostvec(struct judging *jg, const struct world *w, const struct event *event,
		   struct world_fn *fn)
{
	struct arrival arrival;
	struct shot shot;
	unsigned noise;

	if (!sees_shot(w, event, fn, &shot))
		return;
	noise = noise_of(jg, &shot);
	if (!is_kind(&shot, COMPAT))
		return;
	if (arrived(w, &shot, noise, &arrival))
		broke(jg, fn, "no interrupt on any CPU", "vector %02Xh of the host's (%s): %s",
		      shot.msg.data & 0xff, shot.name, arrival.where);
	else if (shot.control)
		held(jg, fn);
}

/* arch/x86/kernel/nmi.c: pci_serr_error(), unknown_nmi_error(). */
void judge_nmi(struct judging *jg, const struct world *w, const struct event *event,
	       struct world_fn *fn)
{
	static const char *const texts[] = {"system error (SERR)", "NMI received for unknown",
					    NULL};
	struct shot shot;
	const char *line;
	unsigned noise;

	if (!sees_shot(w, event, fn, &shot))
		return;
	noise = noise_of(jg, &shot);
	if (!is_kind(&shot, HOSTILE))
		return;
	line = log_line(&shot, texts);
	if (line)
		broke(jg, fn, "no NMI and no SERR", "%s: \"%s\"", shot.name, line);
	else if (noise & STRAY_NMI)
		inapplicable(jg, fn, "this machine takes NMIs all the time");
	else if (strays(&shot) & STRAY_NMI)
		broke(jg, fn, "no NMI and no SERR", "%s: an NMI", shot.name);
	else if (shot.control)
		held(jg, fn);
}

/* --- bystanders --- */

struct bystander {
	bool running, disturbed;
	unsigned long shots;
};

static void count_shot(struct judging *jg, const struct world *w, const struct world_fn *from)
{
	for (size_t i = 0; i < w->nfn; i++) {
		struct bystander *other;

		if (w->fn[i] == from || !w->fn[i]->loaded)
			continue;
		other = scratch(jg, w->fn[i], sizeof(*other));
		other->shots++;
	}
}

void judge_bystander(struct judging *jg, const struct world *w, const struct event *event,
		     struct world_fn *fn)
{
	struct bystander *bystander = scratch(jg, fn, sizeof(*bystander));
	long long io = event_int(event, "io_errors", 0), bad = event_int(event, "verify_errors", 0);
	long long bytes = event_int(event, "read_bytes", 0) + event_int(event, "write_bytes", 0);
	bool running = bystander->running && !bystander->disturbed;

	if (event->act == ACT_SHOT) {
		if (!event_res(event))
			count_shot(jg, w, fn);
		return;
	}
	if (event->act != ACT_LOAD_STOP) {
		bystander->running = event->act == ACT_LOAD_START && !event_res(event);
		bystander->disturbed = event->act != ACT_LOAD_START;
		bystander->shots = 0;
		return;
	}
	if (running && bystander->shots && event_res(event) == -ETIMEDOUT)
		broke(jg, fn, "a job that ends when it is told to",
		      "it hung, and had to be killed, under %lu shots", bystander->shots);
	else if (running && bystander->shots && (!event_res(event) || io || bad))
		verdict(jg, fn, !io && !bad && bytes > 0, "I/O without errors under attack",
			"%lld I/O errors, %lld verify errors, %lld bytes moved, under %lu shots",
			io, bad, bytes, bystander->shots);
	bystander->running = false;
}
