/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a witness tells, as lines of the record. */
#include <vfwalk/witness.h>

static const char *const kinds[WITNESS_KINDS] = {
	[WITNESS_REQUEST] = "request",
	[WITNESS_FAULT] = "fault",
	[WITNESS_CONTROL] = "control",
	[WITNESS_MANAGED] = "managed",
};

static const char *const outcomes[] = {
	[OUTCOME_BLOCKED] = "blocked",
	[OUTCOME_REMAPPED] = "remapped",
	[OUTCOME_PASSED] = "passed",
};

struct witness_event witness_event(enum witness_kind kind)
{
	return (struct witness_event){
		.kind = kind, .devfn = -1, .data = -1, .index = -1, .reason = -1, .count = 1};
}

/* What is not told has no key. */
static json_t *number(bool known, int64_t value)
{
	return known ? json_integer(value) : NULL;
}

static json_t *source_json(const struct witness_event *e)
{
	char source[BDF_LEN];

	return e->has_source ? json_string(bdf_format(e->source, source)) : NULL;
}

static json_t *request_json(const struct witness_event *e)
{
	return json_pack("{s:o*,s:o*,s:b,s:o*,s:o*,s:s,s:o*,s:o*,s:i}", "source", source_json(e),
			 "devfn", number(e->devfn >= 0, e->devfn), "dma", e->dma, "addr",
			 number(e->has_addr, (json_int_t)e->addr), "data",
			 number(e->data >= 0, e->data), "outcome", outcomes[e->outcome], "index",
			 number(e->index >= 0, e->index), "reason",
			 number(e->reason >= 0, e->reason), "count", (int)e->count);
}

static json_t *fault_json(const struct witness_event *e)
{
	return json_pack("{s:o*,s:s,s:b,s:o*,s:o*,s:o*}", "source", source_json(e), "kind",
			 e->dma ? "dma" : "interrupt", "write", e->write, "addr",
			 number(e->has_addr, (json_int_t)e->addr), "index",
			 number(e->index >= 0, e->index), "reason",
			 number(e->reason >= 0, e->reason));
}

static json_t *keys_of(const struct witness_event *e)
{
	char fn[BDF_LEN];

	switch (e->kind) {
	case WITNESS_REQUEST:
		return request_json(e);
	case WITNESS_FAULT:
		return fault_json(e);
	case WITNESS_CONTROL:
		return json_pack("{s:s,s:i}", "fn", bdf_format(e->source, fn), "value",
				 (int)e->control);
	case WITNESS_MANAGED:
		return json_pack("{s:i,s:i,s:i,s:i,s:i}", "action", (int)e->action, "resource",
				 (int)e->resource, "cntlid", (int)e->cntlid, "nr", (int)e->nr,
				 "status", (int)e->status);
	case WITNESS_KINDS:
		break;
	}
	return NULL;
}

json_t *witness_json(const struct witness_event *event)
{
	json_t *keys = keys_of(event);

	if (keys)
		json_object_set_new(keys, "what", json_string(kinds[event->kind]));
	return keys;
}

static json_t *known(int value)
{
	return value < 0 ? json_null() : json_boolean(value);
}

json_t *witness_scope_json(const struct witness_scope *scope)
{
	json_t *sees = json_array();

	for (int kind = 0; kind < WITNESS_KINDS; kind++)
		if (scope->sees & 1u << kind)
			json_array_append_new(sees, json_string(kinds[kind]));
	if (scope->sees_dma)
		json_array_append_new(sees, json_string("dma"));
	return json_pack("{s:s,s:s,s:o,s:o,s:o}", "what", "begin", "by", scope->by, "sees", sees,
			 "remapping", known(scope->remapping), "translation",
			 known(scope->translation));
}
