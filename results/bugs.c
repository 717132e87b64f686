// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "bugs.h"
#include "corpus.h"
#include "rows.h"
#include "text.h"
#include "util.h"
#include "verdict.h"

/* --- which bug a failure shows ---------------------------------------------------------- */

static const struct tcase *case_of(const struct case_list *cases, const char *test)
{
	for (size_t i = 0; i < cases->n; i++) {
		size_t len = strlen(cases->c[i].id);

		if (!strncmp(test, cases->c[i].id, len) && test[len] == '/')
			return &cases->c[i];
	}
	return NULL;
}

static bool names(const struct expectation *e, const char *variant)
{
	return *e->bug && (!*e->variants || glob_list_match(e->variants, variant));
}

/*
 * What of @c's bugs @r shows, NULL if none. One that the version has goes first; a kernel
 * may well have one that it should not have, or that it took from elsewhere.
 */
static const struct bug *shown_by(const struct tcase *c, const struct record *r)
{
	const char *clause = clause_broken(r->status, r->clause), *variant = variant_of(r->test);
	const struct expectation *e;

	if (!*clause)
		return NULL;
	e = expectation_find(&c->known, "", r->version, variant, clause);
	if (e && *e->bug && expectation_foretells(e, clause))
		return bug_find(e->bug);
	for (size_t i = 0; i < c->known.n; i++) {
		e = &c->known.e[i];
		if (names(e, variant) && expectation_foretells(e, clause))
			return bug_find(e->bug);
	}
	return NULL;
}

static void count(struct bite *b, const struct record *r)
{
	if (r->status == ST_PASS) {
		b->passed++;
		if (b->what < BITES_NO)
			b->what = BITES_NO;
	} else if (b->what == BITES_UNTESTED) {
		b->what = BITES_UNASKED;
		b->shown = r;
	}
}

struct bite *bugs_look(const struct case_list *cases, struct run *const *runs, size_t nruns,
		       const char *kernel)
{
	struct bite *bite = xcalloc(nbugs, sizeof(*bite));

	for (size_t n = 0; n < nruns; n++) {
		for (size_t i = 0; i < runs[n]->nrec; i++) {
			const struct record *r = &runs[n]->rec[i];
			const struct tcase *c;
			const struct bug *bug;

			if (strcmp(r->kernel, kernel))
				continue;
			c = case_of(cases, r->test);
			if (!c)
				continue;
			bug = shown_by(c, r);
			if (bug) {
				struct bite *b = &bite[bug - bugs];

				if (b->what != BITES_YES)
					b->shown = r;
				b->what = BITES_YES;
				b->failed++;
			}
			/* One bug may be in the way of another that the same test shows. */
			for (size_t k = 0; k < c->known.n; k++) {
				const struct bug *other = bug_find(c->known.e[k].bug);

				if (other != bug && names(&c->known.e[k], variant_of(r->test)))
					count(&bite[other - bugs], r);
			}
		}
	}
	return bite;
}

/* What is lost for good, then what others see, then what hangs, then what is refused. */
static size_t how_bad(const struct bug *b)
{
	static const char *const worst[] = { "C0", "C1", "C2", "C5", "C9", "C3", "C8", "C4", "C7" };
	size_t i = 0;

	while (i < ARRAY_SIZE(worst) && strcmp(b->clause, worst[i]))
		i++;
	return i;
}

size_t *bugs_worst_first(void)
{
	size_t *order = xcalloc(nbugs, sizeof(*order)), n = 0;

	for (size_t bad = 0; n < nbugs; bad++)
		for (size_t i = 0; i < nbugs; i++)
			if (how_bad(&bugs[i]) == bad)
				order[n++] = i;
	return order;
}

/* --- what has to be run ---------------------------------------------------------------- */

#define CASES_A_BUG 4

char *bugs_tests(const struct case_list *cases)
{
	struct buf tests = { 0 };

	buf_add(&tests, "", 0);
	for (size_t b = 0; b < nbugs; b++) {
		unsigned int n = 0;

		for (size_t i = 0; i < cases->n && n < CASES_A_BUG; i++) {
			const struct tcase *c = &cases->c[i];
			const struct variant *v = NULL;

			for (size_t k = 0; k < c->known.n && !v; k++)
				for (size_t j = 0; j < c->nv && !v; j++)
					if (!strcmp(c->known.e[k].bug, bugs[b].name) &&
					    names(&c->known.e[k], c->v[j].name))
						v = &c->v[j];
			if (!v)
				continue;
			buf_printf(&tests, "%s%s/%s", tests.len ? " " : "", c->id, v->name);
			n++;
		}
	}
	return tests.data;
}

/* --- bug x kernel ---------------------------------------------------------------------- */

/* The folder of @b's mend, "" if there is none. */
static const char *mend_of(const struct mend *mends, const struct bug *b)
{
	for (; mends->bug; mends++)
		if (!strcmp(mends->bug, b->name))
			return mends->patches;
	return "";
}

char *bug_mended_in(const struct bug *b, const struct mend *mends, bool code)
{
	const char *mend = mend_of(mends, b), *name = strrchr(mend, '/');
	const char *tick = code ? "`" : "";
	struct buf s = { 0 };

	if (*b->fix)
		buf_printf(&s, "%s%s%s (v%s)", tick, b->fix, tick, b->fixed);
	else if (*b->fixed)
		buf_printf(&s, "v%s", b->fixed);
	if (*b->title)
		buf_printf(&s, "%s\"%s\"", s.len ? " " : "", b->title);
	if (*b->stable)
		buf_printf(&s, "%sin stable %s", s.len ? "; " : "", b->stable);
	if (!s.len)
		buf_printf(&s, code ? "not yet" : "no fix is known");
	if (*mend && code)
		buf_printf(&s, "; [`%s`](../../kernel-config/patches/%s)", name ? name + 1 : mend,
			   mend);
	else if (*mend)
		buf_printf(&s, "; kernel-config/patches/%s mends it", mend);
	return s.data;
}

/* The place of @why in the list of reasons, from 1; it is added if it is not there. */
static size_t note(char ***list, size_t *n, const char *why)
{
	for (size_t i = 0; i < *n; i++)
		if (!strcmp((*list)[i], why))
			return i + 1;
	*list = xrealloc(*list, (*n + 1) * sizeof(**list));
	(*list)[(*n)++] = xstrdup(why);
	return *n;
}

char *bite_why_unasked(const struct record *r)
{
	if (r->status == ST_SKIP)
		return xstrdup(*r->reason ? r->reason : "skipped, and the record does not say why");
	if (*r->bug)
		return xasprintf("%s is in the way: %s ends by it", r->bug, r->test);
	return xasprintf("%s: %s%s%s", status_name(r->status),
			 *r->clause && r->status == ST_FAIL ? r->clause : "", *r->reason ? " " : "",
			 r->reason);
}

void bugs_table(const struct case_list *cases, struct run *const *runs, size_t nruns,
		const struct mend *mends, struct buf *md)
{
	size_t *order = bugs_worst_first(), ncol = 0, nnotes = 0;
	const char **col = xcalloc(64, sizeof(*col));
	struct bite **bite = xcalloc(64, sizeof(*bite));
	char **notes = NULL;

	for (size_t n = 0; n < nruns; n++)
		for (size_t k = 0; k < runs[n]->info.nkernels && ncol < 64; k++) {
			const struct run_kernel *rk = &runs[n]->info.kernels[k];
			bool there = !strcmp(rk->source, "patched") && !*rk->mends;

			for (size_t i = 0; i < ncol; i++)
				there |= !strcmp(col[i], rk->name);
			if (!there)
				col[ncol++] = rk->name;
		}
	for (size_t i = 1; i < ncol; i++)
		for (size_t k = i; k && version_cmp(col[k - 1], col[k]) > 0; k--) {
			const char *t = col[k];

			col[k] = col[k - 1];
			col[k - 1] = t;
		}
	for (size_t i = 0; i < ncol; i++)
		bite[i] = bugs_look(cases, runs, nruns, col[i]);
	buf_printf(
		md,
		"# Bugs and kernels\n\n"
		"Which bugs of the book (`cases/book.def`) show on which kernels, the worst first: what\n"
		"`make bugs` makes of the records of runs. `yes`: a test that names the bug failed by its\n"
		"clause. `no`: such tests passed. `?`: it could not be asked, and the number says why. A\n"
		"few tests a bug are no proof that it is not there.\n\n");
	buf_printf(md, "| | bug |");
	for (size_t i = 0; i < ncol; i++)
		buf_printf(md, " %s |", col[i]);
	buf_printf(md, " mended in | what is lost |\n|---|---|");
	for (size_t i = 0; i < ncol; i++)
		buf_printf(md, "---|");
	buf_printf(md, "---|---|\n");
	for (size_t n = 0; n < nbugs; n++) {
		const struct bug *b = &bugs[order[n]];
		char *mended = bug_mended_in(b, mends, true);

		if (*b->finding)
			buf_printf(md, "| %s | [`%s`](../findings/%s.md) |", b->clause, b->name,
				   b->finding);
		else
			buf_printf(md, "| %s | `%s` |", b->clause, b->name);
		for (size_t i = 0; i < ncol; i++) {
			const struct bite *x = &bite[i][order[n]];

			if (x->what == BITES_YES)
				buf_printf(md, " **yes** |");
			else if (x->what == BITES_NO)
				buf_printf(md, " no |");
			else if (x->what == BITES_UNTESTED)
				buf_printf(md, " ? |");
			else {
				char *why = bite_why_unasked(x->shown);

				buf_printf(md, " ? %zu |", note(&notes, &nnotes, why));
				free(why);
			}
		}
		buf_printf(md, " ");
		buf_printf(md, "%s | ", mended);
		md_text(md, b->loses);
		buf_printf(md, " |\n");
		free(mended);
	}
	buf_printf(md, "\n");
	for (size_t i = 0; i < nnotes; i++) {
		buf_printf(md, "%zu. ", i + 1);
		md_text(md, notes[i]);
		buf_printf(md, "\n");
		free(notes[i]);
	}
	md_kernels(md, runs, nruns);
	for (size_t i = 0; i < ncol; i++)
		free(bite[i]);
	free(notes);
	free(bite);
	free(col);
	free(order);
}

/* --- what one kernel lacks ----------------------------------------------------------- */

static const char *bare(const char *run_text)
{
	return *run_text ? run_text : "?";
}

static void missing_text(const struct bug *b, const struct bite *x, const struct mend *mends,
			 struct buf *out)
{
	char *mended = bug_mended_in(b, mends, false);

	buf_printf(out, "  %s  %s\n      lost    %s\n      cause   %s\n      take    %s\n",
		   b->clause, b->name, b->loses, b->cause, mended);
	buf_printf(out, "      shown   %s at step %s (%u failed, %u passed)\n              %s\n",
		   x->shown->test, bare(x->shown->step), x->failed, x->passed,
		   bare(x->shown->replay));
	buf_printf(out, "              make export CASE=%s\n", x->shown->test);
	if (*b->finding)
		buf_printf(out, "      more    results/findings/%s.md\n", b->finding);
	free(mended);
}

static void missing_md(const struct bug *b, const struct bite *x, const struct mend *mends,
		       struct buf *out)
{
	char *mended = bug_mended_in(b, mends, true);

	buf_printf(out, "| %s | `%s` | ", b->clause, b->name);
	md_text(out, b->loses);
	buf_printf(out, " | %s | `%s` |\n", mended, bare(x->shown->replay));
	free(mended);
}

static json_t *bug_json(const struct bug *b, const struct bite *x, const struct mend *mends)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "bug", b->name,
			      "clause", b->clause, "loses", b->loses, "cause", b->cause, "from",
			      b->from, "by", b->by, "fixed", b->fixed, "fix", b->fix, "title",
			      b->title, "stable", b->stable);

	json_object_set_new(o, "finding", json_string(b->finding));
	json_object_set_new(o, "mend", json_string(mend_of(mends, b)));
	if (x->shown) {
		json_object_set_new(o, "test", json_string(x->shown->test));
		json_object_set_new(o, "step", json_string(x->shown->step));
		json_object_set_new(o, "replay", json_string(x->shown->replay));
	}
	json_object_set_new(o, "failed", json_integer(x->failed));
	json_object_set_new(o, "passed", json_integer(x->passed));
	return o;
}

static bool is_unexplained(const struct case_list *cases, const struct record *r)
{
	const struct tcase *c = case_of(cases, r->test);

	return *clause_broken(r->status, r->clause) && !(c && shown_by(c, r));
}

static const struct record *one_of(const struct run *run, const char *kernel)
{
	for (size_t i = 0; i < run->nrec; i++)
		if (!strcmp(run->rec[i].kernel, kernel))
			return &run->rec[i];
	return NULL;
}

bool bugs_answers(const struct run *run, const char *kernel, const struct record **why)
{
	*why = NULL;
	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];

		if (strcmp(r->kernel, kernel))
			continue;
		if (r->status != ST_ERROR)
			return true;
		*why = r;
	}
	return false;
}

static const char limits[] = "These are one to four tests a bug of the book, and nothing that is "
			     "not in the book: not a proof of absence.";

static void missing_json(const struct case_list *cases, const struct run *run, const char *kernel,
			 const struct mend *mends, const struct bite *bite, const size_t *order,
			 struct buf *out)
{
	const struct record *any = one_of(run, kernel);
	json_t *o = json_pack("{s:i, s:s, s:s, s:s, s:s}", "schema", 1, "kernel", kernel, "package",
			      any ? any->package : "", "release", any ? any->release : "", "limits",
			      limits);
	json_t *show = json_array(), *unasked = json_array(), *not = json_array(),
	       *other = json_array();
	char *text;

	for (size_t n = 0; n < nbugs; n++) {
		const struct bug *b = &bugs[order[n]];
		const struct bite *x = &bite[order[n]];

		if (x->what == BITES_YES) {
			json_array_append_new(show, bug_json(b, x, mends));
		} else if (x->what == BITES_NO) {
			json_array_append_new(not, json_string(b->name));
		} else {
			char *why = x->shown ? bite_why_unasked(x->shown) : xstrdup("not run");

			json_array_append_new(unasked,
					      json_pack("{s:s, s:s}", "bug", b->name, "why", why));
			free(why);
		}
	}
	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];

		if (!strcmp(r->kernel, kernel) && is_unexplained(cases, r))
			json_array_append_new(
				other, json_pack("{s:s, s:s, s:s, s:s}", "test", r->test, "clause",
						 clause_broken(r->status, r->clause), "step",
						 r->step, "replay", r->replay));
	}
	json_object_set_new(o, "show", show);
	json_object_set_new(o, "unasked", unasked);
	json_object_set_new(o, "not", not );
	json_object_set_new(o, "unexplained", other);
	text = json_dumps(o, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	buf_printf(out, "%s\n", text ? text : "");
	free(text);
	json_decref(o);
}

/* Why, and which bugs could not be asked for that. */
static void unasked(const struct bite *bite, const size_t *order, bool md, struct buf *out)
{
	char **why = xcalloc(nbugs, sizeof(*why));

	buf_printf(out, "\n%s\n%s", "Could not be asked:", md ? "\n" : "");
	for (size_t n = 0; n < nbugs; n++) {
		const struct bite *x = &bite[order[n]];

		if (x->what < BITES_NO)
			why[n] = x->shown ? bite_why_unasked(x->shown) : xstrdup("not run");
	}
	for (size_t n = 0; n < nbugs; n++) {
		const char *comma = "";

		if (!why[n])
			continue;
		buf_printf(out, md ? "- %s: " : "  %s:\n      ", why[n]);
		for (size_t i = n; i < nbugs; i++) {
			if (!why[i] || strcmp(why[i], why[n]))
				continue;
			buf_printf(out, md ? "%s`%s`" : "%s%s", comma, bugs[order[i]].name);
			comma = ", ";
			if (i != n) {
				free(why[i]);
				why[i] = NULL;
			}
		}
		buf_printf(out, "\n");
	}
	for (size_t n = 0; n < nbugs; n++)
		free(why[n]);
	free(why);
}

void bugs_missing(const struct case_list *cases, struct run *run, const char *kernel,
		  const struct mend *mends, enum missing_format format, struct buf *out,
		  size_t *show, size_t *unexplained)
{
	struct bite *bite = bugs_look(cases, &run, 1, kernel);
	const struct record *any = one_of(run, kernel);
	size_t *order = bugs_worst_first(), nno = 0, nunasked = 0;
	bool md = format == MISSING_MARKDOWN;

	*show = *unexplained = 0;
	for (size_t n = 0; n < nbugs; n++) {
		*show += bite[n].what == BITES_YES;
		nno += bite[n].what == BITES_NO;
		nunasked += bite[n].what < BITES_NO;
	}
	for (size_t i = 0; i < run->nrec; i++)
		*unexplained += !strcmp(run->rec[i].kernel, kernel) &&
				is_unexplained(cases, &run->rec[i]);
	if (format == MISSING_JSON) {
		missing_json(cases, run, kernel, mends, bite, order, out);
		free(order);
		free(bite);
		return;
	}
	buf_printf(out, "%s%s%s%s%s shows %zu of %zu bugs\n\n", md ? "## " : "", kernel,
		   any && *any->package ? " (" : "", any ? any->package : "",
		   any && *any->package ? ")" : "", *show, nbugs);
	if (md && *show)
		buf_printf(out,
			   "| | bug | what is lost | take | shown by |\n|---|---|---|---|---|\n");
	for (size_t n = 0; n < nbugs; n++) {
		if (bite[order[n]].what != BITES_YES)
			continue;
		if (md)
			missing_md(&bugs[order[n]], &bite[order[n]], mends, out);
		else
			missing_text(&bugs[order[n]], &bite[order[n]], mends, out);
	}
	if (nunasked)
		unasked(bite, order, md, out);
	buf_printf(out, "\n%s%s\n%s",
		   "Failures that no bug of the book explains:", *unexplained ? "" : " none",
		   *unexplained && md ? "\n" : "");
	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];

		if (!strcmp(r->kernel, kernel) && is_unexplained(cases, r))
			buf_printf(out,
				   md ? "- %s, %s at step %s: `%s`, `make export CASE=%s`\n" :
					"  %s: %s at step %s\n    %s\n    make export CASE=%s\n",
				   r->test, clause_broken(r->status, r->clause), bare(r->step),
				   bare(r->replay), r->test);
	}
	buf_printf(out, "\n%zu do not show. %s\n", nno, limits);
	free(order);
	free(bite);
}

/* --- is the book whole? ----------------------------------------------------------------- */

static bool version_has(const struct bug *b, const char *version)
{
	return version_cmp(version, b->from) >= 0 &&
	       (!*b->fixed || version_cmp(version, b->fixed) < 0) &&
	       !branch_took(b->stable, version);
}

size_t bugs_check(const struct case_list *cases, const struct measured *m, struct buf *lines)
{
	size_t wrong = 0;

	for (size_t i = 0; i < nbugs; i++) {
		bool named = false, measured = false;

		for (size_t c = 0; c < cases->n; c++)
			for (size_t k = 0; k < cases->c[c].known.n; k++)
				named |= !strcmp(cases->c[c].known.e[k].bug, bugs[i].name);
		for (size_t k = 0; k < m->n; k++)
			measured |= version_has(&bugs[i], m->k[k].version);
		if (!named)
			buf_printf(lines, "no case names the bug %s\n", bugs[i].name);
		if (!measured)
			buf_printf(lines, "no kernel that was measured has the bug %s\n",
				   bugs[i].name);
		wrong += !named + !measured;
	}
	return wrong;
}
