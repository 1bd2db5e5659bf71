/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which runs the matrix is made of, and what stands where a rule and a run meet. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "mutants.h"

bool is_failure(enum verdict verdict)
{
	return verdict == VERDICT_FAIL || verdict == VERDICT_WARN || verdict == VERDICT_NOTE;
}

bool is_listed(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; at && *at;) {
		size_t item = strcspn(at, " ");

		if (item == len && !strncmp(at, word, len))
			return true;
		at += item + strspn(at + item, " ");
	}
	return false;
}

bool is_remarked(size_t rule)
{
	for (size_t i = 0; i < remarks_count; i++)
		if (!strcmp(remarks[i].rule, rules_get(rule)->id))
			return true;
	return false;
}

/* --- which runs --- */

/* Is @word the name of @defect, its rule, or the beginning of that ("CAP")? */
static bool names(const char *word, const struct sim_defect *defect)
{
	size_t len = strlen(word);

	return !strcmp(word, defect->name) || !strcmp(word, defect->rule) ||
	       (!strncmp(word, defect->rule, len) && defect->rule[len] == '-');
}

static bool is_wanted(const struct sim_defect *defect, const char *const *words, size_t nwords)
{
	for (size_t i = 0; i < nwords; i++)
		if (names(words[i], defect))
			return true;
	return !nwords;
}

static bool check_words(const char *const *words, size_t nwords)
{
	size_t count;
	const struct sim_defect *defects = sim_defects(&count);

	for (size_t i = 0; i < nwords; i++) {
		bool any = false;

		for (size_t k = 0; k < count && !any; k++)
			any = names(words[i], &defects[k]);
		if (!any) {
			warnx("\"%s\" names no defect: give that of one, or the ID of a rule, or a "
			      "group like CAP",
			      words[i]);
			return false;
		}
	}
	return true;
}

static const struct run *clean_of(const struct matrix *m, const char *options)
{
	for (size_t i = 0; i < m->nclean; i++)
		if (!strcmp(m->run[i].options, options))
			return &m->run[i];
	return NULL;
}

static struct run *add_run(struct matrix *m, const char *options, const char *what)
{
	struct run *run = &m->run[m->count++];

	*run = (struct run){.options = options, .what = what};
	run->cell = calloc(m->nrules, sizeof(*run->cell));
	if (!run->cell)
		errx(2, "out of memory");
	for (size_t r = 0; r < m->nrules; r++)
		run->cell[r].verdict = VERDICT_NOT_RUN;
	return run;
}

static void add_clean(struct matrix *m, const char *options, const char *what, const char *raises)
{
	if (clean_of(m, options))
		return;
	add_run(m, options, what)->raises = raises;
	m->nclean++;
}

static const char *options_of(const struct sim_defect *defect)
{
	return defect->options ? defect->options : "";
}

bool matrix_make(struct matrix *m, const char *const *words, size_t nwords)
{
	size_t count;
	const struct sim_defect *defects = sim_defects(&count);

	if (!check_words(words, nwords))
		return false;
	*m = (struct matrix){.nrules = rules_count(), .whole = !nwords};
	m->run = calloc(shapes_count + 2 * count, sizeof(*m->run));
	if (!m->run)
		errx(2, "out of memory");
	for (size_t i = 0; i < shapes_count && m->whole; i++)
		add_clean(m, shapes[i].options, shapes[i].what, shapes[i].raises);
	for (size_t i = 0; i < count; i++)
		if (is_wanted(&defects[i], words, nwords))
			add_clean(m, options_of(&defects[i]), "what a defect needs", NULL);
	for (size_t i = 0; i < count; i++)
		if (is_wanted(&defects[i], words, nwords)) {
			struct run *run = add_run(m, options_of(&defects[i]), defects[i].what);

			run->defect = &defects[i];
			run->clean = clean_of(m, run->options);
		}
	return true;
}

void matrix_free(struct matrix *m)
{
	for (size_t i = 0; i < m->count; i++) {
		for (size_t r = 0; r < m->nrules; r++) {
			free(m->run[i].cell[r].fn);
			free(m->run[i].cell[r].seen);
		}
		free(m->run[i].cell);
		free(m->run[i].broken);
	}
	free(m->run);
}

/* --- what they say --- */

/* May @rule fail in @run, for what its device is made of? */
static bool is_of_shape(const struct run *run, size_t rule)
{
	const struct run *clean = run->clean ? run->clean : run;

	if (is_listed(clean->raises, rules_get(rule)->id))
		return true;
	return run->clean ? is_failure(clean->cell[rule].verdict)
			  : run->cell[rule].verdict == VERDICT_NOTE && is_remarked(rule);
}

enum mark matrix_mark(const struct run *run, size_t rule)
{
	const char *id = rules_get(rule)->id;
	bool failed = is_failure(run->cell[rule].verdict);
	bool own = run->defect && !strcmp(run->defect->rule, id);
	bool follows = run->defect && is_listed(run->defect->follows, id);

	/* Found without the defect, too, is not the defect found. */
	if (own)
		return failed && !is_of_shape(run, rule) ? MARK_CAUGHT : MARK_MISSED;
	if (follows)
		return failed ? MARK_FOLLOWS : MARK_STALE;
	if (!run->defect && is_listed(run->raises, id))
		return failed ? MARK_SHAPE : MARK_STALE;
	if (failed)
		return is_of_shape(run, rule) ? MARK_SHAPE : MARK_EXTRA;
	return run->cell[rule].verdict == VERDICT_PASS ? MARK_HELD : MARK_IDLE;
}

size_t matrix_count(const struct run *run, size_t nrules, enum mark mark)
{
	size_t count = 0;

	for (size_t r = 0; r < nrules; r++)
		count += matrix_mark(run, r) == mark;
	return count;
}

size_t matrix_killers(const struct matrix *m, size_t rule, size_t *caught)
{
	size_t killers = 0;

	*caught = 0;
	for (size_t i = m->nclean; i < m->count; i++) {
		if (strcmp(m->run[i].defect->rule, rules_get(rule)->id))
			continue;
		killers++;
		*caught += matrix_mark(&m->run[i], rule) == MARK_CAUGHT;
	}
	return killers;
}

bool matrix_held(const struct matrix *m, size_t rule)
{
	for (size_t i = 0; i < m->nclean; i++)
		if (m->run[i].cell[rule].verdict == VERDICT_PASS)
			return true;
	return false;
}
