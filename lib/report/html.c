/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What writers of HTML share: text that is no markup, and pages out of templates. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/html.h>

void html_text(FILE *out, const char *text)
{
	for (; text && *text; text++) {
		if (*text == '&')
			fputs("&amp;", out);
		else if (*text == '<')
			fputs("&lt;", out);
		else if (*text == '"')
			fputs("&quot;", out);
		else
			putc((unsigned char)*text < ' ' ? '?' : *text, out);
	}
}

void html_attribute(FILE *out, const char *name, const char *text)
{
	fprintf(out, " %s=\"", name);
	html_text(out, text);
	putc('"', out);
}

static FILE *open_template(const char *dir, const char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) < (int)sizeof(path))
		return fopen(path, "re");
	errno = ENAMETOOLONG;
	return NULL;
}

/* The name in `<!-- NAME -->`, which is cut out of @line; NULL for any other line. */
static char *marker_of(char *line)
{
	static const char begin[] = "<!-- ", end[] = " -->\n";
	size_t len = strlen(line);

	if (strncmp(line, begin, strlen(begin)) || len < strlen(begin) + strlen(end) ||
	    strcmp(line + len - strlen(end), end))
		return NULL;
	line[len - strlen(end)] = '\0';
	return line + strlen(begin);
}

static int put_file(FILE *out, const char *dir, const char *name)
{
	FILE *in = open_template(dir, name);
	int c;

	if (!in)
		return -errno;
	while ((c = getc(in)) != EOF)
		putc(c, out);
	fclose(in);
	return 0;
}

int html_page(FILE *out, const char *dir, const char *name, html_body *body, const void *ctx)
{
	FILE *in = open_template(dir, name);
	char *line = NULL;
	size_t size = 0;
	bool found = false;
	int err = 0;

	if (!in)
		return -errno;
	while (!err && getline(&line, &size, in) > 0) {
		const char *marker = marker_of(line);

		if (!marker) {
			fputs(line, out);
		} else if (strcmp(marker, "body")) {
			err = put_file(out, dir, marker);
		} else {
			body(out, ctx);
			found = true;
		}
	}
	free(line);
	fclose(in);
	if (!err && !found)
		err = -EINVAL;
	return err ? err : ferror(out) ? -EIO : 0;
}
