/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_HOW_H
#define COWPEN_HOW_H

/* How a test did what it did on two kernels: what a count of passes and failures does not say. */
#include "rows.h"
#include "text.h"

/*
 * Does @test fail on col[1] in a way in which it does not on col[0]: by another
 * clause, or by the same one in an earlier step? @more says whether kb of nb is
 * more than ka of na. What there is to say of it ("@a C1 at step 5, @b C2 at step 3";
 * the caller frees), or NULL. Only what was judged counts.
 */
char *fails_otherwise(const struct table_col col[2], const char *a, const char *b, const char *test,
		      bool (*more)(unsigned int ka, unsigned int na, unsigned int kb,
				   unsigned int nb));

/* A value that a test took down, and that is another one now. */
struct seen_change {
	const char *test;
	char *key, *from, *to; /* "-" if it was not said */
};

struct seen_changes {
	struct seen_change *c;
	size_t n;
};

/*
 * The observations of the tests of @t, a table of two columns, of which no value is
 * common to both. A test that passes on one and fails on the other has ended
 * elsewhere, and is passed over.
 */
void seen_changes_find(const struct table *t, struct seen_changes *s);
void seen_changes_free(struct seen_changes *s);
/* One line for a case and a key, with an example if it is not the same everywhere. */
void seen_changes_print(FILE *out, const struct seen_changes *s, struct style st);
/* The same as text: "fork/race {anon,thp}-rdma: key: 0 -> 4", @n-th of the lines; NULL: no more. */
char *seen_changes_line(const struct seen_changes *s, size_t n);

#endif
