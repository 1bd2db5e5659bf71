/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of lspci's output: a heading, bytes, the size of a BAR, or text that says nothing new.
 */
#include <stdlib.h>
#include <string.h>

#include "dump.h"

/* Digits of the longest domain that Linux gives and of any other. */
#define MAX_DOMAIN 7

/* The value of a hex digit, or -1. Every byte of a dump goes through here. */
static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20; /* lower case */
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t hex_run(const char *text)
{
	size_t n = 0;

	while (digit(text[n]) >= 0)
		n++;
	return n;
}

/* Length of "01:00.0" or "0000:01:00.0" at the start of @text, or 0. */
static size_t address_length(const char *text)
{
	size_t at = 0, domain = hex_run(text);

	if (domain > 2 && domain <= MAX_DOMAIN && text[domain] == ':')
		at = domain + 1;
	if (hex_run(text + at) != 2 || text[at + 2] != ':' || hex_run(text + at + 3) != 2 ||
	    text[at + 5] != '.' || hex_run(text + at + 6) != 1)
		return 0;
	at += 7;
	return text[at] == ' ' || !text[at] ? at : 0;
}

static void parse_address(const char *text, size_t len, struct line *line)
{
	char address[MAX_DOMAIN + sizeof(":00:00.0")];

	memcpy(address, text, len);
	address[len] = '\0';
	line->kind = LINE_FUNCTION;
	if (bdf_parse(address, &line->bdf))
		snprintf(line->wrong, sizeof(line->wrong),
			 "\"%s\" is no address: devices go up to 1f, functions to 7", address);
}

/* "10: 00 01 02 ..."; true where it starts like one. */
static bool parse_bytes(const char *text, struct line *line)
{
	size_t digits = hex_run(text);
	const char *c = text + digits + 1;

	if (digits < 2 || digits > 4 || text[digits] != ':' || (*c && *c != ' '))
		return false;
	line->kind = LINE_BYTES_AT;
	line->off = (unsigned)strtoul(text, NULL, 16);
	while (*c == ' ' && digit(c[1]) >= 0 && digit(c[2]) >= 0 && digit(c[3]) < 0 &&
	       line->count < LINE_BYTES) {
		line->byte[line->count++] = (uint8_t)(digit(c[1]) << 4 | digit(c[2]));
		c += 3;
	}
	if (*c && strspn(c, " ") != strlen(c))
		snprintf(line->wrong, sizeof(line->wrong), "\"%.8s\" is no byte at %02Xh",
			 c + strspn(c, " "), line->off + line->count);
	else if (line->count < LINE_BYTES)
		snprintf(line->wrong, sizeof(line->wrong), "the line ends after %u of %d bytes",
			 line->count, LINE_BYTES);
	return true;
}

/* "16K" as lspci prints sizes; 0 for anything else. */
static uint64_t parse_size(const char *text)
{
	static const char units[] = "KMGTP";
	char *end;
	uint64_t size = strtoull(text, &end, 10);
	const char *unit = *end ? strchr(units, *end) : NULL;

	if (unit)
		size <<= 10 * (unit - units + 1);
	return end[unit != NULL] == ']' ? size : 0;
}

/*
 * "\tRegion 0: Memory at fe000000 (64-bit, prefetchable) [size=16K]". The SR-IOV capability's own
 * lines are indented further, and have no size.
 */
static bool parse_region(const char *text, struct line *line)
{
	static const char start[] = "\tRegion ";
	const char *size = strstr(text, "[size=");

	if (strncmp(text, start, strlen(start)) || !size)
		return false;
	text += strlen(start);
	if (text[0] < '0' || text[0] >= '0' + PCI_BARS || text[1] != ':')
		return false;
	line->kind = LINE_REGION;
	line->region = (unsigned)(text[0] - '0');
	line->bar.size = parse_size(size + strlen("[size="));
	if (strstr(text, "I/O ports at"))
		line->bar.type = BAR_IO;
	else
		line->bar.type = strstr(text, "64-bit") ? BAR_MEM64 : BAR_MEM32;
	return true;
}

void line_parse(const char *text, struct line *line)
{
	size_t len;

	*line = (struct line){.kind = LINE_OTHER};
	if (!*text) {
		line->kind = LINE_EMPTY;
		return;
	}
	if (!strncmp(text, "Slot:\t", 6)) /* of lspci -vmm */
		text += 6;
	len = address_length(text);
	if (len)
		parse_address(text, len, line);
	else if (!parse_bytes(text, line))
		parse_region(text, line);
}
