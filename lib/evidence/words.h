/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reading and writing the record share. */
#ifndef VFWALK_EVIDENCE_WORDS_H
#define VFWALK_EVIDENCE_WORDS_H

#include <vfwalk/evidence.h>

/* The enum event_kind of that name, or -1. */
int kind_parse(const char *name);
#endif
