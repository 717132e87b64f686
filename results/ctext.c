// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctext.h"
#include "util.h"

bool c_is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Behind the string or comment that begins here; @s if none does. */
const char *c_past_words(const char *s)
{
	if (*s == '"' || *s == '\'') {
		char quote = *s++;

		while (*s && *s != quote)
			s += *s == '\\' && s[1] ? 2 : 1;
		return s + !!*s;
	}
	if (!strncmp(s, "/*", 2)) {
		const char *end = strstr(s, "*/");

		return end ? end + 2 : s + strlen(s);
	}
	return s;
}

/* The next identifier at or behind @s that is none of a comment's or a string's; its length. */
const char *c_next_name(const char *s, size_t *len)
{
	while (*s) {
		const char *past = c_past_words(s);

		if (past != s) {
			s = past;
		} else if (isdigit((unsigned char)*s)) {
			while (c_is_name(*s))
				s++;
		} else if (c_is_name(*s)) {
			for (*len = 0; c_is_name(s[*len]);)
				(*len)++;
			return s;
		} else {
			s++;
		}
	}
	return NULL;
}

bool c_mentions(const char *text, const char *name)
{
	const char *s;
	size_t len;

	for (s = c_next_name(text, &len); s; s = c_next_name(s + len, &len))
		if (len == strlen(name) && !strncmp(s, name, len))
			return true;
	return false;
}

size_t c_count(const char *text, const char *name)
{
	size_t len, n = 0;

	for (const char *s = c_next_name(text, &len); s; s = c_next_name(s + len, &len))
		n += len == strlen(name) && !strncmp(s, name, len);
	return n;
}

/* Does @text declare a variable of this name? Then it is not what a piece defines. */
bool c_declares(const char *text, const char *name, size_t name_len)
{
	static const char *const words[] = { "return", "else",	 "do",	 "case",
					     "struct", "sizeof", "enum", "goto" };
	const char *last = NULL, *between;
	size_t len, last_len = 0;

	for (const char *s = c_next_name(text, &len); s; s = c_next_name(s + len, &len)) {
		bool type = last && len == name_len && !strncmp(s, name, len);

		/* "long *name": a type, a blank, and no blank behind a star. */
		if (type) {
			between = last + last_len;
			type = *between == ' ' && between + 1 + strspn(between + 1, "*") == s &&
			       (last < text + 8 || strncmp(last - 8, "#define ", 8));
		}
		for (size_t i = 0; type && i < ARRAY_SIZE(words); i++)
			type = last_len != strlen(words[i]) || strncmp(last, words[i], last_len);
		if (type)
			return true;
		last = s;
		last_len = len;
	}
	return false;
}

/* Behind the bracket that ends what begins at @s. */
const char *c_past_brackets(const char *s)
{
	int depth = 0;

	do {
		const char *past = c_past_words(s);

		if (past != s) {
			s = past;
			continue;
		}
		depth += *s == '(' ? 1 : *s == ')' ? -1 : 0;
		s++;
	} while (*s && depth);
	return s;
}

/* A text's parts between commas that are in no brackets; @end is behind the last one. */
size_t c_split_args(const char *s, const char *end, char *arg[MAX_ARGS])
{
	const char *from = s;
	size_t n = 0;
	int depth = 0;

	for (; s <= end && n < MAX_ARGS; s++) {
		depth += s < end && strchr("([{", *s) ? 1 : s < end && strchr(")]}", *s) ? -1 : 0;
		if (s < end && (depth || *s != ','))
			continue;
		from += strspn(from, " \t\n");
		if (from < s)
			arg[n++] = xasprintf("%.*s", (int)(s - from), from);
		from = s + 1;
	}
	return n;
}

void c_free_args(char *arg[], size_t n)
{
	while (n)
		free(arg[--n]);
}

/* @text with each of these names replaced; an argument of several words has brackets of its own. */
char *c_substitute(const char *text, char *const name[], char *const arg[], size_t n)
{
	struct buf b = { 0 };
	const char *s, *from = text;
	size_t len;

	for (s = c_next_name(text, &len); s; s = c_next_name(s + len, &len))
		for (size_t i = 0; i < n; i++) {
			bool field = s > text && (s[-1] == '.' || s[-1] == '>');
			bool alone = s == text || strchr(" (", s[-1]);

			if (strlen(name[i]) != len || strncmp(s, name[i], len) || field)
				continue;
			alone = !arg[i][strcspn(arg[i], " ")] || (alone && strchr(",);", s[len]));
			buf_printf(&b, alone ? "%.*s%s" : "%.*s(%s)", (int)(s - from), from,
				   arg[i]);
			from = s + len;
			break;
		}
	buf_printf(&b, "%s", from);
	return b.data;
}

/* Lines of more than 100 columns go on in the next one, behind a comma or an operator. */
char *c_wrapped(const char *text)
{
	struct buf b = { 0 };

	for (const char *line = text; *line; line += *line == '\n') {
		size_t len = strcspn(line, "\n"), column = 0, at = 0;
		bool quoted = false;

		for (size_t i = 0; i < len && column <= 100; i++) {
			column += line[i] == '\t' ? 8 - column % 8 : 1;
			quoted ^= line[i] == '"' && (!i || line[i - 1] != '\\');
			if (line[i] == ' ' && i && !quoted && strchr("|,&:", line[i - 1]))
				at = i;
		}
		if (column > 100 && at)
			buf_printf(&b, "%.*s\n\t%.*s\t%.*s\n", (int)at, line,
				   (int)strspn(line, "\t"), "\t\t\t\t\t\t", (int)(len - at - 1),
				   line + at + 1);
		else
			buf_printf(&b, "%.*s\n", (int)len, line);
		line += len;
	}
	return b.data;
}

bool c_fits(const char *text)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t n = 0;

		for (size_t i = 0; line[i] && line[i] != '\n'; i++)
			n += line[i] == '\t' ? 8 - n % 8 : 1;
		if (n > 100)
			return false;
	}
	return true;
}

size_t c_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

bool c_is_macro(const char *text)
{
	const char *past = c_past_words(text);

	return !strncmp(past + strspn(past, "\n"), "#define ", 8);
}

bool c_is_line(const char *text)
{
	return !strchr(text, '\n')[1];
}
