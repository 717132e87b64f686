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

void put_titles(struct html *h, const char *what, const struct table_col *col, size_t ncol,
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

char *case_id(const struct table_row *row)
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
		char *hist = page_history(g, row);

		html_in(h, "td", "h", hist);
		free(hist);
	}
	html_close(h);
	html_text(h, "\n");
	free(name);
	free(id);
}

void begin_section(struct html *h, const char *id, const char *title)
{
	html_open(h, "section", "id", id, NULL);
	html_in(h, "h2", NULL, title);
}

void begin_table(struct html *h, const char *class, const char *label)
{
	/* It scrolls by itself, also by keys, and the page does not. */
	html_open(h, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label",
		  label, NULL);
	html_open(h, "table", "class", class, NULL);
}

void end_table(struct html *h)
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

void put_cases(struct page *p)
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

bool patched_shows(const struct grid *g, const struct table_row *row)
{
	bool lacks, shows = false;

	for (size_t k = 1; k < g->ncol; k++) {
		shows |= patch_changed(row, k, &lacks);
		for (unsigned int v = 0; v < NR_VERDICT; v++)
			shows |= row->cell[k].v[v] && verdict_is_unexpected(v);
	}
	return shows;
}

void put_patched(struct page *p)
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
