/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_ROWS_H
#define COWPEN_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "record.h"

/* --- cases x kernels: what matrix, comparison and gate are made from ---------------- */

struct table_col {
	const struct run *run;
	const char *kernel;
	const char *title; /* NULL: the kernel's name */
};

/* All that one or several tests did on one kernel. */
struct cell {
	unsigned int n, s[NR_STATUS], v[NR_VERDICT];
};

void cell_add(struct cell *c, const struct record *r);
/* Did more than one verdict come out? */
bool cell_is_flaky(const struct cell *c);
/* Failed, crashed or hung; how often. */
unsigned int cell_bad(const struct cell *c);
/* How often it said anything about the kernel: pass, or one of the above. */
unsigned int cell_judged(const struct cell *c);
/* All but the races whose window was not met: what rates are counted of. */
unsigned int cell_tried(const struct cell *c);

/* The verdict that it came to, "flaky" for more than one; the caller frees. */
char *cell_verdict(const struct cell *c);

/* Variants of one case that did the same in every column. */
struct table_row {
	const char *area_case; /* "uffd_wp/roundtrip", of length @len */
	int len;
	char *label;	    /* which variants: "{anon,thp}-*", "all" if there is one row */
	const char **tests; /* their full names */
	size_t ntests;
	unsigned int nrows; /* rows that the case has */
	int apart;	    /* what table_build_apart() was told to keep so */
	char *note;	    /* and what there is to say of it, "" if nothing */
	struct cell *cell;  /* per column, summed up */
	char **word;	    /* per column: "-" if there is no record */
};

struct table {
	const struct table_col *col;
	size_t ncol;
	struct table_row *row;
	size_t nrow;
};

/* What the words of a table are, and with it which variants are alike. */
enum table_words {
	BY_VERDICT, /* "xfail"; "flaky" if more than one came out */
	BY_STATUS,  /* "fail"; "fail 3/20" for the worst of more than one */
	BY_COUNT,   /* of a repeated test everything: "crash 1/20, fail 2/20", "pass 20/20" */
};

/*
 * Rows are cases; where the variants of one differ, there is a row for each
 * way in which they do. @col must live as long as the table.
 */
void table_build(struct table *t, const struct table_col *col, size_t ncol, enum table_words how);
/*
 * The same, but that tests share a row only if @apart has the same number and the
 * same *@note for them (to be allocated, NULL is ""). @cell: per column.
 */
void table_build_apart(struct table *t, const struct table_col *col, size_t ncol,
		       enum table_words how,
		       int (*apart)(const char *test, const struct cell *cell, const void *arg,
				    char **note),
		       const void *arg);
/* The same with words of the caller's own, which @word allocates. */
void table_build_words(struct table *t, const struct table_col *col, size_t ncol,
		       char *(*word)(const struct table_col *col, const char *test,
				     const void *arg),
		       const void *arg);
void table_free(struct table *t);

/* What each single test of @row did, in a table BY_COUNT, where they are all alike. */
struct cell row_cell(const struct table_row *row, size_t col);
/* "uffd_wp/roundtrip {anon,thp}-*"; the caller frees. */
char *row_name(const struct table_row *row);
/* "fail on 5.10; pass on 6.1, 6.12" from the words of @row; the caller frees. */
char *row_history(const struct table *t, const struct table_row *row);
/* The commit that fixes what @row shows, "" if no record names one; in one column, in any. */
const char *row_col_fix(const struct table *t, const struct table_row *row, size_t col);
const char *row_fix(const struct table *t, const struct table_row *row);
/*
 * Those of the variants @all of a case that are @in, in few words:
 * "{anon,thp}-{io_uring,rdma}"; with @stars "{anon,thp}-*" if that is all that
 * they go with. The caller frees.
 */
char *fold_variants(const char *const *all, size_t n, const bool *in, bool stars);
/* What follows "<area>/<case>/". */
const char *variant_of(const char *test);

/* Tests of the plan that have no record; @kernel may be NULL for all of them. */
size_t missing_results(const struct run *run, const char *kernel);

/* --- the kernels of a run ------------------------------------------------------------ */

/* NULL if the run has none of that name. */
const struct run_kernel *run_kernel_find(const struct run *run, const char *name);
/* The file's name of a kernel that was given by its path. */
const char *kernel_short_name(const char *name);
/* How wide a list of the run's kernels is to the left; a path may be wider. */
unsigned int kernel_name_width(const struct run *run);
/* What is known of it: of a kernel given by its path, only the guest knew. */
const char *run_kernel_version(const struct run *run, const struct run_kernel *k);
const char *run_kernel_release(const struct run *run, const struct run_kernel *k);
/* Package of a stock kernel, origin of any other, else the release; may be "". */
const char *run_kernel_origin(const struct run *run, const struct run_kernel *k);
/* "tcg, QEMU 7.2.22", or several of them joined by " and ", from the records; the caller frees. */
char *run_kernel_machine(const struct run *run, const char *kernel);
/*
 * True if all of them ran on the same machine; else *@words says which ran on
 * which, and the caller frees it. The names may be NULL for all of the run's.
 */
bool same_machine(const struct run *run, const char *const *kernels, size_t n, char **words);

/* "" if they are configured in the same way, else what is to be said. */
const char *config_note(const struct run_kernel *a, const struct run_kernel *b);

/* Is it made by patches? */
bool run_kernel_is_patched(const struct run_kernel *k);
/*
 * The kernel of this run that @k is to be compared with: its base, else, if it
 * is not a stock kernel, the stock kernel of the same version (5.10), or for a
 * patched one a built kernel of it. NULL if there is none.
 */
const struct run_kernel *run_kernel_reference(const struct run *run, const struct run_kernel *k);
/*
 * The kernels that stand for themselves, that is without a reference and
 * without patches, by version if all of them are known; the caller frees.
 */
const struct run_kernel **run_axis(const struct run *run, size_t *n);

#endif
