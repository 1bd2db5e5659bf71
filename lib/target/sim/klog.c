/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's log: lines wait here until they are asked for. */
#include <stdio.h>
#include <stdlib.h>

#include "model.h"

/* Room for the lines that are kept; it doubles when full. */
static bool is_full(size_t count)
{
	return !(count & (count - 1));
}

void sim_log(struct sim *s, const char *fmt, ...)
{
	va_list ap;
	char *line;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&line, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	if (is_full(s->nlog)) {
		char **log = realloc(s->log, (s->nlog ? 2 * s->nlog : 1) * sizeof(*log));

		if (!log) {
			free(line);
			return;
		}
		s->log = log;
	}
	s->log[s->nlog++] = line;
}

int sim_klog(struct target *t, target_klog_fn *line, void *ctx)
{
	struct sim *s = sim_of(t);

	for (size_t i = 0; i < s->nlog; i++)
		line(ctx, s->log[i]);
	sim_klog_free(s);
	return 0;
}

void sim_klog_free(struct sim *s)
{
	for (size_t i = 0; i < s->nlog; i++)
		free(s->log[i]);
	free(s->log);
	s->log = NULL;
	s->nlog = 0;
}

int sim_taint(struct target *t, uint64_t *flags)
{
	*flags = sim_of(t)->taint;
	return 0;
}

void sim_warn(struct sim *s, const char *where)
{
	sim_log(s, "WARNING: CPU: 0 PID: 1 at %s", where);
	s->taint |= SIM_TAINT_WARN;
}
