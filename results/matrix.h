/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MATRIX_H
#define COWPEN_MATRIX_H

#include <stdio.h>

#include "rows.h"
#include "text.h"

/*
 * Cases x kernels, and for patched kernels what they change; totals, what
 * differs, what was not expected, what to type next.
 */
void matrix_print(FILE *out, const struct run *run, struct style style);
/* One record with everything that is known of it. */
void record_print(FILE *out, const struct run *run, const struct record *r, struct style style);
/* What the tests of a run took down, per kernel and for variants that took down the same. */
void observed_print(FILE *out, const struct run *run, struct style style);
/* k of n per test, kernel and verdict, for a run with --repeat. */
void repeats_print(FILE *out, const struct run *run, struct style style);

/* What nobody expected is in capitals. */
const char *loud(const char *word);
/* What a verdict means that is not clear from its word; "" for the others. The caller frees. */
char *verdict_words(const struct record *r);
/* Is there a difference of what could be known? @lacks: a column is a skip, a gap or an error. */
bool row_differs(const struct table *t, const struct table_row *row, bool *lacks);
/* The same between column 0 and the patched kernel of column @col. */
bool patch_changed(const struct table_row *row, size_t col, bool *lacks);
/* "5.10-always-copy" among kernels that are all of 5.10: "always-copy". */
const char *patch_title(const char *name, const char *ref);
/* Is it shown with the kernel that it is made from, instead of in a column beside all others? */
const struct run_kernel *shown_with(const struct run *run, const struct run_kernel *k);

/* How many results are not what is expected: neither are they errors. */
size_t run_unexpected(const struct run *run, bool lenient_xpass);
/* What the run comes to, as an exit code: 0 as expected, 1 not as expected, 2 something is missing. */
int run_exit_code(const struct run *run, bool lenient_xpass);

#endif
