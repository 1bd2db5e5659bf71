/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Styles and paragraphs of the report for people. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"

#define HANG 15 /* where the text of a labelled paragraph starts */

static const char *const escapes[] = {
	[PLAIN] = "",         [BOLD] = "\033[1m",    [DIM] = "\033[2m",      [RED] = "\033[1;31m",
	[GREEN] = "\033[32m", [YELLOW] = "\033[33m", [MAGENTA] = "\033[35m",
};

enum style style_of(enum verdict verdict)
{
	static const enum style styles[VERDICT_COUNT] = {
		[VERDICT_PASS] = GREEN,  [VERDICT_FAIL] = RED,      [VERDICT_WARN] = YELLOW,
		[VERDICT_NOTE] = YELLOW, [VERDICT_BROKEN] = RED,    [VERDICT_SKIP] = DIM,
		[VERDICT_NOT_RUN] = DIM, [VERDICT_KNOWN] = MAGENTA,
	};

	return styles[verdict];
}

void styled(const struct page *page, enum style style, const char *fmt, ...)
{
	bool escape = page->color && style != PLAIN;
	va_list ap;

	if (escape)
		fputs(escapes[style], page->out);
	va_start(ap, fmt);
	vfprintf(page->out, fmt, ap);
	va_end(ap);
	if (escape)
		fputs("\033[0m", page->out);
}

/* --- paragraphs --- */

/* @text as it may be shown: evidence can come from anywhere, and must not drive the terminal. */
static void put_clean(FILE *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		putc((unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i], out);
}

/* How much of @text fits into @room columns: up to a space, or hard where there is none. */
static size_t fitting(const char *text, size_t room)
{
	size_t len = strcspn(text, "\n");

	if (len <= room)
		return len;
	for (size_t cut = room; cut > 0; cut--)
		if (text[cut] == ' ')
			return cut;
	return room;
}

/* @text, wrapped; its first line starts where the cursor is: in column @indent, like the rest. */
void put_wrapped(FILE *out, size_t indent, const char *text)
{
	while (1) {
		size_t len = fitting(text, WIDTH - indent);

		put_clean(out, text, len);
		putc('\n', out);
		text += len + strspn(text + len, " \n");
		if (!*text)
			return;
		fprintf(out, "%*s", (int)indent, "");
	}
}

static void put_label(const struct page *page, const char *label)
{
	fputs("    ", page->out);
	styled(page, DIM, "%-*s", HANG - 4, label);
}

void put_field(const struct page *page, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	put_label(page, label);
	put_wrapped(page->out, HANG, text);
}

void put_fieldf(const struct page *page, const char *label, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void put_fieldf(const struct page *page, const char *label, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	put_field(page, label, text);
	free(text);
}

/* A command line, wrapped so that the shell takes it as one: never between quotes. */
void put_shell(const struct page *page, const char *label, const char *command)
{
	size_t room = WIDTH - HANG - strlen(" \\");

	if (!command || !*command)
		return;
	put_label(page, label);
	while (strlen(command) > room && !strchr(command, '\'')) {
		size_t len = fitting(command, room);

		if (command[len] != ' ')
			break;
		put_clean(page->out, command, len);
		fprintf(page->out, " \\\n%*s", HANG, "");
		command += len + 1;
	}
	put_clean(page->out, command, strlen(command));
	putc('\n', page->out);
}

void put_title(const struct page *page, const char *title)
{
	putc('\n', page->out);
	styled(page, BOLD, "%s", title);
	putc('\n', page->out);
}
void put_indented(const struct page *page, size_t indent, const char *text)
{
	fprintf(page->out, "%*s", (int)indent, "");
	put_wrapped(page->out, indent, text);
}
