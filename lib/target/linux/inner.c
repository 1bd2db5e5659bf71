/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An inner guest that is given a function: started, asked what it sees, ended. Each step has a
 * deadline, for neither a device that hangs nor a kernel that does is waited for.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inner.h"

/*
 * QEMU without acceleration inside a guest without needs a second for it. VFWALK_INNER_DEADLINE has
 * other seconds.
 */
#define START_MS 45000
#define LOOK_MS  20000
#define END_MS   15000 /* closing the function resets it */

static unsigned start_ms(void)
{
	const char *set = getenv("VFWALK_INNER_DEADLINE");
	unsigned long value = set ? strtoul(set, NULL, 10) : 0;

	return value > 0 && value < 100000 ? (unsigned)value * 1000 : START_MS;
}

static struct linux_inner **find(struct linux_target *l, struct bdf fn)
{
	struct linux_inner **inner = &l->inners;

	while (*inner && !bdf_equal((*inner)->fn, fn))
		inner = &(*inner)->next;
	return inner;
}

static void free_inner(struct linux_inner *inner)
{
	if (inner->line >= 0)
		close(inner->line);
	if (inner->err >= 0)
		close(inner->err);
	free(inner);
}

/* What there is to read now, at most until @deadline; 0 at the end of what will ever come. */
static ssize_t read_some(struct linux_inner *inner, uint64_t deadline, char *buf, size_t size)
{
	struct pollfd line = {.fd = inner->line, .events = POLLIN};
	uint64_t now = linux_now_us();
	ssize_t len;
	int ready;

	ready = now < deadline ? poll(&line, 1, (int)((deadline - now) / 1000 + 1)) : 0;
	if (ready < 0)
		return -errno;
	if (!ready)
		return -ETIMEDOUT;
	len = read(inner->line, buf, size);
	return len < 0 ? -errno : len;
}

/* Reads one whole look; -EPIPE where QEMU ended before. */
static int read_look(struct linux_inner *inner, unsigned ms)
{
	uint64_t deadline = linux_now_us() + (uint64_t)ms * 1000;
	char name[BDF_LEN], buf[1024];
	ssize_t len;
	int res = 0;

	inner_read_begin(&inner->reader);
	while (!res) {
		len = read_some(inner, deadline, buf, sizeof(buf));
		if (len == -EINTR)
			continue;
		if (len <= 0)
			return len && len != -ECONNRESET ? (int)len : -EPIPE;
		res = inner_read(&inner->reader, buf, (size_t)len);
	}
	if (res < 0)
		warnx("inner guest with %s: %s", bdf_format(inner->fn, name), inner->reader.why);
	return res < 0 ? res : 0;
}

/*
 * QEMU has ended by itself. Exit status 1 is how it refuses; any other end, or one without a word,
 * is none of the kind.
 */
static int tell_refusal(struct linux_inner *inner)
{
	struct guest_view *view = &inner->reader.view;
	char name[BDF_LEN];

	if (!inner_vmm_end(inner, END_MS))
		return -ETIMEDOUT;
	*view = (struct guest_view){0};
	inner_vmm_words(inner, view->why, sizeof(view->why));
	if (WIFEXITED(inner->status) && WEXITSTATUS(inner->status) == 1 && view->why[0]) {
		view->refused = true;
		return 0;
	}
	warnx("inner guest with %s: QEMU ended with %s %d: %s", bdf_format(inner->fn, name),
	      WIFSIGNALED(inner->status) ? "signal" : "status",
	      WIFSIGNALED(inner->status) ? WTERMSIG(inner->status) : WEXITSTATUS(inner->status),
	      view->why[0] ? view->why : "it said nothing");
	return -EPROTO;
}

/*
 * -EPROTO where QEMU crashes or the guest talks nonsense, -ETIMEDOUT where it says nothing: both
 * with one line on stderr.
 */
static int begin(struct linux_inner *inner, const char *path)
{
	char name[BDF_LEN];
	int res = inner_vmm_spawn(inner, path);

	if (!res)
		res = read_look(inner, start_ms());
	if (res == -EPIPE)
		res = tell_refusal(inner);
	if (res == -ETIMEDOUT)
		warnx("inner guest with %s: hangs %s", bdf_format(inner->fn, name),
		      inner->reader.hello ? "as it looks at the function"
					  : "before its first word");
	if (res && inner->pid)
		inner_vmm_end(inner, 0);
	return res;
}

int linux_guest_start(struct target *t, struct bdf fn)
{
	struct linux_target *l = linux_of(t);
	struct linux_inner *inner;
	char path[PATH_MAX];
	int res;

	if (!inner_vmm_find(path))
		return -EOPNOTSUPP;
	if (*find(l, fn) || linux_vfio_find(l, fn))
		return -EBUSY;
	inner = calloc(1, sizeof(*inner));
	if (!inner)
		return -ENOMEM;
	inner->fn = fn;
	inner->line = inner->err = -1;
	res = begin(inner, path);
	/* Opening resets the function. */
	linux_outdate(l);
	if (res) {
		free_inner(inner);
		return res;
	}
	inner->next = l->inners;
	l->inners = inner;
	return 0;
}

/* Asks for one thing and reads what comes of it. */
static int ask(struct linux_inner *inner, char what)
{
	char name[BDF_LEN];
	int res = send(inner->line, &what, 1, MSG_NOSIGNAL) == 1 ? 0 : -EPIPE;

	if (!res)
		res = read_look(inner, LOOK_MS);
	if (res)
		warnx("inner guest with %s: does not answer", bdf_format(inner->fn, name));
	return res;
}

int linux_guest_look(struct target *t, struct bdf fn, struct guest_view *view)
{
	struct linux_inner *inner = *find(linux_of(t), fn);
	char path[PATH_MAX];
	int res = 0;

	if (!inner)
		return inner_vmm_find(path) ? -EBADF : -EOPNOTSUPP;
	if (!inner->reader.view.refused)
		res = ask(inner, INNER_LOOK);
	*view = inner->reader.view;
	return res;
}

int linux_guest_vectors(struct target *t, struct bdf fn)
{
	struct linux_inner *inner = *find(linux_of(t), fn);
	char path[PATH_MAX];
	int res;

	if (!inner)
		return inner_vmm_find(path) ? -EBADF : -EOPNOTSUPP;
	if (inner->reader.view.refused)
		return -EBADF;
	res = ask(inner, INNER_VECTORS);
	return !res && !inner->reader.vectors ? -EPROTO : res;
}

/* -ETIMEDOUT where it did not end and had to be killed. */
static int end(struct linux_inner *inner)
{
	char name[BDF_LEN];

	if (inner_vmm_ended(inner))
		return 0;
	/* Where it does not hear, it ends with its line or is killed. */
	if (send(inner->line, &(char){INNER_END}, 1, MSG_NOSIGNAL) != 1)
		return inner_vmm_end(inner, END_MS) ? 0 : -ETIMEDOUT;
	if (inner_vmm_end(inner, END_MS))
		return 0;
	warnx("inner guest with %s: does not end; it is killed", bdf_format(inner->fn, name));
	return -ETIMEDOUT;
}

int linux_guest_stop(struct target *t, struct bdf fn)
{
	struct linux_target *l = linux_of(t);
	struct linux_inner **slot = find(l, fn), *inner = *slot;
	char path[PATH_MAX];
	int res;

	if (!inner)
		return inner_vmm_find(path) ? -EBADF : -EOPNOTSUPP;
	res = end(inner);
	*slot = inner->next;
	free_inner(inner);
	linux_outdate(l);
	return res;
}

void linux_guest_close(struct linux_target *l)
{
	while (l->inners) {
		struct linux_inner *inner = l->inners;

		l->inners = inner->next;
		inner_vmm_end(inner, 0);
		free_inner(inner);
	}
}
