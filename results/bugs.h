/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_BUGS_H
#define COWPEN_BUGS_H

/* The bugs of the book on the kernels of runs: which show, and which could not be asked for. */

#include <stdbool.h>
#include <stddef.h>

#include "book.h"
#include "cases.h"
#include "measured.h"
#include "record.h"
#include "util.h"

enum bites {
	BITES_UNTESTED, /* no test that names it was run */
	BITES_UNASKED,	/* those that were could not say: skipped, errors, windows not met */
	BITES_NO,
	BITES_YES,
};

struct bite {
	enum bites what;
	const struct record *shown; /* YES: a test that shows it; UNASKED: one that could not */
	unsigned int failed, passed;
};

/* Of each bug of the book, in its order, what it does on @kernel; the caller frees. */
struct bite *bugs_look(const struct case_list *cases, struct run *const *runs, size_t nruns,
		       const char *kernel);
/*
 * Of the bugs, in the order in which one wants to read of them: by what is lost, and
 * within that as the book has them. Indices; the caller frees.
 */
size_t *bugs_worst_first(void);

/*
 * Tests that show each bug, a few of different cases, blank-separated: what has to be run
 * to know what a kernel lacks. The caller frees.
 */
char *bugs_tests(const struct case_list *cases);

/* A bug that no release has mended, and the folder in kernel-config/patches that does. */
struct mend {
	const char *bug, *patches;
};

/*
 * bug x kernel as Markdown: of all kernels in @runs, but those that are wrong on purpose.
 * @mends ends with a NULL.
 */
void bugs_table(const struct case_list *cases, struct run *const *runs, size_t nruns,
		const struct mend *mends, struct buf *md);

/*
 * "6c287605fd56 (v5.19); in stable 6.1.191", "not yet; mend-it"; with @code as Markdown. The
 * caller frees.
 */
char *bug_mended_in(const struct bug *b, const struct mend *mends, bool code);
/* Why @r, that could not say whether it has the bug, could not; the caller frees. */
char *bite_why_unasked(const struct record *r);

/* Could @kernel be asked anything? Else a record that says why not, NULL if there is none. */
bool bugs_answers(const struct run *run, const char *kernel, const struct record **why);

enum missing_format { MISSING_TEXT, MISSING_MARKDOWN, MISSING_JSON };
/*
 * What @kernel of @run lacks: the bugs that show, worst first, each with what is lost, the
 * commit to take and a test that shows it; those that could not be asked for; failures that
 * no bug explains. How many bugs show is in @show, how many failures have no bug in @unexplained.
 */
void bugs_missing(const struct case_list *cases, struct run *run, const char *kernel,
		  const struct mend *mends, enum missing_format format, struct buf *out,
		  size_t *show, size_t *unexplained);

/*
 * A line in @lines for each bug that no case names, and for each that no kernel in @m has, so
 * that nobody can have seen it. How many.
 */
size_t bugs_check(const struct case_list *cases, const struct measured *m, struct buf *lines);

#endif
