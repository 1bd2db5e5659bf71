/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the record as a stream: one line in memory at a time, whatever the run's length. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

/* What to do where a file is no record at all. */
#define GIVE    ": give the evidence.jsonl of a run"
#define FOREIGN "no vfwalk header: this is no evidence of vfwalk" GIVE

struct ev_reader {
	FILE *in;
	char *text; /* of the current line */
	size_t size;
	unsigned long line;
	json_t *body;
	bool cut;
	char error[256];
};

struct ev_reader *ev_open(const char *path)
{
	struct ev_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return NULL;
	reader->in = strcmp(path, "-") ? fopen(path, "re") : stdin;
	if (!reader->in) {
		free(reader);
		return NULL;
	}
	return reader;
}

void ev_reader_close(struct ev_reader *reader)
{
	if (!reader)
		return;
	json_decref(reader->body);
	if (reader->in != stdin)
		fclose(reader->in);
	free(reader->text);
	free(reader);
}

const char *ev_reader_error(const struct ev_reader *reader)
{
	return reader->error;
}

bool ev_reader_cut(const struct ev_reader *reader)
{
	return reader->cut;
}

static int refuse(struct ev_reader *reader, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int refuse(struct ev_reader *reader, const char *fmt, ...)
{
	int used = reader->line ? snprintf(reader->error, sizeof(reader->error),
					   "line %lu: ", reader->line)
				: 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reader->error + used, sizeof(reader->error) - (size_t)used, fmt, ap);
	va_end(ap);
	return -EBADMSG;
}

/* The first line must say what this is; a second one like it means two runs in one file. */
static int check_header(struct ev_reader *reader, const struct event *event)
{
	const char *format;

	if (event->kind != EV_HEADER && reader->line == 1)
		return refuse(reader, FOREIGN);
	if (event->kind != EV_HEADER)
		return 1;
	if (reader->line != 1)
		return refuse(reader, "a second header: judge each run's record by itself");

	format = event_str(event, "format");
	if (!format || strcmp(format, EVIDENCE_FORMAT))
		return refuse(reader, "format is not \"" EVIDENCE_FORMAT "\"" GIVE);
	if (event_int(event, "version", 0) != EVIDENCE_VERSION)
		return refuse(reader, "version %lld of the record; this vfwalk reads version %d",
			      (long long)event_int(event, "version", 0), EVIDENCE_VERSION);
	return 1;
}

/* 1 with a whole line in reader->text, 0 at the end; a line without its newline is cut. */
static int next_line(struct ev_reader *reader)
{
	ssize_t len = getline(&reader->text, &reader->size, reader->in);

	if (len < 0 && ferror(reader->in))
		return refuse(reader, "cannot be read: %s" GIVE, strerror(errno));
	if (len < 0)
		return 0;
	reader->line++;
	if (reader->text[len - 1] != '\n') {
		reader->cut = true;
		return 0;
	}
	return 1;
}

int ev_next(struct ev_reader *reader, struct event *event)
{
	json_error_t error;
	const char *wrong;
	int more;

	json_decref(reader->body);
	reader->body = NULL;
	more = next_line(reader);
	if (more <= 0) {
		if (!more && reader->line == 0)
			return refuse(reader, "the file is empty" GIVE);
		if (!more && reader->line == 1 && reader->cut)
			return refuse(reader,
				      *reader->text == '{' ? "cut off in its header" : FOREIGN);
		return more;
	}

	reader->body = json_loads(reader->text, 0, &error);
	if (!reader->body)
		return refuse(reader, "not JSON: %s%s", error.text, reader->line == 1 ? GIVE : "");
	wrong = event_from(reader->body, event);
	if (wrong && reader->line == 1)
		return refuse(reader, FOREIGN);
	if (wrong)
		return refuse(reader, "%s", wrong);
	event->line = reader->line;
	return check_header(reader, event);
}
