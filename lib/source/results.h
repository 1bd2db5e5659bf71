/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what was found in a module's memory to what the caller keeps. */
#ifndef VFWALK_SOURCE_RESULTS_H
#define VFWALK_SOURCE_RESULTS_H

#include "load.h"

/* Adds what is to be told of @m, whose files are @file. */
void results_add(struct source_scan *scan, const struct module *m, const struct file *file,
		 size_t count);
/* Braces that never close: what follows them was not looked at. */
void complain_lost(struct source_scan *scan, const struct module *m);
/* By path, line and rule; what is there twice stays once. */
void results_sort(struct source_scan *scan);

#endif
