/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of the table as the kernel programs it for a driver. */
#include <stdio.h>
#include <string.h>

#include "size.h"

struct programmed {
	size_t files;     /* vectors that the driver has, as last seen; 0 unknown */
	bool foreign;     /* somebody else than the kernel had the table since it was enabled */
	unsigned enabled; /* through VFIO */
	uint64_t wanted[MSIX_MAX_SIZE / 64]; /* vectors that somebody asked for: they have a row */
};

static void see_vectors(struct programmed *programmed, const struct event *event,
			const struct world_fn *fn)
{
	const json_t *irqs = json_object_get(event->body, "msi_irqs");
	const json_t *rows = json_object_get(event->body, "rows");

	programmed->files = is_bound(fn) ? files_of(event) : 0;
	memset(programmed->wanted, 0, sizeof(programmed->wanted));
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		json_int_t irq = json_integer_value(json_object_get(row, "irq"));
		const char *name = json_string_value(json_object_get(row, "name"));

		for (size_t k = 0; k < json_array_size(irqs) && k < MSIX_MAX_SIZE; k++)
			if (name && *name && json_integer_value(json_array_get(irqs, k)) == irq)
				programmed->wanted[k / 64] |= 1ull << k % 64;
	}
}

#define ON_TABLE_OWNERS                                                                           \
	(ON_ACT(ACT_BIND) | ON_ACT(ACT_UNBIND) | ON_ACT(ACT_VFIO_OPEN) | ON_ACT(ACT_VFIO_CLOSE) | \
	 ON_ACT(ACT_VFIO_IRQS) | ON_ACT(ACT_RESET) | ON_ACT(ACT_RESIZE) |                         \
	 ON_ACT(ACT_TABLE_WRITE) | ON_ACT(ACT_TABLE_MASK) | ON_ACT(ACT_FUNCTION_MASK) |           \
	 ON_ACT(ACT_CFG_WRITE) | ON_ACT(ACT_SHOT) | ON_ACT(ACT_VFIO_REGION_WRITE) |               \
	 ON_ACT(ACT_ALLOC) | ON_ACT(ACT_ALLOC_AT) | ON_ACT(ACT_FREE) | ON_ACT(ACT_REQUEST) |      \
	 ON_ACT(ACT_RELEASE))

/* Enabling MSI-X masks every entry (msix_capability_init()): with that the table is the kernel's.
 */
static void programmed_done(struct programmed *programmed, const struct event *event,
			    const struct world_fn *fn)
{
	bool was_enabled = programmed->enabled;

	if (event->act == ACT_TABLE_WRITE || event->act == ACT_TABLE_MASK ||
	    event->act == ACT_SHOT || event->act == ACT_VFIO_REGION_WRITE ||
	    event->act == ACT_FUNCTION_MASK || event->act == ACT_CFG_WRITE) {
		programmed->foreign = true;
		return;
	}
	programmed->enabled = fn->vfio_enabled;
	programmed->files = 0;
	if (event_res(event))
		return;
	if (event->act == ACT_BIND || event->act == ACT_ALLOC ||
	    (event->act == ACT_VFIO_IRQS && !was_enabled))
		programmed->foreign = false;
	/* ... and after one that was added, files do not tell which entry is whose. */
	else if (event->act == ACT_RESET || event->act == ACT_RESIZE || event->act == ACT_ALLOC_AT)
		programmed->foreign = true;
}

/* True where @event shows a table that the kernel programmed for a known number of vectors. */
static bool shows_programmed(struct programmed *programmed, const struct event *event,
			     const struct world_fn *fn)
{
	if (event->kind == EV_DONE)
		programmed_done(programmed, event, fn);
	else if (event->obs == OBS_IRQS)
		see_vectors(programmed, event, fn);
	return shows_table(fn, event) && is_bound(fn) && programmed->files &&
	       !programmed->foreign && programmed->files <= fn->table_size;
}

static void judge_programmed(struct judging *jg, const struct world *w, const struct event *event,
			     struct world_fn *fn)
{
	struct programmed *programmed = scratch(jg, fn, sizeof(*programmed));
	const json_t *machine = json_object_get(w->header, "machine");
	const char *arch = json_string_value(json_object_get(machine, "arch"));
	bool x86 = arch && !strcmp(arch, "x86_64");
	struct msix_entry entry;
	unsigned k;

	if (!shows_programmed(programmed, event, fn))
		return;
	for (k = 0; k < programmed->files && table_entry(&fn->table, k, &entry); k++) {
		bool wanted = programmed->wanted[k / 64] >> k % 64 & 1;
		bool message = x86 ? msi_addr_is_x86(entry.msg.addr) : entry.msg.addr != 0;
		bool masked = entry.ctrl & MSIX_ENTRY_MASKED;

		if (wanted ? !masked && message : masked || message)
			continue;
		broke(jg, fn,
		      wanted ? "a message, unmasked, for every vector in use"
			     : "no unmasked entry without a message",
		      "entry %u of %zu: address %llXh, Vector Control %Xh", k, programmed->files,
		      (unsigned long long)entry.msg.addr, entry.ctrl);
		return;
	}
	held(jg, fn);
}

static void judge_unused(struct judging *jg, const struct world *w, const struct event *event,
			 struct world_fn *fn)
{
	struct programmed *programmed = scratch(jg, fn, sizeof(*programmed));
	struct msix_entry entry;
	char expected[WORDS];
	unsigned k;

	(void)w;
	if (!shows_programmed(programmed, event, fn))
		return;
	if (programmed->files >= fn->table_size) {
		inapplicable(jg, fn, "the driver took every vector");
		return;
	}
	snprintf(expected, sizeof(expected), "entries %zu to %u masked", programmed->files,
		 fn->table_size - 1);
	for (k = (unsigned)programmed->files; k < fn->table_size; k++)
		if (!table_entry(&fn->table, k, &entry) || !(entry.ctrl & MSIX_ENTRY_MASKED))
			break;
	if (k < fn->table_size && (k + 1ul) * MSIX_ENTRY_SIZE > fn->table.len)
		return;
	verdict(jg, fn, k == fn->table_size, expected, "entry %u is not", k);
}

const struct rule program_rules[] = {
	{
		.info = {"DRV-TABLE-PROG", SEV_SHOULD,
			 "The entries of vectors that a driver uses are unmasked and hold a "
			 "message.",
			 "Linux drivers/pci/msi/msi.c:__pci_write_msi_msg",
			 "a look at msi_irqs, then at the table, with a driver"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_TAKER,
		.on_done = ON_TABLE_OWNERS,
		.on_obs = ON_OBS(OBS_IRQS) | ON_OBS(OBS_TABLE),
		.judge = judge_programmed,
	},
	{
		.info = {"DRV-UNUSED-MASK", SEV_MUST,
			 "Entries that no vector was allocated for are masked.",
			 "Linux drivers/pci/msi/msi.c:msix_capability_init (msix_mask_all)",
			 "a driver with fewer vectors than Table Size, a look at msi_irqs, then at "
			 "the table"},
		.needs = NEED_VF | NEED_MSIX | NEED_LINUX | NEED_TAKER,
		.on_done = ON_TABLE_OWNERS,
		.on_obs = ON_OBS(OBS_IRQS) | ON_OBS(OBS_TABLE),
		.judge = judge_unused,
	},
};

const size_t program_rules_count = sizeof(program_rules) / sizeof(program_rules[0]);
