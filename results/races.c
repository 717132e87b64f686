// SPDX-License-Identifier: GPL-2.0-only
/* Races that were held open: which windows were met, which were lost, and who waited. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "corpus.h"
#include "err.h"
#include "rows.h"
#include "text.h"

/* What the test @r took down under @key, NULL if nothing; the caller frees. */
static char *observed(const struct record *r, const char *key)
{
	json_t *o = r && *r->observations ? json_loads(r->observations, 0, NULL) : NULL;
	const char *s = json_string_value(json_object_get(o, key));
	char *text = s ? xstrdup(s) : NULL;

	json_decref(o);
	return text;
}

/* The first number of "2 of 3", 0 if there is none. */
static unsigned int count_of(const struct record *r, const char *key)
{
	char *text = observed(r, key);
	unsigned int n = text ? strtoul(text, NULL, 10) : 0;

	free(text);
	return n;
}

/* Has a kernel of the run met its window? */
static bool is_race(const struct run *run, const char *test)
{
	bool met = false;

	for (size_t k = 0; k < run->info.nkernels && !met; k++)
		met = count_of(run_find(run, run->info.kernels[k].name, test, 0), "met");
	return met;
}

/* --- words ------------------------------------------------------------------------------- */

static bool is_lost(const struct record *r)
{
	return r->status == ST_FAIL || r->status == ST_CRASH || r->status == ST_TIMEOUT;
}

static char *outcome_word(const struct table_col *col, const char *test, const void *arg)
{
	const struct record *r = run_find(col->run, col->kernel, test, 0);
	const char *waits;

	if (!r)
		return xstrdup("-");
	waits = count_of(r, "b_waited") ? ", B waited" : "";
	if (is_lost(r))
		return xasprintf("**lost** %s%s", r->clause,
				 count_of(r, "met") ? waits : ", in the control");
	if (r->status != ST_PASS)
		return xstrdup(status_name(r->status));
	return xasprintf("held%s", waits);
}

/* The innermost function of "a < b < c". */
static char *place_word(const struct table_col *col, const char *test, const void *arg)
{
	char *text = observed(run_find(col->run, col->kernel, test, 0), "a_stood_in");

	if (!text)
		return xstrdup("-");
	text[strcspn(text, " ")] = '\0';
	return text;
}

/* --- the table ---------------------------------------------------------------------------- */

static void print_columns(struct buf *md, const char *first, const struct table *t)
{
	buf_printf(md, "\n| %s |", first);
	for (size_t k = 0; k < t->ncol; k++)
		buf_printf(md, " %s |", t->col[k].kernel);
	buf_printf(md, "\n|---|");
	for (size_t k = 0; k < t->ncol; k++)
		buf_printf(md, "---|");
	buf_printf(md, "\n");
}

static void print_rows(struct buf *md, const struct table *t)
{
	for (size_t i = 0; i < t->nrow; i++) {
		char *name = row_name(&t->row[i]);

		if (is_race(t->col[0].run, t->row[i].tests[0])) {
			buf_printf(md, "| `%s` |", name);
			for (size_t k = 0; k < t->ncol; k++)
				buf_printf(md, " %s |", t->row[i].word[k]);
			buf_printf(md, "\n");
		}
		free(name);
	}
}

/* The control is the first round: who has met a window has come through it. */
static void print_counts(struct buf *md, const struct table *t)
{
	static const char *const what[] = {
		"tests",       "that have no window here", "whose control held",
		"windows met", "in which B waited",	   "tests that lost"
	};
	const struct run *run = t->col[0].run;

	print_columns(md, "", t);
	for (unsigned int line = 0; line < ARRAY_SIZE(what); line++) {
		buf_printf(md, "| %s |", what[line]);
		for (size_t k = 0; k < t->ncol; k++) {
			unsigned int n[ARRAY_SIZE(what)] = { 0 };

			for (size_t i = 0; i < run->info.ntests; i++) {
				const char *test = run->info.tests[i];
				const struct record *r = run_find(run, t->col[k].kernel, test, 0);

				if (!r || !is_race(run, test))
					continue;
				n[0]++;
				n[1] += r->status == ST_SKIP;
				n[2] += count_of(r, "met") > 0;
				n[3] += count_of(r, "met");
				n[4] += count_of(r, "b_waited");
				n[5] += is_lost(r);
			}
			buf_printf(md, " %u |", n[line]);
		}
		buf_printf(md, "\n");
	}
}

int races_table(struct run *run, struct buf *md)
{
	size_t ncol = run->info.nkernels;
	struct table_col *col;
	struct table t;

	if (missing_results(run, NULL))
		return err_set(-ENOENT, "run %s lacks %zu results: make it again", run->id,
			       missing_results(run, NULL));
	col = xcalloc(ncol + 1, sizeof(*col));
	for (size_t k = 0; k < ncol; k++)
		col[k] = (struct table_col){ .run = run, .kernel = run->info.kernels[k].name };
	buf_printf(md,
		   "# Races\n\n"
		   "One thread, A, was held in the kernel while another, B, did a thing from "
		   "beginning\n"
		   "to end: three windows a test, after a control in which one came when the "
		   "other was\n"
		   "done. Made by `make races`. *Lost* names the clause that broke; a test ends "
		   "with the\n"
		   "first window that is lost. *B waited*: it could not go on until A did, which "
		   "is often\n"
		   "the right thing to do.\n");
	table_build_words(&t, col, ncol, outcome_word, NULL);
	print_counts(md, &t);
	print_columns(md, "what came of it", &t);
	print_rows(md, &t);
	table_free(&t);
	table_build_words(&t, col, ncol, place_word, NULL);
	print_columns(md, "where A stood", &t);
	print_rows(md, &t);
	table_free(&t);
	md_kernels(md, &run, 1);
	free(col);
	return 0;
}
