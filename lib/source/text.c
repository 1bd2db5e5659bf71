/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shadow of a file: of equal length, so that every offset is that of the source. Comments,
 * directives, and branches of #if that are not looked at become spaces; shadow.c does the words.
 */
#include <ctype.h>
#include <string.h>

#include "shadow.h"
#include "text.h"

#define DEPTH 64 /* of #if: beyond, branches are no longer told apart */

struct blanker {
	struct mem *mem;
	struct text *text;
	enum branch branch;
	size_t at;
	unsigned line, depth;
	struct {
		bool kept;  /* the branch that we are in */
		bool taken; /* one of them was kept already */
		bool outer; /* what is around it is kept */
	} level[DEPTH];
};

static bool is_kept(const struct blanker *b)
{
	return !b->depth || b->level[b->depth - 1].kept;
}

static void blank(struct blanker *b, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (b->text->byte[i] != '\n')
			b->text->byte[i] = ' ';
}

/* --- comments --- */

static void note_comment(struct blanker *b, size_t from, size_t to)
{
	static const char mark[] = "vfwalk: ignore";
	const char *start = memmem(b->text->byte + from, to - from, mark, sizeof(mark) - 1);
	struct ignored *ignored;
	char *words;
	size_t len;

	if (!start)
		return;
	start += sizeof(mark) - 1;
	len = strcspn(start, "\n*");
	words = mem_get(b->mem, len + 1);
	memcpy(words, start, len);
	ignored = mem_get(b->mem, sizeof(*ignored));
	*ignored = (struct ignored){b->text->ignored, b->line, words};
	b->text->ignored = ignored;
}

/* At a comment: blanks it; false where there is none. */
static bool skip_comment(struct blanker *b)
{
	const char *byte = b->text->byte;
	size_t from = b->at, to;
	const char *end;

	if (byte[from] != '/' || (byte[from + 1] != '/' && byte[from + 1] != '*'))
		return false;
	if (byte[from + 1] == '/') {
		to = from + strcspn(byte + from, "\n");
	} else {
		end = strstr(byte + from + 2, "*/");
		to = end ? (size_t)(end + 2 - byte) : b->text->len;
	}
	note_comment(b, from, to);
	for (size_t i = from; i < to; i++)
		b->line += byte[i] == '\n';
	blank(b, from, to);
	b->at = to;
	return true;
}

/* --- directives --- */

/* Moves to the end of the directive at b->at: lines that end in a backslash go on. */
static size_t directive_end(struct blanker *b)
{
	while (b->at < b->text->len) {
		char c = b->text->byte[b->at];

		if (skip_comment(b))
			continue;
		if (c == '\n' && (!b->at || b->text->byte[b->at - 1] != '\\'))
			break;
		b->line += c == '\n';
		b->at++;
	}
	return b->at;
}

static void note_define(struct blanker *b, const char *words, size_t len)
{
	size_t name = 0, at;
	struct defined *defined;
	char *value;

	while (name < len && (isalnum((unsigned char)words[name]) || words[name] == '_'))
		name++;
	at = name + strspn(words + name, " \t");
	if (!name || at == name || at >= len || len - at > 200 || !is_kept(b))
		return;
	value = mem_get(b->mem, len - at + 1);
	memcpy(value, words + at, len - at);
	defined = mem_get(b->mem, sizeof(*defined));
	*defined = (struct defined){b->text->defined, mem_atom(b->mem, words, name), value};
	b->text->defined = defined;
}

static void note_include(struct blanker *b, const char *words)
{
	struct included *included;

	if (*words != '"')
		return;
	included = mem_get(b->mem, sizeof(*included));
	included->name = mem_atom(b->mem, words + 1, strcspn(words + 1, "\"\n"));
	included->next = b->text->included;
	b->text->included = included;
}

static void open_branch(struct blanker *b, bool never)
{
	bool outer = is_kept(b);

	if (b->depth == DEPTH)
		return;
	b->level[b->depth].outer = outer;
	b->level[b->depth].kept = outer && !never;
	b->level[b->depth].taken = !never;
	b->depth++;
}

static void next_branch(struct blanker *b)
{
	if (!b->depth)
		return;
	b->text->has_else |= b->level[b->depth - 1].taken;
	b->level[b->depth - 1].kept = b->level[b->depth - 1].outer &&
				      (b->branch == BRANCH_LAST || !b->level[b->depth - 1].taken);
	b->level[b->depth - 1].taken = true;
}

/* In the second pass an #if that has an #else gives way to it. */
static bool has_other(const struct blanker *b, size_t at)
{
	const char *byte = b->text->byte;
	unsigned depth = 0;

	for (const char *line = byte + at; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		line += strspn(line, " \t");
		if (*line != '#')
			continue;
		line += 1 + strspn(line + 1, " \t");
		if (!strncmp(line, "if", 2))
			depth++;
		else if (!strncmp(line, "endif", 5) && !depth--)
			return false;
		else if (!strncmp(line, "el", 2) && !depth)
			return true;
	}
	return false;
}

static void do_directive(struct blanker *b)
{
	size_t from = b->at, to = directive_end(b);
	const char *word = b->text->byte + from + 1;
	const char *end = b->text->byte + to;

	word += strspn(word, " \t");
	if (!strncmp(word, "define", 6) && word + 7 < end)
		note_define(b, word + 7 + strspn(word + 7, " \t"),
			    (size_t)(end - word - 7 - (long)strspn(word + 7, " \t")));
	else if (!strncmp(word, "include", 7))
		note_include(b, word + 7 + strspn(word + 7, " \t"));
	else if (!strncmp(word, "if", 2))
		open_branch(b, (!strncmp(word, "if 0", 4) && !isalnum((unsigned char)word[4])) ||
				       (b->branch == BRANCH_LAST && has_other(b, to)));
	else if (!strncmp(word, "el", 2))
		next_branch(b);
	else if (!strncmp(word, "endif", 5) && b->depth)
		b->depth--;
	blank(b, from, to);
}

/* --- the whole --- */

/* A string or a character, to its end or that of the line. */
static void skip_quoted(struct blanker *b)
{
	char quote = b->text->byte[b->at];
	size_t from = b->at++;

	while (b->at < b->text->len && b->text->byte[b->at] != quote) {
		if (b->text->byte[b->at] == '\n' && b->text->byte[b->at - 1] != '\\')
			return;
		b->line += b->text->byte[b->at] == '\n';
		b->at += b->text->byte[b->at] == '\\' && b->text->byte[b->at + 1] != '\n' ? 2 : 1;
	}
	if (b->at < b->text->len)
		b->at++;
	else
		b->at = b->text->len;
	if (!is_kept(b))
		blank(b, from, b->at);
}

static void blank_all(struct blanker *b)
{
	bool at_start = true; /* of a line */

	while (b->at < b->text->len) {
		char c = b->text->byte[b->at];

		if (skip_comment(b))
			continue;
		if (c == '#' && at_start) {
			do_directive(b);
			continue;
		}
		if (c == '"' || c == '\'') {
			skip_quoted(b);
			at_start = false;
			continue;
		}
		if (c == '\n') {
			b->line++;
			at_start = true;
		} else if (!isspace((unsigned char)c)) {
			at_start = false;
			if (c == '\\' || !is_kept(b))
				b->text->byte[b->at] = ' ';
		}
		b->at++;
	}
}

static void find_lines(struct mem *mem, struct text *text)
{
	size_t count = 1, at = 1;

	for (size_t i = 0; i < text->len; i++)
		count += text->byte[i] == '\n';
	text->line = mem_get(mem, count * sizeof(*text->line));
	text->nline = count;
	for (size_t i = 0; i < text->len; i++)
		if (text->byte[i] == '\n')
			text->line[at++] = (uint32_t)i + 1;
}

struct text *text_new(struct mem *mem, const char *path, char *byte, size_t len, enum branch branch)
{
	struct text *text = mem_get(mem, sizeof(*text));
	struct blanker b = {.mem = mem, .text = text, .branch = branch, .line = 1};

	text->path = path;
	text->byte = byte;
	text->len = len;
	find_lines(mem, text);
	blank_all(&b);
	shadow_words(text->byte, text->len);
	return text;
}

unsigned text_line(const struct text *text, uint32_t at)
{
	size_t low = 0, high = text->nline;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (text->line[mid] <= at)
			low = mid;
		else
			high = mid;
	}
	return (unsigned)low + 1;
}

unsigned text_column(const struct text *text, uint32_t at)
{
	return at - text->line[text_line(text, at) - 1] + 1;
}
