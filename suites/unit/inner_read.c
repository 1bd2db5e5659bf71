/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of an inner guest: what it says of a function, and what no guest of ours would say. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <target/linux/inner.h>

#include "judging.h"
#include "kselftest_harness.h"

#define ENTRY "00000000000000000000000001000000"

/* "config " and config space with MSI-X of @size vectors, 0 for none. */
static const char *config_line(unsigned size)
{
	static char line[2 * CFG_SPACE_SIZE + 16];
	struct cfg cfg = fake_cfg(0, size ? size : 1);
	char *at = line + sprintf(line, "config ");

	fake_put(&cfg, 0, 4, 0x00101b36);
	if (!size)
		fake_put(&cfg, FAKE_MSIX, 1, 0x09);
	for (unsigned i = 0; i < CFG_SPACE_SIZE; i++)
		at += sprintf(at, "%02x", cfg.byte[i]);
	return line;
}

/* All that a guest says of a function with @size vectors: it tells of the first 64 entries. */
static char *whole_look(unsigned size)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fprintf(f, "inner 1\n%s\nbar 0 0000000000004000\n", config_line(size));
	if (size)
		fputs("table ", f);
	for (unsigned k = 0; k < size && k < INNER_ENTRIES; k++)
		fputs(ENTRY, f);
	if (size)
		fputs("\npba ", f);
	for (unsigned k = 0; k < msix_pba_bytes(size) && size; k++)
		fputs("00", f);
	fputs(size ? "\nend\n" : "end\n", f);
	fclose(f);
	return text;
}

static int read_text(struct inner_reader *r, const char *text)
{
	*r = (struct inner_reader){0};
	inner_read_begin(r);
	return inner_read(r, text, strlen(text));
}

TEST(takes_a_look)
{
	static const unsigned size[] = {1, 5, 64, 65, 2048};
	struct inner_reader r;

	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		char *text = whole_look(size[i]);

		ASSERT_EQ(1, read_text(&r, text));
		EXPECT_EQ(size[i], r.view.size);
		EXPECT_EQ(0x1b36, r.view.vendor);
		EXPECT_EQ(0x0010, r.view.device);
		EXPECT_EQ(0x4000, r.view.bar[0]);
		EXPECT_EQ((size[i] < 64 ? size[i] : 64) * MSIX_ENTRY_SIZE, r.view.table_len);
		EXPECT_EQ(1, r.view.table[12]);
		EXPECT_EQ((size[i] + 63) / 64 * 8, r.view.pba_len);
		EXPECT_EQ((size[i] - 1) & 0xff, r.view.msix[2]);
		EXPECT_FALSE(r.view.absent);
		free(text);
	}
}

TEST(takes_a_function_without_msix)
{
	char *text = whole_look(0);
	struct inner_reader r;

	ASSERT_EQ(1, read_text(&r, text));
	EXPECT_EQ(0, r.view.size);
	EXPECT_EQ(0, r.view.table_len);
	free(text);
}

TEST(takes_an_empty_slot)
{
	struct inner_reader r;

	ASSERT_EQ(1, read_text(&r, "inner 1\nnone\nend\n"));
	EXPECT_TRUE(r.view.absent);
	EXPECT_EQ(0, r.view.size);
}

/* As a serial port delivers it, and one look after the other. */
TEST(takes_bytes_as_they_come)
{
	char *text = whole_look(5);
	size_t len = strlen(text);
	struct inner_reader r = {0};

	inner_read_begin(&r);
	for (size_t i = 0; i + 1 < len; i++)
		ASSERT_EQ(0, inner_read(&r, &text[i], 1));
	ASSERT_EQ(1, inner_read(&r, &text[len - 1], 1));
	inner_read_begin(&r);
	EXPECT_EQ(0, r.view.size);
	ASSERT_EQ(1, inner_read(&r, text + strlen("inner 1\n"), len - strlen("inner 1\n")));
	EXPECT_EQ(5, r.view.size);
	free(text);
}

TEST(takes_the_word_that_vectors_are_enabled)
{
	struct inner_reader r;

	ASSERT_EQ(1, read_text(&r, "inner 1\nnone\nend\n"));
	inner_read_begin(&r);
	ASSERT_EQ(1, inner_read(&r, "vectors\nend\n", 12));
	EXPECT_TRUE(r.vectors);
	inner_read_begin(&r);
	EXPECT_FALSE(r.vectors);
}

#define REFUSES(text)                                    \
	do {                                             \
		EXPECT_EQ(-EPROTO, read_text(&r, text)); \
		EXPECT_NE('\0', r.why[0]);               \
	} while (0)

TEST(refuses_what_no_guest_says)
{
	struct inner_reader r;

	REFUSES("SeaBIOS (version 1.16.2-debian-1.16.2-1)\n");
	REFUSES("inner 2\n");
	REFUSES("\n");
	REFUSES("inner 1\nhello\n");
	REFUSES("inner 1\n\n");
	REFUSES("inner 1\ninner 1\n");
	REFUSES("inner 1\nend\n");
	REFUSES("inner 1\nend of it\n");
	REFUSES("inner 1\nending\n");
	REFUSES("inner 1\nnone of it\n");
	REFUSES("inner 1\nnone\nend\nnone\n");
	REFUSES("inner 1\nconfig \n");
	REFUSES("inner 1\nconfig 361b\n");
	REFUSES("inner 1\nvectors 3\nend\n");
	REFUSES("inner 1\nnone\nvectors\nend\n");
	REFUSES("inner 1\nvectors\nnone\nend\n");
	REFUSES("inner 1\nbar 0 0000000000004000\n"); /* of what? */
	REFUSES("inner 1\ntable " ENTRY "\n");
	REFUSES("inner 1\npba 0000000000000000\n");
	REFUSES("inner 1\n\033[2J");
	REFUSES("inner 1\r\n");
}

/* One line put in the place of another, or added. */
static int after_config(struct inner_reader *r, unsigned size, const char *lines)
{
	char text[4096];

	snprintf(text, sizeof(text), "inner 1\n%s\n%s", config_line(size), lines);
	return read_text(r, text);
}

TEST(refuses_what_does_not_fit_the_function)
{
	char again[1024];
	struct inner_reader r;

	EXPECT_EQ(1, after_config(&r, 1, "end\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 1, "none\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 1, "vectors\n"));
	snprintf(again, sizeof(again), "%s\n", config_line(1));
	EXPECT_EQ(-EPROTO, after_config(&r, 1, again));
	EXPECT_EQ(0, after_config(&r, 1, "table " ENTRY "\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 0, "table " ENTRY "\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 2, "table " ENTRY "\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 1, "table " ENTRY "00\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 1, "table " ENTRY "\ntable " ENTRY "\n"));
	EXPECT_EQ(0, after_config(&r, 1, "pba 0000000000000000\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 1, "pba 00000000\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 65, "pba 0000000000000000\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 1, "bar 6 0000000000004000\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 1, "bar 0 4000\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 1, "bar 0 000000000000400G\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 1, "bar 00000000000000400\n"));
	EXPECT_EQ(-EPROTO, after_config(&r, 1, "bar\n"));
}

/* What was wrong stays wrong, and no line grows for ever. */
TEST(stays_refused)
{
	struct inner_reader r;
	char *text = whole_look(5), a[4096];

	memset(a, 'a', sizeof(a));
	ASSERT_EQ(-EPROTO, read_text(&r, "junk\n"));
	EXPECT_EQ(-EPROTO, inner_read(&r, text, strlen(text)));
	r = (struct inner_reader){0};
	EXPECT_EQ(-EPROTO, inner_read(&r, a, sizeof(a)));
	free(text);
}

/* Any byte in any place: an answer, and not the one that it would have been without. */
TEST(survives_changed_bytes)
{
	char *text = whole_look(5), *changed = strdup(text);
	size_t len = strlen(text);
	struct inner_reader r;
	unsigned refused = 0;

	srand(1);
	for (unsigned n = 0; n < 20000; n++) {
		size_t at = (size_t)rand() % len;

		changed[at] = (char)(rand() & 0xff);
		r = (struct inner_reader){0};
		inner_read_begin(&r);
		refused += inner_read(&r, changed, len) != 1;
		changed[at] = text[at];
	}
	/* Of 256 bytes, 15 are other digits. */
	EXPECT_LT(18000, refused);
	free(text);
	free(changed);
}

TEST_HARNESS_MAIN
