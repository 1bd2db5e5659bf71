/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump in memory: its functions, what is wrong with it, what there is in all. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"

struct dump *dump_new(void)
{
	return calloc(1, sizeof(struct dump));
}

void dump_free(struct dump *dump)
{
	if (!dump)
		return;
	for (size_t i = 0; i < dump->count; i++) {
		free(dump->fn[i]->byte);
		free(dump->fn[i]);
	}
	free(dump->fn);
	free(dump->fault);
	free(dump);
}

struct dump_fn *dump_add(struct dump *dump, struct bdf bdf, unsigned long line)
{
	struct dump_fn **grown = realloc(dump->fn, (dump->count + 1) * sizeof(*grown));
	struct dump_fn *fn = calloc(1, sizeof(*fn));

	if (grown)
		dump->fn = grown;
	if (!grown || !fn) {
		free(fn);
		return NULL;
	}
	fn->bdf = bdf;
	fn->line = line;
	fn->vf = DUMP_NO_VF;
	dump->fn[dump->count++] = fn;
	return fn;
}

/* Config spaces are of 64, 256 or 4096 bytes: so is what is set aside for one. */
static size_t room_for(size_t len)
{
	if (len <= 64)
		return 64;
	return len <= CFG_SPACE_SIZE ? CFG_SPACE_SIZE : CFG_SPACE_EXP_SIZE;
}

bool dump_extend(struct dump_fn *fn, const uint8_t *byte, size_t len)
{
	uint8_t *grown = fn->byte;

	if (!grown || room_for(fn->len + len) > room_for(fn->len))
		grown = realloc(fn->byte, room_for(fn->len + len));
	if (!grown)
		return false;
	fn->byte = grown;
	memcpy(fn->byte + fn->len, byte, len);
	fn->len += len;
	return true;
}

void dump_wrong(struct dump *dump, unsigned long line, const struct dump_fn *fn, const char *fmt,
		...)
{
	struct dump_fault *grown = realloc(dump->fault, (dump->nfault + 1) * sizeof(*grown));
	struct dump_fault *fault;
	va_list ap;

	if (!grown)
		return;
	dump->fault = grown;
	fault = &grown[dump->nfault++];
	*fault = (struct dump_fault){.line = line};
	if (fn)
		bdf_format(fn->bdf, fault->fn);
	va_start(ap, fmt);
	vsnprintf(fault->what, sizeof(fault->what), fmt, ap);
	va_end(ap);
}

/* --- in all --- */

struct counts {
	size_t pfs, vfs, enabled, strays, others, headers, silent;
};

static void count_one(const struct dump_fn *fn, struct counts *n)
{
	if (fn->vf == DUMP_NO_VF)
		*(fn->has_sriov ? &n->pfs : &n->others) += 1;
	else
		*(fn->pf ? &n->vfs : &n->strays) += 1;
	n->enabled += fn->enabled_vfs;
	n->headers += fn->len < CFG_SPACE_SIZE;
}

static const char *s(size_t count)
{
	return count == 1 ? "" : "s";
}

void dump_summary(const struct dump *dump, char *text, size_t size)
{
	struct counts n = {0};
	FILE *out = fmemopen(text, size, "w");

	*text = '\0';
	if (!out)
		return;
	for (size_t i = 0; i < dump->count; i++)
		count_one(dump->fn[i], &n);
	fprintf(out, "%zu PF%s", n.pfs, s(n.pfs));
	if (n.enabled)
		fprintf(out, " with %zu of %zu enabled VF%s", n.vfs, n.enabled, s(n.enabled));
	if (n.strays)
		fprintf(out, ", %zu VF%s without %s PF", n.strays, s(n.strays),
			n.strays == 1 ? "its" : "their");
	fprintf(out, ", %zu other function%s", n.others, s(n.others));
	if (n.headers)
		fprintf(out, "; %zu with fewer than 256 bytes", n.headers);
	fclose(out);
}
