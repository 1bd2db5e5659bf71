/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What writers of HTML share: text that is no markup, and pages out of templates. */
#ifndef VFWALK_HTML_H
#define VFWALK_HTML_H

#include <stdio.h>

/* @text (or NULL) as it may stand between tags or quotes. */
void html_text(FILE *out, const char *text);
/* ` NAME="TEXT"` */
void html_attribute(FILE *out, const char *name, const char *text);

/* What stands at the template's marker. */
typedef void html_body(FILE *out, const void *ctx);

/*
 * Writes the template @dir/@name with @body at its line `<!-- body -->`; a line `<!-- FILE -->`
 * stands for a file of @dir, so that the page needs no other. Returns 0 or a negative errno:
 * -EINVAL where the template has no such line.
 */
int html_page(FILE *out, const char *dir, const char *name, html_body *body, const void *ctx);

#endif
