// SPDX-License-Identifier: GPL-2.0-only
/* See shard.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "shard.h"

/* More pieces than this to a shard balance no better, and tear apart what shares a guest. */
#define PIECES 8
#define GUEST  16 /* so many tests share one at most */

int shard_parse(const char *word, struct shard *s)
{
	char rest;

	if (strlen(word) > 9 || word[strspn(word, "0123456789/")] ||
	    sscanf(word, "%u/%u%c", &s->i, &s->n, &rest) != 2 || !s->i || s->i > s->n ||
	    s->n > SHARDS_MAX)
		return err_set(-EINVAL,
			       "a shard is the i-th of n, as 1/4 to 4/4 (n at most %d), not \"%s\"",
			       SHARDS_MAX, word);
	return 0;
}

/* --- durations ------------------------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct duration *)a)->name, ((const struct duration *)b)->name);
}

static void add(struct durations *d, const char *name, size_t len, unsigned int ms)
{
	if (!(d->n & (d->n - 1)))
		d->d = xrealloc(d->d, (d->n ? 2 * d->n : 1) * sizeof(*d->d));
	d->d[d->n++] = (struct duration){ xasprintf("%.*s", (int)len, name), ms };
}

void durations_free(struct durations *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->d[i].name);
	free(d->d);
	memset(d, 0, sizeof(*d));
}

int durations_read(const char *path, struct durations *d)
{
	struct buf text = { 0 };
	size_t line = 0;
	int ret;

	memset(d, 0, sizeof(*d));
	ret = read_file(path, &text);
	if (ret)
		return ret;
	for (char *s = text.data, *end, *name; *s && !ret; s = end + !!*end) {
		unsigned long ms;

		end = s + strcspn(s, "\n");
		line++;
		if (*s == '#' || s == end)
			continue;
		ms = strtoul(s, &name, 10);
		if (name == s || *name != ' ' || name + 1 >= end || ms > 1000000000)
			ret = err_set(-EINVAL, "%s:%zu: not a line \"ms name\"", path, line);
		else
			add(d, name + 1, end - name - 1, ms);
	}
	buf_free(&text);
	if (ret)
		durations_free(d);
	else if (d->n)
		qsort(d->d, d->n, sizeof(*d->d), by_name);
	return ret;
}

static const struct duration *find(const struct durations *d, const char *name, size_t len)
{
	char *copy = xasprintf("%.*s", (int)len, name);
	struct duration key = { copy, 0 };
	const struct duration *hit = d->n ? bsearch(&key, d->d, d->n, sizeof(*d->d), by_name) :
					    NULL;

	free(copy);
	return hit;
}

static size_t case_len(const char *test)
{
	const char *slash = strrchr(test, '/');

	return slash ? (size_t)(slash - test) : strlen(test);
}

unsigned int duration_of(const struct durations *d, const char *test)
{
	const struct duration *hit = find(d, test, strlen(test));
	uint64_t sum = 0;

	if (!hit)
		hit = find(d, test, case_len(test));
	if (hit)
		return hit->ms;
	for (size_t i = 0; i < d->n; i++)
		sum += d->d[i].ms;
	return d->n ? sum / d->n : 1000;
}

struct took {
	const char *test;
	unsigned int ms;
	bool skip;
};

static int by_test(const void *a, const void *b)
{
	return strcmp(((const struct took *)a)->test, ((const struct took *)b)->test);
}

/* A kernel that lacks what a test needs says nothing of how long it takes on one that has it. */
static unsigned int mean(const struct took *t, size_t n)
{
	uint64_t sum = 0, skips = 0;
	size_t ran = 0;

	for (size_t i = 0; i < n; i++) {
		ran += !t[i].skip;
		sum += t[i].skip ? 0 : t[i].ms;
		skips += t[i].skip ? t[i].ms : 0;
	}
	return ran ? (sum + ran / 2) / ran : n ? (skips + n / 2) / n : 0;
}

void durations_make(struct run *const *runs, size_t nruns, struct buf *text)
{
	size_t n = 0, k, m;
	struct took *t;

	for (size_t r = 0; r < nruns; r++)
		n += runs[r]->nrec;
	t = xcalloc(n + 1, sizeof(*t));
	n = 0;
	for (size_t r = 0; r < nruns; r++)
		for (size_t i = 0; i < runs[r]->nrec; i++)
			if (runs[r]->rec[i].status != ST_ERROR)
				t[n++] = (struct took){ runs[r]->rec[i].test,
							runs[r]->rec[i].duration_ms,
							runs[r]->rec[i].status == ST_SKIP };
	if (n)
		qsort(t, n, sizeof(*t), by_test);
	buf_printf(text, "# How long tests take, in ms: what SHARD= balances by. Made by `make "
			 "durations`.\n");
	for (size_t i = 0; i < n; i = k) {
		size_t len = case_len(t[i].test);
		unsigned int all;

		for (k = i;
		     k < n && case_len(t[k].test) == len && !strncmp(t[k].test, t[i].test, len);)
			k++;
		all = mean(&t[i], k - i);
		buf_printf(text, "%u %.*s\n", all, (int)len, t[i].test);
		for (size_t j = i; j < k; j = m) {
			unsigned int one, off;

			for (m = j; m < k && !strcmp(t[m].test, t[j].test);)
				m++;
			one = mean(&t[j], m - j);
			off = one > all ? one - all : all - one;
			if (off > 500 && off > all / 2)
				buf_printf(text, "%u %s\n", one, t[j].test);
		}
	}
	free(t);
}

/* --- division ------------------------------------------------------------------------- */

struct thing {
	uint64_t cost;
	size_t at;
};

static int dearest_first(const void *a, const void *b)
{
	const struct thing *x = a, *y = b;

	if (x->cost != y->cost)
		return x->cost < y->cost ? 1 : -1;
	return x->at < y->at ? -1 : x->at > y->at;
}

void shard_assign(const uint64_t *cost, size_t n, unsigned int shards, unsigned int *of)
{
	struct thing *t = xcalloc(n + 1, sizeof(*t));
	uint64_t *load = xcalloc(shards, sizeof(*load));

	for (size_t i = 0; i < n; i++)
		t[i] = (struct thing){ cost[i], i };
	if (n)
		qsort(t, n, sizeof(*t), dearest_first);
	for (size_t i = 0; i < n; i++) {
		unsigned int least = 0;

		for (unsigned int s = 1; s < shards; s++)
			least = load[s] < load[least] ? s : least;
		of[t[i].at] = least;
		load[least] += t[i].cost;
	}
	free(load);
	free(t);
}

static bool same_area(const char *a, const char *b)
{
	size_t len = strcspn(a, "/");

	return len == strcspn(b, "/") && !strncmp(a, b, len);
}

void shard_tests(struct test_list *tests, const struct shard *s, const struct durations *d)
{
	uint64_t *cost = xcalloc(tests->n + 1, sizeof(*cost)), all = 0, ms;
	size_t *piece = xcalloc(tests->n + 1, sizeof(*piece)), n = 0, in = 0, w = 0;
	unsigned int *of = xcalloc(tests->n + 1, sizeof(*of));

	for (size_t i = 0; i < tests->n; i++)
		all += duration_of(d, tests->t[i].name) + 1;
	for (size_t i = 0; i < tests->n; i++) {
		ms = duration_of(d, tests->t[i].name) + 1;
		if (i && (!same_area(tests->t[i - 1].name, tests->t[i].name) || in == GUEST ||
			  (cost[n] + ms) * s->n * PIECES > all)) {
			n++;
			in = 0;
		}
		piece[i] = n;
		cost[n] += ms;
		in++;
	}
	shard_assign(cost, tests->n ? n + 1 : 0, s->n, of);
	for (size_t i = 0; i < tests->n; i++) {
		if (of[piece[i]] == s->i - 1)
			tests->t[w++] = tests->t[i];
		else
			free(tests->t[i].name);
	}
	tests->n = w;
	free(cost);
	free(piece);
	free(of);
}
