/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IOMMU faults as the kernel logs them: what the formats of all vendors are made of. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

bool fault_word(const char **at, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*at, word, len))
		return false;
	*at += len;
	return true;
}

bool fault_number(const char **at, uint64_t max, uint64_t *value)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *number = *at;
	char *end;

	/* strtoull() alone would take a sign, blanks, and a second 0x. */
	if (!fault_word(&number, "0x") || !strspn(number, digits))
		return false;
	errno = 0;
	*value = strtoull(number, &end, 16);
	if (errno || end != number + strspn(number, digits) || *value > max)
		return false;
	*at = end;
	return true;
}

bool fault_address(const char **at, const char *stop, struct bdf *bdf)
{
	size_t len = strcspn(*at, stop);
	char copy[BDF_LEN];

	if (len >= sizeof(copy) || !(*at)[len])
		return false;
	memcpy(copy, *at, len);
	copy[len] = '\0';
	if (bdf_parse(copy, bdf))
		return false;
	*at += len;
	return true;
}

int iommu_fault_read(struct iommu_fault_reader *reader, const char *line, struct iommu_fault *fault)
{
	int res;

	*fault = (struct iommu_fault){.index = -1};
	res = fault_read_intel(line, fault);
	if (res == -ENOMSG)
		res = fault_read_amd(line, fault);
	return res == -ENOMSG ? fault_read_smmu(reader, line, fault) : res;
}
