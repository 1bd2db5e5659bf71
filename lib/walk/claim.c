/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Claiming functions and putting them back. Before the first act on a function the record holds
 * what it was like; a function that somebody else uses is never touched.
 */
#include <err.h>
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static json_t *text_or_null(const char *text)
{
	return text[0] ? json_string(text) : json_null();
}

static int claim_tell(struct walk *w, const struct walk_fn *f)
{
	const struct target_state *s = &f->was;
	json_t *keys = json_pack("{s:s,s:o,s:o}", "fn", f->name, "driver", text_or_null(s->driver),
				 "override", text_or_null(s->override));

	if (f->vf < 0) {
		json_object_set_new(keys, "numvfs", json_integer(s->numvfs));
		json_object_set_new(keys, "autoprobe", json_boolean(s->autoprobe));
		if (s->flexible >= 0)
			json_object_set_new(keys, "flexible", json_integer(s->flexible));
	} else if (w->caps.backend != BACKEND_NONE && s->size >= 0) {
		json_object_set_new(keys, "size", json_integer(s->size));
	}
	if (f->vf >= 0 && w->caps.backend == BACKEND_NVME && s->queues >= 0) {
		json_object_set_new(keys, "queues", json_integer(s->queues));
		json_object_set_new(keys, "online", json_boolean(s->online));
	}
	return tell(w, "claim", keys);
}

/* A function without a driver is nobody's; the PF was asked about when the walk was opened. */
static int check_free(struct walk *w, struct walk_fn *f)
{
	char why[256] = "";

	if (!f->base.driver[0] || (f->vf < 0 && w->pf_is_free))
		return 0;
	if (OP(w, in_use, f->bdf, why, sizeof(why)) != -EBUSY)
		return 0;
	f->busy = true;
	warnx("%s: left alone: %s", f->name, why);
	return -EBUSY;
}

/* Has another process of this suite told of it? A child's memory dies with it. */
static bool claim_is_told(struct walk *w, const struct walk_fn *f)
{
	bool *told = w->claims_told ? &w->claims_told[f - w->fn] : NULL;
	bool was = told && *told;

	if (told)
		*told = true;
	return was;
}

int claim(struct walk *w, struct walk_fn *f)
{
	int res;

	if (f->noted)
		return 0;
	if (OP(w, state, f->bdf, &f->base))
		return 0; /* gone: nothing to put back, and the act will find out itself */
	res = check_free(w, f);
	if (res)
		return res;
	f->noted = true;
	if (!f->claimed)
		f->was = f->base;
	f->claimed = true;
	return claim_is_told(w, f) ? 0 : claim_tell(w, f);
}

int claim_all(struct walk *w)
{
	int res = 0;

	for (size_t i = 0; !res && i < w->nfn; i++)
		res = claim(w, &w->fn[i]);
	return res;
}

/* --- putting back --- */

static void first_error(int *first, int res)
{
	if (!*first && res < 0)
		*first = res;
}

static int stop_using(struct walk *w, struct walk_fn *f)
{
	int first = 0;

	if (f->load)
		first_error(&first, walk_load_stop(w, f->bdf));
	if (f->engine)
		first_error(&first, walk_engine_stop(w, f->bdf));
	if (f->guest)
		first_error(&first, walk_guest_stop(w, f->bdf));
	if (f->vfio_open)
		first_error(&first, walk_vfio_close(w, f->bdf));
	return first;
}

/* Message Control as an unbound function has it: MSI-X Enable and Function Mask clear. */
static int flags_put_back(struct walk *w, struct walk_fn *f)
{
	uint8_t bytes[MSIX_CAP_LEN];
	int res = fn_msix(w, f, bytes);

	if (res || !(f->msix.flags & (PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL)))
		return 0;
	return walk_cfg_write(w, f->bdf, f->msix.pos + PCI_MSIX_FLAGS, 2,
			      f->msix.flags & ~(PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL));
}

static int driver_put_back(struct walk *w, struct walk_fn *f, const struct target_state *state,
			   const char *driver)
{
	char override[TARGET_NAME_LEN] = "";
	struct target_state now;
	int res = 0;

	if (state->driver[0] && strcmp(driver, state->driver))
		res = walk_bind(w, f->bdf, state->driver);
	if (!OP(w, state, f->bdf, &now))
		strcpy(override, now.override);
	if (strcmp(override, state->override))
		OP(w, set_override, f->bdf, state->override);
	return res;
}

/* Ways to be reset that were all disabled: the order of the kernel's own. */
static int methods_put_back(struct walk *w, struct walk_fn *f)
{
	char text[64] = "";
	ssize_t len = OP(w, attr_read, f->bdf, "reset_method", text, sizeof(text));

	if (len < 0 || strcspn(text, "\n"))
		return 0;
	len = walk_attr_write(w, f->bdf, "reset_method", "default");
	return len < 0 ? (int)len : 0;
}

bool has_more(struct walk *w, const struct walk_fn *f, const struct target_state *state)
{
	struct target_state now;

	return f->vf >= 0 && f->resized && state->size >= 0 && !OP(w, state, f->bdf, &now) &&
	       now.size > state->size;
}

int put_back(struct walk *w, struct walk_fn *f, const struct target_state *state)
{
	char driver[TARGET_NAME_LEN] = "";
	int first = stop_using(w, f);

	if (OP(w, driver, f->bdf, driver))
		return first; /* gone, and what was done to it with it */
	if (f->methods_written)
		first_error(&first, methods_put_back(w, f));
	if (f->vf >= 0 && driver[0] && strcmp(driver, state->driver)) {
		first_error(&first, walk_unbind(w, f->bdf));
		driver[0] = '\0';
	}
	if (f->vf >= 0 && f->resized)
		first_error(&first, size_put_back(w, f, state));
	if (!driver[0] && f->table_written)
		first_error(&first, table_mask_all(w, f));
	if (!driver[0] && f->flags_written)
		first_error(&first, flags_put_back(w, f));
	if (f->vf >= 0)
		first_error(&first, driver_put_back(w, f, state, driver));
	f->resized = f->table_written = f->flags_written = f->methods_written = false;
	return first;
}

static int pf_driver_put_back(struct walk *w, const struct target_state *state)
{
	struct walk_fn *pf = fn_pf(w);
	char now[TARGET_NAME_LEN] = "";
	int res = 0;

	if (OP(w, driver, pf->bdf, now))
		return 0;
	if (now[0] && strcmp(now, state->driver)) {
		res = walk_unbind(w, pf->bdf);
		now[0] = '\0';
	}
	return res ? res : driver_put_back(w, pf, state, now);
}

/*
 * Flexible resources of the PF's own controller change at its next reset (NVMe 2.1, 5.2.6). While
 * VFs are enabled a reset of the PF would take them along behind the kernel's back: they are away
 * then, and come back with NumVFs.
 */
static int flexible_put_back(struct walk *w, const struct target_state *state)
{
	struct nvme_primary primary;
	struct nvme_virt_mgmt cmd = {.action = VIRT_PRIMARY, .resource = VIRT_VI};
	int res = 0;

	if (state->flexible < 0 || OP(w, nvme_primary, &primary) ||
	    (!w->pf_allocated && primary.virfap == state->flexible))
		return 0;
	if (OP(w, numvfs) > 0)
		res = walk_numvfs(w, 0);
	cmd.cntlid = primary.cntlid;
	cmd.nr = (uint16_t)state->flexible;
	if (!res)
		res = walk_virt_mgmt(w, &cmd);
	if (!res)
		res = walk_reset(w, walk_pf(w), RESET_SYSFS);
	w->pf_allocated = false;
	return res > 0 ? -EIO : res;
}

/*
 * What takes the PF itself to answer comes first: nobody of us has it, its config space is its own,
 * then its driver.
 */
int put_back_pf(struct walk *w, const struct target_state *state)
{
	struct walk_fn *pf = fn_pf(w);
	int numvfs, autoprobe, first = stop_using(w, pf);

	first_error(&first, walk_cfg_restore(w));
	first_error(&first, pf_driver_put_back(w, state));
	first_error(&first, flexible_put_back(w, state));
	numvfs = OP(w, numvfs);
	if (numvfs >= 0 && (unsigned)numvfs != state->numvfs) {
		/* VFs that come back must come back without a driver: theirs are bound one by one.
		 */
		if (state->numvfs && OP(w, autoprobe) > 0)
			first_error(&first, walk_autoprobe(w, false));
		if (numvfs && state->numvfs)
			first_error(&first, walk_numvfs(w, 0));
		first_error(&first, walk_numvfs(w, state->numvfs));
	}
	autoprobe = OP(w, autoprobe);
	if (autoprobe >= 0 && (autoprobe > 0) != state->autoprobe)
		first_error(&first, walk_autoprobe(w, state->autoprobe));
	pf->autoprobe_set = false;
	return first;
}
