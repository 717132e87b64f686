// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results as a page. A cell is a link to an article behind the tables, which is not seen
 * before it is the target of the address; the script adds filters, keys and the comparison of
 * two columns to what is there without it.
 */
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "html.h"
#include "matrix.h"
#include "report.h"
#include "report_parts.h"
#include "util.h"
#include "verdict.h"

/* Cases x kernels, and the article of each cell. */
struct grid {
	struct table_col *col;
	size_t ncol, naxis; /* the first ones are kernels by version */
	size_t from;	    /* its articles begin with this column, those before are elsewhere */
	struct table t;
	char **id;   /* row * ncol + col; cells that say the same share one; NULL: no record */
	size_t *row; /* of test[i] */
	const char **test; /* sorted */
	size_t ntests;
};

struct page {
	const struct case_list *cases;
	struct run *const *runs;
	size_t nruns;
	const struct mend *mends;
	struct run all;		    /* of all runs; what is in it is theirs */
	struct run *part;	    /* of each kernel of all; the records are those of all */
	const char **dir;	    /* of each record of all */
	struct grid main, *patched; /* of each kernel of all, with those that are made from it */
	struct table_col *bug_col;
	struct bite **bite;
	size_t nbug_col;
	struct html *h;
	size_t log_bytes;
};

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

static void unite(struct page *p)
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

/* The records of @test among those of one kernel, which are sorted. */
static const struct record *records(const struct run *part, const char *test, size_t *n)
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

static bool is_bad(const struct record *r)
{
	return r->status == ST_FAIL || r->status == ST_CRASH || r->status == ST_TIMEOUT;
}

/* "xfail", and behind tabs by which clauses, and the fix. */
static char *grid_word(const struct table_col *col, const char *test, const void *arg)
{
	struct buf b = { 0 }, clauses = { 0 };
	struct cell c = { 0 };
	const char *fix = "";
	size_t n;
	const struct record *r = records(col->run, test, &n);
	char *word;

	for (size_t i = 0; i < n; i++) {
		const char *clause = clause_broken(r[i].status, r[i].clause);

		cell_add(&c, &r[i]);
		if (*clause && !(clauses.len && strstr(clauses.data, clause)))
			buf_printf(&clauses, "%s%s", clauses.len ? " " : "", clause);
		if (*r[i].fix && is_bad(&r[i]))
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

/* The record that a cell is told by, NULL if there is none. */
static const struct record *witness(const struct table *t, const struct table_row *row, size_t k)
{
	const struct record *best = NULL;

	for (size_t i = 0; i < row->ntests; i++) {
		size_t n;
		const struct record *r = records(t->col[k].run, row->tests[i], &n);

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
	return !is_bad(a) || (!strcmp(a->clause, b->clause) && !strcmp(a->step, b->step) &&
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
			const struct record *r = witness(&g->t, row, k), *o;
			char *name;

			if (!r || k < g->from)
				continue;
			for (size_t j = g->from; j < k && !id[k]; j++) {
				o = strcmp(row->word[j], row->word[k]) ? NULL :
									 witness(&g->t, row, j);
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

static void grid_free(struct grid *g)
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

/* The article of a test on a kernel, NULL if @g has none. */
static const char *grid_id(const struct grid *g, const char *test, const char *kernel)
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

static void make_grids(struct page *p)
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

/* Those of the main table, and those on which bugs are mended: no others are what they seem. */
static void look_for_bugs(struct page *p)
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

/* Where the article of a record is, NULL if there is none. */
static const char *article_of(const struct page *p, const struct record *r)
{
	const char *id = grid_id(&p->main, r->test, r->kernel);

	for (size_t i = 0; !id && i < p->all.info.nkernels; i++)
		if (p->patched[i].ncol)
			id = grid_id(&p->patched[i], r->test, r->kernel);
	return id;
}

/* --- history ------------------------------------------------------------------------------ */

enum state { UNKNOWN, GOOD, BAD };

/* "first bad 5.10, last good 7.3": of kernels by their versions. */
static void add_history(struct buf *b, const struct table_col *col, const enum state *s, size_t n)
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

/* The same of a row, and between which kernels it changed; the caller frees. */
static char *history(const struct grid *g, const struct table_row *row)
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
	add_history(&b, g->col, s, g->naxis);
	buf_printf(&b, "%s%s", b.len && *steps ? "; " : "", steps);
	free(steps);
	free(s);
	return b.data;
}

/* --- tables ------------------------------------------------------------------------------- */

static const char *cell_class(const struct cell *c)
{
	bool odd = false;

	for (unsigned int v = 0; v < NR_VERDICT; v++)
		odd |= c->v[v] && verdict_is_unexpected(v);
	return !c->n	      ? "n" :
	       cell_bad(c)    ? (odd ? "b x" : "b") :
	       c->s[ST_ERROR] ? "u x" :
	       cell_judged(c) ? (odd ? "g x" : "g") :
	       c->s[ST_SKIP]  ? "s" :
				"u";
}

/* @word is what grid_word() makes of it. */
static void put_cell(struct html *h, const struct cell *c, const char *word, const char *id)
{
	size_t len = strcspn(word, "\t"), name = strcspn(word, "\t ");
	char *said = strndup(word, name), *href = xasprintf("#%s", id ? id : "");
	const char *clause = word[len] ? word + len + 1 : "", *fix = strchr(clause, '\t');

	html_open(h, "td", "class", cell_class(c), NULL);
	if (id)
		html_open(h, "a", "href", href, NULL);
	if (cell_bad(c))
		html_in(h, "b", NULL, loud(said));
	else
		html_text(h, loud(said));
	if (len > name)
		html_printf(h, "%.*s", (int)(len - name), word + name);
	if (*clause && fix != clause)
		html_printf(h, " %.*s", (int)strcspn(clause, "\t"), clause);
	if (fix && fix[1]) {
		html_text(h, " ");
		html_in(h, "code", NULL, fix + 1);
	}
	if (id)
		html_close(h);
	html_close(h);
	free(href);
	free(said);
}

static void put_titles(struct html *h, const char *what, const struct table_col *col, size_t ncol,
		       const char *last, const char *more)
{
	html_open(h, "thead", NULL);
	html_open(h, "tr", NULL);
	html_open(h, "th", "scope", "col", NULL);
	html_text(h, what);
	html_close(h);
	for (size_t k = 0; k < ncol; k++) {
		html_open(h, "th", "scope", "col", "data-k", col[k].kernel, NULL);
		html_text(h, col[k].title ? col[k].title : kernel_short_name(col[k].kernel));
		html_close(h);
	}
	for (const char *const *s = (const char *const[]){ last, more, NULL }; *s; s++) {
		html_open(h, "th", "scope", "col", NULL);
		html_text(h, *s);
		html_close(h);
	}
	html_close(h);
	html_close(h);
	html_text(h, "\n");
}

static char *case_id(const struct table_row *row)
{
	char *name = xasprintf("%.*s", row->len, row->area_case), *id = html_id(name);

	free(name);
	return id;
}

static void put_row(struct page *p, const struct grid *g, size_t i, bool with_history)
{
	const struct table_row *row = &g->t.row[i];
	char *id = case_id(row), *name = xasprintf("%.*s", row->len, row->area_case);
	struct html *h = p->h;

	html_open(h, "tr", NULL);
	html_open(h, "th", "scope", "row", NULL);
	html_link(h, id, name);
	if (*row->label && strcmp(row->label, "all"))
		html_printf(h, " %s", row->label);
	html_close(h);
	for (size_t k = 0; k < g->ncol; k++) {
		const char *cell = g->id[i * g->ncol + k];

		/* What a patched kernel is compared with has its articles elsewhere. */
		if (g != &p->main && !k && cell)
			cell = grid_id(&p->main, row->tests[0], g->col[0].kernel);
		put_cell(h, &row->cell[k], row->word[k], cell);
	}
	if (with_history) {
		char *hist = history(g, row);

		html_in(h, "td", "h", hist);
		free(hist);
	}
	html_close(h);
	html_text(h, "\n");
	free(name);
	free(id);
}

static void begin_section(struct html *h, const char *id, const char *title)
{
	html_open(h, "section", "id", id, NULL);
	html_in(h, "h2", NULL, title);
}

static void begin_table(struct html *h, const char *class, const char *label)
{
	/* It scrolls by itself, also by keys, and the page does not. */
	html_open(h, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label",
		  label, NULL);
	html_open(h, "table", "class", class, NULL);
}

static void end_table(struct html *h)
{
	html_close(h);
	html_close(h);
}

static bool differs(const struct grid *g, const struct table_row *row)
{
	bool lacks, odd = false;

	for (size_t k = 0; k < g->ncol; k++)
		for (unsigned int v = 0; v < NR_VERDICT; v++)
			odd |= row->cell[k].v[v] && verdict_is_unexpected(v);
	return odd || row_differs(&g->t, row, &lacks);
}

static void put_rows(struct page *p, bool which)
{
	const struct grid *g = &p->main;

	put_titles(p->h, "case, and which of its variants", g->col, g->ncol,
		   which ? "along the kernels" : NULL, NULL);
	html_open(p->h, "tbody", NULL);
	for (size_t i = 0; i < g->t.nrow; i++)
		if (differs(g, &g->t.row[i]) == which)
			put_row(p, g, i, which);
	html_close(p->h);
}

/* Nothing without the script: it shows them. */
static void put_controls(struct page *p)
{
	struct html *h = p->h;

	html_open(h, "form", "id", "controls", "hidden", "hidden", NULL);
	html_open(h, "label", NULL);
	html_text(h, "Filter ");
	html_open(h, "input", "id", "q", "type", "search", "placeholder", "fork thp", NULL);
	html_close(h);
	html_close(h);
	html_open(h, "label", NULL);
	html_text(h, "Word ");
	html_open(h, "select", "id", "w", NULL);
	html_in(h, "option", NULL, "");
	html_close(h);
	html_close(h);
	for (unsigned int i = 0; i < 2; i++) {
		html_open(h, "label", NULL);
		html_text(h, i ? "with " : "Compare ");
		html_open(h, "select", "id", i ? "b" : "a", NULL);
		html_in(h, "option", NULL, "");
		for (size_t k = 0; k < p->main.ncol; k++)
			html_in(h, "option", NULL, p->main.col[k].kernel);
		html_close(h);
		html_close(h);
	}
	html_open(h, "output", "id", "said", "aria-live", "polite", NULL);
	html_close(h);
	html_close(h);
}

static void put_cases(struct page *p)
{
	const struct grid *g = &p->main;
	size_t same = 0;
	struct html *h = p->h;

	for (size_t i = 0; i < g->t.nrow; i++)
		same += !differs(g, &g->t.row[i]);
	begin_section(h, "cases", "Cases and kernels");
	if (!g->t.nrow) {
		html_in(h, "p", NULL, "No test has a result.");
		html_close(h);
		return;
	}
	html_in(h, "p", NULL,
		"Rows that differ between kernels, or are not as expected. A cell has the verdict, "
		"the clause that broke and the commit that mends it, and leads to what was seen.");
	put_controls(p);
	if (same == g->t.nrow) {
		html_in(h, "p", NULL, "No row differs.");
	} else {
		begin_table(h, "grid", "Cases and kernels that differ");
		put_rows(p, true);
		end_table(h);
	}
	if (same) {
		html_open(h, "details", "id", "same", NULL);
		html_open(h, "summary", NULL);
		html_printf(h, "%zu rows that do not differ, wherever they could be asked", same);
		html_close(h);
		begin_table(h, "grid", "Cases and kernels that do not differ");
		put_rows(p, false);
		end_table(h);
		html_close(h);
	}
	html_close(h);
}

/* Is there anything to see of a row in a table of patched kernels? */
static bool patched_shows(const struct grid *g, const struct table_row *row)
{
	bool lacks, shows = false;

	for (size_t k = 1; k < g->ncol; k++) {
		shows |= patch_changed(row, k, &lacks);
		for (unsigned int v = 0; v < NR_VERDICT; v++)
			shows |= row->cell[k].v[v] && verdict_is_unexpected(v);
	}
	return shows;
}

static void put_patched(struct page *p)
{
	struct html *h = p->h;
	bool any = false;

	for (size_t i = 0; i < p->all.info.nkernels; i++) {
		const struct grid *g = &p->patched[i];
		char *title;

		if (!g->ncol)
			continue;
		if (!any)
			begin_section(h, "patched", "What patches change");
		any = true;
		title = xasprintf("Against %s", g->col[0].kernel);
		html_in(h, "h3", NULL, title);
		begin_table(h, "grid", title);
		put_titles(h, "case, and which of its variants", g->col, g->ncol, NULL, NULL);
		html_open(h, "tbody", NULL);
		for (size_t r = 0; r < g->t.nrow; r++)
			if (patched_shows(g, &g->t.row[r]))
				put_row(p, g, r, false);
		html_close(h);
		end_table(h);
		free(title);
	}
	if (any)
		html_close(h);
}

/* --- bugs --------------------------------------------------------------------------------- */

static char *bug_history(const struct page *p, size_t bug)
{
	enum state *s = xcalloc(p->nbug_col + 1, sizeof(*s));
	size_t n = p->main.naxis < p->nbug_col ? p->main.naxis : p->nbug_col;
	struct buf b = { 0 };

	for (size_t k = 0; k < n; k++) {
		enum bites what = p->bite[k][bug].what;

		s[k] = what == BITES_YES ? BAD : what == BITES_NO ? GOOD : UNKNOWN;
	}
	buf_add(&b, "", 0);
	add_history(&b, p->bug_col, s, n);
	free(s);
	return b.data;
}

static void put_bug(struct page *p, size_t bug)
{
	const struct bug *b = &bugs[bug];
	char *mended = bug_mended_in(b, p->mends, false), *hist = bug_history(p, bug);
	struct html *h = p->h;

	html_open(h, "tr", NULL);
	html_open(h, "th", "scope", "row", NULL);
	html_printf(h, "%s ", b->clause);
	html_link(h, b->name, b->name);
	html_close(h);
	for (size_t k = 0; k < p->nbug_col; k++) {
		static const char *const words[][2] = {
			[BITES_UNTESTED] = { "n", "-" },
			[BITES_UNASKED] = { "u", "?" },
			[BITES_NO] = { "g", "no" },
			[BITES_YES] = { "b", "yes" },
		};
		const struct bite *x = &p->bite[k][bug];
		const char *id = x->what == BITES_YES ? article_of(p, x->shown) : NULL;

		html_open(h, "td", "class", words[x->what][0], NULL);
		html_link(h, id ? id : b->name, words[x->what][1]);
		html_close(h);
	}
	html_in(h, "td", "h", mended);
	html_in(h, "td", "h", hist);
	html_close(h);
	html_text(h, "\n");
	free(mended);
	free(hist);
}

static void put_bugs(struct page *p, const size_t *order)
{
	struct html *h = p->h;
	size_t asked = 0;

	begin_section(h, "bugs", "Bugs and kernels");
	html_in(h, "p", NULL,
		"Bugs of the book, those first that lose data. yes: a test that names the bug failed "
		"by its clause. no: such tests passed. ?: it could not be asked. -: no test of it was "
		"run. That none shows it is no proof that there is none.");
	begin_table(h, "bugs", "Bugs and kernels");
	put_titles(h, "clause and bug", p->bug_col, p->nbug_col, "mended in", "along the kernels");
	html_open(h, "tbody", NULL);
	for (size_t n = 0; n < nbugs; n++) {
		put_bug(p, order[n]);
		for (size_t k = 0; k < p->nbug_col; k++)
			asked += p->bite[k][order[n]].what != BITES_UNTESTED;
	}
	html_close(h);
	end_table(h);
	if (!asked)
		html_in(h, "p", NULL, "No test that names a bug has a result.");
	html_close(h);
}

static void bug_article(struct page *p, size_t bug)
{
	const struct bug *b = &bugs[bug];
	char *mended = bug_mended_in(b, p->mends, false), *hist = bug_history(p, bug);
	struct html *h = p->h;

	begin_article(h, b->name, b->name);
	html_open(h, "dl", NULL);
	put_field(h, "clause", b->clause);
	put_field(h, "lost", b->loses);
	put_field(h, "cause", b->cause);
	put_field(h, "since", b->from);
	put_field(h, "brought by", b->by);
	put_field(h, "mended in", mended);
	put_field(h, "along the kernels", hist);
	if (*b->finding) {
		char *path = xasprintf("results/findings/%s.md", b->finding);

		put_field(h, "finding", path);
		free(path);
	}
	html_close(h);
	html_open(h, "ul", NULL);
	for (size_t k = 0; k < p->nbug_col; k++) {
		const struct bite *x = &p->bite[k][bug];
		const char *id;
		char *why;

		html_open(h, "li", NULL);
		html_printf(h, "%s: ", p->bug_col[k].kernel);
		if (x->what == BITES_YES) {
			id = article_of(p, x->shown);
			html_text(h, "shown by ");
			if (id)
				html_link(h, id, x->shown->test);
			else
				html_text(h, x->shown->test);
			html_printf(h, " at step %s (%u failed, %u passed)", x->shown->step,
				    x->failed, x->passed);
		} else if (x->what == BITES_UNASKED) {
			why = bite_why_unasked(x->shown);
			html_printf(h, "could not be asked: %s", why);
			free(why);
		} else if (x->what == BITES_NO) {
			html_printf(h, "does not show, %u passed", x->passed);
		} else {
			html_text(h, "no test of it was run");
		}
		html_close(h);
	}
	html_close(h);
	end_article(h);
	free(mended);
	free(hist);
}

/* --- articles ----------------------------------------------------------------------------- */

/* @r's command line, but for the kernel that of @first: then only that is to be said. */
static bool replay_is_like(const struct record *r, const struct record *first)
{
	char *mine = xasprintf(" KERNEL=%s ", r->kernel),
	     *its = xasprintf(" KERNEL=%s ", first->kernel);
	const char *a = strstr(r->replay, mine), *b = strstr(first->replay, its);
	bool like = a && b && a - r->replay == b - first->replay &&
		    !strncmp(r->replay, first->replay, a - r->replay) &&
		    !strcmp(a + strlen(mine), b + strlen(its));

	free(mine);
	free(its);
	return like;
}

/* Command lines of the kernels of an article, those that differ only by the kernel as one. */
static void put_replay(struct page *p, const struct grid *g, size_t row, size_t k)
{
	const struct record **r = xcalloc(g->ncol + 1, sizeof(*r));
	char *const *id = g->id + row * g->ncol;
	struct html *h = p->h;
	bool any = false;

	for (size_t j = k; j < g->ncol; j++)
		r[j] = id[j] == id[k] ? witness(&g->t, &g->t.row[row], j) : NULL;
	for (size_t j = k; j < g->ncol; j++) {
		const char *comma = ", and with KERNEL= ";

		if (!r[j] || !*r[j]->replay)
			continue;
		if (!any) {
			html_in(h, "dt", NULL, "replay");
			html_open(h, "dd", NULL);
		}
		if (any)
			html_text(h, "\n");
		any = true;
		html_in(h, "code", NULL, r[j]->replay);
		for (size_t o = j + 1; o < g->ncol; o++) {
			if (!r[o] || !replay_is_like(r[o], r[j]))
				continue;
			html_printf(h, "%s%s", comma, r[o]->kernel);
			comma = ", ";
			r[o] = NULL;
		}
	}
	if (any)
		html_close(h);
	free(r);
}

static void cell_article(struct page *p, const struct grid *g, size_t row, size_t k)
{
	const struct table_row *tr = &g->t.row[row];
	const struct record *r = witness(&g->t, tr, k);
	char *const *id = g->id + row * g->ncol, *said, *path, *cid = case_id(tr);
	struct buf title = { 0 };
	struct html *h = p->h;
	size_t n;

	said = xasprintf("%.*s", (int)strcspn(tr->word[k], "\t"), tr->word[k]);
	buf_printf(&title, "%s %s on %s", loud(said), r->test, r->kernel);
	for (size_t j = k + 1; j < g->ncol; j++)
		if (id[j] == id[k])
			buf_printf(&title, ", %s", g->col[j].kernel);
	begin_article(h, id[k], title.data);
	buf_free(&title);
	free(said);
	html_open(h, "dl", NULL);
	put_record(h, r);
	records(g->col[k].run, r->test, &n);
	html_in(h, "dt", NULL, "case");
	html_open(h, "dd", NULL);
	html_link(h, cid, cid);
	if (n > 1)
		html_printf(h, "; %zu results of this test: %.*s", n,
			    (int)strcspn(tr->word[k], "\t"), tr->word[k]);
	if (tr->ntests > 1)
		html_printf(h, "; this is one of %zu tests that did the same", tr->ntests);
	html_close(h);
	if (*r->bug) {
		html_in(h, "dt", NULL, "bug");
		html_open(h, "dd", NULL);
		if (bug_find(r->bug))
			html_link(h, r->bug, r->bug);
		else
			html_text(h, r->bug);
		html_close(h);
	}
	put_replay(p, g, row, k);
	html_close(h);
	if (*r->log) {
		path = xasprintf("%s/%s", p->dir[r - p->all.rec], r->log);
		put_log(h, path,
			verdict_is_unexpected(r->verdict)	  ? LOG_BYTES :
			is_bad(r) || r->status == ST_INCONCLUSIVE ? p->log_bytes :
								    0);
		free(path);
	}
	end_article(h);
	free(cid);
}

static const struct tcase *case_of(const struct page *p, const struct table_row *row)
{
	for (size_t i = 0; p->cases && i < p->cases->n; i++)
		if (strlen(p->cases->c[i].id) == (size_t)row->len &&
		    !strncmp(p->cases->c[i].id, row->area_case, row->len))
			return &p->cases->c[i];
	return NULL;
}

/* What the case says of itself; and of its rows what they are along the kernels. */
static void case_article(struct page *p, const struct grid *g, size_t first)
{
	const struct table_row *row = &g->t.row[first];
	const struct tcase *c = case_of(p, row);
	char *id = case_id(row);
	struct html *h = p->h;

	begin_article(h, id, id);
	html_open(h, "dl", NULL);
	put_field(h, "purpose", c && c->purpose ? c->purpose : "");
	put_field(h, "clauses", c && c->clauses ? c->clauses : "");
	put_field(h, "kind", c && c->class ? c->class : "");
	for (size_t i = 0; c && i < c->claims.nseen; i++) {
		const struct claim *s = &c->claims.seen[i];
		char *words = xasprintf("on %s by %s: %s", s->kernel, s->clause, s->variants);

		put_field(h, "seen to fail", words);
		free(words);
	}
	for (size_t i = 0; c && i < c->claims.nnot_seen; i++) {
		const struct no_claim *s = &c->claims.not_seen[i];
		char *words = xasprintf("%s: %s", s->variants, s->reason);

		put_field(h, "not seen to fail", words);
		free(words);
	}
	html_close(h);
	if (!c)
		html_in(h, "p", NULL,
			"This build has no such case: what it says of itself is not known.");
	html_open(h, "ul", NULL);
	for (size_t i = first; i < g->t.nrow && g->t.row[i].len == row->len &&
			       !strncmp(g->t.row[i].area_case, row->area_case, row->len);
	     i++) {
		const struct table_row *tr = &g->t.row[i];
		char *hist = g == &p->main ? history(g, tr) : xstrdup("");

		html_open(h, "li", NULL);
		html_printf(h, "%s: %s%s", *tr->label ? tr->label : "all", hist, *hist ? ". " : "");
		html_text(h, "Tests:");
		for (size_t k = 0; k < tr->ntests; k++)
			html_printf(h, " %s", variant_of(tr->tests[k]));
		html_close(h);
		free(hist);
	}
	html_close(h);
	end_article(h);
	free(id);
}

static bool same_case(const struct table_row *a, const struct table_row *b)
{
	return a->len == b->len && !strncmp(a->area_case, b->area_case, a->len);
}

static bool main_has(const struct page *p, const struct table_row *row)
{
	for (size_t i = 0; i < p->main.t.nrow; i++)
		if (same_case(&p->main.t.row[i], row))
			return true;
	return false;
}

static void put_articles(struct page *p, const size_t *order)
{
	const struct grid *g = &p->main;
	struct html *h = p->h;

	html_open(h, "section", "id", "details", NULL);
	for (size_t n = 0; n < nbugs; n++)
		bug_article(p, order[n]);
	for (size_t i = 0; i < g->t.nrow; i++) {
		if (!i || !same_case(&g->t.row[i - 1], &g->t.row[i]))
			case_article(p, g, i);
		for (size_t k = 0; k < g->ncol; k++) {
			char *const *id = g->id + i * g->ncol;
			bool first = id[k];

			for (size_t j = 0; j < k; j++)
				first &= id[j] != id[k];
			if (first)
				cell_article(p, g, i, k);
		}
	}
	for (size_t n = 0; n < p->all.info.nkernels; n++) {
		g = &p->patched[n];
		for (size_t i = 0; i < g->t.nrow; i++) {
			if (!patched_shows(g, &g->t.row[i]))
				continue;
			if (!main_has(p, &g->t.row[i]))
				case_article(p, g, i);
			for (size_t k = g->from; k < g->ncol; k++) {
				char *const *id = g->id + i * g->ncol;
				bool first = id[k];

				for (size_t j = 0; j < k; j++)
					first &= id[j] != id[k];
				if (first)
					cell_article(p, g, i, k);
			}
		}
	}
	/* Behind them, so that a style can show it with whichever is open. */
	html_open(h, "a", "class", "close", "href", "#cases", NULL);
	html_text(h, "close");
	html_close(h);
	html_close(h);
}

/* --- what is said of the runs --------------------------------------------------------------- */

static void put_kernels(struct page *p)
{
	struct run_info *in = &p->all.info;
	size_t sum[NR_VERDICT] = { 0 };
	struct html *h = p->h;

	for (size_t i = 0; i < p->all.nrec; i++)
		sum[p->all.rec[i].verdict]++;
	begin_section(h, "kernels", "Kernels");
	begin_table(h, "kernels", "Kernels, and how many results of which verdict");
	html_open(h, "thead", NULL);
	html_open(h, "tr", NULL);
	html_in(h, "th", NULL, "kernel");
	html_in(h, "th", NULL, "release");
	html_in(h, "th", NULL, "from");
	for (unsigned int v = 0; v < NR_VERDICT; v++)
		if (sum[v])
			html_in(h, "th", "num", verdict_name(v));
	html_close(h);
	html_close(h);
	html_open(h, "tbody", NULL);
	for (size_t k = 0; k < in->nkernels; k++) {
		const struct run *part = &p->part[k];
		size_t n[NR_VERDICT] = { 0 };

		for (size_t i = 0; i < part->nrec; i++)
			n[part->rec[i].verdict]++;
		html_open(h, "tr", NULL);
		html_open(h, "th", "scope", "row", NULL);
		html_text(h, in->kernels[k].name);
		html_close(h);
		html_in(h, "td", NULL, run_kernel_release(part, &in->kernels[k]));
		html_in(h, "td", NULL, run_kernel_origin(part, &in->kernels[k]));
		for (unsigned int v = 0; v < NR_VERDICT; v++) {
			if (!sum[v])
				continue;
			html_open(h, "td", "class", "num", NULL);
			html_printf(h, "%zu", n[v]);
			html_close(h);
		}
		html_close(h);
	}
	html_close(h);
	end_table(h);
	html_close(h);
}

#define LIST_MAX 200

static void put_list(struct page *p, const char *id, const char *title,
		     bool (*want)(enum verdict v))
{
	struct html *h = p->h;
	size_t n = 0;

	for (size_t i = 0; i < p->all.nrec; i++) {
		const struct record *r = &p->all.rec[i];
		const char *article;
		char *name;

		if (!want(r->verdict) || n++ >= LIST_MAX)
			continue;
		if (n == 1) {
			begin_section(h, id, title);
			html_open(h, "ul", NULL);
		}
		article = article_of(p, r);
		name = xasprintf("%s %s on %s", loud(verdict_name(r->verdict)), r->test, r->kernel);
		html_open(h, "li", NULL);
		if (article)
			html_link(h, article, name);
		else
			html_text(h, name);
		html_printf(h, " %s %s", r->clause, r->reason);
		html_close(h);
		free(name);
	}
	if (!n)
		return;
	html_close(h);
	if (n > LIST_MAX) {
		html_open(h, "p", NULL);
		html_printf(h, "and %zu more", n - LIST_MAX);
		html_close(h);
	}
	html_close(h);
}

static bool is_inconclusive(enum verdict v)
{
	return v == V_INCONCLUSIVE;
}

/* Why, and how many tests on which kernels. */
static void put_skipped(struct page *p)
{
	const char **why = xcalloc(p->all.nrec + 1, sizeof(*why));
	struct html *h = p->h;
	size_t n = 0;

	for (size_t i = 0; i < p->all.nrec; i++) {
		const struct record *r = &p->all.rec[i];
		size_t k = 0;

		while (k < n && strcmp(why[k], r->reason))
			k++;
		if (r->status == ST_SKIP && k == n)
			why[n++] = r->reason;
	}
	if (n) {
		begin_section(h, "skipped", "Why tests were skipped");
		html_open(h, "ul", NULL);
	}
	for (size_t k = 0; k < n; k++) {
		const char *comma = ": ";

		html_open(h, "li", NULL);
		html_text(h, *why[k] ? why[k] : "the records do not say");
		for (size_t j = 0; j < p->all.info.nkernels; j++) {
			const struct run *part = &p->part[j];
			size_t tests = 0;

			for (size_t i = 0; i < part->nrec; i++)
				tests += part->rec[i].status == ST_SKIP &&
					 !strcmp(part->rec[i].reason, why[k]);
			if (tests) {
				html_printf(h, "%s%s %zu", comma, p->all.info.kernels[j].name,
					    tests);
				comma = ", ";
			}
		}
		html_close(h);
	}
	if (n) {
		html_close(h);
		html_close(h);
	}
	free(why);
}

static void put_head(struct page *p)
{
	struct html *h = p->h;
	size_t odd = 0;

	html_open(h, "header", NULL);
	html_in(h, "h1", NULL, "cowpen: what kernels do with pinned pages");
	for (size_t i = 0; i < p->nruns; i++) {
		const struct run *run = p->runs[i];
		size_t missing = missing_results(run, NULL);

		html_open(h, "p", NULL);
		html_printf(h, "Run %s of %s: %s, QEMU %s, seed 0x%llx, %zu results.", run->id,
			    run->info.start, run->info.accel, run->info.qemu,
			    (unsigned long long)run->info.seed, run->nrec);
		html_close(h);
		for (size_t k = 0; k < run->nnotes; k++)
			put_warning(h, run->notes[k]);
		if (missing) {
			char *s = xasprintf("%zu tests of run %s have no result; go on with: make "
					    "run-all RESUME=1",
					    missing, run->id);

			put_warning(h, s);
			free(s);
		}
		if (!run->nrec)
			put_warning(h, "Nothing was run: this run has no results.");
	}
	for (size_t i = 0; i < p->all.nrec; i++)
		odd += verdict_is_unexpected(p->all.rec[i].verdict);
	if (p->all.nrec) {
		html_open(h, "p", "class", odd ? "odd" : "fine", NULL);
		html_printf(h,
			    odd ? "%zu of %zu results are not as expected." :
				  "All %zu results are as expected.",
			    odd ? odd : p->all.nrec, p->all.nrec);
		html_close(h);
	}
	html_open(h, "nav", NULL);
	html_link(h, "bugs", "Bugs");
	html_text(h, " ");
	html_link(h, "cases", "Cases");
	html_text(h, " ");
	html_link(h, "kernels", "Kernels");
	html_close(h);
	if (p->log_bytes < LOG_BYTES)
		html_in(h, "p", NULL,
			"Of logs of failures that are expected there is less here, so that the page "
			"is no larger than 2 MiB; each says where the whole of it is.");
	html_close(h);
}

static char *render(struct page *p, const size_t *order, size_t *len)
{
	p->h = html_new("cowpen: results");
	put_head(p);
	html_open(p->h, "main", NULL);
	put_list(p, "unexpected", "Not as expected", verdict_is_unexpected);
	put_bugs(p, order);
	put_cases(p);
	put_patched(p);
	put_list(p, "inconclusive", "Inconclusive", is_inconclusive);
	put_skipped(p);
	put_kernels(p);
	html_close(p->h);
	put_articles(p, order);
	return html_end(p->h, len);
}

char *report_html(const struct case_list *cases, struct run *const *runs, size_t nruns,
		  const struct mend *mends, size_t *len)
{
	static const size_t logs[] = { LOG_BYTES, 1200, 900, 700, 500, 300, 0 };
	struct page p = { .cases = cases, .runs = runs, .nruns = nruns, .mends = mends };
	size_t *order = bugs_worst_first();
	char *text = NULL;

	p.all.id = p.all.dir = (char *)"";
	p.all.fd = -1;
	unite(&p);
	make_grids(&p);
	look_for_bugs(&p);
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		free(text);
		p.log_bytes = logs[i];
		text = render(&p, order, len);
		if (*len <= REPORT_MAX)
			break;
	}
	for (size_t k = 0; k < p.nbug_col; k++)
		free(p.bite[k]);
	free(p.bite);
	free(p.bug_col);
	for (size_t i = 0; i < p.all.info.nkernels; i++)
		grid_free(&p.patched[i]);
	free(p.patched);
	grid_free(&p.main);
	free(p.part);
	free(p.dir);
	free(p.all.rec);
	free(p.all.info.tests);
	free(p.all.info.kernels);
	free(order);
	return text;
}
