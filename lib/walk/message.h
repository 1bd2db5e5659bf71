/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages that a function has no right to, in the formats of Intel's and AMD's IOMMUs and of the
 * GIC's ITS behind an SMMU.
 */
#ifndef VFWALK_WALK_MESSAGE_H
#define VFWALK_WALK_MESSAGE_H

#include <vfwalk/walk.h>

/* What a forged interrupt request is made of. */
struct forging {
	struct msi_msg
		own; /* the message of the entry that shoots; all zero in one that nobody has */
	struct msi_msg victim; /* of the vector that is aimed at, its own or another's */
	unsigned enabled;      /* vectors that the function has */
};

/*
 * The message of @kind for an IOMMU of @iommu ("intel", "amd", "smmu"): 0, or -EOPNOTSUPP where
 * there is no such message in its format, or it could be one of the function's own.
 */
int message_forge(const char *iommu, enum shot_kind kind, const struct forging *forging,
		  struct msi_msg *msg);

/*
 * Message @n of the sequence of @seed: of a random @kind for an IOMMU of @iommu, from a function
 * whose own vector has the message @own. It depends on nothing else. -EOPNOTSUPP where that IOMMU
 * has no such message, or the function no interrupt to take after.
 */
int message_random(const char *iommu, enum shot_kind kind, unsigned seed, unsigned n,
		   struct msi_msg own, struct msi_msg *msg);
/* A random kind, for burst @n of that seed. */
enum shot_kind message_random_kind(const char *iommu, unsigned seed, unsigned n);

#endif
