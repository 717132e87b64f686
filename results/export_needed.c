// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export_program.h"

static struct piece *find_piece(struct program *g, const char *s, size_t len, bool **taken)
{
	struct piece *found = NULL;

	for (size_t i = 0; i < g->own.n; i++)
		if (strlen(g->own.p[i].names[0]) == len && !strncmp(g->own.p[i].names[0], s, len)) {
			*taken = &g->own_taken[i];
			return &g->own.p[i];
		}
	for (size_t i = 0; i < g->all->n; i++) {
		struct piece *p = &g->piece[i];
		char *file = g->all->file[p->file];
		bool memory = !strncmp(file, "memory_", 7);

		for (size_t k = 0; k < p->nnames; k++) {
			if (strlen(p->names[k]) != len || strncmp(p->names[k], s, len))
				continue;
			/* Of memory there is one file a kind, or one for several. */
			if (found && memory && !g->file_used[p->file])
				continue;
			*taken = &g->taken[i];
			found = p;
		}
	}
	return found;
}

static void need_all(struct program *g, const char *text);

static void need(struct program *g, const char *s, size_t len)
{
	bool *taken;
	struct piece *p = find_piece(g, s, len, &taken);

	if (!p || *taken)
		return;
	*taken = true;
	need_all(g, p->text);
	g->order = xrealloc(g->order, (g->norder + 1) * sizeof(*g->order));
	g->order[g->norder++] = p;
	if (p >= g->piece && p < g->piece + g->all->n)
		g->file_used[p->file] = true;
}

static void need_all(struct program *g, const char *text)
{
	const char *s;
	size_t len;

	for (s = c_next_name(text, &len); s; s = c_next_name(s + len, &len))
		if (!c_declares(text, s, len))
			need(g, s, len);
}

/* All that main() needs, and what that needs, in order. */
static void need_from_main(struct program *g)
{
	memset(g->own_taken, 0, g->own.n * sizeof(bool));
	memset(g->taken, 0, g->all->n * sizeof(bool));
	g->norder = 0;
	need_all(g, "must");
	/* Where there is no uffd nobody waits for a monitor. */
	if (c_mentions(g->main.data, "open_registered"))
		g->may_hang = true;
	if (g->may_hang)
		need_all(g, "hangs");
	need_all(g, g->main.data);
}

/* Does @text declare something by a name that @other has, too? A loop's own variable is its own. */
static bool names_collide(const char *text, const char *other)
{
	char *own = xstrdup(text);
	bool bad = false;
	size_t len;

	for (char *s = own; (s = strstr(s, "(int "));)
		memcpy(s, "(    ", 5);
	for (const char *s = c_next_name(own, &len); s && !bad; s = c_next_name(s + len, &len)) {
		char *name = xasprintf("%.*s", (int)len, s);

		bad = c_declares(own, name, len) && c_count(other, name);
		free(name);
	}
	free(own);
	return bad;
}

/* Is there a call in it, of more than these macros? */
static bool does_something(const char *arg)
{
	static const char *const pure[] = { "at", "bytes", "VALUE", "behind", "WORD" };
	size_t len;

	for (const char *s = c_next_name(arg, &len); s; s = c_next_name(s + len, &len)) {
		bool known = s[len] != '(';

		for (size_t i = 0; i < ARRAY_SIZE(pure); i++)
			known |= len == strlen(pure[i]) && !strncmp(s, pure[i], len);
		if (!known)
			return true;
	}
	return false;
}

/* The statements of this piece, a function without a value, for that call; NULL: it must be called. */
static char *inlined(const struct program *g, const struct piece *p, const char *args,
		     const char *args_end)
{
	char *name[MAX_ARGS], *arg[MAX_ARGS], *body, *text = NULL;
	const char *head = strstr(p->text, "static void "), *open, *close, *end;
	size_t n, nargs;
	bool bad = false;

	if (!head || p->nnames != 1)
		return NULL;
	open = strchr(head, '(');
	close = c_past_brackets(open) - 1;
	end = strstr(close, "\n}\n");
	if (strncmp(close, ")\n{\n", 4) || !end || end[3] || c_mentions(close, "return") ||
	    memchr(open + 1, '(', close - open - 1))
		return NULL;
	n = c_split_args(open + 1, close, name);
	for (size_t i = 0; i < n; i++) {
		char *last = name[i] + strlen(name[i]);

		while (last > name[i] && c_is_name(last[-1]))
			last--;
		memmove(name[i], last, strlen(last) + 1);
	}
	if (n == 1 && !strcmp(name[0], "void"))
		c_free_args(name, n--);
	nargs = c_split_args(args, args_end, arg);
	body = xasprintf("%.*s\n", (int)(end - close - 4), close + 4);
	for (size_t i = 0; i < n; i++) {
		char *address = xasprintf("&%s", name[i]);

		/* An argument that does something does it once. */
		bad |= strstr(body, address) ||
		       (i < nargs && does_something(arg[i]) && c_count(body, name[i]) != 1);
		free(address);
	}
	if (n == nargs && !bad && !names_collide(body, g->main.data)) {
		char *plain = c_substitute(body, name, arg, n), *with = c_wrapped(plain);
		const char *comment = strstr(p->text, "/* ") == p->text ? p->text : "";

		text = xasprintf("%s%.*s%s", *comment ? "\t" : "",
				 (int)(*comment ? head - p->text : 0), comment, with);
		free(plain);
		free(with);
	}
	if (text && !c_fits(text)) {
		free(text);
		text = NULL;
	}
	free(body);
	c_free_args(name, n);
	c_free_args(arg, nargs);
	return text;
}

/* A macro that is mentioned once is written out there. */
static bool write_out(const struct piece *p, char **text)
{
	char *name[MAX_ARGS] = { 0 }, *arg[MAX_ARGS] = { 0 }, *body, *with, *out, *long_line;
	const char *args = strpbrk(p->text + 8, "( "), *at, *end, *def = args;
	size_t n = 0, nargs = 0, len;

	for (at = c_next_name(*text, &len); at; at = c_next_name(at + len, &len))
		if (len == strlen(p->names[0]) && !strncmp(at, p->names[0], len))
			break;
	if (!at)
		return false;
	end = at + len;
	if (*args == '(') {
		if (*end != '(')
			return false;
		def = c_past_brackets(args);
		n = c_split_args(args + 1, def - 1, name);
		end = c_past_brackets(end);
		nargs = c_split_args(at + len + 1, end - 1, arg);
	}
	body = xstrdup(def + 1);
	body[strlen(body) - 1] = '\0';
	with = c_substitute(body, name, arg, n);
	long_line = xasprintf("%.*s%s%s", (int)(at - *text), *text, with, end);
	out = c_wrapped(long_line);
	free(long_line);
	free(with);
	free(body);
	c_free_args(name, n);
	c_free_args(arg, nargs);
	/* A macro stays in its line. */
	if (n != nargs || !c_fits(out) || (c_is_macro(*text) && c_lines(out) > c_lines(*text))) {
		free(out);
		return false;
	}
	free(*text);
	*text = out;
	return true;
}

static bool called_once(const struct program *g, const char *name)
{
	size_t n = c_count(g->main.data, name);

	for (size_t i = 0; i < g->norder; i++)
		n += c_count(g->order[i]->text, name) - (!strcmp(g->order[i]->names[0], name));
	return n == 1;
}

static bool write_out_one(struct program *g)
{
	for (size_t i = 0; i < g->norder; i++) {
		struct piece *p = g->order[i];
		/* This one lets its first argument go. */
		bool all = p->nnames != 1 ||
			   (strcmp(p->names[0], "in") && !strchr(p->text + 1, '#'));

		if (p->nnames != 1 || strncmp(p->text, "#define ", 8) || !all ||
		    !c_is_line(p->text) || !called_once(g, p->names[0]))
			continue;
		if (c_count(g->main.data, p->names[0])) {
			char *text = xstrdup(g->main.data);
			bool done = write_out(p, &text);

			if (done) {
				buf_free(&g->main);
				buf_printf(&g->main, "%s", text);
			}
			free(text);
			if (done)
				return true;
		}
		for (size_t k = 0; k < g->norder; k++)
			if (k != i && c_count(g->order[k]->text, p->names[0]) &&
			    write_out(p, &g->order[k]->text))
				return true;
	}
	return false;
}

/* The first call of main() that can be; false: there is none. */
static bool inline_one(struct program *g)
{
	for (const char *line = g->main.data; *line;) {
		const char *end = c_past_brackets(line + strcspn(line, "(\n"));
		size_t len = *line == '\t' ? strcspn(line + 1, "(\n") : 0;
		char *name = xasprintf("%.*s", (int)len, line + 1), *text = NULL;
		struct piece *p;
		bool *taken;

		if (len && line[len + 1] == '(' && !strncmp(end, ";\n", 2) &&
		    (p = find_piece(g, name, len, &taken)) && called_once(g, name))
			text = inlined(g, p, line + len + 2, end - 1);
		free(name);
		if (text) {
			struct buf b = { 0 };

			buf_printf(&b, "%.*s%s%s", (int)(line - g->main.data), g->main.data, text,
				   end + 2);
			buf_free(&g->main);
			g->main = b;
			free(text);
			return true;
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return false;
}

/* Of what the statements call each must be there. */
static void find_missing(struct program *g)
{
	const char *s;
	size_t len;
	bool *taken;

	for (s = c_next_name(g->main.data, &len); s; s = c_next_name(s + len, &len))
		if (s[len] == '(' && len != 2 && !find_piece(g, s, len, &taken)) {
			g->missing = xasprintf("%.*s", (int)len, s);
			return;
		}
}

void find_needed(struct program *g)
{
	bool seen = false;

	g->own_taken = xcalloc(g->own.n, sizeof(bool));
	g->taken = xcalloc(g->all->n + 1, sizeof(bool));
	g->file_used = xcalloc(g->all->nfiles + 1, sizeof(bool));
	/* Of several files that say what memory is, the one that has this kind. */
	for (size_t i = 0; i < g->all->n && !seen; i++)
		for (size_t k = 0; k < g->all->p[i].nnames; k++)
			if (g->memory && !strncmp(g->all->p[i].names[k], "map_", 4) &&
			    !strcmp(g->all->p[i].names[k] + 4, g->memory))
				seen = g->file_used[g->all->p[i].file] = true;
	find_missing(g);
	do
		need_from_main(g);
	while (inline_one(g) || write_out_one(g));
}
