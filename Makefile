# SPDX-License-Identifier: GPL-2.0-or-later
#
# `make help` lists the targets. Everything that is built or fetched goes below build/, everything
# that a run leaves behind below reports/out/.

BUILD   ?= build
CFLAGS  ?= -O2 -g
PACKAGES = libpci libnvme jansson

# One shell a recipe, and no half-made targets: some of them take minutes to download.
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

include fixtures/lab/lab.mk

override CFLAGS += -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Werror -MMD -MP -Iinclude -Ilib \
	$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LDLIBS  += $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

# kselftest_harness.h defines functions in a header and predates our warnings.
HARNESS       = $(BUILD)/harness
SUITE_CFLAGS  = -isystem $(HARNESS) -Isuites -Wno-unused-parameter -Wno-missing-prototypes

LIB_SRC   := $(sort $(shell find lib -name '*.c' ! -path 'lib/cli/*'))
CLI_SRC   := $(sort $(wildcard lib/cli/*.c))
SUITE_SRC := $(sort $(filter-out suites/suite.c,$(wildcard suites/*.c)))
UNIT_SRC  := $(sort $(wildcard suites/unit/*.c))

LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/obj/%.o)
SUITES  := $(SUITE_SRC:suites/%.c=$(BUILD)/suites/%)
UNITS   := $(UNIT_SRC:suites/unit/%.c=$(BUILD)/unit/%)

all: $(BUILD)/vfwalk $(SUITES)

units: $(UNITS)

$(BUILD)/vfwalk: $(CLI_OBJ) $(BUILD)/libvfwalk.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libvfwalk.a: $(LIB_OBJ)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(CPPFLAGS) -c -o $@ $<

$(BUILD)/suites/%: suites/%.c suites/suite.c $(BUILD)/libvfwalk.a | $(HARNESS)/kselftest_harness.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SUITE_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(LDLIBS)

$(BUILD)/unit/%: suites/unit/%.c $(BUILD)/libvfwalk.a | $(HARNESS)/kselftest_harness.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SUITE_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c %.a,$^) $(LDLIBS)

# The kernel's own harness, out of Debian's linux-source package; never kept in the tree.
$(HARNESS)/kselftest_harness.h:
	fixtures/lab/fetch-harness $(HARNESS)

check:
	suites/check

clean:
	rm -rf $(BUILD) reports/out

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(SUITES:=.d) $(UNITS:=.d)

.PHONY: all units check clean
