// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "matrix.h"
#include "util.h"
#include "verdict.h"

/* --- words ----------------------------------------------------------------------------- */

static const char *word_color(const char *w)
{
	static const struct {
		const char *word, *color;
	} colors[] = {
		{ "pass", "32" },     { "xfail", "33" },   { "FAIL", "1;31" }, { "XPASS", "1;35" },
		{ "ERROR", "1;31" },  { "FLAKY", "1;35" }, { "skip", "2" },    { "-", "2" },
		{ "BROKEN", "1;31" }, { "fixed", "1;32" }, { "inc.", "33" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(colors); i++) {
		if (!strcmp(w, colors[i].word))
			return colors[i].color;
	}
	return NULL;
}

/* What nobody expected is in capitals: it is seen without colour too. */
const char *loud(const char *word)
{
	static const char *const words[][2] = {
		{ "fail", "FAIL" },   { "xpass", "XPASS" },   { "error", "ERROR" },
		{ "flaky", "FLAKY" }, { "broken", "BROKEN" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(word, words[i][0]))
			return words[i][1];
	}
	return word;
}

/* A column is five wide. */
static const char *brief(const char *word)
{
	return strcmp(word, verdict_name(V_INCONCLUSIVE)) ? loud(word) : "inc.";
}

static void print_word(FILE *out, const char *word, unsigned int width, struct style st)
{
	const char *w = brief(word), *color = st.color ? word_color(w) : NULL;

	if (color)
		fprintf(out, " \033[%sm%s\033[0m%*s", color, w,
			(int)(strlen(w) < width ? width - strlen(w) : 0), "");
	else
		fprintf(out, " %-*s", (int)width, w);
}

/* --- the table ------------------------------------------------------------------------- */

#define TITLE_MAX 12

static const char *col_title(const struct table_col *col)
{
	return col->title ? col->title : kernel_short_name(col->kernel);
}

/* How much of a column's title is its next line: as many of its words as fit. */
static size_t title_line(const char *s)
{
	size_t len = strlen(s), cut = TITLE_MAX;

	if (len <= TITLE_MAX)
		return len;
	while (cut && s[cut - 1] != '-')
		cut--;
	return cut ? cut : TITLE_MAX;
}

struct layout {
	unsigned int label; /* room for the names of rows */
	unsigned int *word; /* and for each column */
};

static struct layout layout_for(const struct table *t, unsigned int *width)
{
	struct layout l = { .word = xcalloc(t->ncol + 1, sizeof(*l.word)) };
	unsigned int words = 0;
	size_t n;

	for (size_t k = 0; k < t->ncol; k++) {
		l.word[k] = 5;
		for (const char *s = col_title(&t->col[k]); *s; s += n) {
			n = title_line(s);
			if (n > l.word[k])
				l.word[k] = n;
		}
		words += l.word[k] + 1;
	}
	if (words + 30 > *width)
		*width = 100;
	l.label = words + 24 < *width ? *width - words : 24;
	if (l.label > 44)
		l.label = 44;
	return l;
}

/* The titles of the columns, in as many lines as the longest one takes. */
static void print_titles(FILE *out, const struct table *t, struct layout l)
{
	const char **rest = xcalloc(t->ncol + 1, sizeof(*rest));
	bool more = true;

	for (size_t k = 0; k < t->ncol; k++)
		rest[k] = col_title(&t->col[k]);
	while (more) {
		struct buf line = { 0 };

		more = false;
		buf_printf(&line, "%-*s", (int)l.label, "");
		for (size_t k = 0; k < t->ncol; k++) {
			size_t n = title_line(rest[k]);

			buf_printf(&line, " %-*.*s", (int)l.word[k], (int)n, rest[k]);
			rest[k] += n;
			more |= !!*rest[k];
		}
		while (line.len && line.data[line.len - 1] == ' ')
			line.len--;
		fprintf(out, "%.*s\n", (int)line.len, line.data);
		buf_free(&line);
	}
	free(rest);
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
		print_word(out, row->word[k], k + 1 < t->ncol ? l.word[k] : 0, st);
	fputc('\n', out);
	while (*label) {
		label = print_label(out, label, indent + 2, l.label, false);
		fputc('\n', out);
	}
}

static bool same_case(const struct table_row *a, const struct table_row *b)
{
	return a && a->len == b->len && !strncmp(a->area_case, b->area_case, a->len);
}

/* All rows, or those that @hide, if it is given, does not hide. */
static void print_table(FILE *out, const struct table *t, const bool *hide, struct layout l,
			struct style st)
{
	const struct table_row *before = NULL;

	print_titles(out, t, l);
	for (size_t i = 0; i < t->nrow; i++) {
		const struct table_row *row = &t->row[i];
		char *name, *all;

		if (hide && hide[i])
			continue;
		name = xasprintf("%.*s", row->len, row->area_case);
		if (row->nrows == 1 && row->ntests == 1 && *variant_of(row->tests[0])) {
			all = xasprintf("%s %s", name, variant_of(row->tests[0]));
			print_row(out, t, row, all, 0, l, st);
			free(all);
		} else if (row->nrows == 1) {
			print_row(out, t, row, name, 0, l, st);
		} else {
			if (!same_case(before, row))
				fprintf(out, "%s\n", name);
			print_row(out, t, row, row->label, 2, l, st);
		}
		free(name);
		before = row;
	}
}

/* Totals count tests with their verdict, and of a repeated test every time. */
static void print_totals(FILE *out, const struct table *t, struct layout l, struct style st)
{
	unsigned int sum[NR_VERDICT] = { 0 }, n;
	char num[16];

	print_heading(out, "Totals", st);
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
			fprintf(out, " %-*s", k + 1 < t->ncol ? (int)l.word[k] : 0, num);
		}
		fputc('\n', out);
	}
}

/* Differences of what could be known; a skip or a gap is none. */
bool row_differs(const struct table *t, const struct table_row *row, bool *lacks)
{
	const char *known = NULL;
	bool differs = false;

	*lacks = false;
	for (size_t k = 0; k < t->ncol; k++) {
		const char *w = row->word[k];

		if (!strcmp(w, "skip") || !strcmp(w, "-") || !strcmp(w, "error") ||
		    !strcmp(w, status_name(ST_INCONCLUSIVE))) {
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

static void print_differences(FILE *out, const struct table_col *col, size_t ncol, struct style st)
{
	size_t only_lacks = 0, n = 0;
	struct table t;
	bool lacks;

	if (ncol < 2)
		return;
	table_build(&t, col, ncol, BY_STATUS);
	print_heading(out, "What differs between kernels", st);
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
		name = row_name(row);
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

/* --- patched kernels ------------------------------------------------------------------- */

/*
 * What a patch changed; that one of the two lacks what a test needs is no change,
 * nor is what nobody expects to change and so was not run.
 */
bool patch_changed(const struct table_row *row, size_t col, bool *lacks)
{
	if (!strcmp(row->word[0], row->word[col]) || !strcmp(row->word[col], "-"))
		return false;
	if (strcmp(row->word[0], "skip") && strcmp(row->word[col], "skip"))
		return true;
	*lacks = true;
	return false;
}

/* Which rows there is nothing to see in, and how many tests they are. */
static bool *hide_unchanged(const struct table *t, size_t *same, size_t *lack)
{
	bool *hide = xcalloc(t->nrow + 1, sizeof(*hide)), lacks;

	*same = *lack = 0;
	for (size_t i = 0; i < t->nrow; i++) {
		hide[i] = true;
		lacks = false;
		for (size_t k = 1; k < t->ncol; k++)
			hide[i] &= !patch_changed(&t->row[i], k, &lacks);
		if (hide[i])
			*(lacks ? lack : same) += t->row[i].ntests;
	}
	return hide;
}

/* "5.10-always-copy" among kernels that are all of 5.10: "always-copy". */
const char *patch_title(const char *name, const char *ref)
{
	size_t n = strcspn(ref, "-");

	return n && !strncmp(name, ref, n) && name[n] == '-' && name[n + 1] ? name + n + 1 : name;
}

/* What the kernels @col[1..] change, against @col[0]. */
static void print_patched(FILE *out, const struct table_col *col, size_t ncol, struct style st)
{
	const struct run_kernel *ref = run_kernel_find(col[0].run, col[0].kernel);
	const struct run_kernel *k = run_kernel_find(col[1].run, col[1].kernel);
	char *title = xasprintf("What patches change, against %s", ref->name), *line;
	const char *config = config_note(ref, k);
	size_t same, lack;
	struct layout l;
	struct table t;
	bool *hide;

	print_heading(out, title, st);
	if (*k->base && strcmp(k->base, ref->name)) {
		line = xasprintf("(made from %s, which is not in this run%s%s)", k->base,
				 *config ? "; " : "", config);
		print_wrapped(out, line, 0, 0, st.width);
		free(line);
	}
	table_build(&t, col, ncol, BY_VERDICT);
	l = layout_for(&t, &st.width);
	hide = hide_unchanged(&t, &same, &lack);
	print_table(out, &t, hide, l, st);
	fprintf(out, "%zu tests the same\n", same);
	if (lack)
		fprintf(out, "%zu tests differ only in that a kernel lacks what they need\n", lack);
	print_totals(out, &t, l, st);
	free(hide);
	free(l.word);
	table_free(&t);
	free(title);
}

/* Is it shown with the kernel that it is made from, instead of in a column beside all others? */
const struct run_kernel *shown_with(const struct run *run, const struct run_kernel *k)
{
	return run_kernel_is_patched(k) ? run_kernel_reference(run, k) : NULL;
}

/* A block for each kernel that patched ones are compared with. */
static void print_all_patched(FILE *out, const struct run *run, struct style st)
{
	const struct run_info *in = &run->info;
	struct table_col *col = xcalloc(in->nkernels + 1, sizeof(*col));

	for (size_t i = 0; i < in->nkernels; i++) {
		const struct run_kernel *ref = &in->kernels[i];
		size_t n = 1;

		for (size_t k = 0; k < in->nkernels; k++) {
			const char *name = in->kernels[k].name;

			if (shown_with(run, &in->kernels[k]) == ref)
				col[n++] = (struct table_col){ run, name,
							       patch_title(name, ref->name) };
		}
		col[0] = (struct table_col){ .run = run, .kernel = ref->name };
		if (n > 1)
			print_patched(out, col, n, st);
	}
	free(col);
}

/* --- what people read ------------------------------------------------------------------ */

char *verdict_words(const struct record *r)
{
	switch (r->verdict) {
	case V_XFAIL:
		return xstrdup("xfail: it failed, as it is known to on this kernel");
	case V_XPASS:
		return xstrdup("xpass: it is known to fail on this kernel, and passed");
	case V_FIXED:
		return xasprintf("fixed: it failed on %s, and passed", r->measured);
	case V_BROKEN:
		return xasprintf("broken: on %s it did not", r->measured);
	case V_INCONCLUSIVE:
		return xstrdup("inconclusive: the window of the race was not met");
	default:
		return xstrdup("");
	}
}

void record_print(FILE *out, const struct run *run, const struct record *r, struct style st)
{
	bool bad = r->status == ST_FAIL || r->status == ST_CRASH || r->status == ST_TIMEOUT;
	char *where = *r->log ? xasprintf("%s/%s", run->dir, r->log) : xstrdup("");
	char *said = verdict_words(r);
	const char *word = verdict_name(r->verdict);

	print_word(out, word, 5, st);
	fprintf(out, " %s on %s", r->test, r->kernel);
	if (r->status != ST_FAIL && bad)
		fprintf(out, " (%s)", status_name(r->status));
	fputc('\n', out);
	print_field(out, "verdict", st, "%s", said);
	if (r->verdict != V_PASS && r->verdict != V_XPASS && r->verdict != V_SKIP &&
	    r->verdict != V_FIXED)
		print_field(out, "step", st, "%s", r->step);
	print_field(out, bad ? "clause" : "clauses", st, "%s", r->clause);
	if (bad)
		print_field(out, "check", st, "%s", r->check);
	if (bad) {
		print_field(out, "wanted", st, "%s", r->wanted);
		print_field(out, "seen", st, "%s", r->seen);
	}
	if (r->attempts > 1)
		print_field(out, "hits", st, "%u of %u attempts", r->hits, r->attempts);
	if (r->verdict != V_PASS)
		print_field(out, "reason", st, "%s", r->reason);
	print_field(out, "bug", st, "%s", r->bug);
	print_field(out, "fix", st, "%s", r->fix);
	print_field(out, "observed", st, "%s", r->observations);
	print_field(out, "kernel", st, "%s%s%s", r->release, *r->package ? ", " : "", r->package);
	print_field(out, "machine", st, "%s, QEMU %s, %u ms", r->accel, r->qemu, r->duration_ms);
	print_field(out, "log", st, "%s", where);
	print_field(out, "replay", st, "%s", r->replay);
	if (bad)
		print_field(out, "export", st, "make export CASE=%s", r->test);
	free(said);
	free(where);
}

/* --- observations ----------------------------------------------------------------------- */

/* "over_reports 0 of 4, hint_faults 3": all that its records have, each once; "" is nothing. */
static char *observed_word(const struct table_col *col, const char *test, const void *arg)
{
	json_t *seen = json_object(), *o, *v;
	struct buf b = { 0 };
	const char *key;
	char *one;

	buf_add(&b, "", 0);
	for (size_t i = 0; i < col->run->nrec; i++) {
		const struct record *r = &col->run->rec[i];

		if (strcmp(r->kernel, col->kernel) || strcmp(r->test, test))
			continue;
		o = json_loads(r->observations, 0, NULL);
		json_object_foreach(o, key, v) {
			if (!json_is_string(v))
				continue;
			one = xasprintf("%s %s", key, json_string_value(v));
			if (!json_object_get(seen, one))
				buf_printf(&b, "%s%s", b.len ? ", " : "", one);
			json_object_set_new(seen, one, json_true());
			free(one);
		}
		json_decref(o);
	}
	json_decref(seen);
	return b.data ? b.data : xstrdup("");
}

void observed_print(FILE *out, const struct run *run, struct style st)
{
	const struct run_info *in = &run->info;
	struct table_col *col = xcalloc(in->nkernels + 1, sizeof(*col));
	bool any = false;
	struct table t;
	char *name;

	for (size_t k = 0; k < in->nkernels; k++)
		col[k] = (struct table_col){ .run = run, .kernel = in->kernels[k].name };
	table_build_words(&t, col, in->nkernels, observed_word, NULL);
	for (size_t r = 0; r < t.nrow; r++) {
		bool of_row = false;

		for (size_t k = 0; k < in->nkernels; k++) {
			if (!*t.row[r].word[k] || !strcmp(t.row[r].word[k], "-"))
				continue;
			if (!any)
				print_heading(out, "Observed", st);
			if (!of_row) {
				name = row_name(&t.row[r]);
				fprintf(out, "%s\n", name);
				free(name);
			}
			any = of_row = true;
			print_labelled(out, in->kernels[k].name, kernel_name_width(run),
				       t.row[r].word[k], st.width);
		}
	}
	table_free(&t);
	free(col);
}

void repeats_print(FILE *out, const struct run *run, struct style st)
{
	print_heading(out, "Repeated", st);
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
		fputs(cell_is_flaky(&c) ? "  FLAKY\n" : "\n", out);
	}
}

size_t run_unexpected(const struct run *run, bool lenient_xpass)
{
	size_t n = 0;

	for (size_t i = 0; i < run->nrec; i++) {
		enum verdict v = run->rec[i].verdict;

		n += v == V_FAIL || v == V_BROKEN || (v == V_XPASS && !lenient_xpass);
	}
	return n;
}

int run_exit_code(const struct run *run, bool lenient_xpass)
{
	bool unknown = false;

	for (size_t i = 0; i < run->nrec; i++)
		unknown |= run->rec[i].verdict == V_ERROR;
	if (!run->nrec || missing_results(run, NULL))
		return 2;
	return run_unexpected(run, lenient_xpass) ? 1 : unknown ? 2 : 0;
}

static void print_header(FILE *out, const struct run *run, struct style st)
{
	const struct run_info *in = &run->info;

	fprintf(out, "run %s: %s, QEMU %s, seed 0x%llx\n", run->id, in->accel, in->qemu,
		(unsigned long long)in->seed);
	for (size_t k = 0; k < in->nkernels; k++) {
		const struct run_kernel *rk = &in->kernels[k];
		const char *release = run_kernel_release(run, rk);
		const char *origin = run_kernel_origin(run, rk);
		char *s = xasprintf("%s %s", release, strcmp(origin, release) ? origin : "");

		print_labelled(out, rk->name, kernel_name_width(run), s, st.width);
		free(s);
	}
	fputc('\n', out);
}

/* More than this nobody reads; the records have them all. */
#define UNEXPECTED_MAX 20

/* The first one that is worth to be looked at, NULL if all is as expected. */
static const struct record *print_unexpected(FILE *out, const struct run *run, struct style st)
{
	const struct record *first = NULL;
	size_t bad = 0;

	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];

		if (!verdict_is_unexpected(r->verdict))
			continue;
		if (!bad++) {
			print_heading(out, "Not as expected", st);
			first = r;
		}
		/* A failure is worth more than what could not be run. */
		if (first->verdict == V_ERROR && r->verdict != V_ERROR)
			first = r;
		if (bad <= UNEXPECTED_MAX)
			record_print(out, run, r, st);
	}
	if (bad > UNEXPECTED_MAX)
		fprintf(out, "  and %zu more in %s/results.jsonl\n", bad - UNEXPECTED_MAX,
			run->dir);
	return first;
}

/* Neither good nor bad; whoever wants to know asks again, more often. */
static void print_inconclusive(FILE *out, const struct run *run, struct style st)
{
	size_t n = 0;
	char *line;

	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];

		if (r->verdict != V_INCONCLUSIVE)
			continue;
		if (!n++)
			print_heading(out, "Inconclusive", st);
		if (n > UNEXPECTED_MAX)
			continue;
		line = xasprintf("%s on %s: %s", r->test, r->kernel, r->reason);
		fputs("  ", out);
		print_wrapped(out, line, 2, 6, st.width);
		free(line);
	}
	if (n > UNEXPECTED_MAX)
		fprintf(out, "  and %zu more\n", n - UNEXPECTED_MAX);
}

static void print_next(FILE *out, const struct run *run, const struct record *first)
{
	size_t missing = missing_results(run, NULL);

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
	else if (run->info.nkernels > 1)
		fprintf(out, "all as expected; next: make compare\n");
	else
		fprintf(out, "all as expected; next: make run-all\n");
}

void matrix_print(FILE *out, const struct run *run, struct style st)
{
	const struct run_info *in = &run->info;
	struct table_col *col = xcalloc(in->nkernels + 1, sizeof(*col));
	struct layout l;
	struct table t;
	size_t n = 0;

	for (size_t k = 0; k < in->nkernels; k++) {
		if (!shown_with(run, &in->kernels[k]))
			col[n++] = (struct table_col){ .run = run, .kernel = in->kernels[k].name };
	}
	table_build(&t, col, n, BY_VERDICT);
	l = layout_for(&t, &st.width);
	print_header(out, run, st);
	print_table(out, &t, NULL, l, st);
	print_totals(out, &t, l, st);
	print_differences(out, col, n, st);
	print_all_patched(out, run, st);
	if (in->repeat > 1)
		repeats_print(out, run, st);
	print_inconclusive(out, run, st);
	print_next(out, run, print_unexpected(out, run, st));
	free(l.word);
	table_free(&t);
	free(col);
}
