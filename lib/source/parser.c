/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parser of C: tree-sitter with its C grammar, where this program was built with both. */
#include <stdlib.h>
#include <string.h>

#ifdef WITH_TREE_SITTER
#include "tree.h"

extern const TSLanguage *tree_sitter_c(void);

static enum sym sym_named(const char *name)
{
	static const char *const names[SYM_COUNT] = {
#define SYM(name) [SYM_##name] = #name,
#include "tree_syms.def"
#undef SYM
	};

	for (int i = 1; i < SYM_COUNT; i++)
		if (!strcmp(names[i], name))
			return (enum sym)i;
	return SYM_NONE;
}

static void find_fields(struct parser *parser)
{
	const struct {
		TSFieldId *id;
		const char *name;
	} fields[] = {{&parser->condition, "condition"}, {&parser->consequence, "consequence"},
		      {&parser->alternative, "alternative"}, {&parser->body, "body"},
		      {&parser->initializer, "initializer"}, {&parser->update, "update"},
		      {&parser->value, "value"}, {&parser->label, "label"},
		      {&parser->argument, "argument"}, {&parser->arguments, "arguments"},
		      {&parser->function, "function"}, {&parser->left, "left"},
		      {&parser->right, "right"},
		      {&parser->operator, "operator" },
		       {&parser->declarator, "declarator"},
		       {&parser->type, "type"},
		       {&parser->index, "index"},
		       {&parser->field, "field"}};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		*fields[i].id = ts_language_field_id_for_name(parser->language, fields[i].name,
							      (uint32_t)strlen(fields[i].name));
}

struct parser *parser_new(void)
{
	const TSLanguage *language = tree_sitter_c();
	struct parser *parser = language ? calloc(1, sizeof(*parser)) : NULL;
	uint32_t count;

	if (!parser)
		return NULL;
	count = ts_language_symbol_count(language);
	parser->language = language;
	parser->ts = ts_parser_new();
	parser->sym = calloc(count, 1);
	if (!parser->ts || !parser->sym || !ts_parser_set_language(parser->ts, language)) {
		parser_free(parser);
		return NULL;
	}
	for (uint32_t i = 0; i < count; i++)
		if (ts_language_symbol_type(language, (TSSymbol)i) == TSSymbolTypeRegular)
			parser->sym[i] =
				(uint8_t)sym_named(ts_language_symbol_name(language, (TSSymbol)i));
	find_fields(parser);
	return parser;
}

void parser_free(struct parser *parser)
{
	if (!parser)
		return;
	if (parser->ts)
		ts_parser_delete(parser->ts);
	free(parser->sym);
	free(parser);
}

#else
#include "flow.h"

struct parser *parser_new(void)
{
	return NULL;
}

void parser_free(struct parser *parser)
{
	(void)parser;
}

struct flow *flow_new(struct parser *parser, struct mem *mem, struct func *func)
{
	(void)parser;
	(void)mem;
	(void)func;
	return NULL;
}
#endif

const char *parser_missing(void)
{
	return "this vfwalk was built without a parser of C: install libtree-sitter-dev and "
	       "tree-sitter-c-src (the C grammar, ABI 13 or 14), then make clean all";
}
