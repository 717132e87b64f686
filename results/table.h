/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_TABLE_H
#define COWPEN_TABLE_H

#include <stdbool.h>

#include "rows.h"

/*
 * A table that answers questions by what was measured. Its definition
 * (results/tables/NAME.table) is made of lines "keyword value"; a line that
 * begins with a blank goes on with the one before, an empty one or one that
 * begins with # is nothing:
 *
 *	title    TEXT			once, first
 *	text     PARAGRAPH		Markdown, above the table
 *	columns  KERNEL KERNEL...	once
 *	section  HEADING		the rows that follow are a table of their own
 *	row      QUESTION | CLAUSES | TEST TEST...
 *	value    QUESTION | KEY | TEST TEST...	what they observed under that key
 *	note     PARAGRAPH		Markdown, below the table
 */
struct question {
	char *section; /* what it is the first of; or NULL */
	char *text, *clauses;
	char *key; /* it is a value; or NULL */
	char **test;
	size_t ntests;
};

struct table_def {
	char *title;
	char *section; /* while it is read: of the next row */
	char **text, **note, **kernel;
	size_t ntexts, nnotes, nkernels;
	struct question *row;
	size_t nrows;
};

/* 0, or a negative errno with a line that names file and line number. */
int table_def_read(const char *path, struct table_def *def);
void table_def_free(struct table_def *def);

/*
 * The table as Markdown, which the caller frees. -ENOENT with a line if @run
 * lacks a kernel, or the record of a test; -EINVAL if one of them is an error,
 * which is no answer.
 */
int table_make(const struct table_def *def, const struct run *run, char **markdown);

#endif
