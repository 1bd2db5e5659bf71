/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the record has told so far: the state that judges look at. One event is absorbed before
 * the judges see it, so `now` is what it said and `prev` what was known before.
 */
#ifndef VFWALK_WORLD_H
#define VFWALK_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include <vfwalk/evidence.h>
#include <vfwalk/pci.h>

#include "index.h"
#include "track.h"

/* The last two sightings of a run of bytes (a table, a PBA, a config space). */
struct blob {
	size_t len;
	uint8_t *byte;
	unsigned long line; /* of the evidence; 0: never seen */
	unsigned long seq;  /* value of world.seq when it was seen */
};

struct world_fn {
	size_t index; /* in world.fn */
	char name[16];
	struct bdf bdf;
	struct world_fn *pf; /* itself for a PF */
	int vf;              /* index, -1 for a PF */
	/* Of a PF: its VFs by index, NULL where the record has not told of one yet; how many there
	 * are, and how many of them somebody can fire. */
	struct world_fn **by_vf;
	size_t vf_room, vfs, armed;
	char device[10]; /* "1b36:0010" */
	uint32_t class_code;
	struct bar bar[PCI_BARS];
	char engine[16];

	struct cfg cfg; /* the last whole config space */
	bool has_msix, has_flr;
	bool taken;                              /* a driver was seen to have it, at any time */
	bool gone;                               /* the last look found no function */
	struct msix msix, msix_prev;             /* the last two sightings of the capability */
	unsigned long msix_line, msix_prev_line; /* 0: never */

	struct blob table, table_prev;
	unsigned table_size, table_prev_size; /* Table Size when they were read */
	struct blob pba, pba_prev;

	char driver[32]; /* "" for none; "?" before it was seen */
	bool vfio_open;
	unsigned vfio_open_size; /* Table Size when it was opened */
	unsigned vfio_enabled;   /* vectors enabled through VFIO */
	bool in_guest;           /* an inner guest has it, whose VMM enables what it will */
	unsigned allocated; /* vectors that the probe driver was given, and had before the last act:
			     */
	unsigned had_allocated;

	/* The last act on this function that succeeded, and whether another was done since. */
	enum act last_act;
	char last_reset[8]; /* method of the last reset: "flr", "sysfs", "vfio", "vfe", or "" */
	unsigned long last_line;
	bool untouched; /* nothing wrote to table, masks or config since last_act */

	/* Resizing. */
	bool resized_held;   /* ... while a driver had it, which it allocated vectors before */
	int want, got;       /* of the last resize, -1 before */
	int resize_res;      /* its errno */
	bool resize_pending; /* assigned, and not yet due to show in this model */
	unsigned largest;    /* largest Table Size seen */

	/* The NVMe secondary controller, as it was seen or must be after what was done since. */
	bool online, online_known;
	int sec_vq, sec_vi; /* -1: not known */
	int sec_cntlid;     /* -1: never seen */

	bool loaded;             /* an I/O job runs on it */
	unsigned long fire_line; /* where a vector of it was last fired; 0 never */

	/* Acts that failed, bits 1 << enum act, as long as none of the kind succeeds; how and
	 * where. */
	unsigned long long failed, succeeded;
	int failed_res[ACT_COUNT];
	unsigned long failed_line[ACT_COUNT];

	/* Message Control as the device answered it, by its own account: since the last look but
	 * one, and since the last. */
	bool answered, answers;
	unsigned answer, answering;

	struct track track; /* what was done between two looks */
};

/* Actions of the Virtualization Management command (NVMe 2.1, 5.2.6). */
enum virt_mgmt {
	VIRT_MGMT_PRIMARY = 1,
	VIRT_MGMT_OFFLINE = 7,
	VIRT_MGMT_ASSIGN = 8,
	VIRT_MGMT_ONLINE = 9,
};

enum model { MODEL_UNKNOWN, MODEL_NONE, MODEL_VFE, MODEL_RST, MODEL_IMM };

struct world {
	json_t *header; /* body of the header event */
	bool still; /* a picture: functions as they are found in a dump, and nothing is done to any
		     */
	struct {
		char kind[16];
		bool remapping, translation;
	} iommu;
	unsigned kernel; /* major << 8 | minor, 0 unknown */
	enum model model;
	char backend[8]; /* "nvme", "sysfs", "none", "" before probing */
	unsigned pool_total, size_min, size_max;
	bool vfio_opened, vfio_refused;  /* some function, with EPERM */
	bool held_resized, held_refused; /* one that a driver has: it was, and it was with EBUSY */
	bool varied;                     /* Table Size of some function has changed */
	bool probe_missing, guest_missing; /* a look found no such thing here */
	int unsafe;                        /* allow_unsafe_interrupts, -1 before it was seen */

	char suite[32], scenario[96];
	unsigned long begin_line;
	unsigned long seq; /* counts events */

	enum act open_act; /* an act that has no done yet */
	char open_fn[16];
	unsigned long open_line;
	json_t *open_body;

	/* The attack under way: the last shot, until its watch was seen. */
	bool shot_open;
	bool shot_watched; /* ... and it was */
	bool shot_reset; /* its function was reset since a control of it was last delivered, and not
			    fired */
	json_t *shot;    /* body of its done event */
	/* Positive controls that were delivered in this scenario, by the function that fired. */
	char control_fn[16];
	unsigned long control_line;
	int control_entry;
	/* A vector without a handler is told of ten times in five seconds (printk_ratelimited()):
	 * after that, or a burst that was, no line proves nothing until then. Microseconds of the
	 * record. */
	int64_t untold_until;
	size_t unhandled; /* such lines since: */
	int64_t unhandled_since;

	/* What somebody outside of the machine tells of it. */
	struct {
		bool told;
		char by[16];
		bool requests, dma, faults, managing; /* what he sees at all */
		int remapping, translation;           /* as the IOMMU was told; -1 unknown */
		json_t *request, *managed;            /* of the last act: arrays of such lines */
	} witness;

	size_t nfn;
	struct world_fn **fn;
	struct fn_index by_name;
};

struct world *world_new(void);
void world_free(struct world *w);
/* Absorbs @event; returns the function it is about, or NULL. */
struct world_fn *world_absorb(struct world *w, const struct event *event);
struct world_fn *world_find(const struct world *w, const char *fn);
/* VF @vf of @pf, or NULL. */
struct world_fn *world_vf(const struct world_fn *pf, long long vf);
/* Can somebody fire its vectors? */
bool is_armed(const struct world_fn *fn);
/* Bit k of a Pending Bit Array as it was read. */
bool pba_bit(const struct blob *pba, unsigned k);
/* Entry @k of a table as it was read; false when it was not. */
bool table_entry(const struct blob *table, unsigned k, struct msix_entry *entry);

#endif
