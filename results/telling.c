// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "telling.h"

/*
 * What is to be covered: the functions that run in the steps that reach a changed one, and, as one
 * path can be asked different questions, areas, cases, the words of their names, and an area's
 * variants. What was covered n times counts 2^-n of its weight.
 */
#define OF_FUNCTION 1.0	  /* times a logarithm of how few tests reach it */
#define OF_CHANGED  8.0	  /* and more, */
#define OF_RARE	    200.0 /* up to that, the fewer tests reach it: what all reach is best known */
#define OF_CASE	    60.0
#define OF_VARIANT  4.0
#define OF_AREA	    300.0
#define OF_LATE	    0.25  /* of a test that reaches it only in its last step, as if */
#define OF_WORD	    120.0 /* of a case's name: what it asks for, in few letters */

/* The first test of a guest pays for translating the kernel; so many of an area share one. */
#define FIRST_MS   400
#define GUEST_SIZE 16
#define USUAL_MS   100

struct cand {
	size_t test;
	size_t *feature;
	size_t n;
	size_t area;
	double gain; /* at most */
	bool late;   /* reaches it in its last step only */
	bool taken, stale;
};

struct choice {
	struct cand *c;
	size_t n;
	double *weight; /* per feature */
	size_t nfeatures, size;
	char **word; /* of what is no function; from feature nf on */
	size_t nf;
};

static size_t feature_of_word(struct choice *x, char *word, double weight)
{
	size_t i;

	for (i = x->nf; i < x->nfeatures; i++) {
		if (strcmp(x->word[i - x->nf], word))
			continue;
		free(word);
		return i;
	}
	if (x->nfeatures == x->size) {
		x->size = x->size * 2 + 64;
		x->weight = xrealloc(x->weight, x->size * sizeof(*x->weight));
		x->word = xrealloc(x->word, (x->size - x->nf) * sizeof(*x->word));
	}
	x->word[x->nfeatures - x->nf] = word;
	x->weight[x->nfeatures] = weight;
	return x->nfeatures++;
}

static void add_feature(struct cand *c, size_t feature)
{
	if (!(c->n & (c->n - 1))) /* none, or a power of two */
		c->feature = xrealloc(c->feature, (c->n * 2 + 1) * sizeof(*c->feature));
	c->feature[c->n++] = feature;
}

/*
 * The steps of each test that reach a changed function; and which functions are changed. Of what
 * runs only in the last step, which puts everything away, little is looked at: where it also runs
 * in others, the last one does not count.
 */
static uint64_t *steps_there(const struct telling *w, bool *is_changed, bool *late)
{
	uint64_t *steps = xcalloc(w->map->ntests + 1, sizeof(*steps));
	uint64_t *all = xcalloc(w->map->ntests + 1, sizeof(*all));

	for (size_t f = 0; f < w->map->nf; f++)
		for (size_t i = 0; i < w->map->f[f].nby; i++)
			all[w->map->f[f].by[i].test] |= w->map->f[f].by[i].steps;
	for (const char *line = w->changed; *line; line += strcspn(line, "\n"), line += !!*line) {
		size_t file = strcspn(line, " \n");
		const struct reach_function *f;
		char *name;

		if (line[file] != ' ')
			continue;
		name = xasprintf("%.*s", (int)strcspn(line + file + 1, "\n"), line + file + 1);
		f = reach_find(w->map, name);
		free(name);
		if (!f)
			continue;
		is_changed[f - w->map->f] = true;
		for (size_t i = 0; i < f->nby; i++)
			if (w->fresh[f->by[i].test])
				steps[f->by[i].test] |= f->by[i].steps & ~1ULL;
	}
	for (size_t t = 0; t < w->map->ntests; t++) {
		uint64_t last = all[t] ? 1ULL << (63 - __builtin_clzll(all[t])) : 0;

		late[t] = !(steps[t] & ~last);
		if (!late[t])
			steps[t] &= ~last;
	}
	free(all);
	return steps;
}

static void add_words(struct choice *x, struct cand *c, const char *test)
{
	size_t area = strcspn(test, "/"), name = strlen(test) - strlen(strrchr(test, '/'));

	add_feature(c, feature_of_word(x, xasprintf("case %.*s", (int)name, test), OF_CASE));
	add_feature(c, feature_of_word(x, xasprintf("variant %.*s%s", (int)area, test, test + name),
				       OF_VARIANT));
	for (const char *word = test + area; *word == '/' || *word == '_';) {
		int len = strcspn(++word, "_/");

		if (word - test > (ptrdiff_t)name)
			break;
		add_feature(c, feature_of_word(x, xasprintf("word %.*s", len, word), OF_WORD));
		word += len;
	}
	c->area = feature_of_word(x, xasprintf("area %.*s", (int)area, test), OF_AREA);
	add_feature(c, c->area);
}

static double weight_of_changed(const struct reach_map *map, size_t f, const uint64_t *steps,
				const bool *late)
{
	size_t n = 1;
	double w;

	for (size_t i = 0; i < map->f[f].nby; i++)
		n += !late[map->f[f].by[i].test] &&
		     map->f[f].by[i].steps & steps[map->f[f].by[i].test];
	w = OF_CHANGED * map->ntests / n;

	return w > OF_RARE ? OF_RARE : w < OF_CHANGED ? OF_CHANGED : w;
}

static double weight_of(const struct reach_map *map, size_t f)
{
	return OF_FUNCTION * (64 - __builtin_clzll(map->ntests / (map->f[f].nby + 1) + 1));
}

static void begin(const struct telling *w, struct choice *x)
{
	const struct reach_map *map = w->map;
	bool *is_changed = xcalloc(map->nf + 1, 1), files = false;
	bool *late = xcalloc(map->ntests + 1, 1);
	uint64_t *steps = steps_there(w, is_changed, late);
	struct cand **of = xcalloc(map->ntests + 1, sizeof(*of));

	memset(x, 0, sizeof(*x));
	x->nf = x->nfeatures = x->size = map->nf;
	x->weight = xcalloc(map->nf + 1, sizeof(*x->weight));
	x->c = xcalloc(map->ntests + 1, sizeof(*x->c));
	for (size_t t = 0; t < map->ntests; t++) {
		if (!steps[t])
			continue;
		of[t] = &x->c[x->n++];
		of[t]->test = t;
		of[t]->late = late[t];
		add_words(x, of[t], map->test[t]);
	}
	for (size_t f = 0; f < map->nf; f++)
		files |= *map->f[f].file;
	for (size_t f = 0; f < map->nf; f++) {
		/* Of what belongs to no known file much is of the moment: interrupts, other tasks. */
		if (files && !*map->f[f].file && !is_changed[f])
			continue;
		x->weight[f] = is_changed[f] ? weight_of_changed(map, f, steps, late) :
					       weight_of(map, f);
		for (size_t i = 0; i < map->f[f].nby; i++) {
			const struct reached *r = &map->f[f].by[i];

			if (of[r->test] && steps[r->test] & r->steps)
				add_feature(of[r->test], f);
		}
	}
	free(of);
	free(steps);
	free(late);
	free(is_changed);
}

static double gain_of(const struct choice *x, const struct cand *c)
{
	double gain = 0;

	for (size_t i = 0; i < c->n; i++)
		gain += x->weight[c->feature[i]];
	return c->late ? gain * OF_LATE : gain;
}

/*
 * What took longer than usual may have been the first of its guest. So little hangs on what was
 * measured that the same is chosen again when more is known.
 */
static unsigned int cost_of(const struct telling *w, const struct cand *c, const unsigned int *in)
{
	unsigned int ms = w->ms && w->ms[c->test] != ~0U ? w->ms[c->test] : 0;

	ms = ms > FIRST_MS + USUAL_MS ? ms - FIRST_MS : USUAL_MS;
	return ms + (in[c->area] % GUEST_SIZE ? 0 : FIRST_MS);
}

/* What others cover now is worth less than it was: a gain that was counted before is an upper bound. */
static struct cand *best(const struct telling *w, struct choice *x, const unsigned int *in,
			 unsigned int left)
{
	for (;;) {
		struct cand *top = NULL;
		double most = 0;

		for (size_t i = 0; i < x->n; i++) {
			struct cand *c = &x->c[i];
			unsigned int ms = cost_of(w, c, in);

			if (c->taken || (w->budget_ms && ms > left))
				continue;
			if (!top || c->gain / ms > most) {
				top = c;
				most = c->gain / ms;
			}
		}
		if (!top || !top->stale)
			return top;
		top->gain = gain_of(x, top);
		top->stale = false;
	}
}

void telling_choose(const struct telling *w, struct buf *tests)
{
	unsigned int left = w->budget_ms;
	struct choice x;
	struct cand *c;
	unsigned int *in; /* per area, how many are chosen */
	size_t n = 0;

	begin(w, &x);
	in = xcalloc(x.nfeatures + 1, sizeof(*in));
	buf_add(tests, "", 0);
	for (size_t i = 0; i < x.n; i++)
		x.c[i].gain = gain_of(&x, &x.c[i]);
	/* One is chosen even if there is room for none. */
	while ((c = best(w, &x, in, left)) || (!n && (c = best(w, &x, in, ~0U)))) {
		unsigned int ms = w->budget_ms ? cost_of(w, c, in) : 0;

		left = ms < left ? left - ms : 0;
		n++;
		c->taken = true;
		in[c->area]++;
		buf_printf(tests, "%s\n", w->map->test[c->test]);
		for (size_t i = 0; i < c->n; i++)
			x.weight[c->feature[i]] /= 2;
		for (size_t i = 0; i < x.n; i++)
			x.c[i].stale = true;
	}
	buf_printf(tests, "\n");
	for (size_t i = 0; i < x.n; i++) {
		if (!x.c[i].taken)
			buf_printf(tests, "%s\n", w->map->test[x.c[i].test]);
		free(x.c[i].feature);
	}
	for (size_t i = x.nf; i < x.nfeatures; i++)
		free(x.word[i - x.nf]);
	free(x.word);
	free(x.weight);
	free(x.c);
	free(in);
}
