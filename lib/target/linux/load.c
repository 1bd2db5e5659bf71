/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A verifying I/O load on a function that is bound to nvme, by fio.
 *
 * The job writes blocks that carry their own checksum and reads them back soon after, over and
 * over on a small range, until it is stopped: what happens between start and stop, an attack on a
 * sibling say, happens under load, however long it takes. Stopping waits until the range was
 * written and read back once at least. VFs may share a namespace, so each has a range of its own.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "load.h"

#define LOAD_PASS_MS 30000 /* for one pass over the range, fio's start included */
#define LOAD_END_MS  10000 /* from the signal to fio's end */
#define LOAD_KILL_MS 2000  /* from SIGKILL: one that waits for the device is not freed by it */

static void load_free(struct linux_load *load)
{
	if (load->out >= 0)
		close(load->out);
	if (load->err >= 0)
		close(load->err);
	free(load->cpu);
	free(load);
}

static struct linux_load **load_find(struct linux_target *l, struct bdf fn)
{
	struct linux_load **load = &l->loads;

	while (*load && !bdf_equal((*load)->fn, fn))
		load = &(*load)->next;
	return load;
}

/*
 * @depth is the number of requests in flight, over all queues together; each has at least one.
 * -EOPNOTSUPP without fio or a disk of the function's own, -EPERM for writing without --scratch.
 */
int linux_load_start(struct target *t, struct bdf fn, bool write, unsigned depth)
{
	struct linux_target *l = linux_of(t);
	struct linux_load *load;
	int err;

	if (*load_find(l, fn))
		return -EBUSY;
	if (write && !t->options.scratch)
		return -EPERM;
	if (!load_has_fio()) {
		warnx("no load: fio is not in PATH");
		return -EOPNOTSUPP;
	}
	load = calloc(1, sizeof(*load));
	if (!load)
		return -ENOMEM;
	load->fn = fn;
	load->write = write;
	load->depth = depth;
	load->out = load->err = -1;
	err = load_find_disk(t, load);
	if (!err) {
		load->before = load_count(load);
		err = load_spawn(load);
	}
	if (err) {
		load_free(load);
		return err;
	}
	load->next = l->loads;
	l->loads = load;
	return 0;
}

/* Waits until as many requests were completed as one pass over the range takes. */
static void load_wait_pass(struct linux_load *load)
{
	uint64_t pass = load->jobs * (load->job_size / LOAD_BLOCK) * (load->write ? 2 : 1);
	struct linux_wait wait;

	linux_wait_begin(&wait, LOAD_PASS_MS);
	while (!load_ended(load) && load_count(load) - load->before < pass)
		if (!linux_wait(&wait))
			return;
}

/*
 * Waits for one pass at least, ends the job and tells what came of it. -ETIMEDOUT where fio did
 * not end: it was then killed. -EPROTO where it ended without a result.
 */
int linux_load_stop(struct target *t, struct bdf fn, struct load_result *result)
{
	struct linux_load **slot = load_find(linux_of(t), fn);
	struct linux_load *load = *slot;
	int err = 0;

	*result = (struct load_result){0};
	if (!load)
		return -EBADF;
	load_wait_pass(load);
	if (load->pid)
		kill(load->pid, SIGINT);
	if (!load_wait_end(load, LOAD_END_MS)) {
		warnx("/dev/%s: fio hangs; it is killed", load->disk);
		kill(load->pid, SIGKILL);
		load_wait_end(load, LOAD_KILL_MS);
		err = -ETIMEDOUT;
	}
	if (!err)
		err = load_collect(load, result);
	*slot = load->next;
	load_free(load);
	return err;
}

void linux_load_close(struct linux_target *l)
{
	while (l->loads) {
		struct linux_load *load = l->loads;

		l->loads = load->next;
		if (!load_ended(load)) {
			kill(load->pid, SIGKILL);
			load_wait_end(load, LOAD_KILL_MS);
		}
		load_free(load);
	}
}
