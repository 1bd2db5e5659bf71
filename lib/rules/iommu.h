/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges of the IOMMU's rules that are not in iommu.c, where their rows are. */
#ifndef VFWALK_RULES_IOMMU_H
#define VFWALK_RULES_IOMMU_H

#include "rule.h"

/* remap.c: the reason that is reported. */
rule_fn judge_ir_reserved, judge_ir_index, judge_ir_absent, judge_ir_compat, judge_ir_source;
rule_fn judge_quiet;

/* report.c: how it is reported. */
rule_fn judge_log_intel, judge_log_amd, judge_log_smmu, judge_log_rate;

/* delivery.c: what arrives, and whom it disturbs. */
rule_fn judge_nowhere, judge_victim, judge_own, judge_its, judge_hostvec, judge_nmi,
	judge_bystander;

#endif
