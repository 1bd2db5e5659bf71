# SPDX-License-Identifier: GPL-2.0-or-later
#
# `vfwalk scan` measured on the kernel's drivers, which are fetched for it (LINUX=: a tree that is
# there already).

LINUX   ?= $(BUILD)/linux-6.1
# and one of a newer kernel, out of Debian LINUX_SUITE
LINUX_NEWER ?= $(BUILD)/linux-newer
LINUX_SUITE ?= sid
SCAN_SRC := $(sort $(wildcard suites/scan/*.c))
SCAN_OBJ := $(SCAN_SRC:%.c=$(BUILD)/obj/%.o)

$(BUILD)/scan-check: $(SCAN_OBJ)
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lm

$(BUILD)/linux-6.1/drivers:
	@BUILD='$(BUILD)' fixtures/lab/fetch-linux $(BUILD)/linux-6.1

$(BUILD)/linux-newer/drivers:
	@BUILD='$(BUILD)' LINUX_SOURCE=linux-source LINUX_SUITE='$(LINUX_SUITE)' fixtures/lab/fetch-linux $(BUILD)/linux-newer

scan-built: deps
	@$(MAKE) -s --no-print-directory $(JOBS) $(BUILD)/vfwalk $(BUILD)/scan-check >&2

# Drivers of our own: every finding that is expected, and no other.
scan-fixtures: scan-built
	@VFWALK='$(BUILD)/vfwalk' $(BUILD)/scan-check fixtures fixtures/drivers

scan-linux: scan-built
	@$(MAKE) -s --no-print-directory '$(LINUX)/drivers' >&2

scan-newer: scan-linux
	@$(MAKE) -s --no-print-directory '$(LINUX_NEWER)/drivers' >&2

# Precision and recall, on labels that were open to tuning, on those held out, and on those read last.
# SCAN=--held-out names what fails among the latter two, too.
scan-score: scan-newer
	@VFWALK='$(BUILD)/vfwalk' $(BUILD)/scan-check score $(SCAN) '$(LINUX)' '$(LINUX_NEWER)'

# The edits of fixtures/drivers/mutants.tsv. SCAN=--all names those that are found, too.
scan-mutants: scan-linux
	@VFWALK='$(BUILD)/vfwalk' $(BUILD)/scan-check mutants $(SCAN) '$(LINUX)' $(BUILD)/scan-mutants

-include $(SCAN_OBJ:.o=.d)

.PHONY: scan-built scan-linux scan-newer scan-fixtures scan-score scan-mutants
