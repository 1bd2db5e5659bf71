/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of the sim target, private to lib/target/sim/. Its parts, from the outside in:
 *
 *	sim.c      the operations of the target          options.c  parsing of the options
 *	kernel.c   drivers, save and restore            sysfs.c    attributes of functions
 *	vectors.c  how vectors are allocated            klog.c     the kernel's log
 *	irqs.c     Linux interrupts, /proc/interrupts
 *	vfio.c     the VFIO device                       load.c     I/O jobs of a bound VF
 *	engine.c, engine_igb.c  the user-space driver that fires
 *	defects.c  deliberate faults
 *	probe.c    the probe driver                     guest.c    an inner guest
 *	config.c   config space                          mmio.c     BARs
 *	msix.c     table, pending bits, messages         reset.c    FLR and VF Enable
 *	nvme.c     registers and queues                  virt.c     Virtualization Management
 *	pool.c     who has how many vectors              race.c     two writers at once
 *	iommu.c    where a message goes                  witness.c  what the model tells of it
 *	remap_intel.c, remap_own.c  interrupt remapping  faults.c   what is logged of a fault
 *
 * The kernel reaches the device only through config space and BARs, the device reaches the kernel
 * only through memory writes that the IOMMU has passed, so that a fault has the consequences that
 * it would have in a machine.
 */
#ifndef VFWALK_SIM_MODEL_H
#define VFWALK_SIM_MODEL_H

#include <stdarg.h>
#include <time.h>

#include <vfwalk/target.h>

#include "defects.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum sim_model { SIM_M_RST, SIM_M_IMM, SIM_M_VFE };
enum sim_class { SIM_CLASS_NVME, SIM_CLASS_NETWORK };

/* What fires vectors: completions in queues, or a register of causes, one for each vector. */
enum sim_engine { SIM_ENGINE_OFF, SIM_ENGINE_NVME, SIM_ENGINE_IGB };

/* The driver that the PF has; SIM_PF_OWN: what its backend needs. */
enum sim_pf { SIM_PF_OWN, SIM_PF_MLX5, SIM_PF_ICE };

#define KERNEL_6_1  (6u << 8 | 1)
#define KERNEL_6_2  (6u << 8 | 2) /* pci_msix_alloc_irq_at() */
#define KERNEL_6_5  (6u << 8 | 5) /* VFIO allocates MSI-X vectors one by one */
#define KERNEL_6_12 (6u << 8 | 12)
#define KERNEL_7_2  (7u << 8 | 2)

/* Taint: of a firmware that needed a way around it, of modules from elsewhere, of a WARN. */
#define SIM_TAINT_WARN     (1ull << 9)
#define SIM_TAINT_FIRMWARE (1ull << 11)
#define SIM_TAINT_OWN      (1ull << 12 | 1ull << 13)

enum sim_iommu { SIM_IOMMU_NONE, SIM_IOMMU_INTEL, SIM_IOMMU_AMD, SIM_IOMMU_SMMU };

struct sim_options {
	enum sim_model model;
	enum resize_backend backend;
	enum sim_class class;
	enum sim_pf pf;
	unsigned revision;
	struct bdf address;            /* of the PF */
	unsigned vfs, initial, numvfs; /* TotalVFs, InitialVFs, NumVFs at first */
	unsigned offset, stride;       /* First VF Offset and VF Stride */
	unsigned max, size, pool, queues, granularity, cpus, irqs;
	unsigned page, system_page; /* bytes */
	unsigned bar_size;          /* of VF BAR0; 0: as needed */
	bool ari;
	unsigned kernel; /* major << 8 | minor */
	bool bar32, two_bars;
	enum sim_iommu iommu;
	unsigned irt;      /* entries of an interrupt remapping table */
	unsigned loglimit; /* faults that are logged in five seconds, 0: all */
	bool remap, translation;
	bool cfi; /* Compatibility Format Interrupts pass (VT-d, 5.1.2.1) */
	enum sim_engine engine;
	bool flr, guard;
	bool limit_open;   /* nobody tells the largest size */
	bool d3_resets;    /* D3hot and back resets: No_Soft_Reset is 0 */
	bool msi, tph;     /* what VFs have beside MSI-X */
	bool probe, guest; /* there is the probe driver, an inner guest */
	bool unsafe;       /* allow_unsafe_interrupts */
	bool defect[SIM_DEFECT_COUNT];
};

/* Parses @text (NULL: all defaults); 0, or -EINVAL after a line on stderr. */
int sim_options_parse(struct sim_options *options, const char *text);

/* Where a kind of function has its structures: PFs and VFs differ. */
struct sim_layout {
	unsigned max; /* vectors there is storage for */
	struct bar bar[PCI_BARS];
	unsigned table_bir, pba_bir;
	uint32_t table_off, pba_off;
};

/* Entries that there is storage for: a few more than the largest size, for what defects do. */
#define SIM_ENTRIES(layout) ((layout)->max + 4)

/* What makes a function go back to its initial state. */
enum sim_reset {
	SIM_RESET_FLR,
	SIM_RESET_VFE,
	SIM_RESET_OFFLINE,
	SIM_RESET_ONLINE,
	SIM_RESET_BUS,
	SIM_RESET_D3,
};

struct sim;

/* An interrupt of the kernel, and the remapping entry behind it. */
struct sim_irq {
	int number;
	struct sim_fn *fn;
	unsigned vector;
	char name[64];
	unsigned cpu; /* where it is delivered */
	uint8_t apic; /* vector number on that CPU */
	int index;    /* of its remapping entry, -1 without remapping */
	struct msi_msg msg;
	bool requested;   /* has a handler */
	uint64_t from;    /* what it had counted when the probe driver asked for it */
	uint64_t *event;  /* the eventfd behind it, or NULL */
	uint64_t count[]; /* one a CPU */
};

/* A function that is open in VFIO. */
struct sim_vfio {
	unsigned table_bir; /* the table's window, as it was when the device was opened */
	uint64_t table_off;
	unsigned size;
	bool enabled;     /* MSI-X vectors are allocated */
	uint64_t *event;  /* one counter for each vector there could be */
	unsigned nevent;  /* how many have been asked for */
	uint16_t control; /* what was written to Message Control */
	bool control_set;
};

/* A guest that a function was given to. */
struct sim_guest {
	struct guest_view view;
};

/* A job that reads and writes a VF's block device. */
struct sim_load {
	bool write;
	unsigned depth;
	uint64_t completions;
	bool failed, corrupt;
};

struct sim_fn {
	struct sim *sim;
	int vf; /* index, -1 for the PF */
	struct bdf bdf;
	const struct sim_layout *layout;
	uint8_t cfg[CFG_SPACE_EXP_SIZE];
	bool answered; /* a read of Message Control, since it was last told: with */
	uint16_t answer;

	/* MSI-X. */
	unsigned size, last_size; /* Table Size, and what it was before it last changed */
	struct msix_entry *table; /* layout->max entries */
	uint64_t *pending, *held; /* bits of the PBA; events that a defect keeps from it */
	unsigned shift;           /* by which a defect has moved the PBA */
	bool ghost;               /* a pending bit that a defect shows */
	unsigned stays;           /* ... and one that it does not clear, but not 0 */
	unsigned event_vector;    /* of the last message */

	/* What it has been given of the pool. */
	unsigned vectors, queues;
	bool online;
	int latch;         /* size that the next reset shows, -1 for none */
	bool waited;       /* a defect has let one reset pass */
	unsigned assigned; /* how often it was assigned something */
	unsigned kept;     /* size that it comes back with in M-VFE */

	/* The NVMe controller. */
	uint32_t cc;
	uint16_t *cq;        /* vector of each completion queue, by its number; 0 is the admin's */
	unsigned char *made; /* which of them there are */

	/* The network adapter. */
	bool causes; /* are enabled: none is after a reset */

	/* What a defect remembers of the vectors before a shrink. */
	struct msix_entry *old;
	unsigned old_size;

	/* The kernel. */
	char driver[TARGET_NAME_LEN], override[TARGET_NAME_LEN];
	unsigned nvec; /* allocated vectors; their interrupts: */
	struct sim_irq **irq;
	unsigned seen_size;  /* Table Size when a driver was first bound */
	unsigned guest_size; /* Table Size when an inner guest was last given it, 0 never */
	unsigned hwsize;     /* Table Size when it first allocated vectors, 0 while unbound */
	unsigned io_queues;  /* of the nvme driver */
	int stale_irq;       /* one that a defect leaves behind, or -1 */
	int had_irq;         /* the first of those that it had last, and how many: for a defect */
	bool no_method;      /* all of its ways to be reset are disabled */
	bool scribbled;      /* its table was written while the kernel was at it */
	unsigned had_vectors;
	bool row_left; /* a defect has left a row of it */
	struct sim_vfio *vfio;
	struct sim_guest *guest; /* that has it */
	struct sim_load *load;

	/* The user of VFIO. */
	bool engine;
	bool canary_mapped, canary_written;

	/* What the IOMMU has had of it: writes and requests that it blocked, reports. */
	unsigned blocked, absent, faults;
};

/* An entry of Intel's interrupt remapping table (VT-d specification 4.1, 9.10). */
struct sim_irte {
	bool present;
	uint16_t source; /* the Requester ID that may use it */
	struct sim_irq *irq;
};

/* Rows of /proc/interrupts that no device has. */
enum sim_row { SIM_ROW_NMI, SIM_ROW_LOC, SIM_ROW_SPU, SIM_ROW_ERR, SIM_ROW_MIS, SIM_ROW_COUNT };

struct sim {
	struct sim_options opt;
	struct sim_layout layout[2]; /* of the PF and of VFs */
	struct sim_fn *pf;
	struct sim_fn **vf; /* made when first looked at */
	unsigned default_size;

	/* The pool. */
	unsigned vectors_used, queues_total, queues_used;
	unsigned leaked;
	unsigned assignments;             /* through the PF driver's callback */
	bool racing;                      /* two writers of counts have met */
	unsigned flexible, flexible_next; /* vectors of the primary, now and after its next reset */
	unsigned shown;                   /* VIRFA, as a defect has it */
	bool refused;                     /* a defect has had its one time */
	bool haunted;                     /* VFs answer that a defect leaves behind */
	unsigned enabled, was_enabled;    /* VFs that VF Enable has brought up, and had */
	unsigned enables, share;          /* how often it did, and what each VF got */
	struct msix_entry *stale; /* entries that VFs have lost, for a defect that hands them out */
	size_t nstale;

	/* The kernel. */
	unsigned numvfs;
	bool autoprobe;
	struct sim_irq **irq; /* by number less SIM_IRQ_BASE */
	size_t nirq, irqs_used, irq_hint;
	uint64_t *row[SIM_ROW_COUNT];
	char **log;
	size_t nlog;
	uint64_t taint;

	/* The IOMMU. */
	struct sim_irte *irte; /* grows */
	size_t nirte;
	size_t irte_hint; /* no entry below it is free */
	bool faulted;     /* ever */
	unsigned logged;  /* faults since: */
	time_t logged_since;

	/* The model's account, as far as nobody has taken it; the request that is under way. */
	struct witness_event *account;
	size_t naccount, account_room;
	bool asking;
	struct witness_event asked;
};

static inline struct sim *sim_of(struct target *t)
{
	return t->priv;
}

static inline bool sim_has(const struct sim *s, enum sim_defect_id defect)
{
	return s->opt.defect[defect];
}

/* Does @defect strike @fn? Most concern VFs only. */
static inline bool sim_strikes(const struct sim_fn *fn, enum sim_defect_id defect)
{
	return fn->vf >= 0 && fn->sim->opt.defect[defect];
}

/* --- sim.c --- */

/* The function at that address, made when it is first asked for; NULL if there cannot be one. */
struct sim_fn *sim_fn(struct sim *s, struct bdf bdf);
struct sim_fn *sim_vf(struct sim *s, unsigned index);
/* ... only if the kernel has it now. */
struct sim_fn *sim_fn_present(struct sim *s, struct bdf bdf);
/* Memory, zeroed; there is no going on without it. */
void *sim_alloc(size_t count, size_t size);

/* --- config.c --- */

#define SIM_POS_EXP   0x40 /* PCI Express */
#define SIM_POS_PM    0x70 /* Power Management */
#define SIM_POS_MSIX  0x80
#define SIM_POS_AGAIN 0xa0 /* the second MSI-X capability of a defect */
#define SIM_POS_MSI   0xb0
#define SIM_POS_ARI   0x100
#define SIM_POS_SRIOV 0x140
#define SIM_POS_TPH   0x180

/* 0, or -EINVAL after a line on stderr. */
int sim_layout_init(struct sim *s);
void sim_cfg_init(struct sim_fn *fn);
uint16_t sim_cfg_get16(const struct sim_fn *fn, unsigned off);
void sim_cfg_put(struct sim_fn *fn, unsigned off, unsigned width, uint32_t value);
/* Does it answer? A VF only while VF Enable is set and NumVFs reaches it. */
bool sim_answers(const struct sim_fn *fn);
void sim_cfg_read(struct sim_fn *fn, unsigned off, uint8_t *buf, size_t len);
void sim_cfg_write(struct sim_fn *fn, unsigned off, unsigned width, uint32_t value);

/* --- mmio.c --- */

/* All ones where nothing answers; -EINVAL for no such BAR or an access that BARs do not take. */
int sim_mmio_read(struct sim_fn *fn, unsigned bar, uint64_t off, unsigned width, uint64_t *value);
int sim_mmio_write(struct sim_fn *fn, unsigned bar, uint64_t off, unsigned width, uint64_t value);

/* --- msix.c --- */

bool sim_msix_present(const struct sim_fn *fn);
void sim_msix_init(struct sim_fn *fn);
void sim_msix_free(struct sim_fn *fn);
/* Everything as after a reset. */
void sim_msix_reset(struct sim_fn *fn, enum sim_reset why);
/* Changes Table Size, and the table with it. */
void sim_msix_set_size(struct sim_fn *fn, unsigned size);
/* VF Enable has just brought it up, with its size. */
void sim_msix_born(struct sim_fn *fn);
/* Defects that need it keep a copy of the table before it goes. */
void sim_msix_remember(struct sim_fn *fn);
uint32_t sim_table_read(struct sim_fn *fn, unsigned off);
/* One DWORD; @qword: it is half of a QWORD. */
void sim_table_write(struct sim_fn *fn, unsigned off, uint32_t value, bool qword);
/* A write at @off that a defect takes to another function. */
void sim_table_stray(struct sim_fn *fn, unsigned off);
uint64_t sim_pba_read(const struct sim_fn *fn, unsigned qword);
void sim_pba_write(struct sim_fn *fn, unsigned qword, uint64_t value);
/* Message Control has been written; @was is what it held. */
void sim_msix_control(struct sim_fn *fn, uint16_t was);
/* Time passes for a defect: entries behind the table send while they are unmasked. */
void sim_msix_storm(struct sim_fn *fn);
/* Something happened that vector @k tells of. */
void sim_msix_event(struct sim_fn *fn, unsigned k);

/* --- nvme.c --- */

#define SIM_NVME_REGS 0x1000 /* the controller properties; doorbells follow */

uint32_t sim_nvme_read(const struct sim_fn *fn, unsigned off);
void sim_nvme_write(struct sim_fn *fn, unsigned off, uint32_t value);
void sim_nvme_reset(struct sim_fn *fn);
bool sim_nvme_ready(const struct sim_fn *fn);
uint32_t sim_nvme_csts(const struct sim_fn *fn);
/* Creates completion queue @qid for @vector: SCT << 8 | SC. */
int sim_nvme_create_cq(struct sim_fn *fn, unsigned qid, unsigned vector);
void sim_nvme_delete_cq(struct sim_fn *fn, unsigned qid);
/* A queue that is bound to @vector, 0 for the admin queue, -ENOENT. */
int sim_nvme_find_cq(const struct sim_fn *fn, unsigned vector);
/* A free queue number, or -ENOSPC. */
int sim_nvme_free_cq(const struct sim_fn *fn);
/* Posts a completion to @qid: 0, or -ETIMEDOUT from a controller that is not ready. */
int sim_nvme_complete(struct sim_fn *fn, unsigned qid);

/* --- virt.c --- */

/* Statuses of Virtualization Management and Create I/O Completion Queue (NVMe 2.1, 5.2.6). */
#define NVME_OK                 0x000
#define NVME_INVALID_FIELD      0x002
#define NVME_INVALID_QUEUE      0x101
#define NVME_INVALID_VECTOR     0x108
#define NVME_INVALID_CONTROLLER 0x11f
#define NVME_INVALID_STATE      0x120
#define NVME_INVALID_NUMBER     0x121
#define NVME_INVALID_RESOURCE   0x122

#define VIRT_PRIMARY 1
#define VIRT_OFFLINE 7
#define VIRT_ASSIGN  8
#define VIRT_ONLINE  9
#define VIRT_VQ      0
#define VIRT_VI      1

int sim_virt_mgmt(struct sim *s, const struct nvme_virt_mgmt *cmd, uint32_t *dw0);
uint16_t sim_cntlid(const struct sim_fn *vf);
/* Does the host refuse to resize it, because a driver has it? */
bool sim_guarded(const struct sim_fn *vf);
int sim_nvme_primary(struct target *t, struct nvme_primary *primary);
int sim_nvme_secondary(struct target *t, struct nvme_secondary *list, size_t max);
int sim_nvme_virt_mgmt(struct target *t, const struct nvme_virt_mgmt *cmd, uint32_t *dw0);

/* --- pool.c --- */

unsigned sim_pool_left(const struct sim *s);
unsigned sim_queues_for(const struct sim *s, unsigned vectors);
/* Gives @fn that many instead of what it has: 0, or -ENOSPC. */
int sim_pool_vectors(struct sim_fn *fn, unsigned count);
int sim_pool_queues(struct sim_fn *fn, unsigned count);
/* The flexible vectors of the primary controller that were assigned to it last take effect. */
void sim_pool_primary(struct sim *s);
/* A resize has succeeded: a defect loses a vector. */
void sim_pool_resized(struct sim *s);
/* The PF's driver has come back: a defect shares out anew. */
void sim_pool_reload(struct sim *s);
/* VF Enable was set or cleared: everybody's share. */
void sim_pool_enable(struct sim *s, unsigned numvfs);
void sim_pool_disable(struct sim *s);
/* The share of one VF, as it comes up; @kept: what it was assigned counts. */
void sim_pool_share(struct sim_fn *vf, bool kept);
/* What the PF driver's sriov_set_msix_vec_count() does. */
int sim_set_msix_vec_count(struct sim_fn *vf, unsigned count);
int sim_resize_caps(struct target *t, struct resize_caps *caps);
int sim_resize(struct target *t, struct bdf vf, unsigned want, int *got, uint64_t *us);
int sim_size(struct target *t, struct bdf vf);
int sim_pool_free(struct target *t);

/* --- reset.c --- */

/* The device goes through @why. */
void sim_function_reset(struct sim_fn *fn, enum sim_reset why);
/* VF Enable was written. */
void sim_vf_enable(struct sim *s, unsigned numvfs);
void sim_vf_disable(struct sim *s);
int sim_reset(struct target *t, struct bdf fn, enum reset_method method, uint64_t *us);
int sim_cfg_restore(struct target *t, struct bdf fn, const struct cfg *saved);
/* PMCSR was written; it held @was. */
void sim_power(struct sim_fn *fn, uint16_t was);

/* --- iommu.c --- */

/* The function writes a message: to an interrupt, to memory, or into a fault. */
void sim_message(struct sim_fn *fn, struct msi_msg msg);
/* Gives @irq its message, and a remapping entry where there are such: 0, or -ENOSPC. */
int sim_remap_irq(struct sim_irq *irq);
/* Delivery as the message itself says: nothing remaps it. */
void sim_compatible(struct sim *s, struct msi_msg msg);
bool sim_is_nmi(struct msi_msg msg);
/* Does a defect let requests of this function through, since nobody has it? */
bool sim_abandoned(const struct sim_fn *fn);
/* Defects of a function's use of its own entries: it is refused, or delivered elsewhere. */
bool sim_refuses_own(const struct sim_fn *fn, const struct sim_irq *irq);
struct sim_irq *sim_astray(const struct sim_fn *fn, struct sim_irq *irq);
/* Does the machine say that interrupts are remapped? */
bool sim_remaps(const struct sim *s);
int sim_iommu_group(struct target *t, struct bdf fn, char *domain, size_t size);
bool sim_unsafe_interrupts(struct target *t);
int sim_fault_status(struct target *t, uint32_t *fsts);

/* Messages of Linux on AMD, and the page of the ITS as VFIO maps it (MSI_IOVA_BASE). */
#define SIM_AMD_MSI  0xfee00000ull
#define SIM_DOORBELL 0x8000040ull

/* --- remap_intel.c, remap_own.c --- */

void sim_remap_intel(struct sim_fn *fn, struct msi_msg msg);
int sim_irte_alloc(struct sim *s, struct sim_irq *irq);
void sim_irte_free(struct sim *s, int index);
void sim_remap_amd(struct sim_fn *fn, struct msi_msg msg);
void sim_its(struct sim_fn *fn, struct msi_msg msg);
/* The index of @irq in the table of its function. */
int sim_own_index(const struct sim_irq *irq);

/* --- faults.c --- */

/* Faults of an interrupt request on Intel (VT-d, 7.3), and of a write without permission. */
#define SIM_FAULT_RESERVED 0x20
#define SIM_FAULT_INDEX    0x21
#define SIM_FAULT_ABSENT   0x22
#define SIM_FAULT_TABLE    0x23
#define SIM_FAULT_ENTRY    0x24
#define SIM_FAULT_COMPAT   0x25
#define SIM_FAULT_SOURCE   0x26
#define SIM_FAULT_WRITE    0x05
#define SIM_F_TRANSLATION  0x10 /* on an SMMU */

/* A request is blocked, on Intel and on AMD; a write is, on any. */
void sim_fault_remap(struct sim_fn *fn, struct msi_msg msg, unsigned index, unsigned reason);
void sim_fault_event(struct sim_fn *fn, struct msi_msg msg);
void sim_fault_write(struct sim_fn *fn, uint64_t addr);

/* --- witness.c --- */

/* A message comes to the IOMMU; it passes; it never came; and whatever became of it is told. */
void sim_asked(struct sim_fn *fn, struct msi_msg msg, bool dma);
void sim_passed(struct sim *s, enum outcome outcome);
void sim_unasked(struct sim *s);
void sim_answered(struct sim *s);
/* The IOMMU records a fault; -1: it has no index, no reason. */
void sim_recorded(struct sim_fn *fn, bool interrupt, uint64_t addr, int index, int reason);
/* The function answered a read of config space, of Virtualization Management a command ended. */
void sim_answers_control(struct sim_fn *fn, unsigned off, const uint8_t *buf, size_t len);
void sim_managed(struct sim *s, const struct nvme_virt_mgmt *cmd, int status);
int sim_witness(struct target *t, struct witness_scope *scope);
void sim_account(struct target *t, const struct bdf *looked, target_witness_fn *tell, void *ctx);

/* --- irqs.c --- */

#define SIM_IRQ_BASE 24
#define SIM_INTX     16u /* of the PF */

/* NULL where the machine has no more interrupts. */
struct sim_irq *sim_irq_alloc(struct sim_fn *fn, unsigned vector, unsigned cpu);
void sim_irq_free(struct sim *s, struct sim_irq *irq);
void sim_irq_deliver(struct sim *s, struct sim_irq *irq);
/* The interrupt behind vector number @apic of a CPU, or NULL. */
struct sim_irq *sim_irq_by_apic(const struct sim *s, unsigned cpu, uint8_t apic);
void sim_irqs_free(struct sim *s);
int sim_msi_irqs(struct target *t, struct bdf fn, int *irq, size_t max);
int sim_interrupts(struct target *t, struct irq_table *table);

/* --- klog.c --- */

void sim_log(struct sim *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int sim_klog(struct target *t, target_klog_fn *line, void *ctx);
void sim_klog_free(struct sim *s);
int sim_taint(struct target *t, uint64_t *flags);
/* A WARN at , which also taints. */
void sim_warn(struct sim *s, const char *where);

/* --- vectors.c --- */

/* pci_alloc_irq_vectors_affinity(): the number allocated, or a negative errno. */
int sim_alloc_irq_vectors(struct sim_fn *fn, const struct alloc_request *request);
/* ... for MSI-X only. */
int sim_alloc_vectors(struct sim_fn *fn, unsigned min, unsigned max);
/* One more vector at @k, on kernels that can: its interrupt. */
int sim_alloc_vector_at(struct sim_fn *fn, unsigned k);
void sim_free_vectors(struct sim_fn *fn);
/* request_irq() and free_irq(). */
void sim_request_irq(struct sim_fn *fn, unsigned k, const char *name, uint64_t *event);
void sim_release_irq(struct sim_fn *fn, unsigned k);
/* What the kernel restores of MSI-X after a reset. */
void sim_restore_vectors(struct sim_fn *fn);

/* --- kernel.c --- */

/* What Linux does before and after it resets a function. */
struct sim_saved {
	uint16_t command, devctl, sriov;
	unsigned numvfs;
};
void sim_save(struct sim_fn *fn, struct sim_saved *saved);
void sim_restore(struct sim_fn *fn, const struct sim_saved *saved);
/* CC.EN of the controller cleared and set by its driver; -EOPNOTSUPP without nvme. */
int sim_controller_reset(struct sim_fn *fn);
/* Save, FLR, restore: pci_reset_function(). -ENOTTY without FLR. */
int sim_reset_function(struct sim_fn *fn);
/* The nvme driver has noticed that its controller is dead. */
int sim_nvme_revive(struct sim_fn *fn);
int sim_bind_to(struct sim_fn *fn, const char *driver);
int sim_unbind_from(struct sim_fn *fn);
int sim_driver(struct target *t, struct bdf fn, char name[static TARGET_NAME_LEN]);
int sim_bind(struct target *t, struct bdf fn, const char *driver);
int sim_queues(struct target *t, struct bdf fn);
int sim_unbind(struct target *t, struct bdf fn);
int sim_set_override(struct target *t, struct bdf fn, const char *driver);
const char *sim_pf_driver(const struct sim *s);

/* --- race.c --- */

int sim_race(struct target *t, struct target_race *race);

/* --- sysfs.c --- */

/* What a write of sriov_numvfs does from 0: 0, or -EIO where the device offers fewer than TotalVFs.
 */
int sim_enable_vfs(struct sim *s, unsigned count);
int sim_set_numvfs(struct target *t, unsigned count);
int sim_set_autoprobe(struct target *t, bool on);
int sim_attr_mode(struct target *t, struct bdf fn, const char *attr);
ssize_t sim_attr_read(struct target *t, struct bdf fn, const char *attr, char *buf, size_t size);
ssize_t sim_attr_write(struct target *t, struct bdf fn, const char *attr, const char *text);

/* --- vfio.c --- */

void sim_vfio_free(struct sim_fn *fn);
int sim_vfio_open(struct target *t, struct bdf fn);
int sim_vfio_close(struct target *t, struct bdf fn);
int sim_vfio_info(struct target *t, struct bdf fn, struct vfio_info *info);
int sim_vfio_irqs(struct target *t, struct bdf fn, unsigned start, unsigned count);
ssize_t sim_vfio_read(struct target *t, struct bdf fn, unsigned region, uint64_t off, void *buf,
		      size_t len);
ssize_t sim_vfio_map_read(struct target *t, struct bdf fn, unsigned region, uint64_t off, void *buf,
			  size_t len);
ssize_t sim_vfio_write(struct target *t, struct bdf fn, unsigned region, uint64_t off,
		       const void *buf, size_t len);
int sim_vfio_events(struct target *t, struct bdf fn, uint64_t *count, size_t max);

/* --- probe.c --- */

int sim_alloc_request(struct target *t, struct bdf fn, const struct alloc_request *request);
int sim_alloc_at(struct target *t, struct bdf fn, unsigned index);
int sim_free_request(struct target *t, struct bdf fn);
int sim_vec_count(struct target *t, struct bdf fn);
int sim_irq_vector(struct target *t, struct bdf fn, unsigned index);
int sim_request_vector(struct target *t, struct bdf fn, unsigned index);
int sim_release_vector(struct target *t, struct bdf fn, unsigned index);
int sim_vector_count(struct target *t, struct bdf fn, unsigned index, uint64_t *count);
int sim_inject(struct target *t, struct bdf fn, unsigned index);

/* --- guest.c --- */

int sim_guest_start(struct target *t, struct bdf fn);
int sim_guest_look(struct target *t, struct bdf fn, struct guest_view *view);
int sim_guest_vectors(struct target *t, struct bdf fn);
int sim_guest_stop(struct target *t, struct bdf fn);
void sim_guest_free(struct sim_fn *fn);

/* --- engine.c --- */

const char *sim_engine(struct target *t, struct bdf fn);
int sim_engine_start(struct target *t, struct bdf fn);
int sim_engine_stop(struct target *t, struct bdf fn);
int sim_engine_leave(struct target *t, struct bdf fn);
int sim_engine_queue(struct target *t, struct bdf fn, unsigned vector);
int sim_engine_fire(struct target *t, struct bdf fn, unsigned vector);
int sim_engine_cc_enable(struct target *t, struct bdf fn, bool on);
int sim_engine_csts(struct target *t, struct bdf fn, uint32_t *csts, uint32_t *cc);
/* engine_igb.c: with causes in a register, in the place of queues. */
void sim_igb_start(struct sim_fn *fn);
void sim_igb_stop(struct sim_fn *fn);
/* Sets the cause of @vector; that of none, where there is no such vector. */
int sim_igb_fire(struct sim_fn *fn, unsigned vector);
int sim_canary(struct target *t, struct bdf fn, uint64_t *iova);
int sim_canary_written(struct target *t, struct bdf fn);
/* Where the canary page is in the function's own address space. */
#define SIM_CANARY_IOVA 0x10000000ull
#define SIM_PAGE        4096u

/* --- load.c --- */

int sim_load_start(struct target *t, struct bdf fn, bool write, unsigned depth);
int sim_load_stop(struct target *t, struct bdf fn, struct load_result *result);
/* A little time passes for the jobs that run. */
void sim_load_tick(struct sim *s);
void sim_load_free(struct sim_fn *fn);

#endif
