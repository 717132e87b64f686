// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soak.h"

void soak_add(struct soak *s, const struct run *run)
{
	s->all = xrealloc(s->all, (s->n + run->nrec) * sizeof(*s->all));
	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];
		bool fail = r->status == ST_FAIL;

		s->all[s->n++] = (struct soaked){
			.kernel = xstrdup(r->kernel),
			.test = xstrdup(r->test),
			.way = xasprintf("%s%s%s", status_name(r->status), fail ? " " : "",
					 fail ? r->clause : ""),
			.builds = xasprintf("%s %s", r->kernel_sha256, r->exe_sha256),
			.inconclusive = r->status == ST_INCONCLUSIVE,
			.run = s->nruns,
		};
	}
	s->nruns++;
}

static int same_cell(const struct soaked *a, const struct soaked *b)
{
	int c = strcmp(a->kernel, b->kernel);

	return c ? c : strcmp(a->test, b->test);
}

/* By cell; of one cell the latest run comes first. */
static int by_cell(const void *a, const void *b)
{
	const struct soaked *x = a, *y = b;
	int c = same_cell(x, y);

	if (c)
		return c;
	if (x->run != y->run)
		return x->run < y->run ? 1 : -1;
	return strcmp(x->way, y->way);
}

static void soaked_free(struct soaked *r)
{
	free(r->kernel);
	free(r->test);
	free(r->way);
	free(r->builds);
}

/* Behind the last result of the cell that begins at @from. */
static size_t cell_end(const struct soak *s, size_t from)
{
	size_t end = from + 1;

	while (end < s->n && !same_cell(&s->all[end], &s->all[from]))
		end++;
	return end;
}

static bool went_two_ways(const struct soak *s, size_t from, size_t end)
{
	const char *way = NULL;

	for (size_t i = from; i < end; i++) {
		if (s->all[i].inconclusive)
			continue;
		if (way && strcmp(way, s->all[i].way))
			return true;
		way = s->all[i].way;
	}
	return false;
}

void soak_count(struct soak *s)
{
	size_t kept = 0;

	if (s->n)
		qsort(s->all, s->n, sizeof(*s->all), by_cell);
	for (size_t from = 0, end; from < s->n; from = end) {
		size_t first = kept;

		end = cell_end(s, from);
		for (size_t i = from; i < end; i++) {
			if (kept > first && strcmp(s->all[i].builds, s->all[first].builds)) {
				soaked_free(&s->all[i]);
				s->other++;
			} else {
				s->all[kept++] = s->all[i];
			}
		}
	}
	s->n = kept;
	for (size_t from = 0, end; from < s->n; from = end) {
		end = cell_end(s, from);
		for (size_t i = from; i < end; i++)
			s->inconclusive += s->all[i].inconclusive;
		s->two_ways += went_two_ways(s, from, end);
		if (!s->ncells || end - from < s->least)
			s->least = end - from;
		s->ncells++;
	}
}

void soak_line(const struct soak *s, struct buf *out)
{
	buf_printf(out, "%zu runs, %zu results of %zu cells, at least %zu each", s->nruns, s->n,
		   s->ncells, s->least);
	if (s->inconclusive)
		buf_printf(out, ", %zu inconclusive", s->inconclusive);
	if (s->other)
		buf_printf(out, "; %zu of other builds are left out", s->other);
	if (s->two_ways)
		buf_printf(out, "; %zu went two ways\n", s->two_ways);
	else
		buf_printf(out, "; none went two ways\n");
}

static int by_way(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void cell_row(const struct soak *s, const char *tree, size_t from, size_t end,
		     struct buf *md)
{
	const char **way = xcalloc(end - from, sizeof(*way));
	size_t n = end - from;

	for (size_t i = from; i < end; i++)
		way[i - from] = s->all[i].way;
	qsort(way, n, sizeof(*way), by_way);
	buf_printf(md, "| `%s` | `%s` | %s | ", tree, s->all[from].test, s->all[from].kernel);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && !strcmp(way[k], way[i]); k++)
			;
		buf_printf(md, "%s%zu %s", i ? ", " : "", k - i, way[i]);
	}
	buf_printf(md, " |\n");
	free(way);
}

/* The kernels, in a cell of a table. */
static void kernels(const struct soak *s, struct buf *md)
{
	for (size_t i = 0; i < s->n; i++)
		if (!i || strcmp(s->all[i].kernel, s->all[i - 1].kernel))
			buf_printf(md, "%s%s", i ? " " : "", s->all[i].kernel);
}

struct sums {
	size_t runs, results, least, inconclusive, two_ways;
};

/*
 * The rows of a table that was written before, but those of @tree, which are written anew: those
 * of trees, which are added up, or those of cells that went two ways.
 */
static void rows_before(const char *before, const char *tree, bool of_trees, struct sums *sum,
			struct buf *md)
{
	char own[80];

	snprintf(own, sizeof(own), "| `%s` |", tree);
	for (const char *line = before, *end; line && *line; line = *end ? end + 1 : end) {
		size_t runs, results, tests, least, inconclusive, two_ways;
		bool is_tree;

		end = line + strcspn(line, "\n");
		if (strncmp(line, "| `", 3) || !strncmp(line, own, strlen(own)))
			continue;
		is_tree = sscanf(line, "| `%*[^`]` | %*[^|]| %zu | %zu | %zu | %zu | %zu | %zu |",
				 &runs, &results, &tests, &least, &inconclusive, &two_ways) == 6;
		if (is_tree != of_trees)
			continue;
		buf_printf(md, "%.*s\n", (int)(end - line), line);
		if (!is_tree)
			continue;
		sum->runs += runs;
		sum->results += results;
		sum->least += least;
		sum->inconclusive += inconclusive;
		sum->two_ways += two_ways;
	}
}

void soak_table(const struct soak *s, const char *tree, const char *before, struct buf *md)
{
	struct sums sum = { s->nruns, s->n, s->least, s->inconclusive, s->two_ways };
	struct buf cells = { 0 };

	buf_printf(
		md,
		"# Soak\n\n"
		"The same tests over and over, with other seeds and orders (`make soak`). A test "
		"that ends\nin two ways cannot be trusted. Each tree was counted by itself, and "
		"no result of another\nis one of its; *each*: so many results has the test that "
		"has the fewest.\n\n"
		"| tree | kernel | rounds | results | tests | each | inconclusive | two ways |\n"
		"|---|---|---|---|---|---|---|---|\n");
	rows_before(before, tree, true, &sum, md);
	buf_printf(md, "| `%s` | ", tree);
	kernels(s, md);
	buf_printf(md, " | %zu | %zu | %zu | %zu | %zu | %zu |\n", s->nruns, s->n, s->ncells,
		   s->least, s->inconclusive, s->two_ways);
	buf_printf(md, "| all | | %zu | %zu | | %zu | %zu | %zu |\n", sum.runs, sum.results,
		   sum.least, sum.inconclusive, sum.two_ways);
	rows_before(before, tree, false, &sum, &cells);
	for (size_t from = 0, end; from < s->n; from = end) {
		end = cell_end(s, from);
		if (went_two_ways(s, from, end))
			cell_row(s, tree, from, end, &cells);
	}
	if (cells.len)
		buf_printf(md, "\n| tree | test | kernel | how it ended |\n|---|---|---|---|\n%s",
			   cells.data);
	buf_free(&cells);
}

void soak_free(struct soak *s)
{
	for (size_t i = 0; i < s->n; i++)
		soaked_free(&s->all[i]);
	free(s->all);
	memset(s, 0, sizeof(*s));
}
