/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_FORMATS_H
#define COWPEN_FORMATS_H

/*
 * A run in the formats that other people's machines take, made of its records alone. What a
 * guest wrote, a kernel's messages first of all, is text in each of them and nothing else.
 */

#include <stdbool.h>
#include <stddef.h>

#include "record.h"

enum format { FORMAT_KTAP, FORMAT_JUNIT, FORMAT_KCIDB, FORMAT_MARKDOWN, FORMAT_CSV };
#define NR_FORMAT 5

/* "ktap", "junit", ... -EINVAL with a line that names them. */
int format_parse(const char *name, enum format *f);
/* The whole file; the caller frees. */
char *format_run(const struct run *run, enum format f);

/* --- what the formats have in common ---------------------------------------------------- */

/* What became of a test that was planned on a kernel, or was run there. */
struct outcome {
	const char *kernel, *test;
	unsigned int repeat;
	const struct record *r; /* NULL: it has no record */
	/*
	 * No record, and no name either: so many of the tests that are for this kernel. Of one
	 * that takes only a part of the tests the plan has the number and not the names.
	 */
	size_t unnamed;
};

/* Kernel by kernel, in the order of the plan. */
struct outcomes {
	struct outcome *o;
	size_t n;
};

void outcomes_of(const struct run *run, struct outcomes *all);
void outcomes_free(struct outcomes *all);

/* In what way it counts. */
enum kind {
	K_PASS,
	K_KNOWN,   /* fails as it is known to */
	K_BAD,	   /* not as expected */
	K_SKIP,	   /* says nothing about the kernel, and need not: skip, inconclusive */
	K_UNKNOWN, /* says nothing, and should have: error, no record */
};
enum kind outcome_kind(const struct outcome *o);
/* "xfail", "fail by C1 at step 5 cpu_write parent", "no record"; the caller frees. */
char *outcome_words(const struct outcome *o);
/* Name of the test, and which time, if it was run several times; the caller frees. */
char *outcome_name(const struct run *run, const struct outcome *o);
/* "clause", "wanted", ... one after the other, those that are not empty; NULL at the end. */
const char *outcome_field(const struct outcome *o, unsigned int n, const char **label);
#define NR_OUTCOME_FIELD 11

/*
 * @s without what could do anything but be read: control characters, what turns the direction
 * of writing and what is no character is \xNN; with @lines an end of line and a tab stay. The
 * caller frees.
 */
char *inert(const char *s, bool lines);
/* The same behind what is in @b. */
struct buf;
void add_inert(struct buf *b, const char *s, bool lines);

/* In a line of KTAP, as a @name or behind a directive or a '#'. */
void ktap_text(struct buf *b, const char *s, bool name);

char *format_ktap(const struct run *run, const struct outcomes *all);
char *format_junit(const struct run *run, const struct outcomes *all);
char *format_kcidb(const struct run *run, const struct outcomes *all);
char *format_markdown(const struct run *run, const struct outcomes *all);
char *format_csv(const struct run *run, const struct outcomes *all);

#endif
