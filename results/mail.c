// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "err.h"
#include "findings.h"
#include "mail.h"
#include "text.h"

#define COLUMNS 72

/* @n characters of Markdown as plain text: no backticks, no stars, of a link its text. */
static char *plain(const char *s, size_t n)
{
	const char *end = s + n;
	struct buf b = { 0 };

	buf_add(&b, "", 0);
	for (; s < end; s++) {
		if (*s == '`' || (*s == '*' && s + 1 < end && s[1] == '*'))
			s += *s == '*';
		else if (*s == '\n')
			buf_add(&b, " ", 1);
		else if (*s == '\\' && s + 1 < end)
			buf_add(&b, ++s, 1);
		else if (*s == '[' && memchr(s, ']', end - s) &&
			 ((const char *)memchr(s, ']', end - s))[1] == '(')
			;
		else if (*s == ']' && s + 1 < end && s[1] == '(')
			while (s + 1 < end && *s != ')')
				s++;
		else
			buf_add(&b, s, 1);
	}
	return b.data;
}

/* How far a list's item is from its text: "- " or "12. "; 0 if it is none. */
static unsigned int item(const char *line)
{
	size_t digits = strspn(line, "0123456789");

	if (!strncmp(line, "- ", 2))
		return 2;
	return digits && !strncmp(line + digits, ". ", 2) ? digits + 2 : 0;
}

/* One paragraph, item or block of code, which ends at the next empty line or item. */
static const char *add_block(struct buf *out, const char *s)
{
	unsigned int lead = item(s), indent = lead;
	const char *end = s;
	char *text;

	if (!strncmp(s, "    ", 4) || *s == '|') {
		int n = strcspn(s, "\n");

		buf_printf(out, "%.*s\n", n, s);
		return s + n + (s[n] == '\n');
	}
	do {
		end += strcspn(end, "\n");
		end += *end == '\n';
	} while (*end && *end != '\n' && !item(end) && *end != '#');
	buf_printf(out, "%.*s", (int)lead, s);
	text = plain(s + lead, end - s - lead);
	buf_wrapped(out, text, lead, indent, COLUMNS);
	free(text);
	return end;
}

/* The text of section @name, or NULL; it ends before the next heading. */
static const char *section(const char *finding, const char *name)
{
	char *head = xasprintf("\n## %s\n", name);
	const char *s = strstr(finding, head);

	s = s ? s + strlen(head) : NULL;
	free(head);
	return s;
}

static void add_section(struct buf *out, const char *finding, const char *name, const char *title)
{
	const char *s = section(finding, name);

	if (!s)
		return;
	if (*title)
		buf_printf(out, "%s\n\n", title);
	while (*(s += strspn(s, "\n")) && strncmp(s, "## ", 3)) {
		bool list = item(s);

		s = add_block(out, s);
		/* Items stand together. */
		if (!list || !item(s))
			buf_printf(out, "\n");
	}
}

/* "**Kernels** ..." of the finding's head. */
static void add_kernels(struct buf *out, const char *finding)
{
	const char *s = strstr(finding, "\n**Kernels** "), *end;
	char *text;

	if (!s)
		return;
	s += strlen("\n**Kernels** ");
	end = strstr(s, "\n\n");
	text = plain(s, end ? (size_t)(end - s) : strlen(s));
	buf_printf(out, "Kernels\n\n");
	buf_wrapped(out, text, 0, 0, COLUMNS);
	buf_printf(out, "\n");
	free(text);
}

static void add_measured(struct buf *out, const struct mail *m)
{
	const char *config = finding_config(m->name);
	struct buf with = { 0 }, without = { 0 };

	for (size_t i = 0; i < m->measured->n; i++) {
		const struct measured_kernel *k = &m->measured->k[i];
		bool any = false;

		/* Those that are built here are none of anybody else's. */
		if (strchr(k->name, '-'))
			continue;
		for (size_t b = 0; b < nbugs; b++)
			any |= !strcmp(bugs[b].finding, m->name) &&
			       bug_in_package(&bugs[b], k->version);
		buf_printf(any ? &with : &without, " %s", k->version);
	}
	if (with.len) {
		buf_printf(out, "By these packages of Debian: ");
		buf_wrapped(out, with.data, 29, 4, COLUMNS);
	}
	if (without.len) {
		buf_printf(out, "Not, or not any more, by: ");
		buf_wrapped(out, without.data, 26, 4, COLUMNS);
	}
	if (config)
		buf_printf(out, "Debian's packages are built without CONFIG_%s.\n", config);
	if (with.len || without.len)
		buf_printf(out, "\n");
	buf_free(&with);
	buf_free(&without);
}

static void add_bugs(struct buf *out, const char *name)
{
	for (size_t i = 0; i < nbugs; i++) {
		char *text;

		if (strcmp(bugs[i].finding, name))
			continue;
		text = xasprintf("What is lost: %s.", bugs[i].loses);
		buf_wrapped(out, text, 0, 4, COLUMNS);
		free(text);
	}
	buf_printf(out, "\n");
}

int mail_write(const struct mail *m, struct buf *out)
{
	const char *end = strchr(m->finding, '\n');
	char *title;

	if (strncmp(m->finding, "# ", 2) || !end)
		return err_set(-EINVAL, "finding %s has no title", m->name);
	title = plain(m->finding + 2, end - m->finding - 2);
	buf_printf(out, "Subject: [BUG] %s\n\n", title);
	free(title);
	add_bugs(out, m->name);
	add_section(out, m->finding, "Consequence", "");
	add_section(out, m->finding, "Steps", "Steps");
	if (*m->program)
		buf_printf(out, "A program that shows it is at the end.\n\n");
	add_kernels(out, m->finding);
	add_measured(out, m);
	add_section(out, m->finding, "Cause", "Cause");
	add_section(out, m->finding, "Documented?", "Is it documented?");
	add_section(out, m->finding, "Mend", "Fix");
	if (*m->program)
		buf_printf(out, "%s\n", m->program);
	if (*m->patch)
		buf_printf(out, "---\n%s", m->patch);
	return 0;
}
