/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drivers and sizes: a driver that is bound gets the vectors there are, gives all of them back,
 * sees another number after a resize, and carries data that verifies. And what happens to a resize
 * while somebody has the VF.
 */
#include <kselftest_harness.h>

#include "suite.h"

enum who { WHO_NATIVE, WHO_VFIO };

FIXTURE(driver)
{
	struct bdf vf;
	const char *driver;
};

FIXTURE_VARIANT(driver)
{
	const char *name;
	enum who who;
};

FIXTURE_VARIANT_ADD(driver, native){
	.name = "native",
	.who = WHO_NATIVE,
};

FIXTURE_VARIANT_ADD(driver, vfio){
	.name = "vfio",
	.who = WHO_VFIO,
};

FIXTURE_SETUP(driver)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, variant->name));
	self->vf = walk_vf(w, 0);
	self->driver = variant->who == WHO_VFIO ? "vfio-pci" : native_driver(self->vf);
}

FIXTURE_TEARDOWN(driver)
{
	EXPECT_EQ(0, suite_end());
}

static void look(struct bdf vf)
{
	walk_look_driver(w, vf);
	walk_look_msix(w, vf);
	walk_look_irqs(w, vf);
	walk_look_table(w, vf);
}

static int bind_and_look(struct bdf vf, const char *driver)
{
	int res = walk_bind(w, vf, driver);

	look(vf);
	return res;
}

static void unbind_and_look(struct bdf vf)
{
	walk_unbind(w, vf);
	look(vf);
}

#define REQUIRE_DRIVER() REQUIRE(self->driver, "no driver is known here for a VF of this class")
#define REQUIRE_DATA() \
	REQUIRE(carries_data(self->vf), "no I/O is known here for a VF of this class")

TEST_F(driver, gets_and_gives_back_its_vectors)
{
	REQUIRE_DRIVER();
	for_each_vf (self->vf) {
		bind_and_look(self->vf, self->driver);
		unbind_and_look(self->vf);
	}
}

TEST_F(driver, sees_the_size_of_its_time)
{
	unsigned size;

	REQUIRE_DRIVER();
	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	size = another_size(self->vf);
	REQUIRE(size, "there is only one size");
	bind_and_look(self->vf, self->driver);
	unbind_and_look(self->vf);
	resize_and_look(self->vf, size);
	if (can_virt_mgmt())
		walk_look_secondary(w);
	bind_and_look(self->vf, self->driver);
	unbind_and_look(self->vf);
}

/* The kernel guards its own file; Virtualization Management does not ask it. */
TEST_F(driver, keeps_others_from_resizing)
{
	unsigned size;
	char text[16];

	REQUIRE_DRIVER();
	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	size = another_size(self->vf);
	/* Where there is only one size, to ask for it again must be refused as well. */
	if (!size)
		size = walk_size(w, self->vf);
	snprintf(text, sizeof(text), "%u", size);
	bind_and_look(self->vf, self->driver);
	walk_attr_write(w, self->vf, "sriov_vf_msix_count", text);
	walk_look_all(w);
	walk_look_driver(w, self->vf);
	walk_resize(w, self->vf, size);
	walk_look_pool(w);
	look(self->vf);
	unbind_and_look(self->vf);
}

/* --- data --- */

enum load_size { LOAD_LARGEST, LOAD_SMALL };

FIXTURE(load)
{
	struct bdf vf;
	const char *driver;
};

FIXTURE_VARIANT(load)
{
	const char *name;
	enum load_size size;
};

FIXTURE_VARIANT_ADD(load, largest){
	.name = "largest",
	.size = LOAD_LARGEST,
};

FIXTURE_VARIANT_ADD(load, small){
	.name = "small",
	.size = LOAD_SMALL,
};

FIXTURE_SETUP(load)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, variant->name));
	self->vf = walk_vf(w, 0);
	self->driver = native_driver(self->vf);
}

FIXTURE_TEARDOWN(load)
{
	EXPECT_EQ(0, suite_end());
}

/* Enough for several requests in each queue at any size a walk comes by. */
#define LOAD_DEPTH 32

TEST_F(load, verifies_and_spreads)
{
	unsigned largest, least = walk_caps(w)->min;

	REQUIRE_DATA();
	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	largest = walk_size_max(w, self->vf);
	if (variant->size == LOAD_LARGEST)
		resize_and_look(self->vf, largest);
	/* Two: the admin queue's vector and one for data. */
	if (variant->size == LOAD_SMALL)
		resize_and_look(self->vf, least < 2 && largest >= 2 ? 2 : least);
	bind_and_look(self->vf, self->driver);
	walk_load_start(w, self->vf, LOAD_DEPTH);
	walk_load_stop(w, self->vf);
	look(self->vf);
	unbind_and_look(self->vf);
}

/* --- every size with data, one after the other --- */

/* A job takes about a second where there is no KVM: more sizes than this add time, not insight. */
#define LOADED_SIZES 12

FIXTURE(loads)
{
	struct bdf vf;
	const char *driver;
};

FIXTURE_SETUP(loads)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
	self->driver = native_driver(self->vf);
}

FIXTURE_TEARDOWN(loads)
{
	EXPECT_EQ(0, suite_end());
}

static void load_at(struct bdf vf, unsigned size, const char *driver)
{
	resize_and_look(vf, size);
	bind_and_look(vf, driver);
	walk_load_start(w, vf, LOAD_DEPTH);
	walk_load_stop(w, vf);
	walk_look_irqs(w, vf);
	unbind_and_look(vf);
}

TEST_F_TIMEOUT(loads, verify_after_each_resize, 300)
{
	unsigned size[64];
	size_t count, step;

	REQUIRE_DATA();
	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	REQUIRE(walk_options(w)->profile != PROFILE_QUICK,
		"profile quick loads the largest size and a small one only");
	count = walk_sizes(w, walk_size_max(w, self->vf), size, 64);
	step = (count + LOADED_SIZES - 1) / LOADED_SIZES;
	for (size_t i = 0; i < count; i += step)
		load_at(self->vf, size[i], self->driver);
}

SUITE_MAIN("bind")
