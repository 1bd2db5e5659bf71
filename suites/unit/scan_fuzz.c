/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drivers of fixtures/drivers, damaged by chance, always in the same ways: scanned with the
 * sanitizers of the compiler listening (the Makefile builds this program and what it calls with
 * them). None may crash or hang.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

#include <vfwalk/source.h>

#include "kselftest_harness.h"

#define ROUNDS 40 /* of each kind of damage, for each driver */
#define ROOM   65536

static uint32_t chance(uint32_t below)
{
	static uint32_t state = 2463534242u; /* xorshift32: the same on every run */

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % below;
}

static size_t read_driver(const char *path, char *byte)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, byte, ROOM / 2);

	close(fd);
	return got > 0 ? (size_t)got : 0;
}

static void scan_bytes(const char *byte, size_t len)
{
	static const struct source_options options = {.alone = true, .jobs = 1};
	char path[] = "/tmp/vfwalk-fuzz-XXXXXX.c";
	const char *paths[] = {path};
	int fd = mkstemps(path, 2);
	struct source_scan *scan;

	if (fd < 0 || write(fd, byte, len) != (ssize_t)len)
		exit(2);
	close(fd);
	scan = source_scan(paths, 1, &options);
	unlink(path);
	if (!scan)
		exit(2);
	source_scan_free(scan);
}

static size_t damage(char *byte, size_t len, unsigned kind)
{
	static const char parts[] = "(){};,\"'/*\\#&|!<>=?:[]\n0";
	size_t at = chance((uint32_t)len), size = chance(200);

	switch (kind) {
	case 0: /* cut off */
		return at;
	case 1: /* some bytes are others */
		for (int i = 0; i < 12; i++)
			byte[chance((uint32_t)len)] = parts[chance(sizeof(parts) - 1)];
		return len;
	case 2: /* a piece is gone */
		size = size > len - at ? len - at : size;
		memmove(byte + at, byte + at + size, len - at - size);
		return len - size;
	case 3: /* a piece is there twice */
		size = size > len - at ? len - at : size;
		memmove(byte + at + size, byte + at, len - at);
		return len + size;
	default: /* noise */
		for (size_t i = 0; i < size && at + i < len; i++)
			byte[at + i] = (char)(1 + chance(255));
		return len;
	}
}

TEST(damaged_drivers_are_survived)
{
	static char byte[ROOM];
	glob_t drivers;

	if (source_missing())
		SKIP(return, "%s", source_missing());
	ASSERT_EQ(0, glob("fixtures/drivers/*-bad.c", 0, NULL, &drivers));
	for (size_t i = 0; i < drivers.gl_pathc; i++)
		for (unsigned round = 0; round < 5 * ROUNDS; round++) {
			size_t len = read_driver(drivers.gl_pathv[i], byte);

			ASSERT_LT(100, len);
			scan_bytes(byte, damage(byte, len, round % 5));
		}
	globfree(&drivers);
}

TEST_HARNESS_MAIN
