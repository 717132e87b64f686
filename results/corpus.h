/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CORPUS_H
#define COWPEN_CORPUS_H

/* What is made of what the cases say of themselves: proofs, observations, the catalogue. */

#include <stddef.h>

#include "cases.h"
#include "record.h"
#include "util.h"

/* --- prove: are the tests seen to fail where their case says so? ----------------------- */

/* The names of the kernels that cases with one of @tests name, each once; the caller frees. */
const char **prove_kernels(const struct test_list *tests, size_t *n);
/* Those of @tests that must fail on @kernel, blank-separated; the caller frees. */
char *prove_tests(const struct test_list *tests, const char *kernel);

struct proofs {
	size_t proven, wrong, missing;
};

/*
 * Look up in @runs what became of each claim about @tests, and say in @lines,
 * one line each, which did not hold, and which has no record or an error. A test
 * has several claims if several kernels are named for it.
 */
struct proofs prove_check(const struct test_list *tests, struct run *const *runs, size_t nruns,
			  struct buf *lines);
/* The table of all proofs and of what has none, as Markdown, of cases that prove_check() passed. */
void prove_table(const struct case_list *cases, struct run *const *runs, size_t nruns,
		 struct buf *md);

/* --- expectations: are they what was measured? ------------------------------------------ */

/*
 * Say in @lines, a line for the variants of a case that are alike, which of @tests
 * did in @runs what their case does not expect, by status or by clause, and where a case
 * expects several clauses of which not all were seen. How many did.
 */
size_t expectations_check(const struct test_list *tests, struct run *const *runs, size_t nruns,
			  struct buf *lines);

/* --- observations ------------------------------------------------------------------- */

/* Is there something to be observed of the case, rather than judged? */
bool observes(const struct tcase *c);
/*
 * What the kernels of @run did, case by case, as Markdown. -ENOENT if a kernel
 * has no record of a test in the run's plan, -EINVAL if one is an error.
 */
int observations_table(const struct case_list *cases, struct run *run, struct buf *md);

/* --- races ---------------------------------------------------------------------------- */

/* What came of the windows that @run met, as Markdown. -ENOENT if a result is missing. */
int races_table(struct run *run, struct buf *md);

/* --- the catalogue -------------------------------------------------------------------- */

/* All cases as Markdown, for cases/README.md. */
void catalogue(const struct case_list *cases, struct buf *md);

/* --- what they share ------------------------------------------------------------------ */

/* Variants of @c in few words, as code: those that @in marks, all if it is NULL. */
void md_variants(struct buf *md, const struct tcase *c, const bool *in);
/* Their kernels, each once, with release and package, in the order of the runs. */
void md_kernels(struct buf *md, struct run *const *runs, size_t nruns);

#endif
