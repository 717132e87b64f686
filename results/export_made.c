// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export_program.h"

static void own_piece(struct program *g, const char *name, struct buf *text)
{
	struct piece *p;

	g->own.p = xrealloc(g->own.p, (g->own.n + 1) * sizeof(*p));
	p = &g->own.p[g->own.n++];
	*p = (struct piece){ .text = text->data };
	piece_named(p, name, strlen(name));
	*text = (struct buf){ 0 };
}

/* Everybody's bit. */
void make_actors(struct program *g, struct buf *head)
{
	unsigned int bit = 0;

	buf_printf(head, "enum { NOBODY");
	for (int i = 0; i < NACTORS; i++) {
		if (!g->used[i])
			continue;
		buf_printf(head, bit == 5 ? ",\n       %s = %u" : ", %s = %u", actors[i],
			   1U << bit);
		bit++;
	}
	buf_printf(head, ", ALL = %u", (1U << bit) - 1);
	/* What its owner's page has held. */
	if (c_mentions(g->main.data, "OWN"))
		buf_printf(head, ", OWN = %u", 1U << bit);
	buf_printf(head, " }; /* who looks and writes */\n");
}

/* "CHILD", "(CHILD | GRANDCHILD)": those of a range that are there; "" if none is. Caller frees. */
static char *those(const struct program *g, int from, int to)
{
	struct buf b = { 0 };
	char *text;
	size_t n = 0;

	buf_add(&b, "", 0);
	for (int i = from; i < to; i++)
		if (g->used[i])
			buf_printf(&b, "%s%s", n++ ? " | " : "", actors[i]);
	text = n > 1 ? xasprintf("(%s)", b.data) : xstrdup(b.data);
	buf_free(&b);
	return text;
}

/* Do that in a process: of one process alone it is a call. */
static void make_in(struct program *g)
{
	struct buf text = { 0 };

	buf_printf(&text, "#define in(proc, what, a, b) ");
	if (g->used[GRANDCHILD])
		buf_printf(&text, "((proc) == GRANDCHILD ? in_grandchild(what, a, b) : "
				  "(proc) == CHILD ? \\\n\tin_child(what, a, b) : what(a, b))\n");
	else if (g->used[CHILD])
		buf_printf(&text, "((proc) == CHILD ? in_child(what, a, b) : what(a, b))\n");
	else
		buf_printf(&text, "((void)(proc), what(a, b))\n");
	own_piece(g, "in", &text);
}

/* Not at the start of its page: to where in it a device writes is part of the test. */
static void make_word_in_middle(struct program *g)
{
	struct buf text = { 0 };

	buf_printf(&text, "/* In the middle of its page. */\n"
			  "#define WORD(p) (*(uint64_t *)(at(p) + 2048))\n");
	own_piece(g, "WORD", &text);
}

/* What one that looks has in a page; false: that is WORD(), whoever it is. */
static bool make_word(struct program *g)
{
	struct buf text = { 0 };
	size_t line = 0;

	buf_printf(&text, "#define word(v, p) (");
	for (int i = BEHIND; i < FIRST_WRITER; i++) {
		char *how;

		if (!g->looks[i])
			continue;
		if (i == BEHIND)
			how = xasprintf("*(uint64_t *)%s%s(p)%s", g->middle ? "(" : "",
					g->twins ? "twin" : "behind", g->middle ? " + 2048)" : "");
		else if (g->owner[i])
			how = xasprintf("in(%s, load_%s, p, 0)", g->owner[i],
					g->kind[i] ? g->kind[i] : "device");
		else
			how = xasprintf("read_%s(p)", g->kind[i] ? g->kind[i] : "device");
		if (text.len - line > 60) {
			buf_printf(&text, "\\\n\t");
			line = text.len;
		}
		buf_printf(&text, "(v) == %s ? (uint64_t)%s : ", actors[i], how);
		line = line ? line : 1;
		free(how);
	}
	if (line > 1 || (line && g->used[CHILD] && text.len > 70))
		buf_printf(&text, "\\\n\t");
	buf_printf(&text, g->used[CHILD] ? "(uint64_t)in(v, touch, p, 0))\n" : "WORD(p))\n");
	/* Only the parent looks. */
	if (!strcmp(text.data, "#define word(v, p) (WORD(p))\n")) {
		buf_free(&text);
		return false;
	}
	own_piece(g, "word", &text);
	return true;
}

/* Which clause a wrong value breaks, as the harness says it: clause_of() of views.c. */
static void add_broken(struct program *g, struct buf *text, const char *in)
{
	char *indent = xasprintf("\n%s     ", in);
	char *devices = those(g, FIRST_DEVICE, LAST_DEVICE + 1);
	bool was[NACTORS];
	char *others, *theirs;

	/* Who writes and is not the parent; who looks, with what is a child's. */
	memcpy(was, g->used, sizeof(was));
	for (int i = GRANDCHILD + 1; i < NACTORS; i++)
		g->used[i] = was[i] && i == NACTORS - 1;
	others = those(g, CHILD, NACTORS);
	for (int i = GRANDCHILD + 1; i < NACTORS; i++)
		g->used[i] = was[i] && ((i == BEHIND && g->looks[i]) || g->owner[i]);
	theirs = those(g, CHILD, NACTORS);
	memcpy(g->used, was, sizeof(was));
	if (!g->shared && (*others || *theirs)) {
		buf_printf(text, "by && by <= ALL && ");
		if (!strcmp(others, theirs))
			buf_printf(text, "(by | v) & %s", others);
		else if (!*others || !*theirs)
			buf_printf(text, "%s & %s", *others ? "by" : "v",
				   *others ? others : theirs);
		else
			buf_printf(text, "(by & %s || v & %s)", others, theirs);
		buf_printf(text, " ? \"C2\" :%s", indent);
	}
	if (*devices)
		buf_printf(text, "(v | want >> 16 | by) & %s ? \"C1\" :%s", devices, indent);
	buf_printf(text, "!by || by > ALL || step[1] == '4' ? \"C0\" : step");
	free(indent);
	free(devices);
	free(others);
	free(theirs);
}

/* @text with @word in the place of its "%s". Caller frees. */
static char *replace_s(const char *text, const char *word)
{
	const char *at = strstr(text, "%s");

	return xasprintf("%.*s%s%s", (int)(at - text), text, word, at + 2);
}

/* What a child can be asked to do with its device, see in(): for those names that are used. */
static void make_device_calls(struct program *g)
{
	static const struct {
		const char *name, *args, *body;
	} calls[] = {
		{ "begin_", "long a, long b", "(void)a;\n\t(void)b;\n\topen_%s();\n\treturn 0" },
		{ "take_", "long first, long n", "return pin_%s(first, n)" },
		{ "give_", "long a, long b", "(void)a;\n\t(void)b;\n\treturn unpin_%s()" },
		{ "load_", "long p, long unused", "(void)unused;\n\treturn read_%s(p)" },
		{ "store_", "long p, long value", "write_%s(p, value);\n\treturn 0" },
		{ "hand_over_", "long a, long b",
		  "(void)a;\n\t(void)b;\n\tdeliver_%s();\n\treturn 0" },
	};
	const char *s;
	char *named;
	size_t len;

	named = xasprintf("%s", g->main.data);
	for (int i = FIRST_DEVICE; i <= LAST_DEVICE; i++)
		if (g->owner[i] && g->kind[i]) {
			char *more = xasprintf("%s load_%s", named, g->kind[i]);

			free(named);
			named = more;
		}
	for (s = c_next_name(named, &len); s; s = c_next_name(s + len, &len))
		for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
			size_t n = strlen(calls[i].name);
			struct buf text = { 0 };
			char *name, *kind;
			bool there = false;

			if (len <= n || strncmp(s, calls[i].name, n))
				continue;
			name = xasprintf("%.*s", (int)len, s);
			kind = name + n;
			for (int k = FIRST_DEVICE; k <= LAST_DEVICE; k++)
				there |= g->kind[k] &&
					 !strncmp(kind, g->kind[k], strlen(g->kind[k]));
			for (size_t k = 0; k < g->own.n; k++)
				there &= strcmp(g->own.p[k].names[0], name) != 0;
			if (there) {
				char *body = replace_s(calls[i].body, kind);

				buf_printf(&text, "static long %s(%s)\n{\n\t%s;\n}\n", name,
					   calls[i].args, body);
				own_piece(g, name, &text);
				free(body);
			}
			free(name);
		}
	free(named);
}

/* Do several look at once anywhere? */
static bool several_look(const struct program *g)
{
	for (const char *s = g->main.data; (s = strstr(s, "\tsees(")); s++)
		if (strcspn(s, "|") < strcspn(s, ","))
			return true;
	return false;
}

static void make_sees(struct program *g, const char *word)
{
	bool several = several_look(g), own = c_mentions(g->main.data, "OWN"), owned = false;
	const char *in = several ? "\t\t\t" : "\t\t";
	char *others = those(g, CHILD, BEHIND);
	struct buf text = { 0 };

	buf_printf(
		&text,
		"/* These must see, from page first on, what who wrote there in that step. */\n");
	if (several)
		buf_printf(&text,
			   "static void sees(int viewers, int first, int n, int who, int nr)\n{\n"
			   "\tfor (int v = 1; v <= viewers; v <<= 1)\n"
			   "\t\tfor (int p = first; viewers & v && p < first + n; p++) {\n");
	else
		buf_printf(&text, "static void sees(int v, int first, int n, int who, int nr)\n{\n"
				  "\tfor (int p = first; p < first + n; p++) {\n");
	buf_printf(&text,
		   "%suint64_t want = who ? VALUE(who, nr, p) : 0, is = %s, by = is >> 16;\n\n"
		   "%sif (is == want",
		   in, word, in);
	for (int i = FIRST_DEVICE; i <= LAST_DEVICE; i++)
		owned |= !!g->owner[i];
	/* What its owner's page has held: what was there first, and what the owner wrote. */
	if (own && owned)
		buf_printf(&text, " || (who == OWN && (by == CHILD || !(is & 0xff00)))");
	else if (own)
		buf_printf(&text, " || (who == OWN && !(by & %s))", *others ? others : "NOBODY");
	buf_printf(
		&text,
		")\n%s\tcontinue;\n%sprintf(\"# viewer %%d, page %%d: %%#lx, not %%#lx\\n\", v, p, is, want);\n"
		"%smust(0, ",
		in, in, in);
	add_broken(g, &text, in);
	buf_printf(&text, ", \"what was written\");\n%s}\n}\n", several ? "\t\t" : "\t");
	own_piece(g, "sees", &text);
	free(others);
}

/* A device's read_X() and write_X(), by the addresses from before the pages were moved. */
static void make_remapped(struct program *g, const char *kind)
{
	for (size_t i = 0; kind && i < g->all->n; i++) {
		const char *text = g->all->p[i].text, *s;
		char *name = g->all->p[i].names ? g->all->p[i].names[0] : NULL;
		struct buf b = { 0 };

		if (!name || strncmp(text, "#define ", 8) ||
		    (strncmp(name, "read_", 5) && strncmp(name, "write_", 6)) ||
		    strcmp(strchr(name, '_') + 1, kind))
			continue;
		for (; (s = strstr(text, " at(p)")) || (s = strstr(text, " &WORD(p)"));
		     text = strchr(s, ')') + 1)
			buf_printf(&b, "%.*s (char *)%.*s - remapped", (int)(s - text), text,
				   (int)(strchr(s, ')') - s), s + 1);
		buf_printf(&b, "%s", text);
		own_piece(g, name, &b);
	}
}

void make_pieces(struct program *g)
{
	const char *word;

	if (g->middle)
		make_word_in_middle(g);
	for (int i = FIRST_DEVICE; i <= LAST_DEVICE; i++)
		if (c_mentions(g->main.data, "remap") || c_mentions(g->main.data, "remap_event"))
			make_remapped(g, g->kind[i]);
	make_in(g);
	word = make_word(g) ? "word(v, p)" : "WORD(p)";
	make_device_calls(g);
	make_sees(g, word);
}
