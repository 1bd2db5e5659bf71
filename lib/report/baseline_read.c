/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading baselines (reports/schemas/baseline.md): what is no entry is refused in one line. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "baseline.h"
#include "versions.h"

#define BASELINE_VERSION 1
#define INCLUDE_DEPTH    8

/* Where a loading stands, for messages. */
struct loading {
	const char *path;
	size_t number;
	unsigned depth; /* of files that include one another */
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

static bool known_keys(const struct loading *loading, json_t *body)
{
	static const char *const keys[] = {"rule",   "device", "function", "seen", "qemu",
					   "kernel", "reason", "finding",  "link", "reproduce"};
	const char *key;
	json_t *value;

	json_object_foreach (body, key, value) {
		bool known = false;

		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			known |= !strcmp(key, keys[i]);
		if (!known)
			return refuse(loading,
				      "unknown key \"%s\": use rule, device, function, seen, "
				      "qemu, kernel, reason, finding, link or reproduce",
				      key);
		if (!json_is_string(value) || !json_string_length(value))
			return refuse(loading, "\"%s\" must be a string that is not empty", key);
	}
	return true;
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

static void entry_read(struct entry *entry)
{
	entry->rule = text_of(entry->body, "rule");
	entry->device = text_of(entry->body, "device");
	entry->seen = text_of(entry->body, "seen");
	entry->qemu = text_of(entry->body, "qemu");
	entry->kernel = text_of(entry->body, "kernel");
	entry->reason = text_of(entry->body, "reason");
	entry->finding = text_of(entry->body, "finding");
	entry->link = text_of(entry->body, "link");
	entry->reproduce = text_of(entry->body, "reproduce");
}

/* A reason alone is hearsay: a reader must be able to follow it. */
static bool check_proof(const struct loading *loading, const struct entry *entry)
{
	if (!entry->finding && !entry->link && !entry->reproduce)
		return refuse(loading,
			      "nothing to follow: give \"finding\" (in reports/FINDINGS.md), "
			      "\"link\" or \"reproduce\"");
	if (entry->link && strncmp(entry->link, "http://", 7) &&
	    strncmp(entry->link, "https://", 8))
		return refuse(loading,
			      "\"link\" is \"%s\": give an address that begins with https://",
			      entry->link);
	return true;
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Of two entries that excuse the same, one is forgotten when the failure is gone. */
static bool check_new(const struct loading *loading, const struct baseline *baseline,
		      const struct entry *entry)
{
	for (size_t i = 0; i < baseline->count; i++) {
		const struct entry *old = &baseline->entry[i];

		if (same(old->rule, entry->rule) && same(old->device, entry->device) &&
		    old->function == entry->function && same(old->seen, entry->seen) &&
		    same(old->qemu, entry->qemu) && same(old->kernel, entry->kernel))
			return refuse(loading, "%s on %s is excused by entry %zu of %s already",
				      entry->rule, entry->device, old->number, old->file);
	}
	return true;
}

static bool entry_parse(const struct loading *loading, struct entry *entry)
{
	if (!json_is_object(entry->body))
		return refuse(loading, "not an object");
	if (!known_keys(loading, entry->body))
		return false;
	entry_read(entry);

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
	       check_range(loading, "kernel", entry->kernel) && parse_function(loading, entry) &&
	       check_proof(loading, entry);
}

static void entry_free(struct entry *entry)
{
	free(entry->file);
	free(entry->excuse);
	free(entry->proof);
	free(entry->mark);
	json_decref(entry->body);
}

/* Where a reader finds more: "F-01; https://...; see it by: vfwalk ...". */
static char *entry_proof(const struct entry *entry)
{
	const char *finding = entry->finding ? entry->finding : "";
	const char *link = entry->link ? entry->link : "";
	const char *again = entry->reproduce ? entry->reproduce : "";
	char *text;

	if (asprintf(&text, "%s%s%s%s%s%s", finding, *finding && *link ? "; " : "", link,
		     (*finding || *link) && *again ? "; " : "", *again ? "see it by: " : "",
		     again) < 0)
		return NULL;
	return text;
}

/* What reports say of a failure that the entry excuses. */
static bool entry_word(struct entry *entry)
{
	entry->proof = entry_proof(entry);
	if (!entry->proof)
		return false;
	if (asprintf(&entry->excuse, "%s (%s)", entry->reason, entry->proof) < 0)
		entry->excuse = NULL;
	if (asprintf(&entry->mark, "known%s%s", entry->finding ? ", " : "",
		     entry->finding ? entry->finding : "") < 0)
		entry->mark = NULL;
	return entry->excuse && entry->mark;
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
	if (!entry_parse(loading, entry) || !check_new(loading, baseline, entry)) {
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

static bool add_entries(struct loading *loading, struct baseline *baseline, const json_t *entries)
{
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
	struct stat st;
	json_error_t error;
	json_t *root;

	if (!in) {
		refuse(loading, "cannot be read: %s", strerror(errno));
		return NULL;
	}
	if (!fstat(fileno(in), &st) && S_ISDIR(st.st_mode)) {
		refuse(loading, "is a directory: name each file of it with --baseline");
		fclose(in);
		return NULL;
	}
	root = json_loadf(in, JSON_REJECT_DUPLICATES, &error);
	fclose(in);
	if (!root)
		refuse(loading, "line %d, column %d: %s", error.line, error.column, error.text);
	return root;
}

static bool add_file(struct loading *loading, struct baseline *baseline);

static bool has_file(const struct baseline *baseline, const char *path)
{
	for (size_t i = 0; i < baseline->count; i++)
		if (!strcmp(baseline->entry[i].file, path))
			return true;
	return false;
}

/* A file that stands beside this one, unless another has included it already. */
static bool include(const struct loading *loading, struct baseline *baseline, const char *name)
{
	const char *slash = strrchr(loading->path, '/');
	struct loading inner = *loading;
	char *path;
	bool added;

	if (!name || !*name || strchr(name, '/'))
		return refuse(loading, "\"include\" must be names of files beside this one");
	if (loading->depth == INCLUDE_DEPTH)
		return refuse(loading, "\"include\" of %s: too deep, or in a circle", name);
	if (asprintf(&path, "%.*s%s", slash ? (int)(slash - loading->path) + 1 : 0, loading->path,
		     name) < 0)
		return refuse(loading, "out of memory");
	inner.path = path;
	inner.depth++;
	added = has_file(baseline, path) || add_file(&inner, baseline);
	free(path);
	return added;
}

static bool add_includes(const struct loading *loading, struct baseline *baseline,
			 const json_t *names)
{
	if (names && !json_is_array(names))
		return refuse(loading, "\"include\" must be an array");
	for (size_t i = 0; i < json_array_size(names); i++)
		if (!include(loading, baseline, json_string_value(json_array_get(names, i))))
			return false;
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
	return add_includes(loading, baseline, json_object_get(root, "include")) &&
	       add_entries(loading, baseline, entries);
}

static bool add_file(struct loading *loading, struct baseline *baseline)
{
	json_t *root = read_file(loading);
	bool added = root && add_all(loading, baseline, root);

	json_decref(root);
	return added;
}

struct baseline *baseline_load(struct baseline *baseline, const char *path, char *why, size_t size)
{
	struct loading loading = {.path = path, .why = why, .size = size};
	struct baseline *into = baseline ? baseline : calloc(1, sizeof(*into));
	size_t before = into ? into->count : 0;

	if (!into)
		refuse(&loading, "out of memory");
	else if (add_file(&loading, into))
		return into;
	while (into && into->count > before)
		entry_free(&into->entry[--into->count]);
	if (!baseline)
		baseline_free(into);
	return NULL;
}

void baseline_free(struct baseline *baseline)
{
	if (!baseline)
		return;
	baseline_lines_free(baseline);
	for (size_t i = 0; i < baseline->njoined; i++)
		free(baseline->joined[i]);
	free(baseline->joined);
	for (size_t i = 0; i < baseline->count; i++)
		entry_free(&baseline->entry[i]);
	free(baseline->entry);
	free(baseline);
}
