// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "export.h"
#include "export_program.h"

/* Is this one of those @names, of which "x*" is all that begin so? */
static bool is_named(const char *names, const char *s, size_t len)
{
	for (size_t n; names += strspn(names, " "), n = strcspn(names, " "); names += n)
		if (names[n - 1] == '*' ? len >= n - 1 && !strncmp(s, names, n - 1) :
					  len == n && !strncmp(s, names, n))
			return true;
	return false;
}

static void add_includes(const struct program *g, const char *text, struct buf *out)
{
	char *list = xstrdup(g->all->headers.data), *last;

	for (char *line = strtok_r(list, "\n", &last); line; line = strtok_r(NULL, "\n", &last)) {
		char *names = strchr(line, ':');
		size_t len;

		if (*line == '#' || !names)
			continue;
		*names++ = '\0';
		for (const char *s = c_next_name(text, &len); s; s = c_next_name(s + len, &len))
			if (is_named(names, s, len)) {
				buf_printf(out, "#include <%s>\n", line);
				break;
			}
	}
	free(list);
}

static void add_comment(const struct exported *x, const char *gcc_libs, struct buf *out)
{
	const char *name = strchr(x->test, '/') + 1, *line;

	buf_printf(out, "// SPDX-License-Identifier: GPL-2.0\n/*\n");
	for (line = x->comment; *line;) {
		int len = strcspn(line, "\n");

		buf_printf(out, len ? " * %.*s\n" : " *%.*s\n", len, line);
		line += len + (line[len] == '\n');
	}
	buf_printf(out, " *\n *\tgcc -o %.*s %s%s%s && sudo ./%.*s\n */\n", (int)strcspn(name, "/"),
		   name, x->file, gcc_libs, x->libs, (int)strcspn(name, "/"), name);
}

/* What takes one line stands together, before all else. */
static void add_pieces(struct program *g, struct buf *out)
{
	buf_add(out, "", 0);
	for (int macro = 1; macro >= 0; macro--)
		for (size_t i = 0; i < g->norder; i++)
			if (c_is_line(g->order[i]->text) && (*g->order[i]->text == '#') == macro)
				buf_printf(out, "%s", g->order[i]->text);
	for (size_t i = 0; i < g->norder; i++)
		if (!c_is_line(g->order[i]->text))
			buf_printf(out, "\n%s", g->order[i]->text);
}

/* The statements' actors must be told of before what is made from them. */
static void write_program(struct program *g, struct buf *out)
{
	bool threads;
	char *text;
	struct buf head = { 0 }, body = { 0 };

	/* What nobody asked for waits to be read until the end. */
	if (c_mentions(g->main.data, "open_registered") && strstr(g->x->clauses, "C3") &&
	    !c_mentions(g->main.data, "UFFD_FEATURE_WP_ASYNC"))
		buf_printf(&g->main, c_mentions(g->main.data, "close_uffd") ||
						     c_mentions(g->main.data, "monitor_exits") ?
					     "\tif (uffd)\n\t\tno_notice();\n" :
					     "\tno_notice();\n");
	make_pieces(g);
	find_needed(g);
	add_pieces(g, &body);
	threads = strstr(body.data, "pthread_") || strstr(g->main.data, "pthread_");

	add_comment(g->x, threads ? " -lpthread" : "", out);
	buf_printf(out, "#define _GNU_SOURCE\n");
	text = xasprintf("%s%s alarm printf%s", body.data, g->main.data,
			 g->may_hang ? " signal" : "");
	add_includes(g, text, out);
	free(text);
	buf_printf(out, "\n#define NAME \"%s\"\n#define PAGES %u\n", g->x->test, g->npages);
	make_actors(g, &head);
	buf_add(out, head.data, head.len);
	buf_free(&head);
	buf_printf(out,
		   "%s\nint main(void)\n{\n\tprintf(\"KTAP version 1\\n1..1\\n\");\n%s"
		   "\talarm(20);\n%s",
		   body.data, g->may_hang ? "\tsignal(SIGALRM, hangs);\n" : "", g->main.data);
	buf_free(&body);
	/* Who looks at what it leaves says how it ended. */
	if (!c_mentions(g->main.data, "leaves_nothing"))
		buf_printf(out, "\tprintf(\"ok 1 %%s\\n\", NAME);\n");
	buf_printf(out, "\treturn 0;\n}\n");
}

static void program_free(struct program *g)
{
	for (int i = 0; i < NACTORS; i++) {
		free(g->kind[i]);
		free(g->owner[i]);
	}
	pieces_free(&g->own);
	for (size_t i = 0; i < g->all->n; i++)
		free(g->piece[i].text);
	free(g->piece);
	buf_free(&g->main);
	buf_free(&g->views);
	buf_free(&g->views_now);
	buf_free(&g->left_out);
	free(g->order);
	free(g->memory);
	free(g->why_not);
	free(g->missing);
	free(g->taken);
	free(g->own_taken);
	free(g->file_used);
}

int export_write(const struct pieces *p, const struct exported *x, const char *told,
		 struct buf *out)
{
	struct program g = { .all = p, .x = x };
	int ret = 0;

	g.piece = xcalloc(p->n + 1, sizeof(*g.piece));
	for (size_t i = 0; i < p->n; i++) {
		g.piece[i] = p->p[i];
		g.piece[i].text = xstrdup(p->p[i].text);
	}
	g.used[0] = true;
	read_told(&g, told);
	if (g.why_not)
		ret = err_set(-EINVAL, "%s: it %s", x->test, g.why_not);
	else if (!g.npages || !g.main.len)
		ret = err_set(-EINVAL, "%s: its run told nothing", x->test);
	if (!ret)
		write_program(&g, out);
	if (!ret && g.missing)
		ret = err_set(-EINVAL, "%s: nothing in harness/alone defines %s()", x->test,
			      g.missing);
	program_free(&g);
	return ret;
}
