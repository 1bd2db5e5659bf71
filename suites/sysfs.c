/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's files for resizing, by the text that is written to them: numbers in every spelling
 * and what is none, 0 for the default, VFs on more than one bus, and a PF whose driver has gone.
 */
#include <kselftest_harness.h>

#include "suite.h"

#define COUNT "sriov_vf_msix_count"
#define TOTAL "sriov_vf_total_msix"

static bool can_write_count(void)
{
	return walk_caps(w)->backend == BACKEND_SYSFS;
}

static void write_count(struct bdf vf, const char *text)
{
	walk_attr_write(w, vf, COUNT, text);
	walk_look_all(w);
}

/* --- what is written to sriov_vf_msix_count --- */

FIXTURE(count)
{
	struct bdf vf;
	unsigned size;
};

FIXTURE_SETUP(count)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
	self->size = another_size(self->vf);
}

FIXTURE_TEARDOWN(count)
{
	EXPECT_EQ(0, suite_end());
}

TEST_F(count, is_a_number)
{
	write_count(self->vf, "\n");
	write_count(self->vf, "abc");
	write_count(self->vf, "1x");
	write_count(self->vf, " 1");
	write_count(self->vf, "99999999999");
}

/* Each right after the plain one, which tells what the number itself is worth here. */
TEST_F(count, is_a_number_however_it_is_spelt)
{
	static const char *const spellings[] = {"%u\n", "0x%x", "0x%X\n", "0%o", "+%u"};
	unsigned size = walk_size(w, self->vf);
	char plain[16], text[16];

	snprintf(plain, sizeof(plain), "%u", size);
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		snprintf(text, sizeof(text), spellings[i], size);
		write_count(self->vf, plain);
		write_count(self->vf, text);
	}
}

TEST_F(count, is_not_negative)
{
	write_count(self->vf, "-1");
	write_count(self->vf, "-2");
}

TEST_F(count, is_what_a_table_can_have)
{
	char same[16];

	snprintf(same, sizeof(same), "%u", walk_size(w, self->vf));
	write_count(self->vf, same);
	write_count(self->vf, "2049");
	walk_look_pool(w);
}

static void write_zero(struct bdf vf)
{
	write_count(vf, "0");
	walk_latch(w, vf);
	walk_look_pool(w);
}

TEST_F(count, of_zero_is_the_default)
{
	char text[16];

	REQUIRE(can_write_count(), "the PF's driver does not implement " COUNT);
	REQUIRE(self->size, "there is only one size");
	walk_look_attr(w, walk_pf(w), TOTAL);
	/* Where an assignment does not outlive VF Enable, that brings the default to light. */
	if (strcmp(walk_model(w), "M-VFE")) {
		snprintf(text, sizeof(text), "%u", self->size);
		walk_attr_write(w, self->vf, COUNT, text);
		walk_autoprobe(w, false);
		walk_numvfs(w, 0);
		walk_numvfs(w, walk_all_vfs(w));
		walk_look_klog(w);
		walk_look_all(w);
		for (unsigned i = 0; i < walk_all_vfs(w); i++)
			walk_look_msix(w, walk_vf(w, i));
		walk_look_pool(w);
		walk_look_attr(w, walk_pf(w), TOTAL);
	}
	resize_and_look(self->vf, self->size);
	walk_look_attr(w, walk_pf(w), TOTAL);
	write_zero(self->vf);
	resize_and_look(self->vf, walk_caps(w)->min);
	write_zero(self->vf);
}

/* --- VFs that only their bus tells apart --- */

FIXTURE(twins)
{
	struct bdf vf, twin;
	bool found;
};

static bool find_twins(struct bdf *vf, struct bdf *twin)
{
	for (unsigned i = 0; i < walk_equipped_vfs(w); i++)
		for (unsigned k = i + 1; k < walk_equipped_vfs(w); k++) {
			*vf = walk_vf(w, i);
			*twin = walk_vf(w, k);
			if (vf->devfn == twin->devfn && vf->bus != twin->bus)
				return true;
		}
	return false;
}

FIXTURE_SETUP(twins)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->found = find_twins(&self->vf, &self->twin);
}

FIXTURE_TEARDOWN(twins)
{
	EXPECT_EQ(0, suite_end());
}

/* Whoever looks a VF up by device and function number alone finds the first. */
static void resize_one_of(struct bdf vf, struct bdf other)
{
	unsigned size;

	walk_look_msix(w, vf);
	walk_look_msix(w, other);
	size = another_size(vf);
	if (!size)
		return;
	resize_and_look(vf, size);
	/* What went to the wrong one may wait there for its reset. */
	walk_latch(w, other);
	walk_look_msix(w, other);
	walk_look_msix(w, vf);
}

TEST_F(twins, are_told_apart)
{
	REQUIRE(can_write_count(), "the PF's driver does not implement " COUNT);
	REQUIRE(self->found, "no two VFs have the same device and function number");
	resize_one_of(self->twin, self->vf);
	resize_one_of(self->vf, self->twin);
}

/* --- sriov_drivers_autoprobe, with a driver at work --- */

FIXTURE(autoprobe)
{
	struct bdf vf;
	const char *driver;
};

FIXTURE_SETUP(autoprobe)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
	self->driver = native_driver(self->vf);
}

FIXTURE_TEARDOWN(autoprobe)
{
	EXPECT_EQ(0, suite_end());
}

TEST_F(autoprobe, leaves_drivers_where_they_are)
{
	REQUIRE(self->driver, "no driver is known here for a VF of this class");
	walk_bind(w, self->vf, self->driver);
	walk_look_driver(w, self->vf);
	walk_autoprobe(w, true);
	walk_look_driver(w, self->vf);
	walk_autoprobe(w, false);
	walk_look_driver(w, self->vf);
}

/* --- the PF's driver --- */

FIXTURE(pf_driver)
{
	struct bdf pf, vf;
	const char *name;
	unsigned size;
};

FIXTURE_SETUP(pf_driver)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->pf = walk_pf(w);
	self->vf = walk_vf(w, 0);
	self->name = walk_pf_driver(w);
	self->size = another_size(self->vf);
}

FIXTURE_TEARDOWN(pf_driver)
{
	EXPECT_EQ(0, suite_end());
}

static void look_at_pf(struct bdf pf)
{
	walk_look_driver(w, pf);
	walk_look_attr(w, pf, TOTAL);
	walk_look_all(w);
}

/* Some drivers take their VFs with them, others leave them there. */
TEST_F(pf_driver, goes_and_comes)
{
	char text[16];

	REQUIRE(self->name[0], "the PF has no driver to take away");
	look_at_pf(self->pf);
	if (can_write_count() && self->size)
		resize_and_look(self->vf, self->size);
	walk_unbind(w, self->pf);
	look_at_pf(self->pf);
	write_count(self->vf, "2");
	write_count(self->vf, "-1");
	write_count(self->vf, "2x");
	snprintf(text, sizeof(text), "%u", walk_all_vfs(w) > 1 ? walk_all_vfs(w) - 1 : 0);
	walk_attr_write(w, self->pf, "sriov_numvfs", text);
	walk_bind(w, self->pf, self->name);
	look_at_pf(self->pf);
	if (can_write_count())
		walk_latch(w, self->vf);
}

SUITE_MAIN("sysfs")
