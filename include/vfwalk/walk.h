/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Actions that record what they do, and observations. This is the only code that touches a
 * target: a suite says what to walk through and never decides what is right.
 *
 * Each action writes its intention, acts, writes its result, and returns the target's result
 * (0 or a negative errno). A full disk ends the walk: every further action returns -EIO undone.
 */
#ifndef VFWALK_WALK_H
#define VFWALK_WALK_H

#include <vfwalk/evidence.h>
#include <vfwalk/rules.h>
#include <vfwalk/target.h>

struct walk;

enum profile { PROFILE_QUICK, PROFILE_STANDARD, PROFILE_CERT, PROFILE_SOAK };

const char *profile_name(enum profile profile);
/* Returns the profile, or -EINVAL. */
int profile_parse(const char *name);

/* A seed: 0, or -EINVAL for what is no number of 32 bits. */
int seed_parse(const char *text, unsigned *seed);

struct walk_options {
	const char *target; /* "linux" or "sim" */
	struct target_options on;
	const char *vf; /* only this one, or NULL */
	enum profile profile;
	const char *lab;    /* name, or NULL */
	unsigned seed;      /* of random messages */
	const char *record; /* path to create; NULL: continue on @record_fd */
	int record_fd;
	char **command; /* the command line, for the header */
	/* What a failure is excused by, when a suite counts its own (walk_end()). */
	bool (*known)(void *ctx, const struct finding *finding);
	void *known_ctx;
};

/*
 * Opens the target, starts or continues the record with the header and a line for each
 * function, and a judge that listens. With no VFs enabled and @options->on.claim it enables some:
 * all in a lab and in profile cert and up, else four at most. On failure returns NULL and leaves
 * one line for the user in @why: what is wrong and what to do; *@status is the exit status: 2, or
 * 4 where there is nothing to run.
 * @why is empty where the target has said it on stderr already.
 */
struct walk *walk_open(const struct walk_options *options, char *why, size_t size, int *status);
/* The record will say that the run was aborted, and why; the first reason counts. */
void walk_abort(struct walk *w, const char *why);
/* Puts everything back, ends the record if this walk started it. */
void walk_close(struct walk *w);

const struct walk_options *walk_options(const struct walk *w);
struct target *walk_target(struct walk *w);
struct judge *walk_judge(struct walk *w);
int walk_record_fd(const struct walk *w);
/* The negative errno by which the record could not be written any more, or 0. */
int walk_lost(const struct walk *w);

/* Finds the backend and the resize model of the PF and records both. */
int walk_probe(struct walk *w);
/*
 * Tells the judge what another process found and recorded: names as the record has them ("nvme",
 * "M-RST"), and the largest size of a VF (0: what the target says). Returns -EINVAL for an unknown
 * one.
 */
int walk_assume(struct walk *w, const char *backend, const char *model, unsigned max);
/* What was found or assumed: "M-RST"; "" before. The backend is in walk_caps(). */
const char *walk_model(const struct walk *w);

/* Records that the suite program @name ended: its exit status or -1, the signal it died of or 0. */
int walk_suite(struct walk *w, const char *name, int status, int signo, bool timeout);

/* --- scenarios --- */

/* Begins a scenario: writes `begin`, claims the functions it may act on. */
int walk_begin(struct walk *w, const char *suite, const char *scenario);
/* Marks the scenario as skipped, with the reason in words. */
void walk_skip(struct walk *w, const char *why);
/*
 * Puts back what the scenario changed and ends it. Returns the number of MUST failures that it
 * added and nothing excuses, or a negative errno when the scenario broke.
 */
long walk_end(struct walk *w);

/* --- what there is to walk --- */

struct bdf walk_pf(const struct walk *w);
/* The driver that the PF had when the walk was opened; "" for none. */
const char *walk_pf_driver(const struct walk *w);
/* VFs to act on under this profile (quick: one; standard: two; cert and soak: all). */
unsigned walk_vfs(const struct walk *w);
/* ... those that may be acted on and have vectors: these come first ... */
unsigned walk_equipped_vfs(const struct walk *w);
/* ... and all there are. */
unsigned walk_all_vfs(const struct walk *w);
struct bdf walk_vf(const struct walk *w, unsigned index);
/* A VF that is not @vf, to play the sibling, with vectors; false when there is none. */
bool walk_sibling(const struct walk *w, struct bdf vf, struct bdf *sibling);
const struct resize_caps *walk_caps(const struct walk *w);
/* Table Size as the last look found it; 0 without MSI-X. */
unsigned walk_size(const struct walk *w, struct bdf fn);
/* Its MSI-X capability as the last look found it. */
const struct msix *walk_msix(const struct walk *w, struct bdf fn);
/* Config space, to build what is to be written; nothing of it is recorded. All ones on failure. */
uint32_t walk_cfg_read(struct walk *w, struct bdf fn, unsigned off, unsigned width);
/* CPUs of the machine: online, or those that there could ever be. */
unsigned walk_cpus(const struct walk *w, bool possible);
bool walk_has_flr(const struct walk *w, struct bdf fn);
/* Vectors that are enabled through VFIO: what can be fired. */
unsigned walk_enabled(const struct walk *w, struct bdf fn);
bool walk_has_engine(const struct walk *w, struct bdf fn);
/* What the VF could be resized to now: it keeps what it has and may take what is free. */
unsigned walk_size_max(struct walk *w, struct bdf vf);
/* The sizes that this profile visits, from the smallest to @top: up to @max of them. */
size_t walk_sizes(const struct walk *w, unsigned top, unsigned *size, size_t max);
/* The vectors of a table of @size that this profile fires: up to @max of them. */
size_t walk_vectors(const struct walk *w, unsigned size, unsigned *vector, size_t max);
/* How often a loop that looks for leaks goes round. */
unsigned walk_cycles(const struct walk *w);
/* The NVMe controller identifier of a VF, or -ENOENT. */
int walk_cntlid(struct walk *w, struct bdf vf);

/* --- actions --- */

int walk_numvfs(struct walk *w, unsigned count);
int walk_autoprobe(struct walk *w, bool on);
/* Resizes, then looks at every function's capability. Returns 0 or the backend's errno. */
int walk_resize(struct walk *w, struct bdf vf, unsigned want);
/*
 * Does what it takes in this resize model until an assigned size shows: nothing, an FLR, or VF
 * Enable cleared and set; then looks at every function's capability again.
 */
int walk_latch(struct walk *w, struct bdf vf);
int walk_virt_mgmt(struct walk *w, const struct nvme_virt_mgmt *cmd);
int walk_bind(struct walk *w, struct bdf fn, const char *driver);
int walk_unbind(struct walk *w, struct bdf fn);
int walk_reset(struct walk *w, struct bdf fn, enum reset_method method);
/* Puts config space of the PF back, VF Enable included, that walk_reset() by hand has wiped. */
int walk_cfg_restore(struct walk *w);
int walk_cfg_write(struct walk *w, struct bdf fn, unsigned off, unsigned width, uint32_t value);
int walk_table_write(struct walk *w, struct bdf fn, unsigned off, unsigned width, const void *bytes,
		     size_t len);
int walk_table_mask(struct walk *w, struct bdf fn, unsigned entry, bool masked);
int walk_function_mask(struct walk *w, struct bdf fn, bool masked);
int walk_pba_write(struct walk *w, struct bdf fn, unsigned off, unsigned width, uint64_t value);
/*
 * Both sides of @race at the same time, or as far apart as it says; results and times are left in
 * it. -ETIMEDOUT where one of the two did not return: then nothing more is done to any function,
 * nor put back.
 */
int walk_race(struct walk *w, struct target_race *race);
/*
 * The kernel writes @value to @attr of @fn, and at the same time somebody writes @entry of its
 * table over and over, with a vector of @victim or, where it is @fn itself, with an address that is
 * mapped nowhere. What arrives is watched.
 */
int walk_race_table(struct walk *w, struct bdf fn, unsigned entry, struct bdf victim,
		    const char *attr, const char *value, int64_t offset_us);
/* True once that has happened, in any process of the suite: even a look at the PF may hang, too. */
bool walk_stuck(const struct walk *w);
ssize_t walk_attr_write(struct walk *w, struct bdf fn, const char *attr, const char *value);
int walk_vfio_open(struct walk *w, struct bdf fn);
int walk_vfio_close(struct walk *w, struct bdf fn);
int walk_vfio_irqs(struct walk *w, struct bdf fn, unsigned start, unsigned count);
int walk_vfio_cfg_write(struct walk *w, struct bdf fn, unsigned off, unsigned width,
			uint32_t value);
int walk_vfio_region_write(struct walk *w, struct bdf fn, unsigned region, uint64_t off,
			   unsigned width, uint64_t value);
int walk_engine_start(struct walk *w, struct bdf fn);
int walk_engine_stop(struct walk *w, struct bdf fn);
/* Forgets the engine as a process that dies does: the device stays as it is. */
int walk_engine_leave(struct walk *w, struct bdf fn);
int walk_queue_bind(struct walk *w, struct bdf fn, unsigned vector);
int walk_fire(struct walk *w, struct bdf fn, unsigned vector);
int walk_cc_enable(struct walk *w, struct bdf fn, bool on);
int walk_load_start(struct walk *w, struct bdf fn, unsigned depth);
int walk_load_stop(struct walk *w, struct bdf fn);
/* What the probe driver allocates: the number of vectors, the interrupt, or the kernel's error. */
int walk_alloc(struct walk *w, struct bdf fn, const struct alloc_request *request);
int walk_alloc_at(struct walk *w, struct bdf fn, unsigned index);
int walk_free(struct walk *w, struct bdf fn);
/* A handler that counts, for one vector; and the kernel raises its interrupt, until it has run. */
int walk_request(struct walk *w, struct bdf fn, unsigned index);
int walk_release(struct walk *w, struct bdf fn, unsigned index);
int walk_inject(struct walk *w, struct bdf fn, unsigned index);
int walk_guest_start(struct walk *w, struct bdf fn);
/* Has the guest enable every vector that it counts. */
int walk_guest_vectors(struct walk *w, struct bdf fn);
int walk_guest_stop(struct walk *w, struct bdf fn);

/* --- attacks --- */

enum shot_kind {
	SHOT_CONTROL,
	SHOT_DMA_UNMAPPED,
	SHOT_DMA_CANARY,
	SHOT_OWN_HANDLE,
	SHOT_SIBLING_HANDLE,
	SHOT_PF_HANDLE,
	SHOT_ABSENT_HANDLE,
	SHOT_BEYOND_HANDLE,
	SHOT_COMPAT_FIXED,
	SHOT_COMPAT_NMI,
	SHOT_RESERVED_DATA,
	SHOT_BEYOND_SIZE,
	SHOT_ONES, /* those before are one message each, those after it bursts of random ones: */
	SHOT_RANDOM_HANDLE = SHOT_ONES,
	SHOT_RANDOM_COMPAT,
	SHOT_RANDOM_DMA,
	SHOT_COUNT
};

const char *shot_name(enum shot_kind kind);
/*
 * Rewrites @entry of @fn with the message of @kind, fires it, watches everything, puts the entry
 * back. @victim is the function whose vector is aimed at (siblings and PF; else ignored).
 * -EOPNOTSUPP where the message cannot be built here (no such handle to be had).
 */
int walk_shot(struct walk *w, struct bdf fn, enum shot_kind kind, unsigned entry, struct bdf victim,
	      unsigned victim_vector);
/*
 * The same where an event of @entry is pending: unmasking it fires, whoever drives @fn, or nobody.
 * The entry is left masked. MSI-X Enable and Bus Master Enable are the caller's business.
 */
int walk_shot_pending(struct walk *w, struct bdf fn, enum shot_kind kind, unsigned entry,
		      struct bdf victim, unsigned victim_vector);
/*
 * Messages @first to @first + @count - 1 of the seed's sequence, one after another through @entry,
 * all of @kind, which is one of the random ones; then watches everything, and puts the entry back.
 * -EOPNOTSUPP as for walk_shot(), and where the machine does not
 * say that it stops such messages.
 */
int walk_burst(struct walk *w, struct bdf fn, enum shot_kind kind, unsigned entry, unsigned first,
	       unsigned count);
/* The random kind that burst @n of this run's seed is of. */
enum shot_kind walk_burst_kind(const struct walk *w, unsigned n);
/* How many random messages this profile sends, and how many of them in one burst. */
unsigned walk_messages(const struct walk *w, unsigned *burst);

/* --- observations --- */

int walk_look_config(struct walk *w, struct bdf fn);
int walk_look_msix(struct walk *w, struct bdf fn);
/* The capability of the PF and of every VF. */
int walk_look_all(struct walk *w);
int walk_look_table(struct walk *w, struct bdf fn);
/* Reads the PBA; with @until >= 0 polls until that bit is set or a deadline has passed. */
int walk_look_pba(struct walk *w, struct bdf fn, int until);
int walk_look_driver(struct walk *w, struct bdf fn);
int walk_look_attr(struct walk *w, struct bdf fn, const char *attr);
int walk_look_irqs(struct walk *w, struct bdf fn);
/* Reads the eventfds; with @until >= 0 polls until that vector has fired or a deadline passed. */
int walk_look_events(struct walk *w, struct bdf fn, int until);
int walk_look_vfio(struct walk *w, struct bdf fn);
int walk_look_vfio_cfg(struct walk *w, struct bdf fn);
int walk_look_vfio_region(struct walk *w, struct bdf fn, unsigned region, uint64_t off, size_t len);
/* The same through mmap(2). */
int walk_look_vfio_map(struct walk *w, struct bdf fn, unsigned region, uint64_t off, size_t len);
/*
 * What a driver is told: pci_msix_vec_count(), and pci_irq_vector() of vectors below @count.
 * -EOPNOTSUPP, which is recorded, where there is no probe driver; -EBADF where another driver or
 * none has @fn.
 */
int walk_look_probe(struct walk *w, struct bdf fn, unsigned count);
/* What handlers of vectors below @count have counted. */
int walk_look_counts(struct walk *w, struct bdf fn, unsigned count);
/* What the inner guest sees of @fn; its absence is recorded in the same way. */
int walk_look_guest(struct walk *w, struct bdf fn);
int walk_look_klog(struct walk *w);
/* The bits by which the kernel is tainted. */
int walk_look_taint(struct walk *w);
int walk_look_primary(struct walk *w);
int walk_look_secondary(struct walk *w);
int walk_look_csts(struct walk *w, struct bdf fn);
int walk_look_pool(struct walk *w);
int walk_look_isolation(struct walk *w, struct bdf fn);

/* --- restoring --- */

/*
 * Reads the claims of a record and puts every function back to what it was. Works after a crash
 * and on a record that was cut off. Returns 0, or the first negative errno; goes on after it.
 */
int walk_restore(struct target *target, const char *record);

#endif
