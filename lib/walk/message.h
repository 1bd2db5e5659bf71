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
	struct msi_msg own;    /* the message of the entry that shoots */
	struct msi_msg victim; /* of the vector that is aimed at, its own or another's */
	unsigned enabled;      /* vectors that the function has */
};

/*
 * The message of @kind for an IOMMU of @iommu ("intel", "amd", "smmu"): 0, or -EOPNOTSUPP where
 * there is no such message in its format, or it could be one of the function's own.
 */
int message_forge(const char *iommu, enum shot_kind kind, const struct forging *forging,
		  struct msi_msg *msg);

#endif
