/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fixtures/evidence: records of findings, each cut down to its shortest walk. Each gets the
 * verdicts that stand beside it and raises nothing else; and what it shows is known to the baseline
 * of its lab.
 */
#include <err.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <vfwalk/report.h>

#include "kselftest.h"

static char fixtures[PATH_MAX];

/* This program stands in build/unit/, and fixtures/ beside build/. */
static void find_fixtures(void)
{
	char self[PATH_MAX - sizeof("/../../fixtures")];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len < 0)
		err(KSFT_FAIL, "/proc/self/exe");
	self[len] = '\0';
	snprintf(fixtures, sizeof(fixtures), "%s/../../fixtures", dirname(self));
	if (access(fixtures, R_OK))
		snprintf(fixtures, sizeof(fixtures), "fixtures");
}

static struct judge *judged(const char *path)
{
	struct ev_reader *reader = ev_open(path);
	struct judge *judge = judge_new();
	struct event event;
	int more;

	if (!reader || !judge)
		err(KSFT_FAIL, "%s", path);
	while ((more = ev_next(reader, &event)) > 0)
		judge_event(judge, &event);
	if (more < 0)
		errx(KSFT_FAIL, "%s: %s", path, ev_reader_error(reader));
	judge_finish(judge, ev_reader_cut(reader));
	ev_reader_close(reader);
	return judge;
}

/* --- verdicts --- */

struct expectation {
	char fn[32], rule[32], verdict[16];
};

static size_t read_expected(const char *record, struct expectation *list, size_t most)
{
	char path[PATH_MAX];
	size_t count = 0;
	FILE *in;

	snprintf(path, sizeof(path), "%.*s.expected", (int)(strlen(record) - strlen(".jsonl")),
		 record);
	in = fopen(path, "re");
	if (!in)
		err(KSFT_FAIL, "%s", path);
	while (count < most && fscanf(in, "%31s %31s %15s", list[count].fn, list[count].rule,
				      list[count].verdict) == 3)
		count++;
	if (!feof(in) || !count)
		errx(KSFT_FAIL, "%s: no lines of function, rule and verdict", path);
	fclose(in);
	return count;
}

static const struct expectation *listed(const struct finding *finding,
					const struct expectation *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i].fn, finding->fn) && !strcmp(list[i].rule, finding->rule->id))
			return &list[i];
	return NULL;
}

static bool raises(enum verdict verdict)
{
	return verdict == VERDICT_FAIL || verdict == VERDICT_WARN || verdict == VERDICT_NOTE;
}

static bool as_expected(struct judge *judge, const struct expectation *list, size_t count)
{
	struct finding *finding;
	size_t findings = judge_findings(judge, &finding), met = 0;
	bool broken = !strcmp(list[0].verdict, "broken"), good = broken == !!judge_broken(judge);

	if (!good)
		ksft_print_msg("%s\n", broken ? "not broken" : judge_broken(judge));
	for (size_t i = 0; i < findings; i++) {
		const struct expectation *wanted = listed(&finding[i], list, count);
		const char *verdict = verdict_name(finding[i].verdict);

		met += wanted != NULL;
		if (wanted ? !strcmp(wanted->verdict, verdict) : !raises(finding[i].verdict))
			continue;
		ksft_print_msg("%s %s %s\n", finding[i].fn, finding[i].rule->id, verdict);
		good = false;
	}
	return good && met + broken == count;
}

/* --- the baseline of its lab --- */

static bool is_known(struct judge *judge)
{
	const json_t *header = judge_header(judge);
	char path[2 * PATH_MAX], why[512];
	struct baseline *baseline;
	struct finding *finding;
	size_t findings = judge_findings(judge, &finding);
	bool known = true;

	snprintf(path, sizeof(path), "%s/baselines/%s.json", fixtures,
		 json_string_value(json_object_get(header, "lab")));
	baseline = baseline_load(NULL, path, why, sizeof(why));
	if (!baseline)
		errx(KSFT_FAIL, "%s", why);
	for (size_t i = 0; i < findings; i++) {
		const char *device = judge_device(judge, finding[i].fn);

		if (!raises(finding[i].verdict) || finding[i].verdict == VERDICT_NOTE ||
		    baseline_reason(baseline, &finding[i], device,
				    judge_is_vf(judge, finding[i].fn), header))
			continue;
		ksft_print_msg("%s: %s\n", finding[i].rule->id, finding[i].seen);
		known = false;
	}
	baseline_free(baseline);
	return known;
}

int main(void)
{
	char pattern[2 * PATH_MAX];
	glob_t found;

	find_fixtures();
	snprintf(pattern, sizeof(pattern), "%s/evidence/*.jsonl", fixtures);
	if (glob(pattern, 0, NULL, &found))
		errx(KSFT_FAIL, "%s: none there", pattern);
	ksft_print_header();
	ksft_set_plan((unsigned)(2 * found.gl_pathc));
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *name = strrchr(found.gl_pathv[i], '/') + 1;
		struct judge *judge = judged(found.gl_pathv[i]);
		struct expectation list[32];
		size_t count = read_expected(found.gl_pathv[i], list, 32);

		ksft_test_result(as_expected(judge, list, count), "%s\n", name);
		ksft_test_result(is_known(judge), "%s: known to its lab\n", name);
		judge_free(judge);
	}
	globfree(&found);
	ksft_finished();
}
