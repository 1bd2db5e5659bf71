/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory of one module under analysis. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define CHUNK_SIZE 65536

struct mem_chunk {
	struct mem_chunk *next;
	size_t size, used;
	max_align_t byte[];
};

struct atom_slot {
	uint32_t hash;
	atom text;
};

static struct mem_chunk *chunk_new(struct mem *mem, size_t size)
{
	struct mem_chunk *chunk = calloc(1, sizeof(*chunk) + size);

	if (!chunk)
		longjmp(mem->no_memory, 1);
	chunk->size = size;
	return chunk;
}

void *mem_get(struct mem *mem, size_t size)
{
	struct mem_chunk *chunk = mem->chunk;
	size_t need = (size + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);

	if (need > CHUNK_SIZE / 4) { /* has a chunk of its own, behind the one in use */
		struct mem_chunk *own = chunk_new(mem, need);

		own->used = need;
		own->next = chunk ? chunk->next : NULL;
		if (chunk)
			chunk->next = own;
		else
			mem->chunk = own;
		return own->byte;
	}
	if (!chunk || chunk->size - chunk->used < need) {
		chunk = chunk_new(mem, CHUNK_SIZE);
		chunk->next = mem->chunk;
		mem->chunk = chunk;
	}
	chunk->used += need;
	return (char *)chunk->byte + chunk->used - need;
}

static uint32_t hash_of(const char *text, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	return hash;
}

static void grow(struct mem *mem)
{
	size_t slots = mem->slots ? mem->slots * 2 : 1024;
	struct atom_slot *slot = calloc(slots, sizeof(*slot));

	if (!slot)
		longjmp(mem->no_memory, 1);
	for (size_t i = 0; i < mem->slots; i++) {
		size_t at = mem->slot[i].hash & (slots - 1);

		if (!mem->slot[i].text)
			continue;
		while (slot[at].text)
			at = (at + 1) & (slots - 1);
		slot[at] = mem->slot[i];
	}
	free(mem->slot);
	mem->slot = slot;
	mem->slots = slots;
}

atom mem_atom(struct mem *mem, const char *text, size_t len)
{
	uint32_t hash = hash_of(text, len);
	size_t at;
	char *copy;

	if (mem->used * 2 >= mem->slots)
		grow(mem);
	for (at = hash & (mem->slots - 1); mem->slot[at].text; at = (at + 1) & (mem->slots - 1))
		if (mem->slot[at].hash == hash && !strncmp(mem->slot[at].text, text, len) &&
		    !mem->slot[at].text[len])
			return mem->slot[at].text;
	copy = mem_get(mem, len + 1);
	memcpy(copy, text, len);
	mem->slot[at] = (struct atom_slot){hash, copy};
	mem->used++;
	return copy;
}

atom mem_known(const struct mem *mem, const char *text, size_t len)
{
	uint32_t hash = hash_of(text, len);

	for (size_t at = hash & (mem->slots - 1); mem->slots && mem->slot[at].text;
	     at = (at + 1) & (mem->slots - 1))
		if (mem->slot[at].hash == hash && !strncmp(mem->slot[at].text, text, len) &&
		    !mem->slot[at].text[len])
			return mem->slot[at].text;
	return NULL;
}

atom mem_word(struct mem *mem, const char *text)
{
	return mem_atom(mem, text, strlen(text));
}

void mem_free(struct mem *mem)
{
	while (mem->chunk) {
		struct mem_chunk *next = mem->chunk->next;

		free(mem->chunk);
		mem->chunk = next;
	}
	free(mem->slot);
	mem->slot = NULL;
	mem->slots = mem->used = 0;
}
