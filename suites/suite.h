/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the suites share. A suite acts and looks, through the walk; it never decides: the judge,
 * which listens to the record, does. Include <kselftest_harness.h> first.
 */
#ifndef VFWALK_SUITE_H
#define VFWALK_SUITE_H

#include <vfwalk/walk.h>

/* The walk of this program; a test's process inherits it. */
extern struct walk *w;

/*
 * A guest without hardware acceleration takes its time; only what hangs is to be stopped. The
 * harness reads this where a test is defined.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 120

/* Opens the walk as the environment says and runs the tests: the suite's exit status. */
int suite_run(const char *suite, int argc, char **argv, int (*run)(int argc, char **argv));

/* test_harness_run() is static in every suite, and its list of tests is made by constructors. */
#define SUITE_MAIN(suite)                                                       \
	static void __attribute__((constructor)) __constructor_order_last(void) \
	{                                                                       \
		if (!__constructor_order)                                       \
			__constructor_order = _CONSTRUCTOR_ORDER_BACKWARD;      \
	}                                                                       \
	int main(int argc, char **argv)                                         \
	{                                                                       \
		return suite_run(suite, argc, argv, test_harness_run);          \
	}

/* For FIXTURE_SETUP and FIXTURE_TEARDOWN; @variant may be NULL. 0 when all went well. */
int suite_begin(const char *test, const char *variant);
long suite_end(void);

/* What a test needs, with the reason in words where it is not there. */
#define REQUIRE(condition, ...)                                        \
	do {                                                           \
		if (!(condition)) {                                    \
			walk_skip(w, suite_reason(__VA_ARGS__));       \
			SKIP(return, "%s", suite_reason(__VA_ARGS__)); \
		}                                                      \
	} while (0)

const char *suite_reason(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Every VF that the profile acts on. */
#define for_each_vf(vf) \
	for (unsigned i_ = 0; i_ < walk_vfs(w) && ((vf) = walk_vf(w, i_), true); i_++)

/* --- steps that several suites take --- */

/* Is there anything that can change a VF's size? */
bool can_resize(void);
/* ... Virtualization Management? */
bool can_virt_mgmt(void);

/* Writes a pattern that no other entry has into the whole table, every entry masked. */
int table_fill(struct bdf vf, unsigned width, unsigned salt);
/* Resizes, takes the step that makes it show, and looks at what it led to. */
int resize_and_look(struct bdf vf, unsigned want);
/* A size that the VF has not, larger if it can be had: 0 where there is only one. */
unsigned another_size(struct bdf vf);

/* The kernel driver that is the VF's own; NULL where none is known here. */
const char *native_driver(struct bdf vf);
/* Can its driver be given I/O to do? */
bool carries_data(struct bdf vf);

/*
 * Opens a VF in VFIO with all its vectors enabled and its engine started: what it takes to fire.
 * On failure the reason is in suite_reason()'s words.
 */
int vf_arm(struct bdf vf);

#endif
