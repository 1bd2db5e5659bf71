/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract between the kernel and a driver: what pci_alloc_irq_vectors() gives for each
 * minimum, maximum and kind, at every Table Size, after a resize, a reset, another binding; and
 * that each vector takes a handler, which runs for it alone. The probe driver, which does what it
 * is told and nothing else, plays the driver. It cannot make the device fire: that takes queues in
 * memory that DMA reaches, which vfio-pci gives to a user and the probe driver to nobody. So
 * interrupts are raised by the kernel here, and fired by the device in suites vectors and hostile.
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

/* The same, when only the number matters. */
static void count(struct bdf vf, unsigned min, unsigned max, unsigned flags)
{
	if (ask(vf, min, max, flags) > 0)
		walk_free(w, vf);
}

/* More than the machine has is what it has: no fewer the next time, and no more for asking. */
static void run_out(struct bdf vf, unsigned had, unsigned size)
{
	take(vf, had + 1, size);
	take(vf, had, size);
}

/* --- handlers --- */

/* All vectors up to this many get a handler, of more than that some. */
#define EACH 64

static size_t chosen(unsigned size, unsigned *vector)
{
	if (size > EACH)
		return walk_vectors(w, size, vector, EACH);
	for (unsigned k = 0; k < size; k++)
		vector[k] = k;
	return size;
}

static void raise_each(struct bdf vf, unsigned size, const unsigned *vector, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (walk_inject(w, vf, vector[i]))
			break;
	walk_look_counts(w, vf, size);
}

/* A handler for each of the  vectors that were given: they come, run, and go. */
static void handle(struct bdf vf, unsigned size)
{
	unsigned vector[EACH];
	size_t n = chosen(size, vector);

	for (size_t i = 0; i < n; i++)
		walk_request(w, vf, vector[i]);
	walk_request(w, vf, size);
	walk_look_irqs(w, vf);
	walk_look_table(w, vf);
	raise_each(vf, size, vector, n);
	for (size_t i = 0; i < n; i++)
		walk_release(w, vf, vector[i]);
	walk_look_irqs(w, vf);
	walk_look_table(w, vf);
}

static void take_and_handle(struct bdf vf, unsigned size)
{
	int had = ask(vf, 1, size, ALLOC_MSIX);

	if (had <= 0)
		return;
	look(vf);
	handle(vf, (unsigned)had);
	walk_free(w, vf);
	walk_look_irqs(w, vf);
}

/* --- the matrix --- */

/* Every minimum with every maximum, of a table of up to this size; of larger ones the corners. */
#define ALL_PAIRS 16

static void pairs(struct bdf vf, unsigned size)
{
	if (size > ALL_PAIRS)
		return;
	for (unsigned min = 1; min <= size + 1; min++)
		for (unsigned max = min; max <= size + 1; max++)
			count(vf, min, max, ALLOC_MSIX);
}

static void refusals(struct bdf vf, unsigned size)
{
	count(vf, size + 1, TOO_MANY(size), ALLOC_MSIX | ALLOC_MSI);
	count(vf, size + 1, TOO_MANY(size), ALLOC_MSIX | ALLOC_MSI | ALLOC_INTX);
	count(vf, size + 1, TOO_MANY(size), ALLOC_MSIX);
	count(vf, 1, TOO_MANY(size), ALLOC_MSIX | ALLOC_MSI | ALLOC_INTX);
	count(vf, 1, TOO_MANY(size), ALLOC_MSIX | ALLOC_AFFINITY);
	count(vf, TOO_MANY(size), size, ALLOC_MSIX);
	count(vf, 0, 0, ALLOC_MSIX);
}

/* As the drivers would, on this machine: with queues enough, and with two of them. */
static void wish(struct bdf vf, const struct wish *wish, unsigned queues)
{
	struct alloc_request request = {.min = wish->min,
					.flags = wish->flags,
					.pre = wish->pre,
					.wish = wish->driver,
					.queues = queues};

	request.max = wish_vectors(wish, walk_cpus(w, wish->possible), queues);
	if (walk_alloc(w, vf, &request) > 0)
		walk_free(w, vf);
}

static void wishes(struct bdf vf)
{
	const struct wish *one;

	for (size_t i = 0; (one = wish_get(i)); i++) {
		wish(vf, one, 0);
		wish(vf, one, 2);
	}
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
	pairs(vf, size);
	refusals(vf, size);
	wishes(vf);
	take_and_handle(vf, size);
	look(vf);
}

/* Every size there is, where that is not too many for the profile. */
#define SIZES 64

static size_t sizes(struct bdf vf, unsigned *size)
{
	unsigned least = walk_caps(w)->min ?: 1, top = walk_size_max(w, vf), n = 0;

	if (top > SIZES || walk_options(w)->profile == PROFILE_QUICK)
		return walk_sizes(w, top, size, SIZES);
	for (unsigned value = least; value <= top; value++)
		size[n++] = value;
	return n;
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
	walk_request(w, self->vf, 0);
	if (!walk_request(w, self->vf, size - 1) && !walk_inject(w, self->vf, size - 1))
		walk_look_counts(w, self->vf, size);
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

static void at_each_size(struct bdf vf)
{
	unsigned size[SIZES];
	size_t n;

	walk_unbind(w, vf);
	n = sizes(vf, size);
	for (size_t i = 0; i < n; i++) {
		resize_and_look(vf, size[i]);
		walk_bind(w, vf, PROBE_DRIVER);
		matrix(vf);
		walk_unbind(w, vf);
		walk_look_irqs(w, vf);
	}
}

TEST_F(contract, holds_after_a_resize)
{
	REQUIRE_PROBE();
	REQUIRE(can_resize(), "no resize backend: %s", walk_caps(w)->why);
	at_each_size(self->vf);
}

/* A driver that goes with handlers at work leaves nothing, and the next begins anew. */
TEST_F(contract, holds_after_a_rebind)
{
	unsigned vector[EACH];
	size_t n;
	int had;

	REQUIRE_PROBE();
	walk_look_msix(w, self->vf);
	had = ask(self->vf, 1, walk_size(w, self->vf), ALLOC_MSIX);
	REQUIRE(had > 0, "no vector was to be had: %s", strerror(-had));
	n = chosen((unsigned)had, vector);
	for (size_t i = 0; i < n; i++)
		walk_request(w, self->vf, vector[i]);
	look(self->vf);
	walk_unbind(w, self->vf);
	walk_look_irqs(w, self->vf);
	walk_bind(w, self->vf, PROBE_DRIVER);
	matrix(self->vf);
}

/* Handlers stay where they are while the function is reset under them. */
TEST_F(contract, holds_after_a_reset)
{
	unsigned vector[EACH];
	size_t n;
	int had;

	REQUIRE_PROBE();
	REQUIRE(walk_has_flr(w, self->vf), "the VF has no FLR");
	walk_look_msix(w, self->vf);
	had = ask(self->vf, 1, walk_size(w, self->vf), ALLOC_MSIX);
	REQUIRE(had > 0, "no vector was to be had: %s", strerror(-had));
	n = chosen((unsigned)had, vector);
	for (size_t i = 0; i < n; i++)
		walk_request(w, self->vf, vector[i]);
	raise_each(self->vf, (unsigned)had, vector, n);
	walk_reset(w, self->vf, RESET_SYSFS);
	look(self->vf);
	raise_each(self->vf, (unsigned)had, vector, n);
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
