/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables, resets and vectors at work in a record told by a test: include judging.h first. */
#ifndef VFWALK_UNIT_TABLES_H
#define VFWALK_UNIT_TABLES_H

#define MASKED_ENTRY                   \
	{                              \
		{0}, MSIX_ENTRY_MASKED \
	}

static const struct msix_entry masked[9] = {MASKED_ENTRY, MASKED_ENTRY, MASKED_ENTRY,
					    MASKED_ENTRY, MASKED_ENTRY, MASKED_ENTRY,
					    MASKED_ENTRY, MASKED_ENTRY, MASKED_ENTRY};

static inline enum verdict verdict_and_close(struct record *r, const char *rule, const char *fn)
{
	enum verdict verdict = record_verdict(r, rule, fn);

	record_close(r);
	return verdict;
}

static inline void record_flr(struct record *r, const char *method)
{
	char keys[32];

	snprintf(keys, sizeof(keys), "'method':'%s'", method);
	record_do(r, "reset", VF0, keys, "'res':'ok','us':102000");
}

static inline void record_resize(struct record *r, const char *fn, int want)
{
	char keys[64], result[64];

	snprintf(keys, sizeof(keys), "'backend':'nvme','want':%d", want);
	snprintf(result, sizeof(result), "'res':'ok','got':%d,'us':1", want);
	record_do(r, "resize", fn, keys, result);
	record_msix(r, fn, (unsigned)want - 1);
}

static inline void record_vfe(struct record *r, bool autoprobe)
{
	record_do(r, "autoprobe", PF, autoprobe ? "'value':true" : "'value':false", "'res':'ok'");
	record_do(r, "numvfs", PF, "'count':0", "'res':'ok','count_now':0");
	record_do(r, "numvfs", PF, "'count':2", "'res':'ok','count_now':2");
}

/* A message that tells its entry and who wrote it. */
static inline struct msix_entry pattern(unsigned k, uint32_t salt)
{
	return (struct msix_entry){
		{(uint64_t)(~salt << 8 | k) << 32 | 0xa5a00000 | k << 4, salt << 24 | 0x5a00 | k},
		MSIX_ENTRY_MASKED};
}

static inline void fill(struct msix_entry *entry, unsigned count, uint32_t salt)
{
	for (unsigned k = 0; k < count; k++)
		entry[k] = pattern(k, salt);
}

static inline void record_write(struct record *r, const char *fn, const struct msix_entry *entry,
				unsigned count, unsigned width, const char *res)
{
	for (int done = 0; done < 2; done++) {
		uint8_t bytes[16 * MSIX_ENTRY_SIZE];
		json_t *event;

		for (unsigned k = 0; k < count; k++)
			msix_entry_encode(&entry[k], bytes + k * MSIX_ENTRY_SIZE);
		event = json_pack("{s:s,s:s,s:s,s:i,s:i,s:o}", "ev", done ? "done" : "act", "act",
				  "table-write", "fn", fn, "first", 0, "width", (int)width, "bytes",
				  json_hex(bytes, count * MSIX_ENTRY_SIZE));
		if (done)
			json_object_set_new(event, "res", json_string(res));
		record_add(r, event);
	}
}

/* --- vectors --- */

static inline void record_fire(struct record *r, unsigned vector, const char *res)
{
	char keys[32], result[32];

	snprintf(keys, sizeof(keys), "'vector':%u", vector);
	snprintf(result, sizeof(result), "'res':'%s'", res);
	record_do(r, "fire", VF0, keys, result);
}

static inline void record_events(struct record *r, unsigned vector, int count, unsigned waited)
{
	json_t *counts = json_array();

	for (unsigned k = 0; k < 5; k++)
		json_array_append_new(counts, json_integer(k == vector ? count : 0));
	record_add(r, json_pack("{s:s,s:s,s:s,s:o,s:i}", "ev", "obs", "obs", "events", "fn", VF0,
				"counts", counts, "waited_us", (int)waited));
}

static inline void record_mask(struct record *r, unsigned vector, bool mask)
{
	char keys[48];

	snprintf(keys, sizeof(keys), "'entry':%u,'masked':%s", vector, mask ? "true" : "false");
	record_do(r, "table-mask", VF0, keys, "'res':'ok'");
}

static inline void record_fm(struct record *r, bool mask)
{
	record_do(r, "function-mask", VF0, mask ? "'masked':true" : "'masked':false", "'res':'ok'");
}

/* VFIO open, all vectors enabled, and vector 3 shown to work where there is a @control. */
static inline void record_armed(struct record *r, bool control)
{
	record_typical(r, "M-RST", "nvme");
	record_do(r, "bind", VF0, "'driver':'vfio-pci'", "'res':'ok'");
	record_do(r, "vfio-open", VF0, "", "'res':'ok'");
	record_do(r, "vfio-irqs", VF0, "'start':0,'count':5", "'res':'ok','ret':0");
	record_do(r, "engine-start", VF0, "", "'res':'ok','vectors':5");
	record_msix(r, VF0, 0x8004);
	record_events(r, 0, 4, 1000);
	if (!control)
		return;
	record_fire(r, 3, "ok");
	record_events(r, 3, 1, 1000);
}

static inline void record_shot(struct record *r, const char *kind, unsigned entry,
			       const char *watch)
{
	char keys[128];

	snprintf(keys, sizeof(keys),
		 "'kind':'%s','entry':%u,'addr':4276092928,'data':1,'victim':null,"
		 "'victim_vector':-1",
		 kind, entry);
	record_do(r, "shot", VF0, keys, "'res':'ok','status':0");
	record_tell(r,
		    "{'ev':'obs','obs':'watch','fn':'" VF0 "','rows':[],'machine':{},'klog':[],"
		    "'fsts':0,'waited_us':50000,%s}",
		    watch);
}

#endif
