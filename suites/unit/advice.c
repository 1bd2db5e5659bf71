/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of rules beside the catalogue: every one has its advice, in whole sentences. */
#include <string.h>

#include <vfwalk/rules.h>

#include "kselftest_harness.h"

static bool is_sentence(const char *text)
{
	size_t len = strlen(text);

	return len > 10 && text[len - 1] == '.' && !strstr(text, "  ");
}

TEST(every_rule_has_advice)
{
	for (size_t r = 0; r < rules_count(); r++) {
		EXPECT_NE(NULL, rule_advice(rules_get(r)->id))
		{
			TH_LOG("%s", rules_get(r)->id);
		}
	}
}

TEST(advice_is_given_once_and_in_sentences)
{
	const struct rule_advice *advice;

	for (size_t i = 0; (advice = rule_advice_get(i)); i++) {
		EXPECT_EQ(advice, rule_advice(advice->id));
		EXPECT_TRUE(is_sentence(advice->why) && is_sentence(advice->engineer) &&
			    is_sentence(advice->operator))
		{
			TH_LOG("%s", advice->id);
		}
	}
	EXPECT_EQ(NULL, rule_advice("CAP-UNKNOWN"));
}

TEST(limits_are_the_words_of_reports)
{
	const struct rule_info *rule = rules_find("RST-FLR-EN");
	bool flr = false;
	const char *limit;

	ASSERT_NE(NULL, rule);
	for (size_t i = 0; (limit = rule_limit(rule, i)); i++)
		flr |= !strcmp(limit, "the function has no FLR (Device Capabilities bit 28)");
	EXPECT_TRUE(flr);
	EXPECT_EQ(NULL, rule_limit(rule, 100));
}

TEST(groups)
{
	EXPECT_TRUE(rule_is_in(rules_find("CAP-UNIQ"), "CAP"));
	EXPECT_FALSE(rule_is_in(rules_find("CAP-UNIQ"), "CA"));
	EXPECT_FALSE(rule_is_in(rules_find("CAP-UNIQ"), "CAP-UNIQ"));
	EXPECT_FALSE(rule_is_in(rules_find("CAP-UNIQ"), ""));
	EXPECT_STREQ("MSI-X capability", rule_group(rules_find("CAP-UNIQ")));
}

TEST_HARNESS_MAIN
