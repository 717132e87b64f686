// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "html.h"
#include "matrix.h"
#include "report_page.h"
#include "report.h"
#include "report_parts.h"
#include "util.h"
#include "verdict.h"

/* --- one run of several ------------------------------------------------------------------ */

struct found {
	struct record r;
	const char *dir;
	size_t kernel, order;
};

static int by_test(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int c;

	if (x->kernel != y->kernel)
		return x->kernel < y->kernel ? -1 : 1;
	c = strcmp(x->r.test, y->r.test);
	if (c)
		return c;
	if (x->r.repeat != y->r.repeat)
		return x->r.repeat < y->r.repeat ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static size_t kernel_index(const struct run *run, const char *name)
{
	size_t i = 0;

	while (i < run->info.nkernels && strcmp(run->info.kernels[i].name, name))
		i++;
	return i;
}

static void add_kernel(struct run *all, const struct run_kernel *k)
{
	struct run_info *in = &all->info;

	if (kernel_index(all, k->name) < in->nkernels)
		return;
	in->kernels = xrealloc(in->kernels, (in->nkernels + 1) * sizeof(*in->kernels));
	in->kernels[in->nkernels++] = *k;
}

void page_unite(struct page *p)
{
	struct run_info *in = &p->all.info;
	struct found *f;
	size_t n = 0, total = 0;

	for (size_t i = 0; i < p->nruns; i++) {
		total += p->runs[i]->nrec;
		in->ntests += p->runs[i]->info.ntests;
	}
	f = xcalloc(total + 1, sizeof(*f));
	in->tests = xcalloc(in->ntests + 1, sizeof(*in->tests));
	in->ntests = 0;
	for (size_t i = 0; i < p->nruns; i++) {
		const struct run *run = p->runs[i];

		for (size_t k = 0; k < run->info.nkernels; k++)
			add_kernel(&p->all, &run->info.kernels[k]);
		for (size_t k = 0; k < run->info.ntests; k++)
			in->tests[in->ntests++] = run->info.tests[k];
		if (run->info.repeat > in->repeat)
			in->repeat = run->info.repeat;
		for (size_t k = 0; k < run->nrec; k++) {
			f[n] = (struct found){ run->rec[k], run->dir, 0, n };
			f[n].kernel = kernel_index(&p->all, run->rec[k].kernel);
			/* Damaged: a kernel that the run does not name. */
			n += f[n].kernel < in->nkernels;
		}
	}
	if (n)
		qsort(f, n, sizeof(*f), by_test);
	p->all.rec = xcalloc(n + 1, sizeof(*p->all.rec));
	p->dir = xcalloc(n + 1, sizeof(*p->dir));
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && f[i].kernel == f[i + 1].kernel &&
		    f[i].r.repeat == f[i + 1].r.repeat && !strcmp(f[i].r.test, f[i + 1].r.test))
			continue;
		p->all.rec[p->all.nrec] = f[i].r;
		p->dir[p->all.nrec++] = f[i].dir;
	}
	free(f);
	p->part = xcalloc(in->nkernels + 1, sizeof(*p->part));
	for (size_t k = 0, at = 0; k < in->nkernels; k++) {
		struct run *part = &p->part[k];

		part->id = part->dir = p->all.id;
		part->fd = -1;
		part->info.kernels = &in->kernels[k];
		part->info.nkernels = 1;
		part->info.repeat = in->repeat;
		part->rec = p->all.rec + at;
		while (at < p->all.nrec && !strcmp(p->all.rec[at].kernel, in->kernels[k].name)) {
			part->nrec++;
			at++;
		}
	}
}

const struct record *page_records(const struct run *part, const char *test, size_t *n)
{
	size_t a = 0, b = part->nrec;

	while (a < b) {
		size_t mid = a + (b - a) / 2;

		if (strcmp(part->rec[mid].test, test) < 0)
			a = mid + 1;
		else
			b = mid;
	}
	for (*n = 0; a + *n < part->nrec && !strcmp(part->rec[a + *n].test, test);)
		++*n;
	return part->rec + a;
}

/* --- grids -------------------------------------------------------------------------------- */

bool page_is_bad(const struct record *r)
{
	return r->status == ST_FAIL || r->status == ST_CRASH || r->status == ST_TIMEOUT;
}

char *grid_word(const struct table_col *col, const char *test, const void *arg)
{
	struct buf b = { 0 }, clauses = { 0 };
	struct cell c = { 0 };
	const char *fix = "";
	size_t n;
	const struct record *r = page_records(col->run, test, &n);
	char *word;

	for (size_t i = 0; i < n; i++) {
		const char *clause = clause_broken(r[i].status, r[i].clause);

		cell_add(&c, &r[i]);
		if (*clause && !(clauses.len && strstr(clauses.data, clause)))
			buf_printf(&clauses, "%s%s", clauses.len ? " " : "", clause);
		if (*r[i].fix && page_is_bad(&r[i]))
			fix = r[i].fix;
	}
	if (!c.n)
		return xstrdup("-");
	word = cell_verdict(&c);
	buf_printf(&b, "%s", word);
	free(word);
	if (c.n > 1)
		buf_printf(&b, " %u/%u", cell_bad(&c), cell_tried(&c));
	if (cell_bad(&c))
		buf_printf(&b, "\t%s\t%s", clauses.len ? clauses.data : "", fix);
	buf_free(&clauses);
	return b.data;
}

static unsigned int telling(const struct record *r)
{
	static const unsigned int rank[NR_STATUS] = {
		[ST_PASS] = 4,	[ST_FAIL] = 0,	  [ST_ERROR] = 1,	[ST_SKIP] = 3,
		[ST_CRASH] = 0, [ST_TIMEOUT] = 0, [ST_INCONCLUSIVE] = 2
	};

	return rank[r->status];
}

const struct record *page_witness(const struct table *t, const struct table_row *row, size_t k)
{
	const struct record *best = NULL;

	for (size_t i = 0; i < row->ntests; i++) {
		size_t n;
		const struct record *r = page_records(t->col[k].run, row->tests[i], &n);

		for (size_t j = 0; j < n; j++)
			if (!best || telling(&r[j]) < telling(best))
				best = &r[j];
	}
	return best;
}

struct test_row {
	const char *test;
	size_t row;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct test_row *)a)->test, ((const struct test_row *)b)->test);
}

static void grid_index(struct grid *g)
{
	struct test_row *tr;
	size_t n = 0;

	for (size_t i = 0; i < g->t.nrow; i++)
		g->ntests += g->t.row[i].ntests;
	tr = xcalloc(g->ntests + 1, sizeof(*tr));
	for (size_t i = 0; i < g->t.nrow; i++)
		for (size_t k = 0; k < g->t.row[i].ntests; k++)
			tr[n++] = (struct test_row){ g->t.row[i].tests[k], i };
	if (n)
		qsort(tr, n, sizeof(*tr), by_name);
	g->test = xcalloc(n + 1, sizeof(*g->test));
	g->row = xcalloc(n + 1, sizeof(*g->row));
	for (size_t i = 0; i < n; i++) {
		g->test[i] = tr[i].test;
		g->row[i] = tr[i].row;
	}
	free(tr);
}

/* But for addresses and page frames. */
static bool same_text(const char *a, const char *b)
{
	while (*a && *a == *b) {
		if (a[0] == '0' && a[1] == 'x' && b[1] == 'x') {
			a += 2 + strspn(a + 2, "0123456789abcdef");
			b += 2 + strspn(b + 2, "0123456789abcdef");
		} else {
			a++;
			b++;
		}
	}
	return !*a && !*b;
}

/* Two kernels of which one article is enough. What nobody expected is told of each. */
static bool tells_the_same(const struct record *a, const struct record *b)
{
	if (a->verdict != b->verdict || verdict_is_unexpected(a->verdict) ||
	    strcmp(a->reason, b->reason))
		return false;
	return !page_is_bad(a) || (!strcmp(a->clause, b->clause) && !strcmp(a->step, b->step) &&
				   !strcmp(a->check, b->check) && same_text(a->wanted, b->wanted) &&
				   same_text(a->seen, b->seen));
}

/* @prefix: of the names of articles that have no better one. */
static void grid_make(struct grid *g, const char *prefix)
{
	size_t n = 0;

	table_build_words(&g->t, g->col, g->ncol, grid_word, NULL);
	grid_index(g);
	g->id = xcalloc(g->t.nrow * g->ncol + 1, sizeof(*g->id));
	for (size_t i = 0; i < g->t.nrow; i++) {
		const struct table_row *row = &g->t.row[i];
		char **id = g->id + i * g->ncol;

		for (size_t k = 0; k < g->ncol; k++) {
			const struct record *r = page_witness(&g->t, row, k), *o;
			char *name;

			if (!r || k < g->from)
				continue;
			for (size_t j = g->from; j < k && !id[k]; j++) {
				o = strcmp(row->word[j], row->word[k]) ?
					    NULL :
					    page_witness(&g->t, row, j);
				if (o && tells_the_same(o, r))
					id[k] = id[j];
			}
			if (id[k])
				continue;
			/* Most cells pass: theirs are short. What one sends is of a test. */
			if (r->status == ST_PASS || r->status == ST_SKIP)
				name = xasprintf("%s%zu", prefix, ++n);
			else
				name = xasprintf("%s@%s", row->tests[0], g->col[k].kernel);
			id[k] = html_id(name);
			free(name);
		}
	}
}

void grid_free(struct grid *g)
{
	for (size_t i = 0; i < g->t.nrow; i++)
		for (size_t k = 0; k < g->ncol; k++) {
			char **id = g->id + i * g->ncol;
			bool shared = false;

			for (size_t j = k + 1; j < g->ncol; j++)
				shared |= id[j] == id[k];
			if (!shared)
				free(id[k]);
		}
	free(g->id);
	free(g->test);
	free(g->row);
	table_free(&g->t);
	free(g->col);
}

const char *grid_id(const struct grid *g, const char *test, const char *kernel)
{
	size_t a = 0, b = g->ntests;

	while (a < b) {
		size_t mid = a + (b - a) / 2;

		if (strcmp(g->test[mid], test) < 0)
			a = mid + 1;
		else
			b = mid;
	}
	if (a == g->ntests || strcmp(g->test[a], test))
		return NULL;
	for (size_t k = 0; k < g->ncol; k++)
		if (!strcmp(g->col[k].kernel, kernel))
			return g->id[g->row[a] * g->ncol + k];
	return NULL;
}

static struct table_col column(struct page *p, const struct run_kernel *k, const char *title)
{
	return (struct table_col){ &p->part[k - p->all.info.kernels], k->name, title };
}

void page_make_grids(struct page *p)
{
	struct run_info *in = &p->all.info;
	const struct run_kernel **axis = run_axis(&p->all, &p->main.naxis);
	struct grid *g = &p->main;

	g->col = xcalloc(in->nkernels + 1, sizeof(*g->col));
	for (; g->ncol < g->naxis; g->ncol++)
		g->col[g->ncol] = column(p, axis[g->ncol], NULL);
	for (size_t i = 0; i < in->nkernels; i++) {
		bool there = shown_with(&p->all, &in->kernels[i]);

		for (size_t k = 0; k < g->naxis; k++)
			there |= axis[k] == &in->kernels[i];
		if (!there)
			g->col[g->ncol++] = column(p, &in->kernels[i], NULL);
	}
	free(axis);
	/* Columns have all that was planned: what has no record is a gap to be seen. */
	if (g->ncol) {
		struct run *first = (struct run *)g->col[0].run;

		first->info.tests = in->tests;
		first->info.ntests = in->ntests;
		grid_make(g, "");
		first->info.ntests = 0;
	}
	p->patched = xcalloc(in->nkernels + 1, sizeof(*p->patched));
	for (size_t i = 0; i < in->nkernels; i++) {
		const struct run_kernel *ref = &in->kernels[i];

		g = &p->patched[i];
		for (size_t k = 0; k < in->nkernels; k++) {
			if (shown_with(&p->all, &in->kernels[k]) != ref)
				continue;
			if (!g->col) {
				g->col = xcalloc(in->nkernels + 1, sizeof(*g->col));
				g->col[g->ncol++] = column(p, ref, NULL);
				g->from = 1;
			}
			g->col[g->ncol++] = column(p, &in->kernels[k],
						   patch_title(in->kernels[k].name, ref->name));
		}
		if (g->ncol) {
			char *prefix = xasprintf("%zu.", i + 1);

			grid_make(g, prefix);
			free(prefix);
		}
	}
}

void page_find_bugs(struct page *p)
{
	struct run_info *in = &p->all.info;

	p->bug_col = xcalloc(p->main.ncol + in->nkernels + 1, sizeof(*p->bug_col));
	p->bite = xcalloc(p->main.ncol + in->nkernels + 1, sizeof(*p->bite));
	for (size_t k = 0; k < p->main.ncol; k++) {
		const struct run_kernel *rk = run_kernel_find(&p->all, p->main.col[k].kernel);

		if (strcmp(rk->source, "patched") || *rk->mends)
			p->bug_col[p->nbug_col++] = p->main.col[k];
	}
	for (size_t k = 0; k < in->nkernels; k++)
		if (shown_with(&p->all, &in->kernels[k]) && *in->kernels[k].mends)
			p->bug_col[p->nbug_col++] = column(p, &in->kernels[k], NULL);
	for (size_t k = 0; k < p->nbug_col; k++) {
		struct run *part = (struct run *)p->bug_col[k].run;

		p->bite[k] = bugs_look(p->cases, &part, 1, p->bug_col[k].kernel);
	}
}

const char *page_article(const struct page *p, const struct record *r)
{
	const char *id = grid_id(&p->main, r->test, r->kernel);

	for (size_t i = 0; !id && i < p->all.info.nkernels; i++)
		if (p->patched[i].ncol)
			id = grid_id(&p->patched[i], r->test, r->kernel);
	return id;
}

/* --- history ------------------------------------------------------------------------------ */

void page_add_history(struct buf *b, const struct table_col *col, const enum state *s, size_t n)
{
	const char *bad = NULL, *good = NULL;

	for (size_t k = 0; k < n; k++) {
		if (s[k] == BAD && !bad)
			bad = col[k].kernel;
		if (s[k] == GOOD)
			good = col[k].kernel;
	}
	if (bad)
		buf_printf(b, "first bad %s", bad);
	if (good)
		buf_printf(b, "%slast good %s", b->len ? ", " : "", good);
}

char *page_history(const struct grid *g, const struct table_row *row)
{
	enum state *s = xcalloc(g->naxis + 1, sizeof(*s));
	struct table axis = g->t;
	struct buf b = { 0 };
	bool whole;
	char *steps;

	axis.ncol = g->naxis;
	steps = row_steps(&axis, row, &whole);
	for (size_t k = 0; k < g->naxis; k++)
		s[k] = !cell_judged(&row->cell[k]) ? UNKNOWN : cell_bad(&row->cell[k]) ? BAD : GOOD;
	page_add_history(&b, g->col, s, g->naxis);
	buf_printf(&b, "%s%s", b.len && *steps ? "; " : "", steps);
	free(steps);
	free(s);
	return b.data;
}
