/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attack matrix of one run for people: what became of each kind of message. */
#include <string.h>

#include "attacks.h"
#include "page.h"

#define NAME_COLUMNS    32
#define OUTCOME_COLUMNS 19

static void put_attack(const struct page *page, const struct attack *attack)
{
	char name[64], counts[256];

	attack_name(attack, name, sizeof(name));
	attack_counts(attack, counts, sizeof(counts));
	fprintf(page->out, "  %-*s", NAME_COLUMNS, name);
	styled(page, style_of(attack_verdict(attack)), "%-*s", *counts ? OUTCOME_COLUMNS : 0,
	       attack_outcome(attack));
	if (*counts)
		put_wrapped(page->out, 2 + NAME_COLUMNS + OUTCOME_COLUMNS, counts);
	else
		putc('\n', page->out);
}

void put_attacks(const struct page *page)
{
	const struct report *report = page->report;

	if (!attacks_told(report->attack, report->nattack))
		return;
	put_title(page, "Attacks: what became of each message");
	for (size_t i = 0; i < report->nattack; i++)
		put_attack(page, &report->attack[i]);
}
