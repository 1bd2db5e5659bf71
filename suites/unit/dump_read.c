/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps that are not as lspci prints them: what is there is read, and what is not is told, once for
 * each function and with its line. And what a dump says of PFs, VFs and BARs.
 */
#include "kselftest_harness.h"

#include "dumping.h"

#define NVME "01:00.0 Non-Volatile memory controller: QEMU NVM Express Controller"
#define LINE "00:" ZEROS_16 "\n"

/* What is wrong with a dump of @text, where one thing is. */
static const char *fault_of(const char *text, unsigned long *line)
{
	static char what[256];
	struct dump *dump = dump_of(text);

	what[0] = '\0';
	*line = 0;
	if (dump->nfault == 1) {
		*line = dump->fault[0].line;
		snprintf(what, sizeof(what), "%s|%s", dump->fault[0].fn, dump->fault[0].what);
	} else if (dump->nfault) {
		snprintf(what, sizeof(what), "%zu faults", dump->nfault);
	}
	dump_free(dump);
	return what;
}

/* Bytes that are known of the first function of a dump that holds @text. */
static size_t known(const char *text)
{
	struct dump *dump = dump_of(text);
	size_t len = dump->count ? dump->fn[0]->len : 0;

	dump_free(dump);
	return len;
}

#define EXPECT_FAULT(want_line, want_what, text)                \
	do {                                                    \
		unsigned long line;                             \
		EXPECT_STREQ(want_what, fault_of(text, &line)); \
		EXPECT_EQ(want_line, line);                     \
	} while (0)

/* --- sizes --- */

TEST(every_length_that_lspci_prints)
{
	static const size_t lengths[] = {64, 128, 256, 4096};

	for (size_t i = 0; i < 4; i++) {
		char *text = dump_text(NVME, NULL, lengths[i]);

		EXPECT_FAULT(0, "", text);
		EXPECT_EQ(lengths[i], known(text));
		free(text);
	}
}

TEST(cut_between_lines)
{
	char *text = dump_text(NVME, NULL, 256);

	strcpy(strstr(text, "c0:"), "\n");
	EXPECT_FAULT(14, "0000:01:00.0|its config space is cut off at C0h: judged as far as that",
		     text);
	EXPECT_EQ(0xc0, known(text));
	free(text);
}

TEST(cut_in_a_line)
{
	char *text = dump_text(NVME, NULL, 256);

	strstr(text, "c0:")[3 + 3 * 7 + 2] = '\0';
	EXPECT_FAULT(14, "0000:01:00.0|\"0\" is no byte at C7h: judged up to C7h", text);
	strstr(text, "c0:")[3 + 3 * 7] = '\0';
	EXPECT_FAULT(14, "0000:01:00.0|the line ends after 7 of 16 bytes: judged up to C7h", text);
	EXPECT_EQ(0xc7, known(text));
	free(text);
}

TEST(cut_after_a_heading)
{
	char *text = dump_text(NVME, NULL, 64), *both;

	ASSERT_LT(0, asprintf(&both, "%s02:00.0 VGA compatible controller: Bochs\n", text));
	EXPECT_FAULT(7, "0000:02:00.0|no byte of its config space is there: not judged", both);
	free(both);
	free(text);
}

TEST(last_line_without_newline)
{
	char *text = dump_text(NVME, NULL, 64);

	text[strlen(text) - 2] = '\0';
	EXPECT_FAULT(0, "", text);
	EXPECT_EQ(64, known(text));
	free(text);
}

TEST(more_than_config_space)
{
	char *text = dump_text(NVME, NULL, 4096), *longer;

	ASSERT_LT(0, asprintf(&longer, "%.*s1000:" ZEROS_16 "\n", (int)strlen(text) - 1, text));
	EXPECT_FAULT(258, "0000:01:00.0|bytes of 1000h where config space ends: judged up to 1000h",
		     longer);
	free(longer);
	free(text);
}

/* --- lines that are not as they should be --- */

TEST(crlf)
{
	char *text = dump_text(NVME, NULL, 64), *crlf = calloc(2, strlen(text) + 1), *to = crlf;

	for (const char *c = text; *c; c++) {
		if (*c == '\n')
			*to++ = '\r';
		*to++ = *c;
	}
	EXPECT_FAULT(0, "", crlf);
	EXPECT_EQ(64, known(crlf));
	free(crlf);
	free(text);
}

TEST(wrong_hex)
{
	char *text = dump_text(NVME, NULL, 256);

	dump_edit(text, "80: 00 00", "80: 00 0g");
	EXPECT_FAULT(10, "0000:01:00.0|\"0g 00 00\" is no byte at 81h: judged up to 81h", text);
	EXPECT_EQ(0x81, known(text));
	free(text);
}

TEST(missing_line)
{
	char *text = dump_text(NVME, NULL, 256), *at = strstr(text, "80:");

	memmove(at, strchr(at, '\n') + 1, strlen(strchr(at, '\n')));
	EXPECT_FAULT(10, "0000:01:00.0|bytes of 90h where those of 80h are due: judged up to 80h",
		     text);
	free(text);
}

/* It would otherwise be text that nobody looks at. */
TEST(offset_that_is_none)
{
	char *text = dump_text(NVME, NULL, 256);

	dump_edit(text, "80: 00", "8x: 00");
	EXPECT_FAULT(11, "0000:01:00.0|bytes of 90h where those of 80h are due: judged up to 80h",
		     text);
	free(text);
}

TEST(line_twice)
{
	char *text = dump_text(NVME, NULL, 256);

	dump_edit(text, "80: 00", "70: 00");
	EXPECT_FAULT(10, "0000:01:00.0|bytes of 70h where those of 80h are due: judged up to 80h",
		     text);
	free(text);
}

TEST(heading_that_is_lost)
{
	char *good = dump_text(NVME, NULL, 64), *bad = dump_text("01:00 lost", NULL, 64), *text;

	ASSERT_LT(0, asprintf(&text, "%s%s", good, bad));
	EXPECT_FAULT(8, "|bytes that belong to no function: not judged", text);
	free(text);
	free(good);
	free(bad);
}

TEST(address_that_is_none)
{
	char *good = dump_text(NVME, NULL, 64), *bad = dump_text("01:20.0 x", NULL, 64), *text;

	ASSERT_LT(0, asprintf(&text, "%s%s", good, bad));
	EXPECT_FAULT(7,
		     "|\"01:20.0\" is no address: devices go up to 1f, functions to 7: not judged",
		     text);
	free(text);
	free(good);
	free(bad);
}

TEST(long_lines_of_text_are_text)
{
	char *text = dump_text(NVME, NULL, 64), *longer;

	ASSERT_LT(0, asprintf(&longer, "%s\n\t%5000s\n%s", NVME, "x", strchr(text, '\n') + 1));
	EXPECT_FAULT(0, "", longer);
	EXPECT_EQ(64, known(longer));
	free(longer);
	free(text);
}

TEST(faults_of_one_function_do_not_reach_the_next)
{
	char *bad = dump_text(NVME, NULL, 64), *good = dump_text("02:00.0 x", NULL, 256), *text;
	struct dump *dump;

	dump_edit(bad, "10: 00", "10: xx");
	ASSERT_LT(0, asprintf(&text, "%s%s", bad, good));
	dump = dump_of(text);
	EXPECT_EQ(1, dump->nfault);
	ASSERT_EQ(2, dump->count);
	EXPECT_EQ(16, dump->fn[0]->len);
	EXPECT_EQ(256, dump->fn[1]->len);
	dump_free(dump);
	free(text);
	free(bad);
	free(good);
}

/* --- no dump at all --- */

TEST(nothing_in_it)
{
	static const char *const texts[] = {"",
					    "\n\n",
					    "hello\n",
					    "{\"ev\":\"header\"}\n",
					    "\xff\xfe"
					    "0",
					    "\x7f"
					    "ELF\x02"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		EXPECT_FAULT(0,
			     "|no function in it: give the output of `lspci -xxxx`, made as root",
			     texts[i]);
}

TEST(lspci_without_x)
{
	EXPECT_FAULT(0, "|no config space in it: give the output of `lspci -xxxx`, made as root",
		     NVME "\n02:00.0 VGA compatible controller: Bochs\n");
}

TEST(zero_bytes)
{
	char *text = dump_text(NVME, NULL, 64);
	size_t len = strlen(text);
	struct dump *dump;

	text = realloc(text, len + 100);
	memset(text + len, 0, 100);
	dump = dump_of_bytes(text, len + 100);
	EXPECT_EQ(1, dump->count);
	EXPECT_EQ(64, dump->fn[0]->len);
	ASSERT_EQ(1, dump->nfault);
	EXPECT_STREQ("a zero byte: this is no text, and from here on not read",
		     dump->fault[0].what);
	dump_free(dump);
	free(text);
}

TEST(a_source_without_end)
{
	FILE *in = fopen("/dev/zero", "re");
	struct dump *dump = dump_read(in);

	EXPECT_EQ(0, dump->count);
	EXPECT_EQ(1, dump->nfault);
	dump_free(dump);
	fclose(in);
}

/* --- the same function again --- */

TEST(a_function_that_comes_again_begins_another_picture)
{
	char *one = dump_text(NVME, NULL, 64), *two = dump_text("01:00.1 x", NULL, 64), *text;
	struct dump *dump;

	ASSERT_LT(0, asprintf(&text, "%s%s%s%s", one, two, one, two));
	dump = dump_of(text);
	ASSERT_EQ(4, dump->count);
	EXPECT_EQ(0, dump->nfault);
	EXPECT_EQ(0, dump->fn[1]->picture);
	EXPECT_EQ(1, dump->fn[2]->picture);
	EXPECT_EQ(1, dump->fn[3]->picture);
	dump_free(dump);
	free(text);
	free(one);
	free(two);
}

/* --- what lspci says in words --- */

static struct dump *with_regions(const char *lines)
{
	char *text = dump_text(NVME, NULL, 64), *longer;
	struct dump *dump;

	if (asprintf(&longer, "%s\n%s%s", NVME, lines, strchr(text, '\n') + 1) < 0)
		err(2, "asprintf");
	dump = dump_of(longer);
	free(longer);
	free(text);
	return dump;
}

TEST(sizes_of_bars)
{
	struct dump *dump = with_regions(
		"\tRegion 0: Memory at fe000000 (64-bit, non-prefetchable) [size=16K]\n"
		"\tRegion 2: [virtual] Memory at fe100000 (32-bit, prefetchable) [disabled] "
		"[size=2M]\n"
		"\tRegion 4: I/O ports at e000 [size=32]\n"
		"\tExpansion ROM at fea00000 [disabled] [size=512K]\n");
	const struct bar *bar = dump->fn[0]->bar;

	EXPECT_EQ(BAR_MEM64, bar[0].type);
	EXPECT_EQ(16384, bar[0].size);
	EXPECT_EQ(BAR_UPPER, bar[1].type);
	EXPECT_EQ(BAR_MEM32, bar[2].type);
	EXPECT_EQ(2u << 20, bar[2].size);
	EXPECT_EQ(BAR_NONE, bar[3].type); /* all are told, so this one is not there */
	EXPECT_EQ(BAR_IO, bar[4].type);
	EXPECT_EQ(32, bar[4].size);
	dump_free(dump);
}

TEST(sizes_that_are_none)
{
	struct dump *dump = with_regions(
		"\t\tRegion 0: Memory at fe000000 (64-bit, non-prefetchable) [size=16K]\n"
		"\tRegion 9: Memory at fe000000 (64-bit, non-prefetchable) [size=16K]\n"
		"\tRegion 1: Memory at fe000000 (32-bit, non-prefetchable) [size=lots]\n");

	EXPECT_EQ(BAR_NONE, dump->fn[0]->bar[0].type);
	EXPECT_EQ(BAR_MEM32, dump->fn[0]->bar[1].type);
	EXPECT_EQ(0, dump->fn[0]->bar[1].size);
	dump_free(dump);
}

TEST(bars_by_their_registers)
{
	uint8_t byte[64] = {[0x10] = 0x04, [0x13] = 0xfe, [0x19] = 0xe0, [0x18] = 0x01};
	char *text = dump_text(NVME, byte, 64);
	struct dump *dump = dump_of(text);
	const struct bar *bar = dump->fn[0]->bar;

	EXPECT_EQ(BAR_MEM64, bar[0].type);
	EXPECT_EQ(0, bar[0].size);
	EXPECT_EQ(BAR_UPPER, bar[1].type);
	EXPECT_EQ(BAR_IO, bar[2].type);
	EXPECT_EQ(BAR_UNKNOWN, bar[3].type); /* not there, or without an address */
	dump_free(dump);
	free(text);
}

TEST_HARNESS_MAIN
