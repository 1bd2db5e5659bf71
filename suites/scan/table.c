// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of expectations. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scan.h"

char *file_read(const char *path, size_t *size)
{
	FILE *in = fopen(path, "re");
	size_t room = 1 << 16, used = 0, n;
	char *text = NULL, *more;

	if (!in)
		goto fail;
	for (;;) {
		more = realloc(text, room + 1);
		if (!more)
			goto fail;
		text = more;
		n = fread(text + used, 1, room - used, in);
		used += n;
		if (used < room)
			break;
		room *= 2;
	}
	if (ferror(in))
		goto fail;
	fclose(in);
	text[used] = '\0';
	if (size)
		*size = used;
	return text;

fail:
	fprintf(stderr, "scan: %s: %s\n", path, strerror(errno));
	if (in)
		fclose(in);
	free(text);
	return NULL;
}

int file_write(const char *path, const char *text, size_t size)
{
	FILE *out = fopen(path, "we");

	if (!out || fwrite(text, 1, size, out) != size || fclose(out)) {
		fprintf(stderr, "scan: %s: %s\n", path, strerror(errno));
		return -1;
	}
	return 0;
}

/* Cuts a line at its tabs; the number of fields. */
static size_t cut(char *line, char *field[TABLE_FIELDS])
{
	size_t n = 0;
	char *at;

	while (n < TABLE_FIELDS && (at = strsep(&line, "\t")))
		field[n++] = at;
	return line ? n + 1 : n;
}

int table_read(const char *path, size_t fields, struct table *table)
{
	char *rest, *line;
	size_t number = 0;

	*table = (struct table){.text = file_read(path, NULL)};
	if (!table->text)
		return -1;
	rest = table->text;
	while ((line = strsep(&rest, "\n"))) {
		void *more;

		if (++number == 1 || !line[0] || line[0] == '#')
			continue;
		more = realloc(table->row, (table->rows + 1) * sizeof(*table->row));
		if (!more)
			return -1;
		table->row = more;
		if (cut(line, table->row[table->rows]) != fields) {
			fprintf(stderr, "scan: %s:%zu: not %zu fields\n", path, number, fields);
			table_free(table);
			return -1;
		}
		table->rows++;
	}
	return 0;
}

void table_free(struct table *table)
{
	free(table->row);
	free(table->text);
	*table = (struct table){0};
}
