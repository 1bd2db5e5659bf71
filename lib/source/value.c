/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signs of values, and what a condition says of them. */
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "state.h"

static uint8_t sign_of(long number)
{
	return number < 0 ? NEG : number ? POS : ZERO;
}

long number_of(const struct module *m, const struct expr *expr)
{
	long value, other;

	if (!expr)
		return -1;
	switch (expr->kind) {
	case EX_NUMBER:
		return expr->number;
	case EX_PATH:
		return constant_of(m, expr->path, &value) ? value : -1;
	case EX_BINARY:
		value = number_of(m, expr->a);
		other = number_of(m, expr->b);
		if (value < 0 || other < 0)
			return -1;
		return expr->op == OP('+', 0)   ? value + other
		       : expr->op == OP('-', 0) ? value - other
		       : expr->op == OP('*', 0) ? value * other
						: -1;
	default:
		return -1;
	}
}

/* "EINVAL", as a name of the kernel's errors. */
static bool is_errno(const char *name)
{
	if (*name != 'E')
		return false;
	for (; *name; name++)
		if (!isupper((unsigned char)*name) && !isdigit((unsigned char)*name))
			return false;
	return true;
}

static struct value plain(uint8_t mask)
{
	return (struct value){.mask = mask};
}

static struct value numbered(long number)
{
	return (struct value){.mask = sign_of(number), .is_number = true, .number = number};
}

/* A constant, by the kernel's habit: capitals. */
static bool is_name(const char *path)
{
	if (!isupper((unsigned char)*path) || !path[1])
		return false;
	for (; *path; path++)
		if (!isupper((unsigned char)*path) && !isdigit((unsigned char)*path) &&
		    *path != '_')
			return false;
	return true;
}

static struct value unary(const struct module *m, struct state *s, const struct expr *expr)
{
	struct value a = value_of(m, s, expr->a);
	uint8_t mask = a.mask & ZERO;

	switch (expr->op) {
	case OP('-', 0):
		if (expr->a->kind == EX_PATH && is_errno(expr->a->path))
			return plain(NEG);
		return plain(mask | (a.mask & NEG ? POS : 0) | (a.mask & POS ? NEG : 0));
	case OP('!', 0):
		return plain((a.mask & ZERO ? POS : 0) | (a.mask & (NEG | POS) ? ZERO : 0));
	case OP('&', 0):
		return plain(POS);
	default:
		return plain(ANY);
	}
}

bool is_comparison(unsigned op)
{
	return op == OP('<', 0) || op == OP('>', 0) || op == OP('<', '=') || op == OP('>', '=') ||
	       op == OP('=', '=') || op == OP('!', '=');
}

struct value value_of(const struct module *m, struct state *s, const struct expr *expr)
{
	struct known *known;
	long number;

	if (!expr)
		return plain(ANY);
	switch (expr->kind) {
	case EX_NUMBER:
		return numbered(expr->number);
	case EX_STRING:
		return plain(POS);
	case EX_PATH:
		known = known_find(s, expr->path);
		if (known)
			return (struct value){known->mask, known->kind,      known->untested,
					      known->site, known->is_number, known->number,
					      known->name};
		if (constant_of(m, expr->path, &number))
			return numbered(number);
		return (struct value){.mask = ANY, .name = is_name(expr->path) ? expr->path : NULL};
	case EX_UNARY:
		return unary(m, s, expr);
	case EX_BINARY:
		return plain(is_comparison(expr->op) ? ZERO | POS : ANY);
	default:
		return plain(ANY);
	}
}

void holds_for(unsigned sign, unsigned op, long with, bool *can_yes, bool *can_no)
{
	long low = sign == NEG ? LONG_MIN : sign == ZERO ? 0 : 1;
	long high = sign == NEG ? -1 : sign == ZERO ? 0 : LONG_MAX;

	switch (op) {
	case OP('<', 0):
		*can_yes = low < with;
		*can_no = high >= with;
		return;
	case OP('<', '='):
		*can_yes = low <= with;
		*can_no = high > with;
		return;
	case OP('>', 0):
		*can_yes = high > with;
		*can_no = low <= with;
		return;
	case OP('>', '='):
		*can_yes = high >= with;
		*can_no = low < with;
		return;
	case OP('=', '='):
		*can_yes = low <= with && with <= high;
		*can_no = low != with || high != with;
		return;
	default:
		*can_no = low <= with && with <= high;
		*can_yes = low != with || high != with;
	}
}

unsigned turned(unsigned op)
{
	switch (op) {
	case OP('<', 0):
		return OP('>', 0);
	case OP('>', 0):
		return OP('<', 0);
	case OP('<', '='):
		return OP('>', '=');
	case OP('>', '='):
		return OP('<', '=');
	default:
		return op;
	}
}

/* A constant that stands in a comparison; negative ones, too. */
static bool constant(const struct module *m, const struct expr *expr, long *value)
{
	if (expr->kind == EX_NUMBER) {
		*value = expr->number;
		return true;
	}
	if (expr->kind == EX_UNARY && expr->op == OP('-', 0) && expr->a->kind == EX_PATH &&
	    is_errno(expr->a->path)) {
		*value = -22;
		return true;
	}
	return expr->kind == EX_PATH && constant_of(m, expr->path, value);
}

const struct expr *compared(const struct module *m, const struct expr *expr, unsigned *op,
			    long *with)
{
	*op = OP('!', '=');
	*with = 0;
	if (expr->kind == EX_PATH)
		return expr;
	if (expr->kind != EX_BINARY || !is_comparison(expr->op))
		return NULL;
	*op = expr->op;
	if (constant(m, expr->b, with))
		return expr->a->kind == EX_PATH ? expr->a : NULL;
	*op = turned(expr->op);
	if (constant(m, expr->a, with))
		return expr->b->kind == EX_PATH ? expr->b : NULL;
	return NULL;
}

/* Where something is equal to a named constant it is equal to no other. */
static void learn_name(const struct module *m, const struct expr *expr, struct state *yes,
		       struct state *no)
{
	struct state *equal = expr->op == OP('=', '=') ? yes : no;
	atom name;

	if (expr->kind != EX_BINARY || expr->a->kind != EX_PATH ||
	    (expr->op != OP('=', '=') && expr->op != OP('!', '=')))
		return;
	name = value_of(m, equal, expr->b).name;
	if (name && !known_find(equal, expr->a->path))
		known_set(equal, expr->a->path, ANY, KIND_PLAIN, 0)->name = name;
}

/* A condition that is no comparison with a constant is remembered by its text. */
static void decide_text(const struct expr *expr, struct state *yes, struct state *no, bool *can_yes,
			bool *can_no, bool watched)
{
	struct known *known;

	*can_yes = *can_no = true;
	if (!expr->path)
		return;
	known = known_find(yes, expr->path);
	if (known) {
		*can_yes = known->mask & (NEG | POS);
		*can_no = known->mask & ZERO;
	} else if (watched) {
		known_set(yes, expr->path, POS, KIND_PLAIN, 0);
		known_set(no, expr->path, ZERO, KIND_PLAIN, 0);
	}
}

static void narrow(struct state *s, atom path, struct value value, uint8_t mask, bool watched)
{
	struct known *known;

	if (value.kind == KIND_PLAIN && !watched && !known_find(s, path))
		return;
	known = known_set(s, path, mask, value.kind, value.site);
	known->untested = false;
}

/* Two constants that are known by name only are equal where the names are. */
static bool decide_name(const struct module *m, const struct expr *expr, struct state *s, bool *yes,
			bool *no)
{
	struct value a, b;

	if (expr->kind != EX_BINARY || (expr->op != OP('=', '=') && expr->op != OP('!', '=')))
		return false;
	a = value_of(m, s, expr->a);
	b = value_of(m, s, expr->b);
	if (!a.name || !b.name)
		return false;
	*yes = (a.name == b.name) == (expr->op == OP('=', '='));
	*no = !*yes;
	return true;
}

/* ... and a number is what it is. */
static bool decide_number(struct value value, unsigned op, long with, bool *yes, bool *no)
{
	long number = value.number;

	if (!value.is_number)
		return false;
	*yes = op == OP('<', 0)     ? number < with
	       : op == OP('>', 0)   ? number > with
	       : op == OP('<', '=') ? number <= with
	       : op == OP('>', '=') ? number >= with
	       : op == OP('=', '=') ? number == with
				    : number != with;
	*no = !*yes;
	return true;
}

void decide(const struct module *m, const struct expr *expr, struct state *yes, struct state *no,
	    bool *can_yes, bool *can_no, bool watched)
{
	uint8_t yes_mask = 0, no_mask = 0;
	struct known *known;
	const struct expr *path;
	struct value value;
	unsigned op;
	long with;

	if (decide_granted(m, expr, yes, can_yes, can_no) ||
	    decide_name(m, expr, yes, can_yes, can_no))
		return;
	path = compared(m, expr, &op, &with);
	if (!path) {
		if (expr->kind == EX_NUMBER) {
			*can_yes = expr->number;
			*can_no = !expr->number;
			return;
		}
		decide_text(expr, yes, no, can_yes, can_no, watched);
		learn_name(m, expr, yes, no);
		return;
	}
	value = value_of(m, yes, path);
	if (decide_number(value, op, with, can_yes, can_no))
		return;
	for (unsigned sign = NEG; sign <= POS; sign <<= 1) {
		bool y, n;

		if (!(value.mask & sign))
			continue;
		holds_for(sign, op, with, &y, &n);
		yes_mask |= y ? (uint8_t)sign : 0;
		no_mask |= n ? (uint8_t)sign : 0;
	}
	*can_yes = yes_mask;
	*can_no = no_mask;
	narrow(yes, path->path, value, yes_mask, watched);
	if (op == OP('=', '=') && (known = known_find(yes, path->path))) {
		known->is_number = true;
		known->number = with;
	}
	narrow(no, path->path, value, no_mask, watched);
}

bool mentions(const struct expr *expr, atom path)
{
	for (; expr; expr = expr->next) {
		if (expr->kind == EX_PATH && expr->path == path)
			return true;
		if (mentions(expr->a, path) || (expr->b && mentions(expr->b, path)))
			return true;
	}
	return false;
}
