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
	page_add_history(&b, p->bug_col, s, n);
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
		const char *id = x->what == BITES_YES ? page_article(p, x->shown) : NULL;

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

void put_bugs(struct page *p, const size_t *order)
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
			id = page_article(p, x->shown);
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
		r[j] = id[j] == id[k] ? page_witness(&g->t, &g->t.row[row], j) : NULL;
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
	const struct record *r = page_witness(&g->t, tr, k);
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
	page_records(g->col[k].run, r->test, &n);
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
			verdict_is_unexpected(r->verdict)	       ? LOG_BYTES :
			page_is_bad(r) || r->status == ST_INCONCLUSIVE ? p->log_bytes :
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
		char *hist = g == &p->main ? page_history(g, tr) : xstrdup("");

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

void put_articles(struct page *p, const size_t *order)
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
