/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that comes from elsewhere, as a format can hold it. */
#ifndef VFWALK_REPORT_ESCAPE_H
#define VFWALK_REPORT_ESCAPE_H

#include <stdio.h>

/* @text as one line, without what would end a description or drive a terminal. */
void put_one_line(FILE *out, const char *text);
/* @text, which may be NULL, as XML 1.0 allows it: control characters have no place there, not even
 * escaped. */
void put_xml(FILE *out, const char *text);
/* ` name="value"`. */
void put_attr(FILE *out, const char *name, const char *value);

#endif
