/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract between the kernel and a driver: what pci_alloc_irq_vectors() gives for each minimum
 * and maximum, at several Table Sizes, after a resize, after a reset. The probe driver, which does
 * what it is told and nothing else, plays the driver.
 */
#include <kselftest_harness.h>

#include "suite.h"

/* Ten more than there can be: nobody is given them. */
#define TOO_MANY(size) ((size) + 10)

FIXTURE(contract)
{
	struct bdf vf;
	int res; /* of binding the probe driver */
};

FIXTURE_SETUP(contract)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->vf = walk_vf(w, 0);
	self->res = walk_look_probe(w, self->vf, 0);
	if (self->res != -EOPNOTSUPP)
		self->res = walk_bind(w, self->vf, PROBE_DRIVER);
}

FIXTURE_TEARDOWN(contract)
{
	EXPECT_EQ(0, suite_end());
}

#define REQUIRE_PROBE()                                                                   \
	REQUIRE(self->res != -EOPNOTSUPP, "the probe driver vfwalk_probe is not loaded"); \
	REQUIRE(!self->res, "the probe driver cannot be bound: %s", strerror(-self->res))

static void look(struct bdf vf)
{
	walk_look_msix(w, vf);
	walk_look_probe(w, vf, walk_size(w, vf) + 2);
	walk_look_irqs(w, vf);
}

static int ask(struct bdf vf, unsigned min, unsigned max, unsigned flags)
{
	struct alloc_request request = {.min = min, .max = max, .flags = flags};

	return walk_alloc(w, vf, &request);
}

/* Allocates, looks at what came, and gives it back; the number. */
static int take(struct bdf vf, unsigned min, unsigned max)
{
	int count = ask(vf, min, max, ALLOC_MSIX);

	look(vf);
	if (count <= 0)
		return count;
	walk_look_table(w, vf);
	walk_free(w, vf);
	walk_look_irqs(w, vf);
	return count;
}

/* More than the machine has is what it has: no fewer the next time, and no more for asking. */
static void run_out(struct bdf vf, unsigned had, unsigned size)
{
	take(vf, had + 1, size);
	take(vf, had, size);
}

static void matrix(struct bdf vf)
{
	unsigned size = walk_size(w, vf);
	int had;

	look(vf);
	take(vf, 1, 1);
	had = take(vf, 1, size);
	if (had > 0 && (unsigned)had < size)
		run_out(vf, (unsigned)had, size);
	take(vf, size, size);
	take(vf, 1, TOO_MANY(size));
	if (size > 2)
		take(vf, 2, size - 1);
	look(vf);
}

TEST_F(contract, gives_what_there_is)
{
	REQUIRE_PROBE();
	for_each_vf (self->vf) {
		walk_bind(w, self->vf, PROBE_DRIVER);
		walk_look_attr(w, self->vf, "irq");
		matrix(self->vf);
	}
}

TEST_F(contract, refuses_what_there_is_not)
{
	unsigned size;

	REQUIRE_PROBE();
	walk_look_config(w, self->vf);
	size = walk_size(w, self->vf);
	ask(self->vf, size + 1, size + 1, ALLOC_MSIX);
	ask(self->vf, size + 1, TOO_MANY(size), ALLOC_MSIX);
	ask(self->vf, size + 1, TOO_MANY(size), ALLOC_MSIX | ALLOC_MSI);
	ask(self->vf, size + 1, TOO_MANY(size), ALLOC_MSIX | ALLOC_MSI | ALLOC_INTX);
	ask(self->vf, 2, 1, ALLOC_MSIX);
	ask(self->vf, TOO_MANY(size), size, ALLOC_MSIX);
	ask(self->vf, 0, 0, ALLOC_MSIX);
	walk_alloc_at(w, self->vf, 0);
	/* To ask twice makes the kernel warn, and taints it: in a certification only. */
	ask(self->vf, 1, 1, ALLOC_MSIX);
	if (walk_options(w)->profile >= PROFILE_CERT)
		ask(self->vf, 1, 1, ALLOC_MSIX);
	walk_alloc_at(w, self->vf, size);
	walk_alloc_at(w, self->vf, 0);
	look(self->vf);
	walk_free(w, self->vf);
	look(self->vf);
}

/* A vector behind those there are, where the kernel can add one. */
TEST_F(contract, adds_a_vector)
{
	unsigned size;

	REQUIRE_PROBE();
	walk_look_msix(w, self->vf);
	size = walk_size(w, self->vf);
	REQUIRE(size > 1, "there is only one vector");
	ask(self->vf, 1, 1, ALLOC_MSIX);
	walk_alloc_at(w, self->vf, size - 1);
	look(self->vf);
	walk_look_table(w, self->vf);
	walk_free(w, self->vf);
	look(self->vf);
}

static void spread(struct bdf vf, unsigned min, unsigned max, unsigned pre, unsigned post)
{
	struct alloc_request request = {.min = min,
					.max = max,
					.flags = ALLOC_MSIX | ALLOC_AFFINITY,
					.pre = pre,
					.post = post};

	if (walk_alloc(w, vf, &request) <= 0)
		return;
	look(vf);
	walk_free(w, vf);
}

TEST_F(contract, spreads_over_cpus)
{
	unsigned size;

	REQUIRE_PROBE();
	walk_look_msix(w, self->vf);
	size = walk_size(w, self->vf);
	take(self->vf, 1, size);
	spread(self->vf, 1, TOO_MANY(size), 0, 0);
	spread(self->vf, 1, TOO_MANY(size), 1, 0);
	spread(self->vf, 1, 1, 1, 1);
	if (size > 1)
		spread(self->vf, 2, size, 1, 1);
}

TEST_F(contract, holds_after_a_resize)
{
	unsigned size[8];
	size_t count;

	REQUIRE_PROBE();
	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	walk_unbind(w, self->vf);
	count = walk_sizes(w, walk_size_max(w, self->vf), size, 8);
	for (size_t i = 0; i < count; i++) {
		resize_and_look(self->vf, size[i]);
		walk_bind(w, self->vf, PROBE_DRIVER);
		matrix(self->vf);
		walk_unbind(w, self->vf);
		walk_look_irqs(w, self->vf);
	}
}

TEST_F(contract, holds_after_a_reset)
{
	unsigned size;

	REQUIRE_PROBE();
	REQUIRE(walk_has_flr(w, self->vf), "the VF has no FLR");
	walk_look_msix(w, self->vf);
	size = walk_size(w, self->vf);
	ask(self->vf, 1, size, ALLOC_MSIX);
	walk_reset(w, self->vf, RESET_SYSFS);
	look(self->vf);
	walk_free(w, self->vf);
	matrix(self->vf);
}

/* Virtualization Management does not ask the kernel: the driver stays, and its table changes. */
static void resize_under(struct bdf vf, unsigned from, unsigned to)
{
	walk_unbind(w, vf);
	resize_and_look(vf, from);
	walk_bind(w, vf, PROBE_DRIVER);
	look(vf);
	take(vf, 1, from);
	resize_and_look(vf, to);
	look(vf);
	take(vf, 1, to);
	ask(vf, 1, 1, ALLOC_MSIX);
	if (to < from)
		walk_alloc_at(w, vf, to);
	walk_free(w, vf);
}

TEST_F(contract, follows_a_resize)
{
	unsigned top, less;

	REQUIRE_PROBE();
	REQUIRE(can_virt_mgmt(), "no way to resize a VF that somebody has");
	top = walk_size_max(w, self->vf);
	less = walk_caps(w)->min;
	REQUIRE(less < top, "there is only one size");
	resize_under(self->vf, less, top);
	resize_under(self->vf, top, less);
}

SUITE_MAIN("driver")
