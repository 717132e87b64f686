/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_COMPANY_H
#define COWPEN_COMPANY_H

#include <stdio.h>

#include "record.h"

/* How it ended, in a word or two: "pass", "fail by C1"; the caller frees. */
char *company_word(const struct record *r);

/*
 * Did the test of @r end otherwise in company of others than it did alone? What
 * counts is what it did alone; that it did not is worth a look all the same.
 */
bool company_differs(const struct record *r);

/*
 * The same of who did not end as expected in a warm guest, and was run again in a new QEMU,
 * which counts.
 */
bool warm_differs(const struct record *r);

/*
 * Tell how many tests of @run did, name them, and say what to type to see it. At
 * most @max of them; nothing if there are none.
 */
void company_print(FILE *out, const struct run *run, size_t max);
void warm_print(FILE *out, const struct run *run, size_t max);

#endif
