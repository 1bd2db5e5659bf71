/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of lib/walk/ share: the walk itself, and the way every action and observation
 * takes into the record.
 *
 * A test of a suite runs in a forked child that inherits the walk. What a child learns about
 * functions is lost with it, so a scenario starts by finding out, and nothing here relies on an
 * earlier one to have ended.
 */
#ifndef VFWALK_WALK_INTERNAL_H
#define VFWALK_WALK_INTERNAL_H

#include <errno.h>

#include <vfwalk/walk.h>

struct walk_fn {
	struct bdf bdf;
	char name[BDF_LEN];
	int vf;        /* index, -1 for the PF */
	bool present;  /* it answered when it was last looked at */
	bool has_msix; /* ... and this is its capability */
	struct msix msix;
	bool has_flr, has_engine;
	size_t cfg_len; /* bytes of config space that say something */
	struct bar bar[PCI_BARS];
	bool told;    /* the record has a function line for it */
	bool busy;    /* somebody else uses it: not to be touched */
	bool claimed; /* the record has what it was like: */
	struct target_state was;

	/* The scenario under way: what it began with, and what it changed. */
	bool noted;
	struct target_state base;
	bool resized, table_written, flags_written, methods_written, autoprobe_set;
	bool vfio_open, engine, load, guest;
	unsigned enabled;   /* vectors enabled through VFIO */
	unsigned open_size; /* Table Size when it was opened */
	bool fired;         /* since the last look at the events */
	uint64_t *events;   /* what each eventfd counted since then: MSIX_MAX_SIZE of them */
	size_t nload;       /* vectors, and what each had counted when the load started */
	uint64_t *load_from;
};

struct walk {
	struct walk_options options;
	struct target target;
	struct target_machine machine;
	struct resize_caps caps;
	char model[8];
	bool may_act;

	struct ev_writer *ev; /* NULL: nothing is recorded (restoring) */
	struct judge *judge;
	bool owns_record;
	bool replay; /* what is told now stands in the record already */
	uint64_t epoch_us;
	int lost;          /* negative errno once the record cannot be written any more */
	char aborted[160]; /* why, when the run was ended before its time */

	size_t nfn;      /* the PF, then its VFs */
	size_t capacity; /* functions there is room for */
	struct walk_fn *fn;
	uint16_t *at;      /* by Requester ID: index into fn; 0 for the PF and for nobody */
	unsigned *order;   /* indexes into fn: VFs that may be acted on come first */
	unsigned acting;   /* how many of them a scenario acts on */
	unsigned usable;   /* how many of them may be */
	unsigned equipped; /* ... and have vectors */
	bool enabled_vfs;  /* this walk set VF Enable */
	bool pf_is_free;   /* nobody uses the PF */
	char pf_driver[TARGET_NAME_LEN]; /* that the PF had when the walk was opened */
	bool *stuck;                     /* a race never ended: shared with forked children */
	bool *claims_told;               /* by function, shared with forked children */

	/* What a reset by hand of the PF wipes: as it was before, and whether it is still to be put
	 * back. */
	struct cfg pf_before;
	bool pf_wiped;
	bool pf_allocated; /* flexible resources of the PF's own controller were changed */

	unsigned window_us; /* how long nothing must happen before it counts as absent */

	/* The act under way. */
	enum act act;
	struct walk_fn *on;
	json_t *keys;

	/* The scenario under way. */
	bool in_scenario;
	char suite[32], scenario[96];
	char skip[160], broken[160];
	unsigned long lines;
	unsigned long failures; /* before it */
};

/* An operation of the target; -EOPNOTSUPP where this target has none. */
#define OP(w, name, ...) \
	((w)->target.ops->name ? (w)->target.ops->name(&(w)->target, ##__VA_ARGS__) : -EOPNOTSUPP)

uint64_t now_us(void);

/* --- step.c: the way into the record --- */

/* Writes one line; takes @keys, which may be NULL. */
int tell(struct walk *w, const char *ev, json_t *keys);
/* One observation; @fn may be NULL. */
int see(struct walk *w, enum obs obs, const struct walk_fn *fn, json_t *keys);
/* What the target tells of itself since the last time; @shot: of a shot, everything; @looked: whose
 * config space the next line shows, or NULL. */
void account_tell(struct walk *w, bool shot, const struct walk_fn *looked);
/*
 * Announces an act on @fn: refuses it (-EPERM, -EBUSY, -EIO) or writes its line; takes @keys.
 * Only when it returned 0 the deed may be done, and act_done() must follow. @f may be NULL.
 */
int act_start(struct walk *w, enum act act, struct bdf fn, json_t *keys, struct walk_fn **f);
/* Writes the result; takes @results, which may be NULL. Returns @res, or -EIO. */
int act_done(struct walk *w, int res, json_t *results);

/* --- claim.c --- */

/* Notes what @f is like now, and has it in the record before the first act on it. */
int claim(struct walk *w, struct walk_fn *f);
/* The same for every VF that is there: for what concerns all of them. */
int claim_all(struct walk *w);
/*
 * Does @f have more of the pool now than @state gives it? Of several functions such ones are put
 * back first: others may need what they give back.
 */
bool has_more(struct walk *w, const struct walk_fn *f, const struct target_state *state);
/* Puts @f back to what @state says. */
int put_back(struct walk *w, struct walk_fn *f, const struct target_state *state);
/* NumVFs and autoprobe of the PF. */
int put_back_pf(struct walk *w, const struct target_state *state);

/* --- functions.c --- */

struct walk_fn *fn_find(const struct walk *w, struct bdf fn);
struct walk_fn *fn_pf(struct walk *w);
/* Enumerates the PF and its VFs; what is already known of a function stays. */
int fns_find(struct walk *w);
/* Reads its config space and BARs. */
int fn_read(struct walk *w, struct walk_fn *f);
int fn_cfg(struct walk *w, const struct walk_fn *f, struct cfg *cfg);
/* All of a PF's config space, into pf_before. */
int pf_note(struct walk *w);
/* Reads its MSI-X capability; -ENODEV, and @bytes all ones, when it is gone. */
int fn_msix(struct walk *w, struct walk_fn *f, uint8_t bytes[static MSIX_CAP_LEN]);
/* Function lines for those that have none yet. */
int fns_tell(struct walk *w);
int header_tell(struct walk *w);

/* --- table.c --- */

/* Bytes of the table and what follows it, as far as the record wants it. */
size_t table_span(const struct walk_fn *f);
int table_read(struct walk *w, const struct walk_fn *f, uint8_t *bytes, size_t len);
int table_write(struct walk *w, const struct walk_fn *f, unsigned off, unsigned width,
		const uint8_t *bytes, size_t len);
int entry_read(struct walk *w, const struct walk_fn *f, unsigned entry, struct msix_entry *e);
/* Masks the entry before it changes the message, and writes the mask bit last. */
int entry_write(struct walk *w, const struct walk_fn *f, unsigned entry,
		const struct msix_entry *e);
/* Masks every entry that is not. */
int table_mask_all(struct walk *w, struct walk_fn *f);

/* --- look.c --- */

/* The capability of every function; that of @of is told in any case. */
int look_all(struct walk *w, const struct walk_fn *of);
/* What the kernel says of itself: new lines of its log, and its taint. */
void look_witnesses(struct walk *w);

/* --- resize.c --- */

/* Virtualization Management: CDW10 3:0 and 10:8 (NVMe 2.1, 5.2.6). */
#define VIRT_PRIMARY 1
#define VIRT_OFFLINE 7
#define VIRT_ASSIGN  8
#define VIRT_ONLINE  9
#define VIRT_VQ      0
#define VIRT_VI      1

/* The Secondary Controller List: the number of entries; free @list. */
int secondary_list(struct walk *w, struct nvme_secondary **list);

/* The secondary controller of @f; -ENOENT where there is none. */
int secondary_of(struct walk *w, const struct walk_fn *f, struct nvme_secondary *secondary);
/* Gives every VF that has nothing its default share of the pool. */
int shares_give(struct walk *w);
int size_put_back(struct walk *w, struct walk_fn *f, const struct target_state *state);
/* VF Enable cleared and set again, with no driver bound to what comes back. */
int walk_cycle(struct walk *w);

/* --- events.c --- */

/* Adds what the eventfds of every open function counted to what is not told yet. */
void events_gather(struct walk *w);
/*
 * Gathers until @vector of @f has fired (negative: for the window of absence); a vector that fired
 * is given a moment to fire again. Returns the microseconds that it took.
 */
uint64_t events_wait(struct walk *w, struct walk_fn *f, int vector);
/* What was gathered for @f, which is then forgotten. */
json_t *events_take(struct walk_fn *f);
/* Forgets events that the engine's own commands caused. */
void events_drain(struct walk *w, struct walk_fn *f);

/* --- watch.c --- */

/* The state of everything that an attack could reach, to compare with later. */
struct watch {
	struct irq_table rows;
};

int watch_begin(struct walk *w, struct walk_fn *f, struct watch *watch);
/* Records what moved since, and ends the watch. */
int watch_end(struct walk *w, struct walk_fn *f, struct watch *watch, uint64_t waited_us);
/* Interrupts that each vector of @fn has counted; returns the number of vectors. */
size_t irq_counts(const struct irq_table *rows, struct bdf fn, uint64_t *count, size_t max);
/* New lines of the kernel's log, as an array; @faults (or NULL) takes what they report. */
json_t *klog_take(struct walk *w, json_t *faults);

/* --- polling: never a sleep to synchronise --- */

struct wait {
	uint64_t begin_us, deadline_us;
	unsigned pause_us;
};

void wait_begin(struct wait *wait, uint64_t us);
/* False when the deadline has passed; otherwise pauses, a little longer each time. */
bool wait_more(struct wait *wait);
uint64_t wait_us(const struct wait *wait);

#endif
