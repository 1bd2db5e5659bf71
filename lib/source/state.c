/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known at one place of one path. */
#include <ctype.h>
#include <string.h>

#include "state.h"

struct known *known_find(struct state *s, atom key)
{
	for (unsigned i = 0; i < s->nknown; i++)
		if (s->known[i].key == key)
			return &s->known[i];
	return NULL;
}

void known_drop(struct state *s, atom key)
{
	struct known *known = known_find(s, key);

	if (!known)
		return;
	s->nknown--;
	memmove(known, known + 1, (size_t)(&s->known[s->nknown] - known) * sizeof(*known));
}

/* Plain ones go first: losing one only means that a path is walked that cannot be. */
static void make_room(struct state *s)
{
	for (unsigned i = 0; i < s->nknown; i++)
		if (s->known[i].kind == KIND_PLAIN) {
			known_drop(s, s->known[i].key);
			return;
		}
	known_drop(s, s->known[0].key);
}

struct known *known_set(struct state *s, atom key, uint8_t mask, enum kind kind, uint16_t site)
{
	unsigned at;

	known_drop(s, key);
	if (s->nknown == KNOWN)
		make_room(s);
	/* in a fixed order, so that the same knowledge is the same state */
	for (at = 0; at < s->nknown && strcmp(s->known[at].key, key) < 0; at++)
		;
	memmove(&s->known[at + 1], &s->known[at], (s->nknown - at) * sizeof(s->known[0]));
	s->known[at] =
		(struct known){.key = key, .mask = mask, .kind = (uint8_t)kind, .site = site};
	s->nknown++;
	return &s->known[at];
}

struct known *known_copy(struct state *s, atom key, const struct value *value)
{
	struct known *known = known_set(s, key, value->mask, (enum kind)value->kind, value->site);

	known->untested = value->untested;
	known->is_number = value->is_number;
	known->number = value->number;
	known->name = value->name;
	return known;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at++)
		if ((at == text || (!is_word(at[-1]) && at[-1] != '>' && at[-1] != '.')) &&
		    !is_word(at[len]))
			return true;
	return false;
}

void known_kill(struct state *s, atom key)
{
	for (unsigned i = 0; i < s->nknown;) {
		if (s->known[i].key == key || has_word(s->known[i].key, key))
			known_drop(s, s->known[i].key);
		else
			i++;
	}
}

void need_add(struct state *s, atom key, uint8_t mask)
{
	unsigned at;

	if (s->nneed == ASKED)
		return;
	for (at = s->nneed; at && strcmp(s->need[at - 1].key, key) > 0; at--)
		s->need[at] = s->need[at - 1];
	s->need[at] = (struct asked){.key = key, .mask = mask};
	s->nneed++;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
	return hash * 0xff51afd7ed558ccdu;
}

uint64_t state_hash(const struct state *s, unsigned node)
{
	uint64_t hash =
		mix(node, (uint64_t)s->held | (uint64_t)s->freed << 1 |
				  (uint64_t)s->requested << 2 | (uint64_t)(s->left != NULL) << 3);

	hash = mix(hash, (uint64_t)s->held_site << 48 | (uint64_t)s->failed << 32 |
				 (uint64_t)s->open << 16 | s->denied);
	for (unsigned i = 0; i < s->nknown; i++) {
		const struct known *known = &s->known[i];

		hash = mix(hash, (uint64_t)(uintptr_t)known->key);
		hash = mix(hash, (uint64_t)known->mask | (uint64_t)known->kind << 8 |
					 (uint64_t)known->untested << 16 |
					 (uint64_t)known->site << 32);
		hash = mix(hash, (uint64_t)known->is_number << 63 ^ (uint64_t)known->number);
		hash = mix(hash, (uint64_t)(uintptr_t)known->name);
	}
	hash = mix(hash, (uint64_t)s->attached << 1 | s->detached);
	for (unsigned i = 0; i < s->nneed; i++)
		hash = mix(hash, (uint64_t)(uintptr_t)s->need[i].key + s->need[i].mask);
	return hash;
}
