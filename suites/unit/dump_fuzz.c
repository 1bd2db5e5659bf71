/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thousands of dumps that are damaged by chance, always the same ones: read and judged with the
 * sanitizers of the compiler listening (the Makefile builds this program and what it calls with
 * them). None may crash or hang, and what is damaged for sure must be told.
 */
#include <vfwalk/pci.h>

#include "kselftest_harness.h"

#include "dumping.h"
#include "judging.h"

#define ROUNDS 600

static uint32_t state;

/* xorshift32: the same numbers everywhere, on every run. */
static uint32_t chance(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % below;
}

/* A PF with SR-IOV, a VF and sizes of BARs, as `lspci -vvxxxx` prints them. */
static char *sound(const struct cfg *pf, const struct cfg *vf)
{
	char *first = dump_text("01:00.0 PF\n\tRegion 0: Memory at fe000000 (64-bit) [size=16K]",
				pf->byte, 4096);
	char *second = dump_text("01:00.1 VF\n\tRegion 0: [virtual] Memory at fe100000 (64-bit) "
				 "[size=16K]",
				 vf->byte, 256);
	char *both;

	if (asprintf(&both, "%s%s", first, second) < 0)
		err(2, "asprintf");
	free(first);
	free(second);
	return both;
}

static char *sound_dump(void)
{
	struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);

	return sound(&pf, &vf);
}

/* Reads and judges; how many faults were told. */
static size_t faults_of(const char *text, size_t len)
{
	struct dump *dump = dump_of_bytes(text, len);
	struct finding *finding;
	struct judge *judge = dump_judge(dump);
	size_t faults = dump->nfault;

	for (size_t i = 0; i < dump->count; i++)
		if (dump->fn[i]->len > 4096)
			errx(2, "a function of %zu bytes", dump->fn[i]->len);
	judge_findings(judge, &finding);
	judge_free(judge);
	dump_free(dump);
	return faults;
}

/* Any line of bytes of @text, by chance. */
static char *some_line(char *text)
{
	char *line;

	do {
		line = text + chance((uint32_t)strlen(text));
		while (line > text && line[-1] != '\n')
			line--;
	} while (!strchr(line, ':') || strcspn(line, ":") > 3 || strchr(line, ':')[1] != ' ');
	return line;
}

TEST(sound_before_it_is_damaged)
{
	char *text = sound_dump();

	EXPECT_EQ(0, faults_of(text, strlen(text)));
	free(text);
}

TEST(any_bytes_of_text)
{
	state = 1;
	for (int round = 0; round < ROUNDS; round++) {
		char *text = sound_dump();
		size_t len = strlen(text);

		for (uint32_t n = 1 + chance(20); n; n--)
			text[chance((uint32_t)len)] = (char)chance(256);
		faults_of(text, len);
		free(text);
	}
}

TEST(any_config_space)
{
	state = 2;
	for (int round = 0; round < ROUNDS; round++) {
		struct cfg pf = fake_cfg(-1, 33), vf = fake_cfg(0, 5);
		char *text;

		for (uint32_t n = 1 + chance(200); n; n--) {
			pf.byte[chance(chance(2) ? 4096 : 0x140)] = (uint8_t)chance(256);
			vf.byte[chance(256)] = (uint8_t)chance(256);
		}
		text = sound(&pf, &vf);
		/* All of it is bytes, so all of it can be read. */
		ASSERT_EQ(0, faults_of(text, strlen(text)));
		free(text);
	}
}

TEST(a_digit_that_is_none_is_told)
{
	state = 3;
	for (int round = 0; round < ROUNDS; round++) {
		char *text = sound_dump();
		char *line = some_line(text);

		strchr(line, ':')[2 + 3 * chance(16) + chance(2)] = "gG-. x\t"[chance(7)];
		ASSERT_LT(0, faults_of(text, strlen(text)));
		free(text);
	}
}

TEST(a_line_that_is_missing_is_told)
{
	state = 4;
	for (int round = 0; round < ROUNDS; round++) {
		char *text = sound_dump();
		char *line = some_line(text), *next = strchr(line, '\n') + 1;

		memmove(line, next, strlen(next) + 1);
		ASSERT_LT(0, faults_of(text, strlen(text)));
		free(text);
	}
}

/* Cut anywhere: told, unless it is where a function might end. */
TEST(a_cut_is_told)
{
	state = 5;
	for (int round = 0; round < ROUNDS; round++) {
		char *text = sound_dump();
		size_t len = chance((uint32_t)strlen(text));
		struct dump *dump = dump_of_bytes(text, len);
		size_t last = dump->count ? dump->fn[dump->count - 1]->len : 0;

		if (!dump->nfault)
			ASSERT_TRUE(last == 64 || last == 128 || last == 256 || last == 4096);
		dump_free(dump);
		faults_of(text, len);
		free(text);
	}
}

TEST(rubbish)
{
	static char text[4096];

	state = 6;
	for (int round = 0; round < ROUNDS; round++) {
		size_t len = chance(sizeof(text));

		for (size_t i = 0; i < len; i++)
			text[i] = "0123456789abcdef:. \n\t[]RegionSlot"[chance(33)];
		faults_of(text, len);
	}
}

TEST_HARNESS_MAIN
