/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report made by hand, and what a writer makes of it. */
#ifndef VFWALK_UNIT_REPORTING_H
#define VFWALK_UNIT_REPORTING_H

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/report.h>

static const struct rule_info rule_ro = {
	.id = "CAP-TS-RO",
	.severity = SEV_MUST,
	.title = "A write to Message Control never changes Table Size",
	.clause = "PCIe 6.0, 7.7.2.2",
	.needs = "a write of other size bits",
};
static const struct rule_info rule_mask = {
	.id = "TBL-MASK-DEF",
	.severity = SEV_MUST,
	.title = "After a reset every vector is masked",
	.clause = "PCIe 6.0, 7.7.2.8",
	.needs = "a table after a reset",
};
static const struct rule_info rule_stale = {
	.id = "TBL-STALE",
	.severity = SEV_SHOULD,
	.title = "A revoked entry does not come back",
	.clause = "PCIe 6.0, 7.7.2.5",
	.needs = "shrink and grow",
};
static const struct rule_info rule_flr = {
	.id = "RST-FLR-SUPP",
	.severity = SEV_MUST,
	.title = "A VF can do FLR",
	.clause = "PCIe 6.0, 9.3.5.3",
	.needs = "config space",
};

/* One finding of each kind, in the order of the catalogue. */
static const struct finding some_findings[] = {
	{.rule = &rule_ro, .fn = "0000:01:00.1", .verdict = VERDICT_PASS, .exercised = 3},
	{.rule = &rule_ro,
	 .fn = "0000:01:00.2",
	 .verdict = VERDICT_FAIL,
	 .exercised = 5,
	 .failed = 2,
	 .expected = (char *)"Table Size 5",
	 .seen = (char *)"Table Size 2043 \033[31m<&\"",
	 .suite = (char *)"config",
	 .scenario = (char *)"function.write_message_control",
	 .nline = 2,
	 .line = {120, 140}},
	{.rule = &rule_mask,
	 .fn = "0000:01:00.1",
	 .verdict = VERDICT_KNOWN,
	 .exercised = 1,
	 .failed = 1,
	 .expected = (char *)"Vector Control 1",
	 .seen = (char *)"Vector Control 0",
	 .reason = (char *)"QEMU starts unmasked (F-01)",
	 .nline = 1,
	 .line = {77}},
	{.rule = &rule_mask, .fn = "0000:01:00.2", .verdict = VERDICT_NOT_RUN},
	{.rule = &rule_stale,
	 .fn = "0000:01:00.1",
	 .verdict = VERDICT_WARN,
	 .exercised = 1,
	 .failed = 1,
	 .expected = (char *)"a masked entry",
	 .seen = (char *)"the old message",
	 .nline = 1,
	 .line = {90}},
	{.rule = &rule_flr,
	 .fn = "0000:01:00.1",
	 .verdict = VERDICT_SKIP,
	 .reason = (char *)"the VF has no FLR capability"},
	{.rule = &rule_flr,
	 .fn = "0000:01:00.2",
	 .verdict = VERDICT_SKIP,
	 .reason = (char *)"the VF has no FLR capability"},
};

#define SOME (sizeof(some_findings) / sizeof(some_findings[0]))

static inline json_t *some_header(void)
{
	json_t *header = json_loads(
		"{\"vfwalk\":\"0.1.0\",\"time\":\"2025-01-01T00:00:00Z\","
		"\"command\":[\"build/vfwalk\",\"run\",\"--sim\",\"vfs=4 x\",\"--out\",\"/tmp/o\"],"
		"\"target\":\"sim\",\"lab\":null,\"profile\":\"quick\",\"sim\":\"vfs=4\","
		"\"claim\":true,\"machine\":{\"kernel\":\"6.1.0\",\"arch\":\"x86_64\",\"cpus\":2,"
		"\"qemu\":null},\"iommu\":{\"kind\":\"intel\",\"remapping\":true,"
		"\"translation\":true}}",
		0, NULL);

	if (!header)
		errx(2, "header");
	return header;
}

/* A report of @findings; free report.header. */
static inline struct report report_of(const struct finding *findings, size_t count)
{
	struct report report = {
		.record = "out/evidence.jsonl",
		.templates = "reports/templates",
		.header = some_header(),
		.count = count,
		.finding = findings,
	};

	report_sum_up(&report, false);
	return report;
}

static inline void report_done(struct report *report)
{
	json_decref((json_t *)report->header);
}

/* What the format makes of @report; free it. */
static inline char *written(const struct report *report, const char *format)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out || report_find(format)->write(report, out) || fclose(out))
		err(2, "%s", format);
	return text;
}

#endif
