/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump in a test, from text or from a file, and the verdicts on it. */
#ifndef VFWALK_UNIT_DUMPING_H
#define VFWALK_UNIT_DUMPING_H

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/dump.h>
#include <vfwalk/rules.h>

static inline struct dump *dump_of_bytes(const char *text, size_t len)
{
	/* fmemopen() takes no empty buffer. */
	FILE *in = len ? fmemopen((void *)text, len, "r") : fopen("/dev/null", "re");
	struct dump *dump = in ? dump_read(in) : NULL;

	if (!dump)
		err(2, "dump");
	fclose(in);
	return dump;
}

static inline struct dump *dump_of(const char *text)
{
	return dump_of_bytes(text, strlen(text));
}

static inline void dump_take(void *ctx, const struct event *event)
{
	judge_event(ctx, event);
}

static inline struct judge *dump_judge(const struct dump *dump)
{
	struct judge *judge = judge_new();

	if (!judge || dump_tell(dump, "dump", json_array(), dump_take, judge))
		errx(2, "out of memory");
	judge_finish(judge, false);
	return judge;
}

static inline const struct finding *dump_finding(struct judge *judge, const char *rule,
						 const char *fn)
{
	struct finding *finding;
	size_t count = judge_findings(judge, &finding);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(finding[i].rule->id, rule) && !strcmp(finding[i].fn, fn))
			return &finding[i];
	return NULL;
}

/* --- text that is a dump --- */

#define ZEROS_16 " 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"

/* A function of @len bytes of config space; @byte may be NULL: all 0. The caller frees it. */
static inline char *dump_text(const char *head, const uint8_t *byte, size_t len)
{
	char *text = malloc(strlen(head) + 8 + len * 5), *to;

	if (!text)
		err(2, "dump");
	to = text + sprintf(text, "%s\n", head);
	for (size_t i = 0; i < len; i++) {
		if (i % 16 == 0)
			to += sprintf(to, "%02zx:", i);
		to += sprintf(to, i % 16 == 15 ? " %02x\n" : " %02x", byte ? byte[i] : 0);
	}
	strcpy(to, "\n");
	return text;
}

/* Replaces the first @from in @text, of the same length. */
static inline void dump_edit(char *text, const char *from, const char *to)
{
	char *at = strstr(text, from);

	if (!at || strlen(from) != strlen(to))
		errx(2, "no \"%s\" to edit", from);
	memcpy(at, to, strlen(to));
}

#endif
