/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a resize takes, from a record: from the line that announces it to the line that holds
 * the Table Size it led to. Prints one line: how many, and the median in microseconds.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/evidence.h>

struct latencies {
	size_t len, size;
	int64_t *us;
};

static void add(struct latencies *l, int64_t us)
{
	if (l->len == l->size) {
		l->size = l->size ? 2 * l->size : 64;
		l->us = realloc(l->us, l->size * sizeof(*l->us));
		if (!l->us)
			err(2, "out of memory");
	}
	l->us[l->len++] = us;
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Only successful resizes count, up to the first look at that function's capability. */
static void collect(struct ev_reader *reader, struct latencies *l)
{
	struct event event;
	char fn[16] = "";
	int64_t begun = 0;
	bool done = false;

	while (ev_next(reader, &event) > 0) {
		bool same = event.fn && !strcmp(event.fn, fn);

		if (event.kind == EV_ACT) {
			begun = event_int(&event, "t", 0);
			snprintf(fn, sizeof(fn), "%s",
				 event.act == ACT_RESIZE && event.fn ? event.fn : "");
			done = false;
		} else if (event.kind == EV_DONE && same) {
			done = event_res(&event) == 0;
		} else if (event.obs == OBS_MSIX && same && done) {
			add(l, event_int(&event, "t", 0) - begun);
			fn[0] = '\0';
		}
	}
}

int main(int argc, char **argv)
{
	struct latencies l = {0};
	struct ev_reader *reader = argc == 2 ? ev_open(argv[1]) : NULL;

	if (argc != 2)
		errx(2, "usage: latency RUN.jsonl");
	if (!reader)
		err(2, "%s", argv[1]);
	collect(reader, &l);
	if (*ev_reader_error(reader))
		errx(2, "%s: %s", argv[1], ev_reader_error(reader));
	ev_reader_close(reader);
	if (!l.len)
		errx(2, "%s: no resize in it", argv[1]);

	qsort(l.us, l.len, sizeof(*l.us), by_time);
	printf("%zu %lld\n", l.len, (long long)l.us[l.len / 2]);
	free(l.us);
	return 0;
}
