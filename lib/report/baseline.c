/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Baselines: the failures that are known, each with its reason (reports/schemas/baseline.md). A
 * failure that no entry names stays a failure, and an entry whose rule passes is told.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "baseline.h"
#include "versions.h"

static bool concerns(const struct entry *entry, const struct finding *finding, const char *device,
		     bool vf, const json_t *machine)
{
	if (strcmp(entry->rule, finding->rule->id) || !device || strcmp(entry->device, device))
		return false;
	if (entry->function == FUNCTION_PF ? vf : entry->function == FUNCTION_VF && !vf)
		return false;
	if (entry->qemu && !versions_match(entry->qemu, text_of(machine, "qemu")))
		return false;
	return !entry->kernel || versions_match(entry->kernel, text_of(machine, "kernel"));
}

/* Does @entry name this way to fail? One that was not kept can be excused by no pattern. */
static bool names_way(const struct entry *entry, const char *seen)
{
	return !entry->seen || (seen && !fnmatch(entry->seen, seen, 0));
}

/* @reason and that of one more entry; @reason stays as it was where there is no memory. */
static const char *join(struct baseline *baseline, const char *reason, const struct entry *entry)
{
	char **joined;
	char *both;

	if (!reason || strstr(reason, entry->excuse))
		return reason ? reason : entry->excuse;
	joined = realloc(baseline->joined, (baseline->njoined + 1) * sizeof(*joined));
	if (joined)
		baseline->joined = joined;
	if (!joined || asprintf(&both, "%s; %s", reason, entry->excuse) < 0)
		return reason;
	return baseline->joined[baseline->njoined++] = both;
}

/* Asks every entry in @match about one way to fail; adds the first that names it to @reason. */
static bool excuse_way(struct baseline *baseline, const bool *match, const char *seen,
		       const char **reason)
{
	bool excused = false;

	for (size_t i = 0; i < baseline->count; i++) {
		struct entry *entry = &baseline->entry[i];

		if (!match[i] || !names_way(entry, seen))
			continue;
		entry->failed = true;
		if (!excused)
			*reason = join(baseline, *reason, entry);
		excused = true;
	}
	return excused;
}

static const char *excuse(struct baseline *baseline, const bool *match,
			  const struct finding *finding)
{
	const char *reason = NULL;
	bool all = excuse_way(baseline, match, finding->seen, &reason);

	for (size_t i = 0; i < finding->nalso; i++)
		all &= excuse_way(baseline, match, finding->also[i], &reason);
	if (finding->more)
		all &= excuse_way(baseline, match, NULL, &reason);
	return all ? reason : NULL;
}

/* Which entries are about @finding, one for each; NULL where it cannot be excused. */
static bool *matches(const struct baseline *baseline, const struct finding *finding,
		     const char *device, bool vf, const json_t *header)
{
	const json_t *machine = json_object_get(header, "machine");
	bool *match;

	if (!baseline || !finding->exercised)
		return NULL;
	match = calloc(baseline->count + 1, sizeof(*match));
	for (size_t i = 0; match && i < baseline->count; i++)
		match[i] = concerns(&baseline->entry[i], finding, device, vf, machine);
	return match;
}

const char *baseline_reason(struct baseline *baseline, const struct finding *finding,
			    const char *device, bool vf, const json_t *header)
{
	bool *match = matches(baseline, finding, device, vf, header);
	const char *reason = NULL;

	for (size_t i = 0; match && i < baseline->count; i++)
		baseline->entry[i].judged |= match[i];
	if (match && finding->failed)
		reason = excuse(baseline, match, finding);
	free(match);
	return reason;
}

/* The mark of the first entry in @match that names this way to fail, or NULL. */
static const char *mark_of(const struct baseline *baseline, const bool *match, const char *seen)
{
	for (size_t i = 0; i < baseline->count; i++)
		if (match[i] && names_way(&baseline->entry[i], seen))
			return baseline->entry[i].mark;
	return NULL;
}

/* Puts way @i of @finding behind its others; 0 is seen, the rest also. */
static void put_last(struct finding *finding, size_t i)
{
	const char *mark = finding->known[i];
	char *way = i ? finding->also[i - 1] : finding->seen;

	for (; i < finding->nalso; i++) {
		finding->known[i] = finding->known[i + 1];
		*(i ? &finding->also[i - 1] : &finding->seen) = finding->also[i];
	}
	finding->known[i] = mark;
	*(i ? &finding->also[i - 1] : &finding->seen) = way;
}

void baseline_mark(struct baseline *baseline, struct finding *finding, const char *device, bool vf,
		   const json_t *header)
{
	bool *match = matches(baseline, finding, device, vf, header);

	if (match && finding->failed) {
		finding->known[0] = mark_of(baseline, match, finding->seen);
		for (size_t i = 0; i < finding->nalso; i++)
			finding->known[i + 1] = mark_of(baseline, match, finding->also[i]);
		for (size_t asked = 0, i = 0; asked <= finding->nalso; asked++) {
			if (finding->known[i])
				put_last(finding, i);
			else
				i++;
		}
	}
	free(match);
}

void baseline_lines_free(struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->nlines; i++)
		free((char *)baseline->lines[i]);
	free(baseline->lines);
	baseline->lines = NULL;
	baseline->nlines = 0;
}

size_t baseline_stale(struct baseline *baseline, const char ***lines)
{
	*lines = NULL;
	if (!baseline)
		return 0;
	baseline_lines_free(baseline);
	baseline->lines = calloc(baseline->count + 1, sizeof(*baseline->lines));
	for (size_t i = 0; baseline->lines && i < baseline->count; i++) {
		const struct entry *entry = &baseline->entry[i];
		char *line;

		if (!entry->judged || entry->failed)
			continue;
		if (asprintf(&line, "%s: entry %zu: %s passes on %s: take the entry out (%s)",
			     entry->file, entry->number, entry->rule, entry->device,
			     entry->proof) < 0)
			break;
		baseline->lines[baseline->nlines++] = line;
	}
	*lines = baseline->lines;
	return baseline->nlines;
}
