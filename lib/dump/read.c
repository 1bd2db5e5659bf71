/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the output of lspci.
 *
 * libpci can read it, too (its access method "dump"), and the unit tests hold this reader against
 * it: of whole dumps both know the same bytes. But at the first line that is cut, or longer than
 * 254 characters, or holds a byte that is none, libpci gives up the whole file, through a callback
 * that must not return, and without saying where; lines that are missing become bytes that nobody
 * read; it has no line numbers; and the sizes of BARs, which lspci -v prints, it passes over. Here
 * each of these costs one function one line.
 */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"

/* Longer lines are cut: of bytes, none is as long, and of text nothing more is of interest. */
#define MAX_LINE 1024

struct reader {
	FILE *in;
	unsigned long line;
	struct dump *dump;
	struct dump_fn *fn; /* that the bytes belong to, or NULL */
	bool damaged;       /* what follows of this function is not where it should be */
	bool orphaned;      /* bytes of no function were told of already */
	void *seen;         /* addresses of this picture, as tsearch() keeps them */
	unsigned picture;
};

/*
 * The next line without its end, be it LF or CR LF. 1, 0 at the end, -EILSEQ where it holds a zero
 * byte: then this is no text, and could go on for ever (/dev/zero).
 */
static int next_line(struct reader *r, char text[static MAX_LINE])
{
	size_t len = 0;
	int c;

	while ((c = getc_unlocked(r->in)) != EOF && c != '\n' && c) {
		if (len < MAX_LINE - 1)
			text[len++] = (char)c;
	}
	if (c == EOF && !len)
		return 0;
	r->line++;
	if (!c)
		return -EILSEQ;
	if (len && text[len - 1] == '\r')
		len--;
	text[len] = '\0';
	return 1;
}

static int by_address(const void *a, const void *b)
{
	const struct bdf *x = &((const struct dump_fn *)a)->bdf,
			 *y = &((const struct dump_fn *)b)->bdf;

	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	return (int)bdf_requester_id(*x) - (int)bdf_requester_id(*y);
}

static void keep(void *fn)
{
	(void)fn; /* its owner is the dump */
}

/* Lengths that lspci prints: the header, that of CardBus, config space of PCI and of PCI Express.
 */
static bool is_whole(size_t len)
{
	return len == 64 || len == 128 || len == CFG_SPACE_SIZE || len == CFG_SPACE_EXP_SIZE;
}

/* A function is over: are its bytes all that lspci prints? */
static void end_function(struct reader *r)
{
	if (r->fn && !r->damaged && !is_whole(r->fn->len)) {
		if (r->fn->len)
			dump_wrong(r->dump, r->line, r->fn,
				   "its config space is cut off at %02zXh: judged as far as that",
				   r->fn->len);
		else
			dump_wrong(r->dump, r->fn->line, r->fn,
				   "no byte of its config space is there: not judged");
	}
	r->fn = NULL;
	r->damaged = false;
}

static int begin_function(struct reader *r, const struct line *line)
{
	struct dump_fn **kept;

	end_function(r);
	r->orphaned = *line->wrong; /* its bytes are meant */
	if (*line->wrong) {
		dump_wrong(r->dump, r->line, NULL, "%s: not judged", line->wrong);
		return 0;
	}
	r->fn = dump_add(r->dump, line->bdf, r->line);
	if (!r->fn)
		return -ENOMEM;
	kept = tsearch(r->fn, &r->seen, by_address);
	if (kept && *kept != r->fn) {
		tdestroy(r->seen, keep);
		r->seen = NULL;
		r->picture++;
		kept = tsearch(r->fn, &r->seen, by_address);
	}
	r->fn->picture = r->picture;
	return kept ? 0 : -ENOMEM;
}

/* What follows of the function cannot be trusted to be where it says. */
static void damage(struct reader *r, const char *what)
{
	dump_wrong(r->dump, r->line, r->fn, "%s: judged up to %02zXh", what, r->fn->len);
	r->damaged = true;
}

static int take_bytes(struct reader *r, const struct line *line)
{
	char what[96] = "";

	if (!r->fn) {
		if (!r->orphaned)
			dump_wrong(r->dump, r->line, NULL,
				   "bytes that belong to no function: not judged");
		r->orphaned = true;
		return 0;
	}
	if (r->damaged)
		return 0;
	if (line->off != r->fn->len)
		snprintf(what, sizeof(what), "bytes of %02Xh where those of %02zXh are due",
			 line->off, r->fn->len);
	else if (line->off >= CFG_SPACE_EXP_SIZE)
		snprintf(what, sizeof(what), "bytes of %02Xh where config space ends", line->off);
	if (*what) {
		damage(r, what);
		return 0;
	}
	if (!dump_extend(r->fn, line->byte, line->count))
		return -ENOMEM;
	if (*line->wrong)
		damage(r, line->wrong);
	return 0;
}

static int take_line(struct reader *r, const struct line *line)
{
	switch (line->kind) {
	case LINE_EMPTY:
		end_function(r);
		return 0;
	case LINE_FUNCTION:
		return begin_function(r, line);
	case LINE_BYTES_AT:
		return take_bytes(r, line);
	case LINE_REGION:
		if (r->fn) {
			r->fn->bar[line->region] = line->bar;
			r->fn->listed = true;
		}
		return 0;
	default:
		return 0;
	}
}

/* Plain `lspci` prints no bytes at all: that is one thing to say, not one for each function. */
static void check_whole(struct dump *dump)
{
	size_t bytes = 0;

	for (size_t i = 0; i < dump->count; i++)
		bytes += dump->fn[i]->len;
	if (bytes)
		return;
	dump->nfault = 0;
	if (dump->count)
		dump_wrong(dump, 0, NULL,
			   "no config space in it: give the output of `lspci -xxxx`, made as root");
	else
		dump_wrong(dump, 0, NULL,
			   "no function in it: give the output of `lspci -xxxx`, made as root");
}

static int read_lines(struct reader *r)
{
	char text[MAX_LINE];
	struct line line;
	int more, err = 0;

	while (!err && (more = next_line(r, text)) > 0) {
		line_parse(text, &line);
		err = take_line(r, &line);
	}
	if (err)
		return err;
	if (ferror(r->in))
		return errno ? -errno : -EIO;
	end_function(r);
	check_whole(r->dump);
	if (more < 0 && r->dump->count)
		dump_wrong(r->dump, r->line, NULL,
			   "a zero byte: this is no text, and from here on not read");
	return dump_relate(r->dump);
}

struct dump *dump_read(FILE *in)
{
	struct reader r = {.in = in, .dump = dump_new()};
	int err;

	if (!r.dump)
		return NULL;
	errno = 0;
	err = read_lines(&r);
	tdestroy(r.seen, keep);
	if (!err)
		return r.dump;
	dump_free(r.dump);
	errno = -err;
	return NULL;
}
