// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "matrix.h"
#include "util.h"
#include "verdict.h"

struct style style_for(FILE *out)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	struct style s = { .width = 72 };
	struct winsize ws;

	if (!isatty(fileno(out)))
		return s;
	s.color = !(no && *no) && term && strcmp(term, "dumb");
	if (!ioctl(fileno(out), TIOCGWINSZ, &ws) && ws.ws_col >= 100)
		s.width = 100;
	return s;
}

/* --- the table ------------------------------------------------------------------- */

static void cell_add(struct cell *c, const struct record *r)
{
	c->n++;
	c->s[r->status]++;
	c->v[r->verdict]++;
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

static char *cell_word(const struct cell *c, bool by_status)
{
	static const enum status worst[] = { ST_CRASH, ST_TIMEOUT, ST_FAIL, ST_ERROR, ST_SKIP };
	int i;

	if (!c->n)
		return xstrdup("-");
	if (!by_status) {
		i = only(c->v, NR_VERDICT, c->n);
		return xstrdup(i < 0 ? "flaky" : verdict_name(i));
	}
	i = only(c->s, NR_STATUS, c->n);
	if (i >= 0)
		return xstrdup(status_name(i));
	for (i = 0; !c->s[worst[i]]; i++)
		;
	return xasprintf("%s %u/%u", status_name(worst[i]), c->s[worst[i]], c->n);
}

static int case_len(const char *test)
{
	const char *slash = strchr(test, '/');

	slash = slash ? strchr(slash + 1, '/') : NULL;
	return slash ? slash - test : (int)strlen(test);
}

static const char *variant_of(const char *test)
{
	const char *v = test + case_len(test);

	return *v == '/' ? v + 1 : v;
}

/* --- labels: "{anon,thp}-*" for what would be twelve names ------------------------- */

/* One side of "memory-pin": its names, and which of the other side go with each. */
struct axis {
	char *name;
	size_t *with;		/* numbers on the other axis */
	size_t nwith, all;	/* in the group, in the whole case */
	bool done;
};

struct axes {
	struct axis *a[2];
	size_t n[2];
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
static bool with_all(const struct axis *a)
{
	return a->all > 1 && a->nwith == a->all;
}

static bool same_with(const struct axis *a, const struct axis *b)
{
	if (with_all(a) || with_all(b))
		return with_all(a) && with_all(b);
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

			if (!o->done && o->nwith && same_with(a, o)) {
				o->done = true;
				mine[n++] = o->name;
			}
		}
		set[0].len = set[1].len = 0;
		add_set(&set[0], mine, n);
		for (n = 0; n < a->nwith; n++)
			other[n] = x->a[!side][a->with[n]].name;
		if (with_all(a))
			buf_add(&set[1], "*", 1);
		else
			add_set(&set[1], other, n);
		buf_printf(&b, "%s%s%s%s", b.len ? " " : "", side ? set[1].data : set[0].data,
			   *x->a[1][0].name || x->n[1] > 1 ? "-" : "",
			   side ? set[0].data : set[1].data ? set[1].data : "");
	}
	buf_free(&set[0]);
	buf_free(&set[1]);
	free(mine);
	free(other);
	return b.data;
}

static char *group_label(const char *const *all, size_t nall, const bool *in)
{
	struct axes x = { 0 };
	char *l[2];

	for (size_t i = 0; i < nall; i++)
		axes_add(&x, variant_of(all[i]), in[i]);
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

/* The rows of one case, whose tests are @tests. */
static void build_case(struct table *t, const char *const *tests, size_t n, bool by_status)
{
	size_t first = t->nrow;
	bool *in = xcalloc(n + 1, sizeof(*in));
	struct table_row *row;
	struct cell *c;
	char **word;

	for (size_t i = 0; i < n; i++) {
		c = cells_of(t, tests[i]);
		word = xcalloc(t->ncol + 1, sizeof(*word));
		for (size_t k = 0; k < t->ncol; k++)
			word[k] = cell_word(&c[k], by_status);
		row = NULL;
		for (size_t g = first; g < t->nrow && !row; g++) {
			if (same_words(t->row[g].word, word, t->ncol))
				row = &t->row[g];
		}
		if (!row) {
			row = row_add(t, tests[i], word);
		} else {
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
		row->label = row->nrows == 1 && n > 1 ? xstrdup("all") : group_label(tests, n, in);
	}
	free(in);
}

void table_build(struct table *t, const struct table_col *col, size_t ncol, bool by_status)
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
			    !strncmp(l.s[i], l.s[i + n], len); n++)
			;
		build_case(t, l.s + i, n, by_status);
	}
	free(l.s);
}

void table_free(struct table *t)
{
	for (size_t i = 0; i < t->nrow; i++) {
		for (size_t k = 0; k < t->ncol; k++)
			free(t->row[i].word[k]);
		free(t->row[i].word);
		free(t->row[i].cell);
		free(t->row[i].tests);
		free(t->row[i].label);
	}
	free(t->row);
	memset(t, 0, sizeof(*t));
}

/* --- printing ------------------------------------------------------------------------ */

void print_wrapped(FILE *out, const char *s, unsigned int at, unsigned int indent,
		   unsigned int width)
{
	bool first = true;
	size_t n;

	while (*(s += strspn(s, " "))) {
		n = strcspn(s, " ");
		if (!first && at + 1 + n > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		fprintf(out, "%s%.*s", first ? "" : " ", (int)n, s);
		at += n + !first;
		first = false;
		s += n;
	}
	fputc('\n', out);
}

static const char *word_color(const char *w)
{
	static const struct {
		const char *word, *color;
	} colors[] = {
		{ "pass", "32" }, { "xfail", "33" }, { "FAIL", "1;31" }, { "XPASS", "1;35" },
		{ "ERROR", "1;31" }, { "FLAKY", "1;35" }, { "skip", "2" }, { "-", "2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(colors); i++) {
		if (!strcmp(w, colors[i].word))
			return colors[i].color;
	}
	return NULL;
}

/* What nobody expected is in capitals: it is seen without colour too. */
static const char *loud(const char *word)
{
	static const char *const words[][2] = {
		{ "fail", "FAIL" }, { "xpass", "XPASS" }, { "error", "ERROR" }, { "flaky", "FLAKY" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(word, words[i][0]))
			return words[i][1];
	}
	return word;
}

static void print_word(FILE *out, const char *word, unsigned int width, struct style st)
{
	const char *w = loud(word), *color = st.color ? word_color(w) : NULL;

	if (color)
		fprintf(out, " \033[%sm%s\033[0m%*s", color, w,
			(int)(strlen(w) < width ? width - strlen(w) : 0), "");
	else
		fprintf(out, " %-*s", (int)width, w);
}

static void heading(FILE *out, const char *s, struct style st)
{
	fprintf(out, st.color ? "\n\033[1m%s\033[0m\n" : "\n%s\n", s);
}

/* A kernel given by its path has a long name; its end says most, and whole words best. */
static const char *short_name(const char *kernel, size_t max)
{
	const char *slash = strrchr(kernel, '/'), *name = slash ? slash + 1 : kernel;
	size_t len = strlen(name);

	return len > max ? name + len - max : name;
}

#define NAME_MAX_SHOWN 12

struct layout {
	unsigned int label, word;
};

static struct layout layout_for(const struct table *t, unsigned int *width)
{
	struct layout l = { .word = 5 };
	size_t n;

	for (size_t k = 0; k < t->ncol; k++) {
		n = strlen(short_name(t->col[k].kernel, NAME_MAX_SHOWN));
		if (n > l.word)
			l.word = n;
	}
	if (t->ncol * (l.word + 1) + 30 > *width)
		*width = 100;
	l.label = t->ncol * (l.word + 1) + 24 < *width ? *width - t->ncol * (l.word + 1) : 24;
	if (l.label > 44)
		l.label = 44;
	return l;
}

/* As much of a label as its column holds; returns what is left for a line of its own. */
static const char *print_label(FILE *out, const char *s, unsigned int indent, unsigned int width,
			       bool pad)
{
	size_t room = width - indent, n = strlen(s), cut;

	if (n > room) {
		for (cut = room; cut && s[cut] != ' ' && s[cut - 1] != ','; cut--)
			;
		n = cut ? cut : room;
	}
	fprintf(out, "%*s%-*.*s", (int)indent, "", pad ? (int)room : 0, (int)n, s);
	s += n;
	return s + strspn(s, " ");
}

static void print_row(FILE *out, const struct table *t, const struct table_row *row,
		      const char *label, unsigned int indent, struct layout l, struct style st)
{
	label = print_label(out, label, indent, l.label, true);
	for (size_t k = 0; k < t->ncol; k++)
		print_word(out, row->word[k], k + 1 < t->ncol ? l.word : 0, st);
	fputc('\n', out);
	while (*label) {
		label = print_label(out, label, indent + 2, l.label, false);
		fputc('\n', out);
	}
}

static void print_table(FILE *out, const struct table *t, struct layout l, struct style st)
{
	fprintf(out, "%-*s", (int)l.label, "");
	for (size_t k = 0; k < t->ncol; k++)
		fprintf(out, " %-*s", k + 1 < t->ncol ? (int)l.word : 0,
			short_name(t->col[k].kernel, NAME_MAX_SHOWN));
	fputc('\n', out);
	for (size_t i = 0; i < t->nrow; i++) {
		const struct table_row *row = &t->row[i];
		char *name = xasprintf("%.*s", row->len, row->area_case), *all;

		if (row->nrows == 1 && row->ntests == 1 && *variant_of(row->tests[0])) {
			all = xasprintf("%s %s", name, variant_of(row->tests[0]));
			print_row(out, t, row, all, 0, l, st);
			free(all);
		} else if (row->nrows == 1) {
			print_row(out, t, row, name, 0, l, st);
		} else {
			if (!i || t->row[i - 1].len != row->len ||
			    strncmp(t->row[i - 1].area_case, row->area_case, row->len))
				fprintf(out, "%s\n", name);
			print_row(out, t, row, row->label, 2, l, st);
		}
		free(name);
	}
}

/* Totals count tests with their verdict, and of a repeated test every time. */
static void print_totals(FILE *out, const struct table *t, struct layout l, struct style st)
{
	unsigned int sum[NR_VERDICT] = { 0 }, n;
	char num[16];

	heading(out, "Totals", st);
	for (size_t i = 0; i < t->nrow; i++) {
		for (size_t k = 0; k < t->ncol; k++) {
			for (unsigned int v = 0; v < NR_VERDICT; v++)
				sum[v] += t->row[i].cell[k].v[v];
		}
	}
	for (unsigned int v = 0; v < NR_VERDICT; v++) {
		if (!sum[v])
			continue;
		fprintf(out, "%-*s", (int)l.label, loud(verdict_name(v)));
		for (size_t k = 0; k < t->ncol; k++) {
			n = 0;
			for (size_t i = 0; i < t->nrow; i++)
				n += t->row[i].cell[k].v[v];
			snprintf(num, sizeof(num), n ? "%u" : ".", n);
			fprintf(out, " %-*s", k + 1 < t->ncol ? (int)l.word : 0, num);
		}
		fputc('\n', out);
	}
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

const char *row_fix(const struct table *t, const struct table_row *row)
{
	for (size_t k = 0; k < t->ncol; k++) {
		const struct run *run = t->col[k].run;

		for (size_t i = 0; i < run->nrec; i++) {
			const struct record *r = &run->rec[i];

			if (!*r->fix || strcmp(r->kernel, t->col[k].kernel))
				continue;
			for (size_t n = 0; n < row->ntests; n++) {
				if (!strcmp(r->test, row->tests[n]))
					return r->fix;
			}
		}
	}
	return "";
}

/* Differences of what could be known; a skip or a gap is none. */
static bool row_differs(const struct table *t, const struct table_row *row, bool *lacks)
{
	const char *known = NULL;
	bool differs = false;

	*lacks = false;
	for (size_t k = 0; k < t->ncol; k++) {
		const char *w = row->word[k];

		if (!strcmp(w, "skip") || !strcmp(w, "-") || !strcmp(w, "error")) {
			*lacks = true;
			continue;
		}
		if (!known)
			known = w;
		else if (strcmp(known, w))
			differs = true;
	}
	return differs;
}

static void print_differences(FILE *out, const struct table_col *col, size_t ncol,
			      struct style st)
{
	size_t only_lacks = 0, n = 0;
	struct table t;
	bool lacks;

	if (ncol < 2)
		return;
	table_build(&t, col, ncol, true);
	heading(out, "What differs between kernels", st);
	for (size_t i = 0; i < t.nrow; i++) {
		const struct table_row *row = &t.row[i];
		const char *fix = row_fix(&t, row);
		char *name, *hist, *line;

		if (!row_differs(&t, row, &lacks)) {
			for (size_t k = 1; k < ncol; k++) {
				if (lacks && strcmp(row->word[0], row->word[k])) {
					only_lacks += row->ntests;
					break;
				}
			}
			continue;
		}
		n++;
		name = xasprintf("%.*s %s", row->len, row->area_case,
				 strcmp(row->label, "all") ? row->label : "");
		fputs("  ", out);
		print_wrapped(out, name, 2, 6, st.width);
		hist = row_history(&t, row);
		line = *fix ? xasprintf("%s; fix %s", hist, fix) : xstrdup(hist);
		fputs("      ", out);
		print_wrapped(out, line, 6, 6, st.width);
		free(line);
		free(hist);
		free(name);
	}
	if (!n)
		fprintf(out, "  nothing\n");
	if (only_lacks)
		fprintf(out, "  %zu more tests differ only in that a kernel lacks what they need\n",
			only_lacks);
	table_free(&t);
}

static void __attribute__((format(printf, 4, 5)))
field(FILE *out, const char *name, struct style st, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	if (*text) {
		fprintf(out, "    %-9s ", name);
		/* A command to copy must stay one line. */
		if (!strcmp(name, "replay") || !strcmp(name, "log"))
			fprintf(out, "%s\n", text);
		else
			print_wrapped(out, text, 14, 14, st.width);
	}
	free(text);
}

void record_print(FILE *out, const struct run *run, const struct record *r, struct style st)
{
	bool bad = r->status == ST_FAIL || r->status == ST_CRASH || r->status == ST_TIMEOUT;
	char *where = *r->log ? xasprintf("%s/%s", run->dir, r->log) : xstrdup("");
	const char *word = verdict_name(r->verdict);

	print_word(out, word, 5, st);
	fprintf(out, " %s on %s", r->test, r->kernel);
	if (r->status != ST_FAIL && bad)
		fprintf(out, " (%s)", status_name(r->status));
	fputc('\n', out);
	if (r->verdict == V_XFAIL)
		field(out, "verdict", st, "xfail: it failed, as it is known to on this kernel");
	else if (r->verdict == V_XPASS)
		field(out, "verdict", st, "xpass: it is known to fail on this kernel, and passed");
	if (r->verdict != V_PASS && r->verdict != V_XPASS && r->verdict != V_SKIP)
		field(out, "step", st, "%s", r->step);
	field(out, bad ? "clause" : "clauses", st, "%s", r->clause);
	if (bad) {
		field(out, "wanted", st, "%s", r->wanted);
		field(out, "seen", st, "%s", r->seen);
	}
	if (r->attempts > 1)
		field(out, "hits", st, "%u of %u attempts", r->hits, r->attempts);
	if (r->verdict != V_PASS)
		field(out, "reason", st, "%s", r->reason);
	field(out, "fix", st, "%s", r->fix);
	field(out, "observed", st, "%s", r->observations);
	field(out, "kernel", st, "%s%s%s", r->release, *r->package ? ", " : "", r->package);
	field(out, "machine", st, "%s, QEMU %s, %u ms", r->accel, r->qemu, r->duration_ms);
	field(out, "log", st, "%s", where);
	field(out, "replay", st, "%s", r->replay);
	free(where);
}

void repeats_print(FILE *out, const struct run *run, struct style st)
{
	heading(out, "Repeated", st);
	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *first = &run->rec[i];
		struct cell c = { 0 };
		bool before = false;

		for (size_t k = 0; k < run->nrec; k++) {
			const struct record *r = &run->rec[k];

			if (strcmp(r->test, first->test) || strcmp(r->kernel, first->kernel))
				continue;
			before |= k < i;
			cell_add(&c, r);
		}
		if (before)
			continue;
		fprintf(out, "  %s on %s: ", first->test, first->kernel);
		for (unsigned int v = 0, n = 0; v < NR_VERDICT; v++) {
			if (c.v[v])
				fprintf(out, "%s%s %u/%u", n++ ? ", " : "", verdict_name(v), c.v[v],
					c.n);
		}
		fputs(only(c.v, NR_VERDICT, c.n) < 0 ? "  FLAKY\n" : "\n", out);
	}
}

static size_t missing_results(const struct run *run)
{
	size_t want = run->info.ntests * run->info.nkernels * run->info.repeat, have = 0;
	bool planned;

	for (size_t i = 0; i < run->nrec; i++) {
		planned = false;
		for (size_t t = 0; t < run->info.ntests && !planned; t++)
			planned = !strcmp(run->info.tests[t], run->rec[i].test);
		have += planned && run->rec[i].repeat <= run->info.repeat;
	}
	return want > have ? want - have : 0;
}

int run_exit_code(const struct run *run, bool lenient_xpass)
{
	bool unexpected = false, unknown = false;

	for (size_t i = 0; i < run->nrec; i++) {
		enum verdict v = run->rec[i].verdict;

		unexpected |= v == V_FAIL || (v == V_XPASS && !lenient_xpass);
		unknown |= v == V_ERROR;
	}
	if (!run->nrec || missing_results(run))
		return 2;
	return unexpected ? 1 : unknown ? 2 : 0;
}

static void print_header(FILE *out, const struct run *run, struct style st)
{
	const struct run_info *in = &run->info;

	fprintf(out, "run %s: %s, QEMU %s, seed 0x%llx\n", run->id, in->accel, in->qemu,
		(unsigned long long)in->seed);
	for (size_t k = 0; k < in->nkernels; k++) {
		const char *release = in->kernels[k].release;
		char *s;

		/* Of a kernel given by its path only the guest knows what it is. */
		for (size_t i = 0; !*release && i < run->nrec; i++)
			if (!strcmp(run->rec[i].kernel, in->kernels[k].name))
				release = run->rec[i].release;
		s = xasprintf("%s %s", release, in->kernels[k].package);

		fprintf(out, "  %-7s ", in->kernels[k].name);
		print_wrapped(out, s, 10, 10, st.width);
		free(s);
	}
	fputc('\n', out);
}

/* More than this nobody reads; the records have them all. */
#define UNEXPECTED_MAX 20

void matrix_print(FILE *out, const struct run *run, struct style st)
{
	const struct run_info *in = &run->info;
	struct table_col *col = xcalloc(in->nkernels + 1, sizeof(*col));
	size_t missing = missing_results(run), bad = 0;
	const struct record *first = NULL;
	struct layout l;
	struct table t;

	for (size_t k = 0; k < in->nkernels; k++)
		col[k] = (struct table_col){ .run = run, .kernel = in->kernels[k].name };
	table_build(&t, col, in->nkernels, false);
	l = layout_for(&t, &st.width);
	print_header(out, run, st);
	print_table(out, &t, l, st);
	print_totals(out, &t, l, st);
	print_differences(out, col, in->nkernels, st);
	if (in->repeat > 1)
		repeats_print(out, run, st);
	for (size_t i = 0; i < run->nrec; i++) {
		if (!verdict_is_unexpected(run->rec[i].verdict))
			continue;
		if (!bad++) {
			heading(out, "Not as expected", st);
			first = &run->rec[i];
		}
		/* A failure is worth more than what could not be run. */
		if (first->verdict == V_ERROR && run->rec[i].verdict != V_ERROR)
			first = &run->rec[i];
		if (bad <= UNEXPECTED_MAX)
			record_print(out, run, &run->rec[i], st);
	}
	if (bad > UNEXPECTED_MAX)
		fprintf(out, "  and %zu more in %s/results.jsonl\n", bad - UNEXPECTED_MAX, run->dir);
	if (run->nnotes || missing || !run->nrec)
		fputc('\n', out);
	for (size_t i = 0; i < run->nnotes; i++)
		fprintf(out, "note: %s\n", run->notes[i]);
	fputc('\n', out);
	if (missing)
		fprintf(out, "%zu tests have no result; go on with: make run-all RESUME=1\n",
			missing);
	else if (!run->nrec)
		fprintf(out, "nothing was run; see: make list\n");
	else if (first)
		fprintf(out, "next: %s\n", first->replay);
	else if (in->nkernels > 1)
		fprintf(out, "all as expected; next: make compare\n");
	else
		fprintf(out, "all as expected; next: make run-all\n");
	table_free(&t);
	free(col);
}
