// SPDX-License-Identifier: GPL-2.0-only
/*
 * A test that has never failed proves nothing. Cases say where theirs were seen
 * to fail; this is what of it is done again, and whether it came out so.
 */
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "rows.h"
#include "text.h"
#include "verdict.h"

/* --- what must be run ---------------------------------------------------------------- */

static bool names(const struct claim *s, const struct test *t)
{
	return glob_list_match(s->variants, t->v->name);
}

const char **prove_kernels(const struct test_list *tests, size_t *n)
{
	const char **kernel = xcalloc(1, sizeof(*kernel));

	*n = 0;
	for (size_t i = 0; i < tests->n; i++) {
		const struct claims *c = &tests->t[i].c->claims;

		for (size_t s = 0; s < c->nseen; s++) {
			size_t k = 0;

			if (!names(&c->seen[s], &tests->t[i]))
				continue;
			while (k < *n && strcmp(kernel[k], c->seen[s].kernel))
				k++;
			if (k < *n)
				continue;
			kernel = xrealloc(kernel, (*n + 2) * sizeof(*kernel));
			kernel[(*n)++] = c->seen[s].kernel;
		}
	}
	kernel[*n] = NULL;
	return kernel;
}

char *prove_tests(const struct test_list *tests, const char *kernel)
{
	struct buf b = { 0 };

	buf_add(&b, "", 0);
	for (size_t i = 0; i < tests->n; i++) {
		const struct claims *c = &tests->t[i].c->claims;
		bool must = false;

		for (size_t s = 0; s < c->nseen && !must; s++)
			must = !strcmp(c->seen[s].kernel, kernel) &&
			       names(&c->seen[s], &tests->t[i]);
		if (must)
			buf_printf(&b, "%s%s", b.len ? " " : "", tests->t[i].name);
	}
	return b.data;
}

/* --- what came of it ------------------------------------------------------------------ */

/* The latest, if several runs have it. */
static const struct record *find(struct run *const *runs, size_t nruns, const char *kernel,
				 const char *test)
{
	const struct record *r = NULL;

	for (size_t i = nruns; i-- && !r;)
		r = run_find(runs[i], kernel, test, 0);
	return r;
}

static bool holds(const struct claim *s, const struct record *r)
{
	return !strcmp(s->clause, clause_broken(r->status, r->clause));
}

static void say_wrong(struct buf *lines, const struct claim *s, const struct record *r)
{
	bool bad = r->status == ST_FAIL || r->status == ST_CRASH || r->status == ST_TIMEOUT;

	buf_printf(lines, "not proven: %s on %s was to fail by %s, and is: %s", r->test, s->kernel,
		   s->clause, status_name(r->status));
	if (bad)
		buf_printf(lines, " by %s%s%s", r->clause, *r->step ? " in step " : "", r->step);
	else if (*r->reason)
		buf_printf(lines, ", %s", r->reason);
	buf_printf(lines, "\n");
}

struct proofs prove_check(const struct test_list *tests, struct run *const *runs, size_t nruns,
			  struct buf *lines)
{
	struct proofs p = { 0 };

	for (size_t i = 0; i < tests->n; i++) {
		const struct claims *c = &tests->t[i].c->claims;

		for (size_t n = 0; n < c->nseen; n++) {
			const struct claim *s = &c->seen[n];
			const struct record *r;

			if (!names(s, &tests->t[i]))
				continue;
			r = find(runs, nruns, s->kernel, tests->t[i].name);
			if (!r || r->status == ST_ERROR || r->status == ST_INCONCLUSIVE) {
				p.missing++;
				buf_printf(lines, "not run: %s on %s%s%s\n", tests->t[i].name,
					   s->kernel, r ? ": " : "", r ? r->reason : "");
			} else if (holds(s, r)) {
				p.proven++;
			} else {
				p.wrong++;
				say_wrong(lines, s, r);
			}
		}
	}
	return p;
}

/* --- the table ------------------------------------------------------------------------ */

void md_variants(struct buf *md, const struct tcase *c, const bool *in)
{
	const char **name = xcalloc(c->nv, sizeof(*name));
	bool *all = xcalloc(c->nv, sizeof(*all));
	char *fold;

	for (size_t i = 0; i < c->nv; i++) {
		name[i] = c->v[i].name;
		all[i] = true;
	}
	fold = fold_variants(name, c->nv, in ? in : all, !!in);
	buf_printf(md, "`%s`", fold);
	free(fold);
	free(all);
	free(name);
}

/* Which variants the globs choose; how many. */
static size_t choose(const struct tcase *c, const char *globs, bool *in)
{
	size_t n = 0;

	for (size_t i = 0; i < c->nv; i++) {
		in[i] = glob_list_match(globs, c->v[i].name);
		n += in[i];
	}
	return n;
}

static void print_proofs(struct buf *md, const struct tcase *c)
{
	bool *in = xcalloc(c->nv, sizeof(*in));
	size_t n;

	for (size_t i = 0; i < c->claims.nseen; i++) {
		const struct claim *s = &c->claims.seen[i];

		n = choose(c, s->variants, in);
		buf_printf(md, "| %s | %s | %s | ", c->id, s->kernel, s->clause);
		md_variants(md, c, in);
		buf_printf(md, " | %zu |\n", n);
	}
	free(in);
}

/* Variants without a proof, those with the same reason together. */
static void print_unproven(struct buf *md, const struct tcase *c)
{
	bool *in = xcalloc(c->nv, sizeof(*in)), *done = xcalloc(c->nv, sizeof(*done));
	const char *why;
	size_t n;

	for (size_t i = 0; i < c->nv; i++)
		done[i] = claims_cover(&c->claims, c->v[i].name);
	for (size_t i = 0; i < c->nv; i++) {
		if (done[i])
			continue;
		why = claims_why_not(&c->claims, c->v[i].name);
		n = 0;
		for (size_t k = 0; k < c->nv; k++) {
			in[k] = !done[k] && !strcmp(claims_why_not(&c->claims, c->v[k].name), why);
			done[k] |= in[k];
			n += in[k];
		}
		buf_printf(md, "| %s | ", c->id);
		md_variants(md, c, in);
		buf_printf(md, " | %zu | ", n);
		md_text(md, *why ? why : "the case does not say");
		buf_printf(md, " |\n");
	}
	free(in);
	free(done);
}

void md_kernels(struct buf *md, struct run *const *runs, size_t nruns)
{
	buf_printf(md, "\n## Kernels\n\n");
	for (size_t i = 0; i < nruns; i++) {
		for (size_t k = 0; k < runs[i]->info.nkernels; k++) {
			const struct run_kernel *rk = &runs[i]->info.kernels[k];
			bool before = false;

			for (size_t o = 0; o < i && !before; o++)
				before = !!run_kernel_find(runs[o], rk->name);
			if (before)
				continue;
			buf_printf(md, "- %s: ", rk->name);
			md_text(md, run_kernel_release(runs[i], rk));
			buf_printf(md, "%s", *rk->package ? ", " : "");
			md_text(md, rk->package);
			buf_printf(md, "\n");
		}
	}
}

void prove_table(const struct case_list *cases, struct run *const *runs, size_t nruns,
		 struct buf *md)
{
	size_t tests = 0, seen = 0, with = 0, whole = 0, n;

	for (size_t i = 0; i < cases->n; i++) {
		const struct tcase *c = &cases->c[i];

		n = 0;
		for (size_t v = 0; v < c->nv; v++)
			n += claims_cover(&c->claims, c->v[v].name);
		tests += c->nv;
		seen += n;
		with += !!n;
		whole += n == c->nv;
	}
	buf_printf(md,
		   "# Where the tests are seen to fail\n\n"
		   "A test that has never failed proves nothing. Every case says where its tests\n"
		   "fail (`SEEN_TO_FAIL`), and `make prove` runs exactly those on exactly those\n"
		   "kernels: each must break that clause there. This table is written when all of\n"
		   "them did. A kernel that crashes or hangs breaks C8. `*` is all memory kinds, "
		   "or\n"
		   "all pins, of the case. Patched kernels are in `kernel-config/kernels.conf`.\n\n"
		   "Seen to fail: %zu of %zu tests. %zu of %zu cases have such a test, %zu no "
		   "other.\n\n",
		   seen, tests, with, cases->n, whole);
	buf_printf(md, "| case | kernel | clause | tests | |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < cases->n; i++)
		print_proofs(md, &cases->c[i]);
	if (seen < tests) {
		buf_printf(md, "\n## Not seen to fail\n\n"
			       "| case | tests | | why |\n|---|---|---|---|\n");
		for (size_t i = 0; i < cases->n; i++)
			print_unproven(md, &cases->c[i]);
	}
	md_kernels(md, runs, nruns);
}
