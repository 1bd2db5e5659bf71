/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing the record. Each event is one write(2) to a descriptor opened for appending, so that
 * several processes can continue one record and a crash can cut at most the last line.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "words.h"

struct ev_writer {
	int fd;
	bool owns_fd;
	int error;           /* of the first write that failed */
	unsigned long lines; /* written by this process */
	ev_listener *listener;
	void *ctx;
};

static struct ev_writer *writer_new(int fd, bool owns_fd)
{
	struct ev_writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		return NULL;
	writer->fd = fd;
	writer->owns_fd = owns_fd;
	return writer;
}

struct ev_writer *ev_create(const char *path)
{
	struct stat st;
	bool device = !stat(path, &st) && S_ISCHR(st.st_mode);
	int flags = device ? O_WRONLY : O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		return NULL;

	struct ev_writer *writer = writer_new(fd, true);

	if (!writer)
		close(fd);
	return writer;
}

struct ev_writer *ev_attach(int fd)
{
	if (fcntl(fd, F_GETFD) < 0)
		return NULL;
	return writer_new(fd, false);
}

void ev_close(struct ev_writer *writer)
{
	if (!writer)
		return;
	if (writer->owns_fd)
		close(writer->fd);
	free(writer);
}

int ev_fd(const struct ev_writer *writer)
{
	return writer->fd;
}

void ev_listen(struct ev_writer *writer, ev_listener *listener, void *ctx)
{
	writer->listener = listener;
	writer->ctx = ctx;
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t done = write(fd, text, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		text += done;
		len -= (size_t)done;
	}
	return 0;
}

static int write_line(int fd, const json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);

	if (!text)
		return -ENOMEM;

	size_t len = strlen(text);

	text[len] = '\n'; /* in the place of the terminating zero: one write, one line */
	int err = write_all(fd, text, len + 1);

	free(text);
	return err;
}

static void tell(struct ev_writer *writer, json_t *body)
{
	struct event event = {.line = writer->lines};

	if (writer->listener && !event_from(body, &event))
		writer->listener(writer->ctx, &event);
}

int ev_write(struct ev_writer *writer, json_t *body)
{
	if (!body)
		return -EBADMSG;
	if (!writer->error)
		writer->error = write_line(writer->fd, body);
	if (!writer->error) {
		writer->lines++;
		tell(writer, body);
	}
	json_decref(body);
	return writer->error;
}

void ev_replay(struct ev_writer *writer, json_t *body)
{
	if (!body)
		return;
	tell(writer, body);
	json_decref(body);
}
