/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two writers at once, as the kernel serves them: he who begins first has the lock, and the other
 * waits for it. Each takes a millisecond, so that those who begin further apart do not meet.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

#define DEED_US 1000

#define BIND_FILE "subsystem/drivers/%31[^/]/bind"

enum deed { COUNT, BIND, UNBIND, RESET, NUMVFS, OTHER };

static enum deed deed_of(const struct race_side *side)
{
	char driver[32];

	if (side->table)
		return OTHER;
	if (!side->attr || !strcmp(side->attr, "sriov_vf_msix_count"))
		return COUNT;
	if (!strcmp(side->attr, "driver/unbind"))
		return UNBIND;
	if (!strcmp(side->attr, "reset"))
		return RESET;
	if (!strcmp(side->attr, "sriov_numvfs"))
		return NUMVFS;
	return sscanf(side->attr, BIND_FILE, driver) == 1 ? BIND : OTHER;
}

static void scribble(struct target *t, struct race_side *side)
{
	struct sim_fn *fn = sim_fn_present(sim_of(t), side->fn);
	uint8_t bytes[MSIX_ENTRY_SIZE];

	msix_entry_encode(&side->forged, bytes);
	for (unsigned off = 0; fn && off < MSIX_ENTRY_SIZE; off += 4) {
		uint32_t value;

		memcpy(&value, bytes + off, sizeof(value));
		sim_mmio_write(fn, side->bar, side->off + off, 4, value);
	}
	side->writes++;
	if (fn)
		fn->scribbled = true;
}

static int do_side(struct target *t, struct race_side *side)
{
	char driver[32];
	ssize_t ret;
	uint64_t us;
	int got;

	if (side->table) {
		scribble(t, side);
		return 0;
	}
	if (!side->attr)
		return sim_resize(t, side->fn, side->want, &got, &us);
	if (!strcmp(side->attr, "driver/unbind"))
		return sim_unbind(t, side->fn);
	if (sscanf(side->attr, BIND_FILE, driver) == 1)
		return sim_bind(t, side->fn, driver);
	ret = sim_attr_write(t, side->fn, side->attr, side->value);
	return ret < 0 ? (int)ret : 0;
}

/* --- defects of those who meet --- */

static bool hangs(const struct sim *s, enum deed other, bool of_pf)
{
	if (other == NUMVFS || (other == UNBIND && of_pf))
		return sim_has(s, DEFECT_RACE_HANGS);
	return other == BIND && sim_has(s, DEFECT_RACE_BIND_HANGS);
}

/* One more or one less than was written. */
static void tear(struct sim_fn *vf)
{
	unsigned size =
		(sim_cfg_get16(vf, SIM_POS_MSIX + PCI_MSIX_FLAGS) & PCI_MSIX_FLAGS_QSIZE) + 1u;

	sim_msix_set_size(vf, size > 2 ? size - 2 : size + 2);
}

static void spoil(struct sim *s, struct race_side *count, const struct race_side *with)
{
	struct sim_fn *vf = sim_fn_present(s, count->fn);
	enum deed other = deed_of(with);
	char name[BDF_LEN];

	if (!vf)
		return;
	if (other == RESET && sim_has(s, DEFECT_RACE_TORN))
		tear(vf);
	if (other == BIND && !with->res && sim_has(s, DEFECT_RACE_HALF_BOUND))
		sim_unbind_from(vf);
	if (other == UNBIND && sim_has(s, DEFECT_RACE_SPLAT))
		sim_log(s, "WARNING: CPU: 1 PID: 211 at drivers/pci/msi/msi.c:388 %s",
			bdf_format(count->fn, name));
}

/* --- */

static void end_side(struct target *t, struct race_side *side, int64_t begin_us, int64_t end_us)
{
	side->begin_us = begin_us;
	side->res = do_side(t, side);
	side->end_us = end_us;
	/* The file was gone before anybody could write it. */
	if (side->res == -ENOENT || side->res == -ENODEV)
		side->res = -ENODEV;
}

static int hang_both(struct target_race *race)
{
	for (size_t i = 0; i < 2; i++) {
		race->side[i].res = -ETIMEDOUT;
		race->side[i].end_us = -1;
	}
	return -ETIMEDOUT;
}

int sim_race(struct target *t, struct target_race *race)
{
	struct sim *s = sim_of(t);
	bool swapped = race->offset_us < 0;
	int64_t apart = llabs(race->offset_us);
	struct race_side *first = &race->side[swapped], *second = &race->side[!swapped];
	struct race_side *count = deed_of(first) == COUNT ? first : second;
	struct race_side *with = count == first ? second : first;
	bool meet = apart < DEED_US;

	first->begin_us = 0;
	second->begin_us = apart;
	if (meet && deed_of(count) == COUNT &&
	    hangs(s, deed_of(with), bdf_equal(with->fn, s->pf->bdf)))
		return hang_both(race);
	end_side(t, first, 0, DEED_US);
	s->racing = meet && deed_of(first) == COUNT && deed_of(second) == COUNT;
	if (meet && count == second && deed_of(with) != NUMVFS && sim_has(s, DEFECT_RACE_ERRNO)) {
		second->res = -EAGAIN;
		second->end_us = apart + 1;
	} else {
		end_side(t, second, apart, DEED_US + (meet ? DEED_US : apart));
	}
	s->racing = false;
	/* Who writes entries ends after the other. */
	for (size_t i = 0; i < 2; i++)
		if (race->side[i].table)
			scribble(t, &race->side[i]);
	if (meet && deed_of(count) == COUNT)
		spoil(s, count, with);
	return 0;
}
