// SPDX-License-Identifier: GPL-2.0-only
/* What kernels do where nothing is promised, kernel beside kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "corpus.h"
#include "err.h"
#include "rows.h"
#include "text.h"

/* It is of interest in itself whether it passes. */
static bool is_outcome(const struct tcase *c)
{
	return !strcmp(c->class, "observation") || !strcmp(c->class, "control");
}

bool observes(const struct tcase *c)
{
	return is_outcome(c) || c->claims.nobserved;
}

/* --- words ----------------------------------------------------------------------------- */

static char *outcome_word(const struct table_col *col, const char *test, const void *arg)
{
	const struct record *r = run_find(col->run, col->kernel, test, 0);

	if (!r)
		return xstrdup("-");
	if (r->status == ST_FAIL)
		return xasprintf("no: %s", r->clause);
	return xstrdup(r->status == ST_PASS ? "yes" : status_name(r->status));
}

/* What was observed under the key @arg; "-" if it did not come to that. */
static char *value_word(const struct table_col *col, const char *test, const void *arg)
{
	const struct record *r = run_find(col->run, col->kernel, test, 0);
	json_t *o = r ? json_loads(r->observations, 0, NULL) : NULL;
	const char *s = json_string_value(json_object_get(o, arg));
	char *word = xstrdup(s ? s : r && r->status == ST_SKIP ? "skip" : "-");

	json_decref(o);
	return word;
}

/* Some kernel has a value. */
static bool says_something(const struct table_row *row, size_t ncol)
{
	for (size_t k = 0; k < ncol; k++) {
		if (strcmp(row->word[k], "-") && strcmp(row->word[k], "skip"))
			return true;
	}
	return false;
}

/* --- one case --------------------------------------------------------------------------- */

static bool row_is_of(const struct table_row *row, const struct tcase *c)
{
	return (size_t)row->len == strlen(c->id) && !strncmp(row->area_case, c->id, row->len);
}

/* The rows of @c in @t; how many. */
static size_t print_rows(struct buf *md, const struct table *t, const struct tcase *c,
			 const char *what)
{
	size_t n = 0;

	for (size_t i = 0; i < t->nrow; i++) {
		const struct table_row *row = &t->row[i];

		if (!row_is_of(row, c) || !says_something(row, t->ncol))
			continue;
		buf_printf(md, "| %s | `%s` |", what, *row->label ? row->label : "all");
		for (size_t k = 0; k < t->ncol; k++) {
			buf_printf(md, " ");
			md_text(md, row->word[k]);
			buf_printf(md, " |");
		}
		buf_printf(md, "\n");
		n++;
	}
	return n;
}

static bool in_plan(const struct run *run, const struct tcase *c)
{
	size_t len = strlen(c->id);

	for (size_t i = 0; i < run->info.ntests; i++) {
		if (!strncmp(run->info.tests[i], c->id, len) && run->info.tests[i][len] == '/')
			return true;
	}
	return false;
}

static void print_columns(struct buf *md, const struct table_col *col, size_t ncol)
{
	buf_printf(md, "| | |");
	for (size_t k = 0; k < ncol; k++)
		buf_printf(md, " %s |", col[k].kernel);
	buf_printf(md, "\n|---|---|");
	for (size_t k = 0; k < ncol; k++)
		buf_printf(md, "---|");
	buf_printf(md, "\n");
}

static void print_case(struct buf *md, const struct tcase *c, const struct table_col *col,
		       size_t ncol, const struct table *outcome)
{
	struct buf rows = { 0 };
	struct table t;
	size_t n = 0;

	buf_printf(md, "\n## %s\n\n", c->id);
	md_text(md, c->purpose);
	buf_printf(md, " (%s)\n\n", c->clauses);
	for (size_t i = 0; i < c->claims.nobserved; i++) {
		buf_printf(md, "- `%s`: ", c->claims.observed[i].key);
		md_text(md, c->claims.observed[i].meaning);
		buf_printf(md, "\n");
	}
	if (is_outcome(c))
		n += print_rows(&rows, outcome, c, "does it hold?");
	for (size_t i = 0; i < c->claims.nobserved; i++) {
		const char *key = c->claims.observed[i].key;
		char *name = xasprintf("`%s`", key);

		table_build_words(&t, col, ncol, value_word, key);
		n += print_rows(&rows, &t, c, name);
		table_free(&t);
		free(name);
	}
	if (c->claims.nobserved)
		buf_printf(md, "\n");
	if (n) {
		print_columns(md, col, ncol);
		buf_add(md, rows.data, rows.len);
	} else {
		buf_printf(md, "None of these kernels has what it takes.\n");
	}
	buf_free(&rows);
}

/* --- all of them ------------------------------------------------------------------------- */

/* What is not known must not look as if nothing had been observed. */
static int check(const struct run *run)
{
	if (missing_results(run, NULL))
		return err_set(-ENOENT, "run %s lacks %zu results: make it again", run->id,
			       missing_results(run, NULL));
	for (size_t i = 0; i < run->nrec; i++) {
		if (run->rec[i].status == ST_ERROR)
			return err_set(-EINVAL, "%s on %s is an error and nothing observed: %s",
				       run->rec[i].test, run->rec[i].kernel, run->rec[i].reason);
	}
	return 0;
}

int observations_table(const struct case_list *cases, struct run *run, struct buf *md)
{
	size_t ncol = run->info.nkernels;
	struct table_col *col = xcalloc(ncol + 1, sizeof(*col));
	struct table outcome;
	int ret = check(run);

	for (size_t k = 0; k < ncol; k++)
		col[k] = (struct table_col){ .run = run, .kernel = run->info.kernels[k].name };
	if (ret)
		goto out;
	table_build_words(&outcome, col, ncol, outcome_word, NULL);
	buf_printf(md, "# Observations\n\n"
		       "What kernels do where nothing is promised, or where it is disputed what "
		       "should\n"
		       "be: recorded by `make observations`, and never counted as a failure. *Does "
		       "it\n"
		       "hold?* is asked of observations and controls: `no` names the clause that "
		       "broke.\n"
		       "Everything else is a value that a test took down; `-`: the test ended "
		       "before it,\n"
		       "`skip`: the kernel lacks what it takes. `*` is all memory kinds, or all "
		       "pins, of\n"
		       "the case.\n");
	for (size_t i = 0; i < cases->n; i++) {
		if (observes(&cases->c[i]) && in_plan(run, &cases->c[i]))
			print_case(md, &cases->c[i], col, ncol, &outcome);
	}
	table_free(&outcome);
	md_kernels(md, &run, 1);
out:
	free(col);
	return ret;
}
