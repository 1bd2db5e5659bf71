/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of api.def. */
#include <string.h>

#include "api.h"

static const struct api apis[] = {
#define API(name, kind, ret, least, most, flags) {#name, API_##kind, ret, least, most, flags},
#include "api.def"
#undef API
};

const struct api *api_find(const char *name)
{
	/* what none of them begins with is most of what a driver calls */
	if (!strchr("prfd", *name))
		return NULL;
	for (size_t i = 0; i < sizeof(apis) / sizeof(apis[0]); i++)
		if (!strcmp(apis[i].name, name))
			return &apis[i];
	return NULL;
}

bool api_in_text(const char *text, size_t len)
{
	static const char *const parts[] = {"irq_vector", "able_msi", "msix_vec_count",
					    "sriov_get_vf_total_msix", "pci_msix_"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (memmem(text, len, parts[i], strlen(parts[i])))
			return true;
	return false;
}
