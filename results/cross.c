// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cross.h"
#include "explore.h"
#include "text.h"

static void add(struct cross *x, char *line)
{
	char *save = NULL, *variant = strtok_r(line, "|", &save), *hyphen;
	char *rest = variant ? variant + strlen(variant) + 1 : NULL, *word, *what;

	/* A set-up may be empty, which strtok_r() would pass over. */
	word = rest ? strchr(rest, '|') : NULL;
	what = word ? strchr(word + 1, '|') : NULL;
	hyphen = variant ? strchr(variant, '-') : NULL;
	if (!what || !hyphen)
		return;
	*word++ = *what++ = *hyphen = 0;
	x->c = xrealloc(x->c, (x->n + 1) * sizeof(*x->c));
	x->c[x->n++] =
		(struct cell){ xstrdup(variant), xstrdup(rest), xstrdup(word), xstrdup(what) };
}

void cross_read(struct cross *x, const char *output)
{
	static const char begins[] = "# cell ";
	char *copy = xstrdup(output), *save = NULL;

	for (char *l = strtok_r(copy, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		if (!strncmp(l, begins, strlen(begins)))
			add(x, l + strlen(begins));
	free(copy);
}

void cross_free(struct cross *x)
{
	for (size_t i = 0; i < x->n; i++) {
		free(x->c[i].memory);
		free(x->c[i].setup);
		free(x->c[i].word);
		free(x->c[i].what);
	}
	free(x->c);
	memset(x, 0, sizeof(*x));
}

/* Strings, each once, in the order in which they came. */
struct names {
	const char **name;
	size_t n;
};

static size_t name_at(struct names *l, const char *name)
{
	size_t i = 0;

	while (i < l->n && strcmp(l->name[i], name))
		i++;
	if (i == l->n) {
		l->name = xrealloc(l->name, (l->n + 1) * sizeof(*l->name));
		l->name[l->n++] = name;
	}
	return i;
}

/* What is known of a cell: of a set-up that cannot be made, why. NULL: nothing. */
static const char *told(const struct cross *x, const char *memory, const char *setup,
			const char *word)
{
	const char *why = NULL;
	unsigned int times = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct cell *c = &x->c[i];

		if (strcmp(c->memory, memory) || strcmp(c->setup, setup) ||
		    (strcmp(c->word, word) && strcmp(c->word, "*")))
			continue;
		times += !strcmp(c->what, "explored");
		why = c->what;
	}
	return times ? "explored" : why;
}

/* What each case calls. */
struct sources {
	char **calls;
};

/* The first case that has these calls in this order, with such memory, and a pin or none. */
static const char *case_of(const struct case_list *cases, const struct sources *s,
			   const char *calls, const char *memory)
{
	bool pins = !strncmp(calls, "pin", 3);

	for (size_t i = 0; i < cases->n; i++) {
		const struct tcase *c = &cases->c[i];

		for (size_t v = 0; v < c->nv; v++)
			if (!strcmp(c->v[v].memory, memory) &&
			    (!pins || strcmp(c->v[v].pin, "none")) &&
			    explored_contained(calls, s->calls[i]))
				return c->id;
	}
	return NULL;
}

static void read_sources(const struct case_list *cases, const char *folder, struct sources *s)
{
	s->calls = xcalloc(cases->n + 1, sizeof(*s->calls));
	for (size_t i = 0; i < cases->n; i++) {
		char *path = xasprintf("%s/%s.c", folder, cases->c[i].id);
		struct buf text = { 0 };

		s->calls[i] = read_file(path, &text) ? xstrdup("") :
						       explored_calls(text.data, true);
		buf_free(&text);
		free(path);
	}
}

/* What it is a row of, and on what. */
struct told_of {
	const char *setup, *word;
	char *c, *calls; /* both as C, and what that calls */
	const char *sources, *kernel, *version;
};

/* "fails C4": the bug that is known to make it fail so, and the case that knows it. */
static void fails(const struct case_list *cases, const struct told_of *t, const char *memory,
		  const char *what, struct buf *md)
{
	const char *bug = NULL, *known = NULL;

	if (!strncmp(what, "fails C", 7))
		known = explored_known(cases, t->sources, t->c, what + strlen("fails "),
				       explored_class(memory), t->kernel, t->version, true, &bug);
	if (!known && !strncmp(what, "fails C", 7))
		/* By another clause there, where that which broke it is done. */
		known = explored_known(cases, t->sources, t->c, "", explored_class(memory),
				       t->kernel, t->version, true, &bug);
	if (known)
		buf_printf(md, " %s: %s (%s) |", what, bug, known);
	else
		buf_printf(md, " %s |", what);
}

static void row(const struct cross *x, const struct case_list *cases, const struct sources *s,
		const struct names *memory, struct names *why, const struct told_of *t,
		struct buf *md)
{
	const char *setup = t->setup, *word = t->word, *calls = t->calls;

	buf_printf(md, "| `%s` |", word);
	for (size_t m = 0; m < memory->n; m++) {
		const char *id = case_of(cases, s, calls, memory->name[m]);
		const char *what = told(x, memory->name[m], setup, word);

		if (id)
			buf_printf(md, " %s |", id);
		else if (!what || !strncmp(what, "fails", 5))
			fails(cases, t, memory->name[m], what ? what : "fails", md);
		else if (!strcmp(what, "explored"))
			buf_printf(md, " + |");
		else
			buf_printf(md, " %zu |", name_at(why, what) + 1);
	}
	buf_printf(md, "\n");
}

/* Where each beginning's table is: headings are linked to without capitals and what is no word. */
static void contents(const struct names *setups, struct buf *md)
{
	for (size_t i = 0; i < setups->n; i++) {
		const char *setup = *setups->name[i] ? setups->name[i] : "nothing";

		buf_printf(md, "- [Behind %s](#behind-", setup);
		for (const char *c = setup; *c; c++)
			if (isalnum((unsigned char)*c) || strchr("_- ", *c))
				buf_printf(md, "%c", *c == ' ' ? '-' : *c);
		buf_printf(md, ")\n");
	}
	buf_printf(md, "- [Why not](#why-not)\n\n");
}

/* Two thousand rows are one table for each beginning. */
static void head(const struct names *memory, const char *setup, struct buf *md)
{
	buf_printf(md, "## Behind %s\n\n| step |", *setup ? setup : "nothing");
	for (size_t m = 0; m < memory->n; m++)
		buf_printf(md, " %s |", memory->name[m]);
	buf_printf(md, "\n|---|");
	for (size_t m = 0; m < memory->n; m++)
		buf_printf(md, "---|");
	buf_printf(md, "\n");
}

void cross_table(const struct cross *x, const struct case_list *cases, const char *sources,
		 char *(*statements)(void *arg, const char *steps), void *arg, const char *kernel,
		 const char *version, struct buf *md)
{
	struct names memory = { 0 }, setups = { 0 }, words = { 0 }, why = { 0 };
	struct sources s;

	for (size_t i = 0; i < x->n; i++) {
		name_at(&memory, x->c[i].memory);
		name_at(&setups, x->c[i].setup);
		if (strcmp(x->c[i].word, "*"))
			name_at(&words, x->c[i].word);
	}
	read_sources(cases, sources, &s);
	buf_printf(
		md,
		"# What meets what\n\nWhat is tracked or pinned, what then happens, and to which "
		"memory, on %s. A cell names a case that has these steps in this order; `+`: no "
		"case has them, and exploration found nothing; `fails`: it fails by that clause, "
		"and a bug of the book that is known to break where that step is done, with a "
		"case, by this clause or another; a number: why it makes no sense, at the end. Made by `make explore-cross`.\n\n",
		kernel);
	contents(&setups, md);
	for (size_t i = 0; i < setups.n; i++) {
		head(&memory, setups.name[i], md);
		for (size_t w = 0; w < words.n; w++) {
			char *steps = xasprintf("%s %s", setups.name[i], words.name[w]);
			struct told_of t = { .setup = setups.name[i],
					     .word = words.name[w],
					     .c = statements(arg, steps),
					     .sources = sources,
					     .kernel = kernel,
					     .version = version };

			t.calls = explored_calls(t.c, true);
			row(x, cases, &s, &memory, &why, &t, md);
			free(t.calls);
			free(t.c);
			free(steps);
		}
		buf_printf(md, "\n");
	}
	buf_printf(md, "## Why not\n\n");
	for (size_t i = 0; i < why.n; i++) {
		buf_printf(md, "%zu. ", i + 1);
		md_text(md, why.name[i]);
		buf_printf(md, "\n");
	}
	for (size_t i = 0; i < cases->n; i++)
		free(s.calls[i]);
	free(s.calls);
	free(memory.name);
	free(setups.name);
	free(words.name);
	free(why.name);
}
