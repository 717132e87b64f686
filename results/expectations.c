// SPDX-License-Identifier: GPL-2.0-only
/* Where what cases expect is not what was measured: for whoever brings them up to date. */
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "rows.h"
#include "verdict.h"

/* What one test did on one kernel, where that is not what its case expects of it. */
struct odd {
	const struct tcase *c;
	const struct variant *v;
	const struct record *r;
	const char *expected, *measured;
	bool told;
};

struct odds {
	struct odd *o;
	size_t n;
};

static const char *measured_word(const struct record *r)
{
	const char *clause = clause_broken(r->status, r->clause);

	return r->status == ST_PASS ? "pass" : *clause ? clause : "a failure by no clause";
}

static bool is_judged(const struct record *r)
{
	return r->status == ST_PASS || r->status == ST_FAIL || r->status == ST_CRASH ||
	       r->status == ST_TIMEOUT;
}

static const struct expectation *expected(const struct run *run, const struct tcase *c,
					  const struct record *r, const char *variant,
					  const char *clause)
{
	const char *mends = "";

	for (size_t i = 0; i < run->info.nkernels; i++) {
		const struct run_kernel *k = &run->info.kernels[i];

		if (strcmp(k->name, r->kernel))
			continue;
		if (run_kernel_is_wrong(k))
			return expectation_wrong(&c->known, r->kernel, variant, clause);
		mends = k->mends;
	}
	return expectation_mended(&c->known, mends, r->kernel, r->version, variant, clause);
}

static void look_at(struct odds *odds, const struct run *run, const struct test *t,
		    const struct record *r)
{
	const char *clause = clause_broken(r->status, r->clause);
	const struct expectation *e;

	if (!is_judged(r) || strcmp(r->test, t->name))
		return;
	e = expected(run, t->c, r, t->v->name, clause);
	if (r->status == ST_PASS ? !e : expectation_foretells(e, clause))
		return;
	odds->o = xrealloc(odds->o, (odds->n + 1) * sizeof(*odds->o));
	odds->o[odds->n++] = (struct odd){
		.c = t->c,
		.v = t->v,
		.r = r,
		.expected = e ? e->clauses : "pass",
		.measured = measured_word(r),
	};
}

static bool alike(const struct odd *a, const struct odd *b)
{
	return a->c == b->c && !strcmp(a->r->kernel, b->r->kernel) &&
	       !strcmp(a->expected, b->expected) && !strcmp(a->measured, b->measured);
}

/* All that are like the first one, in one line. */
static void tell(struct odds *odds, size_t first, struct buf *lines)
{
	const struct odd *a = &odds->o[first];
	const char **names = xcalloc(a->c->nv, sizeof(*names));
	bool *in = xcalloc(a->c->nv, sizeof(*in));
	char *which;

	for (size_t i = first; i < odds->n; i++) {
		struct odd *o = &odds->o[i];

		if (o->told || !alike(a, o))
			continue;
		o->told = true;
		in[o->v - a->c->v] = true;
	}
	for (size_t v = 0; v < a->c->nv; v++)
		names[v] = a->c->v[v].name;
	which = fold_variants(names, a->c->nv, in, true);
	buf_printf(lines, "%s on %s (%s): %s: expected %s, measured %s\n", a->c->id, a->r->kernel,
		   a->r->version, which, a->expected, a->measured);
	free(which);
	free(names);
	free(in);
}

/* Did the variants of @e break @clause in any of @runs, where it holds? */
static bool was_seen(const struct tcase *c, const struct expectation *e, const char *clause,
		     struct run *const *runs, size_t nruns, bool *any)
{
	bool seen = false;

	for (size_t n = 0; n < nruns; n++) {
		for (size_t i = 0; i < runs[n]->nrec; i++) {
			const struct record *r = &runs[n]->rec[i];
			const char *broke = clause_broken(r->status, r->clause);
			size_t len = strlen(c->id);

			if (!*broke || strncmp(r->test, c->id, len) || r->test[len] != '/' ||
			    expected(runs[n], c, r, r->test + len + 1, broke) != e)
				continue;
			*any = true;
			seen |= !strcmp(broke, clause);
		}
	}
	return seen;
}

/* Of several clauses, those that were not seen anywhere where others of them were. */
static void look_for_more(const struct tcase *c, const struct expectation *e, const char *kernel,
			  struct run *const *runs, size_t nruns, struct buf *lines)
{
	char *copy = xstrdup(e->clauses), *save = NULL;

	for (char *w = strtok_r(copy, " ", &save); w && strchr(e->clauses, ' ');
	     w = strtok_r(NULL, " ", &save)) {
		bool any = false;

		if (!was_seen(c, e, w, runs, nruns, &any) && any)
			buf_printf(
				lines, "%s: %s%s%s%s: %s: %s is expected, too, and was not seen\n",
				c->id, kernel, e->from, *kernel ? "" : "..", e->to, e->variants, w);
	}
	free(copy);
}

size_t expectations_check(const struct test_list *tests, struct run *const *runs, size_t nruns,
			  struct buf *lines)
{
	const struct tcase *before = NULL;
	struct odds odds = { 0 };
	size_t n;

	for (size_t t = 0; t < tests->n; t++) {
		for (size_t k = 0; k < nruns; k++) {
			for (size_t i = 0; i < runs[k]->nrec; i++)
				look_at(&odds, runs[k], &tests->t[t], &runs[k]->rec[i]);
		}
	}
	for (size_t i = 0; i < odds.n; i++) {
		if (!odds.o[i].told)
			tell(&odds, i, lines);
	}
	for (size_t t = 0; t < tests->n; t++) {
		const struct tcase *c = tests->t[t].c;

		for (size_t i = 0; c != before && i < c->known.n; i++)
			look_for_more(c, &c->known.e[i], "", runs, nruns, lines);
		for (size_t i = 0; c != before && i < c->known.npatched; i++)
			look_for_more(c, &c->known.patched[i].e, c->known.patched[i].kernel, runs,
				      nruns, lines);
		before = c;
	}
	n = odds.n;
	free(odds.o);
	return n;
}
