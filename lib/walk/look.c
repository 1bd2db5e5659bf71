/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Observations: one line each, of what a function, the kernel or the device shows now. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static json_t *bytes_json(const void *bytes, size_t len, int res)
{
	json_t *keys = json_pack("{s:o}", "bytes", json_hex(bytes, len));

	if (keys && res)
		json_object_set_new(keys, "res", json_string(res_name(res)));
	return keys;
}

int walk_look_config(struct walk *w, struct bdf fn)
{
	struct walk_fn *f = fn_find(w, fn);
	struct cfg cfg;
	int res;

	if (!f)
		return -ENODEV;
	memset(cfg.byte, 0xff, sizeof(cfg.byte));
	res = fn_cfg(w, f, &cfg);
	f->present = !res && !cfg_gone(&cfg);
	if (f->present)
		f->has_msix = !cfg_msix(&cfg, &f->msix);
	/* Whoever does not answer reads all ones. */
	return see(w, OBS_CONFIG, f, bytes_json(cfg.byte, res ? f->cfg_len : cfg.len, res));
}

static int look_msix(struct walk *w, struct walk_fn *f, bool always)
{
	uint8_t bytes[MSIX_CAP_LEN];
	struct msix before = f->msix;
	bool present = f->present;
	int res = fn_msix(w, f, bytes);
	json_t *keys;

	if (res == -ENOENT)
		return 0; /* the config space has told that there is none */
	if (!always && present == f->present && before.flags == f->msix.flags &&
	    before.table_off == f->msix.table_off && before.pba_off == f->msix.pba_off)
		return 0;
	keys = bytes_json(bytes, sizeof(bytes), res);
	json_object_set_new(keys, "pos", json_integer(f->msix.pos));
	return see(w, OBS_MSIX, f, keys);
}

int walk_look_msix(struct walk *w, struct bdf fn)
{
	struct walk_fn *f = fn_find(w, fn);

	return f ? look_msix(w, f, true) : -ENODEV;
}

/* Those that are acted on and a sibling are always told, of the others whoever moved. */
static bool look_matters(const struct walk *w, const struct walk_fn *f)
{
	if (w->options.profile >= PROFILE_CERT)
		return true;
	for (unsigned i = 0; i < w->acting + 1 && i + 1 < w->nfn; i++)
		if (&w->fn[w->order[i]] == f)
			return true;
	return false;
}

int look_all(struct walk *w, const struct walk_fn *of)
{
	int res = 0;

	for (size_t i = 0; !res && i < w->nfn; i++)
		res = look_msix(w, &w->fn[i], &w->fn[i] == of || look_matters(w, &w->fn[i]));
	return res;
}

int walk_look_all(struct walk *w)
{
	return look_all(w, fn_pf(w));
}

int walk_look_table(struct walk *w, struct bdf fn)
{
	uint8_t cap[MSIX_CAP_LEN], *bytes;
	struct walk_fn *f = fn_find(w, fn);
	int res = f ? fn_msix(w, f, cap) : -ENODEV;
	size_t span;

	if (res)
		return res;
	span = table_span(f);
	bytes = malloc(span + 1);
	if (!bytes)
		return -ENOMEM;
	res = span ? table_read(w, f, bytes, span) : -ENXIO;
	if (!res)
		res = see(w, OBS_TABLE, f,
			  json_pack("{s:i,s:o}", "size", (int)f->msix.size, "bytes",
				    json_hex(bytes, span)));
	free(bytes);
	return res;
}

static int pba_read(struct walk *w, const struct walk_fn *f, uint8_t *bytes, size_t len)
{
	const struct msix *m = &f->msix;
	int res = 0;

	if (m->pba_bir >= PCI_BARS || m->pba_off + len > f->bar[m->pba_bir].size)
		return -ENXIO;
	for (size_t off = 0; !res && off < len; off += 4) {
		uint64_t value = 0;

		res = OP(w, mmio_read, f->bdf, m->pba_bir, m->pba_off + off, 4, &value);
		for (unsigned i = 0; i < 4; i++)
			bytes[off + i] = (uint8_t)(value >> 8 * i);
	}
	return res;
}

/* As long as an event may take to become pending: reasonable time, says PCIe 6.0, 6.1.4.5. */
#define PENDING_US 200000

int walk_look_pba(struct walk *w, struct bdf fn, int until)
{
	uint8_t cap[MSIX_CAP_LEN], bytes[MSIX_MAX_SIZE / 8];
	struct walk_fn *f = fn_find(w, fn);
	int res = f ? fn_msix(w, f, cap) : -ENODEV;
	size_t len;
	struct wait wait;

	if (res)
		return res;
	len = msix_pba_bytes(f->msix.size);
	wait_begin(&wait, PENDING_US);
	do {
		res = pba_read(w, f, bytes, len);
	} while (!res && until >= 0 && (size_t)until < len * 8 &&
		 !(bytes[until / 8] >> until % 8 & 1) && wait_more(&wait));
	return res ? res
		   : see(w, OBS_PBA, f,
			 json_pack("{s:i,s:o,s:I}", "size", (int)f->msix.size, "bytes",
				   json_hex(bytes, len), "waited_us", (json_int_t)wait_us(&wait)));
}

int walk_look_driver(struct walk *w, struct bdf fn)
{
	struct walk_fn *f = fn_find(w, fn);
	char driver[TARGET_NAME_LEN] = "";
	int res = f ? OP(w, driver, fn, driver) : -ENODEV;
	int queues;
	json_t *keys;

	if (res)
		return res;
	keys = json_pack("{s:s?}", "driver", driver[0] ? driver : NULL);
	queues = driver[0] ? OP(w, queues, fn) : -EOPNOTSUPP;
	if (queues > 0)
		json_object_set_new(keys, "queues", json_integer(queues));
	return see(w, OBS_DRIVER, f, keys);
}

int walk_look_attr(struct walk *w, struct bdf fn, const char *attr)
{
	struct walk_fn *f = fn_find(w, fn);
	char mode[8] = "", value[256] = "";
	int bits = OP(w, attr_mode, fn, attr);
	ssize_t len = OP(w, attr_read, fn, attr, value, sizeof(value));

	if (!f)
		return -ENODEV;
	if (bits >= 0)
		snprintf(mode, sizeof(mode), "%04o", bits & 07777);
	value[len < 0 ? 0 : strcspn(value, "\n")] = '\0';
	return see(w, OBS_ATTR, f,
		   json_pack("{s:s,s:s?,s:s,s:s}", "attr", attr, "mode", mode[0] ? mode : NULL,
			     "res", res_name(len < 0 ? (int)len : 0), "value", value));
}

/* --- interrupts --- */

static json_t *rows_json(const struct irq_table *table, struct bdf fn)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < table->len; i++) {
		const struct irq_row *row = &table->row[i];
		uint64_t count = 0;

		if (row->vector < 0 || !bdf_equal(row->fn, fn))
			continue;
		for (unsigned c = 0; c < row->ncpu; c++)
			count += row->cpu[c];
		json_array_append_new(rows, json_pack("{s:i,s:s,s:I,s:s}", "irq", row->irq, "name",
						      row->name, "count", (json_int_t)count,
						      "affinity", row->affinity));
	}
	return rows;
}

int walk_look_irqs(struct walk *w, struct bdf fn)
{
	static int irq[MSIX_MAX_SIZE];
	struct walk_fn *f = fn_find(w, fn);
	struct irq_table table = {0};
	json_t *irqs;
	int count = OP(w, msi_irqs, fn, irq, MSIX_MAX_SIZE);
	int res = OP(w, interrupts, &table);

	if (!f || count < 0 || res) {
		irq_table_free(&table);
		return !f ? -ENODEV : count < 0 ? count : res;
	}
	irqs = json_array();
	for (int i = 0; i < count && i < MSIX_MAX_SIZE; i++)
		json_array_append_new(irqs, json_integer(irq[i]));
	res = see(w, OBS_IRQS, f,
		  json_pack("{s:o,s:o}", "msi_irqs", irqs, "rows", rows_json(&table, fn)));
	irq_table_free(&table);
	return res;
}

int walk_look_events(struct walk *w, struct bdf fn, int until)
{
	struct walk_fn *f = fn_find(w, fn);
	uint64_t us = 0;

	if (!f)
		return -ENODEV;
	if (!f->vfio_open)
		return -EBADF;
	events_gather(w);
	/* That nothing came proves something only when something was fired, and a moment ago. */
	if (until >= 0 || f->fired)
		us = events_wait(w, f, until);
	f->fired = false;
	return see(w, OBS_EVENTS, f,
		   json_pack("{s:o,s:I}", "counts", events_take(f), "waited_us", (json_int_t)us));
}

int walk_look_klog(struct walk *w)
{
	return see(w, OBS_KLOG, NULL, json_pack("{s:o}", "lines", klog_take(w, NULL)));
}

int walk_look_taint(struct walk *w)
{
	uint64_t flags = 0;
	int res = OP(w, taint, &flags);

	return res ? res : see(w, OBS_TAINT, NULL, json_pack("{s:I}", "flags", (json_int_t)flags));
}

void look_witnesses(struct walk *w)
{
	json_t *lines = klog_take(w, NULL);

	if (json_array_size(lines))
		see(w, OBS_KLOG, NULL, json_pack("{s:O}", "lines", lines));
	json_decref(lines);
	walk_look_taint(w);
}

/* --- the device's own view --- */

int walk_look_primary(struct walk *w)
{
	struct nvme_primary p;
	int res = OP(w, nvme_primary, &p);

	if (res)
		return res;
	return see(w, OBS_PRIMARY, fn_pf(w),
		   json_pack("{s:i,s:i,s:I,s:I,s:i,s:i,s:i,s:i,s:I,s:I,s:i,s:i,s:i,s:i}", "cntlid",
			     p.cntlid, "oacs", p.oacs, "vqfrt", (json_int_t)p.vqfrt, "vqrfa",
			     (json_int_t)p.vqrfa, "vqrfap", p.vqrfap, "vqprt", p.vqprt, "vqfrsm",
			     p.vqfrsm, "vqgran", p.vqgran, "vifrt", (json_int_t)p.vifrt, "virfa",
			     (json_int_t)p.virfa, "virfap", p.virfap, "viprt", p.viprt, "vifrsm",
			     p.vifrsm, "vigran", p.vigran));
}

int walk_look_secondary(struct walk *w)
{
	struct nvme_secondary *list;
	int count = secondary_list(w, &list);
	json_t *entries = json_array();

	for (int i = 0; i < count; i++)
		json_array_append_new(entries,
				      json_pack("{s:i,s:i,s:b,s:i,s:i}", "cntlid", list[i].cntlid,
						"vfn", list[i].vfn, "online", list[i].online, "vq",
						list[i].vq, "vi", list[i].vi));
	free(list);
	if (count < 0) {
		json_decref(entries);
		return count;
	}
	return see(w, OBS_SECONDARY, fn_pf(w), json_pack("{s:o}", "list", entries));
}

int walk_look_csts(struct walk *w, struct bdf fn)
{
	struct walk_fn *f = fn_find(w, fn);
	uint32_t csts, cc;
	int res = f ? OP(w, engine_csts, fn, &csts, &cc) : -ENODEV;

	return res ? res
		   : see(w, OBS_CSTS, f,
			 json_pack("{s:I,s:I}", "csts", (json_int_t)csts, "cc", (json_int_t)cc));
}

static void assigned_add(json_t *assigned, const struct walk_fn *f, int size)
{
	if (size >= 0)
		json_array_append_new(assigned,
				      json_pack("{s:s,s:i}", "fn", f->name, "size", size));
}

/* One list tells of all secondary controllers; else each VF is asked for. */
static json_t *assigned_json(struct walk *w)
{
	json_t *assigned = json_array();
	struct nvme_secondary *list;
	int count;

	if (w->caps.backend != BACKEND_NVME) {
		for (size_t i = 1; i < w->nfn; i++)
			assigned_add(assigned, &w->fn[i], OP(w, size, w->fn[i].bdf));
		return assigned;
	}
	count = secondary_list(w, &list);
	for (int i = 0; i < count; i++)
		if (list[i].vfn && list[i].vfn < w->nfn)
			assigned_add(assigned, &w->fn[list[i].vfn], list[i].vi);
	free(list);
	return assigned;
}

int walk_look_pool(struct walk *w)
{
	int free_now = OP(w, pool_free);

	return see(w, OBS_POOL, fn_pf(w),
		   json_pack("{s:i,s:i,s:o}", "total", (int)w->caps.total, "free",
			     free_now < 0 ? -1 : free_now, "assigned", assigned_json(w)));
}

int walk_look_isolation(struct walk *w, struct bdf fn)
{
	struct walk_fn *f = fn_find(w, fn);
	char domain[32] = "unknown";
	int group = OP(w, iommu_group, fn, domain, sizeof(domain));
	bool unsafe = w->target.ops->unsafe_interrupts && OP(w, unsafe_interrupts);

	return f ? see(w, OBS_ISOLATION, f,
		       json_pack("{s:i,s:s,s:b}", "group", group < 0 ? -1 : group, "domain",
				 domain[0] ? domain : "unknown", "unsafe_interrupts", unsafe))
		 : -ENODEV;
}
