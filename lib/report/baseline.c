/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Baselines: the failures that are known, each with its reason (reports/schemas/baseline.md). A
 * failure that no entry names stays a failure, and an entry whose rule passes is told.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/report.h>

#include "versions.h"

#define BASELINE_VERSION 1

enum function_kind { FUNCTION_ANY, FUNCTION_PF, FUNCTION_VF };

struct entry {
	char *file;
	size_t number; /* in its file, from 1 */
	json_t *body;  /* owns the strings below */
	const char *rule, *device, *seen, *qemu, *kernel, *reason, *finding;
	enum function_kind function;
	bool judged, failed; /* as far as baseline_reason() was asked */
	char *excuse;        /* reason and finding, as a report shows them */
	char *mark;          /* beside what was seen: "known, F-03" */
};

struct baseline {
	size_t count;
	struct entry *entry;
	const char **lines; /* handed out by baseline_stale() */
	size_t nlines;
	size_t njoined;
	char **joined; /* reasons of several entries in one, handed out by baseline_reason() */
};

/* Where a loading stands, for messages. */
struct loading {
	const char *path;
	size_t number;
	char *why;
	size_t size;
};

static bool refuse(const struct loading *loading, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool refuse(const struct loading *loading, const char *fmt, ...)
{
	int used = loading->number ? snprintf(loading->why, loading->size,
					      "%s: entry %zu: ", loading->path, loading->number)
				   : snprintf(loading->why, loading->size, "%s: ", loading->path);
	va_list ap;

	if (used < 0 || (size_t)used >= loading->size)
		return false;
	va_start(ap, fmt);
	vsnprintf(loading->why + used, loading->size - (size_t)used, fmt, ap);
	va_end(ap);
	return false;
}

/* --- reading --- */

static bool known_keys(const struct loading *loading, json_t *body)
{
	static const char *const keys[] = {"rule", "device", "function", "seen",
					   "qemu", "kernel", "reason",   "finding"};
	const char *key;
	json_t *value;

	json_object_foreach (body, key, value) {
		bool known = false;

		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			known |= !strcmp(key, keys[i]);
		if (!known)
			return refuse(loading,
				      "unknown key \"%s\": use rule, device, function, seen, "
				      "qemu, kernel, reason or finding",
				      key);
		if (!json_is_string(value) || !json_string_length(value))
			return refuse(loading, "\"%s\" must be a string that is not empty", key);
	}
	return true;
}

static const char *text_of(const json_t *body, const char *key)
{
	return json_string_value(json_object_get(body, key));
}

static bool check_range(const struct loading *loading, const char *key, const char *range)
{
	if (!range || versions_valid(range))
		return true;
	return refuse(loading, "\"%s\" is \"%s\": give a range like \">=7.2 <8.2\"", key, range);
}

static bool is_device(const char *text)
{
	return strlen(text) == 9 && text[4] == ':' && strspn(text, "0123456789abcdef") == 4 &&
	       strspn(text + 5, "0123456789abcdef") == 4;
}

static bool parse_function(const struct loading *loading, struct entry *entry)
{
	static const char *const names[] = {"any", "pf", "vf"};
	const char *text = text_of(entry->body, "function");

	if (!text)
		return true; /* any */
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(text, names[i])) {
			entry->function = (enum function_kind)i;
			return true;
		}
	return refuse(loading, "\"function\" is \"%s\": give vf, pf or any", text);
}

static bool entry_parse(const struct loading *loading, struct entry *entry)
{
	if (!json_is_object(entry->body))
		return refuse(loading, "not an object");
	if (!known_keys(loading, entry->body))
		return false;
	entry->rule = text_of(entry->body, "rule");
	entry->device = text_of(entry->body, "device");
	entry->seen = text_of(entry->body, "seen");
	entry->qemu = text_of(entry->body, "qemu");
	entry->kernel = text_of(entry->body, "kernel");
	entry->reason = text_of(entry->body, "reason");
	entry->finding = text_of(entry->body, "finding");

	if (!entry->rule || !entry->device || !entry->reason)
		return refuse(loading, "\"%s\" is missing",
			      !entry->rule     ? "rule"
			      : !entry->device ? "device"
					       : "reason");
	if (!rules_find(entry->rule))
		return refuse(loading, "no rule \"%s\": `vfwalk rules` lists them", entry->rule);
	if (!is_device(entry->device))
		return refuse(loading,
			      "\"device\" is \"%s\": give vendor and device like \"1b36:0010\"",
			      entry->device);
	return check_range(loading, "qemu", entry->qemu) &&
	       check_range(loading, "kernel", entry->kernel) && parse_function(loading, entry);
}

static void entry_free(struct entry *entry)
{
	free(entry->file);
	free(entry->excuse);
	free(entry->mark);
	json_decref(entry->body);
}

/* What reports say of a failure that the entry excuses. */
static bool entry_word(struct entry *entry)
{
	const char *finding = entry->finding ? entry->finding : "";

	if (asprintf(&entry->excuse, "%s%s%s%s", entry->reason, *finding ? " (" : "", finding,
		     *finding ? ")" : "") < 0) {
		entry->excuse = NULL;
		return false;
	}
	if (asprintf(&entry->mark, "known%s%s", *finding ? ", " : "", finding) < 0)
		entry->mark = NULL;
	return entry->mark;
}

static bool entry_add(const struct loading *loading, struct baseline *baseline, json_t *body)
{
	struct entry *entries = realloc(baseline->entry, (baseline->count + 1) * sizeof(*entries));
	struct entry *entry;

	if (!entries)
		return refuse(loading, "out of memory");
	baseline->entry = entries;
	entry = &entries[baseline->count];
	*entry = (struct entry){.number = loading->number, .body = json_incref(body)};
	entry->file = strdup(loading->path);
	if (!entry_parse(loading, entry)) {
		entry_free(entry);
		return false;
	}
	if (!entry_word(entry)) {
		entry_free(entry);
		return refuse(loading, "out of memory");
	}
	baseline->count++;
	return true;
}

static bool add_all(struct loading *loading, struct baseline *baseline, const json_t *root)
{
	const json_t *version = json_object_get(root, "baseline");
	const json_t *entries = json_object_get(root, "entries");

	if (!json_is_integer(version))
		return refuse(loading, "no baseline: it must begin with {\"baseline\": %d",
			      BASELINE_VERSION);
	if (json_integer_value(version) != BASELINE_VERSION)
		return refuse(loading, "baseline version %lld; this vfwalk reads version %d",
			      (long long)json_integer_value(version), BASELINE_VERSION);
	if (!json_is_array(entries))
		return refuse(loading, "\"entries\" must be an array");
	for (size_t i = 0; i < json_array_size(entries); i++) {
		loading->number = i + 1;
		if (!entry_add(loading, baseline, json_array_get(entries, i)))
			return false;
	}
	return true;
}

static json_t *read_file(const struct loading *loading)
{
	FILE *in = fopen(loading->path, "re");
	json_error_t error;
	json_t *root;

	if (!in) {
		refuse(loading, "cannot be read: %s", strerror(errno));
		return NULL;
	}
	root = json_loadf(in, JSON_REJECT_DUPLICATES, &error);
	fclose(in);
	if (!root)
		refuse(loading, "line %d, column %d: %s", error.line, error.column, error.text);
	return root;
}

struct baseline *baseline_load(struct baseline *baseline, const char *path, char *why, size_t size)
{
	struct loading loading = {.path = path, .why = why, .size = size};
	struct baseline *into = baseline ? baseline : calloc(1, sizeof(*into));
	size_t before = into ? into->count : 0;
	json_t *root = into ? read_file(&loading) : NULL;

	if (!into)
		refuse(&loading, "out of memory");
	if (root && add_all(&loading, into, root)) {
		json_decref(root);
		return into;
	}
	json_decref(root);
	while (into && into->count > before)
		entry_free(&into->entry[--into->count]);
	if (!baseline)
		baseline_free(into);
	return NULL;
}

static void lines_free(struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->nlines; i++)
		free((char *)baseline->lines[i]);
	free(baseline->lines);
	baseline->lines = NULL;
	baseline->nlines = 0;
}

void baseline_free(struct baseline *baseline)
{
	if (!baseline)
		return;
	lines_free(baseline);
	for (size_t i = 0; i < baseline->njoined; i++)
		free(baseline->joined[i]);
	free(baseline->joined);
	for (size_t i = 0; i < baseline->count; i++)
		entry_free(&baseline->entry[i]);
	free(baseline->entry);
	free(baseline);
}

/* --- matching --- */

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

size_t baseline_stale(struct baseline *baseline, const char ***lines)
{
	*lines = NULL;
	if (!baseline)
		return 0;
	lines_free(baseline);
	baseline->lines = calloc(baseline->count + 1, sizeof(*baseline->lines));
	for (size_t i = 0; baseline->lines && i < baseline->count; i++) {
		const struct entry *entry = &baseline->entry[i];
		char *line;

		if (!entry->judged || entry->failed)
			continue;
		if (asprintf(&line, "%s: entry %zu: %s passes on %s: take the entry out",
			     entry->file, entry->number, entry->rule, entry->device) < 0)
			break;
		baseline->lines[baseline->nlines++] = line;
	}
	*lines = baseline->lines;
	return baseline->nlines;
}
