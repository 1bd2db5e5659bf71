/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How to see a finding again: the command of the record, narrowed to the suite it failed in. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

static bool is_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_=/.,:+@%^";

	return *word && strspn(word, plain) == strlen(word);
}

/* Appends @word as the shell reads it. */
static void put_word(FILE *out, const char *word)
{
	if (ftell(out) > 0)
		putc(' ', out);
	if (is_plain(word)) {
		fputs(word, out);
		return;
	}
	putc('\'', out);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", out);
		else
			putc(*word, out);
	}
	putc('\'', out);
}

/* Options that must not be given again: they would write over the record, or widen the run. */
static bool is_dropped(const char *word, bool other_suite, bool *takes_value)
{
	static const struct {
		const char *name;
		char letter;
		bool suite;
	} dropped[] = {{"--out", 'o', false}, {"--record", 0, false}, {"--suite", 's', true}};
	size_t len = strcspn(word, "=");

	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++) {
		bool is_long =
			len == strlen(dropped[i].name) && !strncmp(word, dropped[i].name, len);
		bool is_short = word[0] == '-' && dropped[i].letter && word[1] == dropped[i].letter;

		if ((!is_long && !is_short) || (dropped[i].suite && !other_suite))
			continue;
		*takes_value = is_long ? !word[len] : !word[2];
		return true;
	}
	return false;
}

static void put_words(FILE *out, const json_t *command, bool other_suite)
{
	for (size_t i = 0; i < json_array_size(command); i++) {
		const char *word = json_string_value(json_array_get(command, i));
		bool takes_value;

		if (!word)
			continue;
		if (is_dropped(word, other_suite, &takes_value))
			i += takes_value;
		else
			put_word(out, word);
	}
}

static bool is_run(const json_t *command)
{
	const char *verb = json_string_value(json_array_get(command, 1));

	return verb && !strcmp(verb, "run");
}

/* A guest is gone when its run has ended: the lab makes another (README). */
static void put_lab(FILE *out, const struct report *report)
{
	const json_t *seed = json_object_get(report->header, "seed");
	char word[NAME_MAX + 1];

	put_word(out, "make");
	put_word(out, "run");
	snprintf(word, sizeof(word), "LAB=%s", header_str(report, NULL, "lab"));
	put_word(out, word);
	snprintf(word, sizeof(word), "PROFILE=%s", header_str(report, NULL, "profile"));
	put_word(out, word);
	if (seed && json_integer_value(seed) != SEED_PRESET) {
		snprintf(word, sizeof(word), "SEED=%lld", (long long)json_integer_value(seed));
		put_word(out, word);
	}
}

/* The same command, and if it was a run, with that suite only. */
static void put_command(FILE *out, const struct report *report, const struct finding *finding)
{
	const json_t *command = json_object_get(report->header, "command");
	bool narrow = is_run(command) && finding->suite && finding->suite[0];

	put_words(out, command, narrow);
	if (narrow) {
		put_word(out, "--suite");
		put_word(out, finding->suite);
	}
}

char *command_again(const struct report *report, const struct finding *finding)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (*header_str(report, NULL, "lab"))
		put_lab(out, report);
	else
		put_command(out, report, finding);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
