/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of versions: ">=6.1 <6.13" against "6.1.0-28-amd64". */
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "versions.h"

static const struct relation {
	const char *text;
	bool less, equal, greater; /* which results of a comparison it takes */
} relations[] = {
	/* The longer first: "<" begins "<=". */
	{">=", false, true, true}, {"<=", true, true, false}, {">", false, false, true},
	{"<", true, false, false}, {"=", false, true, false},
};

static const struct relation *relation_of(const char *condition)
{
	for (size_t i = 0; i < sizeof(relations) / sizeof(relations[0]); i++)
		if (!strncmp(condition, relations[i].text, strlen(relations[i].text)))
			return &relations[i];
	return NULL;
}

/* The next number of a dotted version; false at its end. Moves @text behind it. */
static bool next_number(const char **text, unsigned long *number)
{
	char *end;

	if (**text == '.')
		(*text)++;
	if (!isdigit((unsigned char)**text))
		return false;
	*number = strtoul(*text, &end, 10);
	*text = end;
	return true;
}

/* Compares the numbers that @wanted has; what @version lacks is 0. */
static int compare(const char *version, const char *wanted)
{
	unsigned long have, want;

	while (next_number(&wanted, &want)) {
		if (!next_number(&version, &have))
			have = 0;
		if (have != want)
			return have < want ? -1 : 1;
	}
	return 0;
}

static bool condition_valid(const char *condition, size_t len)
{
	const struct relation *op = relation_of(condition);
	size_t skip = op ? strlen(op->text) : 0;

	return op && len > skip && isdigit((unsigned char)condition[skip]) &&
	       isdigit((unsigned char)condition[len - 1]) &&
	       strspn(condition + skip, "0123456789.") == len - skip;
}

bool versions_valid(const char *range)
{
	bool any = false;

	while (*range) {
		size_t len = strcspn(range, " ");

		if (len && !condition_valid(range, len))
			return false;
		any |= len > 0;
		range += len + strspn(range + len, " ");
	}
	return any;
}

static bool condition_holds(const char *condition, const char *version)
{
	const struct relation *op = relation_of(condition);
	int order = compare(version, condition + strlen(op->text));

	return order < 0 ? op->less : order > 0 ? op->greater : op->equal;
}

bool versions_match(const char *range, const char *version)
{
	if (!version || !isdigit((unsigned char)*version))
		return false;
	while (*range) {
		size_t len = strcspn(range, " ");

		if (len && !condition_holds(range, version))
			return false;
		range += len + strspn(range + len, " ");
	}
	return true;
}
