/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of an IOMMU, read from the left to the right: each of these takes what it knows off the
 * front of *@at, or leaves it and returns false. A line that is cut off ends too early for one.
 */
#ifndef VFWALK_TARGET_FAULT_H
#define VFWALK_TARGET_FAULT_H

#include <vfwalk/target.h>

bool fault_word(const char **at, const char *word);
/* Hexadecimal with 0x in front of it; not above @max. */
bool fault_number(const char **at, uint64_t max, uint64_t *value);
/* A function's address, which ends before one of @stop. */
bool fault_address(const char **at, const char *stop, struct bdf *bdf);

/* One for each vendor: as iommu_fault_read(). */
int fault_read_intel(const char *line, struct iommu_fault *fault);
int fault_read_amd(const char *line, struct iommu_fault *fault);
int fault_read_smmu(struct iommu_fault_reader *reader, const char *line, struct iommu_fault *fault);

#endif
