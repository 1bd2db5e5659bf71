/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `vfwalk rules`: the catalogue, and what shows that its rules work. */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { KEY_COVERAGE = 256 };

struct rules_args {
	void (*write)(const struct rules_list *list);
	bool coverage;
	struct words words;
};

static const struct argp_option options[] = {
	{"format", 'f', "FORMAT", 0, "table (the default), markdown or json", 0},
	{"coverage", KEY_COVERAGE, NULL, 0,
	 "how each rule is exercised, and which defect it catches; fails where a rule has none", 0},
	ARGS_COMMON};

static error_t parse_format(struct rules_args *args, const char *name)
{
	static const struct {
		const char *name;
		void (*write)(const struct rules_list *list);
	} formats[] = {{"table", rules_table}, {"markdown", rules_markdown}, {"json", rules_json}};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i].name, name)) {
			args->write = formats[i].write;
			return 0;
		}
	warnx("unknown format \"%s\": use table, markdown or json", name);
	return EINVAL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rules_args *args = state->input;

	switch (key) {
	case 'f':
		return parse_format(args, arg);
	case KEY_COVERAGE:
		args->coverage = true;
		return 0;
	case ARGP_KEY_ARG:
		return words_add(&args->words, arg) ? 0 : ENOMEM;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"[GROUP|RULE|RUN.jsonl...]",
	"Lists the catalogue of rules, or some of them."
	"\vWith --coverage, records tell which scenarios exercised each rule, and with which "
	"verdict. The exit status is 1 where a rule catches no defect of the model device, though "
	"it could be seen broken.",
	NULL,
	NULL,
	NULL};

bool rules_choose(const char *word, bool *chosen)
{
	bool any = false;

	for (size_t r = 0; r < rules_count(); r++)
		if (!strcmp(rules_get(r)->id, word) || rule_is_in(rules_get(r), word))
			any = chosen[r] = true;
	return any;
}

/* Sorts the words into rules and records. Returns 0, or an exit status after one line. */
static int read_words(const struct rules_args *args, bool *chosen, struct coverage *coverage,
		      struct words *sources, bool *all)
{
	*all = true;
	for (size_t i = 0; i < args->words.count; i++) {
		const char *word = args->words.word[i];
		int status;

		if (source_is_named(word)) {
			*all = false;
			if (!words_add(sources, word))
				return EXIT_BROKEN;
			continue;
		}
		if (rules_choose(word, chosen)) {
			*all = false;
			continue;
		}
		if (!strchr(word, '.') && access(word, F_OK)) {
			warnx("unknown rule or group \"%s\": `vfwalk rules` lists them", word);
			return EXIT_BROKEN;
		}
		if (!args->coverage) {
			warnx("%s: a record tells of coverage: give --coverage with it", word);
			return EXIT_BROKEN;
		}
		status = coverage_add(coverage, word);
		if (status)
			return status;
	}
	for (size_t r = 0; r < rules_count(); r++)
		chosen[r] |= *all;
	return 0;
}

static int list_rules(const struct rules_args *args)
{
	bool *chosen = calloc(rules_count(), sizeof(*chosen));
	struct rules_list list = {.chosen = chosen, .with_coverage = args->coverage};
	struct words sources = {0};
	int status = EXIT_BROKEN;
	bool all = true;

	if (chosen)
		status = read_words(args, chosen, &list.coverage, &sources, &all);
	list.sources = &sources;
	list.with_sources = !args->coverage && (all || sources.count);
	if (!status) {
		args->write(&list);
		for (size_t r = 0; r < rules_count() && args->coverage; r++)
			if (chosen[r] && is_unkilled(rules_get(r)))
				status = EXIT_FAILED;
	}
	words_free(&sources);
	coverage_free(&list.coverage);
	free(chosen);
	return status;
}

int cmd_rules(int argc, char **argv)
{
	struct rules_args args = {.write = rules_table};
	int status;

	if (args_parse(&argp, argc, argv, &args, &status))
		status = list_rules(&args);
	words_free(&args.words);
	return status;
}
