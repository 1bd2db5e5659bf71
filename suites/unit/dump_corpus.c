/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fixtures/dumps: each dump gets the verdicts that stand beside it, and fails nothing else. And the
 * reader of dumps is held against libpci's: of each both must know the same bytes.
 */
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <pci/pci.h>
#include <unistd.h>

#include "kselftest.h"

#include "dumping.h"

static char corpus[2 * PATH_MAX];

/* This program stands in build/unit/, and the corpus in fixtures/, beside build/. */
static void find_corpus(void)
{
	static const char *const ways[] = {"%s/../../fixtures/dumps", "fixtures/dumps"};
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len < 0)
		err(KSFT_FAIL, "/proc/self/exe");
	self[len] = '\0';
	dirname(self);
	for (size_t i = 0; i < 2; i++) {
		snprintf(corpus, sizeof(corpus), ways[i], self);
		if (!access(corpus, R_OK))
			return;
	}
	errx(KSFT_FAIL, "no fixtures/dumps: run this in the tree");
}

static struct dump *read_file(const char *path)
{
	FILE *in = fopen(path, "re");
	struct dump *dump = in ? dump_read(in) : NULL;

	if (!dump)
		err(KSFT_FAIL, "%s", path);
	fclose(in);
	return dump;
}

/* --- verdicts --- */

struct expectation {
	char fn[32], rule[32], verdict[16];
};

static size_t read_expected(const char *path, struct expectation *list, size_t most)
{
	FILE *in = fopen(path, "re");
	size_t count = 0;

	if (!in)
		err(KSFT_FAIL, "%s", path);
	while (count < most && fscanf(in, "%31s %31s %15s", list[count].fn, list[count].rule,
				      list[count].verdict) == 3)
		count++;
	if (!feof(in))
		errx(KSFT_FAIL, "%s: not as suites/dumps/corpus.h has it", path);
	fclose(in);
	return count;
}

static bool is_listed(const struct finding *finding, const struct expectation *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i].fn, finding->fn) && !strcmp(list[i].rule, finding->rule->id))
			return true;
	return false;
}

static bool has_all(struct judge *judge, const struct expectation *list, size_t count)
{
	bool all = true;

	for (size_t i = 0; i < count; i++) {
		const struct finding *f = dump_finding(judge, list[i].rule, list[i].fn);
		const char *got = f ? verdict_name(f->verdict) : "no verdict";

		if (!strcmp(got, list[i].verdict))
			continue;
		ksft_print_msg("%s %s: %s, not %s\n", list[i].fn, list[i].rule, got,
			       list[i].verdict);
		all = false;
	}
	return all;
}

static bool has_no_others(struct judge *judge, const struct expectation *list, size_t count)
{
	struct finding *f;
	size_t found = judge_findings(judge, &f);
	bool none = true;

	for (size_t i = 0; i < found; i++) {
		if (!f[i].failed || is_listed(&f[i], list, count))
			continue;
		ksft_print_msg("%s %s: %s, which is not expected: %s\n", f[i].fn, f[i].rule->id,
			       verdict_name(f[i].verdict), f[i].seen);
		none = false;
	}
	return none;
}

static void check_verdicts(const char *name, const struct dump *dump)
{
	struct expectation list[32];
	char path[3 * PATH_MAX];
	struct judge *judge = dump_judge(dump);
	size_t count;

	snprintf(path, sizeof(path), "%s/%s.expected", corpus, name);
	count = read_expected(path, list, sizeof(list) / sizeof(list[0]));
	/* Evaluated both, so that both tell what is wrong. */
	bool all = has_all(judge, list, count);

	all &= has_no_others(judge, list, count);
	ksft_test_result(all && count && !dump->nfault, "%s: %zu verdicts and no other failure\n",
			 name, count);
	judge_free(judge);
}

/* --- libpci --- */

static void silent(char *msg, ...)
{
	(void)msg;
}

static bool knows_the_same(const struct pci_access *pci, const struct dump_fn *fn)
{
	uint8_t byte[CFG_SPACE_EXP_SIZE];

	for (struct pci_dev *d = pci->devices; d; d = d->next) {
		struct bdf bdf = {(uint32_t)d->domain, d->bus, (uint8_t)(d->dev << 3 | d->func)};

		if (bdf_equal(bdf, fn->bdf))
			return pci_read_block(d, 0, byte, (int)fn->len) &&
			       !memcmp(byte, fn->byte, fn->len) &&
			       !pci_read_block(d, (int)fn->len, byte, 1);
	}
	return false;
}

static void check_bytes(const char *name, const char *path, const struct dump *dump)
{
	struct pci_access *pci = pci_alloc();
	size_t count = 0;
	bool same = true;

	pci->method = PCI_ACCESS_DUMP;
	pci->warning = silent;
	pci_set_param(pci, (char *)"dump.name", (char *)path);
	pci_init(pci);
	pci_scan_bus(pci);
	for (struct pci_dev *d = pci->devices; d; d = d->next)
		count++;
	for (size_t i = 0; i < dump->count; i++)
		same &= knows_the_same(pci, dump->fn[i]);
	ksft_test_result(same && count == dump->count, "%s: the same bytes as by libpci\n", name);
	pci_cleanup(pci);
}

int main(void)
{
	char pattern[3 * PATH_MAX];
	glob_t found;

	find_corpus();
	snprintf(pattern, sizeof(pattern), "%s/*.dump", corpus);
	if (glob(pattern, 0, NULL, &found) || found.gl_pathc < 30)
		errx(KSFT_FAIL, "%s: fewer than 30 dumps", pattern);
	ksft_print_header();
	ksft_set_plan((unsigned)(2 * found.gl_pathc));
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct dump *dump = read_file(found.gl_pathv[i]);
		char *name = strdup(strrchr(found.gl_pathv[i], '/') + 1);

		name[strlen(name) - strlen(".dump")] = '\0';
		check_verdicts(name, dump);
		check_bytes(name, found.gl_pathv[i], dump);
		dump_free(dump);
		free(name);
	}
	globfree(&found);
	ksft_finished();
}
