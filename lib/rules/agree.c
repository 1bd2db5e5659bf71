/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two witnesses must agree: what the machine says of itself, and what IOMMU and device are said to
 * have done by somebody outside of it, such as a trace of QEMU. Where they do not, one of them is
 * wrong, and whatever else the record says of the matter proves nothing.
 */
#include <stdio.h>
#include <string.h>

#include "look.h"
#include "nvme.h"
#include "shot.h"

static const char *text_of(const json_t *line, const char *key)
{
	const char *text = json_string_value(json_object_get(line, key));

	return text ? text : "";
}

/* What is not told is -1. */
static int64_t number_of(const json_t *line, const char *key)
{
	const json_t *value = json_object_get(line, key);

	return json_is_integer(value) ? json_integer_value(value) : -1;
}

/* --- what the IOMMU was told --- */

static void judge_enabled(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	static const char *const words[] = {"off", "on"};
	int remapping = w->witness.remapping, translation = w->witness.translation;

	(void)event;
	(void)fn;
	for (size_t i = 0; i < w->nfn && w->witness.told; i++) {
		if (w->fn[i]->vf >= 0)
			continue;
		if (remapping < 0 && translation < 0) {
			inapplicable(jg, w->fn[i], "this IOMMU's model does not tell it");
			continue;
		}
		if (remapping >= 0)
			verdict(jg, w->fn[i], remapping == w->iommu.remapping,
				"the IOMMU as the machine has it",
				"interrupt remapping %s, and %s for the machine", words[remapping],
				words[w->iommu.remapping]);
		if (translation >= 0)
			verdict(jg, w->fn[i], translation || !w->iommu.translation,
				"the IOMMU as the machine has it",
				"translation off, and on for the machine");
	}
}

/* --- shots --- */

/* How often a shot came to the IOMMU. */
struct tally {
	long long blocked, passed;
};

/* Is the request of who shot? Some models do not tell, some the lower half of its ID. */
static bool is_from(const json_t *request, const struct shot *shot)
{
	const char *source = text_of(request, "source");
	int64_t devfn = number_of(request, "devfn");

	return (!*source || !strcmp(source, shot->from->name)) &&
	       (devfn < 0 || devfn == shot->from->bdf.devfn);
}

static bool is_of(const json_t *request, const struct shot *shot)
{
	bool dma = shot->kind == KIND_DMA_UNMAPPED;
	int64_t addr = number_of(request, "addr");

	if (json_is_true(json_object_get(request, "dma")) != dma || !is_from(request, shot))
		return false;
	if (dma)
		return addr < 0 || is_page((uint64_t)addr, shot->msg.addr);
	return (addr < 0 || (uint64_t)addr == shot->msg.addr) &&
	       number_of(request, "data") == shot->msg.data;
}

static struct tally tally_of(const struct world *w, const struct shot *shot)
{
	struct tally tally = {0};

	for (size_t i = 0; i < json_array_size(w->witness.request); i++) {
		const json_t *request = json_array_get(w->witness.request, i);

		if (!is_of(request, shot))
			continue;
		if (!strcmp(text_of(request, "outcome"), "blocked"))
			tally.blocked += number_of(request, "count");
		else
			tally.passed += number_of(request, "count");
	}
	return tally;
}

static bool came_through(const struct world *w, const struct shot *shot, const struct event *event,
			 unsigned noise)
{
	const char *canary = event_str(event, "canary");
	struct arrival arrival;

	if (shot->kind == KIND_CONTROL)
		return shot->ready;
	if (shot->kind == KIND_OWN_HANDLE)
		return came_to(shot, shot->from, &arrival);
	if (shot->kind == KIND_DMA_UNMAPPED && canary && !strcmp(canary, "written"))
		return true;
	return arrived(w, shot, noise, &arrival);
}

/* True where @event is the watch of a shot of which a witness would tell; what came of it. */
static bool sees_twice(struct judging *jg, const struct world *w, const struct event *event,
		       const struct world_fn *fn, struct shot *shot)
{
	bool dma;

	if (!sees_shot(w, event, fn, shot))
		return false;
	dma = shot->kind == KIND_DMA_UNMAPPED;
	if (dma ? w->witness.dma : w->witness.requests)
		return true;
	inapplicable(jg, fn, "the witness tells of no requests to the IOMMU");
	return false;
}

static void judge_blocked(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	struct shot shot;
	struct tally tally;
	unsigned noise;

	if (!sees_twice(jg, w, event, fn, &shot))
		return;
	noise = noise_of(jg, &shot);
	if (!shot.control || (!forged(&shot) && shot.kind != KIND_DMA_UNMAPPED) ||
	    came_through(w, &shot, event, noise))
		return;
	tally = tally_of(w, &shot);
	if (tally.passed)
		broke(jg, fn, "a request that was blocked, as nothing arrived",
		      "%s: the IOMMU let %lld of %lld pass", shot.name, tally.passed,
		      tally.passed + tally.blocked);
	else
		verdict(jg, fn, tally.blocked, "a request that was blocked, as nothing arrived",
			"%s: no request came to the IOMMU", shot.name);
}

static void judge_passed(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct shot shot;
	struct tally tally;
	unsigned noise;

	if (!sees_twice(jg, w, event, fn, &shot))
		return;
	noise = noise_of(jg, &shot);
	if (shot.kind == KIND_DMA_CANARY || shot.kind == KIND_BEYOND_SIZE ||
	    !came_through(w, &shot, event, noise))
		return;
	tally = tally_of(w, &shot);
	/* Of DMA only what is blocked is told. */
	if (shot.kind == KIND_DMA_UNMAPPED)
		verdict(jg, fn, !tally.blocked, "a write that passed, as it arrived",
			"%s: the IOMMU blocked it", shot.name);
	else
		verdict(jg, fn, tally.passed, "a request that passed, as it arrived", "%s: %s",
			shot.name,
			tally.blocked ? "the IOMMU blocked it" : "no request came to the IOMMU");
}

/* --- reports --- */

/* Faults that the IOMMU recorded and the kernel has not reported yet: of the last so many. */
#define RECORDED 64

struct recorded { /* on the PF: the kernel has one log */
	struct {
		bool open, interrupt, write;
		char source[16];
		int64_t addr, index, reason;
	} fault[RECORDED];
	unsigned next;
	unsigned long count, of_shots, reported;
};

/* The machine's first PF, for what is of none. */
static struct world_fn *first_pf(const struct world *w)
{
	return w->nfn ? w->fn[0]->pf : NULL;
}

static void note_fault(struct recorded *r, const struct world *w, const json_t *line)
{
	unsigned i = r->next++ % RECORDED;

	r->fault[i].open = true;
	r->fault[i].interrupt = !strcmp(text_of(line, "kind"), "interrupt");
	r->fault[i].write = json_is_true(json_object_get(line, "write"));
	snprintf(r->fault[i].source, sizeof(r->fault[i].source), "%s", text_of(line, "source"));
	r->fault[i].addr = number_of(line, "addr");
	r->fault[i].index = number_of(line, "index");
	r->fault[i].reason = number_of(line, "reason");
	r->count++;
	r->of_shots += w->open_act == ACT_SHOT;
}

/* Was @fault recorded as it is reported? What the witness does not tell may be anything. */
static bool was_recorded(const struct recorded *r, unsigned i, const struct fault *fault)
{
	bool same = r->fault[i].open && r->fault[i].interrupt == fault->interrupt &&
		    (!*r->fault[i].source || !strcmp(r->fault[i].source, fault->source)) &&
		    (r->fault[i].reason < 0 || r->fault[i].reason == fault->reason);

	if (!same)
		return false;
	if (fault->interrupt)
		return r->fault[i].index < 0 || r->fault[i].index == fault->index;
	return r->fault[i].write == fault->write &&
	       (r->fault[i].addr < 0 || is_page((uint64_t)r->fault[i].addr, fault->addr));
}

/* Forgets the fault that @fault reports; false where there was none. */
static bool take_fault(struct recorded *r, const struct fault *fault)
{
	for (unsigned i = 0; i < RECORDED; i++)
		if (was_recorded(r, i, fault)) {
			r->fault[i].open = false;
			return true;
		}
	return false;
}

static void judge_reports_of(struct judging *jg, const struct world_fn *pf, struct recorded *r,
			     const struct shot *shot)
{
	for (size_t i = 0; i < faults_count(shot); i++) {
		struct fault fault = fault_get(shot, i);

		r->reported++;
		verdict(jg, pf, take_fault(r, &fault), "reports of what the IOMMU recorded",
			"%s fault of %s, reason %02Xh, index %lld, address %llXh: none such was",
			fault.interrupt ? "interrupt" : "DMA", fault.source, fault.reason,
			fault.index, (unsigned long long)fault.addr);
	}
}

static void judge_reported(struct judging *jg, const struct world *w, const struct event *event,
			   struct world_fn *fn)
{
	struct world_fn *pf = first_pf(w);
	struct recorded *r = pf ? scratch(jg, pf, sizeof(*r)) : NULL;
	struct shot shot;

	if (!r)
		return;
	if (event->kind == EV_WITNESS) {
		if (!strcmp(text_of(event->body, "what"), "fault"))
			note_fault(r, w, event->body);
	} else if (event->kind == EV_RUN_END) {
		/* The kernel's limit on reports lets the first through. */
		if (r->of_shots && !r->reported)
			broke(jg, pf, "reports of what the IOMMU recorded", "none of %lu faults",
			      r->of_shots);
		else if (!r->reported)
			inapplicable(jg, pf, "no fault was recorded, and none reported");
	} else if (sees_shot(w, event, fn, &shot)) {
		if (w->witness.faults)
			judge_reports_of(jg, pf, r, &shot);
		else
			inapplicable(jg, pf, "the witness tells of no faults");
	}
}

/* --- the device --- */

static void judge_answer(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	(void)w;
	if (!shows_msix(fn, event) || !fn->answered)
		return;
	verdict(jg, fn, fn->answer == fn->msix.flags, "Message Control as the device answered it",
		"%04Xh, a Table Size of %u; the device answered %04Xh, %u", fn->msix.flags,
		fn->msix.size, fn->answer, (fn->answer & 0x7ff) + 1);
}

/* Did @line tell of @command? Of actions that take no resource none is compared. */
static bool is_told(const json_t *line, const struct command *command)
{
	bool assigns = command->action == VIRT_MGMT_ASSIGN || command->action == VIRT_MGMT_PRIMARY;
	bool same = number_of(line, "action") == command->action &&
		    number_of(line, "cntlid") == command->cntlid;

	return same && (!assigns || (number_of(line, "nr") == (command->nr & 0xffff) &&
				     !number_of(line, "resource") == !command->resource));
}

static void judge_command(struct judging *jg, const struct world *w, const struct event *event,
			  const struct world_fn *fn)
{
	struct command command;
	int64_t status = -1;

	if (!ended_command(event, &command))
		return;
	for (size_t i = 0; i < json_array_size(w->witness.managed); i++) {
		const json_t *line = json_array_get(w->witness.managed, i);

		if (is_told(line, &command))
			status = number_of(line, "status");
	}
	if (status < 0)
		broke(jg, fn, "the command that was sent",
		      "action %lld, %lld for controller %lld: none such came to the device",
		      (long long)command.action, (long long)command.nr, (long long)command.cntlid);
	else
		verdict(jg, fn, status == command.status, "the command's status",
			"action %lld for controller %lld: %03llXh; the device completed it with "
			"%03llXh",
			(long long)command.action, (long long)command.cntlid,
			(long long)command.status, (long long)status);
}

/* What the device was last told to assign to @fn, as interrupts; NULL where it was told nothing. */
static const json_t *assigned(const struct world *w, const struct world_fn *fn)
{
	const json_t *last = NULL;

	for (size_t i = 0; i < json_array_size(w->witness.managed); i++) {
		const json_t *line = json_array_get(w->witness.managed, i);

		if (number_of(line, "action") == VIRT_MGMT_ASSIGN && number_of(line, "resource") &&
		    !number_of(line, "status") &&
		    (fn->sec_cntlid < 0 || number_of(line, "cntlid") == fn->sec_cntlid))
			last = line;
	}
	return last;
}

static void judge_managed(struct judging *jg, const struct world *w, const struct event *event,
			  struct world_fn *fn)
{
	int64_t want = event_int(event, "want", -1);
	const json_t *last;

	if (!w->witness.managing) {
		inapplicable(jg, fn, "the witness tells of no Virtualization Management");
		return;
	}
	if (event->act == ACT_VIRT_MGMT) {
		judge_command(jg, w, event, fn);
		return;
	}
	last = assigned(w, fn);
	if (!event_res(event) && want > 0 && last)
		verdict(jg, fn, number_of(last, "nr") == want, "as many as were asked for",
			"%lld; the device was told %lld", (long long)want,
			(long long)number_of(last, "nr"));
}

/* --- rows --- */

#define NEED_BOTH (NEED_VF | NEED_MSIX | NEED_ENGINE | NEED_VFIO | NEED_WITNESS)
#define ON_WATCH  ON_OBS(OBS_WATCH)

const struct rule agree_rules[] = {
	{
		.info = {"WIT-ENABLED", SEV_MUST,
			 "The IOMMU was told to remap and to translate where the machine says so.",
			 "VT-d 4.1, 11.4.4 (IRE, TE); QEMU "
			 "hw/i386/intel_iommu.c:vtd_handle_gcmd_ire",
			 "a witness of what the IOMMU was told"},
		.needs = NEED_PF | NEED_IOMMU | NEED_WITNESS,
		.on_kind = ON_KIND(EV_RUN_END),
		.judge = judge_enabled,
	},
	{
		.info = {"WIT-BLOCKED", SEV_MUST,
			 "A message of which the machine says that it was blocked came to the "
			 "IOMMU, "
			 "which blocked it.",
			 "derived from VT-d 4.1, 5.1.4, AMD IOMMU, 2.2.5.1 and GICv3, 5.2; QEMU "
			 "hw/i386/intel_iommu.c:vtd_interrupt_remap_msi",
			 "a control delivered, then hostile shots of which nothing arrives, and a "
			 "witness of requests",
			 .remark = "Where no request came, the shot proved nothing."},
		.needs = NEED_BOTH,
		.on_obs = ON_WATCH,
		.judge = judge_blocked,
	},
	{
		.info = {"WIT-DELIVERED", SEV_MUST,
			 "A message of which the machine says that it arrived came to the IOMMU, "
			 "which let it pass.",
			 "derived from VT-d 4.1, 5.1.3, AMD IOMMU, 2.2.5.1 and GICv3, 5.2; QEMU "
			 "hw/i386/intel_iommu.c:vtd_interrupt_remap_msi",
			 "a control that is delivered, or a shot that arrives, and a witness of "
			 "requests"},
		.needs = NEED_BOTH | NEED_REMAP,
		.on_obs = ON_WATCH,
		.judge = judge_passed,
	},
	{
		.info = {"WIT-REPORTED", SEV_MUST,
			 "What the kernel reports of a fault is what the IOMMU recorded: source, "
			 "address or index, and reason.",
			 "VT-d 4.1, 11.4.14; QEMU hw/i386/intel_iommu.c:vtd_report_frcd_fault",
			 "shots that are reported, and a witness of faults",
			 .remark =
				 "That a fault is recorded and not reported proves nothing, as the "
				 "kernel limits reports; that none of a run is, does."},
		.needs = NEED_PF | NEED_IOMMU | NEED_WITNESS | NEED_VFIO | HEARS_ALL,
		.on_obs = ON_WATCH,
		.on_kind = ON_KIND(EV_RUN_END) | ON_KIND(EV_WITNESS),
		.judge = judge_reported,
	},
	{
		.info = {"WIT-SIZE", SEV_MUST,
			 "Message Control, and in it Table Size, is read as the device answered "
			 "it.",
			 "PCIe 6.0, 7.7.2.2; QEMU hw/pci/pci_host.c:pci_host_config_read_common",
			 "looks at the capability, and a witness of what the device answered"},
		.needs = NEED_MSIX | NEED_WITNESS | NEED_LINUX,
		.on_obs = ON_OBS(OBS_MSIX) | ON_OBS(OBS_CONFIG),
		.judge = judge_answer,
	},
	{
		.info = {"WIT-RESIZED", SEV_MUST,
			 "The device was told to assign what the machine says it asked for, and "
			 "answered as it says.",
			 "NVMe 2.1, 5.2.6; QEMU hw/nvme/ctrl.c:nvme_virt_mngmt",
			 "a resize or Virtualization Management, and a witness of such commands"},
		.needs = NEED_WITNESS | NEED_RESIZE,
		.on_done = ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VIRT_MGMT),
		.judge = judge_managed,
	},
};

const size_t agree_rules_count = sizeof(agree_rules) / sizeof(agree_rules[0]);
