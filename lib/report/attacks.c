/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "attacks.h"

void attack_name(const struct attack *attack, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s", attack->message, *attack->of ? ", " : "", attack->of);
}

void attack_counts(const struct attack *attack, char *text, size_t size)
{
	const struct {
		unsigned long count;
		const char *what;
	} parts[] = {
		{attack->delivered, "delivered"}, {attack->reported, "reported"},
		{attack->silent, "silent"},       {attack->by_right, "by right"},
		{attack->unsent, "not sent"},     {attack->unproven, "unproven"},
	};
	bool bursts = attack->messages > attack->shots, first = true;
	size_t used;

	if (!attack->shots) {
		snprintf(text, size, "%s", attack->why ? attack->why : "");
		return;
	}
	used = (size_t)snprintf(text, size, "%lu %s%s", attack->shots, bursts ? "burst" : "shot",
				attack->shots == 1 ? "" : "s");
	if (bursts && used < size)
		used += (size_t)snprintf(text + used, size - used, " of %lu messages",
					 attack->messages);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && used < size; i++) {
		if (!parts[i].count)
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%lu %s", first ? ": " : ", ",
					 parts[i].count, parts[i].what);
		first = false;
	}
}

bool attacks_told(const struct attack *attack, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (attack[i].shots || attack[i].why)
			return true;
	return false;
}

enum verdict attack_verdict(const struct attack *attack)
{
	if (attack->delivered)
		return VERDICT_FAIL;
	if (attack->unproven)
		return VERDICT_NOTE;
	return attack->shots ? VERDICT_PASS : VERDICT_NOT_RUN;
}
