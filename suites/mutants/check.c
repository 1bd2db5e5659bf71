/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the matrix has to show, one TAP line each: a clean run raises nothing; a defect is caught by
 * the rule that names it, and by no other but those that its row lists; every rule has a defect
 * that it catches, and holds on a device without one.
 */
#include <string.h>

#include "kselftest.h"
#include "mutants.h"

#define EVERY_RULE 3 /* lines about all rules, or all rows of a table */

static const char *const mark_words[MARK_COUNT] = {
	[MARK_EXTRA] = "fails too, and nothing says why",
	[MARK_STALE] = "is listed to fail, and does not",
	[MARK_MISSED] = "does not catch it",
};

/* Says what is wrong with @run; true when nothing is. */
static bool tell_marks(const struct matrix *m, const struct run *run)
{
	bool good = true;

	for (size_t r = 0; r < m->nrules; r++) {
		const char *word = mark_words[matrix_mark(run, r)];
		const struct cell *cell = &run->cell[r];

		if (!word)
			continue;
		good = false;
		if (is_failure(cell->verdict))
			ksft_print_msg("%s %s: %s, %s\n", rules_get(r)->id, word, cell->fn,
				       cell->seen);
		else
			ksft_print_msg("%s %s\n", rules_get(r)->id, word);
	}
	return good;
}

/*
 * A device that is broken enough cannot be put back, which breaks the run and is fair; a suite that
 * dies or hangs over it is not, nor is any such thing without a defect.
 */
static bool has_ended_well(const struct run *run)
{
	const char *why = run->broken ? run->broken : "";

	if (!run->judged)
		ksft_print_msg("exit %d, and no report.json: %s\n", run->status, why);
	else if (*why)
		ksft_print_msg("exit %d: %s\n", run->status, why);
	return run->judged && !strstr(why, " died of ") && !strstr(why, " hung ") &&
	       (run->defect || !*why);
}

static bool check_table_of(const struct run *run)
{
	const struct rule_info *rule = rules_find(run->defect->rule);

	if (!rule)
		ksft_print_msg("there is no rule %s\n", run->defect->rule);
	else if (rule->unobservable)
		ksft_print_msg("%s is unobservable: nothing can catch the defect\n", rule->id);
	if (is_listed(run->defect->follows, run->defect->rule))
		ksft_print_msg("%s follows from itself\n", run->defect->rule);
	return rule && !rule->unobservable && !is_listed(run->defect->follows, rule->id);
}

/* A rule that is listed must be there to fail. */
static bool check_list(const char *list)
{
	bool good = true;

	for (const char *at = list; at && *at;) {
		size_t len = strcspn(at, " ");
		char id[64];

		snprintf(id, sizeof(id), "%.*s", (int)len, at);
		if (!rules_find(id)) {
			ksft_print_msg("there is no rule %s\n", id);
			good = false;
		}
		at += len + strspn(at + len, " ");
	}
	return good;
}

static void tell_again(const struct run *run)
{
	ksft_print_msg("again: vfwalk run --target sim --no-baseline --sim '%s'\n", run_sim(run));
}

static bool check_defect(const struct matrix *m, const struct run *run)
{
	const struct sim_defect *defect = run->defect;
	bool good = has_ended_well(run);

	good &= check_table_of(run);
	good &= check_list(defect->follows);
	good &= tell_marks(m, run);
	if (!good)
		tell_again(run);
	ksft_test_result(good, "%s is caught by %s: %s\n", defect->name, defect->rule,
			 defect->what);
	return good;
}

static bool check_clean(const struct matrix *m, const struct run *run)
{
	bool good = has_ended_well(run);

	good &= check_list(run->raises);
	good &= tell_marks(m, run);
	if (!good)
		tell_again(run);
	ksft_test_result(good, "clean, %s: raises nothing%s%s\n",
			 *run->options ? run->options : "no options", run->raises ? " but " : "",
			 run->raises ? run->raises : "");
	return good;
}

/* --- every rule --- */

static bool check_killed(const struct matrix *m)
{
	bool good = true;

	for (size_t r = 0; r < m->nrules; r++) {
		size_t caught, killers = matrix_killers(m, r, &caught);

		if (caught || rules_get(r)->unobservable)
			continue;
		good = false;
		ksft_print_msg("%s catches no defect%s\n", rules_get(r)->id,
			       killers ? "" : ": there is none that names it");
	}
	ksft_test_result(good, "every rule is the catcher of a defect\n");
	return good;
}

static bool is_conditional(size_t rule)
{
	for (size_t i = 0; i < conditional_count; i++)
		if (!strcmp(conditional[i].rule, rules_get(rule)->id))
			return true;
	return false;
}

/* That a rule fails shows something only where it also holds; its unit test must show it else. */
static bool check_held(const struct matrix *m)
{
	bool good = true;

	for (size_t r = 0; r < m->nrules; r++) {
		if (rules_get(r)->unobservable || matrix_held(m, r) != is_conditional(r))
			continue;
		good = false;
		ksft_print_msg("%s %s\n", rules_get(r)->id,
			       is_conditional(r) ? "holds in a clean run, and is said not to"
						 : "holds in no clean run");
	}
	ksft_test_result(good, "every rule holds in a clean run\n");
	return good;
}

static bool is_seen(const struct matrix *m, size_t rule)
{
	for (size_t i = 0; i < m->nclean; i++)
		if (m->run[i].cell[rule].verdict == VERDICT_NOTE)
			return true;
	return false;
}

static bool check_remarks(const struct matrix *m)
{
	bool good = true;

	for (size_t i = 0; i < remarks_count; i++) {
		size_t rule = 0;

		while (rule < m->nrules && strcmp(rules_get(rule)->id, remarks[i].rule))
			rule++;
		if (rule < m->nrules && is_seen(m, rule))
			continue;
		good = false;
		ksft_print_msg("%s is explained, and has nothing to tell\n", remarks[i].rule);
	}
	ksft_test_result(good, "every note that is explained is made\n");
	return good;
}

int check_all(const struct matrix *m)
{
	size_t failed = 0;

	ksft_print_header();
	ksft_set_plan((unsigned)(m->count + (m->whole ? EVERY_RULE : 0)));
	for (size_t i = 0; i < m->count; i++)
		failed += !(m->run[i].defect ? check_defect(m, &m->run[i])
					     : check_clean(m, &m->run[i]));
	if (m->whole) {
		failed += !check_killed(m);
		failed += !check_held(m);
		failed += !check_remarks(m);
	}
	ksft_print_msg("%zu clean runs and %zu with a defect in %.1f s\n", m->nclean,
		       m->count - m->nclean, m->seconds);
	ksft_print_cnts();
	return failed ? KSFT_FAIL : KSFT_PASS;
}
