/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a walk took, from its record. Prints one line: events, milliseconds from the first to the
 * last, and those of them in which the kernel and the device made or removed VFs.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include <vfwalk/evidence.h>

struct growth {
	unsigned long events;
	int64_t first_us, last_us, vfs_us;
};

/* Do VFs come and go with it? They do with every reset of the PF, and with what puts it back. */
static bool makes_vfs(const struct event *event, const char *pf)
{
	const char *method = event->act == ACT_RESET ? event_str(event, "method") : NULL;

	return event->act == ACT_NUMVFS || event->act == ACT_CFG_RESTORE ||
	       (method && (!strcmp(method, "vfe") || (event->fn && !strcmp(event->fn, pf))));
}

static void collect(struct ev_reader *reader, struct growth *g)
{
	struct event event;
	char pf[16] = "";
	int64_t begun = 0;

	while (ev_next(reader, &event) > 0) {
		/* Not the walk's, and by another clock. */
		if (event.kind == EV_WITNESS)
			continue;
		if (event.kind == EV_FUNCTION && event_int(&event, "vf", 0) < 0 && event.fn)
			snprintf(pf, sizeof(pf), "%s", event.fn);
		g->last_us = event_int(&event, "t", g->last_us);
		if (!g->events++)
			g->first_us = g->last_us;
		if (event.kind == EV_ACT)
			begun = g->last_us;
		else if (event.kind == EV_DONE && makes_vfs(&event, pf))
			g->vfs_us += g->last_us - begun;
	}
}

int main(int argc, char **argv)
{
	struct growth g = {0};
	struct ev_reader *reader = argc == 2 ? ev_open(argv[1]) : NULL;

	if (argc != 2)
		errx(2, "usage: growth RUN.jsonl");
	if (!reader)
		err(2, "%s", argv[1]);
	collect(reader, &g);
	if (*ev_reader_error(reader))
		errx(2, "%s: %s", argv[1], ev_reader_error(reader));
	ev_reader_close(reader);
	printf("%lu %lld %lld\n", g.events, (long long)(g.last_us - g.first_us) / 1000,
	       (long long)g.vfs_us / 1000);
	return 0;
}
