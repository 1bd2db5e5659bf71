/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VFs at rest: what their config space says, what of it can be written, whether table entries are
 * storage of their own, and what is left of it all when VF Enable was cleared and set again. No
 * driver has any of them, so nothing that is written here ever becomes an interrupt.
 */
#include <kselftest_harness.h>
#include <linux/pci_regs.h>

#include "suite.h"

/* Message Control without what software may write. */
#define READ_ONLY_FLAGS (PCI_MSIX_FLAGS_QSIZE | 0x3800)

FIXTURE(function)
{
	struct bdf pf, vf;
};

FIXTURE_SETUP(function)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->pf = walk_pf(w);
}

FIXTURE_TEARDOWN(function)
{
	EXPECT_EQ(0, suite_end());
}

static void look_at_rest(struct bdf fn)
{
	walk_look_isolation(w, fn);
	walk_look_config(w, fn);
	walk_look_driver(w, fn);
	walk_look_attr(w, fn, "sriov_vf_msix_count");
	walk_look_attr(w, fn, "sriov_vf_total_msix");
}

TEST_F(function, shows_its_capabilities)
{
	look_at_rest(self->pf);
	for_each_vf (self->vf) {
		look_at_rest(self->vf);
		walk_look_table(w, self->vf);
		walk_look_pba(w, self->vf, -1);
	}
	walk_look_pool(w);
	walk_look_primary(w);
	walk_look_secondary(w);
}

TEST_F(function, keeps_message_control_read_only)
{
	for_each_vf (self->vf) {
		const struct msix *msix = walk_msix(w, self->vf);
		unsigned off = msix->pos + PCI_MSIX_FLAGS;
		uint16_t flags = msix->flags;

		REQUIRE(walk_size(w, self->vf), "a VF without MSI-X");
		walk_look_msix(w, self->vf);
		walk_cfg_write(w, self->vf, off, 2, flags ^ READ_ONLY_FLAGS);
		walk_look_msix(w, self->vf);
		walk_cfg_write(w, self->vf, off, 2, flags);
		walk_look_msix(w, self->vf);
	}
}

TEST_F(function, keeps_masks_under_function_mask)
{
	for_each_vf (self->vf) {
		table_fill(self->vf, 4, 1);
		/* One mask bit must differ from the rest, or losing them all would not show. */
		walk_table_mask(w, self->vf, 0, false);
		walk_look_table(w, self->vf);
		walk_function_mask(w, self->vf, true);
		walk_look_msix(w, self->vf);
		walk_look_table(w, self->vf);
		walk_function_mask(w, self->vf, false);
		walk_look_msix(w, self->vf);
		walk_look_table(w, self->vf);
	}
}

TEST_F(function, decodes_memory_without_command)
{
	for_each_vf (self->vf) {
		uint32_t command = walk_cfg_read(w, self->vf, PCI_COMMAND, 2);

		walk_cfg_write(w, self->vf, PCI_COMMAND, 2, command | PCI_COMMAND_MEMORY);
		walk_look_config(w, self->vf);
		walk_cfg_write(w, self->vf, PCI_COMMAND, 2, command & ~PCI_COMMAND_MEMORY);
		walk_look_config(w, self->vf);
		walk_look_table(w, self->vf);
		walk_cfg_write(w, self->vf, PCI_COMMAND, 2, command);
	}
}

TEST_F(function, survives_pba_writes)
{
	self->vf = walk_vf(w, 0);
	walk_look_pba(w, self->vf, -1);
	walk_pba_write(w, self->vf, 0, 4, UINT32_MAX);
	walk_look_pba(w, self->vf, -1);
	walk_pba_write(w, self->vf, 0, 1, UINT8_MAX);
	walk_pba_write(w, self->vf, 2, 2, UINT16_MAX);
	walk_look_msix(w, self->vf);
	walk_look_pba(w, self->vf, -1);
	walk_look_klog(w);
	walk_pba_write(w, self->vf, 0, 4, 0);
	/* What a written PBA holds is undefined until a reset. */
	if (walk_has_flr(w, self->vf))
		walk_reset(w, self->vf, RESET_FLR);
	walk_look_msix(w, self->vf);
	walk_look_pba(w, self->vf, -1);
}

/* Software must mask an entry first: what comes of this one is left open, but it must do no harm.
 */
static void update_unmasked(struct bdf vf)
{
	uint32_t message[] = {0xb5b50000, 0x12345678, 0x9abcdef0};

	table_fill(vf, 4, 11);
	walk_table_mask(w, vf, 0, false);
	walk_look_table(w, vf);
	walk_table_write(w, vf, 0, 4, message, sizeof(message));
	walk_look_msix(w, vf);
}

TEST_F(function, survives_updates_of_unmasked_entries)
{
	struct bdf sibling;

	for_each_vf (self->vf) {
		bool siblings = walk_sibling(w, self->vf, &sibling);

		if (siblings)
			walk_look_table(w, sibling);
		update_unmasked(self->vf);
		if (siblings)
			walk_look_table(w, sibling);
		walk_look_klog(w);
		walk_table_mask(w, self->vf, 0, true);
	}
}

/* --- Steering Tags --- */

static bool has_steering_tags(struct bdf fn)
{
	unsigned pos = CFG_SPACE_SIZE;

	for (int i = 0; i < 48 && pos >= CFG_SPACE_SIZE; i++) {
		uint32_t header = walk_cfg_read(w, fn, pos, 4);

		if (!header || header == UINT32_MAX)
			break;
		if (PCI_EXT_CAP_ID(header) == PCI_EXT_CAP_ID_TPH)
			return (walk_cfg_read(w, fn, pos + PCI_TPH_CAP, 4) &
				PCI_TPH_CAP_LOC_MASK) == PCI_TPH_LOC_MSIX;
		pos = PCI_EXT_CAP_NEXT(header);
	}
	return false;
}

/* A tag in each entry that no other has, every entry masked. */
static void write_tags(struct bdf vf)
{
	unsigned size = walk_size(w, vf);
	struct msix_entry *entry = calloc(size + 1, sizeof(*entry));
	uint8_t *bytes = calloc(size + 1, MSIX_ENTRY_SIZE);

	for (unsigned k = 0; entry && bytes && k < size; k++) {
		entry[k].ctrl = (0x8001 ^ k << 4) << 16 | MSIX_ENTRY_MASKED;
		msix_entry_encode(&entry[k], bytes + k * MSIX_ENTRY_SIZE);
	}
	if (entry && bytes)
		walk_table_write(w, vf, 0, 4, bytes, (size_t)size * MSIX_ENTRY_SIZE);
	free(entry);
	free(bytes);
	walk_look_table(w, vf);
}

TEST_F(function, keeps_steering_tags_in_every_entry)
{
	self->vf = walk_vf(w, 0);
	REQUIRE(has_steering_tags(self->vf), "no Steering Tags in the MSI-X Table");
	if (walk_has_flr(w, self->vf))
		walk_reset(w, self->vf, RESET_FLR);
	walk_look_table(w, self->vf);
	write_tags(self->vf);
	if (walk_has_flr(w, self->vf)) {
		walk_reset(w, self->vf, RESET_FLR);
		walk_look_table(w, self->vf);
	}
	if (can_resize() && walk_size_max(w, self->vf) > walk_size(w, self->vf)) {
		resize_and_look(self->vf, walk_size_max(w, self->vf));
		write_tags(self->vf);
	}
}

/* --- the table, by the two widths of access that there are, and by those that there are not --- */

FIXTURE(table)
{
	struct bdf vf, sibling;
	bool siblings;
};

FIXTURE_VARIANT(table)
{
	const char *name;
	unsigned width;
};

FIXTURE_VARIANT_ADD(table, byte){
	.name = "byte",
	.width = 1,
};

FIXTURE_VARIANT_ADD(table, word){
	.name = "word",
	.width = 2,
};

FIXTURE_VARIANT_ADD(table, dword){
	.name = "dword",
	.width = 4,
};

FIXTURE_VARIANT_ADD(table, qword){
	.name = "qword",
	.width = 8,
};

FIXTURE_SETUP(table)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, variant->name));
}

FIXTURE_TEARDOWN(table)
{
	EXPECT_EQ(0, suite_end());
}

/*
 * Less than a DWORD is undefined. Each byte of the table is written, with every entry masked;
 * nobody else may notice, and what is aligned must work afterwards.
 */
static void write_small(struct bdf vf, const struct bdf *sibling, unsigned width, unsigned salt)
{
	table_fill(vf, 4, salt);
	walk_look_table(w, vf);
	if (sibling)
		walk_look_table(w, *sibling);
	table_fill(vf, width, salt + 1);
	walk_look_msix(w, vf);
	if (sibling)
		walk_look_table(w, *sibling);
	table_fill(vf, 4, salt + 2);
	walk_look_table(w, vf);
	walk_look_klog(w);
}

TEST_F(table, takes_writes)
{
	unsigned salt = variant->width;

	for_each_vf (self->vf) {
		self->siblings = walk_sibling(w, self->vf, &self->sibling);
		walk_look_table(w, self->vf);
		if (variant->width < 4) {
			write_small(self->vf, self->siblings ? &self->sibling : NULL,
				    variant->width, salt);
			salt += 3;
			continue;
		}
		if (self->siblings) {
			table_fill(self->sibling, variant->width, ++salt);
			walk_look_table(w, self->sibling);
		}
		table_fill(self->vf, variant->width, ++salt);
		walk_look_table(w, self->vf);
		if (self->siblings)
			walk_look_table(w, self->sibling);
	}
}

/* --- VF Enable --- */

FIXTURE(vf_enable)
{
	struct bdf pf, vf;
	unsigned vfs;
};

FIXTURE_SETUP(vf_enable)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->pf = walk_pf(w);
	self->vfs = walk_all_vfs(w);
}

FIXTURE_TEARDOWN(vf_enable)
{
	EXPECT_EQ(0, suite_end());
}

static void leave_traces(struct bdf vf)
{
	table_fill(vf, 4, 7);
	walk_table_mask(w, vf, 0, false);
	walk_function_mask(w, vf, true);
	walk_look_msix(w, vf);
	walk_look_table(w, vf);
	walk_look_pba(w, vf, -1);
}

static void look_at_newborn(struct bdf vf)
{
	walk_look_driver(w, vf);
	walk_look_config(w, vf);
	walk_look_table(w, vf);
	walk_look_pba(w, vf, -1);
}

TEST_F(vf_enable, leaves_nothing_behind)
{
	/* An assignment, of what it has: whether VF Enable undoes it is to be seen. */
	if (can_resize())
		walk_resize(w, walk_vf(w, 0), walk_size(w, walk_vf(w, 0)));
	for_each_vf (self->vf)
		leave_traces(self->vf);
	walk_look_pool(w);
	walk_autoprobe(w, false);
	walk_numvfs(w, 0);
	walk_look_all(w);
	walk_look_secondary(w);
	walk_look_attr(w, self->pf, "sriov_vf_total_msix");
	walk_numvfs(w, self->vfs);
	walk_look_all(w);
	walk_look_pool(w);
	walk_look_secondary(w);
	for_each_vf (self->vf)
		look_at_newborn(self->vf);
	/* The last one is where an index goes wrong. */
	if (self->vfs > walk_vfs(w))
		look_at_newborn(walk_vf(w, self->vfs - 1));
}

TEST_F(vf_enable, has_drivers_probe_the_new)
{
	/* Clearing VF Enable takes a second (PCIe 6.0, 9.3.3.3.1). */
	REQUIRE(walk_options(w)->profile != PROFILE_QUICK, "profile quick enables VFs only once");
	REQUIRE(!can_virt_mgmt(), "new VFs have nothing: their driver would wait for it in vain");
	walk_autoprobe(w, true);
	walk_numvfs(w, 0);
	walk_numvfs(w, self->vfs);
	for_each_vf (self->vf) {
		walk_look_driver(w, self->vf);
		walk_attr_write(w, self->vf, "sriov_vf_msix_count", "2");
	}
	walk_look_all(w);
	walk_autoprobe(w, false);
	for_each_vf (self->vf)
		walk_look_driver(w, self->vf);
}

/* --- what is written to sriov_numvfs --- */

FIXTURE(numvfs)
{
	struct bdf pf;
	unsigned vfs;
};

FIXTURE_SETUP(numvfs)
{
	ASSERT_EQ(0, suite_begin(_metadata->name, NULL));
	self->pf = walk_pf(w);
	self->vfs = walk_all_vfs(w);
}

FIXTURE_TEARDOWN(numvfs)
{
	EXPECT_EQ(0, suite_end());
}

static void write_number(struct bdf pf, unsigned number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	walk_attr_write(w, pf, "sriov_numvfs", text);
	walk_look_all(w);
}

TEST_F(numvfs, refuses_what_is_no_number)
{
	walk_attr_write(w, self->pf, "sriov_numvfs", "many");
	walk_attr_write(w, self->pf, "sriov_numvfs", "1x");
	walk_attr_write(w, self->pf, "sriov_numvfs", "\n");
	walk_look_all(w);
}

TEST_F(numvfs, refuses_more_than_there_are)
{
	/* NumVFs and TotalVFs are 16 bits: this is more than any PF has. */
	write_number(self->pf, 65535);
}

TEST_F(numvfs, refuses_another_number_while_enabled)
{
	write_number(self->pf, self->vfs > 1 ? self->vfs - 1 : self->vfs + 1);
}

TEST_F(numvfs, takes_the_same_number)
{
	write_number(self->pf, self->vfs);
}

SUITE_MAIN("config")
