// SPDX-License-Identifier: GPL-2.0-only
/*
 * The corpus as sequences: of a case's source each statement that is one of the vocabulary, in the
 * order in which it is written. What else a case does is left out, and a loop is done once.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "sequences.h"
#include "vocabulary.h"

/* All that can be said, as C and as it is typed. */
static struct {
	char *c, *typed;
} * say;
static size_t nsay;

static void say_add(const struct word *w, int pages, int what)
{
	struct said st = { .word = w, .pages = pages, .what = what };
	char c[200], typed[80];

	if (nsay % 1024 == 0)
		say = realloc(say, (nsay + 1024) * sizeof(*say));
	said_statement(&st, c, sizeof(c));
	c[strlen(c) - 1] = 0;
	say[nsay].c = strdup(c);
	say[nsay++].typed = strdup(said_text(&st, typed, sizeof(typed)));
}

static void say_pages(const struct word *w, int what)
{
	if (w->pages == NONE)
		say_add(w, 0, what);
	for (int i = 0; w->pages == PAGE && i < MODEL_PAGES; i++)
		say_add(w, i, what);
	if (w->pages != PAGES)
		return;
	say_add(w, EVERY_PAGE, what);
	for (int i = 0; i < MODEL_PAGES; i++)
		for (int n = 1; i + n <= MODEL_PAGES; n++)
			say_add(w, SOME_PAGES(i, n), what);
}

static void say_all(void)
{
	for (size_t i = 0; i < nwords; i++) {
		size_t n = words[i].what ? domain_size(words[i].what) : 1;

		for (size_t k = 0; k < n; k++)
			say_pages(&words[i], words[i].what ? domain_value(words[i].what, k) : 0);
	}
}

static const char *typed(const char *c)
{
	for (size_t i = 0; i < nsay; i++)
		if (!strcmp(say[i].c, c))
			return say[i].typed;
	return NULL;
}

/* Comments go, and of blanks one stays. */
static void plain(char *text)
{
	char *to = text;

	for (char *p = text; *p;) {
		if (!strncmp(p, "/*", 2)) {
			char *end = strstr(p, "*/");

			p = end ? end + 2 : p + strlen(p);
		} else if (isspace((unsigned char)*p)) {
			if (to > text && to[-1] != ' ')
				*to++ = ' ';
			p++;
		} else {
			*to++ = *p++;
		}
	}
	*to = 0;
}

static void one(char *text)
{
	unsigned int n = 0;
	char *save;

	plain(text);
	for (char *c = strtok_r(text, ";{}", &save); c; c = strtok_r(NULL, ";{}", &save)) {
		const char *t;

		c += strspn(c, " ");
		t = typed(c);
		if (t && n++ < SEQUENCE_MAX / 2)
			printf("%s%s", n > 1 ? " " : "", t);
	}
	if (n)
		printf("\n");
}

int sequences(int nfiles, char **file)
{
	static char text[64 << 10];

	say_all();
	for (int i = 0; i < nfiles; i++) {
		FILE *f = fopen(file[i], "re");
		size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

		text[n] = 0;
		if (f)
			fclose(f);
		one(text);
	}
	return 0;
}
