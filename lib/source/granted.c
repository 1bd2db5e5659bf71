/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was granted, compared with what was asked for. */
#include <string.h>

#include "state.h"

static bool answer(bool holds, bool *yes, bool *no)
{
	*yes = holds;
	*no = !holds;
	return true;
}

static bool is_place(const struct expr *asked, const struct expr *b)
{
	return asked->path && asked->path == b->path;
}

static bool holds_for_equals(unsigned op)
{
	return op == OP('=', '=') || op == OP('<', '=') || op == OP('>', '=');
}

/* A count that was granted is not below the least, which may be a number. */
static bool decide_least(const struct module *m, const struct site *site, unsigned op,
			 const struct expr *b, bool *yes, bool *no)
{
	long number = site->least_n > 0 ? number_of(m, b) : -1;
	bool below = op == OP('<', 0) || op == OP('>', '=');

	if (number >= 0 && number <= site->least_n && below)
		return answer(op == OP('>', '='), yes, no);
	if (number >= 0 && site->is_exact && number == site->most_n)
		return answer(holds_for_equals(op), yes, no);
	return is_place(site->least, b) && below && answer(op == OP('>', '='), yes, no);
}

/* `granted op b`, where @mask is what is known of the sign of what was granted. */
static bool decide_site(const struct module *m, const struct site *site, uint8_t mask, unsigned op,
			const struct expr *b, bool *yes, bool *no)
{
	bool is_most = is_place(site->most, b);

	if (mask == NEG && (is_most || is_place(site->least, b)))
		return answer(op == OP('<', 0) || op == OP('<', '=') || op == OP('!', '='), yes,
			      no);
	if (mask != POS)
		return false;
	if (is_most && site->is_exact)
		return answer(holds_for_equals(op), yes, no);
	if (is_most) { /* never more than was asked for */
		*yes = op != OP('>', 0);
		*no = op != OP('<', '=');
		return true;
	}
	return decide_least(m, site, op, b, yes, no);
}

bool decide_granted(const struct module *m, const struct expr *expr, struct state *s, bool *yes,
		    bool *no)
{
	if (expr->kind != EX_BINARY || !is_comparison(expr->op))
		return false;
	for (int turn = 0; turn < 2; turn++) {
		struct value value = value_of(m, s, turn ? expr->b : expr->a);
		const struct site *site;

		if (value.kind != KIND_GRANT || !value.site)
			continue;
		site = &m->site[value.site - 1];
		if (site->most && site->least &&
		    decide_site(m, site, value.mask, turn ? turned(expr->op) : expr->op,
				turn ? expr->a : expr->b, yes, no))
			return true;
	}
	return false;
}
