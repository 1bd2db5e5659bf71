/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model's own account of what IOMMU and device do, beside what the modelled kernel says of it:
 * the same that QEMU tells in its trace events. It is no witness from outside, as one program plays
 * both; it is there so that the rules on witnesses can be tried.
 */
#include <linux/pci_regs.h>
#include <stdlib.h>

#include "model.h"

static void add(struct sim *s, const struct witness_event *event)
{
	if (s->naccount == s->account_room) {
		struct witness_event *grown =
			realloc(s->account, (s->account_room + 64) * sizeof(*grown));

		if (!grown)
			abort();
		s->account = grown;
		s->account_room += 64;
	}
	s->account[s->naccount++] = *event;
}

/* --- requests --- */

void sim_asked(struct sim_fn *fn, struct msi_msg msg, bool dma)
{
	struct sim *s = fn->sim;

	s->asked = witness_event(WITNESS_REQUEST);
	s->asked.has_source = s->asked.has_addr = s->asked.write = true;
	s->asked.source = fn->bdf;
	s->asked.addr = msg.addr;
	s->asked.data = msg.data;
	s->asked.dma = dma;
	s->asking = s->opt.iommu && (dma ? s->opt.translation : s->opt.remap);
}

void sim_passed(struct sim *s, enum outcome outcome)
{
	s->asked.outcome = outcome;
}

void sim_unasked(struct sim *s)
{
	s->asking = false;
}

void sim_answered(struct sim *s)
{
	if (s->asking)
		add(s, &s->asked);
	s->asking = false;
}

void sim_recorded(struct sim_fn *fn, bool interrupt, uint64_t addr, int index, int reason)
{
	struct witness_event fault = witness_event(WITNESS_FAULT);
	bool wrong = interrupt && index >= 0 && sim_strikes(fn, DEFECT_RECORD_INDEX);

	fault.has_source = fault.write = true;
	fault.source = fn->bdf;
	fault.dma = !interrupt;
	fault.has_addr = !interrupt;
	fault.addr = addr;
	fault.index = wrong ? (index + 1) & 0xffff : index;
	fault.reason = reason;
	add(fn->sim, &fault);
}

/* --- the device --- */

void sim_answers_control(struct sim_fn *fn, unsigned off, const uint8_t *buf, size_t len)
{
	const unsigned at = SIM_POS_MSIX + PCI_MSIX_FLAGS;

	if (!sim_answers(fn) || off > at || off + len < at + 2)
		return;
	fn->answered = true;
	fn->answer = (uint16_t)((buf[at - off] | buf[at - off + 1] << 8) +
				sim_strikes(fn, DEFECT_ANSWER_OTHER));
}

void sim_managed(struct sim *s, const struct nvme_virt_mgmt *cmd, int status)
{
	struct witness_event managed = witness_event(WITNESS_MANAGED);
	bool vectors = cmd->action == VIRT_ASSIGN && cmd->resource == VIRT_VI;

	managed.action = cmd->action;
	managed.resource = cmd->resource != VIRT_VQ;
	managed.cntlid = cmd->cntlid;
	managed.nr = cmd->nr - (vectors && cmd->nr && sim_has(s, DEFECT_TOLD_FEWER));
	managed.status = (unsigned)status;
	if (status && sim_has(s, DEFECT_TOLD_SUCCESS))
		managed.status = NVME_OK;
	add(s, &managed);
}

/* --- operations --- */

int sim_witness(struct target *t, struct witness_scope *scope)
{
	const struct sim *s = sim_of(t);

	*scope = (struct witness_scope){
		.by = "sim",
		.sees = 1u << WITNESS_REQUEST | 1u << WITNESS_FAULT | 1u << WITNESS_CONTROL,
		.sees_dma = true,
		.remapping = s->opt.iommu && s->opt.remap,
		.translation =
			s->opt.iommu && s->opt.translation && !sim_has(s, DEFECT_UNTRANSLATED),
	};
	if (s->opt.class == SIM_CLASS_NVME)
		scope->sees |= 1u << WITNESS_MANAGED;
	return 0;
}

static void tell_answer(struct sim_fn *fn, target_witness_fn *tell, void *ctx)
{
	struct witness_event control = witness_event(WITNESS_CONTROL);

	if (!fn || !fn->answered)
		return;
	control.source = fn->bdf;
	control.control = fn->answer;
	fn->answered = false;
	tell(ctx, &control);
}

void sim_account(struct target *t, const struct bdf *looked, target_witness_fn *tell, void *ctx)
{
	struct sim *s = sim_of(t);

	for (size_t i = 0; i < s->naccount; i++)
		tell(ctx, &s->account[i]);
	s->naccount = 0;
	if (looked)
		tell_answer(sim_fn(s, *looked), tell, ctx);
}
