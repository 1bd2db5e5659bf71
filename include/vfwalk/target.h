/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A target is where functions live. `linux` is this machine, `sim` a model device in the process.
 * The rest of the program cannot tell them apart: it reaches either through struct target_ops.
 *
 * Operations return 0 (or a count) or a negative errno. -EOPNOTSUPP means that this target or
 * device has no such thing. An operation that fails says why in one line on stderr only where the
 * errno alone would not (a vfio group that is not viable), through warnx(3).
 */
#ifndef VFWALK_TARGET_H
#define VFWALK_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <vfwalk/inner.h>
#include <vfwalk/pci.h>
#include <vfwalk/witness.h>

#define TARGET_NAME_LEN 32

struct target;

struct target_options {
	const char *pf;  /* address, or NULL: the first PF with a resize backend, else the first */
	const char *sim; /* comma separated sim options, or NULL */
	bool claim;      /* acting on functions is allowed */
	bool scratch;    /* data on the functions' media may be overwritten */
	/* How the user asks for the sim target, for messages; NULL: --target sim. */
	const char *ask_sim;
};

/* What the header of the record says about the machine. */
struct target_machine {
	char kernel[128];
	char arch[16];
	unsigned cpus;          /* online */
	unsigned possible_cpus; /* that there could ever be: what the kernel spreads interrupts over
				 */
	unsigned page_size;
	char qemu[64]; /* empty when not under QEMU or not known */
	char accel[16];
	char cmdline[512];
	char iommu[16]; /* "intel", "amd", "smmu", "virtio", "none" */
	bool remapping;
	bool translation;
};

/* What a function was like: recorded before the first act, put back after the last. */
struct target_state {
	char driver[TARGET_NAME_LEN]; /* empty: none */
	char override[TARGET_NAME_LEN];
	unsigned numvfs; /* PF */
	bool autoprobe;  /* PF */
	int size;        /* VF: assigned vectors, -1 unknown */
	int queues;      /* VF: assigned queues, -1 unknown */
	bool online;     /* VF */
	int flexible;    /* PF: flexible interrupt resources of its own, -1 unknown */
};

/*
 * Ways to reset. RESET_FLR, RESET_BUS, RESET_D3 and RESET_CC are done by hand and save nothing;
 * RESET_BUS (of the secondary bus that the PF is on) and RESET_CC (CC.EN of its controller, through
 * its driver) are for PFs.
 */
enum reset_method {
	RESET_FLR,
	RESET_SYSFS,
	RESET_VFIO,
	RESET_VFE,
	RESET_BUS,
	RESET_D3,
	RESET_CC,
};

/* --- resizing --- */

enum resize_backend { BACKEND_NONE, BACKEND_NVME, BACKEND_SYSFS };

struct resize_caps {
	enum resize_backend backend;
	char why[128];     /* when there is none */
	unsigned total;    /* vectors of the pool */
	unsigned min, max; /* for one VF */
	unsigned granularity;
	bool max_open; /* nobody tells : it is no more than what the pool has */
};

/* Primary Controller Capabilities (NVMe 2.1, Figure 329; CNS 14h) and OACS of Identify Controller.
 */
struct nvme_primary {
	uint16_t cntlid, oacs;
	uint32_t vqfrt, vqrfa;
	uint16_t vqrfap, vqprt, vqfrsm, vqgran;
	uint32_t vifrt, virfa;
	uint16_t virfap, viprt, vifrsm, vigran;
};

/* One entry of the Secondary Controller List (CNS 15h). */
struct nvme_secondary {
	uint16_t cntlid, vfn;
	bool online;
	uint16_t vq, vi;
};

/* A Virtualization Management command (NVMe 2.1, 5.2.6), as sent; nothing is checked first. */
struct nvme_virt_mgmt {
	uint8_t action;
	uint8_t resource;
	uint16_t cntlid;
	uint16_t nr;
};

/* --- interrupts --- */

struct irq_row {
	int irq;       /* Linux interrupt number; -1 for the named rows (NMI, SPU, ERR) */
	char name[64]; /* action names, or the row's label */
	struct bdf fn; /* whose vector it is, where @vector >= 0 */
	int vector;
	char affinity[32]; /* effective, as a CPU list */
	unsigned ncpu;
	uint64_t *cpu; /* counts, one a CPU */
};

struct irq_table {
	size_t len;
	struct irq_row *row;
};

/* --- what an IOMMU reported --- */

struct iommu_fault {
	bool interrupt; /* else DMA */
	bool write;
	struct bdf source;
	uint64_t addr;
	int index;       /* of the interrupt remapping table, -1 unknown */
	unsigned reason; /* as the vendor numbers it: fault reason, event flags, event number */
};

/* Where the reading of reports stands: an SMMU's are of several lines. */
struct iommu_fault_reader {
	char unit[64];   /* the device that reports */
	unsigned wanted; /* numbers of its record that are still to come */
	unsigned event;
	uint64_t quad[4];
	bool has_last; /* the next lines may tell more of this one */
	struct iommu_fault last;
};

/* --- VFIO --- */

struct vfio_region {
	unsigned index;
	uint64_t size;
	uint32_t flags;
	bool msix_mappable;
};

struct vfio_info {
	unsigned intx, msi, msix; /* counts of VFIO_DEVICE_GET_IRQ_INFO */
	uint32_t msix_flags;
	bool reset;
	size_t nregion;
	struct vfio_region region[9];
};

/* --- the probe driver --- */

/* A driver for tests: it allocates what it is told to, through the calls that any driver has. */
#define PROBE_DRIVER "vfwalk_probe"

/* What an allocation may try, in this order; the kernel's PCI_IRQ_*. */
#define ALLOC_MSIX     4u
#define ALLOC_MSI      2u
#define ALLOC_INTX     1u
#define ALLOC_AFFINITY 8u /* spread over the CPUs, but for pre and post */

struct alloc_request {
	unsigned min, max, flags;
	unsigned pre, post; /* vectors at either end that are not spread */
	const char *wish; /* of which driver this is, or NULL; and the queues that its device has */
	unsigned queues;
};

/* --- an inner guest --- */

struct guest_view {
	bool refused;  /* the VMM did not take the function: */
	char why[160]; /* ... in its words */
	bool absent;   /* nothing answers where the guest has it */
	uint16_t vendor, device;
	unsigned size;              /* Table Size as the guest reads it, 0 without MSI-X */
	uint8_t msix[MSIX_CAP_LEN]; /* the capability */
	uint64_t bar[PCI_BARS];     /* sizes */
	/* As far as a BAR in the guest holds them: the first entries, and all Pending bits. */
	uint8_t table[INNER_ENTRIES * MSIX_ENTRY_SIZE], pba[MSIX_MAX_SIZE / 8];
	size_t table_len, pba_len;
};

/* --- load --- */

struct load_result {
	uint64_t read_bytes, write_bytes;
	uint64_t io_errors, verify_errors;
	unsigned queues;
};

/* Callback for one new line of the kernel's log, without its prefix and newline. */
typedef void target_klog_fn(void *ctx, const char *line);
typedef void target_witness_fn(void *ctx, const struct witness_event *event);

/* What one of two writers does: a write of a file, by its path in the function's directory. */
struct race_side {
	struct bdf fn;
	/* Writes an entry of the table over and over, unmasked, until the other side has returned:
	 */
	bool table;
	unsigned bar;
	uint64_t off; /* of the entry, in that BAR */
	struct msix_entry forged;
	unsigned writes; /* how often it did */
	/* ... or: */
	const char *attr, *value; /* @attr NULL: resizes to @want through the backend */
	unsigned want;
	int res; /* -ETIMEDOUT: it has not returned */
	/* Microseconds, by one clock for both; -1: it never began, or has not returned. */
	int64_t begin_us, end_us;
};

/* Two writers at the same time, a process each. */
struct target_race {
	struct race_side side[2];
	int64_t offset_us; /* how much later than the first the second begins; may be negative */
};

struct target_ops {
	const char *name;

	int (*open)(struct target *t, const struct target_options *options);
	void (*close)(struct target *t);
	int (*machine)(struct target *t, struct target_machine *machine);

	/* Functions. pf() is the chosen PF; vfs enumerate by index below numvfs(). */
	struct bdf (*pf)(struct target *t);
	int (*vf)(struct target *t, unsigned index, struct bdf *vf);
	int (*numvfs)(struct target *t);
	int (*set_numvfs)(struct target *t, unsigned count);
	int (*autoprobe)(struct target *t);
	int (*set_autoprobe)(struct target *t, bool on);
	int (*state)(struct target *t, struct bdf fn, struct target_state *state);
	/* Why @fn must not be touched (mounted block device, interface that is up): 0, or -EBUSY
	 * with one line in @why. */
	int (*in_use)(struct target *t, struct bdf fn, char *why, size_t size);

	/* PCI. Config reads return the number of bytes. MMIO is relative to a BAR of the function.
	 */
	ssize_t (*cfg_read)(struct target *t, struct bdf fn, unsigned off, void *buf, size_t len);
	int (*cfg_write)(struct target *t, struct bdf fn, unsigned off, unsigned width,
			 uint32_t value);
	int (*bars)(struct target *t, struct bdf fn, struct bar bar[static PCI_BARS]);
	int (*mmio_read)(struct target *t, struct bdf fn, unsigned bar, uint64_t off,
			 unsigned width, uint64_t *value);
	int (*mmio_write)(struct target *t, struct bdf fn, unsigned bar, uint64_t off,
			  unsigned width, uint64_t value);
	/* @us: microseconds until config space answered again. RESET_VFIO needs vfio_open(). */
	int (*reset)(struct target *t, struct bdf fn, enum reset_method method, uint64_t *us);
	/* Writes config space of a PF back as @saved has it, which a reset by hand has wiped; VF
	 * Enable is cleared first and set again, with NumVFs as there. */
	int (*cfg_restore)(struct target *t, struct bdf fn, const struct cfg *saved);

	/* The kernel's view. bind() uses driver_override, so that it works with autoprobe off. */
	int (*driver)(struct target *t, struct bdf fn, char name[static TARGET_NAME_LEN]);
	int (*bind)(struct target *t, struct bdf fn, const char *driver);
	/* Queues of the driver, the admin queue with them; -EOPNOTSUPP where it does not tell. */
	int (*queues)(struct target *t, struct bdf fn);
	int (*unbind)(struct target *t, struct bdf fn);
	int (*set_override)(struct target *t, struct bdf fn, const char *driver);
	int (*iommu_group)(struct target *t, struct bdf fn, char *domain, size_t size);
	bool (*unsafe_interrupts)(struct target *t);
	/* A file in the function's sysfs directory: its mode (-ENOENT without it), its text. */
	int (*attr_mode)(struct target *t, struct bdf fn, const char *attr);
	ssize_t (*attr_read)(struct target *t, struct bdf fn, const char *attr, char *buf,
			     size_t size);
	ssize_t (*attr_write)(struct target *t, struct bdf fn, const char *attr, const char *text);
	/*
	 * Has both sides of @race do what they do. -ETIMEDOUT where one did not
	 * return in time: it never may, and whoever asks for the PF after it waits as well.
	 */
	int (*race)(struct target *t, struct target_race *race);
	/* -ETIMEDOUT where the PF's files do not answer, as a race may have left them. */
	int (*answers)(struct target *t);
	/* Entries of msi_irqs: their number (0 without the directory); up to @max in @irq, in
	 * the order of vectors. */
	int (*msi_irqs)(struct target *t, struct bdf fn, int *irq, size_t max);
	/* All of /proc/interrupts; free with irq_table_free(). */
	int (*interrupts)(struct target *t, struct irq_table *table);

	/* Resizing. resize() goes through the whole documented flow of the backend; @got is what
	 * was really assigned, read back. size() reads the assignment, not Table Size. */
	int (*resize_caps)(struct target *t, struct resize_caps *caps);
	int (*resize)(struct target *t, struct bdf vf, unsigned want, int *got, uint64_t *us);
	int (*size)(struct target *t, struct bdf vf);
	/* Vectors not assigned to anybody; -EOPNOTSUPP where the backend cannot tell. */
	int (*pool_free)(struct target *t);

	/* NVMe, where the PF is a controller with virtualization enhancements. */
	int (*nvme_primary)(struct target *t, struct nvme_primary *primary);
	/* The number of entries; up to @max in @list. */
	int (*nvme_secondary)(struct target *t, struct nvme_secondary *list, size_t max);
	/* Returns SCT << 8 | SC, 0 for success, or a negative errno when it was not sent. */
	int (*nvme_virt_mgmt)(struct target *t, const struct nvme_virt_mgmt *cmd, uint32_t *dw0);

	/* VFIO: one open device per function; -EBADF when it is not open. */
	int (*vfio_open)(struct target *t, struct bdf fn);
	int (*vfio_close)(struct target *t, struct bdf fn);
	int (*vfio_info)(struct target *t, struct bdf fn, struct vfio_info *info);
	/* VFIO_DEVICE_SET_IRQS for MSI-X with eventfds; @count 0 disables. Returns what it did. */
	int (*vfio_irqs)(struct target *t, struct bdf fn, unsigned start, unsigned count);
	ssize_t (*vfio_read)(struct target *t, struct bdf fn, unsigned region, uint64_t off,
			     void *buf, size_t len);
	ssize_t (*vfio_write)(struct target *t, struct bdf fn, unsigned region, uint64_t off,
			      const void *buf, size_t len);
	/* Reads a region through mmap(2), in DWORDs. */
	ssize_t (*vfio_map_read)(struct target *t, struct bdf fn, unsigned region, uint64_t off,
				 void *buf, size_t len);
	/* Takes what each eventfd counted since the last call: up to @max, returns how many. */
	int (*vfio_events)(struct target *t, struct bdf fn, uint64_t *count, size_t max);

	/*
	 * The probe driver of a function that is bound to it: the kernel's calls one for one, with
	 * their results. -EOPNOTSUPP: there is no probe driver here, or this kernel has no such
	 * call; -EBADF: @fn is not bound to it.
	 */
	/* pci_alloc_irq_vectors_affinity(): the number of vectors, or its error. */
	int (*alloc)(struct target *t, struct bdf fn, const struct alloc_request *request);
	/* pci_msix_alloc_irq_at(): the interrupt, or its error. */
	int (*alloc_at)(struct target *t, struct bdf fn, unsigned index);
	/* pci_free_irq_vectors(). */
	int (*free_vectors)(struct target *t, struct bdf fn);
	/* request_irq() of a vector, with a handler that counts, and free_irq(). */
	int (*request_vector)(struct target *t, struct bdf fn, unsigned index);
	int (*release_vector)(struct target *t, struct bdf fn, unsigned index);
	/* How often the handler of a vector ran since it was requested. */
	int (*vector_count)(struct target *t, struct bdf fn, unsigned index, uint64_t *count);
	/* irq_inject_interrupt(): the kernel raises the interrupt of a vector, not the device. */
	int (*inject)(struct target *t, struct bdf fn, unsigned index);
	/* pci_msix_vec_count() and pci_irq_vector(). */
	int (*vec_count)(struct target *t, struct bdf fn);
	int (*irq_vector)(struct target *t, struct bdf fn, unsigned index);

	/*
	 * An inner guest that is given @fn, which vfio-pci has and nobody has opened. start()
	 * returns 0 once the guest runs or the VMM has refused the function, which look() tells;
	 * look() asks a guest that runs to look anew. -EOPNOTSUPP: there is no inner guest here;
	 * -EBADF: none runs with @fn; -ETIMEDOUT: it hangs, or did not end and was killed;
	 * -EPROTO: the VMM crashed, or the guest is not itself; -EPIPE: it is gone.
	 */
	int (*guest_start)(struct target *t, struct bdf fn);
	int (*guest_look)(struct target *t, struct bdf fn, struct guest_view *view);
	/* Has it enable MSI-X, with every entry that it counts programmed and unmasked. */
	int (*guest_vectors)(struct target *t, struct bdf fn);
	int (*guest_stop)(struct target *t, struct bdf fn);

	/* Engine: fires vectors of a function that is open in VFIO with its vectors enabled. */
	const char *(*engine)(struct target *t, struct bdf fn);
	int (*engine_start)(struct target *t, struct bdf fn);
	int (*engine_stop)(struct target *t, struct bdf fn);
	/* Forgets the function as it is, as a process that dies does: enabled, with its queues. */
	int (*engine_leave)(struct target *t, struct bdf fn);
	/* Creates the completion queue for @vector; returns the command's status like
	 * nvme_virt_mgmt(). */
	int (*engine_queue)(struct target *t, struct bdf fn, unsigned vector);
	/* 0 once the device posted the completion behind it; -ETIMEDOUT when it did not. */
	int (*engine_fire)(struct target *t, struct bdf fn, unsigned vector);
	/* CC.EN of the engine's controller; and CSTS and CC as they read now. */
	int (*engine_cc_enable)(struct target *t, struct bdf fn, bool on);
	int (*engine_csts)(struct target *t, struct bdf fn, uint32_t *csts, uint32_t *cc);
	/* IOVA of a page that is mapped for @fn and filled with a pattern, for DMA shots; and
	 * whether the pattern has changed since the last call (1, 0), restoring it. */
	int (*canary)(struct target *t, struct bdf fn, uint64_t *iova);
	int (*canary_written)(struct target *t, struct bdf fn);

	/* Witnesses. klog() delivers what was logged since the last call. */
	int (*klog)(struct target *t, target_klog_fn *line, void *ctx);
	/* The bits of /proc/sys/kernel/tainted. */
	int (*taint)(struct target *t, uint64_t *flags);
	/* DMAR fault status registers, or -EOPNOTSUPP where they cannot be read. */
	int (*fault_status)(struct target *t, uint32_t *fsts);

	/*
	 * A model's own account of what its IOMMU and devices do: what it covers, and what came to
	 * it since the last time. Of what functions answered it tells the last answer of @looked
	 * alone, which may be NULL.
	 */
	int (*witness)(struct target *t, struct witness_scope *scope);
	void (*account)(struct target *t, const struct bdf *looked, target_witness_fn *tell,
			void *ctx);

	/* A verifying I/O job on the function's block device (fio); one per function at a time.
	 * start() returns at once; stop() waits for the job's end. */
	int (*load_start)(struct target *t, struct bdf fn, bool write, unsigned depth);
	int (*load_stop)(struct target *t, struct bdf fn, struct load_result *result);
};

struct target {
	const struct target_ops *ops;
	struct target_options options;
	void *priv;
};

extern const struct target_ops target_linux_ops;
extern const struct target_ops target_sim_ops;

/* The operations of that name, or NULL. */
const struct target_ops *target_find(const char *name);

void irq_table_free(struct irq_table *table);

/*
 * Takes the next line of the kernel's log, in the formats of Linux 6.1 and later. Returns 0 and
 * fills @fault where it completes the report of one, 1 where it tells more of the fault before:
 * @fault replaces it, and -ENOMSG when the line is something else. A @reader starts zeroed.
 */
int iommu_fault_read(struct iommu_fault_reader *reader, const char *line,
		     struct iommu_fault *fault);

const char *reset_method_name(enum reset_method method);
const char *resize_backend_name(enum resize_backend backend);

#endif
