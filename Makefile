# SPDX-License-Identifier: GPL-2.0-or-later
#
# `make help` lists the targets. Everything that is built or fetched goes below build/, everything
# that a run leaves behind below reports/out/.

BUILD   ?= build
CFLAGS  ?= -O2 -g
OBJCOPY ?= objcopy
PACKAGES = libpci libnvme jansson

# What `vfwalk scan` reads C with. Without it the rest is built all the same.
GRAMMAR   = $(BUILD)/grammar
has_trees := $(shell pkg-config --exists tree-sitter 2>/dev/null && echo yes)

# No half-made targets: some of them take minutes to download.
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

include fixtures/lab/lab.mk

override CFLAGS += -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Werror -MMD -MP -Iinclude -Ilib \
	$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LDLIBS  += $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
ifneq ($(has_trees),)
GRAMMAR_OBJ := $(BUILD)/obj/grammar.o
$(BUILD)/obj/lib/source/%.o $(BUILD)/san/lib/source/%.o: override CFLAGS += -DWITH_TREE_SITTER
LDLIBS  += $(shell pkg-config --libs tree-sitter) -pthread
endif

# A line for each file; V=1 shows the commands.
Q   := $(if $(V),,@)
say  = @printf '  %-4s %s\n'

# kselftest_harness.h defines functions in a header and predates our warnings.
HARNESS       = $(BUILD)/harness
SUITE_CFLAGS  = -isystem $(HARNESS) -Isuites -Wno-unused-parameter -Wno-missing-prototypes

LIB_SRC   := $(sort $(shell find lib -name '*.c' ! -path 'lib/cli/*'))
CLI_SRC   := $(sort $(wildcard lib/cli/*.c))
SUITE_SRC := $(sort $(filter-out suites/suite.c,$(wildcard suites/*.c)))
UNIT_SRC  := $(sort $(wildcard suites/unit/*.c))
MUTANT_SRC := $(sort $(wildcard suites/mutants/*.c))

LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/obj/%.o)
SUITES  := $(SUITE_SRC:suites/%.c=$(BUILD)/suites/%)
UNITS   := $(UNIT_SRC:suites/unit/%.c=$(BUILD)/unit/%)
MUTANT_OBJ := $(MUTANT_SRC:%.c=$(BUILD)/obj/%.o)

include suites/scan/scan.mk
include fixtures/inner/inner.mk

# Whatever stands there is run: a program whose source is gone must not.
GONE := $(filter-out $(SUITES) $(SUITES:=.d) $(UNITS) $(UNITS:=.d),$(wildcard $(BUILD)/suites/* $(BUILD)/unit/*))

all: $(BUILD)/vfwalk $(SUITES) | gone

units: $(UNITS) $(BUILD)/mutants $(BUILD)/scan-check | gone

gone:
	@rm -f $(GONE)

$(BUILD)/vfwalk: $(CLI_OBJ) $(BUILD)/libvfwalk.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libvfwalk.a: $(LIB_OBJ) $(GRAMMAR_OBJ) $(INNER_OBJ)
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# The grammar is generated code: none of our warnings. fetch-grammar leaves a parser.c in any case.
$(GRAMMAR)/parser.c:
	fixtures/lab/fetch-grammar $(GRAMMAR)

$(GRAMMAR_OBJ): $(GRAMMAR)/parser.c
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) -O1 -std=c11 -I$(GRAMMAR) -w -c -o $@ $<

# Without them the linker would complain a thousand times. (Not --exists: it wants the headers of
# libraries that libnvme uses by itself, which Debian does not ask for.)
libraries:
	@pkg-config --libs $(PACKAGES) >/dev/null 2>&1 || \
		{ echo 'libpci, libnvme or jansson is missing: run make deps' >&2; exit 2; }

$(BUILD)/obj/%.o: %.c | libraries
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) -c -o $@ $<

$(BUILD)/suites/%: suites/%.c suites/suite.c $(BUILD)/libvfwalk.a | $(HARNESS)/kselftest_harness.h
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CFLAGS) $(SUITE_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(LDLIBS)

$(BUILD)/unit/%: suites/unit/%.c $(BUILD)/libvfwalk.a | $(HARNESS)/kselftest_harness.h
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CFLAGS) $(SUITE_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(LDLIBS)

$(MUTANT_OBJ): CFLAGS += $(SUITE_CFLAGS)
$(MUTANT_OBJ): | $(HARNESS)/kselftest_harness.h

$(BUILD)/mutants: $(MUTANT_OBJ) $(BUILD)/libvfwalk.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The kernel's own harness and checkpatch.pl, out of Debian's linux-source package; never kept in the tree.
$(HARNESS)/kselftest_harness.h $(HARNESS)/checkpatch.pl &:
	fixtures/lab/fetch-harness $(HARNESS)

# What reads dumps from anywhere is fuzzed with the compiler's sanitizers listening.
SAN     = -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_OBJ = $(patsubst %.c,$(BUILD)/san/%.o,$(filter lib/pci/% lib/evidence/% lib/rules/% lib/dump/%,$(LIB_SRC)))

$(BUILD)/san/%.o: %.c | libraries
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) $(SAN) -c -o $@ $<

$(BUILD)/unit/dump_fuzz: suites/unit/dump_fuzz.c $(SAN_OBJ) | $(HARNESS)/kselftest_harness.h
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CFLAGS) $(SUITE_CFLAGS) $(SAN) $(LDFLAGS) -o $@ $(filter %.c %.o,$^) $(LDLIBS)

SCAN_SAN_OBJ = $(patsubst %.c,$(BUILD)/san/%.o,$(filter lib/source/%,$(LIB_SRC)))

$(BUILD)/unit/scan_fuzz: suites/unit/scan_fuzz.c $(SCAN_SAN_OBJ) $(GRAMMAR_OBJ) | $(HARNESS)/kselftest_harness.h
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CFLAGS) $(SUITE_CFLAGS) $(SAN) $(LDFLAGS) -o $@ $(filter %.c %.o,$^) $(LDLIBS)

# The corpus of dumps, written anew: to be looked at before it is committed.
dumps: $(BUILD)/dumps/generate
	$< fixtures/dumps

$(BUILD)/dumps/generate: suites/dumps/generate.c suites/dumps/corpus.c $(BUILD)/libvfwalk.a
	@mkdir -p $(@D)
	$(say) CC $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(LDLIBS)

# --- checks ---

check: deps $(HARNESS)/checkpatch.pl
	@BUILD='$(BUILD)' suites/check

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf $(BUILD) reports/out

-include $(LIB_OBJ:.o=.d) $(SAN_OBJ:.o=.d) $(SCAN_SAN_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(SUITES:=.d) $(UNITS:=.d) \
	$(MUTANT_OBJ:.o=.d)

help:
	@echo 'make run      boot the lab, walk its VFs, judge (LAB=, PROFILE=, BASELINE=, QEMU=, KERNEL= ...)'
	@echo 'make kernels  the lab on several kernels, one table of them (KERNELS=, KERNEL_SUITES=, LABS=)'
	@echo 'make labs     all labs, as many at a time as the machine allows: one matrix (LABS=, PROFILE=, FRESH=1)'
	@echo 'make lab-quick  the lab with profile quick'
	@echo 'make test     unit tests, command line, all suites on the model device, the lab with profile quick'
	@echo 'make mutants  the kill matrix: every rule against every defect of the model device'
	@echo 'make check    the sources themselves: layout, shell scripts, kernel style, what may include what'
	@echo 'make scan-score    precision and recall of vfwalk scan on drivers of Linux 6.1 (scan-mutants: on drivers broken on purpose)'
	@echo 'make bench    how fast: a resize by nvme-cli, by vfwalk and through sysfs; growth with VFs; the judge on a long record'
	@echo 'make cycles   both kernel modules loaded, used and unloaded over and over in the lab (CYCLES=1000)'
	@echo 'make          build/vfwalk and build/suites/; make deps installs what that needs'
	@echo 'make units    the unit tests (build/unit/) and the matrix (build/mutants), built and not run'
	@echo 'make format   lay out the C sources by .clang-format'
	@echo 'make dumps    write fixtures/dumps anew, from suites/dumps/corpus.c'
	@echo 'make clean    remove what was built, fetched and reported'
	@echo 'V=1 shows commands; README.md has the variables of make run.'

.PHONY: all libraries units gone dumps check format help clean
