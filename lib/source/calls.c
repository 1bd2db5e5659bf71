/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on which functions call which, whatever path leads there. */
#include "module.h"

void rules_of_calls(struct module *m)
{
	(void)m;
}
