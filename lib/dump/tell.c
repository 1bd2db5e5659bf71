/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump as the events of a record: a header, the functions, the end. */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <vfwalk/version.h>

#include "dump.h"

struct teller {
	void (*take)(void *ctx, const struct event *event);
	void *ctx;
	int err;
};

/* Hands on @body, which is taken. */
static void tell(struct teller *t, enum event_kind kind, unsigned long line, json_t *body)
{
	struct event event = {.kind = kind, .line = line, .body = body};

	if (!body)
		t->err = -ENOMEM;
	if (t->err) {
		json_decref(body);
		return;
	}
	event.fn = event_str(&event, "fn");
	t->take(t->ctx, &event);
	json_decref(body);
}

static json_t *bars_json(const struct dump_fn *fn)
{
	json_t *bars = json_array();

	for (unsigned i = 0; i < PCI_BARS; i++)
		json_array_append_new(bars,
				      json_pack("{s:s,s:I}", "type", bar_type_name(fn->bar[i].type),
						"size", (json_int_t)fn->bar[i].size));
	return bars;
}

/* Register @off of 16 or 24 bits as a record has it; unknown where it is not in the dump. */
static void put_register(char text[static 8], const struct dump_fn *fn, unsigned off, unsigned len)
{
	strcpy(text, "????");
	for (unsigned i = 0; i < len && off + len <= fn->len; i++)
		snprintf(text + 2 * i, 8 - 2 * i, "%02x", fn->byte[off + len - 1 - i]);
}

/* A VF has its IDs from its PF (PCIe 6.0, 9.3.4.1.1 and 9.3.3.11). */
static void put_ids(const struct dump_fn *fn, char vendor[static 8], char device[static 8])
{
	struct sriov sriov;
	struct cfg cfg;

	put_register(vendor, fn->pf ? fn->pf : fn, PCI_VENDOR_ID, 2);
	put_register(device, fn, PCI_DEVICE_ID, 2);
	if (!fn->pf)
		return;
	cfg.len = fn->pf->len;
	memcpy(cfg.byte, fn->pf->byte, fn->pf->len);
	if (!cfg_sriov(&cfg, &sriov))
		snprintf(device, 8, "%04x", sriov.vf_device);
}

static void tell_function(struct teller *t, const struct dump_fn *fn)
{
	char name[BDF_LEN], pf[BDF_LEN], vendor[8], device[8], class[8];

	put_ids(fn, vendor, device);
	put_register(class, fn, PCI_CLASS_PROG, 3);
	tell(t, EV_FUNCTION, fn->line,
	     json_pack("{s:s,s:s,s:s,s:i,s:s,s:s,s:s,s:s,s:i,s:s,s:o,s:o}", "ev", "function", "fn",
		       bdf_format(fn->bdf, name), "pf",
		       bdf_format(fn->pf ? fn->pf->bdf : fn->bdf, pf), "vf", fn->vf, "vendor",
		       vendor, "device", device, "class", class, "driver", "?", "group", -1,
		       "engine", "none", "bytes", json_hex(fn->byte, fn->len), "bars",
		       bars_json(fn)));
}

static void tell_header(struct teller *t, const struct dump *dump, const char *target,
			json_t *command)
{
	char holds[160], text[sizeof("2025-01-01T00:00:00Z")];
	bool live = !strcmp(target, "live");
	time_t now = time(NULL);
	struct tm tm;

	dump_summary(dump, holds, sizeof(holds));
	strftime(text, sizeof(text), "%FT%TZ", gmtime_r(&now, &tm));
	tell(t, EV_HEADER, 1,
	     json_pack("{s:s,s:s,s:i,s:s,s:s*,s:o,s:s,s:s,s:b}", "ev", "header", "format",
		       EVIDENCE_FORMAT, "version", EVIDENCE_VERSION, "vfwalk", VFWALK_VERSION,
		       "time", live ? text : NULL, "command", command, "target", target, "holds",
		       holds, "claim", 0));
}

int dump_tell(const struct dump *dump, const char *target, json_t *command,
	      void (*take)(void *ctx, const struct event *event), void *ctx)
{
	struct teller t = {.take = take, .ctx = ctx};

	tell_header(&t, dump, target, command);
	for (size_t from = 0, to; from < dump->count; from = to) {
		to = from;
		while (to < dump->count && dump->fn[to]->picture == dump->fn[from]->picture)
			to++;
		for (int vfs = 0; vfs < 2; vfs++)
			for (size_t i = from; i < to; i++)
				if (dump->fn[i]->len && (dump->fn[i]->pf != NULL) == vfs)
					tell_function(&t, dump->fn[i]);
	}
	tell(&t, EV_RUN_END, dump->count ? dump->fn[dump->count - 1]->line : 1,
	     json_pack("{s:s,s:s}", "ev", "run-end", "outcome", "completed"));
	return t.err;
}
