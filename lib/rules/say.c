/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rules say to the judge: it held, it broke, it does not apply. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

struct finding blank(const struct judge *judge, size_t f, size_t r)
{
	struct finding finding = {.rule = &catalogue_get(r)->info, .verdict = VERDICT_NOT_RUN};

	strcpy(finding.fn, judge->world->fn[f]->name);
	return finding;
}

static struct slot *slot_of(const struct judging *jg, const struct world_fn *fn)
{
	struct slot **slot;

	if (!fn || fn->index >= jg->judge->nfn)
		return NULL;
	slot = &jg->judge->fn[fn->index][jg->index];
	if (!*slot) {
		*slot = calloc(1, sizeof(**slot));
		if (*slot)
			(*slot)->finding = blank(jg->judge, fn->index, jg->index);
		else
			breaks(jg->judge, "out of memory");
	}
	return *slot;
}

void held(struct judging *jg, const struct world_fn *fn)
{
	struct slot *slot = slot_of(jg, fn);

	if (!slot)
		return;
	slot->finding.exercised++;
	tried_note(&jg->judge->tried[jg->index], jg->judge->world);
}

/* A rule can fail in more ways than one: a baseline that excuses one must not hide another. */
static void keep_seen(struct finding *finding, char *seen)
{
	bool told = !seen || (finding->seen && !strcmp(seen, finding->seen));

	for (size_t i = 0; i < finding->nalso; i++)
		told |= !strcmp(seen, finding->also[i]);
	if (told) {
		free(seen);
	} else if (!finding->seen) {
		finding->seen = seen;
	} else if (finding->nalso < FINDING_ALSO) {
		finding->also[finding->nalso++] = seen;
	} else {
		finding->more = true;
		free(seen);
	}
}

static void add_failing(struct judge *judge, struct slot *slot)
{
	struct slot **grown = realloc(judge->failing, (judge->nfailing + 1) * sizeof(*grown));

	if (!grown) {
		breaks(judge, "out of memory");
		return;
	}
	judge->failing = grown;
	grown[judge->nfailing++] = slot;
}

static void vbroke(struct judging *jg, const struct world_fn *fn, const char *expected,
		   const char *fmt, va_list ap)
{
	struct slot *slot = slot_of(jg, fn);
	struct finding *finding;
	char *seen;

	if (!slot)
		return;
	finding = &slot->finding;
	finding->exercised++;
	tried_note(&jg->judge->tried[jg->index], jg->judge->world);
	if (!finding->failed++) {
		add_failing(jg->judge, slot);
		finding->expected = strdup(expected);
		finding->suite = strdup(jg->judge->world->suite);
		finding->scenario = strdup(jg->judge->world->scenario);
	}
	if (vasprintf(&seen, fmt, ap) >= 0)
		keep_seen(finding, seen);
	if (finding->nline < FINDING_LINES)
		finding->line[finding->nline++] = jg->event->line;
}

void broke(struct judging *jg, const struct world_fn *fn, const char *expected, const char *fmt,
	   ...)
{
	va_list ap;

	va_start(ap, fmt);
	vbroke(jg, fn, expected, fmt, ap);
	va_end(ap);
}

void verdict(struct judging *jg, const struct world_fn *fn, bool ok, const char *expected,
	     const char *fmt, ...)
{
	va_list ap;

	if (ok) {
		held(jg, fn);
		return;
	}
	va_start(ap, fmt);
	vbroke(jg, fn, expected, fmt, ap);
	va_end(ap);
}

void inapplicable(struct judging *jg, const struct world_fn *fn, const char *fmt, ...)
{
	struct slot *slot = slot_of(jg, fn);
	va_list ap;

	if (!slot || slot->finding.reason)
		return;
	va_start(ap, fmt);
	if (vasprintf(&slot->finding.reason, fmt, ap) < 0)
		slot->finding.reason = NULL;
	va_end(ap);
}

void *scratch(struct judging *jg, const struct world_fn *fn, size_t size)
{
	static char spare[4096];
	struct slot *slot = slot_of(jg, fn);

	if (slot && !slot->scratch)
		slot->scratch = calloc(1, size);
	if (slot && slot->scratch)
		return slot->scratch;
	/* Out of memory: the run is broken, but a judge need not know. */
	breaks(jg->judge, "out of memory");
	return memset(spare, 0, sizeof(spare));
}
