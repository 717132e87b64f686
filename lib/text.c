// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text.h"
#include "util.h"

struct style style_for(FILE *out)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	struct style s = { .width = 72 };
	struct winsize ws;

	if (!isatty(fileno(out)))
		return s;
	s.color = !(no && *no) && term && strcmp(term, "dumb");
	if (!ioctl(fileno(out), TIOCGWINSZ, &ws) && ws.ws_col >= 100)
		s.width = 100;
	return s;
}

void buf_wrapped(struct buf *b, const char *s, unsigned int at, unsigned int indent,
		 unsigned int width)
{
	bool first = true;
	size_t n;

	while (*(s += strspn(s, " "))) {
		n = strcspn(s, " ");
		if (!first && at + 1 + n > width) {
			buf_printf(b, "\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		buf_printf(b, "%s%.*s", first ? "" : " ", (int)n, s);
		at += n + !first;
		first = false;
		s += n;
	}
	buf_printf(b, "\n");
}

void print_wrapped(FILE *out, const char *s, unsigned int at, unsigned int indent,
		   unsigned int width)
{
	struct buf b = { 0 };

	buf_wrapped(&b, s, at, indent, width);
	fputs(b.data, out);
	buf_free(&b);
}

void print_labelled(FILE *out, const char *label, unsigned int label_width, const char *text,
		    unsigned int width)
{
	unsigned int len = strlen(label), indent = 3 + label_width;

	fprintf(out, "  %-*s ", (int)label_width, label);
	if (len > label_width)
		fprintf(out, "\n%*s", (int)indent, "");
	print_wrapped(out, text, indent, indent, width);
}

void print_heading(FILE *out, const char *s, struct style st)
{
	fprintf(out, st.color ? "\n\033[1m%s\033[0m\n" : "\n%s\n", s);
}

void print_warning(FILE *out, const char *s, struct style st)
{
	fputs("warning: ", out);
	print_wrapped(out, s, 9, 9, st.width);
}

void print_field(FILE *out, const char *name, struct style st, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	if (*text) {
		fprintf(out, "    %-9s ", name);
		/* A command to copy must stay one line. */
		if (!strcmp(name, "replay") || !strcmp(name, "log"))
			fprintf(out, "%s\n", text);
		else
			print_wrapped(out, text, 14, 14, st.width);
	}
	free(text);
}

void md_text(struct buf *b, const char *s)
{
	for (; *s; s++) {
		char c = (unsigned char)*s < ' ' || *s == 0x7f ? ' ' : *s;

		if (c == '<')
			buf_printf(b, "&lt;");
		else if (c == '&')
			buf_printf(b, "&amp;");
		else
			buf_printf(b, strchr("\\`*_{}[]|~#>", c) ? "\\%c" : "%c", c);
	}
}

char *safe_name(const char *name)
{
	size_t len = strlen(name), skip = len > 60 ? len - 60 : 0;
	char *s = xstrdup(name + skip);

	for (char *p = s; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._-+", *p))
			*p = '_';
	if (*s == '.')
		*s = '_';
	return s;
}

char *last_line(const char *text)
{
	const char *end = text + strlen(text), *p;

	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	for (p = end; p > text && p[-1] != '\n'; p--)
		;
	if (end - p > 200)
		end = p + 200;
	return xasprintf("%.*s", (int)(end - p), p);
}

size_t utf8_len(const unsigned char *p, size_t left)
{
	size_t n = p[0] < 0x80 ? 1 :
		   p[0] < 0xc2 ? 0 :
		   p[0] < 0xe0 ? 2 :
		   p[0] < 0xf0 ? 3 :
		   p[0] < 0xf5 ? 4 :
				 0;

	if (!n || n > left)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}
