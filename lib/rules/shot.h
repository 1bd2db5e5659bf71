/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A shot, and what its watch saw: of which kind it was, where something arrived, which faults were
 * reported. The judges of the IOMMU ask here; what it means for a rule is theirs to say.
 */
#ifndef VFWALK_RULES_SHOT_H
#define VFWALK_RULES_SHOT_H

#include "rule.h"
#include "size.h"

enum kind {
	KIND_NONE,
	KIND_CONTROL,
	KIND_DMA_UNMAPPED,
	KIND_DMA_CANARY,
	KIND_OWN_HANDLE,
	KIND_SIBLING_HANDLE,
	KIND_PF_HANDLE,
	KIND_ABSENT_HANDLE,
	KIND_BEYOND_HANDLE,
	KIND_COMPAT_FIXED,
	KIND_COMPAT_NMI,
	KIND_RESERVED_DATA,
	KIND_BEYOND_SIZE,
	KIND_RANDOM_HANDLE,
	KIND_RANDOM_COMPAT,
	KIND_RANDOM_DMA,
	KIND_COUNT
};

#define KIND(k) (1u << KIND_##k)
/* Interrupt requests that remapping must block; of these forged() tells. */
#define FORGED                                                                                \
	(KIND(SIBLING_HANDLE) | KIND(PF_HANDLE) | KIND(ABSENT_HANDLE) | KIND(BEYOND_HANDLE) | \
	 KIND(COMPAT_FIXED) | KIND(COMPAT_NMI) | KIND(RESERVED_DATA))
#define COMPAT (KIND(COMPAT_FIXED) | KIND(COMPAT_NMI))
/* All but what is delivered by right. */
#define HOSTILE (FORGED | KIND(DMA_UNMAPPED) | KIND(BEYOND_SIZE))
/* The handle of somebody else. */
#define BORROWED (KIND(SIBLING_HANDLE) | KIND(PF_HANDLE))
/* Many random messages and one watch. */
#define RANDOM (KIND(RANDOM_HANDLE) | KIND(RANDOM_COMPAT) | KIND(RANDOM_DMA))

/* A shot whose watch is the event now judged. */
struct shot {
	const char *name;
	enum kind kind;
	long long entry;
	struct msi_msg msg;
	const struct world_fn *from, *victim;
	bool own_table; /* of remapping: somebody else's handle names an entry of its own there */
	bool silent;    /* interrupt requests are blocked here without a report, by right */
	bool control;   /* one of the same function was delivered before, in this scenario */
	bool ready;     /* ... through the same entry */
	const json_t *messages; /* of a burst: pairs of address and data */
	unsigned long times;    /* that its message was fired */
	bool by_pending;  /* an event was pending: unmasking the vector fired it, and no engine */
	bool sent;        /* ... and the Pending bit went */
	bool after_reset; /* the function was reset since its last control was delivered, and not
			     fired */
	const json_t *watch;
};

static inline bool is_kind(const struct shot *shot, unsigned kinds)
{
	return kinds >> shot->kind & 1;
}

/* An interrupt request that must not be delivered. */
static inline bool forged(const struct shot *shot)
{
	return is_kind(shot, FORGED) && !(shot->own_table && is_kind(shot, BORROWED));
}

/* A shot that the IOMMU must report, if it reports at all. */
static inline bool reported(const struct shot *shot)
{
	return shot->kind == KIND_DMA_UNMAPPED || (forged(shot) && !shot->silent);
}

/* True where @event is the watch of a shot. */
bool sees_shot(const struct world *w, const struct event *event, const struct world_fn *fn,
	       struct shot *shot);
/* ... of a burst of random messages, of which sees_shot() does not tell. */
bool sees_burst(const struct world *w, const struct event *event, const struct world_fn *fn,
		struct shot *shot);
/* The name of  in the record. */
const char *kind_name(enum kind kind);
/* How many messages it is. */
size_t messages_count(const struct shot *shot);
/*
 * How many of the messages of  name a vector of the function's own, by its table as it was last
 * looked at: these arrive there by right.
 */
size_t messages_own(const struct world *w, const struct shot *shot);

/* --- arrival --- */

/* Where something arrived, in words. */
struct arrival {
	char where[WORDS];
};

/* Sum of an array of counts. */
long long sum_of(const json_t *counts);
/* On an eventfd or in a row of @fn. */
bool came_to(const struct shot *shot, const struct world_fn *fn, struct arrival *arrival);
/*
 * Anywhere that the message must not go. The function's own vectors are out of bounds only for a
 * forged request: a DMA address, or an entry behind the table, can be the device's old message.
 * Rows of the machine that move without a shot are in @noise and prove nothing.
 */
bool arrived(const struct world *w, const struct shot *shot, unsigned noise,
	     struct arrival *arrival);

/* The machine's own rows in which a stray interrupt shows: those that moved, a bit each. */
unsigned strays(const struct shot *shot);
#define STRAY_NMI 1u

/* Those that moved in the watch of a control, in which there is nothing to go astray. */
unsigned noise_of(struct judging *jg, const struct shot *shot);
/* The first new line of the log with one of @texts in it. */
const char *log_line(const struct shot *shot, const char *const *texts);

/* --- faults --- */

/* One entry of a watch's "faults". */
struct fault {
	bool interrupt, write;
	const char *source;
	uint64_t addr;
	long long index;
	unsigned reason;
};

/* The reason that Intel's IOMMU reports a request of that kind with, 0 for none. */
unsigned remap_reason(enum kind kind);
size_t faults_count(const struct shot *shot);
struct fault fault_get(const struct shot *shot, size_t i);
/* Does it name @fn? Before Linux 7 a report of Intel's IOMMU leaves out the domain. */
bool names(const struct fault *fault, const struct world_fn *fn);
/* Does any report that came with it name who shot? */
bool was_reported(const struct shot *shot);

static inline bool is_page(uint64_t a, uint64_t b)
{
	return a >> 12 == b >> 12;
}

/*
 * How much of the kernel's allowance for reports was used up. Linux dmar_fault() asks three times
 * for each fault: for the line that announces it, for the fault, and for the next, which is not
 * there. Ten times in five seconds are granted, so three shots in that time are sure to show.
 */
#define LOG_WINDOW_US 5000000
#define LOG_SHOTS     3

struct allowance {
	int64_t at[LOG_SHOTS];
	unsigned long shots;
};

/* Counts a shot that is to be reported; true where the log had room for it. */
bool allow(struct allowance *allowance, const struct event *event);
/* Counts a burst, after which there is room only when time has passed; false for other events. */
bool allow_burst(struct allowance *allowance, const struct world *w, const struct event *event,
		 const struct world_fn *fn);

#endif
