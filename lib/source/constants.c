/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names that are #defined to be numbers, in the module's files and in the headers beside them. Of a
 * header only those are kept that the module has a use for.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "module.h"

#define HEADERS 512         /* of a module */
#define LARGEST (512 << 10) /* of a header: beyond, they hold registers */
#define NESTING 3           /* of headers in headers */

struct loading {
	struct module *m;
	struct constant *first;
	size_t count;
	atom seen[HEADERS];
	size_t nseen;
	bool has_alias; /* of a name that may stand before it */
};

static size_t word_length(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return len;
}

static void add(struct loading *l, atom name, const char *value)
{
	struct constant *constant = mem_get(&l->m->mem, sizeof(*constant));

	*constant = (struct constant){.next = l->first, .name = name, .text = value};
	l->first = constant;
	l->count++;
}

/* A value's words without parentheses around them; NULL: it is more than one word. */
static const char *plain_value(struct mem *mem, const char *text, size_t len)
{
	size_t from = 0, size;

	while (from < len && strchr(" \t(", text[from]))
		from++;
	size = word_length(text + from);
	if (!size || from + size > len)
		return NULL;
	for (size_t i = from + size; i < len; i++)
		if (text[i] == '/' && i + 1 < len && (text[i + 1] == '*' || text[i + 1] == '/'))
			break;
		else if (!strchr(" \t\r)", text[i]))
			return NULL;
	return mem_atom(mem, text + from, size);
}

/* --- headers --- */

static void load_header(struct loading *l, const char *beside, const char *name, size_t len,
			int depth);

static void take_directive(struct loading *l, const char *path, const char *line, size_t len,
			   int depth)
{
	const char *word = line + strspn(line, " \t"), *value;
	size_t size;
	atom name;

	if (!strncmp(word, "include", 7)) {
		word += 7 + strspn(word + 7, " \t");
		if (*word == '"')
			load_header(l, path, word + 1, strcspn(word + 1, "\"\n"), depth);
		return;
	}
	if (strncmp(word, "define", 6) || !strchr(" \t", word[6]))
		return;
	word += 7 + strspn(word + 7, " \t");
	size = word_length(word);
	name = size ? mem_known(&l->m->mem, word, size) : NULL;
	if (!name || !strchr(" \t", word[size]))
		return;
	value = plain_value(&l->m->mem, word + size, len - (size_t)(word + size - line));
	if (!value)
		return;
	l->has_alias |= !isdigit((unsigned char)*value);
	add(l, name, value);
}

static char *read_header(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat stat;
	char *text = NULL;
	ssize_t got = -1;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &stat) && S_ISREG(stat.st_mode) && stat.st_size < LARGEST)
		text = malloc((size_t)stat.st_size + 1);
	if (text)
		got = read(fd, text, (size_t)stat.st_size);
	close(fd);
	if (got < 0) {
		free(text);
		return NULL;
	}
	text[got] = '\0';
	return text;
}

static void load_header(struct loading *l, const char *beside, const char *name, size_t len,
			int depth)
{
	const char *slash = strrchr(beside, '/');
	char path[4096], *text;
	atom known;

	if (depth == NESTING || l->nseen == HEADERS ||
	    snprintf(path, sizeof(path), "%.*s%.*s", slash ? (int)(slash + 1 - beside) : 0, beside,
		     (int)len, name) >= (int)sizeof(path))
		return;
	known = mem_word(&l->m->mem, path);
	for (size_t i = 0; i < l->nseen; i++)
		if (l->seen[i] == known)
			return;
	l->seen[l->nseen++] = known;
	text = read_header(path);
	for (const char *line = text; line && *line;) {
		size_t size = strcspn(line, "\n");
		size_t blank = strspn(line, " \t");

		if (line[blank] == '#')
			take_directive(l, known, line + blank + 1, size - blank - 1, depth + 1);
		line += size + (line[size] == '\n');
	}
	free(text);
}

/* --- all of them --- */

static int by_name(const void *a, const void *b)
{
	const struct constant *x = a, *y = b;

	if (x->name != y->name)
		return (uintptr_t)x->name < (uintptr_t)y->name ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static const struct constant *find(const struct module *m, atom name)
{
	size_t low = 0, high = m->nconstant;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if ((uintptr_t)m->constant[mid].name < (uintptr_t)name)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->nconstant && m->constant[low].name == name ? &m->constant[low] : NULL;
}

/* Numbers, and names of numbers, are known from then on. */
static bool resolve(struct module *m, const struct constant *constant, long *value, int depth)
{
	const char *text = constant->text;
	char *end;

	*value = strtol(text, &end, 0);
	if (end != text)
		return !end[strspn(end, "uUlL")];
	constant = depth ? find(m, mem_word(&m->mem, text)) : NULL;
	return constant && resolve(m, constant, value, depth - 1);
}

static void load_headers(struct loading *l)
{
	l->nseen = 0;
	for (size_t i = 0; i < l->m->ntext; i++)
		for (const struct included *in = l->m->text[i]->included; in; in = in->next)
			load_header(l, l->m->text[i]->path, in->name, strlen(in->name), 0);
}

void constants_load(struct module *m)
{
	struct loading l = {.m = m};
	size_t at = 0;

	for (size_t i = 0; i < m->ntext; i++)
		for (const struct defined *d = m->text[i]->defined; d; d = d->next) {
			const char *value = plain_value(&m->mem, d->value, strlen(d->value));

			if (value)
				add(&l, d->name, value);
		}
	load_headers(&l);
	if (l.has_alias)
		load_headers(&l);
	m->constant = mem_get(&m->mem, (l.count + 1) * sizeof(*m->constant));
	for (const struct constant *c = l.first; c; c = c->next) {
		m->constant[at] = *c;
		m->constant[at].order = l.count - at; /* what was found first counts */
		at++;
	}
	m->nconstant = at;
	qsort(m->constant, at, sizeof(*m->constant), by_name);
	for (size_t i = 0; i < at; i++)
		m->constant[i].is_number = resolve(m, &m->constant[i], &m->constant[i].value, 4);
}

bool constant_of(const struct module *m, atom name, long *value)
{
	const struct constant *constant;

	if (*name < 'A' || *name > 'Z')
		return false;
	constant = find(m, name);
	if (!constant || !constant->is_number)
		return false;
	*value = constant->value;
	return true;
}
