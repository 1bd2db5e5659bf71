/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions and initialised structures of a file, token by token. */
#include <ctype.h>
#include <string.h>

#include "lex.h"

enum tok { TOK_END, TOK_WORD, TOK_STRING, TOK_NUMBER, TOK_OTHER };

struct lexer {
	struct mem *mem;
	struct text *text;
	struct lexed *out;
	size_t at;
	/* the token: */
	enum tok tok;
	char c; /* of TOK_OTHER */
	uint32_t from, to;
};

bool is_unsigned(const char *type)
{
	static const char *const types[] = {"unsigned", "u8",      "u16",      "u32",      "u64",
					    "uint",     "uint8_t", "uint16_t", "uint32_t", "size_t",
					    "bool",     "s8",      "char"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strncmp(type, types[i], strlen(types[i])) &&
		    (!type[strlen(types[i])] || !strcmp(types[i], "unsigned")))
			return true;
	return false;
}

bool is_keyword(const char *word, size_t len)
{
	static const char *const keywords[] = {
		"if",      "for",    "while", "switch", "return",         "sizeof",
		"typeof",  "do",     "else",  "case",   "goto",           "__typeof__",
		"defined", "struct", "union", "enum",   "_Static_assert", "static_assert"};

	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (!strncmp(keywords[i], word, len) && !keywords[i][len])
			return true;
	return false;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void skip_string(struct lexer *l)
{
	const char *byte = l->text->byte;
	char quote = byte[l->at++];

	while (l->at < l->text->len && byte[l->at] != quote && byte[l->at] != '\n')
		l->at += byte[l->at] == '\\' ? 2 : 1;
	l->at++;
	if (l->at > l->text->len)
		l->at = l->text->len;
}

static enum tok next(struct lexer *l)
{
	const char *byte = l->text->byte;

	while (l->at < l->text->len && isspace((unsigned char)byte[l->at]))
		l->at++;
	l->from = (uint32_t)l->at;
	l->c = 0;
	if (l->at >= l->text->len) {
		l->tok = TOK_END;
	} else if (is_word(byte[l->at])) {
		l->tok = isdigit((unsigned char)byte[l->at]) ? TOK_NUMBER : TOK_WORD;
		while (is_word(byte[l->at]))
			l->at++;
	} else if (byte[l->at] == '"' || byte[l->at] == '\'') {
		l->tok = TOK_STRING;
		skip_string(l);
	} else {
		l->tok = TOK_OTHER;
		l->c = byte[l->at++];
	}
	l->to = (uint32_t)l->at;
	return l->tok;
}

static atom word_of(struct lexer *l, uint32_t from, uint32_t to)
{
	return mem_atom(l->mem, l->text->byte + from, to - from);
}

/* --- functions --- */

/* The last word of @from..@to, which a declaration's name is; its offset in *@at. */
static atom last_word(struct lexer *l, uint32_t from, uint32_t to, uint32_t *at)
{
	const char *byte = l->text->byte;
	uint32_t end = to;

	while (end > from && !is_word(byte[end - 1]))
		end--;
	*at = end;
	while (*at > from && is_word(byte[*at - 1]))
		(*at)--;
	return word_of(l, *at, end);
}

static bool has_word(struct lexer *l, uint32_t from, uint32_t to, const char *word)
{
	size_t len = strlen(word);
	const char *byte = l->text->byte;

	for (uint32_t i = from; i + len <= to; i++)
		if (!strncmp(byte + i, word, len) && !is_word(byte[i + len]) &&
		    (i == from || !is_word(byte[i - 1])))
			return true;
	return false;
}

static void add_param(struct lexer *l, struct func *func, uint32_t from, uint32_t to)
{
	struct param *param = &func->param[func->nparam];
	uint32_t at, before;

	param->name = last_word(l, from, to, &at);
	if (!*param->name || at == from)
		return;
	param->is_pointer = memchr(l->text->byte + from, '*', to - from) != NULL;
	param->type = last_word(l, from, at, &before);
	func->nparam++;
}

static void read_params(struct lexer *l, struct func *func, uint32_t from, uint32_t to)
{
	uint32_t start = from;
	unsigned commas = 1;
	int depth = 0;

	for (uint32_t i = from; i < to; i++)
		commas += l->text->byte[i] == ',';
	func->param = mem_get(l->mem, commas * sizeof(*func->param));
	for (uint32_t i = from; i <= to; i++) {
		char c = i < to ? l->text->byte[i] : ',';

		depth += c == '(' ? 1 : c == ')' ? -1 : 0;
		if (c != ',' || (depth && i < to))
			continue;
		add_param(l, func, start, i);
		start = i + 1;
	}
}

static struct called *add_call(struct lexer *l, struct func *func, uint32_t from, uint32_t to)
{
	struct called *called = mem_get(l->mem, sizeof(*called));

	*called = (struct called){.next = func->calls, .name = word_of(l, from, to), .at = from};
	func->calls = called;
	return called;
}

/* The last tokens of a body: which calls there are is seen by them. */
struct seen {
	uint32_t from, to;        /* the last word */
	bool word, closed;        /* the last token is that word; a `)` right behind it */
	uint32_t first, first_to; /* the first word behind the last `(` */
	bool opened;              /* ... which is to come */
};

static void see_call(struct lexer *l, struct func *func, const struct seen *seen)
{
	struct called *called;

	if ((!seen->word && !seen->closed) ||
	    is_keyword(l->text->byte + seen->from, seen->to - seen->from))
		return;
	called = add_call(l, func, seen->from, seen->to);
	if (seen->closed)
		called->table = word_of(l, seen->first, seen->first_to);
}

static void see(struct lexer *l, struct seen *seen)
{
	seen->closed = l->c == ')' && seen->word;
	seen->word = l->tok == TOK_WORD;
	if (seen->word) {
		seen->from = l->from;
		seen->to = l->to;
	}
	if (seen->word && seen->opened) {
		seen->first = l->from;
		seen->first_to = l->to;
		seen->opened = false;
	}
	if (l->c == '(')
		seen->opened = true;
}

/* From behind a `{` to behind its `}`; false at the end of the file. */
static bool skip_block(struct lexer *l, struct func *func)
{
	struct seen seen = {0};
	unsigned depth = 1;

	while (depth && next(l) != TOK_END) {
		depth += l->c == '{' ? 1u : 0u;
		depth -= l->c == '}' ? 1u : 0u;
		if (func && l->c == '(')
			see_call(l, func, &seen);
		see(l, &seen);
	}
	return !depth;
}

/* What is read of a declaration at file level. */
struct decl {
	uint32_t from;               /* where it starts */
	uint32_t open, close;        /* of its last parentheses at top level */
	bool ends_paren, has_assign; /* the last token is `)`; there is a `=` */
};

static void take_function(struct lexer *l, const struct decl *decl)
{
	struct func *func = mem_get(l->mem, sizeof(*func));
	uint32_t open = l->from;

	func->text = l->text;
	func->name = last_word(l, decl->from, decl->open, &func->at);
	func->open = open;
	func->is_static = has_word(l, decl->from, func->at, "static");
	func->is_void = has_word(l, decl->from, func->at, "void");
	func->is_pointer = memchr(l->text->byte + decl->from, '*', func->at - decl->from) != NULL;
	func->is_void &= !func->is_pointer;
	read_params(l, func, decl->open + 1, decl->close);
	if (!skip_block(l, func)) {
		l->out->lost++;
		if (!l->text->lost_line)
			l->text->lost_line = text_line(l->text, open);
		return;
	}
	func->close = l->from;
	if (!*func->name || func->at < 5)
		return;
	func->next = l->out->funcs;
	l->out->funcs = func;
	l->out->nfuncs++;
}

/* --- initialisers --- */

/* The type that stands behind "struct" in @from..@to, and the variable before `=`. */
static atom struct_type(struct lexer *l, uint32_t from, uint32_t to)
{
	const char *found = memmem(l->text->byte + from, to - from, "struct ", 7);
	uint32_t at, end;

	if (!found)
		return mem_word(l->mem, "");
	at = (uint32_t)(found - l->text->byte) + 7;
	while (isspace((unsigned char)l->text->byte[at]))
		at++;
	end = at;
	while (is_word(l->text->byte[end]))
		end++;
	return word_of(l, at, end);
}

static void add_slot(struct lexer *l, atom type, atom variable, atom field)
{
	struct slot *slot = mem_get(l->mem, sizeof(*slot));

	*slot = (struct slot){l->out->slots, type,   variable, field, word_of(l, l->from, l->to),
			      l->text,       l->from};
	l->out->slots = slot;
}

/* `{ .field = &value, ... }` from behind the brace; what is inside further braces counts, too. */
static void take_initializer(struct lexer *l, atom type, atom variable)
{
	atom none = mem_word(l->mem, ""), field = none;
	unsigned depth = 1;
	bool dot = false;

	while (depth && next(l) != TOK_END) {
		depth += l->c == '{' ? 1u : 0u;
		depth -= l->c == '}' ? 1u : 0u;
		if (l->tok == TOK_WORD && dot)
			field = word_of(l, l->from, l->to);
		else if (l->tok == TOK_WORD)
			add_slot(l, type, variable, field);
		dot = l->c == '.';
		if (l->c == ',')
			field = none;
	}
}

/* Of a structure: fields of types that lose the sign of a number. */
static void take_fields(struct lexer *l)
{
	uint32_t from = 0, to = 0, type = 0, type_end = 0;
	unsigned depth = 1;

	while (depth && next(l) != TOK_END) {
		depth += l->c == '{' ? 1u : 0u;
		depth -= l->c == '}' ? 1u : 0u;
		if (l->c == ';' && type_end && is_unsigned(word_of(l, type, type_end))) {
			struct field *field = mem_get(l->mem, sizeof(*field));

			*field = (struct field){l->out->fields, word_of(l, from, to),
						word_of(l, type, type_end)};
			l->out->fields = field;
		}
		if (l->tok != TOK_WORD) {
			type_end = to = 0;
			continue;
		}
		if (!to) {
			type = l->from;
			type_end = 0;
		} else if (!type_end) {
			type_end = to;
		}
		from = l->from;
		to = l->to;
	}
}

/* --- file level --- */

static void note_parens(struct lexer *l, struct decl *decl)
{
	unsigned depth = 1;

	decl->open = l->from;
	while (depth && next(l) != TOK_END) {
		if (l->c == '{' && depth == 1 && l->text->byte[l->from ? l->from - 1 : 0] == '\n')
			return; /* at the start of a line: a parenthesis was lost */
		depth += l->c == '(' ? 1u : 0u;
		depth -= l->c == ')' ? 1u : 0u;
	}
	decl->close = l->from;
	decl->ends_paren = true;
}

/* At a `{` of file level: whose is it? */
static void take_brace(struct lexer *l, struct decl *decl)
{
	uint32_t at, open = l->from, end = open;

	if (decl->has_assign) {
		while (end > decl->from && l->text->byte[end] != '=')
			end--;
		while (end > decl->from && strchr(" \t\n=[]", l->text->byte[end - 1]))
			end--;
		take_initializer(l, struct_type(l, decl->from, open),
				 last_word(l, decl->from, end, &at));
	} else if (decl->ends_paren) {
		take_function(l, decl);
		*decl = (struct decl){.from = (uint32_t)l->at};
	} else {
		take_fields(l);
	}
	decl->ends_paren = false;
}

void lex_text(struct mem *mem, struct text *text, struct lexed *lexed)
{
	struct lexer l = {.mem = mem, .text = text, .out = lexed};
	struct decl decl = {0};

	while (next(&l) != TOK_END) {
		switch (l.c) {
		case '(':
			note_parens(&l, &decl);
			break;
		case '{':
			take_brace(&l, &decl);
			break;
		case '=':
			decl.has_assign = true;
			decl.ends_paren = false;
			break;
		case ';':
		case '}':
			decl = (struct decl){.from = l.to};
			break;
		default:
			decl.ends_paren = false;
		}
	}
}
