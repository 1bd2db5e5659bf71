/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scan: modules one by one, by as many threads as there are CPUs. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"
#include "results.h"

#define LARGEST (8u << 20) /* of a file; the kernel's largest that people write are below 1 MB */

struct scanning {
	const struct source_options *options;
	struct source_scan *scan;
	struct file_list *list;
	size_t modules, next, done;
	size_t *first; /* file of each module, and one behind the last */
	pthread_mutex_t lock;
};

const char *source_missing(void)
{
	struct parser *parser = parser_new();
	bool is_there = parser != NULL;

	parser_free(parser);
	return is_there ? NULL : parser_missing();
}

/* --- reading --- */

static void tell(struct scanning *s, const struct file *file, const char *what)
{
	pthread_mutex_lock(&s->lock);
	complain(s->scan, file->path, what);
	pthread_mutex_unlock(&s->lock);
}

/* Reads all of @fd, @len bytes, or fewer where it got shorter. */
static ssize_t read_all(int fd, char *byte, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = read(fd, byte + got, len - got);

		if (n < 0)
			return -errno;
		if (!n)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

/* The file's bytes and a NUL in @m's memory; NULL after one complaint. */
static char *read_file(struct scanning *s, struct module *m, const struct file *file, size_t *len)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat stat;
	ssize_t got;
	char *byte;

	if (fd < 0 || fstat(fd, &stat)) {
		tell(s, file, strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	if (!S_ISREG(stat.st_mode) || stat.st_size > (off_t)LARGEST) {
		tell(s, file,
		     S_ISREG(stat.st_mode) ? "is larger than 8 MB: no driver is" : "is no file");
		close(fd);
		return NULL;
	}
	/* some room behind the end: what looks a few bytes ahead need not look where it is */
	byte = mem_get(&m->mem, (size_t)stat.st_size + 16);
	got = read_all(fd, byte, (size_t)stat.st_size);
	close(fd);
	if (got < 0) {
		tell(s, file, strerror((int)-got));
		return NULL;
	}
	if (memchr(byte, '\0', (size_t)got)) {
		tell(s, file, "is binary: no C");
		return NULL;
	}
	*len = (size_t)got;
	return byte;
}

/* Reads what belongs to @m; is there anything in it about vectors? */
static bool read_module(struct scanning *s, struct module *m, size_t first, size_t end,
			enum branch branch)
{
	bool matters = false;
	size_t *len = mem_get(&m->mem, (end - first) * sizeof(*len));
	char **byte = mem_get(&m->mem, (end - first) * sizeof(*byte));

	for (size_t i = first; i < end; i++) {
		byte[i - first] = read_file(s, m, &s->list->file[i], &len[i - first]);
		if (!byte[i - first])
			continue;
		s->list->file[i].matters = api_in_text(byte[i - first], len[i - first]);
		matters |= s->list->file[i].matters;
	}
	if (!matters)
		return false;
	m->text = mem_get(&m->mem, (end - first) * sizeof(struct text *));
	for (size_t i = first; i < end; i++)
		if (byte[i - first])
			m->text[m->ntext++] = text_new(&m->mem, s->list->file[i].path,
						       byte[i - first], len[i - first], branch);
	return true;
}

/* --- one module --- */

static bool has_else(const struct scanning *s, const struct module *m, size_t first, size_t end)
{
	for (size_t t = 0; t < m->ntext; t++)
		for (size_t i = first; i < end && m->text[t]->has_else; i++)
			if (s->list->file[i].matters && m->text[t]->path == s->list->file[i].path)
				return true;
	return false;
}

static void add_stats(struct source_stats *sum, const struct source_stats *add)
{
	sum->functions += add->functions;
	sum->parsed += add->parsed;
	sum->errors += add->errors;
	sum->calls += add->calls;
	sum->lost_calls += add->lost_calls;
	sum->cut += add->cut;
}

/* Returns whether there is an #else that was not looked at. */
static bool scan_module(struct scanning *s, struct parser *parser, size_t module,
			enum branch branch)
{
	size_t first = s->first[module], end = s->first[module + 1];
	struct module *m = calloc(1, sizeof(*m));
	volatile bool more = false;

	if (!m) {
		tell(s, &s->list->file[first], "out of memory");
		return false;
	}
	m->parser = parser;
	m->options = s->options;
	if (setjmp(m->mem.no_memory)) {
		tell(s, &s->list->file[first], "out of memory: its module was not looked at");
	} else if (!read_module(s, m, first, end, branch)) {
		pthread_mutex_lock(&s->lock);
		s->scan->stats.skipped += end - first;
		pthread_mutex_unlock(&s->lock);
	} else {
		module_analyse(m);
		more = has_else(s, m, first, end);
		pthread_mutex_lock(&s->lock);
		if (branch == BRANCH_FIRST) {
			add_stats(&s->scan->stats, &m->stats);
			s->scan->stats.files += end - first;
			s->scan->stats.modules++;
			if (m->lexed.lost)
				complain_lost(s->scan, m);
		}
		results_add(s->scan, m, &s->list->file[first], end - first);
		pthread_mutex_unlock(&s->lock);
	}
	mem_free(&m->mem);
	free(m);
	return more;
}

static void *work(void *ctx)
{
	struct scanning *s = ctx;
	struct parser *parser = parser_new();

	for (;;) {
		size_t module;

		pthread_mutex_lock(&s->lock);
		module = s->next++;
		if (s->options->progress && module <= s->modules)
			s->options->progress(s->options->ctx, module, s->modules);
		pthread_mutex_unlock(&s->lock);
		if (!parser || module >= s->modules)
			break;
		if (scan_module(s, parser, module, BRANCH_FIRST))
			scan_module(s, parser, module, BRANCH_LAST);
	}
	parser_free(parser);
	return NULL;
}

/* --- all of them --- */

static int find_first(struct scanning *s)
{
	s->first = calloc(s->modules + 1, sizeof(*s->first));
	if (!s->first)
		return -ENOMEM;
	for (size_t i = s->list->count; i; i--)
		s->first[s->list->file[i - 1].module] = i - 1;
	s->first[s->modules] = s->list->count;
	return 0;
}

static void run(struct scanning *s)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t jobs = s->options->jobs ? s->options->jobs : cpus > 0 ? (size_t)cpus : 1;
	pthread_t thread[64];
	size_t started = 0;

	if (jobs > s->modules)
		jobs = s->modules;
	if (jobs > sizeof(thread) / sizeof(thread[0]))
		jobs = sizeof(thread) / sizeof(thread[0]);
	while (started + 1 < jobs && !pthread_create(&thread[started], NULL, work, s))
		started++;
	work(s);
	for (size_t i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
}

struct source_scan *source_scan(const char *const *path, size_t count,
				const struct source_options *options)
{
	struct source_scan *scan = calloc(1, sizeof(*scan));
	struct file_list list = {.scan = scan};
	struct scanning s = {
		.options = options, .scan = scan, .list = &list, .lock = PTHREAD_MUTEX_INITIALIZER};
	int err = scan ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < count; i++)
		err = files_find(&list, path[i], options->alone);
	if (!err)
		err = files_group(&list, &s.modules, options->alone);
	if (!err)
		err = find_first(&s);
	if (!err)
		run(&s);
	free(s.first);
	if (!err)
		results_sort(scan);
	files_free(&list);
	if (!err)
		return scan;
	if (scan)
		source_scan_free(scan);
	return NULL;
}
