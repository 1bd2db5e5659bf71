/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record of a run: JSON Lines, one event a line, in the order in which things happened.
 * reports/schemas/evidence.md describes every event and its keys.
 *
 * An action is written before it is carried out ("act") and again with its result ("done"), so a
 * crash leaves a record of what was under way. Events are only ever appended.
 */
#ifndef VFWALK_EVIDENCE_H
#define VFWALK_EVIDENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define EVIDENCE_FORMAT  "vfwalk-evidence"
#define EVIDENCE_VERSION 1

/* The seed of random messages, of a run that was given none. */
#define SEED_PRESET 1u

enum event_kind {
	EV_HEADER,   /* the first line: tool, kernel, command line, machine, IOMMU */
	EV_FUNCTION, /* one PF or VF, as it was found */
	EV_CLAIM,    /* what a function was like before the run changed it: for restoring */
	EV_BEGIN,    /* a scenario starts */
	EV_END,      /* ... and ends, with its outcome */
	EV_SUITE,    /* a suite program ended, with its exit status */
	EV_ACT,      /* about to do */
	EV_DONE,     /* did, with the result */
	EV_OBS,      /* seen */
	EV_RUN_END,  /* the last line of a run that was not cut off */
	EV_WITNESS,  /* told by somebody outside of the machine: see witness.h */
};

/* What can be done and what can be seen. A name in the record is the identifier in lower case,
 * words joined by '-', without its prefix: ACT_VFIO_OPEN is "vfio-open". */
enum act {
	ACT_NONE,
	ACT_NUMVFS,
	ACT_AUTOPROBE,
	ACT_RESIZE,
	ACT_VIRT_MGMT,
	ACT_BIND,
	ACT_UNBIND,
	ACT_RESET,
	ACT_CFG_RESTORE,
	ACT_CFG_WRITE,
	ACT_TABLE_WRITE,
	ACT_TABLE_MASK,
	ACT_FUNCTION_MASK,
	ACT_PBA_WRITE,
	ACT_ATTR_WRITE,
	ACT_VFIO_OPEN,
	ACT_VFIO_CLOSE,
	ACT_VFIO_IRQS,
	ACT_VFIO_CFG_WRITE,
	ACT_VFIO_REGION_WRITE,
	ACT_ENGINE_START,
	ACT_ENGINE_STOP,
	ACT_QUEUE_BIND,
	ACT_FIRE,
	ACT_SHOT,
	ACT_CC_ENABLE,
	ACT_LOAD_START,
	ACT_LOAD_STOP,
	ACT_RACE,
	ACT_ALLOC,
	ACT_ALLOC_AT,
	ACT_FREE,
	ACT_GUEST_START,
	ACT_GUEST_VECTORS,
	ACT_GUEST_STOP,
	ACT_REQUEST,
	ACT_RELEASE,
	ACT_INJECT,
	ACT_COUNT
};

enum obs {
	OBS_NONE,
	OBS_CONFIG,
	OBS_MSIX,
	OBS_TABLE,
	OBS_PBA,
	OBS_DRIVER,
	OBS_ATTR,
	OBS_IRQS,
	OBS_EVENTS,
	OBS_WATCH,
	OBS_VFIO,
	OBS_VFIO_CFG,
	OBS_VFIO_REGION,
	OBS_KLOG,
	OBS_PRIMARY,
	OBS_SECONDARY,
	OBS_CSTS,
	OBS_POOL,
	OBS_MODEL,
	OBS_BACKEND,
	OBS_ISOLATION,
	OBS_PROBE,
	OBS_VFIO_MAP,
	OBS_GUEST,
	OBS_TAINT,
	OBS_COUNTS,
	OBS_COUNT
};

const char *act_name(enum act act);
const char *obs_name(enum obs obs);
/* The value with that name; ACT_NONE or OBS_NONE for an unknown one. */
enum act act_parse(const char *name);
enum obs obs_parse(const char *name);

/* One line of the record, read back. */
struct event {
	unsigned long line; /* in its file, from 1 */
	enum event_kind kind;
	enum act act;   /* for EV_ACT and EV_DONE */
	enum obs obs;   /* for EV_OBS */
	const char *fn; /* the function it is about, or NULL */
	json_t *body;   /* the whole object */
};

/*
 * Fills @event from @body, which it borrows, but for its line. Returns NULL, or what is wrong with
 * the object in words that follow "line N: ".
 */
const char *event_from(json_t *body, struct event *event);
/* Typed access to @event's keys; the second returns @none where the key is absent or no integer. */
const char *event_str(const struct event *event, const char *key);
int64_t event_int(const struct event *event, const char *key, int64_t none);
bool event_bool(const struct event *event, const char *key);
/* For EV_DONE: 0 for "ok", else the negative errno that "res" names. */
int event_res(const struct event *event);
/*
 * Decodes the hex string @key into @buf. Returns the number of bytes, -ENOENT where the key is
 * absent, -EINVAL where it is no hex, -ENOSPC where @size is too small.
 */
long event_hex(const struct event *event, const char *key, void *buf, size_t size);
/* Length in bytes of the hex string @key, or 0. */
size_t event_hex_len(const struct event *event, const char *key);

/* "ok" for 0, the errno's name ("EBUSY") for a negative errno; and back (-EINVAL if unknown). */
const char *res_name(int err);
int res_parse(const char *name);

/* --- writing --- */

struct ev_writer;

/*
 * Starts a record at @path (created or truncated; a character device is opened as it is), or on
 * an inherited descriptor @fd, which then continues a record. Returns NULL with errno set.
 */
struct ev_writer *ev_create(const char *path);
struct ev_writer *ev_attach(int fd);
void ev_close(struct ev_writer *writer);
int ev_fd(const struct ev_writer *writer);

/* Called with every event written, after it is on its way: how a judge listens to a live run. */
typedef void ev_listener(void *ctx, const struct event *event);
void ev_listen(struct ev_writer *writer, ev_listener *listener, void *ctx);

/*
 * Appends @body as one line in one write(2), takes the reference, and tells the listener.
 * Returns 0 or a negative errno; after the first failure (a full disk) every call returns it,
 * and nothing must be done to a device any more. -EBADMSG if @body is NULL.
 */
int ev_write(struct ev_writer *writer, json_t *body);
/* Feeds @body to the listener without writing it: for what the record already holds. */
void ev_replay(struct ev_writer *writer, json_t *body);

/* --- reading --- */

struct ev_reader;

/* Opens a record; "-" is standard input. Returns NULL with errno set. */
struct ev_reader *ev_open(const char *path);
void ev_reader_close(struct ev_reader *reader);
/*
 * The next event, valid until the next call. Returns 1, 0 at the end, or -EBADMSG with
 * ev_reader_error() telling what is wrong with which line. A last line that was cut off is the
 * end: ev_reader_cut() is then true.
 */
int ev_next(struct ev_reader *reader, struct event *event);
const char *ev_reader_error(const struct ev_reader *reader);
bool ev_reader_cut(const struct ev_reader *reader);

/* @len bytes as a JSON string of hex digits. */
json_t *json_hex(const void *bytes, size_t len);

#endif
