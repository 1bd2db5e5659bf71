/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two writers at once. A kernel that lets them wait for each other does not recover: this comes
 * last, and on a machine that somebody wants to keep only where it is asked for.
 */
#include <kselftest_harness.h>

#include "suite.h"

FIXTURE(race)
{
	struct bdf pf, vf;
};

FIXTURE_SETUP(race)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->pf = walk_pf(w);
	/* The last to be removed, so that there is time to write to it. */
	self->vf = walk_vf(w, walk_equipped_vfs(w) - 1);
}

FIXTURE_TEARDOWN(race)
{
	/* What hangs cannot be put back, which the walk says. */
	suite_end();
}

static bool may_hang(void)
{
	const char *asked = getenv("VFWALK_RACES");

	return !strcmp(walk_options(w)->target, "sim") || (asked && *asked);
}

TEST_F(race, of_numvfs_and_count)
{
	REQUIRE(may_hang(), "a kernel that hangs in it has to be booted again: VFWALK_RACES=1");
	walk_autoprobe(w, false);
	walk_race(w, self->pf, "sriov_numvfs", "0", self->vf, "sriov_vf_msix_count", "2");
}

SUITE_MAIN("race")
