/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The linux target: functions of this machine, reached through sysfs, libpci, VFIO and the NVMe
 * character device. This header is private to lib/target/linux/; the rest of the program uses
 * target_linux_ops.
 *
 * A suite runs each test in a forked child that inherits the target. What a child changes about
 * the machine outdates what its parent and its later siblings have cached, so the caches carry
 * the number of the epoch they were filled in, and that number lives in memory that all share.
 */
#ifndef VFWALK_TARGET_LINUX_H
#define VFWALK_TARGET_LINUX_H

#include <limits.h>
#include <stdatomic.h>

#include <vfwalk/target.h>

struct pci_access;
struct pci_dev;
struct linux_nvme;   /* nvme.c */
struct linux_engine; /* engine.c */
struct linux_load;   /* load.c */
struct linux_inner;  /* inner.c */

/* A mapping of one BAR: of resourceN in sysfs, or of a VFIO region. */
struct linux_map {
	void *addr; /* NULL: not mapped */
	size_t len;
};

/* What is cached about a function; of no worth once @epoch is not the current one. */
struct linux_fn {
	struct linux_fn *next;
	struct bdf fn;
	unsigned epoch;
	uint64_t identity; /* of its directory in sysfs; 0: it was not there */
	uint64_t checked_us;
	struct pci_dev *dev;
	bool decodes;   /* memory, in this epoch */
	unsigned pmcsr; /* its offset in config space; 0: nobody puts the function to sleep */
	struct linux_map bar[PCI_BARS];
};

/* A function that is open in VFIO: its container, group and device, all its own. */
struct linux_vfio {
	struct linux_vfio *next;
	struct bdf fn;
	int container, group, device;
	struct linux_map bar[PCI_BARS];
	int *event; /* an eventfd for each vector that one was made for, else -1 */
	unsigned nevent;
	unsigned enabled;            /* vectors that the kernel was last told of, from 0 */
	struct linux_engine *engine; /* NULL: not started */
};

/* Remapping units that are looked at: a big server has one for each root complex. */
#define LINUX_DMAR_UNITS 16

struct linux_target {
	struct bdf pf;
	struct pci_access *pci;
	atomic_uint *epoch; /* shared with forked children */
	struct linux_fn *fns;
	struct linux_vfio *vfios;
	int kmsg;                                  /* /dev/kmsg, or -1 */
	volatile uint32_t *fsts[LINUX_DMAR_UNITS]; /* fault status registers, or NULL */
	bool fsts_tried;
	enum resize_backend backend;
	struct linux_nvme *nvme; /* NULL until the backend needs it */
	struct linux_load *loads;
	struct linux_inner *inners;
};

static inline struct linux_target *linux_of(struct target *t)
{
	return t->priv;
}

/* --- sysfs.c --- */

/* Writes "/sys/bus/pci/devices/<fn>[/<attr>]" into @path (PATH_MAX bytes) and returns it. */
char *linux_path(char path[static PATH_MAX], struct bdf fn, const char *attr);
/* Does the function have a directory in sysfs now? */
bool linux_present(struct bdf fn);
/* Reads a text file without its last newline; its length, or a negative errno. */
ssize_t linux_read_text(const char *path, char *buf, size_t size);
/* Writes @text with one write(2); the bytes taken, or a negative errno. */
ssize_t linux_write_text(const char *path, const char *text);
/* Reads an attribute that holds one number (decimal, or hex with 0x). */
int linux_read_number(struct bdf fn, const char *attr, unsigned long *value);
/* The last component of a symbolic link of the function: its length, or a negative errno. */
ssize_t linux_read_link(struct bdf fn, const char *attr, char *buf, size_t size);
/* Name of the first entry of a directory of the function, as "nvme" holds "nvme0": 0, or -ENOENT.
 */
int linux_child(struct bdf fn, const char *dir, char *name, size_t size);
/* Class code, 24 bits (base class, sub-class, programming interface), from sysfs. */
int linux_class(struct bdf fn, uint32_t *class);
#define LINUX_CLASS_NVME 0x010802u

int linux_attr_mode(struct target *t, struct bdf fn, const char *attr);
ssize_t linux_attr_read(struct target *t, struct bdf fn, const char *attr, char *buf, size_t size);
ssize_t linux_attr_write(struct target *t, struct bdf fn, const char *attr, const char *text);

/* --- race.c --- */

int linux_race(struct target *t, struct target_race *race);
int linux_answers(struct target *t);

/*
 * Polling: waits a little longer each time, from 50 us to 10 ms, until the deadline.
 *	for (linux_wait_begin(&wait, 1000); !done();)
 *		if (!linux_wait(&wait)) return -ETIMEDOUT;
 */
struct linux_wait {
	uint64_t deadline_us;
	unsigned pause_us;
};
void linux_wait_begin(struct linux_wait *wait, unsigned ms);
/* False when the deadline has passed; otherwise pauses first. */
bool linux_wait(struct linux_wait *wait);
/* CLOCK_MONOTONIC in microseconds. */
uint64_t linux_now_us(void);

/* --- functions.c: which functions there are, and their state --- */

/* Finds the PF to walk: @want, or the first with a resize backend, else the first. */
int linux_find_pf(const struct target_options *options, struct bdf *pf);
/* The function's entry in the cache, of the current epoch; NULL without memory. */
struct linux_fn *linux_fn(struct linux_target *l, struct bdf fn);
/* Outdates all that is cached about functions, in every process. */
void linux_outdate(struct linux_target *l);
void linux_fns_free(struct linux_target *l);

struct bdf linux_pf(struct target *t);
int linux_vf(struct target *t, unsigned index, struct bdf *vf);
/* The index of a VF, from its address; -ENODEV for another function. It need not be enabled. */
int linux_vf_index(struct target *t, struct bdf fn);
/*
 * Is a VF open in VFIO here (says which)? Removing it would wait for its last user, which is
 * this very process.
 */
bool linux_vfs_open(struct target *t);
int linux_numvfs(struct target *t);
int linux_set_numvfs(struct target *t, unsigned count);
int linux_autoprobe(struct target *t);
int linux_set_autoprobe(struct target *t, bool on);
int linux_state(struct target *t, struct bdf fn, struct target_state *state);

/* --- in_use.c --- */

int linux_in_use(struct target *t, struct bdf fn, char *why, size_t size);

/* --- config.c --- */

ssize_t linux_cfg_read(struct target *t, struct bdf fn, unsigned off, void *buf, size_t len);
int linux_cfg_write(struct target *t, struct bdf fn, unsigned off, unsigned width, uint32_t value);

/* --- mmio.c --- */

int linux_bars(struct target *t, struct bdf fn, struct bar bar[static PCI_BARS]);
int linux_mmio_read(struct target *t, struct bdf fn, unsigned bar, uint64_t off, unsigned width,
		    uint64_t *value);
int linux_mmio_write(struct target *t, struct bdf fn, unsigned bar, uint64_t off, unsigned width,
		     uint64_t value);
/* Unmaps every BAR of @bar. */
void linux_unmap(struct linux_map bar[static PCI_BARS]);

/* --- refused.c --- */

/*
 * Makes an access of @width at @at in device memory, with @value as its source or target: 0, or
 * -EIO when the device refused it and the machine tells.
 */
int linux_try_access(void (*access)(volatile void *at, unsigned width, uint64_t *value),
		     volatile void *at, unsigned width, uint64_t *value);

/* --- reset.c --- */

int linux_reset(struct target *t, struct bdf fn, enum reset_method method, uint64_t *us);
void linux_sleep_ms(unsigned ms);

/* --- reset_pf.c --- */

/* Resets what is below the bridge above the PF; -EOPNOTSUPP where that is not it and its VFs only.
 */
int linux_reset_bus(struct target *t, struct bdf fn, uint64_t *begin);
int linux_reset_controller(struct target *t, struct bdf fn);
int linux_cfg_restore(struct target *t, struct bdf fn, const struct cfg *saved);

/* --- driver.c --- */

int linux_driver(struct target *t, struct bdf fn, char name[static TARGET_NAME_LEN]);
int linux_bind(struct target *t, struct bdf fn, const char *driver);
int linux_queues(struct target *t, struct bdf fn);
int linux_unbind(struct target *t, struct bdf fn);
int linux_set_override(struct target *t, struct bdf fn, const char *driver);
int linux_iommu_group(struct target *t, struct bdf fn, char *domain, size_t size);
bool linux_unsafe_interrupts(struct target *t);

/* --- scan.c --- */

/* Waits until a VF that was just bound to nvme is at rest: two seconds at most. */
void linux_wait_scanned(struct bdf fn);

/* --- irqs.c --- */

int linux_msi_irqs(struct target *t, struct bdf fn, int *irq, size_t max);
int linux_interrupts(struct target *t, struct irq_table *table);

/* --- probe.c: through the kernel module vfwalk_probe --- */

int linux_alloc(struct target *t, struct bdf fn, const struct alloc_request *request);
int linux_alloc_at(struct target *t, struct bdf fn, unsigned index);
int linux_free_vectors(struct target *t, struct bdf fn);
int linux_vec_count(struct target *t, struct bdf fn);
int linux_irq_vector(struct target *t, struct bdf fn, unsigned index);
int linux_request_vector(struct target *t, struct bdf fn, unsigned index);
int linux_release_vector(struct target *t, struct bdf fn, unsigned index);
int linux_vector_count(struct target *t, struct bdf fn, unsigned index, uint64_t *count);
int linux_inject(struct target *t, struct bdf fn, unsigned index);

/* --- resize.c, resize_sysfs.c --- */

/* The backend, found out once: what a PF can do does not change under a run. */
enum resize_backend linux_backend(struct target *t);
int linux_resize_caps(struct target *t, struct resize_caps *caps);
int linux_resize(struct target *t, struct bdf vf, unsigned want, int *got, uint64_t *us);
int linux_size(struct target *t, struct bdf vf);
int linux_pool_free(struct target *t);

int linux_sysfs_caps(struct target *t, struct resize_caps *caps);
int linux_sysfs_resize(struct target *t, struct bdf vf, unsigned want, int *got, uint64_t *us);
int linux_sysfs_size(struct target *t, struct bdf vf);
int linux_sysfs_pool_free(struct target *t);

/* --- nvme.c, resize_nvme.c: the PF is an NVMe controller --- */

/* -EOPNOTSUPP, with the reason in @caps->why, where it does not manage virtualization. */
int linux_nvme_caps(struct target *t, struct resize_caps *caps);
int linux_nvme_resize(struct target *t, struct bdf vf, unsigned want, int *got, uint64_t *us);
int linux_nvme_size(struct target *t, struct bdf vf);
int linux_nvme_pool_free(struct target *t);
int linux_nvme_primary(struct target *t, struct nvme_primary *primary);
int linux_nvme_secondary(struct target *t, struct nvme_secondary *list, size_t max);
int linux_nvme_virt_mgmt(struct target *t, const struct nvme_virt_mgmt *cmd, uint32_t *dw0);
/* Frees linux_target.nvme. */
void linux_nvme_close(struct linux_target *l);

/* --- vfio.c, vfio_irqs.c --- */

/* The open device of @fn, or NULL. */
struct linux_vfio *linux_vfio_find(struct linux_target *l, struct bdf fn);
/* Maps a whole BAR, the MSI-X Table included; the mapping lasts until vfio_close(). */
int linux_vfio_map_bar(struct linux_vfio *v, unsigned bar, void **addr, size_t *len);
/* Maps memory for the device's DMA, for reading and writing, until vfio_close(). */
int linux_vfio_dma_map(struct linux_vfio *v, void *va, uint64_t iova, size_t len);
int linux_vfio_dma_unmap(struct linux_vfio *v, uint64_t iova, size_t len);
void linux_vfio_close_all(struct target *t);

int linux_vfio_open(struct target *t, struct bdf fn);
int linux_vfio_close(struct target *t, struct bdf fn);
int linux_vfio_info(struct target *t, struct bdf fn, struct vfio_info *info);
ssize_t linux_vfio_read(struct target *t, struct bdf fn, unsigned region, uint64_t off, void *buf,
			size_t len);
ssize_t linux_vfio_write(struct target *t, struct bdf fn, unsigned region, uint64_t off,
			 const void *buf, size_t len);
ssize_t linux_vfio_map_read(struct target *t, struct bdf fn, unsigned region, uint64_t off,
			    void *buf, size_t len);
int linux_vfio_reset(struct linux_vfio *v);

int linux_vfio_irqs(struct target *t, struct bdf fn, unsigned start, unsigned count);
int linux_vfio_events(struct target *t, struct bdf fn, uint64_t *count, size_t max);
void linux_vfio_irqs_free(struct linux_vfio *v);

/* --- engine.c: fires vectors of a function that is open in VFIO --- */

const char *linux_engine(struct target *t, struct bdf fn);
int linux_engine_start(struct target *t, struct bdf fn);
int linux_engine_stop(struct target *t, struct bdf fn);
int linux_engine_leave(struct target *t, struct bdf fn);
int linux_engine_queue(struct target *t, struct bdf fn, unsigned vector);
int linux_engine_fire(struct target *t, struct bdf fn, unsigned vector);
int linux_engine_cc_enable(struct target *t, struct bdf fn, bool on);
int linux_engine_csts(struct target *t, struct bdf fn, uint32_t *csts, uint32_t *cc);
int linux_canary(struct target *t, struct bdf fn, uint64_t *iova);
int linux_canary_written(struct target *t, struct bdf fn);
/* Frees @v->engine; called before the device is closed. */
void linux_engine_free(struct linux_vfio *v);

/* --- load.c --- */

int linux_load_start(struct target *t, struct bdf fn, bool write, unsigned depth);
int linux_load_stop(struct target *t, struct bdf fn, struct load_result *result);
/* Ends the jobs that still run and frees linux_target.loads. */
void linux_load_close(struct linux_target *l);

/* --- inner.c --- */

int linux_guest_start(struct target *t, struct bdf fn);
int linux_guest_look(struct target *t, struct bdf fn, struct guest_view *view);
int linux_guest_vectors(struct target *t, struct bdf fn);
int linux_guest_stop(struct target *t, struct bdf fn);
/* Ends the guests that still run and frees linux_target.inners. */
void linux_guest_close(struct linux_target *l);

/* --- klog.c, dmar.c: witnesses --- */

int linux_klog_open(struct linux_target *l);
int linux_klog(struct target *t, target_klog_fn *line, void *ctx);
int linux_taint(struct target *t, uint64_t *flags);
int linux_fault_status(struct target *t, uint32_t *fsts);
void linux_fault_status_close(struct linux_target *l);
/* Calls @line for every line that the kernel's log still holds, from the oldest. */
int linux_klog_all(target_klog_fn *line, void *ctx);

#endif
