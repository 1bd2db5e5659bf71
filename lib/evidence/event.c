/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One event: from a JSON object to struct event, and typed access to its keys. */
#include <errno.h>
#include <string.h>

#include "words.h"

const char *event_str(const struct event *event, const char *key)
{
	return json_string_value(json_object_get(event->body, key));
}

int64_t event_int(const struct event *event, const char *key, int64_t none)
{
	const json_t *value = json_object_get(event->body, key);

	return json_is_integer(value) ? json_integer_value(value) : none;
}

bool event_bool(const struct event *event, const char *key)
{
	return json_is_true(json_object_get(event->body, key));
}

int event_res(const struct event *event)
{
	return res_parse(event_str(event, "res"));
}

size_t event_hex_len(const struct event *event, const char *key)
{
	return json_string_length(json_object_get(event->body, key)) / 2;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

long event_hex(const struct event *event, const char *key, void *buf, size_t size)
{
	const char *text = event_str(event, key);
	uint8_t *byte = buf;

	if (!text)
		return -ENOENT;

	size_t len = strlen(text);

	if (len % 2)
		return -EINVAL;
	len /= 2;
	if (len > size)
		return -ENOSPC;
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		byte[i] = (uint8_t)(high << 4 | low);
	}
	return (long)len;
}

json_t *json_hex(const void *bytes, size_t len)
{
	static const char digit[] = "0123456789abcdef";
	const uint8_t *byte = bytes;
	char *text = malloc(2 * len + 1);

	if (!text)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digit[byte[i] >> 4];
		text[2 * i + 1] = digit[byte[i] & 15];
	}

	json_t *json = json_stringn_nocheck(text, 2 * len);

	free(text);
	return json;
}

const char *event_from(json_t *body, struct event *event)
{
	int kind;

	if (!json_is_object(body))
		return "not a JSON object";
	kind = kind_parse(json_string_value(json_object_get(body, "ev")));
	if (kind < 0)
		return "no known kind of event in \"ev\"";

	event->kind = (enum event_kind)kind;
	event->body = body;
	event->fn = event_str(event, "fn");
	event->act = ACT_NONE;
	event->obs = OBS_NONE;
	if (event->kind == EV_ACT || event->kind == EV_DONE) {
		event->act = act_parse(event_str(event, "act"));
		if (event->act == ACT_NONE)
			return "no known action in \"act\"";
	}
	if (event->kind == EV_OBS) {
		event->obs = obs_parse(event_str(event, "obs"));
		if (event->obs == OBS_NONE)
			return "no known observation in \"obs\"";
	}
	return NULL;
}
