/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What vfwalk_probe does for user space: it makes the kernel's calls on behalf of a function that
 * is bound to it, one for one, and tells what they returned. Both sides include this header.
 */
#ifndef VFWALK_PROBE_ABI_H
#define VFWALK_PROBE_ABI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define VFWALK_PROBE_NAME "vfwalk_probe"
#define VFWALK_PROBE_PATH "/dev/vfwalk_probe"

enum vfwalk_probe_op {
	/* pci_alloc_irq_vectors_affinity(min, max, flags, {pre, post}): vectors, or an errno. */
	VFWALK_PROBE_ALLOC,
	/* free_irq() of what was requested, then pci_free_irq_vectors(): 0. */
	VFWALK_PROBE_FREE,
	/* pci_msix_vec_count(): Table Size, or an errno. */
	VFWALK_PROBE_VEC_COUNT,
	/* pci_irq_vector(index): the interrupt's number, or an errno. */
	VFWALK_PROBE_IRQ_VECTOR,
	/* pci_msix_alloc_irq_at(index): the interrupt's number, or an errno. */
	VFWALK_PROBE_ALLOC_AT,
	/*
	 * request_irq() and free_irq() of vector @index, with a handler that counts: 0, or an
	 * errno. INTx is masked at the first interrupt of the function's own.
	 */
	VFWALK_PROBE_REQUEST,
	VFWALK_PROBE_RELEASE,
	/* How often the handler of vector @index ran since it was requested, in @count: 0. */
	VFWALK_PROBE_COUNT,
	/* irq_inject_interrupt() of vector @index: 0, or an errno. The device has no part in it. */
	VFWALK_PROBE_INJECT,
};

/* What an allocation may try; the values are those of the kernel's PCI_IRQ_*. */
#define VFWALK_PROBE_INTX     (1 << 0)
#define VFWALK_PROBE_MSI      (1 << 1)
#define VFWALK_PROBE_MSIX     (1 << 2)
#define VFWALK_PROBE_AFFINITY (1 << 3)

struct vfwalk_probe_call {
	/* The function: it must be bound to vfwalk_probe, or the ioctl fails with ENODEV. */
	__u16 domain;
	__u8 bus, devfn;
	__u32 op; /* enum vfwalk_probe_op; EOPNOTSUPP for what this kernel has no call for */
	__u32 index;
	__u32 min, max, flags, pre, post;
	__s32 result; /* of the call */
	__u32 unused; /* 0 */
	__u64 count;
};

/*
 * Fails only when the call was not made (ERANGE for an @index of the last three, or @pre and @post,
 * beyond what MSI-X can have; EINVAL for @unused); whether the call failed is in @result.
 */
#define VFWALK_PROBE_CALL _IOWR('V', 0xe0, struct vfwalk_probe_call)

#endif
