/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_REPORT_PAGE_H
#define COWPEN_REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "compare.h"
#include "html.h"
#include "matrix.h"

/* A page of results in the making: what report.c and its parts share. */

/* Cases x kernels, and the article of each cell. */
struct grid {
	struct table_col *col;
	size_t ncol, naxis; /* the first ones are kernels by version */
	size_t from;	    /* its articles begin with this column, those before are elsewhere */
	struct table t;
	char **id;   /* row * ncol + col; cells that say the same share one; NULL: no record */
	size_t *row; /* of test[i] */
	const char **test; /* sorted */
	size_t ntests;
};

struct page {
	const struct case_list *cases;
	struct run *const *runs;
	size_t nruns;
	const struct mend *mends;
	struct run all;		    /* of all runs; what is in it is theirs */
	struct run *part;	    /* of each kernel of all; the records are those of all */
	const char **dir;	    /* of each record of all */
	struct grid main, *patched; /* of each kernel of all, with those that are made from it */
	struct table_col *bug_col;
	struct bite **bite;
	size_t nbug_col;
	struct html *h;
	size_t log_bytes;
};

enum state { UNKNOWN, GOOD, BAD };

/* report_grid.c */
/* "first bad 5.10, last good 7.3": of kernels by their versions. */
void page_add_history(struct buf *b, const struct table_col *col, const enum state *s, size_t n);
/* Where the article of a record is, NULL if there is none. */
const char *page_article(const struct page *p, const struct record *r);
void grid_free(struct grid *g);
/* The article of a test on a kernel, NULL if @g has none. */
const char *grid_id(const struct grid *g, const char *test, const char *kernel);
/* "xfail", and behind tabs by which clauses, and the fix. */
char *grid_word(const struct table_col *col, const char *test, const void *arg);
/* The same of a row, and between which kernels it changed; the caller frees. */
char *page_history(const struct grid *g, const struct table_row *row);
bool page_is_bad(const struct record *r);
/* Those of the main table, and those on which bugs are mended: no others are what they seem. */
void page_find_bugs(struct page *p);
void page_make_grids(struct page *p);
/* The records of @test among those of one kernel, which are sorted. */
const struct record *page_records(const struct run *part, const char *test, size_t *n);
void page_unite(struct page *p);
/* The record that a cell is told by, NULL if there is none. */
const struct record *page_witness(const struct table *t, const struct table_row *row, size_t k);

/* report_tables.c */
void begin_section(struct html *h, const char *id, const char *title);
void begin_table(struct html *h, const char *class, const char *label);
char *case_id(const struct table_row *row);
void end_table(struct html *h);
/* Is there anything to see of a row in a table of patched kernels? */
bool patched_shows(const struct grid *g, const struct table_row *row);
void put_cases(struct page *p);
void put_patched(struct page *p);
void put_titles(struct html *h, const char *what, const struct table_col *col, size_t ncol,
		const char *last, const char *more);

/* report_articles.c */
void put_articles(struct page *p, const size_t *order);
void put_bugs(struct page *p, const size_t *order);

#endif
