/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_GATE_H
#define COWPEN_GATE_H

#include "book.h"
#include "cases.h"
#include "how.h"
#include "rows.h"
#include "text.h"

/*
 * The gate: what a patch does to the corpus. It looks at what happened and not
 * at what was expected: what is known to be broken on the base is no news if it
 * stays so, and is one if it is fixed.
 */

/* From worst to best: how rows are sorted. */
enum gate_change {
	G_BROKEN,      /* did not fail on the base, fails, crashes or hangs now */
	G_WORSE,       /* failed, and now crashes or hangs; or fails more often */
	G_OTHERWISE,   /* failed, and now does so by another clause, or in an earlier step */
	G_NEW_FAILURE, /* was skipped, and fails now */
	G_NEW_SKIP,    /* was judged, and is skipped now */
	G_UNKNOWN,     /* could not be judged on one of the two (error) */
	G_NOT_RUN,     /* has no record on one of the two */
	G_CANNOT_TELL, /* of a race, that was not met on one of the two (inconclusive) */
	G_GIVEN_UP,    /* one that is worse, which the series is allowed */
	G_FIXED,       /* failed, and does so no more */
	G_STILL,       /* fails on both, maybe less often */
	G_FLAKY,       /* now so, now so, and no more often than chance would have it */
	G_NEW_PASS,    /* was skipped, and passes now */
	G_SAME,
};
#define NR_GATE_CHANGE (G_SAME + 1)

/* "still failing", for people; "still_failing", for machines. */
const char *gate_change_name(enum gate_change c);
const char *gate_change_key(enum gate_change c);
bool gate_is_worse(enum gate_change c);
/* That, or given up. */
bool gate_is_loss(enum gate_change c);
/* Is @test one of @accept, blank-separated globs over areas, cases and tests, or NULL? */
bool gate_accepts(const char *accept, const char *test);

/*
 * If @ka of @na tests failed and @kb of @nb, and it made no difference which
 * were which: the probability that at least @kb of the failures fall to the
 * second (one-sided Fisher's exact test).
 */
double gate_p(unsigned int ka, unsigned int na, unsigned int kb, unsigned int nb);
/*
 * What became of one test. Where it was repeated, a rate counts as another one
 * if p < 0.05, or if it went from never to always, which for less than four
 * repeats Fisher's test cannot call significant (3/3 against 0/3 is p = 0.05).
 */
enum gate_change gate_change_of(const struct cell *base, const struct cell *patched);

enum gate_side { BASE, PATCHED };
enum gate_verdict { GATE_OK, GATE_BROKEN, GATE_INCOMPLETE };

struct lines {
	char **s;
	size_t n;
};

/* Something that the series is said to fix: one of the globs of --claims. */
struct gate_claim {
	char *glob;
	unsigned int fixed, failing, never; /* tests: never failed on the base */
	unsigned int unclear;		    /* could not be told */
	const char *verdict;
};

/* A bug of the book that the series mends, or brings. */
struct gate_bug {
	const struct bug *bug;
	bool brought;
	const char *test; /* one of those that show it on the kernel that has it */
	unsigned int ntests;
};

struct gate {
	const struct run *run;
	const struct run_kernel *kernel[2];
	struct table_col col[2];
	struct table table;
	enum gate_change *change; /* per row */
	size_t n[NR_GATE_CHANGE]; /* tests */
	size_t ntests;
	struct seen_changes seen; /* observations */
	struct gate_claim *claim;
	size_t nclaims;
	struct gate_bug *bug; /* what gate_look_for_bugs() found */
	size_t nbugs;
	char *untouched; /* "1200 of 2118 tests": not run, nothing that changes runs in them; or NULL */
	char *part;	 /* "130 of 1776 tests that reach it": all that was run; or NULL */
	struct lines header; /* what the caller wants to be said, too */
	struct lines warnings;
	struct lines missing; /* why it is incomplete; the first one is the reason */
	bool dead[2];	      /* nothing at all could be judged there */
	enum gate_verdict verdict;
	char *words; /* the last line */
};

/*
 * Compare @patched with @base, both of which must be kernels of @run. @claims and
 * @accept (what it may break), blank-separated globs over areas, cases and tests,
 * and @header, text, may be NULL. 0, or -EINVAL with a line if a name is wrong.
 */
int gate_judge(const struct run *run, const char *base, const char *patched, const char *claims,
	       const char *accept, const char *header, struct gate *g);
/*
 * Which bugs of the book it mends, and which it brings: tests show it on the one, and pass on the
 * other. @cases must live as long.
 */
void gate_look_for_bugs(struct gate *g, const struct case_list *cases);
/* "mends copies-exclusive: what a user loses (6c287605fd56); 8 tests, fork/..."; the caller frees. */
char *gate_bug_words(const struct gate_bug *b);
/* Only some of the tests were run, and the last line says so; @part is copied. */
void gate_partly(struct gate *g, const char *part);
/* So many were left out, as nothing that the series changes runs in them; @untouched is copied. */
void gate_left_out(struct gate *g, const char *untouched);
/* Something else is missing: a file that could not be written. @why is copied. */
void gate_fail(struct gate *g, const char *why);
/* Nothing was run at all, of the empty run that @g is about, and @why is why. */
void gate_give_up(struct gate *g, const char *why);
void gate_free(struct gate *g);
/* 0 nothing worse, 1 something broke, 2 incomplete. */
int gate_exit_code(const struct gate *g);

/* The record that shows best what @test, one of row @row's, is about; NULL if it has none. */
const struct record *gate_witness(const struct gate *g, size_t row, const char *test);
/* The clauses that the tests of @row broke: "C1", "C1, C2"; the caller frees. */
char *gate_clauses(const struct gate *g, size_t row);
/* "5.10-mapcount: 5.10.262, linux-source-5.10 5.10.262-1, ..."; the caller frees. */
char *gate_kernel_words(const struct gate *g, enum gate_side side);
/* "446 tests, 10 times on either kernel"; the caller frees. */
char *gate_size_words(const struct gate *g);

/* "pass -> fail; clause C1; fix 6c287605fd56: why it is known to fail"; the caller frees. */
char *gate_row_words(const struct gate *g, size_t row);
/* "fork/pin*: demonstrated; 3 fixed, 0 never failed on the base"; the caller frees. */
char *gate_claim_words(const struct gate_claim *c);

/* For people, in @style.width columns; the last line says what it comes to. */
void gate_print(FILE *out, const struct gate *g, struct style style);
/* The same for machines, as text that the caller frees. */
char *gate_json(const struct gate *g);
char *gate_ktap(const struct gate *g);
char *gate_markdown(const struct gate *g);

#endif
