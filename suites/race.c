/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two writers at once, one of whom resizes a VF. They are let go over and over, each time a bit
 * further apart, from the second being nearly done to the first being nearly done; how long each
 * takes is told by the first time. Those that did not meet prove nothing, which the judge sees.
 *
 * A kernel that lets them wait for each other does not recover: what is known to hang kernels comes
 * last, and on a machine that somebody wants to keep only where it is asked for.
 */
#include <kselftest_harness.h>

#include "suite.h"

#define COUNT "sriov_vf_msix_count"

#define FIRST_US 50 /* a removal lasts from milliseconds to seconds */

FIXTURE(race)
{
	struct bdf pf, vf;
	unsigned sizes[2];
	bool through_sysfs;
	char count[2][8], name[BDF_LEN], bind[64];
	const char *driver;
};

/* Two sizes that it can be given in turn, whatever the others have. */
static void find_sizes(struct bdf vf, unsigned sizes[static 2])
{
	sizes[0] = walk_size(w, vf);
	sizes[1] = can_resize() ? another_size(vf) : 0;
}

FIXTURE_SETUP(race)
{
	if (walk_stuck(w))
		SKIP(return, "a race before has hung the kernel");
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->pf = walk_pf(w);
	/* The last to be removed, so that there is time to write to it. */
	self->vf = walk_vf(w, walk_equipped_vfs(w) - 1);
	self->through_sysfs = walk_caps(w)->backend == BACKEND_SYSFS;
	find_sizes(self->vf, self->sizes);
	for (size_t i = 0; i < 2; i++)
		snprintf(self->count[i], sizeof(self->count[i]), "%u", self->sizes[i]);
	bdf_format(self->vf, self->name);
	self->driver = "vfio-pci";
	if (walk_look_probe(w, self->vf, 0) != -EOPNOTSUPP)
		self->driver = PROBE_DRIVER;
	snprintf(self->bind, sizeof(self->bind), "subsystem/drivers/%s/bind", self->driver);
}

FIXTURE_TEARDOWN(race)
{
	/* What hangs cannot be put back, which the walk says. */
	suite_end();
}

#define REQUIRE_SIZES()                                        \
	REQUIRE(can_resize(), "nothing here can resize a VF"); \
	REQUIRE(self->sizes[1], "there is only one size")

/* --- letting them go --- */

/* How many are to meet, and how often to try at most. */
static unsigned wanted(void)
{
	return 3 * walk_cycles(w);
}

static unsigned tries(void)
{
	return 4 * wanted();
}

static bool have_met(const struct target_race *race)
{
	const struct race_side *a = &race->side[0], *b = &race->side[1];

	return a->begin_us >= 0 && b->begin_us >= 0 && a->begin_us < b->end_us &&
	       b->begin_us < a->end_us;
}

/* How long a side took, as the last race has told. */
static int64_t took(const struct race_side *side)
{
	return side->end_us > side->begin_us ? side->end_us - side->begin_us : 0;
}

/* The offset of try @k: first at once, then from one end of where they still meet to the other. */
static int64_t offset_of(unsigned k, int64_t first_us, int64_t second_us)
{
	return k ? -second_us + (first_us + second_us) * (k % wanted()) / wanted() : 0;
}

/* A resize of the VF to the one of the two sizes that it has not; in *@now the other. */
static struct race_side resizing(const FIXTURE_DATA(race) * self, const char **now)
{
	unsigned to = walk_size(w, self->vf) == self->sizes[0];
	struct race_side side = {.fn = self->vf, .want = self->sizes[to]};

	*now = self->count[1 - to];
	if (self->through_sysfs) {
		side.attr = COUNT;
		side.value = self->count[to];
	}
	return side;
}

/* What came of it: the driver first, for a look at Table Size alone does not tell whose it is. */
static void look(struct bdf vf)
{
	walk_look_driver(w, vf);
	walk_look_all(w);
}

/* Back to nobody's, with its new size to be seen. */
static void settle(struct bdf vf, bool bound)
{
	if (bound) {
		walk_look_irqs(w, vf);
		walk_unbind(w, vf);
	}
	walk_latch(w, vf);
}

/*
 * The VF is resized while @value is written to @attr (NULL: the other of the two sizes). @held: the
 * driver that has the VF before.
 */
static void run(FIXTURE_DATA(race) * self, const char *attr, const char *value, const char *held)
{
	int64_t us[2] = {0, 0};
	const char *now;

	for (unsigned k = 0, met = 0; k < tries() && met < wanted(); k++) {
		struct target_race race = {
			.side = {resizing(self, &now), {.fn = self->vf, .attr = attr}},
			.offset_us = offset_of(k, us[0], us[1]),
		};

		race.side[1].value = value ? value : now;

		if (held && walk_bind(w, self->vf, held))
			return;
		if (walk_race(w, &race))
			return;
		met += have_met(&race);
		look(self->vf);
		settle(self->vf, !held && attr == self->bind);
		if (k)
			continue;
		us[0] = took(&race.side[0]);
		us[1] = took(&race.side[1]);
	}
}

/* --- with the VF's driver --- */

TEST_F(race, of_count_and_bind)
{
	REQUIRE_SIZES();
	walk_autoprobe(w, false);
	walk_attr_write(w, self->vf, "driver_override", self->driver);
	run(self, self->bind, self->name, NULL);
}

TEST_F(race, of_count_and_unbind)
{
	REQUIRE_SIZES();
	walk_autoprobe(w, false);
	run(self, "driver/unbind", self->name, self->driver);
}

/* --- with a reset --- */

TEST_F(race, of_count_and_reset)
{
	REQUIRE_SIZES();
	REQUIRE(walk_has_flr(w, self->vf), "the VF has no FLR");
	run(self, "reset", "1", NULL);
}

/* --- with another count --- */

TEST_F(race, of_count_and_count)
{
	REQUIRE_SIZES();
	REQUIRE(self->through_sysfs, "the PF's driver does not implement " COUNT);
	run(self, COUNT, NULL, NULL);
}

/* The most that the VF is given alone: what the device allows may be less than the pool has. */
static unsigned largest_of(struct bdf vf)
{
	unsigned size = walk_size_max(w, vf), least = walk_caps(w)->min;

	while (size > least && walk_resize(w, vf, size))
		size--;
	return size;
}

/* Each of two VFs may have what is left, but not both. */
TEST_F(race, for_the_last_vectors)
{
	unsigned least = walk_caps(w)->min;
	struct bdf other;
	char all[8];

	REQUIRE_SIZES();
	REQUIRE(self->through_sysfs, "the PF's driver does not implement " COUNT);
	REQUIRE(walk_sibling(w, self->vf, &other), "there is no other VF");
	walk_resize(w, other, least);
	snprintf(all, sizeof(all), "%u", largest_of(self->vf));
	for (unsigned k = 0, met = 0; k < tries() && met < wanted(); k++) {
		walk_resize(w, self->vf, least);
		walk_resize(w, other, least);
		walk_latch(w, self->vf);
		walk_latch(w, other);
		walk_look_pool(w);
		struct target_race race = {
			.side = {{.fn = self->vf, .attr = COUNT, .value = all},
				 {.fn = other, .attr = COUNT, .value = all}},
			.offset_us = (int64_t)(k % 5) * 20 - 40,
		};

		if (walk_race(w, &race))
			return;
		met += have_met(&race);
		walk_latch(w, self->vf);
		walk_latch(w, other);
		walk_look_pool(w);
	}
}

/* --- with the removal of VFs --- */

/* A kernel hangs but once: a race after the first is only seen where it is walked alone. */
static bool may_hang(const char *race)
{
	const char *asked = getenv("VFWALK_RACES");

	if (!strcmp(walk_options(w)->target, "sim"))
		return true;
	return asked && (!strcmp(asked, "1") || !strcmp(asked, race));
}

#define REQUIRE_ASKED(race)     \
	REQUIRE(may_hang(race), \
		"a kernel that hangs in it has to be booted again: VFWALK_RACES=" race)

/*
 * When in the course of a removal the file of a VF goes is not known: first just before it begins,
 * then later by twice as much each time.
 */
static int64_t doubled_us(unsigned k)
{
	return k ? (int64_t)FIRST_US << (k - 1) : -FIRST_US;
}

static int remove_vfs(FIXTURE_DATA(race) * self, const char *attr, const char *value, unsigned k)
{
	struct target_race race = {
		.side = {{.fn = self->pf, .attr = attr, .value = value},
			 {.fn = self->vf, .attr = COUNT, .value = self->count[0]}},
		.offset_us = doubled_us(k),
	};

	return walk_race(w, &race);
}

TEST_F(race, of_count_and_numvfs)
{
	unsigned vfs = walk_all_vfs(w);

	REQUIRE_ASKED("numvfs");
	walk_autoprobe(w, false);
	for (unsigned k = 0; k < wanted(); k++) {
		if (remove_vfs(self, "sriov_numvfs", "0", k) || walk_numvfs(w, vfs))
			return;
		walk_look_all(w);
	}
}

/* A PF's driver may take its VFs along as it goes, or leave them. */
TEST_F(race, of_count_and_the_removal_of_the_pf_driver)
{
	unsigned vfs = walk_all_vfs(w);
	char name[BDF_LEN];

	REQUIRE_ASKED("unbind");
	REQUIRE(walk_pf_driver(w)[0], "the PF has no driver");
	walk_autoprobe(w, false);
	bdf_format(self->pf, name);
	for (unsigned k = 0; k < wanted(); k++) {
		if (remove_vfs(self, "driver/unbind", name, k))
			return;
		walk_look_driver(w, self->pf);
		if (walk_bind(w, self->pf, walk_pf_driver(w)) || walk_numvfs(w, vfs))
			return;
		walk_look_all(w);
	}
}

SUITE_MAIN("race")
