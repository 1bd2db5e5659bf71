/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Config space and interrupt messages, decoded from bytes.
 *
 * Nothing here touches a device: the bytes come from a target, from the evidence or from a dump.
 * Names of registers and fields follow <linux/pci_regs.h>.
 */
#ifndef VFWALK_PCI_H
#define VFWALK_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CFG_SPACE_SIZE     256
#define CFG_SPACE_EXP_SIZE 4096
#define PCI_BARS           6

/* MSI-X Table entry and its fields (PCIe 6.0, 7.7.2.5 to 7.7.2.8). */
#define MSIX_ENTRY_SIZE 16
#define MSIX_MAX_SIZE   2048

/* A function's address. */
struct bdf {
	uint32_t domain; /* beyond 16 bits where no firmware numbered it, as behind VMD */
	uint8_t bus;
	uint8_t devfn;
};

#define BDF_LEN sizeof("fffffff:ff:1f.7")

/* Parses "0000:01:00.1" or "01:00.1"; returns 0, or -EINVAL for anything else. */
int bdf_parse(const char *text, struct bdf *bdf);
/* Writes the address with its domain into @text and returns @text. */
char *bdf_format(struct bdf bdf, char text[static BDF_LEN]);
bool bdf_equal(struct bdf a, struct bdf b);
/* The 16-bit Requester ID: bus, device and function (PCIe 6.0, 2.2.6.2). */
uint16_t bdf_requester_id(struct bdf bdf);

/* A copy of a function's config space: @len bytes of it are known. */
struct cfg {
	size_t len;
	uint8_t byte[CFG_SPACE_EXP_SIZE];
};

/* Little-endian reads; all ones where the copy does not reach, as from an absent function. */
uint8_t cfg_u8(const struct cfg *cfg, unsigned off);
uint16_t cfg_u16(const struct cfg *cfg, unsigned off);
uint32_t cfg_u32(const struct cfg *cfg, unsigned off);
/*
 * True where the whole header reads all ones: the function does not answer. A VF that does answer
 * reads all ones in Vendor ID and Device ID too (PCIe 6.0, 9.3.4.1.1 and 9.3.4.1.2).
 */
bool cfg_gone(const struct cfg *cfg);

/*
 * Finds the next capability @id after @pos (0: from the start).
 * Returns its offset, 0 if there is none, -ELOOP if the list has a loop, -ERANGE if it leaves
 * config space or points into the header.
 */
int cfg_find_cap(const struct cfg *cfg, uint8_t id, unsigned pos);
/* The same for extended capabilities, which start at 100h. */
int cfg_find_ext_cap(const struct cfg *cfg, uint16_t id, unsigned pos);

/* The MSI-X capability (PCIe 6.0, 7.7.2). */
struct msix {
	unsigned pos;
	uint16_t flags; /* Message Control */
	unsigned size;  /* Table Size as vectors: the field plus one */
	bool enable;
	bool maskall; /* Function Mask */
	unsigned table_bir;
	uint32_t table_off;
	unsigned pba_bir;
	uint32_t pba_off;
};

#define MSIX_CAP_LEN 12

/* What the kernel answers where nothing can give MSI-X vectors: an errno of its own, which glibc
 * does not name. */
#define ENOTSUPP 524

/* Decodes the 12 bytes of an MSI-X capability that stood at @pos. */
void msix_decode(const uint8_t bytes[static MSIX_CAP_LEN], unsigned pos, struct msix *msix);
/* Finds and decodes it; returns 0, -ENOENT without one, or what cfg_find_cap() returned. */
int cfg_msix(const struct cfg *cfg, struct msix *msix);
/* Bytes of a Pending Bit Array for @size vectors (PCIe 6.0, 7.7.2.9). */
size_t msix_pba_bytes(unsigned size);

/* The SR-IOV extended capability (PCIe 6.0, 9.3.3). */
struct sriov {
	unsigned pos;
	uint16_t ctrl;
	uint16_t initial_vfs;
	uint16_t total_vfs;
	uint16_t num_vfs;
	uint16_t offset;
	uint16_t stride;
	uint16_t vf_device;
	uint32_t page_size; /* System Page Size, in bytes */
	uint32_t bar[PCI_BARS];
};

/* Finds and decodes it; returns 0, -ENOENT without one, or what cfg_find_ext_cap() returned. */
int cfg_sriov(const struct cfg *cfg, struct sriov *sriov);
/* Address of VF @index, counted from 0 (PCIe 6.0, 9.2.1.2). */
struct bdf sriov_vf(struct bdf pf, const struct sriov *sriov, unsigned index);

/* True when Device Capabilities says Function Level Reset (PCIe 6.0, 7.5.3.3, bit 28). */
bool cfg_has_flr(const struct cfg *cfg);

/* BAR_UNKNOWN: a register that reads 0, of a BAR that is not implemented or has no address yet. */
enum bar_type { BAR_NONE, BAR_IO, BAR_MEM32, BAR_MEM64, BAR_UPPER, BAR_UNKNOWN };

/* One BAR as the system sized it; a VF's is its own slice of the PF's VF BAR. */
struct bar {
	enum bar_type type;
	uint64_t size;
};

const char *bar_type_name(enum bar_type type);
/* The type with that name; BAR_NONE for an unknown one. */
enum bar_type bar_type_parse(const char *name);

/* An interrupt message: what an MSI-X Table entry makes the function write. */
struct msi_msg {
	uint64_t addr;
	uint32_t data;
};

/* Vector Control bit 0 (PCIe 6.0, 7.7.2.8). */
#define MSIX_ENTRY_MASKED 1u

/* One MSI-X Table entry. */
struct msix_entry {
	struct msi_msg msg;
	uint32_t ctrl;
};

void msix_entry_decode(const uint8_t bytes[static MSIX_ENTRY_SIZE], struct msix_entry *entry);
void msix_entry_encode(const struct msix_entry *entry, uint8_t bytes[static MSIX_ENTRY_SIZE]);

/* Is @addr in the interrupt address range FEEx_xxxxh of x86? */
bool msi_addr_is_x86(uint64_t addr);

/*
 * VT-d interrupt request formats (Intel VT-d specification 4.1, 5.1.2): a remappable request for
 * @handle with optional subhandle, and a compatibility-format request.
 */
struct msi_msg vtd_remappable_msg(uint16_t handle, bool shv, uint16_t subhandle);
struct msi_msg vtd_compatibility_msg(uint8_t dest, uint8_t vector, unsigned delivery_mode);
/* Takes a remappable request apart; returns 0, or -EINVAL when it is none. */
int vtd_msg_handle(struct msi_msg msg, uint16_t *handle, bool *shv, uint16_t *subhandle);

#endif
