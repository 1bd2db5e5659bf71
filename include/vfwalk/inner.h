/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the inner guest (fixtures/inner/) and whoever starts it have agreed on. The guest is the
 * whole firmware of a PC: it looks at the one function that it was given, and tells of it in lines
 * on its first serial port. Words of a line stand one space apart; numbers are in hex digits, two
 * for each byte, and bytes stand in the order of their addresses.
 *
 *	inner 1		at its start, before it touches the function; then a look, unasked
 *	none		nothing answers in the slot
 *	config HEX	the function's config space below 100h
 *	bar N HEX	the size of BAR N, 64 bits, highest digit first; not where it is 0
 *	table HEX	the MSI-X Table in the guest's memory, from its first entry on
 *	pba HEX		the PBA in the guest's memory
 *	vectors		MSI-X is enabled, every entry that the guest counts programmed and unmasked
 *	end		nothing more comes until it is asked
 *
 * Where there is no MSI-X, or the BAR that it names does not hold all of it, there is no table or
 * no pba.
 */
#ifndef VFWALK_INNER_H
#define VFWALK_INNER_H

/* The first line. */
#define INNER_HELLO "inner 1"

/* Where the function is put: this device number on bus 0, function 0. */
#define INNER_SLOT 0x10

/* Entries of the table that are told, at most: from the first one on. */
#define INNER_ENTRIES 64

/* isa-debug-exit's I/O port. */
#define INNER_EXIT_PORT 0xf4

/* The image lies at the end of a PC's address space, and so does the processor's first step. */
#define INNER_FIRMWARE 65536

/* What it is asked for, a byte each: to look again, to enable all vectors, and to end. */
#define INNER_LOOK    'l'
#define INNER_VECTORS 'v'
#define INNER_END     'q'

#endif
