/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A race as the record has it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "race.h"

#define BIND_BEGIN "subsystem/drivers/"
#define BIND_END   "/bind"

static const char *text(const json_t *side, const char *key)
{
	return json_string_value(json_object_get(side, key));
}

static bool is_bind(const char *attr)
{
	size_t len = strlen(attr), end = strlen(BIND_END);

	return !strncmp(attr, BIND_BEGIN, strlen(BIND_BEGIN)) && len > end &&
	       !strcmp(attr + len - end, BIND_END);
}

static enum deed deed_of(const struct racer *side)
{
	if (!strcmp(side->what, COUNT_ATTR))
		return DEED_COUNT;
	if (!strcmp(side->what, "sriov_numvfs"))
		return DEED_REMOVE;
	if (!strcmp(side->what, "driver/unbind"))
		return side->fn->vf < 0 ? DEED_REMOVE : DEED_UNBIND;
	if (!strcmp(side->what, "reset"))
		return DEED_RESET;
	return is_bind(side->what) ? DEED_BIND : DEED_OTHER;
}

/* Records before offset_us have no times. */
static long long time_of(const json_t *side, const char *key)
{
	const json_t *value = json_object_get(side, key);

	return json_is_integer(value) ? (long long)json_integer_value(value) : -1;
}

static bool read_side(const struct world *w, const json_t *json, struct racer *side)
{
	const char *attr = text(json, "attr"), *value = text(json, "value");
	const char *backend = text(json, "backend"), *res = text(json, "res");

	bool table = json_object_get(json, "table");

	*side = (struct racer){.fn = world_find(w, text(json, "fn"))};
	if (!side->fn || !res || !(table || (attr ? value : backend)))
		return false;
	side->what = table ? "table" : attr ? attr : backend;
	side->deed = table ? DEED_TABLE : attr ? deed_of(side) : DEED_COUNT;
	side->sysfs = side->deed == DEED_COUNT && (attr || !strcmp(backend, "sysfs"));
	side->res = res_parse(res);
	side->begin = time_of(json, "begin_us");
	side->end = time_of(json, "end_us");
	if (!attr && !table)
		side->want = json_integer_value(json_object_get(json, "want"));
	else if (side->deed == DEED_COUNT && number_parse(value, &side->want) != NUMBER)
		return false;
	return true;
}

/*
 * A file that was gone before it could be written has met nobody: that is ENOENT of open(2), and
 * ENODEV of write(2), which then never got to the function behind the file.
 */
static bool was_gone(const struct racer *side)
{
	return side->res == -ENOENT || (side->sysfs && side->res == -ENODEV);
}

static bool began_before_end(const struct racer *side, const struct racer *other)
{
	if (side->begin < 0)
		return false;
	return other->end < 0 || side->begin < other->end;
}

bool ended_race(const struct world *w, const struct event *event, struct race *race)
{
	const json_t *sides = json_object_get(event->body, "sides");
	bool timed = json_object_get(json_array_get(sides, 0), "begin_us");

	if (event->kind != EV_DONE || event->act != ACT_RACE || json_array_size(sides) != 2)
		return false;
	for (size_t i = 0; i < 2; i++)
		if (!read_side(w, json_array_get(sides, i), &race->side[i]))
			return false;
	race->met = !was_gone(&race->side[0]) && !was_gone(&race->side[1]);
	if (timed)
		race->met &= began_before_end(&race->side[0], &race->side[1]) &&
			     began_before_end(&race->side[1], &race->side[0]);
	return true;
}

void race_driver(const struct racer *side, char *driver, size_t size)
{
	const char *name = side->what + strlen(BIND_BEGIN);

	driver[0] = '\0';
	if (side->deed == DEED_BIND)
		snprintf(driver, size, "%.*s", (int)(strlen(name) - strlen(BIND_END)), name);
}

const struct racer *race_find(const struct race *race, enum deed deed, const struct racer **other)
{
	for (size_t i = 0; i < 2; i++)
		if (race->side[i].deed == deed) {
			*other = &race->side[1 - i];
			return &race->side[i];
		}
	return NULL;
}
