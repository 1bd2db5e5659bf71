/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Vectors at work, as the record tells of them: what was masked, what was fired, what must be
 * pending, what must come. One such state belongs to a rule and a function.
 */
#ifndef VFWALK_VECTOR_H
#define VFWALK_VECTOR_H

#include "look.h"

struct bits {
	uint64_t word[MSIX_MAX_SIZE / 64];
};

static inline bool bit_of(const struct bits *bits, unsigned k)
{
	return k < MSIX_MAX_SIZE && bits->word[k / 64] >> k % 64 & 1;
}

static inline void bit_set(struct bits *bits, unsigned k, bool value)
{
	if (k < MSIX_MAX_SIZE)
		bits->word[k / 64] = (bits->word[k / 64] & ~(1ull << k % 64)) | (uint64_t)value
											<< k % 64;
}

struct vectors {
	unsigned long begin_line; /* of the scenario that this is about */
	bool fm;                  /* Function Mask was set */
	struct bits masked;
	/* The positive control: fired with no mask in the way, and delivered, in this scenario. */
	struct bits delivered;
	struct bits fired; /* ... with no mask of ours in the way, delivered or not */

	/* Since the events were last read: */
	struct bits open;    /* something may have been sent: what came proves nothing */
	struct bits blocked; /* fired while masked */
	struct bits due;     /* its mask went with the Pending bit seen: one message must come */
	struct bits due_fm;  /* ... and it was Function Mask that went */

	struct bits pending;      /* fired while masked, and masked ever since */
	struct bits pending_seen; /* ... and the PBA told so */
	struct bits sent;         /* was pending, was delivered, and was not fired since */
};

/* For a rule's row: what it needs, as an engine needs VFIO, and what vectors_of() has to hear. */
#define VECTORS_NEED (NEED_MSIX | NEED_ENGINE | NEED_LINUX | NEED_VFIO)
#define ACTS_ON_VECTORS                                                               \
	(ON_ACT(ACT_FIRE) | ON_ACT(ACT_TABLE_MASK) | ON_ACT(ACT_FUNCTION_MASK) |      \
	 ON_ACT(ACT_TABLE_WRITE) | ON_ACT(ACT_CFG_WRITE) | ON_ACT(ACT_RESET) |        \
	 ON_ACT(ACT_RESIZE) | ON_ACT(ACT_VFIO_OPEN) | ON_ACT(ACT_VFIO_CLOSE) |        \
	 ON_ACT(ACT_VFIO_IRQS) | ON_ACT(ACT_ENGINE_START) | ON_ACT(ACT_ENGINE_STOP) | \
	 ON_ACT(ACT_QUEUE_BIND) | ON_ACT(ACT_CC_ENABLE) | ON_ACT(ACT_SHOT) |          \
	 ON_ACT(ACT_PBA_WRITE))
#define LOOKS_AT_VECTORS (ON_OBS(OBS_EVENTS) | ON_OBS(OBS_WATCH) | ON_OBS(OBS_PBA))

/*
 * The state of the rule that is judged and @fn, where @event leaves it if something was done; anew
 * where another scenario has begun. For every event, before anything else.
 */
struct vectors *vectors_of(struct judging *jg, const struct world *w, const struct event *event,
			   const struct world_fn *fn);
/* Follows what was seen; after it was judged. */
void vectors_look(struct vectors *v, const struct event *event, const struct world_fn *fn);

/* How many events @event tells of, and of vector @k: 0 where it does not reach. */
unsigned event_counts(const struct event *event);
int64_t event_count(const struct event *event, unsigned k);

#endif
