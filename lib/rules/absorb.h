/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How an event changes what is known of the world: one file for each kind of event. */
#ifndef VFWALK_ABSORB_H
#define VFWALK_ABSORB_H

#include "world.h"

/* A function is introduced, for the first time or again. */
void absorb_function(struct world *w, const struct event *event);
/* An act on @fn has ended, with whatever result; @fn NULL: on none. */
void absorb_done(struct world *w, struct world_fn *fn, const struct event *event);
/* @fn was looked at; NULL: the machine was. */
void absorb_obs(struct world *w, struct world_fn *fn, const struct event *event);

/* Somebody outside of the machine told something; @fn NULL: of none. */
void absorb_witness(struct world *w, struct world_fn *fn, const struct event *event);
/* An act begins: what is told from here on is of it. */
void witness_forget(struct world *w);

/* The whole config space of @fn was seen. */
void see_config(struct world *w, struct world_fn *fn, const struct event *event);
/* The MSI-X capability of @fn was seen in @line, alone or as part of more. */
void see_msix(struct world *w, struct world_fn *fn, const struct msix *msix, unsigned long line);
/* @driver, "" or NULL for none, was seen to have @fn. */
void see_driver(struct world_fn *fn, const char *driver);

/* Cuts @text, NULL for nothing, to what has room in @to. */
void copy_text(char *to, size_t size, const char *text);

#endif
