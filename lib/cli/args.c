/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of a subcommand, through argp. argp's own complaints take two lines and do not
 * say what is wrong with which word; ours are one line that does.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/version.h>

#include "cli.h"

/* A parse under way: argp's parser is wrapped, so that the word that it stops at is known. */
struct parse {
	const struct argp *argp;
	const char *name; /* "vfwalk run" */
	void *input;
	int next;   /* index of the word after the last that was understood */
	bool ended; /* help or version was printed */
	bool told;  /* the parser refused a word and said so */
};

/* What argp prints, without blanks at the ends of lines: it leaves one where no word is taken. */
static error_t print_help(struct parse *parse)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	parse->ended = true;
	if (!out)
		return ENOMEM;
	/* It is plain from the options which of them take a value. */
	setenv("ARGP_HELP_FMT", "no-dup-args-note", 0);
	argp_help(parse->argp, out, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC,
		  (char *)parse->name);
	if (fclose(out)) {
		free(text);
		return ENOMEM;
	}
	for (char *line = text; *line;) {
		size_t len = strcspn(line, "\n"), end = len;

		while (end > 0 && line[end - 1] == ' ')
			end--;
		printf("%.*s\n", (int)end, line);
		line += len + (line[len] == '\n');
	}
	free(text);
	return ECANCELED;
}

static error_t print_version(struct parse *parse)
{
	parse->ended = true;
	puts("vfwalk " VFWALK_VERSION);
	return ECANCELED;
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct parse *parse = state->input;
	error_t err;

	if (key == 'h')
		return print_help(parse);
	if (key == 'V')
		return print_version(parse);

	state->input = parse->input;
	err = parse->argp->parser(key, arg, state);
	state->input = parse;
	if (!err && state->next > parse->next)
		parse->next = state->next;
	else if (err && err != ARGP_ERR_UNKNOWN)
		parse->told = true;
	return err;
}

/* The option that @word names in full, without its value; or NULL. */
static const struct argp_option *option_of(const struct argp *argp, const char *word)
{
	size_t len = strcspn(word, "=");

	for (const struct argp_option *o = argp->options; o->name || o->key; o++) {
		if (!strncmp(word, "--", 2) && strlen(o->name) == len - 2 &&
		    !strncmp(word + 2, o->name, len - 2))
			return o;
		if (word[0] == '-' && word[1] == o->key && !word[2])
			return o;
	}
	return NULL;
}

/* argp stopped at a word and nobody has said why yet. */
static void explain_stop(const struct parse *parse, int argc, char **argv)
{
	const char *word = parse->next < argc ? argv[parse->next] : argv[argc - 1];
	const struct argp_option *option = option_of(parse->argp, word);

	if (option && option->arg && !strchr(word, '='))
		warnx("%s needs a value: %s=%s", word, word, option->arg);
	else if (option)
		warnx("%.*s takes no value", (int)strcspn(word, "="), word);
	else if (word[0] == '-' && word[1])
		warnx("unknown option %s: `%s --help` lists them", word, parse->name);
	else
		warnx("unexpected word \"%s\": `%s --help` tells what it takes", word, parse->name);
}

bool args_parse(const struct argp *argp, int argc, char **argv, void *input, int *status)
{
	struct parse parse = {.argp = argp, .name = argv[0], .input = input, .next = 1};
	struct argp wrapped = *argp;
	error_t err;

	wrapped.parser = take;
	err = argp_parse(&wrapped, argc, argv,
			 ARGP_NO_ERRS | ARGP_NO_EXIT | ARGP_NO_HELP | ARGP_IN_ORDER, NULL, &parse);
	*status = parse.ended ? 0 : EXIT_BROKEN;
	if (err && !parse.ended && !parse.told)
		explain_stop(&parse, argc, argv);
	return !err;
}

bool words_add(struct words *words, const char *word)
{
	const char **grown = realloc(words->word, (words->count + 1) * sizeof(*grown));

	if (!grown)
		return false;
	words->word = grown;
	words->word[words->count++] = word;
	return true;
}

void words_free(struct words *words)
{
	free(words->word);
	*words = (struct words){0};
}
