// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "export.h"
#include "util.h"

/* --- the pieces ---------------------------------------------------------------------- */

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Behind the string or comment that begins here; @s if none does. */
static const char *past_words(const char *s)
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
static const char *next_name(const char *s, size_t *len)
{
	while (*s) {
		const char *past = past_words(s);

		if (past != s) {
			s = past;
		} else if (isdigit((unsigned char)*s)) {
			while (is_name(*s))
				s++;
		} else if (is_name(*s)) {
			for (*len = 0; is_name(s[*len]);)
				(*len)++;
			return s;
		} else {
			s++;
		}
	}
	return NULL;
}

static void add_name(struct piece *p, const char *s, size_t len)
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
		name = next_name(m + 8, &len);
		add_name(p, name, len);
	}
	if (p->nnames)
		return;
	listed = strstr(s, "enum {") == s || strstr(s, "\nenum {");
	for (name = next_name(s, &len); name; name = next_name(name + len, &len)) {
		char c = name[len + strspn(name + len, " ")];

		if (!strncmp(name, "_Alignas", len))
			continue;
		/* In a body nothing is defined, nor in an initial value. */
		while (at < name) {
			depth += *at == '{' ? 1 : *at == '}' ? -1 : 0;
			if (!depth && strchr("=,;", *at))
				value = *at == '=';
			at = past_words(at) == at ? at + 1 : past_words(at);
		}
		at = name + len;
		if (len == 8 && !strncmp(name, "_Alignas", len))
			continue;
		if (listed && strncmp(name, "enum", 4))
			add_name(p, name, len);
		if (listed || depth || value || !last)
			;
		/* "struct ring {" defines a type; the variable may follow its body. */
		else if (c == '{' ? !strncmp(last, "struct", 6) : c && strchr("(=[,;", c))
			add_name(p, name, len);
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
		if (!start && strncmp(line, "#include", 8) && strncmp(line, "// SPDX", 7))
			start = line;
		for (char *c = line; c < end; c++)
			depth += *c == '{' ? 1 : *c == '}' ? -1 : 0;
	}
}

static int read_piece_file(struct pieces *all, const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name), *line;
	struct buf text = { 0 };
	size_t f = all->nfiles;
	int ret = read_file(path, &text);

	free(path);
	if (ret)
		return ret;
	all->files = xrealloc(all->files, (f + 1) * sizeof(*all->files));
	memset(&all->files[f], 0, sizeof(*all->files));
	all->files[f].name = xstrdup(name);
	all->nfiles++;
	for (line = text.data; line && (line = strstr(line, "#include ")); line++) {
		size_t n = all->files[f].nincludes++;

		all->files[f].includes = xrealloc(all->files[f].includes, (n + 1) * sizeof(char *));
		all->files[f].includes[n] = xasprintf("%.*s", (int)strcspn(line, "\n"), line);
	}
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
	char **names = NULL;
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
		for (size_t k = 0; k < p->files[i].nincludes; k++)
			free(p->files[i].includes[k]);
		free(p->files[i].includes);
		free(p->files[i].name);
	}
	free(p->p);
	free(p->files);
	memset(p, 0, sizeof(*p));
}

/* --- what was told ------------------------------------------------------------------- */

/* Those who look, in the order of their bits; and those who only write. */
static const char *const actors[] = { "PARENT",	 "CHILD",   "GRANDCHILD", "BEHIND", "DEVICE",
				      "DEVICE2", "DEVICE3", "DEVICE4",	  "FIRST",  "OTHER" };
enum {
	CHILD = 1,
	GRANDCHILD,
	BEHIND,
	FIRST_DEVICE = 4,
	LAST_DEVICE = 7,
	FIRST_WRITER = 8,
	NACTORS = 10
};

struct program {
	const struct pieces *all;
	const struct exported *x;
	unsigned int npages;
	unsigned long page_len;
	bool shared, middle, twins;
	bool used[NACTORS], looks[NACTORS];
	char *kind[NACTORS];  /* of a device */
	char *owner[NACTORS]; /* "CHILD", or NULL: the parent */
	struct buf main;      /* the statements */
	char *memory;	      /* the kind's file of pieces comes first */
	char *why_not;
	char *step; /* that has told nothing yet but what is to be seen */

	/* What is called, and written before what calls it. */
	struct pieces own; /* pieces that are made for this program */
	bool *taken, *own_taken;
	struct buf body;
	bool *file_used, one_line;
	char *missing;
};

static bool mentions(const char *text, const char *name)
{
	const char *s;
	size_t len;

	for (s = next_name(text, &len); s; s = next_name(s + len, &len))
		if (len == strlen(name) && !strncmp(s, name, len))
			return true;
	return false;
}

static void note_actors(struct program *g, const char *stmt)
{
	for (int i = 0; i < NACTORS; i++)
		g->used[i] |= mentions(stmt, actors[i]);
	if (!strncmp(stmt, "sees(", 5)) {
		char *viewers = xasprintf("%.*s", (int)strcspn(stmt, ","), stmt);

		for (int i = 0; i < NACTORS; i++)
			g->looks[i] |= mentions(viewers, actors[i]);
		free(viewers);
	}
}

static int actor_of(const char *name)
{
	for (int i = 0; i < NACTORS; i++)
		if (!strcmp(actors[i], name))
			return i;
	return -1;
}

/* The step in hand, if it told nothing: a program without it would pass for what it is not. */
static void step_ends(struct program *g)
{
	if (g->step && !g->why_not)
		g->why_not = xasprintf("has a step that tells nothing: %s", g->step);
	free(g->step);
	g->step = NULL;
}

static bool is_view(const char *stmt)
{
	static const char *const views[] = { "sees(", "uffd_wp(", "still_registered(", "reported(",
					     "soft_dirty(" };

	for (size_t i = 0; i < ARRAY_SIZE(views); i++)
		if (!strncmp(stmt, views[i], strlen(views[i])))
			return true;
	return false;
}

static void step_told(struct program *g)
{
	free(g->step);
	g->step = NULL;
}

/* A statement that names the page twice. */
static void add_twice(struct program *g, const char *fmt, const char *page)
{
	const char *s;

	buf_printf(&g->main, "\t");
	for (; (s = strstr(fmt, "%s")); fmt = s + 2)
		buf_printf(&g->main, "%.*s%s", (int)(s - fmt), fmt, page);
	buf_printf(&g->main, "%s\n", fmt);
}

/* "cpu_write(PARENT, 0, 4, 3);" and device_write() are loops; true if it was one of these. */
static bool add_write(struct program *g, const char *stmt)
{
	char who[16], by[16] = "", page[16], *what;
	unsigned int first, n, step;
	const char *kind;
	bool device;
	int i;

	if (sscanf(stmt, "cpu_write(%15[A-Z0-9], %u, %u, %u);", who, &first, &n, &step) == 4)
		device = false;
	else if (sscanf(stmt, "device_write(%15[A-Z0-9], %u, %u, %u);", who, &first, &n, &step) ==
		 4)
		device = true;
	else if (sscanf(stmt, "device_write_in(%15[A-Z], %15[A-Z0-9], %u, %u, %u);", by, who,
			&first, &n, &step) == 5)
		device = true;
	else
		return false;
	i = actor_of(who);
	kind = i >= 0 && g->kind[i] ? g->kind[i] : "device";
	if (*by)
		what = xasprintf("in(%s, store_%s, %%s, VALUE(DEVICE, %u, %%s));", by, kind, step);
	else if (device)
		what = xasprintf("write_%s(%%s, VALUE(DEVICE, %u, %%s));", kind, step);
	else if (!strcmp(who, "PARENT"))
		what = xasprintf("WORD(%%s) = VALUE(PARENT, %u, %%s);", step);
	else
		what = xasprintf("in(%s, store, %%s, VALUE(%s, %u, %%s));", who, who, step);
	snprintf(page, sizeof(page), "%u", first);
	if (n > 1)
		buf_printf(&g->main, "\tfor (int p = %u; p < %u; p++)\n\t", first, first + n);
	add_twice(g, what, n > 1 ? "p" : page);
	free(what);
	return true;
}

/* In two lines if it must be, parted behind an operator or a comma. */
static void add_line(struct program *g, const char *stmt)
{
	const size_t room = 92;
	size_t len = strlen(stmt), at = len;

	while (len > room && at && (at > room || stmt[at] != ' ' || !strchr("|+,", stmt[at - 1])))
		at--;
	if (at && at < len)
		buf_printf(&g->main, "\t%.*s\n\t\t%s\n", (int)at, stmt, stmt + at + 1);
	else
		buf_printf(&g->main, "\t%s\n", stmt);
}

static void add_statement(struct program *g, const char *stmt)
{
	if (!is_view(stmt))
		step_told(g);
	note_actors(g, stmt);
	if (!strncmp(stmt, "map_", 4) && !g->memory)
		g->memory = xasprintf("%.*s", (int)strcspn(stmt + 4, "("), stmt + 4);
	if (!add_write(g, stmt))
		add_line(g, stmt);
}

static void take_line(struct program *g, const char *line)
{
	char device[16], word[32];
	int i;

	if (sscanf(line, "pages %u %lu", &g->npages, &g->page_len) == 2)
		return;
	if (!strcmp(line, "shared")) {
		g->shared = true;
	} else if (!strcmp(line, "twins")) {
		g->twins = true;
	} else if (!strcmp(line, "middle")) {
		g->middle = true;
	} else if (!strncmp(line, "owner ", 6) &&
		   sscanf(line + 6, "%15s %31s", device, word) == 2) {
		i = actor_of(device);
		if (i >= 0 && !g->owner[i])
			g->owner[i] = xstrdup(word);
	} else if (!strncmp(line, "device ", 7) &&
		   sscanf(line + 7, "%15s %31s", device, word) == 2) {
		i = actor_of(device);
		if (i >= 0 && !g->kind[i])
			g->kind[i] = xstrdup(word);
	} else if (!strncmp(line, "step ", 5)) {
		size_t clause = strcspn(line + 5, " ");

		step_ends(g);
		g->step = xstrdup(line + 5 + clause + 1);
		buf_printf(&g->main, "\n\t/* %s */\n\tstep = \"%s\";\n", line + 5 + clause + 1,
			   line + 5);
	} else if (!strcmp(line, "nothing")) {
		step_told(g);
	} else if (!strncmp(line, "not ", 4)) {
		if (!g->why_not)
			g->why_not = xstrdup(line + 4);
	} else {
		add_statement(g, line);
	}
}

static void read_told(struct program *g, const char *told)
{
	for (const char *s = told; s && (s = strstr(s, "# tell ")); s++) {
		char *line;

		if (s != told && s[-1] != '\n')
			continue;
		line = xasprintf("%.*s", (int)strcspn(s + 7, "\n"), s + 7);
		take_line(g, line);
		free(line);
	}
	step_ends(g);
}

/* --- pieces that are made for this program -------------------------------------------------- */

static void own_piece(struct program *g, const char *name, struct buf *text)
{
	struct piece *p;

	g->own.p = xrealloc(g->own.p, (g->own.n + 1) * sizeof(*p));
	p = &g->own.p[g->own.n++];
	*p = (struct piece){ .text = text->data };
	add_name(p, name, strlen(name));
	*text = (struct buf){ 0 };
}

/* Everybody's bit. */
static void make_actors(struct program *g, struct buf *head)
{
	unsigned int bit = 0;

	buf_printf(head, "/* Who looks, and who writes: a bit each. */\nenum { NOBODY");
	for (int i = 0; i < NACTORS; i++) {
		if (!g->used[i])
			continue;
		buf_printf(head, bit == 5 ? ",\n       %s = %u" : ", %s = %u", actors[i],
			   1U << bit);
		bit++;
	}
	buf_printf(head, ", ALL = %u", (1U << bit) - 1);
	/* What its owner's page has held. */
	if (mentions(g->main.data, "OWN"))
		buf_printf(head, ", OWN = %u", 1U << bit);
	buf_printf(head, " };\n");
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

/* What one that looks has in a page. */
static void make_word(struct program *g)
{
	struct buf text = { 0 };
	bool any = g->used[CHILD];

	buf_printf(&text, "static uint64_t word(int viewer, int p)\n{\n");
	for (int i = BEHIND; i < FIRST_WRITER; i++) {
		if (!g->looks[i])
			continue;
		any = true;
		buf_printf(&text, "\tif (viewer == %s)\n", actors[i]);
		if (i == BEHIND)
			buf_printf(&text, "\t\treturn *(uint64_t *)%s%s(p)%s;\n",
				   g->middle ? "(" : "", g->twins ? "twin" : "behind",
				   g->middle ? " + 2048)" : "");
		else if (g->owner[i])
			buf_printf(&text, "\t\treturn in(%s, load_%s, p, 0);\n", g->owner[i],
				   g->kind[i] ? g->kind[i] : "device");
		else
			buf_printf(&text, "\t\treturn read_%s(p);\n",
				   g->kind[i] ? g->kind[i] : "device");
	}
	if (g->used[CHILD])
		buf_printf(&text, "\treturn in(viewer, load, p, 0);\n}\n");
	else
		buf_printf(&text, "%s\treturn WORD(p);\n}\n", any ? "" : "\t(void)viewer;\n");
	own_piece(g, "word", &text);
}

/* Which clause a wrong value breaks, as the harness says it: clause_of() of views.c. */
static void add_broken(struct program *g, struct buf *text)
{
	static const char indent[] = "\n\t\t\t\t     ";
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
		buf_printf(text, "(v | must >> 16 | by) & %s ? \"C1\" :%s", devices, indent);
	buf_printf(text, "!by || by > ALL || step[1] == '4' ? \"C0\" : step");
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
	for (s = next_name(named, &len); s; s = next_name(s + len, &len))
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

static void make_sees(struct program *g)
{
	bool own = mentions(g->main.data, "OWN"), owned = false;
	char *others = those(g, CHILD, BEHIND);
	struct buf text = { 0 };

	buf_printf(
		&text,
		"/* These must see, from page first on, what who wrote there in that step. */\n"
		"static void sees(int viewers, int first, int n, int who, int step_nr)\n{\n"
		"\tchar wanted[32], seen[64];\n\n"
		"\tfor (int v = 1; v <= viewers; v <<= 1)\n"
		"\t\tfor (int p = first; viewers & v && p < first + n; p++) {\n"
		"\t\t\tuint64_t must = who ? VALUE(who, step_nr, p) : 0, is = word(v, p);\n"
		"\t\t\tuint64_t by = is >> 16;\n\n"
		"\t\t\tsnprintf(wanted, sizeof(wanted), \"%%#lx\", must);\n"
		"\t\t\tsnprintf(seen, sizeof(seen), \"%%#lx, viewer %%d, page %%d\", is, v, p);\n"
		"\t\t\tif (is != must");
	for (int i = FIRST_DEVICE; i <= LAST_DEVICE; i++)
		owned |= !!g->owner[i];
	/* What its owner's page has held: what was there first, and what the owner wrote. */
	if (own && owned)
		buf_printf(&text, " && (who != OWN || (by != CHILD && is & 0xff00))");
	else if (own)
		buf_printf(&text, " && (who != OWN || by & %s)", *others ? others : "NOBODY");
	buf_printf(&text, ")\n\t\t\t\tfail(");
	add_broken(g, &text);
	buf_printf(&text, ", wanted, seen);\n\t\t}\n}\n");
	own_piece(g, "sees", &text);
	free(others);
}

/* --- what is needed, in order ------------------------------------------------------------- */

/* The piece that defines a name: one made for this program, of its memory's kind, or any. */
static struct piece *find_piece(struct program *g, const char *s, size_t len, bool **taken)
{
	struct piece *found = NULL;

	for (size_t i = 0; i < g->own.n; i++)
		if (strlen(g->own.p[i].names[0]) == len && !strncmp(g->own.p[i].names[0], s, len)) {
			*taken = &g->own_taken[i];
			return &g->own.p[i];
		}
	for (size_t i = 0; i < g->all->n; i++) {
		struct piece *p = &g->all->p[i];
		char *file = g->all->files[p->file].name;
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
	bool *taken, one;
	struct piece *p = find_piece(g, s, len, &taken);

	if (!p || *taken)
		return;
	*taken = true;
	need_all(g, p->text);
	/* What takes one line stands together. */
	one = strchr(p->text, '\n')[1] == '\0';
	if (g->body.len && !(one && g->one_line))
		buf_printf(&g->body, "\n");
	buf_printf(&g->body, "%s", p->text);
	g->one_line = one;
	if (p >= g->all->p && p < g->all->p + g->all->n)
		g->file_used[p->file] = true;
}

/* Does @text declare a variable of this name? Then it is not what a piece defines. */
static bool is_declared(const char *text, const char *name, size_t name_len)
{
	static const char *const words[] = { "return", "else",	 "do",	 "case",
					     "struct", "sizeof", "enum", "goto" };
	const char *last = NULL, *between;
	size_t len, last_len = 0;

	for (const char *s = next_name(text, &len); s; s = next_name(s + len, &len)) {
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

static void need_all(struct program *g, const char *text)
{
	const char *s;
	size_t len;

	for (s = next_name(text, &len); s; s = next_name(s + len, &len))
		if (!is_declared(text, s, len))
			need(g, s, len);
}

/* Of what the statements call each must be there. */
static void find_missing(struct program *g)
{
	const char *s;
	size_t len;
	bool *taken;

	for (s = next_name(g->main.data, &len); s; s = next_name(s + len, &len))
		if (s[len] == '(' && !find_piece(g, s, len, &taken)) {
			g->missing = xasprintf("%.*s", (int)len, s);
			return;
		}
}

static void add_includes(struct program *g, struct buf *out)
{
	char **list = NULL;
	size_t n = 0;

	for (size_t f = 0; f < g->all->nfiles; f++)
		for (size_t i = 0; g->file_used[f] && i < g->all->files[f].nincludes; i++) {
			list = xrealloc(list, (n + 1) * sizeof(*list));
			list[n++] = g->all->files[f].includes[i];
		}
	if (n)
		qsort(list, n, sizeof(*list), by_text);
	for (size_t i = 0; i < n; i++)
		if (!i || strcmp(list[i], list[i - 1]))
			buf_printf(out, "%s\n", list[i]);
	free(list);
}

/* --- the program ------------------------------------------------------------------------ */

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

/* The statements' actors must be told of before what is made from them. */
static void write_program(struct program *g, struct buf *out)
{
	bool threads, seen = false;
	struct buf head = { 0 };

	if (g->middle)
		make_word_in_middle(g);
	for (int i = FIRST_DEVICE; i <= LAST_DEVICE; i++)
		if (mentions(g->main.data, "remap") || mentions(g->main.data, "remap_event"))
			make_remapped(g, g->kind[i]);
	make_in(g);
	make_word(g);
	make_device_calls(g);
	make_sees(g);
	g->own_taken = xcalloc(g->own.n, sizeof(bool));
	g->taken = xcalloc(g->all->n + 1, sizeof(bool));
	g->file_used = xcalloc(g->all->nfiles + 1, sizeof(bool));
	/* Of several files that say what memory is, the one that has this kind. */
	for (size_t i = 0; i < g->all->n && !seen; i++)
		for (size_t k = 0; k < g->all->p[i].nnames; k++)
			if (g->memory && !strncmp(g->all->p[i].names[k], "map_", 4) &&
			    !strcmp(g->all->p[i].names[k] + 4, g->memory))
				seen = g->file_used[g->all->p[i].file] = true;
	/* What nobody asked for waits to be read until the end. */
	if (mentions(g->main.data, "register_area") && strstr(g->x->clauses, "C3") &&
	    !mentions(g->main.data, "UFFD_FEATURE_WP_ASYNC"))
		buf_printf(&g->main, "\tno_notice();\n");
	find_missing(g);
	need_all(g, "hangs");
	need_all(g, g->main.data);
	threads = strstr(g->body.data, "pthread_");

	add_comment(g->x, threads ? " -lpthread" : "", out);
	buf_printf(out, "#define _GNU_SOURCE\n");
	add_includes(g, out);
	buf_printf(out, "\n#define NAME \"%s\"\n#define PAGES %u\n", g->x->test, g->npages);
	make_actors(g, &head);
	buf_add(out, head.data, head.len);
	buf_free(&head);
	buf_printf(out,
		   "\n%s\nint main(void)\n{\n\tprintf(\"KTAP version 1\\n1..1\\n\");\n"
		   "\tsignal(SIGALRM, hangs);\n\talarm(20);\n%s",
		   g->body.data, g->main.data);
	/* Who looks at what it leaves says how it ended. */
	if (!mentions(g->main.data, "leaves_nothing"))
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
	buf_free(&g->main);
	buf_free(&g->body);
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
