/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attack matrix, in the words that all writers share. */
#ifndef VFWALK_REPORT_ATTACKS_H
#define VFWALK_REPORT_ATTACKS_H

#include "common.h"

/* "sibling-handle, driver gone" */
void attack_name(const struct attack *attack, char *text, size_t size);
/* "9 shots: 3 reported, 6 silent"; why, where there was none. */
void attack_counts(const struct attack *attack, char *text, size_t size);
/* Was any message shot, or is it known why none was? */
bool attacks_told(const struct attack *attack, size_t count);
/* How grave that outcome is, as the verdict that is shown alike. */
enum verdict attack_verdict(const struct attack *attack);

#endif
