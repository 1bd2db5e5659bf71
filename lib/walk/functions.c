/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which functions there are, what they look like, and how the record is told of them. */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <vfwalk/version.h>

#include "internal.h"

#define REQUESTER_IDS 65536

/* More than any VF has: a list that is longer has a loop. */
#define VF_EXT_CAPS 48

struct walk_fn *fn_find(const struct walk *w, struct bdf fn)
{
	size_t i = w->at ? w->at[bdf_requester_id(fn)] : 0;

	return i < w->nfn && bdf_equal(w->fn[i].bdf, fn) ? &w->fn[i] : NULL;
}

struct walk_fn *fn_pf(struct walk *w)
{
	return &w->fn[0];
}

static const char *fn_engine(struct walk *w, const struct walk_fn *f)
{
	const char *engine = NULL;

	if (w->target.ops->engine)
		engine = w->target.ops->engine(&w->target, f->bdf);
	return engine ? engine : "none";
}

/* Config space that says something: 256 bytes, and the SR-IOV capability of a PF. */
static size_t cfg_extent(const struct cfg *cfg)
{
	struct sriov sriov;

	if (cfg_sriov(cfg, &sriov))
		return cfg->len < CFG_SPACE_SIZE ? cfg->len : CFG_SPACE_SIZE;
	return sriov.pos + PCI_EXT_CAP_SRIOV_SIZEOF;
}

/*
 * What the record keeps of a VF's: the whole 4 KiB of each would take seconds where there are many,
 * so only a TPH Requester capability makes it more than 256 bytes, and finding it takes a few
 * reads.
 */
static size_t vf_extent(struct walk *w, struct bdf vf)
{
	unsigned pos = CFG_SPACE_SIZE;

	for (int i = 0; i < VF_EXT_CAPS && pos >= CFG_SPACE_SIZE; i++) {
		uint32_t header = walk_cfg_read(w, vf, pos, 4);

		if (!header || header == UINT32_MAX)
			break;
		if (PCI_EXT_CAP_ID(header) == PCI_EXT_CAP_ID_TPH)
			return pos + PCI_TPH_BASE_SIZEOF;
		pos = PCI_EXT_CAP_NEXT(header);
	}
	return CFG_SPACE_SIZE;
}

int fn_cfg(struct walk *w, const struct walk_fn *f, struct cfg *cfg)
{
	ssize_t len = OP(w, cfg_read, f->bdf, 0, cfg->byte, f->cfg_len);

	cfg->len = len < 0 ? 0 : (size_t)len;
	return len < 0 ? (int)len : 0;
}

int pf_note(struct walk *w)
{
	struct cfg *cfg = &w->pf_before;
	ssize_t len = OP(w, cfg_read, fn_pf(w)->bdf, 0, cfg->byte, CFG_SPACE_EXP_SIZE);

	cfg->len = len < 0 ? 0 : (size_t)len;
	return len < 0 ? (int)len : 0;
}

int fn_msix(struct walk *w, struct walk_fn *f, uint8_t bytes[static MSIX_CAP_LEN])
{
	static const uint8_t gone[4] = {0xff, 0xff, 0xff, 0xff};
	ssize_t len;

	if (!f->has_msix)
		return -ENOENT;
	memset(bytes, 0xff, MSIX_CAP_LEN);
	len = OP(w, cfg_read, f->bdf, f->msix.pos, bytes, MSIX_CAP_LEN);
	f->present = len == MSIX_CAP_LEN && memcmp(bytes, gone, sizeof(gone));
	if (!f->present) {
		memset(bytes, 0xff, MSIX_CAP_LEN);
		return -ENODEV;
	}
	msix_decode(bytes, f->msix.pos, &f->msix);
	return 0;
}

int fn_read(struct walk *w, struct walk_fn *f)
{
	struct cfg cfg;
	int res;

	f->cfg_len = f->vf < 0 ? sizeof(cfg.byte) : vf_extent(w, f->bdf);
	res = fn_cfg(w, f, &cfg);
	f->present = !res && cfg.len && !cfg_gone(&cfg);
	if (!f->present)
		return res ? res : -ENODEV;
	if (f->vf < 0)
		f->cfg_len = cfg_extent(&cfg);
	f->has_msix = !cfg_msix(&cfg, &f->msix);
	f->has_flr = cfg_has_flr(&cfg);
	f->has_engine = strcmp(fn_engine(w, f), "none");
	return OP(w, bars, f->bdf, f->bar);
}

static int fns_room(struct walk *w, size_t count)
{
	struct walk_fn *fn = realloc(w->fn, count * sizeof(*fn));
	unsigned *order = realloc(w->order, count * sizeof(*order));

	if (fn)
		w->fn = fn;
	if (order)
		w->order = order;
	if (!w->at)
		w->at = calloc(REQUESTER_IDS, sizeof(*w->at));
	if (!fn || !order || !w->at)
		return -ENOMEM;
	memset(fn + w->capacity, 0, (count - w->capacity) * sizeof(*fn));
	w->capacity = count;
	return 0;
}

static int fn_add(struct walk *w, struct bdf bdf, int vf)
{
	struct walk_fn *f = &w->fn[w->nfn];

	*f = (struct walk_fn){.bdf = bdf, .vf = vf};
	bdf_format(bdf, f->name);
	w->at[bdf_requester_id(bdf)] = (uint16_t)w->nfn;
	w->nfn++;
	/* A VF that does not answer stays in the list: that is for a look to find out. */
	fn_read(w, f);
	return 0;
}

int fns_find(struct walk *w)
{
	int numvfs = OP(w, numvfs), res = 0;
	struct bdf vf;

	if (numvfs < 0)
		return numvfs;
	if ((size_t)numvfs + 1 > w->capacity)
		res = fns_room(w, (size_t)numvfs + 1);
	if (!res && !w->nfn)
		res = fn_add(w, w->target.ops->pf(&w->target), -1);
	for (unsigned i = 0; !res && i < (unsigned)numvfs; i++) {
		res = OP(w, vf, i, &vf);
		if (!res && !fn_find(w, vf))
			res = fn_add(w, vf, (int)i);
	}
	return res;
}

/* --- telling --- */

static json_t *bars_json(const struct walk_fn *f)
{
	json_t *bars = json_array();

	for (unsigned i = 0; i < PCI_BARS; i++)
		json_array_append_new(bars,
				      json_pack("{s:s,s:I}", "type", bar_type_name(f->bar[i].type),
						"size", (json_int_t)f->bar[i].size));
	return bars;
}

/* A VF's own Vendor and Device ID read all ones: its PF has them (PCIe 6.0, 9.3.3.11). */
static void fn_ids(const struct cfg *pf, const struct walk_fn *f, char vendor[8], char device[8])
{
	struct sriov sriov = {0};

	snprintf(vendor, 8, "%04x", cfg_u16(pf, PCI_VENDOR_ID));
	if (f->vf >= 0 && !cfg_sriov(pf, &sriov))
		snprintf(device, 8, "%04x", sriov.vf_device);
	else
		snprintf(device, 8, "%04x", cfg_u16(pf, PCI_DEVICE_ID));
}

static int fn_tell(struct walk *w, const struct cfg *pf, struct walk_fn *f)
{
	char vendor[8], device[8], class[8], driver[TARGET_NAME_LEN] = "", domain[32];
	struct cfg cfg;
	int group;

	fn_cfg(w, f, &cfg);
	fn_ids(pf, f, vendor, device);
	snprintf(class, sizeof(class), "%06x", cfg_u32(&cfg, PCI_CLASS_REVISION) >> 8);
	OP(w, driver, f->bdf, driver);
	group = OP(w, iommu_group, f->bdf, domain, sizeof(domain));
	f->told = true;
	return tell(w, "function",
		    json_pack("{s:s,s:s,s:i,s:s,s:s,s:s,s:s?,s:i,s:s,s:o,s:o}", "fn", f->name, "pf",
			      fn_pf(w)->name, "vf", f->vf, "vendor", vendor, "device", device,
			      "class", class, "driver", driver[0] ? driver : NULL, "group",
			      group < 0 ? -1 : group, "engine", fn_engine(w, f), "bytes",
			      json_hex(cfg.byte, cfg.len), "bars", bars_json(f)));
}

int fns_tell(struct walk *w)
{
	struct cfg pf;
	int res = fn_cfg(w, fn_pf(w), &pf);

	for (size_t i = 0; !res && i < w->nfn; i++)
		if (!w->fn[i].told)
			res = fn_tell(w, &pf, &w->fn[i]);
	return res;
}

static json_t *machine_json(const struct target_machine *m)
{
	return json_pack("{s:s,s:s,s:i,s:i,s:i,s:s?,s:s,s:s}", "kernel", m->kernel, "arch", m->arch,
			 "cpus", (int)m->cpus, "possible_cpus", (int)m->possible_cpus, "page_size",
			 (int)m->page_size, "qemu", m->qemu[0] ? m->qemu : NULL, "accel", m->accel,
			 "cmdline", m->cmdline);
}

static json_t *command_json(char **command)
{
	json_t *words = json_array();

	for (; command && *command; command++)
		json_array_append_new(words, json_string(*command));
	return words;
}

static int scope_tell(struct walk *w)
{
	struct witness_scope scope;

	if (OP(w, witness, &scope))
		return 0;
	return tell(w, "witness", witness_scope_json(&scope));
}

int header_tell(struct walk *w)
{
	const struct walk_options *o = &w->options;
	time_t now = time(NULL);
	char text[sizeof("2025-01-01T00:00:00Z")];
	struct tm tm;

	strftime(text, sizeof(text), "%FT%TZ", gmtime_r(&now, &tm));
	if (tell(w, "header",
		 json_pack("{s:s,s:i,s:s,s:s,s:o,s:s,s:s?,s:s,s:I,s:s?,s:b,s:o,s:{s:s,s:b,s:b}}",
			   "format", EVIDENCE_FORMAT, "version", EVIDENCE_VERSION, "vfwalk",
			   VFWALK_VERSION, "time", text, "command", command_json(o->command),
			   "target", o->target, "lab", o->lab, "profile", profile_name(o->profile),
			   "seed", (json_int_t)o->seed, "sim", o->on.sim, "claim", w->may_act,
			   "machine", machine_json(&w->machine), "iommu", "kind", w->machine.iommu,
			   "remapping", w->machine.remapping, "translation",
			   w->machine.translation)))
		return w->lost;
	return scope_tell(w);
}
