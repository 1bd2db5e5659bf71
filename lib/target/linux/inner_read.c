/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of an inner guest, as <vfwalk/inner.h> has them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "inner.h"

void inner_read_begin(struct inner_reader *r)
{
	r->whole = r->config = r->vectors = false;
	r->view = (struct guest_view){0};
}

static int wrong(struct inner_reader *r, const char *why)
{
	snprintf(r->why, sizeof(r->why), "%s: \"%.40s\"", why, r->line);
	return -EPROTO;
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Exactly @len bytes, and nothing behind them. */
static bool parse_bytes(const char *text, uint8_t *bytes, size_t len)
{
	if (strlen(text) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static int read_config(struct inner_reader *r, const char *text)
{
	struct cfg cfg = {.len = CFG_SPACE_SIZE};
	struct msix msix;

	if (r->config || !parse_bytes(text, cfg.byte, CFG_SPACE_SIZE))
		return wrong(r, "not the config space of a function");
	r->config = true;
	r->view.vendor = cfg_u16(&cfg, 0);
	r->view.device = cfg_u16(&cfg, 2);
	if (cfg_msix(&cfg, &msix))
		return 0;
	r->view.size = msix.size;
	memcpy(r->view.msix, &cfg.byte[msix.pos], MSIX_CAP_LEN);
	return 0;
}

static int read_bar(struct inner_reader *r, const char *text)
{
	int n = digit(text[0]);
	uint8_t bytes[8];

	if (!r->config || n < 0 || n >= PCI_BARS || text[1] != ' ' ||
	    !parse_bytes(text + 2, bytes, sizeof(bytes)))
		return wrong(r, "not a BAR and its size");
	r->view.bar[n] = 0;
	for (size_t i = 0; i < sizeof(bytes); i++)
		r->view.bar[n] = r->view.bar[n] << 8 | bytes[i];
	return 0;
}

static int read_table(struct inner_reader *r, const char *text)
{
	unsigned told = r->view.size < INNER_ENTRIES ? r->view.size : INNER_ENTRIES;

	if (!told || r->view.table_len ||
	    !parse_bytes(text, r->view.table, (size_t)told * MSIX_ENTRY_SIZE))
		return wrong(r, "not a table of the size that the guest has seen");
	r->view.table_len = (size_t)told * MSIX_ENTRY_SIZE;
	return 0;
}

static int read_pba(struct inner_reader *r, const char *text)
{
	size_t len = msix_pba_bytes(r->view.size);

	if (!r->view.size || r->view.pba_len || !parse_bytes(text, r->view.pba, len))
		return wrong(r, "not a PBA for the size that the guest has seen");
	r->view.pba_len = len;
	return 0;
}

static int read_none(struct inner_reader *r, const char *text)
{
	r->view.absent = true;
	return r->config || *text ? wrong(r, "none, and yet there is") : 0;
}

static int read_vectors(struct inner_reader *r, const char *text)
{
	r->vectors = true;
	return r->config || r->view.absent || *text ? wrong(r, "vectors, in the midst of a look")
						    : 0;
}

static int read_end(struct inner_reader *r, const char *text)
{
	if (*text || r->config + r->view.absent + r->vectors != 1)
		return wrong(r, "the end of a look that had no beginning");
	r->whole = true;
	return 1;
}

static const struct {
	const char *word;
	int (*read)(struct inner_reader *r, const char *text);
} keywords[] = {
	{"none", read_none},       {"config", read_config}, {"bar", read_bar},
	{"table", read_table},     {"pba", read_pba},       {"end", read_end},
	{"vectors", read_vectors},
};

static int read_line(struct inner_reader *r)
{
	if (r->hello && !strcmp(r->line, INNER_HELLO))
		return wrong(r, "the guest has begun anew");
	if (!r->hello) {
		r->hello = !strcmp(r->line, INNER_HELLO);
		return r->hello ? 0 : wrong(r, "not the first line of an inner guest");
	}
	if (r->whole)
		return wrong(r, "nobody asked for another look");
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		size_t len = strlen(keywords[i].word);

		if (!strncmp(r->line, keywords[i].word, len) &&
		    (!r->line[len] || r->line[len] == ' '))
			return keywords[i].read(r, r->line + len + (r->line[len] == ' '));
	}
	return wrong(r, "not a line of an inner guest");
}

/* One more byte of a line; firmware of another kind draws boxes and sends cursors about. */
static int take(struct inner_reader *r, char byte)
{
	if (byte < ' ' || byte > 0x7e)
		return wrong(r, "not a byte of a line, after");
	if (r->len + 1 == sizeof(r->line))
		return wrong(r, "a line without an end");
	r->line[r->len++] = byte;
	r->line[r->len] = '\0';
	return 0;
}

int inner_read(struct inner_reader *r, const char *bytes, size_t len)
{
	int res = r->whole;

	for (size_t i = 0; i < len && res >= 0 && !r->why[0]; i++) {
		if (bytes[i] != '\n') {
			res = take(r, bytes[i]);
			continue;
		}
		r->line[r->len] = '\0';
		r->len = 0;
		res = read_line(r);
	}
	return r->why[0] ? -EPROTO : res;
}
