// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases x kernels, before anything is printed of it; and what the kernels of a
 * run are to each other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "util.h"
#include "verdict.h"

/* --- cells ------------------------------------------------------------------------- */

void cell_add(struct cell *c, const struct record *r)
{
	c->n++;
	c->s[r->status]++;
	c->v[r->verdict]++;
}

unsigned int cell_bad(const struct cell *c)
{
	return c->s[ST_FAIL] + c->s[ST_CRASH] + c->s[ST_TIMEOUT];
}

unsigned int cell_judged(const struct cell *c)
{
	return cell_bad(c) + c->s[ST_PASS];
}

/* The one thing that happened, or -1 if several did or nothing. */
static int only(const unsigned int *count, unsigned int n, unsigned int total)
{
	for (unsigned int i = 0; i < n; i++) {
		if (total && count[i] == total)
			return i;
	}
	return -1;
}

unsigned int cell_tried(const struct cell *c)
{
	return c->n - c->s[ST_INCONCLUSIVE];
}

/* Of a race, what it was whenever it was met; -1 if that was not always the same. */
static int only_verdict(const struct cell *c)
{
	unsigned int v[NR_VERDICT];

	if (!cell_tried(c))
		return c->n ? V_INCONCLUSIVE : -1;
	memcpy(v, c->v, sizeof(v));
	v[V_INCONCLUSIVE] = 0;
	return only(v, NR_VERDICT, cell_tried(c));
}

bool cell_is_flaky(const struct cell *c)
{
	return only_verdict(c) < 0;
}

static const enum status worst_first[] = {
	ST_CRASH, ST_TIMEOUT, ST_FAIL, ST_ERROR, ST_SKIP, ST_PASS, ST_INCONCLUSIVE,
};

char *cell_verdict(const struct cell *c)
{
	int i = only_verdict(c);

	return xstrdup(i < 0 ? "flaky" : verdict_name(i));
}

static char *status_word(const struct cell *c)
{
	unsigned int n = cell_tried(c);
	int i;

	if (!n)
		return xstrdup(status_name(ST_INCONCLUSIVE));
	for (i = 0; !c->s[worst_first[i]]; i++)
		;
	if (c->s[worst_first[i]] == n)
		return xstrdup(status_name(worst_first[i]));
	return xasprintf("%s %u/%u", status_name(worst_first[i]), c->s[worst_first[i]], n);
}

/* Says all that there is: cells with the same word are the same. What is left passed. */
static char *count_word(const struct cell *c, bool repeated)
{
	struct buf b = { 0 };

	if (!repeated && c->n == 1)
		return status_word(c);
	for (size_t i = 0; i < ARRAY_SIZE(worst_first); i++) {
		enum status s = worst_first[i];

		if (c->s[s] && (s != ST_PASS || !b.len))
			buf_printf(&b, "%s%s %u/%u", b.len ? ", " : "", status_name(s), c->s[s],
				   s == ST_INCONCLUSIVE ? c->n : cell_tried(c));
	}
	return b.data;
}

static char *cell_word(const struct cell *c, enum table_words how, const struct run *run)
{
	if (!c->n)
		return xstrdup("-");
	return how == BY_VERDICT ? cell_verdict(c) :
	       how == BY_STATUS	 ? status_word(c) :
				   count_word(c, run->info.repeat > 1);
}

static int case_len(const char *test)
{
	const char *slash = strchr(test, '/');

	slash = slash ? strchr(slash + 1, '/') : NULL;
	return slash ? slash - test : (int)strlen(test);
}

const char *variant_of(const char *test)
{
	const char *v = test + case_len(test);

	return *v == '/' ? v + 1 : v;
}

/* --- labels: "{anon,thp}-*" for what would be twelve names ------------------------- */

/* One side of "memory-pin": its names, and which of the other side go with each. */
struct axis {
	char *name;
	size_t *with;	   /* numbers on the other axis */
	size_t nwith, all; /* in the group, in the whole case */
	bool done;
};

struct axes {
	struct axis *a[2];
	size_t n[2];
	bool stars; /* "*" for what goes with everything */
};

static size_t axis_index(struct axes *x, int side, const char *s, size_t len)
{
	struct axis *a;

	for (size_t i = 0; i < x->n[side]; i++) {
		a = &x->a[side][i];
		if (strlen(a->name) == len && !strncmp(a->name, s, len))
			return i;
	}
	x->a[side] = xrealloc(x->a[side], (x->n[side] + 1) * sizeof(*a));
	a = &x->a[side][x->n[side]];
	memset(a, 0, sizeof(*a));
	a->name = xcalloc(1, len + 1);
	memcpy(a->name, s, len);
	return x->n[side]++;
}

static void axes_add(struct axes *x, const char *variant, bool in_group)
{
	const char *dash = strchrnul(variant, '-');
	size_t i[2];
	struct axis *a;

	i[0] = axis_index(x, 0, variant, dash - variant);
	i[1] = axis_index(x, 1, *dash ? dash + 1 : dash, *dash ? strlen(dash + 1) : 0);
	for (int side = 0; side < 2; side++) {
		a = &x->a[side][i[side]];
		a->all++;
		if (!in_group)
			continue;
		a->with = xrealloc(a->with, (a->nwith + 1) * sizeof(*a->with));
		a->with[a->nwith++] = i[!side];
	}
}

/* It goes with everything that it goes with in this case: "*". */
static bool with_all(const struct axes *x, const struct axis *a)
{
	return x->stars && a->all > 1 && a->nwith == a->all;
}

static bool same_with(const struct axes *x, const struct axis *a, const struct axis *b)
{
	if (with_all(x, a) || with_all(x, b))
		return with_all(x, a) && with_all(x, b);
	return a->nwith == b->nwith && !memcmp(a->with, b->with, a->nwith * sizeof(*a->with));
}

static void add_set(struct buf *b, char *const *names, size_t n)
{
	if (n > 1)
		buf_printf(b, "{");
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? "," : "", names[i]);
	if (n > 1)
		buf_printf(b, "}");
}

/* Say the group by going along one side. */
static char *label_along(struct axes *x, int side)
{
	char **mine = xcalloc(x->n[side] + 1, sizeof(*mine));
	char **other = xcalloc(x->n[!side] + 1, sizeof(*other));
	struct buf b = { 0 }, set[2] = { { 0 }, { 0 } };
	size_t n;

	buf_add(&b, "", 0);
	for (size_t i = 0; i < x->n[side]; i++)
		x->a[side][i].done = false;
	for (size_t i = 0; i < x->n[side]; i++) {
		struct axis *a = &x->a[side][i];

		if (a->done || !a->nwith)
			continue;
		n = 0;
		for (size_t k = i; k < x->n[side]; k++) {
			struct axis *o = &x->a[side][k];

			if (!o->done && o->nwith && same_with(x, a, o)) {
				o->done = true;
				mine[n++] = o->name;
			}
		}
		set[0].len = set[1].len = 0;
		add_set(&set[0], mine, n);
		for (n = 0; n < a->nwith; n++)
			other[n] = x->a[!side][a->with[n]].name;
		if (with_all(x, a))
			buf_add(&set[1], "*", 1);
		else
			add_set(&set[1], other, n);
		buf_printf(&b, "%s%s%s%s", b.len ? " " : "", side ? set[1].data : set[0].data,
			   *x->a[1][0].name || x->n[1] > 1 ? "-" : "",
			   side	       ? set[0].data :
			   set[1].data ? set[1].data :
					 "");
	}
	buf_free(&set[0]);
	buf_free(&set[1]);
	free(mine);
	free(other);
	return b.data;
}

char *fold_variants(const char *const *all, size_t n, const bool *in, bool stars)
{
	struct axes x = { .stars = stars };
	char *l[2];

	for (size_t i = 0; i < n; i++)
		axes_add(&x, all[i], in[i]);
	for (int side = 0; side < 2; side++)
		l[side] = label_along(&x, side);
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < x.n[side]; i++) {
			free(x.a[side][i].name);
			free(x.a[side][i].with);
		}
		free(x.a[side]);
	}
	if (strlen(l[1]) < strlen(l[0])) {
		free(l[0]);
		return l[1];
	}
	free(l[1]);
	return l[0];
}

/* --- building ---------------------------------------------------------------------- */

struct names {
	const char **s;
	size_t n;
};

static void names_add(struct names *l, const char *s)
{
	l->s = xrealloc(l->s, (l->n + 1) * sizeof(*l->s));
	l->s[l->n++] = s;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted and each once; sorting keeps the variants of a case together. */
static void names_unique(struct names *l)
{
	size_t w = 0;

	if (l->n)
		qsort(l->s, l->n, sizeof(*l->s), by_name);
	for (size_t i = 0; i < l->n; i++) {
		if (!w || strcmp(l->s[w - 1], l->s[i]))
			l->s[w++] = l->s[i];
	}
	l->n = w;
}

static struct cell *cells_of(const struct table *t, const char *test)
{
	struct cell *c = xcalloc(t->ncol, sizeof(*c));

	for (size_t k = 0; k < t->ncol; k++) {
		const struct run *run = t->col[k].run;

		for (size_t i = 0; i < run->nrec; i++) {
			if (!strcmp(run->rec[i].kernel, t->col[k].kernel) &&
			    !strcmp(run->rec[i].test, test))
				cell_add(&c[k], &run->rec[i]);
		}
	}
	return c;
}

static bool same_words(char *const *a, char *const *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(a[i], b[i]))
			return false;
	}
	return true;
}

static struct table_row *row_add(struct table *t, const char *test, char **word)
{
	struct table_row *row;

	t->row = xrealloc(t->row, (t->nrow + 1) * sizeof(*row));
	row = &t->row[t->nrow++];
	memset(row, 0, sizeof(*row));
	row->area_case = test;
	row->len = case_len(test);
	row->word = word;
	row->cell = xcalloc(t->ncol, sizeof(*row->cell));
	return row;
}

struct fold {
	enum table_words how;
	char *(*word)(const struct table_col *col, const char *test, const void *arg);
	int (*apart)(const char *test, const struct cell *cell, const void *arg, char **note);
	const void *arg;
};

/* The rows of one case, whose tests are @tests. */
static void build_case(struct table *t, const char *const *tests, size_t n, const struct fold *f)
{
	size_t first = t->nrow;
	const char **variants = xcalloc(n + 1, sizeof(*variants));
	bool *in = xcalloc(n + 1, sizeof(*in));
	struct table_row *row;
	struct cell *c;
	char **word, *note;
	int apart;

	for (size_t i = 0; i < n; i++) {
		variants[i] = variant_of(tests[i]);
		c = cells_of(t, tests[i]);
		note = NULL;
		apart = f->apart ? f->apart(tests[i], c, f->arg, &note) : 0;
		note = note ? note : xstrdup("");
		word = xcalloc(t->ncol + 1, sizeof(*word));
		for (size_t k = 0; k < t->ncol; k++)
			word[k] = f->word ? f->word(&t->col[k], tests[i], f->arg) :
					    cell_word(&c[k], f->how, t->col[k].run);
		row = NULL;
		for (size_t g = first; g < t->nrow && !row; g++) {
			if (t->row[g].apart == apart && !strcmp(t->row[g].note, note) &&
			    same_words(t->row[g].word, word, t->ncol))
				row = &t->row[g];
		}
		if (!row) {
			row = row_add(t, tests[i], word);
			row->apart = apart;
			row->note = note;
		} else {
			free(note);
			for (size_t k = 0; k < t->ncol; k++)
				free(word[k]);
			free(word);
		}
		row->tests = xrealloc(row->tests, (row->ntests + 1) * sizeof(*row->tests));
		row->tests[row->ntests++] = tests[i];
		for (size_t k = 0; k < t->ncol; k++) {
			row->cell[k].n += c[k].n;
			for (unsigned int s = 0; s < NR_STATUS; s++)
				row->cell[k].s[s] += c[k].s[s];
			for (unsigned int v = 0; v < NR_VERDICT; v++)
				row->cell[k].v[v] += c[k].v[v];
		}
		free(c);
	}
	for (size_t g = first; g < t->nrow; g++) {
		row = &t->row[g];
		row->nrows = t->nrow - first;
		for (size_t i = 0, k = 0; i < n; i++) {
			in[i] = k < row->ntests && row->tests[k] == tests[i];
			k += in[i];
		}
		row->label = row->nrows == 1 && n > 1 ? xstrdup("all") :
							fold_variants(variants, n, in, true);
	}
	free(variants);
	free(in);
}

/* All tests that the columns have records of or had planned, case by case. */
static void build(struct table *t, const struct table_col *col, size_t ncol, const struct fold *f)
{
	struct names l = { 0 };
	size_t n;

	memset(t, 0, sizeof(*t));
	t->col = col;
	t->ncol = ncol;
	for (size_t k = 0; k < ncol; k++) {
		for (size_t i = 0; i < col[k].run->nrec; i++) {
			if (!strcmp(col[k].run->rec[i].kernel, col[k].kernel))
				names_add(&l, col[k].run->rec[i].test);
		}
		/* What was planned and has no record is a gap to be seen. */
		for (size_t i = 0; i < col[k].run->info.ntests; i++)
			names_add(&l, col[k].run->info.tests[i]);
	}
	names_unique(&l);
	for (size_t i = 0; i < l.n; i += n) {
		int len = case_len(l.s[i]);

		for (n = 1; i + n < l.n && case_len(l.s[i + n]) == len &&
			    !strncmp(l.s[i], l.s[i + n], len);
		     n++)
			;
		build_case(t, l.s + i, n, f);
	}
	free(l.s);
}

void table_build(struct table *t, const struct table_col *col, size_t ncol, enum table_words how)
{
	build(t, col, ncol, &(struct fold){ .how = how });
}

void table_build_apart(struct table *t, const struct table_col *col, size_t ncol,
		       enum table_words how,
		       int (*apart)(const char *test, const struct cell *cell, const void *arg,
				    char **note),
		       const void *arg)
{
	build(t, col, ncol, &(struct fold){ .how = how, .apart = apart, .arg = arg });
}

void table_build_words(struct table *t, const struct table_col *col, size_t ncol,
		       char *(*word)(const struct table_col *col, const char *test,
				     const void *arg),
		       const void *arg)
{
	build(t, col, ncol, &(struct fold){ .word = word, .arg = arg });
}

void table_free(struct table *t)
{
	for (size_t i = 0; i < t->nrow; i++) {
		for (size_t k = 0; k < t->ncol; k++)
			free(t->row[i].word[k]);
		free(t->row[i].word);
		free(t->row[i].note);
		free(t->row[i].cell);
		free(t->row[i].tests);
		free(t->row[i].label);
	}
	free(t->row);
	memset(t, 0, sizeof(*t));
}

struct cell row_cell(const struct table_row *row, size_t col)
{
	struct cell c = row->cell[col];

	c.n /= row->ntests;
	for (unsigned int s = 0; s < NR_STATUS; s++)
		c.s[s] /= row->ntests;
	for (unsigned int v = 0; v < NR_VERDICT; v++)
		c.v[v] /= row->ntests;
	return c;
}

char *row_name(const struct table_row *row)
{
	bool all = !*row->label || !strcmp(row->label, "all");

	return xasprintf("%.*s%s%s", row->len, row->area_case, all ? "" : " ",
			 all ? "" : row->label);
}

char *row_history(const struct table *t, const struct table_row *row)
{
	bool *done = xcalloc(t->ncol + 1, sizeof(*done));
	struct buf b = { 0 };

	buf_add(&b, "", 0);
	for (size_t k = 0; k < t->ncol; k++) {
		bool first = true;

		if (done[k])
			continue;
		buf_printf(&b, "%s%s on", b.len ? "; " : "",
			   !strcmp(row->word[k], "-") ? "not run" : row->word[k]);
		for (size_t o = k; o < t->ncol; o++) {
			if (strcmp(row->word[k], row->word[o]))
				continue;
			done[o] = true;
			buf_printf(&b, "%s %s", first ? "" : ",", t->col[o].kernel);
			first = false;
		}
	}
	free(done);
	return b.data;
}

const char *row_col_fix(const struct table *t, const struct table_row *row, size_t col)
{
	const struct run *run = t->col[col].run;

	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];

		if (!*r->fix || strcmp(r->kernel, t->col[col].kernel))
			continue;
		for (size_t n = 0; n < row->ntests; n++) {
			if (!strcmp(r->test, row->tests[n]))
				return r->fix;
		}
	}
	return "";
}

const char *row_fix(const struct table *t, const struct table_row *row)
{
	const char *fix = "";

	for (size_t k = 0; k < t->ncol && !*fix; k++)
		fix = row_col_fix(t, row, k);
	return fix;
}

static bool planned(const struct run *run, const char *test)
{
	for (size_t t = 0; t < run->info.ntests; t++) {
		if (!strcmp(run->info.tests[t], test))
			return true;
	}
	return false;
}

size_t missing_results(const struct run *run, const char *kernel)
{
	const struct run_info *in = &run->info;
	size_t want = 0, have = 0;

	for (size_t k = 0; k < in->nkernels; k++)
		if (!kernel || !strcmp(in->kernels[k].name, kernel))
			want += (in->kernels[k].ntests < 0 ? in->ntests :
							     (size_t)in->kernels[k].ntests) *
				in->repeat;
	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];

		if (kernel && strcmp(r->kernel, kernel))
			continue;
		have += r->repeat <= in->repeat && planned(run, r->test);
	}
	return want > have ? want - have : 0;
}

/* --- the kernels of a run ---------------------------------------------------------- */

const struct run_kernel *run_kernel_find(const struct run *run, const char *name)
{
	for (size_t k = 0; k < run->info.nkernels; k++) {
		if (!strcmp(run->info.kernels[k].name, name))
			return &run->info.kernels[k];
	}
	return NULL;
}

const char *kernel_short_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash && slash[1] ? slash + 1 : name;
}

unsigned int kernel_name_width(const struct run *run)
{
	size_t width = 7, n;

	for (size_t k = 0; k < run->info.nkernels; k++) {
		n = strlen(run->info.kernels[k].name);
		if (n > width && n <= 24)
			width = n;
	}
	return width;
}

const char *run_kernel_version(const struct run *run, const struct run_kernel *k)
{
	for (size_t i = 0; !*k->version && i < run->nrec; i++) {
		if (*run->rec[i].version && !strcmp(run->rec[i].kernel, k->name))
			return run->rec[i].version;
	}
	return k->version;
}

const char *run_kernel_release(const struct run *run, const struct run_kernel *k)
{
	for (size_t i = 0; !*k->release && i < run->nrec; i++) {
		if (*run->rec[i].release && !strcmp(run->rec[i].kernel, k->name))
			return run->rec[i].release;
	}
	return k->release;
}

static bool is_stock(const struct run_kernel *k)
{
	return !strcmp(k->source, "stock") || (!*k->source && !*k->base);
}

const char *run_kernel_origin(const struct run *run, const struct run_kernel *k)
{
	if (*k->origin && !is_stock(k))
		return k->origin;
	return *k->package ? k->package : run_kernel_release(run, k);
}

/* The first record of a kernel that was made on that machine. */
static size_t first_on_machine(const struct run *run, const struct record *r)
{
	size_t i = 0;

	while (strcmp(run->rec[i].kernel, r->kernel) || strcmp(run->rec[i].accel, r->accel) ||
	       strcmp(run->rec[i].qemu, r->qemu))
		i++;
	return i;
}

char *run_kernel_machine(const struct run *run, const char *kernel)
{
	struct buf b = { 0 };

	buf_add(&b, "", 0);
	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];

		if (strcmp(r->kernel, kernel) || (!*r->accel && !*r->qemu) ||
		    first_on_machine(run, r) != i)
			continue;
		buf_printf(&b, "%s%s, QEMU %s", b.len ? " and " : "", r->accel, r->qemu);
	}
	return b.data;
}

bool same_machine(const struct run *run, const char *const *kernels, size_t n, char **words)
{
	struct buf b = { 0 };
	char *first = NULL, *m;
	bool same = true;

	*words = NULL;
	for (size_t i = 0; i < (kernels ? n : run->info.nkernels); i++) {
		const char *name = kernels ? kernels[i] : run->info.kernels[i].name;

		m = run_kernel_machine(run, name);
		if (!*m) {
			free(m);
			continue;
		}
		same &= !strstr(m, " and ") && (!first || !strcmp(first, m));
		buf_printf(&b, "%s%s on %s", b.len ? "; " : "", name, m);
		if (first)
			free(m);
		else
			first = m;
	}
	free(first);
	if (same)
		buf_free(&b);
	else
		*words = b.data;
	return same;
}

const char *config_note(const struct run_kernel *a, const struct run_kernel *b)
{
	if (!*a->config_sha256 || !*b->config_sha256)
		return "the configurations are not both known: they may differ";
	return strcmp(a->config_sha256, b->config_sha256) ? "the configurations differ" : "";
}

bool run_kernel_is_patched(const struct run_kernel *k)
{
	return *k->base || !strcmp(k->source, "patched");
}

/* "5.10.262" and "5.10" are of one branch. */
static bool same_branch(const char *a, const char *b)
{
	unsigned int x[2], y[2];

	return sscanf(a, "%u.%u", &x[0], &x[1]) == 2 && sscanf(b, "%u.%u", &y[0], &y[1]) == 2 &&
	       x[0] == y[0] && x[1] == y[1];
}

const struct run_kernel *run_kernel_reference(const struct run *run, const struct run_kernel *k)
{
	const struct run_kernel *o, *built = NULL;

	o = *k->base ? run_kernel_find(run, k->base) : NULL;
	if ((o && o != k) || is_stock(k))
		return o;
	for (size_t i = 0; i < run->info.nkernels; i++) {
		o = &run->info.kernels[i];
		if (o == k || run_kernel_is_patched(o) ||
		    !same_branch(run_kernel_version(run, o), run_kernel_version(run, k)))
			continue;
		if (is_stock(o))
			return o;
		if (!built && run_kernel_is_patched(k) && !strcmp(o->source, "source"))
			built = o;
	}
	return built;
}

struct axis_kernel {
	const struct run_kernel *k;
	const char *version;
	size_t given;
};

static int by_version(const void *a, const void *b)
{
	const struct axis_kernel *x = a, *y = b;
	int c = version_cmp(x->version, y->version);

	return c ? c : x->given < y->given ? -1 : x->given > y->given;
}

const struct run_kernel **run_axis(const struct run *run, size_t *n)
{
	const struct run_kernel **axis = xcalloc(run->info.nkernels + 1, sizeof(*axis));
	struct axis_kernel *a = xcalloc(run->info.nkernels + 1, sizeof(*a));
	bool known = true;

	*n = 0;
	for (size_t i = 0; i < run->info.nkernels; i++) {
		const struct run_kernel *k = &run->info.kernels[i];

		if (run_kernel_is_patched(k) || run_kernel_reference(run, k))
			continue;
		a[*n] = (struct axis_kernel){ k, run_kernel_version(run, k), *n };
		known &= !!*a[*n].version;
		(*n)++;
	}
	if (known)
		qsort(a, *n, sizeof(*a), by_version);
	for (size_t i = 0; i < *n; i++)
		axis[i] = a[i].k;
	free(a);
	return axis;
}
