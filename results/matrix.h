/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MATRIX_H
#define COWPEN_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "record.h"

/* How to print for whoever reads. */
struct style {
	bool color;
	unsigned int width;	/* at least 60 */
};

/* Colour on a terminal that can do it, unless NO_COLOR is set; 72 columns, on a wide terminal 100. */
struct style style_for(FILE *out);

/* --- the table that the matrix and the comparison are made from ------------------ */

struct table_col {
	const struct run *run;
	const char *kernel;
};

/* All that one or several tests did on one kernel. */
struct cell {
	unsigned int n, s[NR_STATUS], v[NR_VERDICT];
};

/* Variants of one case that did the same in every column. */
struct table_row {
	const char *area_case;	/* "uffd_wp/roundtrip", of length @len */
	int len;
	char *label;		/* which variants: "{anon,thp}-*", "all" if there is one row */
	const char **tests;	/* their full names */
	size_t ntests;
	unsigned int nrows;	/* rows that the case has */
	struct cell *cell;	/* per column, summed up */
	char **word;		/* per column: "-" if there is no record */
};

struct table {
	const struct table_col *col;
	size_t ncol;
	struct table_row *row;
	size_t nrow;
};

/*
 * Rows are cases; where the variants of one differ, there is a row for each
 * way in which they do. Words are verdicts, or statuses if @by_status; what
 * came out in more than one way is "flaky", or told as "fail 3/20". @col must
 * live as long as the table.
 */
void table_build(struct table *t, const struct table_col *col, size_t ncol, bool by_status);
void table_free(struct table *t);

/* @s and more words, wrapped to @width, lines after the first indented by @indent. */
void print_wrapped(FILE *out, const char *s, unsigned int at, unsigned int indent,
		   unsigned int width);
/* "fail on 5.10; pass on 6.1, 6.12" from the words of @row; the caller frees. */
char *row_history(const struct table *t, const struct table_row *row);
/* The commit that fixes what @row shows, "" if no record names one. */
const char *row_fix(const struct table *t, const struct table_row *row);

/* --- what people read -------------------------------------------------------------- */

/* Cases x kernels, totals, what differs, what was not expected, what to type next. */
void matrix_print(FILE *out, const struct run *run, struct style style);
/* One record with everything that is known of it. */
void record_print(FILE *out, const struct run *run, const struct record *r, struct style style);
/* k of n per test, kernel and verdict, for a run with --repeat. */
void repeats_print(FILE *out, const struct run *run, struct style style);

/* What the run comes to, as an exit code: 0 as expected, 1 not as expected, 2 something is missing. */
int run_exit_code(const struct run *run, bool lenient_xpass);

#endif
