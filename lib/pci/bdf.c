/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of functions. */
#include <errno.h>
#include <stdio.h>

#include <vfwalk/pci.h>

int bdf_parse(const char *text, struct bdf *bdf)
{
	unsigned domain = 0, bus, dev, fn;
	int used = 0;

	if (sscanf(text, "%7x:%2x:%2x.%1x%n", &domain, &bus, &dev, &fn, &used) != 4 || text[used]) {
		domain = 0;
		used = 0;
		if (sscanf(text, "%2x:%2x.%1x%n", &bus, &dev, &fn, &used) != 3 || text[used])
			return -EINVAL;
	}
	if (dev > 31 || fn > 7)
		return -EINVAL;

	bdf->domain = domain;
	bdf->bus = (uint8_t)bus;
	bdf->devfn = (uint8_t)(dev << 3 | fn);
	return 0;
}

char *bdf_format(struct bdf bdf, char text[static BDF_LEN])
{
	snprintf(text, BDF_LEN, "%04x:%02x:%02x.%x", bdf.domain & 0xfffffff, bdf.bus,
		 bdf.devfn >> 3, bdf.devfn & 7u);
	return text;
}

bool bdf_equal(struct bdf a, struct bdf b)
{
	return a.domain == b.domain && a.bus == b.bus && a.devfn == b.devfn;
}

uint16_t bdf_requester_id(struct bdf bdf)
{
	return (uint16_t)(bdf.bus << 8 | bdf.devfn);
}
