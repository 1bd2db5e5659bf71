/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far each profile goes: the sizes and vectors it visits, the functions it acts on, how long
 * it waits for something that must not come. Tables of 2048 entries and 127 VFs stay walkable.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "profile.h"

static const struct {
	const char *name;
	unsigned vfs;       /* to act on, 0: all */
	unsigned window_ms; /* of absence, after the device was seen to have done its part */
	unsigned cycles;    /* of a loop that looks for leaks */
	unsigned each_upto; /* sizes and vectors visited one by one; beyond, the edges */
	unsigned messages;  /* at random, */
	unsigned burst;     /* of which so many are watched together */
} profiles[] = {
	[PROFILE_QUICK] = {"quick", 1, 10, 3, 0, 100, 50},
	[PROFILE_STANDARD] = {"standard", 2, 20, 5, 64, 1000, 50},
	[PROFILE_CERT] = {"cert", 0, 50, 20, MSIX_MAX_SIZE, 1000, 25},
	[PROFILE_SOAK] = {"soak", 0, 50, 200, MSIX_MAX_SIZE, 10000, 25},
};

#define PROFILES (sizeof(profiles) / sizeof(profiles[0]))

const char *profile_name(enum profile profile)
{
	return profiles[profile].name;
}

int profile_parse(const char *name)
{
	for (size_t i = 0; name && i < PROFILES; i++)
		if (!strcmp(name, profiles[i].name))
			return (int)i;
	return -EINVAL;
}

int seed_parse(const char *text, unsigned *seed)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || !isdigit((unsigned char)*text) || *end || value > UINT32_MAX)
		return -EINVAL;
	*seed = (unsigned)value;
	return 0;
}

unsigned profile_vfs(enum profile profile)
{
	return profiles[profile].vfs;
}

unsigned profile_window_us(enum profile profile)
{
	return profiles[profile].window_ms * 1000;
}

unsigned walk_cycles(const struct walk *w)
{
	return profiles[w->options.profile].cycles;
}

unsigned walk_messages(const struct walk *w, unsigned *burst)
{
	*burst = profiles[w->options.profile].burst;
	return profiles[w->options.profile].messages;
}

/* Powers of two and their neighbours: where encodings, pages and PBA words end. */
static bool near_power(unsigned value)
{
	for (unsigned power = 1; power <= MSIX_MAX_SIZE; power *= 2)
		if (value + 1 == power || value == power || value == power + 1)
			return true;
	return false;
}

size_t walk_sizes(const struct walk *w, unsigned top, unsigned *size, size_t max)
{
	unsigned least = w->caps.min ? w->caps.min : 1;
	unsigned step = w->caps.granularity ? w->caps.granularity : 1;
	size_t n = 0;

	for (unsigned value = least; value <= top && n < max; value += step) {
		bool edge = value == least || value + step > top;
		bool visit = w->options.profile == PROFILE_QUICK
				     ? value == least + step || value == (least + top) / 2
				     : value <= profiles[w->options.profile].each_upto ||
					       near_power(value);

		if (edge || visit)
			size[n++] = value;
	}
	return n;
}

size_t walk_vectors(const struct walk *w, unsigned size, unsigned *vector, size_t max)
{
	bool quick = w->options.profile == PROFILE_QUICK;
	unsigned each = profiles[w->options.profile].each_upto;
	size_t n = 0;

	for (unsigned k = 0; k < size && n < max; k++) {
		bool edge = k == 0 || k == 1 || k + 1 == size;
		/* A PBA is read by DWORDs and by QWORDs. */
		bool word = k == 31 || k == 32 || k == 63 || k == 64;

		if (edge || word || (quick ? k == 2 : k < each / 4 || near_power(k)))
			vector[n++] = k;
	}
	return n;
}
