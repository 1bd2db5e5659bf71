/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own words, made C or spaces; words.def has them. */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "shadow.h"

enum use { USE_NONE, USE_BLANK, USE_BLANK_CALL, USE_UNWRAP, USE_LOOP, USE_GUARD };

struct word {
	const char *text;
	enum use use;
};

static const struct word words[] = {
#define BLANK(text)      {text, USE_BLANK},
#define BLANK_CALL(text) {text, USE_BLANK_CALL},
#define UNWRAP(text)     {text, USE_UNWRAP},
#define LOOP_PART(text)
#define GUARD(text) {text, USE_GUARD},
#include "words.def"
#undef BLANK
#undef BLANK_CALL
#undef UNWRAP
#undef LOOP_PART
#undef GUARD
};

static const char *const loop_parts[] = {
#define BLANK(text)
#define BLANK_CALL(text)
#define UNWRAP(text)
#define LOOP_PART(text) text,
#define GUARD(text)
#include "words.def"
#undef BLANK
#undef BLANK_CALL
#undef UNWRAP
#undef LOOP_PART
#undef GUARD
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void blank(char *byte, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (byte[i] != '\n')
			byte[i] = ' ';
}

static size_t skip_space(const char *byte, size_t at)
{
	while (isspace((unsigned char)byte[at]))
		at++;
	return at;
}

/* Behind the parenthesis that closes the one at @at, or 0. */
static size_t skip_parens(const char *byte, size_t at, size_t len)
{
	int depth = 0;

	for (; at < len; at++) {
		if (byte[at] == '"') {
			for (at++; at < len && byte[at] != '"' && byte[at] != '\n'; at++)
				at += byte[at] == '\\';
			continue;
		}
		depth += byte[at] == '(' ? 1 : byte[at] == ')' ? -1 : 0;
		if (!depth)
			return at + 1;
		if (byte[at] == ';' || byte[at] == '{')
			return 0;
	}
	return 0;
}

/*
 * Is what stands at @from, with what follows it at @after, one of the loop macros? It heads a block
 * or a statement, so nothing ends behind it.
 */
static bool heads_loop(const char *byte, size_t from, size_t after, size_t len)
{
	char name[80];
	size_t size = 0, end = skip_parens(byte, after, len);

	while (is_word(byte[from + size]) && size < sizeof(name) - 1) {
		name[size] = byte[from + size];
		size++;
	}
	name[size] = '\0';
	if (!end || size < 5)
		return false;
	end = skip_space(byte, end);
	if (byte[end] != '{' && !is_word(byte[end]))
		return false;
	for (size_t i = 0; i < sizeof(loop_parts) / sizeof(loop_parts[0]); i++)
		if (strstr(name, loop_parts[i]))
			return true;
	return false;
}

static enum use use_of(const char *byte, size_t from, size_t to)
{
	if (byte[from] != '_' && !strchr("lunaEDHLFisrw", byte[from]))
		return USE_NONE;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strncmp(words[i].text, byte + from, to - from) && !words[i].text[to - from])
			return words[i].use;
	return USE_NONE;
}

static void do_word(char *byte, size_t from, size_t to, size_t len, unsigned depth)
{
	size_t after = skip_space(byte, to), end;

	switch (use_of(byte, from, to)) {
	case USE_BLANK:
	case USE_UNWRAP:
		blank(byte, from, to);
		return;
	case USE_BLANK_CALL:
		end = byte[after] == '(' ? skip_parens(byte, after, len) : to;
		blank(byte, from, end ? end : to);
		return;
	case USE_GUARD:
		if (byte[after] == '(') {
			blank(byte, from, to);
			memcpy(byte + from, "if", 2);
		}
		return;
	default:
		if (depth && byte[after] == '(' && heads_loop(byte, from, after, len)) {
			blank(byte, from, to);
			memcpy(byte + from, "while", 5);
		}
	}
}

void shadow_words(char *byte, size_t len)
{
	unsigned depth = 0; /* a function may be called for_each, too */

	for (size_t at = 0; at < len;) {
		size_t from = at;

		if (byte[at] == '"' || byte[at] == '\'') {
			char quote = byte[at++];

			while (at < len && byte[at] != quote && byte[at] != '\n')
				at += byte[at] == '\\' ? 2 : 1;
			at++;
			continue;
		}
		if (!is_word(byte[at])) {
			depth += byte[at] == '{';
			depth -= byte[at] == '}' && depth;
			at++;
			continue;
		}
		while (at < len && is_word(byte[at]))
			at++;
		do_word(byte, from, at, len, depth);
	}
}
