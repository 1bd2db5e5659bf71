/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small record of a run, told line by line in a test, and the verdicts on it. Every line takes
 * the way of a real record: through the reader into the judge.
 *
 *	struct record r;
 *
 *	record_typical(&r, "M-RST", "nvme");
 *	record_tell(&r, "{'ev':'obs','obs':'csts','fn':'%s','csts':1,'cc':1}", VF0);
 *	EXPECT_EQ(VERDICT_PASS, record_verdict(&r, "CAP-UNIQ", VF0));
 *	record_close(&r);
 */
#ifndef VFWALK_UNIT_JUDGING_H
#define VFWALK_UNIT_JUDGING_H

#include <err.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <vfwalk/evidence.h>
#include <vfwalk/pci.h>
#include <vfwalk/rules.h>

#define PF  "0000:01:00.0"
#define VF0 "0000:01:00.1"
#define VF1 "0000:01:00.2"

struct record {
	int fd;
	unsigned long lines;
	struct judge *judge; /* once asked for a verdict; nothing can be told after that */
};

/* Appends @event, which is taken; its time is filled in where it has none. */
static inline void record_add(struct record *r, json_t *event)
{
	if (!event || r->judge)
		errx(2, "line %lu: %s", r->lines + 1, event ? "told after the verdict" : "no JSON");
	if (!json_object_get(event, "t"))
		json_object_set_new(event, "t", json_integer(1000 * (json_int_t)r->lines));
	r->lines++;
	if (json_dumpfd(event, r->fd, JSON_COMPACT) || write(r->fd, "\n", 1) != 1)
		err(2, "record");
	json_decref(event);
}

/* Appends one event, written as JSON with ' for ". */
static inline void record_vtell(struct record *r, const char *fmt, va_list ap)
{
	json_error_t error;
	json_t *event;
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		err(2, "record");
	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	event = json_loads(text, 0, &error);
	if (!event)
		errx(2, "%s: %s", error.text, text);
	free(text);
	record_add(r, event);
}

static inline void __attribute__((format(printf, 2, 3)))
record_tell(struct record *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record_vtell(r, fmt, ap);
	va_end(ap);
}

/* Appends @lines, ended by NULL. */
static inline void record_tell_all(struct record *r, const char *const *lines)
{
	for (; *lines; lines++)
		record_tell(r, "%s", *lines);
}

/*
 * An act and its end: @keys ("'want':3", or "" for none) stand in both lines, @result
 * ("'res':'ok','got':3") in the second only.
 */
static inline void record_do(struct record *r, const char *act, const char *fn, const char *keys,
			     const char *result)
{
	const char *comma = *keys ? "," : "";

	record_tell(r, "{'ev':'act','act':'%s','fn':'%s'%s%s}", act, fn, comma, keys);
	record_tell(r, "{'ev':'done','act':'%s','fn':'%s'%s%s,%s}", act, fn, comma, keys, result);
}

/* --- functions --- */

#define FAKE_MSIX  0x40
#define FAKE_PCIE  0x60
#define FAKE_SRIOV 0x100
#define FAKE_LEN   0x140
#define FAKE_BAR   0x4000 /* size of BAR 0; table and PBA lie in it */
#define FAKE_TABLE 0x2000
#define FAKE_PBA   0x3000

static inline void fake_put(struct cfg *cfg, unsigned off, unsigned width, uint32_t value)
{
	for (unsigned i = 0; i < width; i++)
		cfg->byte[off + i] = (uint8_t)(value >> (8 * i));
}

/*
 * Config space of a sound function: MSI-X of @size vectors at FAKE_MSIX, PCI Express with FLR at
 * FAKE_PCIE, and for a PF (@vf < 0) SR-IOV with two VFs at FAKE_SRIOV.
 */
static inline struct cfg fake_cfg(int vf, unsigned size)
{
	struct cfg cfg = {.len = FAKE_LEN};

	/* A VF reads all ones in Vendor and Device ID. */
	fake_put(&cfg, 0x00, 4, vf < 0 ? 0x00101b36 : 0xffffffff);
	fake_put(&cfg, 0x04, 2, vf < 0 ? 6 : 4);
	fake_put(&cfg, 0x06, 2, 0x0010); /* Capabilities List */
	fake_put(&cfg, 0x08, 4, 0x01080202);
	fake_put(&cfg, 0x34, 1, FAKE_MSIX);
	fake_put(&cfg, 0x3d, 1, vf < 0 ? 1 : 0);
	if (vf < 0)
		fake_put(&cfg, 0x10, 4, 0xfe000004);

	fake_put(&cfg, FAKE_MSIX, 2, 0x11 | FAKE_PCIE << 8);
	fake_put(&cfg, FAKE_MSIX + 2, 2, size - 1);
	fake_put(&cfg, FAKE_MSIX + 4, 4, FAKE_TABLE);
	fake_put(&cfg, FAKE_MSIX + 8, 4, FAKE_PBA);

	fake_put(&cfg, FAKE_PCIE, 2, 0x10);
	fake_put(&cfg, FAKE_PCIE + 2, 2, 0x0002);
	fake_put(&cfg, FAKE_PCIE + 4, 4, 0x10008000); /* Device Capabilities: FLR */

	if (vf < 0) {
		fake_put(&cfg, FAKE_SRIOV, 4, 0x00010010);
		fake_put(&cfg, FAKE_SRIOV + 0x08, 2, 0x0009); /* VF Enable, VF MSE */
		fake_put(&cfg, FAKE_SRIOV + 0x0c, 2, 2);      /* InitialVFs */
		fake_put(&cfg, FAKE_SRIOV + 0x0e, 2, 2);      /* TotalVFs */
		fake_put(&cfg, FAKE_SRIOV + 0x10, 2, 2);      /* NumVFs */
		fake_put(&cfg, FAKE_SRIOV + 0x14, 2, 1);      /* First VF Offset */
		fake_put(&cfg, FAKE_SRIOV + 0x16, 2, 1);      /* VF Stride */
		fake_put(&cfg, FAKE_SRIOV + 0x1a, 2, 0x0010);
		fake_put(&cfg, FAKE_SRIOV + 0x1c, 4, 0x553);
		fake_put(&cfg, FAKE_SRIOV + 0x20, 4, 1); /* System Page Size: 4 KiB */
		fake_put(&cfg, FAKE_SRIOV + 0x24, 4, 0xfe100004);
	}
	return cfg;
}

/* The line of a function with BAR 0 of @bar bytes, 64 bits wide. */
static inline void record_function(struct record *r, const char *fn, int vf, const struct cfg *cfg,
				   uint64_t bar)
{
	json_t *bars = json_pack("[{s:s,s:I},{s:s,s:I}]", "type", "mem64", "size", (json_int_t)bar,
				 "type", "upper", "size", (json_int_t)0);

	for (int i = 2; i < PCI_BARS; i++)
		json_array_append_new(bars, json_pack("{s:s,s:i}", "type", "none", "size", 0));
	record_add(r,
		   json_pack("{s:s,s:s,s:s,s:i,s:s,s:s,s:s,s:n,s:i,s:s,s:o,s:o}", "ev", "function",
			     "fn", fn, "pf", PF, "vf", vf, "vendor", "1b36", "device", "0010",
			     "class", "010802", "driver", "group", vf + 2, "engine", "nvme",
			     "bytes", json_hex(cfg->byte, cfg->len), "bars", bars));
}

/* The look at a function's whole config space. */
static inline void record_config(struct record *r, const char *fn, const struct cfg *cfg)
{
	record_add(r, json_pack("{s:s,s:s,s:s,s:o}", "ev", "obs", "obs", "config", "fn", fn,
				"bytes", json_hex(cfg->byte, cfg->len)));
}

/* The look at its MSI-X capability, as fake_cfg() lays it out, with Message Control @flags. */
static inline void record_msix(struct record *r, const char *fn, unsigned flags)
{
	struct cfg cfg = fake_cfg(0, 1);

	fake_put(&cfg, FAKE_MSIX + 2, 2, flags);
	record_add(r,
		   json_pack("{s:s,s:s,s:s,s:i,s:o}", "ev", "obs", "obs", "msix", "fn", fn, "pos",
			     FAKE_MSIX, "bytes", json_hex(cfg.byte + FAKE_MSIX, MSIX_CAP_LEN)));
}

/* The look at a function that is gone. */
static inline void record_msix_gone(struct record *r, const char *fn)
{
	record_tell(r,
		    "{'ev':'obs','obs':'msix','fn':'%s','pos':%d,"
		    "'bytes':'ffffffffffffffffffffffff'}",
		    fn, FAKE_MSIX);
}

/* The look at a table: @count entries of it, of which the first @size are the table. */
static inline void record_table(struct record *r, const char *fn, unsigned size,
				const struct msix_entry *entry, unsigned count)
{
	uint8_t *bytes = calloc(count + 1, MSIX_ENTRY_SIZE);

	for (unsigned k = 0; k < count; k++)
		msix_entry_encode(&entry[k], bytes + k * MSIX_ENTRY_SIZE);
	record_add(r,
		   json_pack("{s:s,s:s,s:s,s:i,s:o}", "ev", "obs", "obs", "table", "fn", fn, "size",
			     (int)size, "bytes", json_hex(bytes, count * MSIX_ENTRY_SIZE)));
	free(bytes);
}

/* The look at a Pending Bit Array of @size vectors with the bits of @pending in QWORD @qword. */
static inline void record_pba(struct record *r, const char *fn, unsigned size, unsigned qword,
			      uint64_t pending)
{
	size_t len = msix_pba_bytes(size);
	uint8_t *bytes = calloc(len + 8, 1);

	for (unsigned i = 0; i < 8; i++)
		bytes[8 * qword + i] = (uint8_t)(pending >> (8 * i));
	record_add(r, json_pack("{s:s,s:s,s:s,s:i,s:o,s:i}", "ev", "obs", "obs", "pba", "fn", fn,
				"size", (int)size, "bytes", json_hex(bytes, len), "waited_us",
				200000));
	free(bytes);
}

/* --- runs --- */

/* A header: a claimed run with an Intel IOMMU whose remapping and translation are @iommu. */
static inline void record_open(struct record *r, bool iommu)
{
	const char *yes = iommu ? "true" : "false";

	*r = (struct record){.fd = memfd_create("record", MFD_CLOEXEC)};
	if (r->fd < 0)
		err(2, "memfd_create");
	record_tell(r,
		    "{'ev':'header','format':'%s','version':%d,'vfwalk':'0','time':"
		    "'2025-01-01T00:00:00Z','command':['vfwalk','run'],'target':'sim','lab':null,"
		    "'profile':'quick','sim':'','claim':true,'machine':{'kernel':'6.1.0','arch':"
		    "'x86_64','cpus':2,'page_size':4096,'qemu':null,'accel':'','cmdline':''},"
		    "'iommu':{'kind':'%s','remapping':%s,'translation':%s}}",
		    EVIDENCE_FORMAT, EVIDENCE_VERSION, iommu ? "intel" : "none", yes, yes);
}

/* What probing found: @backend "nvme"/"sysfs"/"none", a pool of 25, sizes 1 to 9. */
static inline void record_probe(struct record *r, const char *model, const char *backend)
{
	record_tell(r,
		    "{'ev':'obs','obs':'backend','fn':'" PF "','backend':'%s','why':'','total':25,"
		    "'min':1,'max':9,'granularity':1}",
		    backend);
	record_tell(r, "{'ev':'obs','obs':'model','fn':'" PF "','model':'%s','steps':[]}", model);
}

/*
 * A run on a PF (33 vectors) and two sound VFs of 5 vectors, probed, in a scenario that begins, as
 * all do, with a look at everybody.
 */
static inline void record_typical(struct record *r, const char *model, const char *backend)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);

	record_open(r, true);
	record_function(r, PF, -1, &pf, FAKE_BAR);
	record_function(r, VF0, 0, &vf, FAKE_BAR);
	record_function(r, VF1, 1, &vf, FAKE_BAR);
	record_probe(r, model, backend);
	record_tell(r, "{'ev':'begin','suite':'unit','scenario':'unit'}");
	record_msix(r, PF, 32);
	record_msix(r, VF0, 4);
	record_msix(r, VF1, 4);
}

/* Judges what was told. */
static inline void record_judge(struct record *r)
{
	struct ev_reader *reader;
	struct event event;
	char path[32];
	int res;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", r->fd);
	reader = ev_open(path);
	r->judge = judge_new();
	if (!reader || !r->judge)
		err(2, "%s", path);
	while ((res = ev_next(reader, &event)) > 0)
		judge_event(r->judge, &event);
	if (res < 0)
		errx(2, "%s", ev_reader_error(reader));
	judge_finish(r->judge, false);
	ev_reader_close(reader);
}

/* The finding on @rule for @fn ("" for the run as a whole), or NULL. */
static inline const struct finding *record_finding(struct record *r, const char *rule,
						   const char *fn)
{
	struct finding *finding;
	size_t count;

	if (!r->judge)
		record_judge(r);
	count = judge_findings(r->judge, &finding);
	for (size_t i = 0; i < count; i++)
		if (!strcmp(finding[i].rule->id, rule) && !strcmp(finding[i].fn, fn))
			return &finding[i];
	return NULL;
}

/* The verdict; VERDICT_COUNT where there is no such finding. */
static inline enum verdict record_verdict(struct record *r, const char *rule, const char *fn)
{
	const struct finding *finding = record_finding(r, rule, fn);

	return finding ? finding->verdict : VERDICT_COUNT;
}

/* What was seen in the first failure, "" where there was none. */
static inline const char *record_seen(struct record *r, const char *rule, const char *fn)
{
	const struct finding *finding = record_finding(r, rule, fn);

	return finding && finding->seen ? finding->seen : "";
}

static inline void record_close(struct record *r)
{
	judge_free(r->judge);
	close(r->fd);
}

#endif
