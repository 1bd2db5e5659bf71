/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rules need: each need a bit of its own, each with its reason, each needed by some rule. */
#include <string.h>

#include "rules/catalogue.h"
#include "rules/rule.h"

#include "kselftest_harness.h"

static const struct {
	unsigned long long need;
	const char *reason;
} needs[] = {
#define NEED(name, reason) {NEED_##name, reason},
#include "rules/needs.def"
#undef NEED
};

#define COUNT (sizeof(needs) / sizeof(needs[0]))

TEST(a_bit_each)
{
	unsigned long long all = HEARS_ALL;

	for (size_t i = 0; i < COUNT; i++) {
		EXPECT_EQ(1, __builtin_popcountll(needs[i].need));
		EXPECT_EQ(0, all & needs[i].need);
		all |= needs[i].need;
	}
	EXPECT_EQ(COUNT + 1, (size_t)__builtin_popcountll(all));
}

TEST(a_reason_each)
{
	for (size_t i = 0; i < COUNT; i++) {
		EXPECT_NE(0, strlen(needs[i].reason));
		for (size_t k = 0; k < i; k++)
			EXPECT_STRNE(needs[i].reason, needs[k].reason);
	}
}

/* A rule that needs a bit which is no need would always apply. */
TEST(rules_need_these_and_no_others)
{
	unsigned long long known = HEARS_ALL, wanted = 0;

	for (size_t i = 0; i < COUNT; i++)
		known |= needs[i].need;
	for (size_t r = 0; r < rules_count(); r++) {
		EXPECT_EQ(0, catalogue_get(r)->needs & ~known);
		wanted |= catalogue_get(r)->needs;
	}
	EXPECT_EQ(known, wanted);
}

/* In the words of the catalogue: as many reasons as there are bits. */
TEST(each_is_told)
{
	for (size_t r = 0; r < rules_count(); r++) {
		const struct rule *rule = catalogue_get(r);
		size_t bits = (size_t)__builtin_popcountll(rule->needs & ~HEARS_ALL), told = 0;

		while (rule_limit(&rule->info, told))
			told++;
		EXPECT_EQ(bits, told);
	}
}

TEST_HARNESS_MAIN
