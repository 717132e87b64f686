/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MUTANTS_H
#define COWPEN_MUTANTS_H

/*
 * Mutants: small faults in one kernel, of which one is on at a time. Which are reached by which
 * tests, which of them are chosen, and what became of those. host/mutants.c makes the runs.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cases.h"
#include "record.h"
#include "util.h"

enum mutant_fate {
	MUTANT_UNKNOWN, /* not run */
	MUTANT_KILLED,
	MUTANT_ALIVE,  /* all tests that reach it ended as they do without it */
	MUTANT_BROKEN, /* the guest does not start a test with it: counted apart */
};

struct mutant {
	unsigned int nr, line;
	char *file, *function, *operator;
	char *code, *becomes;
	size_t *test; /* those that reach it, by their place in the list of tests */
	size_t ntests;
	bool chosen;
	char *equivalent; /* why no test can tell, by hand; NULL if that is not said */
	char *taught;	  /* it was alive once: which case came of it, by hand; or NULL */
	enum mutant_fate fate;
	char *killer;	 /* test, or "" */
	char *how;	 /* "fail", "crash", "timeout", "error" */
	char *what;	 /* what the test said */
	bool selftested; /* the kernel's own tests were run */
	char *selftest;	 /* which of them killed it, "" if none */
};

struct mutants {
	struct mutant *m; /* by their numbers, from 1 on */
	size_t n;
};

/* The list that kernel-config/mutants/weave wrote. 0 or a negative errno with a line. */
int mutants_read(const char *path, struct mutants *all);
void mutants_free(struct mutants *all);
struct mutant *mutant_find(const struct mutants *all, unsigned int nr);

/* How a test ends without a mutant: for ST_FAIL the check that says so. */
struct mutants_base {
	enum status status;
	char *check;
};

/*
 * What one test reached, of a file in @dir: taken from the log of a run without a mutant, for the
 * program with that hash.
 */
int mutants_take(const char *dir, const char *exe_sha256, const struct record *r, const char *log);
bool mutants_are_fresh(const char *dir, const char *test, const char *exe_sha256);
/* Test number @nr, its name @test, reaches them; false if nothing is known of it. */
bool mutants_reached(struct mutants *all, const char *dir, const char *test, size_t nr,
		     struct mutants_base *base);
/* Does @r end otherwise than that? Then in one word how, else NULL. */
const char *mutant_noticed(const struct mutants_base *base, const struct record *r);

/*
 * Of those that are reached and whose file is one of @files (globs, NULL: all) choose @n, as
 * evenly as can be over the operators, and over the files within an operator. Which, @seed decides:
 * a larger @n has those of a smaller one. -EINVAL with a line if no file of the list fits.
 */
int mutants_choose(struct mutants *all, const char *files, size_t n, uint64_t seed);

/*
 * Lines "file:line <tab> operator <tab> code <tab> what it becomes <tab> reason", written by hand;
 * the first four are globs, in which a bracket is "?". A line that fits none is -EINVAL with a line: the source has changed.
 */
int mutants_equivalent(struct mutants *all, const char *path);

/* The same for those that were alive once: instead of the reason, the case that came of it. */
int mutants_taught(struct mutants *all, const char *path);

/*
 * What is known of mutants is appended to a file as it comes, and holds as long as @basis, which is
 * a hash of the kernel and the tests, is the same.
 */
char *mutant_line(const struct mutant *m, const char *basis);
/* The last line of @text on @m with one of these two bases; false if there is none. */
bool mutant_known(struct mutant *m, const char *text, const char *killed_basis,
		  const char *alive_basis);

/* In what share of the chosen ones that are not equivalent is a test killed? Of these @of. */
size_t mutants_score(const struct mutants *all, size_t *of);
/* @most: with so many tests one that is alive was run at least, if so many reach it. */
void mutants_table(const struct mutants *all, const char *kernel, uint64_t seed, unsigned int most,
		   struct buf *md);

#endif
