/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Joining a trace of QEMU to the record of the guest that ran in it. Each line of the record left
 * the guest by one port, and QEMU traced how many bytes went there; all else that was traced before
 * such a write happened before that line was written.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/evidence.h>

#include "trace.h"

/* The port vfwalk.evidence of fixtures/lab/boot.sh: the first that a virtio-serial device has. */
#define RECORD_PORT 1

/* A function of the record, for what its config space answers. */
struct answerer {
	struct bdf fn;
	unsigned pos;     /* of the MSI-X capability */
	bool begun, told; /* its first DWORD was read; Message Control was, since the last look */
	uint32_t first;
	uint16_t control;
};

struct join {
	FILE *record, *out;
	struct trace trace;
	struct witness_scope scope;
	uint64_t copied, written; /* bytes of the record: copied here, traced there */
	char *line;               /* the next line of the record, read and not copied */
	size_t size, len;
	json_t *body; /* of that line; NULL where it is no JSON, or cut */
	bool begun;   /* the header was copied */
	bool hot;     /* a shot is under way, with this message: */
	struct msi_msg shot;
	json_int_t t;                  /* of the line before */
	struct witness_event *waiting; /* what was seen since the line before */
	size_t nwaiting, room;
	struct answerer *answerer;
	size_t nanswerer;
	int error;
	char *why;
};

static int refuse(struct join *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int refuse(struct join *j, const char *fmt, ...)
{
	va_list ap;

	if (!j->error) {
		va_start(ap, fmt);
		vsnprintf(j->why, 160, fmt, ap);
		va_end(ap);
		j->error = -EBADMSG;
	}
	return j->error;
}

static void fail(struct join *j, int error)
{
	if (!j->error)
		j->error = error;
}

/* --- what is seen --- */

static void tell(struct join *j, json_t *keys)
{
	json_t *body = json_pack("{s:s,s:I}", "ev", "witness", "t", j->t);

	if (!body || !keys || json_object_update(body, keys) ||
	    json_dumpf(body, j->out, JSON_COMPACT) || putc('\n', j->out) == EOF)
		fail(j, errno ? -errno : -ENOMEM);
	json_decref(body);
	json_decref(keys);
}

static bool is_same(const struct witness_event *a, const struct witness_event *b)
{
	return a->kind == WITNESS_REQUEST && b->kind == WITNESS_REQUEST &&
	       a->outcome == b->outcome && a->addr == b->addr && a->data == b->data &&
	       a->devfn == b->devfn && a->has_source == b->has_source &&
	       bdf_equal(a->source, b->source) && a->index == b->index && a->reason == b->reason &&
	       a->dma == b->dma && a->write == b->write;
}

static void saw(void *ctx, const struct witness_event *event)
{
	struct join *j = ctx;
	struct witness_event *grown;

	for (size_t i = 0; i < j->nwaiting; i++)
		if (is_same(&j->waiting[i], event)) {
			j->waiting[i].count++;
			return;
		}
	if (j->nwaiting == j->room) {
		grown = realloc(j->waiting, (j->room + 64) * sizeof(*grown));
		if (!grown) {
			fail(j, -ENOMEM);
			return;
		}
		j->waiting = grown;
		j->room += 64;
	}
	j->waiting[j->nwaiting++] = *event;
}

/*
 * Of requests that pass only those are told that are a shot: a job that reads a disk makes
 * thousands, of which nobody else has told what to expect. Some models do not tell the address.
 */
static bool is_shot(const struct join *j, const struct witness_event *event)
{
	return j->hot && !event->dma && event->data == j->shot.data &&
	       (!event->has_addr || event->addr == j->shot.addr);
}

static void tell_answer_of(struct join *j, struct bdf fn)
{
	struct witness_event event = witness_event(WITNESS_CONTROL);

	for (size_t i = 0; i < j->nanswerer; i++) {
		struct answerer *a = &j->answerer[i];

		if (!a->told || !bdf_equal(a->fn, fn))
			continue;
		event.source = fn;
		event.control = a->control;
		tell(j, witness_json(&event));
		a->told = false;
	}
}

/*
 * The kernel reads Message Control of many functions for itself. What the record says of one is
 * held against its last answer before that, and no other is told.
 */
static void tell_answer(struct join *j)
{
	struct event event = {0};
	struct bdf fn;

	if (j->body && !event_from(j->body, &event) && event.fn && !bdf_parse(event.fn, &fn) &&
	    (event.kind == EV_FUNCTION ||
	     (event.kind == EV_OBS && (event.obs == OBS_MSIX || event.obs == OBS_CONFIG))))
		tell_answer_of(j, fn);
}

static void tell_waiting(struct join *j)
{
	for (size_t i = 0; i < j->nwaiting && j->begun; i++) {
		const struct witness_event *event = &j->waiting[i];

		if (event->kind != WITNESS_REQUEST || event->outcome == OUTCOME_BLOCKED ||
		    is_shot(j, event))
			tell(j, witness_json(event));
	}
	j->nwaiting = 0;
	tell_answer(j);
}

/* --- config space --- */

/*
 * The trace does not tell how wide a read was. A word at Message Control is one; of a DWORD that
 * begins before it only one is taken after which the next was read, too: who walks the list of
 * capabilities reads a word there, and goes on elsewhere.
 */
static void read_config(void *ctx, struct bdf fn, unsigned off, uint32_t value)
{
	struct join *j = ctx;

	for (size_t i = 0; i < j->nanswerer; i++) {
		struct answerer *a = &j->answerer[i];

		if (!bdf_equal(a->fn, fn))
			continue;
		if (off == a->pos + 2 || (off == a->pos + 4 && a->begun)) {
			a->control = (uint16_t)(off == a->pos + 2 ? value : a->first >> 16);
			a->told = true;
		}
		a->begun = off == a->pos;
		a->first = value;
		return;
	}
}

static struct answerer *answerer_of(struct join *j, struct bdf fn)
{
	struct answerer *grown;

	for (size_t i = 0; i < j->nanswerer; i++)
		if (bdf_equal(j->answerer[i].fn, fn))
			return &j->answerer[i];
	grown = realloc(j->answerer, (j->nanswerer + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	j->answerer = grown;
	grown[j->nanswerer] = (struct answerer){.fn = fn};
	return &grown[j->nanswerer++];
}

static void learn_function(struct join *j, const struct event *event)
{
	struct cfg cfg = {0};
	struct msix msix;
	struct bdf fn;
	struct answerer *a;
	long len = event_hex(event, "bytes", cfg.byte, sizeof(cfg.byte));

	cfg.len = len > 0 ? (size_t)len : 0;
	if (bdf_parse(event->fn ? event->fn : "", &fn) || cfg_msix(&cfg, &msix))
		return;
	a = answerer_of(j, fn);
	if (a)
		a->pos = msix.pos;
	else
		fail(j, -ENOMEM);
}

/* --- the record --- */

static void begin(struct join *j)
{
	j->begun = true;
	j->scope.remapping = j->trace.remapping;
	j->scope.translation = j->trace.translation;
	/* Only Intel's IOMMU traces what it is told; off and never told are the same there. */
	if (j->scope.translation >= 0 && j->scope.remapping < 0)
		j->scope.remapping = 0;
	tell(j, witness_scope_json(&j->scope));
}

static void see_act(struct join *j, const struct event *event)
{
	j->hot = event->act == ACT_SHOT;
	j->shot.addr = (uint64_t)event_int(event, "addr", 0);
	j->shot.data = (uint32_t)event_int(event, "data", 0);
}

/* What the line that was just copied says of those that follow. */
static int understand(struct join *j)
{
	struct event event = {0};
	const char *what = j->body ? event_from(j->body, &event) : "not JSON";

	if (what)
		return refuse(j, "the record is none of vfwalk: %s", what);
	j->t = event_int(&event, "t", j->t);
	if (event.kind == EV_WITNESS)
		refuse(j, "the record has a witness already: its lines are of kind \"witness\"");
	else if (event.kind == EV_HEADER)
		begin(j);
	else if (event.kind == EV_FUNCTION)
		learn_function(j, &event);
	else if (event.kind == EV_ACT)
		see_act(j, &event);
	else if (event.kind == EV_OBS && event.obs == OBS_WATCH)
		j->hot = false;
	return j->error;
}

static bool next_line(struct join *j)
{
	ssize_t len;

	if (j->len)
		return true;
	len = getline(&j->line, &j->size, j->record);
	j->len = len > 0 ? (size_t)len : 0;
	j->body = j->len ? json_loadb(j->line, j->len, 0, NULL) : NULL;
	return j->len;
}

static void copy_line(struct join *j)
{
	if (fwrite(j->line, 1, j->len, j->out) != j->len)
		fail(j, -errno);
	else if (j->line[j->len - 1] == '\n')
		understand(j);
	j->copied += j->len;
	j->len = 0;
	json_decref(j->body);
	j->body = NULL;
}

/* A line that is written in pieces is copied with the last of them. */
static void wrote(void *ctx, unsigned port, size_t bytes)
{
	struct join *j = ctx;

	if (port != RECORD_PORT)
		return;
	j->written += bytes;
	while (!j->error && next_line(j) && j->copied + j->len <= j->written) {
		tell_waiting(j);
		copy_line(j);
	}
}

/* What was still on its way when QEMU ended has no trace; a whole line of it would. */
static int finish(struct join *j)
{
	bool whole;

	if (j->error)
		return j->error;
	if (!j->written)
		return refuse(j, "the trace tells of no write to the record's port");
	tell_waiting(j);
	whole = next_line(j) && j->line[j->len - 1] == '\n';
	if (whole || (!j->len && j->copied < j->written))
		return refuse(j, "the record has %s than the %llu bytes that the trace tells of",
			      whole ? "more" : "less", (unsigned long long)j->written);
	if (j->len)
		copy_line(j);
	if (!j->error && fflush(j->out))
		fail(j, -errno);
	return j->error;
}

int witness_join(FILE *record, FILE *trace, FILE *events, FILE *out, char why[static 160])
{
	struct join j = {
		.record = record,
		.out = out,
		.scope = {.by = "qemu"},
		.why = why,
		.trace = {.saw = saw,
			  .wrote = wrote,
			  .read_config = read_config,
			  .remapping = -1,
			  .translation = -1},
	};
	char *line = NULL;
	size_t size = 0;

	j.trace.ctx = &j;
	trace_scope(events, &j.scope);
	while (!j.error && getline(&line, &size, trace) > 0)
		trace_line(&j.trace, line);
	trace_settle(&j.trace);
	if (!j.error && (ferror(trace) || ferror(record)))
		j.error = -EIO;
	finish(&j);
	free(line);
	json_decref(j.body);
	free(j.line);
	free(j.waiting);
	free(j.answerer);
	return j.error;
}
