/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of versions, as baselines name them. */
#ifndef VFWALK_REPORT_VERSIONS_H
#define VFWALK_REPORT_VERSIONS_H

#include <stdbool.h>

/*
 * A range is conditions that all hold, split by spaces: ">=7.2 <8.2". As many numbers count as the
 * condition has: 7.2.15 satisfies "=7.2" and "<=7.2", and 6.1.0-28-amd64 satisfies ">=6.1".
 */
bool versions_valid(const char *range);
/* False also where @version has no number to compare. */
bool versions_match(const char *range, const char *version);

#endif
