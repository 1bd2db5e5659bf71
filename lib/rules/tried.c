/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a rule was exercised. A scenario that comes again (in another profile, say) is one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tried.h"

static char *scenario_name(const struct world *w)
{
	char *name;

	if (!w->suite[0])
		return strdup("before the first scenario");
	return asprintf(&name, "%s: %s", w->suite, w->scenario) < 0 ? NULL : name;
}

static bool is_there(const struct tried *tried, const char *name)
{
	for (size_t i = 0; i < tried->count; i++)
		if (!strcmp(tried->scenario[i], name))
			return true;
	return false;
}

void tried_note(struct tried *tried, const struct world *w)
{
	char *name;

	if (tried->last == w->begin_line + 1)
		return;
	tried->last = w->begin_line + 1;
	name = tried->count < TRIED_MAX ? scenario_name(w) : NULL;
	if (name && !is_there(tried, name))
		tried->scenario[tried->count++] = name;
	else
		free(name);
}

void tried_free(struct tried *tried)
{
	for (size_t i = 0; i < tried->count; i++)
		free(tried->scenario[i]);
}
