/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that a grammar of C does not know. */
#ifndef VFWALK_SOURCE_SHADOW_H
#define VFWALK_SOURCE_SHADOW_H

#include <stddef.h>

/* Turns the words of words.def in @byte, comments and directives being gone, into C or spaces. */
void shadow_words(char *byte, size_t len);

#endif
