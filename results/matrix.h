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

/* How many results are not what is expected: neither are they errors. */
size_t run_unexpected(const struct run *run, bool lenient_xpass);
/* What the run comes to, as an exit code: 0 as expected, 1 not as expected, 2 something is missing. */
int run_exit_code(const struct run *run, bool lenient_xpass);

#endif
