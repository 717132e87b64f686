// SPDX-License-Identifier: GPL-2.0-only
/* A run as Markdown, for a step summary or a comment: totals, what differs, what is wrong. */
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "rows.h"
#include "text.h"
#include "util.h"

/* Nobody reads more of it in one piece, and forges cut long ones. */
#define DETAILS_MAX 50

static void words(struct buf *b, const char *s)
{
	char *text = inert(s, false);

	md_text(b, text);
	free(text);
}

static void cell(struct buf *b, const char *s)
{
	buf_printf(b, " ");
	words(b, s);
	buf_printf(b, " |");
}

static void item(struct buf *b, const char *label, const char *s)
{
	if (!*s)
		return;
	buf_printf(b, "- %s: ", label);
	words(b, s);
	buf_printf(b, "\n");
}

/* The kernels are rows here: there may be many of them, and verdicts are few. */
static void totals(struct buf *b, const struct run *run, const struct outcomes *all)
{
	buf_printf(b, "| kernel | release |");
	for (unsigned int v = 0; v < NR_VERDICT; v++)
		buf_printf(b, " %s |", verdict_name(v));
	buf_printf(b, " no record |\n|---|---|");
	for (unsigned int v = 0; v <= NR_VERDICT; v++)
		buf_printf(b, "---:|");
	buf_printf(b, "\n");
	for (size_t i = 0; i < all->n;) {
		const char *kernel = all->o[i].kernel;
		const struct run_kernel *k = run_kernel_find(run, kernel);
		size_t n[NR_VERDICT + 1] = { 0 };

		for (; i < all->n && !strcmp(all->o[i].kernel, kernel); i++) {
			const struct outcome *o = &all->o[i];

			n[o->r ? o->r->verdict : NR_VERDICT] += o->unnamed ? o->unnamed : 1;
		}
		buf_printf(b, "|");
		cell(b, kernel);
		cell(b, k ? run_kernel_release(run, k) : "");
		for (unsigned int v = 0; v <= NR_VERDICT; v++)
			buf_printf(b, " %zu |", n[v]);
		buf_printf(b, "\n");
	}
}

/* A row that is the same on all kernels, and a pass there, says nothing. */
static bool says_something(const struct table_row *row, size_t ncol)
{
	for (size_t c = 0; c < ncol; c++) {
		if (strcmp(row->word[c], "pass"))
			return true;
	}
	return false;
}

static void matrix(struct buf *b, const struct run *run)
{
	size_t ncol = run->info.nkernels, same = 0;
	struct table_col *col = xcalloc(ncol + 1, sizeof(*col));
	struct table t;

	for (size_t k = 0; k < ncol; k++)
		col[k] = (struct table_col){ run, run->info.kernels[k].name, NULL };
	table_build(&t, col, ncol, BY_VERDICT);
	buf_printf(b, "\n| tests |");
	for (size_t k = 0; k < ncol; k++)
		cell(b, kernel_short_name(col[k].kernel));
	buf_printf(b, "\n|---|");
	for (size_t k = 0; k < ncol; k++)
		buf_printf(b, "---|");
	buf_printf(b, "\n");
	for (size_t i = 0; i < t.nrow; i++) {
		char *name;

		if (!says_something(&t.row[i], ncol)) {
			same += t.row[i].ntests;
			continue;
		}
		name = row_name(&t.row[i]);
		buf_printf(b, "|");
		cell(b, name);
		for (size_t k = 0; k < ncol; k++)
			cell(b, t.row[i].word[k]);
		buf_printf(b, "\n");
		free(name);
	}
	buf_printf(b, "\n%zu tests pass everywhere.\n", same);
	table_free(&t);
	free(col);
}

static void details(struct buf *b, const struct run *run, const struct outcomes *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct outcome *o = &all->o[i];
		enum kind kind = outcome_kind(o);
		char *name, *what;
		const char *label, *s;

		if ((kind != K_BAD && kind != K_UNKNOWN) || n++ >= DETAILS_MAX)
			continue;
		if (n == 1)
			buf_printf(b, "\n## Not as expected\n");
		name = outcome_name(run, o);
		what = outcome_words(o);
		buf_printf(b, "\n**");
		words(b, name);
		buf_printf(b, "** on ");
		words(b, o->kernel);
		buf_printf(b, ": ");
		words(b, what);
		buf_printf(b, "\n\n");
		for (unsigned int f = 0; (s = outcome_field(o, f, &label)); f++)
			item(b, label, s);
		free(name);
		free(what);
	}
	if (n > DETAILS_MAX)
		buf_printf(b, "\n%zu more are in the records.\n", n - DETAILS_MAX);
}

char *format_markdown(const struct run *run, const struct outcomes *all)
{
	struct buf b = { 0 };

	buf_printf(&b, "# cowpen, run ");
	words(&b, run->id);
	buf_printf(&b, "\n\n");
	words(&b, run->info.accel);
	buf_printf(&b, ", QEMU ");
	words(&b, run->info.qemu);
	buf_printf(&b, ", seed 0x%llx\n\n", (unsigned long long)run->info.seed);
	if (!run->nrec)
		buf_printf(&b, "This run has no results.\n\n");
	for (size_t i = 0; i < run->nnotes; i++)
		item(&b, "note", run->notes[i]);
	if (run->nnotes)
		buf_printf(&b, "\n");
	totals(&b, run, all);
	if (run->nrec && run->info.nkernels)
		matrix(&b, run);
	details(&b, run, all);
	return b.data;
}
