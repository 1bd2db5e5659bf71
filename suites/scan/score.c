// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Precision and recall of `vfwalk scan` on the labelled drivers of Linux 6.1, for each group of
 * rules, apart for labels that were open to tuning and labels that were held out; and what it finds
 * in the whole of drivers/.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scan.h"

#define RULES 3

/* Which rules stand for a label, and what is wanted of them on labels that were held out. */
static const struct group {
	const char *label;
	const char *rules[RULES];
	double precision, recall; /* 0: nothing in particular */
} groups[] = {
	{"RET", {"SRC-ALLOC-UNCHECKED", "SRC-ALLOC-INVERTED", "SRC-LEGACY-RANGE"}, 0.95, 0.95},
	{"CNT", {"SRC-ALLOC-PARTIAL", "SRC-IRQVEC-RANGE"}, 0.80, 0.90},
	{"LEAK", {"SRC-FREE-MISSING"}, 0.75, 0.90},
	{"FIXED", {"SRC-ALLOC-FIXED"}, 0.95, 0.95},
	{"LEGACY", {"SRC-LEGACY-CALL"}, 1.0, 1.0},
	{"EXACT", {"SRC-LEGACY-CALL"}, 0, 0},
	{"REMOVE-LEAK", {"SRC-FREE-REMOVE"}, 0, 0},
	{"ORDER", {"SRC-FREE-ORDER"}, 0, 0},
	{"CNTNEG", {"SRC-CNT-NEG"}, 0, 0},
	{"ROLLBACK", {"SRC-FREE-ROLLBACK"}, 0, 0},
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

/* Labels that were tuned on; held out, of which those that were looked at since are gone; and read
 * after all tuning but the last, none of them left out since. */
enum split { TUNED, HELD_OUT, LAST, SPLITS };

struct tally {
	int hit, false_alarm, miss, quiet;
};

/* POSIX cksum: the split must be the same for whoever checks it with a shell. */
static uint32_t cksum(const char *text)
{
	size_t length = strlen(text), i;
	uint32_t crc = 0;

	for (i = 0; i < length + sizeof(length); i++) {
		unsigned char byte = i < length ? (unsigned char)text[i]
						: (unsigned char)(length >> 8 * (i - length));
		int bit;

		if (i >= length && !(length >> 8 * (i - length)))
			break;
		crc ^= (uint32_t)byte << 24;
		for (bit = 0; bit < 8; bit++)
			crc = crc & 0x80000000u ? crc << 1 ^ 0x04c11db7u : crc << 1;
	}
	return ~crc;
}

static bool speaks_for(const struct group *g, const struct finding *f)
{
	size_t i;

	for (i = 0; i < RULES && g->rules[i]; i++)
		if (!strcmp(f->rule, g->rules[i]))
			return true;
	return false;
}

static const struct finding *look(const struct findings *found, const struct group *g,
				  const char *file)
{
	size_t i;

	for (i = 0; i < found->count; i++)
		if (speaks_for(g, &found->item[i]) && finding_touches(&found->item[i], file))
			return &found->item[i];
	return NULL;
}

static const struct group *group_of(const char *label)
{
	size_t i;

	for (i = 0; i < GROUPS; i++)
		if (!strcmp(groups[i].label, label))
			return &groups[i];
	return NULL;
}

static void count(char *const *row, const struct findings *found, enum split split, bool tell,
		  struct tally tally[GROUPS][SPLITS])
{
	const struct group *g = group_of(row[1]);
	bool bug = !strcmp(row[2], "BUG");
	const struct finding *f;
	struct tally *t;

	if (!g) {
		fprintf(stderr, "scan: %s: no such group of rules: %s\n", row[0], row[1]);
		return;
	}
	t = &tally[g - groups][split];
	f = look(found, g, row[0]);
	*(bug ? (f ? &t->hit : &t->miss) : (f ? &t->false_alarm : &t->quiet)) += 1;
	if (!tell || bug == !!f)
		return;
	if (f)
		printf("  false  %-6s %s:%ld %s (%s)\n", row[1], f->at.file, f->at.line, f->rule,
		       row[3]);
	else
		printf("  missed %-6s %s (%s)\n", row[1], row[0], row[3]);
}

/* NaN where nothing was there to be measured. */
static double ratio(int good, int bad)
{
	return good + bad ? (double)good / (good + bad) : NAN;
}

static void print_ratio(double value)
{
	if (isnan(value))
		printf("     -");
	else
		printf("  %.2f", value);
}

static void print_tally(const struct tally *t)
{
	char counts[48];

	print_ratio(ratio(t->hit, t->false_alarm));
	print_ratio(ratio(t->hit, t->miss));
	snprintf(counts, sizeof(counts), "%d/%d/%d", t->hit, t->false_alarm, t->miss);
	printf("  %-18s", counts);
}

/* What was measured on the labels read last; on those held out before, where they tell nothing. */
static double measured(const struct tally tally[SPLITS], double (*of)(const struct tally *))
{
	double value = of(&tally[LAST]);

	return isnan(value) ? of(&tally[HELD_OUT]) : value;
}

static double precision_of(const struct tally *t)
{
	return ratio(t->hit, t->false_alarm);
}

static double recall_of(const struct tally *t)
{
	return ratio(t->hit, t->miss);
}

/* The table; whether all that is wanted was reached where it could be measured. */
static bool print(struct tally tally[GROUPS][SPLITS])
{
	bool reached = true;
	size_t i;

	printf("                wanted           tuned on                       "
	       "held out                       read last\n"
	       "rules           prec. recall    prec. recall found/false/missed "
	       "(the same)                     (the same)\n");
	for (i = 0; i < GROUPS; i++) {
		const struct group *g = &groups[i];
		bool short_of = measured(tally[i], precision_of) < g->precision ||
				measured(tally[i], recall_of) < g->recall;

		printf("%-14s ", g->label);
		print_ratio(g->precision > 0 ? g->precision : NAN);
		print_ratio(g->recall > 0 ? g->recall : NAN);
		printf("    ");
		for (enum split split = TUNED; split < SPLITS; split++)
			print_tally(&tally[i][split]);
		printf("%s\n", short_of ? " short" : "");
		reached = reached && !short_of;
	}
	return reached;
}

static int by_rule(const void *a, const void *b)
{
	const struct finding *const *f = a, *const *g = b;

	return strcmp((*f)->rule, (*g)->rule);
}

static void print_counts(const char *tree, const struct findings *found)
{
	const struct finding **sorted = calloc(found->count + 1, sizeof(*sorted));
	size_t i, from = 0;

	if (!sorted)
		return;
	for (i = 0; i < found->count; i++)
		sorted[i] = &found->item[i];
	qsort(sorted, found->count, sizeof(*sorted), by_rule);
	printf("\n%s: %zu findings in %.1f s\n", tree, found->count, found->seconds);
	for (i = 1; i <= found->count; i++)
		if (i == found->count || strcmp(sorted[i]->rule, sorted[from]->rule)) {
			printf("  %5zu %s\n", i - from, sorted[from]->rule);
			from = i;
		}
	free(sorted);
}

/* A file of labels: what it is measured against, and how much of it may be tuned on. */
static const struct labels {
	const char *path;
	enum split split; /* HELD_OUT: a third of it may be tuned on, by name */
	bool newer;       /* of a kernel after 6.1 */
} files[] = {
	{"fixtures/drivers/labels-first.tsv", TUNED, false},
	{"fixtures/drivers/labels-found.tsv", TUNED, false},
	{"fixtures/drivers/labels-tuned.tsv", TUNED, false},
	{"fixtures/drivers/labels.tsv", HELD_OUT, false},
	{"fixtures/drivers/labels-fresh.tsv", LAST, false},
	{"fixtures/drivers/labels-newer.tsv", LAST, true},
	{"fixtures/drivers/labels-newer-tuned.tsv", TUNED, true},
};

static int tally_up(const struct labels *from, bool held_out, const struct findings *found,
		    struct tally tally[GROUPS][SPLITS])
{
	struct table labels;
	size_t i;

	if (table_read(from->path, 4, &labels))
		return -1;
	for (i = 0; i < labels.rows; i++) {
		enum split split = from->split;

		if (split == HELD_OUT && cksum(labels.row[i][0]) % 3 == 0)
			split = TUNED;
		count(labels.row[i], found, split, split == TUNED || held_out, tally);
	}
	table_free(&labels);
	return 0;
}

/* Scans a tree, and counts what its labels say of that. */
static int score(const char *linux_dir, bool newer, bool held_out,
		 struct tally tally[GROUPS][SPLITS], struct findings *found)
{
	char drivers[4096];
	int err = 0;

	snprintf(drivers, sizeof(drivers), "%s/drivers", linux_dir);
	if (scan_run((const char *const[]){drivers, NULL}, found))
		return -1;
	for (size_t i = 0; !err && i < sizeof(files) / sizeof(files[0]); i++)
		if (files[i].newer == newer)
			err = tally_up(&files[i], held_out, found, tally);
	return err;
}

int score_main(const char *linux_dir, const char *newer_dir, bool held_out)
{
	struct tally tally[GROUPS][SPLITS] = {0};
	struct findings found = {0}, newer = {0};
	int err = score(linux_dir, false, held_out, tally, &found);
	bool reached = false;

	if (!err && newer_dir)
		err = score(newer_dir, true, held_out, tally, &newer);
	if (!err) {
		reached = print(tally);
		print_counts(linux_dir, &found);
		if (newer_dir)
			print_counts(newer_dir, &newer);
	}
	scan_free(&found);
	scan_free(&newer);
	return err ? 2 : reached ? 0 : 1;
}
