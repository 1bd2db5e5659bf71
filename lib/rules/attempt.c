/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attempts to give a VF a number of vectors, and numbers as the kernel reads them. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "attempt.h"

bool is_attr(const struct event *event, const char *attr)
{
	const char *name = event_str(event, "attr");

	return name && !strcmp(name, attr);
}

/* The base that lib/kstrtox.c would find with base 0, and where the digits start. */
static int number_base(const char **text)
{
	const char *s = *text;

	if (s[0] != '0')
		return 10;
	if (tolower(s[1]) != 'x' || !isxdigit((unsigned char)s[2]))
		return 8;
	*text += 2;
	return 16;
}

enum number number_parse(const char *text, long long *value)
{
	bool negative = *text == '-';
	char *end;
	int base;

	if (*text == '-' || *text == '+')
		text++;
	base = number_base(&text);
	if (!isxdigit((unsigned char)*text))
		return NUMBER_NONE;
	errno = 0;
	*value = strtoll(text, &end, base);
	if (end == text || errno)
		return NUMBER_NONE;
	if (*end == '\n')
		end++;
	if (*end)
		return NUMBER_NONE;
	if (negative)
		*value = -*value;
	return *value < 0 ? NUMBER_NEGATIVE : NUMBER;
}

bool ended_attempt(const struct event *event, struct attempt *attempt)
{
	const char *value = event_str(event, "value"), *backend = event_str(event, "backend");

	if (event->kind != EV_DONE)
		return false;
	attempt->res = event_res(event);
	if (event->act == ACT_RESIZE) {
		attempt->sysfs = backend && !strcmp(backend, "sysfs");
		attempt->want = event_int(event, "want", 0);
		attempt->number = NUMBER;
		attempt->plain = true;
		return true;
	}
	if (event->act != ACT_ATTR_WRITE || !is_attr(event, COUNT_ATTR) || !value || !*value)
		return false;
	attempt->sysfs = true;
	attempt->number = number_parse(value, &attempt->want);
	if (attempt->number == NUMBER && attempt->want > INT_MAX)
		attempt->number = NUMBER_NONE;
	attempt->plain = attempt->number == NUMBER && !value[strspn(value, "0123456789")] &&
			 (*value != '0' || !value[1]);
	return true;
}

long long pool_assigned(const struct event *event)
{
	const json_t *list = json_object_get(event->body, "assigned");
	long long sum = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);
		long long size = json_integer_value(json_object_get(entry, "size"));

		if (size > 0)
			sum += size;
	}
	return sum;
}
