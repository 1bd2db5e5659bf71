/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why each rule is there and what to do about it: advice/, a file for each group. */
#include <string.h>

#include <vfwalk/rules.h>

static const struct rule_advice advice[] = {
#define ADVICE(id, why, engineer, operator) {id, why, engineer, operator},
#include "advice/cap.def"
#include "advice/table.def"
#include "advice/sysfs.def"
#include "advice/reset.def"
#include "advice/driver.def"
#include "advice/vfio.def"
#include "advice/iommu.def"
#include "advice/witness.def"
#include "advice/nvme.def"
#undef ADVICE
};

const struct rule_advice *rule_advice_get(size_t index)
{
	return index < sizeof(advice) / sizeof(advice[0]) ? &advice[index] : NULL;
}

const struct rule_advice *rule_advice(const char *id)
{
	for (size_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++)
		if (!strcmp(advice[i].id, id))
			return &advice[i];
	return NULL;
}
