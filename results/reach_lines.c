// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctext.h"
#include "err.h"
#include "reach_lines.h"
#include "reach_map.h"

/* --- what code is of which line ---------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
	const struct code_at *x = a, *y = b;
	int c = strcmp(x->function, y->function);

	if (c)
		return c;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

int reach_lines_parse(const char *text, struct reach_lines *l)
{
	memset(l, 0, sizeof(*l));
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += !!*s) {
		char file[128], function[128];
		struct code_at a = { 0 };

		if (sscanf(s, "%127s %lu %127s %lu", file, &a.line, function, &a.offset) != 4)
			continue;
		a.file = xstrdup(file);
		a.function = xstrdup(function);
		l->at = xrealloc(l->at, (l->n + 1) * sizeof(*l->at));
		l->at[l->n++] = a;
	}
	if (!l->n)
		return err_set(-EINVAL, "nothing says which code is of which line");
	qsort(l->at, l->n, sizeof(*l->at), by_place);
	return 0;
}

void reach_lines_free(struct reach_lines *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->at[i].file);
		free(l->at[i].function);
	}
	free(l->at);
	memset(l, 0, sizeof(*l));
}

void reach_lines_functions(const struct reach_lines *l, struct buf *out)
{
	buf_add(out, "", 0);
	for (size_t i = 0; i < l->n; i++)
		if (!i || strcmp(l->at[i].function, l->at[i - 1].function))
			buf_printf(out, "%s %s\n", l->at[i].file, l->at[i].function);
}

/* --- what ran -------------------------------------------------------------------------- */

/* The first at or behind that place. */
static size_t first_at(const struct reach_lines *l, const char *function, unsigned long offset)
{
	const struct code_at key = { .function = (char *)function, .offset = offset };
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (by_place(&l->at[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void reach_lines_ran(struct reach_lines *l, const char *text)
{
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += !!*s) {
		char function[128];
		unsigned long offset, len;
		const char *b;
		int n;

		if (*s != '@' || sscanf(s, "@%127s%n", function, &n) != 1)
			continue;
		for (b = s + n; sscanf(b, " %lu+%lu%n", &offset, &len, &n) == 2; b += n) {
			for (size_t i = first_at(l, function, offset);
			     i < l->n && !strcmp(l->at[i].function, function) &&
			     l->at[i].offset < offset + len;
			     i++)
				l->at[i].ran = true;
			if (b[n] != ' ')
				break;
		}
	}
}

static void take_test(void *arg, const char *test, char *text)
{
	(void)test;
	reach_lines_ran(arg, text);
}

int reach_lines_read(struct reach_lines *l, const char *dir)
{
	return reach_each(dir, take_test, l);
}

/* --- tables ------------------------------------------------------------------------------- */

enum { NO_CODE, NOT_REACHED, REACHED };

/* What each line of a file is; @n is behind the last one that has code. To be freed. */
static unsigned char *lines_of(const struct reach_lines *l, const char *file, size_t *n)
{
	unsigned char *is = NULL;
	size_t size = 0;

	*n = 0;
	for (size_t i = 0; i < l->n; i++) {
		const struct code_at *a = &l->at[i];

		if (strcmp(a->file, file))
			continue;
		while (a->line >= size) {
			is = xrealloc(is, size + 4096);
			memset(is + size, NO_CODE, 4096);
			size += 4096;
		}
		if (a->ran)
			is[a->line] = REACHED;
		else if (is[a->line] == NO_CODE)
			is[a->line] = NOT_REACHED;
		if (a->line >= *n)
			*n = a->line + 1;
	}
	return is;
}

void reach_lines_table(const struct reach_lines *l, struct buf *md)
{
	buf_printf(md, "\n## Lines\n\nOf the source lines that code was made of, those that some "
		       "step executes.\n\n| file | lines | reached |\n|---|---|---|\n");
	for (size_t c = 0; reach_corner[c]; c++) {
		size_t n, all = 0, hit = 0;
		unsigned char *is = lines_of(l, reach_corner[c], &n);

		for (size_t i = 0; i < n; i++) {
			all += is[i] != NO_CODE;
			hit += is[i] == REACHED;
		}
		if (all)
			buf_printf(md, "| `%s` | %zu | %zu (%zu %%) |\n", reach_corner[c], all, hit,
				   hit * 100 / all);
		free(is);
	}
}

/* Is this the name of something about marks, pins or exclusivity? */
static bool is_telling(const char *name, size_t len)
{
	static const char *const words[] = { "uffd",	 "userfaultfd", "soft_dirty", "exclusive",
					     "pinned",	 "marker",	"migration",  "unshare",
					     "wp_async", "_wp",		"swp_",	      "hwpoison" };
	char *text = xasprintf("%.*s", (int)len, name);
	bool is = false;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		is |= !!strcasestr(text, words[i]);
	free(text);
	return is;
}

/* Such names in @text, each once, in @out. */
static void add_telling(const char *text, struct buf *out)
{
	size_t len;

	for (const char *s = c_next_name(text, &len); s; s = c_next_name(s + len, &len)) {
		char *name = xasprintf("`%.*s`", (int)len, s);

		if (is_telling(s, len) && !(out->len && strstr(out->data, name)))
			buf_printf(out, "%s%s", out->len ? ", " : "", name);
		free(name);
	}
}

struct source {
	char *text, **line; /* from 1 */
	size_t n;
};

static int source_read(const char *dir, const char *file, struct source *s)
{
	char *path = xasprintf("%s/%s", dir, file);
	struct buf b = { 0 };
	int ret = read_file(path, &b);

	memset(s, 0, sizeof(*s));
	s->text = b.data;
	s->n = 1;
	for (char *l = b.data; !ret && l && *l;) {
		s->line = xrealloc(s->line, (s->n + 1) * sizeof(*s->line));
		s->line[s->n++] = l;
		l += strcspn(l, "\n");
		if (*l)
			*l++ = '\0';
	}
	free(path);
	return ret;
}

/* The name of the function that a line is in: of the latest line that begins with one and has "(". */
static char *function_at(const struct source *s, size_t line)
{
	for (; line > 0 && line < s->n; line--) {
		const char *l = s->line[line], *open = strchr(l, '('), *name;

		if (!isalpha((unsigned char)*l) || !open || l[strlen(l) - 1] == ';' ||
		    l[strlen(l) - 1] == ':')
			continue;
		for (name = open; name > l && c_is_name(name[-1]);)
			name--;
		return xasprintf("%.*s", (int)(open - name), name);
	}
	return xstrdup("");
}

static void add_branches(const struct reach_lines *l, const char *file, const struct source *s,
			 struct buf *md, size_t *found)
{
	size_t n, last = 0;
	unsigned char *is = lines_of(l, file, &n);

	for (size_t i = 1; i < n && i < s->n; i++) {
		struct buf names = { 0 };
		size_t end = i;
		char *in, *before;

		if (is[i] == REACHED)
			last = i;
		if (is[i] != NOT_REACHED)
			continue;
		/* All of it, up to what is reached again. */
		for (size_t k = i; k < n && k < s->n && is[k] != REACHED; k++)
			if (is[k] == NOT_REACHED)
				end = k;
		in = function_at(s, i);
		before = function_at(s, last);
		/* In a function that nobody enters there is nothing that turns off to it. */
		if (last && !strcmp(in, before)) {
			for (size_t k = last; k <= i; k++)
				add_telling(s->line[k], &names);
			if (names.len) {
				buf_printf(md, "| `%s:%zu` | %zu | `%s` | %s |\n", file, i,
					   end - i + 1, in, names.data);
				(*found)++;
			}
		}
		free(in);
		free(before);
		buf_free(&names);
		i = end;
	}
	free(is);
}

void reach_branches_table(const struct reach_lines *l, const char *source, struct buf *md)
{
	struct buf rows = { 0 };
	size_t found = 0;

	for (size_t c = 0; reach_corner[c]; c++) {
		struct source s;

		if (!source_read(source, reach_corner[c], &s))
			add_branches(l, reach_corner[c], &s, &rows, &found);
		free(s.line);
		free(s.text);
	}
	buf_printf(md,
		   "\n## Branches that no test takes\n\n"
		   "%zu places where a function that is reached asks about marks, pins or "
		   "exclusivity, and no step goes on there: the next cases to write.\n\n"
		   "| where | lines | function | asks |\n|---|---|---|---|\n%s",
		   found, rows.data ? rows.data : "");
	buf_free(&rows);
}
