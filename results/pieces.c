// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctext.h"
#include "err.h"
#include "pieces.h"
#include "util.h"

void piece_named(struct piece *p, const char *s, size_t len)
{
	p->names = xrealloc(p->names, (p->nnames + 1) * sizeof(*p->names));
	p->names[p->nnames++] = xasprintf("%.*s", (int)len, s);
}

/* What a macro is called, or the name before the first of "(=[,;{" of a definition. */
static void find_names(struct piece *p)
{
	const char *s = p->text, *name, *last = NULL, *at = s;
	bool listed, value = false;
	size_t len;
	int depth = 0;

	/* Several macros may stand together. */
	for (const char *m = s; (m = strstr(m, "#define ")); m += 8) {
		name = c_next_name(m + 8, &len);
		piece_named(p, name, len);
	}
	if (p->nnames)
		return;
	listed = strstr(s, "enum {") == s || strstr(s, "\nenum {");
	for (name = c_next_name(s, &len); name; name = c_next_name(name + len, &len)) {
		char c = name[len + strspn(name + len, " ")];

		if (!strncmp(name, "_Alignas", len))
			continue;
		/* In a body nothing is defined, nor in an initial value. */
		while (at < name) {
			depth += *at == '{' ? 1 : *at == '}' ? -1 : 0;
			if (!depth && strchr("=,;", *at))
				value = *at == '=';
			at = c_past_words(at) == at ? at + 1 : c_past_words(at);
		}
		at = name + len;
		if (len == 8 && !strncmp(name, "_Alignas", len))
			continue;
		if (listed && strncmp(name, "enum", 4))
			piece_named(p, name, len);
		if (listed || depth || value || !last)
			;
		/* "struct ring {" defines a type; the variable may follow its body. */
		else if (c == '{' ? !strncmp(last, "struct", 6) : c && strchr("(=[,;", c))
			piece_named(p, name, len);
		if (c == '(' && p->nnames && !listed)
			return;
		last = name;
	}
}

/* Definitions are parted by empty lines that are in no braces. */
static void cut(struct pieces *all, size_t file, char *text)
{
	char *start = NULL, *line, *next;
	int depth = 0;

	for (line = text; line; line = next) {
		char *end = strchr(line, '\n');

		next = end ? end + 1 : NULL;
		if (!depth && (!end || end == line)) {
			if (start) {
				struct piece *p;

				all->p = xrealloc(all->p, (all->n + 1) * sizeof(*all->p));
				p = &all->p[all->n++];
				*p = (struct piece){ .file = file };
				p->text = xasprintf("%.*s", (int)(line - start), start);
				find_names(p);
			}
			start = NULL;
			continue;
		}
		if (!start && strncmp(line, "// SPDX", 7))
			start = line;
		for (char *c = line; c < end; c++)
			depth += *c == '{' ? 1 : *c == '}' ? -1 : 0;
	}
}

static int read_piece_file(struct pieces *all, const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct buf text = { 0 };
	size_t f = all->nfiles;
	int ret = read_file(path, &text);

	free(path);
	if (ret)
		return ret;
	all->file = xrealloc(all->file, (f + 1) * sizeof(*all->file));
	all->file[f] = xstrdup(name);
	all->nfiles++;
	buf_add(&text, "\n", 1);
	cut(all, f, text.data);
	buf_free(&text);
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int pieces_read(const char *dir, struct pieces *p)
{
	char **names = NULL, *path;
	size_t n = 0;
	struct dirent *e;
	int ret = 0;
	DIR *d;

	memset(p, 0, sizeof(*p));
	d = opendir(dir);
	if (!d)
		return err_set(-errno, "%s: %s", dir, strerror(errno));
	while ((e = readdir(d)))
		if (strlen(e->d_name) > 2 && !strcmp(e->d_name + strlen(e->d_name) - 2, ".c")) {
			names = xrealloc(names, (n + 1) * sizeof(*names));
			names[n++] = xstrdup(e->d_name);
		}
	closedir(d);
	if (n)
		qsort(names, n, sizeof(*names), by_text);
	for (size_t i = 0; i < n; i++) {
		if (!ret)
			ret = read_piece_file(p, dir, names[i]);
		free(names[i]);
	}
	free(names);
	path = xasprintf("%s/headers", dir);
	if (!ret)
		ret = read_file(path, &p->headers);
	free(path);
	return ret;
}

void pieces_free(struct pieces *p)
{
	for (size_t i = 0; i < p->n; i++) {
		for (size_t k = 0; k < p->p[i].nnames; k++)
			free(p->p[i].names[k]);
		free(p->p[i].names);
		free(p->p[i].text);
	}
	for (size_t i = 0; i < p->nfiles; i++) {
		free(p->file[i]);
	}
	free(p->p);
	free(p->file);
	buf_free(&p->headers);
	memset(p, 0, sizeof(*p));
}
